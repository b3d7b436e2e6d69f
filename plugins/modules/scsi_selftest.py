#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_selftest
short_description: Make sure that the self tests of SCSI drives have passed recently, or start or abort them
version_added: 0.1.0
description:
  - Looks in the log of each drive for a self test that has passed within O(max_age), measured in power-on hours of the
    drive, and starts one only if there is none and none is running.
  - Does what C(sg_senddiag) and C(smartctl --test) do, on many drives at once, idempotently and with check mode.
  - Works on SAS drives, and on SATA drives behind SAS adapters or AHCI. SATA drives are tested through the SCSI to ATA
    translation (SAT) of the adapter if it supports self tests, otherwise with SMART commands through ATA
    PASS-THROUGH(16), which needs CAP_SYS_RAWIO. In the latter case there is no default test.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(passed) makes sure that a self test of the kind O(test), or a stronger one, has passed within O(max_age). A
        test is started if the newest such result is older or if there is none. A running test is left alone. If the
        newest result is a failure that is not older than O(max_age), the drive is reported as failed and is not tested
        again; use V(started) to do that.
      - V(started) starts a test now, whatever the log contains.
      - V(aborted) makes sure that no test is running in the background.
    type: str
    choices: [passed, started, aborted]
    default: passed
  test:
    description:
      - The kind of self test.
      - V(short) takes at most two minutes. V(extended) reads the whole medium and may take a day.
      - V(default) is the test that every drive must support; what it does is vendor specific. The command returns when
        the test has ended. Most drives do not log it.
      - A stronger test counts as a weaker one, in the order V(default), V(short), V(extended).
    type: str
    choices: [default, short, extended]
    default: short
  foreground:
    description:
      - Whether to run the test in the foreground. The drive does not process any other command until the test has
        ended, and the task waits.
      - A drive that is mounted, used for swap, or part of an array or a volume, on this or another path to it, is
        refused unless O(force=true). So is a drive of which that cannot be known, such as without the permission to
        open its block device.
    type: bool
    default: false
  max_age:
    description:
      - The maximum age of the newest passed test, in power-on hours of the drive. A drive does not age while it is
        powered off.
      - A number of hours such as V(720) or V(720h), or a duration such as V(30d), V(4w), or V(1y). V(any) accepts a
        result of any age.
    type: str
    default: 30d
  on_unknown:
    description:
      - What to do if it cannot be determined whether a test has passed within O(max_age). This is the case if the drive
        keeps no self-test log (log page 10h), if it does not report its power-on hours, or if the hours in the log have
        reached their maximum value and the age of the result cannot be compared with O(max_age).
      - V(fail) reports the drive as failed, with the reason. V(accept) accepts the drive as it is. V(start) starts a
        test at every run.
      - Past 65,535 power-on hours, the hours in the log have reached their maximum value. What is recorded in
        O(state_dir) then decides about the age of a result. As long as that is not enough, V(fail) starts a test,
        whose start is recorded.
    type: str
    choices: [fail, accept, start]
    default: fail
  wait:
    description:
      - Whether to wait until the test has ended and report its result. A test in the foreground is always waited for.
      - While the task is running, the managed node writes a line per drive to its system log for each tenth of the test
        that is done, which C(journalctl -f) shows.
    type: bool
    default: false
  poll_interval:
    description: The number of seconds between two checks of a running test.
    type: float
    default: 15.0
  wait_timeout:
    description:
      - The maximum number of seconds to wait for the end of a test. After that, the drive is reported with
        RV(drives[].status=timeout), and the test continues.
      - The default is ten minutes. For an extended test it is ten minutes plus one and a half times the duration that
        the drive reports, or 48 hours if it does not report any.
      - Not used with O(foreground=true) and O(test=default), where the command itself returns only when the test has
        ended.
    type: float
  device_offline:
    description:
      - Whether to set DEVOFFL, which permits the default test to affect the other logical units of the drive. Can only
        be used with O(test=default).
      - For a drive that is in use, the same restriction applies as for O(foreground).
    type: bool
    default: false
  unit_offline:
    description:
      - Whether to set UNITOFFL, which permits the default test to affect the logical unit, on some drives including its
        medium. Can only be used with O(test=default).
      - For a drive that is in use, the same restriction applies as for O(foreground).
    type: bool
    default: false
  force:
    description:
      - With O(foreground), O(device_offline), or O(unit_offline), whether to test a drive even if it is in use.
      - With O(state=started), whether to abort a running test and start the new one.
    type: bool
    default: false
  skip_standby:
    description:
      - Whether to skip a drive that is stopped or in a standby power condition according to REQUEST SENSE, instead of
        waking it. A SCSI to ATA translation may not report the power condition of an ATA drive; the drive is tested
        then.
      - If V(false), a test is started in any power condition and wakes the drive.
    type: bool
    default: false
  state_dir:
    description:
      - The directory on the managed node in which it is recorded, for each drive of more than 65,535 power-on hours,
        what its self-test log looked like and which tests were started, in the subdirectory C(selftest_logs). Nothing
        is written for other drives.
      - Use the same directory for M(drivecare.scsi.scsi_selftest_schedule) and M(drivecare.scsi.scsi_drive_facts).
    type: path
    default: /var/lib/drivecare
attributes:
  check_mode:
    description: Can run in check mode without changing the drive, and predicts whether it would be changed.
    support: full
  diff_mode:
    description: Shows the self test before and after.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - O(state=started) always starts a test, and so does O(on_unknown=start) on a drive to which it applies.
      - Most drives do not log the default test, so O(test=default) starts it at every run unless a stronger test has
        passed.
notes:
  - Uses SEND DIAGNOSTIC and LOG SENSE. Starting and aborting need write access to an sg node, or CAP_SYS_RAWIO on a
    block node; reading the log needs neither.
  - With every O(state), the module reads the log, the progress (REQUEST SENSE), the power-on hours (log page 15h), and
    the duration of an extended test (control mode page, extended INQUIRY data).
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Make sure that every drive passes an extended self test once in 30 days of power-on time
  hosts: storage
  become: true
  tasks:
    - name: Start the extended test on the drives for which it is due
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
    - name: Check the self-test logs
      drivecare.scsi.scsi_selftest:
        devices: /dev/sg*
        max_age: any
        on_error: report
      check_mode: true
      register: selftests

    - name: Show the drives that did not pass
      ansible.builtin.debug:
        msg: "{{ item.device }} ({{ item.wwn }}): {{ item.reason }}"
      loop: "{{ selftests.drives | rejectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Abort all tests before a maintenance window
  hosts: storage
  become: true
  tasks:
    - name: Abort the tests that are running in the background
      drivecare.scsi.scsi_selftest:
        devices: /dev/sg*
        state: aborted
"""

RETURN = r"""
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
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped). A drive is skipped if another entry leads to the same drive, if a
          pattern matched something that is not a drive, or because of O(skip_standby).
        - V(failed) is used for a drive whose self test failed as well as for a drive that could not be queried.
      type: str
      sample: ok
    reason:
      description: The verdict in words, or what went wrong.
      type: str
      sample: extended self test passed 112 power-on hours ago
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
    selftest:
      description: The self tests of the drive, V(none) if it could not be queried.
      type: dict
      contains:
        verdict:
          description:
            - V(passed), V(failed), V(expired), V(never), or V(unknown) according to the log; V(running) while a test is
              running.
            - After an action V(started), V(aborted), or the result of the test that was waited for.
            - V(not_running) if there was nothing to abort, V(in_use) if the test is not allowed because the drive is in
              use, V(unsupported) if the drive does not have the test.
          type: str
          sample: passed
        age_hours:
          description: The number of power-on hours since the result that decided, V(none) if it is not known.
          type: int
          sample: 112
        decided_by:
          description: The position in the log of the result that decided, V(none) if no result did.
          type: int
          sample: 1
        running:
          description: Whether a test is running.
          type: bool
          sample: false
        running_test:
          description: The kind of the running test, V(none) if none is running or it is not reported by the drive.
          type: str
          sample: null
        progress_percent:
          description: The progress of the running test, V(none) if none is running or it is not reported by the drive.
          type: float
          sample: null
        interrupted:
          description:
            - Whether the newest result says that a test is in progress although none is, because REQUEST SENSE denies
              it and the test must have ended, or the drive does not say when it began. Such a result does not count,
              and a new test is started without O(force).
          type: bool
          sample: false
        power_on_hours:
          description: The power-on hours of the drive, V(none) if not reported by the drive.
          type: int
          sample: 20417
        power_on_hours_source:
          description: The source of RV(drives[].selftest.power_on_hours).
          type: str
          sample: background scan log page
        extended_duration_seconds:
          description: The duration of an extended test, as reported by the drive, V(none) if it does not report one.
          type: int
          sample: 32700
        extended_duration_source:
          description: The source of RV(drives[].selftest.extended_duration_seconds).
          type: str
          sample: control mode page
        method:
          description:
            - V(scsi), or V(ata) for an ATA drive behind an adapter that does not translate self tests. Its results are
              read with SMART commands and returned in the same form.
          type: str
          sample: scsi
        log_supported:
          description:
            - Whether the drive keeps a self-test log, V(none) if it could not be read because of a running test.
          type: bool
          sample: true
        log_complete:
          description: Whether the whole log was read.
          type: bool
          sample: true
        newest:
          description:
            - The newest result of a test that is no longer running, in the form of RV(drives[].selftest.results).
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
            sense_text: null
            vendor_specific: 0
        results:
          description: The results in the log, the newest first, at most twenty.
          type: list
          elements: dict
          contains:
            parameter_code:
              description: The position in the log, 1 for the newest.
              type: int
              sample: 1
            self_test_code:
              description: The test that was requested.
              type: dict
              sample: {"value": 2, "name": "background extended"}
            result:
              description: The result of the test.
              type: dict
              sample: {"value": 0, "name": "completed without error"}
            self_test_number:
              description: The number of the segment that failed, V(none) if none did.
              type: int
              sample: null
            power_on_hours:
              description: The power-on hours of the drive when the test ended, V(none) while it is in progress.
              type: int
              sample: 20305
            power_on_hours_saturated:
              description:
                - Whether the power-on hours are at the maximum value of the log, so that they are 65,535 or more.
              type: bool
              sample: false
            power_on_hours_at_least:
              description:
                - The least power-on hours at which the test can have ended. Only for a drive of more than 65,535 hours,
                  if its log leaves that open. See O(state_dir).
              type: int
              sample: 70050
            power_on_hours_at_most:
              description: Likewise, the most power-on hours.
              type: int
              sample: 70100
            address_of_first_failure:
              description: The LBA of the first failure, V(none) if none is reported.
              type: int
              sample: null
            sense_key:
              description: The sense key of the failure.
              type: dict
              sample: {"value": 0, "name": "no sense"}
            additional_sense_code:
              description: The additional sense code of the failure.
              type: int
              sample: 0
            additional_sense_code_qualifier:
              description: The additional sense code qualifier of the failure.
              type: int
              sample: 0
            sense_text:
              description: The names of the sense key and the additional sense code, V(none) if none was logged.
              type: str
              sample: null
            vendor_specific:
              description: Vendor specific.
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
        "state_dir": {"type": "path", "default": "/var/lib/drivecare"},
    })
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(run_selftests, wanted)


if __name__ == "__main__":
    main()
