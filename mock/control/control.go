// Package control is the simulator's own side: liveness, the journal, sessions. It has a listener of its own, so that
// nothing a vendor's client sends can reach it, and trusts no web page: every call passes the same guard (see
// [New]) before any route is looked at.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/session"
)

// Config sets up the control handler. Server is required.
type Config struct {
	Server *mock.Server
	// Token is what callers show as "Authorization: Bearer TOKEN"; empty asks for none, which is fit for loopback
	// alone. /healthz and /readyz never ask for it.
	Token string
	// Hosts are the values of the Host header that are served, each HOST (with any port) or HOST:PORT; nil means
	// localhost, 127.0.0.1 and [::1]. This is what stops a foreign web page whose name was rebound to this machine.
	Hosts []string
	// Ready says whether vendors are answering; nil means that they are.
	Ready func() bool
}

const maxBody = 64 << 10

// New returns the handler of the control listener. Its error names an entry of Hosts that is none.
//
// Every request passes, in this order: the Host allow-list (421), the bound on bodies of 64 KiB (413), the check
// that no foreign web page is asking (403), the token (401); only then the route is looked at. Nothing is ever
// answered with CORS headers. State changes take application/json only (415). Errors are problem+json (RFC 9457).
func New(config Config) (http.Handler, error) {
	if config.Server == nil {
		return nil, errors.New("control: Config.Server is nil")
	}
	g, err := newGuard(config)
	if err != nil {
		return nil, err
	}
	e := router(config)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.admit(w, r) {
			e.ServeHTTP(w, r)
		}
	}), nil
}

// router holds the routes; the guard stands before it.
func router(config Config) *echo.Echo {
	h := handlers{config}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		var failed *echo.HTTPError
		if !errors.As(err, &failed) {
			problem(c.Response(), http.StatusInternalServerError, "internal", "the control plane failed; this is a bug")
			return
		}
		problem(c.Response(), failed.Code, strings.ToLower(strings.ReplaceAll(http.StatusText(failed.Code), " ", "-")), "")
	}
	read := []string{http.MethodGet, http.MethodHead}
	e.Match(read, "/healthz", h.health)
	e.Match(read, "/readyz", h.ready)
	e.Match(read, "/journal", h.journal)
	e.Match(read, "/journal/:id", h.exchange)
	e.Match(read, "/sessions", h.sessions)
	e.POST("/sessions/:name/reset", h.reset, onlyJSON)
	e.DELETE("/sessions/:name", h.drop, onlyJSON)
	e.Match(read, "/sessions/:name/deliveries", h.deliveries)
	return e
}

type handlers struct{ config Config }

func (h handlers) health(c echo.Context) error { return answer(c, map[string]string{"status": "ok"}) }

func (h handlers) ready(c echo.Context) error {
	if h.config.Ready != nil && !h.config.Ready() {
		return problem(c.Response(), http.StatusServiceUnavailable, "not-ready", "the vendors are starting or stopping")
	}
	return answer(c, map[string]string{"status": "ready"})
}

func (h handlers) sessions(c echo.Context) error {
	names := h.config.Server.Sessions()
	if names == nil {
		names = []string{}
	}
	return answer(c, map[string][]string{"sessions": names})
}

// journal lists exchanges, newest last: the newest 100 unless limit says otherwise.
func (h handlers) journal(c echo.Context) error {
	q, err := h.query(c)
	if err != nil {
		return problem(c.Response(), http.StatusBadRequest, "query", err.Error())
	}
	list, dropped := h.config.Server.Find(q)
	if list == nil {
		list = []mock.Exchange{}
	}
	return answer(c, struct {
		Exchanges []mock.Exchange `json:"exchanges"`
		Dropped   int64           `json:"dropped"`
	}{list, dropped})
}

const (
	usualLimit = 100
	mostLimit  = 10_000
)

func (h handlers) query(c echo.Context) (mock.Query, error) {
	q := mock.Query{Limit: usualLimit}
	for name, values := range c.QueryParams() {
		if len(values) != 1 {
			return q, fmt.Errorf("%s is given more than once", clip(name))
		}
		v := values[0]
		switch name {
		case "session":
			q.Session = v
		case "operation":
			q.Operation = v
		case "vendor":
			var known []string
			for _, contract := range h.config.Server.Contracts() {
				known = append(known, contract.Vendor)
			}
			if !slices.Contains(known, v) {
				return q, fmt.Errorf("vendor is one of %s", strings.Join(known, ", "))
			}
			q.Vendor = v
		case "outcome":
			if known := []string{"ok", "vendor-error", "refusal"}; !slices.Contains(known, v) {
				return q, fmt.Errorf("outcome is one of %s", strings.Join(known, ", "))
			}
			q.Outcome = v
		case "limit":
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > mostLimit {
				return q, fmt.Errorf("limit is a whole number from 1 to %d", mostLimit)
			}
			q.Limit = n
		default:
			return q, fmt.Errorf("unknown parameter %s; there are session, vendor, operation, outcome and limit", clip(name))
		}
	}
	return q, nil
}

// Text is a diagnosis in words.
type Text struct {
	ID string `json:"id"`
	EN string `json:"en"`
	ZH string `json:"zh"`
}

func textOf(d *diagnosis.Diagnosis) Text { return Text{d.ID, d.Text("en"), d.Text("zh")} }

// exchange shows one exchange; text and warningTexts put its diagnosis and warnings into words.
func (h handlers) exchange(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem(c.Response(), http.StatusBadRequest, "exchange-id", "the id of an exchange is a whole number")
	}
	e, ok := h.config.Server.Exchange(id)
	if !ok {
		return problem(c.Response(), http.StatusNotFound, "unknown-exchange", "the journals hold no such exchange, or no longer")
	}
	out := struct {
		mock.Exchange
		Text         *Text  `json:"text,omitempty"`
		WarningTexts []Text `json:"warningTexts,omitempty"`
	}{Exchange: e}
	if e.Diagnosis != nil {
		t := textOf(e.Diagnosis)
		out.Text = &t
	}
	for _, w := range e.Warnings {
		out.WarningTexts = append(out.WarningTexts, textOf(w))
	}
	return answer(c, out)
}

// reset gives a session a new life. One that is not there yet is made, so that a test may begin with a reset.
func (h handlers) reset(c echo.Context) error {
	if err := emptyObject(c.Request()); err != nil {
		return bodyProblem(c, err)
	}
	one, err := h.config.Server.Session(c.Param("name"))
	switch {
	case errors.Is(err, session.ErrName):
		return problem(c.Response(), http.StatusBadRequest, "session-name", err.Error())
	case errors.Is(err, session.ErrLimit):
		return problem(c.Response(), http.StatusServiceUnavailable, "session-limit", err.Error())
	case err != nil:
		return err
	}
	one.Reset()
	return answer(c, map[string]string{"session": one.Name()})
}

// drop ends a session and everything in it. The next caller that names it finds a new one.
func (h handlers) drop(c echo.Context) error {
	if err := emptyObject(c.Request()); err != nil {
		return bodyProblem(c, err)
	}
	if !h.config.Server.Drop(c.Param("name")) {
		return problem(c.Response(), http.StatusNotFound, "session-unknown", "there is no such session")
	}
	return c.NoContent(http.StatusNoContent)
}

// deliveries lists what a session's vendors sent on, oldest first: each attempt, and why there was none.
func (h handlers) deliveries(c echo.Context) error {
	list, dropped, known, err := h.config.Server.Deliveries(c.Request().Context(), c.Param("name"))
	switch {
	case err != nil:
		return err
	case !known:
		return problem(c.Response(), http.StatusNotFound, "session-unknown", "there is no such session")
	}
	if list == nil {
		list = []behave.Delivery{}
	}
	return answer(c, struct {
		Deliveries []behave.Delivery `json:"deliveries"`
		Dropped    int64             `json:"dropped"`
	}{list, dropped})
}

// answer writes JSON as a file would hold it: whatever a caller put into a field stays text.
func answer(c echo.Context, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json", append(text, '\n'))
}
