package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// withInput does a command in this process, with something on standard input.
func (r *rig) withInput(in string, args ...string) ran {
	r.t.Helper()
	var out, err bytes.Buffer
	status := cli.Run(r.t.Context(), args, cli.Environment{In: strings.NewReader(in), Out: &out, Err: &err, Version: "test"})
	return ran{t: r.t, args: args, status: status, out: out.String(), err: err.String()}
}

// minioFlags are those for the shared store.
func minioFlags(more ...string) []string {
	return append([]string{"configure", "--preset", "minio", "--profile", "new", "--endpoint-url", store.Endpoint(), "--region", sandbox.Region,
		"--access-key-id", store.Keys().AccessKeyID}, more...)
}

// TestConfigure adds the shared store with the secret on standard input, and sends with it.
func TestConfigure(t *testing.T) {
	r := newRig(t, "", "")
	got := r.withInput(store.Keys().SecretAccessKey+"\n", minioFlags("--json")...)
	if got.status != 0 {
		t.Fatalf("%d: %s", got.status, got.err)
	}
	var line struct {
		Profile, Region, Endpoint, Bucket string
		Buckets, Backups                  []string
		Checked, Put, Replaced            bool
	}
	if err := json.Unmarshal([]byte(got.out), &line); err != nil {
		t.Fatal(err)
	}
	if line.Profile != "new" || line.Endpoint != store.Endpoint() || line.Bucket != sandbox.Bucket || !line.Checked || line.Put || line.Replaced || line.Backups == nil {
		t.Errorf("%+v", line)
	}
	if strings.Contains(got.out+got.err, store.Keys().SecretAccessKey) {
		t.Error("it tells the secret")
	}
	if sent := r.run("send", "--profile", "new", "--bucket", sandbox.Bucket, r.write("a.txt", "a")); sent.status != 0 {
		t.Errorf("%d: %s", sent.status, sent.err)
	}
	// A second one of the name is refused, unless it is said.
	again := r.withInput(store.Keys().SecretAccessKey, minioFlags()...)
	if again.status != 1 || !strings.Contains(again.err, `There is a profile "new" in the AWS files already.`) || !strings.Contains(again.err, "--replace") || strings.Contains(again.err, "Asking") {
		t.Errorf("%d: %s", again.status, again.err)
	}
	changed := r.withInput(store.Keys().SecretAccessKey, minioFlags("--replace")...)
	if changed.status != 0 || !strings.Contains(changed.err, `The profile "new" is changed.`) || !strings.Contains(changed.err, "waybill send --profile new --bucket "+sandbox.Bucket) {
		t.Errorf("%d: %s", changed.status, changed.err)
	}
}

// TestConfigureFromTheEnvironment takes both keys where both are set, and no half of another pair.
func TestConfigureFromTheEnvironment(t *testing.T) {
	r := newRig(t, "", "")
	t.Setenv("AWS_ACCESS_KEY_ID", store.Keys().AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", store.Keys().SecretAccessKey)
	args := []string{"configure", "--preset", "minio", "--profile", "new", "--endpoint-url", store.Endpoint(), "--region", sandbox.Region}
	if got := r.run(args...); got.status != 0 {
		t.Errorf("%d: %s", got.status, got.err)
	}
	if got := r.run(append(args, "--replace", "--access-key-id", "another")...); got.status != 2 || !strings.Contains(got.err, "standard input") {
		t.Errorf("%d: %s", got.status, got.err)
	}
}

// TestConfigureInWords: what is wrong is said with the right status, and nothing is written.
func TestConfigureInWords(t *testing.T) {
	r := newRig(t, "", "")
	secret := store.Keys().SecretAccessKey
	for name, c := range map[string]struct {
		in     string
		args   []string
		status int
		says   string
	}{
		"no preset":      {secret, []string{"configure", "--profile", "new"}, 2, "--presets lists them"},
		"no name":        {secret, []string{"configure", "--preset", "minio"}, 2, "--profile"},
		"no key":         {secret, []string{"configure", "--preset", "minio", "--profile", "new"}, 2, "--access-key-id"},
		"no secret":      {"", minioFlags(), 2, "standard input"},
		"unknown preset": {secret, []string{"configure", "--preset", "ftp", "--profile", "new", "--access-key-id", "a"}, 2, `"ftp" is not a kind of store.`},
		"odd style":      {secret, minioFlags("--addressing-style", "auto"), 2, "neither path nor virtual"},
		"the sandbox":    {secret, []string{"configure", "--sandbox"}, 2, "leave out --sandbox"},
		"a wrong secret": {"wrong-secret\n", minioFlags(), 1, "does not accept the signature"},
		"plain http":     {secret, minioFlags("--endpoint-url", "http://minio.example.com"), 2, "unencrypted"},
		"no region":      {secret, []string{"configure", "--preset", "hetzner", "--profile", "new", "--access-key-id", "a"}, 2, "needs a region"},
		"no account":     {secret, []string{"configure", "--preset", "r2", "--profile", "new", "--access-key-id", "a"}, 2, "account ID"},
		"a bad name":     {secret, minioFlags("--profile", "a]b"), 2, "cannot be the name"},
		"its own name":   {secret, minioFlags("--profile", "sandbox"), 2, "the store inside Waybill"},
		"a bucket's URL": {secret, minioFlags("--bucket", "s3://team-share"), 2, "Leave out s3://"},
		"an argument":    {secret, minioFlags("here"), 2, "takes no"},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.withInput(c.in, c.args...)
			if got.status != c.status || !strings.Contains(got.err, c.says) || got.out != "" {
				t.Errorf("%d: %q %s", got.status, got.out, got.err)
			}
			if strings.Contains(got.err, "Asking the store…") != (got.status == 1) {
				t.Errorf("says that it asks where it does not, or the reverse: %s", got.err)
			}
			for _, text := range []string{got.err, got.out} {
				if strings.Contains(text, secret) || strings.Contains(text, "wrong-secret") {
					t.Error("it tells the secret")
				}
			}
			if _, err := os.Stat(os.Getenv("AWS_SHARED_CREDENTIALS_FILE")); err == nil {
				t.Error("something was written")
			}
		})
	}
	if got := r.withInput("wrong-secret\n", minioFlags("--no-check")...); got.status != 0 {
		t.Errorf("%d: %s", got.status, got.err)
	}
}

func TestPresetsAreListed(t *testing.T) {
	r := newRig(t, "", "")
	if got := r.run("configure", "--presets"); got.status != 0 || !strings.Contains(got.out, "https://{account}.r2.cloudflarestorage.com") || strings.Count(got.out, "\n") != 12 {
		t.Errorf("%d: %s", got.status, got.out)
	}
	got := r.run("configure", "--presets", "--json")
	for line := range strings.Lines(got.out) {
		var p struct{ ID, Name string }
		if err := json.Unmarshal([]byte(line), &p); err != nil || p.ID == "" || p.Name == "" {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// TestConfigureSaysWhomItAsks: an endpoint in the environment counts for more than the one that was typed.
func TestConfigureSaysWhomItAsks(t *testing.T) {
	r := newRig(t, "", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", store.Endpoint())
	args := minioFlags("--json")
	args[slices.Index(args, "--endpoint-url")+1] = "http://127.0.0.1:1"
	got := r.withInput(store.Keys().SecretAccessKey+"\n", args...).is(cli.OK)
	elsewhere, _ := got.line()["elsewhere"].(map[string]any)
	const says = ", not http://127.0.0.1:1: AWS_ENDPOINT_URL_S3 in the environment counts for more than the endpoint of a profile."
	if message, _ := elsewhere["message"].(string); elsewhere["code"] != "StoreElsewhere" || message != "The check asks "+store.Endpoint()+says {
		t.Errorf("%v", elsewhere)
	}
	if !strings.HasPrefix(got.err, "waybill: The check asks "+store.Endpoint()+says+"\n") || strings.Index(got.err, "Asking the store…") < strings.Index(got.err, says) {
		t.Errorf("%q", got.err)
	}
	if err := os.Unsetenv("AWS_ENDPOINT_URL_S3"); err != nil {
		t.Fatal(err)
	}
	if got := r.withInput(store.Keys().SecretAccessKey+"\n", minioFlags("--json", "--replace")...).is(cli.OK); got.line()["elsewhere"] != nil || strings.Contains(got.err, "The check asks") {
		t.Errorf("%s%s", got.out, got.err)
	}
}
