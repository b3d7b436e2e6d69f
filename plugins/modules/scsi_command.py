#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_command
short_description: Send any SCSI command to drives
version_added: 0.1.0
description:
  - Sends a command descriptor block to each drive, with data either way, and returns status, sense data and data. The
    sense data are always decoded, the data where the command is known.
  - Does what C(sg_raw) does, for what has no module of its own.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  cdb:
    description:
      - The command descriptor block in hex digits, 6 to 260 bytes. Spaces, commas and line ends may separate bytes,
        and what follows a C(#) in a line is a comment. Quote it in YAML.
    type: str
    required: true
  data_in_length:
    description: How many bytes to fetch. It is not put into the command descriptor block, whose allocation length
      must fit.
    type: int
    default: 0
  data_out:
    description: What to send, in hex digits as O(cdb).
    type: str
  src:
    description: A file on the managed node with what to send, as it is.
    type: path
  changes:
    description:
      - The command may change the drive, and is to be sent.
      - Without it, only commands are sent that are known to only read. A command that sends data, and one that is not
        known, count as changing.
    type: bool
    default: false
  accept_check_condition:
    description: A drive that refuses the command, or fails in it, is not a failure; see RV(drives[].reply.sense).
    type: bool
    default: false
  command_timeout:
    description: Seconds that this command may take, where O(timeout) is too short. It is not cut by O(deadline).
    type: float
attributes:
  check_mode:
    description: In check mode a command that changes the drive, or makes it forget what it returns, is not sent.
    support: full
  diff_mode:
    description: Nothing is known of what the command changes.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - A command with O(changes) is sent, and reported as a change, each time.
notes:
  - What a command needs on which kind of node is in the guide to devices and privileges. A message says what is
    missing.
seealso:
  - name: sg_raw
    description: The command line tool for the same.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: How big are the drives?
  hosts: storage
  become: true
  tasks:
    - name: Send READ CAPACITY(16)
      drivecare.scsi.scsi_command:
        devices: /dev/sg*
        cdb: "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"
        data_in_length: 32
        on_error: report
      register: capacities

    - name: Show them
      ansible.builtin.debug:
        msg: "{{ item.device }}: {{ item.reply.decoded }}"
      loop: "{{ capacities.drives | selectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: A maker's log page
  hosts: storage
  become: true
  tasks:
    - name: Fetch page 3Ch
      drivecare.scsi.scsi_command:
        devices: /dev/sg2
        cdb: "4d 00 7c 00 00 00 00 04 00 00  # cumulative values of page 3Ch, at most 1024 bytes"
        data_in_length: 1024
        accept_check_condition: true

- name: Spin a drive down
  hosts: storage
  become: true
  tasks:
    - name: Send START STOP UNIT with START zero
      drivecare.scsi.scsi_command:
        devices: /dev/disk/by-id/wwn-0x5000c500a1b2c3d4
        cdb: "1b 00 00 00 00 00"
        changes: true
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
      description: V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive.
      type: str
      sample: ok
    reason:
      description: What went wrong, or would be done, V(none) where nothing is to say.
      type: str
      sample: null
    error:
      description: The error as data where the drive or the way to it failed, else V(none).
      type: dict
      sample: null
    warnings:
      description: What the drive said beside its answer, and what of that could not be trusted.
      type: list
      elements: str
      sample: []
    commands:
      description: Every command with its answer.
      returned: with O(raw), or verbosity 3 or more
      type: list
      elements: dict
      sample:
        - name: READ CAPACITY(10)
          cdb: "25000000000000000000"
          data_in: "01ffffff00000200"
          sense: ""
          status: GOOD
          residual: 24
    reply:
      description: The drive's answer, V(none) where the command was not sent or no answer came.
      type: dict
      contains:
        status:
          description: The SCSI status.
          type: dict
          sample: {"value": 0, "name": "GOOD"}
        sense:
          description: The sense data, decoded; V(none) where there are none.
          type: dict
          sample:
            response_code: 112
            format: fixed
            deferred: false
            key: {"value": 5, "name": "illegal request"}
            asc: 33
            ascq: 0
            additional: logical block address out of range
            text: "illegal request: logical block address out of range"
            raw: "700005000000000a00000000210000000000"
            information: null
            lba: null
            command_specific_information: 0
            field_replaceable_unit_code: null
            field_pointer: null
            segment_pointer: null
            retry_count: null
            progress_percent: null
            overflow: false
            filemark: false
            eom: false
            ili: false
            unit_attention_overflow: null
            ata: null
            descriptors: []
            forwarded: []
        sense_hex:
          description: The sense data in hex.
          type: str
          sample: ""
        data_in:
          description: The data that arrived, in hex, and nothing else.
          type: str
          sample: "000000003fffffff00000200"
        data_in_length:
          description: How many bytes those are.
          type: int
          sample: 12
        residual:
          description: How many bytes fewer came than were asked for, V(none) where the command failed.
          type: int
          sample: 20
        duration_seconds:
          description: How long it took, V(none) where the transport does not tell.
          type: float
          sample: 0.001
        decoded:
          description: The data decoded, V(none) where the command is not known here.
          type: raw
          sample: null
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.raw_command import Wanted, send_commands
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "cdb": {"type": "str", "required": True},
        "data_in_length": {"type": "int", "default": 0},
        "data_out": {"type": "str"},
        "src": {"type": "path"},
        "changes": {"type": "bool", "default": False},
        "accept_check_condition": {"type": "bool", "default": False},
        "command_timeout": {"type": "float"},
    }, mutually_exclusive=[("data_out", "src")])
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(send_commands, wanted)


if __name__ == "__main__":
    main()
