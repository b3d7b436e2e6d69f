# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write streams: how many are open, opening more, closing some (SBC-5 4.32)."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from .._passthrough.errors import CheckCondition, DriveError
from .._passthrough.session import Session
from .entry import Entry
from .run import Options, run_on_drives
from .stream_status import close_stream, maximum_streams, open_stream, stream_status

#: The width of the STREAM IDENTIFIER field.
HIGHEST_STREAM_ID = 0xFFFF
#: For one GET STREAM STATUS: from its header alone to all streams that there can be.
SHORTEST_LIST, LONGEST_LIST = 8, 8 + 8 * (HIGHEST_STREAM_ID + 1)


class Wanted(NamedTuple):
    """What a task asks for; the module documents each option."""

    present: bool
    at_least: int
    stream_ids: Sequence[int]
    all: bool
    exclusive: bool
    keep_opened: bool
    starting_stream_id: int
    allocation_length: int

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for those that do not go together."""
        present = options["state"] == "present"
        named = options["stream_ids"] is not None
        if present and (named or options["all"]):
            raise ValueError("stream_ids and all only go with state: absent; the drive chooses identifiers itself")
        if not present and options["count"]:
            raise ValueError("count only goes with state: present")
        if not present and not named and not options["all"]:
            raise ValueError("state: absent needs stream_ids, or all")
        if not 0 <= options["count"] <= HIGHEST_STREAM_ID:
            raise ValueError(f"count must be 0 to {HIGHEST_STREAM_ID}, not {options['count']}")
        if not present and (options["exclusive"] or options["keep_opened"]):
            raise ValueError("exclusive and keep_opened only go with state: present")
        if options["starting_stream_id"] and (not present or options["count"] or options["exclusive"]):
            raise ValueError("starting_stream_id is for reading only: what is below it is not seen")
        if not 0 <= options["starting_stream_id"] <= HIGHEST_STREAM_ID:
            raise ValueError(f"starting_stream_id must be 0 to {HIGHEST_STREAM_ID}, not "
                             f"{options['starting_stream_id']}")
        if not SHORTEST_LIST <= options["allocation_length"] <= LONGEST_LIST:
            raise ValueError(f"allocation_length must be {SHORTEST_LIST} to {LONGEST_LIST}, not "
                             f"{options['allocation_length']}")
        for stream_id in options["stream_ids"] or []:
            if not 0 <= stream_id <= HIGHEST_STREAM_ID:
                raise ValueError(f"stream_ids are 0 to {HIGHEST_STREAM_ID}, not {stream_id}")
        return cls(
            present, options["count"], tuple(dict.fromkeys(options["stream_ids"] or [])), options["all"],
            options["exclusive"], options["keep_opened"], options["starting_stream_id"], options["allocation_length"])


def run_streams(devices: Sequence[str], options: Options, wanted: Wanted) -> list[Entry]:
    """One entry per drive, with ``streams`` as the module documents it."""
    return run_on_drives(devices, options, lambda: {"streams": None},
                         lambda session, entry: _run(session, entry, wanted))


def _run(session: Session, entry: Entry, wanted: Wanted) -> None:
    try:
        streams = _Streams(session, wanted)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        entry.values["streams"] = _no_streams()
        if wanted.at_least:
            entry.fail(error.refusal)
        else:
            entry.reason = error.refusal
        return
    entry.values["streams"] = streams.facts()
    if wanted.present:
        missing = wanted.at_least - len(streams.open)
        if missing > 0:
            _open(session, entry, streams, missing, wanted.keep_opened)
        elif missing < 0 and wanted.exclusive:
            _close(session, entry, streams, streams.open[missing:])
    else:
        _close_wanted(session, entry, streams, wanted)


def _no_streams() -> dict[str, Any]:
    """The facts of a drive that does not support GET STREAM STATUS."""
    return {"maximum": None, "open": [], "permanent": [], "reported_open": None, "descriptors": [], "opened": [],
            "closed": [], "supported": False}


#: How much of a drive's time is reserved for closing streams again if not all of them can be opened.
_UNDO_SECONDS = 10.0


class _Streams:
    """The streams of a drive as it reported them, and what was done to them since."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        self._session = session
        self._start = wanted.starting_stream_id
        self._length = wanted.allocation_length
        self.opened: list[int] = []
        self.closed: list[int] = []
        self.look()
        self.maximum = maximum_streams(session)

    def look(self) -> None:
        """Reads the streams."""
        self.reported_open, self.descriptors = stream_status(self._session, self._start, self._length)

    def look_again(self) -> bool:
        """Reads the streams again after an error; returns whether that succeeded."""
        try:
            self.look()
        except DriveError:
            return False
        return True

    @property
    def open(self) -> list[int]:
        return [each["stream_id"] for each in self.descriptors if not each["permanent"]]

    @property
    def permanent(self) -> list[int]:
        return [each["stream_id"] for each in self.descriptors if each["permanent"]]

    def facts(self) -> dict[str, Any]:
        return {
            "supported": True, "maximum": self.maximum, "open": self.open, "permanent": self.permanent,
            "reported_open": self.reported_open, "descriptors": self.descriptors, "opened": self.opened,
            "closed": self.closed}


def _open(session: Session, entry: Entry, streams: _Streams, missing: int, keep: bool) -> None:
    before = streams.open
    room = None if streams.maximum is None else streams.maximum - len(streams.descriptors)
    if room is not None and missing > room:
        entry.fail("the drive has no streams: its maximum is 0" if not streams.maximum else
                   f"the drive has {len(streams.descriptors)} of its {streams.maximum} streams open, so it cannot open "
                   f"{missing} more")
        return
    entry.mark_changed(_shown(before), {"count": len(before) + missing})
    if session.check_mode:
        entry.reason = f"would open {missing} streams"
        return
    end = session.hold_back(_UNDO_SECONDS)
    try:
        for _stream in range(missing):
            streams.opened.append(open_stream(session))
    except DriveError as error:
        session.deadline = end
        done = len(streams.opened)
        if streams.look_again():
            # A stream that was opened but not reported is ours as well.
            streams.opened = [each for each in streams.open if each not in before]
        left = streams.opened if keep else _close_again(session, streams)
        streams.look_again()
        entry.values["streams"] = streams.facts()
        if left:
            entry.mark_changed(_shown(before), _shown(streams.open))
        else:
            entry.mark_unchanged()
        entry.fail(f"stream {done + 1} of {missing} could not be opened: "
                   f"{_words(error)}{_kept(left) if keep else _undone(done, left)}", error)
        return
    session.deadline = end
    _done(entry, streams, before)


def _kept(left: list[int]) -> str:
    return f"; streams {', '.join(map(str, left))} stay open because of keep_opened" if left else ""


def _undone(done: int, left: list[int]) -> str:
    if not done:
        return ""
    if left:
        return f"; streams {', '.join(map(str, left))} were opened and could not be closed again"
    return f"; the {done} opened before were closed again"


def _close_again(session: Session, streams: _Streams) -> list[int]:
    """Closes what this task opened; returns the identifiers of those that it could not close."""
    left = []
    for stream_id in streams.opened:
        try:
            close_stream(session, stream_id)
        except DriveError:
            left.append(stream_id)
    streams.opened = left
    return left


def _close_wanted(session: Session, entry: Entry, streams: _Streams, wanted: Wanted) -> None:
    held = [stream_id for stream_id in wanted.stream_ids if stream_id in streams.permanent]
    if held:
        entry.fail(f"permanent streams cannot be closed: {', '.join(map(str, held))}")
        return
    _close(session, entry, streams,
           streams.open if wanted.all else [each for each in wanted.stream_ids if each in streams.open])


def _close(session: Session, entry: Entry, streams: _Streams, doomed: list[int]) -> None:
    if not doomed:
        return
    before = streams.open
    entry.mark_changed(_shown(before), _shown([each for each in before if each not in doomed]))
    if session.check_mode:
        entry.reason = f"would close {len(doomed)} streams"
        return
    try:
        for stream_id in doomed:
            if _close_one(session, streams, stream_id):
                streams.closed.append(stream_id)
    except DriveError as error:
        streams.look_again()
        entry.values["streams"] = streams.facts()
        if not streams.closed:
            entry.mark_unchanged()
        entry.fail(f"stream {stream_id} could not be closed: {_words(error)}", error)
        return
    _done(entry, streams, before)


def _close_one(session: Session, streams: _Streams, stream_id: int) -> bool:
    """Returns False if another initiator, or a reset, closed it meanwhile, which is no error."""
    try:
        close_stream(session, stream_id)
    except CheckCondition as error:
        if not error.refused or not streams.look_again() or stream_id in streams.open:
            raise
        return False
    return True


def _words(error: DriveError) -> str:
    return error.refusal if isinstance(error, CheckCondition) and error.not_supported else str(error)


def _done(entry: Entry, streams: _Streams, before: list[int]) -> None:
    """Reads the streams again, so that the difference shows what really changed."""
    streams.look()
    entry.values["streams"] = streams.facts()
    entry.mark_changed(_shown(before), _shown(streams.open))
    entry.changed = bool(streams.opened or streams.closed)


def _shown(stream_ids: list[int]) -> dict[str, Any]:
    """One side of a difference."""
    return {"open": stream_ids, "count": len(stream_ids)}
