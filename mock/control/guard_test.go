package control

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

const testToken = "the-token-of-this-test"

type route struct{ method, path string }

// routesOf are the routes as the router has them, not a list by hand, each with something in its parameters.
func routesOf(t *testing.T, config Config) []route {
	t.Helper()
	var list []route
	for _, r := range router(config).Routes() {
		path := strings.NewReplacer(":id", "1", ":name", "a").Replace(r.Path)
		if strings.ContainsAny(path, ":*") {
			t.Fatalf("%s has a parameter that this test does not know", r.Path)
		}
		list = append(list, route{r.Method, path})
	}
	if len(list) < 6 {
		t.Fatalf("only %d routes were found", len(list))
	}
	// What changes the session comes after what reads its first exchange.
	slices.SortFunc(list, func(a, b route) int { return strings.Compare(a.path, b.path) })
	return list
}

// guarded is a control plane over a server with one exchange, which happened in session a.
type guarded struct {
	server  *mock.Server
	handler http.Handler
	routes  []route
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	contract, err := specs.Load("mytijian")
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(t.Context()) })
	g := &guarded{server: server}
	config := Config{Server: server, Token: testToken}
	if g.handler, err = New(config); err != nil {
		t.Fatal(err)
	}
	g.routes = routesOf(t, config)
	g.call()
	return g
}

func (g *guarded) call() {
	r := httptest.NewRequest(http.MethodPost, "/~a/open-api/V2/ws/agentManager/hospitalTaskList", nil)
	g.server.ServeHTTP(httptest.NewRecorder(), r)
}

// untouched says that the one exchange and the one session are as they were.
func (g *guarded) untouched() bool {
	list, _ := g.server.Exchanges()
	return len(list) == 1 && slices.Equal(g.server.Sessions(), []string{"a"})
}

func (g *guarded) ask(method, path, host string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	for name, v := range header {
		if v != "" {
			r.Header.Set(name, v)
		}
	}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w
}

// TestEveryRoute walks routes × methods × hosts × origins × tokens × labels: without every right there is neither a
// change nor data, whatever the route, and no answer has a CORS header.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	paths := []string{"/", "/nothing", "/healthz/", "/healthz/../journal", "//journal", "/%6Aournal"}
	for _, r := range g.routes {
		if !slices.Contains(paths, r.path) {
			paths = append(paths, r.path)
		}
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}
	labels := []string{"", "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}
	counts := map[int]int{}
	for _, path := range paths {
		for _, method := range methods {
			for _, host := range []string{"localhost:8741", "rebound.example:8741"} {
				for _, origin := range []string{"", "http://localhost:8741", "http://rebound.example:8741", "null"} {
					for _, authorization := range []string{"Bearer " + testToken, "", "Bearer wrong"} {
						for _, label := range labels {
							w := g.ask(method, path, host, map[string]string{"Origin": origin, "Authorization": authorization, "Content-Type": label})
							counts[w.Code]++
							want, changes := 0, false
							switch known := slices.Contains(g.routes, route{method, path}); {
							case host != "localhost:8741":
								want = http.StatusMisdirectedRequest
							case origin != "" && origin != "http://localhost:8741":
								want = http.StatusForbidden
							case authorization != "Bearer "+testToken && path != "/healthz" && path != "/readyz":
								want = http.StatusUnauthorized
							case known && (method == "POST" || method == "DELETE") && label != "application/json":
								want = http.StatusUnsupportedMediaType
							case known && method == "DELETE":
								want, changes = http.StatusNoContent, true
							case known:
								want, changes = http.StatusOK, method == "POST"
							}
							what := strings.Join([]string{method, path, host, origin, authorization, label}, " | ")
							if want != 0 && w.Code != want || want == 0 && w.Code < 300 && method != "OPTIONS" {
								t.Fatalf("%s: answered %d, want %d", what, w.Code, want)
							}
							if w.Code != http.StatusOK && strings.Contains(w.Body.String(), "hospitalTask") {
								t.Fatalf("%s: data in the answer %s", what, w.Body)
							}
							checkHeaders(t, what, w)
							if changes {
								g.call()
							}
							if !g.untouched() {
								t.Fatalf("%s: something changed that should not, or did not that should", what)
							}
						}
					}
				}
			}
		}
	}
	for _, status := range []int{200, 204, 401, 403, 404, 405, 415, 421} {
		if counts[status] == 0 {
			t.Errorf("no call was answered %d: %v", status, counts)
		}
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
	if label := w.Header().Get("Content-Type"); w.Code >= 400 && label != "application/problem+json" {
		t.Fatalf("%s: an error labelled %q", what, label)
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	for host, ok := range map[string]bool{
		"localhost": true, "localhost:8741": true, "LocalHost:1": true, "127.0.0.1": true, "127.0.0.1:8741": true,
		"[::1]": true, "[::1]:8741": true, "[0:0::1]:8741": true,
		"": false, ":": false, ":8741": false, "localhost:": false, "localhost:x": false, "localhost:0": false, "localhost:+1": false,
		"localhost:99999": false, "localhost:80:80": false, "localhost.": false, "localhost/": false, "a@localhost": false,
		"localhost.evil.example": false, "evil.example": false, "127.1": false, "127.0.0.1.": false, "0.0.0.0:8741": false, "::1": false,
		"[": false, "]": false, "[]": false, "[::1": false, "[::1]8741": false, "[::1]:": false, "[::1%25lo]": false, "[localhost]": false,
		"[127.0.0.1]": false, "[::ffff:127.0.0.1]": false, "xn--localhost": false, "localhost\x00": false, "本机": false, strings.Repeat("a", 300): false,
	} {
		w := g.ask(http.MethodGet, "/healthz", host, nil)
		if got := w.Code == http.StatusOK; got != ok || !ok && w.Code != http.StatusMisdirectedRequest {
			t.Errorf("host %q is answered %d", host, w.Code)
		}
	}
}

func TestHostsWithPort(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	handler, err := New(Config{Server: g.server, Hosts: []string{"mock.internal:8741", "[2001:db8::1]"}})
	if err != nil {
		t.Fatal(err)
	}
	g.handler = handler
	for host, want := range map[string]int{
		"mock.internal:8741": 200, "mock.internal": 421, "mock.internal:8742": 421, "[2001:db8:0::1]:9": 200, "localhost": 421,
	} {
		if w := g.ask(http.MethodGet, "/sessions", host, nil); w.Code != want {
			t.Errorf("host %q is answered %d, want %d", host, w.Code, want)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	tests := []struct {
		host, origin, site string
		ok                 bool
	}{
		{"localhost:8741", "", "", true},
		{"localhost:8741", "http://localhost:8741", "same-origin", true},
		{"localhost:8741", "http://LOCALHOST:8741", "", true},
		{"localhost", "http://localhost:80", "", true},
		{"localhost", "https://localhost", "", true},
		{"localhost:8741", "", "none", true},
		{"localhost:8741", "", "cross-site", false},
		{"localhost:8741", "", "same-site", false},
		{"localhost:8741", "http://localhost:3000", "same-site", false},
		{"localhost:8741", "http://localhost:3000", "", false},
		{"localhost:8741", "http://127.0.0.1:8741", "", false},
		{"localhost:8741", "http://localhost:8741/", "", false},
		{"localhost:8741", "http://u@localhost:8741", "", false},
		{"localhost:8741", "http://evil.example", "same-origin", false},
		{"localhost:8741", "null", "", false},
		{"localhost:8741", "file://", "", false},
		{"localhost:8741", "%", "", false},
		{"localhost:8741", "http://[::1", "", false},
	}
	for _, tt := range tests {
		w := g.ask(http.MethodGet, "/healthz", tt.host, map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site})
		if got := w.Code == http.StatusOK; got != tt.ok || !tt.ok && w.Code != http.StatusForbidden {
			t.Errorf("%+v is answered %d", tt, w.Code)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	for authorization, ok := range map[string]bool{
		"Bearer " + testToken: true, "bearer " + testToken: true, "Bearer  " + testToken: true,
		"": false, "Bearer": false, "Bearer ": false, "Basic " + testToken: false, testToken: false,
		"Bearer " + testToken + "x": false, "Bearer " + testToken[1:]: false, "Bearer a " + testToken: false,
	} {
		w := g.ask(http.MethodGet, "/sessions", "localhost", map[string]string{"Authorization": authorization})
		if got := w.Code == http.StatusOK; got != ok || !ok && w.Code != http.StatusUnauthorized {
			t.Errorf("%q is answered %d", authorization, w.Code)
		}
		if !ok && w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%q: the answer does not say what to show", authorization)
		}
	}
	twice := httptest.NewRequest(http.MethodGet, "/sessions?token="+testToken, nil)
	twice.Host = "localhost"
	twice.Header["Authorization"] = []string{"Bearer " + testToken, "Bearer " + testToken}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, twice)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("two tokens are answered %d", w.Code)
	}
}

func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"localhost:8741", "[::1]:1", "[", "a:b:c", "[::1%25a]", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, ok := parseHost(text)
		if ok && (h.name == "" || strings.ContainsAny(h.name, " /@[]%\x00")) {
			t.Errorf("%q is read as %+v", text, h)
		}
	})
}
