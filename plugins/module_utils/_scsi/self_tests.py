# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the codes of a self test and of its result mean to those who judge a log (SPC-6 tables 313 and 405)."""

from __future__ import annotations

#: Kinds of tests; one of a later kind covers those before it.
KINDS = ("default", "short", "extended")
#: SELF-TEST CODE, in the background and in the foreground, by kind.
KIND_OF_CODE = {0: "default", 1: "short", 2: "extended", 5: "short", 6: "extended"}

PASSED_RESULT = 0
ABORTED_RESULTS = (1, 2)
FAILED_RESULTS = (3, 4, 5, 6, 7)
