package e2e_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/specs"
)

// TestReadmeTellsWhatIsChecked holds the table in README of what a check of our own simulator covers to such a check, and
// that check to be green.
func TestReadmeTellsWhatIsChecked(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, vendor := range specs.Vendors() {
		got := checkedAlone(t, vendor)
		for _, op := range got.Operations {
			for _, part := range op.Parts() {
				for _, c := range part.Checked {
					for _, f := range c.Findings {
						t.Errorf("%s: %s: %s: expected %s, got %s", op.ID, c.Name, f.Rule, f.Expected, f.Got)
					}
				}
			}
		}
		if row := coverageRow(vendor, got); !strings.Contains(string(readme), row+"\n") {
			t.Errorf("README does not have\n%s", row)
		}
		rows++
	}
	if rows == 0 {
		t.Error("there are no vendors")
	}
}

func checkedAlone(t *testing.T, vendor string) *report.Report {
	t.Helper()
	contract, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	defer front.Close()
	credentials, _ := server.Credentials(vendor)
	got, err := check.Run(t.Context(), check.Config{Contract: contract, Credentials: credentials, Target: front.URL, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// coverageRow is a vendor's line of the table.
func coverageRow(vendor string, r *report.Report) string {
	checks := map[string]int{}
	covered := func(lists ...[]report.Coverage) string {
		seen := map[string]bool{}
		for i, list := range lists {
			for _, c := range list {
				name := c.Name
				if len(lists) > 1 {
					name = fmt.Sprint(i, name)
				}
				seen[name] = seen[name] || c.Covered
			}
		}
		n := 0
		for _, yes := range seen {
			if yes {
				n++
			}
		}
		return fmt.Sprintf("%d of %d", n, len(seen))
	}
	operations := 0
	var codes []report.Coverage
	var statuses [][]report.Coverage
	for i := range r.Operations {
		op := &r.Operations[i]
		made := 0
		for _, part := range op.Parts() {
			checks[part.Name] += len(part.Checked)
			made += len(part.Checked)
		}
		if made > 0 {
			operations++
		}
		codes = append(codes, op.Codes...)
		statuses = append(statuses, op.Statuses)
	}
	return fmt.Sprintf("| `%s` | %d of %d | %d | %d | %d | %s | %s |", vendor, operations, len(r.Operations), checks["positive"], checks["negative"],
		checks["flow"], covered(statuses...), covered(codes))
}
