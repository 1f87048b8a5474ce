// Package desk does Waybill's jobs: send, link, list, settings. It is the one place where signer, courier,
// bucket and ledger meet; the window and the command line are two faces of it and hold no rule of their own.
//
// Whatever goes wrong leaves here as a *Trouble: one sentence on what happened, one on what to do, and the
// technical detail apart.
package desk
