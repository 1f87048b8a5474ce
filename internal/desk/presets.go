package desk

import (
	"regexp"
	"slices"
	"strings"

	"waybill/signer"
)

// Preset is a kind of store with its habits. It is data: what a form fills in, and what it holds a key against.
type Preset struct {
	ID   string // for flags, and for finding it again
	Name string // its owner's name for it
	// Endpoint is the URL of the store, with {region} and {account} in it; "" is AWS, whose endpoints the SDK knows. Where Own is
	// set, it is an example, and the person says where theirs is.
	Endpoint string
	Own      bool
	// Account names what {account} is; "" for no such part.
	Account string
	// Region is what is usual, "" where there is no usual one. Regions are some that can be chosen; others are taken too.
	Region  string
	Regions []string
	// Addressing is how the store wants buckets named. Where it takes both, it is AddressingPath: bucket names with dots
	// work by it over https too.
	Addressing signer.Addressing
	// KeyID is what an access key ID looks like, nil where any may come.
	KeyID *regexp.Regexp
	// KeyHint says where to get keys, or which; English, and a key of translation.
	KeyHint string
}

// CustomPreset is the ID of the preset for any other store.
const CustomPreset = "other"

// Presets lists the kinds of stores that are known, AWS first and any other store last. Every one has been looked up; none but
// MinIO and the sandbox's own could be tried.
func Presets() []Preset {
	hex32 := regexp.MustCompile(`^[0-9a-f]{32}$`)
	return []Preset{
		{
			// IDs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids (AKIA…) and
			// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html (16 to 128 characters).
			// Regions: https://docs.aws.amazon.com/general/latest/gr/s3.html, those that need no opting in.
			ID: "aws", Name: "AWS", Region: "us-east-1", Addressing: signer.AddressingVirtual,
			Regions: []string{
				"us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3",
				"eu-north-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
			},
			KeyID:   regexp.MustCompile(`^A[A-Z0-9]{15,127}$`),
			KeyHint: `Create an access key for your user in IAM, under “Security credentials”.`,
		},
		{
			// https://github.com/minio/minio/blob/master/docs/config/README.md: the region is us-east-1 unless MINIO_SITE_REGION says
			// another; bucket.host works only where MINIO_DOMAIN is set. Port 9000: MinIO's own default.
			ID: "minio", Name: "MinIO", Endpoint: "https://minio.example.com:9000", Own: true, Region: "us-east-1",
			Addressing: signer.AddressingPath,
			KeyHint:    `Create an access key in MinIO's console, or with “mc admin accesskey create”.`,
		},
		{
			// https://developers.cloudflare.com/r2/api/s3/api/ and https://developers.cloudflare.com/r2/api/tokens/: the endpoint with
			// the account's ID of 32 hexadecimal digits, in a jurisdiction ACCOUNT.eu or ACCOUNT.fedramp; the region is auto.
			ID: "r2", Name: "Cloudflare R2", Endpoint: "https://{account}.r2.cloudflarestorage.com", Account: `Account ID`,
			Region: "auto", Regions: []string{"auto"}, Addressing: signer.AddressingPath, KeyID: hex32,
			KeyHint: `Create an API token for R2; it shows an access key ID of 32 digits and letters beside its secret.`,
		},
		{
			// https://www.backblaze.com/docs/cloud-storage-s3-compatible-api: s3.REGION.backblazeb2.com, and no master application key,
			// whose ID is the account's with 12 digits; others have 25 (https://www.backblaze.com/docs/cloud-storage-application-keys).
			ID: "b2", Name: "Backblaze B2", Endpoint: "https://s3.{region}.backblazeb2.com",
			Regions:    []string{"us-west-000", "us-west-001", "us-west-002", "us-west-004", "us-east-005", "ca-east-006", "eu-central-003"},
			Addressing: signer.AddressingPath, KeyID: regexp.MustCompile(`^[0-9a-f]{25}$`),
			KeyHint: `Add an application key; the master application key does not work over S3. The region stands in the bucket's endpoint.`,
		},
		{
			// https://docs.wasabi.com/docs/what-are-the-service-urls-for-wasabis-different-storage-regions: s3.REGION.wasabisys.com.
			ID: "wasabi", Name: "Wasabi", Endpoint: "https://s3.{region}.wasabisys.com", Region: "us-east-1",
			Regions: []string{
				"us-east-1", "us-east-2", "us-central-1", "us-west-1", "ca-central-1", "eu-central-1", "eu-central-2", "eu-west-1", "eu-west-2",
				"eu-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2",
			},
			Addressing: signer.AddressingPath,
			KeyHint:    `Create an access key in Wasabi's console; the region is the bucket's.`,
		},
		{
			// https://docs.ceph.com/en/latest/radosgw/s3/commons/: bucket.host works only where rgw_dns_name is set. The gateway signs for
			// any region; its zonegroup's api_name is "default" unless somebody has given another.
			ID: "ceph", Name: "Ceph", Endpoint: "https://rgw.example.com", Own: true, Region: "us-east-1", Regions: []string{"us-east-1", "default"},
			Addressing: signer.AddressingPath,
			KeyHint:    `Ask whoever runs the object gateway, or create a key with “radosgw-admin key create”.`,
		},
		{
			// https://docs.digitalocean.com/reference/api/spaces/: REGION.digitaloceanspaces.com, and the same slug in the signature.
			ID: "digitalocean", Name: "DigitalOcean Spaces", Endpoint: "https://{region}.digitaloceanspaces.com",
			Regions:    []string{"nyc3", "sfo2", "sfo3", "ams3", "fra1", "lon1", "sgp1", "blr1", "syd1", "tor1"},
			Addressing: signer.AddressingPath,
			KeyHint:    `Create a Spaces access key; a personal access token of the API is something else.`,
		},
		{
			// https://docs.hetzner.com/storage/object-storage/overview: LOCATION.your-objectstorage.com, bucket before it or in the path.
			ID: "hetzner", Name: "Hetzner", Endpoint: "https://{region}.your-objectstorage.com", Regions: []string{"fsn1", "nbg1", "hel1"},
			Addressing: signer.AddressingPath,
			KeyHint:    `Generate S3 credentials in the project's security settings; the region is the bucket's location.`,
		},
		{
			// https://www.scaleway.com/en/docs/object-storage/api-cli/object-storage-aws-cli/: s3.REGION.scw.cloud; IDs are SCW and 17 more.
			ID: "scaleway", Name: "Scaleway", Endpoint: "https://s3.{region}.scw.cloud", Region: "fr-par",
			Regions: []string{"fr-par", "nl-ams", "pl-waw", "it-mil"}, Addressing: signer.AddressingPath,
			KeyID:   regexp.MustCompile(`^SCW[A-Z0-9]{17}$`),
			KeyHint: `Generate an API key in Scaleway's console; its access key begins with SCW.`,
		},
		{
			// https://www.idrive.com/s3-storage-e2/e2-endpoint-urls: s3.REGION.idrivee2.com.
			ID: "idrive", Name: "IDrive e2", Endpoint: "https://s3.{region}.idrivee2.com",
			Regions: []string{
				"us-west-1", "us-west-2", "us-west-3", "us-southwest-1", "us-midwest-1", "us-central-1", "us-east-1", "us-southeast-1", "ca-east-1",
				"eu-west-1", "eu-west-2", "eu-west-3",
			},
			Addressing: signer.AddressingPath,
			KeyHint:    `Create an access key in IDrive's console for the region that has the bucket.`,
		},
		{
			// https://garagehq.deuxfleurs.fr/documentation/connect/: port 3900, the region of garage.toml, which is mostly "garage"; paths.
			// IDs are GK and 24 hexadecimal digits.
			ID: "garage", Name: "Garage", Endpoint: "http://127.0.0.1:3900", Own: true, Region: "garage", Regions: []string{"garage"},
			Addressing: signer.AddressingPath, KeyID: regexp.MustCompile(`^GK[0-9a-f]{24}$`),
			KeyHint: `Create a key with “garage key create”, and allow it to use the bucket. The region stands in garage.toml.`,
		},
		{
			ID: CustomPreset, Name: `Another S3 store`, Endpoint: "https://s3.example.com", Own: true, Region: "us-east-1",
			Addressing: signer.AddressingPath,
		},
	}
}

// PresetOf finds a preset by its ID.
func PresetOf(id string) (Preset, bool) {
	all := Presets()
	at := slices.IndexFunc(all, func(p Preset) bool { return p.ID == id })
	if at < 0 {
		return Preset{}, false
	}
	return all[at], true
}

// HasRegion reports whether the region stands in the endpoint, so that one has to be named.
func (p Preset) HasRegion() bool { return strings.Contains(p.Endpoint, "{region}") }

// EndpointFor fills a region and an account into the endpoint; "" for AWS, and where the person has to name it.
func (p Preset) EndpointFor(region, account string) string {
	if p.Own {
		return ""
	}
	return strings.NewReplacer("{region}", region, "{account}", account).Replace(p.Endpoint)
}
