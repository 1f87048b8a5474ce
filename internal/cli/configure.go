package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// addedJSON is what configure prints.
type addedJSON struct {
	Profile  string   `json:"profile"`
	Region   string   `json:"region"`
	Endpoint string   `json:"endpoint"`
	Bucket   string   `json:"bucket"`  // that was named, or the only one there is; "" for none
	Buckets  []string `json:"buckets"` // that the keys may list
	Checked  bool     `json:"checked"`
	Put      bool     `json:"put"`  // by a tiny object that was put and removed
	Left     string   `json:"left"` // the key of that object, where it could not be removed
	Replaced bool     `json:"replaced"`
	Backups  []string `json:"backups"`
	// Elsewhere says that the check asked another store than was named; null where it was that one.
	Elsewhere *errorJSON `json:"elsewhere"`
}

// presetJSON is a line of configure --presets.
type presetJSON struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Endpoint string   `json:"endpoint"` // with {region} and {account}; an example where the person names it; "" for AWS
	Region   string   `json:"region"`   // that is usual; "" where one has to be named
	Regions  []string `json:"regions"`
	Style    string   `json:"addressing_style"`
}

// configuring is one use of the command.
type configuring struct {
	*command
	store desk.NewStore
	how   desk.AddStoreOptions
}

// configure adds a store: a profile with keys of its own, written into the AWS files.
func (c *command) configure() *cobra.Command {
	f := configuring{command: c}
	var presets bool
	var style string
	cmd := &cobra.Command{
		Use:   "configure",
		Short: "Add a store: write a profile with keys into the AWS files, after a look whether they work",
		Long: "Add a store as the profile --profile. The secret access key is asked for at the terminal and never a flag: other users see the\n" +
			"flags of a process. Without a terminal it is the first line of standard input. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n" +
			"are taken where both are set and --access-key-id names no other key; at a terminal only where it names this one.\n\n" +
			"The keys go into the credentials file, the rest into the config file, where the AWS CLI reads them too. Nothing else in\n" +
			"these files changes, and copies of them are kept beside them. Before that, the store is asked for its buckets, or for\n" +
			"what is in --bucket.",
		Example: "  waybill configure --preset minio --profile minio --endpoint-url https://minio.example.com:9000\n" +
			"  waybill configure --preset r2 --profile r2 --account 0123456789abcdef0123456789abcdef --access-key-id ID < secret.txt\n" +
			"  waybill configure --presets",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if presets {
				return c.printPresets()
			}
			if c.store.Sandbox {
				return usage(errors.New("the sandbox needs no profile; leave out --sandbox"))
			}
			if !slices.Contains([]string{"", string(signer.AddressingPath), string(signer.AddressingVirtual)}, style) {
				return usage(fmt.Errorf("--addressing-style %q is neither path nor virtual", style))
			}
			f.store.Name, f.store.Region, f.store.Endpoint, f.store.AllowHTTP = c.store.Profile, c.store.Region, c.store.Endpoint, c.store.AllowHTTP
			f.store.Addressing = signer.Addressing(style)
			return c.withDesk(cmd.Context(), func(d *desk.Desk) error { return f.run(cmd.Context(), d) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.store.Preset, "preset", "", "kind of store: aws, minio, r2, …; --presets lists them")
	flags.StringVar(&f.store.AccessKeyID, "access-key-id", "", "access key ID")
	flags.StringVar(&f.store.Account, "account", "", "account ID, which stands in the endpoint of some stores")
	flags.StringVar(&f.store.Bucket, "bucket", "", "bucket to look into, for keys that may not list buckets")
	flags.StringVar(&style, "addressing-style", "", "path or virtual (default: the preset's)")
	flags.BoolVar(&f.how.NoCheck, "no-check", false, "save without asking the store")
	flags.BoolVar(&f.how.MayPut, "allow-put", false, "where listing is forbidden, put a tiny object into --bucket and remove it again")
	flags.BoolVar(&f.how.Replace, "replace", false, "change the profile if it is there and has keys of its own")
	flags.BoolVar(&presets, "presets", false, "list the kinds of stores that are known")
	var ids []string
	for _, p := range desk.Presets() {
		ids = append(ids, p.ID)
	}
	complete(cmd, "preset", ids...)
	complete(cmd, "addressing-style", string(signer.AddressingPath), string(signer.AddressingVirtual))
	return cmd
}

func (c *command) printPresets() error {
	table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	for _, p := range desk.Presets() {
		if c.json {
			c.printJSON(presetJSON{p.ID, p.Name, p.Endpoint, p.Region, append([]string{}, p.Regions...), string(p.Addressing)})
			continue
		}
		endpoint := p.Endpoint
		if p.Own {
			endpoint = "--endpoint-url, such as " + endpoint
		}
		_, err := fmt.Fprintln(table, strings.Join([]string{p.ID, p.Name, p.Region, endpoint}, "\t"))
		c.wrote(err)
	}
	c.wrote(table.Flush())
	return nil
}

// run asks for what is missing, adds the store and says so.
func (f *configuring) run(ctx context.Context, d *desk.Desk) error {
	if err := f.complete(ctx, d); err != nil {
		return err
	}
	if err := desk.CheckNewStore(f.store); err != nil {
		return usage(err)
	}
	f.how.Asking = func(elsewhere *desk.Trouble) {
		if elsewhere != nil && !f.quiet {
			f.tell(elsewhere)
		}
		f.say("Asking the store…")
	}
	added, err := f.add(ctx, d)
	if err != nil {
		return err
	}
	if f.json {
		line := addedJSON{
			added.Store.Profile, added.Region, added.Endpoint, added.Bucket, append([]string{}, added.Buckets...), added.Checked, added.Put, added.Left,
			added.Replaced, append([]string{}, added.Backups...), nil,
		}
		if t := added.Elsewhere; t != nil {
			line.Elsewhere = &errorJSON{t.Code, t.What.String(), t.Help.String()}
		}
		f.printJSON(line)
		return nil
	}
	does := map[bool]string{false: "added", true: "changed"}[added.Replaced]
	f.say("The profile %q is %s.", oneLine(added.Store.Profile), does)
	if added.Left != "" {
		f.say("The tiny object %s could not be removed from the bucket; nothing else was left there.", oneLine(added.Left))
	}
	bucket := added.Bucket
	if bucket == "" {
		bucket = "BUCKET"
	}
	plain := ""
	if added.Store.AllowHTTP {
		plain = " --allow-http"
	}
	f.say("Send with it by: waybill send --profile %s%s --bucket %s FILE", oneLine(added.Store.Profile), plain, oneLine(bucket))
	return nil
}

// complete finds what is missing: in the environment, by asking at the terminal, or for the secret on standard input.
func (f *configuring) complete(ctx context.Context, d *desk.Desk) error {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	// At a terminal, keys that happen to be in the environment may be another store's: there they have to be named.
	if id != "" && secret != "" && (f.store.AccessKeyID == "" && !f.canAsk() || f.store.AccessKeyID == id) {
		f.store.AccessKeyID, f.store.SecretAccessKey = id, secret
	}
	if f.canAsk() {
		return f.askForAll(ctx, d)
	}
	switch {
	case f.store.Preset == "":
		return usage(errors.New("name the kind of store with --preset; waybill configure --presets lists them"))
	case f.store.Name == "":
		return usage(errors.New("name the new profile with --profile"))
	case f.store.AccessKeyID == "":
		return usage(errors.New("name the access key with --access-key-id"))
	case f.store.SecretAccessKey != "":
		return nil
	}
	line, err := readLine(f.In)
	if err != nil {
		return usage(errors.New("the secret access key is read from standard input, which has none"))
	}
	f.store.SecretAccessKey = line
	return nil
}

// askForAll asks for what no flag has said.
func (f *configuring) askForAll(ctx context.Context, d *desk.Desk) error {
	n := &f.store
	ask := func(into *string, prompt, usual string) error {
		return f.askUntilRight(into, func() (string, error) { return f.askLine(ctx, prompt, usual) })
	}
	if n.Preset == "" {
		f.listPresets()
		if err := ask(&n.Preset, "Kind of store", ""); err != nil {
			return err
		}
	}
	if err := desk.CheckStoreSoFar(*n); err != nil { // of what the flags have said
		return usage(err)
	}
	p, _ := desk.PresetOf(n.Preset)
	if err := ask(&n.Name, "Name of the profile", p.ID); err != nil {
		return err
	}
	profiles, _ := d.Profiles() // what could be read
	if taken, changeable := desk.NameTaken(profiles, n.Name); taken && changeable && !f.how.Replace {
		f.how.Replace = f.confirm(ctx, fmt.Sprintf("There is a profile %q already. Change it? [y/N] ", oneLine(n.Name)))
	}
	if p.Account != "" && n.Endpoint == "" {
		if err := ask(&n.Account, p.Account, ""); err != nil {
			return err
		}
	}
	if p.Own {
		if err := ask(&n.Endpoint, "Endpoint, such as "+p.Endpoint, ""); err != nil {
			return err
		}
	}
	if len(p.Regions) != 1 || p.Own {
		if err := ask(&n.Region, "Region", p.Region); err != nil {
			return err
		}
	}
	if err := ask(&n.AccessKeyID, "Access key ID", ""); err != nil {
		return err
	}
	return f.askUntilRight(&n.SecretAccessKey, func() (string, error) { return f.askHidden(ctx, "Secret access key (it is not shown): ") })
}

// askUntilRight asks for what no flag has said, and again as long as what comes cannot be right.
func (f *configuring) askUntilRight(into *string, ask func() (string, error)) error {
	for *into == "" {
		text, err := ask()
		if err != nil {
			return err
		}
		*into = text
		if err := desk.CheckStoreSoFar(f.store); err != nil && text != "" {
			f.tell(desk.Explain(err))
			*into = ""
		}
	}
	return nil
}

func (f *configuring) listPresets() {
	for _, p := range desk.Presets() {
		_, _ = fmt.Fprintf(f.Err, "  %-13s %s\n", p.ID, p.Name)
	}
}

// add adds the store. At a terminal, what stands in the way of the check can be answered there.
func (f *configuring) add(ctx context.Context, d *desk.Desk) (*desk.AddedStore, error) {
	for {
		added, err := d.AddStore(ctx, f.store, f.how)
		if !errors.Is(err, desk.ErrStoreCheck) || !f.canAsk() || ctx.Err() != nil {
			return added, err
		}
		t := desk.Explain(err)
		f.tell(t)
		switch {
		case t.CanAllowPut() && f.confirm(ctx, "Put a tiny object and remove it again? [y/N] "):
			f.how.MayPut = true
		case t.NeedsBucket():
			if f.store.Bucket, err = f.askLine(ctx, "Bucket (none saves without a check)", ""); err != nil {
				return nil, err
			}
			f.how.NoCheck = f.store.Bucket == ""
		case f.confirm(ctx, "Save without a check? [y/N] "):
			f.how.NoCheck = true
		default:
			return nil, errReported
		}
	}
}
