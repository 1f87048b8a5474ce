package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/internal/whole"
	"waybill/signer"
)

// requestFlags are what is asked for, and in which form it is wanted.
type requestFlags struct {
	options                 desk.RequestOptions
	at                      atFlag
	expires, kinds, maxSize string
	html, cors              string
	force, commands         bool
}

// request lets somebody else upload.
func (c *command) request() *cobra.Command {
	var f requestFlags
	cmd := &cobra.Command{
		Use:   "request [flags] s3://BUCKET/PREFIX",
		Short: "Let somebody else upload there",
		Long: "Make a request for files: a page on which somebody without an account uploads them to a new folder below the prefix.\n" +
			"Print the link to the page. --html writes the same page to a file, for sending by mail. --json prints all ways: the page,\n" +
			"the presigned URLs, the form, and command lines. waybill requests shows what has arrived.",
		Example: "  waybill request --for Zoë --expires 1d s3://team-share/inbox/\n" +
			"  waybill request --files 2 --kinds pdf,image/* --max-size 20MB --html request.html s3://team-share/inbox/",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("name one place as s3://bucket/prefix; %s --help shows how", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, where []string) error {
			switch o := &f.options; {
			case !cmd.Flags().Changed("large"):
				o.Large = 0 // what fits
			case o.Large == 0:
				o.Large = -1 // which is none to the desk
			case o.Large < 0:
				return usage(fmt.Errorf("--large %d is not a number of files; choose 0 to 20", o.Large))
			}
			if f.html == onStdout && c.json {
				return usage(errors.New("--html - writes the page to standard output, and --json its lines; name a file"))
			}
			dest, err := f.parse(where[0], c.store)
			if err != nil {
				return usage(err)
			}
			if f.options.LinkEndpoint, err = f.at.endpoint(c); err != nil {
				return err
			}
			return c.withDesk(cmd.Context(), sure(func(d *desk.Desk) error { return c.makeRequest(cmd.Context(), d, dest, f) }))
		},
	}
	f.at.add(cmd, remembered)
	flags := cmd.Flags()
	flags.StringVar(&f.options.For, "for", "", "who is asked, as the page says")
	flags.StringVar(&f.options.From, "from", "", "who asks, as the page says")
	flags.StringVar(&f.options.Message, "message", "", "what the page says else")
	flags.StringVar(&f.expires, "expires", "1h", "how long files may come: 15m, 1h, 36h, 7d")
	flags.IntVar(&f.options.Files, "files", 0, "how many files may come, at most 200; with --kinds of several content types, 200 by their number (default: any number)")
	flags.StringVar(&f.kinds, "kinds", "", "which kinds, by ending or type: pdf,docx,image/*,application/zip (default: any)")
	flags.StringVar(&f.maxSize, "max-size", "", "how large a file may be, such as 20MB or 5GiB (default: any size)")
	flags.IntVar(&f.options.Large, "large", 4, "how many of any number may come in parts: above 5 GiB, or to go on after a reload; 0 is none")
	flags.StringVar(&f.html, "html", "", "write the page to this file as well, for sending by mail; who has it can upload. - is standard output")
	flags.BoolVar(&f.force, "force", false, "write over the file that --html names")
	flags.BoolVar(&f.commands, "commands", false, "print command lines for curl and PowerShell as well")
	flags.StringVar(&f.cors, "cors", "ask", "when the bucket's CORS rules keep the page in a file from uploading: ask, add (the one rule) or no")
	mayBeEmpty(cmd, "for", "from", "message")
	complete(cmd, "cors", "ask", "add", "no")
	complete(cmd, "expires", "15m", "1h", "1d", "7d")
	return cmd
}

// parse reads what was typed. It says what is wrong before anything is made.
func (f *requestFlags) parse(where string, s desk.Store) (dest desk.Destination, err error) {
	dest.Store = s
	if dest.Bucket, dest.Prefix, err = desk.ParseS3URL(where); err != nil {
		return dest, err
	}
	if dest.Prefix, err = desk.CleanPrefix(dest.Prefix); err != nil {
		return dest, err
	}
	o := &f.options
	if o.Expires, err = desk.ParseExpires(f.expires); err != nil {
		return dest, err
	}
	if o.Kinds, err = desk.ParseKinds(f.kinds); err != nil {
		return dest, err
	}
	if o.MaxSize, err = desk.ParseMaxSize(f.maxSize); err != nil {
		return dest, err
	}
	if err := desk.CheckRequest(*o); err != nil {
		return dest, err
	}
	switch {
	case f.cors != "ask" && f.cors != "add" && f.cors != "no":
		return dest, fmt.Errorf("--cors %q is none of ask, add, no", f.cors)
	case f.html == "" && f.cors == "add":
		return dest, errors.New("--cors add is for the page that --html writes; give both, or use waybill cors --add")
	}
	return dest, f.placePage()
}

// onStdout is the file's name for standard output, as elsewhere.
const onStdout = "-"

// placePage looks where the page is to be written, and fixes the path: the sandbox moves the process to its own folder.
func (f *requestFlags) placePage() (err error) {
	switch {
	case f.html == "" && f.force:
		return errors.New("--force is about the file that --html names; give both, or neither")
	case f.html == "":
		return nil
	case f.html == onStdout && f.commands:
		return errors.New("--html - writes the page to standard output, and --commands writes there too; name a file")
	case f.html == onStdout:
		return nil
	}
	if f.html, err = filepath.Abs(f.html); err != nil {
		return fmt.Errorf("find %q: %w", f.html, err)
	}
	info, err := os.Lstat(f.html)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("--html %q is a folder; name a file", f.html)
	case err == nil && !f.force:
		return fmt.Errorf("--html %q is there already; name another file, or write over it with --force", f.html)
	}
	if info, err := os.Stat(filepath.Dir(f.html)); err != nil || !info.IsDir() {
		return fmt.Errorf("--html %q lies in no folder; make that first", f.html)
	}
	return nil
}

// roomForPage is how much a page with all its places needs at most, in bytes.
const roomForPage = 1 << 20

func (c *command) makeRequest(ctx context.Context, d *desk.Desk, dest desk.Destination, f requestFlags) error {
	if f.html != "" && f.html != onStdout { // before there is a request that nobody gets to see
		if err := whole.Try(f.html, roomForPage); err != nil {
			return desk.PageUnwritten(f.html, "", err)
		}
	}
	c.warnOf(ctx, d, dest.Store, f.options.Expires)
	c.sayWhoPays(d, dest)
	ways, err := d.Request(ctx, dest, f.options)
	if err != nil && ctx.Err() == nil {
		c.fails(fmt.Sprintf("s3://%s/%s", dest.Bucket, dest.Prefix), err)
		return errReported
	}
	if err != nil {
		return err
	}
	var failed error
	if ways.Trouble != nil {
		c.tell(ways.Trouble)
		if !ways.Verified {
			failed = errReported
		}
	}
	if !c.printWays(ways, f) {
		failed, f.html = errReported, ""
	}
	defer c.sandboxRests(d, "nothing can be sent to it")
	c.sayReach(ways.Reach)
	if f.html != "" && f.cors != "no" {
		if err := c.allowPages(ctx, d, dest, f.cors == "add"); err != nil {
			c.tell(desk.Explain(err))
			failed = errReported
		}
	}
	return failed
}

// writePage writes a page that is full of keys: it is its owner's alone, and takes no other file's place unasked.
func writePage(path string, page []byte, over bool) error {
	write := whole.WriteNew
	if over {
		write = whole.Write
	}
	return write(path, whole.Bytes(page))
}

// waysJSON is the line of a request with all its ways in.
type waysJSON struct {
	ID          string         `json:"id"`
	Bucket      string         `json:"bucket"`
	Prefix      string         `json:"prefix"` // the request's own folder
	Ends        *time.Time     `json:"ends"`   // null when it is not known
	EndsBecause signer.Because `json:"ends_because"`
	PageURL     string         `json:"page_url"`
	Verified    bool           `json:"verified"`
	Reach       desk.Reach     `json:"reach"` // computer, network or anywhere; "" where that is not known
	HTML        string         `json:"html"`  // the file; "" where none was asked for
	Uploads     []uploadJSON   `json:"uploads"`
	Post        *postJSON      `json:"post"`            // null where there is none
	Posts       []postJSON     `json:"posts,omitempty"` // all of them, where there is one for each of several kinds
	Commands    []commandJSON  `json:"commands"`
}

type uploadJSON struct {
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header map[string]string `json:"headers"`
	Key    string            `json:"key"`
	Accept []string          `json:"accept,omitempty"`
}

type postJSON struct {
	URL         string            `json:"url"`
	Fields      map[string]string `json:"fields"`
	Folder      string            `json:"folder"`       // each key begins with it
	ContentType string            `json:"content_type"` // of the field; a beginning where it ends with a slash
	MaxSize     int64             `json:"max_size"`
	Accept      []string          `json:"accept,omitempty"`
}

type commandJSON struct {
	Shell   desk.Shell `json:"shell"`
	Key     string     `json:"key"` // "" for the form
	Command string     `json:"command"`
}

// printWays prints the link to the page, or the page itself, or for programs all ways. It reports whether the file was
// written that was asked for.
func (c *command) printWays(w *desk.Ways, f requestFlags) bool {
	written := true
	if f.html != "" && f.html != onStdout {
		if err := writePage(f.html, w.HTML, f.force); err != nil {
			c.tell(desk.PageUnwritten(f.html, w.Request.ID, err))
			written, f.html = false, ""
		}
	}
	switch {
	case c.json:
		c.printJSON(waysLine(w, f.html))
		return written
	case f.html == onStdout:
		c.print(string(w.HTML))
	case w.PageURL != "":
		c.print(w.PageURL + "\n")
	}
	if f.commands {
		for _, one := range w.Commands {
			c.print(commandTitle(one) + "\n" + one.Text + "\n")
		}
	}
	if f.html != "" && f.html != onStdout {
		c.say("The page for mailing is in %s; whoever has it can upload.", oneLine(f.html))
	}
	until := "until the session that signed them ends, which does not say when"
	if !w.Ends.IsZero() {
		why := map[signer.Because]string{
			signer.Requested: "as asked", signer.Credentials: "with the session that signed them", signer.Limit: "the most that S3 allows",
		}[w.Because]
		until = fmt.Sprintf("until %s, %s", w.Ends.Local().Format("Mon 2 Jan 2006 15:04:05 MST"), why)
	}
	c.say("Files go to s3://%s/%s %s; waybill requests %s shows what has arrived.", w.Request.Destination.Bucket, oneLine(w.Request.Folder), until, w.Request.ID)
	return written
}

// commandTitle says above a command line what it is for, as a comment to the shells.
func commandTitle(one desk.Command) string {
	program := map[desk.Shell]string{desk.ShellPOSIX: "curl, in sh or bash", desk.ShellPowerShell: "PowerShell"}[one.Shell]
	what := "any number of files"
	if one.Key != "" {
		what = "one file, once, as " + oneLine(path.Base(one.Key))
	}
	kinds := "any kind"
	if len(one.Accept) > 0 {
		kinds = strings.Join(one.Accept, ", ")
	}
	return fmt.Sprintf("# %s: %s (%s)", program, what, kinds)
}

func waysLine(w *desk.Ways, html string) waysJSON {
	line := waysJSON{
		ID: w.Request.ID, Bucket: w.Request.Destination.Bucket, Prefix: w.Request.Folder, Ends: desk.Second(w.Ends), EndsBecause: w.Because,
		PageURL: w.PageURL, Verified: w.Verified, Reach: w.Reach, HTML: html, Uploads: []uploadJSON{}, Commands: []commandJSON{},
	}
	for _, u := range w.Uploads {
		line.Uploads = append(line.Uploads, uploadJSON(u))
	}
	var posts []postJSON
	for _, p := range w.Posts {
		posts = append(posts, postJSON{p.URL, p.Fields, p.Folder, p.ContentType, p.MaxSize, p.Accept})
	}
	if len(posts) > 0 {
		line.Post = &posts[0]
	}
	if len(posts) > 1 {
		line.Posts = posts
	}
	for _, one := range w.Commands {
		line.Commands = append(line.Commands, commandJSON{one.Shell, one.Key, one.Text})
	}
	return line
}

// allowPages sees to it that pages in files may upload to the bucket, and asks before it changes anything.
func (c *command) allowPages(ctx context.Context, d *desk.Desk, dest desk.Destination, add bool) error {
	cors, err := d.CORS(ctx, dest.Store, dest.Bucket)
	if err != nil {
		return err
	}
	switch {
	case cors.Allowed:
		return nil
	case cors.Trouble != nil:
		return cors.Trouble
	}
	if !add {
		c.say("The page in a file cannot upload yet: the bucket's CORS rules do not let it. This rule is missing:\n%s", cors.Rule)
		if !c.confirm(ctx, fmt.Sprintf("Add it to the %s that there are? [y/N] ", counted(cors.Others, "rule", "rules"))) {
			c.say("The link to the page works without it; waybill cors --add s3://%s adds it.", dest.Bucket)
			return ctx.Err()
		}
	}
	if _, err := d.AddCORS(ctx, dest.Store, dest.Bucket); err != nil {
		return err
	}
	c.say("The CORS rule is added; waybill cors --undo s3://%s takes it away again.", dest.Bucket)
	return nil
}

// corsJSON is the line of a bucket's rules.
type corsJSON struct {
	Bucket  string `json:"bucket"`
	Allowed bool   `json:"allowed"`
	Ours    bool   `json:"ours"`
	Others  int    `json:"others"`
	Rule    string `json:"rule"` // the one that is missing
	Help    string `json:"help,omitempty"`
}

// cors looks at the rules of a bucket that pages in files need.
func (c *command) cors() *cobra.Command {
	var add, undo, yes bool
	cmd := &cobra.Command{
		Use:   "cors [flags] s3://BUCKET",
		Short: "Show or add the CORS rule that mailed request pages need",
		Long: "A request's page that is sent as a file uploads to the bucket only where the bucket's CORS rules let it. Show whether they\n" +
			"do, and the one rule that is missing. --add adds it to those that are there, --undo takes it away again.\n" +
			"The page by its link needs no rule.",
		Example: "  waybill cors s3://team-share\n  waybill cors --add s3://team-share",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("name one bucket as s3://bucket; %s --help shows how", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, where []string) error {
			bucket, key, err := desk.ParseS3URL(where[0])
			if err == nil && key != "" {
				err = fmt.Errorf("CORS rules are a whole bucket's; write s3://%s", bucket)
			}
			if err == nil && add && undo {
				err = errors.New("--add and --undo are opposites; choose one")
			}
			if err == nil && (add || undo) && !yes && !c.canAsk() {
				err = errors.New("there is nobody to ask whether the rules shall be changed; --yes changes them without asking")
			}
			if err != nil {
				return usage(err)
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error { return c.corsOf(cmd.Context(), d, bucket, add, undo, yes) })
		},
	}
	cmd.Flags().BoolVar(&add, "add", false, "add the rule that is missing to those that are there")
	cmd.Flags().BoolVar(&undo, "undo", false, "take Waybill's rule away again")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask before")
	return cmd
}

func (c *command) corsOf(ctx context.Context, d *desk.Desk, bucket string, add, undo, yes bool) error {
	now, err := d.CORS(ctx, c.store, bucket)
	if err != nil {
		return err
	}
	switch {
	case add && !now.Allowed && now.Trouble == nil:
		if !yes && !c.confirm(ctx, fmt.Sprintf("%s\nAdd this rule to the %s that there are? [y/N] ", now.Rule, counted(now.Others, "rule", "rules"))) {
			c.say("Nothing was changed.")
			return ctx.Err()
		}
		if now, err = d.AddCORS(ctx, c.store, bucket); err != nil {
			return err
		}
	case undo:
		if !yes && now.Ours && !c.confirm(ctx, "Take Waybill's CORS rule away? Mailed pages cannot upload then. [y/N] ") {
			c.say("Nothing was changed.")
			return ctx.Err()
		}
		if now, err = d.UndoCORS(ctx, c.store, bucket); err != nil {
			return err
		}
	}
	help := ""
	if now.Trouble != nil {
		help = now.Trouble.Help.String()
	}
	if c.json {
		c.printJSON(corsJSON{bucket, now.Allowed, now.Ours, now.Others, now.Rule, help})
	} else {
		c.print(corsInWords(now))
	}
	if now.Trouble != nil && !now.Allowed {
		if !c.json {
			c.tell(now.Trouble)
		}
		return errReported
	}
	return nil
}

// corsInWords is what a person reads of a bucket's rules.
func corsInWords(now desk.CORS) string {
	switch {
	case now.Allowed && now.Trouble != nil:
		return now.Trouble.What.String() + "\n"
	case now.Allowed && now.Ours:
		return fmt.Sprintf("Mailed pages can upload to s3://%s, by Waybill's rule.\n", now.Bucket)
	case now.Allowed:
		return fmt.Sprintf("Mailed pages can upload to s3://%s.\n", now.Bucket)
	case now.Rule != "":
		return fmt.Sprintf("Mailed pages cannot upload to s3://%s; this rule is missing:\n%s\n", now.Bucket, now.Rule)
	}
	return ""
}
