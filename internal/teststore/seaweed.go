package teststore

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// StartSeaweed runs SeaweedFS: master, volume server, filer and S3 gateway in one process.
func StartSeaweed(t testing.TB) Server {
	t.Helper()
	dir := t.TempDir()
	s, address := newServer(t)
	type keys struct {
		AccessKey string `json:"accessKey"`
		SecretKey string `json:"secretKey"`
	}
	type identity struct {
		Name        string   `json:"name"`
		Credentials []keys   `json:"credentials"`
		Actions     []string `json:"actions"`
	}
	config, err := json.Marshal(map[string][]identity{"identities": {
		{"owner", []keys{{s.Key, s.Secret}}, []string{"Admin", "Read", "List", "Tagging", "Write"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s3.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	next := func() string { return port(freeAddress(t)) }
	p := run(t, dir, nil, installed(t, "weed"), "server", "-dir="+dir, "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
		"-master.port="+next(), "-master.port.grpc="+next(), "-master.volumeSizeLimitMB=256",
		"-volume.port="+next(), "-volume.port.grpc="+next(), "-volume.max=100",
		"-filer", "-filer.port="+next(), "-filer.port.grpc="+next(),
		"-s3", "-s3.port="+port(address), "-s3.port.grpc="+next(), "-s3.config="+path)
	return s.ready(t, p)
}
