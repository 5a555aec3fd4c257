package schema

import (
	"reflect"
	"testing"
)

// TestSlow names what is left to the library, and judges it nevertheless.
func TestSlow(t *testing.T) {
	t.Parallel()
	s := foreign(t, `X: {type: object, properties: {a: {$ref: '#/components/schemas/Y'}, b: {type: string, pattern: '^(?!x)'}, c: {type: array, items: {$ref: '#/components/schemas/Y'}}, d: {$ref: '#/components/schemas/X'}}}
    Y: {type: object, properties: {n: {type: integer}}, unevaluatedProperties: false}`)
	const y = "/components/schemas/Y"
	want := [][2]string{{"/components/schemas/X/properties/b", "pattern"}, {y, "unevaluatedProperties"}}
	var got [][2]string
	for _, one := range s.Slow() {
		got = append(got, [2]string{one.Pointer, one.Keyword})
		if one.Reason == "" {
			t.Errorf("%s: no reason", one.Pointer)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Slow is %v, want %v", got, want)
	}
	for text, want := range map[string]bool{`{"a":{"n":1},"b":"y","c":[{"n":2}],"d":{"b":"z"}}`: true, `{"a":{"m":1}}`: false, `{"b":"x"}`: false, `{"c":[{},{"n":"1"}]}`: false, `{"d":{"d":{"b":"x"}}}`: false, `{"a":{"n":1}`: false} {
		if got := s.Accepts([]byte(text), Syntax{}); got != want {
			t.Errorf("Accepts(%s) is %v", text, got)
		}
	}
	if list := compiled(t, "X: {type: object}").Slow(); len(list) > 0 {
		t.Errorf("Slow of a plain schema is %v", list)
	}
	if dynamic := foreign(t, "X: {type: object, properties: {a: {$dynamicRef: '#n'}}, $dynamicAnchor: n}"); len(dynamic.Slow()) != 1 || dynamic.Accepts([]byte(`{"a":{}}`), Syntax{}) || !dynamic.Accepts([]byte(`{"b":{}}`), Syntax{}) {
		t.Errorf("a dynamic reference is judged on its own: %v", dynamic.Slow())
	}
}

// TestListForms: lists are read as the replies of this schema have them.
func TestListForms(t *testing.T) {
	t.Parallel()
	s := compiled(t, `X: {type: object, required: [rows], properties: {rows: {type: array, maxItems: 2, xml: {wrapped: true}, items: {$ref: '#/components/schemas/Row'}}, two: {type: array, minItems: 1, xml: {wrapped: true}, items: {type: integer}}, plain: {type: array, items: {type: integer}}}}
Row: {type: object, xml: {name: row}, properties: {n: {type: integer}}}`)
	two := `,"two":{"item":[1]}`
	for _, tt := range []struct {
		text  string
		lists Lists
		want  bool
	}{
		{`{"rows":{"row":[{"n":1}]}` + two + `}`, Wrapped, true}, {`{"rows":{"row":[{"n":1},{}]},"plain":[1]` + two + `}`, Wrapped, true}, {`{"two":{"item":[1]}}`, Wrapped, true}, {`{"rows":{"row":[{"n":"1"}]}` + two + `}`, Wrapped, false},
		{`{"rows":{"row":[{},{},{}]}` + two + `}`, Wrapped, false}, {`{"rows":[{"n":1}]` + two + `}`, Wrapped, false}, {`{"rows":{"other":[{"n":1}]}` + two + `}`, Wrapped, false}, {`{"rows":{"row":[{"n":1}],"row":[]}` + two + `}`, Wrapped, false},
		{`{"rows":{"row":[{"n":1}]},"plain":{"item":[1]}` + two + `}`, Wrapped, false}, {`{"rows":{"row":[{"n":1}]}}`, Wrapped, false}, {`{"rows":{"row":[{"n":1}]}`, Wrapped, false}, {`{"rows":{"row":[{"n":1}]}` + two + `}`, Plain, false},
		{`{"rows":[{"n":1}],"two":[1]}`, Simplified, true}, {`{"two":[1]}`, Simplified, true}, {`{"two":[1]}`, Plain, false}, {`{"rows":[]}`, Plain, true}, {`{"rows":[]}`, Simplified, false},
	} {
		if got := s.Accepts([]byte(tt.text), Syntax{Lists: tt.lists}); got != tt.want {
			t.Errorf("lists %d: Accepts(%s) is %v", tt.lists, tt.text, got)
		}
	}
}

// TestRuns: a pattern that is taken for runs matches what Go's engine does; this one compares them over short texts.
func TestRuns(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		`^[A-Z]{2}$`: true, `^\d{1,11}$`: true, `^a?b+$`: true, `^[^x]*$`: true, `^.{1,2}$`: true, `^1[3-9]\d{2}$`: true, `^a*b?a$`: false, `^a{1,2}a$`: false, `^(ab)+$`: false, `a`: false, `^a`: false, `(?i)^a$`: false, `^é$`: false, `^[a-é]$`: false, `^a|b$`: false,
	} {
		r, ok := newRuns(pattern)
		if ok != want {
			t.Errorf("%s: runs %v", pattern, ok)
		}
		if !ok {
			continue
		}
		compiled, err := compilePattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		var try func(text string)
		try = func(text string) {
			if got, want := r.MatchString(text), compiled.MatchString(text); got != want {
				t.Errorf("%s: %q matches %v, want %v", pattern, text, got, want)
			}
			for _, c := range []string{"a", "b", "x", "A", "1", "3", "é", "\n"} {
				if len(text) < 5 {
					try(text + c)
				}
			}
		}
		try("")
	}
}
