package mock

import (
	"bytes"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/generate"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// ready is the text of a body that never changes. Replies and journals share it: nobody writes into it.
type ready struct {
	text      []byte
	mediaType string
}

// remembered are the texts of one example, by how lists are written, without and with the envelope of a success.
type remembered [schema.Simplified + 1][2]atomic.Pointer[ready]

// exampleBody writes an example, in an envelope unless that is nil. What was written once is sent again as it is, where the
// envelope holds nothing that is new in every call: a document's example was held to its schema when it was read.
func (s *Server) exampleBody(x *exchange, status int, b *body, lists schema.Lists, e *example, envelope any) (*response, error) {
	laid := 0
	if envelope != nil {
		laid = 1
	}
	kept := &e.ready[lists][laid]
	if r := kept.Load(); r != nil {
		return x.reply(response{
			status: status, mediaType: r.mediaType, text: r.text, body: journal.Body{Text: r.text, MediaType: b.base, Schema: b.Schema},
		}), nil
	}
	v := e.value
	if envelope != nil {
		var err error
		if v, err = s.enveloped(x, b, v); err != nil {
			return nil, err
		}
	}
	out, err := s.write(x, status, b, lists, v)
	if err == nil && !isFresh(envelope) {
		kept.Store(&ready{out.text, out.mediaType})
	}
	return out, err
}

// isFresh says whether an envelope holds something that is new in every call; see [lay].
func isFresh(envelope any) bool {
	switch t := envelope.(type) {
	case map[string]any:
		for _, inner := range t {
			if isFresh(inner) {
				return true
			}
		}
	case string:
		return t == "$requestId"
	}
	return false
}

// drafts is where made bodies are written before it is known how long they are.
var drafts = sync.Pool{New: func() any { return new([]byte) }}

// mostDraft is how long a draft may be that is used again.
const mostDraft = 64 << 10

// madeBody writes a made value as it is made. It is held to its schema once, in one pass over the text; ok is false where
// the value has to be made first.
func (s *Server) madeBody(x *exchange, status int, b *body, o generate.Options) (out *response, ok bool) {
	draft := drafts.Get().(*[]byte)
	text, ok := x.op.of.generator.Append((*draft)[:0], b.Schema, x.source().Sub("body"), o)
	if cap(text) <= mostDraft {
		*draft = text
	}
	defer drafts.Put(draft)
	if !ok || !b.keepsJSON(text) {
		return nil, false
	}
	return x.wrote(status, b, bytes.Clone(text)), true
}

// keepsJSON says whether a text keeps the schema of a body.
func (b *body) keepsJSON(text []byte) bool {
	if b.schema.Accepts(text, schema.Syntax{}) {
		return true
	}
	v, wrong := wire.DecodeJSON(text, wire.JSONOptions{})
	return wrong == nil && b.schema.Validate(v) == nil
}
