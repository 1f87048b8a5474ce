package desk_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestDoorway leads to the link once, says nothing of it in its address, and is gone afterwards.
func TestDoorway(t *testing.T) {
	d := newDesk(t, desk.Options{})
	sent := sendOne(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
	door, err := d.Doorway(t.Context(), sent.Link.URL)
	if err != nil || strings.Contains(door.String(), "Signature") || !strings.HasPrefix(door.String(), "http://127.0.0.1:") {
		t.Fatalf("%v, %v", door, err)
	}
	if _, _, status := download(t, door.Scheme+"://"+door.Host+"/favicon.ico"); status != http.StatusNotFound {
		t.Errorf("%d of what it does not lead to", status)
	}
	if body, header, status := download(t, door.String()); status != http.StatusOK || string(body) != "hello" || header.Get("Referer") != "" {
		t.Errorf("%d %q", status, body)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get(door.String())
		if err != nil {
			break // nobody answers any more
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusFound || resp.Request.URL.Host != door.Host || time.Now().After(deadline) {
			t.Fatalf("it leads on a second time: %d at %s", resp.StatusCode, resp.Request.URL.Host)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	door, err = d.Doorway(ctx, sent.Link.URL)
	if err != nil {
		t.Fatal(err)
	}
	cancel() // the window is closed
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get(door.String())
		if err != nil {
			break
		}
		_ = resp.Body.Close()
		if time.Now().After(deadline) {
			t.Fatal("it stays open")
		}
	}
}
