package mock

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"understudy/mock/behave"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// vendor is a contract compiled: everything that can be done once for all requests.
type vendor struct {
	contract    *specs.Contract
	credentials Credentials
	development []string
	tokenKey    []byte
	operations  []*operation
}

// operation is one operation compiled.
type operation struct {
	*specs.Operation
	vendor     *vendor
	parameters []parameter
	bodies     []body
	replies    []reply
	cipher     *wire.Cipher // nil when nothing is sealed
	sealed     *schema.Schema
	sealReply  bool
	openBody   bool   // the whole request body is sealed
	openField  string // the member of the body that is sealed, "" for none
	lists      schema.Lists
	step       behave.Step
	// size is how long the last reply was: the next one is written into a buffer of that size.
	size atomic.Int64
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
}

type body struct {
	specs.MediaType
	base   string // the media type without parameters, lower case
	schema *schema.Schema
}

// reply is what may be answered under one status.
type reply struct {
	status int // 0 stands for default
	bodies []body
}

func compile(c *specs.Contract, configured Credentials) (*vendor, error) {
	v := &vendor{contract: c}
	var err error
	if v.credentials, v.development, err = complete(c, configured); err != nil {
		return nil, err
	}
	v.tokenKey = tokenKey(c.Vendor, v.credentials)
	set := schema.NewSet(c)
	steps := behave.Steps(c.Vendor)
	var problems []error
	for _, o := range c.Operations {
		op, err := compileOperation(v, o, set)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		op.step = steps[o.ID]
		v.operations = append(v.operations, op)
	}
	for id := range steps {
		if _, ok := c.Operation(id); !ok {
			problems = append(problems, fmt.Errorf("%s: there is a behaviour for %q and no such operation in the contract", c.Vendor, id))
		}
	}
	return v, errors.Join(problems...)
}

func compileOperation(v *vendor, o *specs.Operation, set *schema.Set) (*operation, error) {
	op := &operation{Operation: o, vendor: v}
	var err error
	for _, p := range o.Parameters {
		compiled := parameter{Parameter: p}
		if p.Schema != "" {
			if compiled.schema, err = set.Compile(p.Schema); err != nil {
				return nil, err
			}
		}
		op.parameters = append(op.parameters, compiled)
	}
	if o.Body != nil {
		if op.bodies, err = compileBodies(o.Body.Content, set); err != nil {
			return nil, err
		}
	}
	for _, r := range o.Responses {
		compiled := reply{}
		if r.Status != "default" {
			if compiled.status, err = strconv.Atoi(r.Status); err != nil {
				return nil, fmt.Errorf("%s: %s: status %q is not supported yet: state the statuses one by one",
					v.contract.Position(o.Pointer+"/responses/"+r.Status), o.ID, r.Status)
			}
		}
		if compiled.bodies, err = compileBodies(r.Content, set); err != nil {
			return nil, err
		}
		op.replies = append(op.replies, compiled)
	}
	if op.Wire.Formats != nil && op.Wire.Formats.Lists == "wrapped" {
		op.lists = schema.Wrapped
	}
	return op, op.compileSeal(set)
}

func compileBodies(content []specs.MediaType, set *schema.Set) ([]body, error) {
	var bodies []body
	for _, m := range content {
		base, _, _ := strings.Cut(m.Type, ";")
		b := body{MediaType: m, base: strings.ToLower(strings.TrimSpace(base))}
		if m.Schema != "" {
			var err error
			if b.schema, err = set.Compile(m.Schema); err != nil {
				return nil, err
			}
		}
		bodies = append(bodies, b)
	}
	return bodies, nil
}

// compileSeal makes the cipher from the credentials in force; a key of a wrong length is told here, at the start.
func (op *operation) compileSeal(set *schema.Set) error {
	seal := op.Wire.Seal
	if seal == nil {
		return nil
	}
	c := wire.CipherConfig{
		Algorithm: seal.Cipher, Mode: seal.Mode, Padding: seal.Padding, Encoding: wire.Encoding(seal.Encoding),
		Key: keyMaterial(op.vendor.credentials, seal.Key),
	}
	if seal.IV != nil {
		c.IV = keyMaterial(op.vendor.credentials, *seal.IV)
		if len(c.IV) != 16 {
			return fmt.Errorf("%s.%s: its first %d characters are the cipher's iv and must be 16 bytes, not %d", op.Vendor, seal.IV.Slot, seal.IV.First, len(c.IV))
		}
	}
	cipher, err := wire.NewCipher(c)
	if err != nil {
		return fmt.Errorf("%s.%s: %w", op.Vendor, seal.Key.Slot, err)
	}
	op.cipher = cipher
	op.sealReply = slices.Contains(seal.Directions, "response")
	if !slices.Contains(seal.Directions, "request") {
		return nil
	}
	if seal.Part == "body" {
		op.openBody = true
		return nil
	}
	op.openField = strings.TrimPrefix(seal.Part, "/")
	for _, b := range op.bodies {
		pointer := b.Schema + "/properties/" + specs.EscapePointer(op.openField) + "/contentSchema"
		if _, ok := op.vendor.contract.Value(pointer); ok {
			if op.sealed, err = set.Compile(pointer); err != nil {
				return err
			}
		}
	}
	return nil
}

func keyMaterial(c Credentials, k specs.Key) []byte {
	text := c[k.Slot].Text
	if runes := []rune(text); k.First > 0 && len(runes) > k.First {
		text = string(runes[:k.First])
	}
	return []byte(text)
}

// success is what the operation answers when all is well: its first 2xx status.
func (op *operation) success() reply {
	for _, r := range op.replies {
		if r.status >= 200 && r.status < 300 {
			return r
		}
	}
	return reply{status: 200}
}

// reply is what the contract says about a status; false when it says nothing.
func (op *operation) reply(status int) (reply, bool) {
	byDefault := -1
	for i, r := range op.replies {
		if r.status == status {
			return r, true
		}
		if r.status == 0 {
			byDefault = i
		}
	}
	if byDefault >= 0 {
		return op.replies[byDefault], true
	}
	return reply{}, false
}
