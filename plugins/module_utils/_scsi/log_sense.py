# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LOG SENSE: the command, the header of its pages, and the parameters in them (SPC-6 6.9, 7.3)."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple, Sequence

from .table import LARGEST, Table, bits, flag, short, uint, within

CUMULATIVE_VALUES = 1
SUPPORTED_LOG_PAGES = 0x00
ALL_SUBPAGES = 0xFF

LOG_SENSE = Table(
    "LOG SENSE", "SPC-6 6.9",
    uint("operation_code", 0),
    flag("ppc", 1, 1),
    flag("sp", 1, 0),
    bits("pc", 2, 7, 6),
    bits("page_code", 2, 5, 0),
    uint("subpage_code", 3),
    uint("parameter_pointer", 5, 6),
    uint("allocation_length", 7, 8),
    uint("control", 9),
    operation_code=0x4D, pc=CUMULATIVE_VALUES)

#: Where the CDB has its allocation length: some devices take only what fits into one byte, others only certain ones.
ALLOCATION_LENGTH_BYTES = (7, 8)

LOG_PAGE_HEADER = Table(
    "log page header", "SPC-6 7.3.2",
    flag("ds", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("subpage_code", 1),
    uint("page_length", 2, 3))

LOG_PARAMETER_HEADER = Table(
    "log parameter header", "SPC-6 7.3.2",
    uint("parameter_code", 0, 1),
    flag("du", 2, 7),
    flag("tsd", 2, 5),
    flag("etc", 2, 4),
    bits("tmc", 2, 3, 2),
    bits("format_and_linking", 2, 1, 0),
    uint("parameter_length", 3))

#: Log pages by page and subpage code (SPC-6 table 322; SBC-5, SSC-5).
PAGE_NAMES = {
    (0x00, 0x00): "supported log pages", (0x00, 0xFF): "supported log pages and subpages",
    (0x01, 0x00): "buffer over-run/under-run", (0x02, 0x00): "write error counters",
    (0x03, 0x00): "read error counters",
    (0x04, 0x00): "read reverse error counters", (0x05, 0x00): "verify error counters",
    (0x06, 0x00): "non-medium error", (0x07, 0x00): "last n error events", (0x08, 0x00): "format status",
    (0x0B, 0x00): "last n deferred errors or asynchronous events", (0x0B, 0x01): "last n INQUIRY data changed",
    (0x0B, 0x02): "last n mode page data changed", (0x0C, 0x00): "logical block provisioning",
    (0x0D, 0x00): "temperature", (0x0D, 0x01): "environmental reporting", (0x0D, 0x02): "environmental limits",
    (0x0E, 0x00): "start-stop cycle counter", (0x0E, 0x01): "utilization", (0x0F, 0x00): "application client",
    (0x10, 0x00): "self-test results", (0x11, 0x00): "solid state media", (0x12, 0x00): "TapeAlert response",
    (0x14, 0x00): "device statistics",
    (0x14, 0x01): "zoned block device statistics", (0x15, 0x00): "background scan",
    (0x15, 0x01): "pending defects", (0x15, 0x02): "background operation", (0x15, 0x03): "LPS misalignment",
    (0x16, 0x00): "ATA PASS-THROUGH results", (0x17, 0x00): "non-volatile cache",
    (0x18, 0x00): "protocol specific port", (0x19, 0x00): "general statistics and performance",
    (0x19, 0x20): "cache memory statistics", (0x19, 0x21): "command duration limits statistics",
    (0x1A, 0x00): "power condition transitions", (0x2E, 0x00): "TapeAlert", (0x2F, 0x00): "informational exceptions",
}
_VENDOR_SPECIFIC = range(0x30, 0x3F)


class LogParameter(NamedTuple):
    """A log parameter. ``length`` is what its header says; ``value`` is shorter if the page was cut.

    ``control`` are the fields of the control byte; ``whole`` is the parameter with its header, cut as ``value`` is.
    """

    code: int
    value: bytes
    length: int
    control: dict[str, Any]
    whole: bytes


def page_title(page: int, subpage: int = 0) -> str:
    """"log page 10h", "log page 19h,20h"."""
    return f"log page {page:02X}h,{subpage:02X}h" if subpage else f"log page {page:02X}h"


def page_name(page: int, subpage: int = 0) -> str | None:
    """What the standard calls the page; ``None`` for a reserved code."""
    if page in _VENDOR_SPECIFIC:
        return "vendor specific"
    if subpage == ALL_SUBPAGES and page:
        return "supported subpages"
    if page == 0x19 and 0x01 <= subpage <= 0x1F:
        return f"group statistics and performance ({subpage})"
    return PAGE_NAMES.get((page, subpage))


def page_body(data: bytes, page: int, subpage: int, warnings: list[str]) -> bytes | None:
    """What follows the header; ``None`` if the answer is not this page."""
    header = LOG_PAGE_HEADER.decode(data)
    title = page_title(page, subpage)
    if header["page_length"] is None:
        warnings.append(f"{title}: {len(data)} bytes arrived, too few for its length")
        return None
    # Without SPF the second byte is reserved.
    answered = header["page_code"], header["subpage_code"] if header["spf"] else 0
    if answered != (page, subpage):
        warnings.append(f"received {page_title(*answered)} instead of the requested {title}")
        return None
    return within(data, LOG_PAGE_HEADER.size + header["page_length"], title, warnings)[LOG_PAGE_HEADER.size:]


def parameters(data: bytes, page: int, subpage: int, warnings: list[str]) -> Iterator[LogParameter]:
    """The page's parameters. The last one may be cut; one without a whole header is left out."""
    body = page_body(data, page, subpage, warnings) or b""
    at = 0
    while at < len(body):
        header = LOG_PARAMETER_HEADER.decode(body[at:])
        length = header.pop("parameter_length")
        start = at + LOG_PARAMETER_HEADER.size
        end = start + (length or 0)
        if length is None or end > len(body):
            warnings.append(f"{page_title(page, subpage)}: the last parameter is cut, {len(body) - at} of "
                            f"{LOG_PARAMETER_HEADER.size if length is None else end - at} bytes")
        if length is None:
            return
        code = header.pop("parameter_code")
        yield LogParameter(code, body[start:end], length, header, body[at:end])
        at = end


def counter(parameter: LogParameter, what: str, warnings: list[str]) -> int | None:
    """A counter of any length; ``None`` if it was cut, because its low bytes are missing, or has more than 64 bits."""
    if not parameter.length or len(parameter.value) < parameter.length:
        return None
    count = int.from_bytes(parameter.value, "big")
    if count > LARGEST:
        warnings.append(f"{what} of {count.bit_length()} bits is beyond all measure")
        return None
    return count


def short_parameter(table: Table, parameter: LogParameter, warnings: list[str]) -> None:
    """Warns if a parameter by its own length ends before the last field of its table."""
    short(table, parameter.whole, LOG_PARAMETER_HEADER.size + parameter.length, warnings)


def encode_page(page: int, subpage: int, values: Sequence[tuple[int, bytes]], format_and_linking: int = 3) -> bytes:
    """A whole page of parameters, each given as its code and value."""
    body = b"".join(
        LOG_PARAMETER_HEADER.encode(parameter_code=code, format_and_linking=format_and_linking,
                                    parameter_length=len(value)) + value
        for code, value in values)
    return _with_header(page, subpage, body)


def _with_header(page: int, subpage: int, body: bytes) -> bytes:
    return LOG_PAGE_HEADER.encode(page_code=page, spf=bool(subpage), subpage_code=subpage, page_length=len(body)) + body


def decode_supported_log_pages(data: bytes, warnings: list[str], subpages: bool = False) -> list[dict[str, Any]]:
    """The pages that the device has, as ``page``, ``subpage`` and ``name``.

    Log page 00h lists pages, 00h,FFh (``subpages``) lists each with its subpages.
    """
    body = page_body(data, SUPPORTED_LOG_PAGES, ALL_SUBPAGES if subpages else 0, warnings) or b""
    if not subpages:
        return [_supported(octet, 0) for octet in body]
    if len(body) % 2:
        warnings.append(f"{page_title(SUPPORTED_LOG_PAGES, ALL_SUBPAGES)}: the last entry is cut")
    return [_supported(body[at], body[at + 1]) for at in range(0, len(body) - 1, 2)]


def _supported(page: int, subpage: int) -> dict[str, Any]:
    # Some drives leave DS and SPF in the upper bits.
    return {"page": page & 0x3F, "subpage": subpage, "name": page_name(page & 0x3F, subpage)}


def encode_supported_log_pages(pages: Iterable[dict[str, Any]], subpages: bool = False) -> bytes:
    """The whole page, from decoded values."""
    if not subpages:
        return _with_header(SUPPORTED_LOG_PAGES, 0, bytes(each["page"] for each in pages))
    listed = b"".join(bytes((each["page"], each["subpage"])) for each in pages)
    return _with_header(SUPPORTED_LOG_PAGES, ALL_SUBPAGES, listed)
