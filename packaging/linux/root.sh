#!/bin/sh
# Lays a small Debian with a file manager and nothing of Waybill's into a folder, once, and prints its path: what
# the packages are tried in. It is never written to afterwards.
#
#   packaging/linux/root.sh
set -eu
umask 022
cd "$(dirname "$0")/../.."
suite=bookworm
# gtk-launch, file types and their defaults; and what a desktop has that packages tell of their files.
packages=libgtk-3-bin,libglib2.0-bin,pcmanfm,libfm-modules,desktop-file-utils,shared-mime-info,adwaita-icon-theme,dbus
root=$PWD/build/root-$suite-$(echo $packages | cksum | cut -d' ' -f1)
if [ ! -d "$root" ]; then
	mkdir -p build
	new=$(mktemp -d build/root-XXXXXX)
	trap 'rm -rf "$new"' EXIT
	mmdebstrap --quiet --variant=apt --include="$packages" $suite "$new" "$(packaging/linux/mirror.sh $suite)" >&2
	chmod 755 "$new"
	mv "$new" "$root"
fi
echo "$root"
