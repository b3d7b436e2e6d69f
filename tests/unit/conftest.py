# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the tests import the collection by its full name, straight from the repository; no test is a race."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collection import provide
from hypothesis import HealthCheck, settings

provide()

# A busy machine is no failure. The rest is as Hypothesis would have it here: without chance where it sees CI.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient-fewer-examples", settings.get_profile("patient"), max_examples=20)
settings.load_profile("patient")
