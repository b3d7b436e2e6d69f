# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readers of a policy share: each complaint says where, what was found, and what would be right."""

from __future__ import annotations

import re
from typing import Any, Sequence

_SHOWN_LENGTH = 60
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def shown(value: Any) -> str:
    """A value in a message, not longer than a line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."


def known_keys(value: Any, names: Sequence[str], where: str) -> None:
    """Raises ValueError for what is no dictionary, or has a key that is not among ``names``."""
    if not isinstance(value, dict):
        raise ValueError(f"{where}: a dictionary was expected, not {shown(value)}")
    strange = sorted(str(key) for key in value if key not in names)
    if strange:
        raise ValueError(f"{where}: unknown: {', '.join(strange)}; there are {', '.join(names)}")


def listed(value: Any, where: str) -> list[Any]:
    """A list as it is, ``None`` as an empty one, one value as a list of it."""
    if value is None:
        return []
    if isinstance(value, dict):
        raise ValueError(f"{where}: a list was expected, not {shown(value)}")
    return list(value) if isinstance(value, (list, tuple)) else [value]


def count(value: Any, where: str) -> int:
    """A whole number from 1 on, also as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{where}: a number from 1 on was expected, not {shown(value)}")
    return value
