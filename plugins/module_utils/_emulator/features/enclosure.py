# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enclosure services (SES-4): slots with drives, power supplies, fans, temperatures, and the indicators of all these.

Settings, with their defaults::

    logical_identifier: "5000000000000000"   # an NAA name, sixteen hex digits; also the address of the expander
    vendor: DRVCARE
    product: EMULATED SHELF
    revision: "0001"
    slots: 12                   # how many; or a list with settings for each: {sas_address: "5000c50012345678"}
    power_supplies: 2           # likewise, as for all that follow: [{}, {ac_fail: true}]
    cooling: 2
    temperature_sensors: 1      # [{temperature_celsius: 55, thresholds: {high_warning_threshold: 50}}]
    electronics: 1
    enclosure: {}               # there is exactly one
    eiioe: 1                    # whether the element index of page 0Ah counts overall elements: 1, or 0 as in SES-2

The settings of an element are all optional: ``descriptor``, its name; ``status``, the name of its status code if it is
not to follow from the rest (``noncritical``, ``not installed``, ``unknown`` ...); and the fields of its status element
in `ses_elements`, such as ``fault_sensed: true`` or ``actual_fan_speed_rpm: 0``. A temperature sensor also has
``thresholds``, in degrees Celsius, which determine its warnings and failures.

A slot with a ``sas_address`` holds that drive; the target's other SAS drives are in the remaining slots, in their
order. A drive's address is the name of its port in VPD page 83h. What application clients request (IDENT, FAULT, DEVICE
OFF, a fan's speed, thresholds) is reported, but has no other effect, and survives a restart. The generation code
increases when the settings have changed the configuration.
"""

from __future__ import annotations

import hashlib
from typing import Any, Callable, Iterator, Mapping, Sequence

from ..._checks import number, with_defaults, wrong
from ..._scsi.ses_additional_status import ADDITIONAL_ELEMENT_STATUS, OTHER_TYPE, encode_additional_element_status
from ..._scsi.ses_elements import (
    ARRAY_DEVICE_SLOT,
    CRITICAL,
    ELECTRONICS,
    ELEMENT_SIZE,
    ELEMENT_TYPES,
    ENCLOSURE,
    NONCRITICAL,
    NOT_INSTALLED,
    OK,
    UNRECOVERABLE,
)
from ..._scsi.ses_pages import (
    CONFIGURATION,
    ELEMENT_DESCRIPTORS,
    ENCLOSURE_CONTROL_STATUS,
    SES_PAGE_HEADER,
    THRESHOLDS,
    decode_enclosure_control,
    decode_thresholds,
    encode_configuration,
    encode_element_descriptors,
    encode_enclosure_status,
    encode_thresholds,
)
from ..feature import Clock, invalid_field_in_parameter_list
from .diagnostics import DiagnosticPages
from .enclosure_elements import KINDS, Element, EnclosedDrive, PowerCycle, elements_of, sas_address

_SAS_DEVICE = 1
_NO_ADDRESS, _DEFAULT_IDENTIFIER = "0" * 16, "5" + "0" * 15
#: From the least to the most serious, as overall elements report the worst.
_SEVERITY = (OK, NONCRITICAL, CRITICAL, UNRECOVERABLE)
_GENERATIONS = 1 << 32
#: The element index that means none.
_NO_INDEX = 0xFF

Drives = Callable[[], Sequence[EnclosedDrive]]


class Enclosure(DiagnosticPages):
    """An enclosure with its services process, standalone or on the logical unit of a drive.

    ``drives`` returns those that are in slots. Raises ValueError for wrong ``settings``.
    """

    name = "enclosure"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None,
                 drives: Drives = tuple) -> None:
        super().__init__()
        defaults = dict(
            dict.fromkeys(name for name, _called, _count in KINDS.values()), logical_identifier=_DEFAULT_IDENTIFIER,
            vendor="DRVCARE", product="EMULATED SHELF", revision="0001", eiioe=1)
        values = with_defaults(settings or {}, "enclosure", defaults)
        self._drives = drives
        self._identifier = sas_address(values["logical_identifier"], "enclosure.logical_identifier")
        self._texts = tuple(_text(values[name], most, "enclosure." + name) for name, most in (
            ("vendor", 8), ("product", 16), ("revision", 4)))
        self._eiioe: int = number(values["eiioe"], "enclosure.eiioe", 0, 1, whole=True)
        self.elements: dict[int, list[Element]] = {}
        for kind, (name, _called, _count) in KINDS.items():
            found = elements_of(kind, values[name], "enclosure." + name)
            if found:
                self.elements[kind] = found
        self._power_cycle = PowerCycle(clock.now)
        if ELECTRONICS in self.elements:
            self._select(self.elements[ELECTRONICS][0])
        self._generation = 1

    # -- pages that are received

    def diagnostic_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {CONFIGURATION: self._configuration, ENCLOSURE_CONTROL_STATUS: self._status,
                THRESHOLDS: self._thresholds, ELEMENT_DESCRIPTORS: self._descriptors,
                ADDITIONAL_ELEMENT_STATUS: self._additional_status}

    def _types(self) -> list[dict[str, Any]]:
        return [{"element_type": {"value": kind, "name": ELEMENT_TYPES[kind]},
                 "number_of_possible_elements": len(elements), "subenclosure_identifier": 0,
                 "text": ELEMENT_TYPES[kind]} for kind, elements in self.elements.items()]

    def _configuration(self) -> bytes:
        vendor, product, revision = self._texts
        return encode_configuration({
            "generation_code": self._generation, "types": self._types(), "enclosures": [{
                "relative_enclosure_services_process_identifier": 1, "number_of_enclosure_services_processes": 1,
                "enclosure_logical_identifier": self._identifier, "enclosure_vendor_identification": vendor,
                "product_identification": product, "product_revision_level": revision}]})

    def drives(self) -> Mapping[int, EnclosedDrive]:
        """The drives by slot number: those that the settings place, and the target's in the remaining slots."""
        slots = self.elements.get(ARRAY_DEVICE_SLOT, ())
        found = {each.index: each.drive for each in slots if each.drive is not None}
        placed = {drive.sas_address for drive in found.values()}
        free = [each.index for each in slots if each.drive is None]
        found.update(zip(free, (drive for drive in self._drives() if not placed & {drive.sas_address, drive.wwn})))
        return found

    def status(self) -> dict[int, list[dict[str, Any]]]:
        """The status of all elements, by kind."""
        drives = self.drives()
        found: dict[int, list[dict[str, Any]]] = {}
        for kind, elements in self.elements.items():
            found[kind] = []
            for element in elements:
                occupied = kind != ARRAY_DEVICE_SLOT or element.index in drives
                element.notice(occupied)
                found[kind].append(element.status(occupied))
        found[ENCLOSURE][0].update(self._power_cycle.status())
        return found

    def _status(self) -> bytes:
        status = self.status()
        codes = frozenset(each["element_status_code"] for elements in status.values() for each in elements)
        return encode_enclosure_status({
            "non_crit": NONCRITICAL in codes, "crit": CRITICAL in codes, "unrecov": UNRECOVERABLE in codes,
            "generation_code": self._generation, "groups": [
                {"element_type": kind, "overall": {"element_status_code": _overall(elements)}, "elements": elements}
                for kind, elements in status.items()]})

    def _thresholds(self) -> bytes:
        return encode_thresholds({"generation_code": self._generation, "groups": [
            {"element_type": kind, "overall": {}, "elements": [each.thresholds for each in elements]}
            for kind, elements in self.elements.items()]})

    def _descriptors(self) -> bytes:
        return encode_element_descriptors({"generation_code": self._generation, "groups": [
            {"element_type": kind, "overall": "", "elements": [each.descriptor for each in elements]}
            for kind, elements in self.elements.items()]})

    def _additional_status(self) -> bytes:
        drives = self.drives()
        slots = [self._slot(element.index, place, drives.get(element.index))
                 for place, element in self._places() if element.kind == ARRAY_DEVICE_SLOT]
        electronics = [self._electronics(place)
                       for place, element in self._places() if element.kind == ELECTRONICS]
        return encode_additional_element_status({
            "generation_code": self._generation, "descriptors": slots + electronics})

    def _places(self) -> Iterator[tuple[int | None, Element]]:
        """All elements with their element index, which counts overall elements or not (EIIOE, SES-4 6.1.13.2)."""
        place = 0
        for elements in self.elements.values():
            place += self._eiioe
            for element in elements:
                yield place if place < _NO_INDEX else None, element
                place += 1

    def _slot(self, slot: int, place: int | None, drive: EnclosedDrive | None) -> dict[str, Any]:
        phy = {"device_type": 0, "attached_sas_address": self._identifier, "sas_address": _NO_ADDRESS}
        if drive is not None:
            phy.update(device_type=_SAS_DEVICE, ssp_target_port=True, sas_address=drive.sas_address,
                       phy_identifier=drive.phy_identifier)
        return {"eiioe": self._eiioe, "element_index": place, "device_slot_number": slot, "phys": [phy]}

    def _electronics(self, place: int | None) -> dict[str, Any]:
        return {"eiioe": self._eiioe, "element_index": place, "descriptor_type": OTHER_TYPE, "phys": [
            {"phy_identifier": 0, "connector_element_index": None, "other_element_index": None,
             "sas_address": self._identifier}]}

    # -- pages that are sent

    def diagnostic_controls(self) -> Mapping[int, Callable[[bytes], None]]:
        return {ENCLOSURE_CONTROL_STATUS: self._take_control, THRESHOLDS: self._take_thresholds}

    def _check_header(self, page: bytes) -> None:
        """An application client that knows another configuration must not change this one (SES-4 6.1.3)."""
        size = SES_PAGE_HEADER.size + ELEMENT_SIZE * sum(1 + len(each) for each in self.elements.values())
        if len(page) != size:
            raise invalid_field_in_parameter_list(2)
        if SES_PAGE_HEADER.decode(page)["generation_code"] != self._generation:
            raise invalid_field_in_parameter_list(4)

    def _take_control(self, page: bytes) -> None:
        self._check_header(page)
        groups = decode_enclosure_control(page, self._types(), [])["groups"]
        orders: list[tuple[Element, Mapping[str, Any]]] = []
        place = SES_PAGE_HEADER.size
        for group, elements in zip(groups, self.elements.values()):
            for number_of_element, element in enumerate(elements):
                values = group["elements"][number_of_element]
                mine = place + ELEMENT_SIZE * (1 + number_of_element)
                if not values["select"]:
                    values, mine = group["overall"], place
                if values["select"]:
                    _check_power_cycle(values, mine)
                    orders.append((element, values))
            place += ELEMENT_SIZE * (1 + len(elements))
        for element, values in orders:
            element.control(values)
            if element.kind == ENCLOSURE:
                self._power_cycle.control(values)
            elif element.kind == ELECTRONICS and values["select_element"]:
                self._select(element)
        if orders:
            self.changed()

    def _select(self, chosen: Element) -> None:
        """Makes the services process of this element the one that reports (SES-4 7.3.9)."""
        for element in self.elements[ELECTRONICS]:
            element.requested["report"] = element is chosen

    def _take_thresholds(self, page: bytes) -> None:
        self._check_header(page)
        groups = decode_thresholds(page, self._types(), [], out=True)["groups"]
        for group in groups:
            for element, values in zip(self.elements[group["element_type"]["value"]], group["elements"]):
                element.set_thresholds(group["overall"])
                element.set_thresholds(values)
        self.changed()

    # -- events and state

    def reset(self, kind: str) -> None:
        del kind
        self._power_cycle.clear()

    def _digest(self) -> str:
        """A digest of the configuration without its generation code."""
        content = self._configuration()[SES_PAGE_HEADER.size:] + self._descriptors()[SES_PAGE_HEADER.size:]
        return hashlib.sha256(content).hexdigest()

    def save(self) -> dict[str, Any]:
        return {"generation_code": self._generation, "configuration": self._digest(),
                "elements": {KINDS[kind][0]: [each.save() for each in elements]
                             for kind, elements in self.elements.items()}}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; what was requested of elements is restored for those that still exist."""
        self._generation = int(state.get("generation_code") or 1)
        if state.get("configuration") != self._digest():
            self._generation = (self._generation + 1) % _GENERATIONS
        saved = state.get("elements") or {}
        for kind, elements in self.elements.items():
            for element, mine in zip(elements, saved.get(KINDS[kind][0]) or ()):
                element.load(mine)


def _overall(elements: list[dict[str, Any]]) -> int:
    """The worst status of all installed elements."""
    codes: list[int] = [each["element_status_code"] for each in elements]
    serious = [code for code in codes if code in _SEVERITY]
    if serious:
        return max(serious, key=_SEVERITY.index)
    return NOT_INSTALLED if NOT_INSTALLED in codes else codes[0]


def _check_power_cycle(values: Mapping[str, Any], place: int) -> None:
    request = values.get("power_cycle_request")
    if request is None:
        return
    if request not in (0, PowerCycle.BEGIN, PowerCycle.CANCEL):
        raise invalid_field_in_parameter_list(place + 2, 7)
    if request == PowerCycle.BEGIN and values["power_cycle_delay_minutes"] > PowerCycle.LONGEST_MINUTES:
        raise invalid_field_in_parameter_list(place + 2, 5)


def _text(given: Any, most: int, where: str) -> str:
    if not isinstance(given, str) or len(given) > most or not all(0x20 <= ord(letter) < 0x7F for letter in given):
        raise wrong(given, where, f"at most {most} printable ASCII characters")
    return given
