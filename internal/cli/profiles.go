package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// profileJSON is the line of a profile.
type profileJSON struct {
	Name      string      `json:"name"`
	Kind      signer.Kind `json:"kind"`
	Account   string      `json:"account"`
	Role      string      `json:"role"`
	Region    string      `json:"region"`
	Endpoint  string      `json:"endpoint"`
	Ends      *time.Time  `json:"ends"` // null where nothing is known to end
	Renews    bool        `json:"renews"`
	SignedOut bool        `json:"signed_out"`
	Problem   *errorJSON  `json:"problem"` // null where nothing speaks against it
}

// profiles lists what can be signed with.
func (c *command) profiles() *cobra.Command {
	return &cobra.Command{
		Use:   "profiles",
		Short: "List the profiles of this computer, and which of them need somebody to sign in",
		Long: "List the profiles of the AWS files with their kind, account and role, and when the session ends that files\n" +
			"tell of. Nobody is asked: no service, and no credential_process. Why a profile cannot work stands below it.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				list, err := d.Profiles()
				if c.json {
					for _, p := range list {
						c.printJSON(profileLine(p))
					}
					return err
				}
				table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
				for _, p := range list {
					_, written := fmt.Fprintln(table, strings.TrimRight(strings.Join([]string{
						oneLine(p.Name), string(p.Kind), oneLine(p.Account), oneLine(p.Role), standing(p, time.Now()),
					}, "\t"), "\t"))
					c.wrote(written)
				}
				c.wrote(table.Flush())
				for _, p := range list {
					if t := p.Trouble(); t != nil {
						c.tell(t)
					}
				}
				return err
			})
		},
	}
}

func profileLine(p desk.Profile) profileJSON {
	line := profileJSON{
		Name: p.Name, Kind: p.Kind, Account: p.Account, Role: p.Role, Region: p.Region, Endpoint: p.Endpoint,
		Ends: desk.Second(p.Ends), Renews: p.Renews, SignedOut: p.SignedOut,
	}
	if t := p.Trouble(); t != nil {
		line.Problem = &errorJSON{t.Code, t.What.String(), t.Help.String()}
	}
	return line
}

// standing says in words whether a profile signs.
func standing(p desk.Profile, now time.Time) string {
	switch {
	case p.Problem != nil:
		return "cannot work"
	case p.SignedOut:
		return "signed out"
	case p.Renews && !p.Ends.IsZero():
		return "signed in, renewed by itself"
	case !p.Ends.IsZero() && p.Ends.After(now):
		return "until " + p.Ends.Local().Format("Mon 2 Jan 15:04 MST")
	case !p.Ends.IsZero():
		return "ended"
	}
	return ""
}
