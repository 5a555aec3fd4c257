package arazzo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestHostile: documents that are small on disk and cost much where each thing is held to all others.
func TestHostile(t *testing.T) {
	t.Parallel()
	const many = 8000
	each := func(format string) string {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, format, i, i+1)
		}
		return b.String()
	}
	tests := []struct{ name, text, want string }{
		{"inputs that refer to themselves many times", head + "  - workflowId: w\n    inputs: {allOf: [" + strings.Repeat("{$ref: '#/workflows/0/inputs'},", 30) + "{}]}\n    steps: [{stepId: a, operationId: b}]\n", ""},
		{"many outputs", one("      - stepId: a\n        operationId: list\n        outputs:\n" + each("          o%d: $url # %d\n") + "    outputs:\n" + each("      p%[1]d: $steps.a.outputs.o%[1]d # %[2]d\n")), ""},
		{"a long chain", head + each("  - {workflowId: w%d, dependsOn: [w%d], steps: [{stepId: a, operationId: b}]}\n") + fmt.Sprintf("  - {workflowId: w%d, steps: [{stepId: a, operationId: b}]}\n", many), ""},
		{"many mistakes", strings.Replace(one(okStep), "info", each("m%d: %d\n")+"info", 1), "a story: there is no member m199\ns.yaml: and 7800 more"},
		{"many steps that are not there", one(each("      - {stepId: s%d, operationId: list, onSuccess: [{name: a, type: goto, stepId: q%d}]}\n")), "and 7800 more"},
		{"a long pattern", one("      - {stepId: a, operationId: list, successCriteria: [{context: $url, type: regex, condition: '" + strings.Repeat("(a*)*", 3000) + "'}]}\n"), "s.yaml:9: the pattern has more than the 10000 bytes that one may have"},
		{"a deep condition", one("      - {stepId: a, operationId: list, successCriteria: [{condition: '" + strings.Repeat("(", 100_000) + "'}]}\n"), "more than 50 levels deep"},
	}
	for _, tt := range tests {
		began := time.Now()
		_, err := Parse("s.yaml", []byte(tt.text))
		if got := fmt.Sprint(err); !strings.HasSuffix(got, tt.want) || tt.want == "" && err != nil {
			t.Errorf("%s: %.300s", tt.name, got)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", tt.name, took)
		}
	}
}

// TestProblemsArePrintable: what stands in a document does nothing to a terminal.
func TestProblemsArePrintable(t *testing.T) {
	t.Parallel()
	_, err := Parse("s.yaml", []byte(one("      - {stepId: a, operationId: list, \"\\e[31mred\": 1, parameters: [{name: \"\\a\\u202E\", in: query, value: 1}, {name: \"\\a\\u202E\", in: query, value: 1}]}\n")))
	var wrong *InvalidError
	if !errors.As(err, &wrong) || len(wrong.Problems) != 2 {
		t.Fatal(err)
	}
	want := []string{"s.yaml:9: a step: there is no member ?[31mred", "s.yaml:9: the parameter ?? is there twice"}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
