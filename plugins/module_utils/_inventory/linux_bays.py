# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a drive sits: enclosure and slot, as far as the kernel reports them in /sys."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from .._passthrough.linux.sysfs import content, entries, number
from .._scsi.text import printable_utf8

_LINK = "enclosure_device:"
_END_DEVICE = "end_device-"
_IDENTIFIER = re.compile("0x0*[1-9a-f][0-9a-f]*$")


class Bay(NamedTuple):
    """A drive bay. ``enclosure`` is the logical identifier as the kernel writes it: "0x5000ccab0405db00".

    ``slot`` is the number of the slot, ``name`` what the enclosure itself calls it, such as "Slot 07".
    """

    enclosure: str
    slot: int | None
    name: str | None


def bay_of(*units: str) -> Bay | None:
    """The bay of a logical unit, by its folder in /sys or, if several paths lead to it, by the folders of all.

    ``None`` if the kernel knows none. The ses driver gets it from the enclosure itself, but links one path only.
    Otherwise a SAS adapter's driver may get it from its firmware.
    """
    places = [os.path.realpath(unit) for unit in units if os.path.isdir(unit)]
    found = [bay for ask in (_of_ses, _of_adapter) for bay in map(ask, places) if bay is not None]
    return found[0] if found else None


def _of_ses(unit: str) -> Bay | None:
    """From the kernel's link to the enclosure element that holds the drive."""
    for name in entries(unit):
        if name.startswith(_LINK):
            element = os.path.realpath(os.path.join(unit, name))
            enclosure = os.path.dirname(element)
            identifier = content(os.path.join(enclosure, "id"))
            # Without an identifier of its own, shelves are distinguished by the kernel's names for them.
            return Bay(identifier if _IDENTIFIER.match(identifier) else os.path.basename(enclosure),
                       number(os.path.join(element, "slot")), _shown(name[len(_LINK):]))
    return None


def _shown(name: str) -> str | None:
    """A name as the enclosure reports it, made printable: the kernel passes it on unchecked."""
    return printable_utf8(os.fsencode(name).strip()) or None


def _of_adapter(unit: str) -> Bay | None:
    """From what the SAS transport class reports about the unit's end device."""
    place = unit
    while not os.path.basename(place).startswith(_END_DEVICE):
        above = os.path.dirname(place)
        if above == place:
            return None
        place = above
    end_device = os.path.join(place, "sas_device", os.path.basename(place))
    enclosure = content(os.path.join(end_device, "enclosure_identifier"))
    slot = number(os.path.join(end_device, "bay_identifier"))
    # Without an enclosure some drivers report 0, and mptsas of Linux 6.12 returns zero bytes instead of an error.
    return Bay(enclosure, slot, None) if _IDENTIFIER.match(enclosure) and slot is not None else None
