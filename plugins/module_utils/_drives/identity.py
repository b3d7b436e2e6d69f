# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identifies a drive."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from .._inventory.names import SERIAL, is_named
from .._passthrough.errors import AddressError
from .._passthrough.sender import Sender
from .._scsi.inquiry import decode_standard_inquiry
from .._scsi.vpd import UNIT_SERIAL_NUMBER, decode_unit_serial_number
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION, decode_device_identification, logical_unit_names
from .answers import side_answer
from .commands import inquiry, vpd_page


class Identity(NamedTuple):
    """What kind of device it is (SPC-6 6.7.2), and the logical unit's names, the best first.

    ``model`` is its vendor and product.
    """

    qualifier: int | None
    qualifier_name: str | None
    device_type: int | None
    device_type_name: str | None
    names: tuple[str, ...]
    model: str | None = None

    @property
    def wwn(self) -> str | None:
        """The best of its names."""
        return self.names[0] if self.names else None


def read_identity(session: Sender) -> Identity:
    """Asks the drive. Warnings about its answers are left to other readers."""
    unsaid: list[str] = []
    standard = decode_standard_inquiry(session.send(inquiry()).data, unsaid)
    qualifier, qualifier_name = _code(standard["peripheral_qualifier"])
    device_type, device_type_name = _code(standard["peripheral_device_type"])
    return Identity(qualifier, qualifier_name, device_type, device_type_name, _names(session, unsaid), model_of(
        standard["t10_vendor_identification"], standard["product_identification"]))


def model_of(vendor: str | None, product: str | None) -> str | None:
    """The vendor and product identifications in one; ``None`` if the drive has neither."""
    return " ".join(each for each in (vendor, product) if each) or None


def _code(coded: Mapping[str, Any] | None) -> tuple[int | None, str | None]:
    return (None, None) if coded is None else (coded["value"], coded["name"])


def _names(session: Sender, unsaid: list[str]) -> tuple[str, ...]:
    page = side_answer(session, lambda: vpd_page(session, DEVICE_IDENTIFICATION))
    if page is None:
        # Before SPC-2 no device has the page, and simple ones never have.
        return ()
    return tuple(logical_unit_names(decode_device_identification(page, unsaid)))


def confirm(session: Sender, identity: Identity, named: str) -> None:
    """Makes sure that the drive is the one that the task named as "wwn:..." or "serial:...".

    Raises AddressError if it is not: the node may have been given to another drive since the kernel was asked.
    """
    serial = decode_unit_serial_number(vpd_page(session, UNIT_SERIAL_NUMBER), []) if named.startswith(SERIAL) else None
    if not is_named(named, identity.names, serial):
        raise AddressError(f"expected {named}, but the drive there reports "
                           f"{serial if named.startswith(SERIAL) else identity.wwn}; try again")
