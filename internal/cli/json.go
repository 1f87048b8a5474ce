package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"waybill/internal/desk"
	"waybill/signer"
)

// sentJSON is the line of a file that was sent, or of a link that was made.
type sentJSON struct {
	ID          string         `json:"id"`
	File        string         `json:"file"`
	Bucket      string         `json:"bucket"`
	Key         string         `json:"key"`
	Size        int64          `json:"size"`
	ContentType string         `json:"content_type"`
	ETag        string         `json:"etag"`
	Checksum    string         `json:"checksum"`
	URL         string         `json:"url"`
	Ends        *time.Time     `json:"ends"` // null when it is not known
	EndsBecause signer.Because `json:"ends_because"`
	Verified    bool           `json:"verified"`
	Reach       desk.Reach     `json:"reach"`            // computer, network or anywhere; "" where that is not known
	Ignored     []string       `json:"ignored"`          // settings that the store left out: sse, storage_class, tags, headers
	Bundle      bool           `json:"bundle,omitempty"` // it is the page of what was sent before
}

// failedJSON is the line of a file that was not sent.
type failedJSON struct {
	File  string    `json:"file"`
	Error errorJSON `json:"error"`
}

type errorJSON struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Help    string `json:"help"`
}

// skippedJSON is the line of a file that was left out because its name is taken.
type skippedJSON struct {
	File    string `json:"file"`
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Skipped bool   `json:"skipped"`
}

// sentLine is the line of a transfer that is over.
func sentLine(t desk.Transfer, ignored []string) any {
	file := t.Path
	if file == "" {
		file = fmt.Sprintf("s3://%s/%s", t.Destination.Bucket, t.Key)
	}
	switch t.State {
	case desk.Sent:
		if t.Link == nil {
			break
		}
		return sentJSON{
			ID: t.ID, File: file, Bucket: t.Destination.Bucket, Key: t.Key, Size: t.Size,
			ContentType: t.ContentType, ETag: t.ETag, Checksum: t.Checksum,
			URL: t.Link.URL, Ends: desk.Second(t.Link.Ends), EndsBecause: t.Link.Because, Verified: t.Link.Verified,
			Reach: t.Link.Reach, Ignored: append([]string{}, ignored...), Bundle: t.Kind == desk.KindBundle,
		}
	case desk.Skipped:
		return skippedJSON{file, t.Destination.Bucket, t.Key, true}
	case desk.Cancelled:
		return failedJSON{file, errorJSON{"Cancelled", "The transfer was cancelled.", "Send the file again."}}
	}
	return failedJSON{file, errorJSON{t.Trouble.Code, t.Trouble.What.String(), t.Trouble.Help.String()}}
}

func (c *command) printJSON(v any) {
	e := json.NewEncoder(c.Out)
	e.SetEscapeHTML(false) // a URL full of \u0026 is no URL to whoever cuts it out by hand
	c.wrote(e.Encode(v))
}
