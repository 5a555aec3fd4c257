package lint_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/mock/lint"
	"understudy/mock/report"
	"understudy/specs"
)

// examine reads a document and says what lint finds in it, whether it can be read or not.
func examine(file string) []report.Finding {
	c, err := specs.Read("t", file, specs.ReadConfig{})
	if err != nil {
		return lint.Failure(file, err)
	}
	return lint.Lint(c)
}

// TestEachRuleFindsItsExample holds each rule to a document of its own, in which the lines it has to name are marked, and
// in which it is the only one that finds more than a note.
func TestEachRuleFindsItsExample(t *testing.T) {
	t.Parallel()
	rules := lint.Rules()
	if len(rules) < 30 {
		t.Fatalf("only %d rules", len(rules))
	}
	for _, rule := range rules {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", rule.ID+".yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("the rule has no example: %v", err)
			}
			want := map[int]bool{}
			for i, line := range strings.Split(string(text), "\n") {
				if strings.HasSuffix(line, "# <-") {
					want[i+1] = true
				}
			}
			if len(want) == 0 && rule.ID != "unreadable" {
				t.Fatal("the example marks no line")
			}
			got := map[int]bool{}
			for _, f := range examine(file) {
				if f.Rule == rule.ID {
					if got[f.At.Line] = true; f.At.File == "" || filepath.Base(f.At.File) != filepath.Base(file) || f.Message == "" {
						t.Errorf("finding %+v lacks something", f)
					}
				} else if f.Severity != report.Note {
					t.Errorf("%s: %s: %s [%s]: another rule", f.At, f.Severity, f.Message, f.Rule)
				}
			}
			if rule.ID == "unreadable" && len(got) > 0 {
				return
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("found in lines %v, want %v", got, want)
				for _, f := range examine(file) {
					t.Logf("%s: %s: %s [%s]", f.At, f.Severity, f.Message, f.Rule)
				}
			}
		})
	}
}

func TestASoundDocumentHasNoFinding(t *testing.T) {
	t.Parallel()
	for _, f := range examine(filepath.Join("testdata", "clean.yaml")) {
		t.Errorf("%s: %s: %s [%s]", f.At, f.Severity, f.Message, f.Rule)
	}
}

func TestRulesAreListed(t *testing.T) {
	t.Parallel()
	rules := lint.Rules()
	if !slices.IsSortedFunc(rules, func(a, b report.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not in alphabetical order")
	}
	for i, r := range rules {
		if i > 0 && rules[i-1].ID == r.ID || r.Text == "" || !slices.Contains([]report.Severity{report.Error, report.Warning, report.Note}, r.Severity) {
			t.Errorf("rule %+v lacks something or is there twice", r)
		}
	}
}

func TestFailureTellsEachLine(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("all: %w", errors.Join(errors.New("a.yaml:3: the $ref leads nowhere"), errors.New(`C:\b.yaml:7:2: not YAML`), errors.New("no place")))
	got := lint.Failure("c.yaml", err)
	want := []string{"a.yaml:3: reference: the $ref leads nowhere", `C:\b.yaml:7: unreadable: not YAML`, "c.yaml:1: unreadable: no place"}
	for i, f := range got {
		if text := fmt.Sprintf("%s: %s: %s", f.At, f.Rule, f.Message); i >= len(want) || text != want[i] {
			t.Errorf("finding %d is %s", i, text)
		}
	}
	if len(got) != len(want) || lint.Failure("c.yaml", nil) != nil {
		t.Errorf("%d findings, want %d", len(got), len(want))
	}
}
