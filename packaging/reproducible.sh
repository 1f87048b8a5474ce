#!/bin/sh
# Makes the Linux packages twice, of two clones in two folders, the second time with an empty build cache, another time zone
# and another umask, and compares their SHA256SUMS. What is not committed does not count.
#
#   packaging/reproducible.sh
set -eu
cd "$(dirname "$0")/.."
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build FOLDER: clones into it and makes the packages. Tools that are built already are taken from here.
build() {
	git clone --quiet "$here" "$1"
	mkdir -p "$1/build"
	[ ! -e build/tools ] || ln -s "$here/build/tools" "$1/build/tools"
	if ! make -C "$1" dist >"$1.log" 2>&1; then
		cat "$1.log" >&2
		exit 1
	fi
}

build "$work/a"
(
	umask 077
	export TZ=Asia/Kathmandu GOCACHE="$work/cache"
	build "$work/b/in-a-longer-path"
)
if ! diff "$work/a/dist/SHA256SUMS" "$work/b/in-a-longer-path/dist/SHA256SUMS"; then
	echo "reproducible: the two builds differ" >&2
	exit 1
fi
cat "$work/a/dist/SHA256SUMS"
echo "reproducible: the same bytes twice"
