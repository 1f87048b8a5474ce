package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// updateJSON is what was found.
type updateJSON struct {
	Version   string         `json:"version"` // of this program
	Newest    string         `json:"newest"`
	Newer     bool           `json:"newer"`
	Released  *time.Time     `json:"released"`
	Page      string         `json:"page"`
	Notes     string         `json:"notes"`
	Downloads []downloadJSON `json:"downloads"` // for this system
}

type downloadJSON struct {
	URL    string `json:"url"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// update looks for a newer version. A build that looks nowhere keeps silent about it in its help.
func (c *command) update() *cobra.Command {
	return &cobra.Command{
		Use:   "update",
		Short: "Look whether there is a newer Waybill",
		Long: "Look now whether there is a newer Waybill, and say what is new in it and where it is. Nothing is installed, and nothing is\n" +
			"said of you or this computer: it reads one file, and that file's signature. The exit status is 0 whether there is a newer\n" +
			"one or not, and 1 if nobody can tell.",
		Args:   noArguments,
		Hidden: c.Updates.URL == "" || c.Updates.Key == "",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				found, err := d.LookForUpdate(cmd.Context())
				if err != nil {
					return err
				}
				if c.json {
					c.printJSON(updateLine(found))
				} else {
					c.print(updateText(found))
				}
				return nil
			})
		},
	}
}

func updateLine(u desk.Update) updateJSON {
	line := updateJSON{u.Running, u.Newest, u.Newer, desk.Second(u.Released), u.Page, u.Notes("en"), []downloadJSON{}}
	for _, d := range u.Downloads {
		line.Downloads = append(line.Downloads, downloadJSON(d))
	}
	return line
}

func updateText(u desk.Update) string {
	if !u.Newer {
		return fmt.Sprintf("Waybill %s is the newest there is.\n", u.Running)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Waybill %s is out, since %s; this is %s.\n\n", u.Newest, u.Released.Local().Format("2006-01-02"), u.Running)
	if notes := u.Notes("en"); notes != "" {
		fmt.Fprintf(&text, "%s\n\n", notes)
	}
	fmt.Fprintf(&text, "Download it from %s\n", u.Page)
	for _, d := range u.Downloads {
		fmt.Fprintf(&text, "  %s (%s, SHA-256 %s)\n", d.URL, humanize.IBytes(uint64(d.Size)), d.SHA256) // #nosec G115 -- it is above 0
	}
	return text.String()
}
