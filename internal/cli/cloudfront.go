package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// cloudFrontJSON is what is known of a bucket's distribution. The private key is named, never shown.
type cloudFrontJSON struct {
	Bucket     string `json:"bucket"`
	Domain     string `json:"domain"`
	KeyPairID  string `json:"key_pair_id"`
	PrivateKey string `json:"private_key"`
	OriginPath string `json:"origin_path"`
}

// cloudFront remembers which distribution answers a bucket's links that last longer than seven days.
func (c *command) cloudFront() *cobra.Command {
	var d signer.CloudFront
	var forget bool
	cmd := &cobra.Command{
		Use:   "cloudfront [flags] [s3://BUCKET]",
		Short: "Say which CloudFront distribution answers links for more than seven days",
		Long: "S3 accepts no signature older than seven days. A CloudFront distribution in front of the bucket does, signed with a key\n" +
			"pair of its own. Once it is set, --expires may be longer than 7d for that bucket. The private key stays in its file.\n" +
			"Without flags, this shows what is set.",
		Example: "  waybill cloudfront s3://team-share --domain d111111abcdef8.cloudfront.net \\\n" +
			"      --key-pair-id K2JCJMDEHXQW5F --private-key ~/keys/team-share.pem\n" +
			"  waybill send --bucket team-share --expires 30d report.pdf",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, where []string) error {
			bucket := ""
			if len(where) == 1 {
				var key string
				var err error
				if bucket, key, err = desk.ParseS3URL(where[0]); err == nil && key != "" {
					err = fmt.Errorf("a distribution is a whole bucket's; write s3://%s", bucket)
				}
				if err != nil {
					return usage(err)
				}
			}
			if d.PrivateKey != "" && !strings.HasPrefix(d.PrivateKey, "file://") && !strings.HasPrefix(d.PrivateKey, "~") {
				paths, err := absolute([]string{d.PrivateKey})
				if err != nil {
					return err
				}
				d.PrivateKey = paths[0] // it is read from wherever Waybill runs later
			}
			set := d != (signer.CloudFront{})
			switch {
			case (set || forget) && bucket == "":
				return usage(errors.New("name the bucket that the distribution answers for, as s3://bucket"))
			case set && (d.Domain == "" || d.KeyPairID == "" || d.PrivateKey == ""):
				return usage(errors.New("a distribution needs --domain, --key-pair-id and --private-key"))
			case set && forget:
				return usage(errors.New("--forget forgets a distribution; leave out the other flags"))
			}
			return c.withDesk(cmd.Context(), func(on *desk.Desk) error {
				if set || forget {
					var err error
					if set { // what was set is forgotten, whoever is named
						err = desk.CheckProfile(c.store)
					}
					if err == nil {
						err = on.SetDistribution(bucket, d)
					}
					switch {
					case err != nil:
					case forget:
						c.say("No distribution answers for s3://%s any more.", bucket)
					default:
						c.say("Links to s3://%s may last longer than seven days now.", bucket)
					}
					return err
				}
				return c.showDistributions(on, bucket)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.Domain, "domain", "", "the distribution's domain, or its alternate name")
	f.StringVar(&d.KeyPairID, "key-pair-id", "", "ID of the public key in the distribution's key group")
	f.StringVar(&d.PrivateKey, "private-key", "", "file with the private key, as PEM")
	f.StringVar(&d.OriginPath, "origin-path", "", "origin path that is set at the distribution")
	f.BoolVar(&forget, "forget", false, "forget the bucket's distribution")
	mayBeEmpty(cmd, "origin-path")
	return cmd
}

func (c *command) showDistributions(on *desk.Desk, bucket string) error {
	shown := 0
	for _, one := range on.Settings().Distributions {
		if bucket != "" && one.Bucket != bucket {
			continue
		}
		shown++
		d := one.CloudFront
		if c.json {
			c.printJSON(cloudFrontJSON{one.Bucket, d.Domain, d.KeyPairID, d.PrivateKey, d.OriginPath})
			continue
		}
		c.print(fmt.Sprintf("s3://%s is handed out by %s, signed with %s from %s\n", one.Bucket, oneLine(d.Domain+d.OriginPath), oneLine(d.KeyPairID), oneLine(d.PrivateKey)))
	}
	if shown == 0 {
		c.say("No distribution is set; waybill cloudfront --help shows how.")
	}
	return nil
}
