# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block commands: the command descriptor blocks and the data are those of sg3_utils."""

from __future__ import annotations

import json

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands as blocks
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_cache as cache
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_capacity as capacity
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_provisioning as provisioning
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_verify as verify
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import operation_name, service_action
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES, recorded

SENT = {each["command"]: each["cdb"] for each in json.loads(
    (FIXTURES / "block_commands" / "sg3_utils.json").read_text("ascii"))["commands"]}
FAR = 0x123456789A

OURS = {
    "sg_unmap -f --lba=0x11223344 --num=0x55": provisioning.UNMAP.encode(parameter_list_length=24),
    "sg_unmap -f --anchor --grpnum=5 --lba=1,0x20 --num=2,3": provisioning.UNMAP.encode(
        anchor=True, group_number=5, parameter_list_length=40),
    "sg_write_same --10 --lba=0x1122 --num=5 --xferlen=512 --wrprotect=1": provisioning.WRITE_SAME_10.encode(
        wrprotect=1, logical_block_address=0x1122, number_of_logical_blocks=5),
    "sg_write_same --16 --unmap --anchor --lba=0x112233445566 --num=0x10203 --xferlen=512":
        provisioning.WRITE_SAME_16.encode(
            unmap=True, anchor=True, logical_block_address=0x112233445566, number_of_logical_blocks=0x10203),
    "sg_write_same --16 --ndob --lba=7 --num=1 --grpnum=9": provisioning.WRITE_SAME_16.encode(
        ndob=True, logical_block_address=7, number_of_logical_blocks=1, group_number=9),
    "sg_verify --lba=0x1234 --count=0x21 --dpo --vrprotect=3": verify.VERIFY_10.encode(
        vrprotect=3, dpo=True, logical_block_address=0x1234, verification_length=0x21),
    # The tool verifies 128 blocks at a time.
    "sg_verify --16 --lba=0x123456789a --count=0x10001 --group=3": verify.VERIFY_16.encode(
        logical_block_address=FAR, verification_length=0x80, group_number=3),
    "sg_verify --ndo=512 --ebytchk=3 --lba=9 --count=4 --in=<file>": verify.VERIFY_10.encode(
        bytchk=verify.SAME_BLOCK, logical_block_address=9, verification_length=4),
    "sg_verify --16 --ndo=512 --ebytchk=1 --lba=9 --count=1 --in=<file>": verify.VERIFY_16.encode(
        bytchk=verify.EACH_BLOCK, logical_block_address=9, verification_length=1),
    "sg_sync --lba=0x1234 --count=7 --immed --group=3": cache.SYNCHRONIZE_CACHE_10.encode(
        immed=True, logical_block_address=0x1234, number_of_logical_blocks=7, group_number=3),
    "sg_sync --16 --lba=0x123456789a --count=0x10001": cache.SYNCHRONIZE_CACHE_16.encode(
        logical_block_address=FAR, number_of_logical_blocks=0x10001),
    "sg_seek --10 --pre-fetch --lba=0x1234 --num-blocks=0x33 --immed": cache.PRE_FETCH_10.encode(
        immed=True, logical_block_address=0x1234, prefetch_length=0x33),
    "sg_seek --pre-fetch --lba=0x123456789a --num-blocks=0x105 --grpnum=2": cache.PRE_FETCH_16.encode(
        logical_block_address=FAR, prefetch_length=0x105, group_number=2),
    "sg_compare_and_write --lba=0x123456789a --num=2 --in=<file> --xferlen=2048 --fua --dpo --group=4 --wrprotect=2":
        verify.COMPARE_AND_WRITE.encode(wrprotect=2, dpo=True, fua=True, logical_block_address=FAR,
                                        number_of_logical_blocks=2, group_number=4),
    "sg_get_lba_status --16 --lba=0x123456789a --maxlen=0x108 --report-type=2": provisioning.GET_LBA_STATUS.encode(
        starting_logical_block_address=FAR, allocation_length=0x108, report_type=2),
    "sg_write_verify --lba=0x1234 --num=3 --in=<file> --dpo --bytchk=1 --ilen=1536 --wrprotect=1":
        verify.WRITE_AND_VERIFY_10.encode(wrprotect=1, dpo=True, bytchk=verify.EACH_BLOCK,
                                          logical_block_address=0x1234, transfer_length=3),
    "sg_write_verify --16 --lba=0x123456789a --num=3 --in=<file> --ilen=1536 --group=3":
        verify.WRITE_AND_VERIFY_16.encode(logical_block_address=FAR, transfer_length=3, group_number=3),
    "sg_write_x --or --16 --bs=512 --lba=0x123456789a --num=3 --in=<file> --fua --dpo --grpnum=5":
        verify.ORWRITE_16.encode(dpo=True, fua=True, logical_block_address=FAR, transfer_length=3, group_number=5),
    "sg_write_x --normal --16 --bs=512 --lba=0x123456789a --num=3 --in=<file> --fua --dld=5": blocks.WRITE_16.encode(
        fua=True, dld2=True, dld0=True, logical_block_address=FAR, transfer_length=3),
    "sg_write_x --stream=0x1234 --16 --bs=512 --lba=0x123456789a --num=3 --in=<file> --dpo --grpnum=5":
        blocks.WRITE_STREAM_16.encode(
            dpo=True, logical_block_address=FAR, str_id=0x1234, transfer_length=3, group_number=5),
    "sg_write_x --stream=0x1234 --32 --bs=512 --lba=0x123456789a --num=3 --in=<file> --fua --wrprotect=1 --grpnum=6 "
    "--tag-mask=0xa1b2 --app-tag=0xc3d4 --ref-tag=0x01020304": blocks.WRITE_STREAM_32.encode(
        str_id=0x1234, group_number=6, wrprotect=1, fua=True, logical_block_address=FAR,
        expected_initial_logical_block_reference_tag=0x01020304, expected_logical_block_application_tag=0xC3D4,
        logical_block_application_tag_mask=0xA1B2, transfer_length=3),
    "sg_readcap --16": capacity.READ_CAPACITY_16.encode(allocation_length=32),
    "sg_readcap": capacity.READ_CAPACITY_10.encode(),
}


@pytest.mark.parametrize("command", sorted(SENT))
def test_a_command_is_sent_as_sg3_utils_sends_it(command) -> None:
    assert OURS[command].hex() == SENT[command]


def test_each_table_is_listed_under_its_own_code_and_name() -> None:
    assert len(blocks.BLOCK_COMMANDS) == 28
    for (opcode, action), table in blocks.BLOCK_COMMANDS.items():
        cdb = table.encode()
        assert (cdb[0], service_action(cdb)) == (opcode, action)
        assert operation_name(cdb).startswith(table.title)
        assert len(cdb) == {0: 6, 1: 10, 2: 10, 3: 32, 4: 16, 5: 12}[opcode >> 5]


@pytest.mark.parametrize("table, length", [
    (blocks.READ_10, 10), (blocks.READ_12, 12), (blocks.READ_16, 16), (blocks.WRITE_10, 10), (blocks.WRITE_12, 12),
    (blocks.WRITE_16, 16)])
def test_reads_and_writes_say_what_they_move_in_the_same_places(table, length) -> None:
    cdb = table.encode(logical_block_address=0x01020304, transfer_length=0x0506, fua=True)
    places = {10: (slice(2, 6), slice(7, 9)), 12: (slice(2, 6), slice(6, 10)), 16: (slice(2, 10), slice(10, 14))}
    address, count = places[length]
    assert int.from_bytes(cdb[address], "big") == 0x01020304
    assert int.from_bytes(cdb[count], "big") == 0x0506
    assert cdb[1] == 0x08


def test_an_unmap_list_is_the_one_of_sg_unmap() -> None:
    # What "sg_unmap -vvv --lba=0x11223344 --num=0x55" shows.
    data = bytes.fromhex("0016001000000000 0000000011223344 0000005500000000")
    assert provisioning.encode_unmap_list([(0x11223344, 0x55)]) == data
    assert provisioning.decode_unmap_list(data) == [(0x11223344, 0x55)]


@pytest.mark.parametrize("length, found", [(8, 0), (23, 0), (24, 1), (39, 1), (40, 2), (48, 2)])
def test_an_incomplete_descriptor_of_an_unmap_list_is_not_there(length, found) -> None:
    data = provisioning.encode_unmap_list([(1, 2), (3, 4)]).ljust(48, b"\xff")
    assert provisioning.decode_unmap_list(data[:length]) == [(1, 2), (3, 4)][:found]


def test_an_unmap_list_ends_where_either_of_its_lengths_says() -> None:
    data = bytearray(provisioning.encode_unmap_list([(1, 2), (3, 4)]))
    data[3] = 31
    assert provisioning.decode_unmap_list(bytes(data)) == [(1, 2)]
    data[1], data[3] = 22, 32
    assert provisioning.decode_unmap_list(bytes(data)) == [(1, 2)]


@pytest.mark.parametrize("vector", recorded("lba_status/sg_get_lba_status"), ids=lambda vector: vector["name"])
def test_lba_status_agrees_with_sg_get_lba_status(vector) -> None:
    data, told = bytes.fromhex(vector["hex"]), vector["output"]["get_lba_status_parameter_data"]
    warnings = []
    ours = provisioning.decode_lba_status(data, warnings)
    assert warnings == []
    assert (ours["completion_condition"]["value"], ours["rtp"]) == (told["completion_condition"]["i"], told["rtp"])
    assert [(each["lba_status_logical_block_address"], each["number_of_logical_blocks"],
             each["lba_accessibility"]["value"], each["provisioning_status"]["value"],
             each["additional_status"]["value"]) for each in ours["extents"]] == [
        (each["lba"], each["blocks"], each["lba_accessibility"]["i"], each["provisoning_status"]["i"],
         each["additional_status"]["i"]) for each in told["lba_status_descriptor"]]
    assert provisioning.decode_lba_status(provisioning.encode_lba_status(**ours), []) == ours
    for length in range(len(data)):
        cut = provisioning.decode_lba_status(data[:length], warnings)
        assert cut["extents"] == ours["extents"][:max(0, length - 8) // 16]
    assert len(warnings) >= len(data)


@pytest.mark.parametrize("vector", recorded("read_capacity/sg_readcap_16"), ids=lambda vector: vector["name"])
def test_read_capacity_16_agrees_with_sg_readcap(vector) -> None:
    data, told = bytes.fromhex(vector["hex"]), dict(vector["output"]["read_capacity_16_parameter_data"])
    warnings = []
    ours = capacity.decode_read_capacity_16(data, warnings)
    assert warnings == []
    assert ours["logical_block_length_bytes"] == told.pop("logical_block_length_in_bytes")
    for name, value in told.items():
        assert ours[name] == value, name
    assert ours["blocks"] == told["returned_logical_block_address"] + 1
    assert ours["capacity_bytes"] == ours["blocks"] * ours["logical_block_length_bytes"]
    assert ours["protection_type"] == (told["p_type"] + 1 if told["prot_en"] else 0)
    assert capacity.encode_read_capacity_16(ours) == data
    for length in range(len(data)):
        cut = capacity.decode_read_capacity_16(data[:length], [])
        assert all(value is None or value == ours[name] for name, value in cut.items())


@pytest.mark.parametrize("vector", recorded("read_capacity/sg_readcap_10"), ids=lambda vector: vector["name"])
def test_read_capacity_10_agrees_with_sg_readcap(vector) -> None:
    told = vector["output"]["read_capacity_10_parameter_data"]
    ours = capacity.decode_read_capacity_10(bytes.fromhex(vector["hex"]), [])
    assert ours["returned_logical_block_address"] == told["returned_logical_block_address"]
    assert ours["logical_block_length_bytes"] == told["logical_block_length_in_bytes"]


def test_a_disk_too_large_for_read_capacity_10_has_no_size_there() -> None:
    data = capacity.encode_read_capacity_10((1 << 32) + 5, 512)
    assert data.hex() == "ffffffff00000200"
    values = capacity.decode_read_capacity_10(data, [])
    assert values["blocks"] is None and values["capacity_bytes"] is None
    data = capacity.encode_read_capacity_10(0xFFFFFFFF, 512)
    assert capacity.decode_read_capacity_10(data, [])["blocks"] == 0xFFFFFFFF


def test_the_physical_block_of_a_disk_with_512_byte_emulation() -> None:
    vector = next(each for each in recorded("read_capacity/sg_readcap_16") if each["name"] == "512-byte emulation")
    values = capacity.decode_read_capacity_16(bytes.fromhex(vector["hex"]), [])
    assert (values["capacity_bytes"], values["physical_block_length_bytes"]) == (2000398934016, 4096)


def test_a_cut_answer_to_read_capacity_is_warned_of() -> None:
    warnings = []
    assert capacity.decode_read_capacity_16(bytes(11), warnings)["logical_block_length_bytes"] is None
    assert capacity.decode_read_capacity_10(bytes(7), warnings)["capacity_bytes"] is None
    assert len(warnings) == 2
