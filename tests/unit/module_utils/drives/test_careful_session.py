# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that asks only for what a drive has is the session beneath it in all else."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.answers import answer_or_none
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.careful_session import CarefulSession, NotOffered
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.commands import inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.page_commands import log_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import DeadlineError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session

from .facts_drive import FactsDrive


def test_the_deadline_is_that_of_the_session_as_it_is_now() -> None:
    now = [0.0]
    session = Session(FactsDrive(), deadline=10.0, clock=lambda: now[0])
    careful = CarefulSession(session)
    now[0] = 20.0
    with pytest.raises(DeadlineError):
        careful.send(inquiry())
    session.deadline = 30.0
    assert careful.send(inquiry()).data


def test_its_warnings_are_those_of_the_session() -> None:
    session = Session(FactsDrive())
    CarefulSession(session).warnings.append("odd")
    assert session.warnings == ["odd"]


def test_what_a_drive_does_not_list_is_none_without_a_warning() -> None:
    drive = FactsDrive()
    session = CarefulSession(Session(drive))
    with pytest.raises(NotOffered):
        session.send(log_sense(0x3F, 0, 252))
    assert answer_or_none(session, "the page", lambda: session.send(log_sense(0x3F, 0, 252))) is None
    assert session.warnings == [] and drive.refused == []
