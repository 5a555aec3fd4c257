package mock

import (
	"bytes"

	"understudy/mock/internal/media"
)

// written is an example that the document has as the text that travels: what has no natural form in JSON, such as XML or a
// form, stands so (OpenAPI 3.1.1, "Working with Examples"). ok is false for any other, and for a text that does not open to
// what the schema describes.
func (b *body) written(v any) (text []byte, ok bool) {
	s, isText := v.(string)
	if !isText || !media.Written(b.Type, b.schema) {
		return nil, false
	}
	opened, err := media.Decode(&b.MediaType, b.schema, b.Type, []byte(s))
	if err != nil || b.schema != nil && b.schema.Validate(opened) != nil {
		return nil, false
	}
	return bytes.TrimSpace([]byte(s)), true
}
