package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"understudy/mock"
	"understudy/specs"
)

// simulator is one server for all specs of a process; each spec has a session of its own in it.
type simulator struct {
	mock *mock.Server
	http *httptest.Server
}

var (
	played  *simulator
	counter atomic.Int64
)

var _ = BeforeSuite(func() {
	before := gleak.Goroutines()
	DeferCleanup(func() { // the last of all: the servers are closed by then
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		Eventually(gleak.Goroutines).WithTimeout(10*time.Second).ShouldNot(gleak.HaveLeaked(before), "a spec, a simulator or a client left a goroutine behind")
	})
	server, err := mock.New(mock.Config{Seed: 20260101, MaxSessions: 4096})
	Expect(err).NotTo(HaveOccurred())
	played = &simulator{mock: server, http: httptest.NewServer(server)}
	DeferCleanup(func(ctx context.Context) {
		played.http.Close()
		Expect(server.Close(ctx)).To(Succeed())
	})
})

// world is what one spec plays in: a fresh session, the address that leads into it, and the refusals it may provoke.
type world struct {
	*mock.Session
	url      string
	provokes []string
}

// newWorld gives a spec its session. When the spec ends, the journal must hold no refusal that the spec did not announce
// by [world.mayProvoke]: a refusal means that the simulator could not play the vendor, so the spec proved nothing.
func newWorld() *world {
	name := fmt.Sprintf("p%d-%d", GinkgoParallelProcess(), counter.Add(1))
	session, err := played.mock.Session(name)
	Expect(err).NotTo(HaveOccurred())
	w := &world{Session: session, url: played.http.URL + session.Prefix()}
	DeferCleanup(func(ctx context.Context) {
		Expect(played.mock.Wait(ctx)).To(Succeed())
		for _, e := range w.exchanges() {
			if e.Outcome == "refusal" && !slices.Contains(w.provokes, e.Error) {
				Fail(fmt.Sprintf("%s %s was refused: %s %v", e.Method, e.Path, e.Error, e.Diagnosis))
			}
		}
		session.Drop()
	})
	return w
}

// mayProvoke announces refusals that belong to the spec.
func (w *world) mayProvoke(ids ...string) { w.provokes = append(w.provokes, ids...) }

func (w *world) exchanges() []mock.Exchange {
	GinkgoHelper()
	list, dropped := w.Exchanges()
	Expect(dropped).To(BeZero(), "the journal is too small for this spec")
	return list
}

// last is the newest exchange of the session.
func (w *world) last() mock.Exchange {
	GinkgoHelper()
	list := w.exchanges()
	Expect(list).NotTo(BeEmpty(), "nothing was called in this session")
	return list[len(list)-1]
}

// of lists the exchanges of an operation, oldest first.
func (w *world) of(operation string) []mock.Exchange {
	GinkgoHelper()
	var list []mock.Exchange
	for _, e := range w.exchanges() {
		if e.Operation == operation {
			list = append(list, e)
		}
	}
	return list
}

// secret is a credential in force.
func secret(vendor, slot string) string {
	GinkgoHelper()
	credentials, _ := played.mock.Credentials(vendor)
	c, ok := credentials[slot]
	Expect(ok).To(BeTrue(), "%s has no credential %s", vendor, slot)
	if len(c.Tokens) > 0 {
		return c.Tokens[0].Value
	}
	return c.Text
}

func loaded(vendor string) *specs.Contract {
	c, err := specs.Load(vendor)
	if err != nil {
		panic(err)
	}
	return c
}

// contracts are all there are, for what is decided before the suite runs.
func contracts() []*specs.Contract {
	var list []*specs.Contract
	for _, vendor := range specs.Vendors() {
		list = append(list, loaded(vendor))
	}
	return list
}

// frozen stops a session's clock at a fixed time, for specs that compare bytes.
func (w *world) frozen() time.Time {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("UTC+8", 8*3600))
	w.Freeze(at)
	return at
}

// noSecrets holds a text to what no log and no error may show.
func noSecrets(vendor, text string) {
	GinkgoHelper()
	credentials, _ := played.mock.Credentials(vendor)
	for slot, c := range credentials {
		for _, value := range append([]string{c.Text}, tokenValues(c)...) {
			// A short value would be found by chance.
			if len(value) >= 8 {
				Expect(strings.Contains(text, value)).To(BeFalse(), "%s.%s stands in: %s", vendor, slot, strings.ReplaceAll(text, value, "<"+slot+">"))
			}
		}
	}
}

func tokenValues(c mock.Credential) []string {
	var values []string
	for _, t := range c.Tokens {
		values = append(values, t.Value)
	}
	return values
}

// newWorldNamed is [newWorld] with a name of the spec's choice, for specs in which the name matters: it decides the
// session's seed.
func newWorldNamed(name string) *world {
	GinkgoHelper()
	session, err := played.mock.Session(name)
	Expect(err).NotTo(HaveOccurred())
	return &world{Session: session, url: played.http.URL + session.Prefix()}
}
