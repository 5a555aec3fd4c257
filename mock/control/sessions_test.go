package control

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
)

type sessionIn struct {
	Name, Prefix, Clock, Shift, SignatureWindow string
	Seed                                        int64
	BaseURLs                                    map[string]string
	Readings                                    map[string]string
	OwnCredentials                              bool
	Exchanges                                   int
	Credentials                                 map[string]map[string]any
}

func vendorURL(vendor, host string) string {
	if vendor == "mytijian" {
		return "http://" + host + ":8740/open-api/V2/ws"
	}
	return "http://" + host + ":8740"
}

func TestCreateSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{BaseURL: vendorURL, Hosts: []string{"mock.internal", "localhost"}})
	got := w.want(http.StatusCreated, http.MethodPost, "/sessions",
		`{"name":"first","seed":-7,"readings":{"Z-1":"form"},"signatureWindow":"off","faults":[{"status":503,"calls":2}],
		  "credentials":{"eazytec":{"tokens":[{"value":"given-token"}]},"zheliban":{"secret":"given-secret"}}}`, "Host", "mock.internal:8741")
	if at := got.Header().Get("Location"); at != "/sessions/first" {
		t.Errorf("its address is %q", at)
	}
	s := decoded[sessionIn](w, got)
	if s.Name != "first" || s.Prefix != "/~first" || s.Seed != -7 || s.Clock != "running" || s.SignatureWindow != "off" || !s.OwnCredentials || s.Readings["Z-1"] != "form" {
		t.Errorf("it is %+v", s)
	}
	if s.BaseURLs["mytijian"] != "http://mock.internal:8740/~first/open-api/V2/ws" || s.BaseURLs["zheliban"] != "http://mock.internal:8740/~first" || len(s.BaseURLs) != 5 {
		t.Errorf("its base URLs are %v", s.BaseURLs)
	}
	if len(s.Credentials) != 5 || s.Credentials["zheliban"]["secret"] != "given-secret" || s.Credentials["zheliban"]["aesKey"] == "development-key!" {
		t.Errorf("its credentials are %v", s.Credentials)
	}
	own, _ := w.server.LookupSession("first")
	if kept := own.Credentials("eazytec")["tokens"].Tokens; len(kept) != 1 || kept[0].Value != "given-token" {
		t.Errorf("the given token became %+v", kept)
	}
	if f := own.Faults(); len(f) != 1 || f[0].ID != "f1" || f[0].Calls != 2 {
		t.Errorf("its faults are %+v", f)
	}
	again := w.refused(http.StatusConflict, "session-exists", http.MethodPost, "/sessions", `{"name":"first"}`)
	if again.Detail == "" {
		t.Error("nothing is said about a name that is taken")
	}
	if read := w.want(http.StatusOK, http.MethodGet, "/sessions/first", "").Body.String(); strings.Contains(read, "given-") || strings.Contains(read, "credentials\"") {
		t.Errorf("credentials are told again: %s", read)
	}
}

// TestOwnCredentialsWork makes a session by default and calls a vendor with what it was told, without prefix and header.
func TestOwnCredentialsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	s := decoded[sessionIn](w, w.want(http.StatusCreated, http.MethodPost, "/sessions", ""))
	if s.Name == "" || !s.OwnCredentials || len(s.BaseURLs) != 0 {
		t.Fatalf("a session of nothing is %+v", s)
	}
	tokens := s.Credentials["mytijian"]["accessTokens"].([]any)
	value := tokens[0].(map[string]any)["value"].(string)
	got := httptest.NewRecorder()
	w.server.ServeHTTP(got, httptest.NewRequest(http.MethodPost, "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="+value, nil))
	if e := get[listing](w, "/journal?session="+s.Name); got.Code != http.StatusOK || len(e.Exchanges) != 1 || e.Exchanges[0].Outcome != "ok" {
		t.Errorf("the call is answered %d %s, and the session's journal holds %+v", got.Code, got.Body, e)
	}
	shared := decoded[sessionIn](w, w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"ownCredentials":false}`))
	if shared.OwnCredentials || shared.Credentials != nil {
		t.Errorf("a session with the server's credentials tells %v", shared.Credentials)
	}
}

func TestSessionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorldOver(t, mock.Config{MaxSessions: 1}, Config{})
	tests := []struct {
		body, pointer string
		status        int
		id            string
	}{
		{`{"name":".."}`, "/name", 400, "body"},
		{`{"readings":{"Z-999":"form"}}`, "", 400, "session"},
		{`{"readings":{"Z-1":"nowhere"}}`, "", 400, "session"},
		{`{"signatureWindow":"never"}`, "/signatureWindow", 400, "body"},
		{`{"seed":1.5}`, "/seed", 400, "body"},
		{`{"seed":9223372036854775808}`, "/seed", 400, "body"},
		{`{"credentials":{"nobody":{"secret":"x"}}}`, "/credentials/?", 400, "body"},
		{`{"credentials":{"zheliban":{"key":"x"}}}`, "/credentials/zheliban/?", 400, "body"},
		{`{"credentials":{"zheliban":{"aesKey":"too-short"}}}`, "", 400, "session"},
		{`{"faults":[{"status":503},{"vendor":"nobody","status":503}]}`, "/faults/1/vendor", 400, "body"},
		{`{"faults":[{"vendor":"mytijian","break":"plain"}]}`, "/faults/0/break", 400, "body"},
		{`{"faults":[{"id":"a","status":503},{"id":"a","status":503}]}`, "", 400, "session"},
	}
	for _, tt := range tests {
		p := w.refused(tt.status, tt.id, http.MethodPost, "/sessions", tt.body)
		if tt.pointer != "" && (len(p.Violations) != 1 || p.Violations[0].Pointer != tt.pointer) {
			t.Errorf("%s: the violations are %+v, want one at %s", tt.body, p.Violations, tt.pointer)
		}
	}
	if w.names() != "" {
		t.Errorf("refused sessions were made: %s", w.names())
	}
	w.want(http.StatusCreated, http.MethodPost, "/sessions", "{}")
	w.refused(http.StatusServiceUnavailable, "session-limit", http.MethodPost, "/sessions", "{}")
	w.refused(http.StatusServiceUnavailable, "session-limit", http.MethodPost, "/sessions/another/reset", "{}")
}

func TestChangeSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"name":"a","seed":1,"readings":{"Z-1":"form"}}`)
	change := func(body string) sessionIn {
		return decoded[sessionIn](w, w.want(http.StatusOK, http.MethodPatch, "/sessions/a", body))
	}
	if s := change(`{"seed":2}`); s.Seed != 2 || s.Readings["Z-1"] != "form" || s.SignatureWindow != "real" {
		t.Errorf("another seed gives %+v", s)
	}
	if s := change(`{"signatureWindow":"session","readings":{"T-5":"text"}}`); s.Seed != 2 || s.SignatureWindow != "session" || !maps.Equal(s.Readings, map[string]string{"T-5": "text"}) {
		t.Errorf("other readings and window give %+v", s)
	}
	if s := change(`{"readings":{}}`); len(s.Readings) != 0 {
		t.Errorf("no readings give %+v", s)
	}
	w.refused(http.StatusBadRequest, "session", http.MethodPatch, "/sessions/a", `{"seed":3,"readings":{"Z-1":"nowhere"}}`)
	if s := get[sessionIn](w, "/sessions/a"); s.Seed != 2 {
		t.Errorf("a change that was refused was made in part: %+v", s)
	}
	w.refused(http.StatusBadRequest, "body", http.MethodPatch, "/sessions/a", `{}`)
	w.refused(http.StatusBadRequest, "body", http.MethodPatch, "/sessions/a", `{"name":"b"}`)
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	w.tasks("b", true)
	tests := []struct {
		name, target, body, label string
		want                      int
	}{
		{"a label with charset and no body", "/sessions/a/reset", "", "application/json; charset=utf-8", 200},
		{"an empty object", "/sessions/a/reset", " {} ", mediaJSON, 200},
		{"a session that is new", "/sessions/c/reset", "{}", mediaJSON, 200},
		{"a form", "/sessions/b/reset", "", "application/x-www-form-urlencoded", 415},
		{"plain text", "/sessions/b/reset", "{}", "text/plain", 415},
		{"no label", "/sessions/b/reset", "{}", "", 415},
		{"an object that says something", "/sessions/b/reset", `{"x":1}`, mediaJSON, 400},
		{"a list", "/sessions/b/reset", "[]", mediaJSON, 400},
		{"null", "/sessions/b/reset", "null", mediaJSON, 400},
		{"a name that is none", "/sessions/../reset", "", mediaJSON, 400},
		{"a name with a slash", "/sessions/b%2Fc/reset", "", mediaJSON, 400},
		{"too much", "/sessions/b/reset", strings.Repeat(" ", maxBody+1), mediaJSON, 413},
	}
	for _, tt := range tests {
		w.want(tt.want, http.MethodPost, tt.target, tt.body, "Content-Type", tt.label)
	}
	if kept := get[listing](w, "/journal").Exchanges; len(kept) != 1 || kept[0].Session != "b" {
		t.Errorf("after resetting a alone, the journal holds %v", kept)
	}
	if got := w.names(); got != "a b c" {
		t.Errorf("the sessions are %s", got)
	}
}

// TestUnknownSession asks everything of a session that is not there: it stays so.
func TestUnknownSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	a, err := ownAPI()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, op := range a.operations {
		if !strings.HasPrefix(op.Path, "/sessions/{name}") || op.ID == "resetSession" {
			continue
		}
		path, body := example(t, op)
		path = strings.Replace(path, "/sessions/default", "/sessions/nobody", 1)
		w.refused(http.StatusNotFound, "session-unknown", op.Method, path, body)
		asked++
	}
	if asked < 10 || w.names() != "" {
		t.Errorf("%d operations were asked, and the sessions are %q", asked, w.names())
	}
	// The default session is always there.
	get[sessionIn](w, "/sessions/default")
	w.want(http.StatusCreated, http.MethodPost, "/sessions/default/faults", `{"status":503}`)
}

// TestSessionThatEndsMeanwhile gives what the engine says of a session that ends while it is asked for: what a session
// gets that was not there.
func TestSessionThatEndsMeanwhile(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"session": sessionFailure(mock.ErrSessionOver), "record": recordFailure(&call{}, mock.ErrSessionOver)} {
		var f *failure
		if !errors.As(err, &f) || f.status != http.StatusNotFound || f.id != "session-unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{BaseURL: vendorURL})
	w.tasks("b", true)
	w.tasks("a", true)
	w.tasks("b", true)
	w.tasks("default", true)
	var names []string
	for _, s := range get[struct{ Sessions []sessionIn }](w, "/sessions").Sessions {
		names = append(names, s.Name)
		if want := map[string]int{"a": 1, "b": 2, "default": 1}[s.Name]; s.Exchanges != want {
			t.Errorf("%s has %d exchanges, want %d", s.Name, s.Exchanges, want)
		}
		if s.Name == "default" && s.BaseURLs["weixiao"] != "http://localhost:8740" {
			t.Errorf("the default session begins at %v", s.BaseURLs)
		}
	}
	if !slices.Equal(names, []string{"a", "b", "default"}) {
		t.Errorf("the sessions are %v", names)
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusOK, http.MethodPost, "/sessions/over/reset", "")
	w.want(http.StatusNoContent, http.MethodDelete, "/sessions/over", "")
	if w.names() != "" {
		t.Errorf("it is still there: %s", w.names())
	}
	w.refused(http.StatusNotFound, "session-unknown", http.MethodDelete, "/sessions/over", "")
}

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	w.tasks("b", true)
	got := w.want(http.StatusNoContent, http.MethodPost, "/sessions/a/tokens/revoke", `{"token":"development-access-token"}`)
	if got.Body.Len() > 0 {
		t.Errorf("the answer is %s", got.Body)
	}
	w.want(http.StatusNoContent, http.MethodPost, "/sessions/a/tokens/revoke", `{"token":"nobody-has-this"}`)
	w.tasks("a", true)
	w.tasks("b", true)
	var outcomes []string
	for _, e := range get[listing](w, "/journal").Exchanges {
		outcomes = append(outcomes, e.Session+" "+e.Outcome)
	}
	if want := []string{"a ok", "b ok", "a vendor-error", "b ok"}; !slices.Equal(outcomes, want) {
		t.Errorf("the calls end %v, want %v", outcomes, want)
	}
}

// TestChangesUnderTraffic is for the race detector: changes and readers among callers.
func TestChangesUnderTraffic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	changes := []struct{ method, target, body string }{
		{http.MethodPost, "/sessions/a/reset", ""},
		{http.MethodPatch, "/sessions/a", `{"seed":1,"readings":{"T-5":"text"}}`},
		{http.MethodPut, "/sessions/a/clock", `{"frozen":true}`},
		{http.MethodPost, "/sessions/a/clock/advance", `{"by":"1m"}`},
		{http.MethodPost, "/sessions/a/faults", `{"delay":"1ms"}`},
		{http.MethodDelete, "/sessions/a/faults", ""},
		{http.MethodGet, "/journal?session=a", ""},
		{http.MethodGet, "/sessions", ""},
		{http.MethodGet, "/sessions/a/vendors/mytijian/records/tasks", ""},
		{http.MethodDelete, "/sessions/a/journal", ""},
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 50 {
				w.tasks("a", true)
			}
		})
	}
	for i := range 3 {
		all.Go(func() {
			for j := range 40 {
				c := changes[(i+j)%len(changes)]
				if got := w.ask(c.method, c.target, c.body); got.Code >= 300 {
					t.Errorf("%s %s is answered %d %s", c.method, c.target, got.Code, got.Body)
				}
			}
		})
	}
	all.Wait()
}
