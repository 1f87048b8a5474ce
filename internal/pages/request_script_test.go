package pages_test

import (
	"crypto/md5" // #nosec G501 -- what S3 checks
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/assets"
)

// script is a part of the page's script, to be tried by itself.
func script(t *testing.T, name string) string {
	t.Helper()
	text, err := assets.Pages.ReadFile("pages/request/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSums compares the page's MD5 and CRC64NVME with Go's, for sizes around every boundary, in parts and pieces of every
// length.
func TestSums(t *testing.T) {
	tab := visit(t, "about:blank", reader{})
	sums := script(t, "sums.js")
	// Bytes that both sides can make: a linear congruence.
	made := func(n int) []byte {
		b, x := make([]byte, n), uint32(n)
		for i := range b {
			x = x*1664525 + 1013904223
			b[i] = byte(x >> 24)
		}
		return b
	}
	sizes := []int{1 << 20, 1<<20 + 1, 3<<20 + 7, 5_000_003}
	for n := range 300 {
		sizes = append(sizes, n)
	}
	for range 30 {
		sizes = append(sizes, rand.IntN(100_000))
	}
	list, err := json.Marshal(sizes)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		Size, Part int
		MD5        []string
		CRC        string
	}
	var results []result
	said := tab.text(`(async () => {` + sums + `
		const out = [];
		for (const size of ` + string(list) + `) {
			const bytes = new Uint8Array(size);
			let x = size >>> 0;
			for (let i = 0; i < size; i++) { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; bytes[i] = x >>> 24; }
			for (const part of size > 1000 ? [size, Math.ceil(size / 3)] : [Math.max(size, 1), 64]) {
				const one = {size, part, md5: [], crc: ""};
				await sumUp(new Blob([bytes]), part, news => {
					if (news.md5) one.md5.push(news.md5);
					if (news.crc) one.crc = news.crc;
				});
				out.push(one);
			}
			// And in pieces that begin anywhere.
			const md5 = newMD5(), crc = newCRC64NVME();
			for (let at = 0, n = 1; at < size; at += n, n = n * 7 % 1009) { md5.add(bytes.subarray(at, at + n)); crc.add(bytes.subarray(at, at + n)); }
			out.push({size, part: 0, md5: [md5.hex()], crc: crc.base64()});
		}
		return JSON.stringify(out);
	})()`)
	if err := json.Unmarshal([]byte(said), &results); err != nil || len(results) != 3*len(sizes) {
		t.Fatalf("%d results (%v)", len(results), err)
	}
	for _, r := range results {
		content := made(r.Size)
		if "crc64nvme:"+r.CRC != receiptSum(content) {
			t.Errorf("CRC64NVME of %d bytes is %s, want %s", r.Size, r.CRC, receiptSum(content))
		}
		part := r.Part
		if part == 0 {
			part = max(r.Size, 1)
		}
		for n := 0; n == 0 || n*part < r.Size; n++ {
			sum := md5.Sum(content[n*part : min(len(content), (n+1)*part)]) // #nosec G401 -- what S3 checks
			if n >= len(r.MD5) || r.MD5[n] != hex.EncodeToString(sum[:]) {
				t.Fatalf("MD5 of part %d of %d bytes, %d each, is %q, want %x", n, r.Size, part, r.MD5, sum)
			}
		}
	}
}

// TestKeysOfNames: whatever a file is called, its key is one that every store takes, below its folder.
func TestKeysOfNames(t *testing.T) {
	tab := visit(t, "about:blank", reader{})
	names := append(hostile(), "..", ".", "", "/", "a/../b", "../../etc/passwd", "/abs/olute", "a//b", "./a", "\x00\x01", "\u202E\u2066", "\\\\server\\share",
		"${filename}", "\uFFFE\uFFFF", strings.Repeat("日本", 600)+".docx", strings.Repeat("folder/", 300)+"name.txt", strings.Repeat("👩‍👩‍👧", 100), "trailing. ", "e\u0301")
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	var keys [][2]string
	folder := "requests/" + strings.Repeat("p", 100) + "/ABCDEFGHIJKL/"
	said := tab.text(`(() => {` + script(t, "names.js") + `
		const names = ` + string(list) + `.concat(["\uD800 alone \uDC00", "\uDC00\uD800.txt"]);
		return JSON.stringify(names.map(name => [keyOf("` + folder + `", name), disposition(name)]));
	})()`)
	if err := json.Unmarshal([]byte(said), &keys); err != nil || len(keys) != len(names)+2 {
		t.Fatalf("%d keys (%v)", len(keys), err)
	}
	for i, k := range keys {
		key, header := k[0], k[1]
		rest, below := strings.CutPrefix(key, folder)
		bad := !below || rest == "" || len(key) > 1024 || !utf8.ValidString(key) || strings.ContainsAny(key, "\\\x00\n\u202E\u2066\uFFFE")
		for part := range strings.SplitSeq(rest, "/") {
			bad = bad || part == "" || part == "." || part == ".." || len(part) > 255
		}
		if bad {
			t.Errorf("name %d has the key %q", i, key)
		}
		for _, c := range header {
			if c < ' ' || c > '~' {
				t.Errorf("name %d has %q in its header", i, c)
			}
		}
	}
	// What is harmless stays as it is.
	for i, name := range names {
		if name == "photos/Ärger & Söhne – 日本語.jpg" && keys[i][0] != folder+name {
			t.Errorf("%q became %q", name, keys[i][0])
		}
	}
}

// TestRandomNames: twelve characters, and all of the alphabet alike.
func TestRandomNames(t *testing.T) {
	tab := visit(t, "about:blank", reader{})
	said := tab.text(`(() => {` + script(t, "names.js") + `
		let all = "";
		for (let i = 0; i < 20000; i++) { const name = randomName(); if (!/^[A-Za-z0-9]{12}$/.test(name)) throw new Error(name); all += name; }
		return all;
	})()`)
	seen := map[rune]int{}
	for _, c := range said {
		seen[c]++
	}
	mean := len(said) / 62
	for c, n := range seen {
		if n < mean*8/10 || n > mean*12/10 {
			t.Errorf("%c came %d times, the mean is %d", c, n, mean)
		}
	}
	if len(seen) != 62 {
		t.Errorf("%d characters", len(seen))
	}
}

// TestTheScriptsAreAllThere: each part of the script is in the page.
func TestTheScriptsAreAllThere(t *testing.T) {
	parts, err := filepath.Glob(filepath.Join("..", "..", "assets", "pages", "request", "*.js"))
	if err != nil || len(parts) < 10 {
		t.Fatal(parts, err)
	}
	page := string(writeRequest(t, asking("parts")))
	for _, part := range parts {
		text, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(string(text), "\n"); !strings.Contains(page, first) {
			t.Errorf("%s is not in the page", fmt.Sprint(filepath.Base(part)))
		}
	}
}
