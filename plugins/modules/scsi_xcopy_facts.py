#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_xcopy_facts
short_description: Gather facts about the copy managers (EXTENDED COPY) of SCSI drives and their operations
version_added: 0.1.0
description:
  - Sends RECEIVE COPY RESULTS to each drive, reads the third-party copy VPD page, and returns both as facts.
  - Does what C(sg_copy_results) does, on many drives at once, and never shows the data of a command that failed.
  - A drive without a copy manager is not a failure. RV(ansible_facts.scsi_xcopy[].supported) is V(false), and
    RV(ansible_facts.scsi_xcopy[].reason) contains the response of the drive.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  gather:
    description:
      - What to gather in addition to the third-party copy VPD page, which is always read.
      - V(parameters) are the operating parameters. V(status) is the progress of the operation O(list_id), V(data) the
        data that it holds for the initiator, V(failures) the details of its failed segment, and V(token_information)
        the ROD tokens that it created. V(rod_tokens) are all ROD tokens that the copy manager knows.
      - Once an operation has ended, reading its V(status), V(data), V(failures), or V(token_information) makes the
        drive discard them. V(status) is read last, so that nothing is lost if all are given. In check mode, none of
        these is read.
      - A drive is not queried if its INQUIRY data say that it has no copy manager (3PC is 0), unless its list of
        supported commands contains RECEIVE COPY RESULTS. No drive is sent a request that its VPD
        page or, without one, its list of supported commands does not contain. See O(assume_supported).
    type: list
    elements: str
    choices: [parameters, status, data, failures, token_information, rod_tokens]
    default: [parameters]
  list_id:
    description:
      - The list identifier of the copy operation to which V(status), V(data), V(failures), and V(token_information)
        refer.
    type: int
    default: 0
  list_id_bytes:
    description:
      - The length of the list identifier with which the operation was started, V(1) byte as with EXTENDED COPY(LID1),
        or V(4) bytes as with EXTENDED COPY(LID4), POPULATE TOKEN, and WRITE USING TOKEN.
      - V(auto) uses V(1) if the drive supports it and O(list_id) fits.
      - V(failures) is only available with one byte, V(token_information) and V(rod_tokens) only with four bytes.
    type: str
    choices: [auto, '1', '4']
    default: auto
  assume_supported:
    description:
      - Whether to query also drives that report that they have no copy manager, and to send also requests that their
        VPD page or list of supported commands does not contain.
    type: bool
    default: false
  allocation_length:
    description:
      - The maximum number of bytes per response, less than 10000. A longer response is truncated, with a warning.
      - The default is 520 for V(parameters), V(status), and V(failures), as in C(sg_copy_results), and 65536 for
        V(data), V(token_information), and V(rod_tokens), which have no such bounds and may be reported only once.
    type: int
attributes:
  check_mode:
    description: Can run in check mode. What the drive would discard when it is read is not read in check mode.
    support: full
  diff_mode:
    description: The module changes nothing, so there is no difference to show.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
  facts:
    description: Action returns an RV(ansible_facts) dictionary that will update existing host facts.
    support: full
notes:
  - Uses RECEIVE COPY RESULTS, which needs write access to an sg node, or CAP_SYS_RAWIO on a block node.
  - A copy manager keeps the results of a copy for the I_T nexus through which the copy was requested (SPC-6 5.18). So a
    copy that an application requested through a device node can be found through a node of the same path, but not
    through V(iscsi:), where each task is a separate nexus. ROD tokens and the parameters are the same for all.
seealso:
  - name: sg_copy_results
    description: The command line tool for the same purpose.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Find out which volumes can be copied by the array
  hosts: database
  become: true
  tasks:
    - name: Gather the facts of the copy managers
      drivecare.scsi.scsi_xcopy_facts:
        devices: /dev/disk/by-id/wwn-0x6001405*

    - name: Show the volumes that can copy to block devices
      ansible.builtin.debug:
        msg: "{{ item.device }} copies up to {{ item.parameters.maximum_segment_length_bytes }} bytes per segment"
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

- name: Count the copy managers of all hosts, whatever state the hosts are in
  hosts: all
  become: true
  tasks:
    - name: Query every drive
      drivecare.scsi.scsi_xcopy_facts:
        devices: /dev/sg*
        on_error: report

    - name: Show how many drives have a copy manager
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
      description: One entry per drive, in the order of O(devices).
      type: list
      elements: dict
      contains:
        device:
          description: The address of the drive. Patterns, names, and V(all) in O(devices) are resolved.
          type: str
          sample: /dev/sg4
        wwn:
          description: The world wide name of the logical unit, V(none) if it has none.
          type: str
          sample: naa.60014051d5b9b6a7d3f4b8f9a0c1e2d3
        status:
          description:
            - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern
              matched something that is not a drive.
            - A drive without a copy manager is V(ok).
          type: str
          sample: ok
        reason:
          description: What the drive does not support, or what went wrong, V(none) if there is nothing to report.
          type: str
          sample: "not supported by this drive: invalid command operation code"
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
            - name: RECEIVE COPY STATUS(LID1)
              cdb: "84000700000000000000000002080000"
              data_in: "000000080200020000002000"
              sense: ""
              status: GOOD
              residual: 508
        supported:
          description: Whether the drive answered at least one of the requests, V(none) if it could not be queried.
          type: bool
          sample: true
        refused:
          description: The reason for each request that the drive did not answer.
          type: dict
          sample: {"status": "not supported by this drive: invalid field in cdb, CDB byte 1"}
        parameters:
          description: The operating parameters, V(none) if they were not requested or not answered.
          type: dict
          sample:
            snlid: false
            maximum_cscd_descriptor_count: 2
            maximum_segment_descriptor_count: 1
        third_party_copy:
          description:
            - The descriptors of the third-party copy VPD page (8Fh), V(none) if the drive does not have the page.
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
          description: The status of the operation O(list_id), and the ROD tokens that it created, in hex and decoded.
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
