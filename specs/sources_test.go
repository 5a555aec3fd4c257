package specs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/specs"
)

// clauses is how a vendor's numbered ambiguities are called: a letter and the last number.
type clauses struct {
	letter string
	last   int
}

func clauseLetters() map[string]clauses {
	return map[string]clauses{
		"mytijian": {"T", 33}, "weixiao": {"W", 40}, "zheliban": {"Z", 67}, "alihealth": {"A", 38}, "eazytec": {"E", 38},
	}
}

// TestDecisions asks each SOURCES.md for one line per numbered ambiguity, in order, each with a decision.
func TestDecisions(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`(?m)^- \*\*([A-Z]-[0-9]+)\*\* (.*)$`)
	each(t, func(t *testing.T, c *specs.Contract) {
		own := clauseLetters()[c.Vendor]
		var want, got []string
		for i := range own.last {
			want = append(want, fmt.Sprintf("%s-%d", own.letter, i+1))
		}
		for _, m := range line.FindAllStringSubmatch(text(t, c.Vendor, "SOURCES.md"), -1) {
			got = append(got, m[1])
			if question, decision, ok := strings.Cut(m[2], " → "); !ok || strings.TrimSpace(question) == "" || strings.TrimSpace(decision) == "" {
				t.Errorf("%s does not say what was asked and how it was decided", m[1])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("decisions %v, want %s-1 to %s-%d, each once", got, own.letter, own.letter, own.last)
		}
	})
}

// TestVectors asks every ciphered or signed vendor for outside truth, and every row for where it comes from.
func TestVectors(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *specs.Contract) {
		data, err := specs.Vectors(c.Vendor)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Scheme, Rule string
			Vectors      []struct{ ID, Rule, Source, Expect string }
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		guarded := slices.ContainsFunc(c.Operations, func(op *specs.Operation) bool { return op.Wire.Seal != nil || op.Wire.Sign != nil })
		if guarded != (len(file.Vectors) > 0) || guarded == (file.Scheme == "none") || file.Rule == "" {
			t.Errorf("scheme %q has %d vectors; sealed or signed: %t", file.Scheme, len(file.Vectors), guarded)
		}
		seen, expects := map[string]bool{}, map[string]int{}
		for _, v := range file.Vectors {
			if v.ID == "" || v.Rule == "" || seen[v.ID] {
				t.Errorf("vector %q needs an id of its own and a rule", v.ID)
			}
			if known := []string{"vendor-doc", "public-example", "jdk", "openssl", "derived"}; !slices.Contains(known, v.Source) {
				t.Errorf("vector %s: unknown source %q", v.ID, v.Source)
			}
			seen[v.ID] = true
			expects[v.Expect]++
		}
		if expects["accept"]+expects["reject"] != len(file.Vectors) || guarded && (expects["accept"] == 0 || expects["reject"] == 0) {
			t.Errorf("expectations %v", expects)
		}
	})
}

// TestClauses holds every clause that a contract names to the numbers there are, so that a diagnosis never quotes one
// that does not exist.
func TestClauses(t *testing.T) {
	t.Parallel()
	letters := clauseLetters()
	clause := regexp.MustCompile(`\b([A-Z])-([0-9]+)\b`)
	skip := regexp.MustCompile(`UTF-8|HMAC-SHA256`)
	each(t, func(t *testing.T, c *specs.Contract) {
		own := letters[c.Vendor]
		document := text(t, c.Vendor, "openapi.yaml")
		for _, u := range c.Unclear {
			for _, r := range u.Readings {
				if !r.Base {
					document += text(t, c.Vendor, "readings/"+u.ID+"."+r.Name+".yaml")
				}
			}
		}
		found := clause.FindAllStringSubmatch(skip.ReplaceAllString(document, ""), -1)
		if len(found) == 0 {
			t.Fatal("the contract names no clause")
		}
		for _, m := range found {
			if n, _ := strconv.Atoi(m[2]); m[1] != own.letter || n < 1 || n > own.last {
				t.Errorf("there is no clause %s", m[0])
			}
		}
	})
}
