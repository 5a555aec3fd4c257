package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"understudy/mock/mask"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// scanFlags are those of the command scan.
type scanFlags struct {
	options
	vendor         string
	maxBytes       int64
	format, output string
}

func (p *program) scanCommand() *cobra.Command {
	var o scanFlags
	cmd := &cobra.Command{
		Use:   "scan FILE...",
		Short: "Find personal data and secrets that should not be in a file",
		Long: `Look through recordings, HAR files of any tool, JSON and other text for what should not be kept: identity numbers by their
check digit, mobile numbers, addresses of mail, tokens, signatures, ciphertexts and sealed bodies that nobody has opened, also
where they are hidden in percent-encoding, \u escapes, Base64 or hexadecimal. With a contract, what stands in the places that
it marks (x-sensitive) has to be a pseudonym as well; a recording of a bundled vendor needs no --vendor for that. The places are
told, never what stands there.

What understudy has put in the place of a datum is none: identity numbers that begin with 3399 and mobile numbers that begin
with 154 belong to nobody, names have one of some rare surnames and characters of a closed list, tokens and numbers end with
check characters, addresses of mail are at hosts for examples (RFC 2606). A day of birth, and what is shorter than six letters
and digits, cannot be told from a real one.

The exit code is 0 when nothing was found, 1 when something was, 2 when a file could not be scanned or there was nothing in it.
- is standard input.`,
		Example: `  understudy scan zheliban.har --vendor zheliban
  understudy scan recordings/*.har
  understudy scan traffic.har --spec petstore.yaml --format sarif --output scan.sarif
  understudy scan - --vendor weixiao < recorded.har`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.scan(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is, or the name of one of --spec")
	o.specFlags(cmd)
	f.Int64Var(&o.maxBytes, "max-bytes", scenarios.DefaultMaxBytes, "the most bytes, `N`, of a file")
	f.StringVar(&o.format, "format", "text", "`text|sarif`")
	f.StringVar(&o.output, "output", "", "write what was found to `FILE`, - is standard output")
	return cmd
}

func (p *program) scan(cmd *cobra.Command, o scanFlags, args []string) error {
	if err := checkGiven(cmd); err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return usage(cmd, "say what to scan: a file, such as traffic.har, or - for standard input")
	case o.maxBytes <= 0:
		return usage(cmd, "--max-bytes is a number of bytes, such as 134217728")
	case len(slices.DeleteFunc(slices.Clone(args), func(name string) bool { return name != "-" })) > 1:
		return usage(cmd, "- stands for standard input, which can be read once")
	}
	write, err := findingsWriter(cmd, o.format)
	if err != nil {
		return err
	}
	c, err := p.scanContract(cmd, o)
	if err != nil {
		return err
	}
	found := &report.Findings{Tool: toolName, Version: toolVersion(), Rules: scanRules()}
	var failed []error
	for _, name := range args {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		leaks, err := p.scanFile(cmd, name, mask.ScanConfig{Name: oneLine(name, 200), MaxBytes: o.maxBytes, Contract: c})
		if err != nil {
			failed = append(failed, err)
		}
		for _, l := range leaks {
			found.List = append(found.List, report.Finding{
				Rule: l.Kind, Message: l.Place + ": " + l.Message, At: specs.Position{File: name, Line: max(l.Line, 1)},
			})
		}
	}
	if err := p.writeTo(o.output, func(w io.Writer) error { return write(w, found) }); err != nil {
		return err
	}
	n := len(found.List)
	switch {
	case len(failed) > 0 && n > 0:
		return fmt.Errorf(p.speech.of("what should not be there: %d, and not everything could be scanned: %w", "不应存在的内容：%d 处，且有文件无法扫描：%w"), n, errors.Join(failed...))
	case len(failed) > 0:
		return errors.Join(failed...)
	case n > 0:
		return &violationError{fmt.Sprintf(p.speech.of("what should not be there: %d, in files: %d", "不应存在的内容：%d 处，涉及文件：%d 个"), n, filesOf(found))}
	}
	fmt.Fprintf(p.stderr, p.speech.of("files scanned: %d; nothing found that should not be there\n", "已扫描文件：%d 个；未发现不应存在的内容\n"), len(args))
	return nil
}

// scanContract is the contract that tells the marked places, nil where none was asked for.
func (p *program) scanContract(cmd *cobra.Command, o scanFlags) (*specs.Contract, error) {
	if o.vendor == "" && len(o.specs) == 0 {
		if len(o.overlays) > 0 {
			return nil, usage(cmd, "%s corrects a contract; name it by --vendor or %s", flagOverlay, flagSpec)
		}
		return nil, nil
	}
	if o.vendor != "" {
		o.vendors, o.one = []string{o.vendor}, o.vendor
	}
	all, documents, _, err := p.contracts(cmd, o.options, &configFile{})
	if err != nil {
		return nil, err
	}
	names := []string{o.vendor}
	if o.vendor == "" {
		if len(documents) != 1 {
			return nil, usage(cmd, "there are %d contracts; say by --vendor which one it is", len(documents))
		}
		names = []string{documents[0].name}
	}
	chosen, wrong := choose(all, names)
	if wrong != "" {
		return nil, usage(cmd, "%s", wrong)
	}
	return chosen[0], nil
}

func (p *program) scanFile(cmd *cobra.Command, name string, c mask.ScanConfig) ([]mask.Leak, error) {
	if name == "-" {
		c.Name = "standard input"
		return mask.Scan(cmd.InOrStdin(), c)
	}
	file, err := openNamed(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return mask.Scan(file, c)
}

func filesOf(f *report.Findings) int {
	files := map[string]bool{}
	for _, one := range f.List {
		files[cmp.Or(one.At.File, "-")] = true
	}
	return len(files)
}

// scanRules are the kinds of what is found.
func scanRules() []report.Rule {
	var rules []report.Rule
	for _, one := range [][2]string{
		{"birth-date", "A day of birth in a place that the contract marks."},
		{"ciphertext", "A text that looks like a ciphertext."},
		{"email", "An address of mail."},
		{"health-card", "The number of a health card."},
		{"id-card", "An identity number."},
		{"jwt", "A JSON Web Token."},
		{"message", "A text about a person."},
		{"mobile", "A mobile number."},
		{"name", "A person's name."},
		{"person-id", "What somebody's list calls a person by."},
		{"sealed", "A sealed body that nobody has opened."},
		{"secret", "A secret."},
		{"token", "A token, key or signature."},
		{"unmasked", "A recording in which nothing was masked."},
	} {
		rules = append(rules, report.Rule{ID: one[0], Severity: report.Error, Text: one[1]})
	}
	return rules
}
