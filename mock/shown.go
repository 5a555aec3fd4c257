package mock

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/media"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Exchange is one request and its reply as it may be shown: personal data and secrets are masked by the contract.
type Exchange struct {
	ID        int64     `json:"id"`
	Session   string    `json:"session"`
	At        time.Time `json:"at"`
	Clock     time.Time `json:"clock"`
	Vendor    string    `json:"vendor,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	// Status is the HTTP status of the reply, 0 when the connection was cut in its place.
	Status int `json:"status"`
	// Outcome is ok, vendor-error, fault or refusal; Error the catalogue id or the id of the refusal.
	Outcome string `json:"outcome"`
	Error   string `json:"error,omitempty"`
	// Fault is what befell the exchange on purpose.
	Fault     *Struck                `json:"fault,omitempty"`
	Diagnosis *diagnosis.Diagnosis   `json:"diagnosis,omitempty"`
	Warnings  []*diagnosis.Diagnosis `json:"warnings,omitempty"`
	// Micros is what it took to answer, a delay on purpose included.
	Micros int64 `json:"microseconds"`
	// Parameters are the raw query and form parameters.
	Parameters []Parameter `json:"parameters,omitempty"`
	// Request and Reply are the bodies opened. Of a connection that was cut or truncated on purpose, Reply is what was on
	// its way.
	Request Body `json:"request"`
	Reply   Body `json:"reply"`
}

// Parameter is one raw parameter of a shown exchange.
type Parameter struct {
	In    string `json:"in"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Body is a shown body: decoded where it is JSON, XML or a form, else only its size.
type Body struct {
	MediaType string `json:"mediaType,omitempty"`
	// Bytes counts what went over the wire, sealed where it is sealed.
	Bytes int `json:"bytes"`
	Value any `json:"value,omitempty"`
}

func (s *Server) shown(kept []*journal.Exchange) []Exchange {
	list := make([]Exchange, len(kept))
	for i, e := range kept {
		list[i] = s.show(e)
	}
	return list
}

// show masks an exchange by its contract. What no schema describes is not shown at all.
func (s *Server) show(e *journal.Exchange) Exchange {
	out := headline(e)
	op := compiledOperation(e.Contract, e.Operation)
	for _, p := range e.Parameters {
		out.Parameters = append(out.Parameters, Parameter{p.In, p.Name, shownParameter(op, p.Name, p.Value)})
	}
	out.Request, out.Reply = shownBody(op, e.Request, true), shownBody(op, e.Reply, false)
	return out
}

// headline is an exchange without parameters and bodies, which costs nothing to make.
func headline(e *journal.Exchange) Exchange {
	out := Exchange{
		ID: e.ID, Session: e.Session, At: e.At, Clock: e.Clock, Vendor: e.Vendor, Operation: e.Operation, Method: e.Method,
		Path: e.Path, Status: e.Status, Outcome: e.Outcome.String(), Error: e.Error, Diagnosis: e.Diagnosis, Warnings: e.Warnings,
		Micros: e.Duration.Microseconds(),
	}
	if e.Fault != nil {
		out.Fault = &Struck{e.Fault.ID, e.Fault.Kind}
	}
	return out
}

func compiledOperation(c *specs.Contract, id string) *compiled {
	if c == nil {
		return nil
	}
	all, _ := compilationOf(c) // an exchange of a contract that does not compile there is none
	for _, op := range all.operations {
		if op.ID == id && op.ready() == nil {
			return op
		}
	}
	return nil
}

// shownParameter shows what the contract declares and does not mark as sensitive.
func shownParameter(op *compiled, name, v string) string {
	if op != nil && op.shows(name) {
		return v
	}
	return masked
}

// shows says whether the contract declares a parameter or form field and does not mark it as sensitive: what nobody
// declared may be anything, a secret sent along by mistake for one.
func (op *compiled) shows(name string) bool {
	if slices.Contains(op.secrets, name) {
		return false
	}
	for _, p := range op.parameters {
		if p.Name == name {
			return !p.secret
		}
	}
	for _, b := range op.bodies {
		if b.base == formMediaType && b.schema != nil && b.schema.Describes(name) {
			return true
		}
	}
	return false
}

// shownPath is the path of a call, with the values of parameters masked that the contract marks as sensitive.
func (x *exchange) shownPath() string {
	if x.op == nil || !x.op.secretPath {
		return shownPath(x.path)
	}
	own := x.path
	for range strings.Count(x.op.Path, "/") {
		own = own[:max(strings.LastIndexByte(own, '/'), 0)]
	}
	path := x.op.Path
	for i, name := range x.op.pathNames {
		text := masked
		if i < len(x.values) && x.op.shows(name) {
			text = url.PathEscape(x.values[i])
		}
		path = strings.Replace(path, "{"+name+"}", text, 1)
	}
	return shownPath(own + path)
}

// shownPath cuts a path where a caller has put parameters by mistake: they may hold a token.
func shownPath(path string) string {
	cut := strings.IndexAny(path, "?&;=")
	if strings.Contains(path, "%") {
		plain := strings.ToUpper(path)
		for _, escaped := range []string{"%3F", "%26", "%3B", "%3D"} {
			if i := strings.Index(plain, escaped); i >= 0 && (cut < 0 || i < cut) {
				cut = i
			}
		}
	}
	if cut >= 0 {
		path = path[:cut] + "…"
	}
	return clip(path)
}

const masked = "***"

func shownBody(op *compiled, b journal.Body, request bool) Body {
	out := Body{MediaType: b.MediaType, Bytes: b.Bytes}
	if op == nil || b.Schema == "" || len(b.Text) == 0 {
		return out
	}
	for _, known := range op.bodiesOf(request) {
		if known.Schema != b.Schema || known.base != b.MediaType || known.schema == nil {
			continue
		}
		v, ok := op.read(&known, b)
		if !ok {
			return out
		}
		out.Value = known.schema.Sensitive(v, func(_ string, v any) any {
			if _, ok := v.(json.Number); ok {
				return json.Number("0")
			}
			return masked
		})
		if auth := op.Wire.Auth; request && auth != nil {
			for pointer := range auth.Fields {
				if holder, name := memberAt(out.Value, pointer); holder[name] != nil {
					holder[name] = masked
				}
			}
		}
	}
	return out
}

// read decodes a kept body. The forms of a contract that says more about them than OpenAPI can are among the parameters.
func (op *compiled) read(as *body, b journal.Body) (any, bool) {
	if !isJSON(b.MediaType) && op.Wire.Formats == nil && op.Wire.Route == nil && (b.MediaType == formMediaType || strings.HasSuffix(b.MediaType, "xml")) {
		v, err := media.Decode(&as.MediaType, as.schema, b.MediaType, b.Text)
		return v, err == nil
	}
	v, failed := wire.DecodeJSON(b.Text, wire.JSONOptions{DuplicateNames: true})
	return v, failed == nil
}

func (op *compiled) bodiesOf(request bool) []body {
	if request {
		return op.bodies
	}
	var all []body
	for _, r := range op.replies {
		all = append(all, r.bodies...)
	}
	return all
}
