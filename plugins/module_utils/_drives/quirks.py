# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known drives that report something in another way than all others: which, what, and who says so.

Only what the answer itself does not show is here. An answer that can be recognized, such as a refused length or a VPD
page of before SPC, is handled wherever it is read, whatever the drive.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple

_HOURS, _MINUTES, _HALF_MINUTES, _SECONDS = 1, 60, 120, 3600
_DRIVEDB = "smartmontools, drivedb.h: "


class Quirk(NamedTuple):
    """Patterns of the model, as a translation shows it (16 characters of it), and of the firmware revision.

    ``hours_divisor``: how many units of SMART attribute 9 make an hour. ``celsius_divisor``: how many units of the
    attributes of the temperature make a degree, 0 if they are no temperature. ``None``: as all others.
    """

    product: str
    revision: str = ""
    hours_divisor: int | None = None
    celsius_divisor: int | None = None
    source: str = ""

    def fits(self, product: str, revision: str) -> bool:
        """Whether it is one of these drives."""
        return bool(re.match(self.product, product)) and bool(re.search(self.revision, revision))


#: The first entry that fits and says something of it counts, as in the database that they are from.
QUIRKS = (
    Quirk(r"Maxtor (2B0|4D0|4G1)", hours_divisor=_MINUTES, celsius_divisor=0,
          source=_DRIVEDB + "Maxtor Fireball 541DX, DiamondMax D540X"),
    Quirk(r"Maxtor (2F0|4W[01]|4R|4A|5A|5T0|6B|6E0|6K0|6L|6Y|7L|7Y)", hours_divisor=_MINUTES,
          source=_DRIVEDB + "Maxtor DiamondMax 8 to 17, MaXLine II and III"),
    # The model is cut to "TOSHIBA MK1251GS". Of the 61GSY some count hours, so that they are left out.
    Quirk(r"TOSHIBA MK\d\d(51|56)GS", hours_divisor=_MINUTES, source=_DRIVEDB + "Toshiba MK..51GSY, MK..56GSY"),
    Quirk(r"HITACHI_DK(14FA|23)", hours_divisor=_MINUTES, source=_DRIVEDB + "HITACHI Travelstar DK23XX"),
    Quirk(r"SAMSUNG SV(0412|1204)H", hours_divisor=_HALF_MINUTES, celsius_divisor=10,
          source=_DRIVEDB + "SAMSUNG SV0412H, SV1204H"),
    # Newer firmware counts hours.
    Quirk(r"SAMSUNG SP(04[05]1|08[0124]2|12[0145]3|16[0145]4)[CN]", r"-(2[3-9]|3[0-4])$", _HALF_MINUTES,
          source=_DRIVEDB + "SAMSUNG SpinPoint P80"),
    Quirk(r"SAMSUNG (SV(0211|0401|0612|0802|1203|1604)N|HM(0[468]0H|120I|1[026]0J)[CI]|MP0(302|402|603|804)H)",
          hours_divisor=_HALF_MINUTES, source=_DRIVEDB + "SAMSUNG SpinPoint V80, M, M40/60/80"),
    Quirk(r"FUJITSU (MH[GHJKLMNRSTUV]2|MP[A-G]3)", hours_divisor=_SECONDS,
          source=_DRIVEDB + "Fujitsu MHG to MHV, MPA to MPG"),
)


class Units(NamedTuple):
    """In what an ATA drive counts; ``celsius_divisor`` 0 if its attributes have no temperature."""

    hours_divisor: int = _HOURS
    celsius_divisor: int = 1


def units_of(standard: Mapping[str, Any]) -> Units:
    """The units of a drive's SMART attributes, from the standard INQUIRY data of its translation."""
    product, revision = standard["product_identification"] or "", standard["product_revision_level"] or ""
    found = [quirk for quirk in QUIRKS if quirk.fits(product, revision)]
    hours = [quirk.hours_divisor for quirk in found if quirk.hours_divisor is not None]
    celsius = [quirk.celsius_divisor for quirk in found if quirk.celsius_divisor is not None]
    return Units(hours[0] if hours else _HOURS, celsius[0] if celsius else 1)
