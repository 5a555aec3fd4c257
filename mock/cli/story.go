package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"understudy/mock/report"
	"understudy/mock/story"
	"understudy/scenarios"
	"understudy/specs"
)

// storyFlags are those of the command story.
type storyFlags struct {
	callFlags
	vendor, out, workflow, title string
	maxBytes                     int64
}

func (p *program) storyCommand() *cobra.Command {
	var o storyFlags
	cmd := &cobra.Command{
		Use:   "story FILE.har",
		Short: "Draft a story from a recording",
		Long: `Draft a story (Arazzo 1.0) from a recording that record or import made: one step for each exchange, in order. What flows from a
reply into a later request becomes an output and an expression, what the contract marks as personal becomes an input with the
recorded stand-in as its default, credentials are left to understudy run, and the criteria hold status and code.

What cannot be told as a step, such as a call from the vendor or a reply that never came, is named at the head. What somebody did
at the simulator's control listener is not in a recording, so the draft of such a story goes another way. The draft is a
beginning: give the steps names that say what they are for, and criteria that say what matters.`,
		Example: `  understudy story recorded.har --out story.arazzo.yaml
  understudy run story.arazzo.yaml
  understudy story petstore.har --spec petstore.yaml --workflow adopt`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.draftStory(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.out, "out", "", "write to `FILE` in place of standard output")
	f.StringVar(&o.workflow, "workflow", "", "the `ID` of the workflow; recorded when left out")
	f.StringVar(&o.title, "title", "", "the title of the story")
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is; the recording's when left out")
	o.contract(cmd)
	f.Int64Var(&o.maxBytes, "max-bytes", scenarios.DefaultMaxBytes, "the most `BYTES` that the recording may have")
	return cmd
}

func (p *program) draftStory(cmd *cobra.Command, o storyFlags, args []string) error {
	switch {
	case len(args) != 1:
		return usage(cmd, "story takes one recording, such as recorded.har")
	case o.maxBytes <= 0:
		return usage(cmd, "--max-bytes is a number of bytes, such as %d", scenarios.DefaultMaxBytes)
	}
	if o.out != "" {
		if err := (report.Target{File: o.out}).Check(); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	r, err := scenarios.ReadFile(args[0], scenarios.ReadConfig{MaxBytes: o.maxBytes})
	if err != nil {
		return err
	}
	vendor := o.vendor
	if vendor == "" && len(o.specs) == 0 {
		vendor = r.Vendor
		if !slices.Contains(specs.Vendors(), vendor) {
			return usage(cmd, "the recording is of %s, which is none of the bundled contracts: give its document by --spec FILE", oneLine(vendor, 60))
		}
	}
	d, err := p.driver(cmd, o.callFlags, vendor)
	if err != nil {
		return err
	}
	if r.Vendor != "" && r.Vendor != d.contract.Vendor && o.vendor == "" {
		fmt.Fprintf(p.stderr, p.speech.of("the recording is of %s, and is read by the contract %s\n", "该录制属于 %s，现按契约 %s 读取\n"), oneLine(r.Vendor, 60), d.contract.Vendor)
	}
	text, err := story.Draft(r, story.DraftConfig{Contract: d.contract, Source: sourceOf(d.contract, o.out), Workflow: o.workflow, Title: o.title})
	if err != nil {
		return fmt.Errorf("%s: %w", oneLine(args[0], 200), err)
	}
	if o.out == "" {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := report.WriteFile(o.out, func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(text)); return err }); err != nil {
		if inner := (*os.PathError)(nil); errors.As(err, &inner) {
			return fmt.Errorf("--out: %w", inner)
		}
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(p.stderr, p.speech.of("%s is written; run it by understudy run %[1]s\n", "已写入 %s；用 understudy run %[1]s 运行\n"), o.out)
	return nil
}

// sourceOf is how a story in a file refers to a contract: a bundled one by its id, else by the path to its document.
func sourceOf(c *specs.Contract, out string) string {
	if c.Bundled || len(c.Files) == 0 {
		return c.Vendor
	}
	file, errFile := filepath.Abs(c.Files[0])
	folder, errFolder := filepath.Abs(filepath.Dir(out))
	if out == "" {
		folder, errFolder = filepath.Abs(".")
	}
	if errFile != nil || errFolder != nil {
		return filepath.ToSlash(c.Files[0])
	}
	below, err := filepath.Rel(folder, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(below)
}
