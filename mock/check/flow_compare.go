package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// flag reads a boolean keyword of a schema, through references.
func (r *run) flag(pointer, keyword string) bool {
	for range 8 {
		raw, _ := r.contract.Value(pointer)
		m, ok := raw.(map[string]any)
		if !ok {
			return false
		}
		if m[keyword] == true {
			return true
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return false
		}
		pointer = strings.TrimPrefix(ref, "#")
	}
	return false
}

// difference is a place where two values are not the same.
type difference struct{ pointer, sent, got string }

// differences compares what was sent with what is read, member by member: what the reply's schema describes and is neither
// write-only nor the server's own.
func (r *run) differences(schemaAt, below string, sent, got any) []difference {
	switch a := sent.(type) {
	case map[string]any:
		b, ok := got.(map[string]any)
		if !ok {
			return []difference{{below, "an object", described(got)}}
		}
		var list []difference
		for _, name := range slices.Sorted(maps.Keys(a)) {
			pointer := "/" + specs.EscapePointer(name)
			member, known := "", true
			if schemaAt != "" {
				if member, known = r.contract.Member(schemaAt, pointer); !known || member == "" || r.flag(member, "writeOnly") || r.flag(member, "readOnly") {
					continue // nobody says that it comes back
				}
			}
			v, there := b[name]
			if !there {
				if a[name] != nil {
					list = append(list, difference{below + pointer, described(a[name]), "nothing"})
				}
				continue
			}
			list = append(list, r.differences(member, below+pointer, a[name], v)...)
		}
		return list
	case []any:
		b, ok := got.([]any)
		if !ok {
			return []difference{{below, "a list", described(got)}}
		}
		if len(a) != len(b) {
			return []difference{{below, fmt.Sprintf("a list of %d", len(a)), fmt.Sprintf("a list of %d", len(b))}}
		}
		var list []difference
		items, _ := r.contract.Member(schemaAt, "/0")
		for i := range a {
			list = append(list, r.differences(items, fmt.Sprintf("%s/%d", below, i), a[i], b[i])...)
		}
		return list
	}
	if !equal(sent, got) {
		return []difference{{below, described(sent), described(got)}}
	}
	return nil
}

// equal compares scalars: numbers by their exact value, instants by the moment.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok {
			return false
		}
		left, okLeft := new(big.Rat).SetString(string(a))
		right, okRight := new(big.Rat).SetString(string(b))
		return okLeft && okRight && left.Cmp(right) == 0
	case string:
		other, ok := b.(string)
		if !ok {
			return false
		}
		if a == other {
			return true
		}
		left, err := time.Parse(time.RFC3339Nano, a)
		right, failed := time.Parse(time.RFC3339Nano, other)
		return err == nil && failed == nil && left.Equal(right)
	case map[string]any, []any:
		return string(jsonText(a)) == string(jsonText(b))
	}
	return a == b
}

// described is a made value as a report may show it: it is nobody's.
func described(v any) string {
	if v == nil {
		return "null"
	}
	text := string(jsonText(v))
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}

// otherKey is a key of the same form that nobody has.
func otherKey(key any) (any, bool) {
	switch key := key.(type) {
	case json.Number:
		n, ok := new(big.Int).SetString(string(key), 10)
		if !ok {
			return nil, false
		}
		return json.Number(n.Add(n, big.NewInt(1_000_003)).String()), true
	case string:
		if n, ok := new(big.Int).SetString(key, 10); ok {
			return n.Add(n, big.NewInt(1_000_003)).String(), true
		}
		out := garbledHex(key)
		if out == key {
			out = garbled(key)
		}
		return out, out != key
	}
	return nil, false
}

// readOnlyMember finds a member that the server alone decides, and a value for it that is not the server's.
func (r *run) readOnlyMember(op *operation, representation string, record map[string]any) (string, any, bool) {
	replied, ok := r.contract.Replied(op.Operation)
	if !ok {
		return "", nil, false
	}
	v, err := r.values.Value(replied, r.source(op, "read-only"), generate.Options{View: schema.Response, Optional: generate.All, Dynamic: true})
	full, isRecord := v.(map[string]any)
	if err != nil || !isRecord {
		return "", nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(full)) {
		if _, sent := record[name]; sent || full[name] == nil || !isScalar(full[name]) {
			continue
		}
		if _, isBool := full[name].(bool); isBool {
			continue
		}
		member, ok := r.contract.Member(representation, "/"+specs.EscapePointer(name))
		if !ok || member == "" || !r.flag(member, "readOnly") {
			continue
		}
		if raw, _ := r.contract.Value(member); single(raw) {
			continue
		}
		return name, full[name], true
	}
	return "", nil, false
}

// single says whether a schema has so few values that the server may well say the same.
func single(raw any) bool {
	m, _ := raw.(map[string]any)
	_, constant := m["const"]
	_, enumerated := m["enum"]
	return constant || enumerated
}
