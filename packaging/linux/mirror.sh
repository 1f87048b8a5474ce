#!/bin/sh
# Prints where this computer has Debian's packages of a suite from, or Debian's own address.
#
#   packaging/linux/mirror.sh SUITE
set -eu
# shellcheck disable=SC2016 # apt's own variables
site=$(apt-get indextargets --format '$(RELEASE) $(SITE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
	awk -v suite="$1" '$1 == suite { print $2; exit }')
echo "${site:-http://deb.debian.org/debian}"
