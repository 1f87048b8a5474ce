#!/bin/sh
# Lays Debian's headers and libraries of another architecture into a folder, once, and prints its path. Nothing of
# them is installed on this computer.
#
#   packaging/linux/sysroot.sh ARCH
set -eu
umask 022
cd "$(dirname "$0")/../.."
arch=$1
suite=bookworm
packages=libc6-dev,libgcc-12-dev,libgl-dev,libegl-dev,libx11-dev,libxcursor-dev,libxi-dev,libxinerama-dev,libxrandr-dev
packages=$packages,libxxf86vm-dev,libwayland-dev,libxkbcommon-dev
root=$PWD/build/sysroot-$arch-$(echo $packages | cksum | cut -d' ' -f1)
if [ ! -d "$root" ]; then
	mkdir -p build
	new=$(mktemp -d build/sysroot-XXXXXX)
	trap 'rm -rf "$new"' EXIT
	mmdebstrap --quiet --variant=extract --architectures="$arch" --include="$packages" \
		$suite "$new" "$(packaging/linux/mirror.sh $suite)" >&2
	# A link to /lib would lead to this computer's.
	find "$new" -type l -lname '/*' | while read -r link; do
		ln -sfnr "$new$(readlink "$link")" "$link"
	done
	mv "$new" "$root"
fi
echo "$root"
