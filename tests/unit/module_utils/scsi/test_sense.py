# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sense data: decoded, cut, hostile, encoded, and side by side with sg_decode_sense."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import sense_descriptors
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.request_sense import REQUEST_SENSE
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense import Sense, decode_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import (
    encode_descriptor_sense,
    encode_fixed_sense,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_keys import SENSE_KEYS
from hypothesis import given
from hypothesis import strategies as st

PEER = json.loads(
    (Path(__file__).resolve().parents[2] / "fixtures" / "sense" / "sg_decode_sense.json").read_text("ascii"))
VECTORS = {vector["name"]: bytes.fromhex(vector["sense"]) for vector in PEER["vectors"]}
EVERY_VECTOR = pytest.mark.parametrize("name", sorted(VECTORS))


def decoded(text):
    return decode_sense(bytes.fromhex(text))


# What sg_decode_sense said of each vector, against what we say of it. -----------------------------------------------

# How the tool names what it found, and how to read it.
_PHRASES: Any = [
    ("format", r"^(Fixed|Descriptor) format, ", str.lower),
    ("deferred", r"format, (current|<<<deferred>>>);", lambda said: said != "current"),
    ("key", r"Sense key: (.*)$", str.lower),
    ("overflow", r"<<<(Sense data overflow)", bool),
    ("additional", r"^ *Additional sense: (.*)$", str.lower),
    ("information", r"^ *Info fld=0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("information", r"Information: 0x([0-9a-f]{16})$", lambda said: int(said, 16)),
    ("command_specific_information", r"Command specific: 0x([0-9a-f]{16})$", lambda said: int(said, 16)),
    # Code 0 means that there is no such unit, for the tool it is a number like any other.
    ("fru", r"Field replaceable unit code: (\d+)$", lambda said: int(said) or None),
    ("fru", r"Field replaceable unit code: 0x([0-9a-f]+)$", lambda said: int(said, 16) or None),
    ("field_pointer", r"Error in (Command|Data parameters): byte", lambda said: said == "Command"),
    ("field_pointer_byte", r"Error in .*: byte (\d+)", int),
    ("field_pointer_bit", r"Error in .*: byte \d+ bit (\d)$", int),
    ("segment_pointer", r"Relative to start of (segment descriptor|parameter list)", lambda said: said[0] == "s"),
    ("segment_pointer_byte", r"Relative to start of .*, byte (\d+)", int),
    ("segment_pointer_bit", r"Relative to start of .*, byte \d+ bit (\d)$", int),
    ("retry_count", r"Actual retry count: (0x[0-9a-f]+|\d+)$", lambda said: int(said, 0)),
    ("progress_percent", r"(?<!Another p)(?<!p)[Pp]rogress indication: (\d+\.\d\d)%$", float),
    ("unit_attention_overflow", r"overflow flag is (\d)$", lambda said: said == "1"),
    ("filemark", r"( FMK|: FILEMARK)", bool),
    ("eom", r"( EOM|\(EOM\))", bool),
    ("ili", r"( ILI$|\(ILI\)$|\(ILI\) set|ILI \(incorrect length indication\) set)", bool),
    ("extend", r"extend=(\d)", lambda said: said == "1"),
    ("ata_error", r"error=0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("ata_status", r"status=0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("ata_device", r"device=0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("ata_count", r"count(?:\(7:0\))?=0x([0-9a-f]+)(?!\w|\+)", lambda said: int(said, 16)),
    ("ata_lba", r" lba=0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("usage_reason", r"Usage reason: (resend this and further commands) to:", str),
    ("designator", r"^ +0x([0-9a-f]{16})$", str),
    ("microcode_seconds", r"Microcode activation time: (\d+) seconds", int),
    ("another_progress_percent", r"Another progress indication: (\d+)\.", int),
    ("another_codes", r"\[sense_key=0x(\w+) asc,ascq=0x\w+,0x\w+\]", lambda said: int(said, 16)),
    ("another_asc", r"\[sense_key=0x\w+ asc,ascq=0x(\w+),0x\w+\]", lambda said: int(said, 16)),
    ("another_ascq", r"\[sense_key=0x\w+ asc,ascq=0x\w+,0x(\w+)\]", lambda said: int(said, 16)),
    ("not_all_referrals", r"Not all referrals: (\d)", lambda said: said == "1"),
    ("first_lba", r"first uds LBA: 0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("last_lba", r"last uds LBA: +0x([0-9a-f]+)", lambda said: int(said, 16)),
    ("group", r"tpg: (\d+)  state: active/optimized", int),
    ("standby_group", r"tpg: (\d+)  state: standby", int),
    ("fsdt", r"FSDT: (set|clear)", lambda said: said == "set"),
    ("forwarded_status", r"Forwarded status: (.*)$", str.upper),
    ("content", r"^ +((?:[0-9a-f]{2} ?)+)$", lambda said: said.replace(" ", "")),
]

# The sense keys that the tool calls by another name.
_KEYS: Any = {"equal (obsolete)": "equal", "vendor specific": "vendor specific(9)"}


def told(lines):
    """The facts in the tool's text; those of forwarded sense data apart, under "forwarded"."""
    facts = {}
    while lines:
        line = lines[0]
        lines = lines[1:]
        if "vvvv" in line:
            end = next(number for number, later in enumerate(lines) if "^^^^" in later)
            facts["forwarded"] = told(lines[:end])
            lines = lines[end + 1:]
            continue
        for name, pattern, read in _PHRASES:
            found = re.search(pattern, line)
            if found:
                value = read(found.group(1))
                if name == "content":
                    value = facts.get(name, "") + value
                assert name not in facts or name == "content", name
                facts[name] = value
    return {name: value for name, value in facts.items() if value not in (None, False)}


def ours_of_a_descriptor(descriptor):
    """The facts in one descriptor that have no attribute of their own."""
    kind = descriptor["type"]["value"]
    if kind == sense_descriptors.ANOTHER_PROGRESS_INDICATION:
        return {
            # The tool prints the fraction with digits astray, "12.0249%" for 12.5 %.
            "another_progress_percent": descriptor["another_progress_indication"] * 100 // 65536,
            "another_codes": descriptor["another_sense_key"]["value"],
            "another_asc": descriptor["another_additional_sense_code"],
            "another_ascq": descriptor["another_additional_sense_code_qualifier"],
        }
    if kind == sense_descriptors.USER_DATA_SEGMENT_REFERRAL:
        [referral] = descriptor["referrals"]
        active, standby = referral["target_port_groups"]
        assert active["asymmetric_access_state"]["name"] == "active/optimized"
        assert standby["asymmetric_access_state"]["name"] == "standby"
        return {
            "not_all_referrals": descriptor["not_all_referrals"],
            "first_lba": referral["first_user_data_segment_lba"],
            "last_lba": referral["last_user_data_segment_lba"],
            "group": active["target_port_group"],
            "standby_group": standby["target_port_group"],
        }
    if kind == sense_descriptors.FORWARDED_SENSE_DATA:
        return {
            "fsdt": descriptor["forwarded_sense_data_truncated"],
            "forwarded_status": descriptor["forwarded_status"]["name"],
        }
    if kind == sense_descriptors.DEVICE_DESIGNATION:
        return {
            "usage_reason": descriptor["usage_reason"]["name"].replace(" to the designated device", ""),
            "designator": descriptor["designation_descriptor"]["designator"],
        }
    if kind == sense_descriptors.MICROCODE_ACTIVATION:
        return {"microcode_seconds": descriptor["microcode_activation_time_seconds"]}
    return {"content": descriptor["data"]} if "data" in descriptor else {}


def ours(sense):
    """The same facts from our decoder."""
    found = {
        "format": sense.format,
        "deferred": sense.deferred,
        "key": _KEYS.get(SENSE_KEYS.get(sense.key), SENSE_KEYS.get(sense.key)),
        "overflow": sense.overflow,
        "additional": sense.additional and sense.additional.lower(),
        "information": sense.information,
        "command_specific_information": sense.command_specific_information if sense.format == "descriptor" else None,
        "fru": sense.field_replaceable_unit_code,
        "retry_count": sense.retry_count,
        "unit_attention_overflow": sense.unit_attention_overflow,
        "filemark": sense.filemark,
        "eom": sense.eom,
        "ili": sense.ili,
    }
    for name in ("field_pointer", "segment_pointer"):
        pointer = getattr(sense, name)
        if pointer is not None:
            found[name], found[name + "_byte"], found[name + "_bit"] = pointer
    if sense.ata is not None:
        found["extend"] = sense.ata["extend"]
        found.update(("ata_" + name, sense.ata[name]) for name in ("error", "status", "device", "count"))
        if sense.format == "descriptor":
            # In fixed format the tool of the fixture shows the three octets in the wrong order, see below.
            found["ata_lba"] = sense.ata["lba"]
    for descriptor in sense.descriptors:
        found.update(ours_of_a_descriptor(descriptor))
    own = [each for each in sense.descriptors if each["type"]["value"] == sense_descriptors.SENSE_KEY_SPECIFIC]
    if sense.format == "fixed" or own:
        found["progress_percent"] = sense.progress_percent
    for _title, forwarded in sense.forwarded:
        found["forwarded"] = ours(forwarded)
    return {name: value for name, value in found.items() if value not in (None, False)}


# The tool gives the bytes of a descriptor that is too short as hex; here they are not there.
_CUT = {"descriptor, cut in a descriptor"}

# No sense data of SPC: the tool guesses at SCSI-1 or shows the bytes.
_NOT_SENSE = {"vendor specific response code", "unknown response code", "all zeros"}


@pytest.mark.parametrize("vector", PEER["vectors"], ids=[vector["name"] for vector in PEER["vectors"]])
def test_says_what_sg_decode_sense_says(vector):
    said = told(vector["output"])
    found = ours(decoded(vector["sense"]))
    if vector["name"] in _NOT_SENSE:
        assert found == {}
        return
    if vector["name"] in _CUT:
        assert said.pop("content")
    # The tool cuts after the second digit.
    assert found.pop("progress_percent", None) == pytest.approx(said.pop("progress_percent", None), abs=0.02)
    assert found == said


def test_the_vectors_hold_every_descriptor_type():
    kinds = {
        descriptor["type"]["value"] for data in VECTORS.values() for descriptor in decode_sense(data).descriptors}
    assert kinds >= set(range(0x10)) | {0x80}
    assert len(PEER["vectors"]) >= 25


def test_differs_from_sg_decode_sense_in_the_lba_of_a_fixed_ata_result():
    # LBA(7:0) stands in byte 9 and LBA(23:16) in byte 11; sg3_utils 1.46 shows them as high to low, later ones do not.
    vector = next(each for each in PEER["vectors"] if each["name"] == "fixed, ATA PASS-THROUGH result")
    assert "lba_high,mid,low(7:0)=0x34,0x12,0x0" in vector["output"][-1]
    assert decoded(vector["sense"]).ata["lba"] == 0x001234


def test_differs_from_sg_decode_sense_in_the_source_of_forwarded_sense_data():
    # 0 is unknown, 1 the copy source and 2 the destination, as the copy manager of FreeBSD sends it.
    vector = next(each for each in PEER["vectors"] if each["name"] == "descriptor, forwarded sense data")
    assert "Sense data source: Extended copy command destination device 0" in "".join(vector["output"])
    assert decoded(vector["sense"]).forwarded[0][0] == "copy source"


# What we say. -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("data", "sentence"), [
    ("", "no sense data"),
    ("000000000000000000000000000000000000", "no sense data"),
    ("7f0005", "vendor specific sense data"),
    ("6e0005", "sense data with the unknown response code 6Eh"),
    ("70", "sense data that ends before the sense key"),
    ("7000020000000000", "not ready"),
    ("700005000000000a00000000240000cd0004", "illegal request: invalid field in CDB, byte 4 bit 5"),
    ("700005000000000a00000000240000c50004", "illegal request: invalid field in CDB, byte 4"),
    ("700005000000000a00000000200000c00000", "illegal request: invalid command operation code, CDB byte 0"),
    ("700005000000000a00000000260000800010", "illegal request: invalid field in parameter list, byte 16"),
    ("700005000000000a00000000260200800010", "illegal request: parameter value invalid, parameter list byte 16"),
    ("f00003000012340a00000000110000000000", "medium error: unrecovered read error, LBA 4660"),
    ("f00003000000000a00000000110000000000", "medium error: unrecovered read error, LBA 0"),
    ("f10003000012340a000000000c0200000000",
     "deferred error (of an earlier command): medium error: write error - auto reallocation failed, LBA 4660"),
    ("70000200000000 0a0000000004090080ffff",
     "not ready: logical unit not ready, self-test in progress, 99 % complete"),
    ("700001000000000a00000000170100800003", "recovered error: recovered data with retries, retries: 3"),
    ("70000a000000000a000100020d0100a80012",
     "copy aborted: third party device failure, segment descriptor byte 18 bit 0"),
    ("720a0d01000000160c140102f00003000012340a00000000110000000000",
     "copy aborted: third party device failure; copy source: medium error: unrecovered read error, LBA 4660"),
    ("720a0d01000000160c140302f00003000012340a00000000110000000000",
     "copy aborted: third party device failure; another device: medium error: unrecovered read error, LBA 4660"),
    ("7201001d0000000e090c0004ff080034001200abe051",
     "recovered error: ATA pass through information available, ATA status 51h error 04h"),
])
def test_sentence(data, sentence):
    assert decoded(data).sentence() == sentence
    assert str(decoded(data)) == sentence


def test_facts():
    facts = decoded("700005000000000a00000000240000cd0004").facts()
    assert json.loads(json.dumps(facts)) == facts
    assert facts == {
        "response_code": 0x70,
        "format": "fixed",
        "deferred": False,
        "key": {"value": 5, "name": "illegal request"},
        "asc": 36,
        "ascq": 0,
        "additional": "invalid field in CDB",
        "overflow": False,
        "information": None,
        "lba": None,
        "command_specific_information": 0,
        "field_replaceable_unit_code": None,
        "filemark": False,
        "eom": False,
        "ili": False,
        "field_pointer": {"in": "cdb", "byte": 4, "bit": 5},
        "segment_pointer": None,
        "retry_count": None,
        "progress_percent": None,
        "unit_attention_overflow": None,
        "ata": None,
        "descriptors": [],
        "forwarded": [],
        "text": "illegal request: invalid field in CDB, byte 4 bit 5",
        "raw": "700005000000000a00000000240000cd0004",
    }


def test_empty_sense_has_facts_and_they_are_all_null():
    facts = decode_sense(b"").facts()
    assert {name for name, value in facts.items() if value not in (None, [])} == {"deferred", "raw", "text"}


@pytest.mark.parametrize(("key", "progress"), [
    (0x0, 0x4000), (0x1, None), (0x2, 0x4000), (0x3, None), (0x4, None), (0x5, None), (0x6, None), (0x7, None),
    (0x8, None), (0x9, None), (0xA, None), (0xB, None), (0xC, None), (0xD, None), (0xE, None), (0xF, None),
])
def test_progress_is_one_under_no_sense_and_not_ready_only(key, progress):
    fixed = decoded(f"7000{key:02x}000000000a0000000004090080 4000")
    descriptor = decoded(f"72{key:02x}0409 00000008 0206000080400000")
    another = decoded(f"720b0000 00000008 0a06{key:02x}0409004000")
    assert fixed.progress == descriptor.progress == another.progress == progress
    assert fixed.progress_percent == (None if progress is None else 25.0)


def test_progress_never_reaches_100_percent_and_is_unknown_without_sksv():
    assert decoded("700002000000000a0000000004090080ffff").progress_percent == 99.998
    assert decoded("700002000000000a0000000004090080 0000").progress_percent == 0.0
    assert decoded("700002000000000a000000000409000 0ffff".replace(" ", "")).progress_percent is None


def test_own_progress_counts_before_that_of_another_operation():
    another = "0a06020409002000"
    own = "0206000080400000"
    assert decoded("7202040400000010" + another + own).progress == 0x4000
    assert decoded("7202040400000010" + own + another).progress == 0x4000
    assert decoded("7202040400000008" + another).progress == 0x2000


def test_what_belongs_to_a_tape_or_to_no_block_is_no_lba():
    assert decoded("f00003000012340a00000000110000000000").lba == 0x1234
    assert decoded("f00005000012340a00000000210000000000").lba == 0x1234
    assert decoded("f0000b000012340a00000000100100000000").lba == 0x1234
    for other in ("f00023000012340a00000000110000000000", "f00083000012340a00000000110000000000",
                  "f00043000012340a00000000110000000000", "f00005000012340a00000000240000000000",
                  "700003000012340a00000000110000000000"):
        assert decoded(other).lba is None


def test_an_ata_result_in_fixed_format_is_no_information():
    whole = decoded("f000010450407f0a00341200001d00000000")
    assert whole.information is None
    assert whole.lba is None
    assert whole.command_specific_information is None
    assert whole.ata == {
        "extend": False, "error": 4, "status": 0x50, "device": 0x40, "count": 0x7F, "lba": 0x1234}
    # The upper halves are somewhere else and not zero, so the lower ones alone would be a lie.
    partly = decoded("f000010450407f0ae0341200001d00000000")
    assert partly.ata["count"] is None
    assert partly.ata["lba"] is None
    assert partly.ata["extend"] is True


def test_forwarded_sense_is_nested_only_so_deep():
    data = bytes.fromhex("700005000000000a00000000240000000000")
    for _level in range(10):
        data = encode_descriptor_sense(0xA, 0x0D, 0x01, descriptors=[
            {"type": 0x0C, "sense_data_source": 1, "forwarded_status": 2, "forwarded_sense_data": data.hex()}])
    sense = decode_sense(data)
    depth = 0
    while sense.forwarded:
        depth += 1
        sense = sense.forwarded[0][1]
    assert depth == 3
    assert sense.descriptors[0]["forwarded_sense_data"]
    assert sense.descriptors[0]["sense"] is None


def test_request_sense():
    assert REQUEST_SENSE.encode(desc=True, allocation_length=252).hex() == "03010000fc00"
    assert REQUEST_SENSE.encode(allocation_length=18).hex() == "030000001200"


# Cut and hostile sense. ---------------------------------------------------------------------------------------------

_FULL = bytes.fromhex("f10013010203040a05060708110b0980000c")


@pytest.mark.parametrize(("name", "length"), [
    ("response_code", 1), ("key", 3), ("overflow", 3), ("filemark", 3), ("eom", 3), ("ili", 3), ("information", 7),
    ("command_specific_information", 12), ("asc", 13), ("ascq", 14), ("additional", 14),
    ("field_replaceable_unit_code", 15), ("retry_count", 18), ("lba", 7),
])
def test_a_field_of_fixed_sense_appears_with_its_last_byte(name, length):
    whole = getattr(decode_sense(_FULL), name)
    assert whole is not None
    for size in range(len(_FULL) + 1):
        assert getattr(decode_sense(_FULL[:size]), name) == (whole if size >= length else None), size


_FULL_DESCRIPTORS = bytes.fromhex(
    "7303801180000028000a80000000000012345678010a0000000000000000000702060000800009000302002a"
    "04020040")


@pytest.mark.parametrize(("name", "length"), [
    ("response_code", 1), ("key", 2), ("asc", 3), ("ascq", 4), ("overflow", 5), ("information", 20),
    ("command_specific_information", 32), ("retry_count", 39), ("field_replaceable_unit_code", 44), ("eom", 48),
])
def test_a_field_of_descriptor_sense_appears_with_its_last_byte(name, length):
    whole = getattr(decode_sense(_FULL_DESCRIPTORS), name)
    assert whole is not None
    for size in range(len(_FULL_DESCRIPTORS) + 1):
        assert getattr(decode_sense(_FULL_DESCRIPTORS[:size]), name) == (whole if size >= length else None), size


@EVERY_VECTOR
def test_cut_sense_says_nothing_that_the_whole_does_not_say(name):
    whole = decode_sense(VECTORS[name])
    for size in range(len(VECTORS[name])):
        warnings = []
        cut = decode_sense(VECTORS[name][:size], warnings)
        json.dumps(cut.facts())
        if whole.format is None:
            assert cut.format is None
            continue
        if size < 8 + (VECTORS[name][7] if len(VECTORS[name]) > 7 else 0):
            assert warnings or size == 0
        for field in Sense._fields:
            if field in ("raw", "descriptors", "forwarded", "ata", "deferred", "format", "progress"):
                continue
            if whole.ata and field in ("information", "command_specific_information"):
                # Only the additional sense code, which comes later, tells what these are.
                continue
            assert getattr(cut, field) in (None, getattr(whole, field)), (size, field)
        assert cut.progress in (None, whole.progress)
        assert len(cut.descriptors) <= len(whole.descriptors)
        for ours_cut, ours_whole in zip(cut.descriptors, whole.descriptors):
            assert ours_cut["type"] == ours_whole["type"]
            for field, value in ours_cut.items():
                if field in ("data", "forwarded_sense_data"):
                    assert ours_whole[field].startswith(value)
                elif field not in ("sense", "referrals", "designation_descriptor"):
                    assert value in (None, ours_whole[field]), (size, field)


def test_the_length_in_the_header_ends_the_sense_data():
    # A buffer of the driver is often longer than what the device has written.
    assert decoded("7000050000000004 00000000 240000cd0004").asc is None
    assert decoded("72052400 00000000 02060000cd000400").field_pointer is None
    assert decoded("72052400 00000008 02060000cd0004000302002a").field_replaceable_unit_code is None


def test_warnings_say_what_is_missing():
    for text, expected in [
        ("7000050000", [r"\bsense data\b.*\b5 bytes\b"]),
        ("700005000000000a00000000", [r"\bsense data\b.*\b12 of 18 bytes\b"]),
        ("72052400000000010a", [r"\bsense data\b.*\blast descriptor\b.*\btype\b"]),
        ("7205240000000003020600", [r"\bsense data descriptor\b.*\b3 of 8 bytes\b"]),
        ("700005000000000a00000000240000cd0004", []),
    ]:
        warnings = []
        decode_sense(bytes.fromhex(text), warnings)
        assert len(warnings) == len(expected)
        assert all(re.search(each, warning) for each, warning in zip(expected, warnings))


def test_descriptors_without_content_end():
    sense = decode_sense(bytes.fromhex("72052400000000f4") + bytes(244))
    assert len(sense.descriptors) == 122
    assert sense.information is None


def test_the_first_of_two_descriptors_of_a_type_counts():
    assert decoded("72030000 00000018 000a8000 0000000000000001 000a8000 0000000000000002").information == 1


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data):
    warnings = []
    sense = decode_sense(data, warnings)
    assert json.loads(json.dumps(sense.facts())) == sense.facts()
    assert str(sense)
    assert all(isinstance(warning, str) for warning in warnings)


@given(st.sampled_from([0x70, 0x71, 0x72, 0x73, 0xF0, 0xF1, 0xF2, 0xF3]), st.binary(min_size=7, max_size=7),
       st.lists(st.tuples(st.integers(0, 0x11), st.integers(0, 40), st.binary(max_size=40))), st.integers(0, 300))
def test_random_descriptors_never_raise(response_code, header, descriptors, size):
    body = b"".join(bytes([kind, length]) + content for kind, length, content in descriptors)
    sense = decode_sense((bytes([response_code]) + header[:6] + b"\xf4" + body)[:size])
    assert json.loads(json.dumps(sense.facts())) == sense.facts()
    assert str(sense)
    assert len(sense.descriptors) <= 126


# Encoding. ----------------------------------------------------------------------------------------------------------

_POINTER = st.tuples(st.booleans(), st.integers(0, 0xFFFF), st.none() | st.integers(0, 7))
_COUNT = st.integers(0, 0xFFFF)
_SPECIFIC = {
    0x0: ("progress", _COUNT), 0x1: ("retry_count", _COUNT), 0x2: ("progress", _COUNT), 0x3: ("retry_count", _COUNT),
    0x4: ("retry_count", _COUNT), 0x5: ("field_pointer", _POINTER), 0x6: ("unit_attention_overflow", st.booleans()),
    0xA: ("segment_pointer", _POINTER),
}


@st.composite
def _values(draw, information):
    values = {
        "key": draw(st.integers(0, 15)),
        "asc": draw(st.integers(1, 255)),
        "ascq": draw(st.integers(0, 255)),
        "information": draw(st.none() | st.integers(0, information)),
        "command_specific_information": draw(st.integers(0, information)),
        "field_replaceable_unit_code": draw(st.none() | st.integers(1, 255)),
        "deferred": draw(st.booleans()),
    }
    if values["key"] in _SPECIFIC and draw(st.booleans()):
        name, strategy = _SPECIFIC[values["key"]]
        values[name] = draw(strategy)
    return values


def _same(sense, values):
    return {name: getattr(sense, name) for name in values} == values


@given(_values((1 << 32) - 1), st.booleans(), st.booleans(), st.booleans())
def test_fixed_sense_goes_round(values, filemark, eom, ili):
    values.update(filemark=filemark, eom=eom, ili=ili)
    data = encode_fixed_sense(**values)
    warnings = []
    assert len(data) == 18
    assert _same(decode_sense(data, warnings), values)
    assert warnings == []


@given(_values((1 << 64) - 1))
def test_descriptor_sense_goes_round(values):
    data = encode_descriptor_sense(**values)
    warnings = []
    assert data[7] == len(data) - 8
    assert _same(decode_sense(data, warnings), values)
    assert warnings == []


@EVERY_VECTOR
def test_every_descriptor_goes_round(name):
    data = VECTORS[name]
    sense = decode_sense(data)
    # Reserved or unmarked bytes that decoding drops on purpose.
    if name in _CUT or "without VALID" in name:
        return
    if sense.format == "descriptor" and len(data) > 8:
        pieces = b"".join(sense_descriptors.encode_descriptor(descriptor) for descriptor in sense.descriptors)
        assert pieces.hex() == data[8:].hex()


def test_encoded_sense_is_what_the_standard_shows():
    assert encode_fixed_sense(5, 0x24, 0, field_pointer=(True, 4, 5)).hex() == "700005000000000a00000000240000cd0004"
    assert encode_fixed_sense(3, 0x11, 0, information=0x1234).hex() == "f00003000012340a00000000110000000000"
    assert encode_descriptor_sense(5, 0x24, 0, field_pointer=(True, 4, 5)).hex() == "720524000000000802060000cd000400"
    assert encode_descriptor_sense(2, 4, 9, progress=0x4000).hex() == "72020409000000080206000080400000"


def test_fixed_sense_leaves_out_information_that_does_not_fit():
    sense = decode_sense(encode_fixed_sense(3, 0x11, 0, information=1 << 32))
    assert sense.information is None
    assert sense.asc == 0x11


@pytest.mark.parametrize("encode", [encode_fixed_sense, encode_descriptor_sense])
@pytest.mark.parametrize("values, number", [
    ({"key": 16}, 16), ({"key": 2, "progress": 0x10000}, 65536), ({"key": 5, "asc": 256}, 256),
    ({"key": 5, "field_pointer": (True, 0, 8)}, 8),
])
def test_encoding_refuses_what_cannot_be_said(encode, values, number):
    with pytest.raises(ValueError, match=rf"\b{number}\b"):
        encode(**values)


@pytest.mark.parametrize("encode", [encode_fixed_sense, encode_descriptor_sense])
@pytest.mark.parametrize("values", [
    {"key": 5, "progress": 1}, {"key": 2, "field_pointer": (True, 0, None)}, {"key": 0xB, "retry_count": 1},
    {"key": 2, "progress": 1, "retry_count": 1},
])
def test_encoding_refuses_what_a_sense_key_does_not_have(encode, values):
    with pytest.raises(ValueError, match=r"\bsense key {:X}h\b".format(values["key"])):
        encode(**values)


def test_encoding_refuses_unknown_fields_and_too_much():
    with pytest.raises(ValueError, match=r"\beom\b"):
        encode_descriptor_sense(5, descriptors=[{"type": 5, "eom": True}])
    with pytest.raises(ValueError, match=r"\bili\b"):
        encode_descriptor_sense(5, descriptors=[{"type": 0x80, "data": "00", "ili": True}])
    with pytest.raises(ValueError, match=r"\b254 bytes\b.*\b252\b"):
        encode_descriptor_sense(5, descriptors=[b"\x80\xf4" + bytes(244)])
    assert len(encode_descriptor_sense(5, descriptors=[b"\x80\xf2" + bytes(242)])) == 252


# SPC-3 6.3.3: two octets of the command-specific information say where the status and sense data of source and
# destination begin. The outer sense data is by hand from its table of the fixed format.
SOURCE = "02 f0 00 03 00 00 12 34 0a 00 00 00 00 11 00 00 00 00 00"
DESTINATION = "02 72 05 21 00 00 00 00 00"


def aborted(source_at, destination_at, rest, key="0a"):
    rest = bytes.fromhex(rest)
    return bytes.fromhex(f"70 00 {key} 00 00 00 00 {10 + len(rest):02x} {source_at:02x} {destination_at:02x} 00 00 00 "
                         "00 00 a0 00 0a") + rest


@pytest.mark.parametrize("data,said", [
    (aborted(18, 37, SOURCE + DESTINATION), [
        ("copy source", "medium error: unrecovered read error, LBA 4660"),
        ("copy destination", "illegal request: logical block address out of range")]),
    (aborted(27, 18, DESTINATION + SOURCE), [
        ("copy source", "medium error: unrecovered read error, LBA 4660"),
        ("copy destination", "illegal request: logical block address out of range")]),
    (aborted(0, 18, DESTINATION), [("copy destination", "illegal request: logical block address out of range")]),
    (aborted(18, 0, "08"), []),  # the source was BUSY
    (aborted(0, 0, ""), []),
    (aborted(200, 17, DESTINATION), []),  # behind the end, and within the sense data proper
    (aborted(18, 37, SOURCE + DESTINATION, key="05"), []),
])
def test_what_a_copy_manager_heard_from_the_devices_in_fixed_format(data, said):
    sense = decoded(data.hex())
    assert [(title, forwarded.sentence()) for title, forwarded in sense.forwarded] == said
    assert [(each["from"], each["sense"]["text"]) for each in sense.facts()["forwarded"]] == said
    for title, sentence in said:
        assert f"; {title}: {sentence}" in sense.sentence()
