// Package network is the one place that decides which proxy a request goes through. Whatever in Waybill speaks http gets
// its transport here, by way of the signer, which adds whose certificates are trusted: the calls of the SDK, uploads,
// tries of links, signing in, and the look for a newer version.
//
// The environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) comes first; where it names no proxy, the system's settings hold:
// those of Windows and macOS with their PAC scripts, and those of a Linux desktop as its portal tells them. Requests to this
// computer, and to link-local addresses, never take a proxy.
//
// No error of this package, and no text of it, holds a proxy's user name or password.
package network
