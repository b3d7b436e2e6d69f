# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a report: options in, files out."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from . import units
from .documents import Host, files_of, read_hosts
from .findings import SEVERITIES, Rule
from .forms.csv_form import CsvWriter
from .forms.html import HtmlWriter
from .forms.json_form import JsonWriter
from .forms.junit import JunitWriter
from .forms.markdown import MarkdownWriter
from .forms.output import OutputFile
from .forms.sarif import SarifWriter
from .forms.writer import About, Part, Writer
from .previous import Previous, read_previous
from .records import DriveRecord, HostRecord, Judge
from .redaction import Redaction
from .rules import compile_rules
from .summary import Summary
from .text import printable
from .waivers import Waivers, compile_waivers

FORMATS: dict[str, type[Writer]] = {
    "html": HtmlWriter, "json": JsonWriter, "csv": CsvWriter, "markdown": MarkdownWriter, "junit": JunitWriter,
    "sarif": SarifWriter,
}
NEVER = "never"
FAIL_ON = (NEVER,) + tuple(SEVERITIES)
_LISTED = 100
_NAMED = 5


@dataclass(frozen=True)
class Wanted:
    """A report to be made, with its options validated."""

    source: str
    dest: str
    name: str
    formats: tuple[str, ...]
    about: About
    judge: Judge
    fail_on: str
    hosts: tuple[str, ...]
    #: What the user should know besides the report.
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError, which says what is wrong and what is expected."""
        as_of = units.date(options["as_of"], "as_of")
        name = options["name"]
        if not name or name.startswith(".") or os.sep in name:
            raise ValueError(f"name must be a file name without extension, not {name!r}")
        if not options["formats"]:
            raise ValueError(f"formats is empty; name at least one of {', '.join(FORMATS)}")
        if options["sections"] < 0:
            raise ValueError(f"sections must be 0 or more, not {options['sections']}")
        rules: list[Rule] = compile_rules(_named(options["rules"]), options["default_rules"])
        waivers: Waivers = compile_waivers(_named(options["waivers"]), as_of)
        redaction = _redaction(options)
        files = files_of(options["source"])
        if _same_folder(options["source"], options["dest"]):
            raise ValueError("dest must be another directory than source, whose files are all read as documents")
        previous: Previous | None = None
        warnings: list[str] = []
        try:
            previous = _previous(options, redaction)
        except ValueError as error:
            # The role found this report by itself, so the user has no option to correct.
            if options.get("previous_required", True):
                raise
            warnings.append(f"{error}; the report is made without a comparison")
        schedules = _schedules(options)
        if schedules is not None and not os.path.isdir(schedules):
            warnings.append(f"schedules: there is no directory {schedules}; the report is made without schedules")
        about = About(
            printable(options["title"]), str(as_of), rules, waivers, redaction.mark if redaction else None,
            options["sections"], len(files), previous.as_of if previous else None, options["evidence"] == "all")
        return cls(options["source"], options["dest"], name, tuple(dict.fromkeys(options["formats"])), about,
                   Judge(rules, waivers, as_of.toordinal(), previous, redaction,
                         frozenset(printable(name) for name in options["hosts"]), schedules),
                   options["fail_on"],
                   tuple(options["hosts"]), tuple(warnings))

    def path(self, form: str) -> str:
        """The path of the report in this format."""
        return os.path.join(self.dest, self.name + FORMATS[form].suffix)


def _named(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Only the keys that the user gave: Ansible adds the others as null."""
    return [{key: value for key, value in each.items() if value is not None} for each in items]


def _same_folder(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _schedules(options: Mapping[str, Any]) -> str | None:
    directory: str | None = options.get("schedules")
    if directory and _same_folder(options["source"], directory):
        raise ValueError("schedules must be another directory than source, whose files are all read as documents")
    return directory or None


def _redaction(options: Mapping[str, Any]) -> Redaction | None:
    if not options["redact_serials"]:
        return None
    if not options["redaction_key"]:
        raise ValueError("redact_serials needs redaction_key, the secret that the pseudonyms are made with")
    return Redaction(options["redaction_key"])


def _previous(options: Mapping[str, Any], redaction: Redaction | None) -> Previous | None:
    path = options["previous"]
    if not path:
        return None
    written = os.path.join(options["dest"], options["name"] + JsonWriter.suffix)
    if os.path.realpath(path) == os.path.realpath(written):
        raise ValueError(f"previous is the report to be written: {path}; keep the earlier one elsewhere")
    previous = read_previous(path)
    if previous.redaction != (redaction.mark if redaction else None):
        raise ValueError(f"previous: {path} uses different pseudonyms: make both reports with the same "
                         "redaction_key, or both without redact_serials")
    return previous


def make_report(wanted: Wanted, check_mode: bool = False) -> dict[str, Any]:
    """Reads all documents and writes the report; returns the module's result. Raises ValueError, OSError."""
    if not check_mode and not os.path.isdir(wanted.dest):
        raise ValueError(f"dest: {wanted.dest} is not a directory")
    # Documents have no cycles: garbage collection would find nothing and cost a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _make(wanted, check_mode)
    finally:
        if collecting:
            gc.enable()


def _make(wanted: Wanted, check_mode: bool) -> dict[str, Any]:
    judge, waivers = wanted.judge, wanted.about.waivers
    if judge.redaction is not None and waivers.all:
        # The first drive that is written may have a waiver that mentions the last one.
        waivers.redact(judge.redaction, (drive for host in read_hosts(wanted.source) for drive in host.drives))
    summary = Summary(wanted.about.rules, wanted.about.as_of, wanted.judge.previous)
    outputs = [OutputFile(wanted.path(form), not check_mode) for form in wanted.formats]
    writers: list[Writer] = []
    try:
        writers += [FORMATS[form](output.file, wanted.about) for form, output in zip(wanted.formats, outputs)]
        _write(wanted, writers, summary)
        changed = [output.finish() for output in outputs]
    finally:
        for writer in writers:
            writer.close()
        for output in outputs:
            output.abandon()
    return _result(wanted, summary, changed)


def _write(wanted: Wanted, writers: Sequence[Writer], summary: Summary) -> None:
    for writer in writers:
        writer.begin()
    for host in read_hosts(wanted.source, wanted.hosts):
        record, parts = _prepared(wanted, writers, host)
        summary.add(record)
        for part in parts:
            part()
    summary.close()
    for writer in writers:
        writer.end(summary)


def _prepared(wanted: Wanted, writers: Sequence[Writer], host: Host) -> tuple[HostRecord, list[Part]]:
    """A host's record, and what writes it in each format. What cannot be judged or shown is the host's failure."""
    waivers = wanted.about.waivers
    uses = dict(waivers.uses)
    try:
        record = wanted.judge.host(host)
        return record, [writer.prepare(record) for writer in writers]
    except Exception as error:
        waivers.uses = uses
        # Without the error's text, which may have a name in it that was to be a pseudonym.
        problem = f"cannot be judged or shown: {type(error).__name__}"
        record = wanted.judge.host(Host(host.name, host.file, problem=problem))
        return record, [writer.prepare(record) for writer in writers]


def _result(wanted: Wanted, summary: Summary, changed: Sequence[bool]) -> dict[str, Any]:
    waivers = wanted.about.waivers
    return {
        "changed": any(changed),
        "files": {form: wanted.path(form) for form in wanted.formats},
        "summary": {key: value for key, value in summary.as_data().items() if key != "history"},
        "failing": [_short(drive) for drive in summary.worst(_LISTED)],
        "failing_hosts": [
            host.name for host in summary.without_facts if host.finding and host.finding.failed][:_LISTED],
        "unlisted_hosts": summary.unlisted,
        "gone_hosts": [{"host": name, "silent_since": since} for name, since in summary.gone_hosts[:_LISTED]],
        "expired_waivers": [waiver.id for waiver in waivers.all if waiver.expired],
        "unused_waivers": [waiver.id for waiver in waivers.all if not waiver.expired and not waivers.uses[waiver.id]],
        "failed_on": wanted.fail_on if wanted.fail_on != NEVER and summary.reaches(wanted.fail_on) else None,
    }


def _short(drive: DriveRecord) -> dict[str, Any]:
    return {"host": drive.host, "device": drive.device, "wwn": drive.wwn, "serial": drive.serial, "model": drive.model,
            "enclosure": drive.enclosure, "slot": drive.slot, "verdict": drive.verdict, "trend": drive.trend,
            "rules": [finding.rule.id for finding in drive.findings if finding.failed]}


def failure(result: Mapping[str, Any]) -> str:
    """One sentence about the failures that reach the severity to fail on."""
    worst = SEVERITIES[SEVERITIES.index(result["failed_on"]):]
    counts = [f"{result['summary']['failures'][each]} {each}" for each in reversed(worst)
              if result["summary"]["failures"][each]]
    first = [f"{each['host']} {each['device']} ({', '.join(each['rules'])})"
             for each in result["failing"] if each["verdict"] in worst][:_NAMED]
    hosts = [f"{name} (no facts)" for name in result["failing_hosts"][:_NAMED]]
    failing, total = result["summary"]["drives_failing"], result["summary"]["drives_total"]
    failures = "failure" if counts[-1].startswith("1 ") else "failures"
    return f"{' and '.join(counts)} {failures} on {failing} of {total} drives: {'; '.join(first + hosts)}"
