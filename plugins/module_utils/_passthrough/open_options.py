# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a device is opened: what the user chose for the node, the capture and the iSCSI login."""

from __future__ import annotations

import re
from typing import NamedTuple

#: How an iSCSI address begins.
SCHEME = "iscsi://"

#: The form of libiscsi, user%secret@, and that of the web, user:secret@; a secret may have an @ or a / in it.
_SECRET = re.compile(r"(\s*iscsi://[^:%]*)[:%]((?:(?!/(?:iqn|eui|naa)\.).)*)@", re.IGNORECASE | re.DOTALL)


def secret_in(address: str) -> str:
    """The secret that was written into an address, where it does not belong; empty if there is none."""
    found = _SECRET.match(address)
    return found.group(2) if found else ""


def without_secret(address: str) -> str:
    """An address as it may be shown: without the secret of user:secret@, or of the user%secret@ of libiscsi."""
    found = _SECRET.match(address)
    return address if found is None else f"{found.group(1)}:***{address[found.end(2):]}"


class IscsiOptions(NamedTuple):
    """How to log in. ``secret`` authenticates the user to the target, ``target_secret`` the target to this host.

    The digests: ``none``, ``preferred`` (CRC32C if the target supports it) or ``required``.
    """

    initiator_name: str = ""
    user: str = ""
    secret: str = ""
    target_secret: str = ""
    header_digest: str = "none"
    data_digest: str = "none"
    #: For the connection and each step of the login.
    connect_timeout_seconds: float = 10.0

    def __repr__(self) -> str:
        """Without the secrets, which must not appear in any log or traceback."""
        shown = self._replace(secret="***" if self.secret else "", target_secret="***" if self.target_secret else "")
        return f"IscsiOptions{tuple(shown)!r}"


#: How to open a device node: for reading, and for writing where a command needs it; always for reading; for both.
OPEN_MODES = ("auto", "read_only", "read_write")


class OpenOptions(NamedTuple):
    """How to open a device.

    ``open_mode``: one of `OPEN_MODES`. ``capture_file``: the file to record its commands and replies in.
    """

    open_mode: str = "auto"
    capture_file: str | None = None
    iscsi: IscsiOptions = IscsiOptions()
