#!/bin/sh
# The first program of the guest (scripts/vm-setup puts it into the initramfs): mounts the machine's file system,
# read-only, and the control folder of guest.ts, and leaves the rest to start.sh in that folder. Nothing outlives it:
# the guest is switched off at its end.

/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev

while read -r module; do insmod "/modules/$module"; done </modules/order

# Nobody changes the machine's files while the guest reads them, so that they may stay in its cache.
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose machine /machine &&
  mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=none control /control &&
  sh /control/start.sh

sync
poweroff -f
