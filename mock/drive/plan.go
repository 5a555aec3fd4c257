package drive

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"

	multipartType = "multipart/form-data"
)

// plan is an operation compiled for calling.
type plan struct {
	*specs.Operation
	// ours says that the contract is one of this module's, or that the operation lies behind a gateway or has formats of its
	// own. Such documents leave more to custom than OpenAPI does: how a form holds a list, what an XML document's root is.
	ours       bool
	parameters []parameter
	// media is the form of the body to send; nil when the operation takes none.
	media *specs.MediaType
	body  *schema.Schema
	shape *shape // of the body
	// sealed is the member of the body that is sealed, "" for none; held its schema.
	sealed string
	held   *schema.Schema
	// inPlace says that the body's schema describes the sealed member as it is when opened.
	inPlace  bool
	replies  []reply
	declared []declared
	accept   string // the header Accept, "" for none
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
	stated *specs.MediaType
}

// declared is what the contract has for one status.
type declared struct {
	*specs.Response
	headers []header
}

type header struct {
	specs.Header
	schema *schema.Schema
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
	p := &plan{Operation: op, ours: c.contract.Bundled || op.Wire.Route != nil || op.Wire.Formats != nil}
	var err error
	for _, declared := range op.Parameters {
		one := parameter{Parameter: declared, shape: c.shapes.at(declared.Schema)}
		if one.schema, err = c.compileSchema(declared.Schema, schema.Any); err != nil {
			return nil, err
		}
		p.parameters = append(p.parameters, one)
	}
	if op.Body != nil && len(op.Body.Content) > 0 {
		if err := c.compileBody(p); err != nil {
			return nil, err
		}
	}
	for i := range op.Responses {
		if err := c.compileResponse(p, &op.Responses[i]); err != nil {
			return nil, err
		}
	}
	if !p.ours {
		p.accept = accept(op)
	}
	return p, nil
}

func (c *compiled) compileResponse(p *plan, r *specs.Response) (err error) {
	one := declared{Response: r}
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			continue // OpenAPI: the media types say it
		}
		of := header{Header: h}
		if of.schema, err = c.compileSchema(h.Schema, schema.Any); err != nil {
			return err
		}
		one.headers = append(one.headers, of)
	}
	p.declared = append(p.declared, one)
	for i, m := range r.Content {
		form := reply{status: r.Status, media: base(m.Type), shape: c.shapes.at(m.Schema), stated: &r.Content[i]}
		if form.schema, err = c.compileSchema(m.Schema, schema.Response); err != nil {
			return err
		}
		p.replies = append(p.replies, form)
	}
	return nil
}

// accept lists what the operation may answer with, in the order of the contract.
func accept(op *specs.Operation) string {
	var list []string
	for _, r := range op.Responses {
		for _, m := range r.Content {
			if !slices.Contains(list, m.Type) {
				list = append(list, m.Type)
			}
		}
	}
	if seal := op.Wire.Seal; seal != nil && seal.MediaType != "" && !slices.Contains(list, seal.MediaType) {
		list = append(list, seal.MediaType)
	}
	return strings.Join(list, ", ")
}

// compileBody picks a form of the body: JSON, else the first that can be written by what it means, else the first.
func (c *compiled) compileBody(p *plan) (err error) {
	content := p.Body.Content
	pick := func(is func(mediaType string) bool) {
		i := slices.IndexFunc(content, func(m specs.MediaType) bool { return is(m.Type) })
		if p.media == nil && i >= 0 {
			p.media = &content[i]
		}
	}
	if p.ours {
		pick(func(t string) bool { return base(t) == formType || isJSON(base(t)) })
	}
	pick(media.IsJSON)
	pick(media.Supported)
	if p.media == nil {
		p.media = &content[0]
	}
	p.shape = c.shapes.at(p.media.Schema)
	if p.body, err = c.compileSchema(p.media.Schema, schema.Request); err != nil {
		return err
	}
	part := p.Wire.Seal.RequestPart()
	if part == "" || p.Wire.Seal.SealsBody() {
		return nil
	}
	pointer, inPlace, ok := c.contract.SealedSchema(p.media.Schema, part)
	if p.inPlace = ok && inPlace; p.inPlace {
		return nil
	}
	if p.sealed = p.Wire.Seal.SealedMember(); p.shape.member(p.sealed) == nil {
		p.sealed = "" // it lies deeper
	}
	if ok && pointer != "" {
		p.held, err = c.compileSchema(pointer, schema.Request)
	}
	return err
}

// compileSchema is nil where nothing is said.
func (c *compiled) compileSchema(pointer string, v schema.View) (*schema.Schema, error) {
	if pointer == "" {
		return nil, nil
	}
	return c.set.CompileView(pointer, v)
}

// parameter finds a parameter by its name, or by its place and its name as in query:id; of several of a name the first.
func (p *plan) parameter(name string) *parameter {
	for i := range p.parameters {
		if one := &p.parameters[i]; one.Name == name || one.key() == name {
			return one
		}
	}
	return nil
}

// key names a parameter with its place.
func (p *parameter) key() string { return p.In + ":" + p.Name }

// label is what a parameter is called among the others: with its place where an earlier one has the name.
func (p *plan) label(one *parameter) string {
	if p.parameter(one.Name) == one {
		return one.Name
	}
	return one.key()
}

// cipher is made with the credentials; a key of a wrong length is an error that names its slot.
func (c *Client) cipher(p *plan) (*wire.Cipher, error) {
	s := p.Wire.Seal
	if _, err := c.text(s.Key.Slot); err != nil {
		return nil, err
	}
	if s.IV != nil && s.IV.Slot != "" {
		if _, err := c.text(s.IV.Slot); err != nil {
			return nil, err
		}
	}
	cipher, err := wire.NewSealCipher(s, c.texts())
	if err != nil {
		return nil, fmt.Errorf("%s.%w", p.Vendor, err)
	}
	return cipher, nil
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
