package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const maxDepth = 64

// CheckJSON reports whether text is one JSON value in valid UTF-8 without a byte order mark, duplicate member names, anything after
// it, or more than 64 levels. The error is a DecodeError that quotes nothing of the text.
func CheckJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return Undecodable("the JSON begins with a byte order mark")
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return Undecodable("the JSON is empty")
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text))
	for {
		_, err := decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && decoder.StackDepth() == 0:
			return nil
		case errors.Is(err, jsontext.ErrDuplicateName):
			return Undecodable("the JSON has a duplicate member name near byte %d", decoder.InputOffset())
		case err != nil:
			return Undecodable("not valid JSON near byte %d", decoder.InputOffset())
		case decoder.StackDepth() > maxDepth:
			return Undecodable("the JSON is nested more than %d levels deep", maxDepth)
		case decoder.StackDepth() == 0 && len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0:
			return Undecodable("there is more after the JSON value, near byte %d", decoder.InputOffset())
		}
	}
}

// Marshal writes compact JSON as the vendors print it: UTF-8, nothing of HTML escaped, no line break at the end.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Kind gives the JSON kind of a checked value in one word: null, boolean, string, number, object, array; absent for no bytes.
func Kind(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "absent"
	}
	switch raw[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	}
	return "number"
}

// Elements splits a checked array. path is where it stands, for errors.
func Elements(raw []byte, path string) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if Kind(raw) != "array" || json.Unmarshal(raw, &list) != nil {
		return nil, Undecodable("%s: expected an array, got %s", path, Kind(raw))
	}
	return list, nil
}

// Unquote gives the text of a checked JSON string.
func Unquote(raw []byte) (string, bool) {
	if Kind(raw) != "string" {
		return "", false
	}
	text, err := jsontext.AppendUnquote(nil, bytes.TrimSpace(raw))
	return string(text), err == nil
}

// Fields reads the members of one JSON object tolerantly: a number where text is expected and the reverse, null like absent. The first
// member that no tolerance fits is kept as the error; names are matched exactly.
type Fields struct {
	path    string
	members map[string]json.RawMessage
	err     error
}

// ParseObject checks a whole text and reads it as an object. path is where it stands, for errors; "" for the root.
func ParseObject(text []byte, path string) (*Fields, error) {
	if err := CheckJSON(text); err != nil {
		return nil, err
	}
	return Object(text, path)
}

// Object reads a value that is part of a checked text as an object.
func Object(raw []byte, path string) (*Fields, error) {
	f := &Fields{path: path}
	if Kind(raw) != "object" || json.Unmarshal(raw, &f.members) != nil {
		return nil, Undecodable("%s: expected an object, got %s", place(path, ""), Kind(raw))
	}
	return f, nil
}

func place(path, name string) string {
	if name != "" {
		path += "/" + name
	}
	if path == "" {
		return "the reply"
	}
	return path
}

// Err gives the first misfit as a DecodeError, nil when everything read fitted.
func (f *Fields) Err() error { return f.err }

// Has reports that the member is there, null included.
func (f *Fields) Has(name string) bool { _, ok := f.members[name]; return ok }

// Null reports that the member is absent or null.
func (f *Fields) Null(name string) bool {
	k := Kind(f.members[name])
	return k == "absent" || k == "null"
}

// Raw gives the member as it came, nil when absent.
func (f *Fields) Raw(name string) json.RawMessage { return f.members[name] }

// Fold gives the name under which a member came: name itself when it is there, else one that differs only in ASCII case, else name.
func (f *Fields) Fold(name string) string {
	if f.Has(name) {
		return name
	}
	for candidate := range f.members {
		// Equal lengths keep out the non-ASCII letters that EqualFold takes for K and S.
		if len(candidate) == len(name) && strings.EqualFold(candidate, name) {
			return candidate
		}
	}
	return name
}

// Names gives the names of all members, in no order.
func (f *Fields) Names() []string {
	names := make([]string, 0, len(f.members))
	for name := range f.members {
		names = append(names, name)
	}
	return names
}

// Path gives the JSON pointer of a member, for errors.
func (f *Fields) Path(name string) string { return f.path + "/" + name }

// Text gives a string, or the literal of a number or boolean; "" when absent or null.
func (f *Fields) Text(name string) string {
	raw := f.members[name]
	switch Kind(raw) {
	case "absent", "null":
		return ""
	case "string":
		text, ok := Unquote(raw)
		if !ok {
			f.misfit(name, "text")
		}
		return text
	case "number", "boolean":
		return string(bytes.TrimSpace(raw))
	}
	f.misfit(name, "text")
	return ""
}

// Int gives a whole number, quoted or not; 0 when absent or null.
func (f *Fields) Int(name string) int64 {
	if n := f.IntPointer(name); n != nil {
		return *n
	}
	return 0
}

// IntPointer gives a whole number, quoted or not; nil when absent, null or an empty string.
func (f *Fields) IntPointer(name string) *int64 {
	raw := f.members[name]
	text := string(bytes.TrimSpace(raw))
	switch Kind(raw) {
	case "absent", "null":
		return nil
	case "string":
		unquoted, ok := Unquote(raw)
		if ok && unquoted == "" {
			return nil
		}
		text = unquoted
	case "number":
	default:
		f.misfit(name, "a whole number")
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f.misfit(name, "a whole number of at most 64 bits")
		return nil
	}
	return &n
}

// BoolPointer gives true or false, quoted or not; nil when absent, null or an empty string.
func (f *Fields) BoolPointer(name string) *bool {
	raw := f.members[name]
	text := string(bytes.TrimSpace(raw))
	switch Kind(raw) {
	case "absent", "null":
		return nil
	case "string":
		text, _ = Unquote(raw)
	}
	var b bool
	switch text {
	case "":
		return nil
	case "true":
		b = true
	case "false":
	default:
		f.misfit(name, "true or false")
		return nil
	}
	return &b
}

func (f *Fields) misfit(name, expected string) {
	if f.err == nil {
		f.err = Undecodable("%s: expected %s, got %s", place(f.path, name), expected, Kind(f.members[name]))
	}
}
