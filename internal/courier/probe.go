package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"waybill/signer"
)

// Probe follows a link once, as its reader will, and takes one byte. A link that answers is good; a presigned
// GET answers GET only, so there is no cheaper way to know.
func (c *Courier) Probe(ctx context.Context, link signer.Presigned) error {
	if err := c.gate.enter(ctx); err != nil {
		return err
	}
	defer c.gate.leave()
	return c.repeat(ctx, nil, func(int) error {
		ctx, cancel := context.WithTimeoutCause(ctx, c.stall, ErrStalled)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, link.URL, nil)
		if err != nil {
			return plain("try the link", err)
		}
		req.Header.Set("Range", "bytes=0-0")
		resp, err := c.http.Do(req)
		if err != nil {
			return plain("try the link", err)
		}
		defer func() { _ = resp.Body.Close() }()
		if !isPage(resp.Header) {
			c.answered.Store(time.Now().UnixNano())
		}
		switch resp.StatusCode {
		case http.StatusPartialContent, http.StatusOK:
			// A store that knows no ranges answers with everything; one byte of it is enough.
			if _, err := io.CopyN(io.Discard, resp.Body, 1); err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("try the link: %w", err)
			}
			return ofStore("try the link", resp.Header)
		case http.StatusRequestedRangeNotSatisfiable:
			return nil // an empty object has no first byte
		}
		return storeError("try the link", link, resp)
	})
}
