#!/bin/bash
# Process 1 of each guest. Variables from the kernel's command line: $role (server, a or b), $runs (the folder of
# scripts and of their outputs) and $lease (of NFSv4, in seconds; the grace periods have the same length).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp NO_COLOR=1 DENO_DIR=/tmp/denodir NFS_HOST=$role
mount -t proc proc /proc
mount -t sysfs sys /sys
# All guests share the root, a folder of this machine. What a guest writes for itself goes to tmpfs.
for folder in /tmp /run /var/lib/nfs /mnt /srv; do mount -t tmpfs tmpfs $folder; done
mkdir -p /var/lib/nfs/{sm,sm.bak,rpc_pipefs,v4recovery,nfsdcltrack,nfsdcld} /run/rpcbind /run/lock /run/sendsigs.omit.d
touch /var/lib/nfs/{etab,rmtab,state}
chown -R statd /var/lib/nfs/{sm,sm.bak,state}

hostname "host-$role"
ip link set lo up
# Each host has its own wire to the server. The MTU leaves room for the headers of the tunnels.
case $role in
  server) addresses=(10.9.1.1 10.9.2.1) ;;
  a) addresses=(10.9.1.2) ;;
  b) addresses=(10.9.2.2) ;;
esac
for i in "${!addresses[@]}"; do
  ip addr add "${addresses[i]}/24" dev "vec$i"
  ip link set "vec$i" mtu 1400 up
done

modprobe sunrpc
mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs
rpcbind -w
rpc.statd
if [ "$role" = server ]; then
  modprobe nfsd
  mount -t nfsd nfsd /proc/fs/nfsd
  mkdir /srv/export
  mkfs.ext4 -q -F /dev/ubda
  mount /dev/ubda /srv/export
  echo "$lease" >/proc/fs/nfsd/nfsv4leasetime
  echo "$lease" >/proc/fs/nfsd/nfsv4gracetime
  echo "$lease" >/proc/sys/fs/nfs/nlm_grace_period
  nfsdcld
  exportfs -i -o rw,sync,no_subtree_check,no_root_squash,insecure,fsid=0 '*:/srv/export'
  rpc.nfsd 8
  rpc.mountd
else
  modprobe -a nfs nfsv3 nfsv4
  cp -a /denodir "$DENO_DIR"
fi

# Scripts arrive as 1.sh, 2.sh, …; they run in parallel. A read with a timeout sleeps without starting a process.
mkfifo /run/never
exec 9<>/run/never
touch "$runs/ready"
n=1
while :; do
  if [ -e "$runs/$n.sh" ]; then
    ( bash "$runs/$n.sh" >"$runs/$n.out" 2>&1 9>&-; echo $? >"$runs/$n.tmp"; mv "$runs/$n.tmp" "$runs/$n.status" ) &
    n=$((n + 1))
  else
    read -r -t 0.05 <&9
  fi
done
