package pages_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"waybill/internal/pages"
)

// receiptSum is the checksum as a receipt has it.
func receiptSum(content []byte) string {
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], crc64.Checksum(content, crc64.MakeTable(0x9A6C9329AC4BC9B5)))
	return "crc64nvme:" + base64.StdEncoding.EncodeToString(sum[:])
}

// receipt is what the page saves as JSON.
type receipt struct {
	Request, From, For string
	Files              []struct {
		Name, Checksum, Key string
		Size                int
		Sent                time.Time
		Proven              bool
	}
}

// receipt saves the receipt and reads it.
func (b *tab) receipt() (r receipt) {
	b.t.Helper()
	content, name := b.get("#save-json")
	if !strings.HasSuffix(name, ".json") {
		b.t.Errorf("the receipt is offered as %q", name)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		b.t.Fatalf("%v in %s", err, content)
	}
	return r
}

// arrived checks that these files, by their names in the receipt, are in the store as they were on disk, and nothing else
// is below the prefix.
func (s *shop) arrived(tab *tab, prefix string, files map[string][]byte) {
	s.t.Helper()
	there, r := s.has(prefix), tab.receipt()
	for _, f := range r.Files {
		want, known := files[f.Name]
		got, stored := there[f.Key]
		switch {
		case !known:
			s.t.Errorf("the receipt has %q, which nobody sent", f.Name)
		case !stored:
			s.t.Errorf("%q is not at its key %q", f.Name, f.Key)
		case !bytes.Equal(got, want):
			s.t.Errorf("%q arrived as %d other bytes of %d", f.Name, len(got), len(want))
		case f.Checksum != receiptSum(want) || f.Size != len(want):
			s.t.Errorf("the receipt says %s and %d bytes of %q, which has %d", f.Checksum, f.Size, f.Name, len(want))
		}
		if theirs := aws.ToString(s.head(f.Key).ChecksumCRC64NVME); theirs != "" && "crc64nvme:"+theirs != f.Checksum {
			s.t.Errorf("the store says %s of %q, the receipt %s", theirs, f.Name, f.Checksum)
		}
		if f.Sent.Before(time.Now().Add(-time.Minute)) || f.Sent.After(time.Now().Add(time.Minute)) {
			s.t.Errorf("%q was sent at %v", f.Name, f.Sent)
		}
		delete(there, f.Key)
		delete(there, f.Key+".note")
	}
	if len(r.Files) != len(files) {
		s.t.Errorf("%d files in the receipt, want %d", len(r.Files), len(files))
	}
	for key := range there {
		s.t.Errorf("nobody knows of %q", key)
	}
}

// shops are the stores that a request is tried with.
func shops() map[string]func(*testing.T) *shop {
	return map[string]func(*testing.T) *shop{
		"sandbox": func(t *testing.T) *shop { t.Helper(); return inSandbox(t) },
		"minio":   inMinIO,
	}
}

// TestRequestOverRealStores sends files by each way from the page in the bucket, with nothing between browser and store.
func TestRequestOverRealStores(t *testing.T) {
	for name, open := range shops() {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			dir := t.TempDir()
			small, smallContent := file(t, dir, "Ärger & Söhne – 日本語.jpg", 100_000)
			empty, _ := file(t, dir, "empty.txt", 0)
			big, bigContent := file(t, dir, "film.mov", 21<<20)

			r := asking("forms-" + unguessed())
			r.Posts = []pages.Post{s.post("in/", "", 50<<20)}
			tab := visit(t, s.serve(r), reader{})
			tab.drop(small, empty)
			tab.untilStates("sent sent")
			tab.choosing(func() { tab.click("#choose") }, big)
			tab.untilStates("sent sent sent")
			s.arrived(tab, "in/", map[string][]byte{"Ärger & Söhne – 日本語.jpg": smallContent, "empty.txt": {}, "film.mov": bigContent})
			for _, f := range tab.receipt().Files {
				folder, rest, _ := strings.Cut(strings.TrimPrefix(f.Key, "in/"), "/")
				if len(folder) != 12 || rest != f.Name || !f.Proven {
					t.Errorf("%q is at %q, proven %v", f.Name, f.Key, f.Proven)
				}
				if want := map[string]string{"film.mov": "video/quicktime", "empty.txt": "text/plain"}[f.Name]; want != "" {
					if got := aws.ToString(s.head(f.Key).ContentType); got != want {
						t.Errorf("%q is of type %q, want %q", f.Name, got, want)
					}
				}
			}
			tab.onlyWent(s.endpoint+"/"+s.bucket+"/pages/", s.endpoint+"/"+s.bucket, "blob:")

			// Places: a PUT for the small ones, parts for the large one.
			r = asking("places-" + unguessed())
			r.Files = 3
			r.Slots = []pages.Slot{s.put("places/1", "application/octet-stream"), s.put("places/2", "application/octet-stream"), s.parts("places/3", "application/octet-stream", 20)}
			tab = visit(t, s.serve(r), reader{})
			tab.drop(big, small, empty)
			tab.untilStates("sent sent sent")
			s.arrived(tab, "places/", map[string][]byte{"Ärger & Söhne – 日本語.jpg": smallContent, "empty.txt": {}, "film.mov": bigContent})
			for _, f := range tab.receipt().Files {
				if f.Name == "film.mov" {
					var note struct {
						Name, Checksum, Modified string
						Size                     int
					}
					if err := json.Unmarshal(s.has(f.Key + ".note")[f.Key+".note"], &note); err != nil || note.Name != f.Name || note.Checksum != f.Checksum || note.Size != f.Size || note.Modified == "" {
						t.Errorf("the note says %+v (%v)", note, err)
					}
					continue
				}
				disposition := aws.ToString(s.head(f.Key).ContentDisposition)
				want := map[string]string{
					"empty.txt":               `attachment; filename="empty.txt"; filename*=UTF-8''empty.txt`,
					"Ärger & Söhne – 日本語.jpg": `attachment; filename="_rger & S_hne _ ___.jpg"; filename*=UTF-8''%C3%84rger%20%26%20S%C3%B6hne%20%E2%80%93%20%E6%97%A5%E6%9C%AC%E8%AA%9E.jpg`,
				}[f.Name]
				if disposition != want {
					t.Errorf("%q is called %s, want %s", f.Name, disposition, want)
				}
			}
			tab.onlyWent(s.endpoint+"/"+s.bucket+"/pages/", s.endpoint+"/"+s.bucket+"/places/", "blob:")
		})
	}
}

// TestRequestTakesFolders drops a folder and chooses one.
func TestRequestTakesFolders(t *testing.T) {
	s := inSandbox(t)
	dir := t.TempDir()
	want := map[string][]byte{}
	for _, name := range []string{"trip/a.jpg", "trip/day 1/a.jpg", "trip/day 1/b.txt", "trip/day 2/ü/c"} {
		_, want[name] = file(t, dir, name, 5000)
	}
	for i := range 102 { // Chromium gives a folder's entries a hundred at a time
		name := "trip/many/" + strings.Repeat("x", i+1)
		_, want[name] = file(t, dir, name, 10)
	}
	if err := os.MkdirAll(filepath.Join(dir, "nothing", "in", "here"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := asking("folders-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 50<<20)}
	tab := visit(t, s.serve(r), reader{})
	tab.drop(filepath.Join(dir, "nothing"))
	tab.until("the word on an empty folder", func() bool { return strings.Contains(tab.says(), "There is no file in nothing.") })
	tab.drop(filepath.Join(dir, "trip"))
	all := strings.TrimSpace(strings.Repeat("sent ", len(want)))
	tab.untilStates(all)
	s.arrived(tab, "in/", want)
	folders := map[string]bool{}
	for _, f := range tab.receipt().Files {
		folder, rest, _ := strings.Cut(strings.TrimPrefix(f.Key, "in/"), "/")
		folders[folder] = true
		if rest != f.Name {
			t.Errorf("%q is at %q", f.Name, f.Key)
		}
	}
	if len(folders) != 1 {
		t.Errorf("a folder was torn into %d", len(folders))
	}

	// What was dropped already is not sent twice.
	tab.drop(filepath.Join(dir, "trip", "a.jpg"))
	tab.untilStates(all + " sent") // it is another path
	tab.drop(filepath.Join(dir, "trip", "a.jpg"))
	tab.until("the word that it is there", func() bool {
		return strings.Contains(tab.text(`document.getElementById("heard").textContent`), "a.jpg is in the list already.")
	})
	if states := tab.states(); states != all+" sent" {
		t.Errorf("a file is in the list twice: %s", states)
	}

	// Places have one name each: the path is in it.
	r = asking("folders-" + unguessed())
	r.Files = 2
	r.Slots = []pages.Slot{s.put("places/1", ""), s.put("places/2", "")}
	tab = visit(t, s.serve(r), reader{})
	tab.choosing(func() { tab.click("#choose-folder") }, filepath.Join(dir, "trip", "day 1"))
	tab.untilStates("sent sent")
	var names []string
	for _, f := range tab.receipt().Files {
		names = append(names, aws.ToString(s.head(f.Key).ContentDisposition))
	}
	slices.Sort(names)
	if want := []string{`attachment; filename="day 1_a.jpg"; filename*=UTF-8''day%201_a.jpg`, `attachment; filename="day 1_b.txt"; filename*=UTF-8''day%201_b.txt`}; !slices.Equal(names, want) {
		t.Errorf("the names are %q", names)
	}
}

// TestHostileNamesOfFiles shows names harmlessly and makes keys of them that every store keeps.
func TestHostileNamesOfFiles(t *testing.T) {
	for name, open := range shops() {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			r := asking("hostile-" + unguessed())
			r.From, r.For, r.Message = `<img src=x onerror="window.harmed=1">`, "</script><script>window.harmed=1</script>", "</p><iframe src=//127.0.0.1:9/>\n\u202Ex"
			r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
			r.Slots = []pages.Slot{s.put("slot", "text/plain")}
			r.Slots[0].Accept = []string{".slot"}
			tab := visit(t, s.serve(r), reader{})
			dir := t.TempDir()
			var paths []string
			var want []string
			for _, n := range append(hostile(), "..x", " leading", "trailing ", "👩‍👩‍👧 e\u0301 א", "${filename}.txt", "a\\b.txt", strings.Repeat("ü", 127), "percent%41;.txt") {
				n = strings.ReplaceAll(n, "/", "∕")
				if len(n) > 255 {
					n = n[:255]
				}
				path, _ := file(t, dir, n, 10)
				paths = append(paths, path)
				want = append(want, strings.NewReplacer("\u202E", "_", "\n", "_", "\\", "_", "${", "_{").Replace(n))
			}
			tab.drop(paths...)
			tab.untilStates(strings.TrimSpace(strings.Repeat("sent ", len(paths))))
			var got []string
			for key := range s.has("in/") {
				got = append(got, key[len("in/")+13:])
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("the keys are\n%q, want\n%q", got, want)
			}
			if tab.is(`window.harmed`) || tab.count("iframe, img, #rows script") != 0 {
				t.Error("a name did harm")
			}
			if !strings.Contains(tab.says(), "invoice[U+202E]fdp.exe") {
				t.Error("a turned name is not shown as it is")
			}

			// The name in a header.
			path, _ := file(t, dir, "\"q\" \\ %41 \r\n 日本\u202E'.slot", 10)
			r.ID = "hostile-" + unguessed()
			r.Posts = nil
			tab = visit(t, s.serve(r), reader{})
			tab.drop(path)
			tab.untilStates("sent")
			if d := aws.ToString(s.head("slot").ContentDisposition); d != `attachment; filename="_q_ _ _41 __ ___'.slot"; filename*=UTF-8''%22q%22%20_%20%2541%20__%20%E6%97%A5%E6%9C%AC_%27.slot` {
				t.Errorf("the header is %s", d)
			}
		})
	}
}

// TestKeyboardSends does all of it without a mouse.
func TestKeyboardSends(t *testing.T) {
	s := inSandbox(t)
	dir := t.TempDir()
	path, content := file(t, dir, "a.txt", 1000)
	r := asking("keys-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
	tab := visit(t, s.serve(r), reader{})
	focused := func() string {
		return tab.text(`(() => { const e = document.activeElement, s = getComputedStyle(e); return [e.id || e.innerText.trim(), s.outlineStyle, s.outlineWidth].join("|"); })()`)
	}
	step := func(want string) {
		t.Helper()
		tab.do(chromedp.KeyEvent(kb.Tab))
		if got := focused(); got != want+"|solid|2px" {
			t.Errorf("the focus is at %q, want %q with a ring", got, want)
		}
	}
	step("choose")
	tab.choosing(func() { tab.do(chromedp.KeyEvent(kb.Enter)) }, path)
	tab.untilStates("sent")
	step("choose-folder")
	tab.until("the receipt", func() bool { return tab.is(`!document.getElementById("receipt").hidden`) })
	step("save")
	step("save-json")
	step("print")
	s.arrived(tab, "in/", map[string][]byte{"a.txt": content})
}

// TestReceipt saves it as a text.
func TestReceipt(t *testing.T) {
	s := inSandbox(t)
	dir := t.TempDir()
	a, content := file(t, dir, "a\u202Eb.txt", 1234)
	r := asking("receipt-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 1<<20)}
	tab := visit(t, s.serve(r), reader{languages: "de"})
	tab.drop(a)
	tab.untilStates("sent")
	tab.until("the receipt", func() bool { return tab.is(`!document.getElementById("receipt").hidden`) })
	text, name := tab.get("#save")
	if name != "Beleg-"+r.ID+".txt" {
		t.Errorf("it is called %q", name)
	}
	for _, want := range []string{"Beleg über gesendete Dateien", "Erbeten von: Alice Meyer", "Gesendet von: Ben", "a[U+202E]b.txt", "1234 B", receiptSum(content), time.Now().UTC().Format("2006-01-02T")} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "http") || strings.Contains(string(text), "Signature") {
		t.Errorf("a URL is in it:\n%s", text)
	}
	pdf, err := chromedp.Run(tab.ctx, chromedp.PrintToPDF())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) || bytes.Contains(pdf, []byte("X-Amz")) {
		t.Errorf("on paper there is %.20q (%v)", pdf, err)
	}
}

// allow lets pages of any origin use the bucket.
func (s *shop) allow(methods ...string) {
	s.t.Helper()
	_, err := s.client.PutBucketCors(s.t.Context(), &s3.PutBucketCorsInput{Bucket: aws.String(s.bucket), CORSConfiguration: &types.CORSConfiguration{
		CORSRules: []types.CORSRule{{AllowedOrigins: []string{"*"}, AllowedMethods: methods, AllowedHeaders: []string{"*"}}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestMailedPage opens the page from disk: with CORS rules, without, and in a store that allows every origin.
func TestMailedPage(t *testing.T) {
	dir := t.TempDir()
	small, smallContent := file(t, dir, "folder/a.txt", 1000)
	big, bigContent := file(t, dir, "big.bin", 17<<20)
	all := func(s *shop) pages.Request {
		r := asking("mailed-" + unguessed())
		r.Slots = []pages.Slot{s.put("mailed/1", "text/plain"), s.parts("mailed/2", "text/plain", 5)}
		r.Posts = []pages.Post{s.post("mailed/forms/", "", 1<<20)}
		r.Posts[0].Accept = []string{".form"}
		return r
	}
	form, formContent := file(t, dir, "b.form", 2000)
	sends := func(t *testing.T, s *shop) {
		t.Helper()
		link := s.mail(all(s))
		tab := visit(t, link, reader{})
		tab.drop(small, big, form)
		tab.untilStates("sent sent sent")
		s.arrived(tab, "mailed/", map[string][]byte{"a.txt": smallContent, "big.bin": bigContent, "b.form": formContent})
		tab.onlyWent(link, s.endpoint+"/"+s.bucket+"/mailed/", s.endpoint+"/"+s.bucket, "blob:")
	}
	t.Run("minio", func(t *testing.T) { sends(t, inMinIO(t)) })
	t.Run("sandbox with rules", func(t *testing.T) {
		s := inSandbox(t)
		s.allow("GET", "PUT", "POST")
		sends(t, s)
		// A folder that is dropped on a file's page.
		r := all(s)
		r.ID = "mailed-" + unguessed()
		r.Posts[0].Accept = nil
		tab := visit(t, s.mail(r), reader{})
		tab.drop(filepath.Join(dir, "folder"))
		tab.untilStates("sent")
		if files := tab.receipt().Files; len(files) != 1 || files[0].Name != "folder/a.txt" {
			t.Errorf("of a dropped folder it sent %+v", files)
		}
	})
	t.Run("sandbox without rules", func(t *testing.T) {
		s := inSandbox(t)
		for name, path := range map[string]string{"put": small, "parts": big, "form": form} {
			r := all(s)
			r.Online = s.serve(r)
			link := s.mail(r)
			tab := visit(t, link, reader{})
			if !strings.Contains(tab.says(), "If sending does not work from this file, the same page is online.") {
				t.Error("it does not say where the page is online")
			}
			tab.drop(path)
			tab.untilStates("failed")
			said := tab.says()
			for _, want := range []string{"The store takes no files from a page that was opened as a file (CORS). Open the same page online: there it works."} {
				if !strings.Contains(said, want) {
					t.Errorf("%s: it does not say %q:\n%s", name, want, said)
				}
			}
			tab.picture("request-cors")
			tab.forgiveAll("CORS")
			tab.forgiveAll("net::ERR_FAILED")
			tab.forgiveAll("status of 40") // the store's answers to a page that may not read them
			tab.click(".notice a.button")
			tab.until("the page online", func() bool {
				return tab.is(`location.href.startsWith("` + s.endpoint + `") && document.readyState === "complete"`)
			})
			tab.drop(path)
			tab.untilStates("sent")
		}
	})
}
