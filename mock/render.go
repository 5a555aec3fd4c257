package mock

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"understudy/mock/behave"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// succeed renders a behaviour's reply in the envelope of its operation.
func (s *Server) succeed(x *exchange, replied behave.Reply) (*response, error) {
	to := x.op.usual
	if replied.Status != 0 {
		known := false
		if to, known = x.op.reply(replied.Status); !known {
			return nil, &brokenReply{x.op.ID, fmt.Errorf("the contract has no response of status %d", replied.Status)}
		}
	}
	var out *response
	if len(to.bodies) > 0 && !bodiless(to.status) {
		var err error
		if out, err = s.enclose(x, to, replied.Value); err != nil {
			return nil, err
		}
	} else {
		out = x.reply(response{status: to.status})
	}
	if len(to.headers) == 0 && len(replied.Header) == 0 {
		return out, nil
	}
	given := replied.Header
	if given == nil {
		given = map[string]any{}
	}
	return out, s.headers(x, to, given, out)
}

// enclose writes a result in the envelope of its operation: in one pass where the envelope is compiled and the text is certain
// to keep the contract.
func (s *Server) enclose(x *exchange, to reply, result any) (*response, error) {
	b, lists, err := x.bodyFor(to)
	if err != nil {
		return nil, err
	}
	if frame := b.frame.compiled(x.op.compiled, b); frame != nil {
		with := schema.Filling{Result: result, Now: x.now}
		if frame.Has(schema.RequestID) {
			with.RequestID = s.requestID(x)
		}
		text, judged, ok := frame.Append(x.buffer(), with, lists)
		if ok && (judged || b.schema.Accepts(text, schema.Syntax{Lists: lists})) {
			return x.wrote(to.status, b, text), nil
		}
	}
	v := result
	if e := x.op.Wire.Envelope; e != nil && e.Success != nil {
		v = s.fill(x, e.Success, func(place string) any {
			if place == "$result" {
				return result
			}
			return x.op.standing(place)
		})
	}
	return s.render(x, to, v)
}

// standing is what always comes into a place of the envelope of successes.
func (op *compiled) standing(place string) any {
	switch place {
	case "$message":
		return op.constant("message")
	case "$code":
		return op.constant("code")
	}
	return nil
}

// constant is the value that the contract's schema gives for a member of a success; an envelope that says $message or
// $code leaves them to it.
func (op *compiled) constant(member string) any {
	for _, b := range op.usual.bodies {
		if v, ok := b.schema.Constant(member); ok {
			return v
		}
	}
	return nil
}

// fill puts values in the places of an envelope's template.
func (s *Server) fill(x *exchange, template any, value func(place string) any) any {
	switch t := template.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, v := range t {
			filled := s.fill(x, v, value)
			if place, ok := v.(string); ok && strings.HasPrefix(place, "$") && filled == nil && place != "$result" {
				continue
			}
			out[name] = filled
		}
		return out
	case string:
		switch t {
		case "$now":
			return x.now
		case "$requestId":
			return s.requestID(x)
		}
		if strings.HasPrefix(t, "$") {
			return value(t)
		}
	}
	return template
}

// requestID is minted once per call: a function of seed, operation and the number of the call.
func (s *Server) requestID(x *exchange) string {
	if x.requests == "" {
		x.requests = x.minted().Sub("request").Hex(12)
	}
	return x.requests
}

// minted is the source of what is minted for this call outside its behaviour.
func (x *exchange) minted() fake.Source {
	call := behave.Call{World: &behave.World{Seed: x.seed}, Operation: x.op.ID, Number: x.number}
	return call.Minted()
}

// render converts a value by the contract's schema, holds it to that schema, and writes it.
func (s *Server) render(x *exchange, to reply, v any) (*response, error) {
	b, lists, err := x.bodyFor(to)
	if err != nil {
		return nil, err
	}
	if isJSON(b.base) {
		text, err := b.schema.Append(x.buffer(), v, lists)
		if err == nil && b.schema.Accepts(text, schema.Syntax{Lists: lists}) {
			return x.wrote(to.status, b, text), nil
		}
	}
	converted, err := b.hold(x.op, v)
	if err != nil {
		return nil, err
	}
	return s.write(x, to.status, b, lists, converted)
}

// bodyFor is the form in which a reply is written, and how it writes lists.
func (x *exchange) bodyFor(to reply) (*body, schema.Lists, error) {
	format, lists := x.format()
	if len(to.bodies) == 0 {
		return nil, lists, &brokenReply{x.op.ID, fmt.Errorf("status %d has no body", to.status)}
	}
	b := x.preferredBody(to)
	for i, other := range to.bodies {
		if format != "" && strings.HasSuffix(other.base, format) {
			b = &to.bodies[i]
			break
		}
	}
	if b.schema == nil {
		return nil, lists, &brokenReply{x.op.ID, fmt.Errorf("type %s has no schema", b.base)}
	}
	return b, lists, nil
}

// hold converts a value by a body's schema and holds it to that schema.
func (b *body) hold(op *operation, v any) (any, error) {
	converted, err := b.schema.Convert(v)
	if err != nil {
		return nil, &brokenReply{op.ID, err}
	}
	if violations := b.schema.Validate(converted); violations != nil {
		return nil, &brokenReply{op.ID, violated(violations)}
	}
	return converted, nil
}

// violated tells the first of some violations.
func violated(violations []schema.Violation) error {
	first := violations[0]
	return fmt.Errorf("at %q %s (%s) wants %s, there is %s", first.Pointer, first.Keyword, first.At, first.Expected, first.Got)
}

// write writes a value that keeps a body's schema as that body.
func (s *Server) write(x *exchange, status int, b *body, lists schema.Lists, v any) (*response, error) {
	var text []byte
	var err error
	mediaType := b.Type
	switch {
	case b.schema != nil && isJSON(b.base):
		text, err = b.schema.AppendJSON(x.buffer(), v, lists)
	case x.op.Wire.Formats != nil && b.schema != nil && strings.HasSuffix(b.base, "xml"):
		text, err = b.schema.AppendXML(x.buffer(), v)
	default:
		text, mediaType, err = media.Encode(&b.MediaType, b.schema, v)
	}
	if err != nil {
		return nil, &brokenReply{x.op.ID, err}
	}
	out := x.wrote(status, b, text)
	out.mediaType = mediaType
	return out, nil
}

// buffer is where a reply is written: a little longer than the last one of the operation.
func (x *exchange) buffer() []byte {
	return make([]byte, 0, min(cmp.Or(x.op.size.Load()*9/8, 256), 64<<10))
}

// wrote is a reply of a body's type with its text.
func (x *exchange) wrote(status int, b *body, text []byte) *response {
	x.op.size.Store(int64(len(text)))
	if cap(text) > 2*len(text)+512 {
		text = bytes.Clone(text) // the journal keeps it, and counts what it holds
	}
	return x.reply(response{status: status, mediaType: b.Type, text: text, body: journal.Body{Text: text, MediaType: b.base, Schema: b.Schema}})
}

// format is how the reply is to be written: what the caller's parameter says, else the contract's default.
func (x *exchange) format() (format string, lists schema.Lists) {
	f := x.op.Wire.Formats
	if f == nil {
		return "", schema.Plain
	}
	lists = x.op.lists
	if f.Parameter == "" && f.Simplify == "" {
		return "", lists
	}
	pairs := x.pairs()
	if f.Parameter != "" {
		format = f.Default
		if v, _ := pairs.Get(f.Parameter); v == "xml" || v == "json" {
			format = v
		}
	}
	if f.Simplify != "" {
		if v, _ := pairs.Get(f.Simplify); v == "true" {
			lists = schema.Simplified
		}
	}
	return format, lists
}

// seal ciphers a rendered reply where the contract says so: the whole of it, or one member. What a cipher takes at random
// is minted for the call.
func (s *Server) seal(x *exchange, out *response) {
	s.sealBy(x, out, func(plain []byte) []byte { return x.op.cipher.SealWith(nil, plain, x.random()) })
}

// sealBy ciphers a reply by a function. Where there is no body, nothing is sealed.
func (s *Server) sealBy(x *exchange, out *response, seal func(plain []byte) []byte) {
	if len(out.text) == 0 {
		return
	}
	switch x.op.sealPart {
	case "":
	case "body":
		out.text, out.sealed = seal(out.text), true
		if label := x.op.Wire.Seal.MediaType; label != "" {
			out.mediaType = label
		}
	default:
		if out.body.MediaType == formMediaType {
			out.text, out.sealed = sealField(out.text, specs.UnescapePointer(x.op.sealPart[1:]), seal), true
			return
		}
		plain, ok := wire.Member(out.text, x.op.sealPart)
		if !ok || string(plain) == "null" {
			return
		}
		var text string
		if json.Unmarshal(plain, &text) == nil {
			plain = []byte(text)
		}
		sealed, _ := json.Marshal(string(seal(plain)))
		if whole, err := wire.PutMember(out.text, x.op.sealPart, sealed); err == nil {
			out.text, out.sealed = whole, true
		}
	}
}

// sealField ciphers one field of a form.
func sealField(form []byte, name string, seal func(plain []byte) []byte) []byte {
	fields := strings.Split(string(form), "&")
	for i, field := range fields {
		key, v, _ := strings.Cut(field, "=")
		if plainKey, err := url.QueryUnescape(key); err != nil || plainKey != name {
			continue
		}
		if plain, err := url.QueryUnescape(v); err == nil {
			fields[i] = key + "=" + url.QueryEscape(string(seal([]byte(plain))))
		}
	}
	return []byte(strings.Join(fields, "&"))
}

// random is what the cipher takes at random.
func (x *exchange) random() []byte {
	n := x.op.cipher.Random()
	if n == 0 {
		return nil
	}
	bytes, _ := hex.DecodeString(x.minted().Sub("seal").Hex(2 * n))
	return bytes
}
