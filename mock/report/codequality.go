package report

import (
	"io"

	"understudy/specs"
)

// issue is one entry of GitLab's code quality report.
type issue struct {
	Description string        `json:"description"`
	Check       string        `json:"check_name"`
	Fingerprint string        `json:"fingerprint"`
	Severity    string        `json:"severity"`
	Location    issueLocation `json:"location"`
}

type issueLocation struct {
	Path  string     `json:"path"`
	Lines issueLines `json:"lines"`
}

type issueLines struct {
	Begin int `json:"begin"`
}

// WriteCodeQuality writes the report that GitLab shows in merge requests: what the baseline knows is for information.
func WriteCodeQuality(w io.Writer, r *Report) error {
	issues := []issue{} // an empty report is an empty list, never null
	var prints prints
	add := func(contract, operation, check string, known bool, at specs.Position, f *Finding) {
		at = r.anywhere(at)
		one := issue{
			Description: line(operation+": "+check+": "+f.Sentence(), 1000), Check: clean(f.Rule), Severity: "major",
			Fingerprint: prints.next(fingerprint(contract, operation, check, f)),
			Location:    issueLocation{slashed(at.File), issueLines{max(at.Line, 1)}},
		}
		switch {
		case known:
			one.Severity, one.Description = "info", "known: "+one.Description
		case f.weight() == Warning:
			one.Severity = "minor"
		case f.weight() == Note:
			one.Severity = "info"
		}
		issues = append(issues, one)
	}
	r.failed(func(op *Operation, _ string, c *Check, f *Finding) {
		add(r.contract(op), op.ID, c.Name, c.Known, f.place(op), f)
	})
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed {
			add(r.Contract, "(no operation)", s.name(), s.Known, specs.Position{}, s.finding())
		}
	}
	return writeJSON(w, issues)
}
