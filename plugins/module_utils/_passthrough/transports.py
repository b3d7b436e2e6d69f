# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport that each form of address opens."""

from __future__ import annotations

import sys
from typing import Callable, Iterable

from .command import Transport
from .errors import AddressError
from .open_options import OpenOptions

Opener = Callable[[str, OpenOptions], Transport]


def load_transports(addresses: Iterable[str], recorded: bool) -> None:
    """Imports what these addresses need. To be called before there are threads: with Python 3.8 and 3.9, two that
    import from an archive at once can fail (cpython #83065).
    """
    for scheme in {_scheme(address) for address in addresses} & set(_SCHEMES):
        _SCHEMES[scheme]()
    if recorded:
        _load_recorder()


def open_transport(address: str, access: OpenOptions) -> Transport:
    """The transport for an address. Raises AddressError for an unknown form."""
    load = _SCHEMES.get(_scheme(address))
    if load is None:
        raise AddressError(f"{address!r} is not an address; give /dev/..., wwn:naa.5..., serial:..., all, "
                           "iscsi://host/target-name/lun or replay:/path/to/capture.json")
    transport = load()(address, access)
    if access.capture_file is None:
        return transport
    return _load_recorder()(transport, access.capture_file)


def _scheme(address: str) -> str:
    return "/" if address.startswith("/") else address.partition(":")[0] + ":" if ":" in address else ""


def _load_node() -> Opener:
    if sys.platform.startswith("hp-ux"):
        from .hpux_sctl import HpuxSctl
        return lambda address, access: HpuxSctl(address, access.open_mode)
    from .linux.nodes import inspect
    from .linux.transport import LinuxTransport
    return lambda address, access: LinuxTransport(inspect(address), access.open_mode)


def _load_iscsi() -> Opener:
    from .iscsi.transport import IscsiTransport
    return lambda address, access: IscsiTransport(address, access.iscsi)


def _load_replay() -> Opener:
    from .replay import Replay
    return lambda address, access: Replay(address, address.partition(":")[2])


def _load_recorder() -> Callable[[Transport, str], Transport]:
    from .replay import Recorder
    return Recorder


#: One line per form of address. The imports are inside the functions, so that a task loads only what it uses.
_SCHEMES: dict[str, Callable[[], Opener]] = {
    "/": _load_node,
    "iscsi:": _load_iscsi,
    "replay:": _load_replay,
}
