package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// mostSampled bounds how many operations of a contract are tried for a sample.
const mostSampled = 40

// ownSample finds a call of a contract of the user's own that can be made by hand, those first that only read and have the
// shortest way to go.
func ownSample(c *specs.Contract, base string, credentials mock.Credentials, shown func(slot string) bool) (sample, bool) {
	for _, op := range sampled(c, plain) {
		values, ok := ownValues(c, op)
		if !ok {
			continue
		}
		client, err := drive.New(drive.Config{
			Contract: c, Credentials: sampleCredentials(c, credentials, shown), Target: base + shortest(op.Prefixes),
		})
		if err != nil {
			return sample{}, false
		}
		r, err := client.Prepare(context.Background(), op.ID, values)
		if err != nil || len(r.Problems) > 0 || !utf8.Valid(r.Body) || bytes.ContainsAny(r.Body, "\r\n") {
			continue
		}
		s := sample{method: r.Method, url: r.URL, body: string(r.Body)}
		if strings.HasPrefix(r.Header.Get(contentType), "application/json") {
			s.body = asciiJSON(s.body)
		}
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			// What curl asks for by itself is everything.
			if name != "Accept" && (name != contentType || s.body != "") {
				s.headers = append(s.headers, [2]string{name, r.Header.Get(name)})
			}
		}
		return s, true
	}
	return sample{}, false
}

// sampled are the operations to try, in the order to try them.
func sampled(c *specs.Contract, may func(*specs.Operation) bool) []*specs.Operation {
	var list []*specs.Operation
	for _, op := range c.Operations {
		if a := op.Wire.Auth; may(op) && (a == nil || a.Token != "jwt") {
			list = append(list, op)
		}
	}
	cost := func(op *specs.Operation) int {
		n := 2 * strings.Count(op.Path, "{")
		switch {
		case op.Wire.Safe != nil && *op.Wire.Safe, op.Method == "GET":
		case op.Method == "POST":
			n += 10
		default:
			n += 20 // it changes what has to be there first
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b *specs.Operation) int { return cmp.Compare(cost(a), cost(b)) })
	return list[:min(len(list), mostSampled)]
}

// sampleCredentials are those that may be shown, and words in the place of the others. Where nobody configured one for a
// security scheme, any of the right shape will do.
func sampleCredentials(c *specs.Contract, credentials mock.Credentials, shown func(slot string) bool) mock.Credentials {
	all := mock.Credentials{}
	for _, slot := range c.Slots() {
		given, ok := credentials[slot.Name]
		switch {
		case !shown(slot.Name) && slot.List:
			given = mock.Credential{Tokens: []mock.Token{{Value: "YOUR-TOKEN"}}}
		case !shown(slot.Name):
			given = mock.Credential{Text: "YOUR-CREDENTIAL"}
		case !ok && slot.Scheme:
			given = mock.Credential{Text: developmentCredential}
			if scheme, known := schemeNamed(c, slot.Name); known && scheme.Scheme == "basic" {
				given.Text = "user:" + given.Text
			}
		}
		all[slot.Name] = given
	}
	return all
}

// ownValues are what an operation needs from its caller, as [drive.Client.Prepare] takes them; false where nothing could be
// made up that is certain to be of use.
func ownValues(c *specs.Contract, op *specs.Operation) (map[string]any, bool) {
	values := map[string]any{}
	for _, p := range op.Parameters {
		if !p.Required || ownPlace(op, p.In, p.Name) {
			continue
		}
		v, ok := exampleOf(c, p.Examples)
		if !ok {
			v, ok = made(c, p.Schema, 8)
		}
		if !ok {
			return nil, false
		}
		values[p.In+":"+p.Name] = v
	}
	if op.Body == nil || !op.Body.Required {
		return values, true
	}
	if len(op.Body.Content) == 0 {
		return nil, false
	}
	v, ok := exampleOf(c, op.Body.Content[0].Examples)
	if !ok {
		v, ok = made(c, op.Body.Content[0].Schema, 8)
	}
	if record, isObject := v.(map[string]any); isObject {
		for name := range record {
			if ownPlace(op, specs.PlaceBody, name) || ownPlace(op, specs.PlaceForm, name) {
				delete(record, name)
			}
		}
	}
	values[drive.Body] = v
	return values, ok
}

// ownPlace says whether the client fills a place in by itself: a credential's, or one of the signature.
func ownPlace(op *specs.Operation, in, name string) bool {
	for _, all := range op.Requirements {
		if slices.ContainsFunc(all, func(s specs.SecurityScheme) bool { return s.In == in && s.Key == name }) {
			return true
		}
	}
	if a := op.Wire.Auth; a != nil && in == specs.PlaceBody && a.Fields["/"+specs.EscapePointer(name)] != "" {
		return true
	}
	s := op.Wire.Sign
	if s == nil {
		return false
	}
	return slices.ContainsFunc([]string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter}, func(at string) bool {
		l := specs.Location(at)
		return l.Name() == name && (l.Place() == in || l.Place() == specs.PlaceParameter)
	})
}

func exampleOf(c *specs.Contract, list []specs.Example) (any, bool) {
	if len(list) == 0 {
		return nil, false
	}
	return c.Value(list[0].Pointer)
}

// made is a plain value for the schema at a pointer: what the document gives, else the least that its type takes. Whether it
// keeps the schema is for others to see.
func made(c *specs.Contract, pointer string, depth int) (any, bool) {
	v, ok := c.Value(pointer)
	m, isObject := v.(map[string]any)
	if !ok || !isObject || depth == 0 {
		return nil, false
	}
	if ref, ok := m["$ref"].(string); ok {
		return made(c, strings.TrimPrefix(ref, "#"), depth-1)
	}
	if list, ok := m["examples"].([]any); ok && len(list) > 0 {
		return list[0], true
	}
	for _, keyword := range []string{"example", "default", "const"} {
		if given, ok := m[keyword]; ok {
			return given, true
		}
	}
	if list, ok := m["enum"].([]any); ok && len(list) > 0 {
		return list[0], true
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if list, ok := m[keyword].([]any); ok && len(list) > 0 {
			return made(c, pointer+"/"+keyword+"/0", depth-1)
		}
	}
	kind := m["type"]
	if list, ok := kind.([]any); ok && len(list) > 0 {
		kind = list[0]
	}
	switch {
	case kind == "string":
		return madeText(m)
	case kind == "integer" || kind == "number":
		for _, keyword := range []string{"minimum", "maximum"} {
			if n, ok := m[keyword].(json.Number); ok {
				return n, true
			}
		}
		return json.Number("1"), true
	case kind == "boolean":
		return true, true
	case kind == "array":
		return madeList(c, pointer, m, depth)
	}
	return madeObject(c, pointer, m, depth)
}

func madeText(m map[string]any) (any, bool) {
	if _, has := m["pattern"]; has {
		return nil, false
	}
	format, _ := m["format"].(string)
	text, known := map[string]string{
		"date": "2026-01-02", "date-time": "2026-01-02T03:04:05Z", "uuid": "00000000-0000-4000-8000-000000000001",
		"email": "user@example.com", "uri": "https://example.com/", "time": "03:04:05Z",
	}[format]
	if !known {
		text = "text"
	}
	if n, ok := m["minLength"].(json.Number); ok && !known {
		if least, err := n.Int64(); err == nil && least > int64(len(text)) && least < 200 {
			text = strings.Repeat("x", int(least))
		}
	}
	if n, ok := m["maxLength"].(json.Number); ok && !known {
		if most, err := n.Int64(); err == nil && most < int64(len(text)) {
			text = text[:max(most, 0)]
		}
	}
	return text, true
}

func madeList(c *specs.Contract, pointer string, m map[string]any, depth int) (any, bool) {
	least, _ := m["minItems"].(json.Number)
	list := []any{}
	if n, err := least.Int64(); err == nil && n > 0 {
		v, ok := made(c, pointer+"/items", depth-1)
		if !ok || n > 8 {
			return nil, false
		}
		for range n {
			list = append(list, v)
		}
	}
	return list, true
}

func madeObject(c *specs.Contract, pointer string, m map[string]any, depth int) (any, bool) {
	record := map[string]any{}
	if list, ok := m["allOf"].([]any); ok {
		for i := range list {
			v, ok := made(c, fmt.Sprintf("%s/allOf/%d", pointer, i), depth-1)
			part, isObject := v.(map[string]any)
			if !ok || !isObject {
				return nil, false
			}
			maps.Copy(record, part)
		}
	}
	required, _ := m["required"].([]any)
	for _, one := range required {
		name, _ := one.(string)
		at := pointer + "/properties/" + specs.EscapePointer(name)
		property, _ := c.Value(at)
		if p, ok := property.(map[string]any); ok && p["readOnly"] == true {
			continue
		}
		v, ok := made(c, at, depth-1)
		if !ok {
			return nil, false
		}
		record[name] = v
	}
	return record, true
}

// asciiJSON writes JSON text in ASCII, which no shell mangles.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// ownCallLine is the call of a contract of the user's own that no hand can write: the fields that it needs, as arguments.
func ownCallLine(c *specs.Contract, system string) (op *specs.Operation, words []string, ok bool) {
	client, err := drive.New(drive.Config{
		Contract: c, Credentials: standIns(c), Now: time.Now,
	})
	if err != nil {
		return nil, nil, false
	}
	for _, op := range sampled(c, func(op *specs.Operation) bool { return !plain(op) }) {
		values, ok := ownValues(c, op)
		if !ok {
			continue
		}
		words, ok := arguments(values, system)
		if !ok {
			continue
		}
		// Credentials do not matter to what the contract has against the fields; those that do not make a key are an error.
		if r, err := client.Prepare(context.Background(), op.ID, values); err == nil && len(r.Problems) > 0 {
			continue
		}
		return op, words, true
	}
	return nil, nil, false
}

// standIns are any texts for all slots: of a call that is not sent.
func standIns(c *specs.Contract) mock.Credentials {
	all := mock.Credentials{}
	for _, slot := range c.Slots() {
		all[slot.Name] = mock.Credential{Text: developmentCredential}
		if slot.List {
			all[slot.Name] = mock.Credential{Tokens: []mock.Token{{Value: developmentCredential}}}
		}
	}
	return all
}

// arguments writes values as the arguments of understudy call.
func arguments(values map[string]any, system string) ([]string, bool) {
	var words []string
	add := func(name string, v any) bool {
		word := ""
		switch v := v.(type) {
		case string:
			word = name + "=" + v
		case json.Number:
			word = name + "=" + v.String()
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return false
			}
			word = name + ":=" + asciiJSON(string(text))
		}
		if strings.ContainsAny(word, special) {
			word = quoted(word, system)
		}
		words = append(words, word)
		return true
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if key != drive.Body {
			_, name, _ := strings.Cut(key, ":")
			if !add(name, values[key]) {
				return nil, false
			}
			continue
		}
		record, ok := values[key].(map[string]any)
		if !ok {
			return nil, false
		}
		for _, name := range slices.Sorted(maps.Keys(record)) {
			if !add(strings.ReplaceAll(name, ".", `\.`), record[name]) {
				return nil, false
			}
		}
	}
	return words, true
}
