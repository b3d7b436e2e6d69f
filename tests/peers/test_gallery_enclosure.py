# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sg_ses and scsi_diagnostic read the enclosures of the gallery, and say the same of each element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import played
import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.diagnostics import Wanted, run_diagnostics
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.tests.gallery import encode

#: RECEIVE DIAGNOSTIC RESULTS for the enclosure status page.
_STATUS = "1c0102xxxx00"
ENCLOSURES = [name for name in encode.names()
              if any(each["cdb"] == _STATUS for each in played.entry(name)["drive"].get("exchanges", ()))]
_TEMPERATURE = re.compile(r"Temperature=(-?\d+) C")


def ours(name: str, folder: Path) -> dict[str, Any]:
    """The enclosure status page, as the module returns it."""
    wanted = Wanted.from_options({
        "state": "received", "pages": ["0x2"], "data": None, "src": None, "page_format": None, "device_offline": False,
        "unit_offline": False, "force": False, "allocation_length": 8192})
    entry = run_diagnostics([f"replay:{played.capture(name, folder)}"], Options(), wanted)[0]
    assert entry.status == "ok", entry.reason
    decoded: dict[str, Any] = entry.values["diagnostics"]["pages"][0]["decoded"]
    return decoded


def elements(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All elements, the overall one of each group first."""
    for group in page["groups"]:
        yield group["overall"]
        yield from group["elements"]


@pytest.mark.parametrize("name", ENCLOSURES)
def test_sg_ses_says_the_same_of_each_element(name: str, tmp_path: Path) -> None:
    printed = played.play("sg_ses", "--page=2", str(played.answers(name, tmp_path))).stdout
    page = ours(name, tmp_path)
    said = re.findall(r"Predicted failure=(\d), Disabled=(\d), Swap=(\d), status: (.*)", printed)
    found = [(str(int(each["prdfail"])), str(int(each["disabled"])), str(int(each["swap"])),
              each["element_status_code"]["name"]) for each in elements(page)]
    assert [(*flags, status.strip().lower()) for *flags, status in said] == found and len(found) > 30
    flags = re.search(r"INVOP=(\d), INFO=(\d), NON-CRIT=(\d), CRIT=(\d), UNRECOV=(\d)", printed)
    assert flags and [int(each) for each in flags.groups()] == [
        int(page[each]) for each in ("invop", "info", "non_crit", "crit", "unrecov")]
    degrees = [each["temperature_celsius"] for each in elements(page) if each.get("temperature_celsius") is not None]
    assert [int(each) for each in _TEMPERATURE.findall(printed)] == degrees


def test_there_is_an_enclosure() -> None:
    assert ENCLOSURES
