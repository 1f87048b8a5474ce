package signer_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/google/go-cmp/cmp"

	"waybill/signer"
)

// minio is a profile as a form has it.
func minio(name string) signer.NewProfile {
	return signer.NewProfile{
		Name: name, AccessKeyID: "minio-key", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+secret=", Region: "us-east-1",
		Endpoint: "https://minio.example.com:9000", Addressing: signer.AddressingVirtual,
	}
}

// inConfig and inCredentials are what a new profile adds.
func inConfig(name string) string {
	return "[profile " + name + "]\nregion = us-east-1\nendpoint_url = https://minio.example.com:9000\ns3 =\n    addressing_style = virtual\n"
}

func inCredentials(name string) string {
	return "[" + name + "]\naws_access_key_id = minio-key\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+secret=\n"
}

// awsFiles are the files of an isolated test.
func awsFiles(t *testing.T) (config, credentials string) {
	t.Helper()
	return os.Getenv("AWS_CONFIG_FILE"), os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sdkReads has the SDK read a profile of the files.
func sdkReads(t testing.TB, name string) config.SharedConfig {
	t.Helper()
	got, err := config.LoadSharedConfigProfile(context.Background(), name, func(o *config.LoadSharedConfigOptions) {
		o.ConfigFiles, o.CredentialsFiles = []string{os.Getenv("AWS_CONFIG_FILE")}, []string{os.Getenv("AWS_SHARED_CREDENTIALS_FILE")}
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wantAsWritten holds what the SDK reads against what was asked for.
func wantAsWritten(t testing.TB, p signer.NewProfile) {
	t.Helper()
	got := sdkReads(t, p.Name)
	if got.Credentials.AccessKeyID != p.AccessKeyID || got.Credentials.SecretAccessKey != p.SecretAccessKey || got.Credentials.SessionToken != "" ||
		got.Region != p.Region || got.BaseEndpoint != p.Endpoint {
		t.Errorf("the SDK reads %s %s %q %q", got.Credentials.AccessKeyID, got.Region, got.BaseEndpoint, got.Credentials.Source)
	}
}

// hostile are AWS files as people and programs leave them.
func hostile() map[string][2]string {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	config := `# written by hand
; and by others

[default]   ; the first
region=eu-central-1   # near
  output   :   json
unknown_key = "kept"

[profile "with space"]
s3 =
    # within a block
    addressing_style = path
    max_concurrent_requests = 20

	[profile tabbed]
	region	=	eu-west-1
[profile twice]
region = a
[profile twice]
region = b
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9000
[plugin]
endpoint = awscli_plugin_endpoint_that_is_not_there
[toolkit whatever it is]
x = y
# the end`
	credentials := "[default]\naws_access_key_id=A\naws_secret_access_key=B\n\n\n[old]\naws_access_key_id = C\naws_secret_access_key = D"
	return map[string][2]string{
		"no files":           {"", ""},
		"only comments":      {"# nothing\n", "\n\n"},
		"no newline at ends": {config, credentials},
		"newlines":           {config + "\n", credentials + "\n"},
		"empty lines":        {config + "\n\n\n", credentials + "\n\n"},
		"CRLF":               {crlf(config), crlf(credentials)},
		"CRLF with newlines": {crlf(config + "\n"), crlf(credentials + "\n\n")},
		"an open block":      {"[default]\ns3 =\n", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n"},
	}
}

// TestAddProfileKeepsEveryByte: what is in the files stays, and what is added is what the AWS CLI would write.
func TestAddProfileKeepsEveryByte(t *testing.T) {
	for name, before := range hostile() {
		t.Run(name, func(t *testing.T) {
			isolate(t, before[0], before[1])
			config, credentials := awsFiles(t)
			added, err := signer.AddProfile(t.Context(), minio("new"), false)
			if err != nil {
				t.Fatal(err)
			}
			for i, file := range []struct{ path, added string }{{config, inConfig("new")}, {credentials, inCredentials("new")}} {
				rest, kept := strings.CutPrefix(read(t, file.path), before[i])
				if !kept {
					t.Errorf("%s has lost something:\n%s", file.path, cmp.Diff(before[i], read(t, file.path)))
				}
				if strings.Contains(before[i], "\r\n") {
					if strings.Count(rest, "\n") != strings.Count(rest, "\r\n") {
						t.Errorf("another line ending: %q", rest)
					}
					rest = strings.ReplaceAll(rest, "\r\n", "\n")
				}
				if strings.TrimLeft(rest, "\n") != file.added {
					t.Errorf("added is %q", rest)
				}
				if before[i] != "" && !strings.HasSuffix(before[i]+rest[:len(rest)-len(file.added)], "\n\n") && !strings.HasSuffix(before[i], "\r\n\r\n") && !strings.Contains(before[i], "\r\n") {
					t.Errorf("no empty line before it: %q", rest)
				}
			}
			wantAsWritten(t, minio("new"))
			opened := openNow(t, signer.Options{Profile: "new"})
			if opened.Endpoint() != "https://minio.example.com:9000" || opened.Region() != "us-east-1" {
				t.Errorf("it opens as %s in %s", opened.Endpoint(), opened.Region())
			}
			if !opened.Client().Options().UsePathStyle == false {
				t.Error("the bucket is not in the host's name")
			}
			if err := added.Undo(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, path := range []string{config, credentials} {
				text, err := os.ReadFile(path)
				if before[i] == "" && !errors.Is(err, fs.ErrNotExist) || before[i] != "" && string(text) != before[i] {
					t.Errorf("undone, %s is %q, %v", path, text, err)
				}
			}
		})
	}
}

// TestTheAWSCLIReadsWhatWasAdded asks the AWS CLI itself, where it is installed.
func TestTheAWSCLIReadsWhatWasAdded(t *testing.T) {
	cli, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("there is no AWS CLI on this computer")
	}
	before := hostile()["CRLF"]
	withoutTwice := strings.ReplaceAll(before[0], "[profile twice]\r\nregion = a\r\n", "") // which the AWS CLI refuses
	withoutTab := strings.ReplaceAll(withoutTwice, "\t[profile tabbed]\r\n\tregion\t=\teu-west-1\r\n", "")
	isolate(t, withoutTab, before[1])
	for _, p := range []signer.NewProfile{minio("new"), {Name: "a.b_c@d+e-1", AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "s%(x)s$'\"", Region: "auto"}} {
		if _, err := signer.AddProfile(t.Context(), p, false); err != nil {
			t.Fatal(err)
		}
		for setting, want := range map[string]string{
			"aws_access_key_id": p.AccessKeyID, "aws_secret_access_key": p.SecretAccessKey, "region": p.Region, "endpoint_url": p.Endpoint,
			"s3.addressing_style": string(p.Addressing),
		} {
			if strings.HasPrefix(setting, "s3.") {
				setting = "profile." + p.Name + "." + setting
				if strings.Contains(p.Name, ".") {
					continue // the CLI's own way to name a setting has dots between names
				}
			}
			cmd := exec.CommandContext(t.Context(), cli, "configure", "get", setting, "--profile", p.Name) // #nosec G204 -- what is installed
			var said strings.Builder
			cmd.Stderr = &said
			out, err := cmd.Output()
			if want != "" && err != nil {
				t.Fatalf("%s: %v: %s\n%s", setting, err, said.String(), read(t, os.Getenv("AWS_CONFIG_FILE")))
			}
			if got := strings.TrimSpace(string(out)); got != want {
				t.Errorf("the AWS CLI reads %s of %s as %q, want %q", setting, p.Name, got, want)
			}
		}
	}
}

// TestAddProfileRefuses: nothing is written where something is wrong.
func TestAddProfileRefuses(t *testing.T) {
	with := func(change func(*signer.NewProfile)) signer.NewProfile {
		p := minio("new")
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		p     signer.NewProfile
		field signer.Field
		err   error
	}{
		"no name":             {minio(""), signer.FieldName, signer.ErrFieldEmpty},
		"a bracket":           {minio("a]b"), signer.FieldName, signer.ErrFieldCharacters},
		"a space":             {minio("a b"), signer.FieldName, signer.ErrFieldCharacters},
		"a new line":          {minio("a\nb"), signer.FieldName, signer.ErrFieldCharacters},
		"a comment":           {minio("a#b"), signer.FieldName, signer.ErrFieldCharacters},
		"other letters":       {minio("büro"), signer.FieldName, signer.ErrFieldCharacters},
		"nearly default":      {minio("Default"), signer.FieldName, signer.ErrFieldCharacters},
		"the environment":     {minio(signer.EnvironmentProfile), signer.FieldName, signer.ErrFieldCharacters},
		"long":                {minio(strings.Repeat("a", 65)), signer.FieldName, signer.ErrFieldTooLong},
		"no key":              {with(func(p *signer.NewProfile) { p.AccessKeyID = "" }), signer.FieldKeyID, signer.ErrFieldEmpty},
		"no secret":           {with(func(p *signer.NewProfile) { p.SecretAccessKey = "" }), signer.FieldSecret, signer.ErrFieldEmpty},
		"a second setting":    {with(func(p *signer.NewProfile) { p.SecretAccessKey = "x\nrole_arn = y" }), signer.FieldSecret, signer.ErrFieldCharacters},
		"a comment in it":     {with(func(p *signer.NewProfile) { p.SecretAccessKey = "x #y" }), signer.FieldSecret, signer.ErrFieldCharacters},
		"a comment at once":   {with(func(p *signer.NewProfile) { p.SecretAccessKey = "#y" }), signer.FieldSecret, signer.ErrFieldCharacters},
		"quotes":              {with(func(p *signer.NewProfile) { p.SecretAccessKey = `"y"` }), signer.FieldSecret, signer.ErrFieldCharacters},
		"a carriage return":   {with(func(p *signer.NewProfile) { p.Region = "us-east-1\r" }), signer.FieldRegion, signer.ErrFieldCharacters},
		"a path as region":    {with(func(p *signer.NewProfile) { p.Region = "../x" }), signer.FieldRegion, signer.ErrFieldCharacters},
		"an odd style":        {with(func(p *signer.NewProfile) { p.Addressing = "auto" }), signer.FieldStyle, signer.ErrFieldWord},
		"no scheme":           {with(func(p *signer.NewProfile) { p.Endpoint = "minio.example.com" }), "", signer.ErrEndpoint},
		"another scheme":      {with(func(p *signer.NewProfile) { p.Endpoint = "ftp://minio.example.com" }), "", signer.ErrEndpoint},
		"a password":          {with(func(p *signer.NewProfile) { p.Endpoint = "https://a:b@minio.example.com" }), "", signer.ErrEndpointParts},
		"a taken name":        {minio("taken"), "", signer.ErrProfileTaken},
		"taken in the config": {minio("config-only"), "", signer.ErrProfileTaken},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[profile config-only]\nregion = x\n", staticKeys+"[taken]\naws_access_key_id = a\naws_secret_access_key = b\n")
			config, credentials := awsFiles(t)
			was := read(t, config) + read(t, credentials)
			_, err := signer.AddProfile(t.Context(), c.p, false)
			var field *signer.FieldError
			if !errors.Is(err, c.err) || errors.As(err, &field) != (c.field != "") || field != nil && field.Field != c.field {
				t.Errorf("%v", err)
			}
			if err != nil && c.p.SecretAccessKey != "" && strings.Contains(err.Error(), c.p.SecretAccessKey) {
				t.Errorf("the error tells the secret: %v", err)
			}
			if read(t, config)+read(t, credentials) != was {
				t.Error("something was written")
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(config), "*waybill-*")); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
	if err := with(func(p *signer.NewProfile) { p.Endpoint = "http://minio.example.com" }).Check(false); !errors.Is(err, signer.ErrPlainHTTP) {
		t.Errorf("plain http: %v", err)
	}
}

// TestAddProfileLeavesBrokenFilesAlone: a profile in a file that the AWS CLI refuses would help nobody.
func TestAddProfileLeavesBrokenFilesAlone(t *testing.T) {
	for name, text := range map[string]string{
		"a byte order mark": "\ufeff[default]\nregion = x\n", "no header": "region = x\n", "half a header": "[default\n", "no text": "[default]\nx = \xff\n", "old Macs": "[default]\rregion = x\r",
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, text, staticKeys)
			config, credentials := awsFiles(t)
			_, err := signer.AddProfile(t.Context(), minio("new"), false)
			var file *signer.FileError
			if !errors.As(err, &file) || file.Path != config || file.Line != 1 && name != "no text" {
				t.Errorf("%v", err)
			}
			if read(t, config) != text || read(t, credentials) != staticKeys {
				t.Error("something was written")
			}
		})
	}
}

// TestReplaceProfile changes keys and endpoint of a profile, and nothing else of the files.
func TestReplaceProfile(t *testing.T) {
	isolate(t, `# first
[default]
region = eu-central-1

[profile mine]   # my store
region =   eu-west-1   # near
output = json
endpoint_url: https://old.example.com
# between too
    and more
s3 =
  max_concurrent_requests = 20
# between
[profile other]
region = a
`, `[mine]
# rotated in May
aws_access_key_id=OLD
aws_secret_access_key = OLDSECRET
region = overrides
[other]
aws_access_key_id = C
aws_secret_access_key = D
`)
	config, credentials := awsFiles(t)
	if _, err := signer.AddProfile(t.Context(), minio("mine"), false); !errors.Is(err, signer.ErrProfileTaken) {
		t.Fatalf("%v", err)
	}
	was := [2]string{read(t, config), read(t, credentials)}
	added, err := signer.AddProfile(t.Context(), minio("mine"), true)
	if err != nil {
		t.Fatal(err)
	}
	wantConfig := `# first
[default]
region = eu-central-1

[profile mine]   # my store
region =   us-east-1   # near
output = json
endpoint_url: https://minio.example.com:9000
# between too
s3 =
    addressing_style = virtual
  max_concurrent_requests = 20
# between
[profile other]
region = a
`
	wantCredentials := `[mine]
# rotated in May
aws_access_key_id=minio-key
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+secret=
[other]
aws_access_key_id = C
aws_secret_access_key = D
`
	if d := cmp.Diff(wantConfig+wantCredentials, read(t, config)+read(t, credentials)); d != "" {
		t.Error(d)
	}
	wantAsWritten(t, minio("mine"))
	if len(added.Backups) != 2 || !added.Replaced || read(t, added.Backups[0]) != was[0] || read(t, added.Backups[1]) != was[1] {
		t.Errorf("%+v", added.Backups)
	}
	// To AWS, and back to where it was.
	onAWS := signer.NewProfile{Name: "mine", AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}
	second, err := signer.AddProfile(t.Context(), onAWS, true)
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, config); strings.Contains(text, "minio") || !strings.Contains(text, "output = json") || !strings.Contains(text, "addressing_style = auto") {
		t.Errorf("%s", text)
	}
	wantAsWritten(t, onAWS)
	if err := added.Undo(t.Context()); !errors.Is(err, signer.ErrNotAsAdded) {
		t.Errorf("an older change is taken back below a newer one: %v", err)
	}
	for _, a := range []*signer.Added{second, added} {
		if err := a.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, config) != was[0] || read(t, credentials) != was[1] {
		t.Error("the files are not as they were")
	}
}

// TestReplaceProfileOfAnotherKind: a profile that signs in by other ways is not turned into one with keys.
func TestReplaceProfileOfAnotherKind(t *testing.T) {
	for name, settings := range map[string]string{
		"sso":      "sso_session = corp\nsso_account_id = 1\nsso_role_name = r\n[sso-session corp]\nsso_start_url = https://e\nsso_region = x\n",
		"role":     "role_arn = arn:aws:iam::1:role/x\nsource_profile = default\n",
		"process":  "credential_process = x\n",
		"session":  "aws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n",
		"services": "services = local\n[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n",
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[profile mine]\n"+settings, staticKeys)
			config, _ := awsFiles(t)
			was := read(t, config)
			if _, err := signer.AddProfile(t.Context(), minio("mine"), true); !errors.Is(err, signer.ErrNotReplaceable) {
				t.Errorf("%v", err)
			}
			if read(t, config) != was {
				t.Error("something was written")
			}
		})
	}
	// A profile that lacks its keys gets them.
	isolate(t, "[profile mine]\nregion = x\n", "")
	if _, err := signer.AddProfile(t.Context(), minio("mine"), true); err != nil {
		t.Error(err)
	}
	wantAsWritten(t, minio("mine"))
}

// TestAddProfileFollowsLinks: a file of somebody's dotfiles stays a link, and its copy does not land there.
func TestAddProfileFollowsLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	isolate(t, "[default]\nregion = x\n", "")
	config, credentials := awsFiles(t)
	dotfiles := filepath.Join(t.TempDir(), "dot [files]") // which is no pattern
	behind := filepath.Join(dotfiles, "config")
	if err := errors.Join(os.Mkdir(dotfiles, 0o700), os.Rename(config, behind)); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{config: behind, credentials: filepath.Join(dotfiles, "not there yet")} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(dotfiles, ".waybill-123456") // by one that was killed while it wrote
	long := time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(left, []byte("a secret"), 0o600), os.Chtimes(left, long, long)); err != nil {
		t.Fatal(err)
	}
	added, err := signer.AddProfile(t.Context(), minio("new"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed one has left is still there: %v", err)
	}
	for _, link := range []string{config, credentials} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", link, err)
		}
	}
	if read(t, behind) != "[default]\nregion = x\n\n"+inConfig("new") || read(t, filepath.Join(dotfiles, "not there yet")) != inCredentials("new") {
		t.Error("it was not written where the links lead")
	}
	if len(added.Backups) != 1 || filepath.Dir(added.Backups[0]) != filepath.Dir(config) {
		t.Errorf("the copies: %v", added.Backups)
	}
	wantAsWritten(t, minio("new"))
}

// TestAddProfileBehindALinkToNowhere says where the link leads.
func TestAddProfileBehindALinkToNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	isolate(t, "", "")
	_, credentials := awsFiles(t)
	if err := os.Remove(credentials); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	nowhere := filepath.Join(t.TempDir(), "gone", "credentials")
	if err := os.Symlink(nowhere, credentials); err != nil {
		t.Fatal(err)
	}
	if _, err := signer.AddProfile(t.Context(), minio("new"), false); err == nil || !strings.Contains(err.Error(), "it is a link to "+nowhere) {
		t.Errorf("%v", err)
	}
}

// TestAddProfileModesAndCopies: the files are their owner's alone, and so is ~/.aws; five copies are kept.
func TestAddProfileModesAndCopies(t *testing.T) {
	isolate(t, "", "")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(home, ".aws")
	if err := os.Mkdir(folder, 0o755); err != nil { // #nosec G301 -- as other programs have made it
		t.Fatal(err)
	}
	theirs := filepath.Join(folder, "config.waybill-of-my-own")
	for path, text := range map[string]string{filepath.Join(folder, "config"): "[default]\nregion = x\n", theirs: "mine"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { // #nosec G306 -- as other programs have made it
			t.Fatal(err)
		}
	}
	var first string
	for i := range 8 {
		added, err := signer.AddProfile(t.Context(), minio(fmt.Sprintf("n%d", i)), false)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = added.Backups[0]
			if read(t, first) != "[default]\nregion = x\n" {
				t.Error("the copy is another")
			}
		}
	}
	all := 13
	if runtime.GOOS == "windows" {
		all++ // the lock
	}
	for kind, want := range map[string]int{"config.waybill-2*": 5, "credentials.waybill-2*": 5, "*": all} {
		found, err := filepath.Glob(filepath.Join(folder, kind))
		if err != nil || len(found) != want {
			t.Errorf("%d of %s: %v", len(found), kind, found)
		}
	}
	if _, err := os.Stat(first); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the oldest copy is still there")
	}
	if runtime.GOOS == "windows" {
		return
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if info, err := e.Info(); err != nil || path != theirs && info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v", path, info.Mode(), err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAddProfileThatCannotBeWritten: half a profile is none.
func TestAddProfileThatCannotBeWritten(t *testing.T) {
	isolate(t, "[default]\nregion = x\n", "")
	config, credentials := awsFiles(t)
	if err := os.Mkdir(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	var file *signer.FileError
	if _, err := signer.AddProfile(t.Context(), minio("new"), false); !errors.As(err, &file) || file.Path != credentials {
		t.Errorf("%v", err)
	}
	if read(t, config) != "[default]\nregion = x\n" {
		t.Error("the config file has a half of it")
	}
}

// TestUndoKeepsWhatOthersWrote: other changes stay, and where what was added is not as it was, nothing is done.
func TestUndoKeepsWhatOthersWrote(t *testing.T) {
	add := func(t *testing.T) (*signer.Added, string, string) {
		t.Helper()
		isolate(t, "[default]\nregion = x\n", staticKeys)
		added, err := signer.AddProfile(t.Context(), minio("new"), false)
		if err != nil {
			t.Fatal(err)
		}
		config, credentials := awsFiles(t)
		return added, config, credentials
	}
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("others before and after", func(t *testing.T) {
		added, config, credentials := add(t)
		write(t, config, "[profile a]\nregion = a\n"+read(t, config)+"# more\n[profile b]\nregion = b\n")
		if err := added.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if read(t, config) != "[profile a]\nregion = a\n[default]\nregion = x\n# more\n[profile b]\nregion = b\n" || read(t, credentials) != staticKeys {
			t.Errorf("%s", read(t, config))
		}
	})
	for name, change := range map[string]func(string) string{
		"a setting was added":   func(s string) string { return s + "output = json\n" },
		"a setting was changed": func(s string) string { return strings.Replace(s, "us-east-1", "us-east-2", 1) },
		"it is gone":            func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			added, config, credentials := add(t)
			write(t, config, change(read(t, config)))
			was := read(t, config) + read(t, credentials)
			if err := added.Undo(t.Context()); !errors.Is(err, signer.ErrNotAsAdded) {
				t.Errorf("%v", err)
			}
			if read(t, config)+read(t, credentials) != was {
				t.Error("something was written")
			}
		})
	}
}

// TestWritersAtOnce: several Waybills, in processes of their own, lose nothing of each other.
func TestWritersAtOnce(t *testing.T) {
	isolate(t, hostile()["newlines"][0], hostile()["newlines"][1])
	config, credentials := awsFiles(t)
	was := [2]string{read(t, config), read(t, credentials)}
	const writers, each = 4, 5
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			cmd := asWriter(t, fmt.Sprintf("w%d-", w), each)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	for i, path := range []string{config, credentials} {
		if !strings.HasPrefix(read(t, path), was[i]) {
			t.Errorf("%s has lost something", path)
		}
	}
	for w := range writers {
		for n := range each {
			wantAsWritten(t, minio(fmt.Sprintf("w%d-%d", w, n)))
		}
	}
}

// asWriter starts this test as a process that adds profiles: as many as it is told, or without end.
func asWriter(t *testing.T, names string, count int) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperWriter$") // #nosec G204 -- this very program
	cmd.Env = append(os.Environ(), "WAYBILL_TEST_WRITER="+names, fmt.Sprintf("WAYBILL_TEST_COUNT=%d", count))
	return cmd
}

// TestHelperWriter is no test: it is what asWriter starts.
func TestHelperWriter(t *testing.T) {
	names := os.Getenv("WAYBILL_TEST_WRITER")
	if names == "" {
		return
	}
	var count int
	if _, err := fmt.Sscan(os.Getenv("WAYBILL_TEST_COUNT"), &count); err != nil {
		t.Fatal(err)
	}
	for n := 0; count < 0 || n < count; n++ {
		if _, err := signer.AddProfile(t.Context(), minio(fmt.Sprintf("%s%d", names, n)), false); err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Println(n)
	}
}
