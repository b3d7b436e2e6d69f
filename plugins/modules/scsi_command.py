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
  - Sends a command descriptor block (CDB) to each drive, with data in either direction, and returns the status, the
    sense data, and the data. The sense data are always decoded. The data are decoded if the command is known.
  - Does what C(sg_raw) does. It is meant for commands that no other module covers.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  cdb:
    description:
      - The command descriptor block in hex digits, 6 to 260 bytes. Bytes may be separated by spaces, commas, and line
        breaks. Text after a C(#) in a line is a comment. Quote the value in YAML.
    type: str
    required: true
  data_in_length:
    description:
      - The number of bytes to receive. It is not inserted into the command descriptor block, whose allocation length
        must match.
    type: int
    default: 0
  data_out:
    description: The data to send, in hex digits in the form of O(cdb).
    type: str
  src:
    description: A file on the managed node with the data to send, which is sent unmodified.
    type: path
  changes:
    description:
      - Whether the command may change the drive and must be sent nevertheless.
      - If V(false), only commands that are known to only read from a device of this type are sent. Commands that send
        data and commands that are not known are treated as changing the drive. So are commands that move a tape or a
        robot, or that clear or discard something, such as TapeAlert flags, an error history, or the results of a
        copy, and vendor-specific pages.
      - The content of ATA PASS-THROUGH is judged by its ATA command.
    type: bool
    default: false
  accept_check_condition:
    description:
      - If V(true), it is not a failure if the drive refuses the command or fails to execute it; see
        RV(drives[].reply.sense).
    type: bool
    default: false
  command_timeout:
    description:
      - The maximum number of seconds for this command, if O(timeout) is too short. It is not limited by O(deadline).
    type: float
attributes:
  check_mode:
    description: In check mode, a command that changes the drive, or that makes it discard what it returns, is not sent.
    support: full
  diff_mode:
    description: It is not known what the command changes.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - A command with O(changes=true) is sent every time. It is reported as a change if it is not known to only read.
notes:
  - The guide to devices and privileges lists what a command needs on which kind of node. If something is missing, the
    error message names it.
seealso:
  - name: sg_raw
    description: The command line tool for the same purpose.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Show the capacity of the drives
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

    - name: Show the capacities
      ansible.builtin.debug:
        msg: "{{ item.device }}: {{ item.reply.decoded }}"
      loop: "{{ capacities.drives | selectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Read a vendor-specific log page, of which only its vendor knows whether reading clears anything
  hosts: storage
  become: true
  tasks:
    - name: Read page 3Ch
      drivecare.scsi.scsi_command:
        devices: /dev/sg2
        cdb: "4d 00 7c 00 00 00 00 04 00 00  # cumulative values of page 3Ch, at most 1024 bytes"
        data_in_length: 1024
        changes: true
        accept_check_condition: true

- name: Spin down a drive
  hosts: storage
  become: true
  tasks:
    - name: Send START STOP UNIT with the START bit set to zero
      drivecare.scsi.scsi_command:
        devices: /dev/disk/by-id/wwn-0x5000c500a1b2c3d4
        cdb: "1b 00 00 00 00 00"
        changes: true
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
        - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern matched
          something that is not a drive.
      type: str
      sample: ok
    reason:
      description: What went wrong or would be done, V(none) if there is nothing to report.
      type: str
      sample: null
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
        - name: READ CAPACITY(10)
          cdb: "25000000000000000000"
          data_in: "01ffffff00000200"
          sense: ""
          status: GOOD
          residual: 24
    reply:
      description: The response of the drive, V(none) if the command was not sent or not answered.
      type: dict
      contains:
        status:
          description: The SCSI status.
          type: dict
          sample: {"value": 0, "name": "GOOD"}
        sense:
          description: The decoded sense data, V(none) if there are none.
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
          description: The received data, in hex.
          type: str
          sample: "000000003fffffff00000200"
        data_in_length:
          description: The number of bytes received.
          type: int
          sample: 12
        residual:
          description: The number of requested bytes that were not received, V(none) if the command failed.
          type: int
          sample: 20
        duration_seconds:
          description: The duration of the command, V(none) if it is not reported by the transport.
          type: float
          sample: 0.001
        decoded:
          description: The decoded data, V(none) if the command is not known.
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
