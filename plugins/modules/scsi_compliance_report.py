#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_compliance_report
short_description: Judge the facts of a fleet's drives by rules, and write reports
version_added: 0.1.0
description:
  - Reads one JSON document a host, as the role P(drivecare.scsi.drive_facts#role) fetches them, judges each drive by
    rules, and writes what it found as HTML, JSON, CSV, Markdown, JUnit XML, and SARIF.
  - Each rule passes, fails, is not applicable, or unknown, with the evidence, that is which page of the drive said
    what.
  - Runs on the controller, and needs nothing but the documents. They are read one at a time.
  - The same input gives the same bytes. No clock is read.
options:
  source:
    description:
      - The directory with the documents, files that end in C(.json).
      - A file that is no document of a host is reported as a host without facts, and does not end the task.
    type: path
    required: true
  dest:
    description: The directory to write the report to. It must exist, and be another than O(source).
    type: path
    required: true
  name:
    description: The name of the files, without their endings.
    type: str
    default: compliance-report
  formats:
    description:
      - What to write.
      - V(html), one file for people, without scripts. V(json), all of it, for programs and for the next report's
        O(previous). V(csv), a row a drive. V(markdown), a summary. V(junit), a case a drive. V(sarif), failures and
        unknowns as SARIF 2.1.0.
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit, sarif]
    default: [html, json, csv, markdown]
  title:
    description: The title of the report.
    type: str
    default: Drive compliance
  as_of:
    description: The day of the report, such as V(2026-01-31). Waivers, and the age of documents, are counted from it.
    type: str
    required: true
  rules:
    description:
      - Rules of your own. One with the O(rules[].id) of a default rule changes what it names of it.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Names the rule, in letters, digits, C(_) and C(-).
        type: str
        required: true
      title:
        description: What must hold.
        type: str
      severity:
        description: How bad a failure is.
        type: str
        choices: [info, warning, major, critical]
      remedy:
        description: What to do about a failure.
        type: str
      when:
        description:
          - Conditions with C(path), C(operator), C(value), and C(unit), as in O(rules[].check). Where one does not
            hold, the rule is not applicable.
        type: list
        elements: dict
      check:
        description:
          - Either C(path), a field of the drive's facts, with C(operator) and C(value); or C(named), a check by its
            name, with its parameters. The guide lists operators and checks.
        type: dict
      not_gathered:
        description: The outcome where the subset of the facts was not gathered.
        type: str
        choices: [pass, fail, not applicable, unknown]
      enabled:
        description: With V(false), the rule is left out.
        type: bool
  default_rules:
    description: Whether there are the default rules too.
    type: bool
    default: true
  waivers:
    description:
      - Failures that are accepted. A waiver must have a reason, a last day, and at least one pattern; what it fits
        does not count as a failure until that day. An expired one waives nothing and is reported.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Names the waiver in the report.
        type: str
      rule:
        description: The ids of rules, with C(*) and C(?). A string, or a list of them, in quotes where it is a number.
        type: raw
      host:
        description: The names of hosts, likewise.
        type: raw
      drive:
        description: The wwn, serial number, device, or model of drives, likewise.
        type: raw
      until:
        description: The last day on which it holds, such as V(2026-12-31).
        type: raw
        required: true
      reason:
        description: Why the failure is accepted.
        type: str
        required: true
  hosts:
    description: Hosts that must have a document. One that has none fails the rule C(host_reported).
    type: list
    elements: str
    default: []
  previous:
    description:
      - An earlier report in JSON to compare with. It must have been made with the same O(redaction_key), or both
        without O(redact_serials).
    type: path
  previous_required:
    description:
      - With V(false), where O(previous) cannot be read or compared with, there is a warning and the report is made
        without a comparison. Otherwise the task fails.
    type: bool
    default: true
  redact_serials:
    description:
      - Write pseudonyms in place of serial numbers, world wide names, identifiers of enclosures, and devices that are
        named by them, also in the ids and reasons of O(waivers). The guide says what stays in clear.
      - A pseudonym is a keyed hash, so it is the same in each report with the same O(redaction_key).
    type: bool
    default: false
  redaction_key:
    description: The secret of the pseudonyms, 16 characters or more.
    type: str
  sections:
    description: How many drives of each verdict may have a section of their own in HTML.
    type: int
    default: 1000
  evidence:
    description:
      - With V(all), the report in JSON has the evidence of what passed too. With V(open), it is smaller by half, and
        has that of the other outcomes only.
    type: str
    choices: [all, open]
    default: all
  fail_on:
    description:
      - The task fails, after the report is written, where there is a failure of this severity or a worse one that no
        waiver fits.
    type: str
    choices: [never, info, warning, major, critical]
    default: never
attributes:
  check_mode:
    description: Can run in check mode without writing the report, and predicts whether its files would change.
    support: full
  diff_mode:
    description: Shows what would change.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
  platform:
    description: Target OS that can be operated against.
    support: full
    platforms: posix
author:
  - The drivecare.scsi contributors (@drivecare)
seealso:
  - name: The compliance report
    description: Rules, waivers, and how to read the report.
    link: https://github.com/drivecare/drivecare.scsi/blob/main/docs/compliance_report.md
"""

EXAMPLES = r"""
- name: Report on the fleet
  hosts: localhost
  gather_facts: false
  vars_files: waivers.yml
  tasks:
    # waivers.yml has, for example
    #   accepted:
    #     - rule: grown_defects
    #       drive: naa.5000c500a1b2c3d4
    #       until: 2026-06-30
    #       reason: To be replaced with the shelf
    - name: Write the report, compare it with the last one, and fail where a drive must be replaced
      drivecare.scsi.scsi_compliance_report:
        source: /var/lib/drivecare/facts
        dest: /srv/reports/2026-03-02
        as_of: "2026-03-02"
        previous: /srv/reports/2026-02-23/compliance-report.json
        waivers: "{{ accepted }}"
        fail_on: critical

    - name: Report by rules of one's own
      drivecare.scsi.scsi_compliance_report:
        source: /var/lib/drivecare/facts
        dest: /srv/reports/storage
        as_of: "2026-03-02"
        rules:
          # a default rule with another limit
          - id: selftest_passed
            check:
              max_age: 14d
          # the allow-list of a default rule, which has none
          - id: firmware
            check:
              allowed:
                - model: ST16000NM004J
                  revisions: [E005, E006]
          # a rule that is new
          - id: few_retries
            title: The drive reads without many retries
            severity: info
            remedy: Watch whether they grow.
            check:
              path: health.error_counters.read.total_retries
              operator: at_most
              value: 1000000
        # a host that gave no document is a failure
        hosts: "{{ groups['storage'] }}"

    - name: For an auditor outside, without serial numbers
      drivecare.scsi.scsi_compliance_report:
        source: /var/lib/drivecare/facts
        dest: /srv/reports/audit
        as_of: "2026-03-02"
        formats: [html, csv, sarif]
        redact_serials: true
        redaction_key: "{{ vault_redaction_key }}"
"""

RETURN = r"""
files:
  description: The files of the report, by format.
  returned: always
  type: dict
  sample: {"html": "/srv/reports/2026-03-02/compliance-report.html"}
summary:
  description: Counts, as the report in JSON has them.
  returned: always
  type: dict
  contains:
    hosts:
      description: Hosts.
      type: int
      returned: always
      sample: 2
    hosts_without_facts:
      description: Hosts without a document that can be read.
      type: int
      returned: always
      sample: 1
    drives_total:
      description: Drives.
      type: int
      returned: always
      sample: 2
    drives_failing:
      description: Drives with a failure that no waiver fits.
      type: int
      returned: always
      sample: 2
    drives:
      description: Drives by verdict, that is their worst failure that no waiver fits, else unknown or pass.
      type: dict
      returned: always
      sample: {"critical": 0, "major": 2, "warning": 0, "info": 0, "unknown": 0, "pass": 0}
    failures:
      description: Failures that no waiver fits, of drives and of hosts, by severity.
      type: dict
      returned: always
      sample: {"info": 0, "warning": 1, "major": 2, "critical": 1}
    rules:
      description: Outcomes, waivers, and new failures, by rule.
      type: dict
      returned: always
      sample:
        grown_defects: {"pass": 1, "fail": 1, "not applicable": 0, "unknown": 0, "waived": 0, "new": 1}
    trends:
      description: Drives that are worse, better, the same, new, and gone. V(none) without O(previous).
      type: dict
      returned: always
      sample: {"new": 0, "worse": 0, "better": 0, "same": 2, "gone": 0}
    previous_as_of:
      description: The day of the previous report.
      type: str
      returned: always
      sample: "2026-02-23"
    drives_on_several_hosts:
      description: Entries of drives that another host has as well.
      type: int
      returned: always
      sample: 0
failing:
  description: The first hundred of the drives that fail, the worst first.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
      returned: always
      sample: storage1
    device:
      description: The device.
      type: str
      returned: always
      sample: /dev/sg1
    wwn:
      description: The world wide name.
      type: str
      returned: always
      sample: naa.5000c500a1b2c3d4
    serial:
      description: The serial number.
      type: str
      returned: always
      sample: Z1W0ABCD
    model:
      description: The model.
      type: str
      returned: always
      sample: ST1000NM0023
    enclosure:
      description: The enclosure, V(none) where nobody knows it.
      type: str
      returned: always
      sample: "0x5000ccab0405db00"
    slot:
      description: The slot, or C(#) and the drive's number in the document where nobody knows it.
      type: str
      returned: always
      sample: "7"
    verdict:
      description: The severity of its worst failure.
      type: str
      returned: always
      sample: major
    trend:
      description: Whether it is worse, better, the same, or new since O(previous).
      type: str
      returned: always
      sample: same
    rules:
      description: The rules that fail.
      type: list
      elements: str
      returned: always
      sample: [selftest_passed, grown_defects]
failing_hosts:
  description: The first hundred of the hosts without facts, unless they are waived.
  returned: always
  type: list
  elements: str
  sample: [storage2]
expired_waivers:
  description: Waivers that have expired.
  returned: always
  type: list
  elements: str
  sample: [old shelf]
unused_waivers:
  description: Waivers that fit nothing.
  returned: always
  type: list
  elements: str
  sample: [spare drives]
failed_on:
  description: O(fail_on) where a failure reached it, else V(none).
  returned: always
  type: str
  sample: major
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import (
    FAIL_ON,
    FORMATS,
    Wanted,
    failure,
    make_report,
)

_RULE: dict[str, Any] = {
    "id": {"type": "str", "required": True},
    "title": {"type": "str"},
    "severity": {"type": "str", "choices": ["info", "warning", "major", "critical"]},
    "remedy": {"type": "str"},
    "when": {"type": "list", "elements": "dict"},
    "check": {"type": "dict"},
    "not_gathered": {"type": "str", "choices": ["pass", "fail", "not applicable", "unknown"]},
    "enabled": {"type": "bool"},
}
_WAIVER: dict[str, Any] = {
    "id": {"type": "str"},
    "rule": {"type": "raw"},
    "host": {"type": "raw"},
    "drive": {"type": "raw"},
    "until": {"type": "raw", "required": True},
    "reason": {"type": "str", "required": True},
}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "source": {"type": "path", "required": True},
            "dest": {"type": "path", "required": True},
            "name": {"type": "str", "default": "compliance-report"},
            "formats": {"type": "list", "elements": "str", "choices": list(FORMATS),
                        "default": ["html", "json", "csv", "markdown"]},
            "title": {"type": "str", "default": "Drive compliance"},
            "as_of": {"type": "str", "required": True},
            "rules": {"type": "list", "elements": "dict", "default": [], "options": _RULE},
            "default_rules": {"type": "bool", "default": True},
            "waivers": {"type": "list", "elements": "dict", "default": [], "options": _WAIVER},
            "hosts": {"type": "list", "elements": "str", "default": []},
            "previous": {"type": "path"},
            "previous_required": {"type": "bool", "default": True},
            "redact_serials": {"type": "bool", "default": False},
            "redaction_key": {"type": "str", "no_log": True},
            "sections": {"type": "int", "default": 1000},
            "evidence": {"type": "str", "default": "all", "choices": ["all", "open"]},
            "fail_on": {"type": "str", "default": "never", "choices": list(FAIL_ON)},
        },
        supports_check_mode=True)
    try:
        wanted = Wanted.from_options(module.params)
        for warning in wanted.warnings:
            module.warn(warning)
        result = make_report(wanted, module.check_mode)
    except ValueError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=f"{error.filename or module.params['dest']}: {error.strerror}")
    if result["failed_on"] is not None:
        module.fail_json(msg=failure(result), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
