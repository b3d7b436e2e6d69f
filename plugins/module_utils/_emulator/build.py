# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds a logical unit from its description: its features, and what they need from each other."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from .blocks.defects import Defects
from .blocks.feature import Blocks
from .blocks.medium import Medium
from .contract import Nexus, Timers
from .copy.manager import CopyManager
from .copy.rod_tokens import UnitRegistry
from .copy.unit import CopyUnit
from .description import DriveDescription
from .faults.faults import Faults
from .feature import Clock, Feature
from .features.diagnostics import DiagnosticPages, Diagnostics, EchoPage, SasPhyTests
from .features.enclosure import Enclosure
from .features.farm import FarmLog
from .features.identity import Abilities, Inquiry, InquiryNames, ReportLuns
from .features.log_pages import LogPages
from .features.logs import Logs
from .features.mode import Mode
from .features.operation_codes import OperationCodes
from .features.physical_elements import PhysicalElements
from .features.power import Power
from .features.reservations import Reservations
from .features.selftest import SelfTests
from .features.streams import Streams
from .features.target_ports import TargetPorts
from .unit import LogicalUnit
from .usage import Usage

_SECONDS_PER_HOUR = 3600.0
_SAS = "sas"
_SPC_2 = 0x04


class Surroundings:
    """What a unit shares with its server. ``state`` is what `LogicalUnit.save` returned before, ``write`` stores it."""

    def __init__(self, target_name: str, timers: Timers, registry: UnitRegistry, time_scale: float = 1.0,
                 numbers: Callable[[], Sequence[int]] = tuple,
                 abort_tasks: Callable[[Nexus], None] = lambda nexus: None,
                 state: Mapping[str, Any] | None = None,
                 write: Callable[[dict[str, Any]], None] = lambda state: None,
                 enclosed: Callable[[], Sequence[Any]] = tuple) -> None:
        self.target_name = target_name
        self.timers = timers
        self.registry = registry
        self.time_scale = time_scale
        self.numbers = numbers
        self.abort_tasks = abort_tasks
        self.state = state
        self.write = write
        #: The drives in the slots of an enclosure, as `Enclosure` takes them.
        self.enclosed = enclosed


class Builder:
    """Builds one unit. Raises ValueError, which names the setting that is wrong."""

    def __init__(self, drive: DriveDescription, around: Surroundings, medium: Medium | None) -> None:
        self._drive = drive
        self._around = around
        self._medium = medium
        state = around.state or {}
        self._clock = Clock(around.timers, around.time_scale,
                            state.get("clock", drive.power_on_hours * _SECONDS_PER_HOUR))
        self._usage = Usage()
        self._features: list[Feature] = []
        self._blocks: Blocks | None = None
        self._defects: Defects | None = None
        self._unit: LogicalUnit | None = None

    def build(self) -> LogicalUnit:
        """Returns the unit, with its saved state restored."""
        drive, clock = self._drive, self._clock
        selftests = SelfTests(clock, drive.settings("selftest"))
        ports = TargetPorts(clock, drive.settings("ports"))
        streams = Streams(clock, drive.settings("streams")) if drive.has("streams") else None
        mode = self._mode(selftests, streams)
        power = Power(clock, self._usage, drive.settings("power"), page=mode.power_condition,
                      removable=drive.removable)
        # In the order in which they may refuse a command.
        self._add(Reservations(clock, drive.settings("reservations"), self._around.abort_tasks), ports, power,
                  selftests, mode, streams)
        if self._medium is not None:
            self._add_blocks(self._medium, mode, streams)
        self._add_logs(mode)
        self._add_diagnostics(selftests)
        if drive.has("operation_codes"):
            self._add(OperationCodes(clock, lambda: self._whole.commands.handlers, drive.settings("operation_codes"),
                                     selftests.extended_completion_seconds))
        self._add(self._identity(selftests, ports), ReportLuns(self._around.numbers))
        faults = Faults(drive.fault_settings)
        self._unit = LogicalUnit(clock, self._features, faults, self._usage, self._around.write)
        self._unit.set_descriptor_sense(mode.descriptor_sense)
        if self._around.state is not None:
            self._unit.load(self._around.state)
        return self._unit

    @property
    def _whole(self) -> LogicalUnit:
        if self._unit is None:
            raise ValueError("the unit is not complete yet")
        return self._unit

    # The unit does not exist yet when the features that ask for its pages are made.

    def _mode_pages(self) -> Mapping[tuple[int, int], Callable[[], bytes]]:
        return self._whole.mode_pages()

    def _vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return self._whole.vpd_pages()

    def _log_pages(self) -> Mapping[tuple[int, int], Callable[[], bytes]]:
        return self._whole.log_pages()

    def _add(self, *features: Feature | None) -> None:
        self._features.extend(feature for feature in features if feature is not None)

    def _mode(self, selftests: SelfTests, streams: Streams | None) -> Mode:
        medium = self._medium
        return Mode(
            self._clock, self._drive.settings("mode"),
            capacity=None if medium is None else lambda: (medium.blocks, medium.block_length),
            protocol=self._drive.protocol, extended_seconds=selftests.extended_completion_seconds,
            pages=self._mode_pages,
            permanent_streams=None if streams is None else lambda: streams.permanent_identifiers)

    def _add_blocks(self, medium: Medium, mode: Mode, streams: Streams | None) -> None:
        drive = self._drive
        blocks = Blocks(medium, self._usage, drive.settings("blocks"), mode.write_cache, mode.write_protected, streams,
                        dpofua=mode.dpofua)
        self._defects = Defects(drive.settings("defects"), blocks.reassigned)
        self._add(blocks, self._defects)
        self._blocks = blocks
        source = CopyUnit(bytes.fromhex(drive.wwn), drive.device_type, blocks.access, lambda: self._whole.features)
        self._around.registry.put(source)
        if drive.has("physical_elements"):
            self._add(PhysicalElements(medium.blocks, drive.settings("physical_elements")))
        if drive.has("copy_manager"):
            self._add(CopyManager(self._clock, drive.settings("copy_manager"), self._around.registry, source))

    def _add_logs(self, mode: Mode) -> None:
        drive, blocks = self._drive, self._blocks
        if not drive.has("logs"):
            return
        pages = LogPages(
            self._clock, self._usage, drive.settings("logs"), sas_address=drive.wwn if drive.protocol == _SAS else None,
            predicted=lambda: mode.predicted_failure,
            unrecovered=(lambda: 0) if blocks is None else lambda: blocks.unrecovered_reads,
            unreadable=tuple if blocks is None else blocks.unreadable,
            grown=lambda: 0 if self._defects is None else len(self._defects.grown()), block_length=drive.block_length)
        if drive.has("farm"):
            self._add(FarmLog(self._clock, drive.settings("farm")))
        self._add(pages, Logs(self._log_pages, pages.log_resets, drive.version > _SPC_2))

    def _add_diagnostics(self, selftests: SelfTests) -> None:
        pages: list[DiagnosticPages] = [EchoPage()]
        if self._drive.protocol == _SAS:
            pages.append(SasPhyTests())
        if self._drive.has("enclosure"):
            pages.append(Enclosure(self._clock, self._drive.settings("enclosure"), self._around.enclosed))
        self._add(*pages)
        self._add(Diagnostics(selftests, pages))

    def _identity(self, selftests: SelfTests, ports: TargetPorts) -> Inquiry:
        drive = self._drive
        return Inquiry(
            InquiryNames(drive.vendor, drive.product, drive.revision, drive.serial, drive.wwn, self._around.target_name,
                         drive.protocol),
            Abilities(
                drive.device_type, drive.version, drive.removable, ports.tpgs, drive.has("copy_manager"),
                drive.has("enclosure"), lambda: selftests.extended_completion_minutes),
            self._vpd_pages)


def build_unit(drive: DriveDescription, around: Surroundings, medium: Medium | None) -> LogicalUnit:
    """Builds the described unit; ``medium`` is None for one that stores nothing, such as an enclosure."""
    return Builder(drive, around, medium).build()
