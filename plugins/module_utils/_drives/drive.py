# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's work on its drives: opens each, identifies it, has the work done, turns whatever happens into an entry."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Generator, List, Optional, Sequence

from .._passthrough.address import Access, capture_path, expand, open_transport
from .._passthrough.command import DEFAULT_TIMEOUT_SECONDS
from .._passthrough.errors import DriveError
from .._passthrough.session import Session
from . import fleet
from .identity import read_identity

Entry = Dict[str, Any]
#: What a module does with a drive: reads and acts through the session and fills in the entry.
Procedure = Callable[[Session, Entry], Generator[fleet.Pause, None, None]]

OK = "ok"
FAILED = "failed"
SKIPPED = "skipped"
TIMEOUT = "timeout"


@dataclass(frozen=True)
class Options:
    """The options that all modules share. Times in seconds."""

    check_mode: bool = False
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    deadline_seconds: float = 120.0
    max_workers: int = 16
    open_mode: str = "auto"
    capture_file: Optional[str] = None
    trace: bool = False


def attend(devices: Sequence[str], options: Options, blank: Entry, procedure: Procedure) -> List[Entry]:
    """An entry a drive: ``{device, wwn, status, reason, changed, warnings, ...}``, in the order of ``devices``.

    ``blank`` is what the procedure fills in, as it stands where the drive could not be asked.
    Raises AddressError where ``devices`` itself is wrong. What goes wrong with a drive stands in its entry.
    """
    addresses = expand(devices)
    entries = [_entry(address, blank) for address in addresses]

    def timed_out(position: int) -> None:
        # The stuck thread may still write into its entry; the caller gets one that it cannot reach.
        stuck = entries[position]
        entries[position] = dict(
            _entry(addresses[position], blank), wwn=stuck["wwn"], changed=stuck["changed"], status=TIMEOUT,
            reason="the drive did not finish within its deadline of {0:g} seconds".format(options.deadline_seconds))

    def raised(position: int, error: Exception) -> None:
        if not isinstance(error, DriveError):
            raise error
        entries[position].update(
            status=TIMEOUT if error.kind == "timeout" else FAILED, reason=str(error), error=error.facts())

    several = len(addresses) > 1
    fleet.run([_work(entry, options, procedure, several) for entry in entries],
              options.max_workers, options.deadline_seconds, timed_out, raised)
    return entries


def _entry(address: str, blank: Entry) -> Entry:
    return dict(blank, device=address, wwn=None, status=OK, reason=None, changed=False, error=None, warnings=[])


def _work(entry: Entry, options: Options, procedure: Procedure, several: bool) -> fleet.Work[None]:
    """One drive from open to close. Nothing happens before a worker takes it up."""
    address = entry["device"]
    capture = None if options.capture_file is None else capture_path(options.capture_file, address, several)
    session = Session(
        open_transport(address, Access(options.open_mode, capture)), options.check_mode, options.timeout_seconds,
        time.monotonic() + options.deadline_seconds, [] if options.trace else None)
    if session.trace is not None:
        entry["commands"] = session.trace
    entry["warnings"] = session.notices
    try:
        entry["wwn"] = read_identity(session).wwn
        yield from _paced(procedure(session, entry), session, options.deadline_seconds)
    finally:
        session.close()


def _paced(steps: Generator[fleet.Pause, None, None], session: Session,
           deadline_seconds: float) -> Generator[fleet.Pause, None, None]:
    """Passes the pauses on; after each the deadline begins anew."""
    for pause in steps:
        yield pause
        session.deadline = time.monotonic() + deadline_seconds + pause.more_seconds
