package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// doorwayOpen is how long a doorway waits for the browser.
const doorwayOpen = time.Minute

// Doorway gives an address on this computer that leads to a link, once. A browser is started with its address on a
// command line, which everybody on the computer can read; a link does not belong there.
func (d *Desk) Doorway(ctx context.Context, link string) (*url.URL, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a door for the browser: %w", err)
	}
	path := "/" + rand.Text()
	ctx, done := context.WithTimeout(ctx, doorwayOpen)
	var used atomic.Bool
	server := &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path || r.Method != http.MethodGet {
				http.NotFound(w, r) // a browser's preview, or its wish for an icon
				return
			}
			if used.Swap(true) {
				w.WriteHeader(http.StatusGone)
				return
			}
			h := w.Header()
			h.Set("Location", link)
			h.Set("Cache-Control", "no-store")
			h.Set("Referrer-Policy", "no-referrer")
			w.WriteHeader(http.StatusFound)
			done()
		}),
	}
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(closing) // after the answer that is on its way
		done()
	})
	return &url.URL{Scheme: "http", Host: listener.Addr().String(), Path: path}, nil
}
