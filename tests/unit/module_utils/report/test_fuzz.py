# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of documents that were changed at random, read back by strict readers.

DRIVECARE_FUZZ_DOCUMENTS is how many documents there are, DRIVECARE_FUZZ_SEED the number of the first one. A failure
names the seeds of its documents, and keeps them in the test's folder, which pytest tells.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import make_report

from . import fleet, mutations
from .readers import read_all
from .samples import healthy, host, wanted

DOCUMENTS = int(os.environ.get("DRIVECARE_FUZZ_DOCUMENTS", "160"))
SEED = int(os.environ.get("DRIVECARE_FUZZ_SEED", "1"))
_BATCH = 20

RULES: list[dict[str, Any]] = [
    {"id": "shown", "title": "It is [shown] {0}", "severity": "info", "remedy": "Look", "check": {
        "path": "status", "operator": "one_of", "value": ["ok", "failed"], "show": [
            "reason", "warnings", "failures", "identity.designators", "identity.paths", "health.phys",
            "selftest.results", "identity.bay", "identity.vendor", "identity.product", "limits.wsnz"]}},
    {"id": "size", "title": "It is large", "severity": "warning", "remedy": "Buy", "check": {
        "path": "capacity.capacity_bytes", "operator": "at_least", "value": 10, "unit": "TB"}},
    {"id": "cool", "title": "It is cool", "severity": "major", "remedy": "Cool it", "check": {
        "named": "temperature", "below_reference": 0.5}},
    {"id": "like", "title": "It is like it", "severity": "warning", "remedy": "Buy", "check": {
        "path": "identity.product", "operator": "matches", "value": ["ST*", "MZ*"]},
     "when": [{"path": "health.power_on_hours", "operator": "above", "value": 1}]},
]
WAIVERS = [{"id": "old", "rule": "*", "drive": ["*ST16*", "naa.5000*"], "until": "2027-01-01", "reason": "it is old"}]


@pytest.mark.parametrize("first", range(SEED, SEED + DOCUMENTS, _BATCH))
def test_every_format_can_be_read_and_the_neighbour_is_reported(tmp_path: Path, first: int) -> None:
    fleet.write(tmp_path / "facts", host(healthy(), name="well"))
    secrets: set[str] = set()
    for seed in range(first, first + _BATCH):
        text, names = mutations.document(seed)
        (tmp_path / "facts" / f"odd{seed}.json").write_bytes(text)
        secrets |= names
    redacted = first // _BATCH % 2 == 1
    options: dict[str, Any] = {"redact_serials": True, "redaction_key": "a key that is long enough"} if redacted else {}
    if first // _BATCH % 3:
        options["waivers"] = WAIVERS
    result = make_report(wanted(tmp_path, [], rules=RULES, **options))
    texts = {form: Path(path).read_bytes().decode("utf-8") for form, path in result["files"].items()}
    read = read_all(texts)
    json.dumps(result, allow_nan=False)
    hosts = read["json"]["hosts"]
    assert len(hosts) == _BATCH + 1 == len(read["junit"])
    well, = [each for each in hosts if each["host"] == "well"]
    assert well["file"] == "well.json" and len(well["drives"]) == 1 and well["problem"] is None
    drives = sum(len(each["drives"]) for each in hosts)
    assert len(read["csv"]) == drives + sum(each["problem"] is not None for each in hosts)
    assert drives == result["summary"]["drives_total"] > 1
    if redacted:
        everything = "\n".join([*texts.values(), json.dumps(result)]).casefold()
        assert [secret for secret in secrets if secret.casefold() in everything] == []
    # The next report is compared with this one.
    again = make_report(wanted(tmp_path / "next", host(healthy(), name="well"), previous=result["files"]["json"],
                               rules=RULES, **options))
    assert again["summary"]["trends"]["new"] == 0


def test_most_documents_are_read() -> None:
    """A mutation that leaves nothing of a document finds nothing."""
    texts = [mutations.document(seed) for seed in range(100)]
    assert texts == [mutations.document(seed) for seed in range(100)] and len({text for text, _names in texts}) == 100
    assert sum(bool(names) for _text, names in texts) > 80
