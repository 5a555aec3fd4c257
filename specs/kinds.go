package specs

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind is what an object of a document is by where it stands. References, schemas and extensions are found by it, so that
// data (examples, defaults, enums) is never taken for a part of the document.
type kind int

const (
	noKind kind = iota
	rootKind
	plainKind // an object with extensions and nothing below that matters here
	pathsKind
	pathItemKind
	pathItemMapKind
	operationKind
	parameterKind
	parameterListKind
	parameterMapKind
	bodyKind
	bodyMapKind
	mediaKind
	mediaMapKind
	encodingKind
	encodingMapKind
	responseKind
	responsesKind
	responseMapKind
	headerKind
	headerMapKind
	exampleKind
	exampleMapKind
	linkKind
	linkMapKind
	callbackKind
	callbackMapKind
	serverKind
	serverListKind
	tagListKind
	securityKind
	securityMapKind
	componentsKind
	schemaKind
	schemaMapKind
	schemaListKind
)

// layout says what stands below an object of a kind: fields by name, or things of one kind under each name or index.
type layout struct {
	fields map[string]kind
	each   kind
	// extended says that an object with each takes extensions beside its names.
	extended bool
}

// layouts describes OpenAPI 3.x and Swagger 2.0 in one: what one of them does not know does not occur there.
func layouts() map[kind]layout {
	each := func(k kind) layout { return layout{each: k} }
	return map[kind]layout{
		rootKind: {fields: map[string]kind{
			"info": plainKind, "servers": serverListKind, "paths": pathsKind, "webhooks": pathItemMapKind, "components": componentsKind,
			"tags": tagListKind, "externalDocs": plainKind, "definitions": schemaMapKind, "parameters": parameterMapKind,
			"responses": responseMapKind, "securityDefinitions": securityMapKind,
		}},
		plainKind:       {fields: map[string]kind{"contact": plainKind, "license": plainKind}},
		pathsKind:       {each: pathItemKind, extended: true},
		pathItemMapKind: each(pathItemKind),
		pathItemKind: {fields: map[string]kind{
			"get": operationKind, "put": operationKind, "post": operationKind, "delete": operationKind, "options": operationKind,
			"head": operationKind, "patch": operationKind, "trace": operationKind, "query": operationKind,
			"parameters": parameterListKind, "servers": serverListKind,
		}},
		operationKind: {fields: map[string]kind{
			"parameters": parameterListKind, "requestBody": bodyKind, "responses": responsesKind, "callbacks": callbackMapKind,
			"servers": serverListKind, "externalDocs": plainKind,
		}},
		parameterKind: {fields: map[string]kind{
			"schema": schemaKind, "items": schemaKind, "content": mediaMapKind, "examples": exampleMapKind,
		}},
		parameterListKind: each(parameterKind),
		parameterMapKind:  each(parameterKind),
		headerKind: {fields: map[string]kind{
			"schema": schemaKind, "items": schemaKind, "content": mediaMapKind, "examples": exampleMapKind,
		}},
		headerMapKind:   each(headerKind),
		bodyKind:        {fields: map[string]kind{"content": mediaMapKind}},
		bodyMapKind:     each(bodyKind),
		mediaMapKind:    each(mediaKind),
		mediaKind:       {fields: map[string]kind{"schema": schemaKind, "itemSchema": schemaKind, "examples": exampleMapKind, "encoding": encodingMapKind}},
		encodingMapKind: each(encodingKind),
		encodingKind:    {fields: map[string]kind{"headers": headerMapKind}},
		responsesKind:   {each: responseKind, extended: true},
		responseMapKind: each(responseKind),
		responseKind: {fields: map[string]kind{
			"headers": headerMapKind, "content": mediaMapKind, "links": linkMapKind, "schema": schemaKind,
		}},
		exampleMapKind:  each(exampleKind),
		linkMapKind:     each(linkKind),
		linkKind:        {fields: map[string]kind{"server": serverKind}},
		callbackMapKind: each(callbackKind),
		callbackKind:    {each: pathItemKind, extended: true},
		serverListKind:  each(serverKind),
		tagListKind:     each(plainKind),
		securityMapKind: each(securityKind),
		componentsKind: {fields: map[string]kind{
			"schemas": schemaMapKind, "responses": responseMapKind, "parameters": parameterMapKind, "examples": exampleMapKind,
			"requestBodies": bodyMapKind, "headers": headerMapKind, "securitySchemes": securityMapKind, "links": linkMapKind,
			"callbacks": callbackMapKind, "pathItems": pathItemMapKind,
		}},
		schemaMapKind:  each(schemaKind),
		schemaListKind: each(schemaKind),
		schemaKind: {fields: map[string]kind{
			"properties": schemaMapKind, "patternProperties": schemaMapKind, "$defs": schemaMapKind, "definitions": schemaMapKind,
			"dependentSchemas": schemaMapKind, "allOf": schemaListKind, "anyOf": schemaListKind, "oneOf": schemaListKind,
			"prefixItems": schemaListKind, "items": schemaKind, "additionalProperties": schemaKind, "additionalItems": schemaKind,
			"unevaluatedProperties": schemaKind, "unevaluatedItems": schemaKind, "not": schemaKind, "if": schemaKind, "then": schemaKind,
			"else": schemaKind, "contains": schemaKind, "propertyNames": schemaKind, "contentSchema": schemaKind, "externalDocs": plainKind,
		}},
	}
}

// sections names, for the kinds that OpenAPI lets a $ref stand for, the part of components that holds them.
func sections() map[kind]string {
	return map[kind]string{
		schemaKind: "schemas", responseKind: "responses", parameterKind: "parameters", exampleKind: "examples", bodyKind: "requestBodies",
		headerKind: "headers", securityKind: "securitySchemes", linkKind: "links", callbackKind: "callbacks",
	}
}

// walker goes through a document by its kinds.
type walker struct {
	layouts map[kind]layout
	// visit sees each object and list before what stands below it, and may change it; false leaves out what is below.
	visit func(n *yaml.Node, k kind) bool
}

func (w *walker) walk(n *yaml.Node, k kind) {
	if k == noKind || n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode || !w.visit(n, k) {
		return
	}
	l := w.layouts[k]
	if n.Kind == yaml.SequenceNode {
		below := l.each
		if k == schemaKind { // items of older drafts
			below = schemaKind
		}
		for _, item := range n.Content {
			w.walk(item, below)
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		switch {
		case l.each == noKind:
			w.walk(n.Content[i+1], l.fields[name])
		case !l.extended || !strings.HasPrefix(name, "x-"):
			w.walk(n.Content[i+1], l.each)
		}
	}
}

// reference is the text of an object's $ref.
func reference(n *yaml.Node) (*yaml.Node, bool) {
	ref := field(n, "$ref")
	return ref, ref != nil && ref.Kind == yaml.ScalarNode
}

// field is what stands under a name in an object, nil for nothing.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil {
		return nil
	}
	if i := keyAt(n, name); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

// words is the text under a name in an object, "" for none.
func words(n *yaml.Node, name string) string {
	if f := field(n, name); f != nil && f.Kind == yaml.ScalarNode && f.ShortTag() != "!!null" {
		return f.Value
	}
	return ""
}

// isTrue says whether a name in an object holds true.
func isTrue(n *yaml.Node, name string) bool {
	f := field(n, name)
	return f != nil && f.Kind == yaml.ScalarNode && strings.EqualFold(f.Value, "true")
}
