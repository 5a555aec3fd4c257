package schema

import (
	"bytes"
	"testing"

	"understudy/mock/internal/wire"
)

// TestAPartIsFoundOnTheWay holds the part that a pass finds to the one that a walk over the text finds by itself.
func TestAPartIsFoundOnTheWay(t *testing.T) {
	t.Parallel()
	s := compiled(t, `X: {type: object, properties: {a: {type: object, properties: {b: {}}}, c: {anyOf: [{type: object, required: [x]}, {type: object}]}}}`)
	for _, c := range []struct {
		text, pointer string
		found         bool // on the way, not by a walk
	}{
		{`{"a":{"b":1},"c":{}}`, "/a/b", true},
		{`{"a":{"b":1},"c":{}}`, "/a", true},
		{` { "z" : [ {"b":2} ] , "a" : { "y":{"b":3}, "b" : {"a":{"b":4}} } } `, "/a/b", true},
		{`{"z":{"b":1}}`, "/z/b", true},
		{`{"c":{"q":[1,2]}}`, "/c/q", true},
		{`{"a":{"b":1}}`, "/a/c", false},
		{`{"b":1}`, "/a/b", false},
		{`{"z":[{"b":1}]}`, "/z/b", false},
		{`{"z":1,"b":2}`, "/z/b", false},
		{`{"a/b":1}`, "/a/b", false},
		{`{"z~1y":1,"z/y":2}`, "/z~1y", false},
		{`[{"a":1}]`, "/a", false},
		{`{"\u0061":{"b":1}}`, "/a/b", true},
		{`{"z":{"\u0062":1}}`, "/z/b", true},
	} {
		for _, of := range []*Schema{s, nil} {
			if of == s && c.text[0] == '[' {
				continue
			}
			part := Part{Pointer: c.pointer, From: 1, To: 2}
			if !of.Accepts([]byte(c.text), Syntax{Part: &part}) {
				t.Fatalf("%s is not accepted", c.text)
			}
			raw, ok := wire.Member([]byte(c.text), c.pointer)
			switch {
			case part.To == 0 && c.found:
				t.Errorf("%s: nothing is found at %s", c.text, c.pointer)
			case part.To != 0 && (!ok || !bytes.Equal(raw, []byte(c.text)[part.From:part.To])):
				t.Errorf("%s: at %s there is %q, and %q was found", c.text, c.pointer, raw, c.text[part.From:part.To])
			case part.To != 0 && !c.found:
				t.Errorf("%s: %q is found at %s", c.text, c.text[part.From:part.To], c.pointer)
			}
		}
	}
	twice := Part{Pointer: "/a"}
	if !s.Accepts([]byte(`{"a":{"b":1},"a":{"b":2}}`), Syntax{JSONOptions: wire.JSONOptions{DuplicateNames: true}, Part: &twice}) || twice.To != 0 {
		t.Errorf("of a name that comes twice, %v is found", twice)
	}
}
