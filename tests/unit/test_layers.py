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
from typing import Iterable, Iterator, NamedTuple

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
COLLECTION = "ansible_collections.drivecare.scsi.plugins."
UTILS = COLLECTION + "module_utils."

#: What each layer may import of the project besides itself. A layer is a folder or a file of module_utils, or another
#: folder of plugins, by its dotted name; a name stands for all below it that has no entry of its own. The order is that
#: of the floors, from the ground up.
MAY_IMPORT: dict[str, frozenset[str]] = {layer: frozenset(below.split()) for layer, below in {
    # The wire, and the judgements that all share.
    "_scsi": "",
    "_selftests": "_scsi.log_selftest_results",
    "_durations": "",
    "_checks": "",
    "_iscsi": "_scsi",
    # Commands, replies and sense; no page.
    "_passthrough": "_scsi.operation_codes _scsi.reading_commands _scsi.sense _scsi.sense_keys",
    "_passthrough.linux": "_passthrough",
    "_passthrough.iscsi": "_passthrough _iscsi",
    "_passthrough.transports": "_passthrough _passthrough.linux _passthrough.iscsi",
    # Finds and names drives.
    "_inventory": "_scsi _passthrough _passthrough.linux _passthrough.iscsi _passthrough.transports",
    # What an administrator wants of a drive.
    "_drives": "_scsi _selftests _durations _checks _passthrough _passthrough.transports _inventory",
    "_drives.selftest": "_scsi _selftests _durations _checks _passthrough _inventory _drives",
    "_drives.facts": "_scsi _selftests _passthrough _inventory _drives _drives.selftest",
    "_schedule": "_scsi _selftests _durations _checks _passthrough _passthrough.linux _inventory _drives "
                 "_drives.selftest",
    # The emulated target: what its parts share, its parts, and what puts them together.
    "_emulator": "_scsi _iscsi _checks",
    "_emulator.faults": "_scsi _iscsi _checks _emulator",
    "_emulator.features": "_scsi _checks _emulator",
    "_emulator.blocks": "_scsi _checks _emulator _emulator.features",
    "_emulator.copy": "_scsi _checks _emulator _emulator.blocks",
    "_emulator.iscsi": "_scsi _iscsi _emulator",
    "_emulator.unit": "_scsi _emulator _emulator.faults",
    "_emulator.shelf": "_scsi _checks _emulator _emulator.unit _emulator.features",
    "_emulator.build": "_scsi _checks _emulator _emulator.unit _emulator.faults _emulator.features _emulator.blocks "
                       "_emulator.copy",
    "_emulator.service": "_scsi _iscsi _emulator _emulator.shelf _emulator.features _emulator.unit _emulator.build "
                         "_emulator.blocks _emulator.copy _emulator.iscsi",
    "_emulator.daemon": "_emulator _emulator.service _emulator.iscsi",
    "_emulator.management": "_checks _emulator _emulator.service _emulator.daemon",
    # Made of documents, on a machine that may have no drive.
    "_report": "_scsi.physical_elements _selftests _durations _checks",
    "_report.forms": "_report",
    "_report.run": "_report _report.forms",
    "_module": "_passthrough _drives",
    "modules": "_module _drives _drives.facts _drives.selftest _schedule _emulator _emulator.service _emulator.daemon "
               "_emulator.management _report _report.run",
    # What only the controller runs.
    "plugin_utils._metrics": "_scsi.physical_elements _selftests",
    "filter": "plugin_utils._metrics",
    "doc_fragments": "",
}.items()}
#: The one thing of Ansible that code on the managed node may use, and the layers that may.
ANSIBLE = "ansible.module_utils.basic"
MAY_IMPORT_ANSIBLE = frozenset({"_module", "modules"})
#: Only the pass-through core touches a device.
IOCTL = frozenset({"fcntl", "ctypes"})
MAY_IMPORT_IOCTL = ("_passthrough",)

#: What the collection may use of the standard library: there from Python 3.8 to 3.14, on Linux and on HP-UX.
STANDARD_LIBRARY = frozenset(
    "__future__ abc argparse array base64 binascii bisect collections contextlib copy ctypes dataclasses datetime "
    "difflib enum errno fcntl fnmatch functools gc glob grp hashlib heapq hmac io itertools json logging math operator "
    "os platform pwd queue random re secrets select selectors shutil signal socket stat string struct subprocess sys "
    "tempfile textwrap threading time traceback types typing uuid zlib".split()
)

#: What is used where it happens to be there, and the layers that do.
OPTIONAL = {"yaml": "_emulator"}


class Import(NamedTuple):
    """One import statement: where it stands, and the full name of what it imports."""

    file: str
    line: int
    module: str
    target: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.layer} imports {self.target}"

    @property
    def layer(self) -> str:
        """The layer that imports."""
        return layer_of(self.module)

    @property
    def package(self) -> str:
        """The package that is imported from."""
        return self.target.split(".")[0]

    @property
    def imported(self) -> str:
        """The module of the project that is imported, as `MAY_IMPORT` names it; or nothing."""
        return short_name(self.target) if self.target.startswith(COLLECTION) else ""


def short_name(full_name: str) -> str:
    """The name of a module below plugins/, without module_utils, which most have in common."""
    name = full_name[len(COLLECTION):]
    return name[len("module_utils."):] if name.startswith("module_utils.") else name


def layer_of(module: str) -> str:
    """The layer that a module belongs to: the longest name of `MAY_IMPORT` that it begins with; else its folder."""
    parts = module.split(".")
    names = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((name for name in names if name in MAY_IMPORT), parts[0])


def module_and_package(file: Path) -> tuple[str, list[str]]:
    """Returns the full name of a file's module, and the package that its relative imports start from."""
    parts = list(file.relative_to(PLUGINS).with_suffix("").parts)
    package = (COLLECTION + ".".join(parts[:-1])).rstrip(".").split(".")
    return COLLECTION + ".".join(parts[:-1] if parts[-1] == "__init__" else parts), package


MODULES = {module_and_package(file)[0]: file for file in sorted(PLUGINS.rglob("*.py"))}


def targets(node: ast.AST, package: list[str]) -> Iterator[str]:
    """Names what an import statement imports, in full."""
    if isinstance(node, ast.Import):
        for name in node.names:
            yield name.name
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join(base + ([node.module] if node.module else []))
        # "from . import state" names the module only behind the word import.
        for name in node.names:
            yield source + "." + name.name if source + "." + name.name in MODULES else source


def imports() -> list[Import]:
    """Returns every import under plugins/, those inside functions and for types alone too."""
    found = []
    for full_name, file in MODULES.items():
        package = module_and_package(file)[1]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for target in targets(node, package):
                name = str(file.relative_to(PLUGINS.parent))
                found.append(Import(name, getattr(node, "lineno", 0), short_name(full_name), target))
    return found


IMPORTS = imports()


def texts(offences: list[Import]) -> list[str]:
    return [str(offence) for offence in offences]


def below(name: str, allowed: Iterable[str]) -> bool:
    """Whether a name is one of those, or stands below one of them in a folder that is no layer of its own."""
    return any(name == each or name.startswith(each + ".") and layer_of(name) in (each, layer_of(each))
               for each in allowed)


def test_every_folder_of_plugins_is_a_known_layer() -> None:
    assert {found.layer for found in IMPORTS} <= set(MAY_IMPORT)
    folders = {short_name(name).rpartition(".")[0] for name, file in MODULES.items() if file.stem != "__init__"}
    assert {folder for folder in folders if folder and not folder.startswith("module_utils")} <= set(MAY_IMPORT)


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    allowed = MAY_IMPORT[layer] | {layer}
    assert texts([found for found in IMPORTS
                  if found.layer == layer and found.imported and not below(found.imported, allowed)]) == []


def test_a_layer_lies_above_all_that_it_imports() -> None:
    floors = list(MAY_IMPORT)
    assert [(layer, name) for layer, names in MAY_IMPORT.items() for name in names
            if floors.index(layer_of(name)) > floors.index(layer)] == []


def circles() -> list[list[str]]:
    """The groups of modules that can reach each other by imports (Tarjan's strongly connected components)."""
    arrows: dict[str, set[str]] = {short_name(name): set() for name in MODULES}
    for found in IMPORTS:
        if found.imported in arrows and found.imported != found.module:
            arrows[found.module].add(found.imported)
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    groups: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for other in sorted(arrows[module]):
            if other not in order:
                visit(other)
            if other in path:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            group = path[path.index(module):]
            del path[path.index(module):]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in arrows:
        if module not in order:
            visit(module)
    return groups


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Types included: what knows another only by its type still cannot be read without it."""
    assert circles() == []


def test_only_modules_know_ansible() -> None:
    offences = [
        found for found in IMPORTS
        if found.package == "ansible" and (found.target != ANSIBLE or found.layer not in MAY_IMPORT_ANSIBLE)
    ]
    assert texts(offences) == []


def test_only_the_pass_through_core_can_send_an_ioctl() -> None:
    offences = [found for found in IMPORTS if found.package in IOCTL and not found.layer.startswith(MAY_IMPORT_IOCTL)]
    assert texts(offences) == []


def test_everything_else_is_the_standard_library() -> None:
    known = STANDARD_LIBRARY | {"ansible", "ansible_collections"}
    assert texts([found for found in IMPORTS
                  if found.package not in known and OPTIONAL.get(found.package) != found.layer.split(".")[0]]) == []


def makers_of_commands() -> list[str]:
    """The modules that construct a `Command` themselves."""
    found = []
    for full_name, file in MODULES.items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
                owner = getattr(called.value, "id", None) if isinstance(called, ast.Attribute) else None
                if name == "Command" or owner == "Command":
                    found.append(short_name(full_name))
    return found


def test_a_command_is_only_made_where_the_table_says_what_it_changes() -> None:
    assert makers_of_commands() == ["_passthrough.make_command"]


def test_imports_are_found() -> None:
    # Guards the tests above: a reader of imports that finds nothing would let everything pass.
    package = (UTILS + "_drives").split(".")
    statements = ast.parse(
        "import os\nfrom .. import _scsi\nfrom .._passthrough.session import Session\nfrom . import workers\n"
    )
    assert [name for node in statements.body for name in targets(node, package)] == [
        "os", UTILS + "_scsi", UTILS + "_passthrough.session", UTILS + "_drives.workers",
    ]


#: What a task needs only with such an address, or once a drive objects.
LATE = ("_iscsi.", "_passthrough.hpux_sctl", "_passthrough.iscsi.", "_passthrough.linux.bsg", "_passthrough.replay",
        "_scsi.sense")
EARLY = ("_scsi.sense_keys",)


#: What belongs to one subset of the facts, and to no other of these tests.
SUBSETS = ("_scsi.log_health", "_scsi.log_background_scan", "_scsi.log_selftest_results", "_scsi.mode_control",
           "_scsi.receive_copy_", "_scsi.third_party_copy_descriptors", "_scsi.streams", "_scsi.vpd_block_limits",
           "_drives.selftest.", "_drives.copy_results", "_drives.stream_status", "_drives.power_condition",
           "_selftests")


def printed_by(code: str) -> list[str]:
    """The words that some code prints, in a Python of its own that knows the collection."""
    path = os.pathsep.join([str(PLUGINS.parent / "tests"), *(each for each in sys.path if each)])
    return subprocess.run([sys.executable, "-c", f"import sys, collection; collection.provide()\n{code}"],
                          env=dict(os.environ, PYTHONPATH=path), stdout=subprocess.PIPE, universal_newlines=True,
                          check=True).stdout.split()


def loaded_by(code: str) -> list[str]:
    """The modules of module_utils that some code loads, in their order."""
    return [name[len(UTILS):] for name in printed_by(f"{code}\nprint(*sys.modules)") if name.startswith(UTILS)]


def test_a_module_loads_no_way_to_a_drive_before_it_needs_it() -> None:
    """A managed node compiles all that a module imports, at every task."""
    ours = loaded_by(f"import {COLLECTION}modules.scsi_stream")
    assert "_passthrough.session" in ours
    assert [name for name in ours if name.startswith(LATE) and name not in EARLY] == []
    assert [name for name in ours if name.startswith(("_inventory.linux", "_passthrough.linux"))] == []


def gathered(subset: str) -> list[str]:
    """What is loaded to ask a drive for a subset of the facts, but for the way to it."""
    return loaded_by(f"import {COLLECTION}modules.scsi_drive_facts\n"
                     f"from {UTILS}_drives.facts.run import load_gatherers\n"
                     f"load_gatherers(frozenset([{subset!r}]))")


def test_facts_load_what_their_subset_asks_for() -> None:
    ours = gathered("identity")
    assert "_drives.facts.identity" in ours
    assert [name for name in ours if name.startswith(SUBSETS)] == []
    assert [name for name in ours if name.startswith("_drives.facts.")] == [
        "_drives.facts.run", "_drives.facts.pages", "_drives.facts.identity"]


@pytest.mark.parametrize(("subset", "module"), [
    ("health", "_scsi.log_health"), ("selftest", "_scsi.log_selftest_results"), ("limits", "_scsi.vpd_block_limits"),
    ("xcopy", "_scsi.third_party_copy_descriptors"), ("streams", "_scsi.streams")])
def test_a_subset_is_loaded_where_it_is_wanted(subset: str, module: str) -> None:
    # Guards the test above: a name that no module has any more would let everything pass.
    assert module in gathered(subset)


def late_imports() -> set[str]:
    """The functions that import something when they are called, by their full names."""
    found = set()

    def visit(node: ast.AST, where: list[str], inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.Import, ast.ImportFrom)) and inside:
                found.add(".".join(where))
            named = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            visit(child, [*where, child.name] if named else where,  # type: ignore[attr-defined]
                  inside or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))

    for full_name, file in MODULES.items():
        visit(ast.parse(file.read_text(encoding="utf-8")), [short_name(full_name)], False)
    return found


#: The functions that import what a task may need, which only the main thread calls before there is another, or which
#: then find it loaded.
LOADERS = {
    # For the forms of address of this task.
    "_passthrough.transports._load_node", "_passthrough.transports._load_iscsi", "_passthrough.transports._load_replay",
    "_passthrough.transports._load_recorder", "_inventory.resolve._load_attached", "_inventory.resolve._load_portals",
    # For its subsets of the facts.
    *(f"_drives.facts.run._load_{subset}" for subset in (
        "readiness", "identity", "capacity", "limits", "health", "selftest", "copy_manager", "streams",
        "known_identity", "bounds")),
    "_drives.run._load_claims",
    # Where a test or a diagnostic makes the drive unavailable.
    "_drives.uses.load_uses",
    # Where there are several drives; the only worker of one drive loads it if that reports an error.
    "_passthrough.session.load_sense", "_scsi.log_selftest_results._load_additional_sense",
    # For options and descriptions, which are read in the main thread.
    "_checks._load_close_matches", "_emulator.management._load_yaml",
}


def test_no_function_imports_anything_but_the_loaders() -> None:
    """With Python 3.8 and 3.9, two threads that import from an archive at once can fail (cpython #83065)."""
    assert late_imports() == LOADERS


THREADS = """
import threading
from pathlib import Path
class Watch:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            late.append(name)
late = []
sys.meta_path.insert(0, Watch())
from {utils}_drives.facts.run import SUBSETS, Wanted, gather_facts
from {utils}_drives.run import Options
entries = gather_facts(["replay:" + str(file) for file in sorted(Path({captures!r}).glob("*.json"))], Options(),
                       Wanted(frozenset(SUBSETS)))
assert len(entries) > 1 and all(entry.values["gathered"] or entry.status == "skipped" for entry in entries), entries
print("imported:", *late)
"""


def test_nothing_is_imported_in_a_thread_where_there_are_several() -> None:
    """Two threads that import at once can fail, with Python up to 3.9 and a module that comes in an archive."""
    captures = PLUGINS.parent / "playbooks" / "files" / "captures"
    assert printed_by(THREADS.format(utils=UTILS, captures=str(captures))) == ["imported:"]
