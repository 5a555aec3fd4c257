package mock

import (
	"net/http"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/media"
	"understudy/specs"
)

// negotiate refuses a caller who accepts nothing that the operation answers with (RFC 9110, section 12.5.1). An error that the
// caller prefers comes as it is, as errors do. A vendor whose document has a catalogue without such a row is taken for one
// that does not look at Accept.
func (s *Server) negotiate(x *exchange) *no {
	accept := x.request.Header["Accept"]
	if len(accept) == 0 || x.op.of.catalogued() || x.op.Wire.Formats != nil {
		return nil
	}
	to := x.op.usual
	if x.wish.status != 0 {
		to, _ = x.op.reply(x.wish.status)
	}
	if len(to.types) == 0 || bodiless(to.status) || to.status >= http.StatusBadRequest {
		return nil
	}
	if _, ok := media.Choose(accept, to.types); ok {
		return nil
	}
	return vendorNo(specs.NotAcceptable, "Accept", diagnosis.New("not-acceptable", "got", clip(strings.Join(accept, ", ")), "known", strings.Join(to.types, ", ")))
}

// preferredBody is the form of a reply that the caller likes best; the first one where he likes none.
func (x *exchange) preferredBody(to reply) *body {
	if len(to.bodies) > 1 {
		if accept := x.request.Header["Accept"]; len(accept) > 0 {
			if i, ok := media.Choose(accept, to.types); ok {
				return &to.bodies[i]
			}
		}
	}
	return &to.bodies[0]
}
