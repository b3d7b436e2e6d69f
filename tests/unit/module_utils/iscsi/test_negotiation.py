# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text and the rules of each key."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import text
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.negotiation import (
    RULES,
    Negotiation,
    NegotiationError,
)
from hypothesis import given
from hypothesis import strategies as st

OURS = {
    "HeaderDigest": "CRC32C,None", "DataDigest": "None", "InitialR2T": "No", "ImmediateData": "Yes",
    "MaxRecvDataSegmentLength": "262144", "MaxBurstLength": "262144", "FirstBurstLength": "65536",
    "DefaultTime2Wait": "2", "DefaultTime2Retain": "0", "MaxOutstandingR2T": "1", "ErrorRecoveryLevel": "0",
}


@pytest.mark.parametrize("key, offered, answer", [
    # lists: the first of theirs that is ours
    ("HeaderDigest", "None,CRC32C", "None"), ("HeaderDigest", "CRC32C,None", "CRC32C"),
    ("HeaderDigest", "X-foo,CRC32C", "CRC32C"), ("DataDigest", "CRC32C,None", "None"),
    ("DataDigest", "CRC32C", "Reject"), ("HeaderDigest", "crc32c", "Reject"), ("HeaderDigest", "", "Reject"),
    ("TaskReporting", "RFC3720,FastAbort", "RFC3720"),
    # OR
    ("InitialR2T", "Yes", "Yes"), ("InitialR2T", "No", "No"), ("DataPDUInOrder", "No", "Yes"),
    ("DataSequenceInOrder", "No", "Yes"), ("InitialR2T", "yes", "Reject"), ("InitialR2T", "1", "Reject"),
    # AND
    ("ImmediateData", "Yes", "Yes"), ("ImmediateData", "No", "No"), ("ImmediateData", "maybe", "Reject"),
    # minimum
    ("MaxBurstLength", "16776192", "262144"), ("MaxBurstLength", "512", "512"), ("MaxBurstLength", "0x1000", "4096"),
    ("MaxBurstLength", "511", "Reject"), ("MaxBurstLength", "16777216", "Reject"), ("MaxBurstLength", "-1", "Reject"),
    ("MaxBurstLength", "1e6", "Reject"), ("MaxBurstLength", "", "Reject"), ("MaxBurstLength", "9" * 5000, "Reject"),
    ("FirstBurstLength", "262144", "65536"), ("MaxOutstandingR2T", "16", "1"), ("MaxConnections", "8", "1"),
    ("MaxConnections", "0", "Reject"), ("ErrorRecoveryLevel", "2", "0"), ("ErrorRecoveryLevel", "3", "Reject"),
    ("DefaultTime2Retain", "20", "0"),
    # maximum
    ("DefaultTime2Wait", "0", "2"), ("DefaultTime2Wait", "10", "10"), ("DefaultTime2Wait", "3601", "Reject"),
    # declarations
    ("MaxRecvDataSegmentLength", "65536", None), ("MaxRecvDataSegmentLength", "100", "Reject"),
    # taken out of the protocol: 13.25
    ("IFMarker", "Yes", "No"), ("OFMarker", "No", "No"), ("IFMarkInt", "2048~8192", "Reject"),
    ("OFMarkInt", "1", "Reject"),
    # unknown
    ("X-com.example.colour", "blue", "NotUnderstood"), ("iSCSIProtocolLevel", "1", "NotUnderstood"),
    ("maxburstlength", "512", "NotUnderstood"),
])
def test_what_we_answer(key, offered, answer):
    assert Negotiation(OURS).respond(key, offered) == answer


@pytest.mark.parametrize("order", [("MaxBurstLength", "FirstBurstLength"), ("FirstBurstLength", "MaxBurstLength")])
def test_the_first_burst_never_exceeds_a_burst(order):
    negotiation = Negotiation(OURS)
    offers = {"MaxBurstLength": "4096", "FirstBurstLength": "65536"}
    for key in order:
        negotiation.respond(key, offers[key])
    parameters = negotiation.parameters(True)
    assert parameters.maximum_burst == 4096 and parameters.first_burst <= 4096


def test_what_is_not_mentioned_has_its_default():
    parameters = Negotiation(OURS).parameters(False)
    assert parameters.maximum_send == parameters.maximum_receive == 8192
    assert parameters.initial_r2t and parameters.immediate_data
    assert parameters.first_burst == 65536 and parameters.maximum_burst == 262144
    assert not parameters.digests.header and not parameters.digests.data
    assert parameters.time2wait == 2 and parameters.time2retain == 20


def test_a_rejected_key_stays_at_its_default():
    negotiation = Negotiation(OURS)
    assert negotiation.respond("InitialR2T", "perhaps") == "Reject"
    assert negotiation.parameters(True).initial_r2t


def test_the_same_key_is_settled_once():
    negotiation = Negotiation(OURS)
    assert negotiation.respond("InitialR2T", "No") == "No"
    assert negotiation.respond("InitialR2T", "No") == "No"
    with pytest.raises(NegotiationError, match="twice"):
        negotiation.respond("InitialR2T", "Yes")


@pytest.mark.parametrize("key, answer", [
    ("HeaderDigest", "CRC32C"), ("HeaderDigest", "None"), ("InitialR2T", "Yes"), ("InitialR2T", "No"),
    ("MaxBurstLength", "8192"), ("MaxBurstLength", "Reject"), ("DefaultTime2Wait", "5"),
    ("ErrorRecoveryLevel", "NotUnderstood"), ("MaxRecvDataSegmentLength", "4096"),
    ("DataDigest", "None"), ("FirstBurstLength", "Irrelevant"),
])
def test_answers_that_may_come(key, answer):
    negotiation = Negotiation(OURS)
    negotiation.offer()
    negotiation.settle(key, answer)


@pytest.mark.parametrize("key, answer", [
    ("HeaderDigest", "MD5"), ("InitialR2T", "maybe"), ("MaxBurstLength", "524288"), ("MaxBurstLength", "many"),
    ("DefaultTime2Wait", "1"), ("ErrorRecoveryLevel", "1"), ("MaxRecvDataSegmentLength", "16"),
    ("DataDigest", "CRC32C"),
    ("MaxConnections", "1"), ("X-new", "1"),
])
def test_answers_that_may_not_come(key, answer):
    negotiation = Negotiation(OURS)
    negotiation.offer()
    with pytest.raises(NegotiationError):
        negotiation.settle(key, answer)


def test_a_wrong_key_of_ours_is_our_bug():
    with pytest.raises(ValueError, match="MaxBurst"):
        Negotiation({"MaxBurst": "1"})


@given(st.sampled_from(sorted(RULES)), st.text(max_size=30))
def test_no_value_breaks_a_rule(key, value):
    answer = Negotiation(OURS).respond(key, value)
    assert answer is None or answer == "Reject" or text.decode_pairs(text.encode_pairs([(key, answer)]))


@given(st.lists(st.tuples(st.from_regex(r"[A-Z][a-zA-Z0-9.-]{0,20}", fullmatch=True), st.text(
    alphabet=st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40)), max_size=10))
def test_pairs_go_round(pairs):
    assert text.decode_pairs(text.encode_pairs(pairs)) == pairs


@pytest.mark.parametrize("data", [b"InitialR2T\0", b"=x\0", b"1a=x\0", b"a b=x\0", b"A\xff=x\0", b"A=\xff\xfe\0",
                                  b"A" * 64 + b"=x\0", b"A=" + b"x" * 8193])
def test_what_is_no_text(data):
    with pytest.raises(text.TextError):
        text.decode_pairs(data)


@pytest.mark.parametrize("data, pairs", [
    (b"", []), (b"\0\0", []), (b"A=", [("A", "")]), (b"A=b=c\0", [("A", "b=c")]),
    (b"A=1\0\0B=2\0", [("A", "1"), ("B", "2")]),
])
def test_what_is_text(data, pairs):
    assert text.decode_pairs(data) == pairs


def test_a_text_may_be_cut_inside_a_pair():
    assembler = text.Assembler()
    for part in (b"Initi", b"alR2T=Y", b"es\0A=", b"1\0"):
        assembler.add(part)
    assert assembler.take() == [("InitialR2T", "Yes"), ("A", "1")]
    assert assembler.take() == []


def test_a_text_without_end_is_refused():
    assembler = text.Assembler()
    for _each in range(8):
        assembler.add(bytes(8192))
    with pytest.raises(text.TextError, match="65536"):
        assembler.add(b"x")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_an_error(data):
    with contextlib.suppress(text.TextError):
        text.decode_pairs(data)
