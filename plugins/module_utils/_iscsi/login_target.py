# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The target's side of a login, without I/O: one request in, one response out (RFC 7143 6.3)."""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple

from . import login, pdu, serial, text
from .chap import ChapError, TargetChap, TargetCredentials
from .negotiation import RULES, Negotiation, NegotiationError, Parameters

#: The most requests in a login: the longest legitimate one takes about eight.
_MAXIMUM_REQUESTS = 64


class LoginRules(NamedTuple):
    """What a target requires of a login.

    ``portal_group_of``: returns the portal group tag through which a target of this name is reached here, None if there
    is no such target. ``admit``: called when everything is negotiated; returns the TSIH of the session, or raises
    LoginError. ``window``: how many commands a new session may send at once.
    """

    portal_group_of: Callable[[str], int | None]
    admit: Callable[[TargetLogin], int]
    values: Mapping[str, str]
    credentials: TargetCredentials | None = None
    window: int = 1


class TargetLogin:
    """One connection's login. ``done`` or ``failed`` says how it ended, the other attributes what was learned."""

    def __init__(self, rules: LoginRules) -> None:
        self._rules = rules
        self._negotiation = Negotiation(rules.values)
        self._chap: TargetChap | None = None
        self._text = text.Assembler()
        #: What is still to be sent if an answer did not fit into one PDU.
        self._pending: list[bytes] = []
        self._pending_transit = False
        self._stage: int | None = None
        self._first: pdu.Pdu | None = None
        self._requests = 0
        self._authenticated = rules.credentials is None
        self._declared = False
        self._greeted = False
        self.stat_sn = 1
        self.done = False
        self.failed = False
        self.initiator_name = ""
        self.target_name = ""
        self.portal_group_tag: int | None = None
        self.discovery = False
        self.isid = b""
        self.cid = 0
        self.tsih = 0
        #: The number that the session's first command will have.
        self.cmd_sn = 0
        self.user: str | None = None
        self.parameters: Parameters | None = None
        #: Why it failed, for the log.
        self.problem = ""

    def receive(self, request: pdu.Pdu) -> pdu.Pdu:
        """The response to a login request; after a refusal, the connection is to be closed."""
        try:
            return self._receive(request)
        except login.LoginError as error:
            return self._refusal(request, error)
        except (text.TextError, NegotiationError) as error:
            return self._refusal(request, login.LoginError(login.INITIATOR_ERROR, str(error)))
        except ChapError as error:
            return self._refusal(request, login.LoginError(login.AUTHENTICATION_FAILED, str(error)))

    def _receive(self, request: pdu.Pdu) -> pdu.Pdu:
        self._check(request)
        self._text.add(request.data)
        more = request["continue"]
        if more and request["transit"]:
            raise login.LoginError(login.INITIATOR_ERROR, "both C and T are set")  # 11.12.2
        if more or self._pending:
            if not more and request.data:
                raise login.LoginError(login.INITIATOR_ERROR, "text before our own was complete")  # 6.2
            return self._response(request, b"" if more else self._pending.pop(0))
        pairs = self._text.take()
        answer = self._answer(dict(pairs), pairs)
        if request["transit"] and not self._authenticated and self._chap is None:
            raise login.LoginError(login.AUTHENTICATION_FAILED, "the initiator does not authenticate itself")
        # In the security stage a request for transit is not granted until CHAP is complete.
        transit = bool(request["transit"]) and (self._stage != login.SECURITY or self._authenticated)
        pieces = text.split(text.encode_pairs(answer), self._send_limit())
        self._pending_transit = transit
        self._pending = pieces[1:]
        return self._response(request, pieces[0])

    def _check(self, request: pdu.Pdu) -> None:
        self._requests += 1
        if request.opcode != pdu.LOGIN_REQUEST:
            raise login.LoginError(login.INVALID_DURING_LOGIN, f"{pdu.title(request.opcode)} during login")
        if request.problem or self._requests > _MAXIMUM_REQUESTS:
            raise login.LoginError(login.INITIATOR_ERROR, request.problem or "the login does not end")
        if self._first is None:
            self._begin(request)
        elif any(request[name] != self._first[name] for name in ("isid", "tsih", "cid", "initiator_task_tag")):
            raise login.LoginError(login.INITIATOR_ERROR, "ISID, TSIH, CID or task tag changed during login")
        if request["csg"] != self._stage:
            raise login.LoginError(login.INITIATOR_ERROR, f"stage {self._stage} was expected, not {request['csg']}")
        if request["transit"] and request["nsg"] not in login.NEXT_STAGES[request["csg"]]:
            raise login.LoginError(login.INITIATOR_ERROR, f"stage {request['nsg']} does not follow {request['csg']}")

    def _begin(self, request: pdu.Pdu) -> None:
        if request["version_min"] > login.VERSION:
            raise login.LoginError(login.UNSUPPORTED_VERSION)
        if request["csg"] not in login.NEXT_STAGES:
            raise login.LoginError(login.INITIATOR_ERROR, f"a login cannot begin in stage {request['csg']}")
        if request["csg"] == login.OPERATIONAL and not self._authenticated:
            raise login.LoginError(login.AUTHENTICATION_FAILED, "the login skipped authentication")
        self._first = request
        self._stage = request["csg"]
        self.isid, self.cid, self.tsih = request["isid"], request["cid"], request["tsih"]
        self.cmd_sn = request["cmd_sn"]

    def _send_limit(self) -> int:
        # Until the initiator declares its own, 8192 holds (13.12).
        return self._negotiation.parameters(True).maximum_send

    # -- keys

    def _answer(self, keys: Mapping[str, str], pairs: text.Pairs) -> text.Pairs:
        if len(keys) != len(pairs):
            raise login.LoginError(login.INITIATOR_ERROR, "a key was sent twice")  # 6.2
        answer: text.Pairs = []
        self._declarations(keys)
        if not self._greeted:
            self._greeted = True
            self._identify()
            if self.portal_group_tag is not None:
                # 13.9: in the first response that may carry it; some boot firmware insists on that.
                answer.append(("TargetPortalGroupTag", str(self.portal_group_tag)))
        security = {key: value for key, value in pairs if key == "AuthMethod" or key.startswith("CHAP_")}
        if security:
            answer.extend(self._security(dict(security)))
        for key, value in pairs:
            if key in security or key in _DECLARATIONS:
                continue
            if self._stage == login.SECURITY and key in RULES and not RULES[key].declared:
                raise login.LoginError(login.INITIATOR_ERROR, f"{key} in the security stage")
            result = self._negotiation.respond(key, value)
            if result is not None:
                answer.append((key, result))
        if self._stage == login.OPERATIONAL and not self._declared:
            self._declared = True
            answer.append(("MaxRecvDataSegmentLength", self._rules.values["MaxRecvDataSegmentLength"]))
        return answer

    def _declarations(self, keys: Mapping[str, str]) -> None:
        if "InitiatorName" in keys:
            self._once("initiator_name", keys["InitiatorName"])
        if "TargetName" in keys:
            self._once("target_name", keys["TargetName"])
        if "SessionType" in keys:
            if keys["SessionType"] not in ("Normal", "Discovery") or self._greeted:
                raise login.LoginError(login.NO_SUCH_SESSION_TYPE)
            self.discovery = keys["SessionType"] == "Discovery"

    def _once(self, attribute: str, value: str) -> None:
        if getattr(self, attribute) not in ("", value) or not value or len(value.encode("utf-8")) > 223:
            raise login.LoginError(login.INITIATOR_ERROR, "a name that is invalid, or has changed")
        setattr(self, attribute, value)

    def _identify(self) -> None:
        """The first request must name the initiator and, unless for discovery, the target (6.3, 13.4, 13.5)."""
        if not self.initiator_name:
            raise login.LoginError(login.MISSING_PARAMETER, "InitiatorName is missing")
        if self.discovery:
            return
        if not self.target_name:
            raise login.LoginError(login.MISSING_PARAMETER, "TargetName is missing")
        self.portal_group_tag = self._rules.portal_group_of(self.target_name)
        if self.portal_group_tag is None:
            raise login.LoginError(login.NOT_FOUND, f"no target {self.target_name}")

    def _security(self, keys: dict[str, str]) -> text.Pairs:
        if self._stage != login.SECURITY:
            raise login.LoginError(login.INITIATOR_ERROR, "authentication outside of its stage")
        answer: text.Pairs = []
        methods = keys.pop("AuthMethod", None)
        if methods is not None:
            answer.append(("AuthMethod", self._choose_method(methods.split(","))))
        if keys:
            if self._chap is None:
                raise ChapError("CHAP keys without CHAP")
            answer.extend(self._chap.respond(keys).items())
            if self._chap.user is not None:
                self.user = self._chap.user
                self._authenticated = True
        return answer

    def _choose_method(self, methods: list[str]) -> str:
        if self._chap is not None:
            raise login.LoginError(login.INITIATOR_ERROR, "AuthMethod was offered twice")
        if self._rules.credentials is None:
            if "None" not in methods:
                raise login.LoginError(login.AUTHENTICATION_FAILED, "the initiator insists on authentication")
            return "None"
        if "CHAP" not in methods:
            raise login.LoginError(login.AUTHENTICATION_FAILED, "the initiator does not offer CHAP")
        self._chap = TargetChap(self._rules.credentials)
        return "CHAP"

    # -- responses

    def _response(self, request: pdu.Pdu, data: bytes) -> pdu.Pdu:
        more = bool(self._pending)
        # T may only be set in answer to a request that has set it (11.13.3), also to one that fetches our last piece.
        transit = self._pending_transit and bool(request["transit"]) and not more and not request["continue"]
        response = self._numbered(request, data)
        response["csg"] = self._stage
        response["continue"] = more
        if transit:
            response["transit"] = True
            response["nsg"] = self._stage = request["nsg"]
            self._pending_transit = False
            if self._stage == login.FULL_FEATURE:
                self.parameters = self._negotiation.parameters(self._declared)
                self.tsih = self._rules.admit(self)
                self.done = True
        response["tsih"] = self.tsih
        return response

    def _numbered(self, request: pdu.Pdu, data: bytes = b"") -> pdu.Pdu:
        response = pdu.Pdu(
            pdu.LOGIN_RESPONSE, data, initiator_task_tag=request["initiator_task_tag"], stat_sn=self.stat_sn,
            isid=request.fields.get("isid") or self.isid, version_active=login.VERSION,
            exp_cmd_sn=self.cmd_sn, max_cmd_sn=serial.add(self.cmd_sn, self._rules.window - 1))
        self.stat_sn = serial.add(self.stat_sn, 1)
        return response

    def _refusal(self, request: pdu.Pdu, error: login.LoginError) -> pdu.Pdu:
        self.failed = True
        self.problem = str(error)
        response = self._numbered(request)
        response["csg"] = request.fields.get("csg", 0)
        response["tsih"] = request.fields.get("tsih", 0)
        response["status_class"], response["status_detail"] = error.status
        return response


#: Keys that declare something and get no answer.
_DECLARATIONS = frozenset(("InitiatorName", "InitiatorAlias", "TargetName", "SessionType"))
