package desk

import (
	"cmp"
	"errors"
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
		a["Asked"], a["Variable"] = bareAddress(asked), endpointVariable()
	}
	return trouble("StoreElsewhere", a, nil)
}

// nowhere says that the environment's endpoint is one that nobody can be asked by, or is nil where that is not why a new store
// could not be made ready: its own endpoint has been looked at by then.
func nowhere(err error) *Trouble {
	if name := endpointVariable(); name != "" && (errors.Is(err, signer.ErrEndpoint) || errors.Is(err, signer.ErrPlainHTTP)) {
		return trouble("StoreNowhere", args{"Variable": name}, err)
	}
	return nil
}

// endpointVariable is the variable of the environment whose endpoint holds for S3; "" where none is set.
func endpointVariable() string {
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}
