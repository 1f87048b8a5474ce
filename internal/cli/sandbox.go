package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// sandbox runs the embedded store until it is interrupted.
func (c *command) sandbox() *cobra.Command {
	return &cobra.Command{
		Use:   "sandbox",
		Short: "Run the store inside Waybill and print how to reach it",
		Long: "Run a real S3 server on this computer, and print its address and keys as lines that a shell can eval:\n\n" +
			"  waybill sandbox > sandbox.env & sleep 1; . ./sandbox.env; aws s3 ls s3://$WAYBILL_SANDBOX_BUCKET\n\n" +
			"It runs until it is interrupted. What is in it stays.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error { return c.runSandbox(cmd.Context(), d) })
		},
	}
}

func (c *command) runSandbox(ctx context.Context, d *desk.Desk) error {
	s, err := d.Sandbox(ctx)
	if err != nil {
		return err
	}
	values := [][2]string{
		{"AWS_ENDPOINT_URL_S3", s.Endpoint()},
		{"AWS_REGION", s.Region()},
		{"AWS_ACCESS_KEY_ID", s.Keys().AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", s.Keys().SecretAccessKey},
		{"WAYBILL_SANDBOX_BUCKET", s.Bucket()},
	}
	if c.json {
		object := map[string]string{}
		for _, v := range values {
			object[v[0]] = v[1]
		}
		c.printJSON(object)
	} else {
		for _, v := range values {
			c.print(fmt.Sprintf("export %s='%s'\n", v[0], strings.ReplaceAll(v[1], "'", `'\''`)))
		}
	}
	if c.unwritten != nil {
		return errReported // by Run; and nobody knows how to reach it
	}
	if !s.Owned() {
		c.say("Another Waybill runs the sandbox already; this is how to reach it.")
		return nil
	}
	c.say("The sandbox runs until you interrupt it (Ctrl+C). Its files are in %s", d.SandboxFolder())
	<-ctx.Done()
	return nil
}

// version says which Waybill this is.
func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which Waybill this is",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			c.printVersion()
			return nil
		},
	}
}

func (c *command) printVersion() {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	if c.json {
		c.printJSON(map[string]string{
			"version": c.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH, "revision": revision,
		})
		return
	}
	c.print(fmt.Sprintf("waybill %s %s/%s %s\n", c.Version, runtime.GOOS, runtime.GOARCH, runtime.Version()))
}
