package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"understudy/specs"
)

// rawMember is one member of a JSON object as it was written.
type rawMember struct {
	name string
	raw  json.RawMessage
}

// rawMembers takes a JSON object apart without changing a byte of its values; false for what is none. What it returns are
// parts of the text.
func rawMembers(text []byte) ([]rawMember, bool) {
	var list []rawMember
	w := walkOf(text)
	for {
		name, from, to, ok := w.next()
		if !ok {
			break
		}
		if !isPlainName(name) {
			name = decodedName(name)
		}
		list = append(list, rawMember{name, json.RawMessage(text[from:to:to])})
	}
	if w.bad {
		return nil, false
	}
	return list, true
}

// Member finds the value that a JSON pointer names in a JSON text, as it was written: a part of the text. Only objects are
// entered; of equal names the last one counts. An object that is entered is read to its end: in one that is broken there is
// no member.
func Member(text []byte, pointer string) (raw []byte, ok bool) {
	raw = bytes.TrimSpace(text)
	if pointer == "" {
		return raw, true
	}
	rest, more := strings.TrimPrefix(pointer, "/"), true
	for more {
		var token string
		token, rest, more = strings.Cut(rest, "/")
		if raw, ok = member(raw, specs.UnescapePointer(token)); !ok {
			return nil, false
		}
	}
	return raw, true
}

// member is the last member of a name.
func member(object []byte, name string) (raw []byte, ok bool) {
	w := walkOf(object)
	for {
		written, from, to, more := w.next()
		if !more {
			return raw, ok && !w.bad
		}
		if isNamed(written, name) {
			raw, ok = object[from:to:to], true
		}
	}
}

// errNoObject is what PutMember gives for a text that has no place for a member.
var errNoObject = errors.New("the body is no JSON object, or the pointer leads through a value that is none")

// PutMember puts a JSON text in the place that a JSON pointer names in another one, and keeps the order and the writing of
// all else. A member that is not there comes last; objects on the way are made. An empty text is taken for an empty
// object.
func PutMember(text []byte, pointer string, raw []byte) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("{}")
	}
	if !json.Valid(raw) {
		return nil, errors.New("the member's value is no JSON")
	}
	return putMember(text, pointerNames(pointer), raw)
}

func putMember(text []byte, names []string, raw []byte) ([]byte, error) {
	if len(names) == 0 {
		return raw, nil
	}
	list, ok := rawMembers(text)
	if !ok {
		return nil, errNoObject
	}
	at := -1
	for i, one := range list {
		if one.name == names[0] {
			at = i
		}
	}
	if at < 0 {
		list = append(list, rawMember{name: names[0], raw: json.RawMessage("{}")})
		at = len(list) - 1
	}
	inner, err := putMember(list[at].raw, names[1:], raw)
	if err != nil {
		return nil, err
	}
	list[at].raw = inner
	return writeMembers(list)
}

// DropMember leaves the member out that a JSON pointer names, and keeps the order and the writing of all else. A text without
// it stays as it is.
func DropMember(text []byte, pointer string) []byte {
	if out, ok := dropMember(text, pointerNames(pointer)); ok {
		return out
	}
	return text
}

func dropMember(text []byte, names []string) ([]byte, bool) {
	list, ok := rawMembers(bytes.TrimSpace(text))
	if !ok || len(names) == 0 {
		return nil, false
	}
	if len(names) == 1 {
		kept := slices.DeleteFunc(slices.Clone(list), func(one rawMember) bool { return one.name == names[0] })
		if len(kept) == len(list) {
			return nil, false
		}
		out, err := writeMembers(kept)
		return out, err == nil
	}
	dropped := false
	for i, one := range list {
		if one.name != names[0] {
			continue
		}
		if inner, ok := dropMember(one.raw, names[1:]); ok {
			list[i].raw, dropped = inner, true
		}
	}
	if !dropped {
		return nil, false
	}
	out, err := writeMembers(list)
	return out, err == nil
}

// writeMembers puts an object together again.
func writeMembers(list []rawMember) ([]byte, error) {
	out := []byte{'{'}
	for i, one := range list {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := marshalText(one.name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), one.raw...)
	}
	return append(out, '}'), nil
}

// marshalText writes a JSON string without the escapes that only HTML needs.
func marshalText(s string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// pointerNames takes a JSON pointer (RFC 6901) apart.
func pointerNames(pointer string) []string {
	if pointer == "" {
		return nil
	}
	names := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range names {
		names[i] = specs.UnescapePointer(names[i])
	}
	return slices.Clip(names)
}

// signedText is what a JSON value is in a text to sign: of a string its characters, of null nothing, of an object or array
// its compact text in the order it was written, of anything else its literal. It may be a part of raw.
func signedText(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	switch raw[0] {
	case '"':
		if inner := raw[1:max(len(raw)-1, 1)]; len(raw) > 1 && plainText(inner) {
			return unsafe.String(unsafe.SliceData(inner), len(inner))
		}
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	case '{', '[':
		var b bytes.Buffer
		if json.Compact(&b, raw) == nil {
			return b.String()
		}
	}
	return string(raw)
}

// plainText says whether the inside of a JSON string stands for itself.
func plainText(inner []byte) bool {
	return bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner)
}
