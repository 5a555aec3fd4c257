package record

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// callback is a call in the other direction that the contract has: the vendor's, at an address of its client's.
type callback struct {
	name, method string
	bodies       []calledBody
	// statuses are those that the contract has for the answer.
	statuses []string
}

// calledBody is one form of its body.
type calledBody struct {
	media  string
	schema *schema.Schema
	// written is the schema as it stands in the contract.
	written string
	// via is an operation whose request has the same schema, which says how the body is opened; nil for none.
	via *specs.Operation
}

// callbacksOf finds the callbacks of the operations and the webhooks of a contract, and behind them those that look otherwise
// under another reading of it: which one the vendor has, a recording is there to tell.
func callbacksOf(c *specs.Contract) ([]*callback, error) {
	list, err := callbacksUnder(c)
	if err != nil || len(list) == 0 {
		return list, err
	}
	for _, u := range c.Unclear {
		for _, reading := range u.Readings {
			other, err := c.With(map[string]string{u.ID: reading.Name})
			if err != nil || other == c {
				continue // it does not go with what is chosen
			}
			more, err := callbacksUnder(other)
			if err != nil {
				return nil, err
			}
			for _, one := range more {
				if !slices.ContainsFunc(list, one.same) {
					one.foreign()
					list = append(list, one)
				}
			}
		}
	}
	return list, nil
}

// same says whether another callback takes the same bodies.
func (c *callback) same(other *callback) bool {
	return c.name == other.name && slices.EqualFunc(c.bodies, other.bodies, func(a, b calledBody) bool { return a.media == b.media && a.written == b.written })
}

// foreign says that the callback is one of another reading, by which nothing can be opened.
func (c *callback) foreign() {
	for i := range c.bodies {
		c.bodies[i].via = nil
	}
}

// callbacksUnder are those of a contract as it stands.
func callbacksUnder(c *specs.Contract) ([]*callback, error) {
	set := schema.NewSet(c)
	var list []*callback
	add := func(at, name string) error {
		for _, method := range c.Names(resolved(c, at)) {
			one, err := callbackAt(c, set, resolved(c, at)+"/"+specs.EscapePointer(method), name, method)
			if err != nil {
				return err
			}
			if one != nil {
				list = append(list, one)
			}
		}
		return nil
	}
	for _, op := range c.Operations {
		all := op.Pointer + "/callbacks"
		for _, name := range c.Names(all) {
			at := resolved(c, all+"/"+specs.EscapePointer(name))
			for _, expression := range c.Names(at) {
				if err := add(at+"/"+specs.EscapePointer(expression), op.ID+"/"+name); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, name := range c.Names("/webhooks") {
		if err := add("/webhooks/"+specs.EscapePointer(name), "webhooks/"+name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// resolved follows a reference within the document.
func resolved(c *specs.Contract, pointer string) string {
	for range 10 {
		v, _ := c.Value(pointer)
		record, _ := v.(map[string]any)
		to, ok := record["$ref"].(string)
		if !ok || !strings.HasPrefix(to, "#/") {
			break
		}
		inner, err := url.PathUnescape(to[1:])
		if err != nil {
			break
		}
		pointer = inner
	}
	return pointer
}

// callbackAt reads one call; nil for what is none, or has no body to know it by.
func callbackAt(c *specs.Contract, set *schema.Set, at, name, method string) (*callback, error) {
	if !slices.Contains([]string{"post", "put", "patch"}, method) {
		return nil, nil
	}
	one := &callback{name: name + "/" + method, method: strings.ToUpper(method), statuses: c.Names(at + "/responses")}
	content := resolved(c, at+"/requestBody") + "/content"
	for _, mediaType := range c.Names(content) {
		pointer := content + "/" + specs.EscapePointer(mediaType) + "/schema"
		raw, ok := c.Value(pointer)
		if !ok {
			continue
		}
		compiled, err := set.Compile(pointer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Position(pointer), err)
		}
		one.bodies = append(one.bodies, calledBody{media: base(mediaType), schema: compiled, written: fmt.Sprint(raw), via: alike(c, pointer)})
	}
	if len(one.bodies) == 0 {
		return nil, nil
	}
	return one, nil
}

// alike is an operation that takes a body of the schema at a pointer.
func alike(c *specs.Contract, pointer string) *specs.Operation {
	want := resolved(c, pointer)
	for _, op := range c.Operations {
		if op.Body == nil {
			continue
		}
		for _, m := range op.Body.Content {
			if m.Schema != "" && resolved(c, m.Schema) == want {
				return op
			}
		}
	}
	return nil
}

// openCallback keeps a call of the vendor's at its client; false where the contract has none that it could be.
func (o *Opener) openCallback(h *Heard, x *scenarios.Exchange) bool {
	if len(o.callbacks) == 0 || h.Unkept || len(h.Body) == 0 {
		return false
	}
	v, failed := wire.DecodeJSON(h.Body, wire.JSONOptions{})
	if failed != nil {
		return false
	}
	label := base(h.Header.Get("Content-Type"))
	for _, one := range o.callbacks {
		if !strings.EqualFold(one.method, h.Method) {
			continue
		}
		for _, body := range one.bodies {
			if media.IsJSON(body.media) && (label == "" || media.IsJSON(label)) && body.fits(v) {
				o.takeCallback(h, x, one, body)
				return true
			}
		}
	}
	return false
}

// fits says whether a body is of this form. One that has nothing of what an object's schema names fits any such schema, and so
// says nothing.
func (b *calledBody) fits(v any) bool {
	if len(b.schema.Validate(v)) > 0 {
		return false
	}
	record, ok := v.(map[string]any)
	named := b.schema.Shape().Members()
	return !ok || len(named) == 0 || slices.ContainsFunc(named, func(name string) bool { _, there := record[name]; return there })
}

func (o *Opener) takeCallback(h *Heard, x *scenarios.Exchange, one *callback, body calledBody) {
	path, _ := cutSession(h.URL.EscapedPath())
	x.Callback = one.name
	x.Request = scenarios.Request{Method: h.Method, Path: path, MediaType: body.media, Body: h.Body, Wire: scenarios.Wire{Bytes: len(h.Body)}}
	if body.via != nil {
		// The same body at the operation that it has in common with, to be opened as it is there.
		at := *h
		at.Method = body.via.Method
		at.URL = &url.URL{Host: h.URL.Host, Path: concrete(body.via.Path)}
		if _, opened, _ := o.openRequest(&at); opened != nil && opened.Operation == body.via.ID {
			x.Request.Body, x.Request.Wire = opened.Request.Body, opened.Request.Wire
		}
	}
	foreignReply(h, x)
	if x.Response.Broken == "" && one.answers(h.Status) {
		x.Response.Outcome = scenarios.OutcomeOK
		if h.Status >= 400 {
			x.Response.Outcome = scenarios.OutcomeVendorError
		}
	}
}

// answers says whether the contract has a status for the answer.
func (c *callback) answers(status int) bool {
	code := strconv.Itoa(status)
	return slices.ContainsFunc(c.statuses, func(s string) bool {
		return s == code || s == "default" || strings.EqualFold(s, code[:1]+"XX")
	})
}

// concrete fills the parameters of a path with something.
func concrete(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.Contains(part, "{") {
			parts[i] = "1"
		}
	}
	return strings.Join(parts, "/")
}

// Callbacks are the names of the callbacks that are known by their bodies.
func (o *Opener) Callbacks() []string {
	names := map[string]bool{}
	for _, one := range o.callbacks {
		names[one.name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func escapePair(name, v string) string { return url.QueryEscape(name) + "=" + url.QueryEscape(v) }
