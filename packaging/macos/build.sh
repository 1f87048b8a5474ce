#!/bin/sh
# Makes Waybill.app for Apple's and Intel's processors, and Waybill-VERSION-macos.dmg with it, in dist/. On a Mac only.
#
#   packaging/macos/build.sh
#
# UPDATE_URL and UPDATE_KEY are those of the Makefile. What it signs with comes by the environment:
#
#   MACOS_IDENTITY      name of a "Developer ID Application" certificate in the keychain. Without it the app is signed ad
#                       hoc: it runs, and a Mac that downloaded it asks its owner to allow it first
#   MACOS_NOTARY_KEY    path of an App Store Connect key (.p8), with MACOS_NOTARY_KEY_ID and MACOS_NOTARY_ISSUER. Without
#                       it nothing is notarised
#
# There are no entitlements: the hardened runtime forbids nothing that Waybill does. It makes no code while it runs, loads
# nothing that is not macOS's own, and steers no other program.
set -eu
cd "$(dirname "$0")/../.."
[ "$(uname -s)" = Darwin ] || { echo "build.sh: this needs a Mac" >&2; exit 1; }

version=$(packaging/version.sh)
plain=${version%%-*} # macOS knows numbers with dots only
minimum=$(sed -n '/LSMinimumSystemVersion/{n;s/.*<string>\(.*\)<.*/\1/p;}' packaging/macos/Info.plist)
identity=${MACOS_IDENTITY:--}
image=dist/Waybill-$version-macos.dmg
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
app=$stage/image/Waybill.app
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources" dist

for arch in arm64 amd64; do
	CGO_ENABLED=1 GOOS=darwin GOARCH=$arch \
		CGO_CFLAGS="-O2 -g -mmacosx-version-min=$minimum" CGO_LDFLAGS="-O2 -g -mmacosx-version-min=$minimum" \
		go build -trimpath -buildvcs=false -tags=migrated_fynedo,accessibility -ldflags "-s -w -X main.version=$version \
			-X main.updateURL=${UPDATE_URL:-} -X main.updateKey=${UPDATE_KEY:-}" -o "$stage/$arch" .
done
lipo -create -output "$app/Contents/MacOS/Waybill" "$stage/arm64" "$stage/amd64"

# iconutil wants each size by its name, and the same pictures for screens of double density.
icons=$stage/Waybill.iconset
mkdir "$icons"
for size in 16 32 128 256 512; do
	cp assets/icons/icon-$size.png "$icons/icon_${size}x$size.png"
	cp assets/icons/icon-$((size * 2)).png "$icons/icon_${size}x$size@2x.png"
done
iconutil --convert icns --output "$app/Contents/Resources/Waybill.icns" "$icons"

sed "s/@VERSION@/$plain/" packaging/macos/Info.plist >"$app/Contents/Info.plist"
plutil -lint "$app/Contents/Info.plist"
for language in en de; do
	mkdir "$app/Contents/Resources/$language.lproj"
	plutil -convert binary1 -o "$app/Contents/Resources/$language.lproj/ServicesMenu.strings" \
		packaging/macos/$language.lproj/ServicesMenu.strings
done
cp LICENSE THIRD_PARTY_NOTICES "$app/Contents/Resources/"
find "$app" -exec touch -h -t "$(date -u -r "$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S)" {} +

if [ "$identity" = - ]; then
	# Ad hoc: no time from Apple's server, no hardened runtime, which is for what is notarised.
	codesign --force --sign - "$app"
else
	codesign --force --sign "$identity" --options runtime --timestamp "$app"
fi
codesign --verify --strict --verbose=2 "$app"

# notarise FILE: sends it to Apple and waits for the answer.
notarise() {
	xcrun notarytool submit "$1" --wait --timeout 30m \
		--key "$MACOS_NOTARY_KEY" --key-id "$MACOS_NOTARY_KEY_ID" --issuer "$MACOS_NOTARY_ISSUER"
}
if [ "$identity" != - ] && [ -n "${MACOS_NOTARY_KEY:-}" ]; then
	# The app bears its own ticket, so that a Mac without a network believes it once it is out of the image.
	ditto -c -k --keepParent "$app" "$stage/Waybill.zip"
	notarise "$stage/Waybill.zip"
	xcrun stapler staple "$app"
fi

ln -s /Applications "$stage/image/Applications"
rm -f dist/Waybill-*-macos.dmg
hdiutil create -quiet -volname Waybill -srcfolder "$stage/image" -fs HFS+ -format UDZO "$image"
if [ "$identity" != - ]; then
	codesign --sign "$identity" --timestamp "$image"
	if [ -n "${MACOS_NOTARY_KEY:-}" ]; then
		notarise "$image"
		xcrun stapler staple "$image"
		spctl --assess --type open --context context:primary-signature --verbose "$image"
	fi
fi
rm -rf dist/Waybill.app
ditto "$app" dist/Waybill.app
echo "$image"
