# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REPORT SUPPORTED OPERATION CODES, and REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-6 6)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, delimited, flag, number, uint, within, without

REPORT_OPERATION_CODES_ACTION = 0x0C
REPORT_TASK_MANAGEMENT_ACTION = 0x0D

ALL_COMMANDS, ONE_OPERATION_CODE, ONE_SERVICE_ACTION, ONE_OF_EITHER = range(4)
REPORTING_OPTIONS = {
    ALL_COMMANDS: "all commands", ONE_OPERATION_CODE: "operation code", ONE_SERVICE_ACTION: "service action",
    ONE_OF_EITHER: "operation code or service action",
}

NOT_AVAILABLE, NOT_SUPPORTED, SUPPORTED, SUPPORTED_BY_VENDOR = 0, 1, 3, 5
SUPPORT = {
    NOT_AVAILABLE: "not available now", NOT_SUPPORTED: "not supported", SUPPORTED: "supported",
    SUPPORTED_BY_VENDOR: "supported in a way of the vendor",
}

REPORT_OPERATION_CODES = Table(
    "REPORT SUPPORTED OPERATION CODES", "SPC-6 6, REPORT SUPPORTED OPERATION CODES command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    flag("rctd", 2, 7),
    bits("reporting_options", 2, 2, 0, REPORTING_OPTIONS),
    uint("requested_operation_code", 3),
    uint("requested_service_action", 4, 5),
    uint("allocation_length", 6, 9),
    uint("control", 11),
    operation_code=0xA3, service_action=REPORT_OPERATION_CODES_ACTION)

COMMAND = Table(
    "command descriptor", "SPC-6 6, REPORT SUPPORTED OPERATION CODES command",
    uint("operation_code", 0),
    uint("service_action", 2, 3),
    flag("rwcdlp", 5, 6),
    bits("mlu", 5, 5, 4),
    bits("cdlp", 5, 3, 2),
    flag("ctdp", 5, 1),
    flag("servactv", 5, 0),
    uint("cdb_length", 6, 7))

TIMEOUTS = Table(
    "command timeouts descriptor", "SPC-6 6, REPORT SUPPORTED OPERATION CODES command",
    uint("descriptor_length", 0, 1),
    uint("command_specific", 3),
    # 0 stands for a time that is not reported.
    uint("nominal_command_processing_timeout_seconds", 4, 7, unknown=0),
    uint("recommended_command_timeout_seconds", 8, 11, unknown=0),
    descriptor_length=10)

ONE_COMMAND = Table(
    "one command parameter data", "SPC-6 6, REPORT SUPPORTED OPERATION CODES command",
    flag("rwcdlp", 0, 0),
    flag("ctdp", 1, 7),
    bits("mlu", 1, 6, 5),
    bits("cdlp", 1, 4, 3),
    bits("support", 1, 2, 0, SUPPORT),
    uint("cdb_length", 2, 3))

REPORT_TASK_MANAGEMENT = Table(
    "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", "SPC-6 6, REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    flag("repd", 2, 7),
    uint("allocation_length", 6, 9),
    uint("control", 11),
    operation_code=0xA3, service_action=REPORT_TASK_MANAGEMENT_ACTION)

TASK_MANAGEMENT = Table(
    "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS parameter data",
    "SPC-6 6, REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS command",
    flag("ats", 0, 7),
    flag("atss", 0, 6),
    flag("cacas", 0, 5),
    flag("ctss", 0, 4),
    flag("lurs", 0, 3),
    flag("qts", 0, 2),
    flag("trs", 0, 1),
    flag("wakes", 0, 0),
    flag("qaes", 1, 2),
    flag("qtss", 1, 1),
    flag("itnrs", 1, 0),
    uint("additional_length", 3))

TASK_MANAGEMENT_EXTENSION = Table(
    "extended task management functions", "SPC-6 6, REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS command",
    flag("tmftmov", 0, 0),
    flag("atts", 2, 7),
    flag("attss", 2, 6),
    flag("cacats", 2, 5),
    flag("ctsts", 2, 4),
    flag("lurts", 2, 3),
    flag("qtts", 2, 2),
    flag("qaets", 3, 2),
    flag("qtsts", 3, 1),
    flag("itnrts", 3, 0),
    # In units of 100 milliseconds.
    uint("long_timeout", 4, 7),
    uint("short_timeout", 8, 11))

_LENGTH_SIZE = 4
_TIMEOUTS = "timeouts"


def decode_operation_codes(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The commands of a device, in its order: the answer to reporting option 0.

    ``service_action`` is ``None`` for a command that has none. ``timeouts`` is ``None``, or has
    ``nominal_command_processing_timeout_seconds`` and ``recommended_command_timeout_seconds``. A cut command is left
    out.
    """
    title = REPORT_OPERATION_CODES.title
    body = delimited(data, 0, 3, _LENGTH_SIZE, title, warnings)[_LENGTH_SIZE:]
    found = []
    while body:
        values = COMMAND.decode(body)
        end = COMMAND.size + (TIMEOUTS.size if values["ctdp"] else 0)
        if end > len(body):
            warnings.append(f"{title}: the last entry is cut, {len(body)} of {end} bytes")
            break
        if not values["servactv"]:
            values["service_action"] = None
        timeouts = TIMEOUTS.decode(body[COMMAND.size:end]) if values["ctdp"] else None
        found.append(dict(without(values, "ctdp", "servactv"), timeouts=timeouts))
        body = body[end:]
    return found


def encode_operation_codes(commands: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole answer, from decoded commands; what is left out of one is zero."""
    body = b"".join(_encode(command) for command in commands)
    return len(body).to_bytes(_LENGTH_SIZE, "big") + body


def _encode(command: Mapping[str, Any]) -> bytes:
    timeouts = command.get(_TIMEOUTS)
    return COMMAND.encode(
        without(command, _TIMEOUTS), servactv=command.get("service_action") is not None, ctdp=timeouts is not None,
    ) + (b"" if timeouts is None else TIMEOUTS.encode(timeouts))


def decode_one_operation_code(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """One command: the answer to reporting options 1 to 3.

    ``support`` is whether there is such a command; ``cdb_usage_data``, in hex, has ones for the bits of the CDB that
    the device reads, ``None`` if the command is not supported or its data is cut. ``timeouts`` is as for all commands.
    """
    values = ONE_COMMAND.decode(data)
    length = values["cdb_length"]
    usage = timeouts = None
    title = ONE_COMMAND.title
    if length is None:
        warnings.append(f"{title}: {len(data)} bytes arrived, too few for its length")
    elif values["support"]["value"] in (SUPPORTED, SUPPORTED_BY_VENDOR):
        at = ONE_COMMAND.size + length
        readable = within(data, at + (TIMEOUTS.size if values["ctdp"] else 0), title, warnings)
        usage = readable[ONE_COMMAND.size:at].hex() if at <= len(readable) else None
        if values["ctdp"] and at + TIMEOUTS.size <= len(readable):
            timeouts = TIMEOUTS.decode(readable[at:])
    return dict(without(values, "ctdp"), cdb_usage_data=usage, timeouts=timeouts)


def encode_one_operation_code(values: Mapping[str, Any]) -> bytes:
    """The whole answer, from decoded values; the CDB length is that of ``cdb_usage_data``."""
    usage = bytes.fromhex(values.get("cdb_usage_data") or "")
    timeouts = values.get(_TIMEOUTS)
    fields = without(values, "cdb_usage_data", _TIMEOUTS, "cdb_length")
    return ONE_COMMAND.encode(fields, cdb_length=len(usage), ctdp=timeouts is not None) + usage + (
        b"" if timeouts is None else TIMEOUTS.encode(timeouts))


def decode_task_management(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """Which task management functions are supported, and ``extension``: the timeouts, ``None`` without REPD."""
    length = number(data, 3, 3)
    if length is None:
        warnings.append(f"{TASK_MANAGEMENT.title}: {len(data)} bytes arrived, too few for its length")
        return dict(without(TASK_MANAGEMENT.decode(data), "additional_length"), extension=None)
    readable = within(data, TASK_MANAGEMENT.size + length, TASK_MANAGEMENT.title, warnings)
    return dict(without(TASK_MANAGEMENT.decode(readable), "additional_length"),
                extension=TASK_MANAGEMENT_EXTENSION.decode(readable[TASK_MANAGEMENT.size:]) if length else None)


def encode_task_management(values: Mapping[str, Any]) -> bytes:
    """The whole answer, from decoded values: 4 bytes, or 16 with an ``extension``."""
    extension: Mapping[str, Any] | None = values.get("extension")
    tail = b"" if extension is None else TASK_MANAGEMENT_EXTENSION.encode(extension)
    return TASK_MANAGEMENT.encode(without(values, "extension"), additional_length=len(tail)) + tail
