package learn

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// equal says whether two actions do the same.
func (a Action) equal(b Action) bool {
	return a.Target == b.Target && a.Remove == b.Remove && reflect.DeepEqual(a.Update, b.Update)
}

// widening are the actions that make the contract take what was heard.
func (l *learner) widening(s *stand, heard []heardAt) []Action {
	w := &widener{stand: s, learner: l}
	grouped := map[string][]heardAt{}
	for _, h := range heard {
		key := h.schema + "\x00" + h.keyword
		switch h.keyword {
		case "status", "mediaType":
			key = "\x01" + h.operation + "\x00" + strconv.Itoa(h.x.heard.Response.Status)
		case "code":
			key = "\x01" + h.operation + "\x00" + h.replied.code + "\x00" + strconv.Itoa(h.x.heard.Response.Status)
		case "required":
			key = parentOf(h.schema, h.keyword) + "\x00required"
		}
		grouped[key] = append(grouped[key], h)
	}
	for _, key := range sortedKeys(grouped) {
		w.group, w.because = key, because(grouped[key])
		w.widen(grouped[key])
	}
	return w.actions
}

func parentOf(pointer, keyword string) string { return strings.TrimSuffix(pointer, "/"+keyword) }

// because is the evidence of an action.
func because(list []heardAt) string {
	first := list[0]
	for _, h := range list {
		if h.first.Source == first.first.Source && h.first.Exchange < first.first.Exchange {
			first = h
		}
	}
	n := len(list)
	text := fmt.Sprintf("Exchange %d of %s, %s of %s", first.first.Exchange, first.first.Source, first.first.Side, first.first.Operation)
	if first.first.Pointer != "" {
		text += " at " + first.first.Pointer
	}
	text += ": " + first.beyond.tells()
	if n > 1 {
		text += fmt.Sprintf(" (%d times)", n)
	}
	return text + "."
}

// widener collects actions.
type widener struct {
	*stand
	learner        *learner
	actions        []Action
	group, because string
}

func (w *widener) add(a Action) {
	a.group, a.Description = w.group, w.because
	if !slices.ContainsFunc(w.actions, a.equal) {
		w.actions = append(w.actions, a)
	}
}

func (w *widener) remove(pointer string) {
	if _, there := w.value(pointer); there {
		w.add(Action{Target: w.path(pointer), Remove: true})
	}
}

func (w *widener) update(pointer string, update any) {
	w.add(Action{Target: w.path(pointer), Update: update})
}

// path is a JSON pointer of the contract as a JSONPath (RFC 9535) of its document.
func (w *widener) path(pointer string) string {
	if w.swagger() {
		return w.swaggerPath(pointer)
	}
	return w.pathOf(pointer)
}

func (w *widener) pathOf(pointer string) string {
	var b strings.Builder
	b.WriteByte('$')
	above := ""
	for _, token := range strings.Split(pointer, "/")[1:] {
		in, _ := w.value(above)
		above += "/" + token
		name := specs.UnescapePointer(token)
		if _, isList := in.([]any); isList {
			b.WriteString("[" + w.item(above, name) + "]")
			continue
		}
		if simpleName.MatchString(name) {
			b.WriteString("." + name)
			continue
		}
		b.WriteString("[" + quoted(name) + "]")
	}
	return b.String()
}

// quoted is a text as a JSONPath has it.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

var simpleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// modern says that the document is one of OpenAPI 3.1, in which a schema may have several types.
func (w *widener) modern() bool {
	return !strings.HasPrefix(w.contract.OpenAPI, "3.0") && !strings.HasPrefix(w.contract.OpenAPI, "2")
}

// widen makes one rule take everything that broke it.
func (w *widener) widen(list []heardAt) {
	h := list[0]
	at := h.schema
	switch h.keyword {
	case "status", "mediaType":
		w.response(list)
		return
	case "code":
		w.row(h)
		return
	case "header", "seal", "unreadable", "unexplained":
		return
	}
	if at == "" {
		return
	}
	switch h.keyword {
	case "type":
		w.types(at, list)
	case "required", "dependentRequired":
		w.required(at, h.keyword, list)
	case keywordExtra, "additionalProperties", "unevaluatedProperties":
		w.members(at, list)
	case "enum", "const":
		w.values(at, list)
	case "minLength", "maxLength", "minItems", "maxItems":
		w.bound(at, h.keyword, list)
	case "anyOf", "oneOf":
		w.alternative(at, h.keyword, list)
	default:
		w.remove(at + "/" + h.keyword)
	}
}

// types adds what was seen to the types of a schema.
func (w *widener) types(at string, list []heardAt) {
	m := w.raw(at)
	var seen []any
	for _, h := range list {
		if t := typeOf(h.value); !slices.Contains(seen, any(t)) {
			seen = append(seen, t)
		}
	}
	slices.SortFunc(seen, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	if slices.Contains(seen, any("number")) {
		seen = slices.DeleteFunc(seen, func(t any) bool { return t == "integer" })
	}
	switch own := m["type"].(type) {
	case string:
		if !w.modern() {
			if len(seen) == 1 && seen[0] == "null" {
				w.update(at, map[string]any{w.nullable(): true})
				return
			}
			w.remove(at + "/type")
			return
		}
		w.remove(at + "/type")
		w.update(at, map[string]any{"type": append([]any{own}, seen...)})
	case []any:
		if !w.modern() {
			w.remove(at + "/type")
			return
		}
		w.update(at, map[string]any{"type": seen})
	default:
		for _, keyword := range []string{"anyOf", "oneOf"} {
			if _, ok := m[keyword].([]any); ok {
				w.alternative(at, keyword, list)
				return
			}
		}
	}
}

// required takes what was missing out of what is required: an overlay can remove the list as a whole only.
func (w *widener) required(at, keyword string, list []heardAt) {
	at = parentOf(at, keyword)
	if keyword != "required" {
		w.remove(at + "/" + keyword)
		return
	}
	m := w.raw(at)
	names, ok := m["required"].([]any)
	if !ok {
		if m["required"] == true { // a parameter
			w.update(at, map[string]any{"required": false})
		}
		return
	}
	var rest []any
	for _, name := range names {
		missing := slices.ContainsFunc(list, func(h heardAt) bool {
			return specs.UnescapePointer(h.pointer[strings.LastIndexByte(h.pointer, '/')+1:]) == name
		})
		if !missing {
			rest = append(rest, name)
		}
	}
	w.remove(at + "/required")
	if len(rest) > 0 {
		w.update(at, map[string]any{"required": rest})
	}
}

// members describes members that the contract does not have.
func (w *widener) members(at string, list []heardAt) {
	for _, keyword := range []string{"additionalProperties", "unevaluatedProperties"} {
		at = parentOf(at, keyword)
	}
	values := map[string][]any{}
	for _, h := range list {
		name, v := specs.UnescapePointer(h.pointer[strings.LastIndexByte(h.pointer, '/')+1:]), h.value
		if n, ok := v.(named); ok {
			name, v = n.name, n.value
		}
		if shownName(name) == "?" { // its name may be a datum
			for _, keyword := range []string{"additionalProperties", "unevaluatedProperties"} {
				w.remove(at + "/" + keyword)
			}
			w.update(at, map[string]any{"additionalProperties": true})
			return
		}
		values[name] = append(values[name], v)
	}
	properties := map[string]any{}
	for _, name := range sortedKeys(values) {
		properties[name] = w.inferred(values[name])
	}
	w.update(at, map[string]any{"properties": properties})
}
