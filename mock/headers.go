package mock

import (
	"fmt"
	"net/http"
	"strings"

	"understudy/mock/internal/generate"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// headers gives a reply the headers that the contract states for it: those with a value as they are, and all others that a
// caller may count on with values made for their schemas.
func (s *Server) headers(x *exchange, to reply, given map[string]any, out *response) error {
	for name, v := range given {
		declared := to.header(name)
		if declared == nil {
			out.setHeader(name, fmt.Sprint(v))
			continue
		}
		if err := declared.put(v, out); err != nil {
			return &brokenReply{x.op.ID, err}
		}
	}
	x.payOwed(to, out)
	for i := range to.headers {
		h := &to.headers[i]
		if _, there := out.header[h.canonical]; there || ofTransport(h.canonical) || given != nil && !h.Required {
			continue
		}
		if h.fixed && (h.Schema == "" || !s.dynamic(x)) {
			out.keepHeader(h.canonical, h.text)
			continue
		}
		v, err := s.headerValue(x, h)
		if err != nil {
			return err
		}
		if err := h.put(v, out); err != nil {
			return &brokenReply{x.op.ID, err}
		}
	}
	return nil
}

// payOwed gives a reply the header that HTTP asks for under its status, unless the document has an example of it. A vendor
// with a catalogue is taken at its word.
func (x *exchange) payOwed(to reply, out *response) {
	if x.op.of.catalogued() {
		return
	}
	name, text := x.owed(to.status)
	if text == "" {
		return
	}
	if h := to.header(name); out.header[name] == "" && (h == nil || len(h.given) == 0) {
		out.setHeader(name, text)
	}
}

// settle makes once what is the same in every reply.
func (h *header) settle() {
	h.canonical = http.CanonicalHeaderKey(h.Name)
	if len(h.given) == 0 {
		return
	}
	var out response
	if h.put(h.given[0].Value, &out) == nil { // else a reply says what is wrong
		h.text, h.fixed = out.header[h.canonical], true
	}
}

// ofTransport says whether a header tells how a reply travels. That is so as it is, whatever a document says: a made
// Content-Encoding or Transfer-Encoding would make the reply unreadable. Content-Type is none of a reply's headers either
// (OpenAPI, "Response Object"). The name is canonical.
func ofTransport(name string) bool {
	switch name {
	case "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

func (r reply) header(name string) *header {
	for i := range r.headers {
		if strings.EqualFold(r.headers[i].Name, name) {
			return &r.headers[i]
		}
	}
	return nil
}

// headerValue is the first example that keeps the header's schema, else a value made for it.
func (s *Server) headerValue(x *exchange, h *header) (any, error) {
	dynamic := s.dynamic(x)
	if len(h.given) > 0 && (!dynamic || h.Schema == "") {
		return h.given[0].Value, nil
	}
	if h.Schema == "" {
		return "", nil
	}
	return x.op.of.generator.Value(h.Schema, x.source().Sub("header", h.Name), generate.Options{View: schema.Response, Dynamic: dynamic, At: x.now})
}

// put writes a header as its schema's style says (OpenAPI: always simple).
func (h *header) put(v any, out *response) error {
	if h.schema != nil {
		if violations := h.schema.Validate(v); violations != nil {
			return fmt.Errorf("header %s: %s wants %s, there is %s", h.Name, violations[0].Keyword, violations[0].Expected, violations[0].Got)
		}
	}
	written, err := params.Encode(&specs.Parameter{
		Name: h.Name, In: "header", Schema: h.Schema, Style: "simple", Explode: h.Explode, MediaType: h.MediaType,
	}, v)
	if err != nil {
		return fmt.Errorf("header %s: %w", h.Name, err)
	}
	out.setHeader(h.Name, written.Text)
	return nil
}

// setHeader keeps what would break a header out of it.
func (r *response) setHeader(name, text string) {
	r.keepHeader(http.CanonicalHeaderKey(name), strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, text))
}

// keepHeader keeps a header that is whole, under its canonical name.
func (r *response) keepHeader(name, text string) {
	if r.header == nil {
		r.header = map[string]string{}
	}
	r.header[name] = text
}
