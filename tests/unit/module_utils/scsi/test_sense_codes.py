# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of additional sense codes, also side by side with those that sg3_utils knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_codes import (
    RANGES,
    additional_sense,
    additional_sense_codes,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_keys import SENSE_KEYS

PEER = json.loads(
    (Path(__file__).resolve().parents[2] / "fixtures" / "sense" / "additional_sense_codes.json").read_text("ascii"))

# Codes that T10 assigned, or that sg3_utils took up, after the release that made the fixture.
NEWER = {
    (0x00, 0x23): "overlapping atomic command in progress",
    (0x38, 0x09): "depopulation restoration interrupted",
    (0x67, 0x0E): "feature not enabled",
}

# T10 has only "Obsolete" for these; their former names say more, and sg3_utils shortens the word.
OBSOLETE = {(0x20, 0x05), (0x24, 0x02), (0x24, 0x03)}


def _peer_name(asc, ascq):
    name = PEER["names"].get(f"{asc:02X}{ascq:02X}")
    if name is not None and (asc, ascq) in OBSOLETE:
        assert name.endswith(" (obs)")
        return name.replace(" (obs)", " (obsolete)")
    return name


def _peer_range(asc, ascq):
    for entry in PEER["ranges"]:
        if int(entry["asc"], 16) == asc and int(entry["first"], 16) <= ascq <= int(entry["last"], 16):
            return entry["text"]
    return None


@pytest.mark.parametrize("asc", range(0x100))
def test_every_code_has_the_name_that_sg3_utils_gives_it(asc):
    for ascq in range(0x100):
        ours = additional_sense_codes().get((asc, ascq))
        peer = _peer_name(asc, ascq)
        if (asc, ascq) in NEWER:
            assert peer is None
            assert ours == NEWER[asc, ascq]
        else:
            assert (ours and ours.lower()) == (peer and peer.lower()), f"{asc:02X}h/{ascq:02X}h"


@pytest.mark.parametrize("asc", range(0x100))
def test_the_qualifiers_that_are_numbers_are_those_of_sg3_utils(asc):
    for ascq in range(0x100):
        text = _peer_range(asc, ascq)
        ours = [entry for entry in RANGES if entry[0] == asc and entry[1] <= ascq <= entry[2]]
        assert len(ours) == (text is not None)
        if text is not None:
            assert additional_sense(asc, ascq) == ours[0][3].format(ascq)
            assert f"{ascq:02X}h" in additional_sense(asc, ascq)
            # The same words up to the number; only where it stands in the sentence differs.
            assert additional_sense(asc, ascq).lower().startswith(text.split(" [")[0].split(" 0x")[0].lower())


def test_the_table_is_whole():
    assert len(additional_sense_codes()) == 764
    assert len(additional_sense_codes()) == len(PEER["names"]) + len(NEWER)
    assert all(name == name.strip() and name for name in additional_sense_codes().values())
    assert not [pair for pair in additional_sense_codes() for entry in RANGES
                if entry[0] == pair[0] and entry[1] <= pair[1] <= entry[2]]


@pytest.mark.parametrize(("asc", "ascq", "name"), [
    (0x00, 0x00, "no additional sense information"),
    (0x24, 0x00, "invalid field in CDB"),
    (0x04, 0x09, "logical unit not ready, self-test in progress"),
    (0x29, 0x07, "I_T nexus loss occurred"),
    (0x2C, 0x0F, "stream not open"),
    (0x3F, 0x12, "iSCSI IP address added"),
    (0x40, 0x00, "RAM failure (should use 40 nn)"),
    (0x40, 0x85, "diagnostic failure on component 85h"),
    (0x4D, 0x1F, "tagged overlapped commands, task tag 1Fh"),
    (0x5D, 0xFF, "failure prediction threshold exceeded (false)"),
    # Nobody has assigned these.
    (0x5D, 0x09, "ASC 5Dh ASCQ 09h"),
    (0x0F, 0x00, "ASC 0Fh ASCQ 00h"),
    # These are the vendor's.
    (0x5D, 0x99, "failure prediction threshold exceeded, vendor specific qualifier 99h"),
    (0x0F, 0x80, "ASC 0Fh, vendor specific qualifier 80h"),
    (0x80, 0x00, "vendor specific, ASC 80h ASCQ 00h"),
    (0xFF, 0xFF, "vendor specific, ASC FFh ASCQ FFh"),
])
def test_names(asc, ascq, name):
    assert additional_sense(asc, ascq) == name


def test_every_sense_key_has_a_name():
    assert sorted(SENSE_KEYS) == list(range(16))
    assert len(set(SENSE_KEYS.values())) == 16
