package desk

import (
	"cmp"
	"os"
	"strings"

	"waybill/signer"
)

// elsewhere says that the check of a new store asks another one than was typed, or is nil: an endpoint in the environment counts
// for more than a profile's, for the AWS CLI and so for the very profile that is tried
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func elsewhere(opened *signer.Signer, p signer.NewProfile) *Trouble {
	asked := strings.TrimRight(opened.Endpoint(), "/")
	if asked == strings.TrimRight(p.Endpoint, "/") {
		return nil
	}
	a := args{"Endpoint": cmp.Or(visible(p.Endpoint), "AWS"), "Asked": "AWS", "Variable": "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}
	if asked != "" {
		a["Asked"], a["Variable"] = bareAddress(asked), "AWS_ENDPOINT_URL"
		if os.Getenv("AWS_ENDPOINT_URL_S3") != "" {
			a["Variable"] = "AWS_ENDPOINT_URL_S3"
		}
	}
	return trouble("StoreElsewhere", a, nil)
}
