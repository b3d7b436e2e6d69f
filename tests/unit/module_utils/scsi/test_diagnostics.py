# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS."""

from __future__ import annotations

import re

from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_diagnostic import (
    DIAGNOSTIC_PAGE_HEADER,
    decode_supported_diagnostic_pages,
    encode_supported_diagnostic_pages,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import (
    SELF_TEST_CODES,
    SEND_DIAGNOSTIC,
)


def test_self_test_codes_may_come_as_decoding_gives_them() -> None:
    for code, name in SELF_TEST_CODES.items():
        coded = {"value": code, "name": name}
        assert SEND_DIAGNOSTIC.decode(SEND_DIAGNOSTIC.encode(self_test_code=coded))["self_test_code"] == coded


def test_another_page_is_told_of() -> None:
    warnings = []
    assert decode_supported_diagnostic_pages(bytes.fromhex("4007000100"), warnings) == []
    warning, = warnings
    assert re.search(r"\bdiagnostic page 40h\b.*\bdiagnostic page 00h\b", warning)
    assert DIAGNOSTIC_PAGE_HEADER.decode(bytes.fromhex("40070001")) == {
        "page_code": 0x40, "page_code_specific": 7, "page_length": 1}


def test_supported_pages_have_their_names() -> None:
    warnings = []
    pages = decode_supported_diagnostic_pages(bytes.fromhex("00000006 00013f409010") + b"behind", warnings)
    assert [(each["value"], each["name"]) for each in pages] == [
        (0x00, "supported diagnostic pages"), (0x01, "configuration"), (0x3F, "protocol specific"),
        (0x40, "translate address"), (0x90, "vendor specific"), (0x10, None)]
    assert warnings == []
    assert encode_supported_diagnostic_pages(pages).hex() == "0000000600013f409010"
    assert encode_supported_diagnostic_pages([0, 0x40]).hex() == "000000020040"
