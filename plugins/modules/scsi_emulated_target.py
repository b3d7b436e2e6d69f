#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_emulated_target
short_description: Run an emulated SCSI target, for trying and testing without a drive
version_added: 0.1.0
description:
  - Starts an iSCSI target in Python on the managed node, which serves the drives that are described, and lets a later
    task find it, change it, or stop it. It needs no privileges and no packages.
  - The drives do what this collection is about. Self tests run, show progress, can be aborted and land in the log;
    there are diagnostic pages, a copy manager, streams, log pages that move; and faults can be described.
  - The modules of this collection reach it by the addresses that are returned, C(iscsi://127.0.0.1:3260/...). The Linux
    initiator, libiscsi and QEMU can use it too.
options:
  state:
    description:
      - V(started), it runs and is as described. A changed description is applied. Drives that are described as before
        are not disturbed; a changed address, port, name or time scale is a restart.
      - V(stopped), it does not run; the state of its drives is kept in O(state_dir).
      - V(absent), it does not run and nothing is left of it.
    type: str
    choices: [started, stopped, absent]
    default: started
  drives:
    description:
      - The drives. The guide to the emulated target describes every key.
      - C(profile) is one of V(sas_hdd), V(sas_ssd), V(array_lun), V(spc2_disk), V(enclosure). C(count) makes so many
        of them.
    type: list
    elements: dict
  src:
    description:
      - A file on the managed node with the description, in place of O(drives). JSON, or YAML where the managed node has
        PyYAML. A list is the drives; a dictionary has C(drives), and may have C(target) and C(time_scale).
    type: path
  target_name:
    description: The iSCSI name of the target. By default V(iqn.2026-01.org.drivecare:emulated), or what O(src) says.
    type: str
  time_scale:
    description:
      - So many seconds of the drives pass in one of ours. With V(3600), a self test of an hour takes a second.
      - By default V(1), or what O(src) says.
    type: float
  address:
    description:
      - The address to listen on. Any other than a loopback address needs O(chap_user), or O(allow_without_chap).
    type: str
    default: 127.0.0.1
  port:
    description: The TCP port to listen on. With V(0) one that is free, which is returned; then a restart chooses anew.
    type: int
    default: 3260
  advertised_address:
    description:
      - Address and port to tell initiators, where that is not where it listens; as behind address translation.
    type: str
  chap_user:
    description: The user that initiators must prove to be.
    type: str
  chap_secret:
    description: The secret of O(chap_user).
    type: str
  target_chap_user:
    description: The name by which the target proves itself to initiators that ask for it.
    type: str
  target_chap_secret:
    description: The secret of O(target_chap_user). It must differ from O(chap_secret).
    type: str
  allow_without_chap:
    description: Listen on an address that others can reach, and let everybody in.
    type: bool
    default: false
  state_dir:
    description:
      - Where state, media in files, the log and the control socket are kept. One directory is one target.
      - By default C(~/.local/state/drivecare-emulated-target).
    type: path
  faults:
    description:
      - Faults of drives from now on, in place of those that they had. A list of dictionaries with C(lun) and C(faults).
        The faults of other drives stay.
      - With the same faults as before nothing is changed, and what they have counted goes on.
    type: list
    elements: dict
    default: []
  advance_seconds:
    description: Let the clocks of all drives jump ahead, in the drives' own seconds. Always a change.
    type: float
    default: 0
  power_cycle:
    description: Take the power of these LUNs off and on. Always a change.
    type: list
    elements: int
    default: []
attributes:
  check_mode:
    description: Can run in check mode; says what would be done.
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
    details:
      - O(advance_seconds) and O(power_cycle) always change.
notes:
  - Needs only Python 3.9 or later on the managed node.
  - Where systemd ends the processes of users who log out (C(KillUserProcesses)), C(loginctl enable-linger) keeps it
    alive.
seealso:
  - name: Guide to the emulated target
    description: Every key of a description, and a scenario for Molecule in ten lines.
    link: https://github.com/drivecare/drivecare.scsi/blob/main/docs/emulated_target.md
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Try the modules without a drive
  hosts: localhost
  tasks:
    - name: Start a shelf of twelve drives, whose hours pass in seconds
      drivecare.scsi.scsi_emulated_target:
        drives:
          - profile: sas_hdd
            count: 12
        time_scale: 3600
      register: shelf

    - name: Test them all
      drivecare.scsi.scsi_selftest:
        devices: "{{ shelf.target.drives | map(attribute='address') }}"
        test: extended
        wait: true
        poll_interval: 1

    - name: Stop it
      drivecare.scsi.scsi_emulated_target:
        state: absent

- name: A drive whose extended test fails at an LBA, and one that is busy at first
  hosts: localhost
  tasks:
    - name: Start both
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

- name: What a playbook does when a drive falls silent
  hosts: localhost
  tasks:
    - name: The drive behind LUN 0 answers LOG SENSE no more
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
  description: What was done, or would be.
  returned: always
  type: list
  elements: str
  sample: [started]
target:
  description: The target as it is described.
  returned: with O(state=started)
  type: dict
  contains:
    running:
      description: Whether it runs; it does not after a start in check mode.
      type: bool
      sample: true
    pid:
      description: The daemon's process, V(none) where it does not run.
      type: int
      sample: 4711
    port:
      description: The port that it listens on, V(none) where that is not known yet.
      type: int
      sample: 3260
    portal:
      description: Address and port for initiators.
      type: str
      sample: 127.0.0.1:3260
    name:
      description: The iSCSI name.
      type: str
      sample: iqn.2026-01.org.drivecare:emulated
    log_file:
      description: Where the daemon writes what happens.
      type: str
      sample: /home/user/.local/state/drivecare-emulated-target/target.log
    state_dir:
      description: Where it keeps its state.
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
          description: What to give the other modules as a device.
          type: str
          sample: iscsi://127.0.0.1:3260/iqn.2026-01.org.drivecare:emulated/0
        profile:
          description: The profile that it was made of.
          type: str
          sample: sas_hdd
        vendor:
          description: The vendor.
          type: str
          sample: DRVCARE
        product:
          description: The product.
          type: str
          sample: SAS HARD DISK
        serial:
          description: The serial number.
          type: str
          sample: EMU4E07408562BED
        wwn:
          description: The logical unit's name.
          type: str
          sample: naa.3b8b60de5ce01d4d
        size_bytes:
          description: The capacity.
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
