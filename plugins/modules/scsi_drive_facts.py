#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_drive_facts
short_description: Gather the identity, capacity, limits, health, and self-test results of SCSI drives
version_added: 0.1.0
description:
  - Asks each drive for its identity, its capacity, its limits, its health, and the results of its self tests, and
    returns them as facts. Reads what C(sg_inq), C(sg_vpd), C(sg_readcap), C(sg_logs), and C(smartctl -x) read, on many
    drives at once.
  - Queries all disks and tapes of the host, unless O(devices) is given.
  - Asks first which VPD pages, log pages, and commands the drive supports, and then only for those, so that the drive's
    own log is not filled with refused commands. What the drive does not support is V(none). What it refused although it
    lists it is V(none) too, and is mentioned in C(warnings).
  - Every fact has its unit in its name, and is V(none) if it is not reported by the drive.
  - Does not wake a drive that is in standby. INQUIRY, REQUEST SENSE, LOG SENSE, MODE SENSE, and READ CAPACITY do not
    need the medium. Some drives keep the grown defect list on the medium, so it is not read while the drive is in
    standby or stopped.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  devices:
    required: false
    default: [all]
  gather_subset:
    description:
      - The subsets of facts to gather, any of V(readiness), V(identity), V(capacity), V(limits), V(health),
        V(selftest), V(xcopy), V(streams), and V(all).
      - A subset is excluded by an exclamation mark in front of it. If only exclusions are given, they are removed from
        the default subsets. With V(!all), only the subsets that are named explicitly are gathered.
      - V(xcopy) needs write access to an sg node, or CAP_SYS_RAWIO on a block node.
    type: list
    elements: str
    default: [readiness, identity, capacity, limits, health, selftest]
  state_dir:
    description:
      - The directory on the managed node in which it is recorded what the self-test log of a drive of more than 65,535
        power-on hours looked like, so that the age of its tests is known. Nothing is written for other drives. See
        O(drivecare.scsi.scsi_selftest#module:state_dir).
    type: path
    default: /var/lib/drivecare
attributes:
  check_mode:
    description: Can run in check mode. No command that the module sends changes a drive.
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
  - V(identity), V(capacity), V(limits), V(health), V(selftest), and V(streams) need read access to an sg node or a
    block node of the drive, or CAP_SYS_RAWIO on a tape node. V(xcopy) needs write access to an sg node, or
    CAP_SYS_RAWIO.
  - The format of an entry is described by the JSON Schema C(docs/schemas/drive_facts-1.json).
seealso:
  - module: drivecare.scsi.scsi_selftest
  - module: drivecare.scsi.scsi_xcopy_facts
  - module: drivecare.scsi.scsi_stream
  - name: sg3_utils
    description: The command line tools for the same purpose.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Find the drives that must be replaced
  hosts: storage
  become: true
  tasks:
    - name: Gather the health of all drives
      drivecare.scsi.scsi_drive_facts:
        gather_subset: [identity, health]
        on_error: report

    - name: Assert that no drive predicts its own failure
      ansible.builtin.assert:
        that: not (item.health.predicted_failure or false)
        fail_msg: "{{ item.identity.serial }}: {{ item.health.informational_exceptions.text }}"
      loop: "{{ ansible_facts['scsi_drives'] | selectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: List the drives of a shelf
  hosts: storage
  become: true
  tasks:
    - name: Gather identity and capacity
      drivecare.scsi.scsi_drive_facts:
        devices: /dev/sg*
        gather_subset: [identity, capacity]
      register: shelf

    - name: Show one line per drive
      ansible.builtin.debug:
        msg: >-
          {{ item.wwn }} {{ item.identity.vendor }} {{ item.identity.product }} {{ item.identity.serial }}
          {{ item.capacity.capacity_bytes | default(0, true) | human_readable }} by {{ item.identity.path_count }} paths
      loop: "{{ shelf.ansible_facts.scsi_drives | selectattr('identity') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Gather the facts of a volume that is not attached to this host
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Gather all facts but the health through iSCSI
      drivecare.scsi.scsi_drive_facts:
        devices: iscsi://array.example.com/iqn.2026-01.com.example:volumes/3
        gather_subset: [all, "!health"]
        iscsi_user: facts
        iscsi_secret: "{{ vault_array_secret }}"

    - name: Show the provisioning and the UNMAP limit of each volume
      ansible.builtin.debug:
        msg: "{{ item.capacity.provisioning }}, {{ item.limits.maximum_unmap_lba_count }} blocks in an UNMAP"
      loop: "{{ ansible_facts['scsi_drives'] }}"
      loop_control:
        label: "{{ item.device }}"
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: always
  type: dict
  contains:
    scsi_drives:
      description: One entry per drive, in the order of O(devices).
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
            - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern
              matched something that is not a drive.
          type: str
          sample: ok
        reason:
          description: What went wrong, V(none) if nothing did.
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
          description:
            - Unit attentions, deferred and recovered errors, parts of responses that could not be trusted, and requests
              that the drive refused.
          type: list
          elements: str
          sample: []
        commands:
          description: Every command that was sent, with its response.
          returned: with O(raw), or verbosity 3 or more
          type: list
          elements: dict
          sample:
            - name: INQUIRY
              cdb: "12010000fc00"
              data_in: "0000000700808386b0b1b2"
              sense: ""
              status: GOOD
              residual: 241
        facts_version:
          description: The version of the format of the facts, which is that of the JSON Schema.
          type: int
          sample: 1
        gathered:
          description: The subsets that were gathered. If the drive failed on the way, those that were gathered before.
          type: list
          elements: str
          sample: [readiness, identity, capacity, limits, health, selftest]
        failures:
          description:
            - The commands that the drive failed, by a medium error, a hardware error, or an aborted command, or did not
              answer. What the drive does not support is not among them, nor what it cannot do as long as it is not
              ready.
          type: list
          elements: dict
          contains:
            command:
              description: The name of the command.
              type: str
              sample: LOG SENSE
            page:
              description: The page that the command was to read, V(none) for other commands.
              type: str
              sample: log page 15h
            kind:
              description: The kind of the error, V(check_condition), V(status), or V(transport).
              type: str
              sample: check_condition
            message:
              description: The error in words.
              type: str
              sample: "LOG SENSE (log page 15h): medium error: medium format corrupted"
            sense:
              description: The decoded sense data, V(none) if there are none.
              type: dict
              sample: {"key": {"value": 3, "name": "medium error"}, "asc": 49, "ascq": 0}
        readiness:
          description: Whether the drive can serve commands to its medium.
          type: dict
          contains:
            state:
              description:
                - V(ready), V(standby), V(stopped), V(becoming_ready), V(not_ready), V(no_medium), or V(format_corrupt),
                  V(none) if the drive gave no answer that tells it.
                - A drive that reports V(standby) or V(stopped) to REQUEST SENSE is not woken. Others are sent TEST UNIT
                  READY.
                - V(becoming_ready) covers what ends by itself, such as a format or a self test in the foreground.
              type: str
              sample: ready
            sense:
              description: The decoded sense data that say so, V(none) if the drive is ready.
              type: dict
              sample: null
        identity:
          description:
            - The identity of the drive.
            - If the drive does not answer, it is what the operating system knows from when it found the drive, and the
              rest is V(none).
          type: dict
          contains:
            source:
              description: Where the identity comes from, V(drive) or V(kernel).
              type: str
              sample: drive
            vendor:
              description: The vendor identification, as reported by the drive.
              type: str
              sample: SEAGATE
            product:
              description: The product identification.
              type: str
              sample: ST1000NM0023
            revision:
              description: The product revision level, which for most drives is the revision of the firmware.
              type: str
              sample: "0004"
            serial:
              description: The unit serial number (VPD page 80h).
              type: str
              sample: Z1W0ABCD
            wwn:
              description: The best name of the logical unit among RV(ansible_facts.scsi_drives[].identity.designators).
              type: str
              sample: naa.5000c500a1b2c3d4
            designators:
              description:
                - All designators of the logical unit, of its target ports, and of its target device (VPD page 83h).
              type: list
              elements: dict
              contains:
                name:
                  description: The designator in its usual notation, V(none) if the designator is not a name.
                  type: str
                  sample: naa.5000c500a1b2c3d5
                association:
                  description: What the designator belongs to.
                  type: dict
                  sample: {"value": 1, "name": "target port"}
                designator_type:
                  description: The type of the designator.
                  type: dict
                  sample: {"value": 3, "name": "NAA"}
                code_set:
                  description: The encoding of the designator.
                  type: dict
                  sample: {"value": 1, "name": "binary"}
                protocol_identifier:
                  description:
                    - The protocol of the port that the designator belongs to, V(none) if it does not belong to a port.
                  type: dict
                  sample: {"value": 6, "name": "SAS"}
                piv:
                  description: Whether the protocol identifier is valid (PIV).
                  type: bool
                  sample: true
                designator:
                  description: The bytes of the designator, in hex.
                  type: str
                  sample: 5000c500a1b2c3d5
                text:
                  description: The designator as text, if it is text.
                  type: str
                  sample: null
                fields:
                  description: The fields of the designator, by their names in the standard.
                  type: dict
                  sample:
                    naa: {"value": 5, "name": "IEEE registered"}
                    ieee_company_id: 3152
                    vendor_specific_identifier: 2712847317
            peripheral_device_type:
              description: The peripheral device type.
              type: dict
              sample: {"value": 0, "name": "direct access block device"}
            removable:
              description: Whether the medium is removable.
              type: bool
              sample: false
            spc_version:
              description: The version of SCSI Primary Commands (SPC) that the drive claims to conform to.
              type: dict
              sample: {"value": 6, "name": "SPC-4"}
            version_descriptors:
              description: The standards that the drive claims to conform to.
              type: list
              elements: dict
              sample: [{"value": 160, "name": "SAM-5"}, {"value": 3104, "name": "SAS-2"}]
            protocol:
              description: The protocol of the drive's port, such as V(SAS), V(iSCSI), or V(Fibre Channel).
              type: str
              sample: SAS
            form_factor:
              description: The nominal form factor.
              type: str
              sample: 3.5 inch
            rotation_rate_rpm:
              description:
                - The rotation rate of the medium in revolutions per minute, V(none) if it does not rotate or the rate
                  is not reported by the drive.
              type: int
              sample: 7200
            non_rotating:
              description:
                - Whether the medium is non-rotating, as in a solid state drive. V(none) if not reported by the drive.
              type: bool
              sample: false
            paths:
              description:
                - The SCSI devices of the managed node that lead to the drive, V(none) for a drive that is not attached
                  to the node.
                - They are recognized by the NAA, EUI, or UUID name of the drive. For a drive without such a name, only
                  the path that was given to the task is known.
              type: list
              elements: dict
              contains:
                hctl:
                  description: The host, channel, target, and logical unit numbers that the kernel has assigned.
                  type: str
                  sample: "0:0:4:0"
                sg_node:
                  description: The sg node, V(none) if the path has none.
                  type: str
                  sample: /dev/sg1
                block_node:
                  description: The block node, V(none) if the path has none.
                  type: str
                  sample: /dev/sda
                state:
                  description: The state of the path, as reported by the kernel.
                  type: str
                  sample: running
            path_count:
              description: The number of RV(ansible_facts.scsi_drives[].identity.paths).
              type: int
              sample: 2
            bay:
              description:
                - The location of the drive, as far as the Linux kernel knows it from the enclosure (C(ses) driver) or
                  from the SAS adapter. V(none) if the kernel does not know it, and for a drive that is not attached to
                  this host.
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
                  description:
                    - The name of the slot, as reported by the enclosure. V(none) if the location was reported by the
                      SAS adapter.
                  type: str
                  sample: SLOT 07
        capacity:
          description:
            - The capacity of the drive, V(none) for a device without blocks or without a medium, and for one that did
              not answer.
          type: dict
          contains:
            blocks:
              description: The number of logical blocks.
              type: int
              sample: 1953525168
            capacity_bytes:
              description: The number of bytes in all logical blocks.
              type: int
              sample: 1000204886016
            logical_block_length_bytes:
              description: The number of bytes per logical block.
              type: int
              sample: 512
            physical_block_length_bytes:
              description: The number of bytes per physical block. Writes should cover whole physical blocks.
              type: int
              sample: 4096
            lowest_aligned_logical_block_address:
              description: The lowest logical block address that is aligned to a physical block boundary.
              type: int
              sample: 0
            protection_type:
              description: The type of protection information that the drive is formatted with, 1 to 3, or 0 for none.
              type: int
              sample: 0
            protection_intervals_per_block:
              description:
                - The number of protection information intervals per logical block, V(none) without protection
                  information.
              type: int
              sample: null
            provisioning:
              description: The logical block provisioning, V(none) if not reported by the drive.
              type: dict
              contains:
                managed:
                  description:
                    - Whether logical block provisioning management is enabled, so that some blocks may have no storage.
                  type: bool
                  sample: true
                type:
                  description: The provisioning type (VPD page B2h).
                  type: dict
                  sample: {"value": 2, "name": "thin provisioned"}
                unmapped_reads_zeros:
                  description: Whether unmapped blocks are read as zeros, V(none) if the disk does not manage blocks.
                  type: bool
                  sample: true
                unmap:
                  description: Whether the UNMAP command is supported.
                  type: bool
                  sample: true
                write_same_16_unmap:
                  description: Whether WRITE SAME(16) can unmap blocks.
                  type: bool
                  sample: true
                write_same_10_unmap:
                  description: Whether WRITE SAME(10) can unmap blocks.
                  type: bool
                  sample: false
                anchor:
                  description: Whether blocks can be anchored.
                  type: bool
                  sample: false
                threshold_set_size_blocks:
                  description:
                    - The size in blocks of a threshold set, which is the unit in which thresholds are expressed.
                      V(none) if thresholds are not supported.
                  type: int
                  sample: 2048
                threshold_percent:
                  description: The threshold of used storage at which the drive warns, in percent.
                  type: int
                  sample: 80
                minimum_percent:
                  description: The part of its storage that the drive reserves for itself, in percent.
                  type: int
                  sample: null
        limits:
          description:
            - The limits of a single command (VPD page B0h), V(none) if the drive does not have the page.
            - A limit is V(none) if it is not reported by the drive or does not exist. With V(0), the drive does not
              support the command.
          type: dict
          contains:
            wsnz:
              description:
                - Whether the drive refuses a WRITE SAME with a length of 0, which would write to the end of the medium.
              type: bool
              sample: false
            maximum_compare_and_write_length_blocks:
              description: The maximum number of blocks per COMPARE AND WRITE.
              type: int
              sample: 1
            optimal_transfer_length_granularity_blocks:
              description: The optimal transfer length granularity. The length of a transfer should be a multiple of it.
              type: int
              sample: 8
            maximum_transfer_length_blocks:
              description: The maximum number of blocks per READ or WRITE.
              type: int
              sample: 65535
            optimal_transfer_length_blocks:
              description: The optimal transfer length. Longer transfers are slower.
              type: int
              sample: null
            maximum_prefetch_length_blocks:
              description: The maximum number of blocks per PRE-FETCH.
              type: int
              sample: null
            maximum_unmap_lba_count:
              description: The maximum number of blocks per UNMAP.
              type: int
              sample: 4194240
            maximum_unmap_block_descriptor_count:
              description: The maximum number of ranges per UNMAP.
              type: int
              sample: 1
            optimal_unmap_granularity_blocks:
              description: The optimal unmap granularity. The length of a range in an UNMAP should be a multiple of it.
              type: int
              sample: 1
            ugavalid:
              description: Whether RV(ansible_facts.scsi_drives[].limits.unmap_granularity_alignment_blocks) is valid.
              type: bool
              sample: true
            unmap_granularity_alignment_blocks:
              description: The first logical block address to which the unmap granularity applies.
              type: int
              sample: 0
            maximum_write_same_length_blocks:
              description: The maximum number of blocks per WRITE SAME.
              type: int
              sample: 65535
            maximum_atomic_transfer_length_blocks:
              description: The maximum number of blocks per WRITE ATOMIC.
              type: int
              sample: 0
            atomic_alignment_blocks:
              description: The alignment of atomic writes. They begin at a multiple of it.
              type: int
              sample: null
            atomic_transfer_length_granularity_blocks:
              description: The granularity of atomic writes. Their length is a multiple of it.
              type: int
              sample: null
            maximum_atomic_transfer_length_with_atomic_boundary_blocks:
              description: The maximum number of blocks per WRITE ATOMIC with an atomic boundary.
              type: int
              sample: 0
            maximum_atomic_boundary_size_blocks:
              description: The maximum atomic boundary size of a WRITE ATOMIC.
              type: int
              sample: 0
        health:
          description: The health of the drive.
          type: dict
          contains:
            predicted_failure:
              description:
                - Whether the drive predicts its own failure, in its informational exceptions log page or in its sense
                  data.
                - V(none) if the drive has not reported any informational exception and does not have the log page
                  either, so that this cannot be known.
              type: bool
              sample: false
            warning:
              description:
                - Whether the drive has reported a warning, for example of its temperature. V(none) as for
                  RV(ansible_facts.scsi_drives[].health.predicted_failure).
              type: bool
              sample: false
            informational_exceptions:
              description:
                - The informational exception that the drive has reported, and whether and how it is set to report them.
              type: dict
              contains:
                asc:
                  description:
                    - The additional sense code of the informational exception, 5Dh for a predicted failure. V(none) if
                      there is none.
                  type: int
                  sample: 93
                ascq:
                  description:
                    - The additional sense code qualifier. FFh means a false failure prediction, made to test the
                      reporting.
                  type: int
                  sample: 16
                text:
                  description: The additional sense code in words.
                  type: str
                  sample: hardware impending failure general hard drive failure
                source:
                  description:
                    - The source of the informational exception, V(REQUEST SENSE) or V(informational exceptions log
                      page).
                  type: str
                  sample: informational exceptions log page
                reporting_enabled:
                  description:
                    - Whether the mode page enables the reporting of informational exceptions, V(none) if the drive has
                      no such page.
                  type: bool
                  sample: true
                reporting_method:
                  description: The method of reporting informational exceptions (MRIE).
                  type: dict
                  sample: {"value": 6, "name": "only on request"}
                test:
                  description:
                    - Whether the TEST bit is set, that is, whether false failures are being made to test the reporting.
                  type: bool
                  sample: false
            power_condition:
              description:
                - V(active), V(idle_a), V(idle_b), V(idle_c), V(standby_y), V(standby_z), V(low power), or V(stopped).
                - V(none) if the drive refused REQUEST SENSE, or answered it with something more important, such as a
                  running self test.
              type: str
              sample: active
            power_condition_activated_by:
              description:
                - What brought the drive into the power condition, V(timer) or V(command). V(none) if not reported by
                  the drive.
              type: str
              sample: null
            power_on_hours:
              description: The number of hours that the drive has been powered on.
              type: int
              sample: 20576
            power_on_hours_source:
              description:
                - The source of RV(ansible_facts.scsi_drives[].health.power_on_hours), V(background scan log page) or,
                  for drives from Seagate, HGST, and Hitachi, V(factory log page).
              type: str
              sample: background scan log page
            temperature:
              description: The temperature of the drive, V(none) if not reported by the drive.
              type: dict
              contains:
                temperature_celsius:
                  description: The current temperature.
                  type: int
                  sample: 31
                reference_temperature_celsius:
                  description: The maximum temperature at which the drive is designed to operate continuously.
                  type: int
                  sample: 60
            environment:
              description:
                - What the sensors of the drive measure (log page 0Dh, subpage 01h), V(none) if not reported by the
                  drive.
              type: dict
              contains:
                temperatures:
                  description: The sensors of temperature.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the sensor.
                      type: int
                      sample: 0
                    temperature_celsius:
                      description: The temperature.
                      type: int
                      sample: 31
                    lifetime_maximum_temperature_celsius:
                      description: The highest temperature since the drive was manufactured.
                      type: int
                      sample: 48
                    lifetime_minimum_temperature_celsius:
                      description: The lowest temperature since the drive was manufactured.
                      type: int
                      sample: 12
                    maximum_temperature_since_power_on_celsius:
                      description: The highest temperature since power on.
                      type: int
                      sample: 35
                    minimum_temperature_since_power_on_celsius:
                      description: The lowest temperature since power on.
                      type: int
                      sample: 22
                    maximum_other_temperature_celsius:
                      description:
                        - Another maximum, whose meaning the vendor defines, V(none) unless the drive reports that it
                          is valid.
                      type: int
                      sample: null
                    minimum_other_temperature_celsius:
                      description:
                        - Another minimum, whose meaning the vendor defines, V(none) unless the drive reports that it
                          is valid.
                      type: int
                      sample: null
                relative_humidities:
                  description: The sensors of relative humidity.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the sensor.
                      type: int
                      sample: 256
                    relative_humidity_percent:
                      description: The relative humidity.
                      type: int
                      sample: 41
                    lifetime_maximum_relative_humidity_percent:
                      description: The highest relative humidity since the drive was manufactured.
                      type: int
                      sample: 77
                    lifetime_minimum_relative_humidity_percent:
                      description: The lowest relative humidity since the drive was manufactured.
                      type: int
                      sample: 9
                    maximum_relative_humidity_since_power_on_percent:
                      description: The highest relative humidity since power on.
                      type: int
                      sample: 45
                    minimum_relative_humidity_since_power_on_percent:
                      description: The lowest relative humidity since power on.
                      type: int
                      sample: 38
                    maximum_other_relative_humidity_percent:
                      description:
                        - Another maximum, whose meaning the vendor defines, V(none) unless the drive reports that it
                          is valid.
                      type: int
                      sample: null
                    minimum_other_relative_humidity_percent:
                      description:
                        - Another minimum, whose meaning the vendor defines, V(none) unless the drive reports that it
                          is valid.
                      type: int
                      sample: null
            environmental_limits:
              description:
                - The limits for what the sensors measure (log page 0Dh, subpage 02h), V(none) if not reported by the
                  drive.
              type: dict
              contains:
                temperatures:
                  description: The limits of temperature.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the sensor.
                      type: int
                      sample: 0
                    high_critical_temperature_limit_trigger_celsius:
                      description: The highest temperature within the critical limits.
                      type: int
                      sample: 70
                    high_critical_temperature_limit_reset_celsius:
                      description: Where a warning of the high critical limit ends.
                      type: int
                      sample: 65
                    low_critical_temperature_limit_reset_celsius:
                      description: Where a warning of the low critical limit ends.
                      type: int
                      sample: 0
                    low_critical_temperature_limit_trigger_celsius:
                      description: The lowest temperature within the critical limits.
                      type: int
                      sample: -5
                    high_operating_temperature_limit_trigger_celsius:
                      description: The highest temperature within the operating limits.
                      type: int
                      sample: 60
                    high_operating_temperature_limit_reset_celsius:
                      description: Where a warning of the high operating limit ends.
                      type: int
                      sample: 55
                    low_operating_temperature_limit_reset_celsius:
                      description: Where a warning of the low operating limit ends.
                      type: int
                      sample: 8
                    low_operating_temperature_limit_trigger_celsius:
                      description: The lowest temperature within the operating limits.
                      type: int
                      sample: 5
                relative_humidities:
                  description: The limits of relative humidity.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the sensor.
                      type: int
                      sample: 256
                    high_critical_relative_humidity_limit_trigger_percent:
                      description: The highest relative humidity within the critical limits.
                      type: int
                      sample: 95
                    high_critical_relative_humidity_limit_reset_percent:
                      description: Where a warning of the high critical limit ends.
                      type: int
                      sample: 90
                    low_critical_relative_humidity_limit_reset_percent:
                      description: Where a warning of the low critical limit ends.
                      type: int
                      sample: 8
                    low_critical_relative_humidity_limit_trigger_percent:
                      description: The lowest relative humidity within the critical limits.
                      type: int
                      sample: 5
                    high_operating_relative_humidity_limit_trigger_percent:
                      description: The highest relative humidity within the operating limits.
                      type: int
                      sample: 90
                    high_operating_relative_humidity_limit_reset_percent:
                      description: Where a warning of the high operating limit ends.
                      type: int
                      sample: 85
                    low_operating_relative_humidity_limit_reset_percent:
                      description: Where a warning of the low operating limit ends.
                      type: int
                      sample: 12
                    low_operating_relative_humidity_limit_trigger_percent:
                      description: The lowest relative humidity within the operating limits.
                      type: int
                      sample: 8
            format_status:
              description:
                - The last successful FORMAT UNIT, and what became of blocks since (log page 08h), V(none) if not
                  reported by the drive.
              type: dict
              contains:
                format_data_out:
                  description: The parameter list of that FORMAT UNIT, in hex.
                  type: str
                  sample: "0a000000"
                grown_defects_during_certification:
                  description: Defects that its certification found.
                  type: int
                  sample: 0
                total_blocks_reassigned_during_format:
                  description: Blocks that it reassigned.
                  type: int
                  sample: 0
                total_new_blocks_reassigned:
                  description: Blocks that were reassigned since.
                  type: int
                  sample: 2
                power_on_minutes_since_format:
                  description: Power-on time since, in minutes.
                  type: int
                  sample: 35438
            statistics:
              description: What the drive has served (log page 19h), V(none) if not reported by the drive.
              type: dict
              contains:
                read_commands:
                  description: The number of read commands.
                  type: int
                  sample: 123456789
                write_commands:
                  description: The number of write commands.
                  type: int
                  sample: 98765432
                logical_blocks_received:
                  description: The number of blocks that were received to be written.
                  type: int
                  sample: 21474836480
                logical_blocks_transmitted:
                  description: The number of blocks that were transmitted as they were read.
                  type: int
                  sample: 60129542144
                read_command_processing_intervals:
                  description: How long read commands were processed, in intervals.
                  type: int
                  sample: 1000
                write_command_processing_intervals:
                  description: How long write commands were processed, in intervals.
                  type: int
                  sample: 2001
                weighted_read_and_write_commands:
                  description: The weighted number of read and write commands.
                  type: int
                  sample: 0
                weighted_read_and_write_command_processing:
                  description: The weighted time of read and write commands, in intervals.
                  type: int
                  sample: 0
                idle_time_intervals:
                  description: How long the drive had no command, in intervals.
                  type: int
                  sample: 72000
                time_interval_seconds:
                  description: How long an interval is.
                  type: float
                  sample: 0.05
                read_processing_seconds:
                  description: How long read commands were processed, V(none) if not measured by the drive.
                  type: float
                  sample: 50.0
                write_processing_seconds:
                  description: How long write commands were processed, V(none) if not measured by the drive.
                  type: float
                  sample: 100.05
                idle_seconds:
                  description: How long the drive had no command, V(none) if not measured by the drive.
                  type: float
                  sample: 3600.0
            power_transitions:
              description:
                - How often the drive entered each power condition (log page 1Ah), V(none) if not reported by the
                  drive.
              type: dict
              contains:
                active:
                  description: How often it entered active.
                  type: int
                  sample: 310
                idle_a:
                  description: How often it entered idle_a.
                  type: int
                  sample: 290
                idle_b:
                  description: How often it entered idle_b.
                  type: int
                  sample: 120
                idle_c:
                  description: How often it entered idle_c.
                  type: int
                  sample: 0
                standby_z:
                  description: How often it entered standby_z.
                  type: int
                  sample: 12
                standby_y:
                  description: How often it entered standby_y.
                  type: int
                  sample: 0
            tape_alert_flags:
              description:
                - The TapeAlert flags of a tape drive or a media changer that are set, V(none) for other devices, and
                  if not reported in log page 12h. Log page 2Eh is never read, because that would clear its flags.
              type: list
              elements: dict
              contains:
                flag:
                  description: The number of the flag.
                  type: int
                  sample: 4
                name:
                  description: The name of the flag, V(none) for one that is not known.
                  type: str
                  sample: "media"
                severity:
                  description: V(critical), V(warning), or V(information); V(none) if not known.
                  type: str
                  sample: "critical"
            start_stop:
              description: The start-stop cycle counters, V(none) if not reported by the drive.
              type: dict
              contains:
                manufacture_year:
                  description: The year of manufacture.
                  type: str
                  sample: "2014"
                manufacture_week:
                  description: The week of manufacture.
                  type: str
                  sample: "07"
                accounting_year:
                  description: The year of the accounting date, which the owner may have written to the drive.
                  type: str
                  sample: null
                accounting_week:
                  description: The week of the accounting date, which the owner may have written to the drive.
                  type: str
                  sample: null
                specified_start_stop_cycles:
                  description: The number of start-stop cycles that the drive is specified for over its lifetime.
                  type: int
                  sample: 10000
                accumulated_start_stop_cycles:
                  description: The number of start-stop cycles so far.
                  type: int
                  sample: 58
                specified_load_unload_cycles:
                  description:
                    - The number of load-unload cycles of the heads that the drive is specified for over its lifetime.
                  type: int
                  sample: 300000
                accumulated_load_unload_cycles:
                  description: The number of load-unload cycles of the heads so far.
                  type: int
                  sample: 1201
            endurance:
              description: The wear of the solid state medium, V(none) if not reported by the drive.
              type: dict
              contains:
                percentage_used_percent:
                  description:
                    - The percentage of its rated life that is used. More than 100 if the drive has outlived it.
                  type: int
                  sample: 17
            error_counters:
              description: The error counters since they were last reset.
              type: dict
              contains:
                write:
                  description:
                    - Errors while writing, in the form of RV(ansible_facts.scsi_drives[].health.error_counters.read).
                  type: dict
                  sample:
                    errors_corrected_without_substantial_delay: 12
                    errors_corrected_with_possible_delays: 3
                    total_retries: 4
                    total_errors_corrected: 15
                    total_times_correction_algorithm_processed: 16
                    total_bytes_processed: 98765432109876
                    total_uncorrected_errors: 2
                read:
                  description: Errors while reading, V(none) if the drive does not count them.
                  type: dict
                  contains:
                    errors_corrected_without_substantial_delay:
                      description: The number of errors that were corrected without substantial delay.
                      type: int
                      sample: 12
                    errors_corrected_with_possible_delays:
                      description: The number of errors that were corrected with possible delays.
                      type: int
                      sample: 3
                    total_retries:
                      description: The number of errors that were corrected by reading or writing again.
                      type: int
                      sample: 4
                    total_errors_corrected:
                      description: The total number of corrected errors.
                      type: int
                      sample: 15
                    total_times_correction_algorithm_processed:
                      description: The number of times that the correction algorithm was run.
                      type: int
                      sample: 16
                    total_bytes_processed:
                      description: The number of bytes that were read or written.
                      type: int
                      sample: 98765432109876
                    total_uncorrected_errors:
                      description: The number of errors that could not be corrected.
                      type: int
                      sample: 1
                verify:
                  description:
                    - Errors while verifying, in the form of RV(ansible_facts.scsi_drives[].health.error_counters.read).
                  type: dict
                  sample:
                    errors_corrected_without_substantial_delay: 12
                    errors_corrected_with_possible_delays: 3
                    total_retries: 4
                    total_errors_corrected: 15
                    total_times_correction_algorithm_processed: 16
                    total_bytes_processed: 98765432109876
                    total_uncorrected_errors: 0
                non_medium_error_count:
                  description: The number of errors that were not caused by the medium.
                  type: int
                  sample: 9
            background_scan:
              description: The results of the background medium scan, V(none) if the drive does not report any.
              type: dict
              contains:
                status:
                  description: The status of the background scan.
                  type: dict
                  contains:
                    accumulated_power_on_minutes:
                      description: The number of minutes that the drive has been powered on.
                      type: int
                      sample: 1234567
                    background_scan_status:
                      description: What the background scan is doing.
                      type: dict
                      sample: {"value": 8, "name": "enabled, waiting for the interval timer"}
                    number_of_background_scans_performed:
                      description: The number of background scans that were performed.
                      type: int
                      sample: 321
                    background_scan_progress:
                      description: The progress of the current scan, in 65536ths.
                      type: int
                      sample: 0
                    number_of_background_medium_scans_performed:
                      description: The number of scans of the whole medium that were performed.
                      type: int
                      sample: 320
                    progress_percent:
                      description: The progress of the current scan, in percent.
                      type: int
                      sample: 0
                findings:
                  description: The blocks that the scan could not read, or could read only after recovery.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the finding.
                      type: int
                      sample: 1
                    accumulated_power_on_minutes:
                      description: The power-on time of the drive when it found the error, in minutes.
                      type: int
                      sample: 1234507
                    reassign_status:
                      description: Whether and how the block was reassigned.
                      type: dict
                      sample: {"value": 2, "name": "reassigned by the device"}
                    sense_key:
                      description: The sense key of the error.
                      type: dict
                      sample: {"value": 3, "name": "medium error"}
                    additional_sense_code:
                      description: The additional sense code of the error.
                      type: int
                      sample: 17
                    additional_sense_code_qualifier:
                      description: The additional sense code qualifier of the error.
                      type: int
                      sample: 0
                    vendor_specific:
                      description: Vendor-specific bytes, in hex.
                      type: str
                      sample: "0000000000"
                    logical_block_address:
                      description: The logical block address.
                      type: int
                      sample: 4711
            pending_defects:
              description:
                - The blocks that could not be read and will be reassigned when they are written, V(none) if not
                  reported by the drive.
              type: dict
              contains:
                count:
                  description: The number of pending defects.
                  type: int
                  sample: 1
                defects:
                  description: The pending defects that the drive lists.
                  type: list
                  elements: dict
                  contains:
                    accumulated_power_on_hours:
                      description: The power-on time of the drive when it found the defect, in hours.
                      type: int
                      sample: 20000
                    logical_block_address:
                      description: The logical block address.
                      type: int
                      sample: 4711
            grown_defects:
              description:
                - The defects that were found since the drive left the factory, V(none) if they are not reported by the
                  drive, or not asked for because the drive is in standby or stopped.
              type: dict
              contains:
                count:
                  description:
                    - The number of grown defects, V(none) if the list has a vendor-specific format.
                    - Reading a list of more than 8190 defects needs READ DEFECT DATA(12), and thereby write access to
                      an sg node, or CAP_SYS_RAWIO on a block node. Without that, and from a drive that does not support
                      the command, the number is 8191, which is the least that there are, and there is a warning.
                  type: int
                  sample: 17
                defect_list_format:
                  description: The format of the defect list.
                  type: dict
                  sample: {"value": 4, "name": "bytes from index"}
            phys:
              description:
                - The phys of a SAS drive, with the errors on their links, V(none) for other drives. The counters never
                  go back by themselves.
              type: list
              elements: dict
              contains:
                relative_target_port_identifier:
                  description: The port that the phy belongs to.
                  type: int
                  sample: 1
                phy_identifier:
                  description: The phy.
                  type: int
                  sample: 0
                negotiated_logical_link_rate:
                  description: The rate of the link.
                  type: dict
                  sample: {"value": 11, "name": "12 Gbit/s"}
                attached_sas_address:
                  description: The address that the phy is attached to.
                  type: str
                  sample: 500304801f2b3cbf
                invalid_dword_count:
                  description: The number of invalid dwords that were received.
                  type: int
                  sample: 0
                running_disparity_error_count:
                  description: The number of dwords with running disparity errors that were received.
                  type: int
                  sample: 0
                loss_of_dword_synchronization_count:
                  description: How often dword synchronization was lost.
                  type: int
                  sample: 0
                phy_reset_problem_count:
                  description: How often a phy reset sequence failed.
                  type: int
                  sample: 0
            physical_elements:
              description:
                - The physical elements of a disk, such as its heads, and their health, V(none) if not reported by the
                  drive. Few disks report them.
              type: dict
              contains:
                count:
                  description: The number of elements.
                  type: int
                  sample: 18
                being_depopulated:
                  description: The identifier of the element that is being depopulated, V(none) if there is none.
                  type: int
                  sample: null
                elements:
                  description: The elements.
                  type: list
                  elements: dict
                  contains:
                    element_identifier:
                      description: The identifier of the element.
                      type: int
                      sample: 10
                    element_type:
                      description: The type of the element.
                      type: dict
                      sample: {"value": 1, "name": "storage element"}
                    health:
                      description:
                        - The health of the element. V(0) is not reported, V(1) to V(99) are within the
                          manufacturer's limits, V(100) is at the limit, V(101) to V(207) are outside it, V(253) and
                          V(255) are a depopulated element.
                      type: dict
                      sample: {"value": 101, "name": "outside the manufacturer's specification limit"}
                    restoration_allowed:
                      description: Whether the element is depopulated and can be restored.
                      type: bool
                      sample: false
                    associated_capacity_blocks:
                      description:
                        - The number of logical blocks that the drive loses with the element, V(none) if not reported
                          by the drive.
                      type: int
                      sample: 137438953472
            farm:
              description:
                - What a Seagate disk counts for itself in its Field Accessible Reliability Metrics (FARM), V(none) for
                  other drives, for a disk without FARM, and for one that is in standby. These counters stay when
                  SMART is set back. The FARM of an ATA disk needs C(CAP_SYS_RAWIO).
              type: dict
              contains:
                heads:
                  description: The number of heads.
                  type: int
                  sample: 16
                power_on_hours:
                  description: The power-on hours.
                  type: int
                  sample: 31383
                spindle_power_on_hours:
                  description: The hours that the spindle has turned. Only an ATA disk reports them.
                  type: int
                  sample: 31378
                head_flight_hours:
                  description: The hours that the heads of the first actuator have flown. Only an ATA disk reports them.
                  type: int
                  sample: 31378
                head_load_events:
                  description: How often the heads of the first actuator were loaded.
                  type: int
                  sample: 995
                power_cycles:
                  description: How often the disk was powered on.
                  type: int
                  sample: 21
                assembly_year:
                  description: The year in which the disk was assembled.
                  type: str
                  sample: "2020"
                assembly_week:
                  description: The week in which the disk was assembled.
                  type: str
                  sample: "38"
                reallocated_sectors_by_head:
                  description: The reallocated sectors of each head, V(none) if not reported by the disk.
                  type: list
                  elements: int
                  sample: [0, 0, 8, 0]
                write_power_on_hours_by_head:
                  description:
                    - The hours that each head has written, V(none) if not reported by the disk. Some models report
                      numbers here that cannot be hours; those are left out.
                  type: list
                  elements: int
                  sample: [10, 12, 11, 10]
            cache:
              description: Whether the caches are enabled, V(none) if not reported by the drive.
              type: dict
              contains:
                write_cache_enabled:
                  description: The bit WCE.
                  type: bool
                  sample: false
                read_cache_enabled:
                  description: The inverse of the bit RCD.
                  type: bool
                  sample: true
            recovery_time_limit_milliseconds:
              description:
                - How long the drive tries to recover a block, V(none) if not reported by the drive or if it uses its
                  own limit.
              type: int
              sample: 8000
            smart:
              description:
                - What an ATA drive reports by SMART, V(none) for other drives and for a drive that is in standby.
                  Needs CAP_SYS_RAWIO on Linux; without it, the value is V(none) and there is a warning.
                - Facts that the SCSI translation of the drive does not report are filled in from it, which are
                  C(power_on_hours), C(temperature), C(predicted_failure), C(pending_defects), and, from the reallocated
                  sectors, C(grown_defects).
              type: dict
              contains:
                healthy:
                  description:
                    - The verdict of the drive (SMART RETURN STATUS), V(none) if the adapter does not return it.
                  type: bool
                  sample: true
                power_on_hours:
                  description: Attribute 9.
                  type: int
                  sample: 28000
                temperature_celsius:
                  description: Attribute 194, or 190 if there is no attribute 194.
                  type: int
                  sample: 34
                reallocated_sectors:
                  description: Attribute 5.
                  type: int
                  sample: 0
                pending_sectors:
                  description: Attribute 197.
                  type: int
                  sample: 0
                offline_uncorrectable_sectors:
                  description: Attribute 198.
                  type: int
                  sample: 0
        selftest:
          description:
            - The results of the self tests. See RV(drivecare.scsi.scsi_selftest#module:drives[].selftest) for what a
              result consists of.
          type: dict
          contains:
            running:
              description: Whether a self test is running.
              type: bool
              sample: false
            running_test:
              description: The kind of the running test, V(none) if none is running or it is not reported by the drive.
              type: str
              sample: null
            progress_percent:
              description:
                - The progress of the running test, V(none) if none is running or it is not reported by the drive.
              type: float
              sample: null
            interrupted:
              description:
                - Whether the newest result says that a test is in progress although none is. See
                  RV(drivecare.scsi.scsi_selftest#module:drives[].selftest.interrupted).
              type: bool
              sample: false
            power_on_hours:
              description: The power-on hours of the drive.
              type: int
              sample: 20576
            power_on_hours_source:
              description: The source of RV(ansible_facts.scsi_drives[].selftest.power_on_hours).
              type: str
              sample: background scan log page
            extended_duration_seconds:
              description: The duration of an extended test, as reported by the drive.
              type: int
              sample: 7200
            extended_duration_source:
              description: The source of RV(ansible_facts.scsi_drives[].selftest.extended_duration_seconds).
              type: str
              sample: control mode page
            log_supported:
              description:
                - Whether the drive keeps a self-test log, V(none) if it could not be read because of a running test or
                  an error.
              type: bool
              sample: true
            log_refusal:
              description: Why there is no log or it could not be read, V(none) if it was read.
              type: str
              sample: null
            log_complete:
              description: Whether the whole log was read.
              type: bool
              sample: true
            newest:
              description: The newest result of a test that is no longer running.
              type: dict
              sample:
                parameter_code: 1
                self_test_code: {"value": 2, "name": "background extended"}
                result: {"value": 0, "name": "completed without error"}
                self_test_number: null
                power_on_hours: 20464
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
              sample:
                - parameter_code: 1
                  self_test_code: {"value": 2, "name": "background extended"}
                  result: {"value": 0, "name": "completed without error"}
                  self_test_number: null
                  power_on_hours: 20464
                  power_on_hours_saturated: false
                  address_of_first_failure: null
                  sense_key: {"value": 0, "name": "no sense"}
                  additional_sense_code: 0
                  additional_sense_code_qualifier: 0
                  sense_text: null
                  vendor_specific: 0
        xcopy:
          description: The capabilities of the copy manager.
          type: dict
          contains:
            supported:
              description:
                - Whether the drive has a copy manager. A drive is only asked if its INQUIRY data or its list of
                  supported commands say that it has one, or if it is older than SPC-3.
              type: bool
              sample: true
            reason:
              description: Why there is no copy manager, V(none) if there is one.
              type: str
              sample: null
            parameters:
              description: The operating parameters, as returned by M(drivecare.scsi.scsi_xcopy_facts).
              type: dict
              sample: {"maximum_cscd_descriptor_count": 2, "maximum_segment_length_bytes": 33553920}
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
        streams:
          description: The open write streams.
          type: dict
          contains:
            supported:
              description: Whether the drive supports streams.
              type: bool
              sample: true
            reason:
              description: Why streams are not supported, V(none) if they are.
              type: str
              sample: null
            maximum:
              description: The maximum number of open streams, V(none) if not reported by the drive.
              type: int
              sample: 8
            open:
              description: The identifiers of the streams that can be closed.
              type: list
              elements: int
              sample: [5]
            permanent:
              description: The identifiers of the permanent streams, which cannot be closed.
              type: list
              elements: int
              sample: [0]
            reported_open:
              description:
                - The number of open streams in the header of the response, which may differ from the number of streams
                  that are listed.
              type: int
              sample: 2
            descriptors:
              description: The descriptor of each stream.
              type: list
              elements: dict
              sample: [{"stream_id": 5, "permanent": false, "relative_lifetime": 0}]
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import DEFAULT, Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "devices": {"type": "list", "elements": "str", "default": ["all"], "aliases": ["device"]},
        "gather_subset": {"type": "list", "elements": "str", "default": list(DEFAULT)},
        "state_dir": {"type": "path", "default": "/var/lib/drivecare"},
    })
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(gather_facts, wanted, facts="scsi_drives")


if __name__ == "__main__":
    main()
