#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_selftest_schedule
short_description: Start the self tests that are due according to a policy, within limits
version_added: 0.1.0
description:
  - Checks the self tests of all drives of a host, decides by a policy which tests are due, and starts as many of them
    as the limits allow now. Reports which drives are waiting and why, and raises an alert for every failure. The module
    does not wait for a test to end; run it about every hour, as the role P(drivecare.scsi.scheduled_selftest#role)
    does.
  - For each test, every drive has its own slot in the period. The slot is calculated from a hash of the name of the
    drive and is measured in the power-on hours of the drive. This spreads the drives over the period, and adding a
    drive does not move the others.
  - In an array with several members, some members are always left free of tests. No member is tested during a rebuild
    or a scrub. The module recognizes md, LVM, btrfs, and ZFS, and enclosures; other arrays can be described in
    O(groups).
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  policy:
    description:
      - The rules. The first rule that matches a drive applies to it. A drive that no rule matches is left alone.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name of the rule in results and messages. The default is the number of the rule.
        type: str
      drives:
        description:
          - The drives that the rule applies to, by default all. A dictionary with any of the keys V(wwn), V(model),
            V(serial), V(device), and V(member_of), each with a pattern or a list of patterns, in which C(*) and C(?)
            are wildcards. All keys that are given must match.
          - V(model) is compared with the product identification, and with the vendor and product identifications
            separated by a space.
          - V(member_of) is compared with the names of arrays and enclosures, such as V(md:md0), V(lvm:vg0),
            V(btrfs:UUID), V(zfs:tank/mirror-0), or V(enclosure:IDENTIFIER), and with V(none) for a drive that is not in
            any of them. The groups in O(groups) are named V(group:NAME).
        type: dict
      tests:
        description:
          - How often V(short) and V(extended) tests are due, in power-on hours of the drive, such as V(7d) and V(30d).
            An empty dictionary leaves the drives alone. An extended test also counts as a short test.
        type: dict
        required: true
      windows:
        description: The windows for these drives, instead of O(windows). An empty list allows any time.
        type: list
        elements: dict
      blackout_days:
        description: The blackout days for these drives, instead of O(blackout_days).
        type: list
        elements: str
      end_in_window:
        description:
          - Whether to start only a test that will end before the window closes, as far as its duration is reported by
            the drive. Windows that adjoin or overlap are treated as one.
        type: bool
        default: false
  windows:
    description:
      - When tests may start, by default at any time. A list of dictionaries with V(from), V(to), and optionally
        V(days), a list of V(mon) to V(sun), which defaults to every day. A window that ends before it begins ends on
        the next day.
      - Times are in the local time of the managed node.
    type: list
    elements: dict
  blackout_days:
    description:
      - Days on which no test is started, such as V(2026-12-24), V(2026-12-24..2027-01-02), or V(12-24..12-26) for every
        year.
    type: list
    elements: str
  at_once:
    description:
      - The maximum numbers of drives that are tested at the same time. A limit that is not given does not apply.
      - In an array with more than one member, at least one working member is always left free of tests, whatever
        V(array) is set to.
    type: dict
    suboptions:
      host:
        description: The maximum number per host.
        type: int
      enclosure:
        description: The maximum number per enclosure.
        type: int
      array:
        description: The maximum number per array.
        type: int
  groups:
    description:
      - Drives that belong together in a way that the managed node cannot detect, such as the drives behind a RAID
        adapter.
      - Each group has the keys V(name) and V(drives), as in O(policy[].drives), and optionally V(at_once). As with an
        array, the drives of a group are never all tested at the same time, if more than one of them is on this host.
      - A drive that cannot be queried is counted in the groups to which the drive that last answered at its address
        belonged. If that is not known, it counts as a member of every group to which it may belong.
    type: list
    elements: dict
  untested:
    description:
      - What to do with a drive that was not tested for a whole period, or never.
      - V(wait) waits for its next slot, so that a new policy does not test the whole fleet at once. V(start) starts a
        test as soon as the limits allow it.
    type: str
    choices: [wait, start]
    default: wait
  retry_after:
    description: The number of power-on hours after which a test without a result, such as an aborted one, is repeated.
    type: str
    default: 24h
  late_after:
    description:
      - The number of power-on hours for which a test may be due before this raises an alert. With V(any), there is no
        such alert.
    type: str
    default: any
  state_dir:
    description:
      - The directory on the managed node in which the module records when a drive was first seen, which tests were
        started, and which drive answered at which address. The file is named C(selftests.json).
      - For drives of more than 65,535 power-on hours it has the subdirectory C(selftest_logs). See
        O(drivecare.scsi.scsi_selftest#module:state_dir).
    type: path
    default: /var/lib/drivecare
  now:
    description:
      - The local time to use instead of the clock, such as V(2026-11-21T03:00). This is for trying out a policy.
    type: str
attributes:
  check_mode:
    description: Can run in check mode, and reports which tests would be started.
    support: full
  diff_mode:
    description: Shows the tests that are started.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
    details: Until an hour has passed, a test has ended, or a window has opened.
notes:
  - Uses SEND DIAGNOSTIC and LOG SENSE, as M(drivecare.scsi.scsi_selftest) does.
  - O(capture_file) records the start of a test only for the drives on which one is started.
seealso:
  - module: drivecare.scsi.scsi_selftest
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Test all drives, spread over a week and a month
  hosts: storage
  become: true
  tasks:
    - name: Start the tests that are due and within the limits
      drivecare.scsi.scsi_selftest_schedule:
        devices: all
        policy:
          - name: solid state drives need no short tests
            drives: {model: ["*SSD*", "PX05*"]}
            tests: {extended: 90d}
          - name: all others
            tests: {short: 7d, extended: 30d}
        windows:
          - {from: "22:00", to: "06:00"}
          - {days: [sat, sun], from: "00:00", to: "24:00"}
        blackout_days: ["12-24..12-26", "2026-11-27"]
        at_once: {host: 4, enclosure: 2, array: 1}
        on_error: report
      register: selftests

    - name: Show the alerts
      ansible.builtin.debug:
        msg: "{{ item.device }} ({{ item.model }}, {{ item.serial }}): {{ item.reason }}"
      loop: "{{ selftests.summary.alerts }}"
      loop_control:
        label: "{{ item.kind }}"

    # The controller hides the members of this array from the host.
    - name: Never test both members of an array that the host cannot see
      drivecare.scsi.scsi_selftest_schedule:
        devices: all
        policy:
          - drives: {member_of: "group:raid 1"}
            tests: {extended: 30d}
        groups:
          - name: raid 1
            drives: {serial: ["ZL2A3B4C", "ZL2A3B5D"]}

    - name: Show which tests Saturday night would start, without starting any
      drivecare.scsi.scsi_selftest_schedule:
        devices: all
        policy:
          - tests: {short: 7d, extended: 30d}
        now: "2026-11-28T23:00"
      check_mode: true
      register: saturday
"""

RETURN = r"""
summary:
  description: A summary of all drives.
  returned: always
  type: dict
  contains:
    counts:
      description: The number of drives by RV(drives[].schedule.state).
      type: dict
      sample: {"running": 2, "scheduled": 20, "started": 2}
    alerts:
      description: What needs attention.
      type: list
      elements: dict
      contains:
        device:
          description: The address of the drive. Patterns, names, and V(all) in O(devices) are resolved.
          type: str
          sample: /dev/sg3
        wwn:
          description: The world wide name of the logical unit.
          type: str
          sample: naa.5000c500a1b2c3d4
        model:
          description: The vendor and product identifications, V(none) if they are not known.
          type: str
          sample: SEAGATE ST1000NM0023
        serial:
          description: The unit serial number, V(none) if it is not known.
          type: str
          sample: Z1W0ABCD
        bay:
          description: The bay of the drive, like RV(drives[].bay).
          type: dict
          sample: {"enclosure": "0x5000ccab0405db00", "slot": 7, "name": "Slot 07"}
        kind:
          description:
            - V(failed) if a self test failed; V(silent) if the drive could not be queried; V(unknown) if it keeps no
              self-test log or does not report its power-on hours; V(not_started) if it refused the test; V(late) if a
              test has been due for longer than O(late_after).
          type: str
          sample: failed
        reason:
          description: The reason for the alert, in words.
          type: str
          sample: "extended self test: failed in the read segment, 12 power-on hours ago"
    warnings:
      description: Problems with the policy, such as a rule that does not match any of the drives that answered.
      type: list
      elements: str
      sample: ["policy: rule 2 does not match any of the drives that answered"]
drives:
  description: One entry per drive, in the order of O(devices).
  returned: always
  type: list
  elements: dict
  contains:
    device:
      description: The address of the drive. Patterns, names, and V(all) in O(devices) are resolved.
      type: str
      sample: /dev/sg1
    wwn:
      description: The world wide name of the logical unit, V(none) if it has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    model:
      description:
        - The vendor and product identifications. For a drive that did not answer, those that it had when it last
          answered at this address or, if there is no record of that, those that the kernel knows; this applies to
          RV(drives[].serial) and RV(drives[].wwn) too.
      type: str
      sample: SEAGATE ST1000NM0023
    serial:
      description: The unit serial number.
      type: str
      sample: Z1W0ABCD
    bay:
      description: The location of the drive, as far as the Linux kernel knows it, otherwise V(none).
      type: dict
      contains:
        enclosure:
          description: The logical identifier of the enclosure.
          type: str
          sample: "0x5000ccab0405db00"
        slot:
          description: The number of the slot, V(none) if only its name is known.
          type: int
          sample: 7
        name:
          description: The name of the slot, V(none) if the location was reported by the SAS adapter.
          type: str
          sample: Slot 07
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern matched
          something that is not a drive.
        - V(failed) is used for a drive whose self test failed as well as for a drive that could not be queried.
      type: str
      sample: ok
    reason:
      description: The state in words, or what went wrong.
      type: str
      sample: the short self test is due next, in 31 power-on hours
    error:
      description: The error as structured data if the drive or the transport failed, otherwise V(none).
      type: dict
      sample: null
    exception:
      description: The traceback, if C(error.kind) is V(internal), which is an error of the collection itself.
      returned: if an error of the collection ended the work on the drive
      type: str
      sample: "Traceback (most recent call last): ..."
    warnings:
      description: Unit attentions, deferred and recovered errors, and parts of responses that could not be trusted.
      type: list
      elements: str
      sample: []
    commands:
      description: Every command that was sent, with its response.
      returned: with O(raw), or verbosity 3 or more
      type: list
      elements: dict
      sample:
        - name: LOG SENSE
          cdb: "4d005500000000004000"
          data_in: "150000100000030c001251030008007800000078"
          sense: ""
          status: GOOD
          residual: 44
    schedule:
      description: The decision about the drive, V(none) for a drive that was skipped.
      type: dict
      contains:
        state:
          description:
            - V(started) if a test was started; V(running) if one is running already; V(waiting) if one is due but
              cannot start now; V(scheduled) if none is due; V(excluded) if no rule asks for one; V(unknown) if this
              cannot be determined; V(not_started) if the drive refused the test; V(silent) if the drive could not be
              queried.
          type: str
          sample: waiting
        reason:
          description: The reason for the state.
          type: str
          sample: md:md0 has 1 of 1 concurrent self tests
        rule:
          description: The name of the rule that applies to the drive, V(none) if no rule does.
          type: str
          sample: all others
        test:
          description: The test that RV(drives[].schedule.state) refers to.
          type: str
          sample: extended
        due_since_hours:
          description: The number of power-on hours for which the test has been due, V(none) if it is not due.
          type: int
          sample: 5
        due_in_hours:
          description: The number of power-on hours until the test is due, V(none) if it is due.
          type: int
          sample: null
        late:
          description: Whether a test has been due for longer than O(late_after).
          type: bool
          sample: false
        failed:
          description: The failure in words if the newest relevant self test failed, otherwise V(none).
          type: str
          sample: null
        sets:
          description: The arrays, enclosures, and groups that the drive belongs to.
          type: list
          elements: str
          sample: ["md:md0", "enclosure:0x5000ccab0405db00"]
        tests:
          description:
            - The tests of the rule, each with C(every_hours), C(age_hours), C(due_since_hours), C(due_in_hours),
              C(late), and C(failed).
            - C(age_hours) is V(none) if the log gives no exact age.
          type: dict
          sample:
            short:
              every_hours: 168
              age_hours: 12
              due_since_hours: null
              due_in_hours: 31
              late: false
              failed: false
"""

from functools import partial
from typing import Any, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.run import (
    Wanted,
    run_schedule,
    sets_here,
    summary,
)


def main() -> None:
    module = DriveModule({
        "policy": {"type": "list", "elements": "dict", "required": True, "options": {
            "name": {"type": "str"},
            "drives": {"type": "dict"},
            "tests": {"type": "dict", "required": True},
            "windows": {"type": "list", "elements": "dict"},
            "blackout_days": {"type": "list", "elements": "str"},
            "end_in_window": {"type": "bool", "default": False},
        }},
        "windows": {"type": "list", "elements": "dict"},
        "blackout_days": {"type": "list", "elements": "str"},
        "at_once": {"type": "dict", "options": {
            "host": {"type": "int"}, "enclosure": {"type": "int"}, "array": {"type": "int"}}},
        "groups": {"type": "list", "elements": "dict"},
        "untested": {"type": "str", "default": "wait", "choices": ["wait", "start"]},
        "retry_after": {"type": "str", "default": "24h"},
        "late_after": {"type": "str", "default": "any"},
        "state_dir": {"type": "path", "default": "/var/lib/drivecare"},
        "now": {"type": "str"},
    })
    wanted = module.checked(Wanted.from_options, module.params)
    found: dict[str, Any] = {}

    def work(devices: Sequence[str], options: Any) -> list[Entry]:
        outcome = module.checked(run_schedule, devices, options, wanted, partial(sets_here, module.run_command))
        found.update(summary(outcome.entries, outcome.warnings))
        for warning in outcome.warnings:
            module.warn(warning)
        return outcome.entries

    module.run(work, summary=found)


if __name__ == "__main__":
    main()
