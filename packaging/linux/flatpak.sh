#!/bin/sh
# Makes a Flatpak of the last commit in dist/, in two steps: what needs the network first, then flatpak-builder without it.
#
#   packaging/linux/flatpak.sh [sources]     with "sources" only the first step
set -eu
cd "$(dirname "$0")/../.."
id=io.github.waybill_app.Waybill
work=$PWD/build/flatpak
mkdir -p "$work/source"
packaging/version.sh >"$work/source/version"
git archive --format=tar --output "$work/waybill.tar" HEAD
tar --append --file "$work/waybill.tar" -C "$work/source" version
# Modules come in the form that the go command's proxies have, with the sums of go.sum; what is here already is taken.
here=$(go env GOMODCACHE)/cache/download
GOPROXY="file://$here,$(go env GOPROXY)" GOFLAGS='' GOMODCACHE="$work/modcache" go mod download
[ "${1:-}" != sources ] || exit 0
mkdir -p dist
flatpak-builder --force-clean --disable-rofiles-fuse --state-dir="$work/state" --repo="$work/repo" "$work/build" packaging/linux/$id.yaml
flatpak build-bundle "$work/repo" "dist/$id.flatpak" $id
