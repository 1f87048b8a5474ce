package desk

import (
	"os"
	"path/filepath"
)

// Surroundings are what this process's environment says of where files go and who signs, without a secret. Two
// processes with the same ones send a file for the same store to the same place.
func Surroundings() map[string]string {
	said := map[string]string{}
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_REGION", "AWS_DEFAULT_REGION",
	} {
		if value := os.Getenv(name); value != "" {
			said[name] = value
		}
	}
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if abs, err := filepath.Abs(value); err == nil {
			value = abs
		}
		said[name] = value
	}
	return said
}
