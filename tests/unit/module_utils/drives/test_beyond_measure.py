# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and lists that no real drive has: they are null with a warning, and neither stop nor delay anything."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.stream_status import stream_status
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_capacity as capacity
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_background_scan import encode_background_scan
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_health import encode_pending_defects
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import encode_self_test_results
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_copy_results import (
    OPERATING_PARAMETERS_DATA,
    decode_operating_parameters,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import encode_stream_status
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics

from .facts_drive import BLOCKS, FactsDrive
from .scripted import ScriptedDrive, result

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"


def gather(device: str, *subsets: str) -> dict[str, Any]:
    return gather_facts([device], Options(), Wanted(frozenset(subsets)))[0].as_result()


def test_a_counter_of_255_bytes() -> None:
    entry = gather(f"replay:{CASES / 'counter_255_bytes.json'}", "identity", "health")
    counters = entry["health"]["error_counters"]
    assert entry["status"] == "ok" and {kind: counters[kind] and counters[kind]["total_uncorrected_errors"]
                                        for kind in ("write", "read")}["write"] is None
    assert any("total_uncorrected_errors" in warning and "2040 bits" in warning for warning in entry["warnings"])
    json.dumps(entry, allow_nan=False)
    assert "scsi_drive_up{" in drive_metrics([entry])


@pytest.mark.parametrize("value", [10 ** 309, 10 ** 308, -(10 ** 400), [], {"value": []}])
def test_no_value_costs_the_metrics_of_the_host(value: Any) -> None:
    entry = {"device": "/dev/sg1", "status": "ok", "wwn": "naa.5", "identity": {"serial": value},
             "health": {"temperature": {"temperature_celsius": value}, "power_on_hours": value, "phys": [value, {}]},
             "selftest": {"results": [value], "newest": value, "power_on_hours": value}, "readiness": {"state": value},
             "failures": value}
    lines = drive_metrics([entry, dict(entry, wwn="naa.6", identity=None, health=None, selftest=None)])
    assert 'scsi_drive_up{drive="naa.5"' in lines and 'scsi_drive_up{drive="naa.6"' in lines
    assert all(len(line.rsplit(" ", 1)[-1]) <= 310 for line in lines.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("last,length", [((1 << 64) - 2, 512), ((1 << 60), 512), (1 << 40, 0xFFFFFFFF)])
def test_a_capacity_beyond_measure(last: int, length: int) -> None:
    data = capacity.READ_CAPACITY_16_DATA.encode(returned_logical_block_address=last, logical_block_length_bytes=length)
    warnings: list[str] = []
    found = capacity.decode_read_capacity_16(data, warnings)
    assert (found["blocks"], found["capacity_bytes"], len(warnings)) == (None, None, 1)


def test_a_granularity_beyond_measure() -> None:
    data = bytearray(OPERATING_PARAMETERS_DATA.encode(available_data=40, held_data_granularity_bytes=1 << 63))
    warnings: list[str] = []
    assert decode_operating_parameters(bytes(data), warnings)["held_data_granularity_bytes"] == 1 << 63
    data[39] = 255
    assert decode_operating_parameters(bytes(data), warnings)["held_data_granularity_bytes"] is None
    assert len(warnings) == 1 and "held_data_granularity_bytes" in warnings[0]


def test_addresses_past_the_last_block(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    drive.log[(0x10, 0)] = encode_self_test_results(
        [result(1, 7, 20000, lba=BLOCKS), result(1, 7, 19000, lba=BLOCKS - 1), result(1, 0, 18000)])
    drive.log[(0x15, 0)] = encode_background_scan({"accumulated_power_on_minutes": 60000}, [
        {"parameter_code": code, "sense_key": 3, "logical_block_address": lba}
        for code, lba in ((1, (1 << 64) - 1), (2, 5))])
    drive.log[(0x15, 1)] = encode_pending_defects([{"logical_block_address": lba} for lba in (BLOCKS, 0)])
    entry = gather(drive.device, "capacity", "health", "selftest")
    assert [each["address_of_first_failure"] for each in entry["selftest"]["results"]] == [None, BLOCKS - 1, None]
    assert entry["selftest"]["newest"]["address_of_first_failure"] is None
    assert [each["logical_block_address"] for each in entry["health"]["background_scan"]["findings"]] == [None, 5]
    assert sorted(len(re.findall("past the last block", warning)) for warning in entry["warnings"])[-2:] == [1, 1]
    assert any("FFFFFFFFFFFFFFFFh" in warning for warning in entry["warnings"])


def test_a_list_of_streams_that_grows_with_each_question() -> None:
    drive = ScriptedDrive()

    def answer(command: Command) -> Reply:
        start = int.from_bytes(command.cdb[4:6], "big")
        return Reply(0, data=encode_stream_status([{"stream_identifier": start, "perm": False}], 0xFFFF))

    drive.answers[0x9E] = answer
    session = Session(drive)
    reported, streams = stream_status(session)
    assert reported == 0xFFFF and len(streams) == len(drive.sent) <= 256
    assert any("does not end" in warning for warning in session.warnings)
