package forward

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve starts a server on loopback and returns its URL.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// raw starts a TCP listener that hands every connection to handle and returns http://ADDRESS.
func raw(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

func wantError(t *testing.T, err error, id string) *Error {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want %s", err, id)
	}
	if failure.ID != id {
		t.Fatalf("got %s (%v), want %s", failure.ID, failure, id)
	}
	return failure
}

func TestPostSendsTheBodyAsItIs(t *testing.T) {
	t.Parallel()
	const body = `{"a":"<&>"}`
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		want := map[string]string{
			"Content-Type": "application/json", "User-Agent": "understudy", HeaderForwarded: "1",
			"Cookie": "", "Authorization": "", "Referer": "",
		}
		for name, v := range want {
			if r.Header.Get(name) != v {
				t.Errorf("header %s is %q, want %q", name, r.Header.Get(name), v)
			}
		}
		if string(got) != body || r.Method != http.MethodPost || r.ContentLength != int64(len(body)) {
			t.Errorf("got %s %q of length %d", r.Method, got, r.ContentLength)
		}
		if r.URL.RequestURI() != "/push?x=1" {
			t.Errorf("got %s", r.URL.RequestURI())
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.WriteHeader(http.StatusAccepted)
	})
	var c Client
	for range 2 {
		if status, err := c.Post(t.Context(), url+"/push?x=1#part", []byte(body)); status != http.StatusAccepted || err != nil {
			t.Fatalf("got %d, %v", status, err)
		}
	}
}

func TestPostUsesNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	// Proxies are not asked for loopback in any case, so the target goes by a name.
	c, err := New(Config{Lookup: answer("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(t.Context(), "http://hub.example:"+port, nil); err != nil {
		t.Fatal(err)
	}
}

func answer(addresses ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var list []netip.Addr
		for _, a := range addresses {
			list = append(list, netip.MustParseAddr(a))
		}
		return list, nil
	}
}

func TestPostDecidesOnTheResolvedAddress(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	url := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	tests := []struct {
		name  string
		host  string
		to    []string
		allow []string
		want  string
		line  string
	}{
		{name: "a name of loopback", host: "hub.example", to: []string{"127.0.0.1"}, want: allowed},
		{name: "mapped loopback", host: "hub.example", to: []string{"::ffff:127.0.0.1"}, want: allowed},
		{name: "decimal", host: "2130706433", to: []string{"127.0.0.1"}, want: allowed},
		{name: "metadata first, loopback then", host: "hub.example", to: []string{"169.254.169.254", "127.0.0.1"}, want: allowed},
		{name: "localhost that is not", host: "localhost", to: []string{"10.1.2.3"}, want: TargetBlocked, line: "--forward-to localhost:" + port},
		{name: "private", host: "hub.example", to: []string{"10.1.2.3"}, want: TargetBlocked, line: "--forward-to hub.example:" + port},
		{name: "metadata", host: "hub.example", to: []string{"169.254.169.254"}, want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{
			name: "metadata of a listed name", host: "hub.example", to: []string{"169.254.169.254"},
			allow: []string{"private", "hub.example:" + port}, want: TargetBlocked, line: "--forward-to 169.254.169.254/32",
		},
		{
			name: "metadata behind NAT64", host: "hub.example", to: []string{"64:ff9b::a9fe:a9fe"},
			allow: []string{"private", "::/0", "hub.example:" + port}, want: TargetBlocked, line: "--forward-to 169.254.169.254/32",
		},
		{name: "another port of a listed name", host: "hub.example", to: []string{"10.1.2.3"}, allow: []string{"hub.example:1"}, want: TargetBlocked, line: "--forward-to hub.example:" + port},
		{name: "no address", host: "hub.example", want: Unresolved},
	}
	reached := int64(0)
	for _, tt := range tests {
		c, err := New(Config{Allow: tt.allow, Lookup: answer(tt.to...)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Post(t.Context(), "http://"+tt.host+":"+port+"/push", []byte("{}"))
		if tt.want == allowed {
			reached++
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if got := wantError(t, err, tt.want); got.Allow != tt.line {
			t.Errorf("%s: the option is %q, want %q", tt.name, got.Allow, tt.line)
		}
	}
	if hits.Load() != reached || reached == 0 {
		t.Errorf("the server was reached %d times, want %d", hits.Load(), reached)
	}
}

func TestAListedNameIsAllowedWhereverItLeads(t *testing.T) {
	t.Parallel()
	c, err := New(Config{Allow: []string{"hub.example:8080"}})
	if err != nil {
		t.Fatal(err)
	}
	for concrete, want := range map[string]bool{
		"10.1.2.3:8080": true, "203.0.113.7:8080": true, "10.1.2.3:8081": false, "[fe80::1]:8080": false, "100.64.0.1:8080": false,
	} {
		if got := c.permit(target{host: "hub.example", port: 8080}, concrete) == nil; got != want {
			t.Errorf("%s: got %v, want %v", concrete, got, want)
		}
	}
}

func TestPostFailures(t *testing.T) {
	t.Parallel()
	closed := raw(t, func(net.Conn) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	_ = l.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	tests := []struct {
		url, id string
		status  int
	}{
		{url: nobody, id: Refused},
		{url: closed, id: Broken},
		{url: raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n\r\n") }), id: Broken},
		{url: secure.URL, id: TLS},
		{url: "https" + strings.TrimPrefix(plain, "http"), id: TLS},
		{url: serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), id: Status, status: 500},
		{url: serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }), id: Status, status: 404},
		{url: serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }), id: Redirect, status: 304},
	}
	for _, tt := range tests {
		var c Client
		status, err := c.Post(t.Context(), tt.url+"/way?token=hush", []byte("{}"))
		failure := wantError(t, err, tt.id)
		if status != tt.status || failure.Status != tt.status || failure.Final() {
			t.Errorf("%s: got status %d, %+v", tt.id, status, failure)
		}
		for _, hidden := range []string{"hush", "token", "way"} {
			if strings.Contains(err.Error(), hidden) || strings.Contains(failure.Host, hidden) {
				t.Errorf("%v tells %q", err, hidden)
			}
		}
	}
}

func TestPostRefusesFinally(t *testing.T) {
	t.Parallel()
	var c Client
	for url, id := range map[string]string{
		"http://10.1.2.3/?token=hush":       TargetBlocked,
		"127.0.0.1/?token=hush":             TargetWithoutScheme,
		"ftp://127.0.0.1/?token=hush":       TargetScheme,
		"http://who:hush@127.0.0.1/":        TargetUserinfo,
		"http://a b/?token=hush":            TargetMalformed,
		"http://who:hush@169.254.169.254/x": TargetUserinfo,
		"who:hush@127.0.0.1":                TargetWithoutScheme,
	} {
		_, err := c.Post(t.Context(), url, nil)
		failure := wantError(t, err, id)
		if !failure.Final() {
			t.Errorf("%s is not final", id)
		}
		for _, v := range failure.Diagnosis().Detail {
			if strings.Contains(v, "hush") {
				t.Errorf("%s tells %q", id, v)
			}
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%v tells a secret", err)
		}
	}
	_, err := (*Client)(nil).Post(t.Context(), "http://127.0.0.1/", nil)
	wantError(t, err, Unavailable)
}

func TestPostFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	other := serve(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	for _, location := range []string{other, "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "://"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			var c Client
			got, err := c.Post(t.Context(), url, []byte("{}"))
			wantError(t, err, Redirect)
			if got != status {
				t.Errorf("got %d, want %d", got, status)
			}
		}
	}
	if followed.Load() {
		t.Error("a redirect was followed")
	}
}

func TestPostReadsABoundedReply(t *testing.T) {
	t.Parallel()
	// The reply never ends: without the bound this would take the whole time-out.
	url := raw(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
		for {
			if _, err := c.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	c := Client{config: Config{MaxReplyBytes: 10_000, Timeout: time.Minute}}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if status, err := c.Post(ctx, url, nil); status != 200 || err != nil || ctx.Err() != nil {
		t.Errorf("got %d, %v, %v", status, err, ctx.Err())
	}
}

func TestPostBoundsTheHeadOfTheReply(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("a", 200_000))
	})
	var c Client
	_, err := c.Post(t.Context(), url, nil)
	wantError(t, err, Broken)
}

func TestPostTimesOut(t *testing.T) {
	t.Parallel()
	silent := raw(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	for name, config := range map[string]Config{
		"the head": {HeaderTimeout: time.Millisecond},
		"all":      {Timeout: time.Millisecond},
	} {
		c, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Post(t.Context(), silent, []byte("{}"))
		if got := wantError(t, err, Timeout); got.Final() {
			t.Errorf("%s: a time-out is final", name)
		}
	}
	c, err := New(Config{TLSTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Post(t.Context(), "https"+strings.TrimPrefix(silent, "http"), nil)
	wantError(t, err, Timeout)
	c, err = New(Config{DialTimeout: time.Millisecond, Lookup: func(ctx context.Context, _ string) ([]netip.Addr, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Post(t.Context(), "http://hub.example/", nil)
	wantError(t, err, Timeout)
}

func TestPostTellsAClosedClientFromASlowTarget(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	var c Client
	_, err := c.Post(ctx, url, nil)
	wantError(t, err, Closed)
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1:1/", "http://[::1%25x]/", "a.b", "http://u@h/", "https://2130706433", "//x", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, failure := parseTarget(s)
		if failure != nil {
			_ = failure.Error()
			return
		}
		again, failure := parseTarget(target.url)
		if failure != nil || again != target {
			t.Fatalf("%q is %+v, read again %+v, %v", s, target, again, failure)
		}
		var c Client
		if d := c.Explain(s); d != nil && d.Detail["allow"] != "" {
			if strings.ContainsAny(d.Detail["allow"], " \t\n;&|$`'\"\\<>(){}*?!#~") != (strings.Count(d.Detail["allow"], " ") == 1) ||
				strings.ContainsAny(d.Detail["allow"], "\t\n;&|$`'\"\\<>(){}*?!#~") {
				t.Fatalf("%q: the option %q is not safe in a shell", s, d.Detail["allow"])
			}
			if _, err := New(Config{Allow: []string{strings.TrimPrefix(d.Detail["allow"], "--forward-to ")}}); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		}
	})
}
