#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_emulated_target
short_description: Run an emulated SCSI target, for trials and tests without drives
version_added: 0.1.0
description:
  - Starts an iSCSI target, written in Python, on the managed node. It serves the drives that are described, and later
    tasks can find, change, or stop it. It needs neither privileges nor packages.
  - The drives support what this collection is about. Self tests run, report their progress, can be aborted, and are
    logged; there are diagnostic pages, a copy manager, streams, and log pages whose values change; and faults can be
    described.
  - The modules of this collection reach the target at the addresses that are returned, C(iscsi://127.0.0.1:3260/...).
    The Linux initiator, libiscsi, and QEMU can use it as well.
options:
  state:
    description:
      - V(started) makes sure that the target is running as described. A changed description is applied to the running
        target. Drives whose description has not changed are not disturbed; a changed address, port, name, or time scale
        needs a restart.
      - V(stopped) makes sure that the target is not running. The state of its drives is kept in O(state_dir).
      - V(absent) makes sure that the target is not running and that nothing is left of it.
    type: str
    choices: [started, stopped, absent]
    default: started
  drives:
    description:
      - The drives of the target. The guide to the emulated target describes every key.
      - C(profile) is one of V(sas_hdd), V(sas_ssd), V(array_lun), V(spc2_disk), V(tape_drive), and V(enclosure).
        C(count) is the number of such drives.
    type: list
    elements: dict
  src:
    description:
      - A file on the managed node with the description, instead of O(drives), in JSON, or in YAML if PyYAML is
        installed on the managed node. A list contains the drives; a dictionary contains C(drives), and optionally
        C(target) and C(time_scale).
    type: path
  target_name:
    description:
      - The iSCSI name of the target. The default is V(iqn.2026-01.org.drivecare:emulated), or the name in O(src).
    type: str
  time_scale:
    description:
      - The number of seconds that pass for the drives in one real second. With V(3600), a self test of an hour takes a
        second.
      - The default is V(1), or the value in O(src).
    type: float
  address:
    description:
      - The address to listen on. An address other than a loopback address needs O(chap_user) or O(allow_without_chap).
    type: str
    default: 127.0.0.1
  port:
    description: The TCP port to listen on. With V(0), a free port is chosen at every start, and returned.
    type: int
    default: 3260
  advertised_address:
    description:
      - The address and port to report to initiators if they differ from those to listen on, for example behind network
        address translation.
    type: str
  chap_user:
    description: The CHAP user name that initiators must authenticate with.
    type: str
  chap_secret:
    description: The CHAP secret of O(chap_user).
    type: str
  target_chap_user:
    description: The CHAP name with which the target authenticates itself to initiators that ask for it.
    type: str
  target_chap_secret:
    description: The CHAP secret of O(target_chap_user). It must differ from O(chap_secret).
    type: str
  allow_without_chap:
    description: Whether to accept all initiators without authentication on an address that other hosts can reach.
    type: bool
    default: false
  state_dir:
    description:
      - The directory for the state, media in files, the log, and the control socket. Each directory belongs to one
        target.
      - The default is C(~/.local/state/drivecare-emulated-target).
    type: path
  faults:
    description:
      - The faults of drives from now on, which replace their previous faults. A list of dictionaries with C(lun) and
        C(faults). The faults of other drives are kept.
      - If the faults are the same as before, nothing is changed and their counters are kept.
    type: list
    elements: dict
    default: []
  advance_seconds:
    description:
      - The number of seconds by which to advance the clocks of all drives, in the time of the drives. This always is a
        change.
    type: float
    default: 0
  power_cycle:
    description: The LUNs of the drives to power off and on. This always is a change.
    type: list
    elements: int
    default: []
attributes:
  check_mode:
    description: Can run in check mode, and reports what would be done.
    support: full
  diff_mode:
    description: Shows the descriptions, without secrets.
    support: full
  platform:
    description: Target OS that can be operated against.
    support: full
    platforms: posix
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details: O(advance_seconds) and O(power_cycle) always cause a change.
notes:
  - Needs only Python 3.9 or later on the managed node.
  - If systemd ends the processes of users when they log out (C(KillUserProcesses)), C(loginctl enable-linger) keeps the
    target running.
seealso:
  - name: Guide to the emulated target
    description: Every key of a description, and a Molecule scenario in ten lines.
    link: https://github.com/drivecare/drivecare.scsi/blob/main/docs/emulated_target.md
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Try the modules without drives
  hosts: localhost
  tasks:
    - name: Start a shelf of twelve drives whose hours pass in seconds
      drivecare.scsi.scsi_emulated_target:
        drives:
          - profile: sas_hdd
            count: 12
        time_scale: 3600
      register: shelf

    - name: Test all drives
      drivecare.scsi.scsi_selftest:
        devices: "{{ shelf.target.drives | map(attribute='address') }}"
        test: extended
        wait: true
        poll_interval: 1

    - name: Stop the target and remove its state
      drivecare.scsi.scsi_emulated_target:
        state: absent

- name: Run a drive whose extended test fails at an LBA, and one that is busy at first
  hosts: localhost
  tasks:
    - name: Start both drives
      drivecare.scsi.scsi_emulated_target:
        drives:
          - profile: sas_hdd
            selftest:
              extended_seconds: 10
              plan:
                - test: extended
                  lba: 4711
          - profile: sas_ssd
            faults:
              - status: busy
                count: 3

- name: Test how a playbook handles a drive that stops answering
  hosts: localhost
  tasks:
    - name: Let the drive with LUN 0 no longer answer LOG SENSE
      drivecare.scsi.scsi_emulated_target:
        drives:
          - profile: sas_hdd
            count: 2
        faults:
          - lun: 0
            faults:
              - match:
                  opcode: 0x4d
                silence: true
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode.
  returned: always
  type: list
  elements: str
  sample: [started]
target:
  description: The target.
  returned: with O(state=started)
  type: dict
  contains:
    running:
      description: Whether the target is running. V(false) after a start in check mode.
      type: bool
      sample: true
    pid:
      description: The process ID of the daemon, V(none) if it is not running.
      type: int
      sample: 4711
    port:
      description: The port that the target listens on, V(none) if it is not known yet.
      type: int
      sample: 3260
    portal:
      description: The address and port for initiators.
      type: str
      sample: 127.0.0.1:3260
    name:
      description: The iSCSI name of the target.
      type: str
      sample: iqn.2026-01.org.drivecare:emulated
    log_file:
      description: The log file of the daemon.
      type: str
      sample: /home/user/.local/state/drivecare-emulated-target/target.log
    state_dir:
      description: The state directory of the target.
      type: str
      sample: /home/user/.local/state/drivecare-emulated-target
    drives:
      description: The drives, by LUN.
      type: list
      elements: dict
      contains:
        lun:
          description: The logical unit number.
          type: int
          sample: 0
        address:
          description: The address to use as a device in the other modules.
          type: str
          sample: iscsi://127.0.0.1:3260/iqn.2026-01.org.drivecare:emulated/0
        profile:
          description: The profile that the drive is based on.
          type: str
          sample: sas_hdd
        vendor:
          description: The vendor identification.
          type: str
          sample: DRVCARE
        product:
          description: The product identification.
          type: str
          sample: SAS HARD DISK
        serial:
          description: The serial number.
          type: str
          sample: EMU4E07408562BED
        wwn:
          description: The world wide name of the logical unit.
          type: str
          sample: naa.3b8b60de5ce01d4d
        size_bytes:
          description: The capacity in bytes.
          type: int
          sample: 17179869184
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import DaemonError
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.management import (
    Manager,
    TargetOutcome,
    default_directory,
    read_description,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal


def _description(options: dict[str, Any]) -> dict[str, Any]:
    found = {"drives": options["drives"]} if options["src"] is None else read_description(options["src"])
    for option, key in (("target_name", "target"), ("time_scale", "time_scale")):
        if options[option] is not None:
            found[key] = options[option]
    return found


def _portal(options: dict[str, Any]) -> Portal:
    return Portal(
        options["address"], options["port"], options["chap_user"] or "", options["chap_secret"] or "",
        options["target_chap_user"] or "", options["target_chap_secret"] or "", options["allow_without_chap"],
        options["advertised_address"] or "")


def _run(options: dict[str, Any], check_mode: bool) -> TargetOutcome:
    manager = Manager(options["state_dir"] or default_directory(), check_mode)
    if options["state"] == "stopped":
        return manager.stopped()
    if options["state"] == "absent":
        return manager.absent()
    outcome = manager.started(_description(options), _portal(options))
    manager.act(outcome, options["faults"], options["advance_seconds"], options["power_cycle"])
    return outcome


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "default": "started", "choices": ["started", "stopped", "absent"]},
            "drives": {"type": "list", "elements": "dict"},
            "src": {"type": "path"},
            "target_name": {"type": "str"},
            "time_scale": {"type": "float"},
            "address": {"type": "str", "default": "127.0.0.1"},
            "port": {"type": "int", "default": 3260},
            "advertised_address": {"type": "str"},
            "chap_user": {"type": "str"},
            "chap_secret": {"type": "str", "no_log": True},
            "target_chap_user": {"type": "str"},
            "target_chap_secret": {"type": "str", "no_log": True},
            "allow_without_chap": {"type": "bool", "default": False},
            "state_dir": {"type": "path"},
            "faults": {"type": "list", "elements": "dict", "default": []},
            "advance_seconds": {"type": "float", "default": 0},
            "power_cycle": {"type": "list", "elements": "int", "default": []},
        },
        mutually_exclusive=[("drives", "src")],
        required_if=[("state", "started", ("drives", "src"), True)],
        required_together=[("chap_user", "chap_secret"), ("target_chap_user", "target_chap_secret")],
        required_by={"target_chap_user": "chap_user"},
        supports_check_mode=True)
    try:
        outcome = _run(module.params, module.check_mode)
    except (ValueError, DaemonError) as error:
        module.fail_json(msg=str(error))
    result: dict[str, Any] = {"changed": outcome.changed, "actions": outcome.actions}
    if outcome.target is not None:
        result["target"] = outcome.target
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
