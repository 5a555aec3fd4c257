// Package drive makes requests at a server as a vendor's client makes them, from the contract alone: it places the fields,
// fills in the credentials, logs in where the vendor issues tokens, signs, seals, sends, opens the reply and says what the
// contract has to say about it. The server may be the simulator or the vendor itself.
//
//	client, err := drive.New(drive.Config{Contract: contract, Credentials: credentials})
//	exchange, err := client.Call(ctx, "pullReservations", nil)
//
// Nothing here names a vendor: carriers, encodings, places and formats are what the contract says, also under other
// readings of it. Nothing here prints; an [Exchange] holds both sides, as they travelled and opened, secrets included.
package drive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"understudy/mock"
	"understudy/specs"
)

// DefaultTarget is where the simulator listens when nobody says otherwise.
const DefaultTarget = "http://localhost:8740"

const (
	maxReply    = 16 << 20
	usualWithin = 30 * time.Second
)

// Config sets up a [Client]. Only Contract is needed.
type Config struct {
	Contract *specs.Contract
	// Credentials are the caller's own, by slot (see [specs.Contract.Slots]). One that is left out is missed by the
	// operations that use it, and by no other.
	Credentials mock.Credentials
	// Target is the server's base URL; "" means [DefaultTarget]. A path in it is kept and is where the contract's paths
	// begin; without one they begin at the path of the contract's server with that host, or else of its first server
	// that has a path. The session prefix of the simulator (/~NAME) does not count as one.
	Target string
	// HTTP sends; nil means a client of its own. Redirects are never followed, and a client without a time limit gets
	// one of 30 seconds.
	HTTP *http.Client
	// Now is the caller's clock, for the time that a signed call carries; nil means time.Now.
	Now func() time.Time
	// Header goes along with every request: Understudy-Session, Prefer.
	Header http.Header
	// Account picks, of a list of tokens, the one that stands for it; "" is the first.
	Account string
	// FormField is the name under which a sealed text travels in a form, which no document states; "" means data.
	FormField string
	// Force sends what the contract forbids, as it is, to try a mistake. Fields that the contract does not know go into
	// the body, or into the query where there is none.
	Force bool
}

// Client calls the operations of one contract at one server. It is safe for concurrent use.
type Client struct {
	config   Config
	contract *specs.Contract
	target   *url.URL
	http     http.Client
	now      func() time.Time

	compiled *compiled

	login sync.Mutex // one login at a time
	token token
}

// New checks the configuration and returns a client. Nothing is sent.
func New(config Config) (*Client, error) {
	if config.Contract == nil {
		return nil, errors.New("drive: Config.Contract is nil; load one by specs.Load")
	}
	c := &Client{config: config, contract: config.Contract, now: config.Now}
	if c.now == nil {
		c.now = time.Now
	}
	if config.Target == "" {
		config.Target = DefaultTarget
	}
	var err error
	if c.compiled, err = compiledOf(config.Contract); err != nil {
		return nil, err
	}
	if c.target, err = parseTarget(config.Target); err != nil {
		return nil, err
	}
	if config.HTTP != nil {
		c.http = *config.HTTP
	}
	if c.http.Timeout == 0 {
		c.http.Timeout = usualWithin
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// Contract is the one whose operations the client calls.
func (c *Client) Contract() *specs.Contract { return c.contract }

// Call prepares a request, sends it and returns both sides of it. An answer of the vendor is never an error, whatever it
// says: see [Exchange.Outcome]. Errors are those of [Client.Prepare] and [Client.Send], and an [*InvalidError] when the
// contract forbids the request and [Config.Force] is not set; then nothing was sent.
func (c *Client) Call(ctx context.Context, operation string, values map[string]any) (*Exchange, error) {
	r, err := c.Prepare(ctx, operation, values)
	if err != nil {
		return nil, err
	}
	if len(r.Problems) > 0 && !c.config.Force {
		return nil, &InvalidError{Operation: r.Operation, Problems: r.Problems}
	}
	return c.Send(ctx, r)
}

// Slots lists the credential slots that a call of an operation uses, those of the login before it included.
func (c *Client) Slots(operation string) ([]specs.Slot, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	used := slotsOf(p.Operation)
	if l, ok := c.loginFor(p); ok {
		used = append(used, slotsOf(l.plan.Operation)...)
	}
	return slices.DeleteFunc(c.contract.Slots(), func(s specs.Slot) bool { return !slices.Contains(used, s.Name) }), nil
}

// slotsOf names the slots of an operation's own wire and security.
func slotsOf(op *specs.Operation) []string {
	var names []string
	for _, alternative := range op.Requirements {
		for _, scheme := range alternative {
			if op.Wire.Auth == nil || op.Wire.Auth.Security != scheme.Name {
				names = append(names, scheme.Name)
			}
		}
	}
	if a := op.Wire.Auth; a != nil {
		if a.Security != "" && a.Slot != "" {
			names = append(names, a.Slot)
		}
		names = slices.AppendSeq(names, maps.Values(a.Fields))
	}
	if s := op.Wire.Sign; s != nil {
		names = append(names, s.KeySlot, s.Secret)
	}
	if s := op.Wire.Seal; s != nil {
		names = append(names, s.Key.Slot)
		if s.IV != nil {
			names = append(names, s.IV.Slot)
		}
	}
	return names
}

// text is a credential that is one text.
func (c *Client) text(slot string) (string, error) {
	if text := c.config.Credentials[slot].Text; text != "" {
		return text, nil
	}
	return "", &CredentialError{Vendor: c.contract.Vendor, Slot: slot}
}

// listed is the token to use of a list of them.
func (c *Client) listed(slot string) (string, error) {
	list := c.config.Credentials[slot].Tokens
	for _, t := range list {
		if c.config.Account == "" || t.Account == c.config.Account {
			return t.Value, nil
		}
	}
	failed := &CredentialError{Vendor: c.contract.Vendor, Slot: slot}
	if len(list) > 0 {
		failed.Account = c.config.Account
	}
	return "", failed
}

// CredentialError says that a call needs a credential that the configuration does not have.
type CredentialError struct {
	Vendor, Slot string
	// Account is the one that no token of the slot stands for; "" when the slot is empty.
	Account string
}

// Error names the slot.
func (e *CredentialError) Error() string {
	if e.Account != "" {
		return fmt.Sprintf("%s.%s: no token stands for %q", e.Vendor, e.Slot, e.Account)
	}
	return fmt.Sprintf("%s.%s: there is no value for it, and this call needs one", e.Vendor, e.Slot)
}

// OperationError says that the contract has no such operation.
type OperationError struct {
	Vendor, Operation string
	Known             []string
}

// Error lists the operations there are.
func (e *OperationError) Error() string {
	return fmt.Sprintf("%s has no operation %q; there are %s", e.Vendor, e.Operation, strings.Join(e.Known, ", "))
}
