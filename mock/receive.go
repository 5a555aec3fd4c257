package mock

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/session"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// read takes the body in, bounded, and the query as raw pairs. What is wrong with them is told once the operation is
// known, in its vendor's words.
func (s *Server) read(x *exchange) *no {
	x.path = x.request.URL.EscapedPath()
	var unreadable error
	x.query, unreadable = wire.ParseQuery(x.request.URL.RawQuery)
	body, err := s.readBody(x.request)
	switch {
	case errors.Is(err, errTooLarge):
		x.hangUp = true
		return s.lateNo(x, vendorNo(specs.BodyTooLarge, "", diagnosis.New("body-too-large", "limit", sizeText(s.maxBody))))
	case err != nil:
		x.hangUp = true
		return s.lateNo(x, vendorNo(specs.MalformedBody, "", diagnosis.New("body-cut-short")))
	case unreadable != nil:
		return s.lateNo(x, vendorNo(specs.InvalidParameter, "", diagnosis.New("query-malformed", "reason", unreadable.Error())))
	}
	if encoding := headerOf(x.request, "Content-Encoding"); len(body) > 0 && encoding != "" && !strings.EqualFold(encoding, "identity") {
		return s.lateNo(x, vendorNo(specs.UnsupportedMediaType, "Content-Encoding", diagnosis.New("content-encoding", "got", clip(encoding))))
	}
	x.body = body
	return nil
}

var errTooLarge = errors.New("body too large")

func (s *Server) readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > s.maxBody {
		return nil, errTooLarge
	}
	if r.ContentLength > 0 {
		text := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, text)
		return text, err
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, s.maxBody+1))
	if int64(len(text)) > s.maxBody {
		return nil, errTooLarge
	}
	return text, err
}

// lateNo lets a call that failed while it was read still find its session and operation, so that the answer comes in
// the vendor's words.
func (s *Server) lateNo(x *exchange, n *no) *no {
	if refused := s.enter(x); refused != nil {
		return refused
	}
	if other := s.match(x); other != nil && other.refusal != "" {
		return other
	}
	return n
}

// enter finds the session: by the path prefix /~NAME, by the header, by a credential of its own, by a token that was
// issued in it, else the default one. Two that disagree are refused: a test that talks to two worlds at once tests neither.
func (s *Server) enter(x *exchange) *no {
	name, from := "", ""
	if rest, ok := cutSessionMark(x.path); ok {
		name, rest, _ = strings.Cut(rest, "/")
		name = strings.Clone(name) // it may live as long as the session
		x.path, from = "/"+rest, "path prefix"
		if name == "" {
			return refuse(http.StatusBadRequest, "session-name", session.ErrName.Error())
		}
		x.named = clip(name)
	}
	for _, header := range x.request.Header[headerSession] {
		if name != "" && header != name {
			return refuse(http.StatusConflict, "session-conflict", "the "+from+" names session "+quote(name)+" and the header "+headerSession+" another one; send one of the two")
		}
		name, from = header, "header"
		x.named = clip(name)
	}
	if owner, several := s.ownerOf(x); owner != "" {
		if name == "" || name == owner {
			name, from = owner, "credential"
		}
		if several || name != owner {
			return refuse(http.StatusConflict, "session-conflict", "the "+from+" names session "+quote(name)+" and a credential is another one's; use that session's own credentials")
		}
	}
	if issuedTo := s.issuedTo(x.request); issuedTo != "" {
		if bound, ok := s.sessions.BySubject(issuedTo); ok {
			if name != "" && name != bound.Name {
				return refuse(http.StatusConflict, "session-conflict", "the "+from+" names session "+quote(name)+" and the token was issued in another one; get a token in this session")
			}
			name = bound.Name
		}
	}
	if name == "" {
		name = session.Default
	}
	x.named = clip(name)
	if _, known := s.sessions.Lookup(name); !known {
		// A path that means nothing makes no session.
		if _, _, ok := s.base().routes.paths.Match(x.path); !ok {
			return s.unknownPath(x)
		}
	}
	var err error
	now := x.began
	if s.config.Now != nil {
		now = s.now()
	}
	if x.session, err = s.sessions.GetAt(name, now); err != nil {
		if errors.Is(err, session.ErrName) {
			return refuse(http.StatusBadRequest, "session-name", err.Error())
		}
		return refuse(http.StatusServiceUnavailable, "session-limit", err.Error()+"; drop sessions that are over (DELETE /sessions/NAME on the control listener)")
	}
	x.now, x.seed = x.session.Clock.At(now), x.session.Seed()
	x.session.StartAt(x.now)
	x.life = lifeOf(x.session)
	x.variant = s.variantOf(x.life)
	return nil
}

// cutSessionMark takes the mark /~ from a path, also where a client has escaped the tilde (RFC 3986, section 2.3).
func cutSessionMark(path string) (rest string, ok bool) {
	for _, mark := range []string{"/~", "/%7E", "/%7e"} {
		if rest, ok = strings.CutPrefix(path, mark); ok {
			return rest, true
		}
	}
	return "", false
}

func (s *Server) unknownPath(x *exchange) *no {
	return refuse(http.StatusNotFound, "unknown-path", "no contract has the path "+quote(shownPath(x.path))+"; those it could mean: "+s.nearest(x.path))
}

// issuedTo reads the subject of a token in a header where some contract issues tokens, without judging the token.
func (s *Server) issuedTo(r *http.Request) string {
	for _, header := range s.base().tokenHeaders {
		if token := headerOf(r, header); token != "" && len(token) <= 8<<10 {
			return s.tokens.Subject(token)
		}
	}
	return ""
}

// match finds the operation. A path that no contract knows is refused: nobody can say what its vendor would answer.
func (s *Server) match(x *exchange) *no {
	p, values, ok := x.variant.routes.paths.AppendMatch(x.room[:0], x.path)
	if !ok {
		return s.unknownPath(x)
	}
	x.place, x.values = p, values
	op, ok := p.find(x.request.Method)
	if !ok {
		x.op = p.first()
		x.number = x.session.Call(x.op.ID)
		if failed := x.sound(); failed != nil {
			return failed
		}
		if p.gateway != nil {
			_ = s.readForm(x) // the format of the answer may stand in it
		}
		return vendorNo(specs.MethodNotAllowed, x.request.Method, diagnosis.New("wrong-method", "method", x.request.Method, "allowed", strings.Join(p.allow, ", ")))
	}
	x.op = op
	if p.gateway != nil {
		if failed := s.matchGateway(x, p.gateway); failed != nil {
			x.number = x.session.Call(x.op.ID)
			if unsound := x.sound(); unsound != nil {
				return unsound
			}
			return failed
		}
	}
	x.number = x.session.Call(x.op.ID)
	return x.sound()
}

// sound refuses a call of an operation whose schemas cannot be compiled: nobody can say what would be valid.
func (x *exchange) sound() *no {
	if err := x.op.ready(); err != nil {
		return failure("unsound-contract", http.StatusInternalServerError, err)
	}
	return nil
}

func (s *Server) matchGateway(x *exchange, g *gateway) *no {
	x.op = g.any
	if failed := s.readForm(x); failed != nil {
		return failed
	}
	name, count := x.lookup(g.parameter)
	if count == 0 || name == "" {
		return vendorNo(specs.MissingParameter, g.parameter, diagnosis.New("missing-parameter", "name", g.parameter))
	}
	op, ok := g.operations[name]
	if !ok {
		return vendorNo(specs.UnknownOperation, g.parameter, diagnosis.New("unknown-operation", "parameter", g.parameter, "known", strings.Join(sortedKeys(g.operations), ", ")))
	}
	x.op = op
	return nil
}

// pairs are the parameters of query and form together; a gateway reads those that stand where its route says.
func (x *exchange) pairs() wire.Pairs {
	all := make(wire.Pairs, 0, len(x.query)+len(x.form))
	var places []string
	if route := x.op.Wire.Route; route != nil {
		places = route.In
	}
	if places == nil || slices.Contains(places, wire.InQuery) {
		all = append(all, x.query...)
	}
	if places == nil || slices.Contains(places, wire.InForm) {
		all = append(all, x.form...)
	}
	return all
}

const formMediaType = "application/x-www-form-urlencoded"

// readForm reads the body as a form, once, when it is labelled as one.
func (s *Server) readForm(x *exchange) *no {
	if x.formRead || len(x.body) == 0 {
		return nil
	}
	x.formRead = true
	switch base, _ := x.mediaType(); base {
	case formMediaType:
	case "":
		if x.place.gateway != nil {
			x.warn(diagnosis.New("content-type-absent", "taken", formMediaType))
		}
	default:
		if x.place.gateway != nil {
			x.warn(diagnosis.New("content-type-wrong", "got", clip(base), "known", formMediaType))
		}
		return nil
	}
	var err error
	if x.form, err = wire.ParseForm(x.body); err != nil {
		return vendorNo(specs.MalformedBody, "", diagnosis.New("form-malformed", "reason", err.Error()))
	}
	return nil
}
