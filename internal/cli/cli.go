// Package cli does the desk's jobs without a window: for scripts, for tests, and for people who live in a
// terminal. Results go to standard output, everything else to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"waybill/internal/desk"
)

// Exit statuses.
const (
	OK          = 0
	Failed      = 1   // something failed
	Usage       = 2   // the command line makes no sense
	Interrupted = 130 // 128 + SIGINT, as shells have it
)

// Environment is what a command runs in.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	Version  string
	Updates  desk.UpdateSource // where this build looks for a newer version
	// Window opens the window, or hands over to the one that is open.
	Window func(ctx context.Context, d *desk.Desk, w Opening) error
}

// Opening is what the command line says of the window.
type Opening struct {
	Store     desk.Store // what the flags name
	Files     []string   // to be queued, absolute
	Minimised bool       // out of the way, for the start of a session
}

// errUsage marks what ends with status 2.
var errUsage = errors.New("usage")

// errReported marks a failure that the person has been told already.
var errReported = errors.New("reported")

// Run does what the arguments say and gives the exit status.
func Run(ctx context.Context, args []string, env Environment) int {
	c := &command{Environment: env}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	completionOfShells(root) // which prints where root does
	err := root.ExecuteContext(ctx)
	if c.unwritten != nil && (err == nil || errors.Is(err, errReported)) {
		err = fmt.Errorf("write to standard output: %w", c.unwritten)
	}
	switch {
	case ctx.Err() != nil:
		return Interrupted
	case err == nil:
		return OK
	case errors.Is(err, errReported):
		return Failed
	}
	var t *desk.Trouble
	if errors.As(err, &t) {
		c.tell(t)
	} else {
		_, _ = fmt.Fprintf(env.Err, "waybill: %v\n", strings.TrimSuffix(err.Error(), ": "+errUsage.Error()))
	}
	if errors.Is(err, errUsage) {
		return Usage
	}
	return Failed
}

// command holds the flags shared by all commands.
type command struct {
	Environment
	store    desk.Store
	json     bool
	quiet    bool
	logLevel string

	accelerate   bool
	requestPayer string

	bar       *bar  // of what is under way; nil: nothing has one
	unwritten error // why standard output did not take what was written there
}

// print writes a result to standard output.
func (c *command) print(text string) {
	_, err := io.WriteString(c.Out, text)
	c.wrote(err)
}

// wrote remembers the first failure to write a result: a link that went nowhere is no success.
func (c *command) wrote(err error) {
	if c.unwritten == nil {
		c.unwritten = err
	}
}

// root is the command line itself; with no command, or with bare files, it opens the window.
func (c *command) root() *cobra.Command {
	minimised, version := false, false
	root := &cobra.Command{
		Use:   "waybill [FILE...]",
		Short: "Drop a file, get a link",
		Long: "Waybill puts files into an S3 bucket over presigned URLs that your own AWS profile signed,\n" +
			"and gives you links that say when they end.\n\n" +
			"With no command it opens its window, with the FILEs queued. Where a window is open already, that one takes them.",
		Args:              cobra.ArbitraryArgs,
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return emptyFlags(cmd) },
		RunE: func(cmd *cobra.Command, files []string) error {
			if version {
				if err := noArguments(cmd, files); err != nil {
					return err
				}
				c.printVersion()
				return nil
			}
			for _, f := range files {
				if _, err := os.Stat(f); errors.Is(err, os.ErrNotExist) {
					return usage(fmt.Errorf("\"%s\" is neither a command nor a file; waybill --help lists the commands", oneLine(f)))
				}
			}
			files, err := absolute(files)
			if err != nil {
				return err
			}
			return c.recording(cmd.Context(), func(d *desk.Desk) error {
				return c.Window(cmd.Context(), d, Opening{c.store, files, minimised})
			})
		},
	}
	root.Flags().BoolVar(&minimised, "minimised", false, "open the window out of the way: in the tray, or iconified where there is none")
	root.Flags().BoolVar(&minimised, "minimized", false, "the same as --minimised")
	root.Flags().BoolVar(&version, "version", false, "say which Waybill this is")
	_ = root.Flags().MarkHidden("minimized") // it is there
	f := root.PersistentFlags()
	f.StringVar(&c.store.Profile, "profile", "", "AWS profile to sign with (default: as the AWS CLI chooses)")
	f.StringVar(&c.store.Region, "region", "", "AWS region (default: the profile's)")
	f.StringVar(&c.store.Endpoint, "endpoint-url", "", "URL of another S3 store")
	f.BoolVar(&c.store.Sandbox, "sandbox", false, "use the store inside Waybill; needs no account")
	f.BoolVar(&c.store.AllowHTTP, "allow-http", false, "allow plain http to another machine for this store")
	f.BoolVar(&c.accelerate, "accelerate", false, "send and link through S3 Transfer Acceleration")
	f.StringVar(&c.requestPayer, "request-payer", "", "requester: the profile's account pays for requests, and for downloads by the links")
	f.BoolVar(&c.json, "json", false, "one JSON object a line on standard output")
	f.BoolVar(&c.quiet, "quiet", false, "no progress and no messages but errors")
	f.StringVar(&c.logLevel, "log-level", "warn", "debug, info, warn or error, on standard error")
	_ = root.RegisterFlagCompletionFunc("profile", completeProfiles) // it is there
	complete(root, "request-payer", "requester")
	complete(root, "log-level", "debug", "info", "warn", "error")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(flagError(err)) })
	root.SetHelpCommand(c.help(root))
	root.AddCommand(c.send(), c.link(), c.links(), c.renew(), c.revoke(), c.bundle(), c.note(), c.request(), c.requests(), c.cors(), c.cloudFront(), c.linkEndpoint(), c.resume(), c.profiles(), c.configure(), c.login(), c.verify(), c.clean(), c.check(), c.doctor(), c.sandbox(), c.export(), c.importing(), c.update(), c.paths(), c.man(root), c.version())
	return root
}

// absolute fixes paths to where they are now: the sandbox moves the process to its own folder.
func absolute(paths []string) ([]string, error) {
	fixed := make([]string, len(paths))
	for i, p := range paths {
		if p == "" { // an unset variable of a script; filepath.Abs would make it the whole working folder
			return nil, usage(errors.New("a path is empty"))
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("find %q: %w", p, err)
		}
		fixed[i] = abs
	}
	return fixed, nil
}

func usage(err error) error { return fmt.Errorf("%w: %w", err, errUsage) }

// atLeastOne wants arguments, with words of its own.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(fmt.Errorf("name at least one %s; %s --help shows how", what, cmd.CommandPath()))
		}
		return nil
	}
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Errorf("%s takes no %q; %s --help shows what it takes", cmd.CommandPath(), args[0], cmd.CommandPath()))
	}
	return nil
}

// recording is withDesk for a command of which the ledger is to know: it says what could not be written down.
func (c *command) recording(ctx context.Context, do func(*desk.Desk) error) error {
	return c.withDesk(ctx, func(d *desk.Desk) error {
		err := do(d)
		// What Run will tell, or what was told, and what the interruption itself has done to the ledger, is not for here.
		if t := d.LedgerTrouble(); t != nil && !errors.Is(err, t) && !errors.Is(t, context.Canceled) {
			c.tell(t)
		}
		return err
	})
}

// making is recording for a command that sends or makes links.
func (c *command) making(ctx context.Context, do func(*desk.Desk) error) error {
	return c.recording(ctx, sure(do))
}

// sure does nothing where nobody knows what was chosen for uploads and links.
func sure(do func(*desk.Desk) error) func(*desk.Desk) error {
	return func(d *desk.Desk) error {
		if err := d.SureSettings(); err != nil {
			return err
		}
		return do(d)
	}
}

// openDesk opens a desk as the flags say.
func (c *command) openDesk(ctx context.Context) (*desk.Desk, error) {
	if c.store.Sandbox && (c.store.Profile != "" || c.store.Region != "" || c.store.Endpoint != "") {
		return nil, usage(errors.New("--sandbox is a store of its own; leave out --profile, --region and --endpoint-url, or leave out --sandbox"))
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.logLevel)); err != nil {
		return nil, usage(fmt.Errorf("--log-level %q is none of debug, info, warn, error", c.logLevel))
	}
	pays, err := desk.ParseRequestPayer(c.requestPayer)
	if err != nil {
		return nil, usage(err)
	}
	d, err := desk.Open(ctx, desk.Options{Version: c.Version, Updates: c.Updates, Log: slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: max(level, c.least())}))})
	if err != nil {
		return nil, err
	}
	d.SetAccelerate(c.accelerate)
	d.SetRequestPayer(pays)
	if c.canAsk() {
		d.SetCode(c.askCode)
	}
	return d, nil
}

// withDesk opens a desk for one command and closes it afterwards.
func (c *command) withDesk(ctx context.Context, do func(*desk.Desk) error) error {
	d, err := c.openDesk(ctx)
	if err != nil {
		return err
	}
	err = do(d)
	if t := d.ClockTrouble(); t != nil && !c.quiet {
		c.tell(t)
	}
	c.sayUnreadable(d, err)
	if t := (*desk.Trouble)(nil); errors.As(err, &t) && !errors.Is(err, errUsage) && ctx.Err() == nil {
		d.NoteTrouble(t)
	}
	if closed := d.Close(); err == nil && closed != nil {
		err = closed
	}
	return err
}

// sayUnreadable says that the settings cannot be read, where that is not why the command failed. That a change has put them
// aside is no message to be quiet about.
func (c *command) sayUnreadable(d *desk.Desk, err error) {
	said := (*desk.Trouble)(nil)
	if errors.As(err, &said) && said.Code == "SettingsUnsure" {
		return
	}
	if t := d.SettingsTrouble(); t != nil && (!c.quiet || t.Code == "SettingsAside") {
		c.tell(t)
	}
}

func (c *command) least() slog.Level {
	if c.quiet {
		return slog.LevelError
	}
	return slog.LevelDebug
}

// tell says a trouble on standard error: what happened, what to do, and the detail.
func (c *command) tell(t *desk.Trouble) {
	_, _ = fmt.Fprintf(c.Err, "waybill: %s\n", oneLine(t.What.String()))
	if help := t.Help.String(); help != "" {
		_, _ = fmt.Fprintf(c.Err, "  %s\n", oneLine(help))
	}
	if t.Detail != "" {
		_, _ = fmt.Fprintf(c.Err, "  [%s: %s]\n", t.Code, oneLine(t.Detail))
	}
}

// say is for messages that are no results.
func (c *command) say(format string, a ...any) {
	if !c.quiet {
		_, _ = fmt.Fprintf(c.Err, format+"\n", a...)
	}
}

// sandboxRests says that what was handed out leads nowhere once this command has ended.
func (c *command) sandboxRests(d *desk.Desk, what string) {
	if d.SandboxEnds() {
		c.say("The sandbox ends with this command, and %s until it runs again: waybill sandbox", what)
	}
}

// linksRest is what becomes of links into the sandbox.
const linksRest = "its links rest"

// oneLine keeps foreign text, such as a store's message or a name, from moving the terminal's cursor and from reading as
// something else: lines follow each other in one, and what else cannot be seen stands there by its number.
func oneLine(s string) string {
	return desk.Visible(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s))
}

// isTTY reports whether a stream is a terminal.
func isTTY(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) // #nosec G115 -- file descriptors are small
}
