package lint_test

import (
	"testing"

	"understudy/mock/lint"
	"understudy/mock/report"
	"understudy/specs"
)

func TestOurOwnContractsAreSound(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there are no contracts")
	}
	for _, vendor := range vendors {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range lint.Lint(c) {
			if f.Severity != report.Note {
				t.Errorf("%s: %s: %s [%s]", f.At, f.Severity, f.Message, f.Rule)
			}
		}
	}
}
