#!/bin/sh
# Installs through apt what is missing of the system packages that a task needs, and says why.
#
#   packaging/deps.sh GROUP...     the groups are in the list at the end of this file
#
# As root, or where sudo asks for no password, it installs. Otherwise it prints the one line to run and
# ends with status 1. WAYBILL_SKIP_DEPS=1 skips it all, for those who have the same things from elsewhere.
set -eu

say() { echo "deps: $*" >&2; }

# packages GROUP...: "package reason" lines of these groups, each package once.
packages() {
	awk -v groups=" $* " '
		$0 == "# the list" { inside = 1; next }
		inside && NF > 2 && index(groups, " " $2 " ") && !seen[$3]++ { sub(/^# *[a-z]+ +/, ""); print }
	' "$0"
}

[ -z "${WAYBILL_SKIP_DEPS:-}" ] || exit 0
for group in "$@"; do
	[ -n "$(packages "$group")" ] || { say "there is no group \"$group\""; exit 2; }
done
wanted=$(packages "$@")
names=$(echo "$wanted" | cut -d' ' -f1 | tr '\n' ' ')

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	if [ "$(uname -s)" = Darwin ]; then
		xcode-select -p >/dev/null 2>&1 || say "Xcode's command line tools are needed: xcode-select --install"
	else
		say "not Debian, so this installs nothing; what is needed, by Debian's names: $names"
	fi
	exit 0
fi

# One question for all of them. It fails when it does not know one, which is an answer too.
# shellcheck disable=SC2086 # the names are words
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $names 2>/dev/null | sed -n 's/ installed$//p' || true)
missing=
for name in $names; do
	case "
$installed
" in
	*"
$name
"*) ;;
	*) missing="$missing $name" ;;
	esac
done
[ -n "$missing" ] || exit 0

say "missing, to be installed with apt:"
echo "$wanted" | while read -r name reason; do
	case "$missing " in *" $name "*) echo "  $name: $reason" >&2 ;; esac
done

as_root=
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		say "this needs root. Run this line, then try again:"
		echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
		</dev/null >"$log" 2>&1
}
say "installing (the first time this takes a few minutes)"
# A source of the person's own that does not answer need not matter: go on and see.
apt update || say "apt-get update had a complaint: $(tail -n 1 "$log")"
# shellcheck disable=SC2086 # the names are words
if ! apt install -y --no-install-recommends $missing; then
	cat "$log" >&2
	say "apt-get install failed, see above"
	exit 1
fi
say "done"
exit 0

# the list
# build gcc                     the C compiler, for Fyne's window code
# build libc6-dev               the C library's headers
# build pkgconf                 finds the C libraries
# build libgl1-mesa-dev         OpenGL, which Fyne draws with
# build xorg-dev                X11's headers, for the window
# build libwayland-dev          Wayland's headers, for the window
# build libxkbcommon-dev        the keyboard under Wayland
# run   curl                    fetches the link as anybody would
# run   ca-certificates         lets curl check certificates
# test  xvfb                    a display for the tests
# test  xauth                   who may use that display
# test  openbox                 a window manager, which drag and drop needs
# test  pcmanfm                 a file manager to drag files from
# test  adwaita-icon-theme      the file manager's icons
# test  shared-mime-info        the file manager's file types
# test  dbus-x11                a session bus for the file manager and the portal
# test  xdotool                 moves the mouse and types in the tests
# test  xclip                   reads the clipboard in the tests
# test  x11-utils               looks at windows in the tests (xprop, xwininfo)
# test  imagemagick             takes and compares screenshots
# test  tesseract-ocr           reads what the window says
# test  chromium                opens the pages in a real browser
# test  curl                    fetches the links in the tests
# test  wget                    fetches the links that were copied for it
# test  ca-certificates         lets curl check certificates
# test  fonts-noto-core         letters of most scripts
# test  fonts-noto-cjk          Chinese, Japanese and Korean letters
# test  fonts-noto-color-emoji  emoji
# axe   npm                     fetches axe-core, which looks at the pages in the tests
# peers awscli                 the AWS CLI, which bench measures beside
# stores radosgw               Ceph's object gateway, a store for the tests
# stores ceph-mon              what the gateway needs: a monitor
# stores ceph-osd              and a storage daemon
# stores ceph-common           and the tools to set these up
# lint  shellcheck              checks the shell scripts
# dist  gcc                     the C compiler, for Fyne's window code
# dist  libc6-dev               the C library's headers
# dist  pkgconf                 finds the C libraries
# dist  libgl1-mesa-dev         OpenGL, which Fyne draws with
# dist  xorg-dev                X11's headers, for the window
# dist  libwayland-dev          Wayland's headers, for the window
# dist  libxkbcommon-dev        the keyboard under Wayland
# dist  binutils                reads which libraries the program uses, puts the .deb together
# dist  xz-utils                compresses the .deb
# cleanroom mmdebstrap          lays out a small Debian
# cleanroom lintian             checks the .deb
# cleanroom desktop-file-utils  checks the desktop file
# cleanroom appstream           checks what software centres show
# cleanroom dpkg-dev            finds what the program is linked with
# cleanroom rpm                 installs the .rpm
# cross mmdebstrap              lays out libraries of another architecture
# cross gcc-aarch64-linux-gnu   the C compiler for arm64
# cross qemu-user-static        runs what was built for arm64
# windows gcc-mingw-w64-x86-64 the C compiler for Windows, and its resource compiler
# windows nsis                 makes the installer
# windows wixl                 makes the .msi
# windows msitools             sets in the .msi what wixl cannot
# windows faketime             a clock that stands still for wixl
# windows icoutils             makes the .ico file
# windows zip                  makes the .zip
# windows osslsigncode         signs, and checks signatures
# wine  wine                   runs what was built for Windows
# wine  wine64                 the same, for 64 bits
# wine  openssl                makes a certificate to sign with
# icons librsvg2-bin            draws the icon's PNG files from its SVG
