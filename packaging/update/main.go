// Update makes the manifest by which Waybill finds out that there is a newer version, and signs it; docs/updates.md says
// what is in it. The release workflow runs it:
//
//	WAYBILL_UPDATE_SECRET=… go run ./packaging/update -key RW… -version 1.2.0 \
//	    -page https://…/releases/tag/v1.2.0 -base https://…/releases/download/v1.2.0/ \
//	    -notes en=CHANGELOG.md -out dist/waybill-update.json dist/*.deb windows/amd64=dist/Waybill-Setup.exe
//
// writes waybill-update.json and waybill-update.json.minisig. With -sign, the files get a signature beside each of them,
// and no manifest is made:
//
//	WAYBILL_UPDATE_SECRET=… go run ./packaging/update -key RW… -sign dist/SHA256SUMS
//
// The secret key is a file of minisign's (minisign -G), whole or its second line. It comes by the environment, never on
// the command line, which every process of the computer can read; so does the password of one that has one, in
// WAYBILL_UPDATE_PASSWORD. The public key is the one that the build was given: what it cannot verify is not written.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// The variables that the secrets come by.
const (
	secretVariable   = "WAYBILL_UPDATE_SECRET"
	passwordVariable = "WAYBILL_UPDATE_PASSWORD" // #nosec G101 -- its name, not its value
)

// job is what the command line says.
type job struct {
	key, version, page, base, out string
	released                      time.Time
	days                          int
	notes                         map[string]string // files, by language
	sign                          bool
	files                         []string
}

func main() {
	j, err := parse(os.Args[1:])
	if err == nil {
		err = j.run(os.Getenv(secretVariable), os.Getenv(passwordVariable))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "update: %v\n", err)
		os.Exit(1)
	}
}

func parse(args []string) (job, error) {
	j := job{notes: map[string]string{}}
	flags := flag.NewFlagSet("update", flag.ContinueOnError)
	flags.StringVar(&j.key, "key", "", "public key that the build was given, in base64")
	flags.StringVar(&j.version, "version", "", "version that is released, such as 1.2.0")
	flags.StringVar(&j.page, "page", "", "https address of the download page")
	flags.StringVar(&j.base, "base", "", "https address of the folder that the files are in")
	flags.StringVar(&j.out, "out", "waybill-update.json", "the manifest; its signature goes beside it")
	flags.IntVar(&j.days, "days", 400, "how long the manifest is good for; sign it again before that is over")
	flags.BoolVar(&j.sign, "sign", false, "only sign the files")
	flags.Func("notes", "LANGUAGE=FILE: what is new, as text; of a changelog, the version's section", func(s string) error {
		language, file, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("write it as en=CHANGELOG.md")
		}
		j.notes[language] = file
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return j, err
	}
	j.files = flags.Args()
	j.released = time.Now()
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return j, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		j.released = time.Unix(seconds, 0)
	}
	if j.key == "" || len(j.files) == 0 {
		return j, fmt.Errorf("-key and at least one file are needed; -help lists the flags")
	}
	return j, nil
}
