# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operational parameters: how each key is negotiated, and what comes out (RFC 7143 6.2 and 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping

from . import text
from .pdu import MAXIMUM_DATA_SEGMENT, Digests


class NegotiationError(Exception):
    """The other side broke the rules of negotiation."""


@dataclass(frozen=True)
class KeyRule:
    """How one key is negotiated. ``answer`` returns the result for our value and the offered one, or raises ValueError.

    ``declared``: each side declares its own value, and no answer is sent. ``default`` applies if neither side sends it.
    """

    default: str
    answer: Callable[[str, str], str]
    declared: bool = False


def _boolean(value: str) -> bool:
    if value not in ("Yes", "No"):
        raise ValueError("neither Yes nor No")
    return value == "Yes"


def _or(ours: str, offered: str) -> str:
    return "Yes" if _boolean(offered) or ours == "Yes" else "No"


def _and(ours: str, offered: str) -> str:
    return "Yes" if _boolean(offered) and ours == "Yes" else "No"


def _first_common(ours: str, offered: str) -> str:
    """The first in the offered list that we also support (6.2.1)."""
    mine = ours.split(",")
    for choice in offered.split(","):
        if choice in mine:
            return choice
    raise ValueError("nothing in common")


def _numerical(lowest: int, highest: int, choose: Callable[[int, int], int]) -> Callable[[str, str], str]:
    def answer(ours: str, offered: str) -> str:
        value = text.number(offered)
        if not lowest <= value <= highest:
            raise ValueError("out of range")
        return str(choose(int(ours), value))
    return answer


def _theirs(_ours: int, offered: int) -> int:
    return offered


_SIZE = (512, MAXIMUM_DATA_SEGMENT)

#: RFC 7143 13.1 to 13.23, and the keys that it has removed but that a target must still answer (13.25).
RULES: dict[str, KeyRule] = {
    "HeaderDigest": KeyRule("None", _first_common),
    "DataDigest": KeyRule("None", _first_common),
    "MaxConnections": KeyRule("1", _numerical(1, 65535, min)),
    "InitialR2T": KeyRule("Yes", _or),
    "ImmediateData": KeyRule("Yes", _and),
    "MaxRecvDataSegmentLength": KeyRule("8192", _numerical(_SIZE[0], _SIZE[1], _theirs), declared=True),
    "MaxBurstLength": KeyRule("262144", _numerical(_SIZE[0], _SIZE[1], min)),
    "FirstBurstLength": KeyRule("65536", _numerical(_SIZE[0], _SIZE[1], min)),
    "DefaultTime2Wait": KeyRule("2", _numerical(0, 3600, max)),
    "DefaultTime2Retain": KeyRule("20", _numerical(0, 3600, min)),
    "MaxOutstandingR2T": KeyRule("1", _numerical(1, 65535, min)),
    "DataPDUInOrder": KeyRule("Yes", _or),
    "DataSequenceInOrder": KeyRule("Yes", _or),
    "ErrorRecoveryLevel": KeyRule("0", _numerical(0, 2, min)),
    "TaskReporting": KeyRule("RFC3720", _first_common),
    "IFMarker": KeyRule("No", _and),
    "OFMarker": KeyRule("No", _and),
}
_DIGESTS = frozenset(("HeaderDigest", "DataDigest"))
#: Must be answered Reject (13.25).
_REJECTED = frozenset(("IFMarkInt", "OFMarkInt"))


@dataclass(frozen=True)
class Parameters:
    """What was agreed for a session and its single connection."""

    digests: Digests
    #: The longest data segment that the other side accepts, and that we do.
    maximum_send: int
    maximum_receive: int
    initial_r2t: bool
    immediate_data: bool
    maximum_burst: int
    first_burst: int
    time2wait: int
    time2retain: int


class Negotiation:
    """One side of a negotiation. ``ours``: the values that we want; other keys have their defaults."""

    def __init__(self, ours: Mapping[str, str]) -> None:
        unknown = sorted(set(ours) - set(RULES))
        if unknown:
            raise ValueError(f"no such key: {', '.join(unknown)}")
        self._ours = dict(ours)
        self._results: dict[str, str] = {}
        self._answers: dict[str, tuple[str, str | None]] = {}
        self._declared = RULES["MaxRecvDataSegmentLength"].default
        self.offered: list[str] = []

    def respond(self, key: str, value: str) -> str | None:
        """Our answer to what the other side offered; None if none is due. Raises NegotiationError."""
        earlier = self._answers.get(key)
        if earlier is not None:
            if earlier[0] != value:
                raise NegotiationError(f"{key} was offered twice")  # 6.3: once per login
            return earlier[1]
        answer = self._respond(key, value)
        self._answers[key] = (value, answer)
        return answer

    def _respond(self, key: str, value: str) -> str | None:
        if key in _REJECTED:
            return text.REJECT
        rule = RULES.get(key)
        if rule is None:
            return text.NOT_UNDERSTOOD
        try:
            result = rule.answer(self._ours.get(key, rule.default), value)
        except ValueError:
            return text.REJECT
        if key == "FirstBurstLength":
            result = str(min(int(result), int(self._value("MaxBurstLength"))))
        elif key == "MaxBurstLength" and int(result) < int(self._value("FirstBurstLength")):
            # 13.14: FirstBurstLength must not exceed MaxBurstLength, whichever comes first.
            self._ours["FirstBurstLength"] = result
        if rule.declared:
            self._declared = result
            return None
        self._results[key] = result
        return result

    def offer(self) -> text.Pairs:
        """Our values as offers."""
        self.offered = list(self._ours)
        return list(self._ours.items())

    def settle(self, key: str, value: str) -> None:
        """Takes the other side's answer to our offer, or its declaration. Raises NegotiationError."""
        rule = RULES.get(key)
        if rule is not None and rule.declared:
            if value in text.CONSTANTS:
                return
            try:
                self._declared = rule.answer("0", value)
            except ValueError as error:
                raise NegotiationError(f"{key}={value[:40]}: {error}") from None
            return
        if rule is None or key not in self.offered:
            raise NegotiationError(f"{key} was not asked for")
        ours = self._ours.get(key, rule.default)
        if value in text.CONSTANTS or key in _DIGESTS and value == "None":
            # 6.2: a key that the other side does not accept keeps its default. Some targets answer None to a list of
            # digests without it; a caller that requires digests must check the result.
            self._results[key] = rule.default
            return
        try:
            if rule.answer(ours, value) != value:
                raise ValueError(f"{ours} was offered")
        except ValueError as error:
            raise NegotiationError(f"{key}={value[:40]} is not a valid answer: {error}") from None
        self._results[key] = value

    def _value(self, key: str) -> str:
        return self._results.get(key) or self._ours.get(key) or RULES[key].default

    def _result(self, key: str) -> str:
        # A key that was not negotiated has its default, whatever our own value.
        return self._results.get(key, RULES[key].default)

    def parameters(self, maximum_receive_declared: bool) -> Parameters:
        """What was agreed. ``maximum_receive_declared``: ours has been declared to the other side."""
        receive = self._ours.get("MaxRecvDataSegmentLength") if maximum_receive_declared else None
        burst = int(self._result("MaxBurstLength"))
        return Parameters(
            digests=Digests(self._result("HeaderDigest") == "CRC32C", self._result("DataDigest") == "CRC32C"),
            maximum_send=int(self._declared),
            maximum_receive=int(receive or RULES["MaxRecvDataSegmentLength"].default),
            initial_r2t=self._result("InitialR2T") == "Yes",
            immediate_data=self._result("ImmediateData") == "Yes",
            maximum_burst=burst,
            first_burst=min(burst, int(self._result("FirstBurstLength"))),
            time2wait=int(self._result("DefaultTime2Wait")),
            time2retain=int(self._result("DefaultTime2Retain")))
