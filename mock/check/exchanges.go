package check

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/mock/report"
	"understudy/specs"
)

// hiddenValue stands in the place of what is not shown.
const hiddenValue = "***"

// keep enters what travelled into the report, without secrets and without what the contract marks as personal.
func (r *run) keep(t travelled) {
	op := r.find(t.operation)
	one := report.Exchange{
		Operation: t.operation, Check: t.check, At: t.at, Duration: t.took, Method: t.request.Method, URL: r.veiledURL(op, t.request.URL),
		Header: r.veiledHeader(t.request.Header), MediaType: t.request.Header.Get("Content-Type"),
	}
	one.Body = r.veiledBody(op, one.MediaType, t.body, func() string {
		if op == nil || op.body == nil {
			return ""
		}
		return op.body.Schema
	})
	if t.failed != nil {
		one.Failure = r.veil(withoutURL(t.failed).Error())
	} else {
		one.Status, one.StatusText = t.response.StatusCode, http.StatusText(t.response.StatusCode)
		one.ReplyHeader, one.ReplyMediaType = r.veiledHeader(t.response.Header), t.response.Header.Get("Content-Type")
		one.Reply = r.veiledBody(op, one.ReplyMediaType, t.reply, func() string { return replyPointer(op, t.response.StatusCode, one.ReplyMediaType) })
	}
	r.report.Exchanges = append(r.report.Exchanges, one)
}

// replyPointer is the schema of a reply, "" where there is none.
func replyPointer(op *operation, status int, label string) string {
	if op == nil {
		return ""
	}
	declared := responseFor(op.Operation, status)
	if declared == nil {
		return ""
	}
	for i, m := range declared.Content {
		if m.Schema != "" && (mediaBase(m.Type) == mediaBase(label) || i == len(declared.Content)-1) {
			return m.Schema
		}
	}
	return ""
}

// veiledBody hides what the schema of a JSON text marks. Of a contract that marks anything, no other plain text is kept.
func (r *run) veiledBody(op *operation, label string, text []byte, pointer func() string) string {
	if len(text) == 0 {
		return ""
	}
	v, err := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	if err == nil && isScalar(v) {
		return r.veil(string(text)) // a ciphertext in quotes
	}
	if err != nil {
		if r.contract.Extended && (mediaBase(label) == formType || strings.HasSuffix(mediaBase(label), "xml")) {
			return hiddenValue
		}
		return r.veil(string(text))
	}
	if at := pointer(); at != "" {
		if compiled, err := r.set.Compile(at); err == nil {
			v = compiled.Sensitive(v, r.hide)
			return r.veil(string(jsonText(v)))
		}
	}
	if r.contract.Extended {
		return hiddenValue
	}
	return r.veil(string(text))
}

// hide is what is shown of a value that the contract marks, or does not describe although it marks others.
func (r *run) hide(kind string, v any) any {
	if kind == schema.Undescribed && !r.contract.Extended || v == nil {
		return v
	}
	return hiddenValue
}

// impersonal is a reply's value without what the contract marks as somebody's datum: that goes into no further request.
func (r *run) impersonal(op *operation, x *drive.Exchange) any {
	known := r.replySchema(op, x)
	if known == nil || x.Reply.Value == nil {
		return x.Reply.Value
	}
	return known.Sensitive(clone(x.Reply.Value), func(kind string, v any) any {
		if kind == schema.Undescribed {
			return v
		}
		return nil
	})
}

// veiledURL hides credentials, and parameters that the contract marks.
func (r *run) veiledURL(op *operation, u *url.URL) string {
	if op == nil || u.RawQuery == "" {
		return r.veil(u.String())
	}
	pairs, err := wire.ParseQuery(u.RawQuery)
	if err != nil {
		return r.veil(u.String())
	}
	for i := range pairs {
		secret := slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.Name == pairs[i].Name && p.Sensitive != "" })
		for _, way := range alternatives(op.Operation) {
			secret = secret || slices.ContainsFunc(way, func(s specs.SecurityScheme) bool { return s.In == "query" && s.Key == pairs[i].Name })
		}
		if secret {
			pairs[i].Value = hiddenValue
		}
	}
	shown := *u
	shown.RawQuery = joinPairs(pairs)
	return r.veil(shown.String())
}

func (r *run) veiledHeader(h http.Header) []report.Pair {
	var list []report.Pair
	for _, name := range sortedHeader(h) {
		for _, v := range h[name] {
			if r.carriesToken(name) {
				v = hiddenValue
			}
			list = append(list, report.Pair{Name: name, Value: r.veil(v)})
		}
	}
	return list
}

// carriesToken says whether a header is where a security scheme of the contract has its credential.
func (r *run) carriesToken(name string) bool {
	name = http.CanonicalHeaderKey(name)
	if name == "Authorization" || name == "Cookie" || name == "Set-Cookie" {
		return true
	}
	for _, op := range r.contract.Operations {
		for _, way := range alternatives(op) {
			for _, scheme := range way {
				if scheme.In == "header" && http.CanonicalHeaderKey(scheme.Key) == name {
					return true
				}
			}
		}
	}
	return false
}
