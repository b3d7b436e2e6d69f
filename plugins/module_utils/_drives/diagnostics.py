# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagnostic pages: lists, receives, decodes and sends them (SPC-6 6.32, 6.42)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence

from .._passthrough.errors import CheckCondition, CheckModeError, StatusError
from .._passthrough.make_command import make_command
from .._passthrough.session import Session
from .._scsi import ses_pages as ses
from .._scsi.diagnostic_sas import SAS_DIAGNOSTIC_PAGE, decode_sas_diagnostic
from .._scsi.hex_text import parse_hex
from .._scsi.receive_diagnostic import (
    DIAGNOSTIC_PAGE_HEADER,
    PAGE_NAMES,
    RECEIVE_DIAGNOSTIC_RESULTS,
    SUPPORTED_DIAGNOSTIC_PAGES,
    decode_supported_diagnostic_pages,
    page_name,
    page_title,
)
from .._scsi.send_diagnostic import SEND_DIAGNOSTIC
from .._scsi.ses_additional_status import ADDITIONAL_ELEMENT_STATUS, decode_additional_element_status
from .._scsi.table import Values
from .entry import Entry
from .run import Options, run_on_drives
from .uses import Uses, load_uses

MOST_BYTES = 0xFFFF
#: The same as sg_senddiag requests.
DEFAULT_LENGTH = 4096
#: Pages that make an enclosure or a drive do something: SES control pages, microcode, names, and patterns on a phy.
_CONTROLS = frozenset((0x02, 0x04, 0x05, 0x06, 0x0C, 0x0E, 0x0F, SAS_DIAGNOSTIC_PAGE))


class Wanted(NamedTuple):
    """What a task asks for; the module documents each option."""

    receive: tuple[int, ...]
    allocation_length: int
    send: bytes | None
    page_format: bool
    device_offline: bool
    unit_offline: bool
    force: bool

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for what cannot be sent."""
        sends = options["state"] == "sent"
        data = b""
        if options["data"] is not None or options["src"] is not None:
            if not sends:
                raise ValueError("data and src only go with state: sent")
            data = parse_hex(options["data"] or "", "data") if options["src"] is None else _read(options["src"])
        if sends and options["pages"]:
            raise ValueError("pages only go with state: received")
        for name in ("device_offline", "unit_offline", "force"):
            if options[name] and not sends:
                raise ValueError(f"{name} only goes with state: sent")
        if len(data) > MOST_BYTES:
            raise ValueError(f"a page has at most {MOST_BYTES} bytes, not {len(data)}")
        length = options["allocation_length"]
        if not 4 <= length <= MOST_BYTES:
            raise ValueError(f"allocation_length must be 4 to {MOST_BYTES}, not {length}")
        page_format = bool(data) if options["page_format"] is None else options["page_format"]
        return cls(tuple(_page(each) for each in options["pages"]), length, data if sends else None, page_format,
                   options["device_offline"], options["unit_offline"], options["force"])


def _page(given: str) -> int:
    """A page code as people write it: 0x3f, 3fh, 63, or the name."""
    text = given.strip().lower()
    for code, name in PAGE_NAMES.items():
        if text == name:
            return code
    try:
        found = int(text[:-1], 16) if text.endswith("h") else int(text, 0)
    except ValueError:
        found = -1
    if not 0 <= found <= 0xFF:
        raise ValueError(f"pages: {given!r} is not a page; give a code such as 0x3f, or one of: "
                         f"{', '.join(PAGE_NAMES.values())}")
    return found


def _read(path: str) -> bytes:
    try:
        with open(path, encoding="utf-8") as stream:
            return parse_hex(stream.read(), f"src {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"src {path} cannot be read as text: {error}") from None


def known_pages() -> list[Values]:
    """All pages that have a name, whether or not a drive has them."""
    return [{"value": code, "name": name} for code, name in sorted(PAGE_NAMES.items())]


def run_diagnostics(devices: Sequence[str], options: Options, wanted: Wanted) -> list[Entry]:
    """One entry per drive, with ``diagnostics`` as the module documents it."""
    # A bit that may take the device off line takes it from whoever uses it.
    exclusive = wanted.send is not None and (wanted.device_offline or wanted.unit_offline) and not wanted.force
    uses = load_uses() if exclusive else None
    return run_on_drives(devices, options, lambda: {"diagnostics": None},
                         lambda session, entry: _run(session, entry, wanted, uses))


def _run(session: Session, entry: Entry, wanted: Wanted, uses: Uses | None) -> None:
    found: Values = {"supported": None, "pages": [], "sent": None}
    entry.values["diagnostics"] = found
    if wanted.send is not None:
        _send(session, entry, found, wanted, uses)
        return
    try:
        found["supported"] = decode_supported_diagnostic_pages(
            _receive(session, SUPPORTED_DIAGNOSTIC_PAGES, DEFAULT_LENGTH), session.warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        if wanted.receive:
            entry.fail(error.refusal)
        else:
            entry.reason = error.refusal
        return
    refusals = []
    held_back = []
    decoders = _Decoders(session)
    for code in wanted.receive:
        try:
            data = _receive(session, code, wanted.allocation_length)
        except CheckModeError:
            held_back.append(page_title(code))
            continue
        except CheckCondition as error:
            if not error.not_supported:
                raise
            refusals.append(f"{page_title(code)}: {error.refusal}")
            continue
        found["pages"].append({
            "page": {"value": code, "name": page_name(code)}, "data": data.hex(), "length": len(data),
            "decoded": decoders.decode(code, data)})
    if held_back:
        entry.reason = f"would receive {', '.join(held_back)}, of which it is not known that reading changes nothing"
    if refusals:
        entry.fail("; ".join(refusals))


def _receive(session: Session, code: int, length: int) -> bytes:
    cdb = RECEIVE_DIAGNOSTIC_RESULTS.encode(pcv=True, page_code=code, allocation_length=length)
    return session.send(make_command(cdb, length)).data


def _send(session: Session, entry: Entry, found: Values, wanted: Wanted, uses: Uses | None) -> None:
    page = wanted.send or b""
    code = page[0] if page and wanted.page_format else None
    name = ("nothing" if not page else f"{len(page)} bytes" if code is None
            else f"{page_title(code)} ({page_name(code) or 'reserved'})")
    claimed = DIAGNOSTIC_PAGE_HEADER.size + int.from_bytes(page[2:4], "big")
    if code is not None and claimed != len(page):
        entry.fail(f"the page's own length, {claimed}, does not match its {len(page)} bytes")
        return
    if (code is None and page or code in _CONTROLS) and not wanted.force:
        entry.fail(f"{name} changes the device; set force to send it")
        return
    in_use = [] if uses is None else uses(session, entry.wwn)
    if in_use:
        entry.fail(f"{'; '.join(in_use)}; a diagnostic that may take the device off line needs force")
        return
    entry.changed = True
    if session.check_mode:
        entry.reason = f"would send {name}"
        return
    cdb = SEND_DIAGNOSTIC.encode(pf=wanted.page_format, devoffl=wanted.device_offline, unitoffl=wanted.unit_offline,
                                 parameter_list_length=len(page))
    try:
        session.send(make_command(cdb, data_out=page))
    except (CheckCondition, StatusError) as error:
        entry.changed = not error.refused
        raise
    found["sent"] = {"page": None if code is None else {"value": code, "name": page_name(code)}, "length": len(page)}


class _Decoders:
    """The decoded content of a page, if known. Decoding the pages of an enclosure needs its configuration page."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._warnings = session.warnings
        self._types: Any = None

    def decode(self, code: int, data: bytes) -> Any:
        """The decoded page; ``None`` if there is no decoder for it."""
        known: dict[int, Callable[[bytes], Any]] = {
            SUPPORTED_DIAGNOSTIC_PAGES: lambda page: decode_supported_diagnostic_pages(page, self._warnings),
            ses.CONFIGURATION: lambda page: ses.decode_configuration(page, self._warnings),
            ses.ENCLOSURE_CONTROL_STATUS: lambda page: ses.decode_enclosure_status(
                page, self._element_types(), self._warnings),
            ses.THRESHOLDS: lambda page: ses.decode_thresholds(page, self._element_types(), self._warnings),
            ses.ELEMENT_DESCRIPTORS: lambda page: ses.decode_element_descriptors(
                page, self._element_types(), self._warnings),
            ADDITIONAL_ELEMENT_STATUS: lambda page: decode_additional_element_status(
                page, self._warnings, self._element_types()),
            SAS_DIAGNOSTIC_PAGE: decode_sas_diagnostic,
        }
        decoder = known.get(code)
        return None if decoder is None else decoder(data)

    def _element_types(self) -> Any:
        if self._types is None:
            page = _receive(self._session, ses.CONFIGURATION, MOST_BYTES)
            self._types = ses.decode_configuration(page, self._warnings)["types"]
        return self._types
