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
# All that the program may import, whatever its folders are called.
for each in *; do
  case $each in
  tests | docs | examples | bench | tools | coverage | dist | node_modules) ;;
  *) cp -a "$each" "$root/project/" ;;
  esac
done
cp -a "$jugfiles" "$root/project/tests/nfs/jugfiles"

cd "$root/project"
# The sources of pages are for browsers; a module that is made from them is imported. web/ has a configuration of its own,
# which Deno would take if a file in it came first.
mapfile -t code < <(find . -path ./web/page -prune -o -name '*.ts' -print)
DENO_DIR=$root/denodir "$deno" cache --quiet --config deno.json "${code[@]}"
mount --bind /proc "$root/proc"
trap 'umount "$root/proc"' EXIT
chroot "$root" env -C /project DENO_DIR=/denodir HOME=/tmp /opt/deno cache --quiet --config deno.json "${code[@]}"
