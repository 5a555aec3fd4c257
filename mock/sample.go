package mock

import (
	"encoding/json"
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
}

// examples judges what a document gives for a body.
func (op *compiled) examples(b *body) []example {
	valid, broken := op.of.generator.Examples(b.Examples, b.Schema, schema.Response)
	var list []example
	for _, one := range b.Examples {
		whole, _ := op.of.contract.Value(one.Pointer)
		if text, ok := b.written(whole); ok {
			list = append(list, example{name: one.Name, value: text})
			continue
		}
		for _, v := range valid {
			if v.Pointer == one.Pointer {
				list = append(list, example{name: one.Name, value: v.Value, failure: op.isFailure(v.Value)})
			}
		}
		for i := range broken {
			if broken[i].Pointer == one.Pointer {
				list = append(list, example{name: one.Name, value: whole, broken: &broken[i]})
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
	out := &response{status: to.status}
	if !bodiless(to.status) && len(to.bodies) > 0 {
		b := to.named(named)
		if b == nil {
			b = x.preferredBody(to)
		}
		v, err := s.sampleValue(x, to.status, b, named)
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

// sampleValue is an example that is asked for as it stands, and all else in the envelope that the contract has for successes.
func (s *Server) sampleValue(x *exchange, status int, b *body, named string) (any, error) {
	dynamic := s.dynamic(x)
	success := status >= 200 && status < 300
	for _, e := range b.examples {
		switch {
		case named != "" && e.name == named:
			return e.value, nil
		case named == "" && !dynamic && e.broken == nil && !(success && e.failure):
			if success {
				return s.enveloped(x, b, e.value)
			}
			return e.value, nil
		}
	}
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
	source, options := x.source().Sub("body"), generate.Options{View: schema.Response, Dynamic: dynamic, At: x.now}
	v, err := x.op.of.generator.Value(b.Schema, source, options)
	if err != nil || !success {
		return v, err
	}
	// A schema that has successes and failures side by side may give a failure, which takes no envelope of a success.
	first, failed := s.enveloped(x, b, x.echoed(b, v))
	for i := 1; failed != nil && i < mostTries; i++ {
		if v, err = x.op.of.generator.Value(b.Schema, source.Index(i), options); err != nil {
			return nil, err
		}
		if v, err = s.enveloped(x, b, x.echoed(b, v)); err == nil {
			return v, nil
		}
	}
	return first, failed
}

// mostTries is how often a made value is looked for that the envelope of a success fits.
const mostTries = 32

// echoed gives a made representation the values that the path names it by: who asks for pet 7 gets pet 7. A parameter is
// meant for the member of its name, the last one also for id. What would break the schema stays as it was made.
func (x *exchange) echoed(b *body, v any) any {
	made, ok := v.(map[string]any)
	if !ok || len(x.op.pathNames) == 0 {
		return v
	}
	for i, name := range x.op.pathNames {
		member := name
		if _, has := made[member]; !has && i == len(x.op.pathNames)-1 && strings.HasSuffix(x.op.Path, "{"+name+"}") {
			member = "id"
		}
		before, has := made[member]
		asked, given := x.parameter[name]
		if !has || !given {
			continue
		}
		made[member] = asked
		if _, isText := before.(string); isText {
			if number, ok := asked.(json.Number); ok {
				made[member] = number.String()
			}
		}
		if b.schema.Validate(v) != nil {
			made[member] = before
		}
	}
	return v
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
