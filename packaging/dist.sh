#!/bin/sh
# Makes the Linux packages in dist/: a .deb, an .rpm and a .tar.gz.
#
#   packaging/dist.sh NFPM ARCH     where NFPM is the packager, and ARCH is amd64 or arm64
#
# The same commit gives the same bytes: all times are those of the commit.
set -eu
cd "$(dirname "$0")/.."
nfpm=$1 ARCH=$2
id=io.github.waybill_app.Waybill
version=$(packaging/version.sh)
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
VERSION=$(packaging/linux/version.sh "$version")
STAGE=$(mktemp -d)
chmod 755 "$STAGE"
home=$(mktemp -d)
trap 'rm -rf "$STAGE" "$home"' EXIT
export SOURCE_DATE_EPOCH="$seconds" # the packager's too

program=$(packaging/linux/build.sh "$ARCH")
# What the program says of itself comes from one that runs here.
speaker=$program
[ "$ARCH" = "$(go env GOHOSTARCH)" ] || speaker=build/waybill

umask 022
put() { install -D -m "$1" "$2" "$STAGE/$3"; }
put 755 "$program" usr/bin/waybill
put 644 packaging/linux/$id.desktop usr/share/applications/$id.desktop
put 644 packaging/linux/$id.metainfo.xml usr/share/metainfo/$id.metainfo.xml
for size in 16 24 32 48 64 128 256 512; do
	put 644 assets/icons/icon-$size.png usr/share/icons/hicolor/${size}x$size/apps/$id.png
done
put 644 assets/icon.svg usr/share/icons/hicolor/scalable/apps/$id.svg

# "Send with Waybill", in the context menus of the file managers.
put 644 packaging/linux/menus/nautilus.py usr/share/nautilus-python/extensions/waybill.py
put 644 packaging/linux/menus/nemo.nemo_action usr/share/nemo/actions/waybill.nemo_action
put 644 packaging/linux/menus/dolphin.desktop usr/share/kio/servicemenus/waybill.desktop
put 644 packaging/linux/menus/thunar-sendto.desktop usr/share/Thunar/sendto/waybill.desktop
put 644 packaging/linux/menus/file-manager-action.desktop usr/share/file-manager/actions/waybill.desktop

packaging/linux/docs.sh "$STAGE/usr/share/doc/waybill"
cat >"$STAGE/usr/share/doc/waybill/copyright" <<-END
	Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
	Upstream-Name: Waybill
	Comment: The licences of what is linked in are in THIRD_PARTY_NOTICES.gz, beside this file.

	Files: *
	Copyright: 2026 The Waybill authors
	License: MIT
	$(sed 's/^$/./; s/^/ /' LICENSE)
END
{
	echo "waybill ($VERSION) unstable; urgency=medium"
	printf '\n  * See CHANGELOG.md.gz.\n\n'
	echo " -- The Waybill authors <waybill-app@users.noreply.github.com>  $(LC_ALL=C date -u -R -d "@$seconds")"
} | gzip -9n >"$STAGE/usr/share/doc/waybill/changelog.gz"
for shell in bash zsh fish; do
	case $shell in
	bash) to=usr/share/bash-completion/completions/waybill ;;
	zsh) to=usr/share/zsh/site-functions/_waybill ;; # in a .deb it is elsewhere, see below
	fish) to=usr/share/fish/vendor_completions.d/waybill.fish ;;
	esac
	WAYBILL_HOME=$home "$speaker" completion $shell >"$home/completion"
	put 644 "$home/completion" "$to"
done
WAYBILL_HOME=$home "$speaker" man | gzip -9n >"$home/man"
put 644 "$home/man" usr/share/man/man1/waybill.1.gz
find "$STAGE" -exec touch -h -d "@$seconds" {} +

mkdir -p dist
# Nothing of an earlier version stays beside this one, or in its sums.
rm -f dist/waybill_*_"$ARCH".deb dist/waybill-*-linux-"$ARCH".tar.gz
case $ARCH in amd64) rm -f dist/waybill-*.x86_64.rpm ;; arm64) rm -f dist/waybill-*.aarch64.rpm ;; esac
for kind in deb rpm; do
	sed "s,@ARCH@,$ARCH,; s,@VERSION@,$VERSION,; s,@STAGE@,$STAGE," packaging/linux/nfpm.yaml >"$home/nfpm.yaml"
	{
		echo "depends:"
		packaging/linux/libraries.sh "$program" $kind needs >"$home/libraries"
		sed 's/.*/  - "&"/' "$home/libraries"
		echo "recommends:"
		packaging/linux/libraries.sh "$program" $kind wants >"$home/libraries"
		sed 's/.*/  - "&"/' "$home/libraries" packaging/linux/recommends.$kind
	} >>"$home/nfpm.yaml"
	[ $kind = deb ] || echo "release: 1" >>"$home/nfpm.yaml"
	# Debian's zsh looks for what packages bring in a folder of its own.
	[ $kind = rpm ] || mv "$STAGE/usr/share/zsh/site-functions" "$STAGE/usr/share/zsh/vendor-completions"
	touch -d "@$seconds" "$STAGE/usr/share/zsh"
	[ $kind = rpm ] || sed -i '/^license:/d' "$home/nfpm.yaml" # a .deb says it in its copyright
	"$nfpm" package --config "$home/nfpm.yaml" --packager $kind --target dist/
	[ $kind = rpm ] || mv "$STAGE/usr/share/zsh/vendor-completions" "$STAGE/usr/share/zsh/site-functions"
done
# xz itself takes a fifth less than the one in nfpm.
deb=$(echo "$PWD/dist/waybill_"*_"$ARCH".deb)
(
	cd "$home"
	ar x "$deb"
	xz -6 data.tar
	rm "$deb"
	ar rcD "$deb" debian-binary control.tar.gz data.tar.xz
)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$seconds" --transform "s,^\./usr,waybill-$version," \
	-C "$STAGE" -cf - ./usr | gzip -9n >"dist/waybill-$version-linux-$ARCH.tar.gz"

# The other systems' packages keep their lines.
cd dist
{ sed '/\.deb$/d; /\.rpm$/d; /\.tar\.gz$/d' SHA256SUMS 2>/dev/null || true; sha256sum -- *.deb *.rpm *.tar.gz; } >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
ls -l
