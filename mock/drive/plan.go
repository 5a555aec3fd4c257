package drive

import (
	"fmt"
	"strings"
	"sync"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// plan is an operation compiled for calling.
type plan struct {
	*specs.Operation
	parameters []parameter
	// media is the form of the body to send; nil when the operation takes none.
	media *specs.MediaType
	body  *schema.Schema
	shape *shape // of the body
	// sealed is the member of the body that is sealed, "" for none; held its schema.
	sealed  string
	held    *schema.Schema
	replies []reply
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
	shape  *shape
}

// reply is one form of an answer under one status.
type reply struct {
	status string // as in the contract: 200, 2XX, default
	media  string
	schema *schema.Schema
	shape  *shape
}

// plan compiles an operation on its first use.
func (c *Client) plan(operation string) (*plan, error) {
	op, ok := c.contract.Operation(operation)
	if !ok {
		failed := &OperationError{Vendor: c.contract.Vendor, Operation: operation}
		for _, op := range c.contract.Operations {
			failed.Known = append(failed.Known, op.ID)
		}
		return nil, failed
	}
	return c.compiled.plan(op)
}

// compiled is what can be made of a contract once, whoever calls.
type compiled struct {
	contract *specs.Contract
	mu       sync.Mutex
	set      *schema.Set
	shapes   *shapes
	plans    map[string]*plan
}

// compiledKey is under which a contract keeps it.
type compiledKey struct{}

func compiledOf(c *specs.Contract) (*compiled, error) {
	v, err := c.Derived(compiledKey{}, func() (any, error) {
		return &compiled{
			contract: c, set: schema.NewSet(c), shapes: &shapes{contract: c, known: map[string]*shape{}}, plans: map[string]*plan{},
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*compiled), nil
}

func (c *compiled) plan(op *specs.Operation) (*plan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.plans[op.ID]; p != nil {
		return p, nil
	}
	p, err := c.compile(op)
	if err == nil {
		c.plans[op.ID] = p
	}
	return p, err
}

func (c *compiled) compile(op *specs.Operation) (*plan, error) {
	p := &plan{Operation: op}
	var err error
	for _, declared := range op.Parameters {
		one := parameter{Parameter: declared, shape: c.shapes.at(declared.Schema)}
		if one.schema, err = c.compileSchema(declared.Schema); err != nil {
			return nil, err
		}
		p.parameters = append(p.parameters, one)
	}
	if op.Body != nil {
		if err := c.compileBody(p); err != nil {
			return nil, err
		}
	}
	for _, r := range op.Responses {
		for _, m := range r.Content {
			one := reply{status: r.Status, media: base(m.Type), shape: c.shapes.at(m.Schema)}
			if one.schema, err = c.compileSchema(m.Schema); err != nil {
				return nil, err
			}
			p.replies = append(p.replies, one)
		}
	}
	return p, nil
}

// compileBody picks the first form of the body that can be written.
func (c *compiled) compileBody(p *plan) error {
	for i, m := range p.Body.Content {
		if b := base(m.Type); b == formType || isJSON(b) {
			p.media = &p.Body.Content[i]
			break
		}
	}
	if p.media == nil {
		return fmt.Errorf("%s: %s takes a body that is neither JSON nor a form, and no other can be written yet", c.contract.Position(p.Pointer), p.ID)
	}
	p.shape = c.shapes.at(p.media.Schema)
	var err error
	if p.body, err = c.compileSchema(p.media.Schema); err != nil {
		return err
	}
	if p.sealed = p.Wire.Seal.SealedMember(); p.sealed == "" {
		return nil
	}
	if member := p.shape.member(p.sealed); member != nil {
		if held := member.held(); held != nil {
			p.held, err = c.compileSchema(held.pointer)
		}
	}
	return err
}

// compileSchema is nil where nothing is said.
func (c *compiled) compileSchema(pointer string) (*schema.Schema, error) {
	if pointer == "" {
		return nil, nil
	}
	return c.set.Compile(pointer)
}

func (p *plan) parameter(name string) *parameter {
	for i := range p.parameters {
		if p.parameters[i].Name == name {
			return &p.parameters[i]
		}
	}
	return nil
}

// cipher is made with the credentials; a key of a wrong length is an error that names its slot.
func (c *Client) cipher(p *plan) (*wire.Cipher, error) {
	s := p.Wire.Seal
	cfg := wire.CipherConfig{
		Algorithm: s.Cipher, Mode: s.Mode, Padding: s.Padding, Encoding: wire.Encoding(s.Encoding), Strict: len(s.Reads) < 2,
		Others: map[string]string{},
	}
	for slot, one := range c.config.Credentials {
		if one.Text != "" {
			cfg.Others[slot] = one.Text
		}
	}
	var err error
	if cfg.Key, err = c.material(s.Key); err != nil {
		return nil, err
	}
	if s.IV != nil {
		if cfg.IV, err = c.material(*s.IV); err != nil {
			return nil, err
		}
		if len(cfg.IV) != 16 {
			return nil, fmt.Errorf("%s.%s: its first %d characters are the cipher's iv and must be 16 bytes, not %d", p.Vendor, s.IV.Slot, s.IV.First, len(cfg.IV))
		}
	}
	cipher, err := wire.NewCipher(cfg)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", p.Vendor, s.Key.Slot, err)
	}
	return cipher, nil
}

func (c *Client) material(k specs.Key) ([]byte, error) {
	text, err := c.text(k.Slot)
	if runes := []rune(text); k.First > 0 && len(runes) > k.First {
		text = string(runes[:k.First])
	}
	return []byte(text), err
}

// base is a media type without parameters, in lower case.
func base(mediaType string) string {
	text, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(text))
}

func isJSON(base string) bool { return base == jsonType || strings.HasSuffix(base, "+json") }

func isXML(base string) bool {
	return strings.HasSuffix(base, "/xml") || strings.HasSuffix(base, "+xml")
}
