package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// fuzzed are schemas that a byte chooses among: a few of each kind, and the bodies of the five contracts.
func fuzzed(tb testing.TB) []*subject {
	tb.Helper()
	var list []*subject
	for _, text := range []string{
		"{}", "{type: object, required: [id], properties: {id: {type: integer, minimum: 1}, 名: {type: string, minLength: 1, maxLength: 3}, when: {type: string, format: date-time}}, additionalProperties: false}",
		"{type: array, items: {type: number, multipleOf: 0.01, maximum: 1000}, uniqueItems: true, maxItems: 5}", "{type: object, additionalProperties: {$ref: '#/components/schemas/X'}, properties: {x: {type: string, pattern: '^[a-z]+$'}}}",
		"{oneOf: [{type: object, required: [kind], properties: {kind: {const: cat}}}, {type: object, required: [kind], properties: {kind: {enum: [dog, wolf]}, age: {type: integer, format: int32}}}]}",
		"{type: [string, 'null'], enum: [red, green, null, '']}", "{type: array, prefixItems: [{type: string, format: date}, {type: integer}], items: false, minItems: 1}",
		"{anyOf: [{type: string, maxLength: 2}, {type: integer, multipleOf: 3}, {type: array, items: {$ref: '#/components/schemas/X'}}]}", "{enum: [1, 1.5, 9007199254740993, [1], {a: 1}, a]}",
		"{type: object, patternProperties: {'^x-': {type: integer}}, propertyNames: {maxLength: 4}, minProperties: 1, maxProperties: 2}", "{type: string, format: uuid}", "{type: string, format: email}", "{type: string, format: ipv6}",
		"{type: string, format: uri}", "{type: string, format: time}", "{type: string, format: duration}", "{type: string, format: hostname}", "{type: string, format: cn-id-card}", "{type: string, format: date-time}", "{type: integer, format: int64}",
		"{type: number, exclusiveMinimum: -1.5, exclusiveMaximum: 1e3}", "{type: object, if: {required: [a]}, then: {required: [b]}, else: {properties: {c: false}}}", "{type: object, properties: {a: {type: string}}, allOf: [{required: [a]}, {not: {required: [b]}}]}",
	} {
		list = append(list, of(tb, text))
	}
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			tb.Fatal(err)
		}
		all, _ := subjects(c)
		places := bodyPlaces(c)
		for _, s := range all {
			if view, ok := places[s.pointer]; ok && (view == s.view || s.view == schema.Any) {
				list = append(list, s)
			}
		}
	}
	return list
}

// FuzzAccepts holds one pass over any text to DecodeJSON and Validate.
func FuzzAccepts(f *testing.F) {
	list := fuzzed(f)
	for i := range list {
		random := rand.New(rand.NewPCG(uint64(i), 19))
		h := list[i].hints(random)
		raw, _ := list[i].contract.Value(list[i].pointer)
		text := style{}.bytes(list[i].draw(h, raw, 6))
		f.Add(byte(i), text)
		f.Add(byte(i), spoil(random, text))
	}
	for body := range strict() {
		if len(body) < 40 && !strings.Contains(body, "xx") && !strings.Contains(body, "11") {
			f.Add(byte(0), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, choice byte, text []byte) {
		s := list[int(choice)%len(list)]
		for _, syntax := range []schema.Syntax{{}, {JSONOptions: wire.JSONOptions{DuplicateNames: true, MaxDepth: 3}}} {
			if wrong := verdict(s.schema, text, syntax); wrong != "" {
				t.Errorf("%s: %s: %s", s, shown(text), wrong)
			}
		}
	})
}

// FuzzAppendReply: what is converted and written in one go is what is converted and then written.
func FuzzAppendReply(f *testing.F) {
	list := fuzzed(f)
	for i := range list {
		h := list[i].hints(rand.New(rand.NewPCG(uint64(i), 23)))
		raw, _ := list[i].contract.Value(list[i].pointer)
		f.Add(byte(i), byte(i), style{}.bytes(list[i].draw(h, raw, 6)))
	}
	f.Fuzz(func(t *testing.T, choice, lists byte, text []byte) {
		s := list[int(choice)%len(list)].schema
		v, jsonErr := wire.DecodeJSON(text, wire.JSONOptions{})
		if jsonErr != nil {
			t.Skip()
		}
		as := schema.Lists(lists % 3)
		want, wantErr := []byte(nil), error(nil)
		converted, wantErr := s.Convert(v)
		if wantErr == nil {
			want, wantErr = s.AppendJSON([]byte("before"), converted, as)
		}
		got, gotErr := s.Append([]byte("before"), v, as)
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
			t.Fatalf("%s: in one go: %v, in two: %v", shown(text), gotErr, wantErr)
		}
		if wantErr == nil && !bytes.Equal(got, want) {
			t.Fatalf("%s: in one go\n%s\nin two\n%s", shown(text), got, want)
		}
		if wantErr != nil && string(got) != "before" {
			t.Fatalf("%s: after %v the buffer holds %q", shown(text), wantErr, got)
		}
		if wantErr != nil || as != schema.Plain {
			return
		}
		back, jsonErr := wire.DecodeJSON(got[len("before"):], wire.JSONOptions{MaxDepth: 1000})
		if jsonErr != nil || !reflect.DeepEqual(back, converted) && !json.Valid(got[len("before"):]) {
			t.Fatalf("%s is written as %s: %v", shown(text), got, jsonErr)
		}
	})
}
