package rest

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// A reply may list many things, one of them broken: cut in the middle of a character, or with a member twice. CheckJSON would refuse all of
// it. The functions here leave such a fault to the part that has it.

// ParseObjectExcept is ParseObject, except that the member lenient is only checked to be JSON: duplicate names and invalid UTF-8 inside it are
// left to whoever reads its parts.
func ParseObjectExcept(text []byte, path, lenient string) (*Fields, error) {
	fault := CheckJSON(text)
	if fault == nil {
		return Object(text, path)
	}
	list, ok := members(text)
	if !ok {
		return nil, fault
	}
	f := &Fields{path: path, members: map[string]json.RawMessage{}}
	for _, m := range list {
		name, valid := Unquote(m.name)
		if !valid || f.Has(name) || name != lenient && CheckJSON(m.value) != nil {
			return nil, fault
		}
		f.members[name] = m.value
	}
	return f, nil
}

// CheckSyntax reports whether text is one JSON value, whatever its names and characters. The error is a DecodeError that quotes nothing.
func CheckSyntax(text []byte) error {
	decoder := lenientDecoder(text)
	if _, err := decoder.ReadValue(); err != nil || len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0 {
		return Undecodable("not valid JSON near byte %d", decoder.InputOffset())
	}
	return nil
}

// Texts gives the strings and the literals of numbers that stand under a name in an object that nothing has checked: none when it is no
// object, several when the name is there more than once. Invalid UTF-8 is replaced; the texts are for telling which object is meant.
func Texts(object []byte, name string) []string {
	list, _ := members(object)
	var texts []string
	for _, m := range list {
		if n, _ := Unquote(m.name); n != name {
			continue
		}
		text := ""
		switch Kind(m.value) {
		case "string":
			text, _ = Unquote(m.value)
		case "number":
			text = string(m.value)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

type member struct{ name, value []byte }

// members splits an object of valid syntax, repeated names included.
func members(text []byte) ([]member, bool) {
	decoder := lenientDecoder(text)
	if begin, err := decoder.ReadToken(); err != nil || begin.Kind() != '{' {
		return nil, false
	}
	var list []member
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadValue()
		if err != nil {
			return nil, false
		}
		name = slices.Clone(name) // the decoder reuses its buffer
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, false
		}
		list = append(list, member{name, slices.Clone(value)})
	}
	if _, err := decoder.ReadToken(); err != nil {
		return nil, false
	}
	return list, len(bytes.TrimSpace(text[decoder.InputOffset():])) == 0
}

func lenientDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
