package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"slices"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// OpenerConfig sets up an [Opener]. Contract is needed.
type OpenerConfig struct {
	// Contract is the vendor's, under the readings that are chosen.
	Contract *specs.Contract
	// Credentials are sets of them, by slot: the keys of several times, tried in this order for each body. What a set leaves
	// out has its development value. None at all means the development credentials alone.
	Credentials []mock.Credentials
}

// Heard is one exchange as it travelled, compression and chunks taken off its bodies.
type Heard struct {
	Method string
	// URL is whole, or begins with the path where the host is not known.
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Status is 0 where no answer came.
	Status      int
	ReplyHeader http.Header
	Reply       []byte
	// Broken says how the answer failed to come: one of the values of [scenarios.Response.Broken], "" for a whole one.
	Broken string
	// Unkept and ReplyUnkept say that a body travelled that is not here.
	Unkept, ReplyUnkept bool
	At                  time.Time
	Took                time.Duration
}

// Opener takes what was heard on the wire to contract level. It is safe for concurrent use.
type Opener struct {
	contract  *specs.Contract
	sets      []*keys
	places    *places
	callbacks []*callback
	wired     map[string]bool
}

// keys open what was sealed and verify what was signed under one set of credentials.
type keys struct {
	server *mock.Server
	client *drive.Client
	texts  []string
}

// maxHeard bounds a body that is opened, in bytes.
const maxHeard = 256 << 20

// NewOpener checks the configuration. Its errors name a slot, or a line of the contract, and hold no credential.
func NewOpener(config OpenerConfig) (*Opener, error) {
	c := config.Contract
	if c == nil {
		return nil, errors.New("record: OpenerConfig.Contract is nil; load one by specs.Load")
	}
	o := &Opener{contract: c, places: newPlaces(c), wired: wiredNames(c)}
	sets := config.Credentials
	if len(sets) == 0 {
		sets = []mock.Credentials{nil}
	}
	for i, given := range sets {
		k, err := newKeys(c, given)
		if err != nil && len(sets) > 1 {
			err = fmt.Errorf("set %d of the credentials: %w", i+1, err)
		}
		if err != nil {
			_ = o.Close()
			return nil, err
		}
		o.sets = append(o.sets, k)
	}
	var err error
	o.callbacks, err = callbacksOf(c)
	return o, err
}

func newKeys(c *specs.Contract, given mock.Credentials) (*keys, error) {
	server, err := mock.New(mock.Config{
		Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{c.Vendor: given},
		SignatureWindow: "off", MaxBodyBytes: maxHeard, ErrorLog: log.New(io.Discard, "", 0),
	})
	if err != nil {
		return nil, err
	}
	all, _ := server.Credentials(c.Vendor)
	client, err := drive.New(drive.Config{Contract: c, Credentials: all})
	k := &keys{server: server, client: client}
	for _, slot := range all {
		if slot.Text != "" {
			k.texts = append(k.texts, slot.Text)
		}
		for _, t := range slot.Tokens {
			k.texts = append(k.texts, t.Value)
		}
	}
	return k, err
}

// Contract is the one whose exchanges are opened.
func (o *Opener) Contract() *specs.Contract { return o.contract }

// Secrets are the credentials in force, all sets together: texts that must not stand in any recording.
func (o *Opener) Secrets() []string {
	var list []string
	for _, k := range o.sets {
		for _, text := range k.texts {
			if !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

// Close lets go of what the opener holds.
func (o *Opener) Close() error {
	var all error
	for _, k := range o.sets {
		all = errors.Join(all, k.server.Close(context.Background())) // nothing is under way
	}
	return all
}

// Open makes an exchange of what was heard. It always makes one: what no credentials open is kept without a body, what
// belongs to no operation without one. Nothing in it is masked, and it may hold what the contract does not describe.
func (o *Opener) Open(h *Heard) *scenarios.Exchange {
	x := &scenarios.Exchange{At: h.At, Took: h.Took, Session: sessionOf(h)}
	path, opened, by := o.openRequest(h)
	switch {
	case opened != nil && o.is(opened.Operation, h.Method):
		x.Operation, x.Request = opened.Operation, opened.Request
	case o.openCallback(h, x):
		return x
	default:
		o.foreign(h, path, x)
		return x
	}
	if h.Unkept {
		x.Request.Body, x.Request.MediaType, x.Request.Wire.Unkept = nil, "", true
		x.Request.Wire.Seal, x.Request.Wire.Signed = "", ""
	}
	o.openReply(h, x, by)
	o.credit(x)
	return x
}

// is says whether a call is the operation's. HEAD at the path of a GET is not: its answer lacks what the operation is judged by.
func (o *Opener) is(operation, method string) bool {
	op, ok := o.contract.Operation(operation)
	return ok && (method != http.MethodHead || op.Method == http.MethodHead)
}

// openRequest finds the path that is the contract's and the credentials that open the request.
func (o *Opener) openRequest(h *Heard) (path string, best *mock.Opened, by *keys) {
	first := o.sets[0]
	path, best = o.places.find(h.URL, func(path string) *mock.Opened {
		r, err := requestOf(h, path)
		if err != nil {
			return nil
		}
		return first.server.Open(r)
	})
	if best == nil || best.Operation == "" {
		return path, best, first
	}
	by = first
	for _, k := range o.sets[1:] {
		if mark(best) == bestMark {
			break
		}
		r, err := requestOf(h, path)
		if err != nil {
			break
		}
		if other := k.server.Open(r); mark(other) > mark(best) {
			best, by = other, k
		}
	}
	return path, best, by
}

const bestMark = 7

// mark says how well credentials fit a request.
func mark(o *mock.Opened) int {
	n := 0
	if o.Request.Wire.Seal != scenarios.SealUnopened {
		n += 4
	}
	if s := o.Request.Wire.Signed; s == "" || s == scenarios.Valid {
		n += 2
	}
	if c := o.Request.Wire.Credential; c == "" || c == scenarios.Valid {
		n++
	}
	return n
}

// requestOf is the request as a server would get it. What is asked of the simulator is none of the vendor's.
func requestOf(h *Heard, path string) (*http.Request, error) {
	r, err := http.NewRequest(h.Method, "http://recorded"+path, bytes.NewReader(h.Body))
	if err != nil {
		return nil, errors.New("the request has a method or a path that HTTP does not know")
	}
	r.URL.RawQuery = h.URL.RawQuery
	r.Header = http.Header{}
	for name, list := range h.Header {
		if !ownHeader(name) && name != "Content-Encoding" && name != "Transfer-Encoding" && name != "Content-Length" {
			r.Header[name] = slices.Clone(list)
		}
	}
	r.Host = h.URL.Host
	if len(h.Body) == 0 {
		r.Body = http.NoBody
	}
	return r, nil
}

// credit settles how credential and signature fared. The one who knows is the vendor: under other keys than the configured
// ones, or with a token that it has issued itself, what can be verified here says nothing.
func (o *Opener) credit(x *scenarios.Exchange) {
	w := &x.Request.Wire
	op, ok := o.contract.Operation(x.Operation)
	if !ok {
		return
	}
	if x.Response.Outcome == scenarios.OutcomeOK {
		w.Credential, w.Signed = taken(w.Credential), taken(w.Signed)
		return
	}
	about := map[specs.Condition]bool{}
	if row, ok := o.contract.Error(x.Response.Error); ok && x.Response.Error != "" {
		for _, one := range row.Conditions {
			about[conditionOf(one)] = true
		}
	}
	issued := op.Wire.Auth != nil && op.Wire.Auth.Token == "jwt"
	refused := about[specs.InvalidToken] || about[specs.WrongCredentials] || about[specs.ExpiredToken]
	if issued && w.Credential != scenarios.Missing && !refused {
		w.Credential = ""
	}
}

// taken is what is known of a credential or signature that the vendor took.
func taken(fared string) string {
	if fared == "" || fared == scenarios.Missing {
		return fared
	}
	return scenarios.Valid
}
