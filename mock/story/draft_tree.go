package story

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/specs"
)

// tree is a JSON value whose members stand in the order in which they were written.
type tree struct {
	kind    byte // { [ or 0
	members []treeMember
	items   []*tree
	scalar  any
}

type treeMember struct {
	name  string
	value *tree
}

// mostDeep bounds how deep objects and lists stand in each other.
const mostDeep = 100

func parseTree(text []byte) (*tree, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	t, err := readTree(decoder, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the JSON value")
	}
	return t, nil
}

func readTree(decoder *json.Decoder, level int) (*tree, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return &tree{scalar: token}, nil
	}
	if level > mostDeep {
		return nil, errors.New("too deep")
	}
	t := &tree{kind: byte(delim)}
	for decoder.More() {
		name := ""
		if t.kind == '{' {
			token, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			name, _ = token.(string)
		}
		item, err := readTree(decoder, level+1)
		if err != nil {
			return nil, err
		}
		if t.kind == '{' {
			t.set(name, item)
		} else {
			t.items = append(t.items, item)
		}
	}
	_, err = decoder.Token()
	return t, err
}

// set keeps the last of several members of one name.
func (t *tree) set(name string, v *tree) {
	for i := range t.members {
		if t.members[i].name == name {
			t.members[i].value = v
			return
		}
	}
	t.members = append(t.members, treeMember{name, v})
}

// each visits the scalars with their places and the names that they stand under: an item of a list has the list's.
func (t *tree) each(pointer string, visit func(pointer, name string, v any)) {
	t.walk(pointer, "", visit)
}

func (t *tree) walk(pointer, name string, visit func(pointer, name string, v any)) {
	switch t.kind {
	case '{':
		for _, m := range t.members {
			m.value.walk(pointer+"/"+specs.EscapePointer(m.name), m.name, visit)
		}
	case '[':
		for i, item := range t.items {
			item.walk(fmt.Sprintf("%s/%d", pointer, i), name, visit)
		}
	default:
		visit(pointer, name, t.scalar)
	}
}

// plain is the value as encoding/json has it.
func (t *tree) plain() any {
	switch t.kind {
	case '{':
		record := map[string]any{}
		for _, m := range t.members {
			record[m.name] = m.value.plain()
		}
		return record
	case '[':
		list := make([]any, len(t.items))
		for i, item := range t.items {
			list[i] = item.plain()
		}
		return list
	}
	return t.scalar
}

// yaml writes a value of a request; marked are the places of what is sensitive.
func (d *drafter) yaml(t *tree, pointer string, marked map[string]bool) *yaml.Node {
	return d.below(t, pointer, "", marked, marked[pointer])
}

func (d *drafter) below(t *tree, pointer, name string, marked map[string]bool, sensitive bool) *yaml.Node {
	switch t.kind {
	case '{':
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range t.members {
			at := pointer + "/" + specs.EscapePointer(m.name)
			n.Content = append(n.Content, textNode(m.name), d.below(m.value, at, m.name, marked, sensitive || marked[at]))
		}
		return n
	case '[':
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i, item := range t.items {
			at := fmt.Sprintf("%s/%d", pointer, i)
			n.Content = append(n.Content, d.below(item, at, name, marked, sensitive || marked[at]))
		}
		if len(n.Content) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	}
	if text, ok := t.scalar.(string); ok && !sensitive {
		if inner, err := parseTree([]byte(text)); err == nil && inner.kind != 0 {
			return d.within(inner, text)
		}
	}
	return d.scalar(name, t.scalar, sensitive)
}

// within writes a text that holds JSON, with what flows into it in braces.
func (d *drafter) within(t *tree, text string) *yaml.Node {
	var b strings.Builder
	if !d.fill(&b, t, "") {
		return d.scalar("text", text, false)
	}
	return textNode(b.String())
}

// fill writes JSON in which expressions stand; false where nothing flows.
func (d *drafter) fill(b *strings.Builder, t *tree, name string) bool {
	any := false
	switch t.kind {
	case '{':
		b.WriteByte('{')
		for i, m := range t.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoted(m.name) + ":")
			any = d.fill(b, m.value, m.name) || any
		}
		b.WriteByte('}')
		return any
	case '[':
		b.WriteByte('[')
		for i, item := range t.items {
			if i > 0 {
				b.WriteByte(',')
			}
			any = d.fill(b, item, name) || any
		}
		b.WriteByte(']')
		return any
	}
	expression, _ := d.flow(name, t.scalar)
	switch v := t.scalar.(type) {
	case string:
		if expression != "" {
			b.WriteString(`"{` + expression + `}"`)
			return true
		}
		b.WriteString(quoted(v))
	default:
		if expression != "" {
			b.WriteString("{" + expression + "}")
			return true
		}
		b.WriteString(key(v))
	}
	return false
}

func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text never fails
	return strings.TrimSuffix(b.String(), "\n")
}
