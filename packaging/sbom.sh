#!/bin/sh
# Writes what the program is built of on each system as CycloneDX, into dist/. It wants a clone, not a linked work tree:
# the version is read from git.
#
#   packaging/sbom.sh CYCLONEDX_GOMOD
#
# Without serial number and time, so that the same commit gives the same bytes.
set -eu
cd "$(dirname "$0")/.."
tool=$1
version=$(packaging/version.sh)
mkdir -p dist
for system in linux windows darwin; do
	case $system in linux) tags=migrated_fynedo ;; *) tags=migrated_fynedo,accessibility ;; esac
	GOFLAGS="-tags=$tags" GOOS=$system GOARCH=amd64 CGO_ENABLED=1 "$tool" app -json -licenses -std -noserial -notimestamp \
		-output "dist/waybill-$version-$system.cdx.json" -main . . 2>"dist/.sbom.log" || { cat dist/.sbom.log >&2; exit 1; }
	rm -f dist/.sbom.log
	echo "dist/waybill-$version-$system.cdx.json"
done
