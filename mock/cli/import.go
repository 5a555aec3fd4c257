package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/record"
	"understudy/specs"
)

// importFlags are those of the command import.
type importFlags struct {
	keepFlags
	configs  []string
	maxBytes int64
}

func (p *program) importCommand() *cobra.Command {
	var o importFlags
	cmd := &cobra.Command{
		Use:   "import RAW.har --vendor V --out SAFE.har",
		Short: "Make a recording of what another tool has recorded",
		Long: `Make a recording of a HAR file that another tool has written: a browser, a proxy, a gateway.

` + recordingHelp + `

The credentials open what is sealed. --config may be given several times: the keys of several times are tried one after
another, beside those of the environment. What none opens is kept without its body and counted. Calls of other hosts are
left out. - is standard input.`,
		Example: `  understudy import raw.har --vendor zheliban --config old-keys.yaml --out safe.har
  understudy import raw.har --vendor weixiao --config march.yaml --config april.yaml --out safe.har --pseudonym-key people.key
  understudy import raw.har --spec petstore.yaml --out safe.har`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.importHAR(cmd, o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is, or the name of one of --spec")
	o.keeping(cmd)
	f.StringArrayVar(&o.configs, "config", nil, "configuration `FILE` (YAML) with credentials of the time; may be repeated")
	o.specFlags(cmd)
	f.StringSliceVar(&o.readings, "reading", nil, "how to read an unclear `CLAUSE=READING`, such as Z-1=form; may be repeated")
	f.Int64Var(&o.maxBytes, "max-bytes", 64<<20, "the most bytes, `N`, of the file that is read")
	return cmd
}

// check looks at the command line before anything begins.
func (o *importFlags) check(cmd *cobra.Command, args []string) error {
	if err := o.keepFlags.check(cmd); err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return usage(cmd, "say what to import: a HAR file, or - for standard input")
	case len(args) > 1:
		return usage(cmd, "import takes one file, but got %q as well", oneLine(args[1], 80))
	case !cmd.Flags().Changed("out"):
		return usage(cmd, "say which file to make: --out, such as safe.har")
	case o.maxBytes <= 0:
		return usage(cmd, "--max-bytes is a number of bytes, such as 134217728")
	case slices.Contains(o.configs, ""):
		return usage(cmd, "--config is empty; give it a value or leave it out")
	}
	return nil
}

func (p *program) importHAR(cmd *cobra.Command, o importFlags, args []string) error {
	if err := o.check(cmd, args); err != nil {
		return err
	}
	if len(o.configs) > 0 {
		o.config = o.configs[0]
	}
	s, contract, err := p.recordedContract(cmd, o.keepFlags)
	if err != nil {
		return err
	}
	sets, err := o.sets(s, contract)
	if err != nil {
		return err
	}
	if err := record.Absent(o.out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	opener, err := record.NewOpener(record.OpenerConfig{Contract: contract, Credentials: sets})
	if err != nil {
		return s.locate(cmd, []*specs.Contract{contract}, err)
	}
	defer func() { _ = opener.Close() }() // nothing is under way
	name := args[0]
	var in io.Reader = cmd.InOrStdin()
	if name != "-" {
		file, err := openNamed(name)
		if err != nil {
			return err
		}
		defer func(file *os.File) { _ = file.Close() }(file) // it is only read
		in = file
	} else {
		name = "standard input"
	}
	masker, err := p.masker(cmd, o.keepFlags, opener)
	if err != nil {
		return err
	}
	r, sum, err := record.Import(cmd.Context(), in, record.ImportConfig{Opener: opener, Masker: masker, Name: name, MaxBytes: o.maxBytes})
	if err != nil {
		if cmd.Context().Err() != nil {
			return errors.New(p.speech.of("interrupted; nothing is written", "已中断，未写入任何内容"))
		}
		return err
	}
	r.ToolVersion = toolVersion()
	if err := r.WriteFile(o.out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", oneLine(o.out, 200), p.imported(sum))
	p.tellUnused(masker)
	return nil
}

// sets are the credentials of each file alone, and, where the environment says something else, those in force.
func (o *importFlags) sets(inForce *settings, contract *specs.Contract) ([]mock.Credentials, error) {
	contracts := withBundled(inForce.contractsOf(contract))
	var sets []mock.Credentials
	for _, name := range o.configs {
		file, err := openConfig(name)
		if err != nil {
			return nil, err
		}
		s := newSettings(contracts)
		if err := file.into(s, contracts); err != nil {
			return nil, err
		}
		sets = append(sets, s.configured(contract))
	}
	return append(sets, inForce.configured(contract)), nil
}

// contractsOf are all contracts that a configuration may speak of: those of the user's own, and the one in question.
func (s *settings) contractsOf(contract *specs.Contract) []*specs.Contract {
	list := []*specs.Contract{contract}
	for _, d := range s.documents {
		if d.contract != nil && d.contract.Vendor != contract.Vendor {
			list = append(list, d.contract)
		}
	}
	return list
}

// imported sums up what became of the entries.
func (p *program) imported(sum record.Summary) string {
	parts := []string{fmt.Sprintf(p.speech.of("%d of %d entries taken", "已导入 %d / %d 条"), sum.Taken, sum.Entries)}
	for _, one := range []struct {
		n      int
		en, zh string
	}{
		{sum.Outside, "%d more outside the contract", "另有 %d 条不属于该契约"},
		{sum.Elsewhere, "%d of other hosts left out", "%d 条属于其他主机，已略去"},
		{sum.NoHTTP, "%d that are no HTTP calls left out", "%d 条不是 HTTP 调用，已略去"},
		{sum.Unopened, "%d not opened: their keys are others than the given ones", "%d 条无法解开：密钥与所给不同"},
		{sum.Unkept, "%d lack a body", "%d 条缺少正文"},
	} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf(p.speech.of(one.en, one.zh), one.n))
		}
	}
	return strings.Join(parts, p.speech.of(", ", "，"))
}
