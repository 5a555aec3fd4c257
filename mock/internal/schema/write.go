package schema

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strings"

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
	// Simplified writes it as an array and leaves an empty one out all the same.
	Simplified
)

// AppendJSON appends the compact JSON text of a value that [Schema.Convert] gave, members in the order of the schema,
// Chinese unescaped (Z-14). Any other value of JSON is written as well, and no member of it is lost: those that the schema
// does not describe stand last, by name. A nil schema describes nothing.
func (s *Schema) AppendJSON(dst []byte, v any, lists Lists) ([]byte, error) {
	if s == nil {
		return appendAny(dst, v)
	}
	return s.root.appendJSON(dst, v, lists)
}

func (n *node) appendJSON(dst []byte, v any, lists Lists) ([]byte, error) {
	n = n.pick(v)
	switch v := v.(type) {
	case map[string]any:
		return n.appendObject(dst, v, lists)
	case []any:
		if n.items == nil && n.first == nil {
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
			if dst, err = n.item(i).appendJSON(dst, item, lists); err != nil {
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
		if list, isList := item.([]any); isList && len(list) == 0 && lists != Plain && p.node.pick(item).xmlWrapped {
			continue
		}
		if err := member(p.name, p.node, item); err != nil {
			return dst, err
		}
	}
	if written < len(v) {
		for _, name := range sortedNames(v) {
			if n.byName[name] == nil {
				if err := member(name, n.described(name), v[name]); err != nil {
					return dst, err
				}
			}
		}
	}
	return append(dst, '}'), nil
}

// item describes a list's element, anything where nothing does.
func (n *node) item(index int) *node {
	switch {
	case index < len(n.first):
		return n.first[index]
	case n.items != nil:
		return n.items
	}
	return anything()
}

func (n *node) elementName() string {
	if n.items != nil && n.items.xmlName != "" {
		return n.items.xmlName
	}
	return "item"
}

// pick finds the alternative that a converted value was made by.
func (n *node) pick(v any) *node {
	if object, ok := v.(map[string]any); ok && n.byValue != nil {
		value, _ := object[n.discriminator].(string)
		if i, ok := n.byValue[value]; ok && i < len(n.anyOf) {
			return n.anyOf[i].pick(v)
		}
	}
	for _, alternative := range n.anyOf {
		if alternative := alternative.pick(v); alternative.fits(v) {
			return alternative
		}
	}
	// A stranger's schema need not describe every member.
	for _, alternative := range n.anyOf {
		if alternative := alternative.pick(v); alternative.fitsRoughly(v) {
			return alternative
		}
	}
	return n
}

// fitsRoughly says whether an object has what the schema requires and the constants that it states.
func (n *node) fitsRoughly(v any) bool {
	object, ok := v.(map[string]any)
	if !ok || n.closed || !n.is("object") {
		return false
	}
	for name := range n.required {
		if _, ok := object[name]; !ok {
			return false
		}
	}
	for _, p := range n.properties {
		if item, there := object[p.name]; there && p.node.isConst && !reflect.DeepEqual(item, p.node.constant) {
			return false
		}
	}
	return true
}

// fits says whether a converted value can have been made by this schema: its type, its constant, and of an object the
// members and what each of them says in the same way. It does not look into lists.
func (n *node) fits(v any) bool {
	if n.isConst && !reflect.DeepEqual(v, n.constant) {
		return false
	}
	object, ok := v.(map[string]any)
	if !ok {
		return n.holds(v)
	}
	if !n.is("object") {
		return false
	}
	for name := range n.required {
		if _, ok := object[name]; !ok {
			return false
		}
	}
	for name, item := range object {
		child := n.child(name)
		if child == nil {
			if !n.open && (len(n.properties) > 0 || len(n.types) > 0) {
				return false
			}
			continue
		}
		if len(child.anyOf) > 0 {
			child = child.pick(item)
		}
		if len(child.anyOf) > 0 || !child.fits(item) {
			return false
		}
	}
	return true
}

// holds says whether the schema takes the type of a value that is no object.
func (n *node) holds(v any) bool {
	switch v.(type) {
	case nil:
		return n.is("null")
	case bool:
		return n.is("boolean")
	case string:
		return n.is("string")
	case json.Number:
		return n.is("number") || n.is("integer")
	case []any:
		return n.is("array")
	}
	return true
}

// described is the schema of a member, anything where there is none.
func (n *node) described(name string) *node {
	if child := n.child(name); child != nil {
		return child
	}
	return anything()
}

func anything() *node { return free }

// free describes anything; it is never changed.
var free = &node{open: true}

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
		if err := n.described(name).writeXML(out, name, item); err != nil {
			return dst, err
		}
	}
	return out.Bytes(), nil
}

func (n *node) writeXML(out *bytes.Buffer, name string, v any) error {
	n = n.pick(v)
	if n.xmlName != "" {
		name = n.xmlName
	}
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		items := n.items
		if items == nil {
			items = anything()
		}
		if n.xmlWrapped {
			fmt.Fprintf(out, "<%s>", name)
		}
		for _, item := range v {
			if err := items.writeXML(out, name, item); err != nil {
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
			if err := n.described(member).writeXML(out, member, v[member]); err != nil {
				return err
			}
		}
		fmt.Fprintf(out, "</%s>", name)
		return nil
	}
	text := fmt.Sprint(v)
	if i := strings.IndexFunc(text, notXML); i >= 0 {
		return fmt.Errorf("XML cannot hold the character %U of <%s>", []rune(text[i:])[0], name)
	}
	fmt.Fprintf(out, "<%s>", name)
	if err := xml.EscapeText(out, []byte(text)); err != nil {
		return err
	}
	fmt.Fprintf(out, "</%s>", name)
	return nil
}

// notXML tells the characters that XML 1.0 forbids (section 2.2); written, they would come back as something else.
func notXML(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFC, r >= 0x10000:
		return false
	}
	return true
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
