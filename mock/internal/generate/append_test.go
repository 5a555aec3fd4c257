package generate_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// failer is a test of either kind.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// agreed holds a written value to the one that is made, and says whether one was written and whether it keeps its schema.
func agreed(t failer, g *generate.Generator, s *schema.Schema, pointer string, src fake.Source, o generate.Options) (written, kept bool) {
	t.Helper()
	before := []byte("before")
	text, ok := g.Append(before, pointer, src, o)
	if !strings.HasPrefix(string(text), "before") {
		t.Fatalf("%s: what was there is gone: %s", pointer, text)
	}
	if writes, why := g.Writes(pointer, o); ok && !writes || writes != (why == "") {
		t.Fatalf("%s: written %v, though: %v %q", pointer, ok, writes, why)
	}
	if !ok {
		if len(text) != len(before) {
			t.Fatalf("%s: nothing is written, and there is %s", pointer, text)
		}
		return false, false
	}
	text = text[len(before):]
	v, wrong := wire.DecodeJSON(text, wire.JSONOptions{})
	if wrong != nil {
		t.Fatalf("%s: %v: %s", pointer, wrong, text)
	}
	if len(s.Validate(v)) > 0 {
		return true, false
	}
	made, err := g.Value(pointer, src, o)
	if err != nil {
		t.Fatalf("%s: written, and: %v", pointer, err)
	}
	if !reflect.DeepEqual(v, made) {
		other, _ := json.Marshal(made)
		t.Fatalf("%s: written\n%s\nmade\n%s", pointer, text, other)
	}
	if again, _ := g.Append(nil, pointer, src, o); string(again) != string(text) {
		t.Fatalf("%s: written\n%s\nand then\n%s", pointer, text, again)
	}
	return true, true
}

func TestWhatIsWrittenIsWhatIsMade(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			set := schema.NewSet(c)
			g := generate.New(c, set)
			schemas, unwritten, tries, kept := 0, 0, 0, 0
			for pointer, view := range places(c) {
				s, err := set.CompileView(pointer, view)
				if err != nil {
					t.Fatal(err)
				}
				schemas++
				if ok, why := g.Writes(pointer, generate.Options{View: view, Dynamic: true}); !ok {
					unwritten++
					if !strings.HasSuffix(why, ": contentMediaType") {
						t.Errorf("%s is not written: %s", pointer, why)
					}
				}
				for i := range 24 {
					o := generate.Options{View: view, Dynamic: i%2 == 1, Optional: generate.Optional(i / 2 % 3), Depth: i % 5}
					written, valid := agreed(t, g, s, pointer, fake.New(int64(i), pointer), o)
					if written {
						tries++
					}
					if valid {
						kept++
					}
				}
			}
			t.Logf("%d schemas, %d not written; %d values written, %d kept their schema", schemas, unwritten, tries, kept)
			if schemas == 0 || tries == 0 || kept*100 < tries*99 {
				t.Errorf("%d schemas, %d not written; %d values written, only %d kept their schema", schemas, unwritten, tries, kept)
			}
		})
	}
}

func TestHardSchemasAreWrittenAsTheyAreMade(t *testing.T) {
	t.Parallel()
	for _, h := range hard {
		c := contract(t, h.schemas)
		set := schema.NewSet(c)
		g := generate.New(c, set)
		s, err := set.Compile(root)
		if err != nil {
			t.Fatal(err)
		}
		written, kept := 0, 0
		for i := range 24 {
			o := generate.Options{Dynamic: i%2 == 0, Optional: generate.Optional(i % 3), Depth: i % 4}
			one, valid := agreed(t, g, s, root, fake.New(int64(i)), o)
			if one {
				written++
			}
			if valid {
				kept++
			}
		}
		// What one look cannot decide may be written wrongly, and nothing else.
		if kept < written && h.name != "one of required" && h.name != "one of overlapping numbers" {
			t.Errorf("%s: %d of %d written values keep the schema", h.name, kept, written)
		}
		if _, why := g.Writes(root, generate.Options{Dynamic: true}); written == 0 && !slices.Contains(unwritten, why[strings.LastIndexByte(why, ' ')+1:]) {
			t.Errorf("%s is not written: %s", h.name, why)
		}
	}
}

// unwritten are the keywords that stand in the way of writing.
var unwritten = []string{"contains", "contentMediaType", "dependentRequired", "dependentSchemas", "if", "not", "patternProperties", "propertyNames"}

// TestWhatBreaksAnAlternativeIsNotWritten has a value that breaks the alternative that was taken and keeps another one: Value
// makes it anew, so it may not be written.
func TestWhatBreaksAnAlternativeIsNotWritten(t *testing.T) {
	t.Parallel()
	const digit, whole = `{"type": "integer", "minimum": 1, "maximum": 9, "not": {"enum": [1, 2, 3]}}`, `{"type": "integer"}`
	const object = `{"type": "object", "required": ["n"], "properties": {"n": `
	for _, alternatives := range []string{digit + ", " + whole, object + digit + "}}, " + object + whole + "}}"} {
		c := contract(t, `{"Root": {"type": "object", "required": ["m"], "properties": {"m": {"anyOf": [`+alternatives+`]}}}}`)
		set := schema.NewSet(c)
		g := generate.New(c, set)
		s, err := set.Compile(root)
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for i := range 200 {
			if one, _ := agreed(t, g, s, root, fake.New(int64(i)), generate.Options{}); one {
				written++
			}
		}
		if written == 0 || written == 200 {
			t.Errorf("%s: %d of 200 were written", alternatives, written)
		}
	}
}

func TestRandomSchemasAreWrittenAsTheyAreMade(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, c, set, view, s := drawn(t)
		g := generate.New(c, set)
		seed := rapid.Int64().Draw(t, "seed")
		for i := range 12 {
			agreed(t, g, s, root, fake.New(seed).Index(i), generate.Options{View: view, Dynamic: i%2 == 0, Optional: generate.Optional(i / 2 % 3), Depth: i % 4})
		}
	})
}
