package check

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// pool keeps what earlier replies gave: a server that knows persons and appointments of its own cannot be asked for invented
// ones only. It keeps whole records, since the members of one belong together.
type pool struct {
	records map[string][]found // by operation
}

// found is one object of a reply, its scalar members by name.
type found struct {
	values map[string]any
	// path is that of the operation, without parameters: what was found below /pets is a pet.
	path string
	kind string // of x-resource
	key  string // name of the member with the key, where x-resource says so
}

const (
	keptRecords  = 40 // of one operation
	keptElements = 8  // of one list
)

func newPool() *pool { return &pool{records: map[string][]found{}} }

// harvest takes the records out of a reply.
func (p *pool) harvest(op *specs.Operation, v any) {
	one := found{path: collection(op.Path)}
	if op.Resource != nil {
		one.kind, one.key = op.Resource.Kind, lastToken(keyPointer(op.Resource))
	}
	p.walk(op.ID, one, v, 0)
	if list := p.records[op.ID]; len(list) > keptRecords {
		p.records[op.ID] = slices.Clone(list[len(list)-keptRecords:])
	}
}

func (p *pool) walk(id string, like found, v any, depth int) {
	if depth > 8 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		one := like
		one.values = map[string]any{}
		for name, item := range v {
			switch item := item.(type) {
			case string, json.Number, bool:
				one.values[name] = item
			}
		}
		if len(one.values) > 0 {
			p.records[id] = append(p.records[id], one)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			p.walk(id, like, v[name], depth+1)
		}
	case []any:
		for _, item := range v[:min(len(v), keptElements)] {
			p.walk(id, like, item, depth+1)
		}
	case string:
		// A text may hold JSON, as an envelope's result does at some vendors.
		if text := strings.TrimSpace(v); len(text) > 1 && (text[0] == '{' || text[0] == '[') {
			if inner, err := wire.DecodeJSON([]byte(text), wire.JSONOptions{DuplicateNames: true}); err == nil {
				p.walk(id, like, inner, depth+1)
			}
		}
	}
}

// candidates are the records that may help an operation, the likeliest first: those that have most of the names it asks
// for, of them the newest.
func (p *pool) candidates(op *specs.Operation, names []string, most int) []map[string]any {
	type scored struct {
		values map[string]any
		score  int
	}
	var list []scored
	for _, id := range slices.Sorted(maps.Keys(p.records)) {
		records := p.records[id]
		for i := len(records) - 1; i >= 0; i-- {
			values, score := records[i].named(op, names)
			if score > 0 && !slices.ContainsFunc(list, func(s scored) bool { return maps.Equal(s.values, values) }) {
				list = append(list, scored{values, score})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return b.score - a.score })
	var out []map[string]any
	for _, one := range list[:min(len(list), most)] {
		out = append(out, one.values)
	}
	return out
}

// named gives the members of a record under the names that an operation has for them.
func (f found) named(op *specs.Operation, names []string) (values map[string]any, score int) {
	values = map[string]any{}
	for _, name := range names {
		if v, ok := f.values[name]; ok {
			values[name] = v
			score += 2
			continue
		}
		if v, ok := f.keyFor(op, name); ok {
			values[name] = v
			score += 3
		}
	}
	return values, score
}

// keyFor finds the key of a record for a parameter such as petId: a record of /pets has it as id.
func (f found) keyFor(op *specs.Operation, name string) (any, bool) {
	if r := op.Resource; r != nil && f.kind == r.Kind && f.kind != "" && name == keyParameter(op) {
		v, ok := f.values[f.key]
		return v, ok
	}
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	stem, isKey := strings.CutSuffix(plain, "id")
	if !isKey || stem == "" {
		return nil, false
	}
	last := strings.ToLower(f.path[strings.LastIndexByte(f.path, '/')+1:])
	last = strings.NewReplacer("_", "", "-", "").Replace(last)
	if last != stem && strings.TrimSuffix(last, "s") != stem && strings.TrimSuffix(last, "es") != stem && strings.TrimSuffix(last, "ies")+"y" != stem+"" {
		return nil, false
	}
	for _, key := range []string{"id", "_id", "uuid", "key"} {
		if v, ok := f.values[key]; ok {
			return v, true
		}
	}
	return nil, false
}

// collection is a path up to its last parameter: /pets/{petId} belongs to /pets.
func collection(path string) string {
	for {
		i := strings.LastIndexByte(path, '/')
		if i <= 0 || !strings.Contains(path[i:], "{") {
			return path
		}
		path = path[:i]
	}
}

// keyPointer is where a representation has its key.
func keyPointer(r *specs.Resource) string {
	if r.Key == "" {
		return "/id"
	}
	return r.Key
}

// keyParameter is the parameter that holds the key of a call on one representation.
func keyParameter(op *specs.Operation) string {
	if op.Resource != nil && op.Resource.Parameter != "" {
		return op.Resource.Parameter
	}
	open, end := strings.LastIndexByte(op.Path, '{'), strings.LastIndexByte(op.Path, '}')
	if open < 0 || end < open {
		return ""
	}
	return op.Path[open+1 : end]
}

func lastToken(pointer string) string {
	return specs.UnescapePointer(pointer[strings.LastIndexByte(pointer, '/')+1:])
}
