package teststore

import (
	"path/filepath"
	"testing"
)

// StartRclone runs "rclone serve s3", which shows a folder as a store.
func StartRclone(t testing.TB) Server {
	t.Helper()
	dir := t.TempDir()
	s, address := newServer(t)
	p := run(t, dir, nil, installed(t, "rclone"), "serve", "s3", "--config", filepath.Join(dir, "rclone.conf"),
		"--addr", address, "--auth-key", s.Key+","+s.Secret, "--vfs-cache-mode", "off", t.TempDir())
	return s.ready(t, p)
}
