//go:build stores

package desk_test

import (
	"testing"

	"waybill/internal/teststore"
)

// otherStores are those that make test-stores brings.
func otherStores() []proven {
	at := func(start func(testing.TB) teststore.Server) func(t *testing.T) asking {
		return func(t *testing.T) asking { return provenAt(t, start(t)) }
	}
	return []proven{
		{"SeaweedFS", at(teststore.StartSeaweed)},
		{"Ceph radosgw", at(teststore.StartRadosgw)},
		{"rclone serve s3", at(teststore.StartRclone)},
	}
}
