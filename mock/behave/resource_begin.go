package behave

import (
	"encoding/json"
	"strconv"

	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// begunRows is how many representations a session begins with: enough to see a list, few enough to read it. Where the
// document has more as examples, there are as many.
const begunRows = 3

// mostRemembered bounds for how many sessions what they begin with is remembered.
const mostRemembered = 64

// rows is what a session begins with, always the same for the same seed and start: the user's records, or else those that
// the document has as examples, and invented ones behind them. It is not to be changed.
func (k *resourceKind) rows(w *World) []row { return k.rowsBelow(w, 0) }

// mostParents bounds how many kinds stand above each other.
const mostParents = 8

func (k *resourceKind) rowsBelow(w *World, depth int) []row {
	data, listed := w.Data[k.name]
	if listed && len(data) == 0 {
		return nil
	}
	at, hangs := momentOf(w, data), k.hangsOnData(w)
	if !hangs {
		if rows, known := k.remembered(at); known {
			return rows
		}
	}
	var rows []row
	if listed {
		for i, given := range data {
			rows = append(rows, k.given(w, i, given))
		}
	} else {
		rows = k.beginning(w, depth)
	}
	if depth == 0 && !hangs {
		k.remember(at, rows)
	}
	return rows
}

// hangsOnData says whether what a session begins with depends on more of the user's records than those of the kind: those of the
// kinds above it are its parents.
func (k *resourceKind) hangsOnData(w *World) bool { return len(k.parents) > 0 && len(w.Data) > 0 }

func (k *resourceKind) remembered(at moment) (rows []row, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	rows, known = k.cache[at]
	return rows, known
}

func (k *resourceKind) remember(at moment, rows []row) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.cache) >= mostRemembered {
		clear(k.cache)
	}
	k.cache[at] = rows
}

// beginning are the rows of a session without records of the user's.
func (k *resourceKind) beginning(w *World, depth int) []row {
	var rows []row
	taken := map[string]bool{}
	most := begunRows
	fresh := k.freshKeys()
	add := func(v value.Record, key string, beside map[string]string, origin Origin) {
		if place := k.place(key, beside); !taken[place] && key != "" {
			taken[place] = true
			rows = append(rows, row{place, beside, v, origin})
		}
	}
	for _, v := range k.exemplary() {
		at, _ := valueAt(v, k.key)
		if key := scalarText(at); !fresh[key] {
			_, beside := k.parentsOf(w, len(rows), depth)
			add(v, key, beside, Generated)
		}
	}
	keys := k.exampleKeys()
	// Keys may collide, or run out where there are only so many.
	for i := 0; len(rows) < most && i < 4*most; i++ {
		key := scalarText(k.minted(w, i+1))
		if i < len(keys) {
			key = keys[i]
		}
		if fresh[key] {
			continue
		}
		bound, beside := k.parentsOf(w, len(rows), depth)
		v := k.invent(w, key, beside)
		for pointer, text := range bound {
			if schema, ok := k.contract.Member(k.schema, pointer); ok {
				v, _ = withValue(v, pointer, k.typed(schema, text)).(value.Record)
			}
		}
		add(v, key, beside, Generated)
	}
	return rows
}

// invent makes a representation up.
func (k *resourceKind) invent(w *World, key string, beside map[string]string) value.Record {
	v, _ := k.invented(k.schema, w, k.source(w, k.place(key, beside))).(value.Record)
	return k.keyed(v, key)
}

// given is the i-th record of the user's, completed.
func (k *resourceKind) given(w *World, i int, given value.Record) row {
	at, _ := valueAt(given, k.key)
	key := scalarText(at)
	_, beside := k.parentsOf(w, i, 0)
	v := merged(k.invent(w, key, beside), given)
	if s := k.compiled(k.schema, schema.Any); !keeps(s, v) {
		// What was invented may be of another alternative than what was given.
		if keeps(s, given) {
			v = given
		}
	}
	return row{k.place(key, beside), beside, v, FromData}
}

// minted is the n-th key that the vendor gives out, from 1.
func (k *resourceKind) minted(w *World, n int) any {
	s := k.compiled(k.keySchema, schema.Any)
	src := k.source(w, "key").Index(n)
	m := &outlinedMember{}
	if k.keySchema != "" {
		m = outlineReader{contract: k.contract}.member(k.keySchema)
	}
	for _, candidate := range []any{json.Number(strconv.Itoa(n)), k.name + "-" + strconv.Itoa(n)} {
		if m.format == "" && keeps(s, candidate) {
			if _, isNumber := candidate.(json.Number); isNumber && k.keySchema == "" {
				continue
			}
			return candidate
		}
	}
	if m.format == "int32" || m.format == "int64" {
		if n := json.Number(strconv.Itoa(n)); keeps(s, n) {
			return n
		}
	}
	if text := src.UUID(); m.format == "uuid" && keeps(s, text) {
		return text
	}
	v, err := k.generator.Value(k.keySchema, src, generate.Options{View: schema.Response, Dynamic: true, At: w.Start})
	if err != nil || scalarText(v) == "" {
		return k.name + "-" + strconv.Itoa(n)
	}
	return v
}

// exemplary are the representations that the document has as examples of replies and that are valid, each key once.
func (k *resourceKind) exemplary() []value.Record {
	var list []value.Record
	for _, verb := range []string{specs.VerbList, specs.VerbRead, specs.VerbCreate, specs.VerbReplace} {
		for _, o := range k.operations {
			if o.says.Verb != verb || o.examples == nil {
				continue
			}
			for _, example := range o.examples() {
				list = append(list, o.representations(example)...)
			}
		}
	}
	fit := list[:0]
	s := k.compiled(k.schema, schema.Response)
	for _, v := range list {
		if keeps(s, v) {
			fit = append(fit, v)
		}
	}
	return fit
}

// representations are those that stand in a result of the operation.
func (o *resourceOperation) representations(result any) []value.Record {
	if o.says.Verb != specs.VerbList {
		v, _ := valueAt(result, o.body)
		if record, ok := v.(value.Record); ok {
			return []value.Record{record}
		}
		return nil
	}
	v, _ := valueAt(result, o.items)
	items, _ := v.([]any)
	var list []value.Record
	for _, item := range items {
		if record, ok := item.(value.Record); ok {
			list = append(list, record)
		}
	}
	return list
}

// exampleKeys are the keys that the document has as examples of the parameter: whoever tries them finds something.
func (k *resourceKind) exampleKeys() []string {
	var keys []string
	s := k.compiled(k.keySchema, schema.Any)
	for _, o := range k.operations {
		for _, p := range o.Parameters {
			if !o.says.Keyed() || p.Name != o.says.Parameter {
				continue
			}
			for _, v := range o.examplesOf(p) {
				if key := scalarText(v); key != "" && keeps(s, k.typed(k.keySchema, key)) {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// examplesOf are the values that the document has as examples of a parameter.
func (r *resources) examplesOf(p specs.Parameter) []any {
	var list []any
	for _, e := range p.Examples {
		if v, ok := r.contract.Value(e.Pointer); ok {
			list = append(list, v)
		}
	}
	if v, ok := r.contract.Value(p.Schema + "/example"); ok && p.Schema != "" {
		list = append(list, v)
	}
	if v, ok := r.contract.Value(p.Schema + "/examples/0"); ok && p.Schema != "" {
		list = append(list, v)
	}
	return list
}

// freshKeys are the keys that the document's own examples create where a second creation is refused: they are left free.
func (k *resourceKind) freshKeys() map[string]bool {
	fresh := map[string]bool{}
	for _, o := range k.operations {
		request, ok := o.RequestContent()
		if _, refuses := o.response("409"); !ok || !refuses || o.says.Verb != specs.VerbCreate {
			continue
		}
		for _, e := range request.Examples {
			v, _ := k.contract.Value(e.Pointer)
			at, _ := valueAt(v, o.sends+k.key)
			fresh[scalarText(at)] = true
		}
	}
	return fresh
}

// parentsOf are the parents of the i-th row: those that its members hold, by pointer, and those beside it, by name.
func (k *resourceKind) parentsOf(w *World, i, depth int) (bound, beside map[string]string) {
	bound, beside = map[string]string{}, map[string]string{}
	var above row
	var of *resourceKind
	for n := len(k.parents) - 1; n >= 0; n-- {
		p := k.parents[n]
		text, known := "", false
		switch {
		case of != nil && k.inherits(of, p.parameter.Name):
			text, known = of.textOf(above, p.parameter.Name)
		case p.kind != nil && depth < mostParents:
			if rows := p.kind.rowsBelow(w, depth+1); len(rows) > 0 {
				above, of = rows[i%len(rows)], p.kind
				text, _ = of.at(above.place)
				known = true
			}
		}
		if examples := k.examplesOf(p.parameter); !known && len(examples) > 0 {
			text, known = scalarText(examples[0]), true
		}
		switch {
		case p.member != "" && known:
			bound[p.member] = text
		case p.member == "" && !known:
			beside[p.parameter.Name] = k.someText(w, p.parameter)
		case p.member == "":
			beside[p.parameter.Name] = text
		}
	}
	if len(k.beside) == 0 {
		beside = nil
	}
	return bound, beside
}

// inherits says whether a parent of a kind has a parameter for a parent of its own.
func (k *resourceKind) inherits(of *resourceKind, name string) bool {
	for _, p := range of.parents {
		if p.parameter.Name == name {
			return true
		}
	}
	return false
}

// textOf is what a representation says of a parent.
func (k *resourceKind) textOf(r row, name string) (string, bool) {
	for _, p := range k.parents {
		if p.parameter.Name != name {
			continue
		}
		if p.member == "" {
			return r.beside[name], r.beside[name] != ""
		}
		v, _ := valueAt(r.value, p.member)
		return scalarText(v), scalarText(v) != ""
	}
	return "", false
}

// someText is some value of a parameter.
func (k *resourceKind) someText(w *World, p specs.Parameter) string {
	if text := scalarText(k.invented(p.Schema, w, k.source(w, "parent", p.Name))); text != "" {
		return text
	}
	return "1"
}
