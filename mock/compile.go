package mock

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"understudy/mock/behave"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/match"
	"understudy/mock/internal/media"
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
	issues     bool // some operation takes tokens that another one issues
	operations []*operation
}

// operation is an operation with the credentials in force.
type operation struct {
	*compiled
	vendor *vendor
	cipher *wire.Cipher // nil when nothing is sealed
	signer *wire.Signer // nil when nothing is signed
	step   behave.Step  // nil when the vendor has no behaviour for it
}

// compiled is what can be made of an operation once for all sessions, whatever their credentials. What costs time is made
// at the operation's first call; see [compiled.ready].
type compiled struct {
	*specs.Operation
	of          *compilation
	sealPart    string // what of replies is sealed: body, the JSON pointer of a member, or "" for nothing
	sealFailure bool   // failures are sealed as well as successes
	openBody    bool   // the whole request body is sealed
	openPart    string // the JSON pointer of the member of the body that is sealed, "" for none
	lists       schema.Lists
	json        wire.JSONOptions // how strictly a JSON body is read
	pathNames   []string         // of the template, in its order
	cookies     bool             // there are parameters in cookies
	wired       []string         // query parameters that the wire has: of gateway, signature and security schemes
	secrets     []string         // those of them that are credentials
	secretPath  bool             // a value in the path is not shown

	once       sync.Once
	unsound    error
	parameters []parameter
	table      table // of the parameters
	bodies     []body
	replies    []reply
	usual      reply  // what is answered when all is well
	challenge  string // what a 401 asks for, as WWW-Authenticate tells it
	// asked is the part of the body that was read first of all, as a JSON pointer; nil until one was.
	asked atomic.Pointer[string]
	// size is how long the last reply was: the next one is written into a buffer of that size.
	size atomic.Int64
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
	// secret says that its value is not shown.
	secret bool
}

type body struct {
	specs.MediaType
	base     string // the media type without parameters, lower case
	schema   *schema.Schema
	examples []example
	// sealed is the schema of what a sealed member opens to, nil where the document does not say. With inPlace the opened value
	// takes the member's place: the document describes it there.
	sealed  *schema.Schema
	inPlace bool
	// envelope is what stands around every success, as the schema writes it; nil for nothing.
	envelope any
	// frame is the same, compiled to be written around what a behaviour answers.
	frame *frame
}

// reply is what may be answered under one status, or under a range of them.
type reply struct {
	specs.Response
	// status is the one it stands for, 0 for a range and for default.
	status  int
	bodies  []body
	types   []string // of the bodies
	headers []header
}

type header struct {
	specs.Header
	schema *schema.Schema
	// given are its examples that keep the schema, broken those that do not.
	given  []generate.Named
	broken []generate.Problem
	// canonical is the name as it is sent, text what is sent for the first of them; fixed says that there is such a text.
	canonical, text string
	fixed           bool
}

// compilation is what can be made of a contract once.
type compilation struct {
	contract   *specs.Contract
	set        *schema.Set
	generator  *generate.Generator
	operations []*compiled
}

// catalogued says that the vendor's document has errors of its own; then it also decides what is no error.
func (c *compilation) catalogued() bool { return len(c.contract.Errors) > 0 }

// equip gives a contract the configured credentials, and development values where none are configured.
func equip(c *specs.Contract, configured Credentials) (*vendor, error) {
	v := &vendor{contract: c}
	all, err := compilationOf(c)
	if err != nil {
		return nil, err
	}
	if v.credentials, v.development, err = complete(c, configured); err != nil {
		return nil, err
	}
	v.accounts = accounts(v.credentials)
	v.tokenKey = tokenKey(c.Vendor, v.credentials)
	steps := behave.Steps(c)
	ciphers := map[*specs.Seal]*wire.Cipher{}
	signers := map[*specs.Sign]*wire.Signer{}
	var problems []error
	for _, o := range all.operations {
		op := &operation{compiled: o, vendor: v, step: steps[o.ID]}
		v.issues = v.issues || o.Wire.Auth != nil && o.Wire.Auth.Token == "jwt"
		if seal := o.Wire.Seal; seal != nil {
			if op.cipher = ciphers[seal]; op.cipher == nil {
				if op.cipher, err = newCipher(c.Vendor, seal, v.credentials); err != nil {
					problems = append(problems, err)
					continue
				}
				ciphers[seal] = op.cipher
			}
		}
		if sign := o.Wire.Sign; sign != nil {
			if op.signer = signers[sign]; op.signer == nil {
				if op.signer, err = wire.NewSigner(sign, textsOf(v.credentials)); err != nil {
					problems = append(problems, fmt.Errorf("%s.%w", c.Vendor, err))
					continue
				}
				signers[sign] = op.signer
			}
		}
		v.operations = append(v.operations, op)
	}
	return v, errors.Join(problems...)
}

// derivedKey is under which a contract keeps its compilation.
type derivedKey struct{}

// compilationOf compiles a contract, once for as long as the contract lives. Of a document that uses the vocabulary every
// schema has to compile, at once unless that is [proven]; an operation of a stranger's that cannot be compiled is refused
// when it is called.
func compilationOf(c *specs.Contract) (*compilation, error) {
	v, err := c.Derived(derivedKey{}, func() (any, error) { return compile(c) })
	if err != nil {
		return nil, err
	}
	return v.(*compilation), nil
}

func compile(c *specs.Contract) (*compilation, error) {
	all := &compilation{contract: c, set: schema.NewSet(c)}
	all.generator = generate.New(c, all.set)
	var problems []error
	eager := c.Extended && !proven(c)
	for _, o := range c.Operations {
		op := all.operation(o)
		all.operations = append(all.operations, op)
		if eager {
			problems = append(problems, op.ready())
		}
	}
	for id := range behave.Steps(c) {
		if _, ok := c.Operation(id); !ok {
			problems = append(problems, fmt.Errorf("%s: there is a behaviour for %q and no such operation in the contract", c.Vendor, id))
		}
	}
	return all, errors.Join(problems...)
}

// proven says that a contract is one of this module as it came, without readings and corrections: the tests compile all of
// those, so that a start need not.
func proven(c *specs.Contract) bool {
	if !c.Bundled {
		return false
	}
	own, err := specs.Load(c.Vendor)
	return err == nil && own == c
}

func (c *compilation) operation(o *specs.Operation) *compiled {
	op := &compiled{Operation: o, of: c, pathNames: match.Names(o.Path)}
	op.cookies = slices.ContainsFunc(o.Parameters, func(p specs.Parameter) bool { return p.In == "cookie" })
	op.nameWired()
	seal := op.Wire.Seal
	op.sealPart, op.sealFailure = seal.ResponsePart(), seal.SealsFailures()
	if op.openBody = seal.SealsBody(); !op.openBody {
		op.openPart = seal.RequestPart()
	}
	if f := op.Wire.Formats; f != nil {
		op.json.DuplicateNames = f.DuplicateNames == "last"
		switch f.Lists {
		case "wrapped":
			op.lists = schema.Wrapped
		case "plain":
			op.lists = schema.Simplified
		}
	}
	return op
}

// ready compiles the operation's schemas on its first use; the error says which of them is unsound, and where it stands.
func (op *compiled) ready() error {
	op.once.Do(func() {
		op.unsound = errors.New(op.ID + " was not compiled to its end") // a panic would leave it so
		op.unsound = op.prepare()
	})
	return op.unsound
}

func (op *compiled) prepare() (err error) {
	for _, p := range op.Parameters {
		one := parameter{Parameter: p}
		if one.schema, err = op.of.schema(p.Schema, schema.Request); err != nil {
			return err
		}
		one.secret = p.Sensitive != "" || one.schema.Hides()
		op.secretPath = op.secretPath || one.secret && p.In == "path"
		op.parameters = append(op.parameters, one)
	}
	op.tabulate()
	if op.Body != nil {
		if op.bodies, err = op.of.bodies(op.Body.Content, schema.Request); err != nil {
			return err
		}
	}
	for _, r := range op.Responses {
		one := reply{Response: r}
		one.status, _ = strconv.Atoi(r.Status)
		if one.bodies, err = op.of.bodies(r.Content, schema.Response); err != nil {
			return err
		}
		for i := range one.bodies {
			b := &one.bodies[i]
			b.examples = op.examples(b)
			b.frame = &frame{}
			if e := op.Wire.Envelope; e != nil && e.Success != nil {
				b.envelope = op.fitted(b, "", e.Success)
			}
			one.types = append(one.types, b.Type)
		}
		for _, h := range r.Headers {
			with := header{Header: h}
			if with.schema, err = op.of.schema(h.Schema, schema.Response); err != nil {
				return err
			}
			with.given, with.broken = op.of.generator.Examples(h.Examples, h.Schema, schema.Response)
			with.settle()
			one.headers = append(one.headers, with)
		}
		op.replies = append(op.replies, one)
	}
	op.usual = op.success()
	op.challenge = challenge(op)
	return op.compileSealed()
}

// schema compiles the schema at a pointer; nil where nothing is said.
func (c *compilation) schema(pointer string, view schema.View) (*schema.Schema, error) {
	if pointer == "" {
		return nil, nil
	}
	return c.set.CompileView(pointer, view)
}

func (c *compilation) bodies(content []specs.MediaType, view schema.View) (bodies []body, err error) {
	for _, m := range content {
		b := body{MediaType: m, base: baseOf(m.Type)}
		if b.schema, err = c.schema(m.Schema, view); err != nil {
			return nil, err
		}
		bodies = append(bodies, b)
	}
	if view == schema.Response { // of forms that a caller likes alike, one that is made for what it holds
		slices.SortStableFunc(bodies, func(a, b body) int { return a.makeshift() - b.makeshift() })
	}
	return bodies, nil
}

// makeshift is 1 for a form that is none for what it holds, such as text/plain for a list, else 0.
func (b *body) makeshift() int {
	if media.Makeshift(b.Type, b.schema) {
		return 1
	}
	return 0
}

// baseOf is a media type without parameters, in lower case.
func baseOf(mediaType string) string {
	base, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// newCipher makes the cipher from the credentials in force; a key of a wrong length is told here, at the start.
func newCipher(vendor string, seal *specs.Seal, credentials Credentials) (*wire.Cipher, error) {
	cipher, err := wire.NewSealCipher(seal, textsOf(credentials))
	if err != nil {
		return nil, fmt.Errorf("%s.%w", vendor, err)
	}
	return cipher, nil
}

// textsOf are the credentials that are one text, by slot.
func textsOf(credentials Credentials) map[string]string {
	texts := make(map[string]string, len(credentials))
	for slot, c := range credentials {
		if c.Text != "" {
			texts[slot] = c.Text
		}
	}
	return texts
}

// success finds what the operation answers when all is well: its first 2xx status, else what it says of others of that
// kind, else the first one that is no error.
func (op *compiled) success() reply {
	for _, r := range op.replies {
		if r.status >= 200 && r.status < 300 {
			return r
		}
	}
	for _, r := range op.replies {
		if r.Status == "2XX" || r.status >= 300 && r.status < 400 {
			return r.under(http.StatusOK)
		}
	}
	if r, ok := op.reply(http.StatusOK); ok {
		return r.under(http.StatusOK)
	}
	return reply{status: http.StatusOK}
}

// under is a reply with the status that it is answered with, where it stands for several.
func (r reply) under(status int) reply {
	if r.status == 0 {
		r.status = status
	}
	return r
}

// reply is what the contract says about a status: by itself, by a range such as 4XX, or by default; false when it says
// nothing.
func (op *compiled) reply(status int) (reply, bool) {
	best, rank := -1, 0
	for i, r := range op.replies {
		n := 0
		switch {
		case r.status == status:
			return r, true
		case len(r.Status) == 3 && r.Status[1:] == "XX" && int(r.Status[0]-'0') == status/100:
			n = 2
		case r.Status == "default":
			n = 1
		}
		if n > rank {
			best, rank = i, n
		}
	}
	if best < 0 {
		return reply{}, false
	}
	return op.replies[best].under(status), true
}
