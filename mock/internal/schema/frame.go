package schema

import "time"

// Slot stands in a [Frame]'s template for a value that each reply has of its own.
type Slot string

// The places.
const (
	Result    Slot = "$result"
	Now       Slot = "$now"
	RequestID Slot = "$requestId"
)

// Filling is what comes into the places of a frame.
type Filling struct {
	Result    any
	Now       time.Time
	RequestID string
}

// Frame is what stands around the results of an operation, written by a schema as far as it is always the same. It is
// immutable but for what it remembers, and safe for concurrent use.
type Frame struct {
	root   *framed
	slots  map[Slot]bool
	judges *judges
	// judged says that all that is always the same keeps its schema, and that pieces are enough to judge the rest by.
	judged bool
}

// framed is a part of a frame: text that is always the same, a place, or a record of parts.
type framed struct {
	text    string
	slot    Slot
	node    *node
	members []framedMember
}

type framedMember struct {
	key string
	framed
}

// Frame compiles a template: records, scalars, and [Slot] where each reply has a value of its own. It is nil where it is not
// certain beforehand how the schema has that: then each reply is to be converted as a whole.
func (s *Schema) Frame(template any) *Frame {
	if s == nil {
		return nil
	}
	f := &Frame{slots: map[Slot]bool{}, judges: &judges{set: s.set, view: s.view}, judged: s.view == Any}
	var ok bool
	if f.root, ok = f.compile(s.root, template); !ok {
		return nil
	}
	return f
}

// Has says whether the frame has a place.
func (f *Frame) Has(p Slot) bool { return f.slots[p] }

func (f *Frame) compile(n *node, template any) (*framed, bool) {
	record, isRecord := template.(map[string]any)
	if slot, ok := template.(Slot); ok {
		f.slots[slot] = true
		return &framed{slot: slot, node: n}, true
	}
	if !isRecord {
		w := writer{empty: -1}
		if w.value(n, template) != wrote || w.dst[0] == '[' || w.dst[0] == '{' {
			return nil, false
		}
		f.judged = f.judged && f.judges.accept(n, w.dst, Plain)
		return &framed{text: string(w.dst)}, true
	}
	f.judged = f.judged && n.piecewise
	if len(n.anyOf) > 0 {
		for i, alternative := range n.anyOf {
			if alternative.refuses(record) {
				continue
			}
			if !n.found(i, record) {
				return nil, false
			}
			return f.compile(alternative, template)
		}
		return nil, false
	}
	if !n.is("object") || n.isConst {
		return nil, false
	}
	out := &framed{node: n}
	known := 0
	for i := range n.properties {
		p := &n.properties[i]
		inner, there := record[p.name]
		if there {
			known++
		} else if !n.required[p.name] {
			continue
		}
		part, ok := f.compile(p.node, inner)
		if !ok || p.key == "" {
			return nil, false
		}
		out.members = append(out.members, framedMember{p.key, *part})
	}
	return out, known == len(record)
}

// refuses says whether a schema is certain to have no form for a template, whatever comes into its places: a scalar of it is
// none that the schema takes.
func (n *node) refuses(template map[string]any) bool {
	if len(n.anyOf) > 0 || !n.is("object") {
		return false
	}
	for _, p := range n.properties {
		switch v := template[p.name].(type) {
		case nil, Slot:
		case map[string]any:
			if p.node.refuses(v) {
				return true
			}
		default:
			w := writer{empty: -1}
			if w.value(p.node, v) == refused {
				return true
			}
		}
	}
	for name := range template {
		if n.byName[name] == nil && !n.takesMore() {
			return true
		}
	}
	return false
}

// Append writes a reply. It is false where that is left to [Schema.Convert] and [Schema.AppendJSON]; dst is as it was then. A
// reply that is judged is certain to keep the schema: what of it was remembered was held to it once, and the rest now. A
// result of which nothing is remembered is judged as part of the whole, by whoever asks.
func (f *Frame) Append(dst []byte, with Filling, lists Lists) (out []byte, judged, ok bool) {
	w := writer{dst: dst, lists: lists, empty: -1}
	if f.judged && holds(with.Result) {
		w.judges = f.judges
	}
	if w.frame(f.root, &with) != wrote {
		return dst, false, false
	}
	return w.dst, w.judges != nil && !w.doubt, true
}

func (w *writer) frame(f *framed, with *Filling) outcome {
	switch f.slot {
	case Result:
		return w.value(f.node, with.Result)
	case Now:
		return w.value(f.node, with.Now)
	case RequestID:
		return w.value(f.node, with.RequestID)
	}
	if f.members == nil && f.text != "" {
		w.dst = append(w.dst, f.text...)
		return wrote
	}
	w.dst = append(w.dst, '{')
	for i := range f.members {
		m := &f.members[i]
		w.key(m.key, i == 0)
		at := len(w.dst)
		w.empty = -1
		if out := w.frame(&m.framed, with); out != wrote || w.lists != Plain && w.empty == at {
			return unsure
		}
	}
	w.dst = append(w.dst, '}')
	return wrote
}
