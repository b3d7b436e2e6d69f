# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files for access to a running guest: for ssh and scp, and for Ansible."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path

from .image import HOST_KEY_ALIAS, Image

HOST = "guest"
OPERATOR_HOST = "guest-operator"
PYTHON = "/usr/bin/python3"
PYTHON_RAWIO = "/usr/local/bin/python3-rawio"


def _options(image: Image) -> dict[str, str]:
    return {
        "UserKnownHostsFile": str(image.known_hosts),
        "HostKeyAlias": HOST_KEY_ALIAS,
        "StrictHostKeyChecking": "yes",
        "CheckHostIP": "no",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PasswordAuthentication": "no",
        "ServerAliveInterval": "30",
    }


def write_ssh_config(target: Path, image: Image, port: int) -> None:
    """A configuration for ssh -F: "guest" is root, "guest-operator" the ordinary user."""
    lines = ["# Written by guest.py start: ssh -F this file guest"]
    for name, user in ((HOST, "root"), (OPERATOR_HOST, "operator")):
        settings = {
            "HostName": "127.0.0.1",
            "Port": str(port),
            "User": user,
            "IdentityFile": str(image.key),
            **_options(image),
        }
        settings["LogLevel"] = "ERROR"
        # One connection for all commands: each new one costs a second of the guest's emulated processor.
        settings.update(ControlMaster="auto", ControlPersist="60", ControlPath=f"{tempfile.gettempdir()}/drivecare-%C")
        lines.append(f"Host {name}")
        lines.extend(f'    {key} "{value}"' for key, value in settings.items())
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_inventory(target: Path, image: Image, port: int, kernel: str) -> None:
    """The guest three times: as root, as a user in group disk, and as that user with CAP_SYS_RAWIO."""
    hosts = {
        "kernel_root": {"ansible_user": "root", "ansible_python_interpreter": PYTHON},
        "kernel_operator": {"ansible_user": "operator", "ansible_python_interpreter": PYTHON},
        "kernel_operator_rawio": {"ansible_user": "operator", "ansible_python_interpreter": PYTHON_RAWIO},
    }
    shared = {
        "ansible_connection": "ssh",
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_ssh_private_key_file": str(image.key),
        "ansible_ssh_common_args": " ".join(f"-o {key}={shlex.quote(value)}" for key, value in _options(image).items()),
        "ansible_pipelining": True,
        "ansible_ssh_pipelining": True,
        "drivecare_guest_kernel": kernel,
    }
    inventory = {"all": {"children": {"kernel_guest": {"hosts": hosts, "vars": shared}}}}
    # JSON is valid YAML, and quotes every path as needed.
    text = "---\n# Written by guest.py start.\n" + json.dumps(inventory, indent=2) + "\n"
    target.write_text(text, encoding="utf-8")
