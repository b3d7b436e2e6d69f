# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ends of a login share: stages, status codes, names (RFC 7143 6.3, 11.12, 11.13)."""

from __future__ import annotations

import re

#: Stages, CSG and NSG (11.12.3).
SECURITY = 0
OPERATIONAL = 1
FULL_FEATURE = 3

#: The stages that may follow each.
NEXT_STAGES = {SECURITY: (OPERATIONAL, FULL_FEATURE), OPERATIONAL: (FULL_FEATURE,)}

#: The only version there is (11.12.4).
VERSION = 0x00

SUCCESS = (0, 0)
MOVED_TEMPORARILY = (1, 1)
MOVED_PERMANENTLY = (1, 2)
INITIATOR_ERROR = (2, 0)
AUTHENTICATION_FAILED = (2, 1)
FORBIDDEN = (2, 2)
NOT_FOUND = (2, 3)
TARGET_REMOVED = (2, 4)
UNSUPPORTED_VERSION = (2, 5)
TOO_MANY_CONNECTIONS = (2, 6)
MISSING_PARAMETER = (2, 7)
CANNOT_INCLUDE = (2, 8)
NO_SUCH_SESSION_TYPE = (2, 9)
NO_SUCH_SESSION = (2, 10)
INVALID_DURING_LOGIN = (2, 11)
TARGET_ERROR = (3, 0)
SERVICE_UNAVAILABLE = (3, 1)
OUT_OF_RESOURCES = (3, 2)

#: Status-Class and Status-Detail in words for an administrator (11.13.5).
STATUS_TEXTS: dict[tuple[int, int], str] = {
    MOVED_TEMPORARILY: "the target has moved temporarily",
    MOVED_PERMANENTLY: "the target has moved",
    INITIATOR_ERROR: "the target found an error in the login",
    AUTHENTICATION_FAILED:
        "authentication failed: the CHAP name or secret is wrong, or the target needs CHAP and none was given",
    FORBIDDEN: "this initiator name is not allowed to use the target",
    NOT_FOUND: "there is no such target",
    TARGET_REMOVED: "the target was removed",
    UNSUPPORTED_VERSION: "the target speaks another version of iSCSI",
    TOO_MANY_CONNECTIONS: "the target has too many connections on this session",
    MISSING_PARAMETER: "a parameter that the target requires is missing",
    CANNOT_INCLUDE: "the target does not allow the session more connections",
    NO_SUCH_SESSION_TYPE: "the target does not know this type of session",
    NO_SUCH_SESSION: "the target does not know the session",
    INVALID_DURING_LOGIN: "the target received an invalid request during login",
    TARGET_ERROR: "the target has an internal error",
    SERVICE_UNAVAILABLE: "the target is not in service",
    OUT_OF_RESOURCES: "the target has no resources for another session",
}

_NAME = re.compile(
    r"(?:iqn\.[0-9]{4}-[0-9]{2}\.[^\s/,]+|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{16})?)\Z")
#: RFC 7143 4.2.7.1
_LONGEST_NAME = 223


class LoginError(Exception):
    """The login has failed. ``status``: Status-Class and Status-Detail; ``received``: the target has sent it."""

    def __init__(self, status: tuple[int, int], message: str = "", received: bool = False) -> None:
        super().__init__(message or STATUS_TEXTS.get(status, f"login status {status[0]:02x}/{status[1]:02x}"))
        self.status = status
        self.received = received


def is_iscsi_name(name: str) -> bool:
    """True for a well-formed iqn, eui or naa name (RFC 7143 4.2.7)."""
    return _NAME.match(name) is not None and len(name.encode("utf-8", "backslashreplace")) <= _LONGEST_NAME
