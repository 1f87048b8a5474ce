#!/bin/sh
# Says whether a tag may be released: it is the version of FyneApp.toml, and the changelog says what is new in it.
#
#   packaging/release-check.sh TAG
set -eu
cd "$(dirname "$0")/.."
tag=${1:?the tag is missing}
version=$(sed -n 's/^Version = "\(.*\)"$/\1/p' FyneApp.toml)
if [ "${tag#v}" = "$tag" ] || { [ "${tag#v}" != "$version" ] && [ "${tag%%-*}" != "v$version" ]; }; then
	echo "release-check: the tag is $tag, and FyneApp.toml says $version" >&2
	exit 1
fi
packaging/release-notes.sh "${tag#v}"
