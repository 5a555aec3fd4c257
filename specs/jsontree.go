package specs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// mostLevels bounds how deep objects and lists may stand in each other.
const mostLevels = 500

// jsonTree reads JSON into the nodes that the same text would give as YAML. YAML's own reader knows no pairs of surrogate
// escapes, which JSON writers make of every character beyond the basic plane.
func jsonTree(file string, data []byte) (*yaml.Node, error) {
	r := jsonReader{file: file, data: data, decoder: jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true)), line: 1}
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:%d: not JSON: something stands after the end of the document", file, r.lineOf(r.decoder.InputOffset()))
	}
	return root, nil
}

type jsonReader struct {
	file    string
	data    []byte
	decoder *jsontext.Decoder
	// line is the number of the line that starts at start; up to counted its ends were looked for. All only go forward.
	line           int
	start, counted int64
}

func (r *jsonReader) value(level int) (*yaml.Node, error) {
	if level > mostLevels {
		return nil, tooDeep(Position{File: r.file, Line: r.lineOf(r.decoder.InputOffset())})
	}
	switch r.decoder.PeekKind() {
	case '{', '[':
		token, err := r.decoder.ReadToken()
		if err != nil {
			return nil, r.wrong(err)
		}
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
		if token.Kind() == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		r.place(n, r.decoder.InputOffset()-1)
		for {
			if end := r.decoder.PeekKind(); end == '}' || end == ']' {
				_, err := r.decoder.ReadToken()
				return n, r.wrong(err)
			}
			item, err := r.value(level + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, item)
		}
	}
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return nil, r.wrong(err)
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: string(raw)}
	r.place(n, r.decoder.InputOffset()-int64(len(raw)))
	switch raw.Kind() {
	case 'n':
		n.Tag = "!!null"
	case 't', 'f':
		n.Tag = "!!bool"
	case '0':
		n.Tag = "!!int"
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	default:
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil, r.wrong(err)
		}
		n.Tag, n.Style, n.Value = "!!str", yaml.DoubleQuotedStyle, string(text)
	}
	return n, nil
}

func (r *jsonReader) place(n *yaml.Node, offset int64) {
	n.Line = r.lineOf(offset)
	n.Column = int(offset-r.start) + 1
}

// lineOf counts on from the last place that was asked for.
func (r *jsonReader) lineOf(offset int64) int {
	for {
		i := bytes.IndexByte(r.data[r.counted:max(r.counted, offset)], '\n')
		if i < 0 {
			r.counted = max(r.counted, offset)
			return r.line
		}
		r.line++
		r.counted += int64(i) + 1
		r.start = r.counted
	}
}

func (r *jsonReader) wrong(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%d: not JSON: %w", r.file, lineAt(r.data, min(int(syntax.ByteOffset), len(r.data))), syntax.Err)
	}
	return fmt.Errorf("%s: not JSON: %w", r.file, err)
}

func tooDeep(at Position) error {
	return fmt.Errorf("%s: objects and lists stand in each other more than %d levels deep", at, mostLevels)
}

// jsonWriter writes nodes as JSON in the order of the document.
type jsonWriter struct {
	text []byte
	// instead says what is written in place of a node, the node itself for nothing else; drop which fields of an object are
	// left out.
	instead func(n *yaml.Node) *yaml.Node
	drop    func(n *yaml.Node, name string) bool
	within  bool // something that stands in place of another node
}

func (w *jsonWriter) node(n *yaml.Node) {
	if w.instead != nil {
		if other := w.instead(n); other != n {
			if w.within { // which may lead back to where this began
				w.text = append(w.text, "{}"...)
				return
			}
			w.within = true
			defer func() { w.within = false }()
			n = other
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		w.text = append(w.text, '{')
		first := true
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if w.drop != nil && w.drop(n, name) {
				continue
			}
			if !first {
				w.text = append(w.text, ',')
			}
			first = false
			w.string(name)
			w.text = append(w.text, ':')
			w.node(n.Content[i+1])
		}
		w.text = append(w.text, '}')
	case yaml.SequenceNode:
		w.text = append(w.text, '[')
		for i, item := range n.Content {
			if i > 0 {
				w.text = append(w.text, ',')
			}
			w.node(item)
		}
		w.text = append(w.text, ']')
	default:
		switch v := value(n).(type) {
		case nil:
			w.text = append(w.text, "null"...)
		case bool:
			w.text = fmt.Appendf(w.text, "%t", v)
		case json.Number:
			w.text = append(w.text, v...)
		case string:
			w.string(v)
		}
	}
}

func (w *jsonWriter) string(s string) {
	text, err := jsontext.AppendQuote(w.text, s)
	if err != nil { // only of text that is not UTF-8
		text = append(w.text, `""`...)
	}
	w.text = text
}
