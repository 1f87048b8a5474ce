package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"waybill/signer"
)

// Limits of S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
const (
	MinPart  = 5 << 20                   // bytes; the last part may be smaller
	MaxPart  = 5 << 30                   // bytes
	MaxParts = 10_000                    // in one upload
	MaxSize  = int64(MaxParts) * MaxPart // bytes: what parts of at most 5 GiB add up to, 48.8 TiB
)

// What is taken where Options say nothing.
const (
	defaultConcurrency = 16
	defaultPart        = 16 << 20 // bytes
	partsAtOnce        = 4        // of one file, so that it does not take every connection
	tries              = 5
	stallTime          = time.Minute
	answerTime         = 2 * time.Second // how long a cancel waits for the answer to what was sent whole
	linkTime           = time.Hour       // how long the presigned requests of an upload live
	expectFrom         = 256 << 10       // bytes: a body of this size or more waits for the store's 100-continue
	copyBuffer         = 256 << 10       // bytes
)

// Options tune a Courier. The zero value is the default.
type Options struct {
	Concurrency int   // requests in flight, over all files
	PartSize    int64 // bytes; larger where the file would have more than 10,000 parts
}

// Courier carries files to one store. It is safe for concurrent use; all its uploads share its connections.
type Courier struct {
	signer  *signer.Signer
	http    *http.Client
	slots   chan struct{}
	part    int64
	buffers sync.Pool
	proof   atomic.Int32 // the rung of the ladder that this store is known to stand on
}

// New makes a courier that signs with s and sends through its proxies and its trust.
func New(s *signer.Signer, o Options) *Courier {
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.PartSize <= 0 {
		o.PartSize = defaultPart
	}
	t := s.Transport()
	// HTTP/2 would fold all parts into one connection and one window. S3 itself does not speak it.
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = 0, o.Concurrency, 0
	t.WriteBufferSize, t.ReadBufferSize = 64<<10, 16<<10
	t.DisableCompression = true
	t.ResponseHeaderTimeout = 5 * time.Minute
	t.ExpectContinueTimeout = time.Second
	return &Courier{
		signer: s,
		http: &http.Client{
			Transport: t,
			// A redirect breaks the signature, and following it would send the signed URL on as Referer.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		slots:   make(chan struct{}, o.Concurrency),
		part:    max(o.PartSize, MinPart),
		buffers: sync.Pool{New: func() any { b := make([]byte, copyBuffer); return &b }},
	}
}

// Close lets go of the connections.
func (c *Courier) Close() { c.http.CloseIdleConnections() }

// slot waits for a free place among the requests in flight.
func (c *Courier) slot(ctx context.Context) (release func(), err error) {
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// try repeats do while its failure is one that time may mend, with full jitter between the tries.
func (c *Courier) try(ctx context.Context, do func(attempt int) error) error {
	pause := 200 * time.Millisecond
	for attempt := 0; ; attempt++ {
		err := do(attempt)
		if err == nil || attempt == tries-1 || !transient(ctx, err) {
			if cause := context.Cause(ctx); err != nil && cause != nil {
				return cause
			}
			return err
		}
		select {
		case <-time.After(rand.N(pause) + 10*time.Millisecond): //nolint:gosec // jitter is no secret
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		pause = min(2*pause, 5*time.Second)
	}
}

// do makes one presigned request and gives back the answer's header and body; a status of 300 or more is a
// *StoreError.
func (c *Courier) do(ctx context.Context, op string, p signer.Presigned, b io.Reader) (http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, p.Method, p.URL, b)
	if err != nil {
		return nil, nil, plain(op, err)
	}
	for name, values := range p.Header {
		req.Header[name] = values
	}
	req.ContentLength = p.ContentLength
	if p.ContentLength == 0 {
		req.Body = http.NoBody
	}
	if p.ContentLength >= expectFrom {
		// A refusal that comes while a large body is being written is lost as a reset; asked first, it is read.
		req.Header.Set("Expect", "100-continue")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
			err = cause
		}
		return nil, nil, plain(op, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		return nil, nil, storeError(op, resp)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, nil, plain(op+": read the answer", err)
	}
	return resp.Header, answer, nil
}
