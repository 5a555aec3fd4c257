package specs_test

import (
	"maps"
	"strings"
	"sync"
	"testing"

	"understudy/specs"
)

// TestWith holds the choice of readings to its promises.
func TestWith(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	if again := load(t, "zheliban"); again != c {
		t.Error("a contract should be loaded once")
	}
	if len(c.Readings()) != 0 || c.Readings() == nil {
		t.Errorf("the contract as it is has readings %v", c.Readings())
	}
	for _, nothing := range []map[string]string{nil, {}, {"Z-1": "any"}} {
		if got, err := c.With(nothing); err != nil || got != c {
			t.Errorf("%v should give the contract itself: %v", nothing, err)
		}
	}
	choice := map[string]string{"Z-1": "form", "Z-40": "text"}
	both := with(t, c, choice)
	choice["Z-1"] = "body"
	both.Readings()["Z-40"] = "number"
	if got := both.Readings(); !maps.Equal(got, map[string]string{"Z-1": "form", "Z-40": "text"}) {
		t.Errorf("the caller's map reaches into the contract: %v", got)
	}
	if with(t, c, map[string]string{"Z-40": "text", "Z-1": "form"}) != both {
		t.Error("the same choice should give the same contract")
	}
	if step, err := with(t, c, map[string]string{"Z-40": "text"}).With(map[string]string{"Z-1": "form"}); err != nil || step != both {
		t.Errorf("a second choice should be laid over the first: %v", err)
	}
	if other, err := both.With(map[string]string{"Z-1": "body"}); err != nil || other != with(t, c, map[string]string{"Z-1": "body", "Z-40": "text"}) {
		t.Errorf("another name should take the place of the first: %v", err)
	}
	if back, err := both.With(map[string]string{"Z-1": "any"}); err != nil || back != with(t, c, map[string]string{"Z-40": "text"}) {
		t.Errorf("any should take a choice back: %v", err)
	}
	if same, err := both.With(nil); err != nil || same != both {
		t.Errorf("an empty choice should give the contract: %v", err)
	}
	if named := with(t, c, map[string]string{"Z-40": "number"}); named == c {
		t.Error("the default by name is strict, and so another contract")
	}
	if len(both.Operations) != len(c.Operations) || both.Vendor != c.Vendor || both.Title != c.Title || len(both.Unclear) != len(c.Unclear) {
		t.Error("a reading should leave everything else alone")
	}
}

func TestWithIsSafeForMany(t *testing.T) {
	t.Parallel()
	data := text(t, "weixiao", "openapi.yaml")
	c, err := specs.Parse("weixiao", "mine.yaml", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	choices := append(alone(c), together(c)...)
	results := make([][]*specs.Contract, 4)
	var all sync.WaitGroup
	for i := range results {
		results[i] = make([]*specs.Contract, len(choices))
		all.Go(func() {
			for j, choice := range choices {
				results[i][j], _ = c.With(choice)
			}
		})
	}
	all.Wait()
	for j, choice := range choices {
		for i := range results {
			if results[i][j] == nil || results[i][j] != results[0][j] {
				t.Errorf("%v gave two contracts", choice)
			}
		}
	}
	if got := results[0][0].Position("/info").File; got != "mine.yaml" {
		t.Errorf("the caller's document is called %s", got)
	}
}

func TestWithMistakes(t *testing.T) {
	t.Parallel()
	plain, err := specs.Parse("toy", "toy.yaml", []byte(toy))
	if err != nil {
		t.Fatal(err)
	}
	own, err := specs.Parse("toy", "toy.yaml", []byte(toy+"x-unclear:\n  - {id: b, question: c, questionZh: d, default: any, readings: [{name: e, meaning: f, meaningZh: g}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := with(t, load(t, "zheliban"), map[string]string{"Z-1": "form"}).Overlay("fix.yaml", []byte(head+"- {target: $.info, update: {summary: s}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	spoilt, err := load(t, "zheliban").Overlay("fix.yaml", []byte(head+"- {target: \"$['x-wire'].seal.carriers\", remove: true}\n- {target: \"$['x-wire'].seal.directions\", remove: true}\n- {target: \"$['x-wire'].seal\", update: {directions: [response]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		c      *specs.Contract
		choice map[string]string
		want   []string
	}{
		{"unknown id", load(t, "mytijian"), map[string]string{"T-99": "list"}, []string{`mytijian: no unclear clause "T-99"; there are T-4, T-5, T-8`}},
		{"unknown name", load(t, "mytijian"), map[string]string{"T-4": "map"}, []string{`mytijian: T-4 has no reading "map"; it has list, object`}},
		{"unknown name beside any", load(t, "zheliban"), map[string]string{"Z-1": "cookie"}, []string{`Z-1 has no reading "cookie"; it has body, form, quoted, any`}},
		{"any where it is a reading", load(t, "zheliban"), map[string]string{"Z-3": "lax"}, []string{`Z-3 has no reading "lax"; it has any, strict`}},
		{"any where it is none", load(t, "mytijian"), map[string]string{"T-4": "any"}, []string{`T-4 has no reading "any"; it has list, object`}},
		{"all at once", load(t, "mytijian"), map[string]string{"T-4": "map", "T-5": "blob", "X": "y"}, []string{`"map"`, `"blob"`, `"X"`}},
		{"a document without clauses", plain, map[string]string{"b": "e"}, []string{`toy: no unclear clause "b"; there are none`}},
		{"a reading without overlay", own, map[string]string{"b": "e"}, []string{"toy.yaml:19: the reading b=e has no overlay toy/readings/b.e.yaml"}},
		{"a reading from before an overlay", fixed, map[string]string{"Z-1": "body"}, []string{`Z-1 was read as "form" before an overlay was applied`}},
		{"a reading that an overlay has spoilt", spoilt, map[string]string{"Z-1": "body"}, []string{"zheliban/readings/Z-1.body.yaml:7: $['x-wire'].seal.carriers: the path selects nothing"}},
	}
	for _, tt := range tests {
		got, err := tt.c.With(tt.choice)
		if err == nil || got != nil {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %s, got %v", tt.name, want, err)
			}
		}
	}
	if both, err := fixed.With(map[string]string{"Z-1": "form", "Z-40": "text"}); err != nil || !maps.Equal(both.Readings(), map[string]string{"Z-1": "form", "Z-40": "text"}) {
		t.Errorf("readings go on after an overlay: %v", err)
	}
}
