package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/specs"
)

const (
	testToken = "the-token-of-this-test"
	// exampleKey is the example of a record's key in the document.
	exampleKey = "197-1"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))

// example is what a good caller sends to an operation, by the examples of the document.
func example(t *testing.T, op *operation) (path, body string) {
	t.Helper()
	c := op.api.contract
	path = op.Path
	for _, p := range op.parameters {
		v, ok := c.Value(strings.TrimSuffix(p.Parameter.Schema, "/schema") + "/example")
		if !ok {
			v, ok = exampleOf(c, op, p.Name)
		}
		if !ok {
			t.Errorf("%s: parameter %s has no example", op.ID, p.Name)
		}
		if violations := p.schema.Validate(v); violations != nil {
			t.Errorf("%s: the example of parameter %s is %+v", op.ID, p.Name, violations)
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(fmt.Sprint(v)))
	}
	if op.body == nil {
		return path, ""
	}
	for _, at := range []string{op.Pointer + "/requestBody", "/components/requestBodies/Nothing"} {
		v, ok := c.Value(at + "/content/application~1json/example")
		if !ok {
			continue
		}
		if violations := op.body.Validate(v); violations != nil {
			t.Errorf("%s: its example is %+v", op.ID, violations)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return path, string(text)
	}
	t.Errorf("%s has no example of its body", op.ID)
	return path, ""
}

// exampleOf finds the example of a parameter where it is declared: at the operation, at its path, or among the components.
func exampleOf(c *specs.Contract, op *operation, name string) (any, bool) {
	for _, list := range []string{op.Pointer + "/parameters", op.Pointer[:strings.LastIndexByte(op.Pointer, '/')] + "/parameters"} {
		for i := range 20 {
			at := fmt.Sprintf("%s/%d", list, i)
			if ref, ok := c.Value(at + "/$ref"); ok {
				at = strings.TrimPrefix(ref.(string), "#")
			}
			if found, _ := c.Value(at + "/name"); found == name {
				return c.Value(at + "/example")
			}
		}
	}
	return nil, false
}

// attacked is a control plane with something to lose: a session with an exchange, a record, a fault and a frozen clock.
// Its streams end at once.
type attacked struct {
	t       *testing.T
	server  *mock.Server
	handler http.Handler
	before  string
}

func newAttacked(t *testing.T) *attacked {
	t.Helper()
	server, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.Background()) })
	over := make(chan struct{})
	close(over)
	g := &attacked{t: t, server: server}
	if g.handler, err = New(Config{Server: server, Token: testToken, Beyond: true, Done: over}); err != nil {
		t.Fatal(err)
	}
	s, err := server.Session("")
	if err != nil {
		t.Fatal(err)
	}
	s.Freeze(monday)
	if _, err := s.AddFault(mock.Fault{ID: "f1", Vendor: "weixiao", Status: 503}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutRecord(t.Context(), "mytijian", "tasks", exampleKey, map[string]any{}); err != nil {
		t.Fatal(err)
	}
	server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/open-api/V2/ws/agentManager/hospitalTaskList", nil))
	g.before = g.state()
	return g
}

// state is everything that an attack could change, as text.
func (g *attacked) state() string {
	g.t.Helper()
	var all []any
	for _, name := range g.server.Sessions() {
		s, _ := g.server.LookupSession(name)
		records, err := s.Records(g.t.Context(), "mytijian", "tasks")
		if err != nil {
			g.t.Fatal(err)
		}
		all = append(all, s.Info(), s.Faults(), records)
	}
	list, dropped := g.server.Exchanges()
	text, err := json.Marshal(append(all, list, dropped, g.server.Verdict()))
	if err != nil {
		g.t.Fatal(err)
	}
	return string(text)
}

// request is a good one, before an attack spoils it.
type request struct {
	method, path, query, body string
	chunked                   bool // of a length that is not announced
	header                    http.Header
	host                      string
}

func (g *attacked) good(op *operation) request {
	path, body := example(g.t, op)
	good := request{method: op.Method, path: path, body: body, host: "localhost:8741", header: http.Header{"Authorization": {"Bearer " + testToken}}}
	if changes(op.Method) {
		good.header.Set("Content-Type", mediaJSON)
	}
	return good
}

func (g *attacked) send(a request) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequest(a.method, "http://placeholder/", strings.NewReader(a.body))
	at, err := url.ParseRequestURI(a.path)
	if err != nil {
		g.t.Fatal(err)
	}
	at.RawQuery = a.query
	r.URL, r.Host, r.Header = at, a.host, a.header
	if a.chunked {
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w
}

// defence is what stops an attack; the one that stands first speaks.
type defence int

const (
	byHost defence = iota
	byLength
	byOrigin
	byToken
	byRoute
	byLabel
	byReading
	byContent
	harmless // for this operation
)

func (d defence) status() int {
	return []int{
		http.StatusMisdirectedRequest, http.StatusRequestEntityTooLarge, http.StatusForbidden, http.StatusUnauthorized,
		http.StatusNotFound, http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge, http.StatusBadRequest,
	}[d]
}

// attack spoils a good request in one way.
type attack struct {
	name  string
	spoil func(*request)
	stops func(*operation) defence
}

func always(d defence) func(*operation) defence { return func(*operation) defence { return d } }

func ofChanges(d defence) func(*operation) defence {
	return func(op *operation) defence {
		if !changes(op.Method) {
			return harmless
		}
		return d
	}
}

func set(name string, values ...string) func(*request) {
	return func(r *request) {
		delete(r.header, name)
		if values != nil {
			r.header[name] = values
		}
	}
}

func body(text string) func(*request) { return func(r *request) { r.body = text } }

// attacks are grouped by what they spoil: two of one group exclude each other.
func attacks() [][]attack {
	long := `{"x":"` + strings.Repeat("x", maxBody) + `"}`
	var hosts, origins, sites, tokens, labels []attack
	for _, host := range []string{
		"rebound.example:8741", "", "rebound.example", "localhost.rebound.example", "127.0.0.1.", "0.0.0.0:8741", "[::1", "[::ffff:127.0.0.1]",
		"localhost:8741@rebound.example", "localhost:99999",
	} {
		hosts = append(hosts, attack{"host " + host, func(r *request) { r.host = host }, always(byHost)})
	}
	for _, origin := range [][]string{
		{"http://rebound.example:8741"}, {"null"}, {"http://localhost:3000"}, {"http://127.0.0.1:8741"}, {"file://"}, {"http://localhost:8741/"}, {"%"}, {""},
		{"http://localhost:8741", "http://rebound.example"},
	} {
		origins = append(origins, attack{fmt.Sprint("origin ", origin), set("Origin", origin...), always(byOrigin)})
	}
	for _, site := range []string{"cross-site", "same-site", "", "SAME-ORIGIN"} {
		sites = append(sites, attack{"site " + site, set("Sec-Fetch-Site", site), always(byOrigin)})
	}
	for _, values := range [][]string{
		nil, {"Bearer wrong"}, {"Bearer "}, {"Basic " + testToken}, {testToken}, {"Bearer " + testToken + "x"}, {"Bearer " + testToken, "Bearer " + testToken},
	} {
		tokens = append(tokens, attack{fmt.Sprint("token ", values), set("Authorization", values...), always(byToken)})
	}
	for _, values := range [][]string{
		{"text/plain"}, nil, {"application/x-www-form-urlencoded"}, {"multipart/form-data; boundary=x"}, {"application/jsonp"}, {"application/json, text/plain"},
		{"application/json; charset=gbk"}, {mediaProblem}, {"text/plain", mediaJSON}, {mediaJSON, "text/plain"},
	} {
		labels = append(labels, attack{fmt.Sprint("label ", values), set("Content-Type", values...), ofChanges(byLabel)})
	}
	return [][]attack{
		hosts, origins, sites, tokens, labels,
		{{"a forwarded push", set("Understudy-Forwarded", "1"), always(byOrigin)}},
		{
			{"too long a body", body(long), always(byLength)},
			{"too long a body in chunks", func(r *request) { r.body, r.chunked = long, true }, ofChanges(byReading)},
			{"no JSON", body("{"), ofChanges(byContent)},
			{"a list", body("[]"), ofChanges(byContent)},
			{"null", body("null"), ofChanges(byContent)},
			{"two values", body("{}{}"), ofChanges(byContent)},
			{"a name twice", body(`{"a":1,"a":1}`), ofChanges(byContent)},
			{"deep nesting", body(strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000)), ofChanges(byContent)},
			{"a byte order mark", body("\ufeff{}"), ofChanges(byContent)},
			{"no Unicode", body("{\"a\":\"\xff\"}"), ofChanges(byContent)},
			{"a member nobody asked for", body(`{"x-y z":1}`), func(op *operation) defence {
				if op.ID == "putRecord" {
					return harmless // what a record has, its vendor's contract says
				}
				return ofChanges(byContent)(op)
			}},
		},
		{
			{"a query nobody asked for", func(r *request) { r.query = "callback=x" }, always(byContent)},
			{"a broken query", func(r *request) { r.query = "%zz" }, always(byContent)},
			{"a token in the query", func(r *request) { r.query = "access_token=" + testToken }, always(byContent)},
		},
		{
			{"a slash at the end", func(r *request) { r.path += "/" }, always(byRoute)},
			{"two slashes", func(r *request) { r.path = "/" + r.path }, always(byRoute)},
			{"an escaped letter", func(r *request) { r.path = fmt.Sprintf("/%%%02X%s", r.path[1], r.path[2:]) }, always(byRoute)},
			{"a way round by a probe", func(r *request) { r.path = "/healthz/.." + r.path }, always(byRoute)},
			{"an escaped way round", func(r *request) { r.path = "/healthz/%2e%2e" + r.path }, always(byRoute)},
			{"a capital letter", func(r *request) { r.path = strings.ToUpper(r.path[:2]) + r.path[2:] }, always(byRoute)},
			{"a NUL", func(r *request) { r.path = "/%00" + r.path }, always(byRoute)},
			{"a matrix parameter", func(r *request) { r.path += ";x" }, func(op *operation) defence {
				if strings.HasSuffix(op.Path, "}") || op.Path == "/journal/events" {
					return harmless // it is part of a name there
				}
				return byRoute
			}},
		},
	}
}

// TestEveryRouteUnderAttack spoils the good request of every operation of the document in one way, and in two ways of
// different groups: nothing changes, no data is in the answer, and the defence that stands first speaks. That the good
// request itself is answered shows that the attack alone made the difference. A route that is added is attacked as well.
func TestEveryRouteUnderAttack(t *testing.T) {
	t.Parallel()
	a, err := ownAPI()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[int]int{}
	groups := attacks()
	for _, op := range a.operations {
		g := newAttacked(t)
		try := func(both ...attack) {
			bad, stops, what := g.good(op), harmless, op.ID
			for _, one := range both {
				one.spoil(&bad)
			}
			for _, one := range both {
				what += " | " + one.name
				// A token is nothing to a probe, which is one by its exact path.
				if d := one.stops(op); d != byToken || !public(bad.path) {
					stops = min(stops, d)
				}
			}
			if stops == harmless {
				return
			}
			w := g.send(bad)
			counts[w.Code]++
			if w.Code != stops.status() {
				t.Errorf("%s: answered %d %s, want %d", what, w.Code, w.Body, stops.status())
			}
			g.unharmed(what, w)
		}
		for i, group := range groups {
			for _, one := range group {
				try(one)
			}
			for _, other := range groups[i+1:] {
				try(group[0], other[0])
			}
		}
		if w := g.send(g.good(op)); w.Code >= 300 {
			t.Errorf("%s: the good request is answered %d %s", op.ID, w.Code, w.Body)
		}
		if !changes(op.Method) && g.state() != g.before {
			t.Errorf("%s changes something by %s", op.ID, op.Method)
		}
	}
	for d := range harmless {
		if counts[d.status()] == 0 {
			t.Errorf("no attack was answered %d: %v", d.status(), counts)
		}
	}
}

// TestEveryMethodOnEveryRoute sends every method that a route does not have.
func TestEveryMethodOnEveryRoute(t *testing.T) {
	t.Parallel()
	g := newAttacked(t)
	a, err := ownAPI()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, op := range a.operations {
		at, _, _ := a.paths.Find(g.good(op).path)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "x"} {
			if at.methods[method] != nil {
				continue
			}
			bad := g.good(op)
			bad.method = method
			w := g.send(bad)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != at.allow {
				t.Errorf("%s %s: answered %d with Allow %q, want 405 with %q", method, bad.path, w.Code, w.Header().Get("Allow"), at.allow)
			}
			g.unharmed(method+" "+bad.path, w)
			refused++
		}
	}
	if refused == 0 {
		t.Error("no method was refused")
	}
}

// TestNoRoute asks for what there is not.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	g := newAttacked(t)
	for _, path := range []string{"/", "/nothing", "/healthz/", "/healthz/../journal", "//journal", "/%6Aournal", "/journal%00", "/journal%2Fevents/x", "/sessions//clock", "/metrics", "/debug/pprof/", "/~default/journal"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			bad := request{method: method, path: path, host: "localhost:8741", header: http.Header{"Authorization": {"Bearer " + testToken}, "Content-Type": {mediaJSON}}}
			if w := g.send(bad); w.Code != http.StatusNotFound {
				t.Errorf("%s %s: answered %d", method, path, w.Code)
			} else {
				g.unharmed(method+" "+path, w)
			}
		}
	}
}

// unharmed says that an answer that says no has no data, the headers that keep browsers out, and has changed nothing.
func (g *attacked) unharmed(what string, w *httptest.ResponseRecorder) {
	g.t.Helper()
	checkHeaders(g.t, what, w)
	body := w.Body.String()
	for _, data := range []string{"listHospitalTasks", "exchanges", testToken, "development-", `"f1"`, "openapi: 3"} {
		if strings.Contains(body, data) {
			g.t.Fatalf("%s: data in the answer %s", what, body)
		}
	}
	if w.Code < 400 {
		g.t.Fatalf("%s: answered %d", what, w.Code)
	}
	if now := g.state(); now != g.before {
		g.t.Fatalf("%s: something has changed:\n%s\n%s", what, g.before, now)
	}
}

func checkHeaders(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Fatalf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	for name := range w.Header() {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Fatalf("%s: a CORS header %s", what, name)
		}
	}
	if label := w.Header().Get("Content-Type"); w.Code >= 400 && label != mediaProblem {
		t.Fatalf("%s: an error labelled %q", what, label)
	}
}
