# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: what a user may write in ``devices``, and the transport that each form opens."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence

from .command import Transport
from .errors import AddressError

_GLOB_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True)
class Access:
    """How to open what an address names. ``capture_file``: record all that passes into this file."""

    open_mode: str = "auto"
    capture_file: Optional[str] = None


def expand(addresses: Sequence[str]) -> List[str]:
    """The addresses with globs replaced by what they match, in order, each once.

    Raises AddressError for a glob that matches nothing: a task on no drive is hardly what its author meant.
    """
    found: List[str] = []
    for address in addresses:
        if address.startswith("/") and _GLOB_CHARACTERS.intersection(address):
            matches = sorted(glob.glob(address), key=_natural)
            if not matches:
                raise AddressError("{0} matches no device".format(address))
            found.extend(matches)
        else:
            found.append(address)
    return list(dict.fromkeys(found))


def open_transport(address: str, access: Access) -> Transport:
    """The transport for an address. Raises AddressError for a form that is not known."""
    scheme = "/" if address.startswith("/") else address.partition(":")[0] + ":" if ":" in address else ""
    opener = _SCHEMES.get(scheme)
    if opener is None:
        raise AddressError("{0!r} is no address; give /dev/... or replay:/path/to/capture.json".format(address))
    transport = opener(address, access)
    if access.capture_file is None:
        return transport
    from .replay import Recorder
    return Recorder(transport, access.capture_file)


def _node(address: str, access: Access) -> Transport:
    from .linux_nodes import inspect
    from .linux_sg import LinuxSg
    return LinuxSg(inspect(address), access.open_mode)


def _replay(address: str, access: Access) -> Transport:
    from .replay import Replay
    return Replay(address, address.partition(":")[2])


#: One line a form of address. The imports stand in the functions, so that a task loads only what it uses.
_SCHEMES: Dict[str, Callable[[str, Access], Transport]] = {
    "/": _node,
    "replay:": _replay,
}


def capture_path(template: str, address: str, several: bool) -> str:
    """Where to record a drive: the file as given or, among several drives, with the drive's name before its suffix."""
    if not several:
        return template
    root, suffix = os.path.splitext(template)
    name = "".join(character if character.isalnum() or character in "-_." else "-"
                   for character in address.partition("/dev/")[2] or address)
    return "{0}.{1}{2}".format(root, name.strip("-"), suffix)


def _natural(path: str) -> List[object]:
    """Sorts sg2 before sg10."""
    parts: List[object] = []
    digits = ""
    for character in path:
        if character.isdigit():
            digits += character
            continue
        if digits:
            parts.extend((0, int(digits)))
            digits = ""
        parts.extend((1, character))
    if digits:
        parts.extend((0, int(digits)))
    return parts
