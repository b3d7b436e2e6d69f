# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CHAP: the proofs, and who may be let in."""

# ruff: noqa: S105 - these secrets are made up

from __future__ import annotations

import base64
import contextlib
import hashlib

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import chap
from hypothesis import given
from hypothesis import strategies as st

SECRET = "correct horse battery"
OTHER = "staple staple staple"


def dialogue(initiator, target):
    """Runs an exchange to its end; gives what was said."""
    said = [initiator.first()]
    while not initiator.done:
        said.append(target.respond(said[-1]))
        answer = initiator.respond(said[-1])
        if answer:
            said.append(answer)
    return said


@pytest.mark.parametrize("algorithm", [5, 6, 7, 8])
@pytest.mark.parametrize("mutual", [False, True])
def test_both_ends_agree(algorithm, mutual):
    target = chap.TargetChap(chap.TargetCredentials({"user": SECRET}, "shelf", OTHER))
    initiator = chap.InitiatorChap("user", SECRET, OTHER if mutual else "", [algorithm])
    said = dialogue(initiator, target)
    assert target.user == "user" and initiator.done
    assert ("CHAP_R" in said[-1] and "CHAP_N" in said[-1]) is mutual or len(said) == 4


@pytest.mark.parametrize("algorithm, expected", [
    # printf '\x27''correct horse battery''\x00\x01...\x0f' | md5sum, sha1sum, sha256sum of coreutils, openssl sha3-256
    (5, "8932cabbad7c42bb3333a152d9788f08"),
    (6, "81a18461b50d21082ca558caba48c5b4e84832e0"),
    (7, "2d181eac18fb1d54a5a1e39e891eb1aba7a971f8974808a7549b834b912dbb3b"),
    (8, "2d50da028db8adfeff0497c77b461f7b1646ef0851a699e3ba48f56857697720"),
])
def test_responses_made_by_other_programs(algorithm, expected):
    assert chap.Secret(SECRET).response(algorithm, 0x27, bytes(range(16))).hex() == expected


def test_the_response_is_the_hash_of_identifier_secret_and_challenge():
    # RFC 1994 4.1
    assert chap.Secret("s").response(5, 1, b"c") == hashlib.md5(b"\1sc").digest()  # noqa: S324


@pytest.mark.parametrize("value, expected", [
    ("0x00ff", b"\0\xff"), ("0X00FF", b"\0\xff"), ("0xabc", b"\x0a\xbc"), ("0bAP8=", b"\0\xff"), ("0BAP8=", b"\0\xff"),
    ("0x" + "ab" * 1024, b"\xab" * 1024),
])
def test_binary_values(value, expected):
    assert chap.decode_bytes(value) == expected


@pytest.mark.parametrize("value", [
    "", "0x", "0b", "00ff", "0xgg", "0x 1", "0bAP8", "0b!!!!", "0bA===", "0b" + "A" * 5000, "0x" + "a" * 5000, "abcd",
])
def test_values_that_are_none(value):
    with pytest.raises(chap.ChapError):
        chap.decode_bytes(value)


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_an_error(value):
    for prefix in ("", "0x", "0b"):
        with contextlib.suppress(chap.ChapError):
            chap.decode_bytes(prefix + value)


def challenged(credentials=None, offered="5"):
    target = chap.TargetChap(credentials or chap.TargetCredentials({"user": SECRET}))
    return target, target.respond({"CHAP_A": offered})


def response(asked, secret=SECRET, encode=chap.encode_bytes):
    return encode(chap.Secret(secret).response(
        int(asked["CHAP_A"]), int(asked["CHAP_I"]), chap.decode_bytes(asked["CHAP_C"])))


def test_a_response_in_base64_is_as_good():
    target, asked = challenged()
    target.respond({"CHAP_N": "user", "CHAP_R": response(
        asked, encode=lambda value: "0b" + base64.b64encode(value).decode())})
    assert target.user == "user"


@pytest.mark.parametrize("offered, chosen", [("5", "5"), ("7,5", "7"), ("5,7", "5"), ("99,6", "6")])
def test_the_first_common_algorithm_is_chosen(offered, chosen):
    assert challenged(offered=offered)[1]["CHAP_A"] == chosen


@pytest.mark.parametrize("offered", ["", "56", "0x5", " 5", "4", "5;7"])
def test_algorithms_are_whole_words(offered):
    with pytest.raises(chap.ChapError):
        challenged(offered=offered)


@pytest.mark.parametrize("change", [
    {"CHAP_N": "User"}, {"CHAP_N": ""}, {"CHAP_R": "0x00"}, {"CHAP_R": "0x"}, {"CHAP_R": "0b" + "A" * 4000},
    {"CHAP_N": None}, {"CHAP_R": None},
])
def test_who_is_not_let_in(change):
    target, asked = challenged()
    pairs = dict({"CHAP_N": "user", "CHAP_R": response(asked)}, **change)
    with pytest.raises(chap.ChapError):
        target.respond({key: value for key, value in pairs.items() if value is not None})
    assert target.user is None


def test_a_wrong_secret_is_not_let_in():
    target, asked = challenged()
    with pytest.raises(chap.ChapError, match=r"\bname or secret\b"):
        target.respond({"CHAP_N": "user", "CHAP_R": response(asked, OTHER)})


def test_an_unknown_user_is_not_let_in_whatever_the_response():
    for secret in ("unknown", SECRET, OTHER):
        target, asked = challenged()
        with pytest.raises(chap.ChapError, match=r"\bname or secret\b"):
            target.respond({"CHAP_N": "nobody", "CHAP_R": response(asked, secret)})


def test_our_own_challenge_is_not_answered():
    # RFC 7143 12.1.3: else an attacker lets us compute the answer to our own question.
    target, asked = challenged(chap.TargetCredentials({"user": SECRET}, "shelf", OTHER))
    with pytest.raises(chap.ChapError, match="back"):
        target.respond({"CHAP_N": "user", "CHAP_R": response(asked), "CHAP_I": "1", "CHAP_C": asked["CHAP_C"]})
    assert target.user is None


@pytest.mark.parametrize("identifier", ["256", "-1", "0x1", "", "\u00b2"])
def test_identifiers_are_one_byte(identifier):
    target, asked = challenged(chap.TargetCredentials({"user": SECRET}, "shelf", OTHER))
    with pytest.raises(chap.ChapError, match="CHAP_I"):
        target.respond({"CHAP_N": "user", "CHAP_R": response(asked), "CHAP_I": identifier, "CHAP_C": "0x01"})


def test_a_target_without_a_secret_cannot_prove_itself():
    target, asked = challenged()
    with pytest.raises(chap.ChapError, match=r"\btarget\b.*\bsecret\b"):
        target.respond({"CHAP_N": "user", "CHAP_R": response(asked), "CHAP_I": "1", "CHAP_C": "0x0102"})


def test_nothing_follows_the_end():
    target, asked = challenged()
    target.respond({"CHAP_N": "user", "CHAP_R": response(asked)})
    with pytest.raises(chap.ChapError, match=r"\bafter\b.*\bend\b"):
        target.respond({"CHAP_N": "user", "CHAP_R": "0x00"})


def test_a_target_that_proves_the_wrong_secret_is_not_believed():
    target = chap.TargetChap(chap.TargetCredentials({"user": SECRET}, "shelf", "something else"))
    with pytest.raises(chap.ChapError, match=r"\btarget\b.*\bprove\b"):
        dialogue(chap.InitiatorChap("user", SECRET, OTHER), target)


def test_a_target_that_proves_nothing_is_not_believed():
    initiator = chap.InitiatorChap("user", SECRET, OTHER, [5])
    initiator.respond({"CHAP_A": "5", "CHAP_I": "1", "CHAP_C": "0x01"})
    with pytest.raises(chap.ChapError):
        initiator.respond({})
    assert not initiator.done


@pytest.mark.parametrize("pairs", [
    {}, {"CHAP_A": "6", "CHAP_I": "1", "CHAP_C": "0x01"}, {"CHAP_A": "5", "CHAP_I": "1"},
    {"CHAP_A": "5", "CHAP_I": "1", "CHAP_C": "0x" + "00" * 1025}, {"CHAP_A": "5", "CHAP_I": "300", "CHAP_C": "0x01"},
])
def test_a_target_that_asks_nonsense(pairs):
    with pytest.raises(chap.ChapError):
        chap.InitiatorChap("user", SECRET, "", [5]).respond(pairs)


def test_one_secret_for_both_directions_is_refused():
    with pytest.raises(ValueError, match="differ"):
        chap.TargetCredentials({"user": SECRET}, "shelf", SECRET)
    with pytest.raises(ValueError, match="differ"):
        chap.InitiatorChap("user", SECRET, SECRET)


def test_secrets_are_never_shown():
    secret = chap.Secret(SECRET)
    assert SECRET not in repr(secret) and SECRET not in str(secret) and SECRET not in f"{[secret]!r}"
    credentials = chap.TargetCredentials({"user": SECRET}, "shelf", OTHER)
    assert SECRET not in repr(vars(credentials)) and OTHER not in repr(vars(credentials))
    initiator = chap.InitiatorChap("user", SECRET, OTHER)
    assert SECRET not in repr(vars(initiator)) and OTHER not in repr(vars(initiator))


def test_an_empty_secret_is_none():
    with pytest.raises(ValueError, match="empty"):
        chap.Secret("")
