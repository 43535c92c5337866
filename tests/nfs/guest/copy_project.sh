#!/bin/bash
# Copies jug into the guests' root and fills Deno's cache there, since guests reach no registry. PROJECT is the
# checkout, JUGFILES the jugfiles of the rig, DENO the Deno executable. Packages are cached from outside, with network
# access; code is cached in a chroot, so that it has the paths that guests see.
#   copy_project.sh WORK PROJECT JUGFILES DENO
set -eu
root=$1/root project=$2 jugfiles=$3 deno=$4
mkdir -p "$root/opt" "$root/runs" "$root/denodir"
cmp -s "$deno" "$root/opt/deno" || cp "$deno" "$root/opt/deno"
install -m 755 "$(dirname "$0")/init.sh" "$root/init.sh"
rm -rf "$root/project"
mkdir -p "$root/project/tests/nfs"
cd "$project"
cp -a deno.json deno.lock mod.ts cli.ts core engine commands backends "$root/project/"
cp -a "$jugfiles" "$root/project/tests/nfs/jugfiles"

cd "$root/project"
mapfile -t code < <(find cli.ts mod.ts commands engine backends core tests/nfs/jugfiles -name '*.ts')
DENO_DIR=$root/denodir "$deno" cache --quiet "${code[@]}"
mount --bind /proc "$root/proc"
trap 'umount "$root/proc"' EXIT
chroot "$root" env -C /project DENO_DIR=/denodir HOME=/tmp /opt/deno cache --quiet "${code[@]}"
