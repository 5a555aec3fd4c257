package story

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"understudy/mock/drive"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// call is a step's call, its values evaluated.
type call struct {
	client    *drive.Client
	operation *specs.Operation
	values    map[string]any
	// header, query and cookies are what the contract does not have; they are added as they are.
	header  http.Header
	query   url.Values
	cookies []string
	// contentType is a label that the operation does not declare, "" for its own.
	contentType string
	message     *arazzo.Message
	url         string
}

// compose evaluates what a step passes on.
func (f *flow) compose(s *arazzo.Step, t *trial) (*call, error) {
	source := f.Sources[s.Operation.Source]
	op, err := Operation(source.Contract, s.Operation)
	if err != nil {
		return nil, err
	}
	c := &call{
		operation: op, values: map[string]any{}, header: http.Header{}, query: url.Values{},
		message: &arazzo.Message{Header: http.Header{}, Query: map[string]any{}, Path: map[string]any{}},
	}
	session := f.session
	given := sessionGiven(s.Parameters)
	for _, p := range s.Parameters {
		v, err := p.Value.Evaluate(&t.scope)
		if err != nil {
			return nil, fmt.Errorf("the parameter %s: %w", p.Name, err)
		}
		if p == given && !declares(op, p) && !source.isControl() {
			session = arazzo.Text(v) // logging in belongs to the session as well
			continue
		}
		if err := c.place(p, v); err != nil {
			return nil, err
		}
	}
	if err := c.body(s, source, t); err != nil {
		return nil, err
	}
	c.client, err = f.client(s.Operation.Source, session)
	return c, err
}

func declares(op *specs.Operation, p *arazzo.Parameter) bool {
	return slices.ContainsFunc(op.Parameters, func(one specs.Parameter) bool { return one.In == p.In && sameName(p.In, one.Name, p.Name) })
}

// place puts a parameter where the operation has it.
func (c *call) place(p *arazzo.Parameter, v any) error {
	switch p.In {
	case "query":
		c.message.Query[p.Name] = v
	case "path":
		c.message.Path[p.Name] = v
	}
	for _, one := range c.operation.Parameters {
		if one.In == p.In && sameName(p.In, one.Name, p.Name) {
			c.values[one.In+":"+one.Name] = v
			return nil
		}
	}
	if key, ok := ownPlace(c.operation, p); ok {
		c.values[key] = v
		return nil
	}
	switch p.In {
	case "header":
		c.header.Set(p.Name, arazzo.Text(v))
	case "query":
		if c.operation.Body == nil {
			c.values[p.Name] = v
			return nil
		}
		c.query.Add(p.Name, arazzo.Text(v))
	case "cookie":
		c.cookies = append(c.cookies, p.Name+"="+url.PathEscape(arazzo.Text(v)))
	default:
		return fmt.Errorf("the operation %s has no parameter %s in its path %s", c.operation.ID, p.Name, c.operation.Path)
	}
	return nil
}

// ownPlace is the name under which the client takes a credential, a signature or what belongs to it, which need not be declared
// as a parameter.
func ownPlace(op *specs.Operation, p *arazzo.Parameter) (string, bool) {
	schemes := slices.Concat(op.Requirements...)
	if op.Security != nil {
		schemes = append(schemes, *op.Security)
	}
	for _, scheme := range schemes {
		if scheme.Key != "" && scheme.In == p.In && sameName(p.In, scheme.Key, p.Name) {
			return scheme.Key, true
		}
	}
	if s := op.Wire.Sign; s != nil {
		for _, at := range []string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
			l := specs.Location(at)
			name, place := at, l.Place()
			if place != "" {
				name = l.Name()
			}
			if name != "" && sameName(p.In, name, p.Name) && (place == p.In || place == "" && p.In == "query") {
				return name, true
			}
		}
	}
	if r := op.Wire.Route; r != nil && p.In == "query" && r.Parameter == p.Name {
		return p.Name, true
	}
	return "", false
}

// send prepares the call, adds what the contract does not have, and sends it.
func (c *call) send(ctx context.Context, r *run) (*drive.Exchange, error) {
	request, err := c.client.Prepare(ctx, c.operation.ID, c.values)
	if err != nil {
		return nil, err
	}
	r.report.Requests++
	if request.Login != nil {
		r.report.Requests++
	}
	for name, list := range c.header {
		request.Header[name] = list
	}
	for _, cookie := range c.cookies {
		if before := request.Header.Get("Cookie"); before != "" {
			cookie = before + "; " + cookie
		}
		request.Header.Set("Cookie", cookie)
	}
	if len(c.query) > 0 {
		if u, err := url.Parse(request.URL); err == nil {
			more := c.query.Encode()
			if u.RawQuery != "" {
				more = u.RawQuery + "&" + more
			}
			u.RawQuery = more
			request.URL = u.String()
		}
	}
	if c.contentType != "" && len(request.Body) > 0 {
		request.Header.Set("Content-Type", c.contentType)
	}
	c.url = request.URL
	c.message.Header = request.Header
	for _, p := range request.Parameters {
		if _, there := c.message.Query[p.Name]; !there {
			c.message.Query[p.Name] = p.Value
		}
	}
	if !c.message.HasBody && len(request.Plain) > 0 {
		c.message.Body, c.message.HasBody = ofText(string(request.Plain), "application/json"), true
	}
	return c.client.Send(ctx, request)
}
