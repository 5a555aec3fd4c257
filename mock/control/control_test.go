package control_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/specs"
)

type world struct {
	t       *testing.T
	server  *mock.Server
	handler http.Handler
}

func newWorld(t *testing.T, config control.Config) *world {
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
	config.Server = server
	handler, err := control.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, server, handler}
}

// tasks calls a vendor once in a session, with a good token or without one.
func (w *world) tasks(session string, good bool) {
	target := "/~" + session + "/open-api/V2/ws/agentManager/hospitalTaskList"
	if good {
		target += "?accessToken=development-access-token"
	}
	w.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, target, nil))
}

func (w *world) ask(method, target, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8741"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	return got
}

// get decodes a good answer.
func get[T any](w *world, target string) T {
	w.t.Helper()
	got := w.ask(http.MethodGet, target, "")
	var v T
	if err := json.Unmarshal(got.Body.Bytes(), &v); err != nil || got.Code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s (%v)", target, got.Code, got.Body, err)
	}
	return v
}

type listing struct {
	Exchanges []struct {
		ID                                  int64
		Session, Operation, Outcome, Vendor string
	}
	Dropped int64
}

func TestJournalFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	w.tasks("b", true)
	w.tasks("a", true)
	w.tasks("b", false)
	tests := []struct {
		query string
		want  []int64
	}{
		{"", []int64{1, 2, 3}},
		{"?limit=2", []int64{2, 3}},
		{"?session=b", []int64{1, 3}},
		{"?session=b&limit=1", []int64{3}},
		{"?session=nobody", nil},
		{"?vendor=mytijian", []int64{1, 2, 3}},
		{"?operation=listHospitalTasks&outcome=vendor-error", []int64{3}},
		{"?operation=registerAgent", nil},
		{"?outcome=refusal", nil},
	}
	for _, tt := range tests {
		var ids []int64
		for _, e := range get[listing](w, "/journal"+tt.query).Exchanges {
			ids = append(ids, e.ID)
		}
		if len(ids) != len(tt.want) {
			t.Errorf("%q lists %v, want %v", tt.query, ids, tt.want)
			continue
		}
		for i := range ids {
			if ids[i] != tt.want[i] {
				t.Errorf("%q lists %v, want %v", tt.query, ids, tt.want)
			}
		}
	}
	for _, bad := range []string{"?limit=0", "?limit=x", "?limit=1&limit=2", "?outcome=good", "?vendor=nobody", "?sesion=a"} {
		got := w.ask(http.MethodGet, "/journal"+bad, "")
		if got.Code != http.StatusBadRequest || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s is answered %d %s, want a 400 problem", bad, got.Code, got.Header().Get("Content-Type"))
		}
	}
	if names := get[map[string][]string](w, "/sessions")["sessions"]; strings.Join(names, " ") != "a b" {
		t.Errorf("reading made sessions: %v", names)
	}
	if got := w.ask(http.MethodGet, "/journal", "").Body.String(); strings.Contains(got, "development-access-token") {
		t.Errorf("the journal shows a token: %s", got)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	w.tasks("a", false)
	e := get[struct {
		ID        int64
		Operation string
		Diagnosis struct{ ID string }
		Text      control.Text
	}](w, "/journal/1")
	if e.ID != 1 || e.Operation != "listHospitalTasks" || e.Diagnosis.ID != "missing-token" {
		t.Errorf("the exchange is %+v", e)
	}
	if !strings.Contains(e.Text.EN, "there is no token") || !strings.Contains(e.Text.ZH, "缺少 token") {
		t.Errorf("its texts are %+v", e.Text)
	}
	for target, want := range map[string]int{"/journal/2": 404, "/journal/x": 400, "/nothing": 404, "/sessions/a": 405} {
		if got := w.ask(http.MethodGet, target, ""); got.Code != want || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s is answered %d (%s), want %d", target, got.Code, got.Header().Get("Content-Type"), want)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	w.tasks("a", true)
	w.tasks("b", true)
	tests := []struct {
		name, target, body, label string
		want                      int
	}{
		{"a label with charset and no body", "/sessions/a/reset", "", "application/json; charset=utf-8", 200},
		{"an empty object", "/sessions/a/reset", " {} ", "application/json", 200},
		{"a session that is new", "/sessions/c/reset", "{}", "application/json", 200},
		{"a form", "/sessions/b/reset", "", "application/x-www-form-urlencoded", 415},
		{"plain text", "/sessions/b/reset", "{}", "text/plain", 415},
		{"no label", "/sessions/b/reset", "{}", "", 415},
		{"an object that says something", "/sessions/b/reset", `{"x":1}`, "application/json", 400},
		{"a list", "/sessions/b/reset", "[]", "application/json", 400},
		{"null", "/sessions/b/reset", "null", "application/json", 400},
		{"a name that is none", "/sessions/../reset", "", "application/json", 400},
		{"a name with a slash", "/sessions/b%2Fc/reset", "", "application/json", 400},
		{"too much", "/sessions/b/reset", strings.Repeat(" ", 64<<10+1), "application/json", 413},
	}
	for _, tt := range tests {
		var header []string
		if tt.label != "" {
			header = []string{"Content-Type", tt.label}
		}
		if got := w.ask(http.MethodPost, tt.target, tt.body, header...); got.Code != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.name, got.Code, got.Body, tt.want)
		}
	}
	if kept := get[listing](w, "/journal").Exchanges; len(kept) != 1 || kept[0].Session != "b" {
		t.Errorf("after resetting a alone, the journal holds %v", kept)
	}
}

// TestAnnouncedLength announces more than the bound to every method: a body is refused before anything reads it.
func TestAnnouncedLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		r := httptest.NewRequest(method, "/sessions", strings.NewReader("x"))
		r.Host, r.ContentLength = "localhost", 64<<10+1
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, r)
		if got.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s is answered %d", method, got.Code)
		}
	}
}

// TestUnannouncedLength sends more than the bound without saying how much.
func TestUnannouncedLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	r := httptest.NewRequest(http.MethodPost, "/sessions/a/reset", strings.NewReader(strings.Repeat(" ", 64<<10+1)))
	r.Host, r.ContentLength = "localhost", -1
	r.Header.Set("Content-Type", "application/json")
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	if got.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %d %s", got.Code, got.Body)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	ready := false
	w := newWorld(t, control.Config{Ready: func() bool { return ready }})
	if got := w.ask(http.MethodGet, "/readyz", ""); got.Code != http.StatusServiceUnavailable {
		t.Errorf("/readyz is answered %d while nothing is ready", got.Code)
	}
	if got := w.ask(http.MethodGet, "/healthz", ""); got.Code != http.StatusOK {
		t.Errorf("/healthz is answered %d", got.Code)
	}
	ready = true
	if got := w.ask(http.MethodGet, "/readyz", ""); got.Code != http.StatusOK {
		t.Errorf("/readyz is answered %d once all is ready", got.Code)
	}
}

// TestResetUnderTraffic is for the race detector: resets and readers among callers.
func TestResetUnderTraffic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				w.tasks("a", true)
			}
		})
		all.Go(func() {
			for range 25 {
				if got := w.ask(http.MethodPost, "/sessions/a/reset", "", "Content-Type", "application/json"); got.Code != http.StatusOK {
					t.Errorf("reset is answered %d", got.Code)
				}
				if got := w.ask(http.MethodGet, "/journal?session=a", ""); got.Code != http.StatusOK {
					t.Errorf("the journal is answered %d", got.Code)
				}
			}
		})
	}
	all.Wait()
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := control.New(control.Config{}); err == nil {
		t.Error("no server should be an error")
	}
	w := newWorld(t, control.Config{})
	for _, host := range []string{"", "a:b", "a:0", "::1", "[::1", "http://a"} {
		if _, err := control.New(control.Config{Server: w.server, Hosts: []string{host}}); err == nil {
			t.Errorf("the host %q should be an error", host)
		}
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	if got := w.ask(http.MethodPost, "/sessions/over/reset", "", "Content-Type", "application/json"); got.Code != http.StatusOK {
		t.Fatalf("a session is made with %d", got.Code)
	}
	if got := w.ask(http.MethodDelete, "/sessions/over", "", "Content-Type", "application/json"); got.Code != http.StatusNoContent {
		t.Errorf("it is dropped with %d %s", got.Code, got.Body)
	}
	if got := w.ask(http.MethodGet, "/sessions", ""); strings.Contains(got.Body.String(), "over") {
		t.Errorf("it is still there: %s", got.Body)
	}
	if got := w.ask(http.MethodDelete, "/sessions/over", "", "Content-Type", "application/json"); got.Code != http.StatusNotFound {
		t.Errorf("dropping it again is answered %d", got.Code)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, control.Config{})
	if got := w.ask(http.MethodPost, "/sessions/posted/reset", "", "Content-Type", "application/json"); got.Code != http.StatusOK {
		t.Fatalf("a session is made with %d", got.Code)
	}
	if got := w.ask(http.MethodGet, "/sessions/posted/deliveries", ""); got.Code != http.StatusOK || strings.TrimSpace(got.Body.String()) != `{"deliveries":[],"dropped":0}` {
		t.Errorf("nothing was sent on, and the log is %d %s", got.Code, got.Body)
	}
	if got := w.ask(http.MethodGet, "/sessions/nobody/deliveries", ""); got.Code != http.StatusNotFound {
		t.Errorf("the log of a session that is not there is answered %d", got.Code)
	}
}
