#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_selftest_schedule
short_description: Start the self tests that a policy says are due, as many as may run at once
version_added: 0.1.0
description:
  - Looks at the self tests of all drives of a host, decides by a policy which are due, and starts those for which there
    is room now. Reports which wait and why, and raises an alert for what failed. It does not wait for a test to end;
    run it every hour or so, as the role P(drivecare.scsi.scheduled_selftest#role) does.
  - Each drive has a slot of its own in the period of each test, by a hash of its name, measured in its own power-on
    hours. So drives are spread over the period, and a new drive moves no other.
  - Of an array with several members, some are always free of tests. None is tested during a rebuild or a scrub. What it
    can see are md, LVM, btrfs and ZFS, and enclosures; other arrays can be described in O(groups).
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  policy:
    description:
      - The rules. The first that matches a drive holds for it; a drive that none matches is left alone.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: A name for results and messages; by default the rule's number.
        type: str
      drives:
        description:
          - Which drives are meant, all where it is missing. A dictionary of V(wwn), V(model), V(serial), V(device),
            V(member_of), each with a pattern or a list of patterns with C(*) and C(?). All that are named must match.
          - V(model) is held against the product, and against vendor and product with a space between.
          - V(member_of) is held against the names of arrays and enclosures, such as V(md:md0), V(lvm:vg0),
            V(btrfs:UUID), V(zfs:tank/mirror-0), V(enclosure:IDENTIFIER), or V(none) for a drive in none of them. Groups
            of O(groups) are V(group:NAME).
        type: dict
      tests:
        description:
          - How often V(short) and V(extended) tests are due, in power-on hours of the drive, such as V(7d) and V(30d).
            Empty leaves the drives alone. An extended test is a short one, too.
        type: dict
        required: true
      windows:
        description: In place of O(windows) for these drives. An empty list allows any time.
        type: list
        elements: dict
      blackout_days:
        description: In place of O(blackout_days) for these drives.
        type: list
        elements: str
      end_in_window:
        description:
          - Only start a test that will have ended before the window closes, as far as the drive tells. Windows that
            touch or overlap are one.
        type: bool
        default: false
  windows:
    description:
      - When tests may start, at any time where it is missing. Dictionaries with V(from), V(to) and, unless every day is
        meant, V(days), a list of V(mon) to V(sun). One that ends before it begins ends on the next day.
      - The managed node's local time.
    type: list
    elements: dict
  blackout_days:
    description:
      - Days on which no test starts, such as V(2026-12-24), V(2026-12-24..2027-01-02), or V(12-24..12-26) for
        every year.
    type: list
    elements: str
  at_once:
    description:
      - How many drives may be tested at once. A limit that is missing does not limit.
      - Of an array that has more than one member, at least one that serves is always left, whatever V(array) says.
    type: dict
    suboptions:
      host:
        description: Of one host.
        type: int
      enclosure:
        description: Of one enclosure.
        type: int
      array:
        description: Of one array.
        type: int
  groups:
    description:
      - Drives that belong together in a way that the node cannot see, as those behind a RAID adapter do.
      - Each has V(name), V(drives) as in O(policy[].drives), and may have V(at_once). Like an array it is never tested
        as a whole, if it has more than one drive here.
      - A drive that cannot be asked is in those in which it was when it answered last at its address. Where that is not
        known, it counts as a member of each that it may be in.
    type: list
    elements: dict
  untested:
    description:
      - What is to be done with a drive for which a period has passed without a test, or that was never tested.
      - V(wait) waits for its next slot, so that a policy that begins does not test the whole fleet at once. V(start)
        starts what has room.
    type: str
    choices: [wait, start]
    default: wait
  retry_after:
    description: Power-on hours after which a test is tried again that came to no result, such as one that was aborted.
    type: str
    default: 24h
  late_after:
    description: For how many power-on hours a test may be due before that is an alert. V(any) for no such alert.
    type: str
    default: any
  state_dir:
    description:
      - Where the managed node keeps when a drive was first seen, what was started, and which drive answered at which
        address, in C(selftests.json).
    type: path
    default: /var/lib/drivecare
  now:
    description: The local time to decide by, such as V(2026-11-21T03:00), in place of the clock's. For trying a policy.
    type: str
attributes:
  check_mode:
    description: Can run in check mode; says which tests it would start.
    support: full
  diff_mode:
    description: Shows the tests that are started.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
    details: Until an hour has passed, a test has ended, or a window has opened.
notes:
  - Needs SEND DIAGNOSTIC and LOG SENSE, as M(drivecare.scsi.scsi_selftest) does.
  - O(capture_file) records the start of a test only of the drives where one is started.
seealso:
  - module: drivecare.scsi.scsi_selftest
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Test all drives, spread over week and month
  hosts: storage
  become: true
  tasks:
    - name: Start what is due and has room
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

    - name: Say what is wrong
      ansible.builtin.debug:
        msg: "{{ item.device }} ({{ item.wwn }}): {{ item.reason }}"
      loop: "{{ selftests.summary.alerts }}"
      loop_control:
        label: "{{ item.kind }}"

    # The members of this array are not to be seen from the host: its controller hides them.
    - name: Never two of a group that only we know
      drivecare.scsi.scsi_selftest_schedule:
        devices: all
        policy:
          - drives: {member_of: "group:raid 1"}
            tests: {extended: 30d}
        groups:
          - name: raid 1
            drives: {serial: ["ZL2A3B4C", "ZL2A3B5D"]}

    - name: Say what Saturday night would start, and start nothing
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
  description: All drives in a few words.
  returned: always
  type: dict
  contains:
    counts:
      description: How many drives are in which RV(drives[].schedule.state).
      type: dict
      sample: {"running": 2, "scheduled": 20, "started": 2}
    alerts:
      description: What somebody should look at.
      type: list
      elements: dict
      contains:
        device:
          description: The drive as the task named it.
          type: str
          sample: /dev/sg3
        wwn:
          description: The logical unit's name.
          type: str
          sample: naa.5000c500a1b2c3d4
        kind:
          description:
            - V(failed), a self test failed; V(silent), the drive could not be asked; V(unknown), it keeps no log or
              does not tell its hours; V(not_started), it refused the test; V(late), a test is due for too long.
          type: str
          sample: failed
        reason:
          description: What is wrong, in words.
          type: str
          sample: "extended self test: failed in the read segment, 12 power-on hours ago"
    warnings:
      description: What is odd about the policy, such as a rule that fits none of the drives that answered.
      type: list
      elements: str
      sample: ["policy: rule 2 fits none of the drives that answered"]
drives:
  description: An entry a drive, in the order of O(devices).
  returned: always
  type: list
  elements: dict
  contains:
    device:
      description: The drive as the task named it.
      type: str
      sample: /dev/sg1
    wwn:
      description: The logical unit's name, V(none) where the drive has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    model:
      description: Vendor and product.
      type: str
      sample: SEAGATE ST1000NM0023
    serial:
      description: The unit serial number.
      type: str
      sample: Z1W0ABCD
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive and for what a pattern found
          that is no drive.
        - A drive whose self test failed is V(failed), as is one that could not be asked.
      type: str
      sample: ok
    reason:
      description: The state in words, or what went wrong.
      type: str
      sample: the next is the short self test, in 31 power-on hours
    error:
      description: The error as data where the drive or the way to it failed, else V(none).
      type: dict
      sample: null
    warnings:
      description: What the drive said beside its answers, and what of them could not be trusted.
      type: list
      elements: str
      sample: []
    commands:
      description: Every command with its answer.
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
      description: What was decided, V(none) for a drive that was skipped.
      type: dict
      contains:
        state:
          description:
            - V(started); V(running), one runs already; V(waiting), one is due but may not start now; V(scheduled), none
              is due; V(excluded), no rule wants one; V(unknown), it cannot be known; V(not_started), the drive refused;
              V(silent), the drive could not be asked.
          type: str
          sample: waiting
        reason:
          description: Why.
          type: str
          sample: md:md0 has 1 of the 1 that may be tested at once
        rule:
          description: The rule that holds for the drive, V(none) where none does.
          type: str
          sample: all others
        test:
          description: The test that is meant.
          type: str
          sample: extended
        due_since_hours:
          description: For how many power-on hours it is due, V(none) where it is not.
          type: int
          sample: 5
        due_in_hours:
          description: In how many power-on hours it will be due, V(none) where it is.
          type: int
          sample: null
        late:
          description: Whether it is due for longer than O(late_after).
          type: bool
          sample: false
        failed:
          description: The failure in words where the newest self test that counts has failed, else V(none).
          type: str
          sample: null
        sets:
          description: The arrays, enclosures and groups that the drive is in.
          type: list
          elements: str
          sample: ["md:md0", "enclosure:0x5000ccab0405db00"]
        tests:
          description:
            - Each test of the rule with C(every_hours), C(age_hours), C(due_since_hours), C(due_in_hours), C(failed).
            - C(age_hours) is null where the log gives no exact age.
          type: dict
          sample:
            short: {"every_hours": 168, "age_hours": 12, "due_since_hours": null, "due_in_hours": 31, "failed": false}
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
