# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# (Re)load scsi_debug: drivecare-scsi-debug disks | many | tape | enclosure | none, then more parameters of the module.
set -eu

quick_rule=/run/udev/rules.d/59-drivecare-many.rules
profile=${1:-disks}
[ $# -eq 0 ] || shift
# All units of the module have the same device type, so there cannot be tapes or enclosures beside disks.
case $profile in
    disks) parameters='num_tgts=4 dev_size_mb=8 num_parts=1' units=4 ;;
    many) parameters='num_tgts=16 max_luns=16 dev_size_mb=8' units=256 ;;
    tape) parameters='num_tgts=1 ptype=1 dev_size_mb=8' units=1 ;;
    enclosure) parameters='num_tgts=1 ptype=13 dev_size_mb=8' units=1 ;;
    none) parameters='' units=0 ;;
    *) echo "drivecare-scsi-debug: unknown profile '$profile': use disks, many, tape, enclosure, or none" >&2; exit 2 ;;
esac

count() {
    present=0
    for host in /sys/class/scsi_host/host*; do
        [ "$(cat "$host/proc_name")" = scsi_debug ] || continue
        for unit in "$host"/device/target*/*:*:*:*/scsi_generic/sg*; do
            [ ! -e "$unit" ] || present=$((present + 1))
        done
    done
    echo "$present"
}

# A device that udev still probes keeps the module busy.
udevadm settle
if [ -d /sys/module/scsi_debug ]; then
    for attempt in 1 2 3 4 5; do
        modprobe -r scsi_debug && break
        [ "$attempt" -lt 5 ] || { echo 'drivecare-scsi-debug: scsi_debug is in use: unmount what is on it' >&2; exit 1; }
        sleep 1
    done
fi
[ "$profile" != none ] || exit 0
# The rules that make /dev/disk/by-id start programs for each disk: 256 of them would take half a minute.
if [ "$profile" = many ]; then
    mkdir -p "$(dirname "$quick_rule")"
    echo 'SUBSYSTEM=="block", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"' > "$quick_rule"
else
    rm -f "$quick_rule"
fi
udevadm control --reload
# The units share one store, unless per_host_store is set: 256 units of 8 MiB take 8 MiB.
# shellcheck disable=SC2086
modprobe scsi_debug $parameters "$@"
udevadm settle
case "$*" in
    # The caller has chosen the number of units.
    *num_tgts=* | *max_luns=* | *add_host=*) ;;
    *) [ "$(count)" -eq "$units" ] || { echo "drivecare-scsi-debug: $(count) units instead of $units" >&2; exit 1; } ;;
esac
