package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// help is cobra's, but that it fails where there is no such command.
func (c *command) help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does, and its flags",
		RunE: func(_ *cobra.Command, words []string) error {
			found, rest, err := root.Find(words)
			if err != nil || len(rest) > 0 {
				return usage(fmt.Errorf("%q is no command; waybill --help lists them", words[len(words)-max(len(rest), 1)]))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// completionOfShells has cobra's command for completions say what it needs, rather than help and status 0.
func completionOfShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	completion.Args = cobra.ArbitraryArgs
	completion.Use = "completion SHELL"
	completion.RunE = func(_ *cobra.Command, shells []string) error {
		if len(shells) == 0 {
			return usage(errors.New("name a shell: bash, zsh, fish or powershell"))
		}
		return usage(fmt.Errorf("there are no completions for %q; name bash, zsh, fish or powershell", shells[0]))
	}
}
