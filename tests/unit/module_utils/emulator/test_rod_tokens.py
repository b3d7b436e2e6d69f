# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROD tokens: POPULATE TOKEN, WRITE USING TOKEN, and what becomes of a token."""

from __future__ import annotations

from typing import Any, Sequence, Tuple

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.copy.rod_tokens import UnitRegistry
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Check, Status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_cscds import CSCDS, IDENTIFICATION
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.populate_token import (
    POPULATE_TOKEN,
    ROD_TOKEN_BLOCK_DEVICE,
    ZERO_TOKEN,
    encode_populate_token_list,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_copy_lid4 import (
    ROD_TOKEN_HEADER,
    decode_all_rod_tokens,
    decode_rod_token_information,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.write_using_token import (
    WRITE_USING_TOKEN,
    encode_write_using_token_list,
)

from .bench import OTHER, FakeTask
from .copies import IN_PROGRESS, INVALID_FIELD_IN_CDB, Copier, Disk

Ranges = Sequence[Tuple[int, int]]

ON_REFERENCE, POINT_IN_TIME, VULNERABLE, PERSISTENT = 0x10000, 0x800000, 0x800001, 0x800002
STATUS4, INFORMATION, ALL_TOKENS = 0x05, 0x07, 0x08
LENGTH_ERROR, INVALID = (0x05, 0x1A, 0x00), (0x05, 0x26, 0x00)
UNKNOWN, CORRUPT, REVOKED, EXPIRED, DELETED, BAD_LENGTH = ((0x05, 0x23, code) for code in (4, 5, 6, 7, 9, 0x0A))


class Drive(Copier):
    """A drive that makes tokens, and writes what they stand for."""

    def populate(self, ranges: Ranges, identifier: int = 1, **header: Any) -> FakeTask:
        return self.send_populate(encode_populate_token_list(header, ranges), identifier)

    def send_populate(self, data: bytes, identifier: int = 1) -> FakeTask:
        return self.send(POPULATE_TOKEN.encode(list_identifier=identifier, parameter_list_length=len(data)), data)

    def write(self, token: bytes, ranges: Ranges, identifier: int = 2, **header: Any) -> FakeTask:
        header["rod_token"] = token.hex()
        return self.send_write(encode_write_using_token_list(header, ranges), identifier)

    def send_write(self, data: bytes, identifier: int = 2) -> FakeTask:
        return self.send(WRITE_USING_TOKEN.encode(list_identifier=identifier, parameter_list_length=len(data)), data)

    def information(self, identifier: int = 1) -> Any:
        return self._decoded(decode_rod_token_information, self.ask(INFORMATION, identifier))

    def token(self, ranges: Ranges, **header: Any) -> bytes:
        self.copied(self.populate(ranges, **header))
        told, = self.information()["rod_tokens"]
        return bytes.fromhex(told["rod_token"])


def two(**settings: Any) -> tuple[Drive, Drive]:
    """Two drives of one server. Their clocks are not the same."""
    return apart(Disk(1), Disk(2), **settings)


def apart(first: Disk, second: Disk, **settings: Any) -> tuple[Drive, Drive]:
    registry = UnitRegistry()
    return (Drive(first, second, registry=registry, **settings),
            Drive(second, first, registry=registry, now=9e9, **settings))


@pytest.mark.parametrize("chunk", [1, 3000, 1 << 20])
@pytest.mark.parametrize("header", [{}, {"rtv": True, "rod_type": ON_REFERENCE},
                                    {"rtv": True, "rod_type": VULNERABLE}])
def test_a_token_of_one_unit_is_written_to_another(header: Any, chunk: int) -> None:
    first, second = two(chunk_bytes=chunk)
    data = first.own.fill(100, 7) + first.own.fill(50, 6, seed=5)
    token = first.token([(100, 7), (60, 0), (50, 6)], **header)
    second.copied(second.write(token, [(1000, 10), (2000, 3)]))
    assert second.own.read(1000, 10) + second.own.read(2000, 3) == data
    # A part of it, and again: to the unit that it is of.
    first.copied(first.write(token, [(500, 4)], offset_into_rod_blocks=5))
    assert first.own.read(500, 4) == data[5 * 512:9 * 512]
    assert first.own.settled == second.own.settled == 1


@pytest.mark.parametrize("lengths", [(512, 4096), (4096, 512)])
def test_blocks_of_another_length(lengths: tuple[int, int]) -> None:
    first, second = apart(Disk(1, lengths[0], 1024), Disk(2, lengths[1], 1024), chunk_bytes=5000)
    data = first.own.fill(3, 5 * 4096 // lengths[0])
    token = first.token([(3, 5 * 4096 // lengths[0])])
    size = lengths[1]
    count = len(data) // size
    second.copied(second.write(token, [(10, count - 1)], offset_into_rod_blocks=1))
    assert second.own.read(10, count - 1) == data[size:]
    assert not any(second.own.read(10 + count - 1, 9))


def test_what_stands_in_a_token() -> None:
    first, _second = two()
    one, another = first.token([(0, 3)]), first.token([(0, 3)])
    assert len(one) == 512
    values = ROD_TOKEN_HEADER.decode(one)
    assert (values["rod_type"]["value"], values["rod_token_length"], values["number_of_bytes_represented"]) == (
        POINT_IN_TIME, 0x1F8, 3 * 512)
    creator = CSCDS[IDENTIFICATION].decode(bytes.fromhex(values["creator_logical_unit_descriptor"]))
    assert creator["designator"].startswith(first.own.designator.hex())
    assert ROD_TOKEN_BLOCK_DEVICE.decode(one)["logical_block_length_in_bytes"] == 512
    assert one[8:16] != another[8:16]
    assert one[200:] != another[200:]


def test_the_status_counts_blocks_and_goes_with_the_token() -> None:
    first, _second = two()
    first.copied(first.populate([(0, 3), (10, 4)]))
    assert first.ask(INFORMATION, 1, by=OTHER).codes == INVALID_FIELD_IN_CDB
    assert len(first.ask(INFORMATION, 1, allocation=40).data) == 40
    values = first.information()
    assert (values["response_to_service_action"]["value"], values["copy_operation_status"]["value"],
            values["transfer_count_units"]["value"], values["transfer_count"], values["segments_processed"]) == (
        0x10, 1, 0xF1, 7, None)
    assert [each["id_for_creating_rod_cscd_descriptor"] for each in values["rod_tokens"]] == [0]
    assert first.information()["rod_tokens"] == [], "a token is told once"
    assert first.status4(1)["transfer_count"] == 7
    assert first.ask(INFORMATION, 1).codes == first.ask(STATUS4, 1).codes == INVALID_FIELD_IN_CDB


def test_the_token_is_told_after_the_status_was() -> None:
    first, _second = two()
    first.copied(first.populate([(0, 3)]))
    assert first.status4(1)["copy_operation_status"]["value"] == 1
    assert len(first.information()["rod_tokens"]) == 1
    assert first.ask(INFORMATION, 1).codes == INVALID_FIELD_IN_CDB


def test_the_copy_manager_lists_its_tokens() -> None:
    first, second = two()
    tokens = [first.token([(0, 3)]), first.token([(9, 1)])]
    listed = decode_all_rod_tokens(first.ask(ALL_TOKENS, 0).data, [])
    assert [bytes.fromhex(each["rod_token"]) for each in listed] == [token[:96] for token in tokens]
    assert decode_all_rod_tokens(second.ask(ALL_TOKENS, 0).data, []) == []
    assert len(first.ask(ALL_TOKENS, 0, allocation=5).data) == 5


# -- the ends of a token

@pytest.mark.parametrize("kind", [POINT_IN_TIME, VULNERABLE])
def test_a_point_in_time_ends_when_the_data_changes(kind: int) -> None:
    first, second = two(chunk_bytes=1024)
    data = first.own.fill(0, 8)
    token = first.token([(0, 8)], rtv=True, rod_type=kind)
    # What is written beside it, or the same again, does not matter.
    first.own.fill(8, 4)
    first.own.medium.write(0, data)
    second.copied(second.write(token, [(0, 8)]))
    first.own.medium.write(5, b"\x01" * 512)
    task = second.done(second.write(token, [(100, 8)]))
    assert task.codes == REVOKED
    # What stands before the change was written.
    assert second.own.read(100, 8) == data[:4 * 512] + bytes(4 * 512)
    assert second.status4(2)["transfer_count"] == 4
    assert second.write(token, [(200, 1)]).codes == REVOKED
    assert decode_all_rod_tokens(first.ask(ALL_TOKENS, 0).data, []) == []


def test_access_upon_reference_is_what_is_there() -> None:
    first, second = two()
    token = first.token([(0, 8)], rtv=True, rod_type=ON_REFERENCE)
    data = first.own.fill(0, 8)
    second.copied(second.write(token, [(0, 8)]))
    assert second.own.read(0, 8) == data


def test_a_token_expires_when_nobody_uses_it() -> None:
    first, second = two(default_inactivity_timeout_seconds=60, maximum_inactivity_timeout_seconds=100)
    token, longer = first.token([(0, 1)]), first.token([(0, 1)], inactivity_timeout_seconds=100)
    first.timers.pass_time(50)
    second.copied(second.write(token, [(0, 1)]))
    first.timers.pass_time(50)
    assert second.write(longer, [(0, 1)]).codes == EXPIRED
    second.copied(second.write(token, [(0, 1)]))
    first.timers.pass_time(60)
    assert second.write(token, [(0, 1)]).codes == EXPIRED
    assert decode_all_rod_tokens(first.ask(ALL_TOKENS, 0).data, []) == []


def test_a_token_may_be_deleted_by_its_last_use() -> None:
    first, second = two()
    token = first.token([(0, 1)])
    second.copied(second.write(token, [(0, 1)], del_tkn=True))
    assert second.write(token, [(0, 1)]).codes == DELETED


def test_tokens_that_are_none() -> None:
    first, second = two()
    token = bytearray(first.token([(0, 1)]))
    assert second.write(bytes(token[:511]) + bytes((token[511] ^ 1,)), [(0, 1)]).codes == CORRUPT
    assert second.write(bytes(token[:8]) + bytes(8) + bytes(token[16:]), [(0, 1)]).codes == UNKNOWN
    assert second.write(bytes(token[:7]) + b"\x00" + bytes(token[8:]), [(0, 1)]).codes == BAD_LENGTH
    assert second.write(bytes(512), [(0, 1)]).codes == BAD_LENGTH
    assert second.ask(STATUS4, 2).codes == INVALID_FIELD_IN_CDB, "there has been no operation"
    second.copied(second.write(bytes(token), [(0, 1)]))
    first.registry.remove(first.own.designator)
    assert second.write(bytes(token), [(0, 1)]).codes == UNKNOWN


def test_zeros_need_no_token_to_be_made() -> None:
    _first, second = two(chunk_bytes=1024)
    second.own.fill(0, 10)
    kept = second.own.read(8, 2)
    second.copied(second.write(ZERO_TOKEN.encode(), [(1, 5), (6, 2)], offset_into_rod_blocks=77))
    assert not any(second.own.read(1, 7))
    assert any(second.own.read(0, 1)) and second.own.read(8, 2) == kept


def test_tokens_outlast_a_restart_with_why_others_ended() -> None:
    first, second = two()
    data = first.own.fill(0, 5)
    token, gone = first.token([(0, 5)]), first.token([(0, 5)])
    second.copied(second.write(gone, [(0, 5)], del_tkn=True))
    assert first.written["copy_manager"]["tokens"]["ended"], "the unit whose token it was has saved it"
    again = Drive(first.own, second.own, state=first.written)
    assert again.write(gone, [(10, 5)]).codes == DELETED
    again.copied(again.write(token, [(10, 5)]))
    assert again.own.read(10, 5) == data
    again.own.medium.write(0, bytes(512))
    assert again.done(again.write(token, [(10, 5)])).codes == REVOKED


def test_a_reset_leaves_tokens_and_takes_what_is_told_of_their_making() -> None:
    first, second = two()
    token = first.token([(0, 5)])
    first.copied(first.populate([(0, 1)]))
    first.unit.reset("logical unit reset")
    first.calm()
    assert first.ask(INFORMATION, 1).codes == INVALID_FIELD_IN_CDB
    second.copied(second.write(token, [(0, 5)]))


# -- while they are made and used

def test_in_the_background() -> None:
    first, second = two(chunk_bytes=1024, seconds_per_mib=1024.0)
    data = first.own.fill(0, 10)
    assert first.populate([(0, 10)], immed=True).status == GOOD
    first.timers.pass_time(1.5)
    values = first.information()
    assert (values["copy_operation_status"]["value"], values["transfer_count"], values["rod_tokens"]) == (0x12, 4, [])
    assert first.populate([(0, 1)]).codes == IN_PROGRESS
    first.timers.pass_time(10)
    token = bytes.fromhex(first.information()["rod_tokens"][0]["rod_token"])
    assert second.write(token, [(0, 10)], immed=True).status == GOOD
    second.timers.pass_time(2.5)
    assert second.state4(2) == (0x12, 6)
    assert second.abort_copy(2).status == GOOD
    second.timers.pass_time(10)
    assert second.state4(2) == (0x60, 6)
    assert second.own.read(0, 10) == data[:6 * 512] + bytes(4 * 512)


def test_a_token_that_ends_while_it_is_written() -> None:
    first, second = two(chunk_bytes=1024, seconds_per_mib=1024.0)
    first.own.fill(0, 10)
    first.populate([(0, 10)])
    first.timers.pass_time(10)
    token = bytes.fromhex(first.information()["rod_tokens"][0]["rod_token"])
    task = second.write(token, [(0, 10)])
    second.timers.pass_time(1.5)
    first.own.medium.write(9, b"\x01" * 512)
    second.timers.pass_time(10)
    assert task.codes == REVOKED
    assert second.status4(2)["copy_operation_status"]["value"] == 0x02


def test_units_that_refuse() -> None:
    first, second = two()
    token = first.token([(0, 5)])
    second.own.refuses_writes = Status(0x18)
    assert second.done(second.write(token, [(0, 5)])).status == 0x18
    assert second.status4(2)["extended_copy_completion_status"]["value"] == 0x18
    second.own.refuses_writes = None
    first.own.medium.unreadable = [3]
    assert second.done(second.write(token, [(0, 5)])).codes == (0x03, 0x11, 0x00)
    assert first.done(first.populate([(0, 5)])).codes == (0x03, 0x11, 0x00)
    assert first.information()["rod_tokens"] == []
    first.own.refuses_reads = Check(0x02, 0x04, 0x02)
    assert first.done(first.populate([(0, 1)], rtv=True, rod_type=ON_REFERENCE)).codes == (0x02, 0x04, 0x02)


# -- parameter lists

def test_no_parameter_list_is_no_error() -> None:
    first, _second = two()
    assert first.send_populate(b"").status == first.send_write(b"").status == GOOD


def lists(**header: Any) -> list[bytes]:
    ranges = [(0, 1), (5, 1)]
    return [encode_populate_token_list(header, ranges),
            encode_write_using_token_list(dict(header, rod_token=ZERO_TOKEN.encode().hex()), ranges)]


def changed(data: bytes, at: int, value: int, size: int = 2) -> bytes:
    return data[:at] + value.to_bytes(size, "big") + data[at + size:]


@pytest.mark.parametrize("which, header", [(0, 16), (1, 536)])
def test_what_is_wrong_with_a_parameter_list(which: int, header: int) -> None:
    first, _second = two(maximum_range_descriptors=4, maximum_token_transfer_size_blocks=1000)
    send = (first.send_populate, first.send_write)[which]
    whole = lists()[which]
    for data, codes, byte in (
            (whole[:header - 1], LENGTH_ERROR, None), (whole[:-1], LENGTH_ERROR, None),
            (changed(whole, 0, header + 13), INVALID, 0), (changed(whole, 0, header - 2 + 31), INVALID, header - 2),
            (changed(whole, header - 2, 0), INVALID, header - 2),
            (changed(whole, header - 2, 17), INVALID, header - 2),
            # Ranges that share a block, that are too many, too long, or not there.
            (changed(whole, header + 16, 0, 8), INVALID, header + 16),
            (changed(whole, header + 16 + 8, 1000, 4), INVALID, header),
            (changed(whole, header + 16, 65536, 8), (0x05, 0x21, 0x00), None)):
        task = first.done(send(data))
        assert task.codes == codes
        assert getattr(task.sense.field_pointer, "byte", None) == byte
    ranges = [(number * 2, 1) for number in range(5)]
    many = (encode_populate_token_list({}, ranges),
            encode_write_using_token_list({"rod_token": ZERO_TOKEN.encode().hex()}, ranges))[which]
    assert first.done(send(many)).codes == (0x05, 0x26, 0x08)
    assert first.done(send(changed(whole, header + 16, 65536, 8))).sense.information == 65536
    first.copied(send(whole))


def test_what_is_wrong_with_the_wishes_for_a_token() -> None:
    first, second = two(maximum_inactivity_timeout_seconds=100, rod_types=[ON_REFERENCE])
    for header, byte in (({"inactivity_timeout_seconds": 101}, 4), ({"rtv": True, "rod_type": POINT_IN_TIME}, 8),
                         ({"rtv": True, "rod_type": PERSISTENT}, 8)):
        task = first.done(first.populate([(0, 1)], **header))
        assert (task.codes, task.sense.field_pointer.byte) == (INVALID, byte)
    token = first.token([(0, 10)], rod_type=POINT_IN_TIME)
    assert ROD_TOKEN_HEADER.decode(token)["rod_type"]["value"] == ON_REFERENCE, "without RTV the type means nothing"
    for offset, count, byte in ((10, 1, 8), (0, 11, 536), (9, 2, 536)):
        task = second.done(second.write(token, [(0, count)], offset_into_rod_blocks=offset))
        assert (task.codes, task.sense.field_pointer.byte) == (INVALID, byte)
    second.copied(second.write(token, [(0, 1)], offset_into_rod_blocks=9))
