# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes text from drives and hosts fit for a report. All of it may be hostile."""

from __future__ import annotations

import re
from typing import Any

#: What no page, table or XML file can hold or should show: control characters, surrogates, and the marks that change
#: the direction of text, which can make one name look like another.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]")
_LONGEST = 500
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(value: Any) -> str:
    """A value as one line of text that any format can hold. What cannot be shown becomes U+FFFD; long text is cut."""
    text = value if isinstance(value, str) else in_words(value)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "..."
    # Most text is plain, and these checks are faster than the regular expression.
    if not (text.isascii() and text.isprintable()):
        text = _UNPRINTABLE.sub(_REPLACEMENT, text)
    return text.strip()


def in_words(value: Any) -> str:
    """A value of a document in words: codes by their names, lists with commas."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        shown = ", ".join(in_words(each) for each in value[:10])
        return (shown + (", ..." if len(value) > 10 else "")) or "none"
    if isinstance(value, dict):
        if "name" in value and "value" in value:
            return in_words(value["name"] if value["name"] is not None else value["value"])
        return ", ".join(f"{key} {in_words(value[key])}" for key in list(value)[:10])
    return str(value)


def above(value: Any, limit: Any) -> bool:
    """Whether a number is greater than another."""
    return bool(value > limit)


def plural(count: int, what: str) -> str:
    """"1 drive", "2 drives"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
