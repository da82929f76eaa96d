#!/bin/sh
# Makes a small Debian or Ubuntu root file system and packs it into a tar.
#
#   make-root.sh WORK_DIRECTORY KEYRING SUITE MIRROR [PACKAGE...]
#
# WORK_DIRECTORY is an empty folder on a file system that allows devices and programs; root.tar appears in it. It may
# hold a file apt-sources.list: lines for apt with the distribution's updates, which are then installed as well.
# Needs root and debootstrap. Run it in a mount namespace of its own: what debootstrap mounts then goes with it.
set -eu

work=$1 keyring=$2 suite=$3 mirror=$4
shift 4
packages=$(echo "$*" | tr ' ' ',')
root=$work/root
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
trap 'cd / && rm -rf --one-file-system "$root"' EXIT

debootstrap --variant=minbase --keyring="$keyring" ${packages:+--include="$packages"} "$suite" "$root" "$mirror"

if [ -f "$work/apt-sources.list" ]; then
  echo 'I: Installing updates'
  rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
  cp "$work/apt-sources.list" "$root/etc/apt/sources.list"
  # Whatever way out of this machine apt was told about, proxies above all, is the way here too.
  apt-config dump --no-empty | grep -E '^Acquire::(https?|ftp|Retries|ForceIPv[46])' > "$root/etc/apt/apt.conf.d/00machine" || true
  chroot "$root" apt-get -q update
  chroot "$root" apt-get -q -y upgrade
  rm -f "$root/etc/apt/apt.conf.d/00machine"
fi

echo 'I: Removing what a sandbox has no use for'
cd "$root"
# Where the packages came from and what this machine is called are nobody's business inside.
rm -rf etc/apt/sources.list etc/apt/sources.list.d/* etc/resolv.conf etc/hostname etc/hosts etc/machine-id
rm -rf var/lib/apt/lists/* var/cache/apt/* var/cache/debconf/*-old var/cache/ldconfig/* var/lib/dpkg/*-old var/log/*
rm -rf usr/share/doc/* usr/share/man/* usr/share/info/* usr/share/locale/* usr/share/lintian usr/share/linda usr/share/groff
rm -rf usr/share/bug usr/share/doc-base root/.cache tmp/* var/tmp/* run/* dev/* boot/*
# Nobody gains privileges by running a program: a sandbox has none to gain.
find . -xdev -type f -perm /6000 -exec chmod u-s,g-s {} +

echo 'I: Packing'
tar --create --numeric-owner --sort=name --one-file-system --directory="$root" --file="$work/root.tar" .
