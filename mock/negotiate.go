package mock

import (
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/media"
	"understudy/specs"
)

// negotiate refuses a caller who accepts nothing that the operation answers with (RFC 9110, section 12.5.1). A vendor whose
// document has a catalogue without such a row is taken for one that does not look at Accept.
func (s *Server) negotiate(x *exchange) *no {
	accept := x.request.Header.Values("Accept")
	if len(accept) == 0 || x.op.of.catalogued() || x.op.Wire.Formats != nil {
		return nil
	}
	offered := types(x.op.success().bodies)
	if len(offered) == 0 {
		return nil
	}
	if _, ok := media.Choose(accept, offered); ok {
		return nil
	}
	return vendorNo(specs.NotAcceptable, "Accept", diagnosis.New("not-acceptable", "got", clip(strings.Join(accept, ", ")), "known", strings.Join(offered, ", ")))
}

// preferredBody is the form of a reply that the caller likes best; the first one where he likes none.
func (x *exchange) preferredBody(bodies []body) *body {
	if len(bodies) > 1 {
		if accept := x.request.Header.Values("Accept"); len(accept) > 0 {
			if i, ok := media.Choose(accept, types(bodies)); ok {
				return &bodies[i]
			}
		}
	}
	return &bodies[0]
}

func types(bodies []body) []string {
	list := make([]string, len(bodies))
	for i, b := range bodies {
		list[i] = b.Type
	}
	return list
}
