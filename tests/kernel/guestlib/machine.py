# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One running guest: QEMU, and its run directory with everything that belongs to it."""

from __future__ import annotations

import fcntl
import io
import json
import os
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from . import accel, access, host
from .host import GuestError
from .image import HERE, Image
from .sas_shelf import SasShelf

DEVICE_SCRIPTS = HERE.parent / "devices"
# The name in the guest: our script, and what runs it.
_INSTALLED = {
    "usr/local/bin/drivecare-devices": ("list_devices.py", "#!/usr/bin/python3\n"),
    "usr/local/sbin/drivecare-lio": ("lio.sh", "#!/bin/sh\n"),
    "usr/local/sbin/drivecare-scsi-debug": ("scsi_debug.sh", "#!/bin/sh\n"),
}
_PREPARE = "tar --extract --directory=/ --no-same-owner && drivecare-lio up && drivecare-scsi-debug disks"
_DISK_BYTES = 64 << 20
_MEDIUM_BYTES = 1 << 20
_KERNEL_ARGUMENTS = (
    "root=/dev/vda rw fsck.mode=skip console=ttyS0 net.ifnames=0 "
    "apparmor=0 audit=0 mitigations=off systemd.show_status=0"
)


@dataclass(frozen=True)
class State:
    """What is known about the guest that was started from a run directory."""

    kernel: str
    port: int
    accel: str
    image: str


class Machine:
    """The guest that lives in one run directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.expanduser().resolve()
        self.serial_log = self.directory / "serial.log"
        self.ssh_config = self.directory / "ssh_config"
        self.inventory = self.directory / "inventory.yml"
        self._pid_file = self.directory / "qemu.pid"
        self._state_file = self.directory / "state.json"
        self._shelf = SasShelf(self.directory / "shelf")

    def pid(self) -> int | None:
        """QEMU's process ID, if it is running; another process that reuses the number does not count."""
        try:
            number = int(self._pid_file.read_text(encoding="ascii"))
            arguments = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return number if os.fsencode(self._pid_file) in arguments else None

    def state(self) -> State | None:
        """The guest that is running here now, if any."""
        if self.pid() is None:
            return None
        try:
            return State(**json.loads(self._state_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def start(self, image: Image, kernel: str, time_limit: float) -> State:
        """Boot, wait for ssh, and create the devices. A guest that already runs here is left as it is."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._locked():
            running = self.state()
            if running is not None:
                if running.kernel != kernel:
                    what = f"{self.directory} runs kernel {running.kernel}"
                    raise GuestError(f"{what}: stop it first, or name another --run-dir")
                return running
            self._kill()
            deadline = time.monotonic() + time_limit
            try:
                state = self._launch(image, kernel)
                self._wait_for_ssh(state, deadline)
                self._prepare(deadline)
            except BaseException:
                self._kill()
                raise
            # Written last: it marks the guest as ready.
            self._state_file.write_text(json.dumps(vars(state), indent=2) + "\n", encoding="utf-8")
            return state

    def stop(self) -> bool:
        """Kill QEMU. The disks are discarded, so no orderly shutdown is needed."""
        if not self.directory.is_dir():
            return False
        with self._locked():
            return self._kill()

    def ssh(self, arguments: list[str], *, user: str = "root", name: str = "ssh") -> list[str]:
        """The command line that reaches the guest."""
        command = [host.program(name), "-F", str(self.ssh_config)]
        if name == "ssh":
            command.append(access.HOST if user == "root" else access.OPERATOR_HOST)
        return command + arguments

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.directory / "lock").open("w", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _launch(self, image: Image, kernel: str) -> State:
        accelerator = accel.choose(image.vmlinuz(kernel))
        self.serial_log.unlink(missing_ok=True)
        self._pid_file.unlink(missing_ok=True)
        for name, size in (("sata", _DISK_BYTES), ("scsi", _DISK_BYTES), ("medium", _MEDIUM_BYTES)):
            (self.directory / f"{name}.img").unlink(missing_ok=True)
            with (self.directory / f"{name}.img").open("wb") as disk:
                disk.truncate(size)
        shelf = self._shelf.start()
        # Between our choice of a free port and QEMU's bind another process may take it: then choose again.
        for _attempt in range(5):
            state = State(kernel=kernel, port=_free_port(), accel=accelerator, image=str(image.directory))
            command = self._command(image, state, shelf)
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                access.write_ssh_config(self.ssh_config, image, state.port)
                access.write_inventory(self.inventory, image, state.port, kernel)
                return state
            if "host forwarding" not in done.stderr:
                break
        hint = f"-accel {accelerator}; the variable {accel.ACCEL_VARIABLE} names another"
        raise GuestError(f"QEMU did not start ({hint}):\n{done.stderr}")

    def _command(self, image: Image, state: State, shelf: list[str]) -> list[str]:
        def drive(identifier: str, path: Path, more: str = "") -> list[str]:
            # A comma ends a value of -drive; a doubled one is a comma.
            name = str(path).replace(",", ",,")
            return ["-drive", f"if=none,id={identifier},format=raw,file={name}{more}"]

        medium = self.directory / "medium.img"
        inserted = ",media=cdrom,readonly=on"
        cpu = ["-cpu", "host"] if state.accel.startswith("kvm") else []
        return [
            host.program("qemu-system-x86_64"), "-name", "drivecare-guest",
            "-machine", "q35", "-accel", state.accel, *cpu,
            "-smp", "2", "-m", "1536", "-nodefaults", "-display", "none", "-no-reboot",
            "-daemonize", "-pidfile", str(self._pid_file),
            "-kernel", str(image.vmlinuz(state.kernel)), "-initrd", str(image.initrd(state.kernel)),
            "-append", _KERNEL_ARGUMENTS,
            "-chardev", f"file,id=serial,path={str(self.serial_log).replace(',', ',,')}", "-serial", "chardev:serial",
            "-device", "virtio-rng-pci",
            "-nic", f"user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:{state.port}-:22",
            *drive("root", image.root, ",snapshot=on"), "-device", "virtio-blk-pci,drive=root",
            # The machine q35 has an ich9-ahci controller with the buses ide.0 to ide.5. A CD-ROM there is an ATAPI
            # device, which answers many commands that it does not support with DID_ERROR and no sense data.
            *drive("sata", self.directory / "sata.img"), "-device", "ide-hd,drive=sata,bus=ide.0",
            "-device", "ide-cd,bus=ide.1",
            *drive("atapi-medium", medium, inserted), "-device", "ide-cd,drive=atapi-medium,bus=ide.2",
            # The same two on a SCSI bus answer with sense data.
            "-device", "virtio-scsi-pci,id=scsi",
            *drive("scsi", self.directory / "scsi.img"), "-device", "scsi-hd,drive=scsi,bus=scsi.0",
            "-device", "scsi-cd,bus=scsi.0",
            *drive("scsi-medium", medium, inserted), "-device", "scsi-cd,drive=scsi-medium,bus=scsi.0",
            *shelf,
        ]  # fmt: skip

    def _wait_for_ssh(self, state: State, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self.pid() is None:
                raise GuestError(f"QEMU ended while the guest booted.\n{self._serial_tail()}")
            try:
                with socket.create_connection(("127.0.0.1", state.port), timeout=1) as connection:
                    connection.settimeout(3)
                    if connection.recv(4) == b"SSH-":
                        return
            except OSError:
                pass
            time.sleep(0.2)
        hint = "a slow machine needs a longer --time-limit"
        raise GuestError(f"the guest did not answer on its ssh port in time; {hint}.\n{self._serial_tail()}")

    def _prepare(self, deadline: float) -> None:
        """Copy our scripts into the guest and create the devices that no emulated controller provides."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for name, (source, first_line) in _INSTALLED.items():
                data = first_line.encode() + (DEVICE_SCRIPTS / source).read_bytes()
                member = tarfile.TarInfo(name)
                member.size = len(data)
                member.mode = 0o755
                tar.addfile(member, io.BytesIO(data))
        limit = max(1.0, deadline - time.monotonic())
        try:
            done = subprocess.run(
                self.ssh([_PREPARE]), input=archive.getvalue(), capture_output=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise GuestError(f"the guest's devices were not ready in time.\n{self._serial_tail()}") from error
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace")
            raise GuestError(f"the guest's devices could not be created: {said}\n{self._serial_tail()}")

    def _serial_tail(self) -> str:
        try:
            lines = self.serial_log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join([f"The end of {self.serial_log}:", *lines[-30:]])

    def _kill(self) -> bool:
        killed = self._kill_qemu()
        self._shelf.stop()
        return killed

    def _kill_qemu(self) -> bool:
        number = self.pid()
        self._state_file.unlink(missing_ok=True)
        if number is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        for signum, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 10.0)):
            with suppress(ProcessLookupError):
                os.kill(number, signum)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not Path(f"/proc/{number}/cmdline").exists() or not Path(f"/proc/{number}/cmdline").read_bytes():
                    self._pid_file.unlink(missing_ok=True)
                    return True
                time.sleep(0.05)
        raise GuestError(f"QEMU (process {number}) does not exit: kill it by hand")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
