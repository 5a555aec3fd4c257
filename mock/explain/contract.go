package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// operation is an operation of the contract with what explaining needs.
type operation struct {
	*specs.Operation
	parameters []parameter
	bodies     []body
	replies    []body
	cipher     *wire.Cipher // nil when nothing is sealed
	signer     *wire.Signer // nil when nothing is signed
	openBody   bool
	openPart   string // the JSON pointer of the sealed member of a body or field of a form, "" for none
	replyPart  string // what of replies is sealed: body, a JSON pointer, or "" for nothing
	sealed
}

// sealed is what a contract says of the sealed part of a body.
type sealed struct {
	opened  func() *schema.Schema // of what the part opens to; it gives nil when nothing says
	inPlace bool                  // the body's own schema describes the part as it is once opened
}

type parameter struct {
	specs.Parameter
	schema func() *schema.Schema
}

type body struct {
	specs.MediaType
	base    string
	status  string // of the response; "" for a request's
	schema  func() *schema.Schema
	members []string // the names of its object's members, at the first level
	sealed
}

// compilation compiles schemas when they are needed: a foreign contract may have thousands, and some of them unsound.
type compilation struct {
	contract *specs.Contract
	set      *schema.Set
	// sound holds all schemas to compile at once, as those of a document that uses the vocabulary have to.
	sound    bool
	problems []error
}

// schema gives nil where the contract says nothing, or nothing that compiles.
func (c *compilation) schema(pointer string, view schema.View) func() *schema.Schema {
	if pointer == "" {
		return func() *schema.Schema { return nil }
	}
	if c.sound {
		_, err := c.set.CompileView(pointer, view)
		c.problems = append(c.problems, err)
	}
	return sync.OnceValue(func() *schema.Schema {
		s, err := c.set.CompileView(pointer, view)
		if err != nil {
			return nil
		}
		return s
	})
}

func (e *Explainer) compile() ([]*operation, error) {
	c := &compilation{contract: e.contract, set: schema.NewSet(e.contract), sound: e.contract.Extended}
	ciphers := map[*specs.Seal]*wire.Cipher{}
	signers := map[*specs.Sign]*wire.Signer{}
	var list []*operation
	for _, o := range e.contract.Operations {
		op := &operation{Operation: o}
		for _, p := range o.Parameters {
			op.parameters = append(op.parameters, parameter{Parameter: p, schema: c.schema(p.Schema, schema.Request)})
		}
		if o.Body != nil {
			op.bodies = e.compileBodies(c, o.Body.Content, schema.Request)
		}
		for _, r := range o.Responses {
			some := e.compileBodies(c, r.Content, schema.Response)
			for i := range some {
				some[i].status = r.Status
			}
			op.replies = append(op.replies, some...)
		}
		if err := e.compileSeal(op, ciphers); err != nil {
			return nil, err
		}
		op.sealed = c.part(op.bodies, op.openPart, schema.Request)
		for i := range op.replies {
			op.replies[i].sealed = c.part(op.replies[i:i+1], op.replyPart, schema.Response)
		}
		if sign := o.Wire.Sign; sign != nil && sign.Scheme != specs.SchemeTOP {
			if op.signer = signers[sign]; op.signer == nil {
				made, err := wire.NewSigner(sign, e.credentials)
				if err != nil {
					return nil, fmt.Errorf("%s.%w", e.contract.Vendor, err)
				}
				signers[sign], op.signer = made, made
			}
		}
		list = append(list, op)
	}
	return list, errors.Join(c.problems...)
}

func (e *Explainer) compileBodies(c *compilation, content []specs.MediaType, view schema.View) []body {
	var list []body
	for _, m := range content {
		base, _, _ := strings.Cut(m.Type, ";")
		b := body{MediaType: m, base: strings.ToLower(strings.TrimSpace(base)), schema: c.schema(m.Schema, view)}
		if m.Schema != "" {
			b.members = e.members(m.Schema, 8)
		}
		list = append(list, b)
	}
	return list
}

// part finds what the sealed part of the first of some bodies that has it opens to.
func (c *compilation) part(bodies []body, part string, view schema.View) sealed {
	for _, b := range bodies {
		if pointer, inPlace, ok := c.contract.SealedSchema(b.Schema, part); ok && pointer != "" && strings.HasPrefix(part, "/") {
			return sealed{c.schema(pointer, view), inPlace}
		}
	}
	return sealed{opened: c.schema("", view)}
}

func (e *Explainer) compileSeal(op *operation, ciphers map[*specs.Seal]*wire.Cipher) error {
	seal := op.Wire.Seal
	if seal == nil {
		return nil
	}
	if op.cipher = ciphers[seal]; op.cipher == nil {
		made, err := wire.NewSealCipher(seal, e.credentials)
		if err != nil {
			return fmt.Errorf("%s.%w", e.contract.Vendor, err)
		}
		ciphers[seal], op.cipher = made, made
	}
	op.replyPart = seal.ResponsePart()
	if op.openBody = seal.SealsBody(); !op.openBody {
		op.openPart = seal.RequestPart()
	}
	return nil
}

// members lists the names that an object at a schema's pointer may have, through references and alternatives.
func (e *Explainer) members(pointer string, depth int) []string {
	v, ok := e.contract.Value(pointer)
	m, isObject := v.(map[string]any)
	if !ok || !isObject || depth == 0 {
		return nil
	}
	if ref, ok := m["$ref"].(string); ok {
		if local, ok := strings.CutPrefix(ref, "#"); ok {
			return e.members(local, depth-1)
		}
		return nil
	}
	names := e.contract.Names(pointer + "/properties")
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		if list, ok := m[keyword].([]any); ok {
			for i := range list {
				names = append(names, e.members(fmt.Sprintf("%s/%s/%d", pointer, keyword, i), depth-1)...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// shows says whether the contract declares a parameter or form field and does not mark it as sensitive.
func (op *operation) shows(name string) bool {
	if op.Security != nil && op.Security.Key == name {
		return false
	}
	for _, p := range op.parameters {
		if p.Name == name {
			return p.Sensitive == ""
		}
	}
	for _, b := range op.bodies {
		if b.base == formMediaType && b.describes(name) {
			return true
		}
	}
	return false
}

// describes says whether the body's object has a member of that name that is not marked as sensitive.
func (b body) describes(name string) bool {
	s := b.schema()
	return s != nil && s.Describes(name)
}

// isForm says whether the operation's body is a form.
func (op *operation) isForm() bool {
	return len(op.bodies) > 0 && op.bodies[0].base == formMediaType
}

// placeOf is where the contract has a parameter: in the query, or in the form.
func (op *operation) placeOf(name string) string {
	for _, p := range op.parameters {
		if p.Name == name && p.In == wire.InQuery {
			return wire.InQuery
		}
	}
	for _, l := range op.locations() {
		if l.Name() == name && (l.Place() == specs.PlaceQuery || l.Place() == specs.PlaceParameter && !op.isForm()) {
			return wire.InQuery
		}
	}
	return wire.InForm
}

// locations are where a composed scheme has the signature and what belongs to it, the signature first.
func (op *operation) locations() []specs.Location {
	s := op.Wire.Sign
	if op.signer == nil {
		return nil
	}
	var list []specs.Location
	for _, at := range []string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
		if at != "" {
			list = append(list, specs.Location(at))
		}
	}
	return list
}
