package record

import (
	"net/http"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// foreign keeps what belongs to no operation: what may be a ciphertext or a credential is left out.
func (o *Opener) foreign(h *Heard, path string, x *scenarios.Exchange) {
	x.Request = scenarios.Request{Method: h.Method, Path: path}
	pairs, _ := wire.ParseQuery(h.URL.RawQuery)
	for _, p := range pairs {
		if !o.secret(p.Name) {
			x.Request.Parameters = append(x.Request.Parameters, scenarios.Parameter{In: "query", Name: p.Name, Value: p.Value})
		}
	}
	x.Request.Body, x.Request.MediaType, x.Request.Wire = o.foreignBody(h.Header, h.Body, h.Unkept)
	foreignReply(h, x)
}

// foreignReply keeps the answer to something that no operation is.
func foreignReply(h *Heard, x *scenarios.Exchange) {
	r := &x.Response
	r.Status, r.Broken, r.Outcome = h.Status, h.Broken, scenarios.OutcomeUnexplained
	if h.Status == 0 && r.Broken == "" {
		r.Broken = scenarios.BrokenReset
	}
	if r.Broken != "" {
		r.Outcome = scenarios.OutcomeBroken
	}
	if h.Status == 0 {
		return
	}
	r.Header = headersOf(nil, h)
	r.Body, r.MediaType, r.Wire = plainBody(h.ReplyHeader, h.Reply, h.ReplyUnkept)
}

// foreignBody is [plainBody]; of a form the fields that may be credentials are left out.
func (o *Opener) foreignBody(header http.Header, body []byte, unkept bool) ([]byte, string, scenarios.Wire) {
	body, media, w := plainBody(header, body, unkept)
	if media != formType || body == nil {
		return body, media, w
	}
	pairs, err := wire.ParseForm(body)
	if err != nil {
		w.Seal = scenarios.SealUnopened
		return nil, "", w
	}
	var kept []string
	for _, p := range pairs {
		if !o.secret(p.Name) {
			kept = append(kept, escapePair(p.Name, p.Value))
		}
	}
	return []byte(strings.Join(kept, "&")), media, w
}

const formType = "application/x-www-form-urlencoded"

// plainBody keeps a body as it travelled, unless it may be a ciphertext.
func plainBody(header http.Header, body []byte, unkept bool) ([]byte, string, scenarios.Wire) {
	w := scenarios.Wire{Bytes: len(body), Unkept: unkept}
	media := base(header.Get("Content-Type"))
	switch {
	case unkept:
		return nil, media, w
	case len(body) == 0:
		return nil, "", w
	case ciphertext(body):
		w.Seal = scenarios.SealUnopened
		return nil, media, w
	}
	return body, media, w
}

// wiredNames are the parameters, in lower case, in which the contract has credentials and what belongs to signatures.
func wiredNames(c *specs.Contract) map[string]bool {
	names := map[string]bool{}
	add := func(text string) {
		if text == "" {
			return
		}
		if _, name := specs.Location(text).Split(); name != "" {
			text = name
		}
		names[strings.ToLower(text)] = true
	}
	for _, op := range c.Operations {
		if s := op.Wire.Sign; s != nil {
			for _, one := range []string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
				add(one)
			}
		}
		for _, all := range op.Requirements {
			for _, scheme := range all {
				add(scheme.Key)
			}
		}
		for _, p := range op.Parameters {
			if p.Sensitive == "secret" || p.Sensitive == "token" {
				add(p.Name)
			}
		}
	}
	return names
}

// secret says whether a parameter may hold a credential, by its name.
func (o *Opener) secret(name string) bool {
	name = strings.ToLower(name)
	if o.wired[name] {
		return true
	}
	for _, part := range []string{"token", "secret", "passw", "pwd", "sign", "key", "session", "ticket", "credential", "auth", "code", "nonce"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// conditionOf is a condition of the catalogue without its subject.
func conditionOf(text string) specs.Condition {
	name, _, _ := strings.Cut(text, ":")
	return specs.Condition(name)
}
