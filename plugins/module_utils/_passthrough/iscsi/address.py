# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iSCSI addresses: ``iscsi://[user@]host[:port]/target-name/lun``, the form that libiscsi and QEMU use."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

from ..._iscsi.login import is_iscsi_name
from ..._iscsi.lun import MAXIMUM_LUN
from ..errors import AddressError
from ..open_options import SCHEME

DEFAULT_PORT = 3260

#: Labels of 1 to 63 characters (RFC 1035 2.3.4), with a period after the last one or without. Underscores occur.
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?\Z")
_LONGEST_HOST = 254
#: The name or number of an interface (RFC 6874), after the % of an IPv6 address.
_ZONE = re.compile(r"%[A-Za-z0-9._~-]{1,64}\Z")
_DIGITS = re.compile(r"[0-9]{1,5}\Z")


class IscsiAddress(NamedTuple):
    """An address in parts. ``target`` is empty if only a portal is given, whose targets are to be listed."""

    host: str
    port: int = DEFAULT_PORT
    target: str = ""
    lun: int = 0
    user: str = ""

    @property
    def portal(self) -> str:
        """Host and port, as written in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        path = f"{self.target}/{self.lun}" if self.target else ""
        user = self.user + "@" if self.user else ""
        return f"{SCHEME}{user}{self.portal}/{path}"


def parse_address(address: str) -> IscsiAddress:
    """The parts of an address. Raises AddressError, whose text never shows a secret from before the @."""
    if not address.startswith(SCHEME):
        raise AddressError(f"an iSCSI address begins with {SCHEME}")
    authority, _slash, path = address[len(SCHEME):].partition("/")
    user, at, portal = authority.rpartition("@")
    if "%" in user or ":" in user:
        raise AddressError(f"{SCHEME}...@{portal}: the address holds a secret; give the CHAP secret as its own option")
    if at and not user:
        raise AddressError("the user before the @ is missing")
    host, port = parse_portal(portal)
    if not path:
        return IscsiAddress(host, port, user=user)
    target, slash, lun = path.rpartition("/")
    if not slash:
        raise AddressError(f"the LUN is missing; {SCHEME}host/target-name/lun is expected")
    if not is_iscsi_name(target):
        raise AddressError(f"{target!r} is not a target name such as iqn.2026-01.com.example:disks")
    if not _DIGITS.match(lun) or int(lun) > MAXIMUM_LUN:
        raise AddressError(f"the LUN must be a number from 0 to {MAXIMUM_LUN}, not {lun!r}")
    return IscsiAddress(host, port, target, int(lun), user)


def parse_portal(portal: str) -> tuple[str, int]:
    """Host and port of ``host[:port]`` or ``[address]:port``. Raises AddressError."""
    if portal.startswith("["):
        host, bracket, rest = portal[1:].partition("]")
        port = rest[1:]
        if not bracket or rest and not rest.startswith(":") or rest == ":":
            raise AddressError("an IPv6 address is written [address]:port")
        try:
            plain, percent, _zone = host.partition("%")
            socket.inet_pton(socket.AF_INET6, plain)
            if percent and not _ZONE.match(host[len(plain):]):
                raise ValueError("its zone is no interface's name")
        except (OSError, ValueError):
            raise AddressError(f"{host!r} is not an IPv6 address") from None
    else:
        host, colon, port = portal.partition(":")
        if ":" in port:
            raise AddressError("an IPv6 address is written in brackets, [address]:port")
        if colon and not port:
            raise AddressError("the port is missing after the colon")
        if not host:
            raise AddressError("the host is missing")
        if len(host) > _LONGEST_HOST or not _HOST.match(host):
            raise AddressError(f"{host!r} is not a host name or address")
    if not port:
        return host, DEFAULT_PORT
    if not _DIGITS.match(port) or not 1 <= int(port) <= 65535:
        raise AddressError(f"the port must be a number from 1 to 65535, not {port!r}")
    return host, int(port)
