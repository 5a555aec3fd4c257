package check

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// tokenMistakes come without a token, and with ones from nowhere.
func (r *run) tokenMistakes(op *operation, base *drive.Request) []mistake {
	ways := alternatives(op.Operation)
	if len(ways) == 0 {
		return nil
	}
	carried := false
	for _, way := range ways {
		if len(way) == 0 {
			return nil // no credential is needed
		}
		for _, scheme := range way {
			carried = carried || credentialOf(base, scheme) != ""
		}
	}
	at := op.Pointer
	missing := mistake{
		trial: trial{name: "no token", values: op.base, alter: func(request *drive.Request) { strip(request, ways) }},
		what:  "carries no credential", in: "header", keyword: "security", rule: at,
		conditions: []specs.Condition{specs.MissingToken, specs.InvalidToken},
	}
	list := []mistake{missing}
	if !carried {
		return list
	}
	standIn := r.standsIn(ways)
	change := func(name, what string, to func(specs.SecurityScheme, string) string) {
		list = append(list, mistake{
			moot: standIn,
			trial: trial{name: name, values: op.base, alter: func(request *drive.Request) {
				for _, way := range ways {
					for _, scheme := range way {
						if text := credentialOf(request, scheme); text != "" {
							setCredential(request, scheme, to(scheme, text))
						}
					}
				}
			}},
			what: what, in: "header", keyword: "security", rule: at, conditions: []specs.Condition{specs.InvalidToken, specs.MissingToken},
		})
	}
	change("token from nowhere", "carries a credential that nobody issued", func(scheme specs.SecurityScheme, text string) string {
		return foreign(scheme, text)
	})
	if standIn != "" {
		return list
	}
	list = append(list, r.nearMistakes(op, base, ways)...)
	if a := op.Wire.Auth; a != nil && a.Token == "jwt" && a.Security != "" {
		change("token with another signature", "carries a token whose signature is not the issuer's", func(_ specs.SecurityScheme, text string) string {
			for i := strings.LastIndexByte(text, '.') + 1; i < len(text); i++ {
				if next := flipped(text[i]); next != text[i:i+1] {
					return text[:i] + next + text[i+1:]
				}
			}
			return text + "A"
		})
	}
	return list
}

// foreign is a credential of the same form that is nobody's.
func foreign(scheme specs.SecurityScheme, text string) string {
	word, rest, ok := strings.Cut(text, " ")
	if !ok {
		word, rest = "", text
	}
	if strings.EqualFold(word, "basic") {
		return word + " " + base64.StdEncoding.EncodeToString([]byte("understudy:nobody-issued-this"))
	}
	out := garbled(rest)
	if ok {
		out = word + " " + out
	}
	return out
}

// garbled has other letters and digits in the places of a text's own.
func garbled(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString(flipped(text[i]))
	}
	return b.String()
}

// flipped is another character of the same kind.
func flipped(c byte) string {
	switch {
	case c >= '0' && c <= '9':
		return string('0' + (c-'0'+7)%10)
	case c >= 'a' && c <= 'z':
		return string('a' + (c-'a'+13)%26)
	case c >= 'A' && c <= 'Z':
		return string('A' + (c-'A'+13)%26)
	}
	return string(rune(c))
}

// credentialOf is what a request carries for a scheme; "" for nothing.
func credentialOf(request *drive.Request, scheme specs.SecurityScheme) string {
	switch scheme.In {
	case "header":
		return request.Header.Get(scheme.Key)
	case "cookie":
		c, err := (&http.Request{Header: request.Header}).Cookie(scheme.Key)
		if err != nil {
			return ""
		}
		return c.Value
	case "query":
		text, _ := queryPairs(request).Get(scheme.Key)
		return text
	}
	return ""
}

func setCredential(request *drive.Request, scheme specs.SecurityScheme, text string) {
	switch scheme.In {
	case "header":
		request.Header.Set(scheme.Key, text)
	case "cookie":
		old := (&http.Request{Header: request.Header}).Cookies()
		request.Header.Del("Cookie")
		for _, c := range old {
			if c.Name == scheme.Key {
				if text == "" {
					continue
				}
				c.Value = text
			}
			request.Header.Add("Cookie", c.Name+"="+c.Value)
		}
	case "query":
		setPair(request, scheme.Key, text)
	}
}

// strip takes every credential out of a request.
func strip(request *drive.Request, ways [][]specs.SecurityScheme) {
	for _, way := range ways {
		for _, scheme := range way {
			if scheme.In == "header" {
				request.Header.Del(scheme.Key)
				continue
			}
			setCredential(request, scheme, "")
		}
	}
}

func queryPairs(request *drive.Request) wire.Pairs {
	u, err := url.Parse(request.URL)
	if err != nil {
		return nil
	}
	pairs, err := wire.ParseQuery(u.RawQuery)
	if err != nil {
		return nil
	}
	return pairs
}

// setPair changes a pair of the query or of the form that a request carries; "" takes it out.
func setPair(request *drive.Request, name, text string) {
	if mediaBase(request.Header.Get("Content-Type")) == formType {
		if pairs, err := wire.ParseForm(request.Body); err == nil {
			if _, n := pairs.Get(name); n > 0 {
				request.Body = []byte(joinPairs(changedPairs(pairs, name, text)))
				return
			}
		}
	}
	u, err := url.Parse(request.URL)
	if err != nil {
		return
	}
	u.RawQuery = joinPairs(changedPairs(queryPairs(request), name, text))
	request.URL = u.String()
}

func changedPairs(pairs wire.Pairs, name, text string) wire.Pairs {
	var out wire.Pairs
	there := false
	for _, p := range pairs {
		if p.Name == name {
			if text == "" {
				continue
			}
			p.Value, there = text, true
		}
		out = append(out, p)
	}
	if !there && text != "" {
		out = append(out, wire.Pair{Name: name, Value: text})
	}
	return out
}

func joinPairs(pairs wire.Pairs) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// credentialMistakes put wrong values in the places of the credentials that stand in the body.
func (r *run) credentialMistakes(op *operation, base *drive.Request) []mistake {
	a := op.Wire.Auth
	if a == nil || op.body == nil || len(a.Fields) == 0 || !isJSON(mediaBase(op.body.Type)) {
		return nil
	}
	var list []mistake
	for _, pointer := range sortedKeys(a.Fields) {
		whole, ok := r.wholeBody(op, base)
		if !ok {
			return nil
		}
		into, name := parent(whole, pointer)
		if into == nil {
			continue
		}
		into[name] = garbled(textOf(into[name]))
		list = append(list, mistake{
			trial: trial{name: "wrong " + strings.TrimPrefix(pointer, "/"), values: with(op.base, drive.Body, jsonText(whole))},
			what:  "carries a wrong credential at " + pointer, in: "body", pointer: pointer, keyword: "security", rule: op.Pointer,
			conditions: []specs.Condition{specs.WrongCredentials, specs.UnknownKey, specs.InvalidToken}, about: name,
		})
	}
	return list
}

// otherwise is a client whose credential in one slot is not the right one, but of the same form.
func (r *run) otherwise(slot string) (*drive.Client, bool) {
	client, err := r.caller(func(config *drive.Config) {
		all := mock.Credentials{}
		for name, c := range config.Credentials {
			if name == slot {
				c.Text = garbled(c.Text)
			}
			all[name] = c
		}
		config.Credentials = all
	})
	return client, err == nil && r.config.Credentials[slot].Text != ""
}

// carrying is the values of the base with the token that the base request has: a client that seals or signs otherwise could
// not get one of its own.
func carrying(op *operation, base *drive.Request) map[string]any {
	s := op.Security
	if s == nil || op.Wire.Auth == nil || op.Wire.Auth.Security == "" {
		return op.base
	}
	if text := credentialOf(base, *s); text != "" {
		return with(op.base, s.Key, text)
	}
	return op.base
}
