package desk

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"waybill/internal/courier"
)

// zipType is the content type of a zip.
const zipType = "application/zip"

// SendZip sends files and folders as one zip, which is made while it is sent and lies in no file here. It is one
// transfer. A zip that was interrupted begins anew: what was packed cannot be packed again to the same bytes.
func (d *Desk) SendZip(ctx context.Context, dest Destination, o SendOptions, paths []string) *Drop {
	p := d.newDrop(ctx, dest, o, foundAt(paths), nil)
	go p.runZip()
	return p
}

// packed is a file that goes into a zip.
type packed struct {
	path, name string
	info       os.FileInfo
}

// runZip is the life of a drop that becomes one zip.
func (p *Drop) runZip() {
	ctx := p.ctx
	p.naming = NewNaming(p.naming.Now, p.options.Unguessable)
	defer p.feed.close()
	defer p.cancel(nil)
	go p.log.run()
	defer p.log.close()
	j := &job{Transfer: Transfer{
		ID: uuid.Must(uuid.NewV7()).String(), Name: visible(zipName(p.dropped, p.options.Title, p.naming.Now)),
		Destination: p.dest, ContentType: zipType, State: Queued,
	}, inHand: true}
	p.mu.Lock()
	p.jobs[j.ID], p.over = j, true
	p.mu.Unlock()
	clean, err := p.dest.clean()
	if err == nil {
		p.dest = clean
		p.signer, err = p.desk.open(ctx, p.dest.Store)
	}
	if err != nil {
		p.feed.add(j.Transfer)
		p.end(j, Failed, explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket}))
		return
	}
	p.pinned = p.dest.pinned(p.signer)
	if err := p.settle(ctx); err != nil {
		p.feed.add(j.Transfer)
		p.end(j, Failed, explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket}))
		return
	}
	j.Destination, j.Key = p.dest, p.dest.Prefix+p.keyOf(j.Name, "")
	files, total, err := p.toPack(ctx)
	j.Size = total
	p.feed.add(j.Transfer)
	if err == nil && len(files) == 0 {
		err = trouble("NothingInside", scene{path: p.dropped[0].path}.args(), nil)
	}
	if err != nil {
		at := p.dropped[0].path
		var where *fs.PathError
		if errors.As(err, &where) {
			at = where.Path
		}
		p.end(j, Failed, explain(err, scene{store: p.dest.Store, path: at}))
		return
	}
	p.courier = courier.New(p.signer, courier.Options{
		Concurrency: p.options.Concurrency, PartSize: p.options.PartSize, Limit: p.desk.limit, Patience: time.Duration(p.desk.patience.Load()),
	})
	defer p.courier.Close()
	p.openProber()
	defer p.prober.Close()
	defer p.heeding.over.Wait()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { defer close(done); p.reportProgress(stop) }()
	p.zip(ctx, j, files)
	close(stop)
	<-done
}

// zip sends the files as one, under another name if its own is taken and that is what the person wants.
func (p *Drop) zip(ctx context.Context, j *job, files []packed) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.mu.Lock()
	j.cancel, j.meter, j.State = cancel, &courier.Meter{}, Sending
	p.active[j] = struct{}{}
	p.mu.Unlock()
	j.wanted = j.Key
	names := p.namesBeside(j)
	var receipt courier.Receipt
	var err error
	for {
		p.set(j, func(t *Transfer) { t.Done = 0 })
		receipt, err = p.stream(ctx, j, files)
		if !errors.Is(err, courier.ErrTaken) {
			break
		}
		var choice Clash
		if choice, err = p.onClash(ctx, j); err != nil || choice == ClashSkip {
			break
		}
		if choice == ClashReplace {
			p.options.OnClash = ClashReplace
			continue
		}
		var key string
		if key, err = names.after(ctx, j.Key); err != nil {
			break
		}
		p.set(j, func(t *Transfer) { t.Key = key })
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, courier.ErrPaused): // which a zip cannot be
		p.end(j, Cancelled, nil)
	case err == nil && receipt.Checksum == "":
		p.end(j, Skipped, nil)
	case err != nil:
		p.end(j, Failed, p.explain(err, j, "s3:PutObject"))
	default:
		p.set(j, func(t *Transfer) {
			t.State, t.Size, t.Done, t.ETag, t.Checksum = Verifying, receipt.Size, receipt.Size, receipt.ETag, receipt.Checksum
		})
		p.makeLink(ctx, j)
	}
}

// stream packs the files into a pipe, at whose other end the courier reads.
func (p *Drop) stream(ctx context.Context, j *job, files []packed) (courier.Receipt, error) {
	out, in := io.Pipe()
	packing := make(chan struct{})
	go func() {
		defer close(packing)
		_ = in.CloseWithError(p.pack(ctx, j, in, files))
	}()
	u := &courier.Upload{Bucket: p.dest.Bucket, Key: j.Key, ContentType: zipType, Settings: p.given, Overwrite: p.options.OnClash == ClashReplace}
	r, err := p.courier.Stream(ctx, u, out, j.Size)
	_ = out.CloseWithError(context.Canceled) // the packing ends with the sending
	<-packing
	return r, err
}

// pack writes the zip. What is packed already is stored as it is; a file that changes meanwhile fails all of it.
func (p *Drop) pack(ctx context.Context, j *job, w io.Writer, files []packed) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.packOne(j, z, f); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("end the zip: %w", err)
	}
	return nil
}

func (p *Drop) packOne(j *job, z *zip.Writer, f packed) error {
	in, info, err := courier.OpenRegular(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	head := &zip.FileHeader{Name: f.name, Modified: info.ModTime(), Method: zip.Deflate}
	head.SetMode(info.Mode().Perm())
	if packedAlready(contentType(f.path)) {
		head.Method = zip.Store
	}
	to, err := z.CreateHeader(head)
	if err != nil {
		return fmt.Errorf("pack %s: %w", f.path, err)
	}
	n, err := io.Copy(to, io.TeeReader(in, moved(func(n int64) {
		p.mu.Lock()
		j.Done = min(j.Done+n, j.Size)
		p.mu.Unlock()
	})))
	if err != nil {
		return fmt.Errorf("pack %s: %w", f.path, err)
	}
	after, err := os.Stat(f.path)
	if err != nil || n != f.info.Size() || after.Size() != n || !after.ModTime().Equal(f.info.ModTime()) {
		return fmt.Errorf("pack %s: %w", f.path, courier.ErrChanged)
	}
	return nil
}

// moved counts what passes.
type moved func(int64)

func (m moved) Write(b []byte) (int, error) { m(int64(len(b))); return len(b), nil }

// packedAlready reports whether a kind of file gets no smaller.
func packedAlready(contentType string) bool {
	kind, sub, _ := strings.Cut(contentType, "/")
	switch kind {
	case "video", "audio":
		return true
	case "image":
		return !strings.HasPrefix(sub, "svg") && sub != "bmp" && sub != "tiff"
	}
	return slices.ContainsFunc([]string{"zip", "gzip", "x-7z", "x-rar", "zstd", "x-xz", "x-bzip", "openxmlformats", "epub", "java-archive"},
		func(s string) bool { return strings.Contains(sub, s) })
}

// toPack finds the files of what was dropped, with the size of all in bytes.
func (p *Drop) toPack(ctx context.Context) (files []packed, total int64, err error) {
	names := map[string]bool{}
	own := p.desk.ownFolder()
	for _, f := range p.dropped {
		root, base := f.path, ownBase(f.path)
		if target, err := filepath.EvalSymlinks(root); err == nil {
			root = target
		}
		root = walkable(root)
		err = filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				return err
			}
			if p.options.SkipHidden && at != root && strings.HasPrefix(entry.Name(), ".") {
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if entry.IsDir() && own(entry) {
				return fs.SkipDir
			}
			info, err := os.Stat(at)
			dangling := errors.Is(err, fs.ErrNotExist) && entry.Type()&fs.ModeSymlink != 0
			if err != nil && !dangling {
				return err
			}
			if dangling || !info.Mode().IsRegular() {
				code := "SpecialFile"
				switch {
				case entry.IsDir():
					return nil
				case dangling:
					code = "LeftOut"
				case info.IsDir():
					code = "FolderLink"
				}
				p.notice(trouble(code, scene{path: readable(at)}.args(), nil))
				return nil
			}
			relative, err := filepath.Rel(root, at)
			if err != nil {
				return err
			}
			files = append(files, packed{readable(at), ownName(names, path.Join(base, filepath.ToSlash(relative))), info})
			total += info.Size()
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return files, total, nil
}

// ownName gives a file a name in a zip that no other has, whatever the system that unpacks it thinks of upper case, and
// in which a backslash leads nowhere.
func ownName(taken map[string]bool, wanted string) string {
	wanted = strings.ReplaceAll(keyName(wanted), `\`, "_")
	name := wanted
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = numbered(wanted, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// zipName names a zip after the one thing that is in it, or after the moment.
func zipName(dropped []found, title string, now time.Time) string {
	switch {
	case title != "":
		return strings.ReplaceAll(title, "/", "_") + ".zip"
	case len(dropped) == 1:
		if stem, _ := splitExt(ownBase(dropped[0].path)); stem != "" {
			return stem + ".zip"
		}
	}
	return "Files of " + now.Local().Format("2006-01-02 15.04") + ".zip"
}
