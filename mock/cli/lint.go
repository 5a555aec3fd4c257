package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"understudy/mock/lint"
	"understudy/mock/report"
	"understudy/specs"
)

// judged makes whatever kept a command from judging an [idleError]: its exit code is 2, since 1 is a verdict.
func judged(err error) error {
	if _, verdict := err.(*violationError); err == nil || verdict {
		return err
	}
	return &idleError{err}
}

// violationError is the verdict of a command that judges: something is wrong.
type violationError struct{ text string }

func (e *violationError) Error() string { return e.text }

func (p *program) lintCommand() *cobra.Command {
	var o options
	var vendors []string
	format, output := "text", ""
	cmd := &cobra.Command{
		Use:   "lint [NAME=]FILE|DIR... | lint --vendor VENDOR",
		Short: "Say what makes a contract weaker or stranger than it seems",
		Long: `Look through OpenAPI documents for what makes a green result mean less than it seems: schemas that do not compile,
references that lead nowhere, examples that break their schema, objects of which anything goes, operations without error
responses, patterns that cannot be checked, keys that look like ours and are not.

The exit code is 0 when nothing is wrong (notes are told and are no fault), 1 when something is, 2 when a document cannot be
read.`,
		Example: `  understudy lint petstore.yaml
  understudy lint contracts/ --format sarif --output lint.sarif
  understudy lint petstore.yaml --overlay fix.yaml
  understudy lint --vendor zheliban`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.specs = args
			return judged(p.lint(cmd, o, vendors, format, output))
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringSliceVar(&vendors, "vendor", nil, "look through bundled `vendors`, separated by commas")
	f.StringArrayVar(&o.overlays, "overlay", nil, "OpenAPI Overlay that corrects a contract, `[NAME=]FILE`; may be repeated")
	f.Int64Var(&o.maxSpecBytes, "max-spec-bytes", 0, "the most bytes, `N`, of a document with all that it refers to; 16 MiB when left out")
	f.StringVar(&format, "format", format, "`text|sarif`")
	f.StringVar(&output, "output", "", "write the findings to `FILE`, - is standard output")
	return cmd
}

func (p *program) lint(cmd *cobra.Command, o options, vendors []string, format, output string) error {
	if err := checkGiven(cmd); err != nil {
		return err
	}
	write, err := findingsWriter(cmd, format)
	if err != nil {
		return err
	}
	if len(o.specs) == 0 && len(vendors) == 0 {
		return usage(cmd, "name a document, such as petstore.yaml, or a vendor by --vendor")
	}
	if o.specs == nil {
		o.specs = []string{}
	}
	o.vendors = vendors
	all, documents, _, err := p.contracts(cmd, o, &configFile{})
	if unread := (*contractError)(nil); errors.As(err, &unread) {
		return unread.err // with all its lines
	}
	if err != nil {
		return err
	}
	names := slices.Clone(vendors)
	for _, d := range documents {
		if d.file != "" {
			names = append(names, d.name)
		}
	}
	chosen, wrong := choose(all, names)
	if wrong != "" {
		return usage(cmd, "%s", wrong)
	}
	return p.lintContracts(cmd, chosen, write, output)
}

func (p *program) lintContracts(cmd *cobra.Command, chosen []*specs.Contract, write func(io.Writer, *report.Findings) error, output string) error {
	found := &report.Findings{Tool: toolName, Version: toolVersion(), Rules: lint.Rules()}
	for _, c := range chosen {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		found.List = append(found.List, lint.Lint(c)...)
	}
	if err := p.writeTo(output, func(w io.Writer) error { return write(w, found) }); err != nil {
		return err
	}
	many := fmt.Sprintf("%d contracts", len(chosen))
	if len(chosen) == 1 {
		many = chosen[0].Vendor
	}
	n, notes := found.Failures(), len(found.List)-found.Failures()
	told := ""
	if notes > 0 {
		told = fmt.Sprintf(p.speech.of(", %d to note", "，%d 条提示"), notes)
	}
	if n > 0 {
		return &violationError{fmt.Sprintf(p.speech.of("%s: %d wrong%s", "%s：%d 处有问题%s"), many, n, told)}
	}
	fmt.Fprintf(p.stderr, p.speech.of("%s: nothing wrong%s\n", "%s：未发现问题%s\n"), many, told)
	return nil
}

// findingsWriter is the writer of a format.
func findingsWriter(cmd *cobra.Command, format string) (func(io.Writer, *report.Findings) error, error) {
	switch format {
	case "text":
		return report.WriteFindingsText, nil
	case "sarif":
		return report.WriteFindingsSARIF, nil
	}
	return nil, usage(cmd, "--format %q: write text or sarif", oneLine(format, 40))
}

// writeTo writes a file whole or not at all; "" and - are standard output.
func (p *program) writeTo(file string, write func(io.Writer) error) error {
	if file == "" || file == "-" {
		return write(p.stdout)
	}
	return report.WriteFile(file, write)
}
