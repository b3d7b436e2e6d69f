# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET PHYSICAL ELEMENT STATUS (SBC-5 5.8): the health of what stores data, such as the heads of a disk."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, code, flag, records, uint, within

GET_PHYSICAL_ELEMENT_STATUS_ACTION = 0x17
ALL_PHYSICAL_ELEMENTS, STORAGE_ELEMENTS = 0, 1
#: The filter of a request for nothing but elements that are outside their limit, or are or were depopulated.
OUT_OF_SPECIFICATION = 1

ELEMENT_TYPES = {1: "storage element"}

NOT_REPORTED, AT_LIMIT = 0x00, 0x64
WITHIN_LIMITS, OUTSIDE_LIMIT = range(0x01, AT_LIMIT), range(AT_LIMIT + 1, 0xD0)
RESTORED_WITH_ERRORS, BEING_RESTORED, DEPOPULATED_WITH_ERRORS, BEING_DEPOPULATED, DEPOPULATED = range(0xFB, 0x100)

#: SBC-5 table 62; FBh and FCh are younger than that table.
ELEMENT_HEALTH = {
    NOT_REPORTED: "not reported", **dict.fromkeys(WITHIN_LIMITS, "within the manufacturer's specification limits"),
    AT_LIMIT: "at the manufacturer's specification limit",
    **dict.fromkeys(OUTSIDE_LIMIT, "outside the manufacturer's specification limit"),
    RESTORED_WITH_ERRORS: "depopulation revoked, with errors", BEING_RESTORED: "depopulation is being revoked",
    DEPOPULATED_WITH_ERRORS: "depopulated, with errors", BEING_DEPOPULATED: "being depopulated",
    DEPOPULATED: "depopulated",
}

GET_PHYSICAL_ELEMENT_STATUS = Table(
    "GET PHYSICAL ELEMENT STATUS", "SBC-5 5.8",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("starting_element", 6, 9),
    uint("allocation_length", 10, 13),
    bits("filter", 14, 7, 6),
    bits("report_type", 14, 3, 0),
    uint("control", 15),
    operation_code=0x9E, service_action=GET_PHYSICAL_ELEMENT_STATUS_ACTION)

ELEMENT_STATUS_HEADER = Table(
    "GET PHYSICAL ELEMENT STATUS parameter data", "SBC-5 5.8.2.1",
    uint("number_of_descriptors", 0, 3),
    uint("number_of_descriptors_returned", 4, 7),
    # No element has identifier 0.
    uint("identifier_of_element_being_depopulated", 8, 11, unknown=0),
    size=32)

ELEMENT_STATUS_DESCRIPTOR = Table(
    "physical element status descriptor", "SBC-5 5.8.2.2",
    uint("element_identifier", 4, 7),
    flag("ralwd", 13, 0),
    code("physical_element_type", 14, None, ELEMENT_TYPES),
    code("physical_element_health", 15, None, ELEMENT_HEALTH),
    uint("associated_capacity_blocks", 16, 23, unknown=(1 << 64) - 1),
    size=32)


def decode_physical_elements(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``number_of_descriptors``, ``identifier_of_element_being_depopulated``, and ``elements``, a list with the fields
    of `ELEMENT_STATUS_DESCRIPTOR`.

    The number is of all elements from the starting element on, of which the drive may have returned only some. A cut
    descriptor is left out.
    """
    title = ELEMENT_STATUS_HEADER.title
    header = ELEMENT_STATUS_HEADER.decode(data)
    returned = header.pop("number_of_descriptors_returned")
    if returned is None:
        warnings.append(f"{title}: {len(data)} bytes arrived, too few for its length")
        return dict(header, elements=[])
    readable = within(
        data, ELEMENT_STATUS_HEADER.size + returned * ELEMENT_STATUS_DESCRIPTOR.size, title, warnings)
    return dict(header, elements=[ELEMENT_STATUS_DESCRIPTOR.decode(record) for record in records(
        readable[ELEMENT_STATUS_HEADER.size:], ELEMENT_STATUS_DESCRIPTOR.size, title, warnings)])


def encode_physical_elements(
    elements: Sequence[Mapping[str, Any]], being_depopulated: int | None = None,
    number_of_descriptors: int | None = None,
) -> bytes:
    """The whole answer, from decoded elements; there may be more of them than are returned."""
    return ELEMENT_STATUS_HEADER.encode(
        number_of_descriptors=len(elements) if number_of_descriptors is None else number_of_descriptors,
        number_of_descriptors_returned=len(elements), identifier_of_element_being_depopulated=being_depopulated,
    ) + b"".join(ELEMENT_STATUS_DESCRIPTOR.encode(each) for each in elements)
