#!/bin/sh
# docs.sh FOLDER: lays out the documents of a package there, with what they show and where they lead. Whatever is long is
# packed, as distributions want it.
set -eu
cd "$(dirname "$0")/../.."
to=$1
pictures=$(sed -n 's/.*](\(docs\/[^)]*\.\(png\|svg\)\)).*/\1/p' README.md)
for doc in README.md CONTRIBUTING.md docs/*.md $pictures; do
	mkdir -p "$to/$(dirname "$doc")"
	case $doc in
	*.md) sed 's/](CHANGELOG\.md)/](CHANGELOG.md.gz)/g; s/](THIRD_PARTY_NOTICES)/](THIRD_PARTY_NOTICES.gz)/g' "$doc" >"$to/$doc" ;;
	*) cp "$doc" "$to/$doc" ;;
	esac
	chmod 644 "$to/$doc"
done
for doc in CHANGELOG.md THIRD_PARTY_NOTICES; do
	gzip -9n <$doc >"$to/$doc.gz"
	chmod 644 "$to/$doc.gz"
done
