package specs

import (
	"testing"
	"testing/fstest"
)

// TestReadingsComeInTheOrderOfTheDocument lets two readings write to one place: the clause that stands last has its way,
// whoever was chosen first and however they are called.
func TestReadingsComeInTheOrderOfTheDocument(t *testing.T) {
	t.Parallel()
	c, err := Parse("toy", "toy.yaml", []byte(`openapi: 3.1.0
x-understudy: 1
info: {title: t, version: "1"}
x-unclear:
  - {id: b, question: q, questionZh: z, default: any, readings: [{name: r, meaning: m, meaningZh: z}]}
  - {id: a, question: q, questionZh: z, default: any, readings: [{name: r, meaning: m, meaningZh: z}]}
paths: {}
`))
	if err != nil {
		t.Fatal(err)
	}
	file := func(clause string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n- {target: $.info, update: {summary: " + clause + "}}\n")}
	}
	c.overlays = fstest.MapFS{"toy/readings/a.r.yaml": file("a"), "toy/readings/b.r.yaml": file("b")}
	for _, first := range []string{"a", "b"} {
		one, err := c.With(map[string]string{first: "r"})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := one.Value("/info/summary"); got != first {
			t.Errorf("%s alone wrote %v", first, got)
		}
		both, err := one.With(map[string]string{"a": "r", "b": "r"})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := both.Value("/info/summary"); got != "a" {
			t.Errorf("%s was chosen first, the last word is %v", first, got)
		}
		if got := both.Position("/info/summary").String(); got != "toy/readings/a.r.yaml:4" {
			t.Errorf("it stands at %s", got)
		}
	}
}
