# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strings from a drive, which may hold anything."""

from __future__ import annotations


def printable(data: bytes) -> str:
    """An ASCII string from a drive (SPC-6 4.3.1) as text: without padding, with ``\\xNN`` for what is not printable.

    A backslash is escaped too, so that different strings never look the same.
    """
    stripped = data.rstrip(b" \0").lstrip(b" ")
    return "".join(_shown(octet) for octet in stripped)


def printable_utf8(data: bytes) -> str:
    """A UTF-8 string from a drive (the SCSI name string, SPC-6 7.7.6.12): as `printable`, but all letters stay."""
    try:
        decoded = data.rstrip(b" \0").decode("utf-8")
    except UnicodeDecodeError:
        return printable(data)
    return "".join(
        character if character.isprintable() and character != "\\"
        else "".join(_shown(octet) for octet in character.encode("utf-8"))
        for character in decoded)


def _shown(octet: int) -> str:
    if octet == 0x5C:
        return "\\\\"
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\x{octet:02x}"
