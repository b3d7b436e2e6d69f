# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initiator's side of a login, without I/O: one response in, the next request out (RFC 7143 6.3)."""

from __future__ import annotations

from typing import Mapping, NamedTuple

from . import login, pdu, serial, text
from .chap import ChapError, InitiatorChap
from .negotiation import RULES, Negotiation, NegotiationError, Parameters

#: The most responses in a login, in case a target never ends it.
_MAXIMUM_RESPONSES = 64

#: What a target declares without being asked.
_TARGET_DECLARATIONS = frozenset(("TargetAlias", "TargetAddress", "TargetPortalGroupTag"))


class InitiatorIdentity(NamedTuple):
    """Who logs in, and where: an empty ``target_name`` asks for a discovery session."""

    initiator_name: str
    isid: bytes
    target_name: str = ""


class InitiatorLogin:
    """One login: send `first`, then what `receive` returns, until it returns None.

    ``chap``: how to authenticate; a target that does not ask for it is accepted, too, unless it must authenticate
    itself (``insist``).
    """

    def __init__(self, identity: InitiatorIdentity, values: Mapping[str, str], chap: InitiatorChap | None = None,
                 insist: bool = False) -> None:
        self._identity = identity
        self._negotiation = Negotiation(values)
        self._chap = chap
        self._insist = insist
        self._method: str | None = None
        self._stage = login.SECURITY
        self._offered = False
        self._text = text.Assembler()
        self._pending: list[bytes] = []
        self._asked_transit = False
        self._responses = 0
        self._task_tag = 0
        #: The number that our first command will have, and the StatSN that comes next.
        self.cmd_sn = 1
        self.exp_stat_sn = 0
        self.max_cmd_sn = 0
        self.tsih = 0
        self.parameters: Parameters | None = None
        #: Where a redirection points to.
        self.moved_to: str | None = None

    def first(self) -> pdu.Pdu:
        """The first request."""
        pairs: text.Pairs = [("InitiatorName", self._identity.initiator_name)]
        if self._identity.target_name:
            pairs += [("TargetName", self._identity.target_name), ("SessionType", "Normal")]
        else:
            pairs.append(("SessionType", "Discovery"))
        methods = self._methods()
        pairs.append(("AuthMethod", methods))
        # If None is chosen, this stage has no more keys, and LIO does not accept a request without keys.
        return self._send(pairs, methods.startswith("None"))

    def _methods(self) -> str:
        """The methods to offer, the best first. For discovery that is None: names of targets are no secret, and a
        target that requires CHAP for its drives often has none for discovery (LIO then does not fall back to None).
        """
        if self._chap is None:
            return "None"
        if self._insist:
            return "CHAP"
        return "CHAP,None" if self._identity.target_name else "None,CHAP"

    def receive(self, response: pdu.Pdu) -> pdu.Pdu | None:
        """The next request, None once we are logged in. Raises LoginError."""
        try:
            return self._receive(response)
        except ChapError as error:
            raise login.LoginError(login.AUTHENTICATION_FAILED, str(error)) from None
        except (text.TextError, NegotiationError) as error:
            raise login.LoginError(login.TARGET_ERROR, f"the target violated the login protocol: {error}") from None

    def _receive(self, response: pdu.Pdu) -> pdu.Pdu | None:
        self._check(response)
        status = (response["status_class"], response["status_detail"])
        if status != login.SUCCESS:
            if status[0] == 1:
                self.moved_to = dict(text.decode_pairs(response.data)).get("TargetAddress")
            raise login.LoginError(status, received=True)
        self._text.add(response.data)
        if response["continue"]:
            return self._request(b"", False)
        if self._pending:
            return self._next_piece()
        pairs = self._text.take()
        transit = bool(response["transit"])
        if transit and (not self._asked_transit or response["nsg"] not in login.NEXT_STAGES[self._stage]):
            raise NegotiationError("a change of stage that was not requested")
        answer = self._take(pairs)
        if not transit:
            return self._go_on(answer)
        if answer:
            raise NegotiationError("the stage ended before its keys were negotiated")
        if self._stage == login.SECURITY and self._insist and not (self._chap and self._chap.done):
            raise ChapError("the target did not prove itself")
        self._stage = response["nsg"]
        if self._stage != login.FULL_FEATURE:
            return self._offer()
        self.tsih = response["tsih"]
        self.max_cmd_sn = response["max_cmd_sn"]
        self.parameters = self._negotiation.parameters(self._offered)
        return None

    def _check(self, response: pdu.Pdu) -> None:
        self._responses += 1
        if response.opcode != pdu.LOGIN_RESPONSE:
            raise NegotiationError(f"{pdu.title(response.opcode)} instead of a response")
        if response["initiator_task_tag"] != self._task_tag:
            raise NegotiationError("the response belongs to another login")
        if response["status_class"] == 0:
            # Otherwise the rest is not valid (11.13.5).
            if response["isid"] != self._identity.isid:
                raise NegotiationError("the response belongs to another session")
            if response["version_active"] != login.VERSION:
                raise login.LoginError(login.UNSUPPORTED_VERSION)
            if response["csg"] != self._stage:
                raise NegotiationError("the target is in another stage")
            if self._responses > 1 and response["stat_sn"] != self.exp_stat_sn:
                raise NegotiationError(f"StatSN {response['stat_sn']} instead of {self.exp_stat_sn}")
            self.exp_stat_sn = serial.add(response["stat_sn"], 1)
        if self._responses > _MAXIMUM_RESPONSES:
            raise NegotiationError("the login does not end")

    def _take(self, pairs: text.Pairs) -> dict[str, str]:
        """Processes the keys that the target sent; returns CHAP's next pairs."""
        keys = dict(pairs)
        if len(keys) != len(pairs):
            raise NegotiationError("a key was sent twice")
        method = keys.pop("AuthMethod", None)
        if method is not None:
            self._choose(method)
        chap_keys = {key: keys.pop(key) for key in list(keys) if key.startswith("CHAP_")}
        for key, value in keys.items():
            if key not in _TARGET_DECLARATIONS:
                if key not in RULES:
                    raise NegotiationError(f"{key[:40]} was not asked for")
                self._negotiation.settle(key, value)
        if self._method == "CHAP" and self._chap is not None and self._stage == login.SECURITY:
            if method is not None:
                return self._chap.first()
            return self._chap.respond(chap_keys)
        if chap_keys:
            raise NegotiationError("CHAP keys without agreement on CHAP")
        return {}

    def _choose(self, method: str) -> None:
        if self._method is not None or self._stage != login.SECURITY:
            raise NegotiationError("AuthMethod was sent twice")
        if method == "CHAP" and self._chap is not None or method == "None" and not self._insist:
            self._method = method
            return
        if method == "None":
            raise ChapError("the target does not prove itself")
        raise login.LoginError(login.AUTHENTICATION_FAILED)

    def _go_on(self, answer: dict[str, str]) -> pdu.Pdu:
        """The next request of the same stage: it asks for transit as soon as there is nothing more to send."""
        leaving = self._stage != login.SECURITY or self._method != "CHAP" or "CHAP_R" in answer or not answer
        return self._send(list(answer.items()), leaving)

    def _offer(self) -> pdu.Pdu:
        pairs = self._negotiation.offer()
        if not self._identity.target_name:
            # A discovery session transfers no SCSI data: the keys that concern it are irrelevant (13, "Irrelevant").
            pairs = [(key, value) for key, value in pairs if key in _DISCOVERY_KEYS]
            self._negotiation.offered = [key for key, _value in pairs]
        self._offered = any(key == "MaxRecvDataSegmentLength" for key, _value in pairs)
        return self._send(pairs, True)

    def _send(self, pairs: text.Pairs, transit: bool) -> pdu.Pdu:
        pieces = text.split(text.encode_pairs(pairs), self._negotiation.parameters(False).maximum_send)
        self._pending = pieces
        self._asked_transit = transit
        return self._next_piece()

    def _next_piece(self) -> pdu.Pdu:
        piece = self._pending.pop(0)
        request = self._request(piece, self._asked_transit and not self._pending)
        request["continue"] = bool(self._pending)
        return request

    def _request(self, data: bytes, transit: bool) -> pdu.Pdu:
        following = login.OPERATIONAL if self._stage == login.SECURITY else login.FULL_FEATURE
        return pdu.Pdu(
            pdu.LOGIN_REQUEST, data, transit=transit, csg=self._stage, nsg=following if transit else 0,
            version_max=login.VERSION, version_min=login.VERSION, isid=self._identity.isid, tsih=0, cid=0,
            initiator_task_tag=self._task_tag, cmd_sn=self.cmd_sn, exp_stat_sn=self.exp_stat_sn)


_DISCOVERY_KEYS = frozenset(("HeaderDigest", "DataDigest", "MaxRecvDataSegmentLength"))
