package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// resume goes on with what was interrupted.
func (c *command) resume() *cobra.Command {
	var limitRate string
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Go on with what was interrupted",
		Long: "Go on with the drops that were interrupted: by a lost network, an ended session, a process that was killed.\n" +
			"What the store has already is not sent again. Prints a link for each file, as send does.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rate, err := desk.ParseLimitRate(limitRate)
			if err != nil {
				return usage(err)
			}
			return c.making(cmd.Context(), func(d *desk.Desk) error {
				d.SetLimitRate(rate)
				return c.resumeAll(cmd.Context(), d)
			})
		},
	}
	addLimitRate(cmd, &limitRate)
	return cmd
}

func (c *command) resumeAll(ctx context.Context, d *desk.Desk) error {
	list, err := d.Interrupted(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.say("Nothing was interrupted.")
		return nil
	}
	var failed error
	for _, i := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.say("Going on with what was sent to s3://%s/%s on %s", i.Destination.Bucket, i.Destination.Prefix, i.Since.Local().Format("2 Jan 15:04 MST"))
		bar := c.newBar()
		drop, err := d.Resume(ctx, i, desk.Attendance{Ask: c.askerFor(desk.ClashAsk), AwaitSignIn: c.canAsk()})
		if err != nil {
			return err
		}
		if drop == nil {
			c.say("Another Waybill goes on with it already.")
			continue
		}
		if err := c.follow(ctx, d, drop, bar); err != nil {
			failed = err
		}
	}
	return failed
}

// verifiedJSON is the line of a file that was verified.
type verifiedJSON struct {
	ID       string `json:"id"`
	File     string `json:"file"`
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	Checksum string `json:"checksum"`
	Same     bool   `json:"same"`
}

// verify proves sent files against those on disk.
func (c *command) verify() *cobra.Command {
	return &cobra.Command{
		Use:               "verify ID...",
		ValidArgsFunction: c.completeIDs,
		Short:             "Prove that what the store has is what is on disk",
		Long:              "Read each file again and compare its checksum with the one that the store has. waybill links lists the IDs.",
		Args:              atLeastOne("ID; waybill links lists them"),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				ids, err := d.LinkIDs(cmd.Context(), ids...)
				if err != nil {
					return err
				}
				var failed error
				for _, id := range ids {
					e, err := d.Verify(cmd.Context(), id)
					switch {
					case cmd.Context().Err() != nil:
						return cmd.Context().Err()
					case err != nil:
						failed = errReported
						t := desk.Explain(err)
						if c.json {
							file := e.Path
							if file == "" {
								file = id
							}
							c.printJSON(failedJSON{file, errorJSON{t.Code, t.What.String(), t.Help.String()}})
						} else {
							c.tell(t)
						}
					case c.json:
						c.printJSON(verifiedJSON{e.ID, e.Path, e.Destination.Bucket, e.Key, e.Checksum, true})
					default:
						c.print(fmt.Sprintf("%s is the same as s3://%s/%s (%s)\n", oneLine(e.Path), e.Destination.Bucket, oneLine(e.Key), e.Checksum))
					}
				}
				return failed
			})
		},
	}
}

// staleJSON is the line of an unfinished upload.
type staleJSON struct {
	Bucket   string    `json:"bucket"`
	Key      string    `json:"key"`
	UploadID string    `json:"upload_id"`
	Started  time.Time `json:"started"`
	State    string    `json:"state"` // waybill, in work, or unknown
	Removed  bool      `json:"removed"`
}

// clean removes multipart uploads that nobody will put together.
func (c *command) clean() *cobra.Command {
	var yes, all bool
	cmd := &cobra.Command{
		Use:   "clean [flags] s3://BUCKET/PREFIX",
		Short: "Remove unfinished uploads that Waybill has left behind",
		Long: "List the unfinished multipart uploads below a prefix, and after a question remove those that this computer's\n" +
			"Waybill has started and does not go on with. With --all, others are removed as well; whoever sends them fails.",
		Example: "  waybill clean s3://team-share/alice/",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("name one place as s3://bucket/prefix; %s --help shows how", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, where []string) error {
			bucket, prefix, err := desk.ParseS3URL(where[0])
			if err != nil {
				return usage(err)
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				return c.cleanUp(cmd.Context(), d, bucket, prefix, yes, all)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "remove them without asking")
	cmd.Flags().BoolVar(&all, "all", false, "remove those of unknown origin as well")
	return cmd
}

func (c *command) cleanUp(ctx context.Context, d *desk.Desk, bucket, prefix string, yes, all bool) error {
	found, err := d.StaleUploads(ctx, c.store, bucket, prefix)
	if err != nil {
		return err
	}
	remove := 0
	state := func(u desk.StaleUpload) string {
		switch {
		case u.InWork:
			return "in work"
		case u.Ours:
			return "waybill"
		}
		return "unknown"
	}
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = io.WriteString(w, "KEY\tSTARTED\tSTATE\n")
	inWork, asked := 0, 0
	for _, u := range found {
		if u.InWork {
			inWork++
		}
		if u.Asked {
			asked++
		}
		if u.Ours || all && !u.InWork {
			remove++
		}
		_, _ = fmt.Fprintf(w, "s3://%s/%s\t%s\t%s\n", bucket, oneLine(u.Key), u.Started.Local().Format("2006-01-02 15:04 MST"), state(u))
	}
	if len(found) > 0 && !c.json {
		_ = w.Flush() // into memory
		c.print(table.String())
	}
	if remove > 0 && !yes {
		yes = c.confirm(ctx, fmt.Sprintf("Remove %d of %d unfinished uploads? [y/N] ", remove, len(found)))
	}
	var failed error
	for _, u := range found {
		gone := false
		if yes && (u.Ours || all && !u.InWork) {
			if err := d.RemoveUpload(ctx, c.store, bucket, u); err != nil {
				c.tell(desk.Explain(err))
				failed = errReported
			} else {
				gone = true
			}
		}
		if c.json {
			c.printJSON(staleJSON{bucket, u.Key, u.ID, u.Started.UTC(), state(u), gone})
		}
	}
	switch {
	case len(found) == 0:
		c.say("There are no unfinished uploads.")
	case ctx.Err() != nil:
		return ctx.Err()
	case remove == 0 && inWork > 0 && inWork == len(found):
		c.say("All of them are in work: %s.", strings.Join(goesOn(inWork-asked, asked), "; "))
	case remove == 0:
		c.say("None of them was left behind by this computer's Waybill; --all removes others as well.")
	case !yes:
		c.say("Nothing was removed; --yes removes without asking.")
	case failed == nil:
		c.say("%d removed.", remove)
	}
	return failed
}

// goesOn says what becomes of uploads that are in work.
func goesOn(drops, asked int) (ways []string) {
	if drops > 0 {
		ways = append(ways, "waybill resume goes on with what was interrupted")
	}
	if asked > 0 {
		ways = append(ways, "those of open requests wait for whoever was asked, and go with the request; waybill requests lists these")
	}
	return ways
}

// canAsk reports whether somebody is there to answer.
func (c *command) canAsk() bool { return isTTY(c.In) && isTTY(c.Err) }

// confirm asks at the terminal; without one, and when the person interrupts it, the answer is no.
func (c *command) confirm(ctx context.Context, question string) bool {
	if !c.canAsk() {
		return false
	}
	done := c.asking(question)
	defer done()
	answers := make(chan string, 1)
	go func() { // which nothing can call back; the process ends with the command
		answer, _ := bufio.NewReader(c.In).ReadString('\n')
		answers <- answer
	}()
	select {
	case answer := <-answers:
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y")
	case <-ctx.Done():
		_, _ = fmt.Fprintln(c.Err)
		return false
	}
}
