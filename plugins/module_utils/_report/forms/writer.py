# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all formats of a report share: they are written from top to bottom, one host at a time."""

from __future__ import annotations

from typing import IO, Callable, NamedTuple, Sequence

from ..findings import Rule
from ..records import HostRecord
from ..summary import Summary
from ..waivers import Waivers

#: Writes a part of a report that is ready.
Part = Callable[[], object]


class About(NamedTuple):
    """What describes a report, and the options for its formats."""

    title: str
    as_of: str
    rules: Sequence[Rule]
    waivers: Waivers
    #: The mark of the redaction key; ``None`` if names are shown.
    redaction: str | None = None
    #: How many drives of each verdict may have a section of their own in HTML.
    sections: int = 1000
    #: How many documents there are.
    host_count: int = 0
    #: The day of the report that this one is compared with.
    previous_as_of: str | None = None
    #: Whether the report in JSON has the evidence of rules that passed or do not apply, too.
    all_evidence: bool = True


class Writer:
    """Writes a report in one format to a text file."""

    #: The extension of the file name.
    suffix = ""

    def __init__(self, file: IO[str], about: About) -> None:
        self.file = file
        self.about = about

    def begin(self) -> None:
        """Writes what comes before the hosts."""

    def prepare(self, host: HostRecord) -> Part:
        """Makes a host's part of the report, and returns what writes it.

        Only this can fail for what a document says; nothing has then been written, and nothing been counted.
        """
        raise NotImplementedError

    def end(self, summary: Summary) -> None:
        """Writes what comes after the hosts."""

    def close(self) -> None:
        """Releases what the writer holds besides its file."""
