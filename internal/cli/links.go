package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// linksFlags are what is wanted of the ledger, and what for.
type linksFlags struct {
	search, sort string
	states       []string
	csv, reverse bool
	forget, yes  bool
}

// links prints the ledger, or cuts entries out of it.
func (c *command) links() *cobra.Command {
	var l linksFlags
	cmd := &cobra.Command{
		Use:               "links [flags] [ID...]",
		ValidArgsFunction: c.completeIDs,
		Short:             "List what was sent, and the links to it",
		Long: "List the ledger: every link that was ever made, newest first, or those that are asked for. No URL is kept; waybill\n" +
			"renew makes a new one. With --forget the entries are cut out of the ledger; objects and links stay as they are.",
		Example: "  waybill links --state live --sort end\n" +
			"  waybill links --csv > links.csv\n" +
			"  waybill links --state ended --forget",
		RunE: func(cmd *cobra.Command, ids []string) error {
			wanted, err := desk.ParseSelection(l.search, l.states, l.sort)
			switch {
			case err != nil:
				return usage(err)
			case l.csv && c.json:
				return usage(errors.New("--csv and --json are two forms of one list; choose one"))
			case l.forget && len(ids) == 0 && l.search == "" && len(l.states) == 0:
				return usage(errors.New("--forget wants to know what; name IDs, or choose with --state or --search"))
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error { return c.listLinks(cmd.Context(), d, wanted, ids, l) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&l.search, "search", "", "only those with this text in name, key, bucket, profile or note")
	f.StringSliceVar(&l.states, "state", nil, "only those that are live, ending-soon, ended, revoked, refused, failed, cancelled or skipped")
	f.StringVar(&l.sort, "sort", "", "time, name, size or end (default time: newest first)")
	f.BoolVar(&l.reverse, "reverse", false, "the other way round")
	complete(cmd, "state", "live", "ending-soon", "ended", "revoked", "refused", "failed", "cancelled", "skipped")
	complete(cmd, "sort", "time", "name", "size", "end")
	f.BoolVar(&l.csv, "csv", false, "a table with commas, for spreadsheets")
	f.BoolVar(&l.forget, "forget", false, "cut these out of the ledger")
	f.BoolVar(&l.yes, "yes", false, "do not ask before forgetting")
	return cmd
}

func (c *command) listLinks(ctx context.Context, d *desk.Desk, wanted desk.Selection, ids []string, l linksFlags) error {
	ids, err := d.LinkIDs(ctx, ids...)
	if err != nil {
		return err
	}
	var entries []desk.Entry
	if len(ids) == 0 {
		entries, err = d.Links(ctx, 0)
	}
	for _, id := range ids {
		var e desk.Entry
		if e, err = d.Entry(ctx, id); err != nil {
			break
		}
		entries = append(entries, e)
	}
	if err != nil {
		return err
	}
	now := time.Now()
	all := len(entries)
	entries = wanted.Of(entries, now)
	if l.reverse {
		slices.Reverse(entries)
	}
	switch {
	case l.forget:
		return c.forget(ctx, d, entries, l.yes || len(ids) > 0)
	case l.csv:
		return c.printList(desk.WriteCSV, entries, now)
	case c.json:
		return c.printList(desk.WriteJSON, entries, now)
	case all == 0:
		c.say("Nothing has been sent yet: waybill send --help shows how.")
	case len(entries) == 0:
		c.say("None of the %s is such a one.", counted(all, "link", "links"))
	default:
		c.printLinks(entries, now)
	}
	return nil
}

// printList prints a list that programs read.
func (c *command) printList(write func(io.Writer, []desk.Entry, time.Time) error, entries []desk.Entry, now time.Time) error {
	var list strings.Builder
	if err := write(&list, entries, now); err != nil {
		return err
	}
	c.print(list.String())
	return nil
}

func (c *command) printLinks(entries []desk.Entry, now time.Time) {
	list := table{title: []string{"ID", "NAME", "KEY", "ENDS", "STATE"}, long: []int{2, 1}}
	for _, e := range entries {
		ends := "-"
		switch {
		case e.State == desk.Sent && e.Ends.IsZero():
			ends = "unknown"
		case e.State == desk.Sent:
			ends = e.Ends.Local().Format("2006-01-02 15:04 MST")
		}
		list.lines = append(list.lines, []string{e.ID, oneLine(e.Name), "s3://" + e.Destination.Bucket + "/" + oneLine(e.Key), ends, string(e.Standing(now))})
	}
	c.printTable(list)
}

// forget cuts entries out of the ledger.
func (c *command) forget(ctx context.Context, d *desk.Desk, entries []desk.Entry, yes bool) error {
	if len(entries) == 0 {
		c.say("There is nothing to forget.")
		return nil
	}
	if !yes && !c.canAsk() {
		return usage(errors.New("there is nobody to ask whether these shall be forgotten; --yes forgets without asking"))
	}
	if !yes && !c.confirm(ctx, fmt.Sprintf("Forget %s? Objects and links stay as they are. [y/N] ", counted(len(entries), "entry", "entries"))) {
		c.say("Nothing was forgotten.")
		return ctx.Err()
	}
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	n, err := d.ForgetLinks(ctx, ids...)
	if err != nil {
		return err
	}
	if c.json {
		for _, id := range ids {
			c.printJSON(map[string]any{"id": id, "forgotten": true})
		}
	}
	c.say("%s forgotten.", counted(n, "entry", "entries"))
	return nil
}

// renew signs links again.
func (c *command) renew() *cobra.Command {
	var expires, verify string
	var today bool
	var at atFlag
	cmd := &cobra.Command{
		Use:               "renew [flags] ID...",
		ValidArgsFunction: c.completeIDs,
		Short:             "Sign links again; nothing is uploaded",
		Long: "Sign links again, for as long as the first time or as --expires says, and print them. Nothing is uploaded. A bundle's\n" +
			"page is written again with the links of its files. waybill links lists the IDs.",
		Example: "  waybill renew --expires 7d 01932f6e-…\n" +
			"  waybill renew --ending-today",
		RunE: func(cmd *cobra.Command, ids []string) error {
			var d time.Duration
			if expires != "" {
				var err error
				if d, err = desk.ParseLongExpires(expires); err != nil {
					return usage(err)
				}
			}
			v, err := desk.ParseVerify(verify)
			if err != nil {
				return usage(err)
			}
			if (len(ids) == 0) == !today {
				return usage(errors.New("name at least one ID, or give --ending-today, and not both; waybill links lists the IDs"))
			}
			to, err := at.endpoint(c)
			if err != nil {
				return err
			}
			return c.making(cmd.Context(), func(on *desk.Desk) error { return c.renewAll(cmd.Context(), on, to, ids, d, v) })
		},
	}
	at.add(cmd, "the one that each link was signed for")
	cmd.Flags().StringVar(&expires, "expires", "", "how long the link lasts from now on: 15m, 1h, 36h, 7d (default: as long as the first time)")
	cmd.Flags().StringVar(&verify, "verify-link", "", "none leaves out trying the link")
	cmd.Flags().BoolVar(&today, "ending-today", false, "all links that are live and end today")
	return cmd
}

func (c *command) renewAll(ctx context.Context, d *desk.Desk, at *desk.LinkEndpoint, ids []string, expires time.Duration, v desk.Verify) error {
	ids, err := d.LinkIDs(ctx, ids...)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		entries, err := d.EndingToday(ctx)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			c.say("No link that is live ends today.")
		}
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
	}
	defer c.sandboxRests(d, linksRest)
	warned := false
	var failed error
	for _, t := range d.RenewAllAt(ctx, at, ids, expires, v, nil) {
		if !c.report(t) {
			failed = errReported
			continue
		}
		if early := t.Link != nil && (t.Link.Because == signer.Credentials || t.Link.Because == signer.Unknown); early && !warned {
			warned = true                                 // the same holds for the others
			if e, err := d.Entry(ctx, t.ID); err == nil { // without --expires, each is asked for as long as it was
				c.warnOf(ctx, d, t.Destination.Store, e.Asked)
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return failed
}

// revokedJSON is the line of a link that was revoked, or of one that was brought back.
type revokedJSON struct {
	ID      string `json:"id"`
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Revoked bool   `json:"revoked"`
	How     string `json:"how,omitempty"` // delete or rename
	CanUndo bool   `json:"can_undo"`
}

// revoke takes the objects of links away.
func (c *command) revoke() *cobra.Command {
	var yes, rename, undo, replaced bool
	cmd := &cobra.Command{
		Use:               "revoke [flags] ID...",
		ValidArgsFunction: c.completeIDs,
		Short:             "Take links back by removing or renaming their objects",
		Long: "A signed link cannot be called back: it works for as long as its object is where it was. So this deletes the object, or\n" +
			"with --rename gives it a name that no link has. It asks before. In a bucket that keeps versions, and after a rename,\n" +
			"--undo brings it back. Of a bundle, the files on its page go as well.",
		Args: atLeastOne("ID; waybill links lists them"),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if undo && rename {
				return usage(errors.New("--undo brings back what was revoked, however it was; leave out --rename"))
			}
			if !yes && !undo && !c.canAsk() {
				return usage(errors.New("there is nobody to ask whether it shall be revoked; --yes revokes without asking"))
			}
			how := desk.RevokeDelete
			if rename {
				how = desk.RevokeRename
			}
			return c.recording(cmd.Context(), func(d *desk.Desk) error {
				ids, err := d.LinkIDs(cmd.Context(), ids...)
				if err != nil {
					return err
				}
				var failed error
				for _, id := range ids {
					err := cmd.Context().Err()
					switch {
					case err != nil:
					case undo:
						err = c.unrevokeOne(cmd.Context(), d, id)
					default:
						err = c.revokeOne(cmd.Context(), d, id, how, yes, replaced)
					}
					if cmd.Context().Err() != nil {
						return cmd.Context().Err()
					}
					if err != nil {
						failed = errReported
						t := desk.Explain(err)
						if c.json {
							c.printJSON(failedJSON{id, errorJSON{t.Code, t.What.String(), t.Help.String()}})
						} else {
							c.tell(t)
						}
					}
				}
				return failed
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "revoke without asking")
	cmd.Flags().BoolVar(&rename, "rename", false, "keep the object, under another name")
	cmd.Flags().BoolVar(&replaced, "replaced", false, "with --yes, take away what somebody has put there since as well")
	cmd.Flags().BoolVar(&undo, "undo", false, "bring back what was revoked")
	return cmd
}

func (c *command) revokeOne(ctx context.Context, d *desk.Desk, id string, how desk.Revoking, yes, replaced bool) error {
	r, err := d.Revocable(ctx, id)
	if err != nil {
		return err
	}
	e := r.Entry
	switch {
	case yes && r.Replaced > 0 && !replaced:
		return desk.ReplacedSince(r)
	case !yes && !c.confirm(ctx, r.Question(how)+" [y/N] "):
		c.say("%s: not revoked", oneLine(e.Name))
		return ctx.Err()
	}
	var half *desk.Trouble // it is done, and a page still says something else
	if e, err = d.Revoke(ctx, r, how); err != nil {
		if half = desk.Explain(err); e.Revoked.IsZero() {
			return err
		}
		defer c.tell(half)
	}
	if c.json {
		c.printJSON(revokedJSON{e.ID, e.Destination.Bucket, e.Key, true, string(how), e.CanUndo})
		return nil
	}
	undo := "it cannot be undone"
	if e.CanUndo {
		undo = "to undo: waybill revoke --undo " + e.ID
	}
	done := "deleted"
	if how == desk.RevokeRename {
		done = "renamed"
	}
	with := ""
	if r.Files > 0 {
		with = " with " + counted(r.Files, "file", "files") + " on its page"
	}
	c.print(fmt.Sprintf("s3://%s/%s is %s%s, its links lead nowhere; %s\n", e.Destination.Bucket, oneLine(e.Key), done, with, undo))
	return nil
}

func (c *command) unrevokeOne(ctx context.Context, d *desk.Desk, id string) error {
	e, err := d.Unrevoke(ctx, id)
	if err != nil {
		return err
	}
	if c.json {
		c.printJSON(revokedJSON{e.ID, e.Destination.Bucket, e.Key, false, "", false})
		return nil
	}
	c.print(fmt.Sprintf("s3://%s/%s is back, and its links work to the end that they had\n", e.Destination.Bucket, oneLine(e.Key)))
	return nil
}

// note writes the person's own words to an entry.
func (c *command) note() *cobra.Command {
	return &cobra.Command{
		Use:               "note ID [TEXT]",
		ValidArgsFunction: c.completeIDs,
		Short:             "Write a note to a link; without a text, remove it",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usage(fmt.Errorf("name one ID, and the note in quotes; %s --help shows how", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			text := ""
			if len(args) == 2 {
				text = args[1]
			}
			return c.recording(cmd.Context(), func(d *desk.Desk) error {
				ids, err := d.LinkIDs(cmd.Context(), args[0])
				if err == nil {
					err = d.SetNote(cmd.Context(), ids[0], text)
				}
				switch {
				case err != nil:
				case text == "":
					c.say("The note is removed.")
				default:
					c.say("Noted; --json and --csv of waybill links show it.")
				}
				return err
			})
		},
	}
}

// bundle makes one link for many that were sent.
func (c *command) bundle() *cobra.Command {
	var flags linkFlags
	var bucket, prefix, title string
	cmd := &cobra.Command{
		Use:               "bundle [flags] ID...",
		ValidArgsFunction: c.completeIDs,
		Short:             "Make one page, and one link, for many files that were sent",
		Long: "Make a page with names, sizes and a download for each of the files, put it beside them, and print a link to it.\n" +
			"Their own links are made anew, and end with the page's. waybill links lists the IDs.",
		Args: atLeastOne("ID; waybill links lists them"),
		RunE: func(cmd *cobra.Command, ids []string) error {
			o, err := flags.options(c)
			if err != nil {
				return err
			}
			if prefix != "" && bucket == "" {
				return usage(errors.New("--prefix is a folder in --bucket; give both, or neither for where the first file is"))
			}
			dest := desk.Destination{}
			if bucket != "" {
				dest = desk.Destination{Store: c.store, Bucket: bucket, Prefix: prefix}
			}
			return c.making(cmd.Context(), func(d *desk.Desk) error {
				ids, err := d.LinkIDs(cmd.Context(), ids...)
				if err != nil {
					return err
				}
				defer c.sandboxRests(d, linksRest)
				var failed error
				for _, id := range ids { // those that cannot stand on it are said, rather than missed
					if e, err := d.Entry(cmd.Context(), id); err == nil && e.Unfit() != nil {
						c.tell(e.Unfit())
						failed = errReported
					}
				}
				if e, err := d.Entry(cmd.Context(), ids[0]); err == nil {
					c.stretch(cmd.Context(), d, e.Destination.Store, o.Expires, flags.longer)
				}
				if !c.report(d.Bundle(cmd.Context(), dest, o, title, ids...)) {
					failed = errReported
				}
				return failed
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&title, "title", "", "the page's title, and its name (default: the files' folder, or the day)")
	cmd.Flags().StringVar(&bucket, "bucket", "", "bucket that the page goes to (default: where the first file is)")
	cmd.Flags().StringVar(&prefix, "prefix", "", "folder in the bucket")
	mayBeEmpty(cmd, "prefix", "title")
	return cmd
}
