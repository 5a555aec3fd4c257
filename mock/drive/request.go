package drive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Request is a call that is ready to be sent. It holds secrets: its fields are for sending and for showing to their owner.
// Whoever wants to send something else may change Method, URL, Header and Body.
type Request struct {
	Operation *specs.Operation
	Method    string
	URL       string
	Header    http.Header
	// Body travels; Plain is the same before it was sealed, in the form that the contract describes, a sealed member
	// opened.
	Body, Plain []byte
	// Parameters are those of query and form in the order sent.
	Parameters []Parameter
	// Signed is the text that was signed, without the secret; "" where nothing is.
	Signed string
	// Problems are the rules of the contract that the request breaks.
	Problems []Problem
	// Login is the call that fetched the token; nil when none was made for this request.
	Login *Exchange

	plan *plan
}

// Parameter is one pair of the query or of a form.
type Parameter struct{ In, Name, Value string }

// String names the operation and nothing of what is sent.
func (r *Request) String() string { return r.Operation.Vendor + "." + r.Operation.ID }

// GoString gives what String gives.
func (r *Request) GoString() string { return r.String() }

// draft is a request on its way.
type draft struct {
	*plan
	request *Request
	given   map[string]any    // as the caller gave them, what is placed taken out
	absent  map[string]bool   // parameters that the caller gave as nil
	paths   map[string]string // escaped
	pairs   wire.Pairs        // in the query or, where a form travels, in the form
	// written are pairs that are escaped in another way than by the rules of forms.
	written map[wire.Pair]string
	// isForm says that the body is made of the pairs that stand in the form.
	isForm bool
	// seal makes of the body as the contract describes it the one that travels; nil where it is the same.
	seal func(plain []byte) ([]byte, error)
	// judge holds the body to the contract once it is signed; nil where that has been done.
	judge func() error

	// restored says that the call is a recorded one: its pairs stay where they came. below is its path below the server.
	restored bool
	below    string
	// bare leaves the credentials out, wrong takes ones that nobody issued, wrongSecret signs with another secret, late signs
	// for a time that is so long ago.
	bare, wrong, wrongSecret bool
	late                     time.Duration
}

// Prepare makes a request of values by name: parameters, and members of the body (see [Client.Set] and [Body]). Where
// parameters in several places share a name, or one has a name of the body, query:name, path:name, header:name, cookie:name
// and body:name say which is meant; the name alone means the first parameter. A parameter that is nil is left out. What the client fills in by itself — credentials, token, signature, the gateway's parameter,
// whatever has one value only — gives way to a value of that name.
//
// A vendor that issues tokens is asked for one first, if there is none from before. What the contract forbids stands in
// [Request.Problems]. Errors are *[OperationError], *[CredentialError], *[LoginError], and those of [Client.Send] for the
// login; nothing of a value stands in them.
func (c *Client) Prepare(ctx context.Context, operation string, values map[string]any) (*Request, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	d := &draft{
		plan: p, given: map[string]any{}, absent: map[string]bool{}, paths: map[string]string{}, written: map[wire.Pair]string{},
		request: &Request{Operation: p.Operation, plan: p, Method: p.Method, Header: http.Header{}},
	}
	for name, v := range values {
		d.given[name] = exact(v)
	}
	if r := p.Wire.Route; r != nil && !slices.Contains(r.Methods, d.request.Method) && len(r.Methods) > 0 {
		d.request.Method = r.Methods[0]
	}
	if err := c.placeParameters(d); err != nil {
		return nil, err
	}
	if err := c.placeToken(ctx, d); err != nil {
		return nil, err
	}
	c.placeSchemes(d)
	d.takeSigned()
	d.takeBody()
	if err := c.placeBody(d); err != nil {
		return nil, err
	}
	if d.Wire.Sign != nil && d.Wire.Sign.Scheme != specs.SchemeTOP {
		if err := c.compose(d); err != nil {
			return nil, err
		}
		return d.request, c.finish(d)
	}
	if err := d.sealBody(); err != nil {
		return nil, err
	}
	if err := c.sign(d); err != nil {
		return nil, err
	}
	return d.request, c.finish(d)
}

// usual is what a parameter is when nobody says: the operation's name at a gateway, the format that is read best, the only
// value there is. What a signature adds comes later.
func (c *Client) usual(p *plan, one parameter) (any, bool) {
	if r := p.Wire.Route; r != nil && r.Parameter == one.Name {
		return p.Path[strings.LastIndexByte(p.Path, '/')+1:], true
	}
	if f := p.Wire.Formats; f != nil && f.Parameter == one.Name && slices.Contains(one.shape.values, any("json")) {
		return "json", true
	}
	if v, single := one.shape.only(); single && one.Required && v != nil {
		return v, true
	}
	return nil, false
}

func (d *draft) missing(contract *specs.Contract, one parameter) {
	d.request.Problems = append(d.request.Problems, Problem{
		In: one.In, Pointer: one.Name, Keyword: "required", Expected: "a value", Got: "absent", Missing: true,
		At: contract.Position(one.Schema), Clause: contract.Source(one.Schema),
	})
}

// pair adds a parameter that may be declared or not; nil is left out.
func (d *draft) pair(name string, v any) {
	if v != nil {
		d.pairs = append(d.pairs, wire.Pair{Name: name, Value: textOf(v), In: wire.InQuery})
	}
}

// finish puts the pairs where they travel and makes the URL.
func (c *Client) finish(d *draft) error {
	u, err := c.address(d)
	if err != nil {
		return err
	}
	r := d.request
	inForm := d.isForm
	if route := d.Wire.Route; route != nil && !inForm && !d.restored {
		// A gateway reads both places; without a body of another kind the form has no bound on its length.
		inForm = len(r.Body) == 0 && slices.Contains(route.In, wire.InForm) && r.Method == http.MethodPost
	}
	var query, form wire.Pairs
	for _, p := range d.pairs {
		if inForm && (p.In == wire.InForm || d.Wire.Route != nil && !d.restored) {
			p.In = wire.InForm
			form = append(form, p)
		} else {
			p.In = wire.InQuery
			query = append(query, p)
		}
	}
	u.RawQuery = d.encode(query)
	r.URL = u.String()
	if inForm && form != nil {
		r.Body = []byte(d.encode(form))
		r.Plain = r.Body
		r.Header.Set("Content-Type", formType)
	}
	for _, p := range append(query, form...) {
		r.Parameters = append(r.Parameters, Parameter{p.In, p.Name, p.Value})
	}
	for name, list := range c.config.Header {
		r.Header[http.CanonicalHeaderKey(name)] = slices.Clone(list)
	}
	if d.accept != "" && r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", d.accept)
	}
	return nil
}

// encode writes pairs, each in its own way where it has one.
func (d *draft) encode(pairs wire.Pairs) string {
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		text, ok := d.written[p]
		if !ok {
			text = encode(wire.Pairs{p})
		}
		texts[i] = text
	}
	return strings.Join(texts, "&")
}

func encode(pairs wire.Pairs) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}
