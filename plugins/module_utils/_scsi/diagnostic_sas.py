# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol specific diagnostic page of SAS, 3Fh (SPL-5 9.2.9.2): test functions of a phy."""

from __future__ import annotations

from typing import Any

from .table import Table, bits, code, flag, hexadecimal, uint

SAS_DIAGNOSTIC_PAGE = 0x3F
_SAS_PROTOCOL = 6

TEST_FUNCTIONS = {0x00: "stop", 0x01: "transmit pattern"}
TEST_PATTERNS = {
    0x01: "JTPAT", 0x02: "CJTPAT", 0x10: "PRBS9", 0x11: "PRBS15", 0x12: "TRAIN", 0x13: "TRAIN_DONE", 0x14: "IDLE",
    0x15: "SCRAMBLE_0", 0x40: "TWO_DWORDS",
}

SAS_DIAGNOSTIC = Table(
    "protocol specific diagnostic page of SAS", "SPL-5 9.2.9.2",
    uint("page_code", 0),
    bits("protocol_identifier", 1, 3, 0),
    uint("page_length", 2, 3),
    uint("phy_identifier", 4),
    code("phy_test_function", 5, None, TEST_FUNCTIONS),
    code("phy_test_pattern", 6, None, TEST_PATTERNS),
    flag("phy_test_function_sata", 7, 6),
    bits("phy_test_pattern_ssc", 7, 5, 4),
    bits("phy_test_pattern_physical_link_rate", 7, 3, 0),
    uint("phy_test_pattern_dwords_control", 11),
    hexadecimal("phy_test_pattern_dwords", 12, 19),
    size=32, page_code=SAS_DIAGNOSTIC_PAGE, protocol_identifier=_SAS_PROTOCOL, page_length=0x1C)


def decode_sas_diagnostic(data: bytes) -> dict[str, Any] | None:
    """The page; ``None`` for the page of another protocol, which has the same code."""
    values = SAS_DIAGNOSTIC.decode(data)
    return values if values["protocol_identifier"] == _SAS_PROTOCOL else None
