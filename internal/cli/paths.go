package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

type placeJSON struct {
	What   string `json:"what"`
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
}

// paths says where Waybill keeps what it keeps.
func (c *command) paths() *cobra.Command {
	return &cobra.Command{
		Use:   "paths",
		Short: "Say where settings, ledger and sandbox lie",
		Long: "Say where Waybill keeps what it keeps, whether it is there yet or not. An uninstaller leaves all of it. Home holds the\n" +
			"ledger and what lies beside it; login is what starts Waybill with the session, if the settings say so. Whoever removes home,\n" +
			"window, cache and login has removed everything but the program. The AWS files are not Waybill's.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			places, err := desk.Places("")
			if err != nil {
				return err
			}
			if c.json {
				for _, p := range places {
					c.printJSON(placeJSON(p))
				}
				return nil
			}
			w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			for _, p := range places {
				missing := ""
				if !p.Exists {
					missing = " (not there)"
				}
				_, _ = fmt.Fprintf(w, "%s\t%s%s\n", p.What, oneLine(p.Path), missing)
			}
			c.wrote(w.Flush())
			return nil
		},
	}
}
