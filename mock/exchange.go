package mock

import (
	"net/http"
	"sync"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/session"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// exchange is one request on its way through the pipeline: what each stage has found out so far.
type exchange struct {
	server  *Server
	request *http.Request
	began   time.Time

	// read
	path  string // escaped, without the session prefix
	body  []byte
	query wire.Pairs
	form  wire.Pairs
	// formRead says that the body was read as a form.
	formRead bool
	// hangUp says that the connection ends with this exchange.
	hangUp bool

	// session
	named   string // the session that the caller named, made or not
	session *session.Session
	life    *life
	variant *variant
	now     time.Time // on its clock
	seed    int64

	// match
	place  *place
	op     *operation
	number int64
	values []string  // of the path template, in its order
	room   [3]string // where they usually stand

	// labelled says that the Content-Type is known: see [exchange.mediaType].
	labelled       bool
	label, charset string

	// authenticate
	token   string
	account string

	// unseal, decode
	opened   []byte // the body as the contract describes it
	media    *body
	decoded  any  // see [exchange.Value]
	hasBody  bool // there is one, JSON null included
	kept     bool // it is known to keep its schema
	waiting  bool // it is JSON that nobody has decoded yet
	part     schema.Part
	field    any // what the sealed member of the body held
	hasField bool
	signed   []byte // the body with its sealed member opened, where it was signed so
	// carrier and encoding are those of the ciphertext, memberText is what the sealed member of the body opened to.
	carrier, encoding string
	verified          bool // the signature is right
	memberText        []byte
	parameter         map[string]any

	// fault
	struck    *fault.Struck // what goes wrong with this call on purpose, nil for nothing
	preferred bool          // the caller itself asked for it
	judged    bool          // it is decided whether something does

	// prefer
	wish wish

	// answer
	world    *behave.World
	call     behave.Call
	replied  behave.Reply
	out      *response
	made     response // where the last one stands that was made for the call
	warnings []*diagnosis.Diagnosis
	requests string // the request id, once minted
}

// exchanges keeps the memory of exchanges that are over for those to come: each has more than a kilobyte.
type exchanges struct{ pool sync.Pool }

func (e *exchanges) take() *exchange {
	if x, ok := e.pool.Get().(*exchange); ok {
		return x
	}
	return &exchange{}
}

// give takes an exchange back that nobody holds any more. What the journal keeps has memory of its own.
func (e *exchanges) give(x *exchange) {
	*x = exchange{}
	e.pool.Put(x)
}

// Value implements [behave.Body]: the body as values, decoded when it is first asked for.
func (x *exchange) Value() any {
	if x.waiting {
		x.waiting = false
		x.decoded, _ = wire.DecodeJSON(x.opened, x.op.json) // it has passed as JSON before
	}
	return x.decoded
}

// At implements [behave.Body]: of a body that is not decoded, the one value alone is.
func (x *exchange) At(pointer string) any {
	if !x.waiting {
		return behave.Decoded{V: x.decoded}.At(pointer)
	}
	if raw := x.Raw(pointer); raw != nil {
		v, _ := wire.DecodeJSON(raw, x.op.json)
		return v
	}
	return nil
}

// Raw implements [behave.Body]. What is asked for first of an operation's body is looked for in later calls while their bodies
// are read, since it will be asked for again.
func (x *exchange) Raw(pointer string) []byte {
	if !x.kept || !isJSON(x.media.base) {
		return nil
	}
	if x.part.To > 0 && x.part.Pointer == pointer {
		return x.opened[x.part.From:x.part.To:x.part.To]
	}
	if x.op.asked.Load() == nil { // one part is enough: who reads several would have them take turns
		first := pointer
		x.op.asked.CompareAndSwap(nil, &first)
	}
	raw, _ := wire.Member(x.opened, pointer)
	return raw
}

// mediaType is the Content-Type of the request: the type without parameters, lower case, and the charset.
func (x *exchange) mediaType() (base, charset string) {
	if !x.labelled {
		x.labelled = true
		x.label, x.charset = mediaTypeOf(x.request)
	}
	return x.label, x.charset
}

// reply is the call's answer, in place of one that was made before.
func (x *exchange) reply(r response) *response {
	x.made = r
	return &x.made
}

// no is how a stage ends a call early. Exactly one of condition, errorID, refusal is set, or status alone: an HTTP status
// that a behaviour chose where there is no catalogue.
type no struct {
	// condition is why the vendor refuses; subject the parameter or member it is about.
	condition specs.Condition
	subject   string
	// errorID is the row of the catalogue, where a behaviour chose it.
	errorID string
	// refusal is the simulator's own "no", with its HTTP status and what to do about it.
	refusal string
	status  int
	detail  string

	diagnosis *diagnosis.Diagnosis
}

func vendorNo(c specs.Condition, subject string, d *diagnosis.Diagnosis) *no {
	return &no{condition: c, subject: subject, diagnosis: d}
}

func refuse(status int, id, detail string) *no {
	return &no{refusal: id, status: status, detail: detail, diagnosis: diagnosis.New(id)}
}

func (x *exchange) warn(d *diagnosis.Diagnosis) { x.warnings = append(x.warnings, d) }

// violated turns what a schema found into a "no" and its diagnosis; the first violation decides the condition.
func (x *exchange) violated(in string, violations []schema.Violation) *no {
	d := diagnosis.New("violates-contract")
	for _, v := range violations {
		d.Findings = append(d.Findings, diagnosis.Finding{
			In: in, Pointer: v.Pointer, Keyword: v.Keyword, Expected: v.Expected, Got: v.Got, Clause: v.Source, At: v.At.String(),
		})
	}
	first := violations[0]
	if first.Missing() && first.Pointer != "" {
		return vendorNo(specs.MissingParameter, first.Subject(), d)
	}
	return vendorNo(specs.InvalidParameter, first.Subject(), d)
}
