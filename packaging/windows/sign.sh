#!/bin/sh
# Signs programs and installers for Windows, each in place.
#
#   packaging/windows/sign.sh FILE...
#
# The environment says by what:
#   WAYBILL_SIGN_CERTIFICATE  a PKCS#12 file (.p12, .pfx) with certificate, chain and key
#   WAYBILL_SIGN_PASSWORD     its password
#   WAYBILL_SIGN_TIMESTAMP    the URL of a time-stamping server (RFC 3161); without one, signatures end with the certificate
#
# The password goes to osslsigncode through a pipe: a command line can be seen by everybody on the computer.
set -eu
: "${WAYBILL_SIGN_CERTIFICATE:?names the file with certificate and key}"
password=${WAYBILL_SIGN_PASSWORD:-}
unset WAYBILL_SIGN_PASSWORD # osslsigncode's environment does not need it
for file in "$@"; do
	set -- -h sha256 -n Waybill -pkcs12 "$WAYBILL_SIGN_CERTIFICATE"
	if [ -n "${WAYBILL_SIGN_TIMESTAMP:-}" ]; then
		set -- "$@" -ts "$WAYBILL_SIGN_TIMESTAMP"
	else
		set -- "$@" -time "${SOURCE_DATE_EPOCH:-$(date +%s)}"
	fi
	case $file in *.msi) set -- "$@" -add-msi-dse ;; esac
	osslsigncode sign "$@" -readpass /dev/stdin -in "$file" -out "$file.signed" >/dev/null <<-EOF
		$password
	EOF
	mv "$file.signed" "$file"
done
