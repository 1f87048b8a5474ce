// Package signer knows the profiles of the AWS config and credentials files, their credentials, and the
// presigned requests that these can make, each with the moment at which it really ends.
//
// It moves no bytes and knows no window. What it returns is complete: a method, a URL, the exact headers to
// send. Whoever holds that can make the request with any HTTP client, until it ends.
//
// The package signs with the SDK's Signature Version 4 signer directly, not with its PresignClient: the client
// has no multipart calls but UploadPart, signs more than the seven days that a store accepts, and does not say
// which credentials it used. Where a bucket is (virtual host, path, dual stack, custom endpoint) is still the
// SDK's own resolver's word.
package signer
