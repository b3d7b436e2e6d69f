# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter scsi_metrics; its documentation is beside it."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics


class FilterModule:
    """The class that Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"scsi_metrics": drive_metrics}
