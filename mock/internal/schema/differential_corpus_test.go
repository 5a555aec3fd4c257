package schema_test

import (
	"path/filepath"
	"testing"

	"understudy/specs"
)

// corpus are contracts that resemble what strangers write: those of this folder, in which every keyword stands, those that the
// whole simulator is held to, and those that lint finds something in.
func corpus(tb testing.TB) []*specs.Contract {
	tb.Helper()
	var list []*specs.Contract
	for _, folder := range []struct {
		path   string
		fewest int
	}{{"testdata/contracts", 15}, {"../../../e2e/testdata/contracts", 20}, {"../../lint/testdata", 25}} {
		files, err := specs.Documents(folder.path, specs.ReadConfig{})
		if err != nil {
			tb.Fatal(err)
		}
		count := 0
		for _, file := range files {
			c, err := specs.Read(filepath.Base(file), file, specs.ReadConfig{})
			if err != nil && folder.path == "../../lint/testdata" {
				continue // broken on purpose
			}
			if err != nil {
				tb.Fatal(err)
			}
			count++
			list = append(list, c)
		}
		if count < folder.fewest {
			tb.Fatalf("%s has %d contracts, fewer than %d", folder.path, count, folder.fewest)
		}
	}
	return list
}

// TestOnePassAgreesOverTheCorpus holds Accepts to DecodeJSON and Validate in contracts of others.
func TestOnePassAgreesOverTheCorpus(t *testing.T) {
	t.Parallel()
	list := corpus(t)
	found := map[string]int{}
	var all []*subject
	for _, c := range list {
		keywords(c, found)
		of, broken := subjects(c)
		if len(of) == 0 && broken == 0 && len(roots(c)) > 0 {
			t.Errorf("%s: no schema", c.Vendor)
		}
		all = append(all, of...)
	}
	met(t, found)
	sum := spread(t, all, 5_000_000, budget())
	sum.enough(t)
	t.Log(&sum)
}
