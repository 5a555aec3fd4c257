package learn

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	if _, there := w.contract.Value(pointer); there {
		w.add(Action{Target: w.path(pointer), Remove: true})
	}
}

func (w *widener) update(pointer string, update any) {
	w.add(Action{Target: w.path(pointer), Update: update})
}

// path is a JSON pointer of the contract as a JSONPath (RFC 9535).
func (w *widener) path(pointer string) string {
	var b strings.Builder
	b.WriteByte('$')
	above := ""
	for _, token := range strings.Split(pointer, "/")[1:] {
		in, _ := w.contract.Value(above)
		above += "/" + token
		name := specs.UnescapePointer(token)
		if _, isList := in.([]any); isList {
			b.WriteString("[" + name + "]")
			continue
		}
		if simpleName.MatchString(name) {
			b.WriteString("." + name)
			continue
		}
		b.WriteString("['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name) + "']")
	}
	return b.String()
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
				w.update(at, map[string]any{"nullable": true})
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

// values adds constants to those that a schema takes. What may be a datum is not written down: the rule goes.
func (w *widener) values(at string, list []heardAt) {
	m := w.raw(at)
	var seen []any
	shown := m["x-sensitive"] == nil
	for _, h := range list {
		if !slices.Contains(seen, scalar(h.value)) {
			seen = append(seen, scalar(h.value))
		}
		shown = shown && plainValue(h.value)
	}
	slices.SortFunc(seen, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	own, isConst := m["const"]
	_, isEnum := m["enum"].([]any)
	switch {
	case isConst && shown:
		w.remove(at + "/const")
		w.update(at, map[string]any{"enum": append([]any{scalar(own)}, seen...)})
	case isEnum && shown:
		w.update(at, map[string]any{"enum": seen})
	case isConst || isEnum:
		w.remove(at + "/const")
		w.remove(at + "/enum")
	default:
		for _, keyword := range []string{"anyOf", "oneOf"} {
			if _, ok := m[keyword].([]any); ok {
				w.alternative(at, keyword, list)
			}
		}
	}
}

// scalar is a scalar that can be compared and written.
func scalar(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case map[string]any, []any:
		return nil
	}
	return v
}

var plainText = regexp.MustCompile(`^[\p{L}\p{N}_./ -]{0,24}$`)

// plainValue says whether a constant can be written down: it is short and no number of a person, phone or card.
func plainValue(v any) bool {
	switch v := v.(type) {
	case nil, bool:
		return true
	case json.Number:
		return len(v) < 6
	case string:
		return plainText.MatchString(v) && !manyDigits.MatchString(v)
	}
	return false
}

// bound moves a bound to what was seen.
func (w *widener) bound(at, keyword string, list []heardAt) {
	n := -1
	for _, h := range list {
		size := 0
		switch v := h.value.(type) {
		case string:
			size = utf8.RuneCountInString(v)
		case []any:
			size = len(v)
		}
		if n < 0 || strings.HasPrefix(keyword, "max") && size > n || strings.HasPrefix(keyword, "min") && size < n {
			n = size
		}
	}
	w.update(at, map[string]any{keyword: n})
}

// alternative adds one to several.
func (w *widener) alternative(at, keyword string, list []heardAt) {
	var values []any
	for _, h := range list {
		values = append(values, h.value)
	}
	w.update(at, map[string]any{keyword: []any{w.inferred(values)}})
}
