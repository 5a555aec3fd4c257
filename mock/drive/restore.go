package drive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// RestoreError says that a recorded request cannot be made again.
type RestoreError struct {
	Vendor, Operation string
	// Reason says why; it holds no value.
	Reason string
}

// Error names the operation and the reason.
func (e *RestoreError) Error() string {
	return e.Vendor + "." + e.Operation + " cannot be sent again: " + e.Reason
}

// Restore makes of a request at contract level one that can be sent: path, parameters and body as they were recorded, the
// sealed part sealed again in the carrier and the encoding that it had, and what belongs to the wire alone made anew:
// credentials, a token (the vendor is asked for one if there is none from before), the gateway's parameters, key, time, nonce
// and signature. A credential or signature that was missing, wrong or too late is so again; in the place of a token that had
// ended stands one that nobody issued.
//
// What the contract forbids stands in [Request.Problems] and stops nothing. Errors are *[OperationError], *[CredentialError],
// *[LoginError], *[RestoreError] where nothing is left of the recorded body or the path is none, and those of [Client.Send]
// for the login; nothing of a value stands in them.
func (c *Client) Restore(ctx context.Context, operation string, r *scenarios.Request) (*Request, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	d := &draft{
		plan: p, given: map[string]any{}, absent: map[string]bool{}, paths: map[string]string{}, written: map[wire.Pair]string{},
		request: &Request{Operation: p.Operation, plan: p, Method: r.Method, Header: http.Header{}}, restored: true,
	}
	fail := func(reason string) error {
		return &RestoreError{Vendor: p.Vendor, Operation: p.ID, Reason: reason}
	}
	if r.Wire.Seal == scenarios.SealUnopened {
		return nil, fail("the recording could not open what was sealed, and has nothing of it")
	}
	if d.request.Method == "" {
		d.request.Method = p.Method
	}
	if d.below, err = belowOf(p.Operation, r.Path); err != nil {
		return nil, fail(err.Error())
	}
	d.restoreParameters(r)
	if err := c.restoreCredentials(ctx, d, r.Wire.Credential); err != nil {
		return nil, err
	}
	c.restoreSignature(d, r)
	if err := c.restoreBody(d, r); err != nil {
		return nil, err
	}
	if d.Wire.Sign != nil && d.Wire.Sign.Scheme != specs.SchemeTOP {
		if err := c.compose(d); err != nil {
			return nil, err
		}
	} else {
		if err := d.sealBody(); err != nil {
			return nil, err
		}
		if err := c.sign(d); err != nil {
			return nil, err
		}
	}
	d.settle()
	if err := c.finish(d); err != nil {
		return nil, err
	}
	d.request.Problems = c.restoredProblems(d, r)
	return d.request, nil
}

// belowOf is the path of a recorded request below the contract's server: as many steps of it as the operation's has. Behind a
// gateway there is one path for all.
func belowOf(op *specs.Operation, path string) (string, error) {
	if op.Wire.Route != nil {
		return op.Wire.Route.Path, nil
	}
	if path == "" {
		if strings.Contains(op.Path, "{") {
			return "", errNoPath
		}
		return op.Path, nil
	}
	own := path
	for range strings.Count(op.Path, "/") {
		own = own[:max(strings.LastIndexByte(own, '/'), 0)]
	}
	below := path[len(own):]
	u, err := url.Parse(below)
	if err != nil || below[0] != '/' || u.Host != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errNoPath
	}
	return below, nil
}

type pathError string

func (e pathError) Error() string { return string(e) }

const errNoPath = pathError("its path is no escaped path of a URL, beginning with a slash")

// restoreParameters puts the recorded parameters in their places.
func (d *draft) restoreParameters(r *scenarios.Request) {
	for _, one := range r.Parameters {
		switch one.In {
		case "header":
			d.request.Header.Add(one.Name, one.Value)
		case "cookie":
			text := one.Value // as it stood in the header
			if strings.ContainsAny(text, "; \t\r\n") {
				text = url.PathEscape(text)
			}
			d.cookie(one.Name + "=" + text)
		case wire.InForm:
			d.pairs = append(d.pairs, wire.Pair{Name: one.Name, Value: one.Value, In: wire.InForm})
			d.isForm = true
		case "path":
			d.below = strings.ReplaceAll(d.below, "{"+one.Name+"}", url.PathEscape(one.Value))
		default:
			d.pairs = append(d.pairs, wire.Pair{Name: one.Name, Value: one.Value, In: wire.InQuery})
		}
	}
	route := d.Wire.Route
	if route == nil {
		return
	}
	if _, n := d.pairs.Get(route.Parameter); n == 0 {
		d.pairs = append(d.pairs, wire.Pair{Name: route.Parameter, Value: d.Path[strings.LastIndexByte(d.Path, '/')+1:], In: wire.InQuery})
	}
}

// restoreCredentials puts the credentials in their places, or ones that are as wrong as those of the recording.
func (c *Client) restoreCredentials(ctx context.Context, d *draft, state string) error {
	switch state {
	case scenarios.Missing:
		d.bare = true
		return nil
	case scenarios.Invalid, scenarios.Stale:
		d.wrong = true
		c.placeWrong(d)
		return nil
	}
	if err := c.placeToken(ctx, d); err != nil {
		return err
	}
	c.placeSchemes(d)
	return nil
}

// placeWrong puts credentials that nobody issued where the first alternative has them.
func (c *Client) placeWrong(d *draft) {
	if a, scheme := d.Wire.Auth, d.Security; scheme != nil && a != nil && a.Security != "" {
		token := foreignToken
		if a.Token == "listed" {
			known, _ := c.listed(a.Slot)
			token = garbled(known)
		}
		if scheme.Bearer {
			token = "Bearer " + token
		}
		d.credential(scheme, token)
	}
	for _, alternative := range d.Requirements {
		for i := range alternative {
			scheme := &alternative[i]
			if d.spoken(scheme) || scheme.Type == "mutualTLS" || d.has(scheme) {
				continue
			}
			text := garbled(c.config.Credentials[scheme.Name].Text)
			if scheme.Scheme == "basic" {
				text = "understudy:" + text
			}
			d.credential(scheme, carriedBy(scheme, text))
		}
		if len(alternative) > 0 {
			return
		}
	}
}

// foreignToken has the form of a JWT (RFC 7519) and is signed by nobody: {"alg":"HS256","typ":"JWT"}, {"sub":"nobody"}.
const foreignToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJub2JvZHkifQ.bm9ib2R5LWlzc3VlZC10aGlz"

// garbled has other letters and digits in the places of a text's own.
func garbled(text string) string {
	if text == "" {
		return "nobody-issued-this"
	}
	turn := func(r, from, by, of rune) rune { return from + (r-from+by)%of }
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return turn(r, '0', 7, 10)
		case r >= 'a' && r <= 'f':
			return turn(r, 'a', 3, 6) // hexadecimal digits stay such
		case r >= 'A' && r <= 'F':
			return turn(r, 'A', 3, 6)
		case r >= 'g' && r <= 'z':
			return turn(r, 'g', 9, 20)
		case r >= 'G' && r <= 'Z':
			return turn(r, 'G', 9, 20)
		}
		return r
	}, text)
}

// restoreSignature says how the call is to be signed: as the recorded one was.
func (c *Client) restoreSignature(d *draft, r *scenarios.Request) {
	s := d.Wire.Sign
	if s == nil {
		return
	}
	parameter, method := s.Parameter, s.MethodParameter
	if s.Scheme != specs.SchemeTOP {
		parameter, method = specs.Location(parameter).Name(), specs.Location(method).Name()
	}
	switch r.Wire.Signed {
	case scenarios.Missing:
		d.absent[parameter] = true
	case scenarios.Invalid:
		d.wrongSecret = true
	case scenarios.Stale:
		d.late = 2*s.Within + time.Hour
	}
	if r.Wire.Digest == "" || method == "" {
		return
	}
	if _, n := d.pairs.Get(method); n == 0 && (s.Scheme == specs.SchemeTOP || specs.Location(s.MethodParameter).Place() == specs.PlaceParameter) {
		d.pairs = append(d.pairs, wire.Pair{Name: method, Value: r.Wire.Digest, In: wire.InQuery})
	}
}

// clock is the caller's, or one that is late on purpose.
func (c *Client) clock(d *draft) time.Time { return c.now().Add(-d.late) }

// secrets are the credentials that sign, by slot; those of a signature that is to be wrong are others.
func (c *Client) secrets(d *draft) map[string]string {
	texts := c.texts()
	if s := d.Wire.Sign; s != nil && d.wrongSecret {
		texts[s.Secret] = garbled(texts[s.Secret])
	}
	return texts
}

// settle puts what was added to the parameters where a gateway reads it.
func (d *draft) settle() {
	route := d.Wire.Route
	if route == nil || len(route.In) == 0 || slices.Contains(route.In, wire.InQuery) || d.request.Method != http.MethodPost {
		return
	}
	for i := range d.pairs {
		d.pairs[i].In = wire.InForm
	}
	d.isForm = true
}
