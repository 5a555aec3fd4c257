package explain

import (
	"fmt"
	"slices"
	"strings"

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
	openBody   bool
	openField  string
	openReply  bool
	opened     *schema.Schema // of what a sealed member opens to, nil when nothing says
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
}

type body struct {
	specs.MediaType
	base    string
	schema  *schema.Schema
	members []string // the names of its object's members, at the first level
}

func (e *Explainer) compile() ([]*operation, error) {
	set := schema.NewSet(e.contract)
	ciphers := map[*specs.Seal]*wire.Cipher{}
	var list []*operation
	for _, o := range e.contract.Operations {
		op := &operation{Operation: o}
		for _, p := range o.Parameters {
			one := parameter{Parameter: p}
			if p.Schema != "" {
				var err error
				if one.schema, err = set.Compile(p.Schema); err != nil {
					return nil, err
				}
			}
			op.parameters = append(op.parameters, one)
		}
		var err error
		if o.Body != nil {
			if op.bodies, err = e.compileBodies(o.Body.Content, set); err != nil {
				return nil, err
			}
		}
		for _, r := range o.Responses {
			some, err := e.compileBodies(r.Content, set)
			if err != nil {
				return nil, err
			}
			op.replies = append(op.replies, some...)
		}
		if err := e.compileSeal(op, set, ciphers); err != nil {
			return nil, err
		}
		list = append(list, op)
	}
	return list, nil
}

func (e *Explainer) compileBodies(content []specs.MediaType, set *schema.Set) ([]body, error) {
	var list []body
	for _, m := range content {
		base, _, _ := strings.Cut(m.Type, ";")
		b := body{MediaType: m, base: strings.ToLower(strings.TrimSpace(base))}
		if m.Schema != "" {
			var err error
			if b.schema, err = set.Compile(m.Schema); err != nil {
				return nil, err
			}
			b.members = e.members(m.Schema, 8)
		}
		list = append(list, b)
	}
	return list, nil
}

func (e *Explainer) compileSeal(op *operation, set *schema.Set, ciphers map[*specs.Seal]*wire.Cipher) error {
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
	op.openReply, op.openBody, op.openField = seal.SealsReplies(), seal.SealsBody(), seal.SealedMember()
	if op.openField == "" {
		return nil
	}
	for _, b := range op.bodies {
		if pointer, ok := e.contract.ContentSchema(b.Schema, op.openField); ok {
			var err error
			if op.opened, err = set.Compile(pointer); err != nil {
				return err
			}
		}
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
		if b.base == formMediaType && b.schema != nil && b.schema.Describes(name) {
			return true
		}
	}
	return false
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
	return wire.InForm
}
