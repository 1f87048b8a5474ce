package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
			c.print(manual(root, c.Version))
			return nil
		},
	}
}

// manual is all commands on one page, in the language of man(7). It bears no date, so that the same source is the same page.
func manual(root *cobra.Command, version string) string {
	var page roff
	commands := slices.DeleteFunc(slices.Clone(root.Commands()), func(one *cobra.Command) bool { return one.Hidden })
	page.macro("TH", strings.ToUpper(root.Name()), "1", "", root.Name()+" "+version, "")
	page.macro("SH", "NAME")
	page.text(root.Name() + " - " + root.Short)
	page.macro("SH", "SYNOPSIS")
	page.usage(root.Name(), "[options] [FILE...]")
	for _, one := range commands {
		page.macro("br")
		page.usage(root.Name()+" "+one.Name(), strings.TrimSpace(strings.TrimPrefix(one.Use, one.Name())))
	}
	page.macro("SH", "DESCRIPTION")
	page.prose(root.Long)
	page.macro("SH", "OPTIONS")
	page.text("Those of every command:")
	page.flags(root.PersistentFlags())
	page.macro("PP")
	page.text("Those of the window:")
	page.flags(root.LocalNonPersistentFlags())
	page.macro("SH", "COMMANDS")
	for _, one := range commands {
		page.macro("SS", one.Use)
		if one.Long == "" {
			page.text(one.Short + ".")
		} else {
			page.prose(one.Long)
		}
		page.flags(one.LocalNonPersistentFlags())
		if one.Example != "" {
			page.macro("PP")
			page.example(one.Example)
		}
	}
	page.macro("SH", "EXIT STATUS")
	page.text("0 all done, 1 something failed, 2 the command line makes no sense, 130 interrupted.")
	page.macro("SH", "ENVIRONMENT")
	page.text("WAYBILL_HOME is the folder of ledger and settings. The AWS CLI's variables mean what they mean there.")
	return page.String()
}

// roff writes a manual page.
type roff struct{ strings.Builder }

// macro writes a line of the language's own.
func (r *roff) macro(name string, arguments ...string) {
	r.WriteString("." + name)
	for _, a := range arguments {
		r.WriteString(` "` + strings.ReplaceAll(escaped(a), `"`, `\(dq`) + `"`)
	}
	r.WriteString("\n")
}

// text writes a line that is filled with its neighbours.
func (r *roff) text(line string) {
	line = escaped(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	r.WriteString(line + "\n")
}

// usage writes how a command is called.
func (r *roff) usage(name, arguments string) {
	r.WriteString(`\fB` + escaped(name) + `\fR ` + escaped(arguments) + "\n")
}

// prose writes paragraphs as commands have them: an empty line between, and what is indented stays as it is.
func (r *roff) prose(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			r.macro("PP")
		}
		if strings.HasPrefix(paragraph, "  ") {
			r.example(paragraph)
			continue
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			r.text(line)
		}
	}
}

// example writes lines that somebody may copy: neither filled nor hyphenated.
func (r *roff) example(lines string) {
	r.macro("nf")
	for line := range strings.SplitSeq(strings.TrimRight(lines, "\n"), "\n") {
		r.text(line)
	}
	r.macro("fi")
}

// flags writes each with what it takes and what it means.
func (r *roff) flags(list *pflag.FlagSet) {
	list.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		takes, means := pflag.UnquoteUsage(f)
		r.macro("TP")
		r.WriteString(`\fB` + escaped("--"+f.Name) + `\fR`)
		if takes != "" {
			r.WriteString(` \fI` + escaped(strings.ToUpper(takes)) + `\fR`)
		}
		r.WriteString("\n")
		if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" {
			means += " (default " + d + ")"
		}
		r.text(means)
	})
}

// escaped keeps hyphens hyphens, as somebody would type them, and a backslash from meaning something.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}
