package mock

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"understudy/mock/behave"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// vendor is a contract with the credentials in force.
type vendor struct {
	contract *specs.Contract
	// prefix is the path below which the vendor is served, "" when its paths are its own.
	prefix      string
	credentials Credentials
	development []string
	// accounts are what the listed tokens stand for, each once.
	accounts   []string
	tokenKey   []byte
	operations []*operation
}

// operation is an operation with the credentials in force.
type operation struct {
	*compiled
	vendor *vendor
	cipher *wire.Cipher // nil when nothing is sealed
	step   behave.Step  // nil when the vendor has no behaviour for it
}

// compiled is what can be made of an operation once for all sessions, whatever their credentials.
type compiled struct {
	*specs.Operation
	parameters []parameter
	bodies     []body
	replies    []reply
	sealed     *schema.Schema
	sealReply  bool
	// sealFailure says that failures are sealed as well as successes.
	sealFailure bool
	openBody    bool   // the whole request body is sealed
	openField   string // the member of the body that is sealed, "" for none
	lists       schema.Lists
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

// equip gives a contract the configured credentials, and development values where none are configured.
func equip(c *specs.Contract, configured Credentials) (*vendor, error) {
	v := &vendor{contract: c}
	operations, err := compiledOf(c)
	if err != nil {
		return nil, err
	}
	if v.credentials, v.development, err = complete(c, configured); err != nil {
		return nil, err
	}
	v.accounts = accounts(v.credentials)
	v.tokenKey = tokenKey(c.Vendor, v.credentials)
	steps := behave.Steps(c.Vendor)
	ciphers := map[*specs.Seal]*wire.Cipher{}
	var problems []error
	for _, o := range operations {
		op := &operation{compiled: o, vendor: v, step: steps[o.ID]}
		if seal := o.Wire.Seal; seal != nil {
			if op.cipher = ciphers[seal]; op.cipher == nil {
				if op.cipher, err = newCipher(c.Vendor, seal, v.credentials); err != nil {
					problems = append(problems, err)
					continue
				}
				ciphers[seal] = op.cipher
			}
		}
		v.operations = append(v.operations, op)
	}
	return v, errors.Join(problems...)
}

// derivedKey is under which a contract keeps its compiled operations.
type derivedKey struct{}

// compiledOf compiles a contract's operations, once for as long as the contract lives.
func compiledOf(c *specs.Contract) ([]*compiled, error) {
	v, err := c.Derived(derivedKey{}, func() (any, error) { return compile(c) })
	if err != nil {
		return nil, err
	}
	return v.([]*compiled), nil
}

func compile(c *specs.Contract) ([]*compiled, error) {
	set := schema.NewSet(c)
	var list []*compiled
	var problems []error
	for _, o := range c.Operations {
		op, err := compileOperation(c, o, set)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		list = append(list, op)
	}
	for id := range behave.Steps(c.Vendor) {
		if _, ok := c.Operation(id); !ok {
			problems = append(problems, fmt.Errorf("%s: there is a behaviour for %q and no such operation in the contract", c.Vendor, id))
		}
	}
	return list, errors.Join(problems...)
}

func compileOperation(c *specs.Contract, o *specs.Operation, set *schema.Set) (*compiled, error) {
	op := &compiled{Operation: o}
	var err error
	for _, p := range o.Parameters {
		one := parameter{Parameter: p}
		if p.Schema != "" {
			if one.schema, err = set.Compile(p.Schema); err != nil {
				return nil, err
			}
		}
		op.parameters = append(op.parameters, one)
	}
	if o.Body != nil {
		if op.bodies, err = compileBodies(o.Body.Content, set); err != nil {
			return nil, err
		}
	}
	for _, r := range o.Responses {
		one := reply{}
		if r.Status != "default" {
			if one.status, err = strconv.Atoi(r.Status); err != nil {
				return nil, fmt.Errorf("%s: %s: status %q is not supported yet: state the statuses one by one",
					c.Position(o.Pointer+"/responses/"+r.Status), o.ID, r.Status)
			}
		}
		if one.bodies, err = compileBodies(r.Content, set); err != nil {
			return nil, err
		}
		op.replies = append(op.replies, one)
	}
	if f := op.Wire.Formats; f != nil {
		switch f.Lists {
		case "wrapped":
			op.lists = schema.Wrapped
		case "plain":
			op.lists = schema.Simplified
		}
	}
	return op, op.compileSeal(c, set)
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

// compileSeal finds out which text is sealed, and which schema holds what a sealed member opens to.
func (op *compiled) compileSeal(c *specs.Contract, set *schema.Set) (err error) {
	seal := op.Wire.Seal
	op.sealReply, op.sealFailure = seal.SealsReplies(), seal.SealsFailures()
	op.openBody, op.openField = seal.SealsBody(), seal.SealedMember()
	if op.openField == "" {
		return nil
	}
	for _, b := range op.bodies {
		if pointer, ok := c.ContentSchema(b.Schema, op.openField); ok {
			if op.sealed, err = set.Compile(pointer); err != nil {
				return err
			}
		}
	}
	return nil
}

// newCipher makes the cipher from the credentials in force; a key of a wrong length is told here, at the start.
func newCipher(vendor string, seal *specs.Seal, credentials Credentials) (*wire.Cipher, error) {
	texts := make(map[string]string, len(credentials))
	for slot, c := range credentials {
		if c.Text != "" {
			texts[slot] = c.Text
		}
	}
	cipher, err := wire.NewSealCipher(seal, texts)
	if err != nil {
		return nil, fmt.Errorf("%s.%w", vendor, err)
	}
	return cipher, nil
}

// success is what the operation answers when all is well: its first 2xx status.
func (op *compiled) success() reply {
	for _, r := range op.replies {
		if r.status >= 200 && r.status < 300 {
			return r
		}
	}
	return reply{status: 200}
}

// reply is what the contract says about a status; false when it says nothing.
func (op *compiled) reply(status int) (reply, bool) {
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
