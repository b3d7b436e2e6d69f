# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gallery is read where YAML can be read: on the Python of the controller, whose environment has PyYAML."""

from __future__ import annotations

import importlib.util

if importlib.util.find_spec("yaml") is None:
    collect_ignore_glob = ["test_*"]
