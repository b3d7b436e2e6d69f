# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest's image: one Debian root file system with all kernels, built once and kept in the cache."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import host
from .host import GuestError

HERE = Path(__file__).resolve().parent
ROOTFS = HERE.parent / "rootfs"

# What a user asks for: the Debian package that brings it.
KERNELS = {
    "6.12": "linux-image-6.12-amd64",
    "6.1": "linux-image-amd64",
}
PACKAGES = (
    # the system
    "systemd-sysv", "udev", "kmod", "iproute2", "initramfs-tools", "openssh-server", "python3",
    "sudo", "util-linux", "libcap2-bin", "procps", "e2fsprogs", "fdisk",
    # what a node with drives has, and what our modules are compared with
    "sg3-utils", "smartmontools", "lsscsi", "ddpt", "open-iscsi", "lvm2", "mdadm", "btrfs-progs",
)  # fmt: skip
# Drivers of hardware that QEMU does not have: two thirds of a kernel package.
LEFT_OUT = (
    "/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*",
    "/lib/modules/*/kernel/sound/*",
    *(f"/lib/modules/*/kernel/drivers/{name}/*" for name in (
        "bluetooth", "gpu", "hwmon", "iio", "infiniband", "isdn", "leds", "media", "mmc", "mtd",
        "net/can", "net/ethernet", "net/usb", "net/wireless", "nfc", "platform", "staging", "thunderbolt", "usb",
    )),
)  # fmt: skip
IMAGE_SIZE = "4G"  # sparse: only what is used takes space
HOST_KEY_ALIAS = "drivecare-guest"
_COMPLETE = "complete"


@dataclass(frozen=True)
class Image:
    """What one build leaves behind."""

    directory: Path

    @property
    def root(self) -> Path:
        return self.directory / "root.img"

    @property
    def key(self) -> Path:
        return self.directory / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.directory / "known_hosts"

    def vmlinuz(self, kernel: str) -> Path:
        return self.directory / f"vmlinuz-{kernel}"

    def initrd(self, kernel: str) -> Path:
        return self.directory / f"initrd-{kernel}"

    def is_complete(self) -> bool:
        return (self.directory / _COMPLETE).exists()


def digest() -> str:
    """The hash of all that decides what a build yields."""
    state = hashlib.sha256(repr((KERNELS, PACKAGES, LEFT_OUT, IMAGE_SIZE)).encode())
    files = [HERE / "image.py", HERE / "host.py", *sorted(path for path in ROOTFS.rglob("*") if path.is_file())]
    for path in files:
        state.update(f"\n{path.relative_to(HERE.parent)}\n".encode())
        state.update(path.read_bytes())
    return state.hexdigest()[:16]


def cached() -> Image:
    """Where the image of this source is, or would be."""
    return Image(host.cache_root() / f"guest-{digest()}")


def build() -> Image:
    """The image: from the cache, or built now."""
    image = cached()
    if image.is_complete():
        return image
    host.install_packages()
    image.directory.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(image.directory.parent / "build.lock"):
        if image.is_complete():
            return image
        shutil.rmtree(image.directory, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=image.directory.parent))
        try:
            _build_in(scratch)
            scratch.rename(image.directory)
        except GuestError as error:
            log = image.directory.parent / "build-failed.log"
            if (scratch / "build.log").exists():
                shutil.copyfile(scratch / "build.log", log)
            raise GuestError(f"{error}\nThe whole log of the build: {log}") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return image


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Builds wait for each other: the second finds the first one's image."""
    with lock.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_in(directory: Path) -> None:
    image = Image(directory)
    log = directory / "build.log"
    began = time.monotonic()
    keygen = [host.program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "drivecare-guest"]
    host.run([*keygen, "-f", str(image.key)], log=log)
    overlay = directory / "overlay.tar"
    _write_overlay(overlay, image.key.with_suffix(".pub").read_bytes())
    tree = directory / "tree.tar"
    _bootstrap(tree, overlay, directory, log)
    _extract(tree, image)
    _make_file_system(tree, image.root, log)
    tree.unlink()
    overlay.unlink()
    (directory / _COMPLETE).write_text(f"built in {time.monotonic() - began:.0f} s\n", encoding="utf-8")


def _write_overlay(target: Path, public_key: bytes) -> None:
    """Our own files for the guest, with the owner and mode that they need whatever the checkout's are."""
    with tarfile.open(target, "w") as archive:
        files = sorted(path for path in ROOTFS.rglob("*") if path.is_file())
        contents = {str(path.relative_to(ROOTFS)): path.read_bytes() for path in files}
        contents["usr/local/lib/drivecare/authorized_keys"] = public_key
        for name, data in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(data))


def _bootstrap(tree: Path, overlay: Path, directory: Path, log: Path) -> None:
    settings = directory / "apt.conf"
    settings.write_text(host.apt_settings(), encoding="utf-8")
    command = [
        host.program("mmdebstrap"),
        f"--mode={'root' if os.geteuid() == 0 else 'unshare'}",
        "--variant=apt",
        "--architectures=amd64",
        f"--keyring={host.DEBIAN_KEYRING}",
        f"--aptopt={settings}",
        '--aptopt=Acquire::Languages "none"',
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
        # initramfs-tools must find its configuration when the kernels are installed.
        f"--essential-hook=tar-in {overlay} /",
        f"--include={','.join((*PACKAGES, *KERNELS.values()))}",
        '--customize-hook=chroot "$1" sh /usr/local/lib/drivecare/customize.sh',
        host.DEBIAN_RELEASE,
        str(tree),
        *host.apt_sources(),
    ]
    host.run(command, log=log)


def _extract(tree: Path, image: Image) -> None:
    """Take out of the tree what QEMU loads itself, and the key by which ssh knows the guest."""
    wanted: dict[str, Path] = {}
    with tarfile.open(tree) as archive:
        names = archive.getnames()
        for kernel, package in KERNELS.items():
            versions = sorted(name for name in names if name.startswith(f"./boot/vmlinuz-{kernel}."))
            if not versions:
                raise GuestError(f"the root file system has no kernel {kernel}: do the APT sources offer {package}?")
            wanted[versions[-1]] = image.vmlinuz(kernel)
            wanted[versions[-1].replace("vmlinuz-", "initrd.img-")] = image.initrd(kernel)
        for name, target in wanted.items():
            member = archive.extractfile(name)
            assert member is not None
            target.write_bytes(member.read())
        member = archive.extractfile("./etc/ssh/ssh_host_ed25519_key.pub")
        assert member is not None
        image.known_hosts.write_text(f"{HOST_KEY_ALIAS} {member.read().decode()}", encoding="utf-8")


def _make_file_system(tree: Path, target: Path, log: Path) -> None:
    """An ext4 image of the tree.

    Owners other than one's own need root, or a user name space with the sub-ids of this user.
    """
    script = """
        set -eu
        trap 'rm -rf "$1.d"' EXIT
        mkdir "$1.d"
        tar --extract --numeric-owner --exclude="./dev/*" --file="$2" --directory="$1.d"
        "$3" -q -F -t ext4 -O ^has_journal,^metadata_csum -E lazy_itable_init=1 -L drivecare -d "$1.d" "$1" "$4"
    """
    enter = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-auto", "--map-root-user"]
    host.run([*enter, "sh", "-c", script, "sh", str(target), str(tree), host.program("mke2fs"), IMAGE_SIZE], log=log)


def describe(image: Image) -> str:
    """One line about an image for people."""
    if not image.is_complete():
        return f"{image.directory}: not built"
    used = host.run(["du", "-sh", str(image.directory)]).split()
    said = (image.directory / _COMPLETE).read_text(encoding="utf-8").strip()
    return f"{image.directory}: {said}, {used[0]}"
