# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hour of a period is a drive's own: by its name alone, so that drives are spread and none moves another.

Hours are the drive's power-on hours. A period of 168 hours has 168 slots; the name's hash chooses one, and the test is
due again each time the drive's hours pass it. A drive that was tested by hand in between is tested in its slot all the
same.
"""

from __future__ import annotations

import hashlib

_HASH_BYTES = 8


def slot(name: str, test: str, period: int) -> int:
    """The drive's hour in the period, from 0 to ``period`` - 1."""
    digest = hashlib.sha256(f"{name}|{test}".encode("utf-8", "surrogatepass")).digest()
    # By proportion, not by remainder: where the period changes, the drives keep their order.
    return int.from_bytes(digest[:_HASH_BYTES], "big") * period >> (8 * _HASH_BYTES)


def last_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which the drive's slot began last; below 0 where it has not come yet."""
    return hours - (hours - slot(name, test, period)) % period


def next_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which it begins next."""
    return last_slot(name, test, period, hours) + period
