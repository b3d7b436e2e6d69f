# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test, which requires a real checkout path, real interpreters, and a pip from a host of its own."""

from __future__ import annotations

import re
import shutil
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import junit
import pythons
from environments import CORE
from layout import JUNIT, copied_collection
from shell import Shell

_DOWNLOAD_TIMEOUT_SECONDS = 2

_MUST_RUN = ("ansible-doc", "pep8", "pylint", "validate-modules", "yamllint")
_MUST_RUN_ON_EACH_PYTHON = ("compile", "import")

# Takes the place of get-pip.py: runs the pip of a wheel, as get-pip does, and lets it install itself.
_BOOTSTRAP = '''"""Installs pip from its wheel. Made by the tests of drivecare.scsi, as the download did not answer."""
import runpy
import sys

sys.path.insert(0, {wheel!r})
sys.argv = ["pip", "install"] + [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__")
'''


def run(shell: Shell) -> bool:
    """Runs every sanity test for every Python found; there is no ignore file."""
    interpreters = pythons.find()
    copy = copied_collection("ansible-test")
    # A repository of its own keeps ansible-test from asking this one, which ignores the folder that the copy is in.
    if not (shell.run("git", "init", "--quiet", cwd=copy) and _provide_pip(shell)):
        return False
    # Real folders go before those that hold pyenv's shims, which ansible-test cannot use.
    path = list(dict.fromkeys(interpreter.parent for interpreter in interpreters.values()))
    succeeded = shell.run("ansible-test", "sanity", "--junit", "--color", "no", cwd=copy, path=path)
    reports = list((copy / "tests" / "output" / "junit").glob("*.xml"))
    for report in reports:
        shutil.copy(report, JUNIT / f"sanity.{report.name}")
    # ansible-test passes tests that it could not run; here they fail.
    missing = _expected(interpreters) - _have_run(reports)
    if missing:
        junit.write("sanity", [junit.Case(name, failure="ansible-test skipped it") for name in sorted(missing)])
    return succeeded and not missing


def _expected(versions: Iterable[str]) -> set[str]:
    """Returns which of ansible-test's tests must not be skipped, named as its reports name them."""
    managed = [version for version in versions if pythons.ONLY_MANAGED_BY.get(version, CORE) == CORE]
    return {*_MUST_RUN, *(f"{test}-python-{version}" for test in _MUST_RUN_ON_EACH_PYTHON for version in managed)}


def _have_run(reports: Iterable[Path]) -> set[str]:
    cases = [case for report in reports for case in ET.parse(report).iter("testcase")]  # noqa: S314 (ansible-test wrote it)
    return {case.get("name", "") for case in cases if case.find("skipped") is None}


def _provide_pip(shell: Shell) -> bool:
    """Puts a get-pip where ansible-test looks for one before it downloads it, if the download does not answer."""
    version, url = _wanted_pip()
    cache = Path.home() / ".ansible" / "test" / "cache"
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    if script.exists() or _answers(url):
        return True
    cache.mkdir(parents=True, exist_ok=True)
    downloaded = shell.run(
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", cache,
        f"pip=={version}",
    )
    if downloaded:
        wheel = next(cache.glob(f"pip-{version}-*.whl"))
        script.write_text(_BOOTSTRAP.format(wheel=str(wheel)), encoding="utf-8")
    return downloaded


def _wanted_pip() -> tuple[str, str]:
    """Returns the version of pip that ansible-test asks for, and the address that it would fetch it from."""
    package = find_spec("ansible_test")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("ansible-test is not installed in this environment")
    folder = Path(package.submodule_search_locations[0])
    versions = (folder / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
    addresses = (folder / "_util" / "target" / "setup" / "requirements.py").read_text(encoding="utf-8")
    version = re.search(r"pip='([0-9.]+)'", versions)
    address = re.search(r"url = '(https://\S+get-pip-)%s(\.py)'", addresses)
    if version is None or address is None:
        raise RuntimeError("this ansible-test gets its pip in an unknown way")
    return version[1], address[1] + version[1] + address[2]


def _answers(url: str) -> bool:
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 (the address is ansible-test's own, and https)
    try:
        with urllib.request.urlopen(request, timeout=_DOWNLOAD_TIMEOUT_SECONDS):  # noqa: S310
            return True
    except (OSError, urllib.error.URLError):
        return False
