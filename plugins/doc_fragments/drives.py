# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of what all modules of the collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """Options, attributes and notes of every module."""

    DOCUMENTATION = r"""
options:
  devices:
    description:
      - The drives to work on, all at once. One entry a drive comes back, in this order.
      - V(/dev/...) is a node of a SCSI device, sg, block, tape or CD-ROM, or a link to one, as in C(/dev/disk/by-id).
        Shell patterns are expanded on the managed node, so V(/dev/sg*) names every sg node; partitions among the matches
        are left out.
      - V(wwn:naa.5000c500a1b2c3d4) and V(serial:ZL2A3B4C) name a drive by what the kernel knows of it, wherever it is
        attached today; the drive's own answer must agree. By two paths it is reached by one that works.
      - V(all) names all disks and tapes of this host, without CD-ROMs, enclosures and array controllers. A host without any
        has a failed entry that says so.
      - V(iscsi://[user@]host[:port]/target-name/lun) is a logical unit that this host has not attached. Without target
        name and number, as in V(iscsi://host/), it stands for all logical units of all targets there.
      - V(replay:/path/capture.json) answers from a capture that O(capture_file) recorded.
      - A partition, or a device that is not SCSI, is refused by name.
      - Several ways to one drive, such as a block node and its sg node, or two paths, are one drive. The first is worked
        on, the others come back with RV(ignore:status=skipped). So does what a pattern finds and has no logical unit behind
        it; an address that is given and leads to none is a failure.
    type: list
    elements: str
    required: true
    aliases: [device]
  timeout:
    description:
      - Seconds that one command may take. A self test in the foreground gets the time that it needs.
      - The kernel gives a command at least 7 seconds on a block node.
    type: float
    default: 20.0
  deadline:
    description:
      - Seconds that one drive may work in all. Waiting for a self test does not count.
      - A drive that does not finish is reported with RV(ignore:status=timeout); the others are not held up.
    type: float
    default: 120.0
  max_workers:
    description: How many drives are worked on at the same time.
    type: int
    default: 16
  on_error:
    description:
      - What to do when a drive failed or timed out, after all drives have been tried.
      - V(fail) fails the task. V(report) does not; look at C(status) and C(reason) of each entry.
    type: str
    choices: [fail, report]
    default: fail
  open_mode:
    description:
      - How to open a device node.
      - V(auto) opens it for reading, and for writing only where a command needs that.
      - V(read_only) never opens it for writing; a command that needs it is refused before it is sent.
      - V(read_write) always does. Closing a disk that was open for writing makes udev look at it anew.
    type: str
    choices: [auto, read_only, read_write]
    default: auto
  capture_file:
    description:
      - Record every command and answer into this JSON file on the managed node, for a bug report or for a test.
      - With several drives, each one's name is put before the suffix, as in C(capture.sg0.json).
      - The file is whole after every answer, so it also shows what was said to a drive that then stopped answering.
      - It holds serial numbers; only its owner may read it.
    type: path
  raw:
    description:
      - Give every command that was sent, with its answer in hex, as C(commands) of each entry. With verbosity 3 (C(-vvv)) it
        is always there.
    type: bool
    default: false
  iscsi_user:
    description: The CHAP user for V(iscsi:) addresses that do not name one.
    type: str
  iscsi_secret:
    description: The CHAP secret of O(iscsi_user), or of the user in the address.
    type: str
  iscsi_target_secret:
    description: The secret by which the target must prove itself, for mutual CHAP. A target that does not is refused.
    type: str
  iscsi_initiator_name:
    description:
      - The initiator name to log in with.
      - By default the one that open-iscsi has on the managed node, else one made of the host's name.
    type: str
  iscsi_digests:
    description:
      - Protect headers and data of iSCSI with CRC32C. V(preferred) does so where the target agrees, V(required) refuses a
        target that does not.
    type: str
    choices: [none, preferred, required]
    default: none
notes:
  - Needs only Python 3.9 or later on the managed node.
  - On an sg node, C(/dev/sgN), access to the node is enough. On a block node, C(/dev/sdX), SEND DIAGNOSTIC, RECEIVE COPY
    RESULTS and others need CAP_SYS_RAWIO as well, which C(become) gives. Messages name what is missing and which node
    would do.
seealso:
  - name: Guide to devices and privileges
    description: Which node and which privilege each command needs.
    link: https://github.com/drivecare/drivecare.scsi/blob/main/docs/devices.md
"""

    ATTRIBUTES = r"""
attributes:
  platform:
    description: Target OS that can be operated against.
    support: full
    platforms: posix
    details: Device nodes are those of Linux. Those of HP-UX are served too, which was never run there. V(iscsi:) and
      V(replay:) work anywhere.
"""
