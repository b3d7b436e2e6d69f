# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A previous report, as far as it is needed to compare a new one with it."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any, Container, Dict, Iterator, NamedTuple, Tuple

from .._selftests import whole
from .counters import PATHS, Values, as_data, highest, lowest, of_data
from .findings import FAIL, OUTCOMES, PASS, VERDICTS, WEIGHT, Finding
from .history import Past, pack, unpack
from .history import as_data as history_as_data
from .text import printable
from .units import date, day_of

VERSION = 1
NEW, SAME, WORSE, BETTER = "new", "same", "worse", "better"
#: How many reports back a history goes.
HISTORY = 60

Counts = Dict[str, int]
#: Each host that had a drive, with its verdict there: hosts that share a shelf may see it differently.
Seen = Tuple[Tuple[str, str], ...]


class Names(NamedTuple):
    """By what a drive is known, and where it was, as the previous report has it."""

    wwn: str | None
    serial: str | None
    vendor: str | None
    model: str | None
    firmware: str | None
    enclosure: str | None
    slot: str | None


#: Enough for hosts that share a shelf; a drive with more hosts has a dictionary of them instead of a tuple.
_FEW_HOSTS = 8


class Previous:
    """What a previous report says about each drive. Of those that passed, no findings are kept unless one is waived."""

    def __init__(self, as_of: str, redaction: str | None) -> None:
        self.as_of = as_of
        self.redaction = redaction
        #: By drive. A name that is not unique, such as that of a virtual disk, may be on thousands of hosts.
        self._verdicts: dict[str, Seen | dict[str, str]] = {}
        #: Drives with the same hosts and verdicts, such as most of a shelf, share one tuple.
        self._shared: dict[Seen, Seen] = {}
        #: Ids by host and device: a drive that does not answer now does not report its name.
        self.places: dict[str, str] = {}
        #: By the place too. A silent drive is the one that somebody has to find.
        self._names: dict[str, Names] = {}
        #: By the drive. Hosts that share one see the same counters, but not at the same time: the highest count.
        self._counters: dict[str, Values] = {}
        #: And the lowest, of the drives of which hosts see different ones.
        self._lowest: dict[str, Values] = {}
        #: By the drive, of those of which a counter changed: the history, packed.
        self._histories: dict[str, bytes] = {}
        #: By host: when its drives were last read.
        self.moments: dict[str, str] = {}
        #: By the drive: its verdict when a host that has been silent since was last read.
        self._away: dict[str, str] = {}
        self._away_host: dict[str, str] = {}
        #: By host: its drives; made when it is first asked for.
        self._of_host: dict[str, list[str]] | None = None
        #: What the collection counted that wrote the report.
        self.counted: tuple[str, ...] = PATHS
        #: By drive and host: the rules that failed, each with the day since when.
        self.failures: dict[tuple[str, str], dict[str, str]] = {}
        self.drives: Counts = dict.fromkeys(VERDICTS, 0)
        self.rules: dict[str, Counts] = {}
        self.history: list[dict[str, Any]] = []

    def verdict(self, drive: str, host: str) -> str | None:
        """The drive's verdict on the host, or on its worst host if it has moved; ``None`` for a new drive."""
        seen = self._seen(drive, host)
        return seen[1] if seen is not None else self._away.get(drive)

    def _seen(self, drive: str, host: str) -> tuple[str, str] | None:
        """The host and the drive's verdict there; if the drive has moved, the host where the verdict was worst."""
        found = self._verdicts.get(drive)
        if found is None:
            return None
        if isinstance(found, dict):
            if host in found:
                return host, found[host]
            found = tuple(found.items())
        for seen in found:
            if seen[0] == host:
                return seen
        return max(found, key=lambda each: WEIGHT[each[1]])

    def gone(self, known: Container[str]) -> int:
        """How many drives are no longer on any host; each is counted once per host that had it, like the others."""
        return sum(len(seen) for drive, seen in self._verdicts.items() if drive not in known)

    def since(self, drive: str, host: str, findings: list[Finding]) -> list[Finding]:
        """The findings; those that also failed in the previous report have the day since when."""
        seen = self._seen(drive, host)
        old = self.failures.get((drive, seen[0])) if seen is not None else None
        if not old:
            return findings
        return [finding._replace(since=old.get(finding.rule.id)) if finding.outcome == FAIL else finding
                for finding in findings]

    def at(self, place: str) -> str:
        """The id of the drive that was at a place, else the id of the place itself."""
        return self.places.get(place, place)

    def past(self, drive: str, host: str) -> Past | None:
        """What the drive counted until then; ``None`` where it was not there, or the report did not keep its counters.
        """
        before, seen = self._counters.get(drive), self._verdicts.get(drive, ())
        if before is None or isinstance(seen, dict):
            # On that many hosts it is not one drive, but the name of many.
            return None
        read = max([self.moments.get(each, "") for each, _verdict in seen] or [self.moments.get(host, "")])
        day = day_of(read) or date(self.as_of, "as_of")
        packed = self._histories.get(drive)
        return Past(before, read or self.as_of, day.toordinal(), unpack(packed) if packed else {}, self.counted,
                    self._lowest.get(drive))

    def serial_at(self, place: str) -> str | None:
        """The serial number of the drive that was at a place."""
        names = self._names.get(place)
        return None if names is None else names.serial

    def kept(self, host: str) -> list[dict[str, Any]]:
        """What the next report needs of the drives of a host that is silent now, for when it answers again."""
        if self._of_host is None:
            self._of_host = {}
            for drive, seen in self._verdicts.items():
                for each, _verdict in seen.items() if isinstance(seen, dict) else seen:
                    self._of_host.setdefault(each, []).append(drive)
            for drive in self._away:
                self._of_host.setdefault(self._away_host[drive], []).append(drive)
        found = []
        for drive in self._of_host.get(host, ()):
            packed = self._histories.get(drive)
            found.append({
                "id": drive, "verdict": self.verdict(drive, host), "counters": as_data(self._counters.get(drive, ())),
                "history": history_as_data(unpack(packed)) if packed else {}})
        return found

    def keep(self, host: str, drives: list[dict[str, Any]]) -> None:
        """Takes what `kept` gave, unless another host has the drive. To be called after all that `add` takes."""
        for drive in drives:
            name, verdict = drive["id"], drive["verdict"]
            if isinstance(name, str) and verdict in VERDICTS and name not in self._verdicts:
                self._away[name], self._away_host[name] = verdict, host
                self._counters[name] = of_data(drive["counters"])
                self._histories[name] = pack(drive["history"])

    def names_at(self, place: str, names: Names) -> tuple[Names, str | None]:
        """The names of a drive that does not say them, from when it last did, and the day of that; where it sits, as
        it is known now.
        """
        known = self._names.get(place)
        if known is None:
            return names, None
        return known._replace(enclosure=names.enclosure or known.enclosure, slot=names.slot or known.slot), self.as_of

    def add(self, host: str, drive: dict[str, Any]) -> None:
        """Keeps what is needed of one drive of the report."""
        name, verdict = drive["id"], drive["verdict"]
        if not isinstance(name, str) or verdict not in VERDICTS:
            raise ValueError("has a drive without id or verdict")
        # If a host has a drive twice, as two devices, the last one counts.
        known = self._verdicts.get(name, ())
        if isinstance(known, dict):
            known[host] = verdict
        elif len(known) >= _FEW_HOSTS:
            self._verdicts[name] = dict(known, **{host: verdict})
        else:
            seen = tuple(each for each in known if each[0] != host) + ((host, verdict),)
            self._verdicts[name] = self._shared.setdefault(seen, seen)
        if "counters" in drive:
            counters = of_data(drive["counters"])
            old = self._counters.setdefault(name, counters)
            if old != counters:
                self._lowest[name] = lowest(self._lowest.get(name, old), counters)
                self._counters[name] = highest(old, counters)
            packed = pack(drive.get("history"))
            if len(packed) > len(self._histories.get(name, b"")):
                self._histories[name] = packed
        place = identity_of("drive", host, drive["device"])
        self.places[place] = name
        names = Names(*(_known(drive.get(field)) for field in Names._fields))
        if names.wwn or names.serial:
            # "#" and a number stands for a slot that nobody knew.
            self._names[place] = names._replace(slot=None) if (names.slot or "#").startswith("#") else names
        if verdict != PASS or drive.get("waived"):
            failed = {}
            for finding in drive["findings"]:
                if finding["outcome"] == FAIL:
                    since = finding.get("since") or self.as_of
                    failed[printable(finding["rule"])] = str(date(since, "since"))
            if failed:
                self.failures[name, host] = failed


def _known(value: Any) -> str | None:
    """A name; one string for all drives of a model, of which there are thousands."""
    return sys.intern(printable(value)) if isinstance(value, str) and value else None


def identity_of(*names: str) -> str:
    """A short name for links; the same in each report."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "replace")).hexdigest()[:12]


def read_previous(path: str) -> Previous:
    """Reads a report in JSON, line by line if it is as this collection wrote it. Raises ValueError if it is invalid."""
    try:
        with open(path, encoding="utf-8") as file:
            first = file.readline()
            hosts = _by_lines(first, file)
            if hosts is None:
                file.seek(0)
                hosts = _at_once(json.load(file))
            return _previous(hosts)
    except OSError as error:
        raise ValueError(f"previous: {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"previous: {path} is not a report in JSON of version {VERSION}: {error}") from error


def _previous(parts: Iterator[tuple[str, Any]]) -> Previous:
    kind, head = next(parts)
    if kind != "head" or head["version"] != VERSION:
        raise ValueError(f"its version is {head.get('version')!r}")
    redaction = head["redaction"]
    report = Previous(str(date(head["as_of"], "as_of")), redaction if isinstance(redaction, str) else None)
    # A report that does not say what it counted cannot tell what a drive did not report.
    counted = head.get("counted")
    report.counted = tuple(path for path in PATHS if path in counted) if isinstance(counted, list) else ()
    kept: list[tuple[str, list[dict[str, Any]]]] = []
    for kind, part in parts:
        if kind == "host":
            moment = part.get("gathered_at") or part.get("silent_since")
            if isinstance(moment, str) and day_of(moment):
                report.moments[part["host"]] = printable(moment)
            if part.get("kept"):
                kept.append((part["host"], part["kept"]))
            for drive in part["drives"]:
                report.add(part["host"], drive)
        elif kind == "summary":
            report.drives.update({name: whole(part["drives"].get(name)) or 0 for name in VERDICTS})
            report.rules = {
                printable(name): {each: whole(counts.get(each)) or 0 for each in OUTCOMES + ("waived",)}
                for name, counts in part["rules"].items()}
            report.history = [
                {"as_of": str(date(each["as_of"], "as_of")),
                 "drives": {name: whole(each["drives"].get(name)) or 0 for name in VERDICTS}}
                for each in part["history"]][-HISTORY:]
    for host, drives in kept:
        report.keep(host, drives)
    return report


def _by_lines(first: str, file: Any) -> Iterator[tuple[str, Any]] | None:
    """The parts of a report that has one line per host, as `JsonWriter` writes it; ``None`` for another form."""
    if not (first.startswith('{"version": ') and first.endswith(', "hosts": [\n')):
        return None

    def parts() -> Iterator[tuple[str, Any]]:
        yield "head", json.loads(first[:-len(', "hosts": [\n')] + "}")
        for line in file:
            if line.startswith('], "summary": '):
                yield "summary", json.loads(line[len('], "summary": '):].rstrip()[:-1])
                return
            yield "host", json.loads(line.rstrip("\n").rstrip(","))
        raise ValueError("it ends before its summary")

    return parts()


def _at_once(report: Any) -> Iterator[tuple[str, Any]]:
    yield "head", report
    for host in report["hosts"]:
        yield "host", host
    yield "summary", report["summary"]
