package arazzo

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonTree reads JSON into nodes. YAML's reader knows neither tabs nor pairs of surrogate escapes as JSON has them.
func jsonTree(file string, data []byte) (*node, error) {
	r := jsonReader{file: file, data: data, decoder: jsontext.NewDecoder(bytes.NewReader(data)), line: 1}
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, invalid(file, r.lineOf(r.decoder.InputOffset()), "not JSON: something stands after the end of the document")
	}
	return root, nil
}

type jsonReader struct {
	file    string
	data    []byte
	decoder *jsontext.Decoder
	line    int // that of the byte at counted
	counted int64
}

func (r *jsonReader) value(level int) (*node, error) {
	if level > mostLevels {
		return nil, invalid(r.file, r.lineOf(r.decoder.InputOffset()), "objects and lists stand in each other more than %d levels deep", mostLevels)
	}
	switch r.decoder.PeekKind() {
	case '{', '[':
		return r.container(level)
	}
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return nil, r.wrong(err)
	}
	n := &node{line: r.lineOf(r.decoder.InputOffset() - int64(len(raw))), text: string(raw)}
	switch raw.Kind() {
	case 'n':
	case 't', 'f':
		n.value = raw.Kind() == 't'
	case '0':
		n.value = json.Number(n.text)
	default:
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil, r.wrong(err)
		}
		n.text = string(text)
		n.value = n.text
	}
	return n, nil
}

func (r *jsonReader) container(level int) (*node, error) {
	token, err := r.decoder.ReadToken()
	if err != nil {
		return nil, r.wrong(err)
	}
	n := &node{kind: list, line: r.lineOf(r.decoder.InputOffset() - 1)}
	if token.Kind() == '{' {
		n.kind = object
	}
	for {
		if end := r.decoder.PeekKind(); end == '}' || end == ']' {
			_, err := r.decoder.ReadToken()
			return n, r.wrong(err)
		}
		var name member
		if n.kind == object {
			token, err := r.decoder.ReadToken()
			if err != nil {
				return nil, r.wrong(err)
			}
			name = member{name: token.String(), line: r.lineOf(r.decoder.InputOffset())}
		}
		item, err := r.value(level + 1)
		if err != nil {
			return nil, err
		}
		if n.kind == list {
			n.list = append(n.list, item)
			continue
		}
		name.node = item
		n.members = append(n.members, name)
	}
}

// lineOf counts on from the last place that was asked for.
func (r *jsonReader) lineOf(offset int64) int {
	if offset > r.counted {
		r.line += bytes.Count(r.data[r.counted:offset], []byte{'\n'})
		r.counted = offset
	}
	return r.line
}

func (r *jsonReader) wrong(err error) error {
	if err == nil {
		return nil
	}
	line, why := r.line, err
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		line = bytes.Count(r.data[:min(int(syntax.ByteOffset), len(r.data))], []byte{'\n'}) + 1
		why = syntax.Err
	}
	return invalid(r.file, line, "not JSON: %v", why)
}
