package mask

import (
	"strings"

	"understudy/mock/internal/pseudonym"
	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/specs"
)

// headers are those of a response.
func (w *walk) headers(r *specs.Response, list []scenarios.Parameter) {
	for i := range list {
		h := &list[i]
		s := spot{where: "response header " + h.Name, text: true}
		switch strings.ToLower(h.Name) {
		case "content-type", "retry-after", "location":
			s.kept = true
		}
		if r != nil {
			for _, one := range r.Headers {
				if strings.EqualFold(one.Name, h.Name) {
					s.place = w.known.place(one.Schema, schema.Response)
					s.kept = s.kept || !s.place.Described()
				}
			}
		}
		h.Value = w.value(s, h.Value, "")
	}
}

func (w *walk) parameters(op *specs.Operation, side string, list []scenarios.Parameter) {
	for i := range list {
		p := &list[i]
		s := w.parameterSpot(op, p.In, p.Name)
		s.where = side + " " + strings.TrimSpace(p.In+" parameter ") + " "
		if s.place.Described() || s.kept || s.within != "" {
			s.where += p.Name
		} else {
			name := spot{where: strings.TrimSpace(s.where) + "'s name", kept: true}
			p.Name = w.visitor.free(datum{spot: name, text: p.Name})
			s.where, s.called = name.where[:len(name.where)-len("'s name")], p.Name
		}
		p.Value = w.value(s, p.Value, mediaTypeOf(op, p.In, p.Name))
	}
}

// parameterSpot is what the contract says of a parameter; one of a form may be a member of the body.
func (w *walk) parameterSpot(op *specs.Operation, in, name string) spot {
	s := spot{text: true, kept: wired(op, name)}
	if credential(op, in, name) {
		s.within = pseudonym.Token
		return s
	}
	if p := parameter(op, in, name); p != nil {
		s.place, s.within = w.known.place(p.Schema, schema.Request), p.Sensitive
		s.kept = s.kept || !s.place.Described()
		return s
	}
	base, inner, deep := strings.Cut(name, "[")
	if p := parameter(op, in, base); deep && p != nil {
		s.place, s.within = w.known.place(p.Schema, schema.Request), p.Sensitive
		for _, token := range strings.Split(strings.TrimSuffix(inner, "]"), "][") {
			if s.place.Takes("array") && !s.place.Takes("object") {
				s.place = s.place.Item(0)
			} else {
				s.place = s.place.Member(token)
			}
		}
		return s
	}
	if op != nil && op.Body != nil && (in == "form" || in == "query") {
		for _, m := range op.Body.Content {
			if strings.HasPrefix(m.Type, formType) {
				s.place = w.known.place(m.Schema, schema.Request).Member(name)
				return s
			}
		}
	}
	return s
}

const formType = "application/x-www-form-urlencoded"

// mediaTypeOf is the media type of what a parameter's text holds, "" for none.
func mediaTypeOf(op *specs.Operation, in, name string) string {
	if p := parameter(op, in, name); p != nil {
		return p.MediaType
	}
	if op != nil && op.Body != nil {
		for _, m := range op.Body.Content {
			if e, ok := m.Encoding[name]; ok {
				return e.ContentType
			}
		}
	}
	return ""
}

// value is a text outside of JSON: of a parameter, a header, a field of a form.
func (w *walk) value(s spot, text, mediaType string) string {
	if text == "" {
		return text
	}
	holdsJSON := strings.HasPrefix(mediaType, "application/json")
	if c := strings.TrimSpace(text); c != "" && (c[0] == '{' || c[0] == '[') && (holdsJSON || s.place.Described() && !s.place.Takes("string")) {
		inner := s
		inner.text = false
		if out, ok := w.json(inner, text); ok {
			return out
		}
	}
	if s.place.Described() && s.place.Takes("array") && !s.place.Takes("string") {
		items := strings.Split(text, ",")
		for i := range items {
			item := s
			item.place = s.place.Item(i)
			items[i] = w.leaf(item, items[i], false)
		}
		return strings.Join(items, ",")
	}
	return w.leaf(s, text, false)
}
