package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

// example is a value that the document gives for a body.
type example struct {
	name  string
	value any
	// broken says that it does not keep its own schema: it is answered only to who asks for it by name.
	broken *generate.Problem
}

// examples judges what a document gives for a body.
func (c *compilation) examples(b *body) []example {
	valid, broken := c.generator.Examples(b.Examples, b.Schema, schema.Response)
	var list []example
	for _, one := range b.Examples {
		for _, v := range valid {
			if v.Pointer == one.Pointer {
				list = append(list, example{name: one.Name, value: v.Value})
			}
		}
		for i := range broken {
			if broken[i].Pointer == one.Pointer {
				v, _ := c.contract.Value(one.Pointer)
				list = append(list, example{name: one.Name, value: v, broken: &broken[i]})
			}
		}
	}
	return list
}

// sampled answers from the contract alone: with the example that is asked for, else the first one that keeps its schema,
// else with a value made for the schema. The value is a function of seed, operation and the values in the path.
func (s *Server) sampled(x *exchange) (*response, *no) {
	to := x.op.success()
	if x.wish.status != 0 {
		to, _ = x.op.reply(x.wish.status) // there is one: the wish was checked
	}
	out, err := s.sample(x, to, x.wish.example)
	if err != nil {
		return nil, failure("no-answer", http.StatusNotImplemented, fmt.Errorf("%w; give an example that keeps the schema", err))
	}
	return out, nil
}

// sample makes a body for a reply, and its headers; named picks an example by its name, "" any.
func (s *Server) sample(x *exchange, to reply, named string) (*response, error) {
	out := &response{status: to.status}
	if !bodiless(to.status) && len(to.bodies) > 0 {
		b := to.named(named)
		if b == nil {
			b = x.preferredBody(to.bodies)
		}
		v, err := s.sampleValue(x, b, named)
		if err != nil {
			return nil, err
		}
		_, lists := x.format()
		if out, err = s.write(x, to.status, b, lists, v); err != nil {
			return nil, err
		}
	}
	return out, s.headers(x, to, nil, out)
}

// bodiless says whether a status never has a body (RFC 9110, sections 15.2, 15.3.5, 15.4.5).
func bodiless(status int) bool {
	return status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}

// named is the body that has an example of that name; nil for none.
func (r reply) named(name string) *body {
	if name == "" {
		return nil
	}
	for i, b := range r.bodies {
		if slices.ContainsFunc(b.examples, func(e example) bool { return e.name == name }) {
			return &r.bodies[i]
		}
	}
	return nil
}

func (s *Server) sampleValue(x *exchange, b *body, named string) (any, error) {
	dynamic := s.config.Dynamic
	if x.wish.dynamic != nil {
		dynamic = *x.wish.dynamic
	}
	for _, e := range b.examples {
		if named != "" && e.name == named || named == "" && !dynamic && e.broken == nil {
			return e.value, nil
		}
	}
	if b.Schema == "" {
		if isJSON(b.base) {
			return map[string]any{}, nil
		}
		return "", nil
	}
	return x.op.of.generator.Value(b.Schema, x.source().Sub("body"), generate.Options{View: schema.Response, Dynamic: dynamic, At: x.now})
}

// source is what decides a sampled reply.
func (x *exchange) source() fake.Source {
	return fake.New(x.seed, "sample", x.op.Vendor, x.op.ID).Sub(x.values...)
}

func isJSON(base string) bool { return base == "application/json" || strings.HasSuffix(base, "+json") }
