# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of facts that were changed at random; as many as for the report (tests/unit/module_utils/report)."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import METRICS, drive_metrics
from ansible_collections.drivecare.scsi.tests.unit.module_utils.report import mutations
from ansible_collections.drivecare.scsi.tests.unit.module_utils.report.test_fuzz import DOCUMENTS, SEED

_LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
_SAMPLE = re.compile(rf"(?P<name>[a-z_]+)(?P<labels>\{{{_LABEL}(?:,{_LABEL})*\}})? (?P<value>\S+)")
WELL: dict[str, Any] = {"device": "/dev/sg77", "status": "ok", "wwn": "naa.77"}


def test_no_fact_takes_the_metrics_away() -> None:
    samples = 0
    for seed in range(SEED, SEED + DOCUMENTS):
        try:
            drives = json.loads(mutations.document(seed)[0])["drives"]
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        text = drive_metrics([*(drives if isinstance(drives, list) else [drives]), WELL], 1.5e9)
        text.encode("utf-8")
        assert 'scsi_drive_up{drive="naa.77",device="/dev/sg77"} 1\n' in text, seed
        seen = set()
        for line in text.split("\n")[:-1]:
            if line.startswith("#"):
                continue
            found = _SAMPLE.fullmatch(line)
            assert found and math.isfinite(float(found["value"])), (seed, line)
            assert found["name"].startswith("scsi_drive_"), (seed, line)
            assert (found["name"], found["labels"]) not in seen, (seed, line)
            seen.add((found["name"], found["labels"]))
        samples += len(seen)
    assert samples > len(METRICS) * DOCUMENTS / 4
