package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// Violation is one rule of a schema that a value breaks.
type Violation struct {
	// Pointer is the place in the value (RFC 6901); "" is the whole of it.
	Pointer string
	// Keyword is the rule of JSON Schema.
	Keyword string
	// Expected says what the rule asks for, Got what stood there, described and not shown: it may be somebody's datum.
	Expected, Got string
	// Schema is the JSON pointer of the rule's schema in the contract, At its place in the file, Source its clause.
	Schema string
	At     specs.Position
	Source string
}

// Missing says whether the violation is that nothing stands where something must: the member is absent, null or an
// empty text, which vendors treat alike (E-36, W-13, Z-34).
func (v Violation) Missing() bool {
	return v.Keyword == "required" || v.Keyword == "discriminator" && v.Got == absent || v.Keyword == "type" && v.Got == describe(nil) || v.Keyword == "minLength" && v.Got == describe("")
}

// Subject is the member that the violation is about: the last token of the pointer.
func (v Violation) Subject() string { return v.Pointer[strings.LastIndexByte(v.Pointer, '/')+1:] }

// Validate checks a decoded value, numbers as json.Number, and returns its violations, at most twenty, in an order that
// depends on the value alone; none means it is valid. A nil schema takes everything.
func (s *Schema) Validate(v any) []Violation {
	if s == nil {
		return nil
	}
	if s.quick != nil && s.quick.accepts(v) {
		return nil
	}
	if place, bad := unreadable(v, nil); bad {
		return []Violation{{
			Pointer: pointerOf(place), Keyword: "type", Expected: "a number of at most 100 digits with an exponent of at most three",
			Got: describe(lookup(v, place)), Schema: s.root.pointer, At: s.contract.Position(s.root.pointer),
			Source: s.contract.Source(s.root.pointer),
		}}
	}
	validator, err := s.linked()
	if err != nil {
		return []Violation{{Keyword: "schema", Expected: "a schema", Got: err.Error(), Schema: s.root.pointer, At: s.contract.Position(s.root.pointer)}}
	}
	if s.quick != nil {
		err = validator.Validate(s.quick.prune(v))
	}
	if err == nil {
		err = validator.Validate(v)
	}
	if err == nil {
		return nil
	}
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		return []Violation{{Keyword: "schema", Expected: err.Error(), Got: describe(v)}}
	}
	x := explanation{schema: s, value: v}
	return inOrder(x.leaves(nil, failed))
}

// mostViolations bounds what is told of one value: whoever has mended twenty places sends it again.
const mostViolations = 20

// inOrder puts violations in an order of their own, since the library walks maps: what is missing comes first, then place
// by place. The first one decides the vendor's answer, so the same body always gets the same.
func inOrder(list []Violation) []Violation {
	slices.SortStableFunc(list, func(a, b Violation) int {
		if a.Missing() != b.Missing() {
			if a.Missing() {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Keyword, b.Keyword), strings.Compare(a.Schema, b.Schema))
	})
	return list[:min(len(list), mostViolations)]
}

// mostDigits is more than any number needs that a vendor sends.
const mostDigits = 100

// unreadable finds a number that cannot be held exactly at a reasonable cost: the library would panic over 1e9999999, write
// out every digit of 1e999999, and take seconds over a million digits.
func unreadable(v any, at []string) (place []string, found bool) {
	switch v := v.(type) {
	case json.Number:
		if len(v) > mostDigits {
			return at, true
		}
		if e := strings.IndexAny(string(v), "eE"); e >= 0 {
			digits := strings.TrimLeft(string(v)[e+1:], "+-0")
			return at, len(digits) > 3
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			item := v[name]
			if place, found = unreadable(item, append(at[:len(at):len(at)], name)); found {
				return place, true
			}
		}
	case []any:
		for i, item := range v {
			if place, found = unreadable(item, append(at[:len(at):len(at)], strconv.Itoa(i))); found {
				return place, true
			}
		}
	}
	return nil, false
}

func pointerOf(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(specs.EscapePointer(t))
	}
	return b.String()
}

func lookup(v any, tokens []string) any {
	for _, t := range tokens {
		switch in := v.(type) {
		case map[string]any:
			v = in[t]
		case []any:
			i, err := strconv.Atoi(t)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}
