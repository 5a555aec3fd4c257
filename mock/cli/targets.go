package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/report"
)

// targets reads a flag that says which reports to write, and where. That they can be written is looked at before anything
// long begins.
func targets(cmd *cobra.Command, flag string, given []string) ([]report.Target, error) {
	list, err := report.ParseTargets(given...)
	if err != nil {
		return nil, usage(cmd, "--%s: %s", flag, err)
	}
	if err := writable(list); err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return list, nil
}

func writable(list []report.Target) error {
	for _, t := range list {
		if err := t.Check(); err != nil {
			return err
		}
	}
	return nil
}

// toOutput says whether one of the reports goes to standard output, which is then for it alone.
func toOutput(list []report.Target) bool {
	return slices.ContainsFunc(list, func(t report.Target) bool { return t.File == "-" })
}

// writeReports writes a report everywhere it is wanted; what fails is told, and keeps nothing else from being written.
func (p *program) writeReports(list []report.Target, r *report.Report) error {
	var failed []string
	for _, t := range list {
		err := p.writeReport(t, r)
		if err != nil {
			failed = append(failed, fmt.Sprintf("%s report: %s", t.Kind, err))
		}
	}
	if failed != nil {
		return fmt.Errorf("%s", strings.Join(failed, "; "))
	}
	return nil
}

func (p *program) writeReport(t report.Target, r *report.Report) error {
	if t.File != "-" {
		return t.Write(r)
	}
	switch t.Kind {
	case "junit":
		return report.WriteJUnit(p.stdout, r)
	case "sarif":
		return report.WriteSARIF(p.stdout, r)
	case "md":
		return report.WriteMarkdown(p.stdout, r)
	case "codequality":
		return report.WriteCodeQuality(p.stdout, r)
	case "har":
		return report.WriteHAR(p.stdout, r)
	}
	return fmt.Errorf("%q is no kind of report", t.Kind)
}
