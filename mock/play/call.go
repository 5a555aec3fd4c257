package play

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/match"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// contract is a contract as a play needs it. It is safe for concurrent use.
type contract struct {
	*specs.Contract
	set *schema.Set

	mu    sync.Mutex
	calls map[string]*call
}

// call is an operation as a play needs it.
type call struct {
	*specs.Operation
	of *contract
	// path reads the values of the template; nil behind a gateway.
	path *match.Index[struct{}]
	// parameters are those of query, path, header and cookie, with their schemas.
	parameters []parameter
	bodies     []body
	// spread says that fields of the form may stand in the query as well.
	spread bool
	// nows are the places of a reply's envelope that hold the vendor's time.
	nows []string
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
}

// body is one form of a request body. sealed is the place of what the sealed member at the pointer part opens to; part is ""
// where the schema itself describes the opened value.
type body struct {
	specs.MediaType
	schema *schema.Schema
	part   string
	sealed schema.Place
}

type contractKey struct{}

// contractOf is what a play needs of a contract, made once.
func contractOf(c *specs.Contract) (*contract, error) {
	made, err := c.Derived(contractKey{}, func() (any, error) {
		return &contract{Contract: c, set: schema.NewSet(c), calls: map[string]*call{}}, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*contract), nil
}

// call compiles an operation at its first use.
func (c *contract) call(id string) (*call, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done, ok := c.calls[id]; ok {
		return done, nil
	}
	op, ok := c.Operation(id)
	if !ok {
		return nil, fmt.Errorf("%s has no operation %q", c.Vendor, id)
	}
	o := &call{Operation: op, of: c}
	if op.Wire.Route == nil {
		o.path = &match.Index[struct{}]{}
		if err := o.path.Add(op.Path, struct{}{}); err != nil {
			return nil, err
		}
	}
	o.spread = op.Wire.Route != nil || op.Wire.Formats != nil && len(op.Wire.Formats.Form) > 0
	for _, p := range op.Parameters {
		one := parameter{Parameter: p}
		var err error
		if one.schema, err = c.compile(p.Schema, schema.Request); err != nil {
			return nil, err
		}
		o.parameters = append(o.parameters, one)
	}
	if err := o.readBodies(); err != nil {
		return nil, err
	}
	if e := op.Wire.Envelope; e != nil {
		for _, template := range []any{e.Success, e.Error} {
			o.nows = append(o.nows, placesOf("", template, "$now")...)
		}
	}
	c.calls[id] = o
	return o, nil
}

func (c *contract) compile(pointer string, v schema.View) (*schema.Schema, error) {
	if pointer == "" {
		return nil, nil
	}
	return c.set.CompileView(pointer, v)
}

func (o *call) readBodies() error {
	if o.Body == nil {
		return nil
	}
	for _, m := range o.Body.Content {
		one := body{MediaType: m}
		var err error
		if one.schema, err = o.of.compile(m.Schema, schema.Request); err != nil {
			return err
		}
		if part := o.Wire.Seal.RequestPart(); strings.HasPrefix(part, "/") {
			if one.part, one.sealed, err = o.of.sealedAt(m.Schema, part, schema.Request); err != nil {
				return err
			}
		}
		o.bodies = append(o.bodies, one)
	}
	return nil
}

// sealedAt says where a member is sealed and what it opens to; the pointer is "" where the schema itself has that there.
func (c *contract) sealedAt(in, part string, v schema.View) (string, schema.Place, error) {
	pointer, inPlace, ok := c.SealedSchema(in, part)
	if !ok || inPlace {
		return "", schema.Place{}, nil
	}
	held, err := c.compile(pointer, v)
	return part, held.Place(), err
}

// placesOf lists the pointers at which a template holds a text.
func placesOf(pointer string, template any, text string) (list []string) {
	switch v := template.(type) {
	case string:
		if v == text {
			list = append(list, pointer)
		}
	case map[string]any:
		for name, item := range v {
			list = append(list, placesOf(pointer+"/"+specs.EscapePointer(name), item, text)...)
		}
	case []any:
		for i, item := range v {
			list = append(list, placesOf(fmt.Sprintf("%s/%d", pointer, i), item, text)...)
		}
	}
	slices.Sort(list)
	return list
}
