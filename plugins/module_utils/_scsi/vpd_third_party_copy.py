# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party copy, VPD page 8Fh: what a copy manager supports (SPC-6 7.7.18)."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping

from .table import without
from .third_party_copy_descriptors import DESCRIPTOR_HEADER, DESCRIPTOR_TYPES
from .vpd import page_body, page_title, with_header

THIRD_PARTY_COPY = 0x8F

#: For the restricted application of a vendor.
_RESTRICTED = range(0xE000, 0xF000)

Descriptor = Dict[str, Any]


def decode_third_party_copy(data: bytes, warnings: list[str]) -> list[Descriptor]:
    """The descriptors of the page, each with its ``type`` as value and name; unknown ones with their content in hex.

    A descriptor without content has nothing but its type.
    """
    body = page_body(data, THIRD_PARTY_COPY, warnings) or b""
    found = []
    at = 0
    while at < len(body):
        header = DESCRIPTOR_HEADER.decode(body[at:])
        length = header["third_party_copy_descriptor_length"]
        if length is None:
            warnings.append(f"{page_title(THIRD_PARTY_COPY)}: the last descriptor is cut after {len(body) - at} bytes")
            break
        end = at + DESCRIPTOR_HEADER.size + length
        kind = header["third_party_copy_descriptor_type"]
        if end > len(body):
            warnings.append(f"{page_title(THIRD_PARTY_COPY)}: descriptor {kind:04X}h is cut, {len(body) - at} of "
                            f"{end - at} bytes")
        found.append(dict(_decode(kind, length, body[at:end], warnings), type={"value": kind, "name": _name(kind)}))
        at = end
    return found


def _decode(kind: int, length: int, data: bytes, warnings: list[str]) -> Descriptor:
    if not length:
        return {}
    known = DESCRIPTOR_TYPES.get(kind)
    if known is not None:
        return known.decode(data, warnings)
    content = data[DESCRIPTOR_HEADER.size:]
    return {"data": content.hex() if len(content) == length else None}


def _name(kind: int) -> str | None:
    known = DESCRIPTOR_TYPES.get(kind)
    return known.name if known else "restricted" if kind in _RESTRICTED else None


def encode_third_party_copy(descriptors: Iterable[Mapping[str, Any]], peripheral_device_type: int = 0) -> bytes:
    """The whole page, from decoded descriptors; ``type`` may be a number."""
    return with_header(THIRD_PARTY_COPY, b"".join(_encode(each) for each in descriptors), peripheral_device_type)


def _encode(descriptor: Mapping[str, Any]) -> bytes:
    given = descriptor["type"]
    kind = given["value"] if isinstance(given, Mapping) else given
    values = without(descriptor, "type")
    known = DESCRIPTOR_TYPES.get(kind)
    if not values:
        content = b""
    elif known is None:
        content = bytes.fromhex(values["data"] or "")
    else:
        # Descriptors are padded to whole words (SPC-6 7.7.18.2); unknown ones stay as they came.
        content = known.encode(values)
        content += bytes(-len(content) % 4)
    return DESCRIPTOR_HEADER.encode(
        third_party_copy_descriptor_type=kind, third_party_copy_descriptor_length=len(content)) + content
