package mock

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWhenTheConnectionEnds: after a body whose end nobody can be sure of, nothing that follows is taken for a request.
func TestWhenTheConnectionEnds(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	send := func(body string) *http.Request {
		return post(sendPath, jsonType, body, "Authorization", "Bearer development-token")
	}
	inPieces := chunked(send(goodMessage))
	inPieces.TransferEncoding = []string{"chunked"}
	for name, c := range map[string]struct {
		request *http.Request
		close   string
	}{
		"a body with its length": {send(goodMessage), ""},
		"a body in chunks":       {inPieces, "close"},
		"a body too large":       {send(`"` + strings.Repeat("x", 70<<10) + `"`), "close"},
		"a body cut short":       {cutShort(send(goodMessage)), "close"},
	} {
		if w, _ := p.send(c.request); w.Header().Get("Connection") != c.close {
			t.Errorf("%s: Connection is %q, want %q", name, w.Header().Get("Connection"), c.close)
		}
	}
}

func TestABodyAsLongAsTheBoundIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	body := goodMessage + strings.Repeat(" ", 64<<10-len(goodMessage))
	for name, r := range map[string]*http.Request{
		"announced": post(sendPath, jsonType, body, "Authorization", "Bearer development-token"),
		"chunked":   chunked(post(sendPath, jsonType, body, "Authorization", "Bearer development-token")),
	} {
		if _, e := p.send(r); e.Outcome != "ok" {
			t.Errorf("%s: %s %v", name, e.Error, e.Diagnosis)
		}
	}
}

// TestHEADHasNoBody: RFC 9110, section 9.3.2.
func TestHEADHasNoBody(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	w, _ := p.send(httptest.NewRequest(http.MethodHead, "/wx/push/queryPushProject", nil))
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD is answered with %d bytes and Content-Length %s", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

// looking counts the journal's exchanges at the moment a reply begins.
type looking struct {
	*httptest.ResponseRecorder
	server *Server
	found  int
}

func (l *looking) WriteHeader(status int) {
	list, _ := l.server.Exchanges()
	l.found = len(list)
	l.ResponseRecorder.WriteHeader(status)
}

func TestWhoeverHasAReplyFindsItsExchange(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for i, path := range []string{"/wx/push/queryPushProject", "/nothing"} {
		l := &looking{ResponseRecorder: httptest.NewRecorder(), server: p.server}
		p.server.ServeHTTP(l, httptest.NewRequest(http.MethodGet, path, nil))
		if l.found != i+1 {
			t.Errorf("%s: when the reply began the journal held %d exchanges, want %d", path, l.found, i+1)
		}
	}
}

// TestACallerThatHungUpIsServed: what it asked for is done, as at a vendor.
func TestACallerThatHungUpIsServed(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, e := p.send(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token").WithContext(ctx)); e.Outcome != "ok" {
		t.Errorf("%s: %v", e.Error, e.Diagnosis)
	}
	if p.commits.writes.Load() == 0 {
		t.Error("nothing was kept")
	}
}

// TestWrongMethodsAtTheGateway are answered in the format that the call asks for.
func TestWrongMethodsAtTheGateway(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for format, want := range map[string]string{"json": "json", "xml": "xml"} {
		r := post("/router/rest", formType, "format="+format)
		r.Method = http.MethodPut
		w, e := p.send(r)
		if e.Diagnosis == nil || e.Diagnosis.ID != "wrong-method" {
			t.Fatalf("answered %d %s %v", w.Code, e.Error, e.Diagnosis)
		}
		if got := w.Header().Get("Content-Type"); !strings.Contains(got, want) && !strings.Contains(got, "problem") {
			t.Errorf("format=%s is answered as %s", format, got)
		}
	}
}

func TestTheUsualBoundIsAMebibyte(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Contracts: only(t, "eazytec")})
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{1 << 20: http.StatusOK, 1<<20 + 1: http.StatusBadRequest} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, post(sendPath, jsonType, goodMessage+strings.Repeat(" ", size-len(goodMessage)), "Authorization", "Bearer development-token"))
		if w.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, w.Code, want)
		}
	}
}

// TestFindingsInASealedMember point into it from the body's root.
func TestFindingsInASealedMember(t *testing.T) {
	t.Parallel()
	_, e := newPlayer(t).send(post(receivePath, jsonType, pushBody(`[]`)))
	if e.Diagnosis == nil || len(e.Diagnosis.Findings) == 0 || e.Diagnosis.Findings[0].Pointer != "/raw_data" {
		t.Errorf("told %+v", e.Diagnosis)
	}
}
