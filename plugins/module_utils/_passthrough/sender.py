# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading from a drive requires, whatever sends the commands."""

from __future__ import annotations

from typing import Protocol

from .command import Command, Reply


class Sender(Protocol):
    """Sends commands to one drive, and collects the warnings about its answers."""

    @property
    def device(self) -> str:
        """How the user named the drive."""

    @property
    def warnings(self) -> list[str]:
        """Where a reader appends what it finds wrong in an answer."""

    def send(self, command: Command) -> Reply:
        """The reply to ``command``, as `Session.send` returns it. Raises a `DriveError` if there is no good one."""


class SeparateWarnings:
    """Sends through another sender, but keeps its readers' warnings apart from that sender's.

    For a reader whose warnings are to be dropped, or filtered before they are shown.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.warnings: list[str] = []

    @property
    def device(self) -> str:
        """How the user named the drive."""
        return self._sender.device

    def send(self, command: Command) -> Reply:
        """As the other sender's `send`, whose own warnings, such as unit attentions, stay with that sender."""
        return self._sender.send(command)
