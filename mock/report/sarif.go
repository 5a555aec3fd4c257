package report

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"understudy/specs"
)

// The objects of SARIF 2.1.0 (OASIS), as far as they are used here.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations,omitempty"`
		Details     *sarifDetails     `json:"automationDetails,omitempty"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string      `json:"id"`
		Text          *sarifText  `json:"shortDescription,omitempty"`
		Configuration *sarifLevel `json:"defaultConfiguration,omitempty"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful bool   `json:"executionSuccessful"`
		Start      string `json:"startTimeUtc,omitempty"`
		End        string `json:"endTimeUtc,omitempty"`
	}
	sarifDetails struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		Rule         string             `json:"ruleId"`
		Index        int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]string  `json:"properties,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

// WriteSARIF writes SARIF 2.1.0: one result for each finding, at its place in the contract. Where a baseline knows some
// of them, each result says whether it is new, and the known ones are suppressed with the reason given there.
func WriteSARIF(w io.Writer, r *Report) error {
	s := newSARIF(r.Tool, r.Version, nil)
	run := &s.Runs[0]
	run.Details = &sarifDetails{ID: clean(cmp.Or(r.Tool, "understudy") + "/" + cmp.Or(r.Contract, "contracts") + "/")}
	call := sarifInvocation{Successful: true}
	if !r.Started.IsZero() {
		call.Start, call.End = instant(r.Started), instant(r.Started.Add(r.Duration))
	}
	run.Invocations = []sarifInvocation{call}
	var prints prints
	compared := r.KnownFailures() > 0
	add := func(contract, operation, check string, known bool, why string, at specs.Position, f *Finding) {
		res := run.result(r.anywhere(at), f)
		res.Locations[0].Logical = []sarifLogical{{clean(contract + "." + operation), "function"}}
		res.Fingerprints = map[string]string{"understudy/v1": prints.next(fingerprint(contract, operation, check, f))}
		res.Properties = properties(check, f)
		if compared {
			res.Baseline = "new"
		}
		if known {
			res.Baseline = "unchanged"
			res.Suppressions = []sarifSuppression{{"external", clean(why)}}
		}
		run.Results = append(run.Results, res)
	}
	r.failed(func(op *Operation, _ string, c *Check, f *Finding) {
		add(r.contract(op), op.ID, c.Name, c.Known, c.KnownWhy, f.place(op), f)
	})
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed {
			add(r.Contract, "(no operation)", s.name(), s.Known, "", specs.Position{}, s.finding())
		}
	}
	return writeJSON(w, s)
}

// WriteFindingsSARIF writes SARIF 2.1.0: one result for each finding, and every rule there is.
func WriteFindingsSARIF(w io.Writer, f *Findings) error {
	s := newSARIF(f.Tool, f.Version, f.Rules)
	run := &s.Runs[0]
	run.Invocations = []sarifInvocation{{Successful: true}}
	var prints prints
	for i := range f.List {
		one := &f.List[i]
		res := run.result(one.At, one)
		res.Fingerprints = map[string]string{"understudy/v1": prints.next(fingerprint(slashed(one.At.File), "", "", one))}
		res.Properties = properties("", one)
		run.Results = append(run.Results, res)
	}
	return writeJSON(w, s)
}

func newSARIF(tool, version string, rules []Rule) *sarifLog {
	s := &sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}}}
	d := &s.Runs[0].Tool.Driver
	d.Name, d.Version, d.Rules = cmp.Or(clean(tool), "understudy"), clean(version), []sarifRule{}
	for _, r := range rules {
		d.Rules = append(d.Rules, sarifRule{ID: r.ID, Text: &sarifText{r.Text}, Configuration: &sarifLevel{string(cmp.Or(r.Severity, Error))}})
	}
	return s
}

// result makes a result and, where it is new, its rule.
func (run *sarifRun) result(at specs.Position, f *Finding) sarifResult {
	rules := &run.Tool.Driver.Rules
	id := cmp.Or(clean(f.Rule), "failed")
	index := slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == id })
	if index < 0 {
		index = len(*rules)
		*rules = append(*rules, sarifRule{ID: id, Text: &sarifText{strings.ReplaceAll(id, "-", " ")}})
	}
	return sarifResult{
		Rule: id, Index: index, Level: string(f.weight()), Message: sarifText{clean(f.Sentence())},
		Locations: []sarifLocation{{Physical: sarifPhysical{sarifArtifact{fileURI(at.File)}, sarifRegion{max(at.Line, 1), max(at.Column, 0)}}}},
	}
}

// properties are what SARIF has no place for.
func properties(check string, f *Finding) map[string]string {
	all := map[string]string{
		"check": check, "in": f.In, "pointer": f.Pointer, "keyword": f.Keyword, "expected": f.Expected, "got": f.Got, "clause": f.Clause,
		"reproduce": f.Reproduce,
	}
	for name, v := range all {
		if v == "" {
			delete(all, name)
			continue
		}
		all[name] = clean(v)
	}
	return all
}

// anywhere is a place, or the first line of the file that the operations stand in: readers insist on a file.
func (r *Report) anywhere(at specs.Position) specs.Position {
	if at.File != "" {
		return at
	}
	for i := range r.Operations {
		if file := r.Operations[i].At.File; file != "" {
			return specs.Position{File: file, Line: 1}
		}
	}
	return specs.Position{File: cmp.Or(r.Contract, "contract"), Line: 1}
}

// slashed is a path as repositories write it: with slashes, and relative without a dot in front.
func slashed(file string) string {
	file = strings.ReplaceAll(clean(file), `\`, "/")
	if file == "" {
		return "contract"
	}
	return strings.TrimPrefix(path.Clean(file), "./")
}

// fileURI is a file as a URI: a relative reference, or file: for an absolute path (C:\… too).
func fileURI(file string) string {
	file = slashed(file)
	switch {
	case len(file) > 2 && file[1] == ':' && file[2] == '/':
		return (&url.URL{Scheme: "file", Path: "/" + file}).String()
	case strings.HasPrefix(file, "/"):
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	return (&url.URL{Path: file}).String()
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// writeJSON writes a value as indented JSON that HTML does not spoil.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
