package mock

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
)

// TestEveryDiagnosisHasAText reads the ids in this package's and the behaviours' source: one without a text would reach
// people as an id alone.
func TestEveryDiagnosisHasAText(t *testing.T) {
	t.Parallel()
	known := diagnosis.IDs()
	named := regexp.MustCompile(`(?:diagnosis\.New\(|refuse\([^"]*, |failure\(|ID: )"([a-z0-9-]+)"`)
	rows := regexp.MustCompile(`Error\{ID: "`)
	found := 0
	for _, pattern := range []string{"*.go", "behave/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// The id of a vendor's error is a row of its catalogue, not a diagnosis.
			for _, m := range named.FindAllStringSubmatch(rows.ReplaceAllString(string(text), ""), -1) {
				found++
				if id := m[1]; id != "json-" && !slices.Contains(known, id) {
					t.Errorf("%s: the diagnosis %s has no text", file, id)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d ids were found in the source", found)
	}
	for _, reason := range []string{
		wire.JSONDuplicateName, wire.JSONSyntax, wire.JSONDepth, wire.JSONUTF8, wire.JSONTrailing, wire.JSONBOM, wire.JSONNul, wire.JSONEmpty,
	} {
		if !slices.Contains(known, "json-"+reason) {
			t.Errorf("the diagnosis json-%s has no text", reason)
		}
	}
}
