package schema

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Lists says how JSON writes a list whose schema has xml.wrapped.
type Lists int

const (
	// Plain writes every list as a JSON array.
	Plain Lists = iota
	// Wrapped writes it as an object with the element's name as its only member, and leaves an empty list out
	//
	Wrapped
)

// AppendJSON appends the compact JSON text of a value that [Schema.Convert] gave, members in the order of the schema,
// Chinese unescaped (Z-14).
func (s *Schema) AppendJSON(dst []byte, v any, lists Lists) ([]byte, error) {
	return s.root.appendJSON(dst, v, lists)
}

func (n *node) appendJSON(dst []byte, v any, lists Lists) ([]byte, error) {
	n = n.pick(v)
	switch v := v.(type) {
	case map[string]any:
		return n.appendObject(dst, v, lists)
	case []any:
		if n.items == nil {
			return appendAny(dst, v)
		}
		wrapped := lists == Wrapped && n.xmlWrapped
		if wrapped {
			dst = append(dst, '{')
			dst, _ = jsontext.AppendQuote(dst, n.elementName())
			dst = append(dst, ':')
		}
		dst = append(dst, '[')
		var err error
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = n.items.appendJSON(dst, item, lists); err != nil {
				return dst, err
			}
		}
		dst = append(dst, ']')
		if wrapped {
			dst = append(dst, '}')
		}
		return dst, nil
	}
	return appendAny(dst, v)
}

func (n *node) appendObject(dst []byte, v map[string]any, lists Lists) ([]byte, error) {
	dst = append(dst, '{')
	first, written := true, 0
	var err error
	member := func(name string, child *node, item any) error {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if dst, err = jsontext.AppendQuote(dst, name); err != nil {
			return err
		}
		dst = append(dst, ':')
		dst, err = child.appendJSON(dst, item, lists)
		return err
	}
	for _, p := range n.properties {
		item, ok := v[p.name]
		if !ok {
			continue
		}
		written++
		if list, isList := item.([]any); isList && len(list) == 0 && lists == Wrapped && p.node.pick(item).xmlWrapped {
			continue
		}
		if err := member(p.name, p.node, item); err != nil {
			return dst, err
		}
	}
	if written < len(v) {
		for _, name := range sortedNames(v) {
			if n.byName[name] == nil {
				if err := member(name, anything(), v[name]); err != nil {
					return dst, err
				}
			}
		}
	}
	return append(dst, '}'), nil
}

func (n *node) elementName() string {
	if n.items.xmlName != "" {
		return n.items.xmlName
	}
	return "item"
}

// pick finds the alternative that a converted value was made by.
func (n *node) pick(v any) *node {
	for _, alternative := range n.anyOf {
		if alternative := alternative.pick(v); alternative.fits(v) {
			return alternative
		}
	}
	return n
}

func (n *node) fits(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if !n.is("object") {
			return false
		}
		for name := range n.required {
			if _, ok := v[name]; !ok {
				return false
			}
		}
		if n.open {
			return true
		}
		for name := range v {
			if n.byName[name] == nil {
				return false
			}
		}
		return true
	case []any:
		return n.is("array")
	}
	return true
}

func anything() *node { return &node{open: true} }

// appendAny appends a value that no schema describes: members in alphabetical order.
func appendAny(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		if v {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	case string:
		return jsontext.AppendQuote(dst, v)
	case json.Number:
		return append(dst, v...), nil
	case map[string]any:
		return anything().appendObject(dst, v, Plain)
	case []any:
		dst = append(dst, '[')
		var err error
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendAny(dst, item); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
	text, err := json.Marshal(v)
	return append(dst, text...), err
}

// AppendXML appends the XML text of a converted value: the only member of the root object is the root element, a list
// repeats its element, within an element of its own when its schema has xml.wrapped; null and absent are left out.
func (s *Schema) AppendXML(dst []byte, v any) ([]byte, error) {
	root, ok := v.(map[string]any)
	if !ok || len(root) != 1 {
		return dst, fmt.Errorf("an XML document has one root element; the value is %s", describe(v))
	}
	out := bytes.NewBuffer(dst)
	out.WriteString(`<?xml version="1.0" encoding="utf-8" ?>`)
	n := s.root.pick(v)
	for name, item := range root {
		child := n.byName[name]
		if child == nil {
			child = anything()
		}
		if err := child.writeXML(out, name, item); err != nil {
			return dst, err
		}
	}
	return out.Bytes(), nil
}

func (n *node) writeXML(out *bytes.Buffer, name string, v any) error {
	n = n.pick(v)
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		items, element := n.items, name
		if items == nil {
			items = anything()
		}
		if items.xmlName != "" {
			element = items.xmlName
		}
		if n.xmlWrapped {
			fmt.Fprintf(out, "<%s>", name)
		}
		for _, item := range v {
			if err := items.writeXML(out, element, item); err != nil {
				return err
			}
		}
		if n.xmlWrapped {
			fmt.Fprintf(out, "</%s>", name)
		}
		return nil
	case map[string]any:
		fmt.Fprintf(out, "<%s>", name)
		for _, member := range n.memberNames(v) {
			child := n.byName[member]
			if child == nil {
				child = anything()
			}
			if err := child.writeXML(out, member, v[member]); err != nil {
				return err
			}
		}
		fmt.Fprintf(out, "</%s>", name)
		return nil
	}
	fmt.Fprintf(out, "<%s>", name)
	if err := xml.EscapeText(out, []byte(fmt.Sprint(v))); err != nil {
		return err
	}
	fmt.Fprintf(out, "</%s>", name)
	return nil
}

// memberNames lists what a record holds: first in the order of the schema, then the rest by name.
func (n *node) memberNames(v map[string]any) []string {
	names := make([]string, 0, len(v))
	for _, p := range n.properties {
		if _, ok := v[p.name]; ok {
			names = append(names, p.name)
		}
	}
	for _, name := range sortedNames(v) {
		if n.byName[name] == nil {
			names = append(names, name)
		}
	}
	return names
}

func sortedNames(v map[string]any) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
