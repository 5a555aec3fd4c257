// Package media reads and writes bodies in the media types that contracts state: JSON, XML by OpenAPI's keyword xml, forms
// and multipart bodies by its encoding, text and bytes. Values are those of JSON: maps, lists, texts, json.Number, booleans
// and nil. The bytes of a file, an image or whatever else is no text are a text that holds them as they are, one byte
// after the other; a schema's contentEncoding says that the contract has them encoded, and then they stay so.
package media

import (
	"strings"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Error says where a body cannot be read, or a value cannot be written. It holds names at most, never a value.
type Error = parameter.Error

func fail(kind parameter.Kind, pointer, reason string) error {
	return &Error{Kind: kind, Pointer: pointer, Reason: reason, Offset: -1}
}

// Decode reads a body as the contract describes it; the schema may be nil. contentType is the one that came with the body,
// "" for none: then the contract's counts. A body of another type than the contract's is Mismatched, one whose type has no
// reading here while its schema describes no text is Unsupported. Texts that a type does not fit stay texts, so that
// validation tells. Objects and lists stand as JSON in a type that has no form for them ([Makeshift]). Errors are of type *[Error].
func Decode(m *specs.MediaType, s *schema.Schema, contentType string, body []byte) (any, error) {
	t, err := typeOf(m, contentType)
	if err != nil {
		return nil, err
	}
	if sh := s.Shape(); t.makeshift(sh) {
		if v, ok := decodeMakeshift(t, sh, body); ok {
			return v, nil
		}
	}
	switch t.family() {
	case jsonFamily:
		return decodeJSON(t, body)
	case xmlFamily:
		return decodeXML(s.Shape(), t, body)
	case formFamily:
		return decodeForm(m, s.Shape(), t, body)
	case multipartFamily:
		return decodeMultipart(m, s, t, body, 1)
	case textFamily:
		text, err := t.text(body)
		if err != nil {
			return nil, err
		}
		return s.Shape().FromText(text), nil
	}
	if !s.Shape().Is("string") {
		return nil, fail(parameter.Unsupported, "", "bodies of type "+t.base+" are not read here, and the contract describes no text")
	}
	return string(body), nil
}

// typeOf is the media type of a body, which has to be the contract's.
func typeOf(m *specs.MediaType, contentType string) (mediaType, error) {
	stated, err := parseType(m.Type)
	if err != nil {
		return stated, fail(parameter.Unsupported, "", "the contract's media type cannot be read")
	}
	if strings.TrimSpace(contentType) == "" {
		if stated.isRange() {
			stated = mediaType{base: "application/octet-stream"}
		}
		return stated, nil
	}
	t, err := parseType(contentType)
	if err != nil {
		return t, fail(parameter.Malformed, "", "the Content-Type cannot be read (RFC 9110, section 8.3.1)")
	}
	if !stated.covers(t) {
		return t, fail(parameter.Mismatched, "", "the Content-Type is not "+m.Type)
	}
	return t, nil
}

func decodeJSON(t mediaType, body []byte) (any, error) {
	if charset := t.params["charset"]; charset != "" {
		text, err := decodeCharset(charset, body)
		if err != nil {
			return nil, err
		}
		body = []byte(text)
	}
	v, failed := wire.DecodeJSON(body, wire.JSONOptions{})
	if failed == nil {
		return v, nil
	}
	kind := parameter.Malformed
	if failed.Reason == wire.JSONDepth {
		kind = parameter.TooLarge
	}
	return nil, &Error{Kind: kind, Pointer: failed.Pointer, Reason: failed.Error(), Offset: failed.Offset}
}

// Encode writes a value as a body, and gives its Content-Type: the contract's, with a charset for text and a boundary for
// multipart bodies; of a range such as image/*, a type that is in it. The same value gives the same bytes. A value that the
// media type has no form for is an *[Error] of kind Unfit.
func Encode(m *specs.MediaType, s *schema.Schema, v any) (body []byte, contentType string, err error) {
	t, err := parseType(m.Type)
	if err != nil {
		return nil, "", fail(parameter.Unsupported, "", "the contract's media type cannot be read")
	}
	contentType = m.Type
	if t.isRange() {
		t = t.concrete()
		contentType = t.base
	}
	if raw, ok := v.([]byte); ok {
		return raw, contentType, nil
	}
	if t.makeshift(s.Shape()) {
		switch v.(type) {
		case map[string]any, []any:
			body, err = encodeMakeshift(t, s, v)
			return body, contentType, err
		}
	}
	switch t.family() {
	case jsonFamily:
		body, err = s.AppendJSON(nil, v, schema.Plain)
		if err == nil && t.params["charset"] != "" {
			body, err = encodeCharset(t.params["charset"], string(body))
		}
		return body, contentType, err
	case xmlFamily:
		body, err = encodeXML(s.Shape(), t, v)
		return body, contentType, err
	case formFamily:
		body, err = encodeForm(m, s.Shape(), v)
		return body, contentType, err
	case multipartFamily:
		return encodeMultipart(m, s.Shape(), t, v)
	case textFamily:
		text, err := textOf(v, "")
		if err != nil {
			return nil, "", err
		}
		charset := t.params["charset"]
		if charset == "" {
			charset = "utf-8"
			contentType += "; charset=utf-8"
		}
		body, err = encodeCharset(charset, text)
		return body, contentType, err
	}
	text, err := textOf(v, "")
	return []byte(text), contentType, err
}
