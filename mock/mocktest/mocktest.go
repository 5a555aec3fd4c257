// Package mocktest plays vendors for Go tests. A test starts the simulator in one line, gets typed addresses and
// credentials, and owns its world: state, clock, seed, readings and faults.
//
//	func TestTasks(t *testing.T) {
//		m := mocktest.Start(t)
//		client, err := mytijian.New(mytijian.Config{
//			BaseURL: m.Mytijian().BaseURL,
//			Tokens:  adapters.StaticToken(m.Mytijian().AccessToken),
//		})
//		…
//	}
//
// When the test ends the simulator is closed. A refusal, the simulator's own "no", fails the test; when the test failed,
// its log shows what was asked and answered, masked, with each diagnosis in words.
package mocktest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"understudy/mock"
)

// TB is what this package needs of a test. *testing.T, *testing.B, *testing.F and Ginkgo's GinkgoTB() have it.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Failed() bool
	Name() string
}

// Config sets up what [StartWith] starts. Its zero value is what [Start] takes.
type Config struct {
	// Mock sets up the simulator itself: contracts, credentials, seed, readings, faults, data. A JournalBytes of 0 means
	// 16 MiB here: the journal is what the test is judged by.
	Mock mock.Config
	// NoSockets gives addresses that nothing listens on: only [Mock.Client] and [Mock.Transport] reach the simulator. Inside
	// a bubble of testing/synctest it has to be set.
	NoSockets bool
	// AllowRefusals lets a test pass in which the simulator refused a call.
	AllowRefusals bool
	// Lang is the language of diagnoses in the log: zh, or English.
	Lang string
}

// Mock is one world in a simulator that runs for a test. It is safe for concurrent use.
type Mock struct {
	*simulator
	tb    TB
	world *mock.Session
	// common says that this is the world of all who name none.
	common bool
}

// simulator is what the worlds of one start share.
type simulator struct {
	config Config
	server *mock.Server
	// root is the test that started it.
	root TB

	mu       sync.Mutex
	http     *httptest.Server // nil until an address is asked for
	owned    map[string]bool  // sessions with a test of their own
	refusals map[int64]mock.Exchange
}

// Start starts a simulator of all vendors for one test. The contracts are compiled once per process, so every test may
// have its own.
func Start(tb TB) *Mock {
	tb.Helper()
	return StartWith(tb, Config{})
}

// StartWith is [Start] with a configuration; a mistake in it ends the test.
func StartWith(tb TB, config Config) *Mock {
	tb.Helper()
	if config.Mock.JournalBytes == 0 {
		config.Mock.JournalBytes = 16 << 20
	}
	server, err := mock.New(config.Mock)
	if err != nil {
		tb.Fatalf("mocktest: %v", err)
	}
	s := &simulator{config: config, server: server, root: tb, owned: map[string]bool{}, refusals: map[int64]mock.Exchange{}}
	world, err := server.Session("")
	if err != nil {
		tb.Fatalf("mocktest: %v", err)
	}
	m := &Mock{simulator: s, tb: tb, world: world, common: true}
	stop := server.Watch(mock.Query{Outcome: outcomeRefusal}, s.noteRefusal)
	tb.Cleanup(func() {
		tb.Helper()
		s.close()
		stop()
		m.report()
	})
	return m
}

// closeTimeout bounds the wait for what a simulator still does when its test is over.
const closeTimeout = 5 * time.Second

func (s *simulator) close() {
	s.root.Helper()
	s.mu.Lock()
	listening := s.http
	s.mu.Unlock()
	if listening != nil {
		// A call that a fault holds back must not hold back the end of the test.
		listening.CloseClientConnections()
		listening.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := s.server.Close(ctx); err != nil {
		s.root.Errorf("mocktest: the simulator does not come to its end: %v", err)
	}
}

// Session gives a test a world of its own in the same simulator, so that parallel tests share one. The world has the
// test's name, which decides its data, and ends with the test.
func (m *Mock) Session(tb TB) *Mock {
	tb.Helper()
	return m.SessionWith(tb, mock.SessionConfig{})
}

// SessionWith is [Mock.Session] with settings: seed, readings, faults, credentials of its own. A mistake in them ends the
// test.
func (m *Mock) SessionWith(tb TB, config mock.SessionConfig) *Mock {
	tb.Helper()
	world, err := m.newSession(tb, config)
	if err != nil {
		tb.Fatalf("mocktest: %v", err)
	}
	m.mu.Lock()
	m.owned[world.Name()] = true
	m.mu.Unlock()
	own := &Mock{simulator: m.simulator, tb: tb, world: world}
	tb.Cleanup(func() {
		tb.Helper()
		own.report()
		world.Drop()
	})
	return own
}

// World is the handle on this world's clock, seed, readings, faults, records and journal.
func (m *Mock) World() *mock.Session { return m.world }

// Server is the simulator itself, an [http.Handler].
func (m *Mock) Server() *mock.Server { return m.server }

// URL is the address below which every vendor answers in this world. The first one that is asked for opens a listener on
// this machine, for all worlds; under NoSockets it is a name that nobody resolves.
func (m *Mock) URL() string {
	m.tb.Helper()
	root := "https://understudy.invalid"
	if !m.config.NoSockets {
		root = m.listen(m.tb)
	}
	if m.common {
		return root
	}
	return root + m.world.Prefix()
}

func (s *simulator) listen(tb TB) string {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http == nil {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			listener, err = net.Listen("tcp", "[::1]:0")
		}
		if err != nil {
			tb.Fatalf("mocktest: no listener on this machine: %v; Config.NoSockets needs none", err)
		}
		s.http = &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.server, ReadHeaderTimeout: time.Minute}}
		s.http.Start()
	}
	return s.http.URL
}

// Client returns a client whose calls reach the simulator in this world without a socket, whatever host they name; see
// [Mock.Transport].
func (m *Mock) Client() *http.Client { return &http.Client{Transport: m.Transport()} }

// Transport hands requests to the simulator directly: no socket, no goroutine, no timer but that of a delay. So it works
// inside a bubble of testing/synctest, whose time a delay follows. Errors, connections that faults cut included, are those
// of net/http. A request enters this world whatever its URL is, a vendor's real one too.
func (m *Mock) Transport() http.RoundTripper {
	t := &transport{handler: m.server}
	if !m.common {
		t.session = m.world.Name()
	}
	return t
}
