#!/bin/sh
# Prints what CHANGELOG.md says of a version, for the page of a release.
#
#   packaging/release-notes.sh VERSION [CHANGELOG]     the version without a v
#
# A version that has no section, or an empty one, is an error: nothing is released without a word on what is new.
set -eu
version=${1:?the version is missing}
changelog=${2:-$(dirname "$0")/../CHANGELOG.md}

notes=$(awk -v want="$version" '
	/^## / {
		heading = $2
		gsub(/[][]/, "", heading)
		inside = heading == want
		next
	}
	/^\[[^]]*\]: / { next } # the addresses at the end
	inside { print }
' "$changelog" | sed -e '/./,$!d')
if [ -z "$notes" ]; then
	echo "release-notes: $changelog says nothing of $version" >&2
	exit 1
fi
printf '%s\n' "$notes"
