#!/bin/sh
# Prints the version to build in: the last tag and what came after it, or, without tags, the version of
# FyneApp.toml and the commit, or, without git, that version alone.
set -eu
cd "$(dirname "$0")/.."

# A checkout of something else around this folder is not ours to describe.
GIT_CEILING_DIRECTORIES=$(dirname "$PWD")
export GIT_CEILING_DIRECTORIES

if version=$(git describe --tags --dirty --match 'v[0-9]*' 2>/dev/null); then
	echo "${version#v}"
	exit
fi
base=$(sed -n 's/^Version = "\(.*\)"$/\1/p' FyneApp.toml)
if commit=$(git describe --always --dirty --exclude '*' 2>/dev/null); then
	echo "$base-dev.$commit"
else
	echo "$base-dev"
fi
