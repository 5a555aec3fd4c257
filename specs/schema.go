package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// VocabularySchema is the JSON Schema (2020-12) of the vocabulary, for editors: of an OpenAPI document, or of an overlay that
// brings the vocabulary to one. It says where each key may stand and what it holds, in the words of this package's
// documentation, and lets everything else pass. What needs the whole document — that a name exists, that two rows do not
// compete — only [Parse] judges.
func VocabularySchema() ([]byte, error) {
	docs, err := documentation()
	if err != nil {
		return nil, err
	}
	w := schemaWriter{docs: docs, defs: map[string]any{}}
	keys := w.keys()
	w.objects(keys)
	root := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "urn:understudy:vocabulary:1",
		"title":       "The vocabulary of understudy in an OpenAPI document or an overlay",
		"description": "What OpenAPI cannot say about a wire: ciphers, signatures, routing, envelopes, error codes, stored things.",
		"allOf":       []any{ref(objectName(rootObject))},
		"properties": map[string]any{
			"actions": map[string]any{"items": map[string]any{"properties": map[string]any{"update": map[string]any{"properties": keys}}}},
		},
		"$defs": w.defs,
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("specs: the vocabulary's schema: %w", err)
	}
	return append(text, '\n'), nil
}

type schemaWriter struct {
	docs map[string]string
	defs map[string]any
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

// keys gives what each key of the vocabulary holds.
func (w *schemaWriter) keys() map[string]any {
	list := func(t any) map[string]any { return map[string]any{"type": "array", "items": w.of(reflect.TypeOf(t))} }
	keys := map[string]any{
		KeyUnderstudy: map[string]any{"const": 1},
		KeyWire:       w.of(reflect.TypeOf(Wire{})),
		KeyErrors:     list(ErrorRow{}),
		KeyUnclear:    list(Unclear{}),
		KeyResource:   w.of(reflect.TypeOf(Resource{})),
		KeySource:     map[string]any{"type": "string"},
		KeySensitive:  map[string]any{"enum": sensitiveKinds()},
	}
	for key, name := range map[string]string{
		KeyUnderstudy: "KeyUnderstudy", KeyWire: "KeyWire", KeyErrors: "KeyErrors", KeyUnclear: "KeyUnclear", KeyResource: "KeyResource",
		KeySource: "KeySource", KeySensitive: "KeySensitive",
	} {
		keys[key] = described(keys[key].(map[string]any), w.docs[name])
	}
	return keys
}

// described adds a description to a copy of a schema.
func described(schema map[string]any, text string) map[string]any {
	if text == "" {
		return schema
	}
	out := maps.Clone(schema)
	out["description"] = text
	return out
}

// of is the schema of a Go type's values; that of a struct stands among the definitions.
func (w *schemaWriter) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}
	case t.Kind() == reflect.Pointer:
		return w.of(t.Elem())
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return map[string]any{"type": "integer"}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": w.of(t.Elem())}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": w.of(t.Elem())}
	case t.Kind() == reflect.Struct:
		w.define(t)
		return ref(t.Name())
	}
	return map[string]any{}
}

// define writes the definition of a struct: its fields by their names in YAML, and nothing else.
func (w *schemaWriter) define(t reflect.Type) {
	if _, known := w.defs[t.Name()]; known {
		return
	}
	properties, required := map[string]any{}, []string{}
	def := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	w.defs[t.Name()] = def
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		schema := w.of(f.Type)
		switch words := strings.Fields(f.Tag.Get("one")); {
		case len(words) == 0:
		case f.Type.Kind() == reflect.Slice:
			schema["items"] = map[string]any{"enum": words}
		default:
			schema["enum"] = words
		}
		for keyword, v := range closer()[t.Name()+"."+name] {
			schema[keyword] = v
		}
		if f.Tag.Get("need") != "" {
			required = append(required, name)
		}
		properties[name] = described(schema, w.docs[t.Name()+"."+f.Name])
	}
	if len(required) > 0 {
		def["required"] = required
	}
	if text := w.docs[t.Name()]; text != "" {
		def["description"] = text
	}
	if rules := together()[t.Name()]; rules != nil {
		def["allOf"] = rules
	}
}

// closer says of single fields what no tag can.
func closer() map[string]map[string]any {
	place := "^(" + strings.Join(places(), "|") + "):."
	digests := slices.Concat(signDigests(SchemeTOP), signDigests(SchemeComposed))
	for _, name := range signDigests(SchemeComposed) {
		digests = append(digests, strings.ToUpper(name))
	}
	slices.Sort(digests)
	var conditions []string
	for _, c := range Conditions() {
		conditions = append(conditions, string(c))
	}
	part := map[string]any{"anyOf": []any{map[string]any{"const": wholeBody}, map[string]any{"pattern": "^/."}}}
	return map[string]map[string]any{
		"Sign.digests": {"items": map[string]any{"enum": slices.Compact(digests)}, "minItems": 1},
		"Sign.parts":   {"items": map[string]any{"anyOf": []any{map[string]any{"enum": signParts()}, map[string]any{"pattern": place}}}},
		"ErrorRow.conditions": {"items": map[string]any{"anyOf": []any{
			map[string]any{"enum": conditions}, map[string]any{"pattern": "^(" + strings.Join(conditions, "|") + "):."},
		}}},
		"ErrorRow.status": {"anyOf": []any{map[string]any{"const": 0}, map[string]any{"minimum": 200, "maximum": 599}}},
		"Seal.part":       part,
		"Seal.replyPart":  part,
		"Seal.directions": {"minItems": 1},
		"IV.length":       {"enum": []int{12, 16}},
	}
}

// together says what several fields of a statement have to do with each other.
func together() map[string][]any {
	when := func(field, is string, then map[string]any) map[string]any {
		return map[string]any{
			"if":   map[string]any{"properties": map[string]any{field: map[string]any{"const": is}}, "required": []string{field}},
			"then": then,
		}
	}
	need := func(names ...string) map[string]any { return map[string]any{"required": names} }
	never := func(names ...string) map[string]any {
		forbidden := map[string]any{}
		for _, name := range names {
			forbidden[name] = false
		}
		return map[string]any{"properties": forbidden}
	}
	both := func(a, b map[string]any) map[string]any { return map[string]any{"allOf": []any{a, b}} }
	place := map[string]any{"pattern": "^(" + strings.Join(places(), "|") + "):."}
	located := map[string]any{}
	for _, name := range []string{"parameter", "key", "time", "nonce", "method"} {
		located[name] = place
	}
	var ways []any
	for _, name := range []string{"slot", "text", "hex", "prepend"} {
		ways = append(ways, need(name))
	}
	onlyTOP := []string{"timeForm", "nonce", "parts", "join", "fields", "wrap", "pair", "encoding", "case", "opened"}
	return map[string][]any{
		"Seal": {
			when("cipher", cipherNone, map[string]any{"maxProperties": 1}),
			map[string]any{
				"if":   map[string]any{"properties": map[string]any{"cipher": map[string]any{"const": cipherNone}}},
				"else": need("mode", "encoding", "key", "part", "directions"),
			},
			when("mode", "ecb", both(need("padding"), never("iv"))),
			when("mode", "cbc", need("padding", "iv")),
			when("mode", "gcm", both(need("iv"), never("padding"))),
		},
		"IV": {map[string]any{"oneOf": ways}},
		"Sign": {
			when("scheme", schemeNone, map[string]any{"maxProperties": 1}),
			when("scheme", SchemeTOP, both(need("parameter", "method", "digests", "secret", "key", "keySlot", "time", "within"), never(onlyTOP...))),
			when("scheme", SchemeComposed, both(need("parameter", "secret", "digests"), map[string]any{"properties": located})),
		},
		"SignFields": {map[string]any{"not": need("only", "except")}},
		"Auth":       {map[string]any{"if": need("fields"), "then": never("security", "token")}},
	}
}

// objects writes the definitions of OpenAPI's objects: which of the vocabulary's keys may stand there, that the others may
// not, and where more such objects stand.
func (w *schemaWriter) objects(keys map[string]any) {
	for kind, here := range structureKinds() {
		properties := map[string]any{}
		for name := range keys {
			properties[name] = false
		}
		for _, name := range allowed()[kind] {
			properties[name] = keys[name]
		}
		for field, shape := range here {
			schema := map[string]any(ref(objectName(shape.child)))
			switch shape.many {
			case "list":
				schema = map[string]any{"items": schema}
			case "map":
				schema = map[string]any{"additionalProperties": schema}
			}
			properties[field] = schema
		}
		def := map[string]any{"properties": properties}
		switch kind {
		case pathsObject:
			def["additionalProperties"] = ref(objectName(pathItem))
		case callbackObject:
			def["additionalProperties"] = ref(objectName(callbackPath))
		}
		w.defs[objectName(kind)] = def
	}
}

// structureKinds is the structure of a document with every kind of object in it, those without further ones too.
func structureKinds() map[object]map[string]shape {
	all := structure()
	for _, here := range structure() {
		for _, shape := range here {
			if _, known := all[shape.child]; !known {
				all[shape.child] = nil
			}
		}
	}
	for _, kind := range []object{pathItem, callbackPath} {
		if _, known := all[kind]; !known {
			all[kind] = nil
		}
	}
	return all
}

// objectName names the definition of a kind of object.
func objectName(kind object) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(string(kind), "a "), "an "), "the "), " ", "-")
}
