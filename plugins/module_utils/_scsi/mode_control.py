# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control mode page, 0Ah (SPC-6 7.5.11)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_sense import PAGE_HEADER, page_title
from .table import Table, bits, flag, number, uint, without

CONTROL_MODE_PAGE = 0x0A

TASK_SET_TYPES = {0: "one task set for all I_T nexuses", 1: "a task set for each I_T nexus"}
QUEUE_ALGORITHM_MODIFIERS = {0: "restricted reordering", 1: "unrestricted reordering"}
QUEUE_ERROR_MANAGEMENT = {
    0: "other commands go on", 1: "all commands are aborted", 3: "the commands of the same I_T nexus are aborted",
}
UNIT_ATTENTION_INTERLOCKS = {
    0: "cleared when reported", 2: "not cleared when reported", 3: "not cleared when reported, and established by BUSY",
}
AUTOLOAD_MODES = {
    0: "medium loaded for full access", 1: "medium loaded for its auxiliary memory only", 2: "medium not loaded",
}

#: This value means that VPD page 86h reports the time.
_SATURATED_SECONDS = 0xFFFF
_UNLIMITED = 0xFFFF

CONTROL_MODE = Table(
    "control mode page", "SPC-6 7.5.11",
    flag("ps", 0, 7),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    bits("tst", 2, 7, 5, TASK_SET_TYPES),
    flag("tmf_only", 2, 4),
    flag("dpicz", 2, 3),
    flag("d_sense", 2, 2),
    flag("gltsd", 2, 1),
    flag("rlec", 2, 0),
    bits("queue_algorithm_modifier", 3, 7, 4, QUEUE_ALGORITHM_MODIFIERS),
    flag("nuar", 3, 3),
    bits("qerr", 3, 2, 1, QUEUE_ERROR_MANAGEMENT),
    flag("rac", 4, 6),
    bits("ua_intlck_ctrl", 4, 5, 4, UNIT_ATTENTION_INTERLOCKS),
    flag("swp", 4, 3),
    flag("ato", 5, 7),
    flag("tas", 5, 6),
    flag("atmpe", 5, 5),
    flag("rwwp", 5, 4),
    flag("sblp", 5, 3),
    bits("autoload_mode", 5, 2, 0, AUTOLOAD_MODES),
    # In units of 100 milliseconds.
    uint("busy_timeout_period", 8, 9, unknown=_UNLIMITED),
    uint("extended_self_test_completion_time_seconds", 10, 11, unknown=_SATURATED_SECONDS),
    page_code=CONTROL_MODE_PAGE, page_length=10)

_SATURATED = "extended_self_test_completion_time_saturated"
_BUSY_UNLIMITED = "busy_timeout_period_unlimited"


def decode_control_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    ``extended_self_test_completion_time_seconds`` is ``None`` if the page has FFFFh, which is
    ``extended_self_test_completion_time_saturated``: then VPD page 86h has the time in minutes. ``busy_timeout_period``
    is in units of 100 milliseconds, ``None`` if there is no limit (``busy_timeout_period_unlimited``). Before SPC-2 the
    page was shorter.
    """
    said: list[str] = [] if warnings is None else warnings
    readable = _readable(page or b"", said)
    values = CONTROL_MODE.decode(readable)
    seconds = number(readable, 10, 11)
    busy = number(readable, 8, 9)
    values[_SATURATED] = None if seconds is None else seconds == _SATURATED_SECONDS
    values[_BUSY_UNLIMITED] = None if busy is None else busy == _UNLIMITED
    return values


def _readable(page: bytes, warnings: list[str]) -> bytes:
    header = PAGE_HEADER.decode(page)
    if header["page_code"] is not None and (header["page_code"] != CONTROL_MODE_PAGE or header["spf"]):
        form = " with a subpage" if header["spf"] else ""
        warnings.append(f"received {page_title(header['page_code'])}{form} instead of the requested "
                        f"{page_title(CONTROL_MODE_PAGE)}")
        return b""
    # There is a warning about a cut page already, from where it was taken out of the answer.
    return page if header["page_length"] is None else page[:PAGE_HEADER.size + header["page_length"]]


def encode_control_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 12 bytes."""
    return CONTROL_MODE.encode(without(values, _SATURATED, _BUSY_UNLIMITED))
