# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""INQUIRY, and the VPD pages that identify a logical unit (SPC-6 6.7, 7.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from ..._scsi.device_types import ENCLOSURE
from ..._scsi.inquiry import INQUIRY, encode_standard_inquiry
from ..._scsi.report_luns import ALL, REPORT_LUNS, SMALLEST_ALLOCATION, WELL_KNOWN, encode_report_luns
from ..._scsi.vpd import SUPPORTED_PAGES, UNIT_SERIAL_NUMBER, encode_supported_pages, encode_unit_serial_number
from ..._scsi.vpd_designators import DEVICE_IDENTIFICATION, encode_device_identification
from ..._scsi.vpd_extended_inquiry import EXTENDED_INQUIRY, encode_extended_inquiry
from ..contract import Task
from ..feature import Code, Feature, Handler, invalid_field_in_cdb

#: Versions of the standard that a drive may claim, and the version descriptors that go with them.
_SAM, _SPC, _SBC = 0, 1, 2
_DESCRIPTORS: Mapping[int, tuple[int, int, int]] = {
    0x04: (0x0040, 0x0260, 0x0180), 0x05: (0x0060, 0x0300, 0x0320), 0x06: (0x0080, 0x0460, 0x04C0),
    0x07: (0x00A0, 0x05C0, 0x0600), 0x0D: (0x00C0, 0x06E0, 0x06C0),
}
_ISCSI, _SPL = 0x0960, 0x20E0
_SES = 0x0680

_LOGICAL_UNIT, _TARGET_PORT, _TARGET_DEVICE = 0, 1, 2
_BINARY, _ASCII, _UTF_8 = 1, 2, 3
_T10, _NAA, _RELATIVE_PORT, _PORT_GROUP, _NAME = 0x1, 0x3, 0x4, 0x5, 0x8
_PROTOCOL_ISCSI, _PROTOCOL_SAS = 0x5, 0x6
_PORT, _GROUP = 1, 1
#: The first version with VPD page 86h.
_SPC_3 = 0x05


@dataclass(frozen=True)
class InquiryNames:
    """The names of a logical unit and its port. ``wwn`` is the NAA designator, in hex."""

    vendor: str
    product: str
    revision: str
    serial: str
    wwn: str
    target_name: str
    #: "sas" or "iscsi": what kind of names its ports have.
    protocol: str = "iscsi"


@dataclass(frozen=True)
class Abilities:
    """What the standard INQUIRY data and VPD page 86h report about other features."""

    peripheral_device_type: int = 0
    version: int = 0x06
    removable: bool = False
    tpgs: int = 0
    third_party_copy: bool = False
    enclosure_services: bool = False
    extended_self_test_minutes: Callable[[], int] = lambda: 0


class Inquiry(Feature):
    """INQUIRY, and VPD pages 00h, 80h, 83h and 86h. ``pages`` returns those of all the unit's features."""

    name = "identity"

    def __init__(self, names: InquiryNames, abilities: Abilities,
                 pages: Callable[[], Mapping[int, Callable[[], bytes]]]) -> None:
        super().__init__()
        self.names = names
        self.abilities = abilities
        self._pages = pages

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x12, None): self._inquiry}

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        found: dict[int, Callable[[], bytes]] = {
            SUPPORTED_PAGES: lambda: encode_supported_pages(sorted(self._pages())),
            UNIT_SERIAL_NUMBER: lambda: encode_unit_serial_number(self.names.serial),
            DEVICE_IDENTIFICATION: lambda: encode_device_identification(self.designators()),
        }
        if self.abilities.version >= _SPC_3:
            found[EXTENDED_INQUIRY] = self._extended
        return found

    def _inquiry(self, task: Task) -> bytes:
        values = INQUIRY.decode(task.cdb)
        page = values["page_code"]
        if not values["evpd"]:
            if page:
                raise invalid_field_in_cdb(2)
            return self._standard()[:values["allocation_length"]]
        make = self._pages().get(page)
        if make is None:
            raise invalid_field_in_cdb(2)
        # Features build their pages with the device type of a disk.
        whole = bytes((self.abilities.peripheral_device_type,)) + make()[1:]
        return whole[:values["allocation_length"]]

    def _standard(self) -> bytes:
        abilities, names = self.abilities, self.names
        return encode_standard_inquiry({
            "peripheral_device_type": abilities.peripheral_device_type, "rmb": abilities.removable,
            "version": abilities.version, "hisup": True, "response_data_format": 2, "tpgs": abilities.tpgs,
            "third_party_copy": abilities.third_party_copy, "encserv": abilities.enclosure_services, "cmdque": True,
            "t10_vendor_identification": names.vendor, "product_identification": names.product,
            "product_revision_level": names.revision, "version_descriptors": self._version_descriptors()})

    def _version_descriptors(self) -> list[int]:
        descriptors = _DESCRIPTORS.get(self.abilities.version)
        if descriptors is None:
            return []
        commands = _SES if self.abilities.peripheral_device_type == ENCLOSURE else descriptors[_SBC]
        transport = _SPL if self.names.protocol == "sas" else _ISCSI
        return [descriptors[_SAM], transport, descriptors[_SPC], commands]

    def _extended(self) -> bytes:
        return encode_extended_inquiry({
            "headsup": True, "ordsup": True, "simpsup": True, "luiclr": True,
            "extended_self_test_completion_minutes": self.abilities.extended_self_test_minutes() or None,
            "maximum_supported_sense_data_length": 252})

    def designators(self) -> list[dict[str, Any]]:
        """The designators in VPD page 83h."""
        names = self.names
        own = f"{names.vendor:<8}{names.product:<16}{names.serial}"
        found = [
            _designator(_LOGICAL_UNIT, _NAA, _BINARY, bytes.fromhex(names.wwn)),
            _designator(_LOGICAL_UNIT, _T10, _ASCII, own.encode("ascii")),
        ]
        if names.protocol == "sas":
            found.append(_designator(_TARGET_PORT, _NAA, _BINARY, bytes.fromhex(port_name(names.wwn)), _PROTOCOL_SAS))
            protocol = _PROTOCOL_SAS
        else:
            port = f"{names.target_name},t,0x{_PORT:04x}"
            found.append(_designator(_TARGET_PORT, _NAME, _UTF_8, _padded(port), _PROTOCOL_ISCSI))
            found.append(_designator(_TARGET_DEVICE, _NAME, _UTF_8, _padded(names.target_name), _PROTOCOL_ISCSI))
            protocol = _PROTOCOL_ISCSI
        for kind, number in ((_RELATIVE_PORT, _PORT), (_PORT_GROUP, _GROUP)):
            found.append(_designator(_TARGET_PORT, kind, _BINARY, number.to_bytes(4, "big"), protocol))
        return found


def port_name(wwn: str, port: int = 0) -> str:
    """The NAA name of a drive's port, which is its SAS address: ports are numbered on from the drive's own name."""
    return f"{int(wwn, 16) + 1 + port:0{len(wwn)}x}"


def _padded(name: str) -> bytes:
    """A SCSI name string: ends with a zero, and its length is a multiple of four (SPC-6 7.7.6.11)."""
    content = name.encode("utf-8")
    return content.ljust(len(content) // 4 * 4 + 4, b"\0")


def _designator(association: int, kind: int, code_set: int, content: bytes, protocol: int = 0) -> dict[str, Any]:
    return {"protocol_identifier": protocol, "piv": bool(protocol), "association": association,
            "designator_type": kind, "code_set": code_set, "designator": content.hex()}


class ReportLuns(Feature):
    """REPORT LUNS (SPC-6 6.36). Every unit reports all of them; ``numbers`` returns the target's LUNs."""

    name = "report_luns"

    def __init__(self, numbers: Callable[[], Sequence[int]]) -> None:
        super().__init__()
        self._numbers = numbers

    def commands(self) -> Mapping[Code, Handler]:
        return {(0xA0, None): self._report}

    def _report(self, task: Task) -> bytes:
        return report_luns(task, self._numbers())


def report_luns(task: Task, numbers: Sequence[int]) -> bytes:
    """The answer to REPORT LUNS, also for a LUN that has no unit."""
    values = REPORT_LUNS.decode(task.cdb)
    if values["select_report"] > ALL:
        raise invalid_field_in_cdb(2)
    if values["allocation_length"] < SMALLEST_ALLOCATION:
        raise invalid_field_in_cdb(6)
    return encode_report_luns(() if values["select_report"] == WELL_KNOWN else numbers)[:values["allocation_length"]]
