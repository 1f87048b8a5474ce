#!/bin/sh
# Reads from a built program which libraries it links and which it opens while it runs, and fails when
# packaging/linux/libraries lists others. Else it prints what a package has to declare, one a line.
#
#   packaging/linux/libraries.sh PROGRAM deb|rpm needs|wants
set -eu
export LC_ALL=C
program=$1 kind=$2 how=$3
list=$(dirname "$0")/libraries
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

linked() { readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v -E '^(libc|libm|ld-linux.*)\.so'; }
# A name with its version is what is opened; those without are tried too, and mean the same libraries.
opened() { strings -n 8 "$program" | grep -E '^lib[A-Za-z0-9_-]+\.so\.[0-9]+$' | grep -v -E '^lib(c|m)\.so'; }

{ linked; opened; } | sort -u >"$tmp/found"
grep -E '^lib' "$list" | awk '{ print $1 }' | sort >"$tmp/listed"
if ! diff -u "$tmp/listed" "$tmp/found" >"$tmp/diff"; then
	echo "$list is not what $program uses (+ it uses this, - it does not):" >&2
	grep -E '^[+-]lib' "$tmp/diff" >&2
	exit 1
fi
for library in $(linked); do
	grep -q -E "^$library +[^ ]+ +needs " "$list" || { echo "$list: $library is linked, so it is needed" >&2; exit 1; }
done

# The C library's symbols have versions; what the program was linked against may be newer than what it uses.
libc=$(readelf -V "$program" | grep -o 'GLIBC_[0-9.]*' | sort -u -V | tail -n 1)
case $kind-$how in
deb-needs) echo "libc6 (>= ${libc#GLIBC_})" ;;
rpm-needs) echo "libc.so.6($libc)(64bit)" ;;
esac
awk -v kind="$kind" -v how="$how" '/^lib/ && $3 == how { print kind == "deb" ? $2 : $1 "()(64bit)" }' "$list" |
	sed 's/>=\(.*\)/ (>= \1)/'
