# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's work on its drives: opens and identifies each one, and records the outcome in its entry."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Generator, NamedTuple, Optional, Sequence

from .._inventory.resolve import ResolvedDevice, Search, capture_path, resolve_devices
from .._passthrough.command import DEFAULT_TIMEOUT_SECONDS
from .._passthrough.errors import AddressError, DeadlineError, DriveError, as_drive_error
from .._passthrough.open_options import SCHEME, IscsiOptions, OpenOptions
from .._passthrough.session import Session, load_sense
from .._passthrough.transports import load_transports, open_transport
from . import workers
from .entry import Blank, Entry
from .identity import Identity, confirm, read_identity

if TYPE_CHECKING:
    from .claims import Claims

#: What a module does with a drive: reads and acts through the session and fills in the entry. One that waits is a
#: generator of its pauses; one that does not is a plain function.
Procedure = Callable[[Session, Entry], Optional[Generator[workers.Pause, None, None]]]


def _to_nobody(_words: str) -> None:
    """Discards the line."""


class Options(NamedTuple):
    """The options that all modules share. Times are in seconds. ``tell`` receives lines about the progress."""

    check_mode: bool = False
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    deadline_seconds: float = 120.0
    max_workers: int = 16
    open_mode: str = "auto"
    capture_file: str | None = None
    trace: bool = False
    iscsi: IscsiOptions = IscsiOptions()
    tell: Callable[[str], Any] = _to_nobody


def run_on_drives(devices: Sequence[str], options: Options, blank: Blank, procedure: Procedure,
                  device_types: frozenset[int] | None = None) -> list[Entry]:
    """One entry per drive, in the order of ``devices``, its values filled in by ``procedure``.

    ``blank`` makes the values for a drive that could not be queried. With ``device_types``, a device of another
    peripheral device type is skipped if a pattern selected it. An error is recorded in the drive's entry, also one of
    the collection itself, and the other drives are served. Of two paths to one drive the first is used, the other is
    skipped; two drives with one name that differ otherwise are both used, and warned of.
    """
    resolved = resolve_devices(devices, OpenOptions(options.open_mode, iscsi=options.iscsi),
                               seconds=options.deadline_seconds, do_all=partial(_search, options))
    entries = [_entry(device, blank) for device in resolved]
    asked = [position for position, device in enumerate(resolved) if device.error is None and device.same_as is None]

    def timed_out(position: int) -> None:
        # The stuck thread may still write into its entry; the caller gets a copy that it cannot reach.
        entries[asked[position]] = entries[asked[position]].snapshot(blank)
        entries[asked[position]].time_out(
            f"the drive did not finish within its deadline of {options.deadline_seconds:g} seconds")

    def raised(position: int, error: Exception) -> None:
        entries[asked[position]].record(as_drive_error(error))

    several = len(resolved) > 1
    load_transports([resolved[position].address for position in asked], options.capture_file is not None)
    claims: Claims | None = None
    if len(asked) > 1:
        # A single thread can load it when its drive reports an error, which most never do.
        load_sense()
        claims = _load_claims()(
            [resolved[position].address for position in asked],
            frozenset(at for at, position in enumerate(asked) if resolved[position].is_known_by_name),
            partial(_session, options))
    workers.run([_job(entries[position], resolved[position], options, procedure, several, device_types, at, claims)
                 for at, position in enumerate(asked)],
                options.max_workers, options.deadline_seconds, timed_out, raised)
    for clash in claims.clashes if claims is not None else ():
        first, second = entries[asked[clash.first]], entries[asked[clash.second]]
        for entry, other in ((first, second), (second, first)):
            entry.warnings.append(f"{other.device} reports the same name, {clash.wwn}, but another "
                                  f"{clash.differences}: they are taken for two drives")
    return entries


def _search(options: Options, searches: Sequence[Search]) -> list[Any]:
    """What each search finds, or its error; all at once, and each with a deadline of its own."""
    if any(search.address.startswith(SCHEME) for search in searches):
        # There are threads from now on, and one that is given up may come back while another loads something.
        load_sense()

    def job(search: Search) -> workers.Job[Any]:
        yield from ()
        return search.find()

    return workers.run(
        [job(search) for search in searches], options.max_workers, options.deadline_seconds,
        lambda position: DeadlineError("what is there was not found out within the deadline of "
                                       f"{options.deadline_seconds:g} seconds"),
        lambda position, error: as_drive_error(error))


def _entry(device: ResolvedDevice, blank: Blank) -> Entry:
    entry = Entry(device.address, blank())
    if device.error is not None:
        entry.record(device.error)
    elif device.same_as is not None:
        entry.skip(_same(device.same_as))
    return entry


def _same(address: str) -> str:
    return f"the same drive as {address}"


def _load_claims() -> type[Claims]:
    # Where there is only one drive, there is nothing to compare it with.
    from .claims import Claims
    return Claims


def _session(options: Options, address: str, capture: str | None = None) -> Session:
    return Session(
        open_transport(address, OpenOptions(options.open_mode, capture, options.iscsi)), options.check_mode,
        options.timeout_seconds, time.monotonic() + options.deadline_seconds, [] if options.trace else None)


def _job(entry: Entry, device: ResolvedDevice, options: Options, procedure: Procedure, several: bool,
         device_types: frozenset[int] | None, at: int, claims: Claims | None) -> workers.Job[None]:
    """One drive from open to close. Nothing happens until a worker starts it."""
    try:
        if claims is not None:
            claims.begin(at)
        session = _session(options, device.address, None if options.capture_file is None else capture_path(
            options.capture_file, device.address, several))
    except Exception:
        if claims is not None:
            claims.settle(at)
        raise
    entry.commands = session.trace
    entry.warnings = session.warnings
    try:
        identity = read_identity(session)
        entry.wwn = identity.wwn
        if device.named is not None:
            confirm(session, identity, device.named)
        why = _unfit(identity, device, device_types)
        other = None if claims is None else claims.claim(at, identity, session)
        if why is not None or other is not None:
            entry.skip(why or _same(str(other)))
            return
        steps = procedure(session, entry)
        if steps is not None:
            yield from _paced(steps, session, options.deadline_seconds)
    except DriveError:
        raise
    except Exception:
        # The procedure could not say what it had done.
        entry.changed = entry.changed or session.has_changed
        raise
    finally:
        if claims is not None:
            claims.settle(at)
        session.close()


def _unfit(identity: Identity, device: ResolvedDevice, device_types: frozenset[int] | None) -> str | None:
    """Why a device is skipped; ``None`` if it is not. A pattern may match unintended devices.

    Raises AddressError if there is no drive at an address that was given explicitly.
    """
    if identity.qualifier:
        nothing = f"there is no drive at this address: {identity.qualifier_name}"
        if device.matched:
            return nothing
        raise AddressError(nothing)
    if device.matched and device_types is not None and identity.device_type not in device_types:
        return f"not a drive, but a device of type {identity.device_type_name}"
    return None


def _paced(steps: Generator[workers.Pause, None, None], session: Session,
           deadline_seconds: float) -> Generator[workers.Pause, None, None]:
    """Passes the pauses on; each one restarts the deadline."""
    for pause in steps:
        yield pause
        session.deadline = time.monotonic() + deadline_seconds + pause.more_seconds
