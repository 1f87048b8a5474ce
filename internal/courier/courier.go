package courier

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
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
	defaultStall       = 30 * time.Second
	defaultPatience    = 10 * time.Minute
	defaultComplete    = 5 * time.Minute
)

const (
	partsAtOnce = 4               // of one file, so that it does not take every connection
	answerTime  = 2 * time.Second // how long a cancel waits for the answer to what was sent whole
	linkTime    = time.Hour       // how long the presigned requests of an upload live
	expectFrom  = 256 << 10       // bytes: a body of this size or more waits for the store's 100-continue
	copyBuffer  = 64 << 10        // bytes; a file that fits is read once
)

// Options tune a Courier. The zero value is the default.
type Options struct {
	Concurrency int           // files and parts in flight, over all files; halved when the store says SlowDown
	PartSize    int64         // bytes; larger where the file would have more than 10,000 parts
	Limit       *Limit        // nil is none
	Stall       time.Duration // without 4 KiB moved or an answer, a request is given up and tried again
	Patience    time.Duration // how long a store that has answered before is waited for when the network is lost
	Complete    time.Duration // how long the store may take to put parts together, before somebody looks
}

// Courier carries files to one store. It is safe for concurrent use; all its uploads share its connections.
type Courier struct {
	signer   *signer.Signer
	http     *http.Client
	gate     *gate
	part     int64
	limit    *Limit
	stall    time.Duration
	patience time.Duration
	complete time.Duration
	tries    int // answers such as 503 to one request
	buffers  sync.Pool
	proof    atomic.Int32 // the rung of the ladder that this store is known to stand on
	answered atomic.Int64 // when the store answered last, in nanoseconds since 1970; 0 is never
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
	t.WriteBufferSize, t.ReadBufferSize = copyBuffer+16<<10, 4<<10 // a small file and its headers go in one write
	t.DisableCompression = true
	t.ResponseHeaderTimeout = 0 // the watch on each body knows better
	t.ExpectContinueTimeout = time.Second
	return &Courier{
		signer: s,
		http: &http.Client{
			Transport: t,
			// A redirect breaks the signature, and following it would send the signed URL on as Referer.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		gate:     newGate(o.Concurrency),
		part:     max(o.PartSize, MinPart),
		limit:    o.Limit,
		stall:    cmp.Or(o.Stall, defaultStall),
		patience: cmp.Or(o.Patience, defaultPatience),
		complete: cmp.Or(o.Complete, defaultComplete),
		tries:    cmp.Or(s.Attempts(), storeTries),
		buffers:  sync.Pool{New: func() any { b := make([]byte, copyBuffer); return &b }},
	}
}

// Close lets go of the connections.
func (c *Courier) Close() { c.http.CloseIdleConnections() }

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
	if !isPage(resp.Header) {
		c.answered.Store(time.Now().UnixNano())
	}
	if resp.StatusCode >= 300 {
		err := storeError(op, p, resp)
		if err.Code == "SlowDown" || resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests {
			c.gate.slowDown(time.Now())
		}
		return nil, nil, err
	}
	c.gate.answered()
	c.signer.Answered(p)
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, nil, plain(op+": read the answer", err)
	}
	return resp.Header, answer, nil
}

// ask makes a presigned request without a body to speak of, and gives it up when no answer comes.
func (c *Courier) ask(ctx context.Context, op string, p signer.Presigned, b io.Reader, within time.Duration) (http.Header, []byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, within, ErrStalled)
	defer cancel()
	h, answer, err := c.do(ctx, op, p, b)
	if err != nil && errors.Is(context.Cause(ctx), ErrStalled) && !errors.Is(err, ErrStalled) {
		err = plain(op, ErrStalled)
	}
	return h, answer, err
}

// carry sends one piece under its signature, with a watch on its progress. A cancel that comes when all of it is
// on its way waits a moment for the answer: the store is about to have the piece, and would have it after an
// abort as well. loose says that there is no answer, and that all of it may have arrived.
func (c *Courier) carry(ctx context.Context, op string, signed signer.Presigned, from source, p piece, moved func(int64)) (h http.Header, loose bool, err error) {
	request, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	w := newWatch(c.stall, cancel)
	var b body = newReadBody(ctx, from.at, p, moved, c.limit, w)
	if canSendFile && from.path != "" && !c.limit.on() && strings.HasPrefix(signed.URL, "http:") {
		if sent, err := newFileBody(from.path, p, moved, w); err == nil { // else it is gone by now; what is open is still read
			b = sent
		}
	}
	over := make(chan struct{})
	defer close(over)
	stop := context.AfterFunc(ctx, func() {
		if !b.cut() {
			select {
			case <-over:
			case <-time.After(answerTime):
			}
		}
		cancel(context.Cause(ctx))
	})
	defer stop()
	header, _, err := c.do(request, op, signed, b)
	b.end(err != nil)
	var refusal *StoreError
	loose = err != nil && (!errors.As(err, &refusal) || refusal.Status >= 500) && b.whole()
	return header, loose, err
}

// source is where a piece's bytes are: in at, and in the file at path as well where the kernel may send them.
type source struct {
	at   io.ReaderAt
	path string
}
