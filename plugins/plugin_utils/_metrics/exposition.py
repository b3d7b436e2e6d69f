# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text format of Prometheus, version 0.0.4, as the textfile collector of node_exporter reads it."""

from __future__ import annotations

import math
import re
from typing import Any, Iterable, Mapping, NamedTuple, Union

Number = Union[int, float]
Labels = Mapping[str, str]

GAUGE, COUNTER = "gauge", "counter"

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
#: Readers limit the length of a line.
_LONGEST_LABEL = 500
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class Family(NamedTuple):
    """A metric with all its samples: ``(labels, value)``, each set of labels once."""

    name: str
    kind: str
    help: str
    samples: list[tuple[Labels, Number]]


def exposition(families: Iterable[Family]) -> str:
    """The text of the families, in their order; those without a sample are left out.

    Of samples with the same labels only the first is written: with a second one, readers would refuse the whole file.
    """
    lines: list[str] = []
    for family in families:
        seen: dict[tuple[tuple[str, str], ...], str] = {}
        for labels, value in family.samples:
            key = tuple((name, text[:_LONGEST_LABEL]) for name, text in labels.items() if text)
            seen.setdefault(key, f"{family.name}{_labels(key)} {_number(value)}")
        if seen:
            lines.append(f"# HELP {family.name} {_escaped(family.help)}")
            lines.append(f"# TYPE {family.name} {family.kind}")
            lines.extend(seen.values())
    return "".join(line + "\n" for line in lines)


def is_number(value: Any) -> bool:
    """Whether a value of the facts can be a sample: a finite number in the range of a double."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    inner = ",".join('{}="{}"'.format(_checked(name), _escaped(text).replace('"', '\\"')) for name, text in labels)
    return "{" + inner + "}" if inner else ""


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} cannot be the name of a label")
    return name


def _escaped(text: str) -> str:
    """Escapes backslashes and line feeds as the format requires; replaces other control characters by ``?``."""
    return _CONTROL.sub("?", text.replace("\\", "\\\\").replace("\n", "\\n"))


def _number(value: Number) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)
