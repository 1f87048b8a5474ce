// Package courier carries bytes over presigned URLs with net/http, and proves that what arrived is what was
// on disk.
//
// A file is read twice: once to compute its CRC64NVME, once to send it under a signature that names this
// checksum, so that the store itself refuses anything else. The second read comes out of the page cache. In
// between lies a look at the file's size and times; a file that changes at any point becomes ErrChanged,
// never a mixture in the bucket. (Where the system does not tell when a file was last changed, an edit between two
// parts that keeps size and time is not noticed; Linux tells.) A file of up to 64 KiB is read once.
//
// Small files go in one PUT, larger ones in parts, several at once. Every request is signed at the moment at
// which it is sent.
package courier
