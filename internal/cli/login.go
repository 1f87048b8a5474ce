package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// signedJSON is what login prints.
type signedJSON struct {
	Profile string     `json:"profile"`
	Account string     `json:"account"`
	Ends    *time.Time `json:"ends"` // of the credentials; null where they do not say
}

// login signs in with a profile.
func (c *command) login() *cobra.Command {
	var noBrowser, deviceCode bool
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in with a profile: SSO in the browser, MFA by a code",
		Long: "Sign in with --profile. SSO opens the system's browser, or shows a code for any browser; the token is kept where the\n" +
			"AWS CLI keeps it, so that one sign-in is enough for both. A role with MFA asks for the code of the device.\n" +
			"For other kinds of profiles it says what to do.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				how := desk.SignInPrompt{DeviceCode: deviceCode, Show: c.showStep}
				if !noBrowser {
					how.Open = func(ctx context.Context, address string) error {
						// A command line can be read by others, and this address is for this person.
						door, err := d.Doorway(ctx, address)
						if err != nil {
							return err
						}
						return openBrowser(ctx, door.String())
					}
				}
				who, err := d.SignIn(cmd.Context(), c.store, how)
				if err != nil {
					return err
				}
				if c.json {
					c.printJSON(signedJSON{who.Profile, who.Account, desk.Second(who.Ends)})
					return nil
				}
				until := ""
				if !who.Ends.IsZero() {
					until = "; its credentials last until " + who.Ends.Local().Format("Mon 2 Jan 15:04 MST")
				}
				c.say("The profile %q is signed in%s.", oneLine(who.Profile), until)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&noBrowser, "no-browser", false, "open no browser; show an address and a code for a browser anywhere")
	f.BoolVar(&deviceCode, "use-device-code", false, "confirm a code in the browser, instead of being sent back here by it")
	return cmd
}

// showStep says what to do in the browser. It stands on standard error even if --quiet: without it nobody can sign in.
func (c *command) showStep(s signer.SignInStep) {
	if s.Opened {
		_, _ = fmt.Fprintln(c.Err, "Sign in in the browser that opens now. If none does, open this address:")
	} else {
		_, _ = fmt.Fprintln(c.Err, "Open this address in a browser, here or elsewhere:")
	}
	_, _ = fmt.Fprintf(c.Err, "\n  %s\n\n", oneLine(s.URL))
	if s.Code != "" {
		_, _ = fmt.Fprintf(c.Err, "The page shows or asks for this code:\n\n  %s\n\n", oneLine(s.Code))
	}
	_, _ = fmt.Fprintf(c.Err, "Waiting until %s; Ctrl+C gives up.\n", s.Until.Local().Format("15:04"))
}

// openBrowser opens a page in the system's browser, or in the one that BROWSER names.
func openBrowser(ctx context.Context, url string) error {
	var words []string
	switch {
	case os.Getenv("BROWSER") != "":
		words = []string{os.Getenv("BROWSER")}
	case runtime.GOOS == "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler"}
	case runtime.GOOS == "darwin":
		words = []string{"open"}
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return fmt.Errorf("open a browser: there is no display")
	default:
		words = []string{"xdg-open"}
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), words[0], append(words[1:], url)...) // #nosec G204 -- the system's own opener
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open a browser: %w", err)
	}
	failed := make(chan error, 1)
	go func() { failed <- cmd.Wait() }()
	select { // an opener that knows no browser says so soon; one that is the browser stays
	case err := <-failed:
		if err != nil {
			return fmt.Errorf("open a browser: %w", err)
		}
	case <-time.After(time.Second):
	}
	return nil
}

// askCode asks at the terminal for the code of an MFA device, which is not shown.
func (c *command) askCode(ctx context.Context, q signer.CodeQuestion) (string, error) {
	if q.Wrong {
		_, _ = fmt.Fprintln(c.Err, "That code was not accepted. Wait for the next one.")
	}
	code, err := c.askHidden(ctx, fmt.Sprintf("Code of the MFA device %s for profile %s: ", oneLine(q.Serial), oneLine(q.Profile)))
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("read the code: %w", err)
	}
	return code, err
}

// stretch gets a longer session of the profile's role, if that was asked for. What does not work is said, and the link
// then ends as the warning says.
func (c *command) stretch(ctx context.Context, d *desk.Desk, s desk.Store, length time.Duration, wanted bool) {
	if !wanted {
		return
	}
	if _, err := d.Stretch(ctx, s, length); err != nil && ctx.Err() == nil {
		c.tell(desk.Explain(err))
	}
}
