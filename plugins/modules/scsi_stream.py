#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_stream
short_description: Open and close the write streams of SCSI drives, and see which are open
version_added: 0.1.0
description:
  - Makes sure that a drive has at least O(count) streams open, or that streams are closed.
  - Does what C(sg_stream_ctl) does, on many drives at once, idempotently and with a check mode.
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(present), at least O(count) streams are open.
      - V(absent), the streams O(stream_ids), or with O(all) every stream that is not permanent, are closed.
    type: str
    choices: [present, absent]
    default: present
  count:
    description:
      - How many streams must be open. Permanent streams, which the drive opened itself, do not count.
      - With V(0) the module only reads.
      - Where the drive cannot open as many, those that this task opened are closed again and the drive is reported as
        failed; see O(keep_opened).
    type: int
    default: 0
  exclusive:
    description:
      - With O(state=present), exactly O(count) streams are open. Where there are more, those with the highest
        identifiers are closed.
    type: bool
    default: false
  keep_opened:
    description: Where the drive cannot open as many as O(count), leave those that could be opened as they are.
    type: bool
    default: false
  starting_stream_id:
    description:
      - List only streams with this identifier or a higher one.
      - Only for reading, so not with O(count), O(exclusive), or O(state=absent).
    type: int
    default: 0
  allocation_length:
    description:
      - How many bytes one GET STREAM STATUS may return. A longer list is read in several parts, so this is only for
        drives and adapters that cannot take the usual length.
    type: int
    default: 4096
  stream_ids:
    description:
      - The identifiers of the streams to close, 0 to 65535. One that is not open is left as it is. A permanent stream
        cannot be closed, and naming one is a failure.
    type: list
    elements: int
  all:
    description: Close every stream that is not permanent.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode without changing the drive, and predicts whether it would be changed.
    support: full
  diff_mode:
    description: Shows the open streams before and after. In check mode the identifiers of new streams are not known.
    support: full
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
notes:
  - Needs GET STREAM STATUS, and STREAM CONTROL to open and close. The Linux kernel lets both through a block node
    that is open for reading. Check mode does not send STREAM CONTROL.
  - Streams belong to the drive, not to the process that opened them. Whoever opened one knows its identifier from
    RV(drives[].streams.opened).
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Four streams for the log writer
  hosts: cache
  become: true
  tasks:
    - name: Open what is missing
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

- name: Give streams back
  hosts: cache
  become: true
  tasks:
    - name: Close two streams
      drivecare.scsi.scsi_stream:
        devices: /dev/sg2
        state: absent
        stream_ids: [5, 6]

- name: See what was left open in the fleet
  hosts: all
  become: true
  tasks:
    - name: Read only
      drivecare.scsi.scsi_stream:
        devices: /dev/sg*
        on_error: report
      register: streams

    - name: Name the drives with open streams
      ansible.builtin.debug:
        msg: "{{ streams.drives | selectattr('streams.open', 'truthy') | map(attribute='device') }}"
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
      sample: /dev/sg2
    wwn:
      description: The logical unit's name, V(none) where the drive has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive.
        - A drive without streams is V(ok) where none has to be opened.
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
        - name: STREAM CONTROL
          cdb: "9e340000000000000000000000080000"
          data_in: "0700000000020000"
          sense: ""
          status: GOOD
          residual: 0
    streams:
      description: The streams after the task, V(none) where the drive could not be asked.
      type: dict
      contains:
        supported:
          description: Whether the drive answers GET STREAM STATUS.
          type: bool
          sample: true
        maximum:
          description: How many streams the drive can have open (VPD page B7h), V(none) where it does not say.
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
          description: The number of open streams in the header of the answer; what is listed may differ.
          type: int
          sample: 5
        descriptors:
          description: Each open stream with all that the drive says of it.
          type: list
          elements: dict
          contains:
            stream_id:
              description: The identifier.
              type: int
              sample: 5
            permanent:
              description: Whether the drive opened the stream itself and does not let it be closed.
              type: bool
              sample: false
            relative_lifetime:
              description: How long data of this stream lives compared with that of others, V(0) where it is not given.
              type: int
              sample: 0
        opened:
          description: The identifiers that this task opened.
          type: list
          elements: int
          sample: [7]
        closed:
          description: The identifiers that this task closed.
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
