package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unset marks flags to which nothing is a value: the top of a bucket, a page that says nothing of who asks.
const unset = "waybill_may_be_empty"

// mayBeEmpty lets flags be given without a value.
func mayBeEmpty(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		_ = cmd.Flags().SetAnnotation(name, unset, nil) // it is there
	}
}

// emptyFlags refuses flags that were given nothing: a script's variable that is not set would otherwise choose what nobody
// has asked for.
func emptyFlags(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		_, may := f.Annotations[unset]
		given := strings.TrimSpace(f.Value.String())
		if empty := given == "" || f.Value.Type() == "stringSlice" && given == "[]"; empty && !may && err == nil {
			err = usage(fmt.Errorf("--%s has no value; give it one, or leave it out", f.Name))
		}
	})
	return err
}

// flagError says in words what pflag says of a value that a flag cannot have.
func flagError(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	what := map[string]string{"int": "not a whole number", "bool": "neither true nor false"}[bad.GetFlag().Value.Type()]
	if what == "" {
		return err
	}
	return fmt.Errorf("--%s %q is %s", bad.GetFlag().Name, bad.GetValue(), what)
}
