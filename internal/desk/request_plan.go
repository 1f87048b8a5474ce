package desk

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"waybill/internal/ledger"
	"waybill/signer"
)

const (
	mostSlots    = 200      // of one request: each has its own signatures on the page
	mostAnyFiles = 20       // slots where a store takes no forms, and any number was asked for
	fullParts    = 1000     // parts of a slot, where there are few slots
	fewParts     = 250      // parts of a slot, where there are many: with 16 MiB each, that is 4 GiB
	fewSlots     = 10       // are few
	largeSlots   = 4        // files in parts of any number, unless asked for otherwise
	worthParts   = 16 << 20 // bytes: of smaller files, nothing is gained by parts
	// checkedSize is up to which size, in bytes, the store's own check counts more than going on after a reload: parts
	// have no bound.
	checkedSize = 100 << 20
)

// requestPlan is what a request consists of, as the ledger keeps it.
type requestPlan struct {
	From    string     `json:"from,omitempty"`
	For     string     `json:"for,omitempty"`
	Message string     `json:"message,omitempty"`
	Files   int        `json:"files,omitempty"`
	Kinds   []string   `json:"kinds,omitempty"`
	MaxSize int64      `json:"max_size,omitempty"`
	Forms   []formPlan `json:"forms,omitempty"`
	Slots   []slotPlan `json:"slots,omitempty"`
	// RequesterPays says that who made the request pays for what comes by it.
	RequesterPays bool `json:"requester_pays,omitempty"`
	// LinkEndpoint is the address that all of it is signed for; "" is the store's own.
	LinkEndpoint string `json:"link_endpoint,omitempty"`
	// Upload is what the files get besides their bytes; nil leaves all of it to the store.
	Upload *UploadSettings `json:"upload,omitempty"`
}

// gets says what the files get, and where others reach the store.
func (p *requestPlan) gets(u UploadSettings, at LinkEndpoint) {
	p.LinkEndpoint = at.URL
	if !u.IsZero() {
		p.Upload = &u
	}
}

// at is the link endpoint that the request was made for.
func (p requestPlan) at() LinkEndpoint { return recordedAt(p.LinkEndpoint) }

// settings is what its files get.
func (p requestPlan) settings() UploadSettings {
	if p.Upload == nil {
		return UploadSettings{}
	}
	return *p.Upload
}

// formPlan is a form for any number of files of one content type.
type formPlan struct {
	ContentType string   `json:"content_type"`
	Accept      []string `json:"accept,omitempty"`
}

// slotPlan is a place for one file.
type slotPlan struct {
	Key         string   `json:"key"`
	ContentType string   `json:"content_type"`
	Accept      []string `json:"accept,omitempty"`
	Put         bool     `json:"put,omitempty"`    // it may come whole
	Parts       int      `json:"parts,omitempty"`  // or in as many parts; 0 is not
	Upload      string   `json:"upload,omitempty"` // the multipart upload that was started for these
}

// newRequestPlan makes the ways of what was asked for. forms says that the store takes forms.
func newRequestPlan(o RequestOptions, folder string, forms bool) requestPlan {
	p := requestPlan{From: o.From, For: o.For, Message: o.Message, Files: o.Files, Kinds: o.Kinds, MaxSize: o.MaxSize}
	if o.Files == 0 && forms {
		for _, g := range groups(o.Kinds, true) {
			p.Forms = append(p.Forms, formPlan{ContentType: g.contentType, Accept: g.accept})
		}
		large := o.Large
		if large == 0 && (o.MaxSize == 0 || o.MaxSize > checkedSize) {
			large = largeSlots
		}
		kind := anyType
		if len(p.Forms) == 1 && !strings.HasSuffix(p.Forms[0].ContentType, "/") {
			kind = p.Forms[0].ContentType
		}
		for n := range max(large, 0) {
			p.Slots = append(p.Slots, slotPlan{Key: folder + "large-" + strconv.Itoa(n+1), ContentType: kind})
		}
	} else {
		types := groups(o.Kinds, false)
		if o.Files == 0 {
			p.Files = min(mostAnyFiles, mostSlots/len(types)) // ParseKinds takes fewer kinds than that
		}
		for _, g := range types {
			for range p.Files {
				key := folder + "file-" + strconv.Itoa(len(p.Slots)+1)
				if len(g.accept) == 1 && strings.HasPrefix(g.accept[0], ".") {
					key += g.accept[0]
				}
				p.Slots = append(p.Slots, slotPlan{Key: key, ContentType: g.contentType, Accept: g.accept, Put: true})
			}
		}
	}
	parts := fewParts
	if len(p.Slots) <= fewSlots {
		parts = fullParts
	}
	for i := range p.Slots {
		if !p.Slots[i].Put || p.MaxSize == 0 || p.MaxSize > worthParts {
			p.Slots[i].Parts = parts
		}
	}
	return p
}

// largest is how large a file may be for which there is a way, in bytes.
func (p requestPlan) largest() int64 {
	most := int64(signer.MaxPut)
	for _, s := range p.Slots {
		most = max(most, int64(s.Parts)*signer.MaxPut)
	}
	return most
}

// formSize is how large a file may be that comes by a form, in bytes.
func (p requestPlan) formSize() int64 {
	if p.MaxSize > 0 && p.MaxSize < signer.MaxPut {
		return p.MaxSize
	}
	return signer.MaxPut
}

// formFolder is the part of a request's folder that forms are signed for. No slot lies in it: a form's policy cannot demand
// that a key is free, so it must not reach a place for one file.
func formFolder(folder string) string { return folder + formPart }

const formPart = "files/"

// probeKey is where a request's ways are tried with an empty file, which is no arrival.
func probeKey(r ledger.Request) string { return formFolder(r.Folder) + "probe-" + r.ID }

// slot finds the slot of a key.
func (p requestPlan) slot(key string) (slotPlan, bool) {
	for _, s := range p.Slots {
		if s.Key == key {
			return s, true
		}
	}
	return slotPlan{}, false
}

// folderName is a request's folder: one that a person recognises, and nobody can guess.
func folderName(day, recipient string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, keyName(recipient))
	runes := []rune(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' }), "-"))
	name = strings.TrimSuffix(string(runes[:min(len(runes), 24)]), "-")
	if name != "" {
		name += "-"
	}
	return day + "-" + name + unguessable()
}

// planOf reads what the ledger has kept of a request.
func planOf(r ledger.Request) (requestPlan, error) {
	var p requestPlan
	err := json.Unmarshal([]byte(r.Content), &p)
	return p, err
}

// text is the plan as the ledger keeps it.
func (p requestPlan) text() string {
	b, err := json.Marshal(p)
	if err != nil { // which plain fields do not give
		return "{}"
	}
	return string(b)
}

// requestOf is a line of the ledger.
func requestOf(r ledger.Request) Request {
	q := Request{
		ID: r.ID,
		Destination: Destination{
			Store:  Store{Profile: r.Profile, Region: r.Region, Endpoint: r.Endpoint, Sandbox: r.Sandbox, AllowHTTP: r.AllowHTTP},
			Bucket: r.Bucket, Prefix: r.Prefix,
		},
		Folder: r.Folder, Page: r.Page, Account: r.Account, Made: r.Made, Asked: r.Asked, Ends: r.Ends, Because: signer.Because(r.Because),
		Closed: r.Closed, Denied: r.Denied, Tidied: r.Tidied, Looked: r.Looked, Arrived: r.Arrived, New: r.New, Size: r.Size,
	}
	if p, err := planOf(r); err == nil {
		q.From, q.For, q.Message, q.Files, q.Kinds, q.MaxSize, q.Posts = p.From, p.For, p.Message, p.Files, p.Kinds, p.MaxSize, len(p.Forms) > 0
		q.LinkEndpoint = p.LinkEndpoint
	}
	q.Reach = reachOfEntry("", q.LinkEndpoint, r.Endpoint, r.Sandbox, false)
	return q
}

// scene is where a request is, for the words of an explanation.
func (r Request) scene(permission string) scene {
	return scene{store: r.Destination.Store, bucket: r.Destination.Bucket, key: r.Folder, path: r.Folder, permission: permission}
}
