// Package control is the simulator's own side: sessions with their clocks, faults and state, the journal, and what is
// played. It has a listener of its own, so that nothing a vendor's client sends can reach it, and trusts no web page:
// every call passes the same guard (see [New]) before any route is looked at.
//
// Its routes, what they take and what they answer are described in openapi.yaml, which is served at /openapi.yaml and
// from which the router and the checks of requests are made.
package control

import (
	"errors"
	"log"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"understudy/mock"
	"understudy/mock/internal/session"
	"understudy/specs"
)

// Config sets up the control handler. Server is required.
type Config struct {
	Server *mock.Server
	// Token is what callers show as "Authorization: Bearer TOKEN"; empty asks for none, which is fit for loopback
	// alone. /healthz and /readyz never ask for it.
	Token string
	// Beyond says that other machines can connect: then there has to be a token.
	Beyond bool
	// Hosts are the values of the Host header that are served, each HOST (with any port) or HOST:PORT; nil means
	// localhost, 127.0.0.1 and [::1]. This is what stops a foreign web page whose name was rebound to this machine.
	Hosts []string
	// Ready says whether vendors are answering; nil means that they are.
	Ready func() bool
	// BaseURL tells where the clients of a vendor begin, such as http://localhost:8740/open-api/V2/ws; host is the name or
	// address by which the asking caller reached this listener, without a port. Nil, or "" as its answer, leaves the base
	// URLs of sessions out.
	BaseURL func(vendor, host string) string
	// Done ends the streams of events once it is closed, after what has happened so far. A nil one never does: streams
	// end with their requests.
	Done <-chan struct{}
	// ErrorLog gets the faults of the control plane itself; nil means the log package's own.
	ErrorLog *log.Logger
}

const maxBody = 64 << 10

// New returns the handler of the control listener. Its error names an entry of Hosts that is none, or says that the
// token is missing or cannot be shown.
//
// Every request passes, in this order: the Host allow-list (421), the bound on bodies of 64 KiB (413), the check
// that no foreign web page is asking (403), the token (401); only then the route is looked at (404, 405), the label
// (state changes take application/json only, 415), and the rest of the request as the document has it (400, with all
// violations at once). Nothing is ever answered with CORS headers. Errors are problem+json (RFC 9457) and quote no value
// but the names in readings and faults.
func New(config Config) (http.Handler, error) {
	if config.Server == nil {
		return nil, errors.New("control: Config.Server is nil")
	}
	g, err := newGuard(config)
	if err != nil {
		return nil, err
	}
	h := &handlers{Config: config}
	names := h.names()
	// Most who start the simulator never call its control listener, so its document is compiled at the first call. The tests hold
	// document and handlers together: nothing of that is left to a start.
	open := sync.OnceValues(func() (*router, error) {
		a, err := ownAPI()
		if err != nil {
			return nil, err
		}
		h.api = a
		return newRouter(a, h.table(), names, config.ErrorLog)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.admit(w, r) {
			return
		}
		rt, err := open()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		rt.ServeHTTP(w, r)
	}), nil
}

// handlers answer the operations of the document.
type handlers struct {
	Config
	api *api
	// streams counts the streams of events that are open.
	streams atomic.Int64
}

// table names the handler of each operation.
func (h *handlers) table() map[string]handler {
	return map[string]handler{
		"readHealth":       h.readHealth,
		"readReadiness":    h.readReadiness,
		"readDocumentYAML": h.readDocumentYAML,
		"readDocumentJSON": h.readDocumentJSON,
		"listVendors":      h.listVendors,

		"listSessions":  h.listSessions,
		"createSession": h.createSession,
		"readSession":   h.readSession,
		"changeSession": h.changeSession,
		"dropSession":   h.dropSession,
		"resetSession":  h.resetSession,
		"readClock":     h.readClock,
		"setClock":      h.setClock,
		"advanceClock":  h.advanceClock,
		"listFaults":    h.listFaults,
		"addFault":      h.addFault,
		"clearFaults":   h.clearFaults,
		"removeFault":   h.removeFault,

		"listKinds":      h.listKinds,
		"listRecords":    h.listRecords,
		"readRecord":     h.readRecord,
		"putRecord":      h.putRecord,
		"deleteRecord":   h.deleteRecord,
		"revokeToken":    h.revokeToken,
		"listDeliveries": h.listDeliveries,

		"clearJournal":   h.clearJournal,
		"clearJournals":  h.clearJournals,
		"listExchanges":  h.listExchanges,
		"readExchange":   h.readExchange,
		"watchExchanges": h.watchExchanges,
		"readRecording":  h.readRecording,

		"readVerdict":  h.readVerdict,
		"clearVerdict": h.clearVerdict,
	}
}

// names are those of vendors and credential slots.
func (h *handlers) names() []string {
	var names []string
	for _, c := range h.Server.Contracts() {
		names = append(names, c.Vendor)
		for _, slot := range c.Slots() {
			names = append(names, slot.Name)
		}
	}
	return names
}

// session finds the session that a route names. One that is not there is not made, but for the default session: that is
// always there, and the engine only makes it when it is first asked for.
func (h *handlers) session(c *call) (*mock.Session, error) {
	name := c.text("name")
	if name == session.Default {
		return h.Server.Session(name)
	}
	if s, ok := h.Server.LookupSession(name); ok {
		return s, nil
	}
	return nil, unknownSession()
}

func unknownSession() error {
	return fail(http.StatusNotFound, "session-unknown", "there is no such session; POST /sessions makes one")
}

// contract finds the contract of the vendor that a route names.
func (h *handlers) contract(c *call) (*specs.Contract, error) {
	contracts := h.Server.Contracts()
	i := slices.IndexFunc(contracts, func(one *specs.Contract) bool { return one.Vendor == c.text("vendor") })
	if i < 0 {
		return nil, fail(http.StatusNotFound, "vendor-unknown", "no such vendor is played; GET /vendors lists them")
	}
	return contracts[i], nil
}

func (h *handlers) readHealth(c *call) error {
	return c.answer(http.StatusOK, map[string]string{"status": "ok"})
}

func (h *handlers) readReadiness(c *call) error {
	if h.Ready != nil && !h.Ready() {
		return fail(http.StatusServiceUnavailable, "not-ready", "the vendors are starting or stopping")
	}
	return c.answer(http.StatusOK, map[string]string{"status": "ready"})
}

func (h *handlers) readDocumentYAML(c *call) error {
	send(c.w, http.StatusOK, "application/yaml", h.api.yaml)
	return nil
}

func (h *handlers) readDocumentJSON(c *call) error {
	send(c.w, http.StatusOK, mediaJSON, h.api.json)
	return nil
}
