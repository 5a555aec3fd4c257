package mock

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

// TestOnExchangeTellsHeadlines: of every exchange, one without a session too, and never what may be personal.
func TestOnExchangeTellsHeadlines(t *testing.T) {
	t.Parallel()
	var told []Exchange
	s, err := New(Config{Contracts: only(t, "mytijian"), OnExchange: func(e Exchange) { told = append(told, e) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{registerPath, "/~probe/nothing"} {
		s.ServeHTTP(httptest.NewRecorder(), post(path, jsonType, `{"hospitalId":2,"heartbeat":"1","version":"1.0"}`))
	}
	if len(told) != 2 || told[0].Outcome != "ok" || told[1].Error != "unknown-path" {
		t.Fatalf("told %+v", told)
	}
	for _, e := range told {
		if e.Request.Value != nil || e.Reply.Value != nil || e.Parameters != nil {
			t.Errorf("%s: bodies or parameters are told: %+v", e.Path, e)
		}
	}
	if full, ok := s.Exchange(told[0].ID); !ok || full.Request.Value == nil || len(full.Parameters) != 1 {
		t.Errorf("the exchange itself lacks them: %+v", full)
	}
	if _, ok := s.Exchange(told[1].ID); !ok {
		t.Error("the exchange without a session is not found by its id")
	}
}

// TestWhatTheJournalMeasures: two times, and the bytes as they travelled.
func TestWhatTheJournalMeasures(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	session, err := p.server.Session("")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 5, 6, 7, 8, 9, 0, value.China())
	session.Freeze(at)
	body := padded("development-key!", `{"apikey":"development-api-key","secret":"development-secret"}`)
	w, e := p.send(post(tokenPath, "text/plain", body))
	if !e.Clock.Equal(at) || e.At.Equal(at) {
		t.Errorf("the session's time is %v and the real one %v, want %v and now", e.Clock, e.At, at)
	}
	if e.Request.Bytes != len(body) || e.Reply.Bytes != w.Body.Len() {
		t.Errorf("%d and %d bytes, want %d and %d", e.Request.Bytes, e.Reply.Bytes, len(body), w.Body.Len())
	}
	_, e = p.send(post("/router/rest", formType, signedForm(nil)))
	found := false
	for _, parameter := range e.Parameters {
		found = found || parameter == Parameter{"form", "sign_method", "hmac"}
	}
	if !found {
		t.Errorf("the form's parameters are %v", e.Parameters)
	}
}

// TestFind holds each filter to a journal of two vendors and three sessions.
func TestFind(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for _, session := range []string{"b", "a", "b"} {
		p.send(httptest.NewRequest(http.MethodGet, "/~"+session+"/wx/push/queryPushProject", nil))
		p.send(post("/~"+session+registerPath, jsonType, `{}`))
	}
	p.send(httptest.NewRequest(http.MethodGet, "/nothing", nil))
	for name, c := range map[string]struct {
		query Query
		want  []int64
	}{
		"all":       {Query{}, []int64{1, 2, 3, 4, 5, 6, 7}},
		"session":   {Query{Session: "b"}, []int64{1, 2, 5, 6}},
		"vendor":    {Query{Vendor: "weixiao"}, []int64{1, 3, 5}},
		"operation": {Query{Operation: "registerAgent"}, []int64{2, 4, 6}},
		"outcome":   {Query{Outcome: "refusal"}, []int64{7}},
		"newest":    {Query{Session: "b", Limit: 2}, []int64{5, 6}},
	} {
		list, _ := p.server.Find(c.query)
		var got []int64
		for _, e := range list {
			got = append(got, e.ID)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: found %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Contracts: only(t, "weixiao"), MaxSessions: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"/~one": http.StatusOK, "/~one ": http.StatusBadRequest} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, strings.ReplaceAll(name, " ", "%20")+"/wx/push/queryPushProject", nil))
		if w.Code != want {
			t.Errorf("%q: %d, want %d", name, w.Code, want)
		}
	}
	if _, err := s.Session("one"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/~two/wx/push/queryPushProject", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get(headerRefusal) != "session-limit" {
		t.Errorf("beyond the bound: %d %s", w.Code, w.Header().Get(headerRefusal))
	}
}

// step replaces what an operation does.
func (p *player) step(id string, step behave.Step) {
	for _, v := range p.server.base().vendors {
		for _, op := range v.operations {
			if op.ID == id {
				op.step = step
			}
		}
	}
}

// TestACallInAnEndedSessionLeavesNothing: the session goes while its call is under way.
func TestACallInAnEndedSessionLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	key := ""
	p.step("listPushProjects", func(_ state.Tx, c *behave.Call) (behave.Reply, error) {
		key = c.Session
		return behave.Reply{Value: value.List{}, Effects: []behave.Effect{func(w *behave.World) {
			p.server.Drop("default")
			_ = w.Store.Update(context.Background(), w.Session, func(tx state.Tx) error {
				tx.Put("kind", "key", []byte("late"))
				return nil
			})
		}}}, nil
	})
	p.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
	_ = p.server.store.Update(t.Context(), key, func(tx state.Tx) error {
		if _, kept := tx.Get("kind", "key"); kept || key == "" {
			t.Errorf("session %q has ended and something is kept", key)
		}
		return nil
	})
}

func TestAFullSessionIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.step("listPushProjects", func(state.Tx, *behave.Call) (behave.Reply, error) { return behave.Reply{}, state.ErrFull })
	w, e := p.send(httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
	if w.Code != http.StatusInsufficientStorage || e.Error != "session-full" {
		t.Errorf("answered %d %s", w.Code, e.Error)
	}
}

// TestForeignTokens are signed with the right key and still not good here.
func TestForeignTokens(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	op := p.operation("zheliban", "pullReservations")
	auth := op.Wire.Auth
	own, err := p.server.sessions.Get("default")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		audience, issuer, subject string
		diagnosis                 string
	}{
		"our own":         {auth.Audience, auth.Issuer, own.Subject + "x", ""},
		"audience":        {"1", auth.Issuer, own.Subject + "x", "token-foreign"},
		"issuer":          {auth.Audience, "nobody", own.Subject + "x", "token-foreign"},
		"a session since": {auth.Audience, auth.Issuer, "000000000000x", "token-other-session"},
	} {
		now := time.Now()
		token, err := wire.SignToken(op.vendor.tokenKey, wire.Claims{
			Subject: c.subject, Audience: c.audience, Issuer: c.issuer, IssuedAt: now, ExpiresAt: now.Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, e := p.send(post("/reservation/sync/order", jsonType, "", "ACCESS-TOKEN", token))
		got := ""
		if e.Diagnosis != nil {
			got = e.Diagnosis.ID
		}
		if got != c.diagnosis || (e.Error == "unauthorized") != (c.diagnosis != "") {
			t.Errorf("%s: %s %q, want %q", name, e.Error, got, c.diagnosis)
		}
	}
}

func TestBearerInAnyCase(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	if _, e := p.send(post(sendPath, jsonType, goodMessage, "Authorization", "bearer development-token")); e.Outcome != "ok" {
		t.Errorf("%s %v", e.Error, e.Diagnosis)
	}
}

// TestTolerated calls go through with a warning.
func TestTolerated(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.withProject()
	for warning, r := range map[string]*http.Request{
		"content-type-absent": post(sendPath, "", goodMessage, "Authorization", "Bearer development-token"),
		"body-not-expected":   httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", strings.NewReader("{}")),
	} {
		_, e := p.send(r)
		if e.Outcome != "ok" || len(e.Warnings) != 1 || e.Warnings[0].ID != warning {
			t.Errorf("%s: %s %s %v", warning, e.Outcome, e.Error, e.Warnings)
		}
	}
}

// TestErrorsAreSealedToo: a caller of a sealed operation opens every reply.
func TestErrorsAreSealedToo(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	w, e := p.send(post(tokenPath, "text/plain", padded("development-key!", `{"apikey":"x","secret":"y"}`)))
	if strings.Contains(w.Body.String(), "{") || e.Outcome != "vendor-error" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%s is answered openly: %s", e.Error, w.Body)
	}
}

// TestProjectsAreBounded: each one is another request that a push sets off.
func TestProjectsAreBounded(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Contracts: only(t, "weixiao")})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 201 {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, post("/wx/push/addPushProject", formType, "url=http%3A%2F%2F127.0.0.1%3A1%2F&project=p"+strconv.Itoa(i)))
		if full := w.Header().Get(headerRefusal) == "session-full"; full != (i == 200) {
			t.Fatalf("project %d: %d %s", i+1, w.Code, w.Body)
		}
	}
}
