# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what users write to describe drives and faults: each raises ValueError and names what is wrong."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

_SENSE_LIMITS = (0x0F, 0xFF, 0xFF)


def checked(given: Any, where: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary with all of the keys of ``defaults``, and no others."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{where}: is a {type(given).__name__}, must be a dictionary")
    unknown = sorted(str(key) for key in given if key not in defaults)
    if unknown:
        raise ValueError(f"{where}: unknown: {', '.join(unknown)}; there are: {', '.join(sorted(defaults))}")
    return dict(defaults, **given)


def number(given: Any, where: str, low: float, high: float | None = None, whole: bool = False) -> Any:
    """A number from ``low`` to ``high``."""
    if isinstance(given, bool) or not isinstance(given, int if whole else (int, float)):
        raise ValueError("{}: is {!r}, must be a {}number".format(where, given, "whole " if whole else ""))
    if not math.isfinite(given) or given < low or high is not None and given > high:
        raise ValueError("{}: is {!r}, must be {}".format(
            where, given, f"at least {low}" if high is None else f"from {low} to {high}"))
    return given


def boolean(given: Any, where: str) -> bool:
    """True or false, and not a word that means it."""
    if not isinstance(given, bool):
        raise ValueError(f"{where}: is {given!r}, must be true or false")
    return given


def one_of(given: Any, allowed: Sequence[str], where: str) -> str:
    """One of these words."""
    if given not in allowed:
        raise ValueError(f"{where}: is {given!r}, must be one of: {', '.join(allowed)}")
    return str(given)


def sense_codes(given: Any, where: str) -> tuple[int, int, int]:
    """Sense key, additional sense code and qualifier, as a list of three numbers."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence) or len(given) != len(_SENSE_LIMITS):
        raise ValueError(f"{where}: is {given!r}, must be a list of sense key, additional sense code and qualifier")
    for place, (value, limit) in enumerate(zip(given, _SENSE_LIMITS)):
        number(value, f"{where}[{place}]", 0, limit, whole=True)
    return given[0], given[1], given[2]


def listed(given: Any, where: str) -> Sequence[Any]:
    """A list."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
        raise ValueError(f"{where}: is a {type(given).__name__}, must be a list")
    return given
