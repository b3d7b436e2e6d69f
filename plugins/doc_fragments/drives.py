# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation that the modules of the collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """The common options, attributes, and notes."""

    DOCUMENTATION = r"""
options:
  devices:
    description:
      - The drives to work on, all at the same time. One entry per drive is returned, in this order.
      - V(/dev/...) is a node of a SCSI device (sg, block, tape, or CD-ROM), or a link to one, as in C(/dev/disk/by-id).
        Shell patterns are expanded on the managed node, so V(/dev/sg*) selects every sg node. Partitions among the
        matches are left out.
      - V(wwn:naa.5000c500a1b2c3d4) and V(serial:ZL2A3B4C) select a drive by its name or serial number as known to the
        kernel, whatever node it is attached as today. The response of the drive itself must agree. If several paths
        lead to the drive, one that works is used.
      - V(all) selects all disks and tapes of this host, but no CD-ROMs, enclosures, and array controllers. On a host
        without any, a failed entry is returned that says so.
      - V(iscsi://[user@]host[:port]/target-name/lun) is a logical unit that is not attached to this host. Without
        target name and LUN, as in V(iscsi://host/), it selects all logical units of all targets of the portal. A portal
        or target that cannot be queried has a failed entry of its own.
      - V(replay:/path/capture.json) replays a capture that was recorded with O(capture_file).
      - A partition, or a device that is not a SCSI device, is refused. The error message names it.
      - Several addresses of one drive, such as its block node and its sg node, or two paths, count as one drive. The
        first address is used, and the others are returned with RV(ignore:status=skipped). The same applies to an
        address that was found by a pattern and does not lead to a logical unit. If such an address is given explicitly,
        this is a failure.
    type: list
    elements: str
    required: true
    aliases: [device]
  timeout:
    description:
      - The maximum number of seconds that one command may take. A self test in the foreground gets as much time as it
        needs.
      - On a block node, the kernel allows a command at least 7 seconds.
    type: float
    default: 20.0
  deadline:
    description:
      - The maximum number of seconds to spend on one drive in total. Waiting for a self test does not count.
      - It also applies to finding out what an address stands for, for each portal, each target, and each name or pattern.
      - A drive that does not finish in time is reported with RV(ignore:status=timeout). The other drives are not
        delayed.
    type: float
    default: 120.0
  max_workers:
    description: The maximum number of drives to work on at the same time.
    type: int
    default: 16
  on_error:
    description:
      - What to do if a drive has failed or timed out, after all drives have been tried.
      - V(fail) fails the task. V(report) does not; check C(status) and C(reason) of each entry.
    type: str
    choices: [fail, report]
    default: fail
  open_mode:
    description:
      - How to open a device node.
      - V(auto) opens it for reading, and for writing only if a command needs that.
      - V(read_only) never opens it for writing. A command that needs that is refused before it is sent.
      - V(read_write) always opens it for writing. When a disk that was open for writing is closed, udev probes it
        again.
    type: str
    choices: [auto, read_only, read_write]
    default: auto
  capture_file:
    description:
      - The JSON file on the managed node in which to record every command and its response, for a bug report or for a
        test.
      - With several drives, the name of the drive is inserted before the suffix, as in C(capture.sg0.json).
      - The file is complete after every response, so it also shows the exchanges with a drive that stopped answering.
      - It contains serial numbers, so only its owner can read it.
    type: path
  raw:
    description:
      - Whether to return every command that was sent, with its response in hex, as C(commands) of each entry. With
        verbosity 3 (C(-vvv)) or higher, they are always returned.
    type: bool
    default: false
  iscsi_user:
    description: The CHAP user name for V(iscsi:) addresses that do not contain one.
    type: str
  iscsi_secret:
    description: The CHAP secret of O(iscsi_user), or of the user in the address.
    type: str
  iscsi_target_secret:
    description:
      - The CHAP secret with which the target must authenticate itself, for mutual CHAP. A target that does not is
        refused.
    type: str
  iscsi_initiator_name:
    description:
      - The initiator name to log in with.
      - The default is the initiator name of open-iscsi on the managed node, or one that is derived from the host name
        if there is none.
    type: str
  iscsi_digests:
    description:
      - Whether to protect the headers and data of iSCSI with CRC32C digests. V(preferred) does so if the target
        supports it, V(required) refuses a target that does not.
    type: str
    choices: [none, preferred, required]
    default: none
notes:
  - Needs only Python 3.9 or later on the managed node.
  - On an sg node, C(/dev/sgN), access to the node is sufficient. On a block node, C(/dev/sdX), SEND DIAGNOSTIC, RECEIVE
    COPY RESULTS, and other commands need CAP_SYS_RAWIO as well, which C(become) provides. Error messages name what is
    missing and which node can be used instead.
seealso:
  - name: Guide to devices and privileges
    description: The node and the privilege that each command needs.
    link: https://github.com/drivecare/drivecare.scsi/blob/main/docs/devices.md
"""

    ATTRIBUTES = r"""
attributes:
  platform:
    description: Target OS that can be operated against.
    support: full
    platforms: posix
    details: Device nodes are supported on Linux, and on HP-UX, where the modules have never been run. V(iscsi:) and
      V(replay:) work on any platform.
"""
