package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/value"
	"understudy/specs"
)

// mismatch says that a value fits a schema under none of the conversions.
type mismatch struct {
	pointer, want string
	got           any
}

func (m *mismatch) Error() string {
	at := m.pointer
	if at == "" {
		at = "/"
	}
	return fmt.Sprintf("at %s the schema wants %s, and no conversion makes it from %s", at, m.want, describe(m.got))
}

// below is the same mismatch seen from the value that holds its place under a name.
func (m *mismatch) below(name string) *mismatch {
	m.pointer = "/" + specs.EscapePointer(name) + m.pointer
	return m
}

// absentValue is what convert gives for a member that is to be left out.
type absentValue struct{}

// Convert renders a behaviour's value as the JSON value this schema describes: maps, lists, texts, json.Number,
// booleans and nil. The conversions are a closed list: number and text, instant and epoch milliseconds or text, day
// and text, a list and its only element, an object and its JSON text, absent and null and "". Whatever else would be
// needed is an error, and so is a member that the schema does not know.
func (s *Schema) Convert(v any) (any, error) {
	out, m := s.root.convert(v, nil)
	if m != nil {
		return nil, m
	}
	if _, none := out.(absentValue); none {
		return nil, errors.New("the schema has no place for an absent value")
	}
	return out, nil
}

// tried are the turns that schemas had with one and the same value. Whoever leads back to one of them would go on without end.
type tried struct{ turns []turn }

// turn is what a schema makes of a value that stays the same within.
type turn struct {
	node *node
	as   way
}

type way int

const (
	asOneOf    way = iota // one of its alternatives
	asOnly                // the only element of its list
	asJSONText            // what its text holds
)

// turn is the first one of its kind that a schema has with the value; ok is false where it had one.
func (t *tried) turn(n *node, as way) (now *tried, ok bool) {
	if t == nil {
		t = &tried{}
	}
	if slices.Contains(t.turns, turn{n, as}) {
		return t, false
	}
	t.turns = append(t.turns, turn{n, as})
	return t, true
}

func (n *node) convert(v any, t *tried) (any, *mismatch) {
	v = value.Plain(v)
	if len(n.anyOf) > 0 {
		return n.convertAny(v, t)
	}
	out, m := n.convertOne(v, t)
	if _, none := out.(absentValue); m != nil || none {
		return out, m
	}
	if n.isConst && !reflect.DeepEqual(out, n.constant) {
		return nil, &mismatch{"", fmt.Sprintf("the constant %v", n.constant), v}
	}
	return out, nil
}

// convertAny takes the first alternative that has a form for the value; one that would leave it out comes last.
func (n *node) convertAny(v any, t *tried) (any, *mismatch) {
	t, ok := t.turn(n, asOneOf)
	if !ok {
		return nil, &mismatch{"", n.wants(), v}
	}
	var left any
	var first *mismatch
	for _, alternative := range n.anyOf {
		out, m := alternative.convert(v, t)
		if m != nil {
			// The mismatch that went deepest tells most about what was meant.
			if first == nil || len(m.pointer) > len(first.pointer) {
				first = m
			}
			continue
		}
		if _, none := out.(absentValue); !none {
			return out, nil
		}
		left = out
	}
	if left != nil {
		return left, nil
	}
	return nil, first
}

// convertOne converts by what the schema itself says. What fits nowhere else may be the only element of a list.
func (n *node) convertOne(v any, t *tried) (any, *mismatch) {
	out, m := n.direct(v, t)
	if m == nil || !n.is("array") || n.items == nil {
		return out, m
	}
	switch v.(type) {
	case []any:
		return nil, m
	case map[string]any:
		if n.is("object") {
			return nil, m
		}
	}
	t, ok := t.turn(n, asOnly)
	if !ok {
		return nil, m
	}
	return n.elements([]any{v}, t)
}

func (n *node) direct(v any, t *tried) (any, *mismatch) {
	switch v := v.(type) {
	case nil:
		return n.fromNull()
	case map[string]any:
		return n.fromRecord(v, t)
	case []any:
		return n.fromList(v, t)
	case string:
		return n.fromText(v)
	case bool:
		if n.is("boolean") {
			return v, nil
		}
	case int:
		return n.fromNumber(json.Number(strconv.Itoa(v)))
	case int64:
		return n.fromNumber(json.Number(strconv.FormatInt(v, 10)))
	case json.Number:
		return n.fromNumber(v)
	case time.Time:
		return n.fromInstant(v)
	case value.Day:
		return n.fromText(v.String())
	}
	return nil, &mismatch{"", n.wants(), v}
}

func (n *node) fromNull() (any, *mismatch) {
	if n.nullable || len(n.types) == 0 {
		return nil, nil
	}
	return absentValue{}, nil
}

func (n *node) fromRecord(v map[string]any, t *tried) (any, *mismatch) {
	if !n.is("object") {
		if n.is("string") && n.jsonText {
			return n.jsonOf(v, t)
		}
		return nil, &mismatch{"", n.wants(), v}
	}
	out := make(map[string]any, len(n.properties))
	known := 0
	for _, p := range n.properties {
		got, present := v[p.name]
		if present {
			known++
		}
		if !present && !n.required[p.name] {
			continue
		}
		converted, m := p.node.convert(got, nil)
		if m != nil {
			return nil, m.below(p.name)
		}
		if _, none := converted.(absentValue); !none {
			out[p.name] = converted
			continue
		}
		if !n.required[p.name] {
			continue
		}
		if !p.node.is("string") || p.node.minLength || p.node.isConst {
			return nil, (&mismatch{"", p.node.wants(), got}).below(p.name)
		}
		out[p.name] = ""
	}
	if known == len(v) {
		return out, nil
	}
	return n.withExtra(out, v)
}

// withExtra adds the members that have no property of their own, by name: so the same mistake is always the one that is told.
func (n *node) withExtra(out, v map[string]any) (any, *mismatch) {
	described := n.extra
	if described == nil {
		described = anything()
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if n.byName[name] != nil {
			continue
		}
		extra := v[name]
		if !n.open && (len(n.properties) > 0 || len(n.types) > 0) {
			return nil, (&mismatch{"", "no such member", extra}).below(name)
		}
		converted, m := described.convert(extra, nil)
		if m != nil {
			return nil, m.below(name)
		}
		if _, none := converted.(absentValue); !none {
			out[name] = converted
		}
	}
	return out, nil
}

func (n *node) fromList(v []any, t *tried) (any, *mismatch) {
	if !n.is("array") {
		switch {
		case n.is("string") && n.jsonText:
			return n.jsonOf(v, t)
		case len(v) == 1:
			return n.convertOne(value.Plain(v[0]), nil)
		}
		return nil, &mismatch{"", n.wants(), v}
	}
	return n.elements(v, nil)
}

// elements converts the elements of a list.
func (n *node) elements(v []any, t *tried) (any, *mismatch) {
	items := n.items
	if items == nil {
		items = anything()
	}
	out := make([]any, len(v))
	for i, item := range v {
		converted, m := items.convert(item, t)
		if m != nil {
			return nil, m.below(strconv.Itoa(i))
		}
		if _, none := converted.(absentValue); none {
			return nil, (&mismatch{"", items.wants(), item}).below(strconv.Itoa(i))
		}
		out[i] = converted
	}
	return out, nil
}

func (n *node) fromText(v string) (any, *mismatch) {
	for _, t := range n.orderedTypes() {
		switch t {
		case "string":
			if v == "" && n.minLength {
				return n.fromNull()
			}
			return v, nil
		case "integer", "number":
			if number, ok := literal(v); ok && (t == "number" || whole(number)) {
				return number, nil
			}
		}
	}
	if v == "" {
		return n.fromNull()
	}
	if held, ok := heldJSON(v); ok && (n.is("object") || n.is("array")) {
		return n.direct(held, nil)
	}
	return nil, &mismatch{"", n.wants(), v}
}

// heldJSON is the object or list whose JSON text a text is.
func heldJSON(text string) (any, bool) {
	if text[0] != '{' && text[0] != '[' || !jsontext.Value(text).IsValid() {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	return v, d.Decode(&v) == nil
}

func (n *node) fromNumber(v json.Number) (any, *mismatch) {
	if _, ok := literal(string(v)); !ok {
		return nil, &mismatch{"", n.wants(), string(v)}
	}
	if len(n.types) == 0 && n.is("number") {
		return v, nil
	}
	for _, t := range n.orderedTypes() {
		switch t {
		case "integer":
			if whole(v) {
				return v, nil
			}
		case "number":
			return v, nil
		case "string":
			return string(v), nil
		}
	}
	return nil, &mismatch{"", n.wants(), v}
}

func (n *node) fromInstant(v time.Time) (any, *mismatch) {
	for _, t := range n.orderedTypes() {
		switch t {
		case "integer", "number":
			return json.Number(strconv.FormatInt(v.UnixMilli(), 10)), nil
		case "string":
			switch n.format {
			case "date":
				return value.DayOf(v).String(), nil
			case "cn-date-time":
				return v.In(value.China()).Format(time.DateTime), nil
			}
			return v.In(value.China()).Format(time.RFC3339), nil
		}
	}
	return nil, &mismatch{"", n.wants(), v}
}

// jsonOf is the JSON text of a record or list, by the schema of what the text holds if there is one.
func (n *node) jsonOf(v any, t *tried) (any, *mismatch) {
	t, ok := t.turn(n, asJSONText)
	if !ok {
		return nil, &mismatch{"", n.wants(), v}
	}
	content := n.content
	if content == nil {
		content = anything()
	}
	converted, m := content.convert(v, t)
	if m != nil {
		return nil, m
	}
	text, err := content.appendJSON(nil, converted, Plain)
	if err != nil {
		return nil, &mismatch{"", "JSON text", v}
	}
	return string(text), nil
}

// orderedTypes are the types in the order of the document: the first is the one to write. No type means text.
func (n *node) orderedTypes() []string {
	if len(n.types) == 0 {
		return []string{"string", "number"}
	}
	return n.types
}

func (n *node) wants() string {
	if n.isConst {
		return fmt.Sprintf("the constant %v", n.constant)
	}
	if len(n.types) == 0 {
		return "what it describes"
	}
	return strings.Join(slices.Sorted(slices.Values(n.types)), " or ")
}

// FromText reads a parameter's or form field's text as the JSON value its schema describes: a number or boolean where
// the schema has no text, else the text itself. Text that does not fit stays text, for validation to name.
func (s *Schema) FromText(text string) any {
	for _, t := range s.root.orderedTypes() {
		switch t {
		case "string":
			return text
		case "integer", "number":
			if n, ok := literal(text); ok {
				return n
			}
		case "boolean":
			if text == "true" || text == "false" {
				return text == "true"
			}
		}
	}
	return text
}

// Constant is the value that a member of the described object always has, where its schema says const; the first
// alternative that says so counts.
func (s *Schema) Constant(member string) (any, bool) { return s.root.constantOf(member) }

func (n *node) constantOf(member string) (any, bool) {
	if child := n.byName[member]; child != nil && child.isConst {
		return child.constant, true
	}
	for _, alternative := range n.anyOf {
		if v, ok := alternative.constantOf(member); ok {
			return v, true
		}
	}
	return nil, false
}
