package drive

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"understudy/mock/internal/wire"
)

const (
	headerDiagnosis = "Understudy-Diagnosis"
	headerRefusal   = "Understudy-Refusal"
	problemType     = "application/problem+json"
)

// Outcome says whose word a reply is.
type Outcome string

// The outcomes.
const (
	// OK: the vendor did what it was asked.
	OK Outcome = "ok"
	// VendorError: it did not, and says so in its own form.
	VendorError Outcome = "vendor-error"
	// Refusal: the simulator refuses on its own account.
	Refusal Outcome = "refusal"
	// Unexplained: the contract has no such reply.
	Unexplained Outcome = "unexplained"
)

// judge opens the reply, reads it, and holds it to the contract.
func (c *Client) judge(x *Exchange) error {
	r, p := x.Reply, x.Request.plan
	r.Diagnosis, r.Refusal = r.Header.Get(headerDiagnosis), r.Header.Get(headerRefusal)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		media = base(r.Header.Get("Content-Type"))
	}
	if err := c.open(p, r, media); err != nil {
		return err
	}
	c.judgeRead(x, media)
	return nil
}

// judgeRead reads a reply that is opened and holds it to the contract.
func (c *Client) judgeRead(x *Exchange, media string) {
	r, p := x.Reply, x.Request.plan
	if !p.ours {
		c.judgeDeclared(x)
		return
	}
	form := p.replyFor(r.Status, media)
	r.read(media, form)
	switch {
	case r.Refusal != "":
		x.Outcome = Refusal
	case media == problemType && (form == nil || form.media != problemType):
		x.Outcome = VendorError // of a vendor whose document has no answer
	default:
		if form != nil && form.schema != nil && r.Unread == nil {
			r.Problems = c.problems("reply", "", form.schema.Validate(r.Value))
		}
		c.weigh(x, form)
		if d := p.declaredFor(r.Status); d != nil {
			r.Problems = append(r.Problems, c.judgeHeaders(r, d)...)
		}
		c.sealing(x)
	}
}

// open finds the plain text of a reply. What is not sealed although it might be is plain as it is: JSON is never Base64.
func (c *Client) open(p *plan, r *Reply, media string) error {
	r.Plain = r.Body
	if part := p.Wire.Seal.ResponsePart(); part != "" && part != wholeBody {
		return c.openMember(p, r, part)
	}
	trimmed := bytes.TrimSpace(r.Body)
	if !p.Wire.Seal.SealsReplies() || len(trimmed) == 0 || trimmed[0] == '{' || trimmed[0] == '[' || media == problemType {
		return nil
	}
	cipher, err := c.cipher(p)
	if err != nil {
		return err
	}
	r.Sealed = true
	var failed *UnsealError
	if r.Plain, failed = unseal(cipher, r.Body); failed != nil {
		r.Plain, r.Unopened = nil, failed
	}
	return nil
}

// replyFor is what the contract says about a reply of that status and media type; nil when it says nothing.
func (p *plan) replyFor(status int, media string) *reply {
	var best *reply
	score := 0
	for i := range p.replies {
		one := &p.replies[i]
		n := 0
		switch code := strconv.Itoa(status); {
		case one.status == code:
			n = 6
		case len(one.status) == 3 && strings.HasSuffix(strings.ToUpper(one.status), "XX") && one.status[0] == code[0]:
			n = 4
		case one.status == "default":
			n = 2
		default:
			continue
		}
		if one.media == media {
			n++
		}
		if n > score {
			best, score = one, n
		}
	}
	return best
}

// read decodes the plain text: XML by its label, else as JSON.
func (r *Reply) read(media string, form *reply) {
	n := &shape{}
	if form != nil {
		n = form.shape
	}
	text := bytes.TrimSpace(r.Plain)
	switch {
	case r.Unopened != nil:
		r.Unread = errors.New("it could not be opened")
	case len(text) == 0:
		r.Unread = errors.New("it is empty")
	case isXML(media) || text[0] == '<' && !isJSON(media):
		name, v, err := wire.DecodeXML(text, 0)
		if err != nil {
			r.Unread = err
			return
		}
		r.Value = fromXML(n, map[string]any{name: v})
	default:
		v, failed := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
		if failed != nil {
			r.Unread = failed
			return
		}
		r.Value = unwrap(n, v)
	}
}

// unwrap takes lists out of the objects that hold them under their element's name.
func unwrap(n *shape, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if inner, ok := wrapped(n, v); ok {
			return unwrap(n, inner)
		}
		for name, item := range v {
			if inner := n.member(name); inner != nil {
				v[name] = unwrap(inner, item)
			}
		}
	case []any:
		if inner := n.elements(); inner != nil {
			for i, item := range v {
				v[i] = unwrap(inner, item)
			}
		}
	}
	return v
}

// wrapped is the list in an object that has nothing but it.
func wrapped(n *shape, v map[string]any) (any, bool) {
	items := n.elements()
	if items == nil || len(v) != 1 || !n.wraps() {
		return nil, false
	}
	name := "item"
	for _, part := range items.all() {
		if part.element != "" {
			name = part.element
		}
	}
	inner, ok := v[name]
	return inner, ok
}

func (n *shape) wraps() bool {
	for _, part := range n.all() {
		if part.wrapped {
			return true
		}
	}
	return false
}

// fromXML gives the texts of XML the types that the contract has for them, and makes a list of what is one there: a single
// element, a repeated one, those in an element of the list's own.
func fromXML(n *shape, v any) any {
	if items := n.elements(); items != nil {
		if record, ok := v.(map[string]any); ok {
			if inner, ok := wrapped(n, record); ok {
				v = inner
			}
		}
		list, ok := v.([]any)
		if !ok {
			if v == "" {
				return []any{}
			}
			list = []any{v}
		}
		for i, item := range list {
			list[i] = fromXML(items, item)
		}
		return list
	}
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			inner := n.member(name)
			if inner == nil {
				inner = &shape{}
			}
			v[name] = fromXML(inner, item)
		}
	case string:
		for _, kind := range n.kinds() {
			if kind != "object" && kind != "array" {
				if typed, ok := literal(kind, v); ok {
					return typed
				}
			}
		}
	}
	return v
}

// Summary says in a few words how the call ended, without anything of a value that the contract does not know.
func (x *Exchange) Summary() string {
	switch x.Outcome {
	case OK:
		return "ok"
	case Refusal:
		return "refusal " + x.Reply.Refusal + " (the simulator's own, status " + strconv.Itoa(x.Reply.Status) + ")"
	case VendorError:
		if x.Error == nil {
			return "vendor error, none of the catalogue (status " + strconv.Itoa(x.Reply.Status) + ")"
		}
		text := "vendor error " + x.Error.ID + " (" + x.Error.Code
		for _, more := range []string{x.Error.Message, x.Error.SubCode} {
			if more != "" {
				text += " " + more
			}
		}
		return text + ")"
	}
	why := ""
	switch {
	case x.Reply.Unopened != nil:
		why = ": " + x.Reply.Unopened.Error()
	case x.Reply.Unread != nil:
		why = ": " + x.Reply.Unread.Error()
	case len(x.Reply.Problems) > 0:
		why = ": " + x.Reply.Problems[0].String()
	}
	return "a reply that the contract does not have (status " + strconv.Itoa(x.Reply.Status) + " " + http.StatusText(x.Reply.Status) + ")" + why
}

// asText compares what travels as a text with what travels as a number.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return ""
}
