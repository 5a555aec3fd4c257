package control

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// guard asks one route with nothing but this host and header.
func (w *world) guard(path, host string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	for name, v := range header {
		if v != "" {
			r.Header.Set(name, v)
		}
	}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	return got
}

func TestHosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Token: testToken})
	for host, ok := range map[string]bool{
		"localhost": true, "localhost:8741": true, "LocalHost:1": true, "127.0.0.1": true, "127.0.0.1:8741": true,
		"[::1]": true, "[::1]:8741": true, "[0:0::1]:8741": true,
		"": false, ":": false, ":8741": false, "localhost:": false, "localhost:x": false, "localhost:0": false, "localhost:+1": false,
		"localhost:99999": false, "localhost:80:80": false, "localhost.": false, "localhost/": false, "a@localhost": false,
		"localhost.evil.example": false, "evil.example": false, "127.1": false, "127.0.0.1.": false, "0.0.0.0:8741": false, "::1": false,
		"[": false, "]": false, "[]": false, "[::1": false, "[::1]8741": false, "[::1]:": false, "[::1%25lo]": false, "[localhost]": false,
		"[127.0.0.1]": false, "[::ffff:127.0.0.1]": false, "xn--localhost": false, "localhost\x00": false, "本机": false, strings.Repeat("a", 300): false,
	} {
		got := w.guard("/healthz", host, nil)
		if good := got.Code == http.StatusOK; good != ok || !ok && got.Code != http.StatusMisdirectedRequest {
			t.Errorf("host %q is answered %d", host, got.Code)
		}
	}
}

func TestHostsWithPort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Token: testToken})
	handler, err := New(Config{Server: w.server, Hosts: []string{"mock.internal:8741", "[2001:db8::1]"}})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = handler
	for host, want := range map[string]int{
		"mock.internal:8741": 200, "mock.internal": 421, "mock.internal:8742": 421, "[2001:db8:0::1]:9": 200, "localhost": 421,
	} {
		if got := w.guard("/sessions", host, nil); got.Code != want {
			t.Errorf("host %q is answered %d, want %d", host, got.Code, want)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Token: testToken})
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
		got := w.guard("/healthz", tt.host, map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site})
		if good := got.Code == http.StatusOK; good != tt.ok || !tt.ok && got.Code != http.StatusForbidden {
			t.Errorf("%+v is answered %d", tt, got.Code)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Token: testToken})
	for authorization, ok := range map[string]bool{
		"Bearer " + testToken: true, "bearer " + testToken: true, "Bearer  " + testToken: true,
		"": false, "Bearer": false, "Bearer ": false, "Basic " + testToken: false, testToken: false,
		"Bearer " + testToken + "x": false, "Bearer " + testToken[1:]: false, "Bearer a " + testToken: false,
	} {
		got := w.guard("/sessions", "localhost", map[string]string{"Authorization": authorization})
		if good := got.Code == http.StatusOK; good != ok || !ok && got.Code != http.StatusUnauthorized {
			t.Errorf("%q is answered %d", authorization, got.Code)
		}
		if !ok && got.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%q: the answer does not say what to show", authorization)
		}
	}
	twice := httptest.NewRequest(http.MethodGet, "/sessions?token="+testToken, nil)
	twice.Host = "localhost"
	twice.Header["Authorization"] = []string{"Bearer " + testToken, "Bearer " + testToken}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, twice)
	if got.Code != http.StatusUnauthorized {
		t.Errorf("two tokens are answered %d", got.Code)
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
