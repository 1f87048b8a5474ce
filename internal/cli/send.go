package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// linkFlags are the flags of whatever makes links.
type linkFlags struct {
	expires string
	verify  string
	inline  bool
	longer  bool // a role's session may be asked for anew
	at      atFlag
}

func (l *linkFlags) add(cmd *cobra.Command) {
	l.at.add(cmd, remembered)
	f := cmd.Flags()
	f.StringVar(&l.expires, "expires", "1h", "how long the link lasts: 15m, 1h, 36h, 7d; longer where the bucket has a distribution")
	f.BoolVar(&l.inline, "inline", false, "show the file in the browser instead of downloading it")
	f.BoolVar(&l.longer, "longer-session", false, "let the profile's role have a session as long as the link, if the role allows it")
	f.StringVar(&l.verify, "verify-link", "", "which links are tried: all, sample or none (default: all of up to twenty)")
	complete(cmd, "verify-link", "all", "sample", "none")
	complete(cmd, "expires", "15m", "1h", "1d", "7d")
}

func (l *linkFlags) options(c *command) (o desk.SendOptions, err error) {
	if o.Expires, err = desk.ParseLongExpires(l.expires); err != nil {
		return o, usage(err)
	}
	if o.Verify, err = desk.ParseVerify(l.verify); err != nil {
		return o, usage(err)
	}
	o.Inline = l.inline
	o.LinkEndpoint, err = l.at.endpoint(c)
	return o, err
}

// send uploads files and folders, and prints a link for each.
func (c *command) send() *cobra.Command {
	var flags linkFlags
	var upload uploadFlags
	var bucket, prefix, onClash, contentType, partSize, limitRate, template string
	var concurrency int
	var skipHidden, zip bool
	var o desk.SendOptions
	cmd := &cobra.Command{
		Use:   "send [flags] PATH...",
		Short: "Upload files and folders; print a link for each",
		Example: "  waybill send --bucket team-share --prefix alice/ --expires 1d report.pdf\n" +
			"  waybill send --sandbox photos/",
		Args: atLeastOne("file or folder"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			given, err := flags.options(c)
			if err != nil {
				return err
			}
			o.Expires, o.Verify, o.Inline, o.LinkEndpoint = given.Expires, given.Verify, given.Inline, given.LinkEndpoint
			if o.Template, err = desk.ParseTemplate(template); err != nil {
				return usage(err)
			}
			switch {
			case o.Bundle && zip:
				return usage(errors.New("--bundle and --zip are two ways to one link; choose one"))
			case o.Title != "" && !o.Bundle && !zip:
				return usage(errors.New("--title names a bundle's page or a zip; give --bundle or --zip as well"))
			}
			if o.OnClash, err = desk.ParseClash(onClash); err != nil {
				return usage(err)
			}
			if o.PartSize, err = desk.ParsePartSize(partSize); err != nil {
				return usage(err)
			}
			if o.Concurrency, err = desk.CheckConcurrency(concurrency); err != nil {
				return usage(err)
			}
			rate, err := desk.ParseLimitRate(limitRate)
			if err != nil {
				return usage(err)
			}
			o.SkipHidden = skipHidden
			if c.store.Sandbox && bucket == "" {
				bucket = desk.SandboxBucket
			}
			if err := desk.CheckBucket(bucket); err != nil {
				return usage(err)
			}
			if prefix, err = desk.CleanPrefix(prefix); err != nil {
				return usage(err)
			}
			if paths, err = absolute(paths); err != nil {
				return err
			}
			o.ContentType = contentType
			dest := desk.Destination{Store: c.store, Bucket: bucket, Prefix: prefix}
			return c.making(cmd.Context(), func(d *desk.Desk) error {
				if err := d.CheckExpires(bucket, o.Expires); err != nil {
					return usage(err)
				}
				if o.Upload, err = c.uploadSettings(cmd.Context(), d, dest, &upload); err != nil {
					return err
				}
				if !cmd.Flags().Changed("key-template") && !cmd.Flags().Changed("unguessable") {
					n := d.Settings().NamingOf(dest)
					o.Template, o.Unguessable = n.Template, n.Unguessable
				}
				d.SetLimitRate(rate)
				c.stretch(cmd.Context(), d, dest.Store, o.Expires, flags.longer)
				o.AwaitSignIn = c.canAsk()
				return c.sendAll(cmd.Context(), d, dest, o, paths, zip)
			})
		},
	}
	flags.add(cmd)
	upload.add(cmd)
	f := cmd.Flags()
	f.StringVar(&bucket, "bucket", "", "bucket that the files go to")
	f.StringVar(&prefix, "prefix", "", "folder in the bucket, such as alice/2026/")
	f.StringVar(&onClash, "on-clash", "ask", "when the name is taken: ask, keep-both, replace or skip; without a terminal, ask means keep-both")
	f.StringVar(&contentType, "content-type", "", "content type (default: from name and content)")
	f.IntVar(&concurrency, "concurrency", 0, "requests at once (default 16)")
	complete(cmd, "on-clash", "ask", "keep-both", "replace", "skip")
	addLimitRate(cmd, &limitRate)
	f.StringVar(&template, "key-template", "", "how keys are made of names: {name} {stem} {ext} {date} {time} {uuid} {user}, such as {date}/{name} (default: what the window remembers for the destination, else {name})")
	f.BoolVar(&o.Unguessable, "unguessable", false, "put a random folder before each name, which nobody can guess")
	f.BoolVar(&o.Bundle, "bundle", false, "make one page with all files as well, and print its link last")
	f.BoolVar(&zip, "zip", false, "send all as one zip, made on the way")
	f.StringVar(&o.Title, "title", "", "title of the bundle's page, or the zip's name (default: the files' folder, or the day)")
	f.BoolVar(&skipHidden, "skip-hidden", false, "leave out hidden files and folders below a folder")
	f.StringVar(&partSize, "part-size", "", "size of a part, such as 16MiB (default: fits the file)")
	mayBeEmpty(cmd, "prefix", "title")
	return cmd
}

func addLimitRate(cmd *cobra.Command, limitRate *string) {
	cmd.Flags().StringVar(limitRate, "limit-rate", "", "most bytes a second, such as 5MiB (default: no limit)")
}

// sendAll runs a drop to its end.
func (c *command) sendAll(ctx context.Context, d *desk.Desk, dest desk.Destination, o desk.SendOptions, paths []string, zip bool) error {
	c.warn(ctx, d, o)
	c.sayWhoPays(d, dest)
	bar := c.newBar()
	o.Ask = c.askerFor(o.OnClash)
	if zip {
		return c.follow(ctx, d, d.SendZip(ctx, dest, o, paths), bar)
	}
	return c.follow(ctx, d, d.Send(ctx, dest, o, paths), bar)
}

// sayWhoPays says that it is not the bucket's owner, where it is not.
func (c *command) sayWhoPays(d *desk.Desk, dest desk.Destination) {
	if t := d.PayerNotice(dest); t != nil {
		c.say("%s", oneLine(t.What.String()))
	}
}

// askerFor is nil where nobody can be asked, or is to be.
func (c *command) askerFor(onClash desk.Clash) func(context.Context, desk.Transfer) desk.Clash {
	if onClash != desk.ClashAsk || !isTTY(c.In) || !isTTY(c.Err) {
		return nil
	}
	return c.asker()
}

// follow shows a drop's progress and prints its links until it is over.
func (c *command) follow(ctx context.Context, d *desk.Desk, drop *desk.Drop, bar *bar) error {
	failed := false
	waits := map[string]bool{} // transfers that wait for the network, as was said
	left := 0
	turns := inTurn{now: c.json} // a line of JSON names its file; a bare URL is known by its place
	for t := range drop.Events() {
		bar.show(t)
		switch {
		case t.State == desk.Queued:
			left++
		case t.State.Over():
			left--
		}
		if lost := t.Waiting != nil; lost != waits[t.ID] {
			if lost && len(waits) == 0 {
				bar.clear()
				c.say("%s", t.Waiting.What)
				if t.Waiting.NeedsSignIn() {
					c.say("  %s", t.Waiting.Help)
				}
				bar.again()
			}
			waits[t.ID] = true
			if !lost {
				delete(waits, t.ID)
			}
		}
		for _, over := range turns.take(t) {
			bar.clear()
			if !c.report(over, c.ignored(drop)...) {
				failed = true
			}
			bar.again()
		}
	}
	for _, over := range turns.rest() { // the drop was left in the middle
		if !c.report(over, c.ignored(drop)...) {
			failed = true
		}
	}
	bar.clear()
	for _, n := range drop.Notices() {
		if !c.quiet {
			c.tell(n)
		}
	}
	if errors.Is(context.Cause(ctx), desk.ErrLeave) && drop.Resumable() {
		c.say("%s not sent yet. To go on: waybill resume", counted(left, "file is", "files are"))
	}
	c.sandboxRests(d, linksRest)
	if failed {
		return errReported
	}
	return nil
}

// ignored names the settings that the store of a drop has left out, for the lines of JSON; people read of them once.
func (c *command) ignored(drop *desk.Drop) (names []string) {
	if !c.json {
		return nil
	}
	for _, t := range drop.Ignored() {
		names = append(names, map[string]string{
			"IgnoredSSE": "sse", "IgnoredStorageClass": "storage_class", "IgnoredTags": "tags", "IgnoredHeaders": "headers",
		}[t.Code])
	}
	return names
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// warn says before anything is done what shortens the links. A profile that cannot sign fails later, file by file.
func (c *command) warn(ctx context.Context, d *desk.Desk, o desk.SendOptions) {
	c.warnOf(ctx, d, c.store, o.Expires)
}

func (c *command) warnOf(ctx context.Context, d *desk.Desk, s desk.Store, expires time.Duration) {
	if expires > signer.MaxExpires {
		return // a distribution's key signs, which has no session
	}
	if outlook, err := d.Outlook(ctx, s, expires); err == nil && outlook.Warning != nil && !c.quiet {
		c.tell(outlook.Warning)
	}
}

// report prints the result of one transfer, and whether it went well. Of a drop with settings, ignored are those that the
// store has left out.
func (c *command) report(t desk.Transfer, ignored ...string) bool {
	if c.json {
		c.printJSON(sentLine(t, ignored))
	}
	switch {
	case t.State == desk.Failed:
		if !c.json {
			c.tell(t.Trouble)
		}
		return false
	case t.State == desk.Cancelled:
		c.say("%s: cancelled", oneLine(t.Name))
		return true // the status says "interrupted"
	case t.State == desk.Skipped:
		if t.Trouble != nil {
			c.say("%s", oneLine(t.Trouble.What.String()))
			return true
		}
		c.say("%s: skipped, %s is taken", oneLine(t.Name), oneLine(t.Key))
		return true
	}
	if t.Link == nil {
		if !c.json {
			c.tell(t.Trouble)
		}
		return false
	}
	if !c.json {
		c.print(t.Link.URL + "\n")
	}
	name := oneLine(t.Name)
	if t.Kind == desk.KindBundle {
		name = "The page of all"
	} else if kept := path.Base(t.Key); kept != path.Base(t.Name) {
		name += " (as " + oneLine(kept) + ")"
	}
	c.say("%s, %s: the link %s%s", name, humanize.Bytes(uint64(max(t.Size, 0))), endInWords(t.Link, t.Trouble == nil), checked(t.Link)+only(t.Link.Reach)) // #nosec G115
	if t.Trouble != nil {
		c.tell(t.Trouble)
		return false
	}
	return true
}

// endInWords says when a link ends and why then. That it works until then is said of none that something is wrong with.
func endInWords(l *desk.Link, works bool) string {
	if l.Because == signer.Unknown {
		return "ends with the session, which does not say when"
	}
	why := map[signer.Because]string{
		signer.Requested:   "as asked",
		signer.Credentials: "with the session that signed it",
		signer.Limit:       "the most that S3 allows",
	}[l.Because]
	until := "works until"
	if !works {
		until = "ends"
	}
	return fmt.Sprintf("%s %s, %s", until, l.Ends.Local().Format("Mon 2 Jan 2006 15:04:05 MST"), why)
}

// sayReach says of a link that it leads nowhere for those who sit elsewhere.
func (c *command) sayReach(r desk.Reach) {
	if says := r.Says(1); says != nil {
		c.say("%s", says)
	}
}

// only says where a link works that does not work anywhere.
func only(r desk.Reach) string {
	return map[desk.Reach]string{desk.ReachComputer: ", on this computer only", desk.ReachNetwork: ", in this network only"}[r]
}

func checked(l *desk.Link) string {
	if l.Verified {
		return "; tried, it works"
	}
	return ""
}

// asker asks at the terminal what to do with a taken name, one question at a time.
func (c *command) asker() func(context.Context, desk.Transfer) desk.Clash {
	var mu sync.Mutex
	var forAll desk.Clash
	in := bufio.NewReader(c.In)
	return func(_ context.Context, t desk.Transfer) desk.Clash {
		mu.Lock()
		defer mu.Unlock()
		for forAll == "" {
			done := c.asking(oneLine(t.Key) + " is taken. Keep both, replace, or skip? [k/r/s; K/R/S for all] ")
			answer, err := in.ReadString('\n')
			done()
			answer = strings.TrimSpace(answer)
			choice, ok := map[string]desk.Clash{
				"k": desk.ClashKeepBoth, "r": desk.ClashReplace, "s": desk.ClashSkip, "": desk.ClashKeepBoth,
			}[strings.ToLower(answer)]
			switch {
			case err != nil:
				return desk.ClashKeepBoth
			case !ok:
				continue
			case answer != strings.ToLower(answer):
				forAll = choice
			}
			return choice
		}
		return forAll
	}
}

// link makes links to what is already in a bucket.
func (c *command) link() *cobra.Command {
	var flags linkFlags
	cmd := &cobra.Command{
		Use:   "link [flags] s3://BUCKET/KEY...",
		Short: "Make a link to what is already in a bucket",
		Long: "Make a link to each of the objects. A key may be a pattern: * and ? stay within a folder, ** goes through folders,\n" +
			"[a-z] and {a,b} choose, and a backslash takes the meaning from the character after it.",
		Example: "  waybill link --expires 7d s3://team-share/alice/report.pdf\n" +
			"  waybill link 's3://team-share/alice/**/*.pdf'",
		Args: atLeastOne("object as s3://bucket/key"),
		RunE: func(cmd *cobra.Command, urls []string) error {
			o, err := flags.options(c)
			if err != nil {
				return err
			}
			targets := make([]target, len(urls))
			for i, u := range urls {
				b, k, err := desk.ParseS3URL(u)
				if err == nil && !desk.IsGlob(k) {
					err = desk.CheckKey(k)
				}
				if k == "" && b != "" {
					err = fmt.Errorf("%q names no object; write s3://bucket/key", u)
				}
				if err != nil {
					return usage(err)
				}
				targets[i] = target{b, k}
			}
			return c.making(cmd.Context(), func(d *desk.Desk) error {
				for _, t := range targets {
					if err := d.CheckExpires(t.bucket, o.Expires); err != nil {
						return usage(err)
					}
				}
				c.stretch(cmd.Context(), d, c.store, o.Expires, flags.longer)
				c.warn(cmd.Context(), d, o)
				c.sayWhoPays(d, desk.Destination{Store: c.store, Bucket: targets[0].bucket})
				defer c.sandboxRests(d, linksRest)
				return c.linkAll(cmd.Context(), d, targets, o)
			})
		},
	}
	flags.add(cmd)
	return cmd
}

// target is an object, or a pattern for some, that links are to lead to.
type target struct{ bucket, key string }

func (c *command) linkAll(ctx context.Context, d *desk.Desk, targets []target, o desk.SendOptions) error {
	var failed error
	for _, t := range targets {
		if ctx.Err() != nil {
			break
		}
		if !desk.IsGlob(t.key) || d.Exists(ctx, c.store, t.bucket, t.key) {
			if !c.report(d.LinkTo(ctx, c.store, t.bucket, t.key, o)) {
				failed = errReported
			}
			continue
		}
		var keys []string
		for l, err := range d.Match(ctx, c.store, t.bucket, t.key) {
			if err != nil {
				return err
			}
			keys = append(keys, l.Key)
		}
		if len(keys) == 0 && ctx.Err() == nil {
			return desk.NothingFits(t.key)
		}
		for _, made := range d.LinkAll(ctx, c.store, t.bucket, keys, o, nil) {
			if !c.report(made) {
				failed = errReported
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return failed
}
