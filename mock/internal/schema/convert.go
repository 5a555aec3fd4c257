package schema

import (
	"encoding/json"
	"errors"
	"fmt"
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
	out, m := s.root.convert(v)
	if m != nil {
		return nil, m
	}
	if _, none := out.(absentValue); none {
		return nil, errors.New("the schema has no place for an absent value")
	}
	return out, nil
}

func (n *node) convert(v any) (any, *mismatch) {
	if len(n.anyOf) > 0 {
		var first *mismatch
		for _, alternative := range n.anyOf {
			out, m := alternative.convert(v)
			if m == nil {
				return out, nil
			}
			// The mismatch that went deepest tells most about what was meant.
			if first == nil || len(m.pointer) > len(first.pointer) {
				first = m
			}
		}
		return nil, first
	}
	out, m := n.convertOne(v)
	if m == nil && n.isConst && !reflect.DeepEqual(out, n.constant) {
		return nil, &mismatch{"", fmt.Sprintf("the constant %v", n.constant), v}
	}
	return out, m
}

func (n *node) convertOne(v any) (any, *mismatch) {
	switch v := v.(type) {
	case nil:
		return n.fromNull()
	case map[string]any:
		return n.fromRecord(v)
	case []any:
		return n.fromList(v)
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

func (n *node) fromRecord(v map[string]any) (any, *mismatch) {
	if !n.is("object") {
		switch {
		case n.is("string") && n.jsonText:
			return n.jsonOf(v)
		case n.is("array") && n.items != nil:
			return n.fromList([]any{v})
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
		converted, m := p.node.convert(got)
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
		if !p.node.is("string") || p.node.minLength {
			return nil, &mismatch{"/" + specs.EscapePointer(p.name), p.node.wants(), got}
		}
		out[p.name] = ""
	}
	if known == len(v) {
		return out, nil
	}
	for name, extra := range v {
		if n.byName[name] != nil {
			continue
		}
		if !n.open && (len(n.properties) > 0 || len(n.types) > 0) {
			return nil, &mismatch{"/" + specs.EscapePointer(name), "no such member", extra}
		}
		out[name] = extra
	}
	return out, nil
}

func (n *node) fromList(v []any) (any, *mismatch) {
	if !n.is("array") {
		switch {
		case n.is("string") && n.jsonText:
			return n.jsonOf(v)
		case n.is("object") && len(v) == 1:
			return n.convert(v[0])
		}
		return nil, &mismatch{"", n.wants(), v}
	}
	if n.items == nil {
		return v, nil
	}
	out := make([]any, len(v))
	for i, item := range v {
		converted, m := n.items.convert(item)
		if m != nil {
			return nil, m.below(strconv.Itoa(i))
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
	return nil, &mismatch{"", n.wants(), v}
}

func (n *node) fromNumber(v json.Number) (any, *mismatch) {
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

func (n *node) jsonOf(v any) (any, *mismatch) {
	text, err := appendAny(nil, v)
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

// literal says whether a text is a JSON number.
func literal(s string) (json.Number, bool) {
	if s == "" || (s[0] != '-' && (s[0] < '0' || s[0] > '9')) {
		return "", false
	}
	v := jsontext.Value(s)
	return json.Number(s), v.IsValid() && strings.TrimSpace(s) == s
}

// whole says whether a number has no fraction and no exponent.
func whole(n json.Number) bool { return !strings.ContainsAny(string(n), ".eE") }

// describe names a value without showing it: it may be somebody's datum.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return fmt.Sprintf("a text of %d characters", len([]rune(v)))
	case json.Number:
		if len(v) <= 6 {
			return "the number " + string(v)
		}
		return fmt.Sprintf("a number of %d characters", len(v))
	case map[string]any:
		return fmt.Sprintf("an object of %d members", len(v))
	case []any:
		return fmt.Sprintf("a list of %d elements", len(v))
	case time.Time:
		return "an instant"
	}
	return fmt.Sprintf("a %T", v)
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
