#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_xcopy_facts
short_description: Gather what a copy manager (EXTENDED COPY) can do, is doing, and failed at
version_added: 0.1.0
description:
  - Sends RECEIVE COPY RESULTS to each drive and reads the third-party copy VPD page, and returns both as facts.
  - Does what C(sg_copy_results) does, on many drives at once, and never shows the data of a command that failed.
  - A drive without a copy manager is no failure; C(supported) is false and C(reason) says what the drive answered.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  gather:
    description:
      - What to ask for beside the third-party copy VPD page, which is always read. V(parameters), the operating
        parameters; V(status), how far the operation O(list_id) is; V(data), what it holds for the initiator;
        V(failures), the details of its failed segment; V(token_information), the ROD tokens that it made;
        V(rod_tokens), all ROD tokens that the copy manager knows.
      - Reading V(status), V(data), V(failures) or V(token_information) of an operation that has ended makes the drive
        forget them. V(status) is asked for last, so that none is lost when all are named. In check mode none of them is
        asked for.
      - A drive that says in its INQUIRY data that it has no copy manager is not asked, nor is any drive for what its
        VPD page does not list; see O(assume_supported).
    type: list
    elements: str
    choices: [parameters, status, data, failures, token_information, rod_tokens]
    default: [parameters]
  list_id:
    description:
      - The list identifier of the copy operation that V(status), V(data), V(failures) and V(token_information) are
        asked for.
    type: int
    default: 0
  list_id_bytes:
    description:
      - Whether the operation was started with a list identifier of one byte, V(1), as by EXTENDED COPY(LID1), or of
        four, V(4), as by EXTENDED COPY(LID4), POPULATE TOKEN and WRITE USING TOKEN.
      - V(auto) takes V(1) where the drive has that form and O(list_id) fits.
      - V(failures) exists with one byte only, V(token_information) and V(rod_tokens) with four only.
    type: str
    choices: [auto, '1', '4']
    default: auto
  assume_supported:
    description: Ask also a drive that says that it has no copy manager, and for what its VPD page does not list.
    type: bool
    default: false
  allocation_length:
    description:
      - The most bytes that one answer may have, less than 10000. A longer answer is cut and a warning says so.
      - Without it, 520 for V(parameters), V(status) and V(failures), as C(sg_copy_results) has it, and 65536 for
        V(data), V(token_information) and V(rod_tokens), which have no such bounds and may be told once only.
    type: int
attributes:
  check_mode:
    description: Can run in check mode; what the drive would forget by being read is not read then.
    support: full
  diff_mode:
    description: Changes nothing, so there is no difference to show.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
  facts:
    description: Action returns an RV(ansible_facts) dictionary that will update existing host facts.
    support: full
notes:
  - Needs the command RECEIVE COPY RESULTS, which takes write access to an sg node, or CAP_SYS_RAWIO on a block node.
  - What a copy manager keeps of a copy, it keeps for the I_T nexus by which the copy came (SPC-6 5.18). So a copy that
    an application sent through a device node is found through a node by the same path, and not through V(iscsi:), where
    each task is a nexus of its own. ROD tokens and the parameters are the same for all.
seealso:
  - name: sg_copy_results
    description: The command line tool for the same.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Only use array offload where the array can copy
  hosts: database
  become: true
  tasks:
    - name: Ask the copy managers
      drivecare.scsi.scsi_xcopy_facts:
        devices: /dev/disk/by-id/wwn-0x6001405*

    - name: Say which volumes can copy to block devices
      ansible.builtin.debug:
        msg: "{{ item.device }} copies up to {{ item.parameters.maximum_segment_length_bytes }} bytes in a segment"
      loop: "{{ ansible_facts['scsi_xcopy'] | selectattr('supported') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Find out why a copy failed
  hosts: database
  become: true
  tasks:
    - name: Read the failed segment first, then the status
      drivecare.scsi.scsi_xcopy_facts:
        devices: /dev/sg4
        gather: [failures, status]
        list_id: 7

    - name: Show both
      ansible.builtin.debug:
        msg:
          - "{{ ansible_facts['scsi_xcopy'][0].failure_details }}"
          - "{{ ansible_facts['scsi_xcopy'][0].copy_status }}"

- name: Inventory of copy managers, whatever state the hosts are in
  hosts: all
  become: true
  tasks:
    - name: Ask every drive
      drivecare.scsi.scsi_xcopy_facts:
        devices: /dev/sg*
        on_error: report

    - name: Count those that have a copy manager
      ansible.builtin.debug:
        msg: "{{ ansible_facts['scsi_xcopy'] | selectattr('supported') | length }} drives have one"
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: always
  type: dict
  contains:
    scsi_xcopy:
      description: An entry a drive, in the order of O(devices).
      type: list
      elements: dict
      contains:
        device:
          description: The drive as the task named it.
          type: str
          sample: /dev/sg4
        wwn:
          description: The logical unit's name, V(none) where the drive has none.
          type: str
          sample: naa.60014051d5b9b6a7d3f4b8f9a0c1e2d3
        status:
          description:
            - V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive.
            - A drive without a copy manager is V(ok).
          type: str
          sample: ok
        reason:
          description: What the drive lacks, or what went wrong, V(none) where nothing is to say.
          type: str
          sample: "not supported by this drive: invalid command operation code"
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
            - name: RECEIVE COPY STATUS(LID1)
              cdb: "84000700000000000000000002080000"
              data_in: "000000080200020000002000"
              sense: ""
              status: GOOD
              residual: 508
        supported:
          description: Whether the drive answered at least one of the questions, V(none) where it could not be asked.
          type: bool
          sample: true
        refused:
          description: For each question that the drive did not answer, why not.
          type: dict
          sample: {"status": "not supported by this drive: invalid field in cdb, CDB byte 1"}
        parameters:
          description: The operating parameters, V(none) where they were not asked for or not answered.
          type: dict
          sample:
            snlid: false
            maximum_cscd_descriptor_count: 2
            maximum_segment_descriptor_count: 1
        third_party_copy:
          description: The descriptors of the third-party copy VPD page (8Fh), V(none) where the drive has none.
          type: list
          elements: dict
          sample:
            - type: {"value": 0, "name": "block device ROD limits"}
              vendor_specific: "000000000000"
              maximum_range_descriptors: 16
              maximum_inactivity_timeout_seconds: 3600
              default_inactivity_timeout_seconds: 60
              maximum_token_transfer_size_blocks: 131072
              optimal_transfer_count_blocks: 131072
            - type: {"value": 1, "name": "supported commands"}
              commands:
                - operation_code: {"value": 131, "name": "THIRD-PARTY COPY OUT"}
                  service_actions:
                    - {"value": 0, "name": "EXTENDED COPY(LID1)"}
                    - {"value": 16, "name": "POPULATE TOKEN"}
        copy_status:
          description: The status of the operation O(list_id).
          type: dict
          sample:
            available_data: 8
            hdd: false
            copy_command_status: {"value": 2, "name": "completed with errors"}
            segments_processed: 2
            transfer_count_units: {"value": 0, "name": "bytes"}
            transfer_count: 8192
            transferred_bytes: 8192
        held_data:
          description: The data that the copy manager holds for the initiator, in hex.
          type: dict
          sample: {"available_data": 4, "held_data": "deadbeef"}
        failure_details:
          description: The failed segment of the operation O(list_id), with its sense data.
          type: dict
          sample:
            available_data: 93
            extended_copy_command_status: {"value": 2, "name": "CHECK CONDITION"}
            sense_data_length: 37
            sense_data: "70000a000000001d120000010d010080001002f00003000000690a00000000110000000000"
            sense:
              key: {"value": 10, "name": "copy aborted"}
              asc: 13
              ascq: 1
              additional: third party device failure
              segment_pointer: {"in": "parameter_list", "byte": 16, "bit": null}
              text: "copy aborted: third party device failure, parameter list byte 16"
        token_information:
          description: The status of the operation O(list_id), and the ROD tokens that it made, in hex and decoded.
          type: dict
          sample:
            available_data: 546
            response_to_service_action: {"value": 16, "name": "POPULATE TOKEN"}
            hdd: false
            copy_operation_status: {"value": 1, "name": "completed without errors"}
            operation_counter: 1
            estimated_status_update_delay_milliseconds: null
            extended_copy_completion_status: {"value": 0, "name": "GOOD"}
            length_of_the_sense_data_field: 0
            sense_data_length: 0
            transfer_count_units: {"value": 241, "name": "logical blocks"}
            transfer_count: 8
            segments_processed: 0
            transferred_bytes: null
            sense_data: null
            sense: null
            rod_tokens:
              - rod_type: {"value": 8388608, "name": "point in time copy, default"}
                rod_token_length: 504
                copy_manager_rod_token_identifier: aad2f297d94a0ec2
                creator_logical_unit_descriptor: e4000000010300085000c5000000000100000000000000000000000000000200
                number_of_bytes_represented: 4096
                rod_token: "00800000000001f8aad2f297d94a0ec2..."
                id_for_creating_rod_cscd_descriptor: 0
        rod_tokens:
          description: The ROD tokens that the copy manager knows.
          type: list
          elements: dict
          sample:
            - rod_type: {"value": 8388608, "name": "point in time copy, default"}
              rod_token_length: 504
              copy_manager_rod_token_identifier: aad2f297d94a0ec2
              creator_logical_unit_descriptor: e4000000010300085000c5000000000100000000000000000000000000000200
              number_of_bytes_represented: 4096
              rod_token: "00800000000001f8aad2f297d94a0ec2..."
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.xcopy import Question, gather_xcopy
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "gather": {"type": "list", "elements": "str", "default": ["parameters"],
                   "choices": ["parameters", "status", "data", "failures", "token_information", "rod_tokens"]},
        "list_id": {"type": "int", "default": 0},
        "list_id_bytes": {"type": "str", "default": "auto", "choices": ["auto", "1", "4"]},
        "allocation_length": {"type": "int"},
        "assume_supported": {"type": "bool", "default": False},
    })
    question = module.checked(Question.from_options, module.params)
    module.run(gather_xcopy, question, facts="scsi_xcopy")


if __name__ == "__main__":
    main()
