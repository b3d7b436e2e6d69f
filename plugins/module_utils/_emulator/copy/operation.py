# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy operation, from its command until it is discarded, and what RECEIVE COPY RESULTS reports (SPC-6 5.17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple

from ..._scsi.extended_copy import EXTENDED_COPY_LID1, EXTENDED_COPY_LID4
from ..._scsi.populate_token import POPULATE_TOKEN_ACTION
from ..._scsi.receive_copy_lid4 import encode_copy_data_lid4, encode_copy_status_lid4, encode_rod_token_information
from ..._scsi.receive_copy_results import encode_copy_data, encode_copy_status, encode_failure_details
from ..contract import GOOD, Nexus, Task
from .parameters import CopySettings

# COPY OPERATION STATUS of RECEIVE COPY STATUS(LID4).
COMPLETED, FAILED, IN_FOREGROUND, IN_BACKGROUND, ABORTED = 0x01, 0x02, 0x11, 0x12, 0x60
_RUNNING = (IN_FOREGROUND, IN_BACKGROUND)
# And of RECEIVE COPY STATUS(LID1).
_LID1_STATUSES = {COMPLETED: 1, FAILED: 2, ABORTED: 2, IN_FOREGROUND: 0, IN_BACKGROUND: 0}

_LOGICAL_BLOCKS, _BYTES = 0xF1, 0x00
_COUNTER_SIZE = 1 << 16
_TOKEN_SOURCE_ID = 0
_ENDED_DELAY = 0xFFFFFFFE
_MOST_DELAY = 0xFFFFFFFD
_MILLISECONDS = 1000

# The parts of an ended operation that are remembered; each is discarded separately.
STATUS, HELD, FAILURE, TOKENS = "status", "held", "failure", "tokens"

#: A nexus and a list identifier.
Key = Tuple[Nexus, Optional[int]]


@dataclass(eq=False)
class Operation:
    """One copy operation. ``identifier`` is None if it cannot be queried."""

    nexus: Nexus
    identifier: int | None
    #: The service action of operation code 83h that started it.
    action: int
    state: int
    #: Whether held data must be kept for the application client.
    keeps: bool = True
    #: The unit of the transfer count, in bytes: a block for tokens, else one byte.
    block_length: int = 1
    #: The command, until it is answered.
    task: Task | None = None
    segments: int = 0
    transferred: int = 0
    counter: int = 0
    held: bytearray = field(default_factory=bytearray)
    held_discarded: bool = False
    status: int = GOOD
    sense: bytes = b""
    tokens: list[bytes] = field(default_factory=list)
    ended_at: float = 0.0
    #: The parts that have been discarded.
    discarded: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether it is still running."""
        return self.state in _RUNNING

    @property
    def key(self) -> Key:
        """Nexus and list identifier; without an identifier, a key that no command can name."""
        return self.nexus, self.identifier

    @property
    def with_short_identifier(self) -> bool:
        """Whether its command has a list identifier of one byte."""
        return self.action == EXTENDED_COPY_LID1

    def hold(self, data: bytes, limit: int) -> None:
        """Holds data for the application client, up to the limit."""
        room = limit - len(self.held)
        if len(data) > room:
            self.held_discarded = True
        self.held += data[:room]

    def end(self, state: int, now: float, status: int = GOOD, sense: bytes = b"") -> None:
        """Records the end of the operation."""
        self.state = state
        self.status = status
        self.sense = sense
        self.ended_at = now
        self.task = None
        if not self.keeps and self.held:
            self.held_discarded = True
            self.held.clear()
            self.discarded.append(HELD)

    def discard(self, part: str) -> None:
        """Discards a part of what is remembered."""
        if part not in self.discarded:
            self.discarded.append(part)
        if part == HELD and self.held:
            self.held_discarded = True
            self.held.clear()

    @property
    def forgotten(self) -> bool:
        """Whether there is nothing left that a command could ask for."""
        present = {STATUS: True, HELD: bool(self.held), FAILURE: self.failed, TOKENS: bool(self.tokens)}
        return not self.running and all(part in self.discarded for part, there in present.items() if there)

    @property
    def failed(self) -> bool:
        """Whether there are details of a failure."""
        return self.status != GOOD

    # -- answers

    def status_lid1(self, settings: CopySettings) -> bytes:
        """RECEIVE COPY STATUS(LID1)."""
        return encode_copy_status(dict(
            settings.transfer_count(self.transferred), hdd=self.held_discarded,
            copy_command_status=_LID1_STATUSES[self.state], segments_processed=self.segments))

    def failure_details(self) -> bytes:
        """RECEIVE COPY FAILURE DETAILS(LID1)."""
        if not self.failed or FAILURE in self.discarded:
            return encode_failure_details({})
        return encode_failure_details({"extended_copy_command_status": self.status, "sense_data": self.sense.hex()})

    def data_lid1(self) -> bytes:
        """RECEIVE COPY DATA(LID1)."""
        return encode_copy_data(bytes(self.held))

    def status_lid4(self, update_seconds: float) -> bytes:
        """RECEIVE COPY STATUS(LID4)."""
        return encode_copy_status_lid4(self._status_values(update_seconds))

    def data_lid4(self, update_seconds: float) -> bytes:
        """RECEIVE COPY DATA(LID4)."""
        return encode_copy_data_lid4(dict(self._status_values(update_seconds), held_data=self.held.hex()))

    def token_information(self, update_seconds: float) -> bytes:
        """RECEIVE ROD TOKEN INFORMATION."""
        tokens = [] if TOKENS in self.discarded else self.tokens
        return encode_rod_token_information(dict(self._status_values(update_seconds), rod_tokens=[
            {"id_for_creating_rod_cscd_descriptor": _TOKEN_SOURCE_ID, "rod_token": each.hex()} for each in tokens]))

    def _status_values(self, update_seconds: float) -> dict[str, Any]:
        copies = self.action in (EXTENDED_COPY_LID1, EXTENDED_COPY_LID4)
        delay = min(int(update_seconds * _MILLISECONDS), _MOST_DELAY) if self.running else _ENDED_DELAY
        return {
            "response_to_service_action": self.action, "hdd": self.held_discarded,
            "copy_operation_status": self.state, "operation_counter": self.counter % _COUNTER_SIZE,
            "estimated_status_update_delay_milliseconds": delay, "extended_copy_completion_status": self.status,
            "transfer_count_units": _BYTES if copies else _LOGICAL_BLOCKS,
            "transfer_count": self.transferred // self.block_length,
            "segments_processed": self.segments if copies else 0, "sense_data": self.sense.hex()}

    # -- state

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        nexus = self.nexus
        return {
            "nexus": [nexus.initiator_name, nexus.isid.hex(), nexus.target_name, nexus.portal_group_tag],
            "identifier": self.identifier, "action": self.action, "state": self.state, "keeps": self.keeps,
            "block_length": self.block_length, "segments": self.segments, "transferred": self.transferred,
            "counter": self.counter, "held": self.held.hex(), "held_discarded": self.held_discarded,
            "status": self.status, "sense": self.sense.hex(), "tokens": [each.hex() for each in self.tokens],
            "ended_at": self.ended_at, "discarded": list(self.discarded)}

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Operation:
        """The operation that `save` returned; one that was running then is aborted."""
        name, isid, target, tag = state["nexus"]
        found = cls(
            Nexus(name, bytes.fromhex(isid), target, tag), state["identifier"], state["action"], state["state"],
            state["keeps"], state["block_length"], None, state["segments"], state["transferred"], state["counter"],
            bytearray.fromhex(state["held"]), state["held_discarded"], state["status"], bytes.fromhex(state["sense"]),
            [bytes.fromhex(each) for each in state["tokens"]], state["ended_at"], list(state["discarded"]))
        if found.running:
            found.state = ABORTED
        return found


def counts_blocks(action: int) -> bool:
    """Whether a service action's transfer count is in blocks."""
    return action >= POPULATE_TOKEN_ACTION
