package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// exportedJSON is what an export holds, and what it leaves here.
type exportedJSON struct {
	File          string `json:"file"`
	Links         int    `json:"links"`
	Destinations  int    `json:"destinations"`
	Templates     int    `json:"templates"`
	Distributions int    `json:"distributions"`
	LinkEndpoints int    `json:"link_endpoints"`
	Uploads       int    `json:"upload_settings"`
	SandboxLinks  int    `json:"sandbox_links_left"`
	Interrupted   int    `json:"interrupted_left"`
	Requests      int    `json:"requests"`
	RequestsLeft  int    `json:"requests_left"` // open ones into the sandbox
	LeftOut       int    `json:"links_left_out"`
}

// importedJSON is what an import has changed.
type importedJSON struct {
	File     string `json:"file"`
	Links    int    `json:"links"`
	Added    int    `json:"added"`
	Replaced int    `json:"replaced"`
	Kept     int    `json:"kept"`
	Requests int    `json:"requests"`
	Asked    int    `json:"requests_added"`
	Ended    int    `json:"requests_changed"`
	LeftOut  int    `json:"settings_left_out"`

	LinkEndpoints []linkEndpointJSON `json:"link_endpoints"`  // that are new here
	Uploads       []uploadPlaceJSON  `json:"upload_settings"` // likewise
	Keys          []string           `json:"keys_missing"`
	Backups       []string           `json:"backups"`
}

// uploadPlaceJSON is a destination that has upload settings.
type uploadPlaceJSON struct {
	Bucket   string `json:"bucket"`
	Prefix   string `json:"prefix"`
	Profile  string `json:"profile"`
	Endpoint string `json:"endpoint"` // "" for what the profile says
}

// oneFile wants one argument.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usage(fmt.Errorf("name one file; %s --help shows how", cmd.CommandPath()))
	}
	return nil
}

// export writes settings and ledger for another computer.
func (c *command) export() *cobra.Command {
	force := false
	cmd := &cobra.Command{
		Use:   "export [flags] FILE",
		Short: "Write settings and ledger to a file, for another computer",
		Long: "Write the settings and the ledger to one file, which only you may read. waybill import takes it in on the other computer.\n" +
			"No key, no token and no address of a link is in it. The AWS files, and private keys of distributions, go by hand.\n\n" +
			"What belongs to this computer stays here: the sandbox with what leads into it, the paths of files that were sent, and drops\n" +
			"that are not done. Go on with those first, by waybill resume: an unfinished upload is of no use without its file.",
		Example: "  waybill export waybill.jsonl\n" +
			"  waybill export - | ssh other 'cat >waybill.jsonl'",
		Args: oneFile,
		RunE: func(cmd *cobra.Command, files []string) error {
			if files[0] == "-" {
				return c.exportOut(cmd.Context())
			}
			files, err := absolute(files)
			if err != nil {
				return err
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				m, err := d.ExportFile(cmd.Context(), files[0], force)
				if err != nil {
					return err
				}
				if c.json {
					c.printJSON(exportedJSON{files[0], m.Links, m.Destinations, m.Templates, m.Distributions, m.LinkEndpoints, m.Uploads, m.SandboxLinks, m.Interrupted, m.Requests, m.SandboxRequests, m.LeftOut})
				}
				c.sayExported(files[0], m)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return cmd
}

// exportOut writes an export to standard output.
func (c *command) exportOut(ctx context.Context) error {
	if c.json {
		return usage(errors.New("--json and an export cannot both go to standard output"))
	}
	return c.withDesk(ctx, func(d *desk.Desk) error {
		m, err := d.ExportAll(ctx, c.Out)
		if err != nil {
			return err
		}
		c.sayExported("What was written", m)
		return nil
	})
}

func (c *command) sayExported(file string, m desk.Moving) {
	c.say("%s has %s.", oneLine(file), holds(m))
	c.say("No key, no token and no address of a link is in it.")
	if m.Distributions > 0 {
		c.say("Copy the private keys of the distributions yourself.")
	}
	if m.SandboxLinks > 0 {
		c.say("%s here, as its files do.", counted(m.SandboxLinks, "link into the sandbox stays", "links into the sandbox stay"))
	}
	if m.Interrupted > 0 {
		c.say("%s: waybill resume.", counted(m.Interrupted, "drop is not done, and stays here; to go on with it", "drops are not done, and stay here; to go on with them"))
	}
	if m.SandboxRequests > 0 {
		c.say("%s here, with the sandbox.", counted(m.SandboxRequests, "open request stays", "open requests stay"))
	}
	if m.LeftOut > 0 {
		c.say("%s.", counted(m.LeftOut, "entry of the ledger is left out, because no import would take it",
			"entries of the ledger are left out, because no import would take them"))
	}
}

// holds lists what is in an export.
func holds(m desk.Moving) string {
	parts := []string{"the settings", counted(m.Links, "link", "links")}
	if m.Requests > 0 {
		parts = append(parts, counted(m.Requests, "request", "requests"))
	}
	parts = append(parts, counted(m.Destinations, "destination", "destinations"))
	if m.Templates > 0 {
		parts = append(parts, counted(m.Templates, "template for keys", "templates for keys"))
	}
	if m.Distributions > 0 {
		parts = append(parts, counted(m.Distributions, "distribution", "distributions"))
	}
	if m.LinkEndpoints > 0 {
		parts = append(parts, counted(m.LinkEndpoints, "link endpoint", "link endpoints"))
	}
	if m.Uploads > 0 {
		parts = append(parts, "upload settings of "+counted(m.Uploads, "destination", "destinations"))
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// importing takes in what export has written.
func (c *command) importing() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Take in settings and ledger that another computer has exported",
		Long: "Take in a file that waybill export has written: all of it, or nothing. Links of both computers are one list afterwards.\n" +
			"A link that both have stays as it is here, unless it was signed or revoked later there. A request stays as it is here,\n" +
			"unless it was closed or has ended there. The settings of the file hold, but for distributions and link endpoints that this\n" +
			"computer has; what only this one has stays.\n\n" +
			"Copies of ledger and settings, as they were before, are kept beside them. Import only what you have exported yourself:\n" +
			"it says where your next files go.",
		Example: "  waybill import waybill.jsonl",
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, files []string) error {
			files, err := absolute(files)
			if err != nil {
				return err
			}
			return c.recording(cmd.Context(), func(d *desk.Desk) error {
				m, err := d.ImportFile(cmd.Context(), files[0])
				if err != nil {
					return err
				}
				if c.json {
					c.printJSON(importedLine(files[0], m))
				}
				c.sayImported(m, d.Settings().Destination)
				return nil
			})
		},
	}
}

func importedLine(file string, m desk.Imported) importedJSON {
	line := importedJSON{
		File: file, Links: m.Links, Added: m.Added, Replaced: m.Replaced, Kept: m.Kept,
		Requests: m.Requests, Asked: m.RequestsAdded, Ended: m.RequestsChanged, LeftOut: m.LeftOut,
		LinkEndpoints: []linkEndpointJSON{}, Uploads: []uploadPlaceJSON{}, Keys: append([]string{}, m.Keys...), Backups: m.Backups,
	}
	for _, e := range m.NewEndpoints {
		line.LinkEndpoints = append(line.LinkEndpoints, linkEndpointLine(e))
	}
	for _, u := range m.NewUploads {
		at := u.Destination
		line.Uploads = append(line.Uploads, uploadPlaceJSON{at.Bucket, at.Prefix, profileNamed(at.Store), at.Endpoint})
	}
	return line
}

func (c *command) sayImported(m desk.Imported, next desk.Destination) {
	c.say("%s came: %d new here, %d renewed or revoked later there, %d different and kept as here.", counted(m.Links, "link", "links"), m.Added, m.Replaced, m.Kept)
	if m.Requests > 0 {
		c.say("%s came: %d new here, %d closed or ended there.", counted(m.Requests, "request", "requests"), m.RequestsAdded, m.RequestsChanged)
	}
	if m.LeftOut > 0 {
		c.say("%s be used here, so they are left out.", counted(m.LeftOut, "setting cannot", "settings cannot"))
	}
	if next.Bucket != "" {
		where := ""
		if next.Endpoint != "" {
			where = " at " + next.Endpoint
		}
		c.say("The window's next drop goes to s3://%s/%s%s.", oneLine(next.Bucket), oneLine(next.Prefix), oneLine(where))
	}
	if m.Replacing {
		c.say("A file that the window sends replaces what has its name from now on, as on the other computer.")
	}
	for _, e := range m.NewEndpoints {
		c.say("Links to s3://%s lead to %s from now on.", oneLine(e.Bucket), oneLine(e.URL))
	}
	for _, u := range m.NewUploads {
		c.say("What goes to s3://%s/%s gets the upload settings of the other computer from now on.", oneLine(u.Destination.Bucket), oneLine(u.Destination.Prefix))
	}
	for _, key := range m.Keys {
		c.say("The private key %s is not here: copy it, or name another by waybill cloudfront.", oneLine(key))
	}
	for _, backup := range m.Backups {
		c.say("As it was before: %s", oneLine(backup))
	}
}
