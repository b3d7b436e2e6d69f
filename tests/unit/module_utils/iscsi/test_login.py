# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins, initiator against target, without a socket."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import login, pdu, text
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.chap import InitiatorChap, TargetCredentials
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.login_initiator import (
    InitiatorIdentity,
    InitiatorLogin,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.login_target import LoginRules, TargetLogin
from hypothesis import given
from hypothesis import strategies as st

TARGET = "iqn.2026-01.example:shelf"
INITIATOR = "iqn.2026-01.example:host"
ISID = bytes.fromhex("800000000001")
VALUES = {
    "HeaderDigest": "CRC32C,None", "DataDigest": "CRC32C,None", "InitialR2T": "No", "ImmediateData": "Yes",
    "MaxRecvDataSegmentLength": "262144", "MaxBurstLength": "262144", "FirstBurstLength": "65536",
    "DefaultTime2Wait": "2", "DefaultTime2Retain": "0", "MaxConnections": "1", "MaxOutstandingR2T": "1",
    "ErrorRecoveryLevel": "0",
}
CREDENTIALS = TargetCredentials({"user": "the user's secret"}, "shelf", "the target's secret")


def over_the_wire(message):
    headers, _digest, data, _data_digest = pdu.encode(message)
    found = pdu.decode_header(headers)
    found.data = data[:found["data_segment_length"]]
    return found


class WiredTarget(TargetLogin):
    """A target whose responses have been bytes."""

    def receive(self, request):
        return over_the_wire(super().receive(request))


def target_login(credentials=None, admit=lambda _login: 7):
    return WiredTarget(LoginRules(lambda name: 1 if name == TARGET else None, admit, VALUES, credentials, 32))


def run(initiator, target):
    """Lets the two talk till the end; gives all that was said."""
    said = []
    request = initiator.first()
    while request is not None:
        said.append(request)
        response = target.receive(over_the_wire(request))
        said.append(response)
        request = initiator.receive(response)
    return said


def initiator_login(chap=None, insist=False, target=TARGET, values=None):
    identity = InitiatorIdentity(INITIATOR, ISID, target)
    return InitiatorLogin(identity, VALUES if values is None else values, chap, insist)


def test_a_plain_login():
    initiator, target = initiator_login(), target_login()
    said = run(initiator, target)
    assert target.done and not target.failed and target.initiator_name == INITIATOR and target.isid == ISID
    assert initiator.tsih == target.tsih == 7
    assert initiator.parameters == target.parameters
    assert target.parameters.digests == (True, True) and not target.parameters.initial_r2t
    assert target.parameters.maximum_send == 262144
    assert initiator.exp_stat_sn == target.stat_sn and initiator.max_cmd_sn == target.cmd_sn + 31
    assert len(said) == 4
    # 13.9, and some boot firmware insists on it
    assert ("TargetPortalGroupTag", "1") in text.decode_pairs(said[1].data)


@pytest.mark.parametrize("mutual", [False, True])
def test_a_login_with_chap(mutual):
    chap = InitiatorChap("user", "the user's secret", "the target's secret" if mutual else "")
    initiator, target = initiator_login(chap, insist=mutual), target_login(CREDENTIALS)
    said = run(initiator, target)
    assert target.user == "user" and target.done
    assert b"secret" not in b"".join(message.data for message in said)
    assert "secret" not in "".join(repr(message) for message in said)


def test_a_discovery_session_needs_no_target():
    initiator, target = initiator_login(target=""), target_login()
    run(initiator, target)
    assert target.done and target.discovery and target.portal_group_tag is None


@pytest.mark.parametrize("chap, insist, credentials, status", [
    (None, False, CREDENTIALS, (2, 1)),
    (("user", "wrong"), False, CREDENTIALS, (2, 1)),
    (("nobody", "the user's secret"), False, CREDENTIALS, (2, 1)),
    (("user", "the user's secret", "not the target's"), True, CREDENTIALS, (2, 1)),
    (("user", "the user's secret", "the target's secret"), True, None, (2, 1)),
])
def test_logins_that_authentication_stops(chap, insist, credentials, status):
    initiator, target = initiator_login(chap and InitiatorChap(*chap), insist), target_login(credentials)
    with pytest.raises(login.LoginError) as caught:
        run(initiator, target)
    assert caught.value.status == status
    assert "secret" in str(caught.value) or "prove" in str(caught.value)
    assert initiator.parameters is None


def test_an_initiator_with_a_secret_enters_where_none_is_asked_for():
    initiator, target = initiator_login(InitiatorChap("user", "the user's secret")), target_login()
    run(initiator, target)
    assert target.done and target.user is None


def test_an_unknown_target():
    with pytest.raises(login.LoginError) as caught:
        run(initiator_login(target="iqn.2026-01.example:none"), target_login())
    assert caught.value.status == login.NOT_FOUND and caught.value.received


def test_no_room_for_a_session():
    def admit(_login):
        raise login.LoginError(login.OUT_OF_RESOURCES)
    with pytest.raises(login.LoginError) as caught:
        run(initiator_login(), target_login(admit=admit))
    assert caught.value.status == login.OUT_OF_RESOURCES and caught.value.received


def request(pairs=(), **fields):
    given = {"isid": ISID, "csg": 1, "nsg": 3, "transit": True, "initiator_task_tag": 9, "cid": 1, "cmd_sn": 100}
    given.update(fields)
    message = pdu.Pdu(pdu.LOGIN_REQUEST, pairs if isinstance(pairs, bytes) else text.encode_pairs(pairs))
    message.fields.update(given)
    return over_the_wire(message)


NAMES = [("InitiatorName", INITIATOR), ("TargetName", TARGET)]


def keys(response):
    return dict(text.decode_pairs(response.data))


def test_a_login_of_one_step():
    target = target_login()
    response = target.receive(request([*NAMES, ("SessionType", "Normal"), ("InitialR2T", "No")]))
    assert target.done and response["transit"] and response["nsg"] == 3 and response["tsih"] == 7
    assert keys(response) == {"TargetPortalGroupTag": "1", "InitialR2T": "No", "MaxRecvDataSegmentLength": "262144"}
    assert response["exp_cmd_sn"] == 100 and response["initiator_task_tag"] == 9 and response["isid"] == ISID


def test_from_security_straight_to_the_full_feature_phase():
    target = target_login()
    response = target.receive(request([*NAMES, ("AuthMethod", "None")], csg=0, nsg=3))
    assert target.done and keys(response) == {"AuthMethod": "None", "TargetPortalGroupTag": "1"}
    # Nothing was declared, so the initiator may not send us more than the default.
    assert target.parameters.maximum_receive == 8192


def test_keys_cut_in_two_requests():
    target = target_login()
    whole = text.encode_pairs([*NAMES, ("InitialR2T", "No")])
    first = target.receive(request(whole[:20], transit=False, nsg=0, **{"continue": True}))
    assert not first.data and not first["transit"] and not first["continue"] and not target.done
    second = target.receive(request(whole[20:]))
    assert target.done and keys(second)["InitialR2T"] == "No"


def test_an_answer_too_long_for_one_response_is_fetched_with_empty_requests():
    target = target_login()
    unknown = [(f"X-{at}", "1") for at in range(900)]
    first = target.receive(request([*NAMES, *unknown]))
    parts = [first]
    while parts[-1]["continue"]:
        assert not parts[-1]["transit"] and len(parts[-1].data) == 8192
        parts.append(target.receive(request(b"")))
    assert len(parts) > 1 and target.done
    answer = dict(text.decode_pairs(b"".join(part.data for part in parts)))
    assert all(answer[key] == "NotUnderstood" for key, _value in unknown)


@pytest.mark.parametrize("change, status", [
    ({"pairs": [("TargetName", TARGET)]}, (2, 7)),
    ({"pairs": [("InitiatorName", INITIATOR)]}, (2, 7)),
    ({"pairs": [("InitiatorName", ""), ("TargetName", TARGET)]}, (2, 0)),
    ({"pairs": [*NAMES, ("SessionType", "Strange")]}, (2, 9)),
    ({"pairs": [*NAMES, ("InitialR2T", "No"), ("InitialR2T", "No")]}, (2, 0)),
    ({"pairs": b"nonsense"}, (2, 0)),
    ({"pairs": NAMES, "version_min": 1}, (2, 5)),
    ({"pairs": NAMES, "csg": 2}, (2, 0)),
    ({"pairs": NAMES, "csg": 3}, (2, 0)),
    ({"pairs": NAMES, "csg": 1, "nsg": 1}, (2, 0)),
    ({"pairs": NAMES, "csg": 1, "nsg": 0}, (2, 0)),
    ({"pairs": NAMES, "csg": 0, "nsg": 2}, (2, 0)),
    ({"pairs": NAMES, "continue": True}, (2, 0)),
    ({"pairs": [*NAMES, ("AuthMethod", "None")]}, (2, 0)),
    ({"pairs": [*NAMES, ("InitialR2T", "No")], "csg": 0, "nsg": 1}, (2, 0)),
    ({"pairs": [*NAMES, ("CHAP_A", "5")], "csg": 0, "nsg": 1}, (2, 1)),
    ({"pairs": [*NAMES, ("AuthMethod", "CHAP")], "csg": 0, "nsg": 1}, (2, 1)),
    ({"pairs": [*NAMES, ("AuthMethod", "KRB5,SRP")], "csg": 0, "nsg": 1}, (2, 1)),
])
def test_requests_that_end_the_login(change, status):
    target = target_login()
    response = target.receive(request(**change))
    assert (response["status_class"], response["status_detail"]) == status
    assert target.failed and not target.done and not response["transit"]


@pytest.mark.parametrize("pairs, csg, nsg", [
    (NAMES, 1, 3), ([*NAMES, ("AuthMethod", "None")], 0, 1), (NAMES, 0, 3),
    ([*NAMES, ("AuthMethod", "KRB5")], 0, 1),
])
def test_authentication_cannot_be_passed_by(pairs, csg, nsg):
    target = target_login(CREDENTIALS)
    response = target.receive(request(pairs, csg=csg, nsg=nsg))
    assert (response["status_class"], response["status_detail"]) == (2, 1) and target.failed


def test_authentication_cannot_be_put_off():
    target = target_login(CREDENTIALS)
    target.receive(request([*NAMES, ("InitialR2T", "No")], transit=False, nsg=0))
    assert target.failed


def test_a_request_to_leave_before_the_proof_is_not_followed():
    target = target_login(CREDENTIALS)
    response = target.receive(request([*NAMES, ("AuthMethod", "CHAP")], csg=0, nsg=1))
    assert not response["transit"] and keys(response)["AuthMethod"] == "CHAP"
    response = target.receive(request([("CHAP_A", "5")], csg=0, nsg=3))
    assert not response["transit"] and set(keys(response)) == {"CHAP_A", "CHAP_I", "CHAP_C"}
    assert keys(response)["CHAP_C"].startswith("0x")
    response = target.receive(request([], csg=0, nsg=3))
    assert not response["transit"] and not target.done
    response = target.receive(request([], csg=1, nsg=3))
    assert target.failed


@pytest.mark.parametrize("field, value", [
    ("isid", bytes(6)), ("cid", 5), ("tsih", 3), ("initiator_task_tag", 1), ("csg", 0)])
def test_what_must_not_change_during_a_login(field, value):
    target = target_login()
    target.receive(request(NAMES, transit=False, nsg=0))
    target.receive(request([], **{field: value}))
    assert target.failed


def test_names_must_not_change_during_a_login():
    target = target_login()
    target.receive(request(NAMES, transit=False, nsg=0))
    target.receive(request([("TargetName", "iqn.2026-01.example:other")]))
    assert target.failed


def test_a_login_without_end_is_ended():
    target = target_login()
    target.receive(request(NAMES, transit=False, nsg=0))
    for _each in range(100):
        if target.failed:
            break
        target.receive(request([], transit=False, nsg=0))
    assert target.failed


def test_other_requests_have_no_place_in_a_login():
    target = target_login()
    response = target.receive(over_the_wire(pdu.Pdu(pdu.SCSI_COMMAND, initiator_task_tag=4)))
    assert (response["status_class"], response["status_detail"]) == (2, 11) and target.failed


@given(st.lists(st.tuples(
    st.sampled_from(["InitiatorName", "TargetName", "SessionType", "AuthMethod", "CHAP_A", "CHAP_N", "CHAP_R", "CHAP_I",
                     "CHAP_C", "InitialR2T", "MaxBurstLength", "MaxRecvDataSegmentLength", "X-y"]),
    st.sampled_from([TARGET, INITIATOR, "Normal", "Discovery", "CHAP", "None", "5", "user", "0x00", "Yes", "512", ""])),
    max_size=8), st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans())
def test_no_request_breaks_the_target(pairs, csg, nsg, transit, more):
    target = target_login(CREDENTIALS)
    for _each in range(3):
        if not target.failed and not target.done:
            response = target.receive(request(pairs, csg=csg, nsg=nsg, transit=transit, **{"continue": more}))
            assert pdu.encode(response)
    assert not target.done


def answers(*responses):
    """An initiator that gets these responses, one after the other."""
    initiator = initiator_login()
    initiator.first()
    for fields, pairs in responses:
        given = {"isid": ISID, "initiator_task_tag": 0, "csg": 0}
        given.update(fields)
        response = pdu.Pdu(pdu.LOGIN_RESPONSE, text.encode_pairs(pairs))
        response.fields.update(given)
        initiator.receive(over_the_wire(response))
    return initiator


@pytest.mark.parametrize("fields, pairs", [
    ({"isid": bytes(6)}, []), ({"initiator_task_tag": 8}, []), ({"csg": 1}, []), ({"version_active": 1}, []),
    ({"transit": True, "nsg": 2}, []), ({}, [("AuthMethod", "CHAP")]), ({}, [("AuthMethod", "KRB5")]),
    ({}, [("AuthMethod", "None"), ("AuthMethod", "None")]), ({}, [("X-colour", "blue")]), ({}, [("CHAP_A", "5")]),
    ({}, [("InitialR2T", "Yes")]), ({"status_class": 3}, []),
])
def test_responses_that_end_the_login(fields, pairs):
    with pytest.raises(login.LoginError):
        answers((fields, pairs))


def test_a_target_that_never_comes_to_the_point():
    with pytest.raises(login.LoginError, match=r"\bend\b"):
        answers(*[({"stat_sn": at}, []) for at in range(100)])


def test_a_redirection_is_told():
    initiator = initiator_login()
    initiator.first()
    with pytest.raises(login.LoginError) as caught:
        initiator.receive(over_the_wire(pdu.Pdu(
            pdu.LOGIN_RESPONSE, text.encode_pairs([("TargetAddress", "127.0.0.1:3261,1")]), isid=ISID,
            initiator_task_tag=0, status_class=1, status_detail=1)))
    assert caught.value.status == login.MOVED_TEMPORARILY and initiator.moved_to == "127.0.0.1:3261,1"


@pytest.mark.parametrize("name, expected", [
    (TARGET, True), ("iqn.2026-01.com.example", True), ("eui.0123456789abcdef", True), ("naa.5000c50012345678", True),
    ("naa." + "5" * 32, True), ("iqn.2026-1.com", False), ("shelf", False), ("", False), ("eui.12", False),
    ("iqn.2026-01.com.example:a b", False), ("iqn.2026-01.com.example:a/b", False),
    ("iqn.2026-01.com.example:" + "x" * 200, False),
])
def test_iscsi_names(name, expected):
    assert login.is_iscsi_name(name) is expected


@pytest.mark.parametrize("target,insist,offered", [
    (TARGET, False, "CHAP,None"), (TARGET, True, "CHAP"), ("", False, "None,CHAP"), ("", True, "CHAP")])
def test_what_is_offered_to_a_target_and_to_discovery(target, insist, offered):
    """LIO chooses CHAP for discovery where it comes first, and fails where it has no secret for that."""
    chap = InitiatorChap("user", "the user's secret", "the target's secret" if insist else "")
    first = initiator_login(chap, insist, target).first()
    assert dict(text.decode_pairs(first.data))["AuthMethod"] == offered
