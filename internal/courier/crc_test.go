package courier

import (
	"hash/crc64"
	"testing"

	"github.com/minio/crc64nvme"
	"pgregory.net/rapid"
)

func TestCombinedSumIsTheWholeSum(t *testing.T) {
	// The standard library's table is the independent witness.
	table := crc64.MakeTable(crcPolynomial)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOf(rapid.Byte()).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "b")
		got := combineCRC(crc64nvme.Checksum(a), crc64nvme.Checksum(b), int64(len(b)))
		if want := crc64.Checksum(append(a, b...), table); got != want {
			t.Fatalf("%x, want %x", got, want)
		}
	})
}
