# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# Run inside the new root file system when all packages are installed.
set -eu

echo drivecare-guest > /etc/hostname
echo '127.0.0.1 localhost drivecare-guest' > /etc/hosts
echo '/dev/vda / ext4 defaults,noatime 0 0' > /etc/fstab
echo 'tmpfs /tmp tmpfs defaults 0 0' >> /etc/fstab
# Without an identity systemd takes the boot for the first one and does all its first-boot work.
rm -f /etc/machine-id
systemd-machine-id-setup

# An ordinary user who may open disks, and nothing more: group disk, no sudo. Debian has a group of that name already.
useradd --create-home --shell /bin/bash --gid operator --groups disk operator
for user in root operator; do
    home=$(getent passwd "$user" | cut -d: -f6)
    install -d -m 0700 -o "$user" -g "$user" "$home/.ssh"
    install -m 0600 -o "$user" -g "$user" /usr/local/lib/drivecare/authorized_keys "$home/.ssh/authorized_keys"
done
# sshd refuses an account whose password field begins with "!".
usermod --password '*' operator
usermod --password '*' root

# The same interpreter with CAP_SYS_RAWIO; the capability itself is set at boot (see drivecare-guest.service).
install -m 0750 -g disk "$(readlink -f /usr/bin/python3)" /usr/local/bin/python3-rawio

systemctl enable systemd-networkd.service drivecare-guest.service
systemctl set-default multi-user.target
# What only costs time in a guest that lives for one test run.
systemctl mask \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer logrotate.timer systemd-tmpfiles-clean.timer man-db.timer \
    getty@tty1.service serial-getty@ttyS0.service systemd-networkd-wait-online.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-random-seed.service \
    systemd-binfmt.service getty-static.service getty.target systemd-network-generator.service \
    systemd-journal-flush.service systemd-pstore.service keyboard-setup.service console-setup.service \
    open-iscsi.service smartmontools.service sg3-utils-udev.service lvm2-monitor.service \
    mdmonitor.service mdcheck_start.timer mdcheck_continue.timer mdmonitor-oneshot.timer
# These rules look at every disk for parts of volumes and arrays, and would assemble what a test wrote there.
for rule in 63-md-raid-arrays 64-md-raid-assembly 69-md-clustered-confirm-device 69-lvm; do
    ln -sf /dev/null "/etc/udev/rules.d/$rule.rules"
done
rm -rf /usr/share/doc/* /usr/share/locale/* /var/lib/apt/lists/*
