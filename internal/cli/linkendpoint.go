package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// remembered is what holds for new links where no flag says where they lead.
const remembered = "what is remembered for the bucket"

// atFlag is where links lead.
type atFlag struct {
	url   string
	given func() bool
}

// add says what holds without it.
func (a *atFlag) add(cmd *cobra.Command, otherwise string) {
	f := cmd.Flags()
	f.StringVar(&a.url, "link-endpoint-url", "", "URL at which others reach the store, for which links are signed (default: "+otherwise+`; "": the store's own)`)
	mayBeEmpty(cmd, "link-endpoint-url") // the store's own
	a.given = func() bool { return f.Changed("link-endpoint-url") }
}

// endpoint is what was given, nil for nothing.
func (a *atFlag) endpoint(c *command) (*desk.LinkEndpoint, error) {
	if !a.given() {
		return nil, nil //nolint:nilnil // the comment says what it means
	}
	e, err := desk.ParseLinkEndpoint(a.url, c.store.AllowHTTP)
	if err != nil {
		return nil, usage(err)
	}
	return &e, nil
}

// linkEndpointJSON is the link endpoint of a bucket.
type linkEndpointJSON struct {
	Bucket       string `json:"bucket"`
	Profile      string `json:"profile"`
	Endpoint     string `json:"endpoint"` // "" for what the profile says
	LinkEndpoint string `json:"link_endpoint"`
}

// linkEndpoint remembers at what address others reach a bucket.
func (c *command) linkEndpoint() *cobra.Command {
	var forget bool
	cmd := &cobra.Command{
		Use:   "link-endpoint [flags] [s3://BUCKET [URL]]",
		Short: "Say at which address others reach a bucket",
		Long: "A link works only at the host that it was signed for. Where a store is uploaded to by a name that others cannot reach,\n" +
			"set here the address that they can: links, bundles and requests of that bucket are signed for it, and tried through it.\n" +
			"What answers there has to pass host and path on as they are. Without a URL, this shows what is set.",
		Example: "  waybill link-endpoint --profile minio s3://team-share https://files.example.com\n" +
			"  waybill link-endpoint --profile minio s3://team-share --forget",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, given []string) error {
			bucket := ""
			if len(given) > 0 {
				var key string
				var err error
				if bucket, key, err = desk.ParseS3URL(given[0]); err == nil && key != "" {
					err = fmt.Errorf("a link endpoint is a whole bucket's; write s3://%s", bucket)
				}
				if err != nil {
					return usage(err)
				}
			}
			var at desk.LinkEndpoint
			switch {
			case forget && bucket == "":
				return usage(errors.New("name the bucket whose link endpoint shall be forgotten, as s3://bucket"))
			case forget && len(given) == 2:
				return usage(errors.New("--forget forgets a link endpoint; leave out the URL"))
			case len(given) == 2:
				var err error
				if at, err = desk.ParseLinkEndpoint(given[1], c.store.AllowHTTP); err != nil {
					return usage(err)
				}
				if at.URL == "" {
					return usage(errors.New("name the address that others reach, as https://files.example.com; --forget forgets it"))
				}
			}
			return c.withDesk(cmd.Context(), func(on *desk.Desk) error {
				if len(given) < 2 && !forget {
					return c.showLinkEndpoints(on, bucket)
				}
				err := on.SetLinkEndpoint(c.store, bucket, at)
				switch {
				case err != nil:
				case forget:
					c.say("Links to s3://%s lead to the store's own address.", bucket)
				default:
					c.say("Links to s3://%s lead to %s from now on.", bucket, oneLine(at.URL))
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&forget, "forget", false, "forget the bucket's link endpoint")
	return cmd
}

func linkEndpointLine(e desk.BucketLinkEndpoint) linkEndpointJSON {
	return linkEndpointJSON{e.Bucket, profileNamed(e.Store), e.Store.Endpoint, e.URL}
}

// profileNamed is the profile of a store as --profile takes it; "" for the default one.
func profileNamed(s desk.Store) string {
	if s.Sandbox {
		return desk.SandboxProfile
	}
	return s.Profile
}

func (c *command) showLinkEndpoints(on *desk.Desk, bucket string) error {
	shown := 0
	for _, one := range on.Settings().LinkEndpoints {
		if bucket != "" && one.Bucket != bucket {
			continue
		}
		shown++
		if c.json {
			c.printJSON(linkEndpointLine(one))
			continue
		}
		profile := profileNamed(one.Store)
		whose := "the default profile"
		if profile != "" {
			whose = "profile " + oneLine(profile)
		}
		if one.Store.Endpoint != "" {
			whose += " at " + oneLine(one.Store.Endpoint)
		}
		c.print(fmt.Sprintf("links to s3://%s lead to %s (%s)\n", one.Bucket, oneLine(one.URL), whose))
	}
	if shown == 0 {
		c.say("No link endpoint is set; waybill link-endpoint --help shows how.")
	}
	return nil
}
