package drive

import (
	"encoding/json"
	"mime"
	"strconv"
	"strings"

	"understudy/mock/internal/media"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Place is what a contract has at a place of a reply.
type Place struct {
	// Described says that the contract knows the place at all.
	Described bool
	// Format and Sensitive are the contract's own words; Name is the last step of the pointer that is no number.
	Format, Sensitive, Name string
	// Fixed says that the contract lists the values there may be.
	Fixed bool
	// Held says that the place is a text that holds JSON.
	Held bool
	// Minted is what the envelope has there: $requestId, $now, $code, $message, $result …; "" for nothing.
	Minted string
	// Key says that the key of what is stored stands there (x-resource).
	Key bool
}

// Place says what the contract has at a JSON pointer into the value of a reply, also within texts that hold JSON.
func (c *Client) Place(x *Exchange, pointer string) Place {
	p := x.Request.plan
	if p == nil {
		return Place{}
	}
	var steps []string
	for _, step := range strings.Split(pointer, "/")[1:] {
		steps = append(steps, specs.UnescapePointer(step))
	}
	out := Place{Minted: p.minted(x, steps)}
	n := c.formOf(x)
	for _, step := range steps {
		_, err := strconv.Atoi(step)
		if n != nil {
			if held := n.held(); held != nil && n.member(step) == nil && n.elements() == nil {
				n = held
			}
			if items := n.elements(); err == nil && items != nil {
				n = items
				continue
			}
			n = n.member(step)
		}
		if err != nil {
			out.Name = step
		}
	}
	out.Key = p.isKey(pointer)
	if n == nil {
		return out
	}
	out.Held = n.held() != nil
	for _, part := range n.all() {
		out.Described = out.Described || part.pointer != ""
		out.Fixed = out.Fixed || len(part.values) > 0
		if out.Format == "" {
			out.Format = part.format
		}
		if out.Sensitive == "" {
			out.Sensitive = part.sensitive
		}
	}
	return out
}

// formOf is the shape of a reply; nil where the contract has none such.
func (c *Client) formOf(x *Exchange) *shape {
	p, r := x.Request.plan, x.Reply
	label := r.Header.Get("Content-Type")
	if p.ours {
		mediaType, _, err := mime.ParseMediaType(label)
		if err != nil {
			mediaType = base(label)
		}
		if form := p.replyFor(r.Status, mediaType); form != nil {
			return form.shape
		}
		return nil
	}
	d := p.declaredFor(r.Status)
	if d == nil || len(d.Content) == 0 {
		return nil
	}
	if r.Sealed && p.Wire.Seal.ResponsePart() == wholeBody {
		label = d.Content[0].Type
	}
	i, ok := media.Select(d.Content, label)
	if !ok {
		return nil
	}
	if form := p.formFor(d, i); form != nil {
		return form.shape
	}
	return nil
}

// minted is the text of the envelope at a place.
func (p *plan) minted(x *Exchange, steps []string) string {
	e := p.Wire.Envelope
	if e == nil {
		return ""
	}
	template := e.Success
	if x.Outcome != OK {
		template = e.Error
		if x.Error != nil && x.Error.Body != nil {
			template = x.Error.Body
		}
	}
	for _, step := range steps {
		record, ok := template.(map[string]any)
		if !ok {
			return ""
		}
		template = record[step]
	}
	if text, ok := template.(string); ok && strings.HasPrefix(text, "$") {
		return text
	}
	return ""
}

// isKey says whether the key of what an operation handles stands at a place of its reply.
func (p *plan) isKey(pointer string) bool {
	r := p.Resource
	if r == nil || r.Key == "" {
		return false
	}
	if r.Verb == "list" {
		rest, ok := strings.CutPrefix(pointer, r.Items+"/")
		if !ok {
			return false
		}
		item, below, _ := strings.Cut(rest, "/")
		_, err := strconv.Atoi(item)
		return err == nil && "/"+below == r.Key
	}
	return pointer == r.Body+r.Key
}

// Held opens a text that holds a JSON object or list; false for any other.
func Held(text string) (any, bool) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
		return nil, false
	}
	v, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{DuplicateNames: true})
	return v, failed == nil
}

// At is what a JSON pointer names in a value, and goes on into texts that hold JSON; false where nothing stands there.
func At(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, step := range strings.Split(pointer, "/")[1:] {
		if text, ok := v.(string); ok {
			v, _ = Held(text)
		}
		switch in := v.(type) {
		case map[string]any:
			item, ok := in[specs.UnescapePointer(step)]
			if !ok {
				return nil, false
			}
			v = item
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}
