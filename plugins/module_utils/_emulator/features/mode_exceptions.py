# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Informational exceptions: when and how a drive reports that it expects to fail (SBC-5 6.5, page 1Ch)."""

from __future__ import annotations

from typing import Any, Mapping

from ..._scsi.mode_informational_exceptions import ON_REQUEST, UNIT_ATTENTION
from ..feature import Check, Clock

#: What TEST reports for a healthy drive.
_FALSE_FAILURE = (0x5D, 0xFF)
_TENTHS = 10


class Exceptions:
    """A predicted failure, by additional sense code and qualifier. ``values`` is always the decoded page 1Ch."""

    def __init__(self, clock: Clock, predicted: tuple[int, int] | None) -> None:
        self._clock = clock
        self.predicted = predicted
        self._reports = 0
        self._next_report = clock.now()

    def restart(self) -> None:
        """Restarts the reporting: the prediction or the page has changed."""
        self._reports = 0
        self._next_report = self._clock.now()

    def failure(self, values: Mapping[str, Any]) -> tuple[int, int] | None:
        """The predicted failure to report; None if there is none, or if it must not be reported (DEXCPT)."""
        if values["dexcpt"] or values["mrie"] is None:
            return None
        return self.predicted or (_FALSE_FAILURE if values["test"] else None)

    def on_request(self, values: Mapping[str, Any]) -> Check | None:
        """What REQUEST SENSE reports: NO SENSE, with the exception."""
        failure = self.failure(values)
        if failure is None or values["mrie"]["value"] not in (ON_REQUEST, UNIT_ATTENTION):
            return None
        return Check(0, *failure)

    def attention(self, values: Mapping[str, Any]) -> tuple[int, int] | None:
        """The unit attention that is due now: at once, then after each interval until the report count is reached."""
        failure = self.failure(values)
        if failure is None or values["mrie"]["value"] != UNIT_ATTENTION or self._clock.now() < self._next_report:
            return None
        limit, interval = values["report_count"], values["interval_timer"]
        if self._reports and (interval is None or limit and self._reports >= limit):
            return None
        self._reports += 1
        self._next_report = self._clock.now() + (interval or 0) / _TENTHS
        return failure
