# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""INQUIRY and its standard data (SPC-6 6.7)."""

from __future__ import annotations

from typing import Any, Mapping

from .device_types import PERIPHERAL_DEVICE_TYPES
from .table import Table, at_most, bits, code, flag, hexadecimal, named, text, uint, within, without

INQUIRY = Table(
    "INQUIRY", "SPC-6 6.7.1",
    uint("operation_code", 0),
    flag("evpd", 1, 0),
    uint("page_code", 2),
    uint("allocation_length", 3, 4),
    uint("control", 5),
    operation_code=0x12)

PERIPHERAL_QUALIFIERS = {0: "connected", 1: "not connected", 3: "no such logical unit"}

HOT_PLUGGABLE = {0: "not reported", 1: "hot pluggable", 2: "not hot pluggable"}

#: Versions of SPC that introduced something that older devices lack.
SPC_3, SPC_4, SPC_5 = 0x05, 0x06, 0x07

VERSIONS = {
    0x00: "no standard claimed", 0x01: "SCSI-1", 0x02: "SCSI-2", 0x03: "SPC", 0x04: "SPC-2", SPC_3: "SPC-3",
    SPC_4: "SPC-4", SPC_5: "SPC-5", 0x0D: "SPC-6",
}

#: Whether and how a target reports its port groups.
TPGS = {0: "not supported", 1: "implicit", 2: "explicit", 3: "implicit and explicit"}

#: The first of each standard's 32 version descriptors; the others stand for its published versions and drafts.
_STANDARDS = {
    0x0020: "SAM", 0x0040: "SAM-2", 0x0060: "SAM-3", 0x0080: "SAM-4", 0x00A0: "SAM-5", 0x00C0: "SAM-6", 0x0120: "SPC",
    0x0180: "SBC", 0x01C0: "SES", 0x0200: "SSC", 0x0260: "SPC-2", 0x0300: "SPC-3", 0x0320: "SBC-2", 0x0360: "SSC-2",
    0x03E0: "SES-2", 0x0400: "SSC-3", 0x0460: "SPC-4", 0x04C0: "SBC-3", 0x0520: "SSC-4", 0x0580: "SES-3",
    0x05A0: "SSC-5", 0x05C0: "SPC-5", 0x0600: "SBC-4", 0x0620: "ZBC", 0x0660: "ZBC-2", 0x0680: "SES-4",
    0x06A0: "ZBC-3", 0x06C0: "SBC-5", 0x06E0: "SPC-6", 0x08C0: "FCP", 0x0900: "FCP-2", 0x0940: "SRP", 0x0960: "iSCSI",
    0x0A00: "FCP-3", 0x0A40: "FCP-4", 0x0A80: "FCP-5", 0x0BE0: "SAS", 0x0C00: "SAS-1.1", 0x0C20: "SAS-2",
    0x0C40: "SAS-2.1", 0x0C60: "SAS-3", 0x0C80: "SAS-4", 0x0CA0: "SAS-4.1", 0x1740: "UAS", 0x1780: "UAS-2",
    0x17C0: "UAS-3", 0x1EA0: "SAT", 0x1EC0: "SAT-2", 0x1EE0: "SAT-3", 0x1F00: "SAT-4", 0x1F20: "SAT-5",
    0x20A0: "SPL", 0x20C0: "SPL-2", 0x20E0: "SPL-3", 0x2100: "SPL-4", 0x2120: "SPL-5",
}
_VERSIONS_OF_A_STANDARD = 0x20

STANDARD_INQUIRY = Table(
    "standard INQUIRY data", "SPC-6 6.7.2",
    bits("peripheral_qualifier", 0, 7, 5, PERIPHERAL_QUALIFIERS),
    bits("peripheral_device_type", 0, 4, 0, PERIPHERAL_DEVICE_TYPES),
    flag("rmb", 1, 7),
    flag("lu_cong", 1, 6),
    bits("hot_pluggable", 1, 5, 4, HOT_PLUGGABLE),
    code("version", 2, None, VERSIONS),
    flag("normaca", 3, 5),
    flag("hisup", 3, 4),
    bits("response_data_format", 3, 3, 0),
    uint("additional_length", 4),
    flag("sccs", 5, 7),
    flag("acc", 5, 6),
    bits("tpgs", 5, 5, 4, TPGS),
    flag("third_party_copy", 5, 3),  # 3PC in the standard; a name that begins with a digit is a nuisance in templates
    flag("protect", 5, 0),
    flag("encserv", 6, 6),
    flag("multip", 6, 4),
    flag("addr16", 6, 0),
    flag("wbus16", 7, 5),
    flag("sync", 7, 4),
    flag("cmdque", 7, 1),
    text("t10_vendor_identification", 8, 15),
    text("product_identification", 16, 31),
    text("product_revision_level", 32, 35),
    hexadecimal("vendor_specific", 36, 55),
    bits("clocking", 56, 3, 2),
    flag("qas", 56, 1),
    flag("ius", 56, 0))

_TO_ADDITIONAL_LENGTH = 5
_MANDATORY = 36
_VERSION_DESCRIPTORS = slice(58, 74)


def decode_standard_inquiry(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The standard INQUIRY data; ``version_descriptors`` lists those that are not zero."""
    readable = _readable(data, warnings)
    listed = readable[_VERSION_DESCRIPTORS]
    codes = (int.from_bytes(listed[at:at + 2], "big") for at in range(0, len(listed) - 1, 2))
    return dict(
        STANDARD_INQUIRY.decode(readable),
        version_descriptors=[named(each, {each: _standard(each)}) for each in codes if each])


def _readable(data: bytes, warnings: list[str]) -> bytes:
    title = STANDARD_INQUIRY.title
    if len(data) < _TO_ADDITIONAL_LENGTH:
        warnings.append(f"{title}: {len(data)} bytes arrived, too few for its length")
        return data
    claimed = _TO_ADDITIONAL_LENGTH + data[4]
    if claimed < _MANDATORY:
        missing = [field.name for field in STANDARD_INQUIRY.fields if claimed <= field.last < _MANDATORY]
        warnings.append(f"{title}: has only {claimed} bytes, without {at_most(missing)}")
    # What follows the version descriptors is vendor specific, and not requested.
    if len(data) < min(claimed, _VERSION_DESCRIPTORS.stop):
        return within(data, claimed, title, warnings)
    return data[:claimed]


def _standard(descriptor: int) -> Any:
    """The standard that a version descriptor names, without the version that it claims."""
    return _STANDARDS.get(descriptor - descriptor % _VERSIONS_OF_A_STANDARD)


def encode_standard_inquiry(values: Mapping[str, Any]) -> bytes:
    """The data with its version descriptors, 74 bytes; the additional length is computed if it is not given."""
    fields = without(values, "version_descriptors")
    if fields.get("additional_length") is None:
        fields["additional_length"] = _VERSION_DESCRIPTORS.stop - _TO_ADDITIONAL_LENGTH
    descriptors = b"".join(
        (each["value"] if isinstance(each, Mapping) else each).to_bytes(2, "big")
        for each in values.get("version_descriptors") or ())
    fixed = STANDARD_INQUIRY.encode(fields).ljust(_VERSION_DESCRIPTORS.start, b"\0")
    return (fixed + descriptors).ljust(_VERSION_DESCRIPTORS.stop, b"\0")
