# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A target with its logical units."""

from __future__ import annotations

from .._scsi.inquiry import INQUIRY, encode_standard_inquiry
from .._scsi.request_sense import REQUEST_SENSE
from .._scsi.sense_keys import ILLEGAL_REQUEST
from .attention import REPORTED_LUNS_CHANGED
from .contract import CHECK_CONDITION, GOOD, Nexus, ServedUnit, Target, Task
from .feature import Check, invalid_field_in_cdb
from .features.identity import report_luns
from .unit import LogicalUnit

_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE = 0x12, 0xA0, 0x03
_NO_SUCH_UNIT, _UNKNOWN_DEVICE_TYPE = 3, 0x1F
_LOGICAL_UNIT_NOT_SUPPORTED = Check(ILLEGAL_REQUEST, 0x25, 0x00)


class Absent(ServedUnit):
    """Answers for a LUN that has no unit (SPC-6 6.7.1, SAM-6 4.7.4)."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def wanted(self, cdb: bytes, expected_length: int) -> int:
        return 0

    def submit(self, task: Task) -> None:
        try:
            task.complete(GOOD, self._answer(task))
        except Check as check:
            task.complete(CHECK_CONDITION, sense=check.sense(False))

    def _answer(self, task: Task) -> bytes:
        if task.cdb[0] == _INQUIRY:
            values = INQUIRY.decode(task.cdb)
            if values["evpd"] or values["page_code"]:
                raise invalid_field_in_cdb(1, 0)
            return encode_standard_inquiry({
                "peripheral_qualifier": _NO_SUCH_UNIT, "peripheral_device_type": _UNKNOWN_DEVICE_TYPE,
                "version": 0x06, "response_data_format": 2})[:values["allocation_length"]]
        if task.cdb[0] == _REPORT_LUNS:
            return report_luns(task, self._shelf.numbers())
        if task.cdb[0] == _REQUEST_SENSE:
            values = REQUEST_SENSE.decode(task.cdb)
            return _LOGICAL_UNIT_NOT_SUPPORTED.sense(values["desc"])[:values["allocation_length"]]
        raise _LOGICAL_UNIT_NOT_SUPPORTED


class Shelf(Target):
    """A target. Units may come and go with `put` and `remove`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.absent = Absent(self)
        self.units: dict[int, LogicalUnit] = {}
        #: The nexuses that are logged in, in the order of their logins.
        self._nexuses: dict[Nexus, None] = {}

    def unit(self, lun: int) -> ServedUnit | None:
        return self.units.get(lun)

    def numbers(self) -> list[int]:
        """The LUNs that have a unit, as REPORT LUNS lists them."""
        return sorted(self.units)

    def put(self, lun: int, unit: LogicalUnit) -> None:
        """Adds or replaces a unit; initiators that are logged in get a unit attention (3Fh/0Eh)."""
        self.units[lun] = unit
        unit.attentions.logged_in = self._nexuses
        self._report_luns_changed(lun)

    def remove(self, lun: int) -> LogicalUnit:
        """Removes a unit. Its tasks must have been aborted before."""
        unit = self.units.pop(lun)
        self._report_luns_changed(lun)
        return unit

    def _report_luns_changed(self, changed: int) -> None:
        for number, unit in self.units.items():
            if number != changed:
                unit.attentions.establish(REPORTED_LUNS_CHANGED)

    def nexus_established(self, nexus: Nexus) -> None:
        self._nexuses[nexus] = None

    def nexus_lost(self, nexus: Nexus) -> None:
        self._nexuses.pop(nexus, None)
        for unit in self.units.values():
            if unit.attentions.knows(nexus):
                unit.nexus_lost(nexus)

    def reset(self, kind: str, nexus: Nexus) -> None:
        for unit in self.units.values():
            unit.reset(kind, nexus)
