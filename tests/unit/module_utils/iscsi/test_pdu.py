# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDUs byte by byte, and the way from a stream to PDUs."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.framing import Decoder, FramingError
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.lun import decode_lun, encode_lun
from hypothesis import given
from hypothesis import strategies as st

DIGESTS = pdu.Digests(True, True)


def wire(message, digests=pdu.NO_DIGESTS):
    return b"".join(pdu.encode(message, digests))


#: Written by hand from the figures of RFC 7143 section 11.
FIGURES = [
    (pdu.Pdu(pdu.SCSI_COMMAND, final=True, read=True, attribute=1, lun=0x0001000000000000, initiator_task_tag=0x14,
             expected_data_transfer_length=0x400, cmd_sn=0x15, exp_stat_sn=0x18,
             cdb=bytes.fromhex("28000000000000020000")),
     "01c10000 00000000 00010000 00000000 00000014 00000400 00000015 00000018 28000000 00000002 00000000 00000000"),
    (pdu.Pdu(pdu.SCSI_RESPONSE, underflow=True, response=0, status=2, initiator_task_tag=0x14, stat_sn=0x18,
             exp_cmd_sn=0x16, max_cmd_sn=0x20, exp_data_sn=1, residual_count=30),
     "21820002 00000000 00000000 00000000 00000014 00000000 00000018 00000016 00000020 00000001 00000000 0000001e"),
    (pdu.Pdu(pdu.SCSI_RESPONSE, overflow=True, residual_count=1), "21840000" + " 00000000" * 10 + "00000001"),
    (pdu.Pdu(pdu.TASK_MANAGEMENT_REQUEST, immediate=True, function=1, lun=0, initiator_task_tag=3,
             referenced_task_tag=2, cmd_sn=7, exp_stat_sn=8, ref_cmd_sn=6, exp_data_sn=5),
     "42810000 00000000 00000000 00000000 00000003 00000002 00000007 00000008 00000006 00000005 00000000 00000000"),
    (pdu.Pdu(pdu.TASK_MANAGEMENT_RESPONSE, response=5, initiator_task_tag=3, stat_sn=1, exp_cmd_sn=2, max_cmd_sn=3),
     "22800500 00000000 00000000 00000000 00000003 00000000 00000001 00000002 00000003 00000000 00000000 00000000"),
    (pdu.Pdu(pdu.DATA_OUT, b"\1\2\3", final=True, lun=0, initiator_task_tag=3, target_transfer_tag=9, exp_stat_sn=4,
             data_sn=2, buffer_offset=0x200),
     "05800000 00000003 00000000 00000000 00000003 00000009 00000000 00000004 00000000 00000002 00000200 00000000"
     "01020300"),
    (pdu.Pdu(pdu.DATA_IN, b"\1\2\3\4", final=True, underflow=True, has_status=True, status=0, initiator_task_tag=3,
             target_transfer_tag=pdu.NO_TAG, stat_sn=4, exp_cmd_sn=5, max_cmd_sn=6, data_sn=2, buffer_offset=0x200,
             residual_count=1),
     "25830000 00000004 00000000 00000000 00000003 ffffffff 00000004 00000005 00000006 00000002 00000200 00000001"
     "01020304"),
    (pdu.Pdu(pdu.R2T, initiator_task_tag=3, target_transfer_tag=9, stat_sn=4, exp_cmd_sn=5, max_cmd_sn=6, r2t_sn=1,
             buffer_offset=0x200, desired_data_transfer_length=0x400),
     "31800000 00000000 00000000 00000000 00000003 00000009 00000004 00000005 00000006 00000001 00000200 00000400"),
    (pdu.Pdu(pdu.ASYNC_MESSAGE, stat_sn=4, exp_cmd_sn=5, max_cmd_sn=6, async_event=1, parameter_3=10),
     "32800000 00000000 00000000 00000000 ffffffff 00000000 00000004 00000005 00000006 01000000 0000000a 00000000"),
    (pdu.Pdu(pdu.TEXT_REQUEST, b"A=B\0", final=True, initiator_task_tag=3, target_transfer_tag=pdu.NO_TAG, cmd_sn=1,
             exp_stat_sn=2),
     "04800000 00000004 00000000 00000000 00000003 ffffffff 00000001 00000002 00000000 00000000 00000000 00000000"
     "413d4200"),
    (pdu.Pdu(pdu.LOGIN_REQUEST, transit=True, csg=1, nsg=3, isid=bytes.fromhex("80123456789a"), tsih=0,
             initiator_task_tag=3, cid=1, cmd_sn=5, exp_stat_sn=0),
     "43870000 00000000 80123456 789a0000 00000003 00010000 00000005 00000000 00000000 00000000 00000000 00000000"),
    (pdu.Pdu(pdu.LOGIN_RESPONSE, csg=0, nsg=0, isid=bytes.fromhex("80123456789a"), tsih=0xABCD, initiator_task_tag=3,
             stat_sn=1, exp_cmd_sn=5, max_cmd_sn=6, status_class=2, status_detail=1),
     "23000000 00000000 80123456 789aabcd 00000003 00000000 00000001 00000005 00000006 02010000 00000000 00000000"),
    (pdu.Pdu(pdu.LOGOUT_REQUEST, reason_code=1, initiator_task_tag=3, cid=2, cmd_sn=5, exp_stat_sn=6),
     "06810000 00000000 00000000 00000000 00000003 00020000 00000005 00000006 00000000 00000000 00000000 00000000"),
    (pdu.Pdu(pdu.LOGOUT_RESPONSE, response=1, initiator_task_tag=3, stat_sn=1, exp_cmd_sn=2, max_cmd_sn=3, time2wait=4,
             time2retain=5),
     "26800100 00000000 00000000 00000000 00000003 00000000 00000001 00000002 00000003 00000000 00040005 00000000"),
    (pdu.Pdu(pdu.SNACK_REQUEST, type=1, initiator_task_tag=3, target_transfer_tag=4, exp_stat_sn=5, beg_run=6,
             run_length=7),
     "10810000 00000000 00000000 00000000 00000003 00000004 00000000 00000005 00000000 00000000 00000006 00000007"),
    (pdu.Pdu(pdu.REJECT, reason=4, stat_sn=1, exp_cmd_sn=2, max_cmd_sn=3, data_sn=4),
     "3f800400 00000000 00000000 00000000 ffffffff 00000000 00000001 00000002 00000003 00000004 00000000 00000000"),
    (pdu.Pdu(pdu.NOP_OUT, immediate=True, initiator_task_tag=pdu.NO_TAG, target_transfer_tag=9, cmd_sn=1,
             exp_stat_sn=2),
     "40800000 00000000 00000000 00000000 ffffffff 00000009 00000001 00000002 00000000 00000000 00000000 00000000"),
    (pdu.Pdu(pdu.NOP_IN, initiator_task_tag=3, target_transfer_tag=pdu.NO_TAG, stat_sn=1, exp_cmd_sn=2, max_cmd_sn=3),
     "20800000 00000000 00000000 00000000 00000003 ffffffff 00000001 00000002 00000003 00000000 00000000 00000000"),
]


@pytest.mark.parametrize("message, expected", FIGURES, ids=lambda value: "" if isinstance(value, str) else pdu.title(
    value.opcode))
def test_every_pdu_has_the_bytes_of_its_figure(message, expected):
    assert wire(message) == bytes.fromhex(expected.replace(" ", ""))


@pytest.mark.parametrize("message", [figure[0] for figure in FIGURES], ids=lambda value: pdu.title(value.opcode))
def test_what_is_encoded_is_decoded(message):
    for digests in (pdu.NO_DIGESTS, DIGESTS):
        decoder = Decoder(65536)
        decoder.digests = digests
        decoder.feed(wire(message, digests))
        found = decoder.next()
        assert found.opcode == message.opcode
        for name, value in message.fields.items():
            assert found[name] == (value if name != "cdb" else value.ljust(16, b"\0"))
        assert found.data == message.data and found.intact
        assert decoder.idle


@pytest.mark.parametrize("opcode", sorted(pdu.TABLES))
@given(header=st.binary(min_size=48, max_size=48))
def test_decoding_and_encoding_keep_every_field(opcode, header):
    table = pdu.TABLES[opcode]
    values = table.decode(header)
    assert table.decode(table.encode(values)) == values


@pytest.mark.parametrize("length", [17, 18, 19, 20, 21, 32, 64, 260])
def test_long_cdbs_travel_in_an_additional_header_segment(length):
    cdb = bytes(at & 0xFF for at in range(length))
    message = pdu.Pdu(pdu.SCSI_COMMAND, b"data", cdb[16:], cdb=cdb[:16])
    encoded = wire(message)
    assert int.from_bytes(encoded[48:50], "big") == length - 15 and encoded[50] == 1 and encoded[51] == 0
    decoder = Decoder(8192)
    decoder.feed(encoded)
    found = decoder.next()
    assert found["cdb"] + found.extended_cdb == cdb and found.data == b"data" and found.problem is None


@pytest.mark.parametrize("segments", [
    "00000100",          # no length
    "0010010000000000",  # longer than what is there
    "0005020000000001",  # bidirectional read length
    "00020100aa000000" + "00020100bb000000",  # two of them
])
def test_strange_additional_header_segments_are_a_problem_not_an_exception(segments):
    found = pdu.decode_header(bytes(48), bytes.fromhex(segments))
    assert found.problem


@given(st.binary(max_size=1020))
def test_additional_header_segments_of_any_bytes_end(segments):
    segments = segments[:len(segments) // 4 * 4]
    assert pdu.decode_header(bytes(48), segments).extended_cdb is not None


def test_a_long_data_segment_is_refused_from_its_header_alone():
    decoder = Decoder(8192)
    decoder.feed(bytes((5, 0, 0, 0, 0, 0, 0x20, 1)) + bytes(40))
    with pytest.raises(FramingError, match=r"\b8193 bytes\b.*\b8192\b"):
        decoder.next()


def test_the_longest_agreed_data_segment_is_taken():
    decoder = Decoder(8192)
    decoder.feed(wire(pdu.Pdu(pdu.TEXT_REQUEST, bytes(8192))))
    assert len(decoder.next().data) == 8192


def test_a_wrong_header_digest_ends_the_stream():
    encoded = bytearray(wire(FIGURES[0][0], DIGESTS))
    encoded[20] ^= 1
    decoder = Decoder(8192)
    decoder.digests = DIGESTS
    decoder.feed(bytes(encoded))
    with pytest.raises(FramingError, match="header digest"):
        decoder.next()


@pytest.mark.parametrize("at", [52, 55, 56])
def test_a_wrong_data_digest_costs_only_its_pdu_and_covers_the_padding(at):
    message = pdu.Pdu(pdu.TEXT_REQUEST, b"A=B")
    encoded = bytearray(wire(message, DIGESTS))
    encoded[at] ^= 0x80
    decoder = Decoder(8192)
    decoder.digests = DIGESTS
    decoder.feed(bytes(encoded) + wire(message, DIGESTS))
    assert not decoder.next().intact
    assert decoder.next().intact


@given(st.data())
def test_a_stream_may_be_cut_anywhere(data):
    digests = data.draw(st.sampled_from([pdu.NO_DIGESTS, DIGESTS, pdu.Digests(True, False), pdu.Digests(False, True)]))
    messages = [message for message, _figure in FIGURES]
    stream = b"".join(wire(message, digests) for message in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder = Decoder(8192)
    decoder.digests = digests
    found = []
    for first, last in zip([0] + cuts, cuts + [len(stream)]):
        decoder.feed(stream[first:last])
        message = decoder.next()
        while message is not None:
            found.append(message)
            message = decoder.next()
    assert [message.opcode for message in found] == [message.opcode for message in messages]
    assert all(message.intact for message in found) and decoder.idle


@pytest.mark.parametrize("number, field", [
    (0, "0000000000000000"), (1, "0001000000000000"), (255, "00ff000000000000"), (256, "4100000000000000"),
    (16383, "7fff000000000000"),
])
def test_logical_unit_numbers(number, field):
    assert encode_lun(number) == int(field, 16)
    assert decode_lun(int(field, 16)) == number


@pytest.mark.parametrize("field", ["c101000000000000", "0100000000000000", "0000000100000000", "8000000000000000"])
def test_forms_of_logical_unit_numbers_that_nobody_has_here(field):
    assert decode_lun(int(field, 16)) is None


def test_flat_space_addressing_of_a_small_number_is_understood():
    assert decode_lun(0x4005 << 48) == 5
