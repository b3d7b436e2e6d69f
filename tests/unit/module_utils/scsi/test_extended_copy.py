# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter lists of EXTENDED COPY, POPULATE TOKEN and WRITE USING TOKEN, byte by byte."""

from __future__ import annotations

from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_cscds import (
    CSCD,
    CSCD_SIZE,
    CSCDS,
    FC_N_PORT_ID_AND_NAME,
    IDENTIFICATION,
    designator,
    encode_identification,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_segments import SEGMENTS, segment_size
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.extended_copy import (
    COPY_OPERATION_ABORT,
    EXTENDED_COPY,
    PARAMETER_LIST_LID1,
    encode_parameter_list_lid1,
    encode_parameter_list_lid4,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.populate_token import (
    POPULATE_TOKEN,
    ZERO_TOKEN,
    decode_ranges,
    encode_populate_token_list,
    encode_ranges,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.write_using_token import (
    WRITE_USING_TOKEN,
    encode_write_using_token_list,
)

#: As iscsi-test-cu (libiscsi) sends it: 2048 blocks of the unit 5000C50000000001h, from its start to LBA F800h.
FROM_LIBISCSI = bytes.fromhex("""
    0110002000000000 0000001c00000000
    e4000000010300085000c50000000001000000000000000000000000 00000200
    02000018000000000000 0800 0000000000000000 000000000000f800""")


def test_what_another_initiator_sends() -> None:
    header = PARAMETER_LIST_LID1.decode(FROM_LIBISCSI)
    assert (header["list_identifier"], header["list_id_usage"]["value"], header["cscd_descriptor_list_length"],
            header["segment_descriptor_list_length"], header["inline_data_length"]) == (1, 2, 32, 28, 0)
    cscd = FROM_LIBISCSI[16:48]
    values = CSCD.decode(cscd)
    assert (values["type"]["value"], values["peripheral_device_type"]["value"], values["disk_block_length"],
            values["pad"]) == (IDENTIFICATION, 0, 512, False)
    assert designator(cscd).hex() == "5000c50000000001"
    segment = FROM_LIBISCSI[48:]
    assert segment_size(segment) == len(segment) == SEGMENTS[0x02].size
    values = SEGMENTS[0x02].decode(segment)
    assert (values["block_device_number_of_blocks"], values["source_block_device_logical_block_address"],
            values["destination_block_device_logical_block_address"]) == (2048, 0, 0xF800)
    assert encode_parameter_list_lid1({"list_identifier": 1, "list_id_usage": 2}, [cscd], [segment]) == FROM_LIBISCSI


def test_a_parameter_list_with_a_long_identifier() -> None:
    data = encode_parameter_list_lid4(
        {"list_identifier": 0x01020304, "immed": True, "list_id_usage": 2}, [bytes(32)] * 2, [b"\x07" + bytes(11)],
        b"inline")
    assert data.hex() == (
        "01" "10" "0020" + "00" * 11 + "02" "ff000000" "01020304" + "00" * 18 + "0040" "000c" "0006"
        + "00" * 64 + "07" + "00" * 11 + b"inline".hex())


def test_segments() -> None:
    assert SEGMENTS[0x0D].encode(
        source_cscd_descriptor_id=1, destination_cscd_descriptor_id=0xFFFF, dc=True, cat=True,
        block_device_number_of_blocks=0x0A0B).hex() == "0d0300180001ffff00000a0b" + "00" * 16
    assert SEGMENTS[0x0A].encode(
        number_of_bytes=0x01020304, source_block_device_logical_block_address=5,
        destination_block_device_logical_block_address=6, source_block_device_byte_offset=0x0708,
        destination_block_device_byte_offset=0x090A).hex() == (
        "0a00001c00000000" "01020304" "0000000000000005" "0000000000000006" "0708" "090a")
    assert SEGMENTS[0x07].encode(source_cscd_descriptor_id=3, tur=True).hex() == "070000080003000001000000"
    assert SEGMENTS[0x14].encode(destination_cscd_descriptor_id=2, reservation_key="11" * 8,
                                 service_action_reservation_key="22" * 8).hex() == (
        "1400001800000002" + "11" * 8 + "22" * 8 + "00000000")
    for kind, table in SEGMENTS.items():
        assert segment_size(table.encode()) == table.size
        assert table.encode()[0] == kind
    assert segment_size(b"\x02\0\0") is None


def test_cscd_descriptors() -> None:
    assert encode_identification({
        "code_set": 1, "designator_type": 3, "designator": "6" + "0" * 31, "pad": True, "disk_block_length": 4096,
        "relative_initiator_port_identifier": 2}).hex() == (
        "e4000002" "01030010" "6" + "0" * 31 + "00000000" "04001000")
    assert CSCDS[FC_N_PORT_ID_AND_NAME].encode(
        logical_unit_number="00" * 7 + "05", n_port_name="ab" * 8, n_port_id="010203").hex() == (
        "e2000000" + "00" * 7 + "05" + "ab" * 8 + "00010203" + "00" * 8)
    assert {table.size for table in CSCDS.values()} == {CSCD_SIZE}


def test_a_designator_that_does_not_fit_is_none() -> None:
    cscd = bytearray(encode_identification({"designator": "ff" * 20}))
    assert designator(bytes(cscd)) == b"\xFF" * 20
    assert designator(bytes(cscd[:7])) == b""
    cscd[7] = 21
    assert designator(bytes(cscd)) == b""


def test_commands() -> None:
    assert EXTENDED_COPY.encode(service_action=1, parameter_list_length=0x01020304).hex() == (
        "8301" + "00" * 8 + "01020304" "0000")
    assert COPY_OPERATION_ABORT.encode(list_identifier=0x01020304).hex() == "831c" "01020304" + "00" * 10
    assert POPULATE_TOKEN.encode(list_identifier=0x01020304, parameter_list_length=5, group_number=7).hex() == (
        "8310" "00000000" "01020304" "00000005" "0700")
    assert WRITE_USING_TOKEN.encode(list_identifier=0x01020304, parameter_list_length=5).hex() == (
        "8311" "00000000" "01020304" "00000005" "0000")


def test_parameter_lists_of_tokens() -> None:
    # As the structures of the Windows Driver Kit have them.
    assert encode_populate_token_list(
        {"immed": True, "rtv": True, "inactivity_timeout_seconds": 0x0102, "rod_type": 0x00800000}, [(5, 6)]).hex() == (
        "001e" "0300" "00000102" "00800000" "0000" "0010" "0000000000000005" "00000006" "00000000")
    data = encode_write_using_token_list(
        {"del_tkn": True, "offset_into_rod_blocks": 9, "rod_token": "cd" * 512}, [(1, 2), (3, 4)])
    assert data[:16].hex() == "0236" "0200" "00000000" "0000000000000009"
    assert data[16:528] == b"\xCD" * 512
    assert data[528:].hex() == "000000000000" "0020" + encode_ranges([(1, 2), (3, 4)]).hex()
    assert ZERO_TOKEN.encode().hex() == "ffff0001" "0000" "01f8" + "00" * 504


def test_ranges_that_are_cut() -> None:
    data = encode_ranges([(1 << 40, 2), (3, 0xFFFFFFFF)])
    assert decode_ranges(data) == [(1 << 40, 2), (3, 0xFFFFFFFF)]
    assert decode_ranges(data[:-1]) == [(1 << 40, 2)]
    assert decode_ranges(data[:15]) == []
