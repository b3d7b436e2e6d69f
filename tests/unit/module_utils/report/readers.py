# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict readers of all formats of a report: each raises AssertionError for what another reader could take amiss."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import re
from typing import Any, Mapping
from xml.etree import ElementTree

_TAGS = frozenset(
    "html head meta title link style body a header h1 h2 h3 h4 nav ul ol li main p table thead tbody tr th td span div "
    "b code details summary article section dl dt dd footer br svg g rect text line path polyline polygon circle "
    "figure figcaption caption".split())
_EMPTY = frozenset("meta link br rect line path polyline polygon circle".split())
_ATTRIBUTES = frozenset(
    "lang charset name content http-equiv rel href class id title aria-label aria-hidden role tabindex open scope "
    "style viewbox width height x y x1 x2 y1 y2 cx cy r d points fill stroke text-anchor transform xmlns "
    "preserveaspectratio colspan rowspan aria-labelledby focusable stroke-width font-size dy dx".split())
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MESSAGE = re.compile(r"\\[\\\[\]]|\{\{|\}\}|[^\\\[\]{}]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\Z")


def _refused(text: str) -> None:
    raise AssertionError(f"not JSON: {text}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def strict_json(text: str) -> Any:
    """RFC 8259: no NaN, no infinity, no key twice, no lone surrogate."""
    found = json.loads(text, parse_constant=_refused, object_pairs_hook=_object)
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return found


def strict_sarif(text: str) -> Any:
    """JSON whose messages have no embedded link and no placeholder."""
    run, = strict_json(text)["runs"]
    messages = [result["message"]["text"] for result in run["results"]]
    for rule in run["tool"]["driver"]["rules"]:
        messages += [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
    for message in messages:
        assert not _MESSAGE.sub("", message), message
    return run["results"]


def strict_csv(text: str) -> list[dict[str, str]]:
    """RFC 4180: each row with as many cells as the first, none of them a formula."""
    assert text.endswith("\r\n")
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    for row in rows:
        assert len(row) == len(head), row
        for cell in row:
            assert not cell.lstrip(" '\"").startswith(_FORMULA) or cell.startswith("'") or _is_number(cell), cell
    return [dict(zip(head, row)) for row in rows]


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell) is not None


def strict_xml(text: str) -> Any:
    """XML 1.0, with times as xs:dateTime has them."""
    root = ElementTree.fromstring(text.encode("utf-8"))  # noqa: S314
    for suite in root:
        assert suite.tag == "testsuite" and len(suite) == int(suite.get("tests", "-1"))
        moment = suite.get("timestamp")
        assert moment is None or _MOMENT.match(moment), moment
    return root


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []
        self.targets: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        assert tag in _TAGS, tag
        if tag not in _EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            assert name in _ATTRIBUTES, (tag, name)
            if name == "href":
                assert value.startswith("#") or tag == "link" and value == "data:,", value
                self.targets.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def strict_html(text: str) -> str:
    """The text of a page that has only known tags and attributes, each closed, and links only within itself."""
    page = _Page()
    page.feed(text)
    page.close()
    assert not page.open, page.open
    return "".join(page.text)


def strict_markdown(text: str) -> list[str]:
    """Lines in which no text means anything: each row of a table has the cells of its head."""
    columns = 0
    for line in text.splitlines():
        bare = re.sub(r"\\.", "", line)
        columns = columns or bare.count("|") if line.startswith("|") else 0
        assert bare.count("|") == columns and "<" not in bare and "](" not in bare, line
    return text.splitlines()


READERS = {"json": strict_json, "sarif": strict_sarif, "csv": strict_csv, "junit": strict_xml, "html": strict_html,
           "markdown": strict_markdown}


def read_all(texts: Mapping[str, str]) -> dict[str, Any]:
    """What each reader finds in its format. No format may have control characters, or marks of direction."""
    for text in texts.values():
        text.encode("utf-8")
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text)
    return {form: READERS[form](text) for form, text in texts.items()}
