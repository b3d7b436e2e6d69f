#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_selftest
short_description: Make sure that the self tests of SCSI drives have passed lately, start them, or abort them
version_added: 0.1.0
description:
  - Looks into each drive's own log for a self test that passed within O(max_age), measured in the drive's power-on
    hours, and starts one only where none has and none is running.
  - Does what C(sg_senddiag) and C(smartctl --test) do, on many drives at once, idempotently and with a check mode.
  - One task serves SAS drives, and SATA drives behind SAS adapters or AHCI. Those are tested through the adapter's
    translation where it has one, else by SMART through ATA PASS-THROUGH(16), which needs CAP_SYS_RAWIO. They have no
    default test then.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(passed), a self test of the kind O(test), or a stronger one, has passed within O(max_age).
        A test is started where the newest such result is older or there is none. A running test is left alone.
        A drive whose newest result is a failure not older than O(max_age) is reported as failed and not tested again;
        V(started) does that.
      - V(started), a test is started now, whatever the log says.
      - V(aborted), no test is running in the background.
    type: str
    choices: [passed, started, aborted]
    default: passed
  test:
    description:
      - V(short) takes two minutes at most. V(extended) reads the whole medium and may take a day.
      - V(default) is the test that every drive must have; what it does is the maker's choice. The command returns
        when it has ended. Most drives do not log it.
      - A stronger test counts for a weaker one, in the order V(default), V(short), V(extended).
    type: str
    choices: [default, short, extended]
    default: short
  foreground:
    description:
      - Run the test in the foreground. The drive serves nothing else until it has ended, and the task waits.
      - A drive that is mounted, used for swap, or part of an array or a volume is refused unless O(force).
    type: bool
    default: false
  max_age:
    description:
      - How old the newest passed test may be, in power-on hours of the drive. A drive that is off does not age.
      - Hours such as V(720) or V(720h), or V(30d), V(4w), V(1y). V(any) accepts a result of any age.
    type: str
    default: 30d
  on_unknown:
    description:
      - What to do where it cannot be known whether a test has passed within O(max_age). That is so where the drive
        keeps no log of self tests (log page 10h), where it does not tell its power-on hours, or where the log's hours
        are at their highest value and O(max_age) lies beyond what can be told from them.
      - V(fail) reports the drive as failed and says why. V(accept) takes it as it is. V(start) starts a test at every
        run.
    type: str
    choices: [fail, accept, start]
    default: fail
  wait:
    description:
      - Wait until the test has ended and report its result. A test in the foreground is always waited for.
      - As the task runs, the managed node's system log gets a line a drive for each tenth of its test, as
        C(journalctl -f) shows it.
    type: bool
    default: false
  poll_interval:
    description: Seconds between two looks at a running test.
    type: float
    default: 15.0
  wait_timeout:
    description:
      - Seconds to wait for the end of a test. Then the drive is reported with C(status=timeout) and the test runs on.
      - By default ten minutes, and for an extended test one and a half times what the drive says it takes in addition.
      - Not for O(foreground) and O(test=default), where the command itself is the wait.
    type: float
  device_offline:
    description:
      - Sets DEVOFFL, which permits the default test to affect the other logical units of the drive. Only with
        O(test=default).
      - Treated like O(foreground) on a drive that is in use.
    type: bool
    default: false
  unit_offline:
    description:
      - Sets UNITOFFL, which permits the default test to affect the logical unit, its medium included on some drives.
        Only with O(test=default).
      - Treated like O(foreground) on a drive that is in use.
    type: bool
    default: false
  force:
    description:
      - With O(foreground), O(device_offline), O(unit_offline), also test a drive that is in use.
      - With O(state=started), abort a test that is running and start the new one.
    type: bool
    default: false
  skip_standby:
    description:
      - Skip a drive that is stopped or in a standby power condition, as REQUEST SENSE tells it, and do not wake it.
        What translates for an ATA drive may not tell it, and the drive is tested then.
      - Without it, a test starts in any power condition, and wakes the drive.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode without changing the drive, and predicts whether it would be changed.
    support: full
  diff_mode:
    description: Shows the running test before and after.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - O(state=started) always starts a test, and so does O(on_unknown=start) on a drive for which it applies.
      - Most drives do not log the default test, so O(test=default) starts it at every run unless a stronger one passed.
notes:
  - Needs SEND DIAGNOSTIC and LOG SENSE. Starting and aborting need write access to an sg node, or CAP_SYS_RAWIO on a
    block node; reading the log needs neither.
  - Every state reads the log, the progress (REQUEST SENSE), the power-on hours (log page 15h), and the duration of an
    extended test (control mode page, extended INQUIRY data).
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Every drive passes an extended self test once in 30 days of power
  hosts: storage
  become: true
  tasks:
    - name: Start the extended test on the drives where it is due
      drivecare.scsi.scsi_selftest:
        devices: /dev/sg*
        test: extended
        max_age: 30d

- name: Burn in new drives before they are used
  hosts: new_nodes
  become: true
  tasks:
    - name: Run an extended self test on both drives and wait for the result
      drivecare.scsi.scsi_selftest:
        devices:
          - /dev/sg1
          - /dev/sg2
        test: extended
        max_age: 24h
        wait: true
        poll_interval: 60

- name: Report drives whose self test failed, without failing the play
  hosts: storage
  become: true
  tasks:
    - name: Look at the logs
      drivecare.scsi.scsi_selftest:
        devices: /dev/sg*
        max_age: any
        on_error: report
      check_mode: true
      register: selftests

    - name: Name what is wrong
      ansible.builtin.debug:
        msg: "{{ item.device }} ({{ item.wwn }}): {{ item.reason }}"
      loop: "{{ selftests.drives | rejectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: End all tests before a maintenance window
  hosts: storage
  become: true
  tasks:
    - name: Abort tests in the background
      drivecare.scsi.scsi_selftest:
        devices: /dev/sg*
        state: aborted
"""

RETURN = r"""
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
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive and for what a pattern found
          that is no drive.
        - A drive whose self test failed is V(failed), as is one that could not be asked.
      type: str
      sample: ok
    reason:
      description: The verdict in words, or what went wrong.
      type: str
      sample: extended self test passed 112 power-on hours ago
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
    selftest:
      description: What the drive says of its self tests, V(none) where it could not be asked.
      type: dict
      contains:
        verdict:
          description:
            - V(passed), V(failed), V(expired), V(never) or V(unknown) as the log says; V(running) while a test runs.
            - After an action V(started), V(aborted), or the result of the test that was waited for.
            - V(not_running) where there was nothing to abort, V(in_use) where the drive's use forbids the test.
          type: str
          sample: passed
        age_hours:
          description: Power-on hours since the result that decided, V(none) where they are not known.
          type: int
          sample: 112
        decided_by:
          description: The place in the log of the result that decided, V(none) where none did.
          type: int
          sample: 1
        running:
          description: Whether a test is running.
          type: bool
          sample: false
        running_test:
          description: The kind of the running test, V(none) where none runs or the drive does not tell.
          type: str
          sample: null
        progress_percent:
          description: How far the running test is, V(none) where none runs or the drive does not tell.
          type: float
          sample: null
        power_on_hours:
          description: The drive's power-on hours, V(none) where it does not tell.
          type: int
          sample: 20417
        power_on_hours_source:
          description: Where RV(drives[].selftest.power_on_hours) comes from.
          type: str
          sample: background scan log page
        extended_duration_seconds:
          description: How long the drive says that an extended test takes, V(none) where it does not say.
          type: int
          sample: 32700
        extended_duration_source:
          description: Where RV(drives[].selftest.extended_duration_seconds) comes from.
          type: str
          sample: control mode page
        method:
          description:
            - V(scsi), or V(ata) for an ATA drive behind an adapter that does not translate self tests; its results come
              from SMART, in the same form.
          type: str
          sample: scsi
        log_supported:
          description:
            - Whether the drive keeps a log of self tests, V(none) where a running test kept it from answering.
          type: bool
          sample: true
        log_complete:
          description: Whether all that the log holds has arrived.
          type: bool
          sample: true
        newest:
          description: The newest result that is not of a running test, as in RV(drives[].selftest.results).
          type: dict
          sample:
            parameter_code: 1
            self_test_code: {"value": 2, "name": "background extended"}
            result: {"value": 0, "name": "completed without error"}
            self_test_number: null
            power_on_hours: 20305
            power_on_hours_saturated: false
            address_of_first_failure: null
            sense_key: {"value": 0, "name": "no sense"}
            additional_sense_code: 0
            additional_sense_code_qualifier: 0
            vendor_specific: 0
        results:
          description: The results that the log holds, the newest first; twenty at most.
          type: list
          elements: dict
          contains:
            parameter_code:
              description: The place in the log, 1 for the newest.
              type: int
              sample: 1
            self_test_code:
              description: The test that was asked for.
              type: dict
              sample: {"value": 2, "name": "background extended"}
            result:
              description: How it ended.
              type: dict
              sample: {"value": 0, "name": "completed without error"}
            self_test_number:
              description: The segment that failed, V(none) where none did.
              type: int
              sample: null
            power_on_hours:
              description: The drive's power-on hours when the test ended, V(none) while it runs.
              type: int
              sample: 20305
            power_on_hours_saturated:
              description: True where the hours are 65,535 or more.
              type: bool
              sample: false
            address_of_first_failure:
              description: The LBA of the first failure, V(none) where none is given.
              type: int
              sample: null
            sense_key:
              description: The sense key that the failure had.
              type: dict
              sample: {"value": 0, "name": "no sense"}
            additional_sense_code:
              description: The additional sense code of the failure.
              type: int
              sample: 0
            additional_sense_code_qualifier:
              description: Its qualifier.
              type: int
              sample: 0
            vendor_specific:
              description: A byte that each maker uses as he likes.
              type: int
              sample: 0
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted, run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "state": {"type": "str", "default": "passed", "choices": ["passed", "started", "aborted"]},
        "test": {"type": "str", "default": "short", "choices": ["default", "short", "extended"]},
        "foreground": {"type": "bool", "default": False},
        "max_age": {"type": "str", "default": "30d"},
        "on_unknown": {"type": "str", "default": "fail", "choices": ["fail", "accept", "start"]},
        "wait": {"type": "bool", "default": False},
        "poll_interval": {"type": "float", "default": 15.0},
        "wait_timeout": {"type": "float"},
        "device_offline": {"type": "bool", "default": False},
        "unit_offline": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "skip_standby": {"type": "bool", "default": False},
    })
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(run_selftests, wanted)


if __name__ == "__main__":
    main()
