#!/bin/sh
# Makes what Windows installs, in dist/: an installer (NSIS), an .msi and a .zip, all for amd64.
#
#   packaging/windows/dist.sh
#
# With WAYBILL_SIGN_CERTIFICATE set, everything is signed: packaging/windows/sign.sh says by what. The same commit
# gives the same bytes: all times are those of the commit.
set -eu
cd "$(dirname "$0")/../.."
from=packaging/windows
version=$(packaging/version.sh)
plain=$(echo "$version" | sed 's/^\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/') # three numbers
numbers=$plain.0
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH="$seconds"
base=waybill-$version-windows-amd64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/waybill-$version
mkdir -p "$stage/docs" dist
umask 022

sign() { [ -z "${WAYBILL_SIGN_CERTIFICATE:-}" ] || $from/sign.sh "$@"; }
gcc=x86_64-w64-mingw32-gcc

# resource PROGRAM [FLAG]: what Windows knows of a program before it runs, to be linked in.
resource() {
	x86_64-w64-mingw32-windres -O coff -I $from -I "$work" -DVERSION="\\\"$version\\\"" \
		-DNUMBERS="$(echo "$numbers" | tr . ,)" -DPROGRAM="\\\"$1\\\"" ${2:+"$2"} $from/waybill.rc "$work/$1.o"
}

icons=assets/icons/icon
icotool -c -o "$work/waybill.ico" $icons-16.png $icons-24.png $icons-32.png $icons-48.png $icons-64.png --raw=$icons-256.png
resource waybill.exe -DWINDOW
resource waybill.com

# The graphical subsystem opens no console window; waybill.com is there for terminals. The linker's options end with
# the resource, in a folder with another name each time, so that the build's own id is left out.
# Fyne's "accessibility" gives screen readers the window's words.
CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=$gcc \
	GOFLAGS="-trimpath -buildvcs=false -tags=migrated_fynedo,accessibility" \
	go build -ldflags "-s -w -buildid= -H windowsgui -X main.version=$version
		-X main.updateURL=${UPDATE_URL:-} -X main.updateKey=${UPDATE_KEY:-}
		-extldflags '-Wl,--no-insert-timestamp $work/waybill.exe.o'" -o "$stage/waybill.exe" .
$gcc -Os -s -Wall -Wextra -Werror -municode -Wl,--no-insert-timestamp \
	-o "$stage/waybill.com" $from/waybill.com.c "$work/waybill.com.o"
sign "$stage/waybill.exe" "$stage/waybill.com"

cp LICENSE "$stage/LICENSE.txt"
cp CHANGELOG.md "$stage/CHANGELOG.txt"
for notices in THIRD_PARTY_NOTICES*; do
	[ ! -f "$notices" ] || cp "$notices" "$stage/THIRD_PARTY_NOTICES.txt"
done
cp docs/links.md docs/command-line.md docs/windows.md "$stage/docs/"
dated() { find "$stage" -exec touch -h -d "@$seconds" {} +; }
dated

(cd "$work" && find "waybill-$version" -type f | LC_ALL=C sort | TZ=UTC zip -qX9 - -@) >"dist/$base.zip"

cp "$work/waybill.ico" $from/side.bmp "$stage/" # what the installers show is not installed
dated
makensis -V2 -NOCONFIG -INPUTCHARSET UTF8 -DVERSION="$version" -DNUMBERS="$numbers" -DSTAGE="$stage" \
	-DOUTPUT="$PWD/dist/$base-setup.exe" ${WAYBILL_SIGN_CERTIFICATE:+-DSIGN="$PWD/$from/sign.sh"} $from/waybill.nsi
sign "dist/$base-setup.exe"

$from/msi.sh "$stage" "$version" "dist/$base.msi"
sign "dist/$base.msi"

# The other systems' packages keep their lines.
cd dist
{ sed '/-windows-/d' SHA256SUMS 2>/dev/null || true; sha256sum -- "$base.zip" "$base-setup.exe" "$base.msi"; } >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
ls -l -- *-windows-*
