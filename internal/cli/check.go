package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// checkFlags are those of check.
type checkFlags struct {
	yes, locked, readOnly, policy bool
	features, key                 string
}

// check looks whether a destination has what Waybill needs.
func (c *command) check() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [flags] s3://BUCKET/PREFIX",
		Short: "See which of the needed permissions a profile has, and how good the way to the store is",
		Long: "Look at a destination: the store's name and address, encryption, the clock, how fast it answers, and each permission\n" +
			"that sending, linking, revoking, cleaning up and requests need. To try what writing needs, it puts a tiny object\n" +
			"and an unfinished upload under the prefix and removes both; before that it says so and asks.\n\n" +
			"The status is 0 when all that is needed is there, else 1. Writing CORS rules and the bucket's policy is never tried, and does not\n" +
			"count for it. --policy prints the least that IAM has to allow.",
		Example: "  waybill check s3://team-share/alice/\n" +
			"  waybill check --read-only --json s3://team-share/alice/\n" +
			"  waybill check --policy --for send,link s3://team-share/alice/ > policy.json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("name one place as s3://bucket/prefix; %s --help shows how", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, where []string) error {
			if f.yes && f.readOnly {
				return usage(errors.New("--yes writes and --read-only does not; leave out one of them"))
			}
			bucket, prefix, err := desk.ParseS3URL(where[0])
			if err != nil {
				return usage(err)
			}
			features, err := desk.ParseFeatures(f.features)
			if err != nil {
				return usage(err)
			}
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error {
				to := desk.Destination{Store: c.store, Bucket: bucket, Prefix: prefix}
				if f.policy {
					text, err := d.Policy(cmd.Context(), to, desk.PolicyOptions{Features: features, Key: f.key})
					if err != nil {
						return usage(err)
					}
					c.print(text + "\n")
					return nil
				}
				return c.checkUp(cmd.Context(), d, to, features, f)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.features, "for", "", "what it is for: send, link, browse, clean, revoke, requests; undo, cors, deny, buckets; or all (default: the first six)")
	flags.BoolVar(&f.yes, "yes", false, "write what is needed to try it, without asking")
	flags.BoolVar(&f.locked, "even-if-locked", false, "with --yes: also where Object Lock keeps what is put")
	flags.BoolVar(&f.readOnly, "read-only", false, "write nothing; what only writing tells stays open")
	flags.BoolVar(&f.policy, "policy", false, "only print the IAM policy for the destination; asks no store")
	flags.StringVar(&f.key, "kms-key", "", "with --policy: ARN of the KMS key that the bucket encrypts with")
	names := make([]string, 0, len(desk.AllFeatures())+1)
	for _, one := range desk.AllFeatures() {
		names = append(names, string(one))
	}
	complete(cmd, "for", append(names, "all")...)
	return cmd
}

func (c *command) checkUp(ctx context.Context, d *desk.Desk, to desk.Destination, features []desk.Feature, f checkFlags) error {
	o := desk.CheckOptions{Features: features, ReadOnly: f.readOnly}
	asked := checkQuestions{make(chan desk.CheckQuestion), make(chan bool)}
	switch {
	case f.readOnly:
	case f.yes:
		o.Consent = func(_ context.Context, q desk.CheckQuestion) bool {
			if q.Locked && !f.locked {
				c.say("Nothing is written: Object Lock would keep it for %d days. --even-if-locked writes all the same.", q.Days)
				return false
			}
			return true
		}
	case c.canAsk():
		o.Consent = asked.ask
	default:
		c.say("Nothing is written, since there is no terminal to ask at; --yes writes without asking.")
	}
	check, err := d.Check(ctx, to, o)
	if err != nil {
		return usage(err)
	}
	c.followCheck(ctx, check, asked)
	if c.json {
		c.printJSON(checkOutcome(check))
	} else {
		c.printAbilities(check)
	}
	if t := check.Left(); t != nil {
		c.tell(t)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !check.Works():
		return errReported
	}
	return nil
}

// checkQuestions bring the question to whoever writes the lines, so that it comes after those that it is about.
type checkQuestions struct {
	questions chan desk.CheckQuestion
	answers   chan bool
}

func (a checkQuestions) ask(ctx context.Context, q desk.CheckQuestion) bool {
	select {
	case a.questions <- q:
		return <-a.answers
	case <-ctx.Done():
		return false
	}
}

// followCheck writes a line for each step that is over, and asks when it is time.
func (c *command) followCheck(ctx context.Context, check *desk.Check, asked checkQuestions) {
	line := func(s desk.CheckStep) {
		switch {
		case s.State == desk.CheckRunning:
		case c.json:
			c.printJSON(checkLine(s))
		default:
			c.print(checkText(s))
		}
	}
	for {
		select {
		case s, more := <-check.Events():
			if !more {
				return
			}
			line(s)
		case q := <-asked.questions:
			told(check.Events(), line)
			asked.answers <- c.confirm(ctx, oneLine(q.Text.String())+" [y/N] ")
		}
	}
}

// told passes on what has come already. Once there is no more to come, that is nothing.
func told(events <-chan desk.CheckStep, line func(desk.CheckStep)) {
	for {
		select {
		case s, more := <-events:
			if !more { // which a check that is cancelled while it asks comes to
				return
			}
			line(s)
		default:
			return
		}
	}
}

// checkWord is the state as the first word of a line has them.
func checkWord(s desk.CheckStep) string {
	switch s.State {
	case desk.CheckFine:
		return "ok"
	case desk.CheckMissing:
		if !s.Needed {
			return "no" // it would be a convenience
		}
		return "MISSING"
	case desk.CheckFailed:
		return "FAILED"
	case desk.CheckSkipped:
		return "-"
	}
	return "?"
}

// checkText is the line of a step, with what to do below it.
func checkText(s desk.CheckStep) string {
	line := fmt.Sprintf("%-8s %-30s %s\n", checkWord(s), s.Title, oneLine(s.Result.String()))
	if s.Trouble != nil && (s.State == desk.CheckFailed || s.Needed && s.State == desk.CheckMissing) {
		if help := s.Trouble.Help.String(); help != "" {
			line += fmt.Sprintf("%-8s %-30s %s\n", "", "", oneLine(help))
		}
	}
	return line
}

// printAbilities says what works, first what was asked about, and the sum of it.
func (c *command) printAbilities(check *desk.Check) {
	c.print("\n")
	abilities := check.Abilities()
	slices.SortStableFunc(abilities, func(a, b desk.Ability) int {
		switch {
		case a.Wanted == b.Wanted:
			return 0
		case a.Wanted:
			return -1
		}
		return 1
	})
	if check.Failed() == 0 {
		for _, a := range abilities {
			c.print(a.Say(a.Feature.Name().String()).String() + "\n")
		}
		c.print("\n")
	}
	c.print(check.Summary().String() + "\n")
	if _, missing, _ := check.Missing(); missing > 0 {
		to := check.Destination()
		c.say("The policy that would allow it: waybill check --policy%s s3://%s/%s", profileFlag(to.Store), to.Bucket, oneLine(to.Prefix))
	}
}

// profileFlag is how a store was named on the command line.
func profileFlag(s desk.Store) string {
	if s.Profile == "" || strings.ContainsAny(s.Profile, " '\"\\$`") {
		return ""
	}
	return " --profile " + s.Profile
}
