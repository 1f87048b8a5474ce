package signer

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
)

// containerHost answers where only a path is given
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
const containerHost = "http://169.254.170.2"

// containerURI is where a container asks for its credentials. Plain http goes to this machine, and to the addresses
// that ECS and EKS have for this purpose, nowhere else.
func containerURI(profile string) (string, *ProfileError) {
	if path := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		return containerHost + path, nil
	}
	full := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if full == "" {
		return "", &ProfileError{Profile: profile, Fault: FaultNoContainer}
	}
	u, err := url.Parse(full)
	if err != nil || u.Host == "" {
		return "", &ProfileError{Profile: profile, Fault: FaultContainerURI}
	}
	if u.Scheme != "https" && !containersOwn(u.Hostname()) {
		return "", &ProfileError{Profile: profile, Fault: FaultContainerURI, About: u.Hostname()}
	}
	return full, nil
}

func containersOwn(host string) bool {
	addresses := []string{host}
	if _, err := netip.ParseAddr(host); err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if addresses, err = net.DefaultResolver.LookupHost(ctx, host); err != nil {
			return false
		}
	}
	return !slices.ContainsFunc(addresses, func(text string) bool {
		ip, err := netip.ParseAddr(text)
		return err != nil || !ip.IsLoopback() &&
			!slices.Contains([]string{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"}, ip.String())
	})
}

// container gets credentials from the agent of a container.
func (c *chain) container(profile string) asker {
	return askFunc(func(ctx context.Context) (aws.Credentials, error) {
		uri, fault := containerURI(profile)
		if fault != nil {
			return aws.Credentials{}, fault
		}
		token := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if path := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); path != "" {
			data, err := os.ReadFile(path) // #nosec G304 -- the environment's own setting
			if err != nil {
				return aws.Credentials{}, fmt.Errorf("read the container's token: %w", &ProfileError{Profile: profile, Fault: FaultTokenFile, About: path, Err: systemsWord(err)})
			}
			token = strings.TrimSpace(string(data))
		}
		got, err := endpointcreds.New(uri, func(o *endpointcreds.Options) {
			o.AuthorizationToken, o.HTTPClient = token, directClient(c.cfg)
		}).Retrieve(ctx)
		if err != nil {
			return got, fmt.Errorf("ask the container: %w", err)
		}
		return got, nil
	})
}
