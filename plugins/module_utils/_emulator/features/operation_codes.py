# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REPORT SUPPORTED OPERATION CODES and REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-6 6).

Settings, with their defaults::

    timeouts: true                   # command timeouts descriptors are returned on request (RCTD)
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from ..._checks import boolean, with_defaults
from ..._scsi.report_operation_codes import (
    ALL_COMMANDS,
    NOT_SUPPORTED,
    ONE_OPERATION_CODE,
    ONE_SERVICE_ACTION,
    REPORT_OPERATION_CODES,
    REPORT_OPERATION_CODES_ACTION,
    REPORT_TASK_MANAGEMENT,
    REPORT_TASK_MANAGEMENT_ACTION,
    REPORTING_OPTIONS,
    SUPPORTED,
    encode_one_operation_code,
    encode_operation_codes,
    encode_task_management,
)
from ..contract import Task
from ..feature import Clock, Code, Feature, Handler, invalid_field_in_cdb
from .cdb_usage import cdb_usage

_MAINTENANCE_IN = 0xA3
_SEND_DIAGNOSTIC = 0x1D
#: Recommended timeouts in seconds: of slow commands, and of all others.
_SLOW = {0x04: 43200, 0x1B: 60, 0x35: 120, 0x41: 3600, 0x42: 120, 0x83: 600, 0x91: 120, 0x93: 3600}
_QUICK = 30
#: A self-test that is suspended takes longer.
_TEST_MARGIN = 2


class OperationCodes(Feature):
    """Reports the supported commands. ``commands`` returns all their codes; ``extended_seconds`` is how long an
    extended self-test takes. Raises ValueError for wrong ``settings``."""

    name = "operation_codes"

    def __init__(self, clock: Clock, commands: Callable[[], Iterable[Code]],
                 settings: Mapping[str, Any] | None = None, extended_seconds: float = 0) -> None:
        super().__init__()
        del clock  # What a drive can do does not change with time.
        values = with_defaults(settings or {}, "operation_codes", {"timeouts": True})
        self._timeouts = boolean(values["timeouts"], "operation_codes.timeouts")
        self._known = commands
        self._extended_seconds = extended_seconds

    def commands(self) -> Mapping[Code, Handler]:
        return {(_MAINTENANCE_IN, REPORT_OPERATION_CODES_ACTION): self._report,
                (_MAINTENANCE_IN, REPORT_TASK_MANAGEMENT_ACTION): self._task_management}

    def _report(self, task: Task) -> bytes:
        values = REPORT_OPERATION_CODES.decode(task.cdb)
        option = values["reporting_options"]["value"]
        if option not in REPORTING_OPTIONS:
            raise invalid_field_in_cdb(2, 2)
        with_timeouts = values["rctd"] and self._timeouts
        known = sorted(set(self._known()), key=lambda code: (code[0], -1 if code[1] is None else code[1]))
        if option == ALL_COMMANDS:
            data = encode_operation_codes([self._descriptor(code, with_timeouts) for code in known])
        else:
            data = self._one(values, option, frozenset(known), with_timeouts)
        return data[:values["allocation_length"]]

    def _descriptor(self, code: Code, with_timeouts: bool) -> dict[str, Any]:
        return {"operation_code": code[0], "service_action": code[1], "cdb_length": len(cdb_usage(code)),
                "timeouts": self._timeouts_of(code) if with_timeouts else None}

    def _one(self, values: Mapping[str, Any], option: int, known: Iterable[Code], with_timeouts: bool) -> bytes:
        """An option that does not fit the operation code is refused, or answered with "not supported"."""
        operation_code, action = values["requested_operation_code"], values["requested_service_action"]
        has_actions = any(code[0] == operation_code and code[1] is not None for code in known)
        is_plain = (operation_code, None) in known
        if option == ONE_OPERATION_CODE and has_actions or option == ONE_SERVICE_ACTION and is_plain:
            raise invalid_field_in_cdb(2, 2)
        code: Code = (operation_code, action if has_actions else None)
        if code not in known or option not in (ONE_OPERATION_CODE, ONE_SERVICE_ACTION) and is_plain and action:
            return encode_one_operation_code({"support": NOT_SUPPORTED})
        return encode_one_operation_code({
            "support": SUPPORTED, "cdb_usage_data": cdb_usage(code).hex(),
            "timeouts": self._timeouts_of(code) if with_timeouts else None})

    def _timeouts_of(self, code: Code) -> dict[str, Any]:
        recommended: float = _SLOW.get(code[0], _QUICK)
        if code[0] == _SEND_DIAGNOSTIC:
            recommended += _TEST_MARGIN * self._extended_seconds
        return {"recommended_command_timeout_seconds": int(recommended)}

    def _task_management(self, task: Task) -> bytes:
        values = REPORT_TASK_MANAGEMENT.decode(task.cdb)
        if values["allocation_length"] < 4:
            raise invalid_field_in_cdb(6)
        # What the server supports; TRS stands for the target resets of RFC 7143.
        return encode_task_management({
            "ats": True, "atss": True, "ctss": True, "lurs": True, "trs": True,
            "extension": {} if values["repd"] else None})[:values["allocation_length"]]
