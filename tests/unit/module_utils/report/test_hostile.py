# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of any kind cost their own host its report, and no other host."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report import documents, records, redaction
from ansible_collections.drivecare.scsi.plugins.module_utils._report.forms import html, sarif
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import make_report

from . import fleet
from .readers import read_all, strict_csv
from .samples import DAY, healthy, host, put, wanted

RULES = [{"id": "cool", "title": "It is cool", "severity": "major", "remedy": "Cool it",
          "check": {"named": "temperature", "below_reference": 0.5}},
         {"id": "known", "title": "It is known", "severity": "warning", "remedy": "Buy it",
          "check": {"path": "status", "operator": "equals", "value": "ok", "show": ["identity.product"]}}]


def document(**facts: Any) -> str:
    """The text of a host's document with one drive, which has these facts by their paths."""
    drive = healthy()
    for path, value in facts.items():
        put(drive, path.replace("__", "."), value)
    return json.dumps(host(drive, name="odd")[0])


def reported(folder: Path, **options: Any) -> dict[str, Any]:
    """The reports of all documents in a folder, each read back."""
    report = make_report(wanted(folder, [], rules=RULES, **options))
    texts = {form: Path(path).read_bytes().decode("utf-8") for form, path in report["files"].items()}
    return dict(report, read=read_all(texts), texts=texts)


def with_neighbour(folder: Path, content: Any, **options: Any) -> dict[str, Any]:
    """The host with a document of this content, beside one that is well and must be reported."""
    fleet.write(folder / "facts", host(healthy(), name="well"))
    if content is not None:
        (folder / "facts" / "odd.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    hosts = {each["host"]: each for each in reported(folder, **options)["read"]["json"]["hosts"]}
    assert set(hosts) == {"well", "odd"} and hosts["well"]["verdict"] == "pass" and len(hosts["well"]["drives"]) == 1
    odd: dict[str, Any] = hosts["odd"]
    return odd


def nested(depth: int, inner: str = "1") -> str:
    return "[" * depth + inner + "]" * depth


@pytest.mark.parametrize("content,why", [
    (document().replace('"capacity_bytes": ', '"capacity_bytes": ' + "9" * 400), "more than 16 bytes"),
    (document().replace('"capacity_bytes": ', '"capacity_bytes": ' + "9" * 5000), "not JSON"),
    (document().replace('"reference_temperature_celsius": ', '"reference_temperature_celsius": ' + "9" * 400),
     "16 bytes"),
    (document().replace('"power_on_hours": ', '"power_on_hours": 1e999, "x": ', 1), "without end"),
    (document().replace('"power_on_hours": ', '"power_on_hours": -1e999, "x": ', 1), "without end"),
    (document(health__power_on_hours=1 << 128), "16 bytes"),
    (document(health__power_on_hours=1e300), "16 bytes"),
    (document().replace('"status": "ok"', f'"status": {nested(330)}'), "64 levels"),
    (document().replace('"status": "ok"', f'"status": {nested(64)}'), "64 levels"),
    (document().replace('"status": "ok"', f'"status": {nested(100000)}'), "not JSON"),
    (document().replace('"status": "ok"', '"status": ' + '{"a":' * 90 + "1" + "}" * 90), "64 levels"),
    (document().replace('"status": "ok"', '"status": "ok", "status": "failed"'), "twice"),
    ("[1, 2", "not JSON"), ("", "not JSON"), ("[]", "must be an object"), (b"\xff\xfe\x00{", "not JSON"),
    (b"\xef\xbb\xbf{}", "version"), ('{"version": 1e3, "host": "x", "drives": []}', "version"),
    ('{"version": 1, "host": "odd", "drives": [' + ",".join(['{"facts_version": 1}'] * 10001) + "]}", "10,000"),
], ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "document")
def test_a_document_that_cannot_be_shown_is_its_hosts_failure(tmp_path: Path, content: Any, why: str) -> None:
    odd = with_neighbour(tmp_path, content)
    assert odd["problem"]["rule"] == "host_reported" and why in odd["problem"]["note"] and odd["drives"] == []


@pytest.mark.parametrize("content", [
    document(health__power_on_hours=(1 << 128) - 1), document(status=json.loads(nested(50))),
    document(identity__product=json.loads(nested(50)), status="failed"), document(health__temperature=[{}, [], 1.5]),
    document(gathered=[{}, [1]], status={"value": [1], "name": {"a": None}}), document(wwn={"a": 1}, device=[]),
    document(selftest__results=[None, 1, "x", [], {"result": 7}], selftest__power_on_hours="many"),
    document(warnings=["\ud800", 7, None, "x" * 100000]), document(health__phys=[[[]], 3, {"phy_identifier": {}}]),
    document(capacity__capacity_bytes=1.5e30), document(capacity__capacity_bytes=-1), document(location=[1]),
], ids=range(12))
def test_a_document_of_odd_values_is_reported(tmp_path: Path, content: str) -> None:
    assert len(with_neighbour(tmp_path, content)["drives"]) == 1


@pytest.mark.parametrize("make", [
    os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path),
    lambda path: os.symlink("/dev/null", path), lambda path: os.symlink("nowhere", path)],
    ids=["pipe", "folder", "endless device", "empty device", "link to nothing"])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: Any) -> None:
    (tmp_path / "facts").mkdir()
    make(tmp_path / "facts" / "odd.json")
    note = with_neighbour(tmp_path, None)["problem"]["note"]
    assert "regular file" in note or "cannot be read" in note


def test_a_document_of_more_than_any_host_has_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MOST_BYTES", 1 << 20)
    assert "is larger than 1 MiB" in with_neighbour(tmp_path, document() + " " * (1 << 20))["problem"]["note"]


def test_names_of_files_that_are_no_utf_8(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    for name, content in ((b"a.json", document()), (b"\xff\xfe.json", document()), (b"\xfe.json", "[]")):
        (tmp_path / "facts" / os.fsdecode(name)).write_text(content)
    hosts = reported(tmp_path)["read"]["json"]["hosts"]
    assert sorted(len(each["drives"]) for each in hosts) == [0, 0, 1]
    assert any("the same host as in a.json" in str(each["problem"]) for each in hosts)


@pytest.mark.parametrize("module,name", [(records, "_where"), (html, "drive_section"), (sarif, "identity_of")])
def test_whatever_fails_costs_one_host(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Also where another format has made its part already, and for the first host of a report."""
    real = getattr(module, name)
    drive = put(healthy(), "health.predicted_failure", True)
    key = records.identity_of("drive", drive["wwn"])

    def fails(*given: Any) -> Any:
        if key in repr(given[0]):
            raise OverflowError("int too large to convert to float")
        return real(*given)

    monkeypatch.setattr(module, name, fails)
    waivers = [{"id": "w", "rule": "predicted_failure", "host": "aaa", "until": "2030-01-01", "reason": "known"}]
    fleet.write(tmp_path / "facts", host(drive, name="aaa") + host(put(healthy(), "wwn", "naa.5"), name="bbb"))
    result = reported(tmp_path, waivers=waivers)
    first, second = result["read"]["json"]["hosts"]
    assert first["host"] == "aaa" and "cannot be judged or shown" in first["problem"]["note"] and not first["drives"]
    assert second["host"] == "bbb" and second["verdict"] == "pass" and result["unused_waivers"] == ["w"]
    assert result["summary"]["drives_total"] == 1 and len(result["read"]["csv"]) == 2


def test_no_model_is_a_link_or_a_placeholder_in_sarif(tmp_path: Path) -> None:
    text = r"V [click here](https://evil.example/x) {0} \[a\] {{1}}"
    drive = put(put(healthy(), "identity.product", text), "health.predicted_failure", True)
    fleet.write(tmp_path / "facts", host(drive))
    message, = [result["message"]["text"] for result in reported(tmp_path)["read"]["sarif"]]
    assert r"V \[click here\](https://evil.example/x) {{0}} \\\[a\\\] {{{{1}}}}" in message


@pytest.mark.parametrize("sign", ["=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_full_width_sign_is_no_formula(tmp_path: Path, sign: str) -> None:
    fleet.write(tmp_path / "facts", host(put(healthy(), "identity.product", sign + "1+1")))
    row, = strict_csv(reported(tmp_path)["texts"]["csv"])
    assert row["model"] == f"'{sign}1+1"


def test_a_time_that_is_none_is_not_told_to_readers_of_junit(tmp_path: Path) -> None:
    for place, moment in enumerate(("yesterday", "2026-03-02T05:00:00Z", '2026-03-02T05:00:00" x="', 7)):
        fleet.write(tmp_path / "facts", [dict(host(healthy(), name=f"h{place}")[0], gathered_at=moment)])
    suites = reported(tmp_path)["read"]["junit"]
    assert [suite.get("timestamp") for suite in suites] == [None, f"{DAY}T05:00:00", None, None]


KEY = {"redact_serials": True, "redaction_key": "a key that is long enough"}


@pytest.mark.parametrize("said,secrets", [
    ("several drives have this serial number; name one of wwn:naa.5000c500aaaa1111, wwn:naa.5000c500bbbb2222",
     ["5000c500aaaa1111", "5000c500bbbb2222"]),
    ("was to be wwn:naa.5000c500cccc3333, but the drive there says that it is naa.5000C500DDDD4444.",
     ["5000c500cccc3333", "5000c500dddd4444"]),
    ("expected serial:ZL2Q9X8Y, but the drive there reports ZL2AAAA1; try again", ["ZL2Q9X8Y", "ZL2AAAA1"]),
    ("the same drive as /dev/disk/by-id/wwn-0x5000c500eeee5555", ["5000c500eeee5555"]),
    ("expected t10.ATA     ST16000NM  ZR50ABCD, but there is eui.0025388b710b1234", ["ZR50ABCD", "0025388b710b1234"]),
    ("no answer of iqn.1992-08.com.netapp:sn.135036212:vf.1 at iscsi://array/iqn.2001-05.com.equallogic:0-8a0906-ff1/0",
     ["135036212", "8a0906"]),
    ("uuid.6f1c2d3e-4b5a-6978-8f9e-0a1b2c3d4e5f and 6f1c2d3e-4b5a-6978-8f9e-0a1b2c3d4e60", ["4b5a-6978"]),
    ("50:00:c5:00:ff:ff:66:66 and 600508B1001C0123456789ABCDEF0123 and 0x600508b1001c012345678901",
     ["c5:00:ff", "600508B1", "600508b1"]),
])
def test_no_name_in_a_message_about_another_drive(tmp_path: Path, said: str, secrets: list[str]) -> None:
    first = put(put(healthy(), "reason", said), "status", "failed")
    first["warnings"] = [said, f"<{said}>"]
    first["failures"] = [
        {"command": said, "page": None, "kind": "check_condition", "message": said, "sense": {said: said}}]
    sibling = put(put(put(healthy(), "wwn", "naa.5"), "identity.serial", "ZL2AAAA1"), "device", "/dev/sg9")
    rules = [{"id": "it", "title": "It is", "severity": "major", "remedy": "Do it", "check": {
        "path": "status", "operator": "equals", "value": "ok", "show": ["reason", "warnings", "failures"]}}]
    fleet.write(tmp_path / "facts", host(first, sibling))
    result = make_report(wanted(tmp_path, [], rules=rules, **KEY))
    texts = [Path(path).read_text("utf-8") for path in result["files"].values()] + [json.dumps(result)]
    for text in texts:
        assert [secret for secret in secrets if secret.casefold() in text.casefold()] == []
    assert "redacted-" in texts[0]


@pytest.mark.parametrize("device,secret", [
    ("iscsi://array/iqn.1992-08.com.netapp:sn.135036212/0", "135036212"), ("serial:ZL2Q9X8Y", "ZL2Q9X8Y"),
    ("wwn:naa.5000c500aaaa1111", "5000c500aaaa1111"), ("/dev/disk/by-id/scsi-SSEAGATE_ST16_ZL2Q9X8Y", "ZL2Q9X8Y")])
def test_no_name_in_a_device_that_did_not_answer(tmp_path: Path, device: str, secret: str) -> None:
    silent = dict(healthy(), identity=None, wwn=None, device=device, status="failed", warnings=[f"{device}: gone"],
                  reason=f"{device} did not answer; {secret.lower()} is asleep")
    fleet.write(tmp_path / "facts", host(silent))
    result = make_report(wanted(tmp_path, [], **KEY))
    for text in [Path(path).read_text("utf-8") for path in result["files"].values()] + [json.dumps(result)]:
        assert secret.casefold() not in text.casefold()


def test_no_name_in_what_is_wrong_with_a_document(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "odd.json").write_text(
        '{"version": 1, "host": "odd", "drives": [], "locations": {"naa.5000c500aaaa1111": 1, '
        '"naa.5000c500aaaa1111": 2}}')
    result = make_report(wanted(tmp_path, [], **KEY))
    assert all("5000c500aaaa1111" not in Path(path).read_text("utf-8") for path in result["files"].values())


def test_words_and_numbers_of_other_kinds_stay(tmp_path: Path) -> None:
    said = "READ(10) of LBA 81234567 at 2026-03-02T05:00:00Z: medium error, 11h/00h; 16000900661248 bytes (1b:2c:3d)"
    fleet.write(tmp_path / "facts", host(dict(healthy(), warnings=[said])))
    shown = reported(tmp_path, **KEY)["read"]["json"]["hosts"][0]["drives"][0]
    assert shown["warnings"] == [said] and shown["device"] == "/dev/sg3" and shown["model"] == "ST16000NM004J"


def test_a_drive_has_one_pseudonym_wherever_it_is_named(tmp_path: Path) -> None:
    first = dict(healthy(), warnings=["see wwn:naa.5000c500aaaa1111"])
    other = put(put(healthy(), "wwn", "naa.5000c500aaaa1111"), "device", "/dev/sg9")
    fleet.write(tmp_path / "facts", host(first, other))
    drives = reported(tmp_path, **KEY)["read"]["json"]["hosts"][0]["drives"]
    assert f"see wwn:{drives[1]['wwn']}" in drives[0]["warnings"]


def test_a_guess_of_the_key_costs_more_than_a_hash() -> None:
    made = redaction.Redaction(KEY["redaction_key"])  # type: ignore[arg-type]
    stretched = hashlib.pbkdf2_hmac("sha256", b"a key that is long enough", redaction._SALT, 300000)
    assert made.mark == hmac.new(stretched, b"the key itself", hashlib.sha256).hexdigest()[:16]
