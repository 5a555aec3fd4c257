package lint_test

import (
	"testing"

	"understudy/mock/lint"
	"understudy/mock/report"
	"understudy/specs"
)

// meant lists what is told of our own contracts and stays as it is, with the reason.
func meant() map[string]string {
	return map[string]string{
		"zheliban free-form": "Z-4: nothing in the object is looked at",
	}
}

func TestOurOwnContractsAreSound(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there are no contracts")
	}
	used := map[string]bool{}
	for _, vendor := range vendors {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range lint.Lint(c) {
			if f.Severity == report.Note {
				continue
			}
			if key := vendor + " " + f.Rule; meant()[key] != "" && !used[key] {
				used[key] = true
				continue
			}
			t.Errorf("%s: %s: %s [%s]", f.At, f.Severity, f.Message, f.Rule)
		}
	}
	for key := range meant() {
		if !used[key] {
			t.Logf("%s is not told any more: take it out of the list", key)
		}
	}
}
