package signer_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/signer"
)

// TestAddProfileFollowsLinks: a file of somebody's dotfiles stays a link, and its copy does not land there.
func TestAddProfileFollowsLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	isolate(t, "[default]\nregion = x\n", "")
	config, credentials := awsFiles(t)
	dotfiles := filepath.Join(t.TempDir(), "dot [files]") // which is no pattern
	behind := filepath.Join(dotfiles, "config")
	if err := errors.Join(os.Mkdir(dotfiles, 0o700), os.Rename(config, behind)); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{config: behind, credentials: filepath.Join(dotfiles, "not there yet")} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(dotfiles, ".waybill-123456") // by one that was killed while it wrote
	long := time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(left, []byte("a secret"), 0o600), os.Chtimes(left, long, long)); err != nil {
		t.Fatal(err)
	}
	added, err := signer.AddProfile(t.Context(), minio("new"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed one has left is still there: %v", err)
	}
	for _, link := range []string{config, credentials} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", link, err)
		}
	}
	if read(t, behind) != "[default]\nregion = x\n\n"+inConfig("new") || read(t, filepath.Join(dotfiles, "not there yet")) != inCredentials("new") {
		t.Error("it was not written where the links lead")
	}
	if len(added.Backups) != 1 || filepath.Dir(added.Backups[0]) != filepath.Dir(config) {
		t.Errorf("the copies: %v", added.Backups)
	}
	wantAsWritten(t, minio("new"))
}

// TestAddProfileBehindALinkToNowhere says where the link leads.
func TestAddProfileBehindALinkToNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	isolate(t, "", "")
	_, credentials := awsFiles(t)
	if err := os.Remove(credentials); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	nowhere := filepath.Join(t.TempDir(), "gone", "credentials")
	if err := os.Symlink(nowhere, credentials); err != nil {
		t.Fatal(err)
	}
	if _, err := signer.AddProfile(t.Context(), minio("new"), false); err == nil || !strings.Contains(err.Error(), "it is a link to "+nowhere) {
		t.Errorf("%v", err)
	}
}

// TestAddProfileModesAndCopies: the files are their owner's alone, and so is ~/.aws; five copies are kept.
func TestAddProfileModesAndCopies(t *testing.T) {
	isolate(t, "", "")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(home, ".aws")
	if err := os.Mkdir(folder, 0o755); err != nil { // #nosec G301 -- as other programs have made it
		t.Fatal(err)
	}
	theirs := filepath.Join(folder, "config.waybill-of-my-own")
	for path, text := range map[string]string{filepath.Join(folder, "config"): "[default]\nregion = x\n", theirs: "mine"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { // #nosec G306 -- as other programs have made it
			t.Fatal(err)
		}
	}
	var first string
	for i := range 8 {
		added, err := signer.AddProfile(t.Context(), minio(fmt.Sprintf("n%d", i)), false)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = added.Backups[0]
			if read(t, first) != "[default]\nregion = x\n" {
				t.Error("the copy is another")
			}
		}
	}
	all := 13
	if runtime.GOOS == "windows" {
		all++ // the lock
	}
	for kind, want := range map[string]int{"config.waybill-2*": 5, "credentials.waybill-2*": 5, "*": all} {
		found, err := filepath.Glob(filepath.Join(folder, kind))
		if err != nil || len(found) != want {
			t.Errorf("%d of %s: %v", len(found), kind, found)
		}
	}
	if _, err := os.Stat(first); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the oldest copy is still there")
	}
	if runtime.GOOS == "windows" {
		return
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if info, err := e.Info(); err != nil || path != theirs && info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v", path, info.Mode(), err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAddProfileThatCannotBeWritten: half a profile is none.
func TestAddProfileThatCannotBeWritten(t *testing.T) {
	isolate(t, "[default]\nregion = x\n", "")
	config, credentials := awsFiles(t)
	if err := os.Mkdir(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	var file *signer.FileError
	if _, err := signer.AddProfile(t.Context(), minio("new"), false); !errors.As(err, &file) || file.Path != credentials {
		t.Errorf("%v", err)
	}
	if read(t, config) != "[default]\nregion = x\n" {
		t.Error("the config file has a half of it")
	}
}

// TestWritersAtOnce: several Waybills, in processes of their own, lose nothing of each other.
func TestWritersAtOnce(t *testing.T) {
	isolate(t, hostile()["newlines"][0], hostile()["newlines"][1])
	config, credentials := awsFiles(t)
	was := [2]string{read(t, config), read(t, credentials)}
	const writers, each = 4, 5
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			cmd := asWriter(t, fmt.Sprintf("w%d-", w), each)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	for i, path := range []string{config, credentials} {
		if !strings.HasPrefix(read(t, path), was[i]) {
			t.Errorf("%s has lost something", path)
		}
	}
	for w := range writers {
		for n := range each {
			wantAsWritten(t, minio(fmt.Sprintf("w%d-%d", w, n)))
		}
	}
}

// asWriter starts this test as a process that adds profiles: as many as it is told, or without end.
func asWriter(t *testing.T, names string, count int) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperWriter$") // #nosec G204 -- this very program
	cmd.Env = append(os.Environ(), "WAYBILL_TEST_WRITER="+names, fmt.Sprintf("WAYBILL_TEST_COUNT=%d", count))
	return cmd
}

// TestHelperWriter is no test: it is what asWriter starts.
func TestHelperWriter(t *testing.T) {
	names := os.Getenv("WAYBILL_TEST_WRITER")
	if names == "" {
		return
	}
	var count int
	if _, err := fmt.Sscan(os.Getenv("WAYBILL_TEST_COUNT"), &count); err != nil {
		t.Fatal(err)
	}
	for n := 0; count < 0 || n < count; n++ {
		if _, err := signer.AddProfile(t.Context(), minio(fmt.Sprintf("%s%d", names, n)), false); err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Println(n)
	}
}
