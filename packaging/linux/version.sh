#!/bin/sh
# Prints the version that a package has, of a build's version.
#
#   packaging/linux/version.sh VERSION
#
# Packagers sort a tilde before and a plus sign behind the version it follows; a hyphen would be taken for a version that
# is to come, as in 0.1.0-rc.1.
set -eu
echo "$1" | sed -E 's/-dev\./~dev./; s/-dirty$/.dirty/; s/-([0-9]+)-g([0-9a-f]+)/+\1.g\2/'
