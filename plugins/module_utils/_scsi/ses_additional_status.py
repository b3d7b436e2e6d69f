# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Additional element status, diagnostic page 0Ah (SES-4 6.1.13): which drives are in which slots of a SAS enclosure,
and by which phys its electronics talk to them.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .receive_diagnostic import page_body, page_title
from .ses_elements import ELECTRONICS, SCSI_INITIATOR_PORT, SCSI_TARGET_PORT
from .ses_pages import SES_PAGE_HEADER, Types
from .table import Table, bits, flag, hexadecimal, number, records, uint, without

ADDITIONAL_ELEMENT_STATUS = 0x0A
PROTOCOLS = {0x0: "Fibre Channel", 0x6: "SAS", 0xB: "PCIe"}
SAS = 0x6
#: What a descriptor of SAS is about (SES-4 table 45): a slot, or something else that has phys.
DEVICE_SLOT_TYPE, OTHER_TYPE = 0, 1
#: Of the other elements, these have the same phy descriptors; a SAS expander has different ones.
_WITH_PHYS = frozenset((ELECTRONICS, SCSI_TARGET_PORT, SCSI_INITIATOR_PORT))
#: SPL-5 4.1.
DEVICE_TYPES = {0: "no device attached", 1: "SAS or SATA device", 2: "expander device", 3: "expander device (fanout)"}

DESCRIPTOR_HEADER = Table(
    "additional element status descriptor", "SES-4 6.1.13.2",
    flag("invalid", 0, 7),
    flag("eip", 0, 4),
    bits("protocol_identifier", 0, 3, 0, PROTOCOLS),
    uint("additional_element_status_descriptor_length", 1))
_LENGTH_AFTER = 2

#: Follows the header if EIP is one.
ELEMENT_INDEX = Table(
    "additional element status descriptor, element index", "SES-4 6.1.13.2",
    bits("eiioe", 0, 1, 0),
    # One byte is not enough for the last elements of a large enclosure.
    uint("element_index", 1, unknown=0xFF))

SAS_HEADER = Table(
    "SAS additional element status", "SES-4 6.1.13.4",
    uint("number_of_phy_descriptors", 0),
    bits("descriptor_type", 1, 7, 6),
    flag("not_all_phys", 1, 0),
    uint("device_slot_number", 3))
#: Without EIP there is no room for the slot's number.
_SHORT_SAS_HEADER_SIZE = 2

PHY = Table(
    "SAS phy descriptor", "SES-4 6.1.13.4.2",
    bits("device_type", 0, 6, 4, DEVICE_TYPES),
    flag("ssp_initiator_port", 2, 3),
    flag("stp_initiator_port", 2, 2),
    flag("smp_initiator_port", 2, 1),
    flag("sata_port_selector", 3, 7),
    flag("ssp_target_port", 3, 3),
    flag("stp_target_port", 3, 2),
    flag("smp_target_port", 3, 1),
    flag("sata_device", 3, 0),
    hexadecimal("attached_sas_address", 4, 11),
    hexadecimal("sas_address", 12, 19),
    uint("phy_identifier", 20),
    size=28)

OTHER_PHY = Table(
    "SAS phy descriptor of enclosure services controller electronics and of ports", "SES-4 6.1.13.4.4",
    uint("phy_identifier", 0),
    uint("connector_element_index", 2, unknown=0xFF),
    uint("other_element_index", 3, unknown=0xFF),
    hexadecimal("sas_address", 4, 11))


def decode_additional_element_status(
    data: bytes, warnings: list[str], types: Types | None = None,
) -> dict[str, Any]:
    """``generation_code`` and ``descriptors``.

    A descriptor of a SAS slot has ``device_slot_number`` and ``phys``. Those of other elements with phys are decoded
    only with ``types``, from the configuration page; the content of all others, and of those that the enclosure marks
    as ``invalid``, is in hex, as ``protocol_specific``. ``element_index`` is ``None`` if the enclosure leaves it out.
    """
    title = page_title(ADDITIONAL_ELEMENT_STATUS)
    body = page_body(data, ADDITIONAL_ELEMENT_STATUS, warnings)
    found: dict[str, Any] = {"generation_code": None, "descriptors": []}
    if body is None:
        return found
    found["generation_code"] = number(body, 0, 3)
    rest = body[4:]
    while rest:
        length = number(rest, 1, 1)
        if length is None or _LENGTH_AFTER + length > len(rest):
            warnings.append(f"{title}: the last descriptor is cut and left out")
            break
        found["descriptors"].append(_decode(rest[:_LENGTH_AFTER + length], title, types or (), warnings))
        rest = rest[_LENGTH_AFTER + length:]
    return found


def _element_type(types: Types, index: int | None, overall_count: bool) -> int | None:
    """The type of the element with this index, which may count overall elements too."""
    if index is None:
        return None
    for header in types:
        count = header["number_of_possible_elements"] + overall_count
        if index < count:
            found: int = header["element_type"]["value"]
            return found
        index -= count
    return None


def _phy_table(values: Mapping[str, Any], descriptor_type: int | None, types: Types) -> Table | None:
    if values["protocol_identifier"]["value"] != SAS:
        return None
    if descriptor_type == DEVICE_SLOT_TYPE:
        return PHY
    element_type = _element_type(types, values["element_index"], values["eiioe"] == 1)
    return OTHER_PHY if descriptor_type == OTHER_TYPE and element_type in _WITH_PHYS else None


def _decode(descriptor: bytes, title: str, types: Types, warnings: list[str]) -> dict[str, Any]:
    values = without(DESCRIPTOR_HEADER.decode(descriptor), "additional_element_status_descriptor_length")
    rest = descriptor[DESCRIPTOR_HEADER.size:]
    values.update(ELEMENT_INDEX.decode(rest if values["eip"] else b""))
    if values["eip"]:
        rest = rest[ELEMENT_INDEX.size:]
    header = SAS_HEADER.decode(rest if values["eip"] else rest[:_SHORT_SAS_HEADER_SIZE])
    table = None if values["invalid"] else _phy_table(values, header["descriptor_type"], types)
    if table is None:
        return dict(values, protocol_specific=rest.hex())
    if table is OTHER_PHY:
        del header["device_slot_number"], header["not_all_phys"]
    rest = rest[SAS_HEADER.size if values["eip"] else _SHORT_SAS_HEADER_SIZE:]
    count = header.pop("number_of_phy_descriptors")
    phys = [table.decode(each) for each in records(rest[:table.size * count], table.size, title, warnings)]
    if len(phys) < count:
        warnings.append(f"{title}: a descriptor has {len(phys)} of the {count} phys that it announces")
    return dict(values, **dict(header, phys=phys))


def encode_additional_element_status(values: Mapping[str, Any]) -> bytes:
    """The whole page, from decoded values."""
    body = b"".join(_encode(each) for each in values["descriptors"])
    return SES_PAGE_HEADER.encode(
        page_code=ADDITIONAL_ELEMENT_STATUS, page_length=4 + len(body),
        generation_code=values["generation_code"]) + body


def _encode(values: Mapping[str, Any]) -> bytes:
    given: dict[str, Any] = dict({"eip": True, "protocol_identifier": SAS}, **values)
    header: dict[str, Any] = {
        name: given.pop(name) for name in ("invalid", "eip", "protocol_identifier") if name in given}
    index: dict[str, Any] = {name: given.pop(name) for name in ("eiioe", "element_index") if name in given}
    content = ELEMENT_INDEX.encode(index) if header["eip"] else b""
    whole: str | None = given.pop("protocol_specific", None)
    if whole is not None:
        content += bytes.fromhex(whole)
    else:
        phys: Sequence[Mapping[str, Any]] = given.pop("phys", ())
        sas = SAS_HEADER.encode(given, number_of_phy_descriptors=len(phys))
        content += sas if header["eip"] else sas[:_SHORT_SAS_HEADER_SIZE]
        table = OTHER_PHY if given.get("descriptor_type") == OTHER_TYPE else PHY
        content += b"".join(table.encode(phy) for phy in phys)
    return DESCRIPTOR_HEADER.encode(header, additional_element_status_descriptor_length=len(content)) + content
