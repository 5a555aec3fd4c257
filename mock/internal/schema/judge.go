package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync"

	"understudy/mock/internal/value"
)

// judges hold pieces of a text to their schemas, where that is the same as holding the whole to the whole: of a record whose
// schema speaks of single members, of a list whose schema speaks of its elements. A piece that is remembered was judged when
// it was written, and is not looked at again.
type judges struct {
	set    *Set
	view   View
	byNode sync.Map // *node → *Schema, or false for what does not compile
}

// accept says whether a text is certain to keep the schema that a node stands for.
func (j *judges) accept(n *node, text []byte, lists Lists) bool {
	known, ok := j.byNode.Load(n)
	if !ok {
		known = j.compile(n)
		j.byNode.Store(n, known)
	}
	s, compiles := known.(*Schema)
	return compiles && s.Accepts(text, Syntax{Lists: lists})
}

func (j *judges) compile(n *node) any {
	if n == free {
		return (*Schema)(nil)
	}
	s, err := j.set.CompileView(n.pointer, j.view)
	if err != nil || n.pointer == "" {
		return false
	}
	return s
}

// piecewise says whether a schema says nothing but what its parts say by themselves, and how many elements a list has.
func piecewise(m map[string]any) bool {
	_, alternatives := m["anyOf"]
	for keyword, v := range m {
		switch keyword {
		case "description", "title", "summary", "example", "examples", "default", "deprecated", "externalDocs", "xml", "$comment", "anyOf":
		case "type", "properties", "items", "minItems", "maxItems":
			if alternatives {
				return false
			}
		case "required":
			properties, _ := m["properties"].(map[string]any)
			names, _ := v.([]any)
			for _, name := range names {
				if text, _ := name.(string); properties[text] == nil {
					return false
				}
			}
			if alternatives {
				return false
			}
		case "additionalProperties":
			if _, plain := v.(bool); !plain || alternatives {
				return false
			}
		default:
			if !strings.HasPrefix(keyword, "x-") {
				return false
			}
		}
	}
	return true
}

// counted is how many elements a list may have; a bound that is no whole number takes no list.
func counted(m map[string]any) (least, most int) {
	most = math.MaxInt
	for keyword, into := range map[string]*int{"minItems": &least, "maxItems": &most} {
		if v, stated := m[keyword]; stated {
			literal, _ := v.(json.Number)
			n, err := strconv.Atoi(string(literal))
			if err != nil {
				return 0, -1
			}
			*into = n
		}
	}
	return least, most
}

// pieces says whether a value is to be judged piece by piece: some piece of it is remembered.
func (w *writer) pieces(n *node, v any) bool { return isFixed(v) || n.piecewise && holds(v) }

// holds says whether some of a value may be remembered.
func holds(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0 && isFixed(v[0])
	case map[string]any:
		for _, member := range v {
			if list, ok := member.([]any); isFixed(member) || ok && len(list) > 0 && isFixed(list[0]) {
				return true
			}
		}
	}
	return isFixed(v)
}

func isFixed(v any) bool {
	switch v.(type) {
	case *value.Fixed, *value.With:
		return true
	}
	return false
}

// judged writes a value and holds it to its schema as a whole.
func (w *writer) judged(n *node, v any) outcome {
	by, doubt, at := w.judges, w.doubt, len(w.dst)
	w.judges = nil
	out := w.value(n, v)
	w.judges, w.doubt = by, doubt
	if out == wrote && !w.doubt {
		w.doubt = !by.accept(n, w.dst[at:], w.lists)
	}
	return out
}

// fixed writes a value that does not change: as it was written before, where this schema has done so.
func (w *writer) fixed(n *node, f *value.Fixed) outcome {
	text := f.Written()
	known := text != nil && text.By == n && text.Form == int(w.lists)
	if known && (text.Judged || w.judges == nil) {
		w.dst = append(w.dst, text.JSON...)
		return wrote
	}
	by, doubt, at := w.judges, w.doubt, len(w.dst)
	w.judges = nil
	v := f.Value()
	out := w.value(n, v)
	w.judges, w.doubt = by, doubt
	if out != wrote {
		return out
	}
	written := w.dst[at:]
	judged := by != nil && by.accept(n, written, w.lists)
	w.doubt = w.doubt || by != nil && !judged
	if record, ok := v.(map[string]any); ok && len(record) > 0 && (!known || judged) { // an empty list is not always written
		f.Keep(&value.Written{By: n, Form: int(w.lists), JSON: string(written), Judged: judged})
	}
	return out
}

// with writes a record that does not change with one member before it or behind it; where the member belongs in its midst, the
// record is written anew.
func (w *writer) with(n *node, x *value.With) outcome {
	last := len(n.properties) - 1
	if len(n.anyOf) > 0 || n.isConst || last < 1 || n.required[x.Name] || !n.piecewise || !n.is("object") {
		return w.value(n, x.Value())
	}
	at := len(w.dst)
	out := unsure
	switch x.Name {
	case n.properties[0].name:
		out = w.before(n, x)
	case n.properties[last].name:
		out = w.behind(n, x)
	}
	if out == unsure {
		w.dst = w.dst[:at]
		return w.value(n, x.Value())
	}
	return out
}

func (w *writer) before(n *node, x *value.With) outcome {
	at := len(w.dst)
	w.dst = append(w.dst, '{')
	switch out := w.property(&n.properties[0], x.Member, true, n.required); out {
	case wrote:
	case leftOut:
		w.dst = w.dst[:at]
		return w.fixed(n, x.Fixed)
	default:
		return out
	}
	joint := len(w.dst)
	out := w.fixed(n, x.Fixed)
	switch {
	case out != wrote:
	case w.dst[joint] != '{' || w.dst[joint+1] == '}':
		return unsure
	default:
		w.dst[joint] = ','
	}
	return out
}

func (w *writer) behind(n *node, x *value.With) outcome {
	at := len(w.dst)
	if out := w.fixed(n, x.Fixed); out != wrote {
		return out
	}
	end := len(w.dst) - 1
	if w.dst[at] != '{' || end == at+1 {
		return unsure
	}
	w.dst = w.dst[:end]
	out := w.property(&n.properties[len(n.properties)-1], x.Member, false, n.required)
	if out == wrote || out == leftOut {
		w.dst = append(w.dst, '}')
		out = wrote
	}
	return out
}
