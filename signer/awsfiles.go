package signer

import (
	"context"
	"os"
	"path/filepath"
)

// Address is where a bucket's objects are, or where the store itself is asked for "". It is no key: nothing is signed.
func (s *Signer) Address(ctx context.Context, bucket string) (string, error) {
	p, err := s.where(ctx, bucket)
	if err != nil {
		return "", err
	}
	bare := *p.url
	bare.User = nil
	if bare.Path == "" {
		bare.Path = "/"
	}
	return bare.String(), nil
}

// File is a file of the AWS CLI's, or a folder of its caches.
type File struct {
	What string // config, credentials, sso, cli or login
	Path string
}

// Files are where profiles and sessions stand, whether they are there or not.
func Files() ([]File, error) {
	configFile, credentialsFile, err := paths()
	if err != nil {
		return nil, err
	}
	files := []File{{"config", configFile}, {"credentials", credentialsFile}}
	home, err := homeOfAWS()
	if err != nil {
		return files, err
	}
	login := os.Getenv("AWS_LOGIN_CACHE_DIRECTORY")
	if login == "" {
		login = filepath.Join(home, "login", "cache")
	}
	return append(files, File{"sso", filepath.Join(home, "sso", "cache")}, File{"cli", filepath.Join(home, "cli", "cache")}, File{"login", login}), nil
}
