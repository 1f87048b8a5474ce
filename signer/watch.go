package signer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must be left alone before a change is reported: programs write them in several steps.
const settle = 150 * time.Millisecond

// Watch reports, without blocking, whenever the AWS files change: config, credentials, and the caches in which the
// AWS CLI keeps who is signed in. Files and folders that are not there yet are waited for. The channel is closed when
// the context is over, or when the system can watch no more.
func Watch(ctx context.Context) (<-chan struct{}, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the AWS files: %w", err)
	}
	watched := &watch{watcher: w, changed: make(chan struct{}, 1)}
	watched.targets, err = watchedPaths()
	if err != nil {
		_ = w.Close()
		return nil, err
	}
	watched.look()
	go watched.run(ctx)
	return watched.changed, nil
}

// watch is one watcher of files that may not be there.
type watch struct {
	watcher *fsnotify.Watcher
	targets []string // files, and folders with all that is directly in them
	changed chan struct{}
}

// watchedPaths are the files and folders whose changes matter, and what they lead to where they are links.
func watchedPaths() ([]string, error) {
	configFile, credentialsFile, err := paths()
	if err != nil {
		return nil, err
	}
	home, err := homeOfAWS()
	if err != nil {
		return nil, err
	}
	login := os.Getenv("AWS_LOGIN_CACHE_DIRECTORY")
	if login == "" {
		login = filepath.Join(home, "login", "cache")
	}
	targets := []string{configFile, credentialsFile, filepath.Join(home, "sso", "cache"), login, filepath.Join(home, "cli", "cache")}
	for _, path := range targets {
		if leads, err := filepath.EvalSymlinks(path); err == nil && leads != path {
			targets = append(targets, leads)
		}
	}
	for i, path := range targets {
		if targets[i], err = filepath.Abs(path); err != nil {
			return nil, fmt.Errorf("watch %s: %w", path, err)
		}
	}
	return targets, nil
}

// look watches the folders of all targets, or the nearest folders that are there. A file is watched by its folder:
// programs replace files rather than change them.
func (w *watch) look() {
	for _, target := range w.targets {
		folder := target
		for {
			info, err := os.Stat(folder)
			if err == nil && info.IsDir() {
				_ = w.watcher.Add(folder) // what cannot be watched is not reported; the files are read again all the same
				break
			}
			parent := filepath.Dir(folder)
			if parent == folder {
				break
			}
			folder = parent
		}
	}
}

// matters reports whether something that happened at a path has to do with a target.
func (w *watch) matters(path string) bool {
	for _, target := range w.targets {
		if path == target || filepath.Dir(path) == target || strings.HasPrefix(target, path+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

func (w *watch) run(ctx context.Context) {
	defer close(w.changed)
	defer func() { _ = w.watcher.Close() }()
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			if e.Op != fsnotify.Chmod && w.matters(e.Name) {
				w.look() // a folder may have come
				quiet.Reset(settle)
			}
		case _, ok := <-w.watcher.Errors: // events were lost, perhaps some that matter
			if !ok {
				return
			}
			quiet.Reset(settle)
		case <-quiet.C:
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}
}
