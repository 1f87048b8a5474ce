//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tool is a program that sends a load to a store.
type tool struct {
	name string // as in -programs and in the report
	note string // what the report says about how it is run
	path string
	// command gives the arguments for one job, and what the environment needs beyond the keys.
	command func(j job) (args, env []string)
	// trust makes it trust a certificate over https: by what its environment gets, or by files in its home.
	trust func(ca, home string) (env []string, err error)
	// about are the arguments that make it tell its version; sign is a word in the answer that tells it from
	// another program of the same name.
	about []string
	sign  string
	text  string // its version, once it was asked
}

// job is one load on its way to one bucket.
type job struct {
	load
	path   string // of the file or folder
	server *server
	bucket string
}

// The two that are no peers.
const (
	ours     = "waybill"
	theFloor = "floor"
)

// tools are all that are known. The peers check what they send as they do by default, which is what a person gets;
// rclone alone is tuned, since its defaults are for another kind of work.
var tools = []tool{
	{name: theFloor, note: "a presigned PUT a file by net/http, 16 at once, no checksum", command: floorCommand, trust: trustByGo},
	{name: ours, note: "defaults: proof, ledger, and links that were tried", command: waybillCommand, trust: trustByAWS, about: []string{"version"}},
	{name: "s5cmd", note: "defaults", command: s5cmdCommand, trust: trustByGo, about: []string{"version"}},
	{name: "mc", note: "mc cp, defaults", command: mcCommand, trust: trustByFolder, about: []string{"--version"}, sign: "mc version"},
	{name: "rclone", note: "rclone copy " + strings.Join(rcloneTuning, " "), command: rcloneCommand, about: []string{"--version"}, sign: "rclone"},
	{name: "aws", note: "aws s3 cp, defaults", command: awsCommand, trust: trustByAWS, about: []string{"--version"}, sign: "aws-cli"},
}

// trusted is how each program is told to trust the bench's certificate, for the report.
const trusted = "https with a certificate of the bench's own that every program checks: waybill and aws know it by AWS_CA_BUNDLE," +
	" rclone by --ca-cert, mc by its folder of CAs, s5cmd and the floor by SSL_CERT_FILE"

func trustByAWS(ca, _ string) ([]string, error) { return []string{"AWS_CA_BUNDLE=" + ca}, nil }

// trustByGo is for programs in Go without a way of their own.
func trustByGo(ca, _ string) ([]string, error) { return []string{"SSL_CERT_FILE=" + ca}, nil }

// trustByFolder is mc's own way.
func trustByFolder(ca, home string) ([]string, error) {
	return nil, copyFile(filepath.Join(home, ".mc", "certs", "CAs", "bench.crt"), ca)
}

// pickTools finds the programs; a list names some of them, else it is all that are installed.
func pickTools(ctx context.Context, list, waybill string) ([]tool, error) {
	var wanted []string
	if list != "" {
		wanted = strings.Split(list, ",")
	}
	for _, name := range wanted {
		if !slices.ContainsFunc(tools, func(t tool) bool { return t.name == name }) {
			return nil, fmt.Errorf("%w: there is no program %q to measure", errUsage, name)
		}
	}
	var picked []tool
	for _, t := range tools {
		if wanted != nil && !slices.Contains(wanted, t.name) {
			continue
		}
		err := t.locate(ctx, waybill)
		switch {
		case err == nil:
			picked = append(picked, t)
		case wanted != nil || t.name == ours:
			return nil, err
		default:
			say("%v, so it is left out", err)
		}
	}
	return picked, nil
}

// locate finds the program and asks what it is.
func (t *tool) locate(ctx context.Context, waybill string) error {
	var err error
	switch t.name {
	case theFloor:
		t.path, err = os.Executable()
		return err
	case ours:
		t.path = waybill
	default:
		t.path = find(t.name)
	}
	if t.path == "" {
		return fmt.Errorf("%s is not installed (make bench-peers)", t.name)
	}
	answer, err := ask(ctx, t.path, t.about...)
	if err != nil {
		return err
	}
	if !strings.Contains(answer, t.sign) {
		return fmt.Errorf("%s is another program of that name (%s)", t.path, answer)
	}
	if t.text = goVersion(t.path); t.text == "" {
		t.text, _, _ = strings.Cut(strings.TrimPrefix(answer, t.name+" "), " ")
	}
	return nil
}

// run does one job with the program.
func (t *tool) run(ctx context.Context, dir, home string, j job) (usage, error) {
	args, env := t.command(j)
	if j.server.ca != "" && t.trust != nil {
		more, err := t.trust(j.server.ca, home)
		if err != nil {
			return usage{}, err
		}
		env = append(env, more...)
	}
	env = append(env, "AWS_ACCESS_KEY_ID="+j.server.key, "AWS_SECRET_ACCESS_KEY="+j.server.secret,
		"AWS_REGION="+region, "AWS_DEFAULT_REGION="+region, "WAYBILL_HOME="+home+"/waybill")
	return measure(ctx, dir, environment(home, env...), t.path, args...)
}

func floorCommand(j job) (args, env []string) {
	return []string{"floor", "-endpoint", j.server.endpoint, "-bucket", j.bucket, j.path}, nil
}

func waybillCommand(j job) (args, env []string) {
	return []string{"send", "--quiet", "--endpoint-url", j.server.endpoint, "--bucket", j.bucket, j.path}, nil
}

func s5cmdCommand(j job) (args, env []string) {
	return []string{"--endpoint-url", j.server.endpoint, "--log", "error", "cp", slashed(j), "s3://" + j.bucket + "/"}, nil
}

func mcCommand(j job) (args, env []string) {
	scheme, host, _ := strings.Cut(j.server.endpoint, "://")
	args = []string{"--quiet", "cp", slashed(j), "bench/" + j.bucket + "/"}
	if j.folder {
		args = slices.Insert(args, 2, "--recursive")
	}
	return args, []string{"MC_HOST_bench=" + scheme + "://" + j.server.key + ":" + j.server.secret + "@" + host}
}

// rcloneTuning is what made rclone fastest here. It does not switch off any check.
var rcloneTuning = []string{
	"--transfers=16", "--checkers=16", "--s3-upload-concurrency=4", "--s3-chunk-size=16Mi", "--s3-no-check-bucket",
}

func rcloneCommand(j job) (args, env []string) {
	remote := fmt.Sprintf(":s3,provider=Other,env_auth=true,endpoint=%q:%s", j.server.endpoint, j.bucket)
	args = append([]string{"copy", "--config", os.DevNull, "--quiet", j.path, remote}, rcloneTuning...)
	if j.server.ca != "" {
		args = append(args, "--ca-cert", j.server.ca)
	}
	return args, nil
}

func awsCommand(j job) (args, env []string) {
	args = []string{"--endpoint-url", j.server.endpoint, "s3", "cp", "--only-show-errors", slashed(j), "s3://" + j.bucket + "/"}
	if j.folder {
		args = slices.Insert(args, 4, "--recursive")
	}
	return args, nil
}

// slashed ends a folder's path with a slash, by which these programs mean what is in it.
func slashed(j job) string {
	if j.folder {
		return j.path + "/"
	}
	return j.path
}
