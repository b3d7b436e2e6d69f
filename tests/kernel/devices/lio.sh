# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# LIO's logical units on this machine: drivecare-lio up | down. Two files, attached through the loopback fabric (tcm_loop).
set -eu

target=/sys/kernel/config/target
wwn=naa.6001405d0c0de001
portal=$target/loopback/$wwn/tpgt_1
store=/var/lib/drivecare
size=16777216

up() {
    modprobe -a target_core_mod target_core_file tcm_loop
    mkdir -p "$store" "$target/core/fileio_0" "$target/loopback"
    mkdir -p "$portal"
    echo naa.6001405d0c0de002 > "$portal/nexus"
    for lun in 0 1; do
        truncate -s "$size" "$store/lun$lun.img"
        object=$target/core/fileio_0/lun$lun
        mkdir "$object"
        echo "fd_dev_name=$store/lun$lun.img,fd_dev_size=$size" > "$object/control"
        # LIO derives the NAA designator, by which EXTENDED COPY finds a unit, from the hex digits of the serial number.
        echo "d0c0de000000000$lun" > "$object/wwn/vpd_unit_serial"
        echo 1 > "$object/enable"
        mkdir "$portal/lun/lun_$lun"
        ln -s "$object" "$portal/lun/lun_$lun/lun$lun"
    done
    udevadm settle
    # The second unit leaves a unit attention (reported LUNs data has changed) on the first, unless the kernel took it.
    for unit in /sys/class/scsi_device/*/device; do
        if [ "$(cat "$unit/vendor")" = 'LIO-ORG ' ]; then
            sg_turs --number=3 "/dev/$(ls "$unit/scsi_generic")" > /dev/null 2>&1 || :
        fi
    done
}

down() {
    for lun in 0 1; do
        rm -f "$portal/lun/lun_$lun/lun$lun"
        rmdir "$portal/lun/lun_$lun" "$target/core/fileio_0/lun$lun"
    done
    rmdir "$portal" "$target/loopback/$wwn" "$target/core/fileio_0"
}

case ${1:-} in
    up) [ -d "$portal" ] || up ;;
    down) [ ! -d "$portal" ] || down ;;
    *) echo 'usage: drivecare-lio up | down' >&2; exit 2 ;;
esac
