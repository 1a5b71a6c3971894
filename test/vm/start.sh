#!/bin/sh
# What the guest does, once init.sh has mounted the machine's file system at /machine and the control folder at
# /control: runs a command in a root directory that is the machine's, but for what is mounted here. guest.ts says by
# /control/settings.sh:
#
#   PROJECT    the project's folder
#   MODULES    what is loaded before the command runs
#   EXPORTS    mount tags of writable folders, each followed by where it goes
#
# and has the command in /control/command.sh. The exit status goes into /control/status; where there is none, the
# command was not run.

. /control/settings.sh

# The kernel loads modules by a program in this root directory, whoever needs them, and from wherever.
cat >/sbin/modprobe <<END
#!/bin/sh
exec chroot /machine /sbin/modprobe -d '$PROJECT/.cache/vm/root' "\$@"
END
chmod +x /sbin/modprobe

# And programs find them by this modprobe, the first one in their PATH (guest.ts).
programs=/machine/run/programs

mkdir /original
mount --bind /machine /original
for folder in tmp run; do mount -t tmpfs -o mode=1777 "$folder" "/machine/$folder"; done
# A copy of the project may be in a folder that has just been covered.
if [ ! -e "/machine$PROJECT/package.json" ]; then
  mkdir -p "/machine$PROJECT"
  mount --bind "/original$PROJECT" "/machine$PROJECT"
fi
mount -t proc proc /machine/proc
mount -t sysfs sys /machine/sys
mount --bind /dev /machine/dev
ln -s /proc/self/fd /dev/fd
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${stream%:*}" "/dev/${stream#*:}"; done
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /machine/dev/pts
mount -t tmpfs -o mode=1777 shm /machine/dev/shm
ip link set lo up

# shellcheck disable=SC2086 # they are lists of words
{
  set -- $EXPORTS
  while [ $# -gt 0 ]; do
    mkdir -p "/machine$2"
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=none "$1" "/machine$2" || exit
    shift 2
  done
  [ -z "$MODULES" ] || /sbin/modprobe -a $MODULES || exit
}

mkdir -p "$programs"
cat >"$programs/modprobe" <<END
#!/bin/sh
exec /sbin/modprobe -d '$PROJECT/.cache/vm/root' "\$@"
END
chmod +x "$programs/modprobe"

cp /control/command.sh /machine/run/command.sh
# Not to a terminal: nothing is to be drawn on the console.
{
  chroot /machine /bin/sh /run/command.sh
  echo $? >/control/status
} 2>&1 | cat
