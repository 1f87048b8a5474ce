package signer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Errors of writing a profile.
var (
	// ErrProfileTaken: there is a profile of this name, and nobody allowed it to be changed.
	ErrProfileTaken = errors.New("there is a profile of this name")
	// ErrNotReplaceable: the profile of this name gets its credentials in another way than by keys of its own, or its
	// settings cannot be changed without a change of somebody else's.
	ErrNotReplaceable = errors.New("the profile of this name cannot be changed")
	// ErrBusyFiles: another program keeps writing the AWS files.
	ErrBusyFiles = errors.New("the AWS files are being written by another program")
	// ErrNotAsAdded: what was added does not stand in the AWS files any more as it was added.
	ErrNotAsAdded = errors.New("what was added has changed since")
)

// Added is a profile that was written, and the way back.
type Added struct {
	Name     string
	Replaced bool     // there was one of this name
	Backups  []string // copies of the files as they were before
	changes  []change
}

// change is what was written into one file.
type change struct {
	path          string
	before, after string
	there         bool // there was a file
	added         string
}

// AddProfile writes a profile into the AWS files: the keys into the credentials file, the rest into the config file. What
// stands there stays as it is, byte for byte, but for the settings of a profile that replace allows to be changed. Each file is
// copied first, and takes its place whole; a file that is a symbolic link stays one. Errors are those of NewProfile.Check, a
// *FileError for a file that is broken or cannot be written, and those above.
func AddProfile(ctx context.Context, p NewProfile, replace bool) (*Added, error) {
	files, unlock, err := lockAWSFiles(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for range 5 { // another program may write meanwhile
		var added *Added
		if added, err = files.add(p, replace); !errors.Is(err, errChangedMeanwhile) {
			return added, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(settle):
		}
	}
	return nil, fmt.Errorf("add the profile %q: %w", p.Name, ErrBusyFiles)
}

// add reads, edits and writes once.
func (f awsPaths) add(p NewProfile, replace bool) (*Added, error) {
	d, err := f.draft(p, replace)
	if err != nil {
		return nil, err
	}
	added := &Added{Name: p.Name, Replaced: d.replaced}
	// The config file comes first: whoever finds a profile without keys knows that something is missing, while keys without
	// their endpoint would go to AWS.
	for _, of := range []struct {
		file awsFile
		text string
	}{{d.config, d.configText}, {d.credentials, d.credentialsText}} {
		if of.text == of.file.text {
			continue
		}
		backup, err := of.file.backUp(time.Now())
		if err == nil {
			err = of.file.write(of.text)
		}
		if err != nil {
			return nil, errors.Join(err, added.takeBack())
		}
		if backup != "" {
			added.Backups = append(added.Backups, backup)
		}
		c := change{path: of.file.path, before: of.file.text, after: of.text, there: of.file.there}
		c.added, _ = strings.CutPrefix(of.text, of.file.text)
		if !strings.HasPrefix(of.text, of.file.text) {
			c.added = ""
		}
		added.changes = append(added.changes, c)
	}
	return added, nil
}

// Undo takes back what was written: a new profile's sections, where they stand as they were added, whatever else has changed
// meanwhile; and the settings of one that was replaced, where nothing else has changed. Else it is ErrNotAsAdded, and nothing
// is done.
func (a *Added) Undo(ctx context.Context) error {
	_, unlock, err := lockAWSFiles(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return a.takeBack()
}

func (a *Added) takeBack() error {
	type step struct {
		file awsFile
		text string
		gone bool
	}
	var steps []step
	for _, c := range a.changes {
		file, err := readAWSFile(c.path)
		if err != nil {
			return err
		}
		s := step{file: file}
		switch {
		case file.text == c.after:
			s.text, s.gone = c.before, !c.there
		case c.added != "" && strings.Count(file.text, c.added) == 1 && c.endsAtSection(file.text):
			s.text = strings.Replace(file.text, c.added, "", 1)
		default:
			return fmt.Errorf("take the profile %q back: %w", a.Name, ErrNotAsAdded)
		}
		steps = append(steps, s)
	}
	for i := range steps { // the keys first: see add
		s := steps[len(steps)-1-i]
		if s.gone {
			if err := os.Remove(s.file.target); err != nil {
				return &FileError{Path: s.file.path, Err: systemsWord(err)}
			}
			continue
		}
		if err := s.file.write(s.text); err != nil {
			if errors.Is(err, errChangedMeanwhile) {
				err = fmt.Errorf("take the profile %q back: %w", a.Name, ErrNotAsAdded)
			}
			return err
		}
	}
	return nil
}

// endsAtSection reports whether what follows the added sections is another section: settings that somebody has put below
// them would become those of the section above.
func (c change) endsAtSection(text string) bool {
	_, after, _ := strings.Cut(text, c.added)
	for line := range strings.Lines(after) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && line[0] != ';' {
			return line[0] == '['
		}
	}
	return true
}

// draft is what the files would be with a new profile in them.
type draft struct {
	config, credentials         awsFile
	configText, credentialsText string
	settings                    map[string]string // of the profile, as it would be read
	replaced                    bool
}

// draft edits the files' texts, and holds the outcome against what was asked for.
func (f awsPaths) draft(p NewProfile, replace bool) (draft, error) {
	var d draft
	err := p.Check(true) // whether plain http is fine is for the one who asks the person to say
	if err != nil {
		return d, fmt.Errorf("add a profile: %w", err)
	}
	if d.config, err = readAWSFile(f.config); err != nil {
		return d, err
	}
	if d.credentials, err = readAWSFile(f.credentials); err != nil {
		return d, err
	}
	before, err := d.config.together(d.config.text, d.credentials, d.credentials.text)
	if err != nil {
		return d, err
	}
	d.configText, d.credentialsText = d.config.text, d.credentials.text
	_, d.replaced = before.profiles[p.Name]
	switch {
	case d.replaced && !replace:
		return d, fmt.Errorf("add the profile %q: %w", p.Name, ErrProfileTaken)
	case d.replaced:
		w, _ := before.way(p.Name)
		if w.kind != KindStatic && w.kind != KindUnknown || w.settings["services"] != "" || !d.change(p) {
			return d, fmt.Errorf("change the profile %q: %w", p.Name, ErrNotReplaceable)
		}
	default:
		d.add(p)
	}
	after, err := d.config.together(d.configText, d.credentials, d.credentialsText)
	if err != nil {
		return d, err
	}
	d.settings = after.profiles[p.Name]
	if !p.is(before, after) {
		return d, fmt.Errorf("write the profile %q: %w", p.Name, ErrNotReplaceable)
	}
	return d, nil
}

// keys are the settings that go into the credentials file.
func (p NewProfile) keys() []assignment {
	return []assignment{{"aws_access_key_id", p.AccessKeyID}, {"aws_secret_access_key", p.SecretAccessKey}}
}

// rest are the settings that go into the config file. The endpoint is the profile's and not a services section's: keys of
// another store then go to that store, whatever service is asked, and never to AWS; and a profile is one section, which can be
// taken back.
func (p NewProfile) rest() []assignment {
	var list []assignment
	for _, s := range []assignment{{"region", p.Region}, {"endpoint_url", p.Endpoint}, {"s3.addressing_style", string(p.style())}} {
		if s.value != "" {
			list = append(list, s)
		}
	}
	return list
}

// add appends the sections of a new profile.
func (d *draft) add(p NewProfile) {
	if rest := p.rest(); len(rest) > 0 {
		header := "profile " + p.Name
		if p.Name == "default" {
			header = p.Name
		}
		d.configText = appendSection(d.config.text, header, rest)
	}
	d.credentialsText = appendSection(d.credentials.text, p.Name, p.keys())
}

// change edits the sections of a profile that is there. What is not among a new profile's settings stays as it is. It reports
// false for a name in quotes: the SDK takes them for a part of the name, and so would not see what is written there.
func (d *draft) change(p NewProfile) bool {
	quoted := false
	mine := func(profileIn func(string) string) func(string) bool {
		return func(header string) bool {
			is := profileIn(header) == p.Name
			quoted = quoted || is && strings.ContainsAny(header, `"'`)
			return is
		}
	}
	config := editSections(d.config.text, mine(profileInConfig))
	credentials := editSections(d.credentials.text, mine(profileInCredentials))
	var keys, rest []assignment
	for _, s := range p.keys() {
		if config.has(s.name) {
			config.set(s)
		}
		if !config.has(s.name) || credentials.has(s.name) {
			keys = append(keys, s)
		}
	}
	for _, s := range []assignment{{"region", p.Region}, {"endpoint_url", p.Endpoint}, {"s3.addressing_style", string(p.style())}} {
		credentials.drop(s.name) // it would count for more than what is in the config file
		switch {
		case s.value != "":
			rest = append(rest, s)
		case s.name == "s3.addressing_style" && config.has(s.name):
			config.set(assignment{s.name, "auto"}) // an s3 block with nothing in it is no block to the AWS CLI
		default:
			config.drop(s.name)
		}
	}
	d.configText = setOrAppend(config, map[bool]string{true: "default", false: "profile " + p.Name}[p.Name == "default"], rest)
	d.credentialsText = setOrAppend(credentials, p.Name, keys)
	return !quoted
}

// setOrAppend sets settings in the editor's sections, or in a new one where there is none.
func setOrAppend(e *sectionEditor, header string, settings []assignment) string {
	for i, s := range settings {
		if !e.set(s) {
			return appendSection(e.text(), header, settings[i:])
		}
	}
	return e.text()
}

// is reports whether the files after the change hold the new profile, and otherwise what they held before.
func (p NewProfile) is(before, after awsFiles) bool {
	got, had := after.profiles[p.Name], before.profiles[p.Name]
	want := maps.Clone(had)
	if want == nil {
		want = map[string]string{}
	}
	for _, s := range append(p.keys(), p.rest()...) {
		want[s.name] = s.value
	}
	for name, asked := range map[string]string{"region": p.Region, "endpoint_url": p.Endpoint} {
		if asked == "" {
			delete(want, name)
		}
	}
	const style = "s3.addressing_style"
	if p.style() == "" && want[style] != "" {
		want[style] = "auto"
	}
	for name, value := range want {
		if name != "s3" && got[name] != value {
			return false
		}
	}
	for name := range got {
		if _, wanted := want[name]; !wanted && name != "s3" {
			return false
		}
	}
	others := func(f awsFiles) map[string]map[string]string {
		rest := maps.Clone(f.profiles)
		delete(rest, p.Name)
		return rest
	}
	return maps.EqualFunc(others(before), others(after), maps.Equal[map[string]string]) &&
		maps.EqualFunc(before.sessions, after.sessions, maps.Equal[map[string]string])
}

// AWSFolder is where new profiles go, for words about it: ~ stands for the home.
func AWSFolder() string {
	_, credentials, err := paths()
	if err != nil {
		return ""
	}
	folder := filepath.Dir(credentials)
	if home, err := os.UserHomeDir(); err == nil {
		if below, ok := strings.CutPrefix(folder, home+string(filepath.Separator)); ok {
			return filepath.Join("~", below)
		}
	}
	return folder
}
