package story

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/scenarios"
)

func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(text, "\uFFFD")}
}

func scalarNode(v any) *yaml.Node {
	switch v := v.(type) {
	case string:
		return textNode(v)
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(string(v), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: string(v)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

// mapping is an object of names and nodes in turn; what is nil is left out.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v, ok := pairs[i+1].(*yaml.Node); ok && v != nil {
			n.Content = append(n.Content, textNode(pairs[i].(string)), v)
		}
	}
	return n
}

func sequence(items []*yaml.Node) *yaml.Node {
	if len(items) == 0 {
		return nil
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// write puts the story together.
func (d *drafter) write(r *scenarios.Recording) ([]byte, error) {
	title := cmp.Or(d.config.Title, "What was heard of "+cmp.Or(d.contract.Title, d.contract.Vendor))
	about := "Drafted from a recording"
	if !r.Made.IsZero() {
		about += " of " + r.Made.UTC().Format(time.DateOnly)
	}
	var steps []*yaml.Node
	for _, s := range d.steps {
		steps = append(steps, s.node())
	}
	workflow := mapping(
		"workflowId", textNode(cmp.Or(d.config.Workflow, "recorded")), "summary", textNode(about), "inputs", d.inputsNode(), "steps", sequence(steps),
	)
	source := mapping(
		"name", textNode(sourceName(d.contract.Vendor)), "url", textNode(cmp.Or(d.config.Source, d.contract.Vendor)), "type", textNode("openapi"),
	)
	root := mapping(
		"arazzo", textNode("1.0.1"),
		"info", mapping("title", textNode(title), "version", textNode("1.0.0")),
		"sourceDescriptions", sequence([]*yaml.Node{source}),
		"workflows", sequence([]*yaml.Node{workflow}),
	)
	var b bytes.Buffer
	if d.left != nil {
		b.WriteString("# Left out of the recording:\n")
		for _, one := range d.left {
			b.WriteString("#   " + strings.Join(strings.Fields(one), " ") + "\n")
		}
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// sourceName makes of a contract's id a name that expressions can speak of.
func sourceName(vendor string) string {
	return cmp.Or(strings.Trim(stepForm.ReplaceAllString(vendor, "-"), "-"), "vendor")
}

func (d *drafter) inputsNode() *yaml.Node {
	if len(d.named) == 0 {
		return nil
	}
	properties := &yaml.Node{Kind: yaml.MappingNode}
	for _, in := range d.named {
		kind := "string"
		switch in.v.(type) {
		case json.Number:
			kind = "number"
		case bool:
			kind = "boolean"
		}
		properties.Content = append(properties.Content, textNode(in.name), mapping("type", textNode(kind), "default", scalarNode(in.v)))
	}
	return mapping("type", textNode("object"), "properties", properties)
}

func (s *draftStep) node() *yaml.Node {
	var body, outputs, lenient *yaml.Node
	if s.payload != nil {
		var media *yaml.Node
		if s.contentType != "" {
			media = textNode(s.contentType)
		}
		body = mapping("contentType", media, "payload", s.payload)
	}
	var criteria []*yaml.Node
	for _, one := range s.criteria {
		criteria = append(criteria, mapping("condition", textNode(one)))
	}
	if len(s.outputs) > 0 {
		outputs = &yaml.Node{Kind: yaml.MappingNode}
		for _, o := range s.outputs {
			outputs.Content = append(outputs.Content, textNode(o.name), textNode(o.expression))
		}
	}
	if s.lenient {
		lenient = scalarNode(true)
	}
	return mapping(
		"stepId", textNode(s.id), "operationId", textNode(s.operation), "x-understudy-lenient", lenient,
		"parameters", sequence(s.parameters), "requestBody", body, "successCriteria", sequence(criteria), "outputs", outputs,
	)
}
