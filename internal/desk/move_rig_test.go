package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// record is a link that was sent at a moment.
func record(id string, sent time.Time) ledger.Record {
	return ledger.Record{
		ID: id, Path: "/home/alice/private/" + id + ".pdf", Name: "<Bericht> & \u00e4/" + id + ".pdf", Profile: "work", Region: "eu-west-1",
		Endpoint: "https://store.example.com", Account: "123456789012", AllowHTTP: true, Bucket: "team-share", Prefix: "alice/", Key: "alice/" + id + ".pdf",
		Size: 123, ContentType: "application/pdf", ETag: `"e"`, Checksum: "crc64nvme:AAAAAAAAAAA=", State: "sent", Created: sent, Asked: time.Hour,
		Ends: sent.Add(time.Hour), Because: "requested", Verified: true, Inline: true, Plan: "plan-of-here", Signed: sent, Note: "a note\nof two lines",
	}
}

// computer is a home with a ledger in it, and what there is to know of it.
type computer struct {
	t    *testing.T
	home string
}

func newComputer(t *testing.T, records ...ledger.Record) computer {
	t.Helper()
	c := computer{t, filepath.Join(t.TempDir(), "home")}
	c.ledger(func(l *ledger.Ledger) error { return l.PutAll(context.Background(), records) })
	return c
}

func (c computer) ledger(do func(*ledger.Ledger) error) {
	c.t.Helper()
	l, err := ledger.Open(context.Background(), filepath.Join(c.home, "ledger.db"))
	if err == nil {
		err = errors.Join(do(l), l.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// records are those of the ledger, by ID.
func (c computer) records() map[string]ledger.Record {
	c.t.Helper()
	all := map[string]ledger.Record{}
	c.ledger(func(l *ledger.Ledger) error {
		list, err := l.List(context.Background(), 0)
		for _, r := range list {
			all[r.ID] = r
		}
		return err
	})
	return all
}

// desk does something with a desk on this computer.
func (c computer) desk(do func(*desk.Desk) error) {
	c.t.Helper()
	d, err := desk.Open(context.Background(), desk.Options{Home: c.home, Version: "1.0.0"})
	if err == nil {
		err = errors.Join(do(d), d.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c computer) export() (path string, m desk.Moving) {
	c.t.Helper()
	path = filepath.Join(c.t.TempDir(), "waybill.jsonl")
	c.desk(func(d *desk.Desk) (err error) {
		m, err = d.ExportFile(context.Background(), path, false)
		return err
	})
	return path, m
}

func (c computer) imports(path string) (m desk.Imported) {
	c.t.Helper()
	c.desk(func(d *desk.Desk) (err error) {
		m, err = d.ImportFile(context.Background(), path)
		return err
	})
	return m
}

// refuses wants an import to fail with a code, and to leave everything as it was.
func (c computer) refuses(path, want string) *desk.Trouble {
	c.t.Helper()
	before, files := c.records(), listed(c.t, c.home)
	var told *desk.Trouble
	c.desk(func(d *desk.Desk) error {
		_, err := d.ImportFile(context.Background(), path)
		if !errors.As(err, &told) || code(told) != want {
			c.t.Errorf("%v, want %s", err, want)
		}
		return nil
	})
	if after := c.records(); cmp.Diff(before, after) != "" {
		c.t.Error(cmp.Diff(before, after))
	}
	if after := listed(c.t, c.home); !slices.Equal(files, after) {
		c.t.Errorf("left behind: %q, was %q", after, files)
	}
	if told == nil {
		c.t.FailNow()
	}
	return told
}

// listed names what is in a folder, but for what SQLite and locks leave there.
func listed(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); name != "import.lock" && name != "ledger.db-wal" && name != "ledger.db-shm" {
			names = append(names, name)
		}
	}
	return names
}

// full takes so many bytes and no more.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	if f.room -= n; n < len(p) {
		return n, errFull
	}
	return n, nil
}

// refusesOrDrops wants an import to be refused, or, without a code, to leave the file's path out.
func (c computer) refusesOrDrops(name, path, code string) {
	c.t.Helper()
	if code != "" {
		if told := c.refuses(path, code); told == nil {
			c.t.Errorf("%s was taken", name)
		}
		return
	}
	c.imports(path)
	if r := c.records()["a"]; r.ID != "a" || r.Path != "" {
		c.t.Errorf("%s: %+v", name, r)
	}
}

// resigned changes the first record of an export, and makes the end fit again.
func resigned(t *testing.T, export []byte, change func(map[string]any)) string {
	t.Helper()
	lines := bytes.SplitAfter(export, []byte("\n"))
	var record map[string]map[string]any
	if err := json.Unmarshal(lines[2], &record); err != nil {
		t.Fatal(err)
	}
	change(record["record"])
	line, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	lines[2] = append(line, '\n')
	path := filepath.Join(t.TempDir(), "hostile.jsonl")
	write(t, path, string(ended(lines[:len(lines)-2])))
	return path
}
