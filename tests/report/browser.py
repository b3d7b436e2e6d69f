# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser that tests can ask: Chromium without a window, by the WebDriver protocol (W3C) that its driver speaks.

Needs the Debian packages of packages.txt, and nothing of the package index.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

_DRIVER = "chromedriver"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
              "--force-color-profile=srgb", "--disable-background-networking", "--disable-component-update",
              "--no-first-run")


def missing() -> str | None:
    """What the machine lacks; ``None`` where a browser can be started."""
    if shutil.which(_DRIVER) is None:
        return "chromedriver is not installed; tests/report/packages.txt names the packages"
    return None if _browser() else "chromium is not installed; tests/report/packages.txt names the packages"


def _browser() -> str | None:
    return next((path for path in map(shutil.which, _BROWSERS) if path), None)


class Browser:
    """A browser with one page. Use it in a with statement."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        self._driver = subprocess.Popen(
            [_DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._session = ""
        try:
            self._wait()
            found = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:loggingPrefs": {"browser": "ALL"},
                "goog:chromeOptions": {"binary": _browser(), "args": list(_ARGUMENTS)}}}})
            self._session = "/session/" + found["sessionId"]
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser, and the driver with it."""
        if self._session:
            self._ask("DELETE", self._session)
        self._driver.terminate()
        self._driver.wait(10)

    def _wait(self) -> None:
        for _each in range(100):
            try:
                if self._ask("GET", "/status")["ready"]:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise OSError("chromedriver does not answer")

    def _ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310
            self._url + path, None if data is None else json.dumps(data).encode(), {"Content-Type": "application/json"},
            method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.load(answer)["value"]

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        """A command of the DevTools protocol."""
        return self._ask("POST", self._session + "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def open(self, file: Path, anchor: str = "") -> None:
        """Opens a file."""
        self._ask("POST", self._session + "/url", {"url": file.resolve().as_uri() + anchor})

    def size(self, width: int, height: int) -> None:
        """Makes the page so large, smaller than a window can be."""
        self.command("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def media(self, scheme: str = "light", media: str = "") -> None:
        """Shows the page light or dark, or as it is printed."""
        self.command("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def ask(self, script: str) -> Any:
        """What a script in the page returns. It runs beside the page's own scripts, which its policy forbids."""
        return self._ask("POST", self._session + "/execute/sync", {"script": script, "args": []})

    def keys(self, text: str) -> None:
        """Types into what has the focus."""
        actions = [step for letter in text for step in (
            {"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter})]
        self._ask("POST", self._session + "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def console(self) -> list[str]:
        """What the page's console got since the last call."""
        return [each["message"] for each in self._ask("POST", self._session + "/se/log", {"type": "browser"})]

    def screenshot(self, file: Path) -> None:
        """Writes what is to be seen as a PNG."""
        file.write_bytes(base64.b64decode(self._ask("GET", self._session + "/screenshot")))

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self._ask("POST", self._session + "/print", {"background": True}))
