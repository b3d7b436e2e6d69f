# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guest needs of the machine that runs it: packages, APT sources, places for files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

# Program to look for: the Debian package that brings it.
HOST_PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "tar": "tar",
}
DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# QEMU's iSCSI initiator is a file that it loads.
QEMU_ISCSI = "lib/*/qemu/block-iscsi.so"
DEBIAN_RELEASE = "bookworm"
SOURCES_VARIABLE = "DRIVECARE_GUEST_APT_SOURCES"

# Settings of the host's APT that decide whether its sources can be reached at all.
_APT_SETTINGS = re.compile(
    r"^Acquire::(Check-Valid-Until|Check-Date|Retries|https?(::\S*)?::(Proxy|CaInfo|Verify-Peer|Verify-Host)\S*) "
)
# mke2fs is not in the PATH of an ordinary user on Debian.
_SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


class GuestError(Exception):
    """The guest cannot be had; the message says why and what to do."""


def cache_root() -> Path:
    """The directory for all that is built, outside the repository."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "drivecare-scsi"


def program(name: str) -> str:
    """The full path of a program of the host."""
    found = shutil.which(name, path=_SEARCH_PATH)
    if found is None:
        package = HOST_PROGRAMS.get(name, name)
        raise GuestError(f"{name} is missing: install the package {package}, or run 'guest.py build' as root")
    return found


def run(command: list[str], *, log: Path | None = None) -> str:
    """Run a program of the host; its output goes to the log, or is the result."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", DEBIAN_FRONTEND="noninteractive", PATH=_SEARCH_PATH)
    if log is None:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        said = done.stderr
    else:
        with log.open("ab") as sink:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, check=False
            )
        said = log.read_bytes()
    if done.returncode != 0:
        tail = "\n".join(said.decode(errors="replace").splitlines()[-25:])
        raise GuestError(f"'{command[0]}' ended with status {done.returncode}:\n{tail}")
    return done.stdout.decode(errors="replace") if log is None else ""


def install_packages() -> None:
    """Install what is missing when root; name it when not."""
    missing = {package for name, package in HOST_PROGRAMS.items() if shutil.which(name, path=_SEARCH_PATH) is None}
    if not DEBIAN_KEYRING.exists():
        missing.add("debian-archive-keyring")
    if not any(Path("/usr").glob(QEMU_ISCSI)):
        missing.add("qemu-block-extra")
    if os.geteuid() != 0 and shutil.which("newuidmap", path=_SEARCH_PATH) is None:
        missing.add("uidmap")
    if not missing:
        return
    names = " ".join(sorted(missing))
    if os.geteuid() != 0:
        raise GuestError(f"packages are missing; run as root: apt-get install --no-install-recommends {names}")
    if shutil.which("apt-get") is None:
        raise GuestError(f"this machine has no apt-get; install what it calls these Debian packages: {names}")
    run(["apt-get", "update"])
    run(["apt-get", "install", "--yes", "--no-install-recommends", *sorted(missing)])


def apt_settings() -> str:
    """The part of the host's APT configuration that reaching its sources depends on."""
    if shutil.which("apt-config") is None:
        return ""
    lines = run(["apt-config", "dump"]).splitlines()
    return "".join(f"{line}\n" for line in lines if _APT_SETTINGS.match(line))


def apt_sources() -> list[str]:
    """One-line APT sources of the guest's Debian release: those that this machine uses itself.

    Without any the list is empty, and mmdebstrap takes its own default.
    """
    named = os.environ.get(SOURCES_VARIABLE)
    if named:
        try:
            lines = Path(named).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise GuestError(
                f"{SOURCES_VARIABLE} must name a readable file of one-line APT sources: {error}"
            ) from error
        return [line for line in lines if line.startswith("deb ")]
    sources = _index_targets()
    if not sources and os.geteuid() == 0 and shutil.which("apt-get"):
        # The release of a source is known only once its index has been fetched.
        run(["apt-get", "update"])
        sources = _index_targets()
    return sources


def _index_targets() -> list[str]:
    if shutil.which("apt-get") is None:
        return []
    form = "$(ORIGIN)|$(CODENAME)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    found: dict[str, None] = {}
    for line in run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"]).splitlines():
        origin, codename, source = line.split("|", 2)
        if origin == "Debian" and codename.split("-")[0] == DEBIAN_RELEASE:
            found[source] = None
    return list(found)
