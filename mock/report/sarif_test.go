package report_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"understudy/mock/report"
	"understudy/specs"
)

type sarifFile struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string `json:"name"`
				Rules []struct {
					ID   string `json:"id"`
					Text struct {
						Text string `json:"text"`
					} `json:"shortDescription"`
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	} `json:"runs"`
}

type sarifResult struct {
	Rule    string `json:"ruleId"`
	Index   *int   `json:"ruleIndex"`
	Level   string `json:"level"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
	Locations []struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				Line   int  `json:"startLine"`
				Column *int `json:"startColumn"`
			} `json:"region"`
		} `json:"physicalLocation"`
	} `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Baseline     string            `json:"baselineState"`
	Suppressions []struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	} `json:"suppressions"`
}

// readSARIF holds a log to what the schema of SARIF 2.1.0 and the readers of code scanning ask for.
func readSARIF(tb testing.TB, text []byte) sarifFile {
	tb.Helper()
	var f sarifFile
	if err := json.Unmarshal(text, &f); err != nil {
		tb.Fatal(err)
	}
	if f.Version != "2.1.0" || !strings.HasSuffix(f.Schema, "sarif-2.1.0.json") || len(f.Runs) != 1 || f.Runs[0].Tool.Driver.Name == "" || f.Runs[0].Results == nil {
		tb.Fatalf("the head of the log is wrong: %.400s", text)
	}
	run := f.Runs[0]
	ids, prints := map[string]bool{}, map[string]bool{}
	for _, r := range run.Tool.Driver.Rules {
		if ids[r.ID] || r.ID == "" || r.Text.Text == "" {
			tb.Errorf("rule %q is twice there, or says nothing", r.ID)
		}
		ids[r.ID] = true
	}
	for _, r := range run.Results {
		if r.Index == nil || *r.Index < 0 || *r.Index >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[*r.Index].ID != r.Rule {
			tb.Errorf("%s: its index names another rule", r.Rule)
		}
		if r.Level != "error" && r.Level != "warning" && r.Level != "note" {
			tb.Errorf("%s: level %q", r.Rule, r.Level)
		}
		if r.Message.Text == "" || !utf8.ValidString(r.Message.Text) || len(r.Locations) != 1 {
			tb.Errorf("%s: message %q, %d locations", r.Rule, r.Message.Text, len(r.Locations))
			continue
		}
		at := r.Locations[0].Physical
		if u, err := url.Parse(at.Artifact.URI); err != nil || u.String() == "" || at.Region.Line < 1 || at.Region.Column != nil && *at.Region.Column < 1 {
			tb.Errorf("%s: location %+v: %v", r.Rule, at, err)
		}
		print := r.Fingerprints["understudy/v1"]
		if print == "" || prints[print] {
			tb.Errorf("%s: fingerprint %q is empty or used twice", r.Rule, print)
		}
		prints[print] = true
	}
	return f
}

func TestSARIFIsReadByItsSchema(t *testing.T) {
	t.Parallel()
	f := readSARIF(t, write(t, report.WriteSARIF, sample()))
	results := f.Runs[0].Results
	if len(results) != 4 {
		t.Fatalf("%d results, want 4", len(results))
	}
	first := results[0]
	at := first.Locations[0].Physical
	if first.Rule != "violates-contract" || at.Artifact.URI != "api/pets%20v1.yaml" || at.Region.Line != 40 {
		t.Errorf("first result is %+v", first)
	}
	if results[1].Level != "warning" || results[1].Locations[0].Physical.Region.Line != 12 {
		t.Errorf("second result is %+v: want a warning where its operation stands", results[1])
	}
	for _, r := range results {
		if r.Baseline != "" {
			t.Errorf("%s: baselineState %q without a baseline", r.Rule, r.Baseline)
		}
	}
}

func TestSARIFSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	states := map[string]int{}
	for _, r := range readSARIF(t, write(t, report.WriteSARIF, withBaseline(t))).Runs[0].Results {
		states[r.Baseline]++
		if r.Baseline == "unchanged" && (len(r.Suppressions) != 1 || r.Suppressions[0].Justification != "TICKET-9") {
			t.Errorf("a known result is %+v", r)
		}
	}
	if states["unchanged"] != 1 || states["new"] != 3 {
		t.Errorf("states are %v", states)
	}
}

func TestFingerprintsDoNotDependOnTheData(t *testing.T) {
	t.Parallel()
	print := func(change func(*report.Finding)) string {
		r := sample()
		change(&r.Operations[0].Positive.Checked[1].Findings[0])
		return readSARIF(t, write(t, report.WriteSARIF, r)).Runs[0].Results[0].Fingerprints["understudy/v1"]
	}
	first := print(func(*report.Finding) {})
	if got := print(func(f *report.Finding) { f.Pointer, f.Got, f.At.Line = "/items/9/age", "-7", 99 }); got != first {
		t.Error("another item, value and line give another fingerprint")
	}
	if got := print(func(f *report.Finding) { f.Pointer = "/items/3/name" }); got == first {
		t.Error("another member has the same fingerprint")
	}
}

func TestFindingsOfADocument(t *testing.T) {
	t.Parallel()
	f := &report.Findings{
		Tool: "understudy lint", Rules: []report.Rule{{ID: "free-form", Severity: report.Warning, Text: "an object that may hold anything"}, {ID: "unused", Text: "x"}},
		List: []report.Finding{
			{Rule: "free-form", Severity: report.Warning, Message: "anything\nfits", Pointer: "/a", At: specs.Position{File: `C:\api\a.yaml`, Line: 3, Column: 5}},
			{Rule: "free-form", Severity: report.Note, Message: "anything fits", Pointer: "/a", At: specs.Position{File: "/abs/a b.yaml", Line: 4}},
			{Rule: "free-form", Message: "anything fits", Pointer: "/a", At: specs.Position{File: "a:b.yaml", Line: 4}},
		},
	}
	var sarif, text bytes.Buffer
	if err := report.WriteFindingsSARIF(&sarif, f); err != nil {
		t.Fatal(err)
	}
	read := readSARIF(t, sarif.Bytes())
	if len(read.Runs[0].Tool.Driver.Rules) != 2 {
		t.Error("a rule without findings is not told")
	}
	for i, want := range []string{"file:///C:/api/a.yaml", "file:///abs/a%20b.yaml", "./a:b.yaml"} {
		if got := read.Runs[0].Results[i].Locations[0].Physical.Artifact.URI; got != want {
			t.Errorf("URI %q, want %q", got, want)
		}
	}
	if err := report.WriteFindingsText(&text, f); err != nil {
		t.Fatal(err)
	}
	want := "C:\\api\\a.yaml:3: warning: anything fits [free-form]\n/abs/a b.yaml:4: note: anything fits [free-form]\na:b.yaml:4: error: anything fits [free-form]\n"
	if text.String() != want {
		t.Errorf("text is\n%s", text.String())
	}
	if f.Failures() != 2 {
		t.Errorf("%d failures, want 2", f.Failures())
	}
}
