#!/bin/bash
# Makes what the guests run on, in the folder WORK: a Debian root with the programs of NFS, and the kernel of the package
# user-mode-linux with its modules. Nothing outside WORK is changed, apt's lists included. As root, on Debian.
#   make_root.sh WORK
set -eu
work=$1
mkdir -p "$work/packages" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
cd "$work/packages"
apt=(apt-get -qq -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache")

"${apt[@]}" update
wanted=(debootstrap user-mode-linux)
# debootstrap downloads with wget.
command -v wget >/dev/null || wanted+=(wget libpsl5)
rm -rf tools ./*.deb
"${apt[@]}" download "${wanted[@]}"
for package in ./*.deb; do dpkg -x "$package" tools; done
tools=$PWD/tools
export PATH=$PATH:$tools/usr/bin:/usr/sbin:/sbin LD_LIBRARY_PATH=$tools/usr/lib/$(uname -m)-linux-gnu

# From where this machine has its own packages, if apt says so.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" | head -1)
rm -rf "$work/root"
DEBOOTSTRAP_DIR=$tools/usr/share/debootstrap "$tools/usr/sbin/debootstrap" --variant=minbase \
  --include=nfs-kernel-server,nfs-common,kmod,iproute2,procps,e2fsprogs "$suite" "$work/root" ${mirror:+"$mirror"}

mkdir -p "$work/root/lib/modules"
cp -a "$tools/usr/lib/uml/modules/." "$work/root/lib/modules/"
cp "$tools/usr/bin/linux.uml" "$work/linux"
rm -rf "$work/packages" "$work/apt" "$work/root/var/cache/apt/archives"
# Last, so that a root that is half made, or that another version of this script made, is made anew.
cp "$0" "$work/made"
