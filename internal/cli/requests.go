package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// requestsFlags are what is wanted of the requests there are.
type requestsFlags struct {
	all, ways, close, deny, undeny, forget, yes bool
	download                                    string
	page                                        requestFlags // with --ways: where its page goes
}

// jobs counts what shall be done with the requests, of which there can be one.
func (f requestsFlags) jobs() (n int) {
	for _, wanted := range []bool{f.ways, f.close, f.undeny, f.forget, f.download != ""} {
		if wanted {
			n++
		}
	}
	return n
}

// requests shows what was asked for and what has arrived.
func (c *command) requests() *cobra.Command {
	var f requestsFlags
	cmd := &cobra.Command{
		Use:               "requests [flags] [ID...]",
		ValidArgsFunction: c.completeRequests,
		Short:             "List the requests, and what has arrived by them",
		Long: "Ask the stores what has arrived, and list the open requests with how many files have come, and how many of these are\n" +
			"new. With an ID, list the files of that request; they are not new any more then.",
		Example: "  waybill requests\n" +
			"  waybill requests --download ~/inbox 01932f6e-…\n" +
			"  waybill requests --close --deny 01932f6e-…",
		RunE: func(cmd *cobra.Command, ids []string) error {
			switch {
			case f.jobs() > 1:
				return usage(errors.New("--ways, --download, --close, --undeny and --forget are jobs of their own; choose one"))
			case f.jobs() == 1 && len(ids) == 0:
				return usage(errors.New("name at least one ID; waybill requests lists them"))
			case f.deny && !f.close:
				return usage(errors.New("--deny goes with --close; give both, or neither"))
			case !f.ways && (f.page.html != "" || f.page.force || f.page.commands):
				return usage(errors.New("--html, --force and --commands go with --ways; give that as well"))
			case f.page.html != "" && len(ids) > 1:
				return usage(errors.New("--html names one file, for the page of one request; name one ID"))
			case f.page.html == onStdout && c.json:
				return usage(errors.New("--html - writes the page to standard output, and --json its lines; name a file"))
			case f.all && len(ids) > 0:
				return usage(errors.New("--all lists every request; leave it out, or the IDs"))
			case f.close && !f.yes && !c.canAsk():
				return usage(errors.New("there is nobody to ask whether the request shall be closed; --yes closes it without asking"))
			}
			if err := f.page.placePage(); err != nil {
				return usage(err)
			}
			if f.download != "" {
				var err error
				if f.download, err = filepath.Abs(f.download); err != nil { // the sandbox moves the process to its own folder
					return fmt.Errorf("find %q: %w", f.download, err)
				}
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error { return c.doRequests(cmd.Context(), d, ids, f) })
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "all", false, "list those that have ended or were closed as well")
	flags.BoolVar(&f.ways, "ways", false, "sign the ways in again, to the same end, and print them as request does")
	flags.StringVar(&f.page.html, "html", "", "with --ways, write the page to this file, for sending by mail; - is standard output")
	flags.BoolVar(&f.page.force, "force", false, "write over the file that --html names")
	flags.BoolVar(&f.page.commands, "commands", false, "with --ways, print command lines for curl and PowerShell as well")
	flags.StringVar(&f.download, "download", "", "bring what has arrived into this folder")
	flags.BoolVar(&f.close, "close", false, "end the request now: remove its page and its unfinished uploads")
	flags.BoolVar(&f.deny, "deny", false, "with --close, refuse what was signed by a rule in the bucket's policy")
	flags.BoolVar(&f.undeny, "undeny", false, "take that rule back before the request's end")
	flags.BoolVar(&f.forget, "forget", false, "cut requests that are over out of the ledger; files stay")
	flags.BoolVar(&f.yes, "yes", false, "do not ask before closing")
	return cmd
}

// completeRequests offers the requests of the ledger, with whom they are for.
func (c *command) completeRequests(cmd *cobra.Command, _ []string, _ string) (found []string, _ cobra.ShellCompDirective) {
	c.quiet = true // it would stand in the middle of what is being typed
	_ = c.withDesk(cmd.Context(), func(d *desk.Desk) error {
		list, err := d.Requests(cmd.Context())
		for _, r := range list {
			found = append(found, cobra.CompletionWithDesc(r.ID, oneLine(r.For)))
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp
}

func (c *command) doRequests(ctx context.Context, d *desk.Desk, ids []string, f requestsFlags) error {
	if len(ids) == 0 {
		return c.listRequests(ctx, d, f.all)
	}
	ids, err := d.RequestIDs(ctx, ids...)
	if err != nil {
		return err
	}
	if f.forget {
		n, err := d.ForgetRequests(ctx, ids...)
		if err == nil {
			c.say("%s forgotten.", counted(n, "request", "requests"))
		}
		return err
	}
	var failed error
	for _, id := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var err error
		switch {
		case f.ways:
			err = c.waysOf(ctx, d, id, f.page)
		case f.download != "":
			err = c.download(ctx, d, id, f.download)
		case f.close:
			err = c.closeRequest(ctx, d, id, f.deny, f.yes)
		case f.undeny:
			if err = d.Undeny(ctx, id); err == nil {
				c.say("The rule is taken back; what was signed for %s works until its end.", id)
			}
		default:
			err = c.listArrivals(ctx, d, id)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errReported):
			failed = err
		case err != nil:
			failed = errReported
			c.fails(id, err)
		}
	}
	return failed
}

// fails says that something could not be done: to programs on standard output, to people on standard error.
func (c *command) fails(what string, err error) {
	t := desk.Explain(err)
	if c.json {
		c.printJSON(failedJSON{what, errorJSON{t.Code, t.What.String(), t.Help.String()}})
		return
	}
	c.tell(t)
}

// requestJSON is the line of a request.
type requestJSON struct {
	ID          string     `json:"id"`
	Bucket      string     `json:"bucket"`
	Prefix      string     `json:"prefix"`
	For         string     `json:"for"`
	From        string     `json:"from"`
	Files       int        `json:"files"` // that may come; 0 is any number
	Kinds       []string   `json:"kinds"`
	MaxSize     int64      `json:"max_size"`
	Made        time.Time  `json:"made"`
	Ends        *time.Time `json:"ends"`
	EndsBecause string     `json:"ends_because"`
	State       string     `json:"state"`
	Denied      bool       `json:"denied"`
	Arrived     int        `json:"arrived"`
	New         int        `json:"new"`
	Size        int64      `json:"size"`
}

func requestLine(r desk.Request, now time.Time) requestJSON {
	kinds := r.Kinds
	if kinds == nil {
		kinds = []string{}
	}
	return requestJSON{
		ID: r.ID, Bucket: r.Destination.Bucket, Prefix: r.Folder, For: r.For, From: r.From, Files: r.Files, Kinds: kinds, MaxSize: r.MaxSize,
		Made: r.Made.UTC().Truncate(time.Second), Ends: desk.Second(r.Ends), EndsBecause: string(r.Because), State: string(r.Standing(now)),
		Denied: r.Denied, Arrived: r.Arrived, New: r.New, Size: r.Size,
	}
}

// listRequests asks the stores, and lists the requests that are open or have something new.
func (c *command) listRequests(ctx context.Context, d *desk.Desk, all bool) error {
	news, err := d.LookForArrivals(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, n := range news {
		if n.Trouble != nil {
			c.tell(n.Trouble)
			failed = errReported
		}
	}
	list, err := d.Requests(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	var shown []desk.Request
	for _, r := range list {
		if all || r.Standing(now) == desk.RequestOpen || r.New > 0 {
			shown = append(shown, r)
		}
	}
	switch {
	case c.json:
		for _, r := range shown {
			c.printJSON(requestLine(r, now))
		}
	case len(list) == 0:
		c.say("Nobody was asked for files yet: waybill request --help shows how.")
	case len(shown) == 0:
		c.say("No request is open; --all lists the %s there were.", counted(len(list), "request", "requests"))
	default:
		w := table{title: []string{"ID", "FOR", "FOLDER", "ENDS", "STATE", "FILES", "NEW"}, long: []int{2, 1}}
		for _, r := range shown {
			ends := "unknown"
			if !r.Ends.IsZero() {
				ends = r.Ends.Local().Format("2006-01-02 15:04 MST")
			}
			who := oneLine(r.For)
			if who == "" {
				who = "-"
			}
			w.lines = append(w.lines, []string{
				r.ID, who, "s3://" + r.Destination.Bucket + "/" + oneLine(r.Folder), ends, string(r.Standing(now)), strconv.Itoa(r.Arrived), strconv.Itoa(r.New),
			})
		}
		c.printTable(w)
	}
	return failed
}

// arrivalJSON is the line of a file that has arrived.
type arrivalJSON struct {
	Request     string    `json:"request"`
	Key         string    `json:"key"`
	Name        string    `json:"name"`
	Size        int64     `json:"size"`
	ContentType string    `json:"content_type"`
	Checksum    string    `json:"checksum"`
	Came        time.Time `json:"came"`
	New         bool      `json:"new"`
	Gone        bool      `json:"gone"`
	TooLarge    bool      `json:"too_large"`
	Unasked     bool      `json:"unasked"` // of a kind that was not asked for
}

func (c *command) listArrivals(ctx context.Context, d *desk.Desk, id string) error {
	list, more := d.Arrivals(ctx, id)
	if more != nil && len(list) == 0 {
		return more
	}
	if c.json {
		for _, a := range list {
			c.printJSON(arrivalJSON{a.Request, a.Key, a.Name, a.Size, a.ContentType, a.Checksum, a.Came.UTC().Truncate(time.Second), a.New, a.Gone, a.TooLarge, a.Unasked})
		}
		return errors.Join(d.SawArrivals(ctx, id), more)
	}
	if len(list) == 0 {
		c.say("Nothing has arrived by %s yet.", id)
		return nil
	}
	w := table{title: []string{"NAME", "SIZE", "CAME", "REMARKS"}, long: []int{0}}
	for _, a := range list {
		w.lines = append(w.lines, []string{oneLine(a.Name), humanize.Bytes(uint64(max(a.Size, 0))), a.Came.Local().Format("2006-01-02 15:04 MST"), remarks(a)}) // #nosec G115
	}
	c.printTable(w)
	return errors.Join(d.SawArrivals(ctx, id), more) // which says that there are more files
}

// remarks is what a person should know of a file before opening it.
func remarks(a desk.Arrival) string {
	var all []string
	for _, r := range []struct {
		is   bool
		word string
	}{{a.New, "new"}, {a.Gone, "gone"}, {a.TooLarge, "larger than asked"}, {a.Unasked, "kind not asked for"}} {
		if r.is {
			all = append(all, r.word)
		}
	}
	if len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}

func (c *command) waysOf(ctx context.Context, d *desk.Desk, id string, f requestFlags) error {
	w, err := d.Ways(ctx, id)
	if err != nil {
		return err
	}
	if early := w.EndsEarlier(); early != nil && !c.quiet {
		c.tell(early)
	}
	if !c.printWays(w, f) {
		return errReported
	}
	c.sandboxRests(d, "nothing can be sent to it")
	return nil
}

// downloadedJSON is the line of a file that was downloaded, or was there.
type downloadedJSON struct {
	Request string `json:"request"`
	Key     string `json:"key"`
	Name    string `json:"name"`
	File    string `json:"file"`
	Size    int64  `json:"size"`
	Skipped bool   `json:"skipped"` // it was there already, whole
}

func (c *command) download(ctx context.Context, d *desk.Desk, id, folder string) error {
	bar := c.newBar()
	list, err := d.Download(ctx, id, folder, nil, func(one desk.Downloaded) {
		state := desk.Sending
		if one.Over {
			state = desk.Sent
		}
		bar.show(desk.Transfer{ID: one.Arrival.Key, Size: one.Arrival.Size, Done: one.Done, State: state})
	})
	bar.clear()
	var failed error
	for _, one := range list {
		switch {
		case one.Trouble != nil:
			failed = errReported
			c.fails(one.Arrival.Name, one.Trouble)
		case c.json:
			c.printJSON(downloadedJSON{id, one.Arrival.Key, one.Arrival.Name, one.Path, one.Arrival.Size, one.Skipped})
		case one.Skipped:
			c.say("%s was there already.", oneLine(one.Path))
		default:
			c.print(oneLine(one.Path) + "\n")
		}
	}
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.say("Nothing has arrived by %s yet.", id)
	}
	return failed
}

// closedJSON is the line of a request that was closed.
type closedJSON struct {
	ID     string     `json:"id"`
	Closed bool       `json:"closed"`
	Denied bool       `json:"denied"`
	Works  *time.Time `json:"works_until"` // what was signed; null where nothing works any more
	Help   string     `json:"help"`
}

func (c *command) closeRequest(ctx context.Context, d *desk.Desk, id string, deny, yes bool) error {
	closing, err := d.Closable(ctx, id)
	if err != nil {
		return err
	}
	if !yes {
		question := closing.Question(deny)
		if deny && closing.CanDeny {
			question += "\n" + closing.Rule
		}
		if !c.confirm(ctx, question+" [y/N] ") {
			c.say("Nothing was changed.")
			return ctx.Err()
		}
	}
	closed, err := d.CloseRequest(ctx, id, deny)
	if err != nil {
		return err
	}
	if c.json {
		line := closedJSON{ID: id, Closed: true, Denied: closed.Denied}
		if closed.Still != nil {
			line.Works, line.Help = desk.Second(closed.Request.Last()), closed.Still.Help.String()
		}
		c.printJSON(line)
	} else {
		c.print(id + " is closed\n")
	}
	switch {
	case closed.Still != nil:
		c.tell(closed.Still)
		if deny { // what was asked for was not done
			return errReported
		}
	case closed.Denied:
		c.say("What was signed is refused from now on; the rule goes when the request ends, or with --undeny.")
	}
	return nil
}
