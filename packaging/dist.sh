#!/bin/sh
# Makes the Linux packages in dist/ of the program in build/waybill: a .deb, an .rpm and a .tar.gz.
#
#   packaging/dist.sh NFPM     where NFPM is the packager
#
# The same program and commit give the same bytes: all times are those of the commit.
set -eu
cd "$(dirname "$0")/.."
nfpm=$1
id=io.github.waybill_app.Waybill
version=$(packaging/version.sh)
ARCH=$(go env GOARCH)
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
# Packages know no plus sign or dot-separated word as Go's versions have them behind a hyphen.
VERSION=$(echo "$version" | sed 's/-dev\./~dev./; s/-dirty$/.dirty/')
STAGE=$(mktemp -d)
chmod 755 "$STAGE"
trap 'rm -rf "$STAGE"' EXIT
export SOURCE_DATE_EPOCH="$seconds" # the packager's too

umask 022
put() { install -D -m "$1" "$2" "$STAGE/$3"; }
put 755 build/waybill usr/bin/waybill
strip --strip-unneeded "$STAGE/usr/bin/waybill"
put 644 packaging/linux/$id.desktop usr/share/applications/$id.desktop
put 644 packaging/linux/$id.metainfo.xml usr/share/metainfo/$id.metainfo.xml
for size in 16 24 32 48 64 128 256 512; do
	put 644 assets/icons/icon-$size.png usr/share/icons/hicolor/${size}x$size/apps/$id.png
done
put 644 assets/icon.svg usr/share/icons/hicolor/scalable/apps/$id.svg
for doc in README.md CHANGELOG.md docs/links.md docs/command-line.md docs/data.md docs/updates.md; do
	put 644 $doc usr/share/doc/waybill/"$(basename $doc)"
done
gzip -9n "$STAGE/usr/share/doc/waybill/CHANGELOG.md"
mv "$STAGE/usr/share/doc/waybill/CHANGELOG.md.gz" "$STAGE/usr/share/doc/waybill/changelog.gz"
cat >"$STAGE/usr/share/doc/waybill/copyright" <<-EOF
	Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
	Upstream-Name: Waybill

	Files: *
	Copyright: 2026 The Waybill authors
	License: MIT
	$(sed 's/^$/./; s/^/ /' LICENSE)
EOF
put 644 packaging/linux/lintian-overrides usr/share/lintian/overrides/waybill
{
	echo "waybill ($VERSION-1) unstable; urgency=medium"
	printf '\n  * See changelog.gz.\n\n'
	echo " -- The Waybill authors <waybill-app@users.noreply.github.com>  $(LC_ALL=C date -u -R -d "@$seconds")"
} | gzip -9n >"$STAGE/usr/share/doc/waybill/changelog.Debian.gz"
home=$(mktemp -d)
for shell in bash zsh fish; do
	case $shell in
	bash) to=usr/share/bash-completion/completions/waybill ;;
	zsh) to=usr/share/zsh/vendor-completions/_waybill ;;
	fish) to=usr/share/fish/vendor_completions.d/waybill.fish ;;
	esac
	WAYBILL_HOME=$home build/waybill completion $shell >"$home/completion"
	put 644 "$home/completion" "$to"
done
WAYBILL_HOME=$home build/waybill man | gzip -9n >"$home/man"
put 644 "$home/man" usr/share/man/man1/waybill.1.gz
rm -rf "$home"
find "$STAGE" -exec touch -h -d "@$seconds" {} +

mkdir -p dist
config=$(mktemp)
for kind in deb rpm; do
	sed "s,@ARCH@,$ARCH,; s,@VERSION@,$VERSION,; s,@STAGE@,$STAGE," packaging/linux/nfpm.yaml >"$config"
	[ $kind = rpm ] || sed -i '/^license:/d' "$config" # a .deb says it in its copyright
	"$nfpm" package --config "$config" --packager $kind --target dist/
done
rm -f "$config"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$seconds" --transform "s,^\./usr,waybill-$version," \
	-C "$STAGE" -cf - ./usr | gzip -9n >"dist/waybill-$version-linux-$ARCH.tar.gz"
(cd dist && sha256sum -- *.deb *.rpm *.tar.gz >SHA256SUMS)
ls -l dist
