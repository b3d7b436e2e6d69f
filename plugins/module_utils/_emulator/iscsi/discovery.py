# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery: which targets an initiator learns of by SendTargets (RFC 7143 11.10, Appendix C)."""

from __future__ import annotations

from typing import Collection

from ..._iscsi import login, text
from ..contract import Target

PORTAL_GROUP_TAG = 1


class Discovery:
    """Answers text requests.

    ``target_names``: the targets of the server, as they are at the time of the request. ``advertised``: the address and
    port to report if it is not the one that the initiator connected to. ``lenient``: answer SendTargets=All in a normal
    session, which the RFC forbids but initiators expect.
    """

    def __init__(self, target_names: Collection[str], advertised: str, lenient: bool) -> None:
        self._target_names = target_names
        self._advertised = advertised
        self._lenient = lenient

    def answer(self, pairs: text.Pairs, target: Target | None, local_address: tuple[str, int]) -> text.Pairs | None:
        """The answer to a text request; None to reject it.

        ``target`` is the session's own, None in a discovery session; ``local_address`` is our end of the connection.
        """
        if len(dict(pairs)) != len(pairs):
            return None  # 6.2; and the list of targets, requested a thousand times at once, would fill the memory
        answer: text.Pairs = []
        for key, value in pairs:
            if key != "SendTargets":
                answer.append((key, text.NOT_UNDERSTOOD))
                continue
            names = self._names(value, target)
            if names is None:
                return None
            for name in names:
                answer += [("TargetName", name), ("TargetAddress", self._portal(local_address))]
        return answer

    def _names(self, value: str, target: Target | None) -> list[str] | None:
        if value == "All":
            if target is not None and not self._lenient:
                return None
            return list(self._target_names)
        if value == "" and target is not None:
            return [target.name]
        if login.is_iscsi_name(value):
            return [value] if value in self._target_names else []
        return None

    def _portal(self, local_address: tuple[str, int]) -> str:
        if self._advertised:
            return f"{self._advertised},{PORTAL_GROUP_TAG}"
        address, port = local_address
        host = f"[{address}]" if ":" in address else address
        return f"{host}:{port},{PORTAL_GROUP_TAG}"
