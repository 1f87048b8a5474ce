package cli

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// doctorJSON is the report, for programs.
type doctorJSON struct {
	Version  string        `json:"version"`
	Made     *time.Time    `json:"made"`
	OK       bool          `json:"ok"` // nothing is wrong
	Findings []findingJSON `json:"findings"`
	Parts    []partJSON    `json:"parts"`
}

type findingJSON struct {
	Part string `json:"part"`
	errorJSON
}

type partJSON struct {
	Name  string      `json:"name"`
	Facts []desk.Fact `json:"facts"`
}

// doctor prints what a person helping would want to know, without secrets.
func (c *command) doctor() *cobra.Command {
	offline := false
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong, and all that a person helping would want to know, without secrets",
		Long: "Look at everything that sending needs: profiles and their files, proxies and certificates, clock and store, ledger and disk. What is\n" +
			"wrong comes first, each with what to do; then all that a person helping would ask for, to be pasted into a mail or an issue. It has\n" +
			"no keys, tokens or passwords, and no user's name; accounts are cut to their last digits. Buckets and the names of profiles are in it.\n\n" +
			"The store is asked twice for something cheap. The exit status is 0 if nothing is wrong, 1 if something is.",
		Example: "  waybill doctor > report.md\n  waybill doctor --profile work --json\n  waybill doctor --offline",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := c.openDesk(cmd.Context())
			if errors.Is(err, errUsage) {
				return err
			}
			report := desk.Examine(cmd.Context(), d, desk.Examination{Version: c.Version, Store: c.store, Offline: offline, Opening: err})
			if c.json {
				c.printJSON(doctorLine(report))
			} else {
				c.print(report.Text())
			}
			if d != nil {
				if err := d.Close(); err != nil {
					return err
				}
			}
			if len(report.Findings) > 0 {
				return errReported
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "ask nothing over the network, and get no credentials")
	return cmd
}

func doctorLine(r desk.Report) doctorJSON {
	line := doctorJSON{Version: r.Version, Made: desk.Second(r.Made), OK: len(r.Findings) == 0, Findings: []findingJSON{}}
	for _, f := range r.Findings {
		line.Findings = append(line.Findings, findingJSON{f.Part, errorJSON{f.Code, f.What.String(), f.Help.String()}})
	}
	for _, p := range r.Parts {
		line.Parts = append(line.Parts, partJSON(p))
	}
	return line
}
