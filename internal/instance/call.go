package instance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"waybill/internal/desk"
)

// Call is what a second start asks of the first instance.
type Call struct {
	// Store is what its flags name; the zero Store is whatever the window has.
	Store desk.Store
	// Files are to be sent there. They are absolute.
	Files []string
	// Surroundings are what its environment says of where files go, see desk.Surroundings.
	Surroundings map[string]string
	// Quietly leaves the window where it is.
	Quietly bool
}

// Bounds of a call. A command line is at most 2 MiB on Linux and less elsewhere; Base64 makes four bytes of three.
const (
	maxCall  = 4 << 20 // bytes on the channel
	maxFiles = 200_000
	maxWord  = 32 << 10 // bytes of anything else in a call: Windows has paths of 32,767 characters
)

// version is that of the messages. Two versions of the program may meet while one is being installed over the other;
// what one of them does not understand, it must not do by halves.
const version = 1

// wire is a call on its way. Names of files are bytes on most systems, which JSON's texts cannot hold.
type wire struct {
	Version      int               `json:"version"`
	Store        desk.Store        `json:"store"`
	Files        [][]byte          `json:"files,omitempty"`
	Surroundings map[string]string `json:"surroundings,omitempty"`
	Quietly      bool              `json:"quietly,omitempty"`
}

// encode writes a call as one line.
func (c Call) encode() ([]byte, error) {
	w := wire{Version: version, Store: c.Store, Surroundings: c.Surroundings, Quietly: c.Quietly}
	for _, f := range c.Files {
		w.Files = append(w.Files, []byte(f))
	}
	text, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("write down what to hand over: %w", err)
	}
	if _, err := decode(text); err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// errOther is for messages of a program that is not quite this one.
var errOther = errors.New("the Waybill that is open is of another version; close its window, and start it again")

// decode reads a call. Whoever sent it is the same person, and yet nothing is taken for granted.
func decode(line []byte) (Call, error) {
	if len(line) > maxCall {
		return Call{}, errTooLong
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	var w wire
	if err := d.Decode(&w); err != nil || w.Version != version {
		return Call{}, errOther
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Call{}, errOther
	}
	c := Call{Store: w.Store, Surroundings: w.Surroundings, Quietly: w.Quietly}
	if len(w.Files) > maxFiles {
		return Call{}, errTooLong
	}
	for _, f := range w.Files {
		if !filepath.IsAbs(string(f)) || len(f) > maxWord || bytes.IndexByte(f, 0) >= 0 {
			return Call{}, errors.New("a path that was handed over is not absolute, or none at all")
		}
		c.Files = append(c.Files, string(f))
	}
	words := []string{c.Store.Profile, c.Store.Region, c.Store.Endpoint}
	for name, value := range c.Surroundings {
		words = append(words, name, value)
	}
	for _, w := range words {
		if len(w) > maxWord || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r == 0x7F }) {
			return Call{}, errors.New("a setting that was handed over cannot be one")
		}
	}
	return c, nil
}
