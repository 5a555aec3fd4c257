package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/learn"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// learnFlags are those of the command learn.
type learnFlags struct {
	options
	vendor, out  string
	format       string
	output       string
	maxBytes     int64
	failOnChange bool
}

func (p *program) learnCommand() *cobra.Command {
	var o learnFlags
	cmd := &cobra.Command{
		Use:   "learn FILE.har...",
		Short: "Say what recordings prove about a contract, and write the corrections as an overlay",
		Long: `Say what recordings prove about a contract.

Where the vendor's document can be read in several ways, each reading is confirmed, refuted or left open: the recorded requests
and replies are held to the contract under each of them. A reading is refuted by what it leaves unexplained and another one
explains, or by an error that another one foretells; it is confirmed when all others are refuted. For what is left open it is
said which traffic would decide it.

What was heard and is not in the contract is told with it: types, nulls, members, constants, error codes, statuses. No value of
a person is shown, and no secret.

--out writes an OpenAPI Overlay with the corrections, each with its evidence, which serve, check and replay take by --overlay.
The contract itself is never changed, and what the overlay would change is told.

The recordings are those of understudy record and understudy import; - is standard input. The vendor is the one that they
name unless --vendor or --spec says another.

The exit code is 0 when something could be learned, 2 when nothing could. With --fail-on-change it is 1 when the contract would
have to be corrected.`,
		Example: `  understudy learn zheliban.har
  understudy learn monday.har tuesday.har --vendor zheliban --out zheliban.overlay.yaml
  understudy serve --vendor zheliban --overlay zheliban.overlay.yaml
  understudy learn petstore.har --spec petstore.yaml --format md --output learned.md`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.learn(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is, or the name of one of --spec")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	o.specFlags(cmd)
	f.StringVar(&o.out, "out", "", "write the corrections to `FILE` as an OpenAPI Overlay; - is standard output")
	f.StringVar(&o.format, "format", "text", "`text|md`")
	f.StringVar(&o.output, "output", "", "write what was learned to `FILE`; - is standard output")
	f.BoolVar(&o.failOnChange, "fail-on-change", false, "end with 1 when the contract would have to be corrected")
	f.Int64Var(&o.maxBytes, "max-bytes", scenarios.DefaultMaxBytes, "the most bytes, `N`, of a recording")
	return cmd
}

// check looks at the command line before anything is read.
func (o *learnFlags) check(cmd *cobra.Command, files []string) error {
	switch {
	case len(files) == 0:
		return usage(cmd, "name a recording: a HAR file that understudy record or understudy import made")
	case o.maxBytes <= 0:
		return usage(cmd, "--max-bytes is a number of bytes, such as 134217728")
	case o.format != "text" && o.format != "md":
		return usage(cmd, "--format %q: write text or md", oneLine(o.format, 40))
	case strings.Count("\x00"+strings.Join(files, "\x00")+"\x00", "\x00-\x00") > 1:
		return usage(cmd, "- stands for standard input, which can be read once")
	case o.out == "-" && o.output == "-":
		return usage(cmd, "--out and --output cannot both go to standard output")
	}
	for name, file := range map[string]string{"--out": o.out, "--output": o.output} {
		if file != "" && file != "-" {
			if err := (report.Target{File: file}).Check(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return checkGiven(cmd)
}

func (p *program) learn(cmd *cobra.Command, o learnFlags, files []string) error {
	if err := o.check(cmd, files); err != nil {
		return err
	}
	var sources []learn.Source
	for _, name := range files {
		r, err := p.readLearned(cmd, o, name)
		if err != nil {
			return err
		}
		sources = append(sources, learn.Source{Name: sourceName(name), Recording: r})
	}
	c, err := p.learnedContract(cmd, o, sources)
	if err != nil {
		return err
	}
	told := newCounter(p.stderr, p.speech)
	f, err := learn.Run(cmd.Context(), learn.Config{Contract: c, Recordings: sources, Progress: told.at})
	told.end()
	switch {
	case err != nil && cmd.Context().Err() != nil:
		return errors.New(p.speech.of("interrupted; nothing was learned", "已中断，未得出结论"))
	case err != nil:
		return err
	}
	return p.tellLearned(o, f)
}

// tellLearned writes what was learned, and the overlay where one is wanted.
func (p *program) tellLearned(o learnFlags, f *learn.Findings) error {
	write := learn.WriteText
	if o.format == "md" {
		write = learn.WriteMarkdown
	}
	into := func(w io.Writer) error { return write(w, f, string(p.speech)) }
	if o.out == "-" && o.output == "" {
		if err := into(p.stderr); err != nil {
			return err
		}
	} else if err := p.writeTo(o.output, into); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	overlay, err := f.Overlay()
	if err != nil {
		return err
	}
	switch {
	case o.out == "":
	case overlay == nil:
		fmt.Fprintln(p.stderr, p.speech.of("there is nothing to correct, and no overlay is written", "没有需要修正的内容，未写出修正文件"))
	default:
		err := p.writeTo(o.out, func(w io.Writer) error {
			_, err := w.Write(overlay)
			return err
		})
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if o.out != "-" {
			fmt.Fprintf(p.stderr, p.speech.of("%d corrections are in %s; use them by --overlay %[2]s\n", "%d 处修正写入 %s；用 --overlay %[2]s 使用\n"), len(f.Actions), oneLine(o.out, 200))
		}
	}
	if n := len(f.Actions); o.failOnChange && n > 0 {
		return &violationError{fmt.Sprintf(p.speech.of("%s would have to be corrected in %d places", "%s 需修正 %d 处"), f.Contract, n)}
	}
	return nil
}

// sourceName is what findings call a recording: its file, without the folders of this machine.
func sourceName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return oneLine(filepath.Base(name), 80)
}

// readLearned reads a recording; - is standard input.
func (p *program) readLearned(cmd *cobra.Command, o learnFlags, name string) (*scenarios.Recording, error) {
	config := scenarios.ReadConfig{Name: oneLine(name, 200), MaxBytes: o.maxBytes}
	if name == "-" {
		config.Name = "standard input"
		return scenarios.Read(cmd.InOrStdin(), config)
	}
	file, err := openNamed(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it is only read
	return scenarios.Read(file, config)
}

// learnedContract is the contract that recordings are held to: the one that the flags name, else the one of the recordings'
// vendor, as it stands.
func (p *program) learnedContract(cmd *cobra.Command, o learnFlags, sources []learn.Source) (*specs.Contract, error) {
	vendor := o.vendor
	if vendor == "" && len(o.specs) == 0 {
		for _, s := range sources {
			switch v := s.Recording.Vendor; {
			case v == "":
			case vendor == "":
				vendor = v
			case v != vendor:
				return nil, usage(cmd, "the recordings are of several vendors, %s and %s; learn from those of one at a time, or say by --vendor whose contract it is", oneLine(vendor, 40), oneLine(v, 40))
			}
		}
		if vendor == "" {
			return nil, usage(cmd, "the recordings do not say which vendor was recorded; say it by --vendor or %s", flagSpec)
		}
	}
	if vendor != "" {
		o.vendors, o.one = []string{vendor}, vendor
	}
	s, contracts, err := p.settings(cmd, o.options)
	if err != nil {
		return nil, err
	}
	if vendor == "" {
		if contracts, err = s.only(cmd); err != nil {
			return nil, err
		}
	}
	return contracts[0], nil
}
