# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of AnsibleModule that the collection uses."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

class AnsibleModule:
    params: dict[str, Any]
    check_mode: bool
    tmpdir: str
    no_log_values: set[str]
    _diff: bool
    _name: str
    _verbosity: int
    def __init__(
        self,
        argument_spec: dict[str, Any],
        bypass_checks: bool = ...,
        no_log: bool = ...,
        mutually_exclusive: Any = ...,
        required_together: Any = ...,
        required_one_of: Any = ...,
        add_file_common_args: bool = ...,
        supports_check_mode: bool = ...,
        required_if: Any = ...,
        required_by: dict[str, Any] | None = ...,
    ) -> None: ...
    def exit_json(self, **kwargs: Any) -> NoReturn: ...
    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn: ...
    def warn(self, warning: str) -> None: ...
    def debug(self, msg: str) -> None: ...
    def log(self, msg: str, log_args: Any = ...) -> None: ...
    def deprecate(self, msg: str, version: Any = ..., date: Any = ..., collection_name: Any = ...) -> None: ...
    def atomic_move(self, src: str, dest: str, unsafe_writes: bool = ...) -> None: ...
    def run_command(
        self,
        args: list[str],
        environ_update: Mapping[str, str] | None = ...,
        errors: str = ...,
        expand_user_and_vars: bool = ...,
        before_communicate_callback: Callable[[Any], None] | None = ...,
        handle_exceptions: bool = ...,
    ) -> tuple[int, str, str]: ...
    def get_bin_path(self, arg: str, required: bool = ..., opt_dirs: Any = ...) -> str | None: ...
