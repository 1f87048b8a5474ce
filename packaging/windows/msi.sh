#!/bin/sh
# Makes the .msi of what packaging/windows/dist.sh has put together.
#
#   packaging/windows/msi.sh STAGE VERSION OUTPUT
#
# wixl writes the time of day into it, and identities made at random. So the clock stands still for it, and what is
# random is set afterwards.
set -eu
from=$(cd "$(dirname "$0")" && pwd)
stage=$1 version=$2 output=$3
case $output in /*) ;; *) output=$PWD/$output ;; esac
cd "$stage" # wixl wants names that are relative
plain=$(echo "$version" | sed 's/^\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/')

# identity NAME: the same for the same name, in the form of a UUID, in upper case as Windows Installer wants it.
identity() {
	printf '%s' "waybill windows amd64 $1" | sha256sum |
		sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\).*/\1-\2-5\3-8\4-\5/' | tr a-f A-F
}

# still COMMAND...: at the time of the commit.
still() { TZ=UTC faketime -f "$(TZ=UTC date -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')" "$@"; }

notices=
[ ! -f THIRD_PARTY_NOTICES.txt ] || notices="-D NOTICES=yes"
# shellcheck disable=SC2086 # two words or none
still wixl -a x64 -D PRODUCT="$(identity "product $version")" -D VERSION="$plain" -D TEXT="$version" \
	$notices -o "$output" "$from/waybill.wxs"

# What wixl cannot say, or says at random:
#   - an upgrade replaces the same version too (513: also the largest version, with the choices made before): Windows
#     compares three numbers, and between two releases they stay the same;
#   - the line for PATH: "=" sets, "-" removes with Waybill, "*" is for everybody, "[~]" is what is there.
upgrade=$(sed -n 's/.*UpgradeCode="\([^"]*\)".*/{\1}/p' "$from/waybill.wxs" | tr a-f A-F)
still msibuild "$output" \
	-q "DELETE FROM \`Upgrade\` WHERE \`ActionProperty\` = 'WIX_UPGRADE_DETECTED'" \
	-q "INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES ('$upgrade', '$plain', 513, 'WIX_UPGRADE_DETECTED')" \
	-q "CREATE TABLE \`Environment\` (\`Environment\` CHAR(72) NOT NULL, \`Name\` CHAR(255) NOT NULL LOCALIZABLE, \`Value\` CHAR(255) LOCALIZABLE, \`Component_\` CHAR(72) NOT NULL PRIMARY KEY \`Environment\`)" \
	-q "INSERT INTO \`Environment\` (\`Environment\`, \`Name\`, \`Value\`, \`Component_\`) VALUES ('Path', '=-*Path', '[~];[INSTALLDIR]', 'InPath')" \
	-q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', 3300)" \
	-q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', 5200)" \
	-s "Waybill $version" "The Waybill authors" "x64;1033" "{$(identity "package $version $SOURCE_DATE_EPOCH")}"
