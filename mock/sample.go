package mock

import (
	"errors"
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
	// failure says that it is one of an error, where errors come under the status of a success: the same holds for it.
	failure bool
	// ready is what was written for it.
	ready *remembered
}

// examples judges what a document gives for a body.
func (op *compiled) examples(b *body) []example {
	valid, broken := op.of.generator.Examples(b.Examples, b.Schema, schema.Response)
	var list []example
	for _, one := range b.Examples {
		whole, _ := op.of.contract.Value(one.Pointer)
		if text, ok := b.written(whole); ok {
			list = append(list, example{name: one.Name, value: text, ready: &remembered{}})
			continue
		}
		for _, v := range valid {
			if v.Pointer == one.Pointer {
				list = append(list, example{name: one.Name, value: v.Value, failure: op.isFailure(v.Value), ready: &remembered{}})
			}
		}
		for i := range broken {
			if broken[i].Pointer == one.Pointer {
				list = append(list, example{name: one.Name, value: whole, broken: &broken[i], ready: &remembered{}})
			}
		}
	}
	return list
}

// sampled answers from the contract alone: with the example that is asked for, else the first one that keeps its schema,
// else with a value made for the schema. The value is a function of seed, operation and the values in the path.
func (s *Server) sampled(x *exchange) (*response, *no) {
	to := x.op.usual
	if x.wish.status != 0 {
		to, _ = x.op.reply(x.wish.status) // there is one: the wish was checked
	}
	out, err := s.sample(x, to, x.wish.example)
	var broken *brokenReply
	switch {
	case errors.As(err, &broken):
		return nil, failure("reply-breaks-contract", http.StatusInternalServerError, err)
	case err != nil:
		return nil, failure("no-answer", http.StatusNotImplemented, fmt.Errorf("%w; give an example that keeps the schema", err))
	}
	return out, nil
}

// sample makes a body for a reply, and its headers; named picks an example by its name, "" any.
func (s *Server) sample(x *exchange, to reply, named string) (*response, error) {
	out := x.reply(response{status: to.status})
	if !bodiless(to.status) && len(to.bodies) > 0 {
		b := to.named(named)
		if b == nil {
			b = x.preferredBody(to)
		}
		var err error
		if out, err = s.sampleBody(x, to.status, b, named); err != nil {
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

// sampleBody is an example that is asked for as it stands, and all else in the envelope that the contract has for successes.
func (s *Server) sampleBody(x *exchange, status int, b *body, named string) (*response, error) {
	_, lists := x.format()
	dynamic := s.dynamic(x)
	success := status >= 200 && status < 300
	for i := range b.examples {
		e := &b.examples[i]
		switch {
		case named != "" && e.name == named:
			return s.exampleBody(x, status, b, lists, e, nil)
		case named == "" && !dynamic && e.broken == nil && !(success && e.failure):
			if success {
				return s.exampleBody(x, status, b, lists, e, b.envelope)
			}
			return s.exampleBody(x, status, b, lists, e, nil)
		}
	}
	o := generate.Options{View: schema.Response, Dynamic: dynamic, At: x.now}
	if success && !b.schema.TakesListsOnly() {
		o.Given = x.givenByPath()
	}
	if b.schema != nil && b.Schema != "" && isJSON(b.base) && lists == schema.Plain && (!success || b.envelope == nil) {
		if out, ok := s.madeBody(x, status, b, o); ok {
			return out, nil
		}
	}
	v, err := s.madeValue(x, b, success, o)
	if err != nil {
		return nil, err
	}
	return s.write(x, status, b, lists, v)
}

// madeValue is a value made for a body's schema, or what stands for nothing where it has none.
func (s *Server) madeValue(x *exchange, b *body, success bool, o generate.Options) (any, error) {
	if b.Schema == "" {
		switch b.base {
		case formMediaType, "multipart/form-data":
			return map[string]any{}, nil
		}
		if isJSON(b.base) {
			return s.enveloped(x, b, map[string]any{})
		}
		return "", nil
	}
	source := x.source().Sub("body")
	v, err := x.op.of.generator.Value(b.Schema, source, o)
	if err != nil || !success {
		return v, err
	}
	// A schema that has successes and failures side by side may give a failure, which takes no envelope of a success.
	first, failed := s.enveloped(x, b, v)
	for i := 1; failed != nil && i < mostTries; i++ {
		if v, err = x.op.of.generator.Value(b.Schema, source.Index(i), o); err != nil {
			return nil, err
		}
		if v, err = s.enveloped(x, b, v); err == nil {
			return v, nil
		}
	}
	return first, failed
}

// mostTries is how often a made value is looked for that the envelope of a success fits.
const mostTries = 32

// givenByPath gives a made representation the values that the path names it by: who asks for pet 7 gets pet 7. A parameter is
// meant for the member of its name, the last one also for id. What would break the schema stays as it is made.
func (x *exchange) givenByPath() []generate.Given {
	if len(x.op.pathNames) == 0 {
		return nil
	}
	list := make([]generate.Given, 0, len(x.op.pathNames))
	for i, name := range x.op.pathNames {
		asked, ok := x.asked(name)
		if !ok {
			continue
		}
		given := generate.Given{Name: name, Value: asked}
		if i == len(x.op.pathNames)-1 && endsIn(x.op.Path, name) {
			given.Else = "id"
		}
		list = append(list, given)
	}
	return list
}

// endsIn says whether a template ends in a parameter.
func endsIn(path, name string) bool {
	rest, ok := strings.CutSuffix(path, "}")
	rest, last := strings.CutSuffix(rest, name)
	return ok && last && strings.HasSuffix(rest, "{")
}

// dynamic says whether made values are preferred to examples.
func (s *Server) dynamic(x *exchange) bool {
	if x.wish.dynamic != nil {
		return *x.wish.dynamic
	}
	return s.config.Dynamic
}

// source is what decides a sampled reply.
func (x *exchange) source() fake.Source {
	return fake.New(x.seed, "sample", x.op.Vendor, x.op.ID).Sub(x.values...)
}

func isJSON(base string) bool { return base == "application/json" || strings.HasSuffix(base, "+json") }
