# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with a shelf of disks, and a bare initiator."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.transport import IscsiTransport

from .commands import address
from .memory_disk import Shelf
from .peer import Peer, serving


@pytest.fixture
def shelf():
    return Shelf(luns=(0, 1, 300))


@pytest.fixture
def server(shelf):
    with serving(shelf) as running:
        yield running


@pytest.fixture
def peer(server):
    with Peer(server) as connected:
        yield connected


@pytest.fixture
def drive(server):
    transport = IscsiTransport(address(server))
    yield transport
    transport.close()
