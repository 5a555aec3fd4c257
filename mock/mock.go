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
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"understudy/mock/behave"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Config sets up a [Server]. The zero value plays all vendors of this module with development credentials.
type Config struct {
	// Contracts are those to play; nil means the ones that come with this module.
	Contracts []*specs.Contract
	// Credentials are the secrets in force, by vendor and slot (see [specs.Contract.Slots]). A slot that is left out
	// has its development value (see [Server.Credentials]).
	Credentials map[string]Credentials
	// Readings choose how vendors read the clauses that their documents leave open: unclear clause → name of a reading.
	// A chosen reading is strict: the other forms are the vendor's error.
	Readings map[string]string
	// SignatureWindow is the time that the timestamp of a signed call is held to: real (the zero value), session or off.
	SignatureWindow string
	// Faults strike in every session.
	Faults []Fault
	// Data are records of the user's own in place of generated ones, by vendor; see [Server.SetData].
	Data map[string]behave.Data
	// Dynamic answers with made values where a contract has examples.
	Dynamic bool
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
	// JournalBytes bounds the journal of each session; 0 means 1 MiB, and a negative number that nothing is kept: verdicts and
	// what watches an exchange as it happens still work.
	JournalBytes int
	// ErrorLog gets the faults of the simulator itself; nil means the log package's own.
	ErrorLog *log.Logger
	// Now is real time; nil means time.Now. Sessions have their own clocks, which start from it.
	Now func() time.Time
	// OnExchange is called once for each exchange, after its reply is written, with everything but parameters and
	// bodies: [Server.Exchange] has those. It must not block.
	OnExchange func(Exchange)
	// Player answers in the place of the simulated vendors; nil means that nobody does.
	Player Player
}

// Server plays vendors. It is safe for concurrent use.
type Server struct {
	config Config
	echo   *echo.Echo
	// playing is what is played now; swapping guards what is made of it and kept, see [Server.SetContracts].
	playing  atomic.Pointer[playing]
	swapping sync.RWMutex
	window   string
	sessions *session.Registry
	owners   owners
	tokens   wire.Tokens // those that were verified
	store    state.Store
	data     dataTable
	forward  *forward.Client
	maxBody  int64
	now      func() time.Time
	// strays are the exchanges that found no session.
	strays *journal.Journal
	serial atomic.Int64
	// exchanges are those that are over, for their memory.
	exchanges exchanges
	stages    []stage
	watchers  watchers
	// verdict tells how clients kept the contracts.
	verdict tallies
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
	s.verdict.reset(s.now())
	s.sessions = session.NewRegistry(session.Config{
		Max: config.MaxSessions, Idle: config.SessionIdle, Seed: config.Seed, Now: config.Now,
		JournalBytes: config.JournalBytes, Born: s.born, Ended: s.ended, Dropped: s.gone,
	})
	var err error
	if s.forward, err = forward.New(forward.Config{Allow: config.ForwardTo}); err != nil {
		return nil, err
	}
	contracts := config.Contracts
	if contracts == nil {
		if contracts, err = specs.LoadAll(); err != nil {
			return nil, err
		}
	}
	for _, id := range sortedKeys(config.Credentials) {
		if !played(contracts, id) {
			return nil, fmt.Errorf("credentials for %q: no such vendor is played", id)
		}
	}
	s.config.Readings = maps.Clone(config.Readings)
	base, err := newVariant(contracts, s.config.Readings, config.Credentials)
	if err != nil {
		return nil, err
	}
	s.playing.Store(&playing{contracts, base})
	s.window = windowReal
	if config.SignatureWindow != "" {
		s.window = config.SignatureWindow
	}
	if err := checkWindow(s.window); err != nil {
		return nil, err
	}
	if err := s.checkFaults(); err != nil {
		return nil, err
	}
	for _, vendor := range sortedKeys(config.Data) {
		if err := s.SetData(vendor, config.Data[vendor]); err != nil {
			return nil, err
		}
	}
	s.stages = stages()
	s.echo = s.newEcho()
	return s, nil
}

func played(contracts []*specs.Contract, vendor string) bool {
	return slices.ContainsFunc(contracts, func(c *specs.Contract) bool { return c.Vendor == vendor })
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

// Contracts lists the contracts that are played, under the server's readings.
func (s *Server) Contracts() []*specs.Contract { return s.base().contracts() }

// Credentials returns the credentials in force for a vendor: the configured ones, and development values for the
// slots that the configuration leaves out, which Development lists.
func (s *Server) Credentials(vendor string) (c Credentials, development []string) {
	if v, ok := s.base().vendor(vendor); ok {
		return v.credentials.clone(), v.development
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

// ClearJournals forgets the exchanges of all sessions.
func (s *Server) ClearJournals() {
	for _, one := range s.sessions.List() {
		clearJournals(one)
	}
	s.strays.Clear()
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
