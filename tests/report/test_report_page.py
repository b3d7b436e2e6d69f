# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a browser: nothing wrong in the console, all links lead somewhere, all text can be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from browser import Browser

IMAGES = os.environ.get("DRIVECARE_SCREENSHOTS")

#: Each text that is shown, with its color and the backgrounds behind it, from the page to the text.
_TEXTS = """
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, parent = node.parentElement;
  if (!node.data.trim() || parent.closest('title')) continue;
  const style = getComputedStyle(parent);
  const behind = [];
  for (let each = parent; each; each = each.parentElement) behind.unshift(getComputedStyle(each).backgroundColor);
  found.push([node.data.trim().slice(0, 40), parent.namespaceURI.endsWith('svg') ? style.fill : style.color, behind]);
}
return found;
"""
_LINKS = """
return [...document.querySelectorAll('a[href]')].map(each => each.getAttribute('href'))
  .filter(each => !(each.startsWith('#') && each.length > 1
                    && document.getElementById(decodeURIComponent(each.slice(1)))));
"""
_WIDER = """
const limit = document.documentElement.clientWidth;
return [document.documentElement.scrollWidth > limit, [...document.querySelectorAll('body *')].filter(
  each => !each.closest('.scroll') && !each.classList.contains('skip') && each.getBoundingClientRect().right > limit + 1
).map(each => each.outerHTML.slice(0, 120))];
"""


def _channels(color: str) -> list[float]:
    assert color.startswith("rgb"), color
    numbers = [float(each) for each in color[color.index("(") + 1:-1].replace("/", ",").split(",")]
    return [*numbers, 1.0] if len(numbers) == 3 else numbers


def _over(colors: list[str]) -> list[float]:
    """What is to be seen of colors that lie on white, each on the one before."""
    seen = [255.0, 255.0, 255.0]
    for color in colors:
        *channels, alpha = _channels(color)
        seen = [alpha * new + (1 - alpha) * old for new, old in zip(channels, seen, strict=True)]
    return seen


def _luminance(channels: list[float]) -> float:
    linear = [each / 255 / 12.92 if each <= 10.31 else ((each / 255 + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(color: str, behind: list[str]) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    lights = sorted((_luminance(_over([*behind, color])), _luminance(_over(behind))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _opened(browser: Browser, page: Path, width: int = 1200, scheme: str = "light", media: str = "") -> None:
    browser.console()
    browser.size(width, 900)
    browser.media(scheme, media)
    browser.open(page)


def _keep(browser: Browser, name: str) -> None:
    if IMAGES:
        browser.screenshot(Path(IMAGES) / name)


@pytest.fixture(params=["page", "hostile_page", "large_page"], name="any_page")
def _any_page(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_the_console_stays_empty_and_nothing_is_loaded(browser: Browser, any_page: Path) -> None:
    _opened(browser, any_page)
    assert browser.console() == []
    assert browser.ask("return performance.getEntriesByType('resource').map(each => each.name)") == []


def test_every_link_leads_to_a_part_of_the_page(browser: Browser, any_page: Path) -> None:
    _opened(browser, any_page)
    assert browser.ask(_LINKS) == []
    assert browser.ask("const ids = [...document.querySelectorAll('[id]')].map(each => each.id);"
                       "return ids.length - new Set(ids).size") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(browser: Browser, page: Path, scheme: str) -> None:
    _opened(browser, page, scheme=scheme)
    texts = browser.ask(_TEXTS)
    assert len(texts) > 500
    assert sorted({(round(_contrast(color, behind), 2), text) for text, color, behind in texts
                   if _contrast(color, behind) < 4.5}) == []
    dark = _luminance(_over([browser.ask("return getComputedStyle(document.body).backgroundColor")])) < 0.2
    assert dark == (scheme == "dark")


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_the_page_is_no_wider_than_the_window(browser: Browser, any_page: Path, width: int) -> None:
    _opened(browser, any_page, width)
    browser.ask("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.ask(_WIDER) == [False, []]


def test_hostile_text_stays_text(browser: Browser, hostile_page: Path) -> None:
    _opened(browser, hostile_page)
    assert browser.ask("return document.querySelectorAll('script, img, iframe, h1 ~ h1, [onerror]').length") == 0
    assert browser.ask("return document.title").endswith(", 2026-03-02")
    assert "<script>document.title='taken'</script>" in browser.ask("return document.body.innerText")
    assert browser.ask(
        "return [...document.body.textContent].some(each => each === '\\u202e' || each === '\\u0000')") is False


def test_a_cell_of_the_grid_leads_to_the_drive(browser: Browser, page: Path) -> None:
    _opened(browser, page)
    browser.ask("document.querySelector('.g a.critical, .g .critical a').click()")
    assert browser.ask("return document.querySelector(':target h3').innerText").startswith("critical")
    assert browser.ask("const box = document.querySelector(':target').getBoundingClientRect();"
                       "return box.top >= -1 && box.top < innerHeight") is True


def test_the_keyboard_reaches_the_report_and_its_links(browser: Browser, page: Path) -> None:
    _opened(browser, page)
    browser.keys("\ue004")
    assert browser.ask("return document.activeElement.className") == "skip"
    assert browser.ask("return document.activeElement.getBoundingClientRect().left >= 0") is True
    browser.keys("\ue007")
    browser.keys("\ue004")
    assert browser.ask("return document.activeElement.closest('main') !== null") is True
    outline = browser.ask("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_assistive_technology_gets_names_and_heads(browser: Browser, page: Path) -> None:
    _opened(browser, page)
    assert browser.ask("return document.documentElement.lang") == "en"
    assert browser.ask("return document.querySelectorAll('h1').length") == 1
    nodes = browser.command("Accessibility.getFullAXTree", {})["nodes"]
    for role in ("link", "region", "table", "img"):
        unnamed = [each for each in nodes if each.get("role", {}).get("value") == role
                   and role != "table" and not each.get("name", {}).get("value") and not each["ignored"]]
        assert unnamed == [], role
    assert any(each.get("role", {}).get("value") == "main" for each in nodes)


def test_the_page_prints_whole(browser: Browser, page: Path) -> None:
    _opened(browser, page, media="print")
    assert browser.ask("return getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.ask("return getComputedStyle(document.querySelector('.drive')).contentVisibility") == "visible"
    assert browser.printed().startswith(b"%PDF")


def test_a_large_fleet_is_condensed_and_says_so(browser: Browser, large_page: Path) -> None:
    _opened(browser, large_page)
    text = browser.ask("return document.body.textContent")
    assert "Hosts that pass" in text and "Not shown here" in text
    assert browser.ask("return document.querySelectorAll('.drive.b-pass').length") == 0
    assert 0 < browser.ask("return document.querySelectorAll('.drive').length") <= 25


def test_pictures_for_the_guide(browser: Browser, page: Path) -> None:
    for name, width, scheme, anchor in (("report-overview.png", 1000, "light", ""),
                                        ("report-dark.png", 1000, "dark", ""),
                                        ("report-narrow.png", 360, "light", ""),
                                        ("report-drive.png", 1000, "light", "#drives")):
        _opened(browser, page, width, scheme)
        browser.open(page, anchor)
        _keep(browser, name)
        assert browser.ask("return document.readyState") == "complete"
