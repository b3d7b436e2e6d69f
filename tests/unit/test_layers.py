# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers: an import goes down only, and the managed node needs nothing but Python."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import FrozenSet, Iterator, List, NamedTuple, Tuple

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
COLLECTION = "ansible_collections.drivecare.scsi.plugins."
UTILS = COLLECTION + "module_utils."

#: What each layer may import of the project, itself apart.
MAY_IMPORT = {
    "_scsi": frozenset(),
    "_iscsi": frozenset({"_scsi"}),
    "_passthrough": frozenset({"_scsi", "_iscsi"}),
    "_emulator": frozenset({"_scsi", "_iscsi"}),
    "_drives": frozenset({"_scsi", "_passthrough"}),
    "_module": frozenset({"_drives", "_passthrough"}),  # _passthrough for its errors
    "_metrics": frozenset({"_scsi"}),
    "_report": frozenset({"_scsi"}),  # made of documents, on a machine that may have no drive
    "_schedule": frozenset({"_drives", "_passthrough", "_scsi"}),
    "modules": frozenset({"_drives", "_module", "_emulator", "_report", "_schedule"}),
    "filter": frozenset({"_metrics"}),
    "doc_fragments": frozenset(),
}
#: The one thing of Ansible that code on the managed node may use, and the layers that may.
ANSIBLE = "ansible.module_utils.basic"
MAY_IMPORT_ANSIBLE = frozenset({"_module", "modules"})
#: Only the pass-through core touches a device.
IOCTL = frozenset({"fcntl", "ctypes"})
MAY_IMPORT_IOCTL = frozenset({"_passthrough"})

#: What the collection may use of the standard library: there from Python 3.8 to 3.13, on Linux and on HP-UX.
STANDARD_LIBRARY = frozenset(
    "__future__ abc argparse array base64 binascii bisect collections contextlib copy ctypes dataclasses datetime "
    "enum errno fcntl fnmatch functools gc glob grp hashlib heapq hmac io itertools json logging math operator os "
    "platform pwd queue random re secrets select selectors shutil signal socket stat string struct subprocess sys "
    "tempfile textwrap threading time traceback types typing uuid zlib".split()
)

#: What is used where it happens to be there, and the layers that do.
OPTIONAL = {"yaml": "_emulator"}


class Import(NamedTuple):
    """One import statement: where it stands, and the full name of what it imports."""

    file: str
    line: int
    layer: str
    target: str

    def __str__(self) -> str:
        return "{}:{}: {} imports {}".format(self.file, self.line, self.layer, self.target)

    @property
    def package(self) -> str:
        """The package that is imported from."""
        return self.target.split(".")[0]

    @property
    def imported_layer(self) -> str:
        """The layer of the project that is imported, or nothing."""
        if self.target.startswith(UTILS):
            return self.target[len(UTILS):].split(".")[0]
        if self.target.startswith(COLLECTION):
            return self.target[len(COLLECTION):].split(".")[0]
        return ""


def layer_and_package(file: Path) -> Tuple[str, List[str]]:
    """Returns the layer that a file belongs to, and the package that its relative imports start from."""
    parts = file.relative_to(PLUGINS).with_suffix("").parts
    layer = parts[1] if parts[0] == "module_utils" else parts[0]
    return layer, (COLLECTION + ".".join(parts[:-1])).rstrip(".").split(".")


def targets(node: ast.AST, package: List[str]) -> Iterator[str]:
    """Names what an import statement imports, in full."""
    if isinstance(node, ast.Import):
        for name in node.names:
            yield name.name
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join(base + ([node.module] if node.module else []))
        # "from .. import _scsi" names the layer only behind the word import.
        for name in node.names:
            yield source + "." + name.name if source + "." in (UTILS, COLLECTION) else source


def imports() -> List[Import]:
    """Returns every import under plugins/, those inside functions too."""
    found = []
    for file in sorted(PLUGINS.rglob("*.py")):
        layer, package = layer_and_package(file)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for target in targets(node, package):
                name = str(file.relative_to(PLUGINS.parent))
                found.append(Import(name, getattr(node, "lineno", 0), layer, target))
    return found


IMPORTS = imports()


def texts(offences: List[Import]) -> List[str]:
    return [str(offence) for offence in offences]


def test_every_folder_of_plugins_is_a_known_layer() -> None:
    assert {found.layer for found in IMPORTS} <= set(MAY_IMPORT)


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    allowed: FrozenSet[str] = MAY_IMPORT[layer] | {layer, ""}
    assert texts([found for found in IMPORTS if found.layer == layer and found.imported_layer not in allowed]) == []


def test_only_modules_know_ansible() -> None:
    offences = [
        found for found in IMPORTS
        if found.package == "ansible" and (found.target != ANSIBLE or found.layer not in MAY_IMPORT_ANSIBLE)
    ]
    assert texts(offences) == []


def test_only_the_pass_through_core_can_send_an_ioctl() -> None:
    offences = [found for found in IMPORTS if found.package in IOCTL and found.layer not in MAY_IMPORT_IOCTL]
    assert texts(offences) == []


def test_everything_else_is_the_standard_library() -> None:
    known = STANDARD_LIBRARY | {"ansible", "ansible_collections"}
    assert texts([found for found in IMPORTS
                  if found.package not in known and OPTIONAL.get(found.package) != found.layer]) == []


def test_imports_are_found() -> None:
    # Guards the tests above: a reader of imports that finds nothing would let everything pass.
    package = (UTILS + "_drives").split(".")
    statements = ast.parse(
        "import os\nfrom .. import _scsi\nfrom .._passthrough.session import Session\nfrom . import fleet\n"
    )
    assert [name for node in statements.body for name in targets(node, package)] == [
        "os", UTILS + "_scsi", UTILS + "_passthrough.session", UTILS + "_drives",
    ]


#: What a task needs only with such an address, or once a drive objects.
LATE = ("_iscsi.", "_passthrough.hpux_sctl", "_passthrough.iscsi_", "_passthrough.linux_bsg", "_passthrough.replay",
        "_scsi.sense")
EARLY = ("_passthrough.iscsi_options",)


def test_a_module_loads_no_way_to_a_drive_before_it_needs_it() -> None:
    """A managed node compiles all that a module imports, at every task."""
    lists = "import sys, collection; collection.provide(); import {0}modules.scsi_stream; print(*sys.modules)".format(
        COLLECTION)
    path = os.pathsep.join([str(PLUGINS.parent / "tests"), *(each for each in sys.path if each)])
    loaded = subprocess.run([sys.executable, "-c", lists], env=dict(os.environ, PYTHONPATH=path),
                            stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.split()
    ours = [name[len(UTILS):] for name in loaded if name.startswith(UTILS)]
    assert "_passthrough.session" in ours
    assert [name for name in ours if name.startswith(LATE) and name not in EARLY] == []
