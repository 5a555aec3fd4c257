package parameter

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Encode writes a value as a parameter: the reverse of [Decode]. Members stand in alphabetical order. A value that the style
// has no form for is an *[Error] of kind Unfit: an object within an object, but for deepObject, a delimiter within an element
// where it cannot be escaped, null within a list.
func Encode(p *specs.Parameter, v any) (Written, error) {
	w := writer{parameter: p}
	if p.MediaType != "" {
		return w.content(v)
	}
	if v == nil {
		return Written{}, nil
	}
	switch p.In {
	case "path":
		text, err := w.path(v)
		return Written{Text: text}, err
	case "header":
		text, err := w.header(v)
		return Written{Text: text}, err
	case "cookie":
		return w.cookie(v)
	}
	return w.query(v)
}

type writer struct{ parameter *specs.Parameter }

func unfit(pointer, reason string) error {
	return &Error{Kind: Unfit, Pointer: pointer, Reason: reason, Offset: -1}
}

// atom is a single value as a text.
func atom(v any, pointer string) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return string(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int, int64, int32, float64:
		return fmt.Sprint(v), nil
	case nil:
		return "", unfit(pointer, "null has no form here; leave it out")
	}
	return "", unfit(pointer, "a list or an object within another has no form in this style; state the style deepObject or a content")
}

// parts are the elements of a list or the members of an object as texts; names is nil for a list. Members that are null are
// left out.
func parts(v any) (names, values []string, isObject bool, err error) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			s, err := atom(item, "/"+strconv.Itoa(i))
			if err != nil {
				return nil, nil, false, err
			}
			values = append(values, s)
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			if v[name] == nil {
				continue
			}
			s, err := atom(v[name], "/"+specs.EscapePointer(name))
			if err != nil {
				return nil, nil, true, err
			}
			names, values = append(names, name), append(values, s)
		}
		isObject = true
	}
	return names, values, isObject, nil
}

func isSingle(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// joined writes parts with a delimiter between, each escaped by esc; names and values alternate, or stand together.
func joined(v any, delimiter string, together bool, esc func(string) string) (string, error) {
	names, values, isObject, err := parts(v)
	if err != nil {
		return "", err
	}
	pieces := make([]string, 0, len(values))
	for i, s := range values {
		switch {
		case !isObject:
			pieces = append(pieces, esc(s))
		case together:
			pieces = append(pieces, esc(names[i])+"="+esc(s))
		default:
			pieces = append(pieces, esc(names[i]), esc(s))
		}
	}
	return strings.Join(pieces, delimiter), nil
}

func (w *writer) path(v any) (string, error) {
	esc := func(s string) string { return escape(s, "") }
	name := esc(w.parameter.Name)
	if isSingle(v) {
		s, err := atom(v, "")
		s = esc(s)
		switch {
		case w.parameter.Style == label:
			s = "." + s
		case w.parameter.Style == matrix && s == "":
			s = ";" + name
		case w.parameter.Style == matrix:
			s = ";" + name + "=" + s
		}
		return s, err
	}
	switch w.parameter.Style {
	case label:
		if w.parameter.Explode {
			// A full stop is no reserved character, and yet a delimiter here.
			s, err := joined(v, ".", true, func(s string) string { return strings.ReplaceAll(esc(s), ".", "%2E") })
			return "." + s, err
		}
		s, err := joined(v, ",", false, esc)
		return "." + s, err
	case matrix:
		if !w.parameter.Explode {
			s, err := joined(v, ",", false, esc)
			return ";" + name + "=" + s, err
		}
		if _, isList := v.([]any); isList {
			s, err := joined(v, "", false, func(s string) string { return ";" + name + "=" + esc(s) })
			return s, err
		}
		s, err := joined(v, ";", true, esc)
		return ";" + s, err
	}
	return joined(v, ",", w.parameter.Explode, esc)
}

func (w *writer) header(v any) (string, error) {
	if isSingle(v) {
		s, err := atom(v, "")
		if err == nil {
			err = headerText(s)
		}
		return s, err
	}
	names, values, _, err := parts(v)
	if err != nil {
		return "", err
	}
	for _, s := range append(names, values...) {
		if strings.Contains(s, ",") || strings.Trim(s, " \t") != s || s == "" {
			return "", unfit("", "an element of a header has no comma, no space around it, and is not empty")
		}
		if err := headerText(s); err != nil {
			return "", err
		}
	}
	return joined(v, ",", w.parameter.Explode, func(s string) string { return s })
}

// headerText holds a text to what a header may have (RFC 9110, section 5.5).
func headerText(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }) {
		return unfit("", "a header holds no control characters")
	}
	return nil
}

// pair is a name and a value, and how both stand in the query.
type pair struct{ name, value, escapedName, escapedValue string }

func (w *writer) written(pairs []pair) Written {
	var out Written
	var b strings.Builder
	for i, p := range pairs {
		out.Pairs = append(out.Pairs, wire.Pair{Name: p.name, Value: p.value, In: wire.InQuery})
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.escapedName + "=" + p.escapedValue)
	}
	out.Query = b.String()
	return out
}

// esc escapes a value of the query.
func (w *writer) esc(s string) string {
	if w.parameter.AllowReserved {
		return escape(s, reserved)
	}
	return escape(s, "")
}

func (w *writer) pair(name, value string) pair {
	return pair{name, value, escape(name, ""), w.esc(value)}
}

func (w *writer) query(v any) (Written, error) {
	name := w.parameter.Name
	if w.parameter.Style == deepObject && !isSingle(v) {
		pairs, err := w.deep(nil, name, v, "")
		return w.written(pairs), err
	}
	if isSingle(v) {
		s, err := atom(v, "")
		if err != nil {
			return Written{}, err
		}
		return w.written([]pair{w.pair(name, s)}), nil
	}
	if w.parameter.Explode {
		pairs, err := w.exploded(v)
		return w.written(pairs), err
	}
	delimiter, escaped := ",", ","
	switch w.parameter.Style {
	case spaceDelimited:
		delimiter, escaped = " ", "%20"
	case pipeDelimited:
		delimiter, escaped = "|", "%7C"
	}
	names, values, _, err := parts(v)
	if err != nil || len(values) == 0 {
		return Written{}, err
	}
	for _, s := range append(names, values...) {
		if delimiter != "," && strings.Contains(s, delimiter) {
			return Written{}, unfit("", "the style "+w.parameter.Style+" has no form for its delimiter within an element")
		}
	}
	bare, _ := joined(v, delimiter, false, func(s string) string { return s })
	// A comma within an element stays escaped, whatever reserved characters are allowed.
	text, _ := joined(v, escaped, false, func(s string) string { return strings.ReplaceAll(w.esc(s), ",", "%2C") })
	return w.written([]pair{{name, bare, escape(name, ""), text}}), nil
}

// exploded writes each part under a name of its own; a member that is a list is repeated.
func (w *writer) exploded(v any) ([]pair, error) {
	var pairs []pair
	object, ok := v.(map[string]any)
	if !ok {
		_, values, _, err := parts(v)
		for _, s := range values {
			pairs = append(pairs, w.pair(w.parameter.Name, s))
		}
		return pairs, err
	}
	for _, name := range sortedNames(object) {
		items, isList := object[name].([]any)
		if !isList {
			items = []any{object[name]}
		}
		for _, item := range items {
			if item == nil && !isList {
				continue
			}
			s, err := atom(item, "/"+specs.EscapePointer(name))
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, w.pair(name, s))
		}
	}
	return pairs, nil
}

// deep writes the style deepObject: brackets for each level, lists by repeating what holds single values, and by index where
// an element has parts of its own.
func (w *writer) deep(pairs []pair, name string, v any, pointer string) ([]pair, error) {
	if strings.Count(name, "[") > mostDepth {
		return nil, unfit(pointer, "nested too deeply for the style deepObject")
	}
	var err error
	switch v := v.(type) {
	case nil:
		return pairs, nil
	case map[string]any:
		for _, member := range sortedNames(v) {
			if strings.ContainsAny(member, "[]") || member == "" {
				return nil, unfit(pointer, "the style deepObject has no form for brackets in a member's name, or for an empty one")
			}
			if pairs, err = w.deep(pairs, name+"["+member+"]", v[member], pointer+"/"+specs.EscapePointer(member)); err != nil {
				return nil, err
			}
		}
		return pairs, nil
	case []any:
		for i, item := range v {
			at := name
			if !isSingle(item) || name == w.parameter.Name {
				at += "[" + strconv.Itoa(i) + "]"
			}
			if item == nil {
				return nil, unfit(pointer+"/"+strconv.Itoa(i), "null has no form here; leave it out")
			}
			if pairs, err = w.deep(pairs, at, item, pointer+"/"+strconv.Itoa(i)); err != nil {
				return nil, err
			}
		}
		return pairs, nil
	}
	s, err := atom(v, pointer)
	return append(pairs, w.pair(name, s)), err
}

// cookieSafe are the characters that a cookie's value holds as they are, beside the unreserved ones (RFC 6265, section 4.1.1).
const cookieSafe = "!#$&'()*+/:<=>?@[]^`{|}"

func (w *writer) cookie(v any) (Written, error) {
	esc := func(s string) string { return escape(s, cookieSafe) }
	var pairs []pair
	switch {
	case isSingle(v):
		s, err := atom(v, "")
		if err != nil {
			return Written{}, err
		}
		pairs = []pair{{w.parameter.Name, s, w.parameter.Name, esc(s)}}
	case w.parameter.Explode:
		var err error
		if pairs, err = w.exploded(v); err != nil {
			return Written{}, err
		}
		for i := range pairs {
			pairs[i].escapedName, pairs[i].escapedValue = pairs[i].name, escape(pairs[i].value, strings.ReplaceAll(cookieSafe, "&", ""))
		}
	default:
		bare, err := joined(v, ",", false, func(s string) string { return s })
		if err != nil {
			return Written{}, err
		}
		text, _ := joined(v, ",", false, esc)
		pairs = []pair{{w.parameter.Name, bare, w.parameter.Name, text}}
	}
	out := w.written(pairs)
	out.Query = ""
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i] = p.escapedName + "=" + p.escapedValue
	}
	out.Text = strings.Join(texts, "; ")
	return out, nil
}

// content writes the text of a content parameter.
func (w *writer) content(v any) (Written, error) {
	var s string
	if isJSON(w.parameter.MediaType) {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return Written{}, unfit("", "the value has no form as JSON")
		}
		s = strings.TrimSuffix(b.String(), "\n")
	} else {
		var err error
		if s, err = atom(v, ""); err != nil {
			return Written{}, err
		}
	}
	switch w.parameter.In {
	case "path":
		return Written{Text: escape(s, "")}, nil
	case "header":
		return Written{Text: s}, headerText(s)
	case "cookie":
		return Written{Pairs: wire.Pairs{{Name: w.parameter.Name, Value: s}}, Text: w.parameter.Name + "=" + escape(s, cookieSafe)}, nil
	}
	return w.written([]pair{w.pair(w.parameter.Name, s)}), nil
}
