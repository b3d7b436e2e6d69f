# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a capture, as docs/captures.md describes it, of a drive in the gallery.

Usage: python tests/gallery/encode.py DRIVE
DRIVE is the name of a file in tests/gallery/drives, without its suffix. tests/gallery/README.md describes the files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

if __package__:
    from . import answers, ata
else:
    import answers  # type: ignore[import-not-found,no-redef]
    import ata  # type: ignore[import-not-found,no-redef]

DRIVES = Path(__file__).resolve().parent / "drives"
Exchange = dict[str, Any]
Values = Mapping[str, Any]

_CHECK_CONDITION = 2
_STATUSES = {"busy": 8, "reservation conflict": 0x18, "task set full": 0x28}
_REFUSED = {"sense": "5/24/00"}
_ANY = "xx"
#: What somebody may ask for that the drive does not have: a capture has no exchange for "any other page".
_SUBPAGES = (0x00, 0x01, 0x02, 0x03, 0x20, 0x21, 0xFF)
_VPD_PAGES = (*range(0x80, 0x93), *range(0xB0, 0xBA), 0xC0, 0xC1, 0xC2, 0xD0, 0xD1)
_MODE_PAGES = (0x00, 0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x0A, 0x0F, 0x10, 0x18, 0x19, 0x1A, 0x1C, 0x3F)
_ALL_MODE_PAGES = 0x3F
#: MRIE: informational exceptions are reported on request only.
_ON_REQUEST = 6
#: Current and changeable values.
_PAGE_CONTROLS = (0, 1)


def load(name: str) -> dict[str, Any]:
    """An entry of the gallery."""
    entry: dict[str, Any] = yaml.safe_load((DRIVES / f"{name}.yml").read_text(encoding="utf-8"))
    return entry


def names() -> list[str]:
    """The names of all entries."""
    return sorted(path.stem for path in DRIVES.glob("*.yml"))


def capture(drive: Values) -> dict[str, Any]:
    """The capture of a drive, from what stands under ``drive`` in its entry."""
    unit = drive.get("inquiry")
    device_type = 0 if not isinstance(unit, Mapping) else unit.get("type", 0)
    found = [
        _exchange("000000000000", drive.get("ready", b"")),
        _exchange("03xxxxxxxx00", drive.get("request_sense", "0/00/00"), _as_sense),
        *_inquiry(drive, device_type), *_capacity(drive), *_logs(drive), *_modes(drive), *_defects(drive), *_ata(drive),
    ]
    given = [dict(each, data_in="".join(each.get("data_in", "").split())) for each in drive.get("exchanges", ())]
    replaced = {each["cdb"].lower() for each in given}
    return {"version": 1, "device": "/dev/sg0",
            "exchanges": [*given, *(each for each in found if each["cdb"] not in replaced)]}


def _exchange(cdb: str, answer: Any, encode: Any = None) -> Exchange:
    """The answer to a command: bytes, sense data ("3/11/00" or {sense: ...}), {hex: ...}, {status: busy}, {lost: why},
    or the values that ``encode`` makes bytes of."""
    if isinstance(answer, bytes):
        return {"cdb": cdb, "data_in": answer.hex()}
    if isinstance(answer, str) and encode is not _as_sense:
        answer = {"sense": answer}
    if isinstance(answer, Mapping):
        if "hex" in answer:
            return {"cdb": cdb, "data_in": "".join(answer["hex"].split())}
        if "lost" in answer:
            return {"cdb": cdb, "error": answer["lost"], "error_kind": "transport"}
        if "status" in answer and answer["status"] in _STATUSES:
            return {"cdb": cdb, "status": _STATUSES[answer["status"]]}
        if "sense" in answer and encode is not _as_sense:
            return {"cdb": cdb, "status": _CHECK_CONDITION, "sense": answers.sense_data(**answer).hex()}
    return {"cdb": cdb, "data_in": encode(answer).hex()}


def _as_sense(answer: Any) -> bytes:
    return answers.sense_data(answer) if isinstance(answer, str) else answers.sense_data(**answer)


def _inquiry(drive: Values, device_type: int) -> Iterable[Exchange]:
    if "inquiry" not in drive:
        return
    yield _exchange("120000xxxx00", drive["inquiry"], answers.inquiry)
    vpd = drive.get("vpd", {})
    refused = {key: value for key, value in vpd.items() if key in ("sense", "lost", "hex")}
    pages: dict[int, Any] = {} if refused else dict(answers.vpd_pages(vpd, device_type))
    if not refused:
        pages.update({answers.number(page): answer for page, answer in vpd.get("answers", {}).items()})
        if "list" not in vpd:
            pages.setdefault(0, answers.vpd_page(0, bytes(sorted({0, *pages})), device_type))
        else:
            pages[0] = _list(vpd["list"], lambda listed: answers.vpd_page(0, bytes(listed), device_type))
    for page in sorted({0, *_VPD_PAGES, *pages}):
        yield _exchange(f"1201{page:02x}xxxx00", pages.get(page, refused or _REFUSED))


def _list(given: Any, encode: Any) -> Any:
    """A list that is not honest: the pages that it names, or another answer."""
    return encode([answers.number(page) for page in given]) if isinstance(given, Sequence) \
        and not isinstance(given, str) else given


def _capacity(drive: Values) -> Iterable[Exchange]:
    if "capacity" in drive:
        yield _exchange("9e10" + _ANY * 14, drive["capacity"], answers.capacity_16)
        yield _exchange("25" + _ANY * 9, drive["capacity"], answers.capacity_10)


def _logs(drive: Values) -> Iterable[Exchange]:
    if "log" not in drive:
        return
    logs = drive["log"]
    if {"sense", "lost", "status"} & set(logs):
        yield _exchange("4d" + _ANY * 9, logs)
        return
    pages: dict[tuple[int, int], Exchange] = {}
    for name, values in logs.items():
        if name in ("pages", "list"):
            continue
        page, subpage, encode = answers.LOG_PAGES[name]
        pages[page, subpage] = _exchange("", values, encode)
    for name, answer in logs.get("pages", {}).items():
        first, _slash, second = str(name).partition("/")
        key = answers.number(int(first) if first.isdigit() else first), int(second.rstrip("hH") or "0", 16)
        pages[key] = _exchange("", bytes.fromhex(answer) if _is_hex(answer) else answer)
    listed = sorted({(0, 0), *(key for key, answer in pages.items() if not _refuses(answer))})
    if "list" in logs:
        pages[0, 0] = _exchange("", _list(logs["list"], _log_list))
    else:
        pages[0, 0] = _exchange("", _log_list([page for page, subpage in listed if not subpage]))
        if any(subpage for _page, subpage in listed):
            pairs = b"".join(bytes(each) for each in sorted({*listed, (0, 0xFF)}))
            pages.setdefault((0, 0xFF), _exchange("", b"\x40\xff" + len(pairs).to_bytes(2, "big") + pairs))
    refused = _exchange("", _REFUSED)
    for page in range(0x40):
        if not any(known == page for known, _subpage in pages):
            yield dict(refused, cdb=f"4dxx{0x40 | page:02x}xx" + _ANY * 6)
            continue
        for subpage in sorted({*_SUBPAGES, *(subpage for known, subpage in pages if known == page)}):
            yield dict(pages.get((page, subpage), refused), cdb=f"4dxx{0x40 | page:02x}{subpage:02x}" + _ANY * 6)


def _is_hex(answer: Any) -> bool:
    return isinstance(answer, str) and "/" not in answer


def _refuses(answer: Exchange) -> bool:
    """Whether the drive does not know the page, so that an honest list does not name it."""
    return str(answer.get("sense", ""))[4:6] == "05"


def _log_list(pages: Sequence[int]) -> bytes:
    return bytes((0, 0)) + len(pages).to_bytes(2, "big") + bytes(pages)


def _modes(drive: Values) -> Iterable[Exchange]:
    modes = dict(drive.get("mode", {}))
    if isinstance(drive.get("log", {}).get("informational_exceptions"), Mapping):
        # Who keeps the log page has the mode page too, and its reporting is on unless the entry says otherwise.
        modes.setdefault("exceptions_method", _ON_REQUEST)
    if not modes:
        return
    commands = (("1a", _ANY * 3, False), ("5a", _ANY * 7, True))
    refused = {key: value for key, value in modes.items() if key in ("sense", "lost", "status")}
    if refused:
        for code, rest, _ten in commands:
            yield _exchange(code + _ANY * 2 + rest, refused)
        return
    pages = answers.mode_pages(modes)
    for code, rest, ten in commands:
        for control in _PAGE_CONTROLS:
            for page in sorted({*_MODE_PAGES, *pages}):
                chosen = list(pages.values()) if page == _ALL_MODE_PAGES else [pages[page]] if page in pages else None
                yield _exchange(f"{code}xx{control << 6 | page:02x}" + rest,
                                answers.mode_data(chosen, ten) if chosen and not control else _REFUSED)


def _defects(drive: Values) -> Iterable[Exchange]:
    if "grown_defects" in drive:
        given = drive["grown_defects"]
        answer = {"count": given} if isinstance(given, int) else given
        yield _exchange("37" + _ANY * 9, answer, answers.defect_list)
        yield _exchange("b7" + _ANY * 11, answer, lambda values: answers.defect_list(values, twelve=True))


def _ata(drive: Values) -> Iterable[Exchange]:
    if "ata" not in drive:
        return
    values = drive["ata"]
    size = drive.get("capacity")
    physical = size.get("physical_bytes", 512) if isinstance(size, Mapping) else 512
    yield _exchange("85" + _ANY * 13 + "ecxx", ata.identify(values, physical))
    yield _exchange(_smart(0xD0), ata.smart_data(values))
    yield _exchange(_smart(0xD1), ata.thresholds(values))
    for number, encode in ata.LOGS.items():
        yield _exchange(_smart(0xD5, number), encode(values))
    yield {"cdb": _smart(0xDA), "status": _CHECK_CONDITION, "sense": ata.registers(values.get("healthy", True)).hex()}


def _smart(feature: int, log: int | None = None) -> str:
    """ATA PASS-THROUGH(16) with SMART: FEATURES at byte 4, LBA LOW, MID, HIGH at 8, 10, 12, COMMAND at 14."""
    low = _ANY if log is None else f"{log:02x}"
    return f"85{_ANY * 3}{feature:02x}{_ANY * 3}{low}xx4fxxc2xxb0xx"


def main() -> None:
    """Prints one capture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("drive", choices=names(), metavar="DRIVE")
    json.dump(capture(load(parser.parse_args().drive)["drive"]), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
