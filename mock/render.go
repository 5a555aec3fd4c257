package mock

import (
	"bytes"
	"fmt"
	"strings"

	"understudy/mock/behave"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/schema"
)

// succeed renders a result in the envelope of its operation.
func (s *Server) succeed(x *exchange, result any) (*response, error) {
	to := x.op.success()
	if len(to.bodies) == 0 {
		return &response{status: to.status}, nil
	}
	v := result
	if e := x.op.Wire.Envelope; e != nil && e.Success != nil {
		v = s.fill(x, e.Success, func(place string) any {
			switch place {
			case "$result":
				return result
			case "$message":
				return x.op.constant("message")
			case "$code":
				return x.op.constant("code")
			}
			return nil
		})
	}
	return s.render(x, to, v)
}

// constant is the value that the contract's schema gives for a member of a success; an envelope that says $message or
// $code leaves them to it.
func (op *compiled) constant(member string) any {
	for _, b := range op.success().bodies {
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

// render converts a value by the contract's schema, holds it to that schema, and writes it as JSON or XML.
func (s *Server) render(x *exchange, to reply, v any) (*response, error) {
	format, lists := x.format()
	b := to.bodies[0]
	for _, other := range to.bodies {
		if format != "" && strings.HasSuffix(other.base, format) {
			b = other
			break
		}
	}
	out := &response{status: to.status, mediaType: b.Type}
	if b.schema == nil {
		return nil, &brokenReply{x.op.ID, fmt.Errorf("type %s has no schema", b.base)}
	}
	converted, err := b.schema.Convert(v)
	if err != nil {
		return nil, &brokenReply{x.op.ID, err}
	}
	if violations := b.schema.Validate(converted); violations != nil {
		first := violations[0]
		return nil, &brokenReply{x.op.ID, fmt.Errorf("at %q %s (%s) wants %s, there is %s", first.Pointer, first.Keyword, first.At, first.Expected, first.Got)}
	}
	buffer := make([]byte, 0, min(max(256, x.op.size.Load()*9/8), 64<<10))
	if strings.HasSuffix(b.base, "xml") {
		out.text, err = b.schema.AppendXML(buffer, converted)
	} else {
		out.text, err = b.schema.AppendJSON(buffer, converted, lists)
	}
	if err != nil {
		return nil, &brokenReply{x.op.ID, err}
	}
	x.op.size.Store(int64(len(out.text)))
	if cap(out.text) > 2*len(out.text)+512 {
		out.text = bytes.Clone(out.text) // the journal keeps it, and counts what it holds
	}
	out.body = journal.Body{Text: out.text, MediaType: b.base, Schema: b.Schema}
	return out, nil
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

// seal ciphers a rendered reply where the contract says so.
func (s *Server) seal(x *exchange, out *response) {
	if x.op.sealReply {
		out.text = x.op.cipher.Seal(nil, out.text)
		out.mediaType = x.op.Wire.Seal.MediaType
	}
}
