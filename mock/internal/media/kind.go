package media

import (
	"encoding/json"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"understudy/mock/internal/parameter"
	"understudy/specs"
)

// mediaType is a media type or a range of them (RFC 9110, sections 8.3.1 and 12.5.1).
type mediaType struct {
	base   string // lower case
	params map[string]string
}

func parseType(s string) (mediaType, error) {
	base, params, err := mime.ParseMediaType(s)
	if err != nil {
		return mediaType{}, err
	}
	if base != "*" && !strings.Contains(base, "/") {
		return mediaType{}, fmt.Errorf("no subtype")
	}
	if base == "*" {
		base = "*/*" // as some clients write it
	}
	return mediaType{base, params}, nil
}

// isRange says whether it stands for several: image/*, and application/*+json, which RFC 9110 does not know and many
// documents have.
func (t mediaType) isRange() bool {
	return strings.HasSuffix(t.base, "/*") || strings.Contains(t.base, "/*+")
}

// covers says whether another type is this one or in this range. Parameters are no part of it: servers and clients add a
// charset as they like.
func (t mediaType) covers(other mediaType) bool {
	if t.base == "*/*" || t.base == other.base {
		return true
	}
	if !t.isRange() {
		return false
	}
	prefix, suffix, _ := strings.Cut(t.base, "*")
	return strings.HasPrefix(other.base, prefix) && strings.HasSuffix(other.base, suffix)
}

// concrete is a type in a range.
func (t mediaType) concrete() mediaType {
	base := "application/json"
	if kind, suffix, ok := strings.Cut(t.base, "/*+"); ok {
		return mediaType{base: kind + "/" + suffix}
	}
	switch t.base {
	case "text/*":
		base = "text/plain"
	case "image/*":
		base = "image/png"
	case "audio/*":
		base = "audio/mpeg"
	case "video/*":
		base = "video/mp4"
	case "font/*":
		base = "font/woff2"
	case "multipart/*":
		base = "multipart/form-data"
	}
	return mediaType{base: base}
}

// family is how bodies of a type are read.
type family int

const (
	bytesFamily family = iota
	jsonFamily
	xmlFamily
	formFamily
	multipartFamily
	textFamily
)

func (t mediaType) family() family {
	switch {
	case t.base == "application/json", t.base == "text/json", strings.HasSuffix(t.base, "+json"):
		return jsonFamily
	case t.base == "application/xml", t.base == "text/xml", strings.HasSuffix(t.base, "+xml"):
		return xmlFamily
	case t.base == "application/x-www-form-urlencoded":
		return formFamily
	case strings.HasPrefix(t.base, "multipart/"):
		return multipartFamily
	case strings.HasPrefix(t.base, "text/"):
		return textFamily
	}
	return bytesFamily
}

// Supported says whether bodies of a media type, or of a range of them, are read and written by what they mean. Bytes are
// what octet-stream, images, sounds, films, fonts and archives mean; of other types that are no text, such as
// application/yaml, only the bytes are known here.
func Supported(mediaType string) bool {
	t, err := parseType(mediaType)
	if err != nil {
		return false
	}
	if t.isRange() {
		return true
	}
	if t.family() != bytesFamily || t.inLines() {
		return true
	}
	kind, subtype, _ := strings.Cut(t.base, "/")
	switch kind {
	case "image", "audio", "video", "font":
		return true
	}
	switch subtype {
	case "octet-stream", "pdf", "zip", "gzip", "x-gzip", "x-tar", "x-7z-compressed", "vnd.ms-excel", "msword":
		return true
	}
	return strings.HasPrefix(subtype, "vnd.openxmlformats-officedocument")
}

// IsJSON says whether a media type is JSON, also by its suffix (RFC 6839).
func IsJSON(mediaType string) bool {
	t, err := parseType(mediaType)
	return err == nil && t.family() == jsonFamily
}

// Select finds the media type of a contract that a body's Content-Type is one of: the very one before one with other
// parameters, a range last. Without a Content-Type it is the first.
func Select(content []specs.MediaType, contentType string) (index int, ok bool) {
	if strings.TrimSpace(contentType) == "" {
		return 0, len(content) > 0
	}
	t, err := parseType(contentType)
	if err != nil {
		return 0, false
	}
	best := 0
	for i := range content {
		stated, err := parseType(content[i].Type)
		if err != nil || !stated.covers(t) {
			continue
		}
		if score := stated.likeness(t); score > best {
			best, index = score, i
		}
	}
	return index, best > 0
}

// likeness says how close a type that covers another is to it.
func (t mediaType) likeness(other mediaType) int {
	switch {
	case t.base == "*/*":
		return 1
	case strings.HasSuffix(t.base, "/*"):
		return 2
	case t.isRange():
		return 3
	}
	score := 1000
	for name, v := range t.params {
		switch given, there := other.params[name]; {
		case there && strings.EqualFold(given, v):
			score++
		case name != "charset":
			score--
		}
	}
	return score
}

// textOf is a single value as a text.
func textOf(v any, pointer string) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return string(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case nil:
		return "", nil
	case int, int64, float64:
		return fmt.Sprint(v), nil
	}
	return "", fail(parameter.Unfit, pointer, "an object or a list has no form in this media type")
}
