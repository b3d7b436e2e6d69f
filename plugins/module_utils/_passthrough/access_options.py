# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach what an address names."""

from __future__ import annotations

from typing import NamedTuple, Optional

from .iscsi_options import IscsiOptions


class Access(NamedTuple):
    """How to open what an address names. ``capture_file``: record all that passes into this file."""

    open_mode: str = "auto"
    capture_file: Optional[str] = None
    iscsi: IscsiOptions = IscsiOptions()
