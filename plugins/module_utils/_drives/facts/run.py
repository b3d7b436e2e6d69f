# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers the facts of drives by subset: identity, capacity, limits, health and more."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence

from ..._passthrough.errors import as_drive_error
from ..._passthrough.session import Session
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..entry import Entry
from ..run import Options, run_on_drives

#: The version of the facts' format, raised when a fact is renamed or removed, or changes its meaning.
FACTS_VERSION = 1

READINESS, IDENTITY, CAPACITY, LIMITS, HEALTH, SELFTEST, XCOPY, STREAMS = SUBSETS = (
    "readiness", "identity", "capacity", "limits", "health", "selftest", "xcopy", "streams")
#: Copy managers need write access to the node, and few drives have streams.
DEFAULT = (READINESS, IDENTITY, CAPACITY, LIMITS, HEALTH, SELFTEST)
ALL = "all"

Gatherer = Callable[[CarefulSession], Any]


class Wanted(NamedTuple):
    """Which facts a task asks for."""

    subsets: frozenset[str]
    #: Where it is recorded how the logs of old drives looked; ``None`` for nowhere.
    state_dir: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for an unknown subset, or if none is left."""
        return cls(chosen(options["gather_subset"]), options.get("state_dir"))


def chosen(names: Sequence[str]) -> frozenset[str]:
    """The subsets that a list selects: those it names, less those it names after an exclamation mark.

    If it names none to gather, the default subsets are meant, unless it has "!all". Raises ValueError.
    """
    excluded = {name[1:] for name in names if name.startswith("!")}
    included = {name for name in names if not name.startswith("!")}
    for name in sorted(excluded | included):
        if name != ALL and name not in SUBSETS:
            raise ValueError(f"gather_subset: there is no subset {name!r}; give any of {', '.join((ALL, *SUBSETS))}, "
                             "or ! and one of them")
    if ALL in included:
        included = set(SUBSETS)
    elif not included and ALL not in excluded:
        included = set(DEFAULT)
    found = frozenset(included - excluded)
    if not found:
        raise ValueError(f"gather_subset leaves nothing to gather; name at least one of {', '.join(SUBSETS)}")
    return found


def gather_facts(devices: Sequence[str], options: Options, wanted: Wanted) -> list[Entry]:
    """One entry per drive, with a key for each subset as the module documents it; ``None`` for those not gathered."""
    gatherers = load_gatherers(wanted.subsets)
    bound = _load_bounds(wanted.state_dir, not options.check_mode) if SELFTEST in wanted.subsets else None
    entries = run_on_drives(devices, options, _blank, lambda session, entry: _gather(session, entry, gatherers, bound))
    if IDENTITY in wanted.subsets:
        _identify([entry for entry in entries if entry.failed and entry.values[IDENTITY] is None])
    return entries


def _identify(silent: Sequence[Entry]) -> None:
    """Gives drives that did not answer the names by which the kernel knows them."""
    if not silent:
        return
    known_identity, paths = _load_known_identity()
    for entry in silent:
        try:
            identity = entry.values[IDENTITY] = known_identity(entry.device, paths)
        except Exception as error:
            entry.warnings.append(str(as_drive_error(error)))
            continue
        if identity is not None and entry.wwn is None:
            entry.wwn = identity["wwn"]


def _load_known_identity() -> tuple[Callable[[str, Any], Any], Any]:
    from ..._inventory.linux_paths import Paths
    from .identity import known_identity
    return known_identity, Paths()


def _blank() -> dict[str, Any]:
    return dict(dict.fromkeys(SUBSETS), facts_version=FACTS_VERSION, gathered=[], failures=[])


def _load_bounds(state_dir: str | None, write: bool) -> Callable[[Entry], None]:
    """Adds what is known of when the results of an old drive were logged."""
    from ..selftest.history import History, recorded_name
    history = History(state_dir, write)

    def add(entry: Entry) -> None:
        facts = entry.values[SELFTEST]
        if facts is None or not facts["log_supported"]:
            return
        name = recorded_name(entry.device, entry.wwn)
        if history.applies(name, facts["power_on_hours"]):
            newest = facts["results"].index(facts["newest"]) if facts["newest"] is not None else None
            facts["results"] = history.bound(
                name, facts["results"], facts["power_on_hours"], facts["running"], entry.warnings)
            facts["newest"] = None if newest is None else facts["results"][newest]

    return add


def _gather(session: Session, entry: Entry, gatherers: Mapping[str, Gatherer],
            bound: Callable[[Entry], None] | None) -> None:
    careful = CarefulSession(session)
    entry.values["failures"] = session.failures
    done = set()
    for subset, gather in gatherers.items():
        entry.values[subset] = _ask(subset, gather, careful)
        done.add(subset)
        entry.values["gathered"] = [each for each in SUBSETS if each in done]
    if bound is not None:
        bound(entry)
    _drop_addresses_past_the_end(entry.values, session.warnings)


def _drop_addresses_past_the_end(values: Mapping[str, Any], warnings: list[str]) -> None:
    """Replaces what cannot be the address of a block of this drive by ``None``, if its capacity is known."""
    blocks = (values[CAPACITY] or {}).get("blocks")
    health, tests = values[HEALTH] or {}, values[SELFTEST] or {}
    if blocks is None:
        return
    for title, name, records in (
            ("the background scan", "logical_block_address", (health.get("background_scan") or {}).get("findings")),
            ("the pending defects", "logical_block_address", (health.get("pending_defects") or {}).get("defects")),
            ("the self tests", "address_of_first_failure", tests.get("results"))):
        strange = [record for record in records or () if (record[name] or 0) >= blocks]
        if strange:
            warnings.append(f"{title}: {len(strange)} addresses, such as {strange[0][name]:X}h, are past the last "
                            f"block, {blocks - 1:X}h")
        for record in strange:
            record[name] = None


def _ask(subset: str, gather: Gatherer, session: CarefulSession) -> Any:
    return answer_or_none(session, subset, lambda: gather(session))


def load_gatherers(subsets: frozenset[str]) -> dict[str, Gatherer]:
    """The gatherers of these subsets, in the order of the requests.

    Only those of wanted subsets are loaded, before there are workers: for every task, a managed node compiles what the
    task imports, and most of that is decoders of pages that only one subset needs.
    """
    return {subset: load() for subset, load in _LOADERS.items() if subset in subsets}


def _load_readiness() -> Gatherer:
    from .readiness import gather_readiness
    return gather_readiness


def _load_identity() -> Gatherer:
    from ..._inventory.linux_paths import Paths
    from .identity import gather_identity
    paths = Paths()
    return lambda session: gather_identity(session, paths)


def _load_capacity() -> Gatherer:
    from .capacity import gather_capacity
    return gather_capacity


def _load_limits() -> Gatherer:
    from .limits import gather_limits
    return gather_limits


def _load_health() -> Gatherer:
    from .health import gather_health
    return gather_health


def _load_selftest() -> Gatherer:
    from .selftest import gather_selftest
    return gather_selftest


def _load_copy_manager() -> Gatherer:
    from .xcopy import gather_copy_manager
    return gather_copy_manager


def _load_streams() -> Gatherer:
    from .streams import gather_streams
    return gather_streams


#: In the order of the requests. The name goes first: a drive that then falls silent is the one that has to be found.
_LOADERS: dict[str, Callable[[], Gatherer]] = {
    IDENTITY: _load_identity,
    READINESS: _load_readiness,
    CAPACITY: _load_capacity,
    LIMITS: _load_limits,
    HEALTH: _load_health,
    SELFTEST: _load_selftest,
    XCOPY: _load_copy_manager,
    STREAMS: _load_streams,
}
