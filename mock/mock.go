// Package mock plays the vendors of a set of contracts: a [Server] is an [http.Handler] that answers every operation with
// believable data over the vendor's real wire, remembers what callers do, and explains what it refuses.
//
//	server, err := mock.New(mock.Config{})
//	http.ListenAndServe("localhost:8740", server)
//
// The zero Config plays all five vendors with fixed development credentials. What it answers is a function of the
// contracts, the seed, the session's clock and the session's history. The way of a request stands in pipeline.go.
package mock

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"understudy/mock/behave"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/specs"
)

// Config sets up a [Server]. The zero value plays all vendors of this module with development credentials.
type Config struct {
	// Contracts are those to play; nil means the ones that come with this module.
	Contracts []*specs.Contract
	// Credentials are the secrets in force, by vendor and slot (see [specs.Contract.Slots]). A slot that is left out
	// has its development value (see [Server.Credentials]).
	Credentials map[string]Credentials
	// Seed decides all data. The same seed, a frozen clock and the same history of calls give the same bytes.
	Seed int64
	// ForwardTo widens where a vendor may send what it sends on: private, a CIDR, or HOST:PORT. Loopback is always
	// allowed.
	ForwardTo []string
	// MaxBodyBytes bounds a request body; 0 means 1 MiB.
	MaxBodyBytes int64
	// MaxSessions bounds the sessions kept at once; 0 means 1024. Sessions idle for SessionIdle (0 means ten minutes)
	// make room when the bound is reached; the default session stays.
	MaxSessions int
	SessionIdle time.Duration
	// JournalBytes bounds the journal of each session; 0 means 1 MiB.
	JournalBytes int
	// ErrorLog gets the faults of the simulator itself; nil means the log package's own.
	ErrorLog *log.Logger
	// Now is real time; nil means time.Now. Sessions have their own clocks, which start from it.
	Now func() time.Time
	// OnExchange is called once for each exchange, after its reply is written, with everything but parameters and
	// bodies: [Server.Exchange] has those. It must not block.
	OnExchange func(Exchange)
}

// Server plays vendors. It is safe for concurrent use.
type Server struct {
	config   Config
	echo     *echo.Echo
	vendors  []*vendor
	routes   *routes
	sessions *session.Registry
	store    state.Store
	forward  *forward.Client
	maxBody  int64
	now      func() time.Time
	// strays are the exchanges that found no session.
	strays *journal.Journal
	serial atomic.Int64
	stages []stage
	// tokenHeaders are those in which some contract's issued tokens travel.
	tokenHeaders []string
}

// New compiles the contracts and returns a server that is ready to answer. Its errors name the contract and the line,
// or the credential slot, that is wrong; they never hold a credential.
func New(config Config) (*Server, error) {
	s := &Server{config: config, store: &state.Memory{}, strays: &journal.Journal{Bytes: config.JournalBytes}, maxBody: config.MaxBodyBytes, now: config.Now}
	if s.maxBody == 0 {
		s.maxBody = 1 << 20
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.sessions = session.NewRegistry(session.Config{
		Max: config.MaxSessions, Idle: config.SessionIdle, Seed: config.Seed, Now: config.Now,
		JournalBytes: config.JournalBytes, Dropped: s.store.Drop,
	})
	var err error
	if s.forward, err = forward.New(forward.Config{Allow: config.ForwardTo}); err != nil {
		return nil, err
	}
	contracts := config.Contracts
	if contracts == nil {
		for _, id := range specs.Vendors() {
			c, err := specs.Load(id)
			if err != nil {
				return nil, err
			}
			contracts = append(contracts, c)
		}
	}
	for id := range config.Credentials {
		if !played(contracts, id) {
			return nil, fmt.Errorf("credentials for %q: no such vendor is played", id)
		}
	}
	for _, c := range contracts {
		v, err := compile(c, config.Credentials[c.Vendor])
		if err != nil {
			return nil, err
		}
		s.vendors = append(s.vendors, v)
	}
	if s.routes, err = newRoutes(s.vendors); err != nil {
		return nil, err
	}
	s.tokenHeaders = tokenHeaders(s.vendors)
	s.stages = stages()
	s.echo = s.newEcho()
	return s, nil
}

func tokenHeaders(vendors []*vendor) []string {
	var names []string
	for _, v := range vendors {
		for _, op := range v.operations {
			if a := op.Wire.Auth; a != nil && a.Token == "jwt" && op.Security.In == "header" && !slices.Contains(names, op.Security.Key) {
				names = append(names, op.Security.Key)
			}
		}
	}
	return names
}

func played(contracts []*specs.Contract, vendor string) bool {
	for _, c := range contracts {
		if c.Vendor == vendor {
			return true
		}
	}
	return false
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "" {
		// CONNECT, and an absolute URL without a path: the router would answer by itself.
		root := *r.URL
		root.Path = "/"
		r = r.WithContext(r.Context())
		r.URL = &root
	}
	if len(r.TransferEncoding) > 0 {
		// A chunked body may have come with a Content-Length that contradicted it; what follows it on this connection is
		// not to be taken for another request.
		w.Header().Set("Connection", "close")
	}
	s.echo.ServeHTTP(w, r)
}

// Contracts lists the contracts that are played.
func (s *Server) Contracts() []*specs.Contract {
	list := make([]*specs.Contract, len(s.vendors))
	for i, v := range s.vendors {
		list[i] = v.contract
	}
	return list
}

// Credentials returns the credentials in force for a vendor: the configured ones, and development values for the
// slots that the configuration leaves out, which Development lists.
func (s *Server) Credentials(vendor string) (c Credentials, development []string) {
	for _, v := range s.vendors {
		if v.contract.Vendor == vendor {
			return v.credentials.clone(), v.development
		}
	}
	return nil, nil
}

// Session returns a session by name and makes it when it is new. The empty name is the default session.
func (s *Server) Session(name string) (*Session, error) {
	if name == "" {
		name = session.Default
	}
	if _, err := s.sessions.Get(name); err != nil {
		return nil, err
	}
	return &Session{server: s, name: name}, nil
}

// Drop ends a session and says whether there was one.
func (s *Server) Drop(session string) bool { return s.sessions.Drop(session) }

// Deliveries returns the log of what a session's vendors sent on, oldest first, how many older rows were dropped, and
// whether there is such a session.
func (s *Server) Deliveries(ctx context.Context, session string) (log []behave.Delivery, dropped int64, known bool, err error) {
	one, known := s.sessions.Lookup(session)
	if !known {
		return nil, 0, false, nil
	}
	log, dropped, err = behave.Deliveries(ctx, sessionStore{s.store, one}, one.Key)
	return log, dropped, true, err
}

// Sessions lists the names of the sessions that are kept.
func (s *Server) Sessions() []string {
	var names []string
	for _, one := range s.sessions.List() {
		names = append(names, one.Name)
	}
	return names
}

// Exchanges returns the kept exchanges of all sessions in the order they happened, masked by the contracts, and how many
// older ones were dropped.
func (s *Server) Exchanges() (list []Exchange, dropped int64) {
	return s.Find(Query{})
}

// Exchange returns one exchange by its id, if it is still kept.
func (s *Server) Exchange(id int64) (Exchange, bool) {
	for _, one := range append(s.journals(""), s.strays) {
		if e, ok := one.Find(id); ok {
			return s.show(e), true
		}
	}
	return Exchange{}, false
}

// Close stops what still goes on by itself, forwards above all, within the time that ctx leaves.
func (s *Server) Close(ctx context.Context) error {
	for _, one := range s.sessions.List() {
		one.Clock.Stop()
	}
	return s.forward.Close(ctx)
}

// Wait returns once nothing that a commit set off is under way; what waits for a clock does not count.
func (s *Server) Wait(ctx context.Context) error { return s.forward.Wait(ctx) }
