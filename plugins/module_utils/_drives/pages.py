# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a VPD page from a drive, whole."""

from __future__ import annotations

from .._passthrough.session import Session
from .commands import vital_product_data

_VPD_LENGTH = 252
_VPD_HEADER_LENGTH = 4


def vpd_page(session: Session, page: int) -> bytes:
    """The whole page: asked for again where it is longer than what every device takes as allocation length."""
    data = session.send(vital_product_data(page, _VPD_LENGTH)).data
    if len(data) < _VPD_HEADER_LENGTH:
        return data
    whole = min(_VPD_HEADER_LENGTH + int.from_bytes(data[2:4], "big"), 0xFFFF)
    if data[1] != page or whole <= _VPD_LENGTH:
        return data
    return session.send(vital_product_data(page, whole)).data
