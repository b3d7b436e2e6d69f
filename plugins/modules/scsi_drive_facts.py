#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_drive_facts
short_description: Gather what drives are, hold and allow, and how healthy they are
version_added: 0.1.0
description:
  - Asks each drive which one it is, how much it holds, what it allows, how it is, and what its self tests found, and
    returns the answers as facts. Reads what C(sg_inq), C(sg_vpd), C(sg_readcap), C(sg_logs) and C(smartctl -x) read, on
    many drives at once.
  - Without O(devices), asks all disks and tapes of the host.
  - Asks first which VPD pages, log pages and commands the drive has, and then only for those, so that the drive's own
    log is not filled with refused commands. What the drive does not have is V(none); what it refused all the same is
    V(none) too, and stands in C(warnings).
  - Every fact has its unit in its name, and is V(none) where the drive does not tell it.
  - A drive in standby stays there. INQUIRY, REQUEST SENSE, LOG SENSE, MODE SENSE and READ CAPACITY need no medium; the
    list of grown defects, which some drives keep on it, is not asked for while the drive is in standby or stopped.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  devices:
    required: false
    default: [all]
  gather_subset:
    description:
      - Which facts to gather. V(identity), V(capacity), V(limits), V(health), V(selftest), V(xcopy), V(streams), or
        V(all).
      - Behind an exclamation mark a subset is left out. Where nothing but such is named, they are left out of the
        default; V(!all) leaves nothing but what is named beside it.
      - V(xcopy) needs write access to an sg node, or CAP_SYS_RAWIO on a block node.
    type: list
    elements: str
    default: [identity, capacity, limits, health, selftest]
attributes:
  check_mode:
    description: Can run in check mode; nothing that it asks changes a drive.
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
  - V(identity), V(capacity), V(limits), V(health), V(selftest) and V(streams) need read access to an sg node or a block
    node of the drive, and on a tape node CAP_SYS_RAWIO. V(xcopy) needs write access to an sg node, or CAP_SYS_RAWIO.
  - The form of an entry is described by the JSON Schema C(docs/schemas/drive_facts-1.json).
seealso:
  - module: drivecare.scsi.scsi_selftest
  - module: drivecare.scsi.scsi_xcopy_facts
  - module: drivecare.scsi.scsi_stream
  - name: sg3_utils
    description: The command line tools for the same.
    link: https://sg.danny.cz/sg/sg3_utils.html
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Which drives must be replaced
  hosts: storage
  become: true
  tasks:
    - name: Ask how they are
      drivecare.scsi.scsi_drive_facts:
        gather_subset: [identity, health]
        on_error: report

    - name: No drive predicts that it will fail
      ansible.builtin.assert:
        that: not (item.health.predicted_failure or false)
        fail_msg: "{{ item.identity.serial }}: {{ item.health.informational_exceptions.text }}"
      loop: "{{ ansible_facts['scsi_drives'] | selectattr('status', 'eq', 'ok') }}"
      loop_control:
        label: "{{ item.device }}"

- name: An inventory of the shelf
  hosts: storage
  become: true
  tasks:
    - name: Ask who they are and how much they hold
      drivecare.scsi.scsi_drive_facts:
        devices: /dev/sg*
        gather_subset: [identity, capacity]
      register: shelf

    - name: Show one line a drive
      ansible.builtin.debug:
        msg: >-
          {{ item.wwn }} {{ item.identity.vendor }} {{ item.identity.product }} {{ item.identity.serial }}
          {{ item.capacity.capacity_bytes | default(0, true) | human_readable }} by {{ item.identity.path_count }} paths
      loop: "{{ shelf.ansible_facts.scsi_drives | selectattr('identity') }}"
      loop_control:
        label: "{{ item.device }}"

- name: All that an array tells of a volume that is not attached here
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Ask by iSCSI, for all but the health
      drivecare.scsi.scsi_drive_facts:
        devices: iscsi://array.example.com/iqn.2026-01.com.example:volumes/3
        gather_subset: [all, "!health"]
        iscsi_user: facts
        iscsi_secret: "{{ vault_array_secret }}"

    - name: Thin volumes are the ones that may be unmapped
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
      description: An entry a drive, in the order of O(devices).
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
          description: What went wrong, V(none) where nothing did.
          type: str
          sample: null
        error:
          description: The error as data where the drive or the way to it failed, else V(none).
          type: dict
          sample: null
        warnings:
          description:
            - What the drive said beside its answers, what of them could not be trusted, and which questions it refused.
          type: list
          elements: str
          sample: []
        commands:
          description: Every command with its answer.
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
          description: The version of the facts' form, that of the JSON Schema.
          type: int
          sample: 1
        gathered:
          description: The subsets that were gathered. Where the drive failed on the way, those before that.
          type: list
          elements: str
          sample: [identity, capacity, limits, health, selftest]
        identity:
          description: Which drive it is.
          type: dict
          contains:
            vendor:
              description: The vendor, as the drive writes it.
              type: str
              sample: SEAGATE
            product:
              description: The product.
              type: str
              sample: ST1000NM0023
            revision:
              description: The revision, of its firmware for most.
              type: str
              sample: "0004"
            serial:
              description: The unit serial number (VPD page 80h).
              type: str
              sample: Z1W0ABCD
            wwn:
              description: The best of the logical unit's RV(ansible_facts.scsi_drives[].identity.designators).
              type: str
              sample: naa.5000c500a1b2c3d4
            designators:
              description: All names of the drive, of its ports and of its target (VPD page 83h).
              type: list
              elements: dict
              contains:
                name:
                  description: The name in the form in which people write it, V(none) for what names nothing.
                  type: str
                  sample: naa.5000c500a1b2c3d5
                association:
                  description: What has this name.
                  type: dict
                  sample: {"value": 1, "name": "target port"}
                designator_type:
                  description: The kind of name.
                  type: dict
                  sample: {"value": 3, "name": "NAA"}
                code_set:
                  description: How it is encoded.
                  type: dict
                  sample: {"value": 1, "name": "binary"}
                protocol_identifier:
                  description: The protocol of the port that has the name, V(none) where it is no port's.
                  type: dict
                  sample: {"value": 6, "name": "SAS"}
                piv:
                  description: Whether the drive vouches for the protocol.
                  type: bool
                  sample: true
                designator:
                  description: The bytes, in hex.
                  type: str
                  sample: 5000c500a1b2c3d5
                text:
                  description: The string, where it is one.
                  type: str
                  sample: null
                fields:
                  description: What stands in it, by the names of the standard.
                  type: dict
                  sample:
                    naa: {"value": 5, "name": "IEEE registered"}
                    ieee_company_id: 3152
                    vendor_specific_identifier: 2712847317
            peripheral_device_type:
              description: What kind of device it is.
              type: dict
              sample: {"value": 0, "name": "direct access block device"}
            removable:
              description: Whether its medium can be removed.
              type: bool
              sample: false
            spc_version:
              description: The version of the SCSI Primary Commands that it claims.
              type: dict
              sample: {"value": 6, "name": "SPC-4"}
            version_descriptors:
              description: The standards that it claims.
              type: list
              elements: dict
              sample: [{"value": 160, "name": "SAM-5"}, {"value": 3104, "name": "SAS-2"}]
            protocol:
              description: What its port speaks, such as V(SAS), V(iSCSI), V(Fibre Channel).
              type: str
              sample: SAS
            form_factor:
              description: Its size.
              type: str
              sample: 3.5 inch
            rotation_rate_rpm:
              description:
                - Revolutions of the medium in a minute, V(none) where it does not rotate or the drive does not
                  tell.
              type: int
              sample: 7200
            non_rotating:
              description: Whether it is a solid state disk, V(none) where the drive does not tell.
              type: bool
              sample: false
            paths:
              description:
                - The SCSI devices of the managed node that lead to the drive, V(none) for one that it has not attached.
                - Told apart by the NAA, EUI or UUID name; of a drive without one only the path that the task named is
                  known.
              type: list
              elements: dict
              contains:
                hctl:
                  description: The kernel's numbers of host, channel, target and logical unit.
                  type: str
                  sample: "0:0:4:0"
                sg_node:
                  description: The sg node, V(none) where the sg driver has none.
                  type: str
                  sample: /dev/sg1
                block_node:
                  description: The block node, V(none) where it has none.
                  type: str
                  sample: /dev/sda
                state:
                  description: What the kernel says of the path.
                  type: str
                  sample: running
            path_count:
              description: How many of them there are.
              type: int
              sample: 2
            bay:
              description:
                - Where the drive sits, as far as the Linux kernel knows it of the enclosure (driver C(ses)) or of the
                  SAS adapter. V(none) where it does not, and for a drive that this host has no device for.
              type: dict
              contains:
                enclosure:
                  description: The enclosure's logical identifier.
                  type: str
                  sample: "0x5000ccab0405db00"
                slot:
                  description: The number of the slot. V(none) where only its name is known.
                  type: int
                  sample: 7
                name:
                  description: What the enclosure calls the slot. V(none) where the adapter told of it.
                  type: str
                  sample: SLOT 07
        capacity:
          description: How much it holds, V(none) for a device without blocks, without medium, or that did not answer.
          type: dict
          contains:
            blocks:
              description: Logical blocks.
              type: int
              sample: 1953525168
            capacity_bytes:
              description: Bytes in all logical blocks.
              type: int
              sample: 1000204886016
            logical_block_length_bytes:
              description: Bytes in a logical block.
              type: int
              sample: 512
            physical_block_length_bytes:
              description: Bytes in a physical block. Writes should be of whole ones.
              type: int
              sample: 4096
            lowest_aligned_logical_block_address:
              description: The first logical block that begins a physical one.
              type: int
              sample: 0
            protection_type:
              description: The type of protection information that it is formatted with, 1 to 3, or 0 for none.
              type: int
              sample: 0
            protection_intervals_per_block:
              description: How many protection intervals a logical block has, V(none) without protection information.
              type: int
              sample: null
            provisioning:
              description: Whether all blocks have storage, V(none) where the drive says nothing of it.
              type: dict
              contains:
                managed:
                  description: Whether blocks may be without storage.
                  type: bool
                  sample: true
                type:
                  description: How it is provisioned, as VPD page B2h says.
                  type: dict
                  sample: {"value": 2, "name": "thin provisioned"}
                unmapped_reads_zeros:
                  description: Whether blocks without storage read as zeros.
                  type: bool
                  sample: true
                unmap:
                  description: Whether it has the command UNMAP.
                  type: bool
                  sample: true
                write_same_16_unmap:
                  description: Whether WRITE SAME(16) can unmap.
                  type: bool
                  sample: true
                write_same_10_unmap:
                  description: Whether WRITE SAME(10) can unmap.
                  type: bool
                  sample: false
                anchor:
                  description: Whether blocks can be anchored.
                  type: bool
                  sample: false
                threshold_set_size_blocks:
                  description: The unit in which it watches how full it is, V(none) where it does not.
                  type: int
                  sample: 2048
                threshold_percent:
                  description: How full it may be before it warns.
                  type: int
                  sample: 80
                minimum_percent:
                  description: How much of its storage it keeps for itself.
                  type: int
                  sample: null
        limits:
          description:
            - How much one command may ask for (VPD page B0h), V(none) where the drive has no such page.
            - A limit that the drive does not tell or does not have is V(none); 0 means that it has no such command.
          type: dict
          contains:
            wsnz:
              description: Whether WRITE SAME refuses to write to the end of the medium by a length of 0.
              type: bool
              sample: false
            maximum_compare_and_write_length_blocks:
              description: The most blocks in a COMPARE AND WRITE.
              type: int
              sample: 1
            optimal_transfer_length_granularity_blocks:
              description: Transfers should be of multiples of this.
              type: int
              sample: 8
            maximum_transfer_length_blocks:
              description: The most blocks in a READ or WRITE.
              type: int
              sample: 65535
            optimal_transfer_length_blocks:
              description: Longer transfers are slower.
              type: int
              sample: null
            maximum_prefetch_length_blocks:
              description: The most blocks in a PRE-FETCH.
              type: int
              sample: null
            maximum_unmap_lba_count:
              description: The most blocks in an UNMAP.
              type: int
              sample: 4194240
            maximum_unmap_block_descriptor_count:
              description: The most ranges in an UNMAP.
              type: int
              sample: 1
            optimal_unmap_granularity_blocks:
              description: Ranges of an UNMAP should be of multiples of this.
              type: int
              sample: 1
            ugavalid:
              description: Whether RV(ansible_facts.scsi_drives[].limits.unmap_granularity_alignment_blocks) is valid.
              type: bool
              sample: true
            unmap_granularity_alignment_blocks:
              description: The first block to which the granularity of UNMAP applies.
              type: int
              sample: 0
            maximum_write_same_length_blocks:
              description: The most blocks in a WRITE SAME.
              type: int
              sample: 65535
            maximum_atomic_transfer_length_blocks:
              description: The most blocks in a WRITE ATOMIC.
              type: int
              sample: 0
            atomic_alignment_blocks:
              description: At which multiples atomic writes begin.
              type: int
              sample: null
            atomic_transfer_length_granularity_blocks:
              description: Of which multiples atomic writes are.
              type: int
              sample: null
            maximum_atomic_transfer_length_with_atomic_boundary_blocks:
              description: The most blocks in a WRITE ATOMIC with a boundary.
              type: int
              sample: 0
            maximum_atomic_boundary_size_blocks:
              description: The largest boundary in a WRITE ATOMIC.
              type: int
              sample: 0
        health:
          description: How it is.
          type: dict
          contains:
            predicted_failure:
              description:
                - Whether the drive predicts that it will fail, by its informational exceptions log page or by its sense
                  data.
                - V(none) where it has neither told so nor has the log page by which one could know.
              type: bool
              sample: false
            warning:
              description: Whether the drive warns of something, its temperature say; V(none) as above.
              type: bool
              sample: false
            informational_exceptions:
              description: What it said, and whether it would.
              type: dict
              contains:
                asc:
                  description:
                    - The additional sense code of what it said, 5Dh for a predicted failure; V(none) for nothing.
                  type: int
                  sample: 93
                ascq:
                  description: The qualifier of that code. FFh shows that somebody tests the reporting.
                  type: int
                  sample: 16
                text:
                  description: The code in words.
                  type: str
                  sample: hardware impending failure general hard drive failure
                source:
                  description: Where it said so, V(REQUEST SENSE) or V(informational exceptions log page).
                  type: str
                  sample: informational exceptions log page
                reporting_enabled:
                  description: Whether its mode page lets it report exceptions, V(none) where it has no such page.
                  type: bool
                  sample: true
                reporting_method:
                  description: By what it reports them.
                  type: dict
                  sample: {"value": 6, "name": "only on request"}
                test:
                  description: Whether somebody tests the reporting.
                  type: bool
                  sample: false
            power_condition:
              description:
                - V(active), V(idle_a), V(idle_b), V(idle_c), V(standby_y), V(standby_z), V(low power) or V(stopped).
                - V(none) where the drive has more important things to say, that a self test runs for example.
              type: str
              sample: active
            power_condition_activated_by:
              description: V(timer) or V(command), what brought it there.
              type: str
              sample: null
            power_on_hours:
              description: How long it has been on.
              type: int
              sample: 20576
            power_on_hours_source:
              description:
                - The source of RV(ansible_facts.scsi_drives[].health.power_on_hours), V(background scan log page) or,
                  of Seagate, HGST and Hitachi, V(factory log page).
              type: str
              sample: background scan log page
            temperature:
              description: How warm it is, V(none) where it does not tell.
              type: dict
              contains:
                temperature_celsius:
                  description: Its temperature.
                  type: int
                  sample: 31
                reference_temperature_celsius:
                  description: The temperature up to which it is made to work without a break.
                  type: int
                  sample: 60
            start_stop:
              description: How often it was started, V(none) where it does not tell.
              type: dict
              contains:
                manufacture_year:
                  description: The year in which it was made.
                  type: str
                  sample: "2014"
                manufacture_week:
                  description: The week in which it was made.
                  type: str
                  sample: "07"
                accounting_year:
                  description: A year that the owner may have written into it.
                  type: str
                  sample: null
                accounting_week:
                  description: A week that the owner may have written into it.
                  type: str
                  sample: null
                specified_start_stop_cycles:
                  description: How often it can be started in its life.
                  type: int
                  sample: 10000
                accumulated_start_stop_cycles:
                  description: How often it was started.
                  type: int
                  sample: 58
                specified_load_unload_cycles:
                  description: How often it can load its heads in its life.
                  type: int
                  sample: 300000
                accumulated_load_unload_cycles:
                  description: How often it loaded its heads.
                  type: int
                  sample: 1201
            endurance:
              description: How worn its solid state medium is, V(none) where it does not tell.
              type: dict
              contains:
                percentage_used_percent:
                  description: How much of its life is used; more than 100 where it lives longer than promised.
                  type: int
                  sample: 17
            error_counters:
              description: Errors since somebody last set the counters to zero.
              type: dict
              contains:
                write:
                  description: Errors in writing, as RV(ansible_facts.scsi_drives[].health.error_counters.read).
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
                  description: Errors in reading, V(none) where the drive does not count them.
                  type: dict
                  contains:
                    errors_corrected_without_substantial_delay:
                      description: Corrected at once.
                      type: int
                      sample: 12
                    errors_corrected_with_possible_delays:
                      description: Corrected with more effort.
                      type: int
                      sample: 3
                    total_retries:
                      description: Corrected by reading, or writing, again.
                      type: int
                      sample: 4
                    total_errors_corrected:
                      description: All that were corrected.
                      type: int
                      sample: 15
                    total_times_correction_algorithm_processed:
                      description: How often the drive had to compute a correction.
                      type: int
                      sample: 16
                    total_bytes_processed:
                      description: Bytes read, or written.
                      type: int
                      sample: 98765432109876
                    total_uncorrected_errors:
                      description: What could not be corrected.
                      type: int
                      sample: 1
                verify:
                  description: Errors in verifying, as RV(ansible_facts.scsi_drives[].health.error_counters.read).
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
                  description: Errors that were not the medium's.
                  type: int
                  sample: 9
            background_scan:
              description: What the drive found as it read its medium by itself, V(none) where it does not.
              type: dict
              contains:
                status:
                  description: How far it is.
                  type: dict
                  contains:
                    accumulated_power_on_minutes:
                      description: How long the drive has been on.
                      type: int
                      sample: 1234567
                    background_scan_status:
                      description: What it does.
                      type: dict
                      sample: {"value": 8, "name": "enabled, waiting for the interval timer"}
                    number_of_background_scans_performed:
                      description: How often it has scanned.
                      type: int
                      sample: 321
                    background_scan_progress:
                      description: How far this scan is, in 65536ths.
                      type: int
                      sample: 0
                    number_of_background_medium_scans_performed:
                      description: How often it has scanned the whole medium.
                      type: int
                      sample: 320
                    progress_percent:
                      description: How far this scan is.
                      type: int
                      sample: 0
                findings:
                  description: Blocks that it could not read, or only with effort.
                  type: list
                  elements: dict
                  contains:
                    parameter_code:
                      description: The number of the finding.
                      type: int
                      sample: 1
                    accumulated_power_on_minutes:
                      description: How long the drive had been on when it found it.
                      type: int
                      sample: 1234507
                    reassign_status:
                      description: What became of the block.
                      type: dict
                      sample: {"value": 2, "name": "reassigned by the device"}
                    sense_key:
                      description: What kind of error it was.
                      type: dict
                      sample: {"value": 3, "name": "medium error"}
                    additional_sense_code:
                      description: The error.
                      type: int
                      sample: 17
                    additional_sense_code_qualifier:
                      description: The qualifier of the error.
                      type: int
                      sample: 0
                    vendor_specific:
                      description: What the vendor wrote beside it, in hex.
                      type: str
                      sample: "0000000000"
                    logical_block_address:
                      description: The block.
                      type: int
                      sample: 4711
            pending_defects:
              description:
                - Blocks that it could not read and will reassign when they are written, V(none) where it does not
                  tell.
              type: dict
              contains:
                count:
                  description: How many there are.
                  type: int
                  sample: 1
                defects:
                  description: Those that it lists.
                  type: list
                  elements: dict
                  contains:
                    accumulated_power_on_hours:
                      description: How long the drive had been on.
                      type: int
                      sample: 20000
                    logical_block_address:
                      description: The block.
                      type: int
                      sample: 4711
            grown_defects:
              description:
                - Defects that it found since it left the factory, V(none) where it does not tell or is in standby.
              type: dict
              contains:
                count:
                  description:
                    - How many there are, V(none) where the list has a format of the vendor.
                    - More than 8190 need READ DEFECT DATA(12), and with it write access to an sg node, or
                      CAP_SYS_RAWIO on a block node. Without those it is V(none), and a warning says so.
                  type: int
                  sample: 17
                defect_list_format:
                  description: In which form it lists them.
                  type: dict
                  sample: {"value": 4, "name": "bytes from index"}
        selftest:
          description:
            - What its self tests found. See RV(drivecare.scsi.scsi_selftest#module:drives[].selftest) for what a result
              is.
          type: dict
          contains:
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
              description: The drive's power-on hours.
              type: int
              sample: 20576
            power_on_hours_source:
              description: Where they come from.
              type: str
              sample: background scan log page
            extended_duration_seconds:
              description: How long the drive says that an extended test takes.
              type: int
              sample: 7200
            extended_duration_source:
              description: Where it says so.
              type: str
              sample: control mode page
            log_supported:
              description:
                - Whether the drive keeps a log of self tests, V(none) where a running test kept it from answering.
              type: bool
              sample: true
            log_refusal:
              description: Why there is no log, V(none) where there is one.
              type: str
              sample: null
            log_complete:
              description: Whether the whole log arrived.
              type: bool
              sample: true
            newest:
              description: The newest result that is not of a running test.
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
                vendor_specific: 0
            results:
              description: The results that the log holds, the newest first; twenty at most.
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
                  vendor_specific: 0
        xcopy:
          description: What its copy manager can do.
          type: dict
          contains:
            supported:
              description:
                - Whether it has one. Only one that says so in its INQUIRY data or its list of commands is asked.
              type: bool
              sample: true
            reason:
              description: Why not, V(none) where it has one.
              type: str
              sample: null
            parameters:
              description: The operating parameters, as M(drivecare.scsi.scsi_xcopy_facts) gives them.
              type: dict
              sample: {"maximum_cscd_descriptor_count": 2, "maximum_segment_length_bytes": 33553920}
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
        streams:
          description: Which write streams it has open.
          type: dict
          contains:
            supported:
              description: Whether it has streams.
              type: bool
              sample: true
            reason:
              description: Why not, V(none) where it has.
              type: str
              sample: null
            maximum:
              description: How many it can have open, V(none) where it does not tell.
              type: int
              sample: 8
            open:
              description: The identifiers of those that can be closed.
              type: list
              elements: int
              sample: [5]
            permanent:
              description: The identifiers of those that cannot be closed.
              type: list
              elements: int
              sample: [0]
            reported_open:
              description: How many the drive says are open, which may differ from how many it lists.
              type: int
              sample: 2
            descriptors:
              description: Each stream with what the drive says of it.
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
    })
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(gather_facts, wanted, facts="scsi_drives")


if __name__ == "__main__":
    main()
