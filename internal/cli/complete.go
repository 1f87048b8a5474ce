package cli

import (
	"github.com/spf13/cobra"

	"waybill/internal/desk"
	"waybill/signer"
)

// complete tells shells what may stand behind a flag.
func complete(cmd *cobra.Command, flag string, words ...string) {
	// The one error is for a flag that is not there, which the tests would see.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeProfiles offers the profiles of the AWS files.
func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	known, _ := signer.Profiles() // what could be read
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeIDs offers what is in the ledger, with names.
func (c *command) completeIDs(cmd *cobra.Command, _ []string, _ string) (found []string, _ cobra.ShellCompDirective) {
	c.quiet = true // it would stand in the middle of what is being typed
	_ = c.withDesk(cmd.Context(), func(d *desk.Desk) error {
		entries, err := d.Links(cmd.Context(), 500)
		for _, e := range entries {
			found = append(found, cobra.CompletionWithDesc(e.ID, oneLine(e.Name)))
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp
}
