package specs

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// dialect brings the schemas of a document of OpenAPI 3.0 into the dialect of 3.1, in place.
type dialect struct {
	document *document
	note     func(n *yaml.Node, rule, text string)
	// done are the schemas that have been seen: one may stand in several places.
	done map[*yaml.Node]bool
	// nulls are the schemas that the document itself calls nullable.
	nulls map[*yaml.Node]bool
}

// modernise does so for the whole document. Its references are all within it.
func (d *document) modernise(note func(n *yaml.Node, rule, text string)) {
	c := dialect{document: d, note: note, done: map[*yaml.Node]bool{}, nulls: map[*yaml.Node]bool{}}
	all := layouts()
	remember := walker{layouts: all, visit: func(n *yaml.Node, k kind) bool {
		if k == schemaKind && isTrue(n, "nullable") {
			c.nulls[n] = true
		}
		return true
	}}
	remember.walk(d.root, rootKind)
	w := walker{layouts: all, visit: func(n *yaml.Node, k kind) bool {
		if k == schemaKind && n.Kind == yaml.MappingNode && !c.done[n] {
			c.done[n] = true
			c.schema(n)
		}
		return true
	}}
	w.walk(d.root, rootKind)
}

func (c *dialect) schema(n *yaml.Node) {
	c.bound(n, "minimum", "exclusiveMinimum")
	c.bound(n, "maximum", "exclusiveMaximum")
	c.known(n)
	if required := field(n, "required"); required != nil && required.Kind != yaml.SequenceNode {
		c.note(required, NoteInvalid, "required in a schema is a list of property names; this one says nothing")
		c.drop(n, "required")
	}
	if _, refers := reference(n); refers {
		c.beside(n)
	}
	if i := keyAt(n, "nullable"); i >= 0 {
		nullable := isTrue(n, "nullable")
		at := n.Content[i]
		c.drop(n, "nullable")
		if nullable {
			c.nullable(n, at)
		}
	}
}

// known leaves out a type that JSON Schema does not have: Springfox writes "ref", people write "file" and "date". The schema
// without it takes more, and one with it would take nothing and keep its operation from being served.
func (c *dialect) known(n *yaml.Node) {
	stated := field(n, "type")
	if stated == nil || stated.Kind != yaml.ScalarNode || stated.ShortTag() == "!!null" {
		return
	}
	name := strings.ToLower(stated.Value)
	switch {
	case !slices.Contains([]string{"string", "number", "integer", "boolean", "object", "array", "null"}, name):
		c.note(stated, NoteInvalid, fmt.Sprintf("type %q is none of JSON Schema's and is left out: a value of any type does", stated.Value))
		c.drop(n, "type")
	case name != stated.Value:
		c.note(stated, NoteInvalid, fmt.Sprintf("type %q is read as %q", stated.Value, name))
		n.Content[keyAt(n, "type")+1] = c.made(yaml.ScalarNode, "!!str", name, stated)
	}
}

// bound makes a boolean exclusive bound, which says how to read the bound beside it, a bound of its own.
func (c *dialect) bound(n *yaml.Node, inclusive, exclusive string) {
	flag := field(n, exclusive)
	if flag == nil || flag.ShortTag() != "!!bool" {
		return
	}
	limit := field(n, inclusive)
	if !isTrue(n, exclusive) || limit == nil {
		c.drop(n, exclusive)
		return
	}
	n.Content[keyAt(n, exclusive)+1] = limit
	c.drop(n, inclusive)
}

// beside leaves out what OpenAPI 3.0 ignores beside a $ref and 3.1 would not.
func (c *dialect) beside(n *yaml.Node) {
	var ignored []string
	for i := 0; i+1 < len(n.Content); {
		switch name := n.Content[i].Value; name {
		case "$ref", "nullable", "description", "summary", "title", "example", "default", "deprecated", "readOnly", "writeOnly", "xml", "externalDocs":
			i += 2
		default:
			if strings.HasPrefix(name, "x-") {
				i += 2
				continue
			}
			ignored = append(ignored, name)
			n.Content = slices.Delete(n.Content, i, i+2)
		}
	}
	if ignored != nil {
		c.note(n, NoteInvalid, fmt.Sprintf("OpenAPI 3.0 ignores what stands beside a $ref: %s", strings.Join(ignored, ", ")))
	}
}

// nullable lets null pass. OpenAPI 3.0 says so of a schema with a type alone; who writes it elsewhere means the same.
func (c *dialect) nullable(n, at *yaml.Node) {
	if _, refers := reference(n); refers {
		c.either(n, at, "$ref")
		return
	}
	if stated := field(n, "type"); stated != nil && stated.Kind == yaml.ScalarNode && stated.Value != "null" {
		list := c.made(yaml.SequenceNode, "!!seq", "", stated)
		list.Content = []*yaml.Node{stated, c.made(yaml.ScalarNode, "!!str", "null", at)}
		n.Content[keyAt(n, "type")+1] = list
	}
	if values := field(n, "enum"); values != nil && values.Kind == yaml.SequenceNode &&
		!slices.ContainsFunc(values.Content, func(v *yaml.Node) bool { return v.ShortTag() == "!!null" }) {
		longer := *values
		longer.Content = append(slices.Clone(values.Content), c.made(yaml.ScalarNode, "!!null", "null", at))
		c.sameFile(&longer, values)
		n.Content[keyAt(n, "enum")+1] = &longer
	}
	for _, name := range []string{"oneOf", "anyOf"} {
		if list := field(n, name); list != nil && list.Kind == yaml.SequenceNode && !slices.ContainsFunc(list.Content, c.takesNull) {
			list.Content = append(list.Content, c.null(at))
		}
	}
	if field(n, "allOf") != nil {
		c.either(n, at, "allOf")
	}
}

// either moves one keyword into an alternative beside null.
func (c *dialect) either(n, at *yaml.Node, name string) {
	i := keyAt(n, name)
	inner := c.made(yaml.MappingNode, "!!map", "", n.Content[i])
	inner.Content = []*yaml.Node{n.Content[i], n.Content[i+1]}
	c.done[inner] = true
	list := c.made(yaml.SequenceNode, "!!seq", "", n.Content[i])
	list.Content = []*yaml.Node{inner, c.null(at)}
	key := c.made(yaml.ScalarNode, "!!str", "anyOf", n.Content[i])
	if field(n, "anyOf") == nil {
		n.Content[i], n.Content[i+1] = key, list
		return
	}
	alternative := c.made(yaml.MappingNode, "!!map", "", key)
	alternative.Content = []*yaml.Node{key, list}
	all := c.made(yaml.SequenceNode, "!!seq", "", key)
	all.Content = []*yaml.Node{alternative}
	n.Content[i], n.Content[i+1] = c.made(yaml.ScalarNode, "!!str", "allOf", key), all
}

// takesNull says whether an alternative lets null pass already: one more would make two of them match.
func (c *dialect) takesNull(n *yaml.Node) bool {
	for range mostHops {
		if c.nulls[n] || words(n, "type") == "null" {
			return true
		}
		ref, ok := reference(n)
		if !ok {
			return false
		}
		first := tree{root: c.document.root}
		if n, ok = first.find(strings.TrimPrefix(ref.Value, "#")); !ok {
			return false
		}
	}
	return false
}

func (c *dialect) null(at *yaml.Node) *yaml.Node {
	n := c.made(yaml.MappingNode, "!!map", "", at)
	n.Content = []*yaml.Node{c.made(yaml.ScalarNode, "!!str", "type", at), c.made(yaml.ScalarNode, "!!str", "null", at)}
	c.done[n] = true
	return n
}

// made is a node that stands where another one does.
func (c *dialect) made(form yaml.Kind, tag, text string, at *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: form, Tag: tag, Value: text, Line: at.Line, Column: at.Column}
	c.sameFile(n, at)
	return n
}

func (c *dialect) sameFile(n, at *yaml.Node) {
	if file, ok := c.document.brought[at]; ok {
		c.document.brought[n] = file
	}
}

func (c *dialect) drop(n *yaml.Node, name string) {
	if i := keyAt(n, name); i >= 0 {
		n.Content = slices.Delete(n.Content, i, i+2)
	}
}
