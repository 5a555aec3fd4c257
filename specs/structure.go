package specs

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object names a kind of OpenAPI object; the vocabulary check follows the document's structure by it, so that a key is
// judged by where it stands and data (examples, enums, defaults) is left alone.
type object string

const (
	rootObject      object = "the root"
	pathsObject     object = "paths"
	pathItem        object = "a path"
	operationObject object = "an operation"
	parameterObject object = "a parameter"
	bodyObject      object = "a request body"
	responseObject  object = "a response"
	mediaType       object = "a media type"
	schemaObject    object = "a schema"
	componentsPart  object = "components"
	callbackObject  object = "a callback"
	callbackPath    object = "a callback's path"
	calledBack      object = "a callback's operation"
	otherObject     object = "this object"
)

// shape says how children of one kind stand under a field: alone, in a list, or in a map.
type shape struct {
	child object
	many  string // "" alone, "list", "map"
}

// structure gives, for each kind of object, the fields that lead on to objects which may carry vocabulary keys.
func structure() map[object]map[string]shape {
	schema, schemas, schemaList := shape{schemaObject, ""}, shape{schemaObject, "map"}, shape{schemaObject, "list"}
	operation := shape{operationObject, ""}
	return map[object]map[string]shape{
		rootObject: {"paths": {pathsObject, ""}, "components": {componentsPart, ""}, "info": {otherObject, ""}, "servers": {otherObject, "list"}, "tags": {otherObject, "list"}},
		pathItem: {
			"parameters": {parameterObject, "list"}, "get": operation, "put": operation, "post": operation,
			"delete": operation, "options": operation, "head": operation, "patch": operation, "trace": operation,
		},
		operationObject: {
			"parameters": {parameterObject, "list"}, "requestBody": {bodyObject, ""}, "responses": {responseObject, "map"},
			"callbacks": {callbackObject, "map"},
		},
		callbackPath: {
			"get": {calledBack, ""}, "put": {calledBack, ""}, "post": {calledBack, ""}, "delete": {calledBack, ""}, "patch": {calledBack, ""},
			"parameters": {parameterObject, "list"},
		},
		calledBack:      {"parameters": {parameterObject, "list"}, "requestBody": {bodyObject, ""}, "responses": {responseObject, "map"}},
		parameterObject: {"schema": schema, "content": {mediaType, "map"}},
		bodyObject:      {"content": {mediaType, "map"}},
		responseObject:  {"content": {mediaType, "map"}, "headers": {parameterObject, "map"}},
		mediaType:       {"schema": schema, "encoding": {otherObject, "map"}},
		componentsPart: {
			"schemas": schemas, "parameters": {parameterObject, "map"}, "requestBodies": {bodyObject, "map"},
			"responses": {responseObject, "map"}, "headers": {parameterObject, "map"}, "pathItems": {pathItem, "map"},
			"securitySchemes": {otherObject, "map"}, "callbacks": {callbackObject, "map"},
		},
		schemaObject: {
			"properties": schemas, "patternProperties": schemas, "$defs": schemas, "dependentSchemas": schemas,
			"allOf": schemaList, "anyOf": schemaList, "oneOf": schemaList, "prefixItems": schemaList,
			"items": schema, "additionalProperties": schema, "unevaluatedProperties": schema, "unevaluatedItems": schema,
			"not": schema, "if": schema, "then": schema, "else": schema, "contains": schema, "propertyNames": schema,
			"contentSchema": schema,
		},
	}
}

// allowed gives, for each kind of object, the vocabulary keys that may stand there.
func allowed() map[object][]string {
	return map[object][]string{
		rootObject:      {KeyUnderstudy, KeyWire, KeyErrors, KeyUnclear, KeySource},
		pathItem:        {KeyWire, KeySource},
		operationObject: {KeyWire, KeyResource, KeySource},
		calledBack:      {KeySource},
		parameterObject: {KeySource, KeySensitive},
		schemaObject:    {KeySource, KeySensitive},
	}
}

// checkKeys reports every x- key that is unknown or stands where it means nothing. tolerant holds only the overlays to
// that: the document below them is a stranger's.
func (d *document) checkKeys(tolerant bool) []error {
	c := keyCheck{document: d, structure: structure(), allowed: allowed(), tolerant: tolerant}
	c.walk("", d.root, rootObject)
	return c.problems
}

type keyCheck struct {
	document  *document
	structure map[object]map[string]shape
	allowed   map[object][]string
	tolerant  bool
	problems  []error
}

func (c *keyCheck) walk(pointer string, n *yaml.Node, kind object) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, child := n.Content[i], n.Content[i+1]
		at := pointer + "/" + EscapePointer(key.Value)
		if kind == pathsObject && strings.HasPrefix(key.Value, "/") {
			c.walk(at, child, pathItem)
			continue
		}
		if kind == callbackObject && !strings.HasPrefix(key.Value, "x-") && key.Value != "$ref" {
			c.walk(at, child, callbackPath) // its name is an expression
			continue
		}
		if strings.HasPrefix(key.Value, "x-") {
			c.judge(key, kind)
			continue
		}
		if key.Value == "$ref" && child.Kind == yaml.ScalarNode {
			c.reference(child)
			continue
		}
		next, ok := c.structure[kind][key.Value]
		if !ok {
			continue
		}
		switch next.many {
		case "":
			c.walk(at, child, next.child)
		default:
			c.each(at, child, next.child)
		}
	}
}

func (c *keyCheck) each(pointer string, n *yaml.Node, kind object) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			c.walk(pointer+"/"+EscapePointer(n.Content[i].Value), n.Content[i+1], kind)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			c.walk(pointer, item, kind)
		}
	}
}

// reference reports a $ref into this document that leads nowhere, before the loader does so without a line.
func (c *keyCheck) reference(n *yaml.Node) {
	pointer, ok := strings.CutPrefix(n.Value, "#")
	if !ok {
		return
	}
	if _, found := c.document.nodes[pointer]; !found {
		c.problem(n, "$ref %q leads nowhere in this document", n.Value)
	}
}

func (c *keyCheck) judge(key *yaml.Node, kind object) {
	here := c.allowed[kind]
	if slices.Contains(here, key.Value) || c.tolerant && !c.document.laid(key) {
		return
	}
	var elsewhere []string
	for _, k := range []object{rootObject, pathItem, operationObject, calledBack, parameterObject, schemaObject} {
		if slices.Contains(c.allowed[k], key.Value) {
			elsewhere = append(elsewhere, string(k))
		}
	}
	if elsewhere != nil {
		c.problem(key, "%s cannot stand at %s, only at %s", key.Value, kind, strings.Join(elsewhere, ", "))
		return
	}
	if here == nil {
		c.problem(key, "unknown key %s; %s takes no key of the vocabulary", key.Value, kind)
		return
	}
	c.problem(key, "unknown key %s; %s takes %s", key.Value, kind, strings.Join(here, ", "))
}

func (c *keyCheck) problem(n *yaml.Node, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s: %s", c.document.place(n), fmt.Sprintf(format, args...)))
}

// decodeStrict decodes n into the struct or slice that into points at and reports every key that it has no field for and
// every value of the wrong type. With a problem, into stays zero, so that no later check judges half of a statement.
func (d *document) decodeStrict(n *yaml.Node, into any) []error {
	problems := d.unknownFields(n, reflect.TypeOf(into).Elem())
	if len(problems) > 0 {
		return problems
	}
	err := n.Decode(into)
	if err == nil {
		return nil
	}
	reflect.ValueOf(into).Elem().SetZero()
	var mismatch *yaml.TypeError
	if !errors.As(err, &mismatch) {
		return []error{fmt.Errorf("%s: %w", d.place(n), err)}
	}
	for _, text := range mismatch.Errors {
		at := d.place(n)
		line, what, ok := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		if number, err := strconv.Atoi(line); err == nil && ok {
			at, text = d.placeOfLine(n, number), what
		}
		problems = append(problems, fmt.Errorf("%s: %s", at, text))
	}
	return problems
}

func (d *document) unknownFields(n *yaml.Node, t reflect.Type) []error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var problems []error
	switch {
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			problems = append(problems, d.unknownFields(item, t.Elem())...)
		}
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		fields := map[string]reflect.Type{}
		var names []string
		for i := range t.NumField() {
			name := t.Field(i).Tag.Get("yaml")
			fields[name] = t.Field(i).Type
			names = append(names, name)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			field, ok := fields[key.Value]
			if !ok {
				problems = append(problems, fmt.Errorf("%s: unknown key %q; known here: %s", d.place(key), key.Value, strings.Join(names, ", ")))
				continue
			}
			problems = append(problems, d.unknownFields(n.Content[i+1], field)...)
		}
	}
	return problems
}
