package cli

import (
	"fmt"

	mcobra "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// man prints the manual page, made from the same words as --help. Packages ship what it prints.
func (c *command) man(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "man",
		Short:  "Print the manual page",
		Long:   "Print the manual page, for man to read:\n\n  waybill man | man -l -",
		Args:   noArguments,
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			page, err := mcobra.NewManPage(1, root)
			if err != nil {
				return fmt.Errorf("make the manual page: %w", err)
			}
			page = page.WithSection("Exit status", "0 all done, 1 something failed, 2 the command line makes no sense, 130 interrupted.").
				WithSection("Environment", "WAYBILL_HOME is the folder of ledger and settings. The AWS CLI's variables mean what they mean there.")
			c.print(page.Build(roff.NewDocument()))
			return nil
		},
	}
}
