package generate_test

import (
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

func TestWhichCasesThereAre(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ schema, names string }{
		{`{"type": "integer", "minimum": 1, "maximum": 9}`, "plain|minimum|minimum inside|maximum|maximum inside"},
		{`{"type": "number", "exclusiveMinimum": 0.001, "maximum": 3}`, "plain|exclusiveMinimum|exclusiveMinimum inside|maximum|maximum inside"},
		{`{"type": "integer", "format": "int32"}`, "plain|int32 minimum|int32 minimum inside|int32 maximum|int32 maximum inside"},
		{`{"type": "integer"}`, "plain"},
		{`{"type": "string", "minLength": 2, "maxLength": 5}`, "plain|minLength|maxLength|chinese|emoji|signs"},
		{`{"type": "string", "pattern": "^[a-z]{2,5}$"}`, "plain"},
		{`{"type": ["string", "null"]}`, "plain|empty|chinese|emoji|signs|null"},
		{`{"type": "string", "format": "date"}`, "plain|leap day|far date|early date"},
		{`{"type": "string", "enum": ["a", "b"]}`, "plain|enum a|enum b"},
		{`{"type": "boolean"}`, "plain|true|false"},
		{`{"type": "array", "items": {"enum": ["a"]}, "minItems": 1, "maxItems": 3}`, "plain|minItems|maxItems|two elements"},
		{`{"type": "array", "items": {"enum": ["a"]}}`, "plain|enum a /0|empty|two elements"},
		{`{"oneOf": [{"const": 1}, {"const": "x"}, {"type": "null"}]}`, "plain|enum 1|oneOf 1|null"},
		{`{"type": "object", "required": ["a"], "properties": {"a": {"enum": ["v"]}, "b": {"const": 1}, "c": {"const": 2}}}`,
			"plain|optional all|optional none|optional row 2|optional row 3"},
		{`{"type": "object", "properties": {"in": {"type": "object", "properties": {"a": {"const": 1}}}}}`, "plain|optional all|optional none|optional none /in"},
	} {
		c := contract(t, `{"Root": `+tc.schema+`}`)
		g := generate.New(c, schema.NewSet(c))
		var names []string
		for _, one := range g.Cases(root, fake.New(1), generate.Options{}) {
			names = append(names, one.Name)
		}
		want := strings.Split(tc.names, "|")
		slices.Sort(want)
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tc.schema, names, want)
		}
	}
}

// TestOptionalMembersByPairs counts the combinations of every two of twelve members.
func TestOptionalMembersByPairs(t *testing.T) {
	t.Parallel()
	var properties []string
	names := strings.Split("abcdefghijkl", "")
	for _, name := range names {
		properties = append(properties, `"`+name+`": {"const": 1}`)
	}
	c := contract(t, `{"Root": {"type": "object", "properties": {`+strings.Join(properties, ",")+`}}}`)
	cases := generate.New(c, schema.NewSet(c)).Cases(root, fake.New(1), generate.Options{})
	if len(cases) > 14 {
		t.Errorf("%d cases for twelve members", len(cases))
	}
	for i, a := range names {
		for _, b := range names[:i] {
			found := map[[2]bool]bool{}
			for _, one := range cases {
				v := one.Value.(map[string]any)
				_, hasA := v[a]
				_, hasB := v[b]
				found[[2]bool{hasA, hasB}] = true
			}
			if len(found) != 4 {
				t.Errorf("%s and %s: only %v", a, b, found)
			}
		}
	}
}

func TestThereAreNotTooManyCases(t *testing.T) {
	t.Parallel()
	var properties []string
	for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		properties = append(properties, `"`+name+`": {"type": ["integer", "null"], "minimum": 1, "maximum": 9}`)
	}
	c := contract(t, `{"Root": {"type": "object", "properties": {`+strings.Join(properties, ",")+`}}}`)
	set := schema.NewSet(c)
	s, err := set.Compile(root)
	if err != nil {
		t.Fatal(err)
	}
	g := generate.New(c, set)
	judgeCases(t, g, s, root, generate.Options{})
	places := map[string]bool{}
	cases := g.Cases(root, fake.New(1), generate.Options{})
	for _, one := range cases {
		places[one.Pointer] = true
	}
	if len(cases) != 60 || len(places) < 26 {
		t.Errorf("%d cases of %d places", len(cases), len(places))
	}
}
