package story

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/media"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// body evaluates the payload and what is set in it.
func (c *call) body(s *arazzo.Step, source Source, t *trial) error {
	if s.Body == nil || s.Body.Payload == nil && len(s.Body.Replacements) == 0 {
		if source.isControl() && c.operation.Body != nil {
			c.values[drive.Body] = map[string]any{} // the control listener wants one, be it empty
		}
		return nil
	}
	var v any = map[string]any{}
	if s.Body.Payload != nil {
		var err error
		if v, err = s.Body.Payload.Evaluate(&t.scope); err != nil {
			return fmt.Errorf("the payload: %w", err)
		}
	}
	own := c.ownType(s.Body.ContentType, source.Contract)
	if text, ok := v.(string); ok {
		v = ofText(text, own)
	}
	for _, re := range s.Body.Replacements {
		with, err := re.Value.Evaluate(&t.scope)
		if err != nil {
			return fmt.Errorf("the replacement %s: %w", re.Target, err)
		}
		if v, err = arazzo.Replace(v, re.Target, with); err != nil {
			return fmt.Errorf("the replacement %s: %w", re.Target, err)
		}
	}
	c.message.Body, c.message.HasBody = v, true
	if raw, ok := v.([]byte); ok {
		c.message.Body = string(raw)
	}
	if c.contentType != "" {
		v = written(v, own)
	}
	c.values[drive.Body] = v
	return nil
}

// ownType is the media type of the body: the one that the client gives it by itself, or the one that a step names in its place.
func (c *call) ownType(stated string, contract *specs.Contract) string {
	usual := usualType(c.operation, contract)
	if stated = strings.TrimSpace(stated); stated == "" || base(stated) == usual {
		return usual
	}
	c.contentType = stated
	return base(stated)
}

// usualType is the one of several media types that package drive picks: JSON, else the first that it can write. Where the
// contract is one of ours, or spreads its parameters, a form that stands before JSON is picked.
func usualType(op *specs.Operation, contract *specs.Contract) string {
	if op.Body == nil || len(op.Body.Content) == 0 {
		return jsonType
	}
	var declared, writable []string
	for _, m := range op.Body.Content {
		declared = append(declared, base(m.Type))
		if media.Supported(m.Type) {
			writable = append(writable, base(m.Type))
		}
	}
	if contract.Bundled || op.Wire.Route != nil || op.Wire.Formats != nil {
		if i := slices.IndexFunc(declared, func(t string) bool { return t == formType || isJSON(t) }); i >= 0 {
			return declared[i]
		}
	}
	if i := slices.IndexFunc(declared, isJSON); i >= 0 {
		return declared[i]
	}
	return slices.Concat(writable, declared)[0]
}

// written is a body in a form that its operation does not have by itself: an object as a form, everything else as JSON, under
// whatever label.
func written(v any, mediaType string) any {
	record, isObject := v.(map[string]any)
	if !isObject || mediaType != formType {
		if _, isRaw := v.([]byte); isRaw {
			return v
		}
		return []byte(arazzo.JSON(v))
	}
	form := url.Values{}
	for name, item := range record {
		list, isList := item.([]any)
		if !isList {
			list = []any{item}
		}
		for _, one := range list {
			if one != nil {
				form.Add(name, arazzo.Text(one))
			}
		}
	}
	return []byte(form.Encode())
}

func base(mediaType string) string {
	if media, _, err := mime.ParseMediaType(mediaType); err == nil {
		return media
	}
	return strings.ToLower(strings.TrimSpace(mediaType))
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == "text/json"
}

// ofText is a payload that was written as a text: JSON where JSON is due and the text is a whole object or list, a JSON text
// where it is none, and else the body byte for byte.
func ofText(text, media string) any {
	trimmed := strings.TrimSpace(text)
	if !isJSON(media) {
		return []byte(text)
	}
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(trimmed))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return []byte(text)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return []byte(text)
	}
	return v
}
