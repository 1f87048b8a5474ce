#!/bin/sh
# Looks at dist/Waybill.app and its image, and starts it. On a Mac only, after build.sh.
set -eu
cd "$(dirname "$0")/../.."
app=dist/Waybill.app
program=$app/Contents/MacOS/Waybill

say() { echo "check: $*"; }

for arch in arm64 x86_64; do
	lipo "$program" -verify_arch $arch || { say "$program is not for $arch"; exit 1; }
done
codesign --verify --deep --strict "$app"
plutil -lint "$app/Contents/Info.plist"
"$program" version
if arch -x86_64 /usr/bin/true 2>/dev/null; then # with Rosetta, or on Intel
	arch -x86_64 "$program" version
fi

image=$(echo dist/Waybill-*-macos.dmg)
at=$(mktemp -d)
hdiutil attach -quiet -nobrowse -readonly -mountpoint "$at" "$image"
detach() { hdiutil detach -quiet "$at" || true; }
trap detach EXIT
[ -L "$at/Applications" ] || { say "$image has no link to Applications"; exit 1; }
codesign --verify --strict "$at/Waybill.app"
detach
trap - EXIT

say "The main job by command line, with the program in the app."
packaging/run-headless.sh "$program"

# The window. Macs that GitHub lends have no graphics that GLFW takes (glfw/glfw issue 2570); that is said and no more. What
# else ends it is a failure.
WAYBILL_HOME=$(mktemp -d)
export WAYBILL_HOME
log=$WAYBILL_HOME/log
"$program" --sandbox README.md >"$log" 2>&1 &
pid=$!
seconds=0
while kill -0 $pid 2>/dev/null && [ $seconds -lt 20 ]; do
	sleep 1
	seconds=$((seconds + 1))
done
if kill -0 $pid 2>/dev/null; then
	screencapture -x dist/macos-window.png || true
	kill $pid
	wait $pid || true
	"$program" links --json | grep -q README.md || { say "the window did not send README.md"; exit 1; }
	say "The window opened and sent a file."
elif grep -qi -e "pixel format" -e "FormatUnavailable" -e "APIUnavailable" -e "VersionUnavailable" "$log"; then
	echo "::warning::The window could not be opened: this Mac has no graphics that OpenGL can use."
else
	cat "$log"
	say "the window did not stay open"
	exit 1
fi
