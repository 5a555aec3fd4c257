package control

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}); err == nil {
		t.Error("no server should be an error")
	}
	w := newWorld(t, Config{})
	for _, host := range []string{"", "a:b", "a:0", "::1", "[::1", "http://a"} {
		if _, err := New(Config{Server: w.server, Hosts: []string{host}}); err == nil {
			t.Errorf("the host %q should be an error", host)
		}
	}
	if _, err := New(Config{Server: w.server, Beyond: true}); err == nil || !strings.Contains(err.Error(), "a token is needed") {
		t.Errorf("beyond loopback without a token: the error is %v", err)
	}
	if _, err := New(Config{Server: w.server, Token: " secret-of-this-test "}); err == nil || strings.Contains(err.Error(), "secret-of-this-test") {
		t.Errorf("a token that no header can show: the error is %v", err)
	}
	if _, err := New(Config{Server: w.server, Beyond: true, Token: testToken}); err != nil {
		t.Errorf("beyond loopback with a token: %v", err)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	ready := false
	w := newWorld(t, Config{Ready: func() bool { return ready }})
	w.refused(http.StatusServiceUnavailable, "not-ready", http.MethodGet, "/readyz", "")
	w.want(http.StatusOK, http.MethodGet, "/healthz", "")
	ready = true
	w.want(http.StatusOK, http.MethodGet, "/readyz", "")
	w.want(http.StatusOK, http.MethodHead, "/readyz", "")
}

// TestAnnouncedLength announces more than the bound to every method: a body is refused before anything reads it.
func TestAnnouncedLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		r := httptest.NewRequest(method, "/sessions", strings.NewReader("x"))
		r.Host, r.ContentLength = "localhost", maxBody+1
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, r)
		if got.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s is answered %d", method, got.Code)
		}
	}
}

// TestOverTheWire asks through a real listener, where HEAD, chunks and closed connections are the library's doing.
func TestOverTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Hosts: []string{"127.0.0.1"}})
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	ask := func(method, path, body string) *http.Response {
		// A reader of no known kind has no known length: it travels in chunks.
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, struct{ *strings.Reader }{strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", mediaJSON)
		got, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = got.Body.Close() })
		return got
	}
	if got := ask(http.MethodPost, "/sessions", `{"name":"wired"}`); got.StatusCode != http.StatusCreated || !got.Close {
		t.Errorf("a chunked body is answered %d, and the connection closes: %v", got.StatusCode, got.Close)
	}
	if got := ask(http.MethodPost, "/sessions", `{"name":"`+strings.Repeat("x", maxBody)+`"}`); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too long a chunked body is answered %d", got.StatusCode)
	}
	if got := ask(http.MethodHead, "/sessions", ""); got.StatusCode != http.StatusOK || got.ContentLength < 100 {
		t.Errorf("HEAD is answered %d with a length of %d", got.StatusCode, got.ContentLength)
	}
}

func TestVendors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	body := w.want(http.StatusOK, http.MethodGet, "/vendors", "")
	list := decoded[struct{ Vendors []vendorView }](w, body).Vendors
	if len(list) != 5 {
		t.Fatalf("%d vendors are listed", len(list))
	}
	for _, v := range list {
		if len(v.Operations) == 0 || len(v.Errors) == 0 || len(v.Kinds) == 0 || len(v.Unclear) == 0 || len(v.Credentials) == 0 || v.Title == "" {
			t.Errorf("%s lacks something: %+v", v.Vendor, v)
		}
	}
	for _, secret := range []string{"development-", "12345678"} {
		if strings.Contains(body.Body.String(), secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}
