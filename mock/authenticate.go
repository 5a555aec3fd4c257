package mock

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// authenticate judges the credential outside the body: a signature over the raw parameters, or a token where the
// security scheme says it stands.
func (s *Server) authenticate(x *exchange) *no {
	if x.op.signer != nil && !x.op.signer.Opened() {
		if failed := s.verify(x); failed != nil {
			return failed
		}
	}
	if failed := s.admit(x); failed != nil {
		return failed
	}
	auth := x.op.Wire.Auth
	if auth == nil || auth.Security == "" {
		return nil
	}
	token, failed := presented(x)
	if failed != nil {
		return failed
	}
	x.token = token
	if x.life.isRevoked(token) {
		return vendorNo(specs.InvalidToken, x.op.Security.Key, diagnosis.New("token-revoked"))
	}
	if auth.Token == "listed" {
		return s.authenticateListed(x, auth)
	}
	return s.authenticateIssued(x)
}

// presented takes the token from where the contract puts it. Given twice, nobody can say which one counts.
func presented(x *exchange) (string, *no) {
	scheme := x.op.Security
	var token string
	var count int
	if scheme.In == "header" {
		if lines := x.request.Header[x.op.table.token]; len(lines) > 0 {
			token, count = lines[0], len(lines)
		}
	} else {
		token, count = x.query.Get(scheme.Key)
	}
	switch {
	case count == 0:
		return "", missingToken(scheme)
	case count > 1:
		return "", vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("token-twice", "in", scheme.In, "name", scheme.Key))
	}
	if scheme.Bearer {
		kind, rest, _ := strings.Cut(token, " ")
		if !strings.EqualFold(kind, "Bearer") {
			return "", vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("token-not-bearer"))
		}
		token = strings.TrimSpace(rest)
	}
	if token == "" {
		return "", missingToken(scheme)
	}
	return token, nil
}

func missingToken(scheme *specs.SecurityScheme) *no {
	return vendorNo(specs.MissingToken, scheme.Key, diagnosis.New("missing-token", "in", scheme.In, "name", scheme.Key))
}

func (s *Server) authenticateListed(x *exchange, auth *specs.Auth) *no {
	tokens := x.op.vendor.credentials[auth.Slot].Tokens
	for i := range tokens {
		if known := &tokens[i]; same(known.Value, x.token) {
			x.account = known.Account
			return nil
		}
	}
	return vendorNo(specs.InvalidToken, x.op.Security.Key, diagnosis.New("token-unknown", "slot", auth.Slot))
}

func (s *Server) authenticateIssued(x *exchange) *no {
	key := x.op.Security.Key
	claims, err := s.tokens.Verify(x.op.vendor.tokenKey, x.token, x.now)
	switch {
	case errors.Is(err, wire.ErrTokenExpired):
		return vendorNo(specs.ExpiredToken, key, diagnosis.New("token-expired",
			"expired", claims.ExpiresAt.In(value.China()).Format(time.DateTime), "now", x.now.In(value.China()).Format(time.DateTime)))
	case errors.Is(err, wire.ErrTokenSignature):
		return vendorNo(specs.InvalidToken, key, diagnosis.New("token-foreign"))
	case err != nil:
		return vendorNo(specs.InvalidToken, key, diagnosis.New("token-malformed"))
	case claims.Audience != x.op.Wire.Auth.Audience || claims.Issuer != x.op.Wire.Auth.Issuer:
		return vendorNo(specs.InvalidToken, key, diagnosis.New("token-foreign"))
	case !strings.HasPrefix(claims.Subject, x.session.Subject):
		return vendorNo(specs.InvalidToken, key, diagnosis.New("token-other-session"))
	}
	return nil
}

// issueToken mints a token of the operation's contract in this session.
func (s *Server) issueToken(x *exchange) func(time.Time) (string, time.Duration, error) {
	return func(now time.Time) (string, time.Duration, error) {
		for _, op := range x.op.vendor.operations {
			auth := op.Wire.Auth
			if auth == nil || auth.Token != "jwt" {
				continue
			}
			issued := now.Truncate(time.Second)
			if x.issuesStale() {
				issued = issued.Add(-auth.Lifetime - time.Second)
			}
			token, err := wire.SignToken(x.op.vendor.tokenKey, wire.Claims{
				Subject: tokenSubject(x), Audience: auth.Audience, Issuer: auth.Issuer,
				IssuedAt: issued, ExpiresAt: issued.Add(auth.Lifetime),
			})
			return token, auth.Lifetime, err
		}
		return "", 0, errors.New("the contract issues no tokens")
	}
}

// tokenSubject is a UUID without hyphens, as in the sample token: it begins with the session's mark and goes on with what
// is minted for this call, so that each token is a new one (Z-25).
func tokenSubject(x *exchange) string {
	minted := x.minted().Sub("token").Hex(18)
	return x.session.Subject + "4" + minted[:3] + "a" + minted[3:]
}

// verify judges a signed call. Its time is measured on real time unless the session says otherwise: a client signs with the
// real time whatever world it plays in.
func (s *Server) verify(x *exchange) *no {
	if failed := s.readForm(x); failed != nil {
		return failed
	}
	m := &wire.Message{
		Method: x.request.Method, Path: x.path, RawQuery: x.request.URL.RawQuery, Pairs: x.signedPairs(), Header: x.request.Header,
		Body: x.body, Opened: x.opened,
	}
	if x.signed != nil {
		m.Opened = x.signed
	}
	if x.op.table.signsPath {
		m.OtherPaths = x.otherPaths()
	}
	now := s.now()
	switch *x.life.window.Load() {
	case windowSession:
		now = x.now
	case windowOff:
		now = time.Time{}
	}
	if fault := x.op.signer.Verify(m, wire.Verification{Now: now, Show: x.op.table.shows}); fault != nil {
		failed := vendorNo(fault.Condition, fault.Subject, sealDiagnosis(fault.Finding))
		if _, ok := s.row(x, failed); !ok && failed.condition == specs.MissingParameter {
			failed.condition = specs.MissingSignature // a call without its id or time is not signed
		}
		return failed
	}
	x.verified = true
	return nil
}

// otherPaths are those that a client may have signed beside the one that the contract knows.
func (x *exchange) otherPaths() (list []string) {
	if sent := x.request.URL.EscapedPath(); sent != x.path {
		list = append(list, sent) // a client signs the path it calls, its session's prefix included
	}
	if prefix := x.op.vendor.prefix; prefix != "" {
		list = append(list, strings.TrimPrefix(x.path, prefix))
	}
	return list
}

// signedPairs are [exchange.pairs], without a copy where they stand in one place.
func (x *exchange) signedPairs() wire.Pairs {
	var places []string
	if route := x.op.Wire.Route; route != nil {
		places = route.In
	}
	inQuery := len(x.query) > 0 && (places == nil || slices.Contains(places, wire.InQuery))
	inForm := len(x.form) > 0 && (places == nil || slices.Contains(places, wire.InForm))
	switch {
	case inQuery && inForm:
		return x.pairs()
	case inQuery:
		return x.query
	case inForm:
		return x.form
	}
	return nil
}

// verifyOpened judges the signature of a body that is signed before it is sealed.
func (s *Server) verifyOpened(x *exchange) *no {
	if x.op.signer == nil || !x.op.signer.Opened() {
		return nil
	}
	return s.verify(x)
}

// credentials judges what stands inside the body, once it is decoded and before anything that depends on it is opened.
func (s *Server) credentials(x *exchange) *no {
	auth := x.op.Wire.Auth
	if auth == nil || len(auth.Fields) == 0 || x.credited() {
		return nil
	}
	record, ok := x.Value().(map[string]any)
	if !ok {
		return vendorNo(specs.InvalidParameter, "", &diagnosis.Diagnosis{
			ID: "violates-contract", Findings: []diagnosis.Finding{{In: "body", Keyword: "type", Expected: "object", Got: "another kind of value"}},
		})
	}
	for _, field := range x.op.table.fields {
		pointer, name, slot := field.pointer, field.name, field.slot
		shown := value.Text(record, name)
		if v := record[name]; shown == "" && v != nil && v != "" {
			return vendorNo(specs.InvalidParameter, name, &diagnosis.Diagnosis{
				ID: "violates-contract", Findings: []diagnosis.Finding{{In: "body", Pointer: pointer, Keyword: "type", Expected: "a text", Got: "another kind of value"}},
			})
		}
		if shown == "" {
			return vendorNo(specs.MissingParameter, name, &diagnosis.Diagnosis{
				ID: "missing-parameter", Detail: map[string]string{"name": name},
				Findings: []diagnosis.Finding{{In: "body", Pointer: pointer, Keyword: "required", Expected: "a text", Got: "none"}},
			})
		}
		if !same(shown, x.op.vendor.credentials[slot].Text) {
			return vendorNo(specs.WrongCredentials, name, &diagnosis.Diagnosis{
				ID: "credential-differs", Detail: map[string]string{"slot": slot},
				Findings: []diagnosis.Finding{{In: "body", Pointer: pointer, Expected: "the " + slot + " in force", Got: "another text"}},
			})
		}
	}
	return nil
}

// credited says that all credentials of a body that is not decoded yet are right. False leaves it to its values to tell.
func (x *exchange) credited() bool {
	if !x.waiting {
		return false
	}
	for _, field := range x.op.table.fields {
		shown, isText := x.At(field.pointer).(string)
		if !isText || shown == "" || strings.ContainsAny(field.name, "/~") || !same(shown, x.op.vendor.credentials[field.slot].Text) {
			return false
		}
	}
	return true
}

// same compares secrets in constant time for their length.
func same(a, b string) bool { return wire.Same(a, b) }

// mediaTypeOf splits a request's Content-Type into the media type in lower case and its charset.
func mediaTypeOf(r *http.Request) (base, charset string) {
	full := headerOf(r, "Content-Type")
	if full == jsonMediaType || full == formMediaType {
		return full, ""
	}
	base, rest, _ := strings.Cut(full, ";")
	for p := ""; rest != ""; {
		p, rest, _ = strings.Cut(rest, ";")
		if name, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(name), "charset") {
			charset = strings.ToLower(strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return strings.ToLower(strings.TrimSpace(base)), charset
}
