package generate_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// reporter is what a test, a fuzz target and a property have in common.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// becameOf is what Append made of a schema and a source.
type becameOf int

const (
	notWritten becameOf = iota
	refused             // what is written does not keep the schema: its sender finds that out, and asks Value
	kept
)

// judgeAppend holds what Append writes to what Value makes: what the validator with the last word takes is the very same value.
func judgeAppend(t reporter, g *generate.Generator, s *schema.Schema, pointer string, src fake.Source, o generate.Options) becameOf {
	t.Helper()
	const before = "before"
	text, ok := g.Append([]byte(before), pointer, src, o)
	if !ok {
		if string(text) != before {
			t.Fatalf("%s: Append gives up and leaves %q", pointer, text)
		}
		return notWritten
	}
	if len(text) < len(before) || string(text[:len(before)]) != before {
		t.Fatalf("%s: Append changed what stood before: %q", pointer, text)
	}
	text = text[len(before):]
	read, jsonErr := wire.DecodeJSON(append([]byte(nil), text...), wire.JSONOptions{})
	if jsonErr != nil {
		t.Fatalf("%s: Append writes %s: %v", pointer, text, jsonErr)
	}
	if again, ok := g.Append(nil, pointer, src, o); !ok || string(again) != string(text) {
		t.Fatalf("%s: the same source gave\n%s\nand\n%s", pointer, text, again)
	}
	valid := len(s.Validate(read)) == 0
	if s.Accepts(text, schema.Syntax{}) && !valid {
		t.Fatalf("%s: one pass takes %s, which is not valid", pointer, text)
	}
	if !valid {
		return refused
	}
	made, err := g.Value(pointer, src, o)
	if err != nil {
		t.Fatalf("%s: Append writes %s where Value says %v", pointer, text, err)
	}
	if !reflect.DeepEqual(read, made) {
		other, _ := json.Marshal(made)
		t.Fatalf("%s: Append writes\n%s\nValue makes\n%s", pointer, text, other)
	}
	return kept
}

// foreignContracts are those of others that the tests of this module hold.
func foreignContracts(tb testing.TB) []*specs.Contract {
	tb.Helper()
	var list []*specs.Contract
	for _, folder := range []string{"../schema/testdata/contracts", "../../../e2e/testdata/contracts"} {
		files, err := specs.Documents(folder, specs.ReadConfig{})
		if err != nil || len(files) < 10 {
			tb.Fatalf("%s: %d contracts, %v", folder, len(files), err)
		}
		for _, file := range files {
			c, err := specs.Read(filepath.Base(file), file, specs.ReadConfig{})
			if err != nil {
				tb.Fatal(err)
			}
			list = append(list, c)
		}
	}
	return list
}

// TestAppendWritesWhatValueMakes holds the writer to the maker, for every contract that there is.
func TestAppendWritesWhatValueMakes(t *testing.T) {
	t.Parallel()
	contracts := foreignContracts(t)
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		contracts = append(contracts, c)
	}
	all, became := 0, map[becameOf]int{}
	for _, c := range contracts {
		set := schema.NewSet(c)
		g := generate.New(c, set)
		for pointer, view := range places(c) {
			s, err := set.CompileView(pointer, view)
			if err != nil {
				continue
			}
			for i := range 12 {
				o := generate.Options{View: view, Dynamic: i%4 > 0, Optional: generate.Optional(i % 3), Depth: []int{0, 1, 3}[i/4]}
				all++
				became[judgeAppend(t, g, s, pointer, fake.New(int64(i), pointer), o)]++
			}
		}
	}
	t.Logf("of %d values %d were written without being made, and %d more in vain", all, became[kept], became[refused])
	if became[kept]*2 < all || became[refused]*20 > all {
		t.Errorf("of %d values only %d were written, and %d more in vain", all, became[kept], became[refused])
	}
}

// TestAppendWritesRandomSchemas does the same for schemas made up at random.
func TestAppendWritesRandomSchemas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, c, set, view, s := drawn(t)
		o := generate.Options{View: view, Dynamic: rapid.Bool().Draw(t, "dynamic"), Optional: generate.Optional(rapid.IntRange(0, 2).Draw(t, "optional"))}
		judgeAppend(t, generate.New(c, set), s, root, fake.New(rapid.Int64().Draw(t, "seed")), o)
	})
}
