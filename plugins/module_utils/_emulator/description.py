# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's description of a target and its drives, checked and completed with defaults.

::

    target: iqn.2026-01.org.drivecare:emulated     # the name of the target
    time_scale: 1                                  # seconds of drive time per second of real time
    drives:
      - profile: sas_hdd         # sas_hdd, sas_ssd, array_lun, spc2_disk, tape_drive, enclosure
        count: 12                # how many like this; their LUNs, serial numbers and names differ
        lun: 0                   # of the first; by default one above the highest so far
        vendor: DRVCARE          # 8, 16 and 4 characters
        product: SAS HARD DISK
        revision: "0001"
        serial: EMU00000         # of the first; by default derived from the target's name and the LUN
        wwn: 3a1b2c3d4e5f6071    # NAA designator in hex, of the first; by default derived likewise
        protocol: sas            # sas or iscsi: how its ports are named
        version: 6               # of SPC, as in INQUIRY: 4 SPC-2, 5 SPC-3, 6 SPC-4, 7 SPC-5, 13 SPC-6
        size: 16GiB              # bytes, or with B, KiB, MiB, GiB, TiB
        block_length: 512
        medium: memory           # memory (sparse) or file (in the state directory)
        power_on_hours: 20000
        removable: false
        faults: []               # see faults.py
        selftest: {...}          # and blocks, defects, mode, power, logs, reservations, ports, operation_codes,
                                 # streams, copy_manager, enclosure, physical_elements, farm: the settings of each
                                 # feature; null removes it

The settings of a feature override those of the profile, key by key.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from .._checks import boolean, items, number, one_of, with_defaults, wrong
from .._iscsi.login import is_iscsi_name
from .._iscsi.lun import MAXIMUM_LUN
from .profiles import COMMON, PROFILES

DEFAULT_TARGET = "iqn.2026-01.org.drivecare:emulated"
MEMORY, FILE = "memory", "file"
#: Settings of features; the features themselves check what is in them.
FEATURES = ("selftest", "blocks", "defects", "mode", "power", "logs", "reservations", "ports", "operation_codes",
            "streams", "copy_manager", "enclosure", "physical_elements", "farm")

_VERSIONS = (0x04, 0x05, 0x06, 0x07, 0x0D)
_BLOCK_LENGTHS = (512, 520, 528, 4096, 4104, 4160, 4224)
_UNITS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_SIZE = re.compile(r"(\d+)\s*(|B|KiB|MiB|GiB|TiB)\Z")
_WWN = re.compile(r"[235][0-9a-f]{15}|6[0-9a-f]{31}")
_MOST_DRIVES = MAXIMUM_LUN + 1
_LONGEST_SERIAL = 32
#: Keys that differ between the drives of an entry, or are not a setting of a drive.
_ONE_BY_ONE = ("profile", "count", "lun", "serial", "wwn")


@dataclass(frozen=True)
class DriveDescription:
    """One drive, checked. ``features`` has the settings of each feature, None for one that it does not have."""

    lun: int
    profile: str
    vendor: str
    product: str
    revision: str
    serial: str
    wwn: str
    protocol: str
    device_type: int
    version: int
    blocks: int
    block_length: int
    medium: str | None
    power_on_hours: float
    removable: bool
    features: Mapping[str, Mapping[str, Any] | None]
    fault_settings: Sequence[Mapping[str, Any]]

    def has(self, feature: str) -> bool:
        """Whether it has a feature."""
        return self.features.get(feature) is not None

    def settings(self, feature: str) -> Mapping[str, Any] | None:
        """The settings of a feature."""
        return self.features.get(feature)


@dataclass(frozen=True)
class Description:
    """A target with its drives, by LUN."""

    target: str
    time_scale: float
    drives: tuple[DriveDescription, ...]


def parse(given: Any) -> Description:
    """Parses a description. Raises ValueError, which names the entry and what was expected."""
    values = with_defaults(given, "description", {"target": DEFAULT_TARGET, "time_scale": 1, "drives": []})
    target = values["target"]
    if not isinstance(target, str) or not is_iscsi_name(target):
        raise wrong(target, "target", f"an iSCSI name, such as {DEFAULT_TARGET}")
    drives: dict[int, DriveDescription] = {}
    for place, entry in enumerate(items(values["drives"], "drives")):
        where = f"drives[{place}]"
        for drive in _drives(entry, where, target, len(drives) and max(drives) + 1):
            if drive.lun in drives:
                raise ValueError(f"{where}.lun: {drive.lun} is taken by an earlier entry")
            drives[drive.lun] = drive
    for name, times in Counter(drive.wwn for drive in drives.values()).items():
        if times > 1:
            raise ValueError(f"drives: {times} drives have the wwn {name}")
    return Description(target, float(number(values["time_scale"], "time_scale", 1e-6, 1e9)),
                       tuple(drives[lun] for lun in sorted(drives)))


def _drives(given: Any, where: str, target: str, next_lun: int) -> list[DriveDescription]:
    if not isinstance(given, Mapping):
        raise wrong(given, where, "a dictionary")
    profile = one_of(given.get("profile", "sas_hdd"), where + ".profile", tuple(PROFILES))
    with_defaults(given, where, dict(COMMON, **dict.fromkeys(_ONE_BY_ONE)))
    own = {name: value for name, value in given.items() if name not in _ONE_BY_ONE}
    values = dict(COMMON, **own)
    for name, value in PROFILES[profile].items():
        if name not in own:
            values[name] = value
    for name in FEATURES:
        values[name] = _merged(PROFILES[profile].get(name, COMMON[name]), own, name, where)
    first = number(given.get("lun", next_lun), where + ".lun", 0, MAXIMUM_LUN, whole=True)
    count = number(given.get("count", 1), where + ".count", 1, _MOST_DRIVES - first, whole=True)
    return [_drive(values, given, where, target, profile, first, place) for place in range(count)]


def _merged(profile: Any, own: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any] | None:
    if name not in own:
        return profile if isinstance(profile, Mapping) else None
    given = own[name]
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise wrong(given, f"{where}.{name}", "a dictionary or null")
    return dict(profile or {}, **given)


def _drive(values: Mapping[str, Any], given: Mapping[str, Any], where: str, target: str, profile: str, first: int,
           place: int) -> DriveDescription:
    lun = first + place
    made = hashlib.sha256(f"{target}/{lun}".encode()).hexdigest()
    medium = values["medium"]
    if medium is not None:
        one_of(medium, where + ".medium", (MEMORY, FILE))
    if (medium is None) is not (values["blocks"] is None):
        raise ValueError(f"{where}: medium and blocks must both be null or both be set")
    block_length = number(values["block_length"], where + ".block_length", 1, 1 << 20, whole=True)
    if block_length not in _BLOCK_LENGTHS:
        raise wrong(block_length, where + ".block_length", f"one of {', '.join(map(str, _BLOCK_LENGTHS))}")
    return DriveDescription(
        lun, profile, _text(values["vendor"], 8, where + ".vendor"), _text(values["product"], 16, where + ".product"),
        _text(values["revision"], 4, where + ".revision"),
        _counted(given.get("serial"), place, where) or "EMU" + made[:13].upper(),
        _wwn(given.get("wwn"), place, where, made),
        one_of(values["protocol"], where + ".protocol", ("sas", "iscsi")),
        number(values["device_type"], where + ".device_type", 0, 0x1F, whole=True),
        _version(values["version"], where), _size(values["size"], where) // block_length, block_length, medium,
        float(number(values["power_on_hours"], where + ".power_on_hours", 0, 1e7)),
        boolean(values["removable"], where + ".removable"), {name: values[name] for name in FEATURES},
        tuple(items(values["faults"], where + ".faults")))


def _text(given: Any, longest: int, where: str) -> str:
    text = str(given)
    if len(text) > longest or not text.isascii() or not text.isprintable():
        raise wrong(given, where, f"at most {longest} printable ASCII characters")
    return text


def _counted(given: Any, place: int, where: str) -> str | None:
    """The serial number; that of the first drive plus ``place``."""
    if given is None:
        return None
    text = _text(given, _LONGEST_SERIAL, where + ".serial")
    if not place:
        return text
    digits = re.search(r"\d*\Z", text)
    tail = digits.group() if digits else ""
    return text[:len(text) - len(tail)] + str(int(tail or "0") + place).zfill(len(tail))


def _wwn(given: Any, place: int, where: str, made: str) -> str:
    if given is None:
        # Locally assigned: no vendor's number is used.
        return "3" + made[-15:]
    text = str(given).lower()
    for prefix in ("naa.", "0x"):
        text = text[len(prefix):] if text.startswith(prefix) else text
    if not _WWN.fullmatch(text):
        raise wrong(given, where + ".wwn", "an NAA designator in hex and in quotation marks (16 digits that begin with "
                                           "2, 3 or 5, or 32 that begin with 6)")
    # The ports' names count up from the drive's own, so leave room for them between drives.
    return f"{int(text, 16) + 4 * place:0{len(text)}x}"


def _version(given: Any, where: str) -> int:
    if given not in _VERSIONS or isinstance(given, bool):
        raise wrong(given, where + ".version", f"one of {', '.join(map(str, _VERSIONS))}")
    return int(given)


def _size(given: Any, where: str) -> int:
    found = _SIZE.match(str(given)) if isinstance(given, (int, str)) and not isinstance(given, bool) else None
    if found is None or not int(found.group(1)):
        raise wrong(given, where + ".size", f"bytes, or a number with {', '.join(name for name in _UNITS if name)}")
    return int(found.group(1)) * _UNITS[found.group(2)]
