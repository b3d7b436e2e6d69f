# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peripheral device types (SPC-6 6.7.2), and the kinds of devices that are treated alike."""

from __future__ import annotations

DISK, TAPE, WRITE_ONCE_DEVICE, CD_DRIVE, OPTICAL_MEMORY, MEDIA_CHANGER, ENCLOSURE, SIMPLIFIED_DISK, ZONED_DISK = (
    0x00, 0x01, 0x04, 0x05, 0x07, 0x08, 0x0D, 0x0E, 0x14)

PERIPHERAL_DEVICE_TYPES = {
    DISK: "direct access block device", TAPE: "sequential access device", 0x02: "printer", 0x03: "processor",
    WRITE_ONCE_DEVICE: "write once device", CD_DRIVE: "CD/DVD device", 0x06: "scanner",
    OPTICAL_MEMORY: "optical memory device", MEDIA_CHANGER: "media changer", 0x09: "communications device",
    0x0C: "storage array controller", ENCLOSURE: "enclosure services",
    SIMPLIFIED_DISK: "simplified direct access device", 0x0F: "optical card reader/writer", 0x10: "bridge controller",
    0x11: "object based storage device", 0x12: "automation/drive interface", 0x13: "security manager device",
    ZONED_DISK: "zoned block device", 0x1E: "well known logical unit", 0x1F: "unknown",
}

#: The types whose log pages, and VPD pages from B0h on, are those of SBC.
DISKS = frozenset((DISK, WRITE_ONCE_DEVICE, OPTICAL_MEMORY, SIMPLIFIED_DISK, ZONED_DISK))
#: The types that hold data and may need care. A CD-ROM, an enclosure or an array controller is not a drive.
DRIVES = DISKS | {TAPE}
