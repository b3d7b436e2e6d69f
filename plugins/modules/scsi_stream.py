#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_stream
short_description: Open and close write streams of SCSI drives
version_added: 0.1.0
description:
  - Makes sure that at least O(count) write streams are open on a drive, or that streams are closed.
  - Does what C(sg_stream_ctl) does, on many drives at once, idempotently and with check mode.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(present) makes sure that at least O(count) streams are open.
      - V(absent) makes sure that the streams in O(stream_ids) or, with O(all=true), all streams that are not permanent
        are closed.
    type: str
    choices: [present, absent]
    default: present
  count:
    description:
      - The minimum number of open streams. Permanent streams, which the drive opened itself, do not count.
      - With V(0), the module only reads.
      - If the drive cannot open as many streams, those that this task opened are closed again and the drive is reported
        as failed; see O(keep_opened).
    type: int
    default: 0
  exclusive:
    description:
      - With O(state=present), whether exactly O(count) streams must be open. If there are more, those with the highest
        identifiers are closed.
    type: bool
    default: false
  keep_opened:
    description: If the drive cannot open O(count) streams, whether to keep those that could be opened.
    type: bool
    default: false
  starting_stream_id:
    description:
      - List only the streams with this identifier or a higher one.
      - This is only for reading, so it cannot be used with O(count), O(exclusive), or O(state=absent).
    type: int
    default: 0
  allocation_length:
    description:
      - The maximum number of bytes that one GET STREAM STATUS may return. A longer list is read in several parts, so
        this is only needed for drives and adapters that do not accept the default length.
    type: int
    default: 4096
  stream_ids:
    description:
      - The identifiers of the streams to close, 0 to 65535. A stream that is not open is ignored. A permanent stream
        cannot be closed, and specifying one is an error.
    type: list
    elements: int
  all:
    description: With O(state=absent), whether to close all streams that are not permanent.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode without changing the drive, and predicts whether it would be changed.
    support: full
  diff_mode:
    description: Shows the open streams before and after. In check mode, the identifiers of new streams are not known.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
notes:
  - Uses GET STREAM STATUS, and STREAM CONTROL to open and close streams. The Linux kernel passes both through a block
    node that is open for reading. STREAM CONTROL is not sent in check mode.
  - Streams belong to the drive, not to the process that opened them. The identifiers of the streams that a task opened
    are in RV(drives[].streams.opened).
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Provide four streams for the log writer
  hosts: cache
  become: true
  tasks:
    - name: Open the missing streams
      drivecare.scsi.scsi_stream:
        devices: /dev/disk/by-id/scsi-SSEAGATE_XS3840*
        count: 4
      register: streams

    - name: Show the identifiers
      ansible.builtin.debug:
        msg: "{{ item.device }}: {{ item.streams.open }}"
      loop: "{{ streams.drives }}"
      loop_control:
        label: "{{ item.device }}"

- name: Close streams that are no longer needed
  hosts: cache
  become: true
  tasks:
    - name: Close two streams
      drivecare.scsi.scsi_stream:
        devices: /dev/sg2
        state: absent
        stream_ids: [5, 6]

- name: Find streams that were left open in the fleet
  hosts: all
  become: true
  tasks:
    - name: List the open streams
      drivecare.scsi.scsi_stream:
        devices: /dev/sg*
        on_error: report
      register: streams

    - name: Show the drives with open streams
      ansible.builtin.debug:
        msg: "{{ streams.drives | selectattr('streams.open', 'truthy') | map(attribute='device') }}"
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
      sample: /dev/sg2
    wwn:
      description: The world wide name of the logical unit, V(none) if it has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern matched
          something that is not a drive.
        - A drive without streams is V(ok) unless a stream must be opened.
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
        - name: STREAM CONTROL
          cdb: "9e340000000000000000000000080000"
          data_in: "0700000000020000"
          sense: ""
          status: GOOD
          residual: 0
    streams:
      description: The streams after the task, V(none) if the drive could not be queried.
      type: dict
      contains:
        supported:
          description: Whether the drive supports GET STREAM STATUS.
          type: bool
          sample: true
        maximum:
          description: The maximum number of open streams (VPD page B7h), V(none) if not reported.
          type: int
          sample: 8
        open:
          description: The identifiers of the open streams that are not permanent.
          type: list
          elements: int
          sample: [5, 6, 7]
        permanent:
          description: The identifiers of the permanent streams.
          type: list
          elements: int
          sample: [0, 1]
        reported_open:
          description:
            - The number of open streams in the header of the response, which may differ from the number listed.
          type: int
          sample: 5
        descriptors:
          description: The descriptor of each open stream.
          type: list
          elements: dict
          contains:
            stream_id:
              description: The identifier of the stream.
              type: int
              sample: 5
            permanent:
              description: Whether the stream was opened by the drive itself and cannot be closed.
              type: bool
              sample: false
            relative_lifetime:
              description:
                - The lifetime of the data of this stream relative to that of other streams, V(0) if not specified.
              type: int
              sample: 0
        opened:
          description: The identifiers of the streams that this task opened.
          type: list
          elements: int
          sample: [7]
        closed:
          description: The identifiers of the streams that this task closed.
          type: list
          elements: int
          sample: []
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.streams import Wanted, run_streams
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "count": {"type": "int", "default": 0},
        "stream_ids": {"type": "list", "elements": "int"},
        "all": {"type": "bool", "default": False},
        "exclusive": {"type": "bool", "default": False},
        "keep_opened": {"type": "bool", "default": False},
        "starting_stream_id": {"type": "int", "default": 0},
        "allocation_length": {"type": "int", "default": 4096},
    }, mutually_exclusive=[("stream_ids", "all")])
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(run_streams, wanted)


if __name__ == "__main__":
    main()
