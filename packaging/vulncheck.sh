#!/bin/sh
# Looks for known faults in what the program is linked from, by govulncheck.
#
#   packaging/vulncheck.sh GOVULNCHECK
#
# It asks Go's vulnerability database. Where that cannot be reached it takes the copy that Go's team publishes as a module,
# of the day that is pinned below, and says so: what was found out since then it cannot know. VULNDB names a database
# and lets nothing else do, as the release workflow wants it.
#
# Status 0: nothing known is reached; 3: something is; anything else: it could not be found out.
set -eu
cd "$(dirname "$0")/.."
govulncheck=$1
live=https://vuln.go.dev
copy=golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018
day=2026-11-05

reaches() { curl --silent --show-error --fail --max-time 20 --output /dev/null "$1/index/db.json"; }

if [ -n "${VULNDB:-}" ]; then
	db=$VULNDB
elif complaint=$(reaches $live 2>&1); then
	db=$live
else
	echo "vulncheck: the vulnerability database $live cannot be reached (${complaint#curl: })" >&2
	if ! dir=$(GOFLAGS='' go mod download -json $copy | sed -n 's/^.*"Dir": "\(.*\)",*$/\1/p') || [ -z "$dir" ]; then
		echo "vulncheck: nor can its copy of $day; nothing was checked" >&2
		exit 1
	fi
	db=file://$dir/data/osv
	echo "vulncheck: checking against the copy of $day" >&2
fi

exec "$govulncheck" -db "$db" .
