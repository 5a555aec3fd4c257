package mock

import (
	"crypto/subtle"
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
	if sign := x.op.Wire.Sign; sign != nil {
		if failed := s.verify(x, sign); failed != nil {
			return failed
		}
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
	var given []string
	if scheme.In == "header" {
		given = x.request.Header.Values(scheme.Key)
	} else {
		for _, p := range x.query {
			if p.Name == scheme.Key {
				given = append(given, p.Value)
			}
		}
	}
	missing := func() *no {
		return vendorNo(specs.MissingToken, scheme.Key, diagnosis.New("missing-token", "in", scheme.In, "name", scheme.Key))
	}
	switch {
	case len(given) == 0:
		return "", missing()
	case len(given) > 1:
		return "", vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("token-twice", "in", scheme.In, "name", scheme.Key))
	}
	token := given[0]
	if scheme.Bearer {
		kind, rest, _ := strings.Cut(token, " ")
		if !strings.EqualFold(kind, "Bearer") {
			return "", vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("token-not-bearer"))
		}
		token = strings.TrimSpace(rest)
	}
	if token == "" {
		return "", missing()
	}
	return token, nil
}

func (s *Server) authenticateListed(x *exchange, auth *specs.Auth) *no {
	for _, known := range x.op.vendor.credentials[auth.Slot].Tokens {
		if same(known.Value, x.token) {
			x.account = known.Account
			return nil
		}
	}
	return vendorNo(specs.InvalidToken, x.op.Security.Key, diagnosis.New("token-unknown", "slot", auth.Slot))
}

func (s *Server) authenticateIssued(x *exchange) *no {
	key := x.op.Security.Key
	claims, err := wire.VerifyToken(x.op.vendor.tokenKey, x.token, x.now)
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

// verify judges a signed call: the caller's key, the time, then the signature over every parameter as received.
func (s *Server) verify(x *exchange, sign *specs.Sign) *no {
	if failed := s.readForm(x); failed != nil {
		return failed
	}
	pairs := x.pairs()
	seen := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		if seen[p.Name] {
			return vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-twice", "name", clip(p.Name)))
		}
		seen[p.Name] = true
	}
	for _, name := range []string{sign.KeyParameter, sign.TimeParameter, sign.MethodParameter} {
		if v, _ := pairs.Get(name); v == "" {
			return vendorNo(specs.MissingParameter, name, diagnosis.New("missing-parameter", "name", name))
		}
	}
	key, _ := pairs.Get(sign.KeyParameter)
	if !same(key, x.op.vendor.credentials[sign.KeySlot].Text) {
		return vendorNo(specs.UnknownKey, sign.KeyParameter, diagnosis.New("key-unknown", "name", sign.KeyParameter, "slot", sign.KeySlot))
	}
	if failed := s.verifyTime(x, pairs, sign); failed != nil {
		return failed
	}
	digest, _ := pairs.Get(sign.MethodParameter)
	if !slices.Contains(sign.Digests, digest) {
		return vendorNo(specs.InvalidParameter, sign.MethodParameter, diagnosis.New("digest-unknown", "name", sign.MethodParameter, "known", strings.Join(sign.Digests, ", ")))
	}
	got, _ := pairs.Get(sign.Parameter)
	if got == "" {
		return vendorNo(specs.MissingSignature, sign.Parameter, diagnosis.New("missing-parameter", "name", sign.Parameter))
	}
	cfg := wire.SignConfig{Skip: sign.Parameter, Digest: digest, Secret: x.op.vendor.credentials[sign.Secret].Text, Show: x.op.shows}
	if wire.Verify(pairs, cfg, got) {
		return nil
	}
	found := wire.DiagnoseSign(pairs, cfg, got)
	return vendorNo(specs.InvalidSignature, sign.Parameter, &diagnosis.Diagnosis{ID: found.ID, Detail: found.Detail})
}

// verifyTime measures on real time unless the session says otherwise: a client signs with the real time whatever world
// it plays in.
func (s *Server) verifyTime(x *exchange, pairs wire.Pairs, sign *specs.Sign) *no {
	text, _ := pairs.Get(sign.TimeParameter)
	at, err := time.ParseInLocation(time.DateTime, text, value.China())
	if err != nil {
		return vendorNo(specs.InvalidParameter, sign.TimeParameter, diagnosis.New("timestamp-malformed", "name", sign.TimeParameter))
	}
	now := s.now()
	switch *x.life.window.Load() {
	case windowSession:
		now = x.now
	case windowOff:
		return nil
	}
	if off := now.Sub(at); off > sign.Within || off < -sign.Within {
		return vendorNo(specs.StaleTimestamp, sign.TimeParameter, diagnosis.New("timestamp-stale",
			"now", now.In(value.China()).Format(time.DateTime), "got", at.Format(time.DateTime), "within", sign.Within.String()))
	}
	return nil
}

// credentials judges what stands inside the body, once it is decoded and before anything that depends on it is opened.
func (s *Server) credentials(x *exchange) *no {
	auth := x.op.Wire.Auth
	if auth == nil || len(auth.Fields) == 0 {
		return nil
	}
	record, ok := x.decoded.(map[string]any)
	if !ok {
		return vendorNo(specs.InvalidParameter, "", &diagnosis.Diagnosis{
			ID: "violates-contract", Findings: []diagnosis.Finding{{In: "body", Keyword: "type", Expected: "object", Got: "another kind of value"}},
		})
	}
	for _, pointer := range sortedKeys(auth.Fields) {
		name, slot := strings.TrimPrefix(pointer, "/"), auth.Fields[pointer]
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

// same compares secrets in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// mediaTypeOf splits a request's Content-Type into the media type in lower case and its charset.
func mediaTypeOf(r *http.Request) (base, charset string) {
	full := r.Header.Get("Content-Type")
	base, rest, _ := strings.Cut(full, ";")
	for p := ""; rest != ""; {
		p, rest, _ = strings.Cut(rest, ";")
		if name, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(name), "charset") {
			charset = strings.ToLower(strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return strings.ToLower(strings.TrimSpace(base)), charset
}
