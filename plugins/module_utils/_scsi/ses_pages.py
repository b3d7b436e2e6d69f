# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of an enclosure with an entry per element (SES-4 6.1): the configuration page, which lists the elements,
and the status, control, threshold and descriptor pages, which only make sense with it.

``types`` below is always what `decode_configuration` returns as ``types``. A page's groups are in that order; each is
``{"element_type": {"value": 23, "name": "array device slot"}, "subenclosure_identifier": 0, "overall": {...},
"elements": [{...}, ...]}``, where an element that was cut off is left out and a cut overall element is ``None``.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, Tuple

from .receive_diagnostic import DIAGNOSTIC_PAGE_HEADER, page_body, page_title
from .ses_elements import ELEMENT_SIZE, ELEMENT_TYPES, control_table, decode_status, status_table, threshold_table
from .table import Table, Values, at_most, bits, code, flag, hexadecimal, number, text, uint, without
from .text import printable

CONFIGURATION, ENCLOSURE_CONTROL_STATUS, THRESHOLDS, ELEMENT_DESCRIPTORS = 0x01, 0x02, 0x05, 0x07

SES_PAGE_HEADER = Table(
    "SES diagnostic page header", "SES-4 6.1",
    uint("page_code", 0),
    uint("page_specific", 1),
    uint("page_length", 2, 3),
    uint("generation_code", 4, 7))

STATUS_PAGE_HEADER = Table(
    "enclosure status diagnostic page", "SES-4 6.1.4",
    uint("page_code", 0),
    flag("invop", 1, 4),
    flag("info", 1, 3),
    flag("non_crit", 1, 2),
    flag("crit", 1, 1),
    flag("unrecov", 1, 0),
    uint("page_length", 2, 3),
    uint("generation_code", 4, 7),
    page_code=ENCLOSURE_CONTROL_STATUS)

CONTROL_PAGE_HEADER = Table(
    "enclosure control diagnostic page", "SES-4 6.1.3",
    uint("page_code", 0),
    flag("info", 1, 3),
    flag("non_crit", 1, 2),
    flag("crit", 1, 1),
    flag("unrecov", 1, 0),
    uint("page_length", 2, 3),
    uint("expected_generation_code", 4, 7),
    page_code=ENCLOSURE_CONTROL_STATUS)

THRESHOLD_IN_HEADER = Table(
    "threshold in diagnostic page", "SES-4 6.1.8",
    uint("page_code", 0),
    flag("invop", 1, 4),
    uint("page_length", 2, 3),
    uint("generation_code", 4, 7),
    page_code=THRESHOLDS)

THRESHOLD_OUT_HEADER = Table(
    "threshold out diagnostic page", "SES-4 6.1.7",
    uint("page_code", 0),
    uint("page_length", 2, 3),
    uint("expected_generation_code", 4, 7),
    page_code=THRESHOLDS)

ENCLOSURE_DESCRIPTOR = Table(
    "enclosure descriptor", "SES-4 6.1.2.2",
    bits("relative_enclosure_services_process_identifier", 0, 6, 4),
    bits("number_of_enclosure_services_processes", 0, 2, 0),
    uint("subenclosure_identifier", 1),
    uint("number_of_type_descriptor_headers", 2),
    uint("enclosure_descriptor_length", 3),
    hexadecimal("enclosure_logical_identifier", 4, 11),
    text("enclosure_vendor_identification", 12, 19),
    text("product_identification", 20, 35),
    text("product_revision_level", 36, 39))
_LENGTH_AFTER = 4

TYPE_DESCRIPTOR_HEADER = Table(
    "type descriptor header", "SES-4 6.1.2.3",
    code("element_type", 0, None, ELEMENT_TYPES),
    uint("number_of_possible_elements", 1),
    uint("subenclosure_identifier", 2),
    uint("type_descriptor_text_length", 3))

ELEMENT_DESCRIPTOR_HEADER = Table(
    "element descriptor", "SES-4 6.1.10",
    uint("descriptor_length", 2, 3))

Types = Sequence[Mapping[str, Any]]
_Decoder = Callable[[int, bytes], Values]
_Reader = Callable[[bytes, int], Optional[Tuple[Any, int]]]


# -- configuration

def decode_configuration(data: bytes, warnings: list[str]) -> Values:
    """``generation_code``; ``enclosures``, the primary one first; and ``types``, each with its ``text``."""
    title = page_title(CONFIGURATION)
    body = page_body(data, CONFIGURATION, warnings)
    found: Values = {"generation_code": None, "enclosures": [], "types": []}
    if body is None:
        return found
    found["generation_code"] = number(body, 0, 3)
    secondary = data[1]
    place, count = 4, 0
    for _turn in range(1 + secondary):
        length = number(body, place + 3, place + 3)
        if length is None:
            _cut(title, "enclosure descriptors", warnings)
            return found
        enclosure = ENCLOSURE_DESCRIPTOR.decode(body[place:place + _LENGTH_AFTER + length])
        missing = [name for name, value in enclosure.items() if value is None]
        if missing:
            warnings.append(f"{title}: an enclosure descriptor lacks {at_most(missing)}")
        found["enclosures"].append(enclosure)
        count += enclosure["number_of_type_descriptor_headers"]
        place += _LENGTH_AFTER + length
    size = TYPE_DESCRIPTOR_HEADER.size
    headers = [body[at:at + size] for at in range(place, place + size * count, size)]
    place += size * count
    for header in headers:
        if len(header) < size:
            _cut(title, "type descriptor headers", warnings)
            break
        values = TYPE_DESCRIPTOR_HEADER.decode(header)
        length = values["type_descriptor_text_length"]
        whole = place + length <= len(body)
        if not whole:
            _cut(title, "type descriptor texts", warnings)
        found["types"].append(dict(values, text=printable(body[place:place + length]) if whole else None))
        place += length
    return found


def encode_configuration(values: Mapping[str, Any]) -> bytes:
    """The whole page, from decoded values; lengths and numbers are computed from the lists."""
    enclosures, types = values["enclosures"], values["types"]
    body = b""
    for enclosure in enclosures:
        identifier = enclosure.get("subenclosure_identifier") or 0
        body += ENCLOSURE_DESCRIPTOR.encode(
            without(enclosure, "number_of_type_descriptor_headers", "enclosure_descriptor_length"),
            number_of_type_descriptor_headers=sum(
                (each.get("subenclosure_identifier") or 0) == identifier for each in types),
            enclosure_descriptor_length=ENCLOSURE_DESCRIPTOR.size - _LENGTH_AFTER)
    texts = [str(each.get("text") or "").encode("ascii") for each in types]
    for header, content in zip(types, texts):
        body += TYPE_DESCRIPTOR_HEADER.encode(
            without(header, "text", "type_descriptor_text_length"), type_descriptor_text_length=len(content))
    return _page(SES_PAGE_HEADER, body + b"".join(texts), {
        "page_code": CONFIGURATION, "page_specific": len(enclosures) - 1, "generation_code": values["generation_code"]})


# -- status, control, thresholds

def decode_enclosure_status(data: bytes, types: Types, warnings: list[str]) -> Values:
    """The header's ``invop`` ... ``generation_code``, and ``groups`` of status elements."""
    return _decode_elements(data, ENCLOSURE_CONTROL_STATUS, STATUS_PAGE_HEADER, types, decode_status, warnings)


def encode_enclosure_status(values: Mapping[str, Any]) -> bytes:
    """The whole page, from decoded values."""
    return _encode_elements(values, STATUS_PAGE_HEADER, status_table)


def decode_enclosure_control(data: bytes, types: Types, warnings: list[str]) -> Values:
    """The header's ``info`` ... ``expected_generation_code``, and ``groups`` of control elements."""
    return _decode_elements(
        data, ENCLOSURE_CONTROL_STATUS, CONTROL_PAGE_HEADER, types, _by_table(control_table), warnings)


def encode_enclosure_control(values: Mapping[str, Any]) -> bytes:
    """The whole page, from decoded values."""
    return _encode_elements(values, CONTROL_PAGE_HEADER, control_table)


def decode_thresholds(data: bytes, types: Types, warnings: list[str], out: bool = False) -> Values:
    """The header, and ``groups`` of thresholds, all four in the unit of the element: degrees Celsius for temperature
    sensors (``None`` if unknown), else as they are. ``out``: the page is one that was sent."""
    header = THRESHOLD_OUT_HEADER if out else THRESHOLD_IN_HEADER
    return _decode_elements(data, THRESHOLDS, header, types, _by_table(threshold_table), warnings)


def encode_thresholds(values: Mapping[str, Any], out: bool = False) -> bytes:
    """The whole page, from decoded values."""
    return _encode_elements(values, THRESHOLD_OUT_HEADER if out else THRESHOLD_IN_HEADER, threshold_table)


def _decode_elements(
    data: bytes, page: int, header: Table, types: Types, decode: _Decoder, warnings: list[str],
) -> Values:
    def read(rest: bytes, element_type: int) -> tuple[Any, int] | None:
        if len(rest) < ELEMENT_SIZE:
            return None
        return decode(element_type, rest[:ELEMENT_SIZE]), ELEMENT_SIZE

    return _decode_groups(data, page, header, types, read, warnings)


def _by_table(table_of: Callable[[int], Table]) -> _Decoder:
    return lambda element_type, element: table_of(element_type).decode(element)


def _encode_elements(values: Mapping[str, Any], header: Table, table_of: Callable[[int], Table]) -> bytes:
    body = b"".join(table_of(element_type).encode(element) for element_type, element in _in_order(values["groups"]))
    return _page(header, body, without(values, "groups", "page_length"))


# -- descriptors

def decode_element_descriptors(data: bytes, types: Types, warnings: list[str]) -> Values:
    """``generation_code`` and ``groups``, where ``overall`` and each of ``elements`` are text."""
    def read(rest: bytes, _element_type: int) -> tuple[Any, int] | None:
        length = ELEMENT_DESCRIPTOR_HEADER.decode(rest)["descriptor_length"]
        if length is None or len(rest) < ELEMENT_DESCRIPTOR_HEADER.size + length:
            return None
        return printable(rest[ELEMENT_DESCRIPTOR_HEADER.size:][:length]), ELEMENT_DESCRIPTOR_HEADER.size + length

    found = _decode_groups(data, ELEMENT_DESCRIPTORS, SES_PAGE_HEADER, types, read, warnings)
    return without(found, "page_specific")


def encode_element_descriptors(values: Mapping[str, Any]) -> bytes:
    """The whole page, from decoded values."""
    contents = [str(descriptor or "").encode("ascii") for _type, descriptor in _in_order(values["groups"])]
    body = b"".join(ELEMENT_DESCRIPTOR_HEADER.encode(descriptor_length=len(each)) + each for each in contents)
    return _page(SES_PAGE_HEADER, body, dict(
        without(values, "groups", "page_length"), page_code=ELEMENT_DESCRIPTORS))


# -- what they share

def _decode_groups(
    data: bytes, page: int, header: Table, types: Types, read: _Reader, warnings: list[str],
) -> Values:
    body = page_body(data, page, warnings)
    if body is None:
        return dict(dict.fromkeys(without(header.decode(b""), "page_code")), groups=[])
    found = header.decode(data[:DIAGNOSTIC_PAGE_HEADER.size + len(body)])
    rest = body[header.size - DIAGNOSTIC_PAGE_HEADER.size:]
    groups = []
    missing = 0
    for type_header in types:
        element_type: int = type_header["element_type"]["value"]
        elements = []
        for _turn in range(1 + type_header["number_of_possible_elements"]):
            element = read(rest, element_type)
            if element is None:
                rest = b""
                missing += 1
            else:
                elements.append(element[0])
                rest = rest[element[1]:]
        groups.append({
            "element_type": type_header["element_type"],
            "subenclosure_identifier": type_header["subenclosure_identifier"],
            "overall": elements[0] if elements else None, "elements": elements[1:]})
    if missing:
        warnings.append(f"{page_title(page)}: has too few bytes for the last {missing} elements of the configuration")
    elif rest:
        warnings.append(f"{page_title(page)}: has {len(rest)} bytes more than the elements of the configuration")
    return dict(without(found, "page_code"), groups=groups)


def _in_order(groups: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Any]]:
    for group in groups:
        element_type = group["element_type"]
        value = element_type["value"] if isinstance(element_type, Mapping) else element_type
        yield value, group["overall"]
        for element in group["elements"]:
            yield value, element


def _page(header: Table, body: bytes, values: Mapping[str, Any]) -> bytes:
    return header.encode(values, page_length=header.size - DIAGNOSTIC_PAGE_HEADER.size + len(body)) + body


def _cut(title: str, what: str, warnings: list[str]) -> None:
    warnings.append(f"{title}: is cut in its {what}")
