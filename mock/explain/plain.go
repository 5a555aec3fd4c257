package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// plainServer plays a contract without its ciphers and signatures: what it has against a call whose seals are opened are
// the mistakes below them.
func plainServer(c *specs.Contract, credentials mock.Credentials) (*mock.Server, error) {
	var actions []map[string]any
	take := func(part string, has func(specs.Wire) bool) {
		if slices.ContainsFunc(c.Operations, func(op *specs.Operation) bool { return has(op.Wire) }) {
			actions = append(actions, map[string]any{"target": "$..['x-wire']." + part, "remove": true})
		}
	}
	take("seal", func(w specs.Wire) bool { return w.Seal != nil })
	take("sign", func(w specs.Wire) bool { return w.Sign != nil })
	if actions != nil {
		text, err := json.Marshal(map[string]any{"overlay": "1.0.0", "info": map[string]any{"title": "no wire", "version": "1"}, "actions": actions})
		if err != nil {
			return nil, err
		}
		if c, err = c.Overlay("explain.json", text); err != nil {
			return nil, err
		}
	}
	known := mock.Credentials{}
	for _, slot := range c.Slots() {
		if given, ok := credentials[slot.Name]; ok {
			known[slot.Name] = given
		}
	}
	return mock.New(mock.Config{
		Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{c.Vendor: known},
		MaxBodyBytes: MaxInput, ErrorLog: log.New(io.Discard, "", 0),
	})
}

// checkPlain takes a whole call, its seals opened, through the simulator's own stages. body is what the contract describes.
func (e *Explainer) checkPlain(r *Report, op *operation, m *message, o *opening, pairs wire.Pairs) {
	server, err := e.plain()
	if err != nil {
		return // nothing more can be said
	}
	request := e.request(op, m, o, pairs)
	j := server.Judge(request)
	for _, d := range j.Found {
		if d = e.relevant(op, m, o, d); d == nil || len(d.Findings) == 0 && r.says(d.ID) {
			continue
		}
		switch d.ID {
		case "token-unknown", "token-foreign", "token-expired", "token-malformed", "token-other-session", "token-revoked":
			r.Notes = append(r.Notes, d) // whether a token is still taken is not ours to say
		default:
			r.blame(d)
			r.fields(d)
		}
	}
	for _, d := range j.Warnings {
		if m.header != nil || d.ID != "content-type-absent" {
			r.Notes = append(r.Notes, d)
		}
	}
}

// request is a call as it reaches the simulator, below whatever stood before its path.
func (e *Explainer) request(op *operation, m *message, o *opening, pairs wire.Pairs) *http.Request {
	_, path := e.byPath(m)
	u, err := url.ParseRequestURI(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	u.RawQuery = m.query
	if _, err := wire.ParseQuery(m.query); err != nil || m.source == sourceURL && strings.Contains(m.query, " ") {
		u.RawQuery = encoded(pairs, wire.InQuery)
	}
	method := m.method
	if method == "" {
		method = op.Method
	}
	request := &http.Request{Method: method, URL: u, Host: "explain", Header: m.header.Clone(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	// What speaks to a simulator, and no part of the contract.
	request.Header.Del("Understudy-Session")
	request.Header.Del("Prefer")
	if body := o.body; len(body) > 0 {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	if (m.header == nil || op.openBody) && len(op.bodies) > 0 {
		label := op.bodies[0].Type
		if m.header == nil && looksLikeForm(m.body) && slices.ContainsFunc(op.bodies, func(b body) bool { return b.base == formMediaType }) {
			label = formMediaType
		}
		request.Header.Set("Content-Type", label)
	}
	return request
}

// encoded writes the pairs of one place as they travel.
func encoded(pairs wire.Pairs, in string) string {
	var b strings.Builder
	for _, p := range pairs {
		if p.In != in {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		fmt.Fprintf(&b, "%s=%s", url.QueryEscape(p.Name), url.QueryEscape(p.Value))
	}
	return b.String()
}

// relevant is a diagnosis without what follows from what is not known of the call: its header, and a part that did not
// open, which has been told. It is nil when nothing is left.
func (e *Explainer) relevant(op *operation, m *message, o *opening, d *diagnosis.Diagnosis) *diagnosis.Diagnosis {
	hidden := func(in string) bool { return m.header == nil && (in == "header" || in == "cookie") }
	if d.ID == "body-empty" && (o.failed || m.header == nil && !m.hasBody) {
		return nil
	}
	if d.ID == "unauthorized" && m.header == nil {
		for _, all := range op.Requirements {
			if slices.ContainsFunc(all, func(s specs.SecurityScheme) bool { return hidden(s.In) }) {
				return nil
			}
		}
	}
	if hidden(d.Detail["in"]) || d.ID == "missing-parameter" && op.Security != nil && hidden(op.Security.In) && d.Detail["name"] == op.Security.Key {
		return nil
	}
	if len(d.Findings) == 0 {
		return d
	}
	d.Findings = slices.DeleteFunc(d.Findings, func(f diagnosis.Finding) bool {
		unopened := o.failed && op.openPart != "" && (f.Pointer == op.openPart || strings.HasPrefix(f.Pointer, op.openPart+"/"))
		return unopened || hidden(f.In)
	})
	if len(d.Findings) == 0 {
		return nil
	}
	return d
}
