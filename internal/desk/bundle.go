package desk

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/internal/pages"
	"waybill/signer"
)

// pageType is the content type of a bundle's page.
const pageType = "text/html; charset=utf-8"

// maxBundled is how many files a page may have. Each link stands on it three times, with 600 to 1,900 characters: more
// would be a page that phones cannot open.
const maxBundled = 2000

// mostPreviews is how many bytes of small pictures and first lines a page may have.
const mostPreviews = 2 << 20

// Bundle makes one page, and one link, for files that were sent. All their links are made anew, so that they last as
// long as the page's. The page goes where dest says, into the first file's folder if that names no bucket; its title
// is also its name there, "" leaves both to the files.
func (d *Desk) Bundle(ctx context.Context, dest Destination, o SendOptions, title string, ids ...string) Transfer {
	t := Transfer{ID: uuid.Must(uuid.NewV7()).String(), Name: visible(title), Kind: KindBundle, Destination: dest}
	return d.makeBundle(ctx, t, o, ids)
}

func (d *Desk) makeBundle(ctx context.Context, t Transfer, o SendOptions, ids []string) Transfer {
	dest, title := t.Destination, t.Name
	t.State = Failed
	var files []Entry
	for _, id := range ids {
		e, err := d.Entry(ctx, id)
		if err != nil {
			t.Trouble = explain(err, scene{store: dest.Store})
			return t
		}
		if e.notRenewable() == "" && e.Kind == KindFile {
			files = append(files, e)
		}
	}
	if len(files) == 0 {
		t.Trouble = trouble("NothingToBundle", nil, nil)
		return t
	}
	if len(files) > maxBundled {
		t.Trouble = trouble("BundleTooLarge", args{"Count": len(files), "Most": maxBundled}, nil)
		return t
	}
	if dest.Bucket == "" {
		dest = files[0].Destination
	}
	dest, err := dest.clean()
	if err != nil {
		t.Trouble = explain(err, scene{store: dest.Store, bucket: dest.Bucket})
		return t
	}
	if title == "" {
		title = commonName(files, d.now())
	}
	if o.Expires == 0 {
		o.Expires = time.Hour
	}
	err = o.LinkEndpoint.check()
	if err == nil {
		err = d.CheckExpires(dest.Bucket, o.Expires)
	}
	if err != nil {
		t.Trouble = explain(err, scene{store: dest.Store, bucket: dest.Bucket})
		return t
	}
	page := Entry{
		ID: t.ID, Name: visible(title), Destination: dest, Key: dest.Prefix + keyName(strings.ReplaceAll(title, "/", "_")) + ".html",
		State: Sent, Asked: o.Expires, Inline: true, Kind: KindBundle, ContentType: pageType,
	}
	page.LinkEndpoint = d.linkEndpoint(o.LinkEndpoint, dest.Store, dest.Bucket).URL
	for i, f := range files {
		// What was sent before its bucket had a link endpoint shall be reached by whoever reaches the page.
		if store := f.Destination.Store; o.LinkEndpoint != nil || f.LinkEndpoint == "" {
			files[i].LinkEndpoint = d.linkEndpoint(o.LinkEndpoint, store, f.Destination.Bucket).URL
		}
	}
	settings := ofPage(d.uploadSettings(o.Upload, dest))
	return d.publish(ctx, page, files, o.Expires, o.Verify, &settings)
}

// bundle makes the page of a drop whose files are to have one link, once they are sent and recorded. The page is the
// drop's last transfer.
func (p *Drop) bundle(ctx context.Context) {
	if !p.options.Bundle || ctx.Err() != nil && len(p.sent) == 0 || p.leaving() || p.desk.ledger == nil {
		return
	}
	ids := p.sent
	if p.before != nil { // what an earlier process has sent of it
		records, err := p.desk.ledger.RecordsOf(ctx, p.planID())
		if err != nil {
			p.desk.log.Debug("what was sent before is not on the page", "error", err)
		}
		for _, r := range records {
			if r.State == string(Sent) && !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	if len(ids) < 2 {
		return // one file has one link already, and those that failed have said why
	}
	slices.Sort(ids) // by time, which is the order in which they were found
	t := Transfer{ID: uuid.Must(uuid.NewV7()).String(), Name: visible(p.options.Title), Kind: KindBundle, State: Queued, Destination: p.dest}
	t.Destination.Store = p.pinned
	if p.options.Unguessable {
		t.Destination = t.Destination.Hidden() // who knows the page's key knows none of the files'
	}
	p.feed.add(t)
	p.feed.add(p.desk.makeBundle(context.WithoutCancel(ctx), t, p.options, ids))
}

// commonName names a bundle after the folder that all its files were dropped in, or after the day.
func commonName(files []Entry, now time.Time) string {
	folder, _, found := strings.Cut(files[0].Name, "/")
	for _, f := range files {
		if !found || !strings.HasPrefix(f.Name, folder+"/") {
			return "Files of " + now.Local().Format("2006-01-02 15.04")
		}
	}
	return folder
}

// writeBundle renews a bundle: the links of its files, its page, and the link to that. They are signed for the link
// endpoint that is given, or each for the one that it had.
func (d *Desk) writeBundle(ctx context.Context, page Entry, expires time.Duration, v Verify, at *LinkEndpoint) Transfer {
	files, err := d.bundled(ctx, page.ID)
	if err == nil && len(files) == 0 {
		err = trouble("NothingToBundle", nil, nil)
	}
	if err != nil {
		t := page.transfer()
		t.State, t.Trouble = Failed, explain(err, page.scene("s3:PutObject"))
		return t
	}
	for i := range files {
		if at != nil {
			files[i].LinkEndpoint = at.URL
		}
	}
	return d.publish(ctx, page, files, expires, v, nil)
}

// refreshPages writes pages again because something about their files has changed. Their own links stay. A page that
// cannot be written comes back as a Trouble: it says something else than the ledger.
func (d *Desk) refreshPages(ctx context.Context, ids []string) *Trouble {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		page, err := d.Entry(ctx, id)
		if err != nil || !page.Live(d.now()) {
			continue // nobody can open it
		}
		if err := d.refreshPage(ctx, page); err != nil {
			a := page.scene("s3:PutObject").args()
			return trouble("PageNotWritten", a, err)
		}
	}
	return nil
}

func (d *Desk) refreshPage(ctx context.Context, page Entry) error {
	d.publishing.Lock() // else of two changes at once, one would be missing on the page
	defer d.publishing.Unlock()
	files, err := d.bundled(ctx, page.ID)
	if err != nil {
		return err
	}
	opened, err := d.open(ctx, page.Destination.Store)
	if err != nil {
		return err
	}
	left := page.Last().Sub(opened.Now())
	until := func(f Entry) time.Duration { return max(f.Last().Sub(opened.Now()), left) }
	data, links, err := d.page(ctx, page, files, until)
	if err != nil {
		return err
	}
	if _, err := d.putPage(ctx, opened, page, data, nil); err != nil {
		return err
	}
	for i, f := range files {
		// The credentials of today may end before those that signed the link which it replaces.
		if f.Ends.IsZero() == links[i].Ends.IsZero() && links[i].Ends.Sub(f.Ends).Abs() < 2*time.Second {
			continue
		}
		d.relinked(ctx, f.ID, links[i], f.Asked, opened.Account())
	}
	return nil
}

// bundled gives the files of a page that are still there.
func (d *Desk) bundled(ctx context.Context, id string) ([]Entry, error) {
	records, err := d.ledger.BundledIn(ctx, id)
	if err != nil {
		return nil, ledgerTrouble(err, d.ledgerPath())
	}
	var files []Entry
	for _, r := range records {
		if e := d.takeUp(r); e.notRenewable() == "" {
			files = append(files, e)
		}
	}
	return files, nil
}

// publish signs the links of the files, puts the page where it belongs, makes the link to it and records all that. Of
// the files' links as many are tried as of a drop's. A page that is written again, with nil for its settings, keeps those
// that it has.
func (d *Desk) publish(ctx context.Context, page Entry, files []Entry, expires time.Duration, v Verify, settings *UploadSettings) Transfer {
	d.publishing.Lock()
	defer d.publishing.Unlock()
	t := page.transfer()
	fail := func(err error, permission string) Transfer {
		t.State, t.Trouble = Failed, explain(err, page.scene(permission))
		return t
	}
	opened, err := d.open(ctx, page.Destination.Store)
	if err != nil {
		return fail(err, "s3:PutObject")
	}
	data, links, err := d.page(ctx, page, files, func(Entry) time.Duration { return expires })
	if err != nil {
		return fail(err, "s3:GetObject")
	}
	var receipt courier.Receipt
	wanted, taken := page.Key, takenNames{}
	for n := 2; ; n++ { // a name that is taken is somebody's page
		receipt, err = d.putPage(ctx, opened, page, data, settings)
		if !errors.Is(err, courier.ErrTaken) {
			break
		}
		if taken.enough(func() bool { etag, err := d.etagOf(ctx, page); return err == nil && etag == gone }) {
			err = taken.trouble(page.scene(""), taken.refused, err)
			break
		}
		page.Key = numbered(wanted, n)
	}
	if err != nil {
		return fail(err, "s3:PutObject")
	}
	t.Key, t.Size, t.Done, t.ETag, t.Checksum = page.Key, receipt.Size, receipt.Size, receipt.ETag, receipt.Checksum
	to := t.lead(recordedAt(page.LinkEndpoint), false)
	link, err := d.signAndTry(ctx, opened, to, expires, true, v)
	if link == nil {
		return fail(err, "s3:GetObject")
	}
	t.Trouble = d.linkTrouble(ctx, opened, to.by(link), err, explain(err, page.scene("s3:GetObject")))
	// A page is as good as the first of its links that ends.
	for _, l := range links {
		if sooner(l, link) {
			link.Ends, link.Because = l.Ends, l.Because
		}
	}
	for i, l := range links {
		if v.tries(i) && ctx.Err() == nil {
			if err := d.try(ctx, opened, signer.Presigned{Method: http.MethodGet, URL: l.URL}); err == nil {
				l.Verified = true
			} else if t.Trouble == nil {
				t.Trouble = d.linkTrouble(ctx, opened, files[i].lead().by(l), err, explain(err, files[i].scene("s3:GetObject")))
			}
		}
	}
	t.State, t.Link = Sent, link
	d.recordBundle(ctx, t, page, files, links, expires, opened)
	return t
}

// sooner reports whether a link ends before another one, as far as is known: what is not known may be sooner.
func sooner(a, b *Link) bool {
	return !b.Ends.IsZero() && (a.Ends.IsZero() || a.Ends.Before(b.Ends))
}

func (d *Desk) recordBundle(ctx context.Context, t Transfer, page Entry, files []Entry, links []*Link, expires time.Duration, s *signer.Signer) {
	r := recordOf(t, page.Destination.pinned(s), SendOptions{Expires: expires, Inline: true}, s.Account(), d.now())
	r.Note = page.Note
	if !page.Sent.IsZero() {
		r.Created = page.Sent
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	if err := d.ledger.SetPage(ctx, page.ID, ids...); err != nil { // first: whoever sees the page's record sees its files
		d.noteLedger(ledgerTrouble(err, d.ledgerPath()))
	}
	d.record(ctx, []ledger.Record{r})
	for i, f := range files {
		d.relinked(ctx, f.ID, links[i], expires, s.Account())
	}
	d.signalChange()
}

// relinked writes down the link that a file has on a page.
func (d *Desk) relinked(ctx context.Context, id string, l *Link, expires time.Duration, account string) {
	if err := d.relink(ctx, id, l, expires, account); err != nil && !errors.Is(err, ledger.ErrNotFound) {
		d.noteLedger(ledgerTrouble(err, d.ledgerPath()))
	}
}

// page signs each file's link for as long as until says, and makes the page of them.
func (d *Desk) page(ctx context.Context, page Entry, files []Entry, until func(Entry) time.Duration) ([]byte, []*Link, error) {
	b := pages.Bundle{Title: page.Name, Made: d.now()}
	previews := 0
	links := make([]*Link, len(files))
	for i, f := range files {
		opened, err := d.open(ctx, f.Destination.Store)
		if err != nil {
			return nil, nil, explain(err, f.scene("s3:GetObject"))
		}
		l, _, err := d.sign(ctx, opened, f.lead(), until(f), false)
		if err != nil {
			return nil, nil, explain(err, f.scene("s3:GetObject"))
		}
		links[i] = l
		if i == 0 || sooner(l, &Link{Ends: b.Ends}) {
			b.Ends = l.Ends
		}
		one := pages.File{Name: f.Name, Size: f.Size, ContentType: f.ContentType, URL: l.URL}
		// Else it is another file by now, or there is enough to look at.
		if info, err := os.Stat(f.Path); err == nil && info.Size() == f.Size && info.ModTime().Before(f.Sent) && previews < mostPreviews {
			one.Picture, one.Text = pages.Preview(f.Path, f.ContentType)
			previews += len(one.Picture) + len(one.Text)
		}
		b.Files = append(b.Files, one)
	}
	var made bytes.Buffer
	if err := pages.WriteBundle(&made, b); err != nil {
		return nil, nil, err
	}
	return made.Bytes(), links, nil
}

// putPage sends a page. It goes from memory: it is full of keys, and none lies in a file here. Without settings it takes
// the place of the page that is there, with the settings of that.
func (d *Desk) putPage(ctx context.Context, s *signer.Signer, page Entry, data []byte, settings *UploadSettings) (courier.Receipt, error) {
	c := courier.New(s, courier.Options{Concurrency: 1, Limit: d.limit})
	defer c.Close()
	u := &courier.Upload{Bucket: page.Destination.Bucket, Key: page.Key, ContentType: pageType, Overwrite: settings == nil}
	if settings != nil {
		u.Settings = *settings
	} else {
		u.Settings = d.pageHas(ctx, s, page)
	}
	return c.Put(ctx, u, data)
}

// pageHas is the settings of a page that is in the bucket; where nobody may look, what is remembered for its place.
func (d *Desk) pageHas(ctx context.Context, s *signer.Signer, page Entry) UploadSettings {
	has, err := bucket.Kept(ctx, s.Client(), page.Destination.Bucket, page.Key, true)
	if err != nil && !errors.Is(err, bucket.ErrTags) {
		return ofPage(d.uploadSettings(nil, page.Destination))
	}
	known := d.uploadSettings(nil, page.Destination)
	if err != nil {
		has.Tags = known.Tags
	}
	has.ACL = known.ACL // which cannot be looked at
	return ofPage(UploadSettings(has))
}

// leadName is the name of the file that leads to a link by mail.
func leadName(name string) string { return savedName(path.Base(name)) + ".html" }

// LeadPage makes the small file that is mailed instead of a link: mail breaks long lines.
func LeadPage(name string, size int64, l *Link) (filename string, page []byte, err error) {
	var b bytes.Buffer
	err = pages.WriteLead(&b, pages.Lead{Name: name, Size: size, URL: l.URL, Ends: l.Ends})
	return leadName(name), b.Bytes(), err
}
