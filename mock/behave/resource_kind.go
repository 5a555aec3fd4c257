package behave

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// resourceKind is one sort of representations. A session holds a few from its beginning (see [resourceKind.rows]); what it
// keeps itself is what was put and what was deleted.
type resourceKind struct {
	*resources
	name string
	key  string // pointer within a representation
	// schema is that of the fullest representation there is, keySchema that of its key; "" where the document leaves it open.
	schema, keySchema string
	operations        []*resourceOperation
	// stored is under which kind of the state a session keeps what was put and deleted.
	stored  string
	parents []parent
	// beside are the parents that a representation does not hold: they are part of its place.
	beside []string

	mu    sync.Mutex
	cache map[moment][]row
}

// parent is a parameter of the path above the key's.
type parent struct {
	parameter specs.Parameter
	member    string        // pointer within a representation, "" when it holds none
	kind      *resourceKind // nil when no operation reads what the parameter names
}

// row is one that a session holds from its beginning.
type row struct {
	place  string
	beside map[string]string
	value  value.Record
	origin Origin
}

// settle finds out what can be known once all operations of all kinds are.
func (k *resourceKind) settle() {
	best := 0
	for _, o := range k.operations {
		pointer, ok := k.contract.Representation(o.Operation)
		rank := map[string]int{specs.VerbRead: 6, specs.VerbCreate: 5, specs.VerbReplace: 4, specs.VerbPatch: 3, specs.VerbList: 2}[o.says.Verb]
		if _, replied := k.contract.Replied(o.Operation); !replied {
			rank = 1 // what is taken lacks what the vendor adds
		}
		if ok && pointer != "" && rank > best {
			k.schema, best = pointer, rank
		}
		for _, name := range pathNames(o.Path) {
			member, is := o.says.Parents[name]
			i := slices.IndexFunc(k.parents, func(p parent) bool { return p.parameter.Name == name })
			switch {
			case !is:
			case i < 0:
				k.parents = append(k.parents, parent{o.parameter(name), member, k.above(o.Path, name)})
			case member == "":
				k.parents[i].member = ""
			}
		}
	}
	for _, p := range k.parents {
		if p.member == "" {
			k.beside = append(k.beside, p.parameter.Name)
		}
	}
	k.keySchema, _ = k.contract.Member(k.schema, k.key)
}

// parameter is what the document says of a parameter of the path.
func (o *resourceOperation) parameter(name string) specs.Parameter {
	for _, p := range o.Parameters {
		if p.Name == name && p.In == "path" {
			return p
		}
	}
	return specs.Parameter{Name: name, In: "path"}
}

// pathNames are the parameters of a path template in its order.
func pathNames(path string) []string {
	var names []string
	for i, part := range strings.Split(path, "{") {
		if name, _, ok := strings.Cut(part, "}"); ok && i > 0 {
			names = append(names, name)
		}
	}
	return names
}

// above is the kind of what a parameter of a path names: some operation's whole path ends with it.
func (k *resourceKind) above(path, name string) *resourceKind {
	head, _, _ := strings.Cut(path, "{"+name+"}")
	head = nameless(head + "{}")
	for _, other := range k.kinds {
		for _, o := range other.operations {
			if other != k && o.says.Keyed() && nameless(o.Path) == head {
				return other
			}
		}
	}
	return nil
}

// nameless is a path template without the names of its parameters.
func nameless(path string) string {
	var b strings.Builder
	for i, part := range strings.Split(path, "{") {
		if _, rest, ok := strings.Cut(part, "}"); ok && i > 0 {
			part = "{}" + rest
		}
		b.WriteString(part)
	}
	return b.String()
}

// place is where a representation of a key is kept: under what is beside it as well.
func (k *resourceKind) place(key string, beside map[string]string) string {
	if len(k.beside) == 0 {
		return key
	}
	var b strings.Builder
	for _, name := range k.beside {
		b.WriteString(url.PathEscape(beside[name]) + "/")
	}
	return b.String() + url.PathEscape(key)
}

// at is the reverse of place.
func (k *resourceKind) at(place string) (key string, beside map[string]string) {
	if len(k.beside) == 0 {
		return place, nil
	}
	parts := strings.Split(place, "/")
	if len(parts) != len(k.beside)+1 {
		return place, nil
	}
	for i, part := range parts {
		parts[i], _ = url.PathUnescape(part)
	}
	beside = map[string]string{}
	for i, name := range k.beside {
		beside[name] = parts[i]
	}
	return parts[len(parts)-1], beside
}

// source is that of what is invented about one representation, or about the kind.
func (k *resourceKind) source(w *World, parts ...string) fake.Source {
	return fake.New(w.Seed, "resource", k.contract.Vendor, k.name).Sub(parts...)
}

// all lists what a session holds: what it began with, then what was made, in that order.
func (k *resourceKind) all(tx state.Tx, w *World) ([]row, error) {
	begun := k.rows(w)
	kept, err := changesOf(tx, k.stored)
	if err != nil || kept.byKey == nil {
		return begun, err
	}
	known := make(map[string]bool, len(begun))
	list := make([]row, 0, len(begun)+len(kept.keys))
	add := func(place string, h held) {
		if !h.Gone {
			_, beside := k.at(place)
			list = append(list, row{place, beside, h.Value, WasPut})
		}
	}
	for _, r := range begun {
		known[r.place] = true
		if h, changed := kept.byKey[r.place]; changed {
			add(r.place, h)
		} else {
			list = append(list, r)
		}
	}
	for _, place := range kept.keys {
		if !known[place] {
			add(place, kept.byKey[place])
		}
	}
	return list, nil
}

// find is what a session holds at a place.
func (k *resourceKind) find(tx state.Tx, w *World, place string) (row, bool, error) {
	record, changed := tx.Get(k.stored, place)
	if changed {
		h, err := readHeld(record)
		_, beside := k.at(place)
		return row{place, beside, h.Value, WasPut}, err == nil && !h.Gone, err
	}
	r, ok := k.begun(w, place)
	return r, ok, nil
}

// begun is what a session began with at a place.
func (k *resourceKind) begun(w *World, place string) (row, bool) {
	rows := k.rows(w)
	i := slices.IndexFunc(rows, func(r row) bool { return r.place == place })
	if i < 0 {
		return row{}, false
	}
	return rows[i], true
}

// put keeps a representation.
func (k *resourceKind) put(tx state.Tx, place string, v value.Record) error {
	return held{Value: v}.write(tx, k.stored, place)
}

// remove takes one away. What the session began with stays away by a mark.
func (k *resourceKind) remove(tx state.Tx, w *World, place string) error {
	if _, begun := k.begun(w, place); begun {
		return held{Gone: true}.write(tx, k.stored, place)
	}
	tx.Delete(k.stored, place)
	return nil
}

// kind is what can be done with the records of the kind from outside of any call.
func (k *resourceKind) kind() kind {
	shown := strings.TrimPrefix(k.key, "/")
	if len(k.beside) > 0 {
		shown = strings.ToUpper(strings.Join(k.beside, "/") + "/" + shown)
	}
	return kind{
		Kind: Kind{Name: k.name, Schema: k.schema, Key: shown},
		data: &dataRules{
			key: k.key, mint: func(n int) any { return k.minted(&World{}, n) }, members: k.members,
			complete: func(w *World, i int, given value.Record) value.Record { return k.given(w, i, given).value },
		},
		list: func(tx state.Tx, w *World, _ time.Time) ([]Record, error) {
			rows, err := k.all(tx, w)
			list := make([]Record, len(rows))
			for i, r := range rows {
				list[i] = Record{Key: r.place, Value: cloned(r.value).(value.Record), Origin: r.origin}
			}
			return list, err
		},
		put: k.putRecord,
		delete: func(tx state.Tx, w *World, _ time.Time, place string) (bool, error) {
			_, there, err := k.find(tx, w, place)
			if err != nil || !there {
				return false, err
			}
			return true, k.remove(tx, w, place)
		},
	}
}

// members are the schemas of a record's members by name; other members may stand beside them when it is open.
func (k *resourceKind) members() (schemas map[string]string, open bool) {
	o := k.outline(k.schema)
	schemas = map[string]string{}
	for name, m := range o.members {
		schemas[name] = m.schema
	}
	return schemas, o.open
}

func (k *resourceKind) putRecord(tx state.Tx, w *World, _ time.Time, place string, patch value.Record) (Record, error) {
	key, beside := k.at(place)
	if len(k.beside) > 0 && beside == nil {
		return Record{}, fmt.Errorf("%w: a key of %s is written as %s, its parts escaped as in a URL", ErrInvalid, k.name, k.kind().Key)
	}
	if v, given := valueAt(patch, k.key); given && scalarText(v) != key {
		return Record{}, fmt.Errorf("%w: the member %s contradicts the key", ErrInvalid, k.key)
	}
	r, there, err := k.find(tx, w, place)
	if err != nil {
		return Record{}, err
	}
	under := r.value
	if !there {
		under = k.invent(w, key, beside)
	}
	v := k.keyed(merged(under, patch), key)
	return Record{Key: place, Value: v, Origin: WasPut}, k.put(tx, place, v)
}

// keyed is a representation with its key in it.
func (k *resourceKind) keyed(v value.Record, key string) value.Record {
	out, _ := withValue(v, k.key, k.typed(k.keySchema, key)).(value.Record)
	return out
}

// typed is a text of a path as a member of that schema holds it.
func (r *resources) typed(pointer, text string) any {
	if s := r.compiled(pointer, schema.Any); s != nil {
		return s.FromText(text)
	}
	return text
}
