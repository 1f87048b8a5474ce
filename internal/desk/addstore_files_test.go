package desk_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"

	"waybill/internal/desk"
)

// TestAddStoreToFilesThatCannotBeWritten: what is wrong with the AWS files is said, and they stay as they are.
func TestAddStoreToFilesThatCannotBeWritten(t *testing.T) {
	add := func(t *testing.T, want string, change func(*desk.NewStore), o desk.AddStoreOptions) {
		t.Helper()
		n := newStore()
		change(&n)
		o.NoCheck = true
		if _, err := openDesk(t, desk.Options{}).AddStore(t.Context(), n, o); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	nothing := func(*desk.NewStore) {}
	t.Run("another kind of profile", func(t *testing.T) {
		isolate(t, "[profile corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Reader\n", "")
		add(t, "StoreNotReplaceable", func(n *desk.NewStore) { n.Name = "corp" }, desk.AddStoreOptions{Replace: true})
	})
	t.Run("a folder in a file's place", func(t *testing.T) {
		isolate(t, "", "")
		if err := os.Mkdir(os.Getenv("AWS_CONFIG_FILE"), 0o700); err != nil {
			t.Fatal(err)
		}
		add(t, "StoreNotWritten", nothing, desk.AddStoreOptions{})
	})
	t.Run("another program writes", func(t *testing.T) {
		isolate(t, "", "")
		other := flock.New(filepath.Dir(os.Getenv("AWS_CONFIG_FILE")), flock.SetFlag(os.O_RDONLY))
		if held, err := other.TryLock(); err != nil || !held {
			t.Fatal(held, err)
		}
		defer func() { _ = other.Unlock() }()
		add(t, "StoreBusy", nothing, desk.AddStoreOptions{})
	})
}
