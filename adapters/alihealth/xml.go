package alihealth

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"understudy/adapters/internal/rest"
)

// A page of 200 rows has some 1,700 elements, 7 deep.
const (
	maxXMLDepth    = 24
	maxXMLElements = 100_000
)

// node is an element under way.
type node struct {
	name     string
	text     []byte
	children map[string]any // []any where an element is repeated
}

// xmlToJSON rewrites an XML reply as JSON, so that one reader serves both formats: an element with elements becomes an object, a repeated
// element an array, text a string without the white space around it, an empty element null. Attributes are left out.
//
// It refuses a DOCTYPE and with it every entity of its own, encodings other than UTF-8, text beside elements, and what is too deep or too
// much. Comments are skipped, also behind the root, where the platform names its server.
func xmlToJSON(text []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	top := &node{children: map[string]any{}}
	open := []*node{top}
	for elements := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, rest.Undecodable("not well-formed XML in UTF-8 near byte %d", decoder.InputOffset())
		}
		inner := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			elements++
			switch {
			case len(open) == 1 && len(top.children) > 0:
				return nil, rest.Undecodable("the XML has a second root near byte %d", decoder.InputOffset())
			case len(open) > maxXMLDepth:
				return nil, rest.Undecodable("the XML is nested more than %d levels deep", maxXMLDepth)
			case elements > maxXMLElements:
				return nil, rest.Undecodable("the XML has more than %d elements", maxXMLElements)
			}
			open = append(open, &node{name: t.Name.Local})
		case xml.EndElement:
			value, err := inner.value()
			if err != nil {
				return nil, err
			}
			open = open[:len(open)-1]
			open[len(open)-1].add(inner.name, value)
		case xml.CharData:
			inner.text = append(inner.text, t...)
		case xml.Directive:
			return nil, rest.Undecodable("the XML has a DOCTYPE or another declaration, which is not read")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, rest.Undecodable("the XML has a processing instruction, which is not read")
			}
		}
	}
	if len(top.children) == 0 {
		return nil, rest.Undecodable("the XML has no element")
	}
	value, err := top.value()
	if err != nil {
		return nil, err
	}
	out, err := rest.Marshal(value)
	if err != nil {
		return nil, rest.Undecodable("the XML cannot be read")
	}
	return out, nil
}

// value is what an element stands for: a string, nil, or a map[string]any.
func (n *node) value() (any, error) {
	text := strings.Trim(string(n.text), " \t\r\n")
	switch {
	case n.children != nil && text != "":
		return nil, rest.Undecodable("the XML has text beside elements in %s", n.place())
	case n.children != nil:
		return n.children, nil
	case text == "":
		return nil, nil
	}
	return text, nil
}

func (n *node) add(name string, value any) {
	if n.children == nil {
		n.children = map[string]any{}
	}
	earlier, repeated := n.children[name]
	if many, ok := earlier.([]any); ok {
		n.children[name] = append(many, value)
	} else if repeated {
		n.children[name] = []any{earlier, value}
	} else {
		n.children[name] = value
	}
}

// place names only elements that the contract knows: a foreign name is foreign text.
func (n *node) place() string {
	switch n.name {
	case "":
		return "the document, outside its root"
	case errorRoot, successRoot, "result", "model", "data_list", rowName:
		return n.name
	}
	return "an element"
}
