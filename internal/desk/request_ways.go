package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/internal/pages"
	"waybill/signer"
)

// making is a request that is being made.
type making struct {
	desk    *Desk
	options RequestOptions
	signer  *signer.Signer
	record  ledger.Request
	plan    requestPlan
	given   UploadSettings
	kept    bool // the ledger knows of it
	put     bool // its page is in the bucket, or may be
}

// make makes all that a request consists of. The ledger knows of it first, so that a killed process leaves nothing that
// nobody tidies.
func (m *making) make(ctx context.Context) (*Ways, error) {
	d := m.desk
	carrier := courier.New(m.signer, courier.Options{})
	defer carrier.Close()
	m.signer.Locate(ctx, m.record.Bucket)
	if m.signer.Endpoint() != "" {
		// What a store of its own calls its region it tells when it is asked; what is signed below is given away.
		_ = carrier.Exists(ctx, m.record.Bucket, m.record.Page)
	}
	// A form has no field for who pays, and access points are not documented to take any.
	forms := m.options.Files == 0 && !m.signer.Pays(m.record.Bucket) && !signer.IsAccessPoint(m.record.Bucket)
	shortLived := false
	if forms {
		var err error
		if forms, err = takesForms(ctx, m.signer, carrier, m.record); err != nil {
			return nil, err
		}
	}
	if forms && m.options.Expires > oldForm {
		var err error
		if shortLived, err = mindsAge(ctx, m.signer, carrier, m.record); err != nil {
			return nil, err
		}
		forms = !shortLived
	}
	m.plan = newRequestPlan(m.options, m.record.Folder, forms)
	m.plan.gets(ofRequest(m.given), *m.options.LinkEndpoint)
	m.plan.RequesterPays = m.signer.Pays(m.record.Bucket)
	if most := m.plan.largest(); m.options.MaxSize > most {
		return nil, trouble("MaxSizeNoWay", args{"Given": FormatMaxSize(m.options.MaxSize), "Most": FormatMaxSize(most)}, nil)
	}
	// All is signed to one end, whatever time it takes.
	end := m.signer.Now().UTC().Truncate(time.Second).Add(m.options.Expires)
	m.record.Made, m.record.Ends, m.record.Because, m.record.Content = d.now(), end, string(signer.Requested), m.plan.text()
	if err := m.keep(ctx); err != nil {
		return nil, err
	}
	m.kept = true
	if err := m.start(ctx, carrier); err != nil {
		return nil, err
	}
	m.record.Content = m.plan.text()
	if err := m.keep(ctx); err != nil {
		return nil, err
	}

	w, err := newWays(d, m.signer, m.record, m.plan, end)
	if err != nil {
		return nil, err
	}
	ways, err := w.sign(ctx)
	if err != nil {
		return nil, err
	}
	page, err := w.page("")
	if err != nil {
		return nil, err
	}
	m.put = true
	if _, err := carrier.Put(ctx, &courier.Upload{
		Bucket: m.record.Bucket, Key: m.record.Page, ContentType: pageType, Settings: ofPage(m.given),
	}, page); err != nil {
		m.put = !errors.Is(err, courier.ErrTaken)
		return nil, err
	}
	err = w.link(ctx, ways, VerifyAuto)
	if ways.PageURL == "" {
		return nil, err
	}
	if err := w.html(ways); err != nil {
		return nil, err
	}
	if m.options.Files == 0 && !forms {
		a := args{
			"Count": m.plan.Files, "Paid": m.plan.RequesterPays, "Point": signer.IsAccessPoint(m.record.Bucket), "Asked": FormatExpires(m.options.Expires),
		}
		code := "NoForms"
		if shortLived {
			code = "FormsLastAnHour"
		}
		ways.Trouble = trouble(code, a, nil)
	}
	if err != nil {
		t := explain(err, w.request().scene("s3:GetObject"))
		if ways.Trouble = m.plan.at().trouble(htmlName(m.plan.From), err, t); ways.Trouble == nil {
			ways.Trouble = pageTrouble(t, w.request())
		}
	}
	m.record.Ends, m.record.Because, m.record.Account = ways.Ends, string(ways.Because), m.signer.Account()
	if err := m.keep(ctx); err != nil {
		return nil, err
	}
	ways.Request = requestOf(m.record)
	return ways, nil
}

// pageTrouble says that a request is there, but that its page does not open by its link.
func pageTrouble(t *Trouble, r Request) *Trouble {
	a := r.scene("s3:GetObject").args()
	if t.Denied() {
		return trouble("PageRefused", a, t.Cause)
	}
	a["Reason"] = t.What.String()
	return trouble("PageNotTried", a, t.Cause)
}

func (m *making) keep(ctx context.Context) error {
	err := m.desk.ledger.PutRequest(ctx, m.record)
	if errors.Is(err, ledger.ErrSecret) {
		return trouble("RequestSecret", nil, err)
	}
	if err != nil {
		return ledgerTrouble(err, m.desk.ledgerPath())
	}
	return nil
}

// startedAtOnce is how many multipart uploads are started, or removed, together.
const startedAtOnce = 8

// start begins the multipart uploads of the slots.
func (m *making) start(ctx context.Context, c *courier.Courier) error {
	var mu sync.Mutex
	var failed error
	each(len(m.plan.Slots), startedAtOnce, func(i int) {
		s := &m.plan.Slots[i]
		mu.Lock()
		skip := s.Parts == 0 || failed != nil
		mu.Unlock()
		if skip {
			return
		}
		id, err := c.Start(ctx, &courier.Upload{Bucket: m.record.Bucket, Key: s.Key, ContentType: s.ContentType, Settings: m.plan.settings()})
		mu.Lock()
		defer mu.Unlock()
		s.Upload = id
		if failed == nil {
			failed = err // the others would say the same
		}
	})
	return failed
}

// each calls do for 0 to n-1, at most so many at once, and waits. What it does may fail and the rest is done all the same.
func each(n, atOnce int, do func(int)) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error { do(i); return nil })
	}
	_ = group.Wait() // nothing is given to it
}

// undo takes away what there is of a request that could not be made.
func (m *making) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if !m.kept {
		return
	}
	if !m.put {
		m.record.Page = ""
	}
	m.record.Content, m.record.Closed = m.plan.text(), m.desk.now()
	if err := m.desk.tidyRequest(ctx, m.record); err != nil {
		m.desk.log.Debug("a request that was not made is tidied later", "error", err)
		_ = m.keep(ctx)
		return
	}
	if _, err := m.desk.ledger.ForgetRequests(ctx, m.record.ID); err != nil {
		m.desk.log.Debug("the ledger still has a request that was not made", "error", err)
	}
}

// takesForms reports whether the store takes forms and holds them to their policy: one that says another type than its
// policy has to be refused. Stores without forms, such as rclone's, answer otherwise.
func takesForms(ctx context.Context, s *signer.Signer, c *courier.Courier, r ledger.Request) (bool, error) {
	folder := signer.Object{Bucket: r.Bucket, Key: formFolder(r.Folder), Expires: 15 * time.Minute}
	form, err := s.Post(ctx, folder, signer.PostOptions{ContentType: anyType})
	if err != nil {
		return false, err
	}
	key := probeKey(r)
	err = c.Post(ctx, form, key, "text/plain", nil)
	if err == nil { // it is put all the same, so it is taken away
		_ = c.Remove(ctx, r.Bucket, key)
		return false, nil
	}
	var no *courier.StoreError
	if !errors.As(err, &no) {
		return false, err
	}
	if no.Status != http.StatusForbidden || no.Code != "AccessDenied" && !strings.Contains(no.Code, "Policy") {
		return false, nil
	}
	// A store that does not read forms refuses each as a request without a signature; one that does says of a wrong
	// signature that it is wrong. Ceph says no more than "AccessDenied" of both, so there a file is sent, and taken away.
	bent := form
	bent.Fields = maps.Clone(form.Fields)
	bent.Fields["x-amz-signature"] = strings.Repeat("0", 64)
	if err = c.Post(ctx, bent, key, anyType, nil); errors.As(err, &no) && no.Code == "AccessDenied" {
		if err = c.Post(ctx, form, key, anyType, nil); err == nil {
			_ = c.Remove(ctx, r.Bucket, key)
			return true, nil
		}
	}
	if err == nil {
		_ = c.Remove(ctx, r.Bucket, key)
		return false, nil
	}
	if !errors.As(err, &no) {
		return false, err
	}
	return no.Code == "SignatureDoesNotMatch", nil
}

// waysOf signs what a request consists of.
type waysOf struct {
	desk   *Desk
	signer *signer.Signer
	record ledger.Request
	plan   requestPlan
	end    time.Time // of all that is signed

	on pages.Request // what the page is told, once it is signed
}

// newWays makes ready to sign a request's ways. All that others use leads to the link endpoint, if the request has one.
func newWays(d *Desk, s *signer.Signer, record ledger.Request, plan requestPlan, end time.Time) (*waysOf, error) {
	at := plan.at()
	outside, err := s.Outside(at.URL, at.AllowHTTP)
	if err != nil {
		return nil, err
	}
	return &waysOf{desk: d, signer: outside, record: record, plan: plan, end: end}, nil
}

func (w *waysOf) request() Request { return requestOf(w.record) }

// object is a key, to be signed until the end.
func (w *waysOf) object(key string) signer.Object {
	now := w.signer.Now()
	// The signature counts from the whole second that is running; what is cut off there is added here.
	return signer.Object{Bucket: w.record.Bucket, Key: key, Expires: w.end.Sub(now.Truncate(time.Second))}
}

// sign signs all but the page's link.
func (w *waysOf) sign(ctx context.Context) (*Ways, error) {
	w.signer.Locate(ctx, w.record.Bucket)
	r := w.request()
	ways := &Ways{Request: r}
	w.on = pages.Request{
		ID: w.record.ID, From: w.plan.From, For: w.plan.For, Message: w.plan.Message, Made: w.record.Made,
		Files: w.plan.Files, MaxSize: w.plan.MaxSize, Kinds: w.plan.Kinds,
	}
	first := true
	bound := func(ends time.Time, because signer.Because) {
		if first || ends.IsZero() && !ways.Ends.IsZero() || !ends.IsZero() && !ways.Ends.IsZero() && ends.Before(ways.Ends) {
			ways.Ends, ways.Because = ends, because
		}
		first = false
	}
	for _, f := range w.plan.Forms {
		form, err := w.signer.Post(ctx, w.object(formFolder(w.record.Folder)), signer.PostOptions{
			ContentType: f.ContentType, MaxSize: w.plan.formSize(), Settings: w.plan.settings(),
		})
		if err != nil {
			return nil, err
		}
		bound(form.Ends, form.Because)
		way := PostWay{
			URL: form.URL, Fields: form.Fields, Folder: form.Folder, ContentType: f.ContentType, Accept: f.Accept, MaxSize: form.MaxSize,
		}
		ways.Posts = append(ways.Posts, way)
		w.on.Posts = append(w.on.Posts, pages.Post(way))
	}
	for _, s := range w.plan.Slots {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		look, err := w.signer.Head(ctx, w.object(s.Key))
		if err != nil {
			return nil, err
		}
		bound(look.Ends, look.Because)
		slot := pages.Slot{Key: s.Key, ContentType: s.ContentType, Accept: s.Accept, Look: callOf(look)}
		if s.Put {
			put, err := w.signer.Put(ctx, w.object(s.Key), signer.PutOptions{ContentType: s.ContentType, Settings: w.plan.settings()})
			if err != nil {
				return nil, err
			}
			bound(put.Ends, put.Because)
			slot.Put = callOf(put)
			ways.Uploads = append(ways.Uploads, Upload{Method: put.Method, URL: put.URL, Header: slot.Put.Header, Key: s.Key, Accept: s.Accept})
		}
		if s.Upload != "" {
			parts, err := w.signer.Parts(ctx, w.object(s.Key), s.Upload, s.Parts)
			if err != nil {
				return nil, err
			}
			// It may be said again, by who goes on after a reload; what is read of it is a name.
			note, err := w.signer.Put(ctx, w.object(s.Key+noteEnding), signer.PutOptions{ContentType: noteType, Settings: w.plan.settings(), Overwrite: true})
			if err != nil {
				return nil, err
			}
			bound(parts.Ends, parts.Because)
			bound(note.Ends, note.Because)
			slot.Parts = &pages.Parts{
				URL: parts.URL, Signatures: parts.Signatures, List: parts.List, Complete: *callOf(parts.Complete), Note: callOf(note),
			}
		}
		w.on.Slots = append(w.on.Slots, slot)
	}
	if first || ways.Because == signer.Requested && !r.Ends.IsZero() {
		ways.Because = r.Because // the same end for the same reason
	}
	if first {
		ways.Ends = r.Ends
	}
	w.on.Ends = ways.Ends
	ways.Commands = commandsOf(ways.Posts, ways.Uploads)
	return ways, nil
}

// callOf is a presigned request as a page has it.
func callOf(p signer.Presigned) *pages.Call {
	c := &pages.Call{URL: p.URL, Header: map[string]string{}}
	for name := range p.Header {
		c.Header[name] = p.Header.Get(name)
	}
	return c
}

// page writes the page; online is a link to it in the bucket, for the page that is sent by mail.
func (w *waysOf) page(online string) ([]byte, error) {
	on := w.on
	on.Online = online
	var made bytes.Buffer
	if err := pages.WriteRequest(&made, on); err != nil {
		return nil, err
	}
	return made.Bytes(), nil
}

// link makes the link to the page in the bucket. When it could not be tried, the link is there with the error.
func (w *waysOf) link(ctx context.Context, ways *Ways, v Verify) error {
	l := lead{id: w.record.ID, bucket: w.record.Bucket, key: w.record.Page, name: htmlName(w.plan.From)}
	link, err := w.desk.signAndTry(ctx, w.signer, l, w.object(w.record.Page).Expires, true, v)
	if link == nil {
		return err
	}
	ways.PageURL, ways.Verified, ways.Reach = link.URL, link.Verified, link.Reach
	if sooner(link, &Link{Ends: ways.Ends}) {
		ways.Ends, ways.Because = link.Ends, link.Because
	}
	return err
}

// html makes the page that is sent by mail.
func (w *waysOf) html(ways *Ways) (err error) {
	ways.HTMLName = htmlName(w.plan.From)
	ways.HTML, err = w.page(ways.PageURL)
	return err
}

// htmlName is what the file with the page is called.
func htmlName(from string) string {
	if from = strings.TrimSpace(from); from == "" {
		return "Send files.html"
	}
	runes := []rune(strings.ReplaceAll(keyName(from), "/", "_"))
	return windowsName("Send files to " + string(runes[:min(len(runes), 60)]) + ".html")
}

const (
	// noteEnding follows the key of a slot: who sends a file in parts says there how it is called.
	noteEnding = ".note.json"
	noteType   = "application/json"
	mostOfNote = 16 << 10 // bytes; a larger one is no note
)

// noteName reads the name out of a note, "" where there is none.
func noteName(text []byte) string {
	var note struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(text, &note) != nil {
		return ""
	}
	return note.Name
}
