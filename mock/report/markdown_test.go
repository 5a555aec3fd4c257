package report_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/mock/report"
)

func TestMarkdownTellsWhatWasFound(t *testing.T) {
	t.Parallel()
	text := string(write(t, report.WriteMarkdown, withBaseline(t)))
	for _, want := range []string{
		"## understudy check: pets failed", "4 checks, 2 failures, 1 known", "| Operation | positive | negative | flow |",
		"| `listPets` `GET /pets` | **1 of 2 failed** | not checked | – |", "| `dropPet` `DELETE /pets/{id}` | 1 ok, 1 known | – | not checked |",
		"got -1 \\| \\`x\\` \\\\u001b", "&lt;b&gt;&#64;someone&lt;/b&gt;", "```sh\n    curl  -H 'Authorization: Bearer '\"$TOKEN\"",
		"| operations | 2 | 2 |", "| statuses | 1 | 2 |", "| business codes | 1 | 2 |", "- `E40|1`\n", "`listPets negative`",
		"`listPets unknown parameter`: is ignored", "`GET /favicon.ico`: no path fits (2 times)", "Remove from the baseline:\n\n- `listPets: positive: plain: gone`", "> cut short after 12 requests",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(text, "@someone") || strings.ContainsRune(text, '\x1b') {
		t.Error("a text of the server means something")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestMarkdownFitsAComment(t *testing.T) {
	t.Parallel()
	r := &report.Report{Contract: "big"}
	for i := range 1000 {
		var checks []report.Check
		for j := range 5 {
			checks = append(checks, report.Check{Name: fmt.Sprintf("positive: %d", j), Failed: j < i%5, Findings: []report.Finding{{
				Rule: "violates-contract", Message: strings.Repeat("long ", 500), Reproduce: "curl http://localhost/" + strings.Repeat("x", 3000),
			}}})
		}
		r.Operations = append(r.Operations, report.Operation{
			ID: fmt.Sprintf("operation%d", i), Method: "GET", Path: fmt.Sprintf("/things/%d", i), Positive: report.Part{Checked: checks},
			Negative: report.Part{NotChecked: []report.Reason{{Text: fmt.Sprintf("reason %d", i)}}}, Statuses: []report.Coverage{{Name: "404"}},
		})
	}
	text := string(write(t, report.WriteMarkdown, r))
	if n := len([]rune(text)); n > 65536 {
		t.Errorf("%d characters do not fit a comment", n)
	}
	if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened == 0 || opened != closed {
		t.Errorf("%d folds are opened, %d closed", opened, closed)
	}
	for _, want := range []string{"more failures are not shown here", "more are not shown", "| operations | 1000 | 1000 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

func TestMarkdownOfNothingSaysSo(t *testing.T) {
	t.Parallel()
	if text := string(write(t, report.WriteMarkdown, &report.Report{Contract: "pets"})); !strings.Contains(text, "checked nothing") {
		t.Errorf("report is %s", text)
	}
}
