package generate_test

import (
	"maps"
	"slices"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// FuzzAppend: what the writer writes is what the maker makes, and the validator that has the last word takes it.
func FuzzAppend(f *testing.F) {
	type place struct {
		g       *generate.Generator
		s       *schema.Schema
		pointer string
		view    schema.View
	}
	var all []place
	contracts := foreignContracts(f)
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			f.Fatal(err)
		}
		contracts = append(contracts, c)
	}
	for _, c := range contracts {
		set := schema.NewSet(c)
		g := generate.New(c, set)
		found := places(c)
		for _, pointer := range slices.Sorted(maps.Keys(found)) {
			if s, err := set.CompileView(pointer, found[pointer]); err == nil {
				all = append(all, place{g, s, pointer, found[pointer]})
			}
		}
	}
	for i := range all {
		f.Add(uint16(i), int64(i), byte(i))
	}
	f.Fuzz(func(t *testing.T, choice uint16, seed int64, how byte) {
		p := all[int(choice)%len(all)]
		o := generate.Options{View: p.view, Dynamic: how&1 > 0, Optional: generate.Optional((how >> 1) % 3), Depth: int(how >> 4)}
		judgeAppend(t, p.g, p.s, p.pointer, fake.New(seed), o)
	})
}
