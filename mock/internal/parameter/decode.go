package parameter

import (
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// value is a single text as the shape describes it. One that holds an object or a list, where the contract has those and no
// text, is read as JSON, as tools write what their style has no form for.
func value(sh schema.Shape, s string) any {
	v := sh.FromText(s)
	if _, isText := v.(string); !isText || s == "" || s[0] != '{' && s[0] != '[' || sh.Is("string") {
		return v
	}
	if held, err := wire.DecodeJSON([]byte(s), wire.JSONOptions{}); err == nil {
		return held
	}
	return v
}

func (r *reader) items(pieces []string) []any {
	items := make([]any, len(pieces))
	for i, piece := range pieces {
		items[i] = value(r.shape.Item(i), piece)
	}
	return items
}

// members reads names and values that alternate, or that stand together with a "=" between; without that form the value is
// the text as a whole, for the schema to tell.
func (r *reader) members(pieces []string, together bool, whole text) (any, error) {
	object := map[string]any{}
	add := func(name, text string) error {
		if _, twice := object[name]; twice {
			return r.fail(Repeated, "/"+specs.EscapePointer(name), "the member occurs twice; send it once")
		}
		object[name] = value(r.shape.Member(name), text)
		return nil
	}
	if together {
		for _, piece := range pieces {
			name, text, ok := strings.Cut(piece, "=")
			if !ok {
				return whole.plain()
			}
			if err := add(name, text); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	if len(pieces)%2 != 0 {
		return whole.plain()
	}
	for i := 0; i < len(pieces); i += 2 {
		if err := add(pieces[i], pieces[i+1]); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// delimited reads what is written with a delimiter: a list, or an object whose names and values alternate, or stand together.
func (r *reader) delimited(k shapeKind, t text, delimiter byte, together bool) (any, error) {
	if k == scalar {
		s, err := t.plain()
		return value(r.shape, s), err
	}
	if t.s == "" && (k == object || !r.shape.Item(0).Is("string")) {
		if k == object {
			return map[string]any{}, nil
		}
		return []any{}, nil
	}
	if k == object && together {
		return r.together(t, delimiter)
	}
	pieces, err := t.split(delimiter)
	if err != nil {
		return nil, err
	}
	if k == list {
		return r.items(pieces), nil
	}
	return r.members(pieces, false, t)
}

// together reads name=value between delimiters: the "=" is looked for before anything is unescaped.
func (r *reader) together(t text, delimiter byte) (any, error) {
	object := map[string]any{}
	for piece := range strings.SplitSeq(t.s, string(delimiter)) {
		name, v, ok := strings.Cut(piece, "=")
		if !ok {
			return t.plain()
		}
		var err error
		if name, err = (text{name, t.escaped, t.plus}).plain(); err != nil {
			return nil, err
		}
		if v, err = (text{v, t.escaped, t.plus}).plain(); err != nil {
			return nil, err
		}
		if _, twice := object[name]; twice {
			return nil, r.fail(Repeated, "/"+specs.EscapePointer(name), "the member occurs twice; send it once")
		}
		object[name] = value(r.shape.Member(name), v)
	}
	return object, nil
}

func (r *reader) path() (any, bool, error) {
	t := text{escaped: true}
	var given bool
	if t.s, given = r.raw.EscapedPath[r.parameter.Name]; !given {
		t.escaped = false
		if t.s, given = r.raw.Path[r.parameter.Name]; !given {
			return nil, false, nil
		}
	}
	v, err := r.choose(scalar, func(k shapeKind) (any, error) { return r.segment(k, t) })
	return v, true, err
}

// segment reads what a path template stands for.
func (r *reader) segment(k shapeKind, t text) (any, error) {
	switch r.parameter.Style {
	case label:
		t, ok := t.after(".")
		if !ok {
			return nil, r.fail(Malformed, "", "the style label begins with a full stop, such as .blue")
		}
		if r.parameter.Explode {
			return r.delimited(k, t, '.', true)
		}
		v, err := r.delimited(k, t, ',', false)
		if err == nil && strings.Contains(t.s, ".") && len(r.schema.Validate(v)) > 0 {
			// OpenAPI before 3.0.4 wrote full stops here as well, against RFC 6570.
			if older, err := r.delimited(k, t, '.', false); err == nil && len(r.schema.Validate(older)) == 0 {
				return older, nil
			}
		}
		return v, err
	case matrix:
		return r.matrix(k, t)
	}
	return r.delimited(k, t, ',', r.parameter.Explode)
}

func (r *reader) matrix(k shapeKind, t text) (any, error) {
	t, ok := t.after(";")
	if !ok {
		return nil, r.fail(Malformed, "", "the style matrix begins with a semicolon and the name, such as ;color=blue")
	}
	if k == object && r.parameter.Explode {
		return r.together(t, ';')
	}
	var values []text
	for piece := range strings.SplitSeq(t.s, ";") {
		name, v, _ := strings.Cut(piece, "=")
		if name, err := (text{name, t.escaped, false}).plain(); err != nil || name != r.parameter.Name {
			return nil, r.fail(Malformed, "", "the style matrix has the parameter's name before each value, such as ;color=blue")
		}
		values = append(values, text{v, t.escaped, false})
	}
	if k == list && r.parameter.Explode {
		pieces := make([]string, len(values))
		for i, v := range values {
			var err error
			if pieces[i], err = v.plain(); err != nil {
				return nil, err
			}
		}
		return r.items(pieces), nil
	}
	if len(values) > 1 {
		return nil, r.fail(Repeated, "", "the parameter occurs more than once; send it once")
	}
	return r.delimited(k, values[0], ',', false)
}

func (r *reader) header() (any, bool, error) {
	lines := r.raw.Header.Values(r.parameter.Name)
	if len(lines) == 0 {
		return nil, false, nil
	}
	v, err := r.choose(scalar, func(k shapeKind) (any, error) {
		if k == scalar {
			if len(lines) > 1 {
				return nil, r.fail(Repeated, "", "the header occurs more than once; send it once")
			}
			return value(r.shape, strings.Trim(lines[0], " \t")), nil
		}
		// Several lines are one with commas between (RFC 9110, section 5.3), empty elements are none (section 5.6.1).
		var pieces []string
		for piece := range strings.SplitSeq(strings.Join(lines, ","), ",") {
			if piece = strings.Trim(piece, " \t"); piece != "" || k == object {
				pieces = append(pieces, piece)
			}
		}
		if k == list {
			return r.items(pieces), nil
		}
		if len(pieces) == 1 && pieces[0] == "" {
			return map[string]any{}, nil
		}
		return r.members(pieces, r.parameter.Explode, text{s: strings.Join(lines, ", ")})
	})
	return v, true, err
}

// cookie reads a cookie parameter. The style form was made for queries; what clients send of it are cookies of their own, or
// one with "&" in it as in a query.
func (r *reader) cookie() (any, bool, error) {
	var values []text
	var others []*http.Cookie
	for _, c := range r.raw.Cookies {
		if c.Name == r.parameter.Name {
			values = append(values, cookieText(c.Value))
		} else {
			others = append(others, c)
		}
	}
	if r.spread() {
		if v, given, err := r.spreadCookies(others); given || err != nil || len(r.forms()) == 1 {
			return v, given, err
		}
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	v, err := r.choose(scalar, func(k shapeKind) (any, error) {
		if k == list && r.parameter.Explode {
			var pieces []string
			for _, one := range values {
				for piece := range strings.SplitSeq(one.s, "&"+r.parameter.Name+"=") {
					s, err := text{piece, one.escaped, false}.plain()
					if err != nil {
						return nil, err
					}
					pieces = append(pieces, s)
				}
			}
			return r.items(pieces), nil
		}
		if len(values) > 1 {
			return nil, r.fail(Repeated, "", "the cookie occurs more than once; send it once")
		}
		return r.delimited(k, values[0], ',', false)
	})
	return v, true, err
}

// cookieText is a cookie's value, escaped where it can be read so: not everybody escapes.
func cookieText(s string) text {
	_, err := unescape(s, false)
	return text{s: s, escaped: err == nil}
}

func (r *reader) spreadCookies(cookies []*http.Cookie) (any, bool, error) {
	object := map[string]any{}
	for _, c := range cookies {
		if !r.owns(c.Name) {
			continue
		}
		s, err := cookieText(c.Value).plain()
		if err != nil {
			return nil, false, err
		}
		if _, twice := object[c.Name]; twice {
			return nil, false, r.fail(Repeated, "/"+specs.EscapePointer(c.Name), "the cookie occurs more than once; send it once")
		}
		object[c.Name] = value(r.shape.Member(c.Name), s)
	}
	return object, len(object) > 0, nil
}

// content reads a parameter whose text is of a media type.
func (r *reader) content() (any, bool, error) {
	texts, err := r.contentTexts()
	if err != nil || len(texts) == 0 {
		return nil, false, err
	}
	if len(texts) > 1 {
		return nil, true, r.fail(Repeated, "", "the parameter occurs more than once; send it once")
	}
	if !isJSON(r.parameter.MediaType) {
		return value(r.shape, texts[0]), true, nil
	}
	v, failed := wire.DecodeJSON([]byte(texts[0]), wire.JSONOptions{})
	if failed != nil {
		return nil, true, &Error{Kind: Malformed, Pointer: failed.Pointer, Reason: failed.Error(), Offset: failed.Offset}
	}
	return v, true, nil
}

func (r *reader) contentTexts() ([]string, error) {
	var texts []string
	name := r.parameter.Name
	switch r.parameter.In {
	case "path":
		if s, ok := r.raw.EscapedPath[name]; ok {
			s, err := unescape(s, false)
			return []string{s}, err
		}
		if s, ok := r.raw.Path[name]; ok {
			return []string{s}, nil
		}
	case "header":
		return r.raw.Header.Values(name), nil
	case "cookie":
		for _, c := range r.raw.Cookies {
			if c.Name == name {
				s, err := cookieText(c.Value).plain()
				if err != nil {
					return nil, err
				}
				texts = append(texts, s)
			}
		}
	default:
		for _, pair := range r.raw.Query {
			if pair.Name == name {
				texts = append(texts, pair.Value)
			}
		}
	}
	return texts, nil
}

// isJSON says whether a media type is JSON, also by its suffix (RFC 6839).
func isJSON(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	base = strings.TrimSpace(base)
	return base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json")
}

// sortedNames are the names of an object in alphabetical order.
func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
