package drive

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/media"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// declaredFor is what the contract has for a status: for it alone before a range, a range before default; nil for nothing.
func (p *plan) declaredFor(status int) *declared {
	var best *declared
	score := 0
	for i := range p.declared {
		one := &p.declared[i]
		if n := fits(one.Status, status); n > score {
			best, score = one, n
		}
	}
	return best
}

// fits says how well a status of the contract fits one on the wire; 0 not at all.
func fits(stated string, status int) int {
	code := strconv.Itoa(status)
	switch {
	case stated == code:
		return 3
	case len(stated) == 3 && strings.EqualFold(stated[1:], "XX") && stated[0] == code[0]:
		return 2
	case stated == "default":
		return 1
	}
	return 0
}

// bare says whether a reply never has a body (RFC 9110, section 6.4.1).
func (x *Exchange) bare() bool {
	status := x.Reply.Status
	return x.Request.Method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified
}

// judgeDeclared reads a reply by its media type, holds it to what the contract declares for its status, and says whose word
// it is.
func (c *Client) judgeDeclared(x *Exchange) {
	r, p := x.Reply, x.Request.plan
	d := p.declaredFor(r.Status)
	form := c.readDeclared(x, d)
	switch {
	case r.Refusal != "":
		x.Outcome = Refusal
		return
	case base(r.Header.Get("Content-Type")) == problemType && (form == nil || form.media != problemType):
		x.Outcome = VendorError // of a vendor whose document has no answer
		return
	}
	x.Outcome = Unexplained
	good := r.Status < 400
	switch {
	case d == nil:
		r.Problems = append(r.Problems, c.problem("reply", "", "status", "one of "+strings.Join(p.statuses(), ", "), strconv.Itoa(r.Status), p.Pointer+"/responses"))
		return
	case form == nil && len(r.Problems) > 0: // of another media type, or without a body
	case form == nil || x.bare():
		x.Outcome = VendorError
		if good {
			x.Outcome = OK
		}
	case errorOf(r.Unread, params.Unsupported):
		x.Outcome = VendorError
		if good {
			x.Outcome = OK
		}
	default:
		c.weigh(x, form)
	}
	r.Problems = append(r.Problems, c.judgeHeaders(r, d)...)
	c.sealing(x)
}

// statuses lists what the contract has answers for.
func (p *plan) statuses() []string {
	var list []string
	for _, one := range p.declared {
		list = append(list, one.Status)
	}
	return list
}

// problem is one that no schema has found.
func (c *Client) problem(in, place, keyword, expected, got, at string) Problem {
	return Problem{In: in, Pointer: place, Keyword: keyword, Expected: expected, Got: got, At: c.contract.Position(at), Clause: c.clause(at)}
}

// clause is the clause of a place; the document as a whole is none.
func (c *Client) clause(pointer string) string {
	if source := c.contract.Source(pointer); source != c.contract.Source("") {
		return source
	}
	return ""
}

func errorOf(err error, kind params.Kind) bool {
	var failed *media.Error
	return errors.As(err, &failed) && failed.Kind == kind
}

// readDeclared decodes a reply and judges its body; the form is nil where the contract has none of its media type.
func (c *Client) readDeclared(x *Exchange, d *declared) *reply {
	r, p := x.Reply, x.Request.plan
	label := r.Header.Get("Content-Type")
	switch {
	case r.Unopened != nil:
		r.Unread = errors.New("it could not be opened")
		return p.formFor(d, 0)
	case len(r.Plain) == 0:
		r.Unread = errors.New("it is empty")
		if d != nil && len(d.Content) > 0 && !x.bare() {
			r.Problems = append(r.Problems, c.problem("reply", "", "body", "a body of type "+typesOf(d), "nothing", d.Pointer))
		}
		return nil
	case d == nil || len(d.Content) == 0:
		r.Value, r.Unread = decodeAny(label, r.Plain)
		return nil
	case r.Sealed && p.Wire.Seal.ResponsePart() == wholeBody:
		label = d.Content[0].Type // what it is labelled with is the sealed text
	}
	i, ok := media.Select(d.Content, label)
	if !ok || strings.TrimSpace(label) == "" {
		got := base(label)
		if got == "" {
			got = "none"
		}
		r.Problems = append(r.Problems, c.problem("reply", "", "mediaType", "one of "+typesOf(d), got, d.Pointer))
		r.Value, r.Unread = decodeAny(label, r.Plain)
		return nil
	}
	form := p.formFor(d, i)
	v, err := media.Decode(form.stated, form.schema, label, r.Plain)
	if err != nil {
		r.Unread = err
		return form
	}
	r.Value = v
	c.judgeBody(x, form)
	return form
}

// formFor is the compiled form of a declared media type.
func (p *plan) formFor(d *declared, index int) *reply {
	if d == nil || index >= len(d.Content) {
		return nil
	}
	for i := range p.replies {
		if p.replies[i].stated == &d.Content[index] {
			return &p.replies[i]
		}
	}
	return nil
}

func typesOf(d *declared) string {
	var list []string
	for _, m := range d.Content {
		list = append(list, m.Type)
	}
	return strings.Join(list, ", ")
}

// decodeAny reads a body that the contract does not describe.
func decodeAny(label string, body []byte) (any, error) {
	if t := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"); label == "" && t != "" && (t[0] == '{' || t[0] == '[') {
		label = jsonType
	}
	if label == "" {
		label = "application/octet-stream"
	}
	return media.Decode(&specs.MediaType{Type: base(label)}, nil, label, body)
}

// wholeBody is what Seal.Part says of a body that is sealed as a whole.
const wholeBody = "body"

// judgeBody holds the value of a reply to its schema. A sealed member stands in the value as it is when opened; where the
// schema has a text there, it is judged with the text.
func (c *Client) judgeBody(x *Exchange, form *reply) {
	r, p := x.Reply, x.Request.plan
	part := p.Wire.Seal.ResponsePart()
	if !r.Sealed || part == wholeBody || part == "" {
		r.Problems = append(r.Problems, c.problems("reply", "", form.schema.Validate(r.Value))...)
		return
	}
	pointer, inPlace, ok := c.contract.SealedSchema(form.stated.Schema, part)
	if ok && inPlace {
		r.Problems = append(r.Problems, c.problems("reply", "", form.schema.Validate(r.Value))...)
		return
	}
	if sealed, failed := wire.DecodeJSON(r.Body, wire.JSONOptions{}); failed == nil {
		r.Problems = append(r.Problems, c.problems("reply", "", form.schema.Validate(sealed))...)
	}
	if !ok || pointer == "" {
		return
	}
	if held, err := c.compiled.set.Compile(pointer); err == nil {
		if raw, there := wire.Member(r.Plain, part); there {
			if v, failed := wire.DecodeJSON(raw, wire.JSONOptions{}); failed == nil {
				r.Problems = append(r.Problems, c.problems("reply", part, held.Validate(v))...)
			}
		}
	}
}

// openMember opens the sealed member of a reply, and puts what it opens to in its place.
func (c *Client) openMember(p *plan, r *Reply, part string) error {
	raw, ok := wire.Member(r.Body, part)
	if !ok || len(raw) < 2 || raw[0] != '"' {
		return nil // an answer without it, or with something else: the schema judges
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil || text == "" {
		return nil
	}
	cipher, err := c.cipher(p)
	if err != nil {
		return err
	}
	opened, failed := unseal(cipher, []byte(text))
	if failed != nil {
		if json.Valid([]byte(text)) {
			return nil // it was not sealed: see sealing
		}
		r.Sealed, r.Plain, r.Unopened = true, nil, failed
		return nil
	}
	r.Sealed = true
	if !json.Valid(opened) {
		opened = appendAny(string(opened))
	}
	r.Plain, err = wire.PutMember(r.Body, part, bytes.TrimSpace(opened))
	return err
}

// judgeHeaders holds the headers of a reply to the contract.
func (c *Client) judgeHeaders(r *Reply, d *declared) []Problem {
	var list []Problem
	for _, h := range d.headers {
		name := http.CanonicalHeaderKey(h.Name)
		raw := params.Raw{Header: r.Header}
		if name == "Set-Cookie" && len(r.Header.Values(name)) > 1 {
			raw.Header = http.Header{name: r.Header.Values(name)[:1]} // each line is one of its own (RFC 6265, section 3)
		}
		described := &specs.Parameter{Name: h.Name, In: "header", Style: "simple", Explode: h.Explode, MediaType: h.MediaType}
		v, given, err := params.Decode(described, h.schema, raw)
		switch {
		case err != nil:
			list = append(list, c.problem("header", name, "style", "a header as the contract has it", err.Error(), h.Pointer))
		case !given && h.Required:
			one := c.problem("header", name, "required", "a value", "absent", h.Pointer)
			one.Missing = true
			list = append(list, one)
		case given:
			list = append(list, c.problems("header", name, h.schema.Validate(v))...)
		}
	}
	return slices.Clip(list)
}
