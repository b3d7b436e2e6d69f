# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a drive predicts its own failure (SBC-5 4, informational exceptions).

It may report this in the informational exceptions log page, in the answer to REQUEST SENSE, or not at all; the mode
page of the same name says which.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple

from ..._scsi.mode_informational_exceptions import (
    NO_REPORTING,
    decode_informational_exceptions_mode,
)
from ..._scsi.sense_codes import additional_sense
from ..power_condition import Condition
from .pages import value

_FAILURE_PREDICTED, _WARNING = 0x5D, 0x0B
#: The qualifier that marks a requested test of the reporting (the TEST bit of the mode page).
_FALSE_ALARM = 0xFF


class _Said(NamedTuple):
    source: str
    asc: int
    ascq: int


def informational_exceptions(condition: Condition, logged: Mapping[str, Any] | None,
                             page: bytes | None, warnings: list[str]) -> dict[str, Any]:
    """The verdict, from REQUEST SENSE, log page 2Fh and mode page 1Ch (``None`` where the drive has none).

    ``predicted_failure`` and ``warning`` are ``None`` if the drive reported nothing to judge by.
    """
    said = list(_said(condition, logged))
    predicted = [each for each in said if each.asc == _FAILURE_PREDICTED and each.ascq != _FALSE_ALARM]
    warned = [each for each in said if each.asc == _WARNING]
    shown = next(iter(predicted + warned + said), None)
    mode = decode_informational_exceptions_mode(page, warnings)
    method = mode["mrie"]
    enabled = None if mode["dexcpt"] is None or method is None else (
        not mode["dexcpt"] and value(method) != NO_REPORTING)
    # REQUEST SENSE alone does not prove health: a drive that never reports exceptions answers NO SENSE as well.
    known = bool(said) or logged is not None and logged["asc"] is not None
    return {
        "predicted_failure": bool(predicted) if known else None,
        "warning": bool(warned) if known else None,
        "asc": shown.asc if shown else None,
        "ascq": shown.ascq if shown else None,
        "text": additional_sense(shown.asc, shown.ascq) if shown else None,
        "source": shown.source if shown else None,
        "reporting_enabled": enabled,
        "reporting_method": method,
        "test": mode["test"],
    }


def _said(condition: Condition, logged: Mapping[str, Any] | None) -> Iterator[_Said]:
    """The informational exceptions that the drive reported."""
    for sense in condition.senses:
        if sense.asc in (_FAILURE_PREDICTED, _WARNING) and sense.ascq is not None:
            yield _Said("REQUEST SENSE", sense.asc, sense.ascq)
    if logged is not None and logged["asc"]:
        yield _Said("informational exceptions log page", logged["asc"], logged["ascq"] or 0)
