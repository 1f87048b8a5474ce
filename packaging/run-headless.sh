#!/bin/sh
# The main job without a display: sends README.md to the sandbox, prints the link and its end, fetches the
# link as anybody would, and compares.
#
#   packaging/run-headless.sh [path of waybill]
set -eu
cd "$(dirname "$0")/.."
waybill=${1:-build/waybill}
file=README.md

tmp=$(mktemp -d)
pid=
finish() {
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	fi
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# field NAME: the text of this field in the JSON line. Go writes & < > as \u0026 \u003c \u003e.
field() {
	sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p' "$tmp/sent" | head -n 1 |
		sed 's/\\u0026/\&/g; s/\\u003c/</g; s/\\u003e/>/g; s|\\/|/|g'
}

echo "There is no display here, so this does the main job without a window."
echo "Starting the sandbox, a real S3 store on this machine alone."
: >"$tmp/env"
"$waybill" sandbox >"$tmp/env" 2>"$tmp/sandbox.log" </dev/null &
pid=$!

tries=0
until grep -q '^export AWS_ACCESS_KEY_ID=' "$tmp/env" && grep -q '^export AWS_SECRET_ACCESS_KEY=' "$tmp/env" &&
	grep -q '^export AWS_ENDPOINT_URL_S3=' "$tmp/env" && grep -q 'WAYBILL_SANDBOX_BUCKET=.' "$tmp/env"; do
	tries=$((tries + 1))
	if [ "$tries" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
		echo "The sandbox did not start:" >&2
		cat "$tmp/sandbox.log" >&2
		exit 1
	fi
	sleep 0.1
done
grep '^export [A-Z0-9_]*=' "$tmp/env" >"$tmp/exports"
# shellcheck disable=SC1091 # written by the sandbox just now
. "$tmp/exports"

echo "Sending $file to the bucket ${WAYBILL_SANDBOX_BUCKET:-sandbox}."
if ! "$waybill" send --sandbox --json --on-clash keep-both "$file" >"$tmp/sent" </dev/null; then
	echo "$file was not sent." >&2
	cat "$tmp/sent" >&2
	exit 1
fi
url=$(field url)
ends=$(field ends)
if [ -z "$url" ] || [ -z "$ends" ]; then
	echo "The answer holds no link with an end." >&2
	exit 1
fi
case $(field ends_because) in
requested) why="as asked for" ;;
credentials) why="with the credentials that signed it" ;;
limit) why="after the seven days that S3 allows at most" ;;
*) why="if nothing ends it sooner" ;;
esac

echo
echo "Link:  $url"
if when=$(LC_ALL=C date -d "$ends" '+%A %d %B %Y, %H:%M %Z' 2>/dev/null) && end=$(date -d "$ends" +%s); then
	minutes=$(((end - $(date +%s) + 30) / 60))
	echo "Ends:  $when, in $minutes minutes, $why"
else
	echo "Ends:  $ends, $why"
fi
echo

echo "Fetching the link with curl, which knows no keys."
# The link leads to this machine, whatever proxy there is for the rest of the world.
curl --silent --show-error --fail --max-time 60 --noproxy '*' --output "$tmp/fetched" -- "$url"
cmp "$file" "$tmp/fetched"
echo "identical"
