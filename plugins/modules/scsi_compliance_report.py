#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_compliance_report
short_description: Check the facts of a fleet's drives against rules, and write reports
version_added: 0.1.0
description:
  - Reads one JSON document per host, as fetched by the role P(drivecare.scsi.drive_facts#role), checks each drive
    against rules, and writes the results as HTML, JSON, CSV, Markdown, JUnit XML, and SARIF.
  - For each drive, a rule passes, fails, is not applicable, or is unknown. Each result comes with its evidence, which
    says what was reported by the drive and in which page.
  - Runs on the controller, and needs nothing but the documents. They are read one at a time.
  - The same input produces the same bytes. The clock is not read.
options:
  source:
    description:
      - The directory with the documents, which are files whose names end in C(.json).
      - A file that is not a document of a host is reported as a host without facts. It does not fail the task.
    type: path
    required: true
  dest:
    description: The directory to write the report to. It must exist, and differ from O(source).
    type: path
    required: true
  name:
    description: The name of the files, without the extension.
    type: str
    default: compliance-report
  formats:
    description:
      - The formats to write.
      - V(html) is a single file for people, without scripts. V(json) contains everything, for programs and for
        O(previous) of the next report. V(csv) has one row per drive. V(markdown) is a summary. V(junit) has one test
        case per drive. V(sarif) contains failures and unknown results as SARIF 2.1.0.
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit, sarif]
    default: [html, json, csv, markdown]
  title:
    description: The title of the report.
    type: str
    default: Drive compliance
  as_of:
    description:
      - The date of the report, such as V(2026-01-31). The expiry of waivers and the age of documents are calculated
        from it.
    type: str
    required: true
  rules:
    description:
      - Additional rules. A rule with the O(rules[].id) of a default rule overrides those settings of the default rule
        that it contains.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: The identifier of the rule, in letters, digits, C(_), and C(-).
        type: str
        required: true
      title:
        description: The title of the rule, which says what must hold.
        type: str
      severity:
        description: The severity of a failure.
        type: str
        choices: [info, warning, major, critical]
      remedy:
        description: What to do about a failure.
        type: str
      when:
        description:
          - Conditions with C(path), C(operator), C(value), and C(unit), as in O(rules[].check). If one of them does not
            hold, the rule is not applicable.
        type: list
        elements: dict
      check:
        description:
          - Either C(path), a field of the drive's facts, with C(operator) and C(value); or C(named), the name of a
            check, with its parameters. The guide lists the operators and the checks.
        type: dict
      not_gathered:
        description: The result if the subset of the facts was not gathered.
        type: str
        choices: [pass, fail, not applicable, unknown]
      enabled:
        description: If V(false), the rule is removed.
        type: bool
  default_rules:
    description: Whether to use the default rules.
    type: bool
    default: true
  waivers:
    description:
      - Failures that are accepted. A waiver must have a reason, a last day, and at least one pattern. What it matches
        does not count as a failure until that day. An expired waiver has no effect and is reported.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: The identifier of the waiver in the report.
        type: str
      rule:
        description:
          - The identifiers of rules, as patterns with C(*) and C(?). A string or a list of strings. Quote a value that
            consists of digits only.
        type: raw
      host:
        description: The names of hosts, in the form of O(waivers[].rule).
        type: raw
      drive:
        description:
          - The world wide names, serial numbers, devices, or models of drives, in the form of O(waivers[].rule).
        type: raw
      until:
        description: The last day on which the waiver is valid, such as V(2026-12-31).
        type: raw
        required: true
      reason:
        description: The reason why the failure is accepted.
        type: str
        required: true
  hosts:
    description: Hosts that must have a document. A host without a document fails the rule C(host_reported).
    type: list
    elements: str
    default: []
  schedules:
    description:
      - The directory of the documents that the role P(drivecare.scsi.scheduled_selftest#role) writes, one per host with
        the name of the host's document in O(source). With it, a drive whose first self test is still to come is unknown
        and not a failure, and the report says when the test is due.
      - A document that was written more than three days before or after O(as_of) has no effect.
    type: path
  previous:
    description:
      - An earlier report in JSON to compare with. It must have been created with the same O(redaction_key), or both
        without O(redact_serials).
    type: path
  previous_required:
    description:
      - Whether the task fails if O(previous) cannot be read or compared with. If V(false), there is a warning, and the
        report is written without a comparison.
    type: bool
    default: true
  redact_serials:
    description:
      - Whether to replace serial numbers, world wide names, identifiers of enclosures, and devices that are named by
        them with pseudonyms, also in the ids and reasons of O(waivers), and in messages about other drives and targets.
        The guide lists what is not replaced.
      - A pseudonym is a keyed hash, so it is the same in all reports with the same O(redaction_key).
    type: bool
    default: false
  redaction_key:
    description:
      - The secret key of the pseudonyms, at least 16 characters. A random one is best, such as the output of
        C(openssl rand -hex 32). It is stretched before it is used.
    type: str
  sections:
    description:
      - The maximum number of drives per verdict that have their own section in the HTML report.
      - With more than 100 hosts, drives that pass do not have one unless one of their failures is waived.
    type: int
    default: 1000
  evidence:
    description:
      - With V(all), the JSON report contains the evidence of all results. With V(open), it contains the evidence of
        those that did not pass only, which makes it about half as large.
    type: str
    choices: [all, open]
    default: all
  fail_on:
    description:
      - The minimum severity of a failure without a waiver at which the task fails, after the report is written.
    type: str
    choices: [never, info, warning, major, critical]
    default: never
attributes:
  check_mode:
    description: Can run in check mode without writing the report, and predicts whether its files would change.
    support: full
  diff_mode:
    description: The module does not show differences.
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
    # For example, waivers.yml contains
    #   accepted:
    #     - rule: grown_defects
    #       drive: naa.5000c500a1b2c3d4
    #       until: 2026-06-30
    #       reason: To be replaced with the shelf
    - name: Write the report, compare it with the last one, and fail if a drive must be replaced
      drivecare.scsi.scsi_compliance_report:
        source: /var/lib/drivecare/facts
        dest: /srv/reports/2026-03-02
        as_of: "2026-03-02"
        previous: /srv/reports/2026-02-23/compliance-report.json
        waivers: "{{ accepted }}"
        fail_on: critical

    - name: Write a report with custom rules
      drivecare.scsi.scsi_compliance_report:
        source: /var/lib/drivecare/facts
        dest: /srv/reports/storage
        as_of: "2026-03-02"
        rules:
          # A default rule with another limit
          - id: selftest_passed
            check:
              max_age: 14d
          # The allow-list of a default rule, which is empty by default
          - id: firmware
            check:
              allowed:
                - model: ST16000NM004J
                  revisions: [E005, E006]
          # A new rule
          - id: few_retries
            title: The drive reads without many retries
            severity: info
            remedy: Watch whether the number grows.
            check:
              path: health.error_counters.read.total_retries
              operator: at_most
              value: 1000000
        # A host without a document is a failure
        hosts: "{{ groups['storage'] }}"

    - name: Write a report without serial numbers for an external auditor
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
  description: The counts, as in the JSON report.
  returned: always
  type: dict
  contains:
    hosts:
      description: The number of hosts.
      type: int
      returned: always
      sample: 2
    hosts_without_facts:
      description: The number of hosts without a readable document.
      type: int
      returned: always
      sample: 1
    drives_total:
      description: The number of drives.
      type: int
      returned: always
      sample: 2
    drives_failing:
      description: The number of drives with a failure that is not waived.
      type: int
      returned: always
      sample: 2
    drives:
      description:
        - The number of drives by verdict, which is the severity of the worst failure that is not waived, otherwise
          unknown or pass.
      type: dict
      returned: always
      sample: {"critical": 0, "major": 2, "warning": 0, "info": 0, "unknown": 0, "pass": 0}
    failures:
      description: The number of failures that are not waived, of drives and of hosts, by severity.
      type: dict
      returned: always
      sample: {"info": 0, "warning": 1, "major": 2, "critical": 1}
    rules:
      description: The number of results, waivers, and new failures, by rule.
      type: dict
      returned: always
      sample:
        grown_defects: {"pass": 1, "fail": 1, "not applicable": 0, "unknown": 0, "waived": 0, "new": 1}
    trends:
      description: The number of drives that are worse, better, the same, new, and gone. V(none) without O(previous).
      type: dict
      returned: always
      sample: {"new": 0, "worse": 0, "better": 0, "same": 2, "gone": 0}
    previous_as_of:
      description: The date of the previous report.
      type: str
      returned: always
      sample: "2026-02-23"
    unlisted_hosts:
      description: As RV(unlisted_hosts).
      type: list
      elements: str
      returned: always
      sample: [retired7]
    gone_hosts:
      description: As RV(gone_hosts).
      type: list
      elements: dict
      returned: always
      sample: []
    drives_on_several_hosts:
      description: The number of entries of drives that another host has as well.
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
      description: The name of the host.
      type: str
      returned: always
      sample: storage1
    device:
      description: The address of the drive on the host.
      type: str
      returned: always
      sample: /dev/sg1
    wwn:
      description: The world wide name of the drive.
      type: str
      returned: always
      sample: naa.5000c500a1b2c3d4
    serial:
      description: The serial number of the drive.
      type: str
      returned: always
      sample: Z1W0ABCD
    model:
      description: The model of the drive.
      type: str
      returned: always
      sample: ST1000NM0023
    enclosure:
      description: The enclosure, V(none) if it is not known.
      type: str
      returned: always
      sample: "0x5000ccab0405db00"
    slot:
      description: The slot, or C(#) and the number of the drive in the document if the slot is not known.
      type: str
      returned: always
      sample: "7"
    verdict:
      description: The severity of the worst failure of the drive.
      type: str
      returned: always
      sample: major
    trend:
      description: Whether the drive is worse, better, the same, or new since O(previous).
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
  description: The first hundred of the hosts without facts that are not waived.
  returned: always
  type: list
  elements: str
  sample: [storage2]
unlisted_hosts:
  description:
    - The hosts that have a document but are not in O(hosts), at most a hundred. They are part of the report. Empty if
      O(hosts) is empty.
  returned: always
  type: list
  elements: str
  sample: [retired7]
gone_hosts:
  description:
    - The hosts of O(previous) that have no document now and are not in O(hosts), at most a hundred, each with the time
      when its drives were last read.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: The name of the host.
      type: str
      returned: always
      sample: storage3
    silent_since:
      description: When its drives were last read.
      type: str
      returned: always
      sample: "2026-02-20T05:00:00Z"
expired_waivers:
  description: The waivers that have expired.
  returned: always
  type: list
  elements: str
  sample: [old shelf]
unused_waivers:
  description: The waivers that do not match anything.
  returned: always
  type: list
  elements: str
  sample: [spare drives]
failed_on:
  description: The value of O(fail_on) if a failure reached it, otherwise V(none).
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
            "schedules": {"type": "path"},
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
        if result["unlisted_hosts"]:
            module.warn(f"documents of hosts that are not in hosts: {', '.join(result['unlisted_hosts'])}; "
                        "remove them if the hosts are gone")
    except ValueError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=f"{error.filename or module.params['dest']}: {error.strerror}")
    if result["failed_on"] is not None:
        module.fail_json(msg=failure(result), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
