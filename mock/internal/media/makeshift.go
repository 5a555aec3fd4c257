package media

import (
	"bytes"
	"slices"
	"strings"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// Makeshift says whether a contract describes objects or lists of a media type that has no form of its own for them. They
// travel as JSON there: .NET's services state text/plain beside application/json for all that they answer, JSON is YAML as
// well, and streams hold JSON in their lines. Where such a type is one of several, another one is better.
func Makeshift(mediaType string, s *schema.Schema) bool {
	t, err := parseType(mediaType)
	return err == nil && !t.isRange() && t.makeshift(s.Shape())
}

func (t mediaType) makeshift(sh schema.Shape) bool {
	if f := t.family(); f != textFamily && (f != bytesFamily || !strings.HasPrefix(t.base, "application/") || Supported(t.base) && !t.inLines()) {
		return false
	}
	return (sh.Says("object") || sh.Says("array")) && !slices.ContainsFunc([]string{"string", "number", "boolean"}, sh.Is)
}

// Written says whether an example of a media type that is a text may be the body as it travels, and no value: XML and forms
// are, and JSON in a type that has no form for it. A schema that takes texts has a text for a value.
func Written(mediaType string, s *schema.Schema) bool {
	t, err := parseType(mediaType)
	if err != nil || t.isRange() || s != nil && s.Shape().Is("string") {
		return false
	}
	switch t.family() {
	case xmlFamily, formFamily:
		return true
	}
	return t.makeshift(s.Shape())
}

// inLines says whether a type holds JSON line by line.
func (t mediaType) inLines() bool {
	switch t.base {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines":
		return true
	}
	return false
}

// decodeMakeshift reads what JSON a body holds; ok is false when it holds none, or something else.
func decodeMakeshift(t mediaType, sh schema.Shape, body []byte) (v any, ok bool) {
	read := func(text []byte) (any, bool) {
		v, failed := wire.DecodeJSON(text, wire.JSONOptions{})
		return v, failed == nil
	}
	switch {
	case t.base == eventStream:
		for line := range bytes.Lines(body) {
			if data, isData := bytes.CutPrefix(line, []byte("data:")); isData {
				return read(data)
			}
		}
		return nil, false
	case t.inLines() && !sh.Is("object"):
		list := []any{}
		for line := range bytes.Lines(body) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			one, ok := read(line)
			if !ok {
				return nil, false
			}
			list = append(list, one)
		}
		return list, true
	}
	return read(body)
}

// encodeMakeshift writes a value as JSON in a type that is not JSON.
func encodeMakeshift(t mediaType, s *schema.Schema, v any) ([]byte, error) {
	text, err := s.AppendJSON(nil, v, schema.Plain)
	if err != nil {
		return nil, err
	}
	switch {
	case t.base == eventStream: // one event (HTML, "Server-sent events")
		return slices.Concat([]byte("data: "), text, []byte("\n\n")), nil
	case t.inLines():
		list, isList := v.([]any)
		if !isList {
			return append(text, '\n'), nil
		}
		var lines []byte
		var each *schema.Schema // without one members come in the order of their names
		for i := range list {
			one, err := each.AppendJSON(nil, list[i], schema.Plain)
			if err != nil {
				return nil, fail(parameter.Unfit, "", "an element has no form in JSON")
			}
			lines = append(append(lines, one...), '\n')
		}
		return lines, nil
	}
	return text, nil
}

const eventStream = "text/event-stream"
