# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux guest under QEMU to try the modules on: build it, start it, reach it, stop it. See README.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from guestlib import host, image
from guestlib.host import GuestError
from guestlib.machine import Machine


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument(
        "--kernel", choices=sorted(image.KERNELS), default="6.12", help="which Linux kernel (default: %(default)s)"
    )
    place.add_argument(
        "--run-dir",
        type=Path,
        help="the directory of this guest's process, logs and access files (default: in the cache)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build the image, unless the cache has it")
    start = commands.add_parser("start", parents=[place], help="boot a guest and wait until it is ready")
    start.add_argument(
        "--time-limit", type=float, default=180.0, help="seconds until it must be ready (default: %(default)s)"
    )
    commands.add_parser("stop", parents=[place], help="kill the guest")
    commands.add_parser("status", parents=[place], help="say what is running; the exit status is 1 if nothing is")
    for name, text in (
        ("ssh", "run a command in the guest"),
        ("scp", 'copy files; "guest:" is the guest, "guest-operator:" as the user'),
    ):
        reach = commands.add_parser(name, parents=[place], help=text)
        if name == "ssh":
            reach.add_argument("--user", choices=("root", "operator"), default="root")
        reach.add_argument("arguments", nargs="*", help="after --")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "build":
        print(image.describe(image.build()))
        return 0
    machine = Machine(arguments.run_dir or host.cache_root() / f"run-{arguments.kernel}")
    if arguments.command == "start":
        built = image.build()
        began = time.monotonic()
        state = machine.start(built, arguments.kernel, arguments.time_limit)
        took = time.monotonic() - began
        print(f"kernel {state.kernel} ready after {took:.1f} s (-accel {state.accel}), ssh port {state.port}")
        print(f"inventory: {machine.inventory}")
        return 0
    if arguments.command == "stop":
        print("stopped" if machine.stop() else "nothing was running")
        return 0
    running = machine.state()
    if arguments.command == "status":
        print(f"image: {image.describe(image.cached())}")
        if running is None:
            print(f"{machine.directory}: nothing is running")
            return 1
        ways = f"ssh port {running.port}, -accel {running.accel}"
        print(f"{machine.directory}: kernel {running.kernel} runs as process {machine.pid()}, {ways}")
        return 0
    if running is None:
        raise GuestError(f"no guest is running in {machine.directory}: start one with 'guest.py start'")
    user = arguments.user if arguments.command == "ssh" else "root"
    return subprocess.run(machine.ssh(arguments.arguments, user=user, name=arguments.command), check=False).returncode


def main() -> int:
    """Run one command; an error is one message, not a traceback."""
    try:
        return _run(_parser().parse_args())
    except GuestError as error:
        print(f"guest.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
