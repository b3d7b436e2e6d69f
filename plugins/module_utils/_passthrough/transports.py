# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport that each form of address opens."""

from __future__ import annotations

import sys
from typing import Callable

from .command import Transport
from .errors import AddressError
from .open_options import OpenOptions


def open_transport(address: str, access: OpenOptions) -> Transport:
    """The transport for an address. Raises AddressError for a form that is not known."""
    scheme = "/" if address.startswith("/") else address.partition(":")[0] + ":" if ":" in address else ""
    opener = _SCHEMES.get(scheme)
    if opener is None:
        raise AddressError(f"{address!r} is no address; give /dev/..., wwn:naa.5..., serial:..., all, "
                           "iscsi://host/target-name/lun or replay:/path/to/capture.json")
    transport = opener(address, access)
    if access.capture_file is None:
        return transport
    from .replay import Recorder
    return Recorder(transport, access.capture_file)


def _node(address: str, access: OpenOptions) -> Transport:
    if sys.platform.startswith("hp-ux"):
        from .hpux_sctl import HpuxSctl
        return HpuxSctl(address, access.open_mode)
    from .linux.nodes import inspect
    from .linux.transport import LinuxTransport
    return LinuxTransport(inspect(address), access.open_mode)


def _iscsi(address: str, access: OpenOptions) -> Transport:
    from .iscsi.transport import IscsiTransport
    return IscsiTransport(address, access.iscsi)


def _replay(address: str, access: OpenOptions) -> Transport:
    from .replay import Replay
    return Replay(address, address.partition(":")[2])


#: One line per form of address. The imports stand in the functions, so that a task loads only what it uses.
_SCHEMES: dict[str, Callable[[str, OpenOptions], Transport]] = {
    "/": _node,
    "iscsi:": _iscsi,
    "replay:": _replay,
}
