package pages

import (
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]said{
		-1:                  {"0\u00a0B", "0\u00a0B"},
		0:                   {"0\u00a0B", "0\u00a0B"},
		999:                 {"999\u00a0B", "999\u00a0B"},
		1000:                {"1.0\u00a0kB", "1,0\u00a0kB"},
		2_350_000:           {"2.4\u00a0MB", "2,4\u00a0MB"},
		9_949_000:           {"9.9\u00a0MB", "9,9\u00a0MB"},
		9_960_000:           {"10\u00a0MB", "10\u00a0MB"},
		18_000_000:          {"18\u00a0MB", "18\u00a0MB"},
		999_500:             {"1.0\u00a0MB", "1,0\u00a0MB"},
		4_800_000_000:       {"4.8\u00a0GB", "4,8\u00a0GB"},
		1<<63 - 1:           {"9223\u00a0PB", "9223\u00a0PB"},
		5_000_000_000_000:   {"5.0\u00a0TB", "5,0\u00a0TB"},
		123_456_000_000_000: {"123\u00a0TB", "123\u00a0TB"},
	} {
		if got := size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestCountFiles(t *testing.T) {
	for n, want := range map[int]said{
		0:         {"0 files", "0 Dateien"},
		1:         {"1 file", "1 Datei"},
		214:       {"214 files", "214 Dateien"},
		10_000:    {"10,000 files", "10.000 Dateien"},
		1_234_567: {"1,234,567 files", "1.234.567 Dateien"},
	} {
		if got := countFiles(n); got != want {
			t.Errorf("countFiles(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	if newMoment(time.Time{}) != nil {
		t.Error("a time that is not known is shown")
	}
	berlin := time.FixedZone("CET", 3600)
	want := moment{"2026-11-25T13:05:09Z", "Wednesday 25 November 2026, 13:05 UTC"}
	if got := *newMoment(time.Date(2026, 11, 25, 14, 5, 9, 0, berlin)); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestKind(t *testing.T) {
	for _, test := range []struct{ name, contentType, want string }{
		{"a.JPG", "", "picture"},
		{"a.docx", "application/zip", "document"},
		{"a", "image/png", "picture"},
		{"a", "video/mp4; codecs=x", "video"},
		{"a", "TEXT/PLAIN; charset=utf-8", "text"},
		{"a", "text/html", "web page"},
		{"a", "text/csv", "table"},
		{"a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "table"},
		{"a", "application/pdf", "document"},
		{"a", "application/x-tar", "archive"},
		{"backup.tar.gz", "application/gzip", "archive"},
		{"a.unknown", "application/octet-stream", "file"},
		{"a.exe", "image/png", "program"}, // what it does when it is opened
		{"", "", "file"},
		{"a/b.d/c", "", "file"},
	} {
		if got := kind(test.name, test.contentType).EN; got != test.want {
			t.Errorf("%q of type %q is a %s, want %s", test.name, test.contentType, got, test.want)
		}
	}
}
