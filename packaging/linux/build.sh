#!/bin/sh
# Builds the program for the Linux packages, and prints where it is: position independent, its links to libraries
# resolved before it starts, without symbols. For another architecture than this computer's it takes Debian's
# cross compiler, and headers and libraries out of packaging/linux/sysroot.sh.
#
#   packaging/linux/build.sh amd64|arm64
#
# UPDATE_URL and UPDATE_KEY are those of the Makefile.
set -eu
cd "$(dirname "$0")/../.."
arch=$1
out=build/linux-$arch/waybill
if [ "$arch" != "$(go env GOARCH)" ]; then
	[ "$arch" = arm64 ] || { echo "build.sh: no cross compiler is known for \"$arch\"" >&2; exit 2; }
	root=$(packaging/linux/sysroot.sh "$arch")
	export CC=aarch64-linux-gnu-gcc CGO_ENABLED=1 GOARCH="$arch"
	export CGO_CFLAGS="-O2 -g --sysroot=$root" CGO_LDFLAGS="-O2 -g --sysroot=$root"
fi
go build -buildmode=pie -ldflags "-s -w -bindnow -X main.version=$(packaging/version.sh) \
	-X main.updateURL=${UPDATE_URL:-} -X main.updateKey=${UPDATE_KEY:-}" -o "$out" .
echo "$out"
