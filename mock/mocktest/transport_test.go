package mocktest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// seen is what a handler was given.
type seen struct {
	method, uri, path, host string
	length                  int64
	encoding                []string
	header                  http.Header
	body                    string
	bodyError               error
}

// got is what a client was given.
type got struct {
	err, bodyError string
	status         int
	proto          string
	length         int64
	close          bool
	header         http.Header
	body           string
}

// kind tells apart the errors that a caller can tell apart.
func kind(err error) string {
	for name, known := range map[string]error{
		"cut short": io.ErrUnexpectedEOF, "cut": io.EOF, "canceled": context.Canceled, "late": context.DeadlineExceeded, "own": errOwn,
		"closed": http.ErrBodyReadAfterClose,
	} {
		if errors.Is(err, known) {
			return name
		}
	}
	if err != nil {
		return "another error"
	}
	return ""
}

var errOwn = errors.New("the caller's own")

type failing struct{ before string }

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.before)
	f.before = f.before[n:]
	if n == 0 {
		return 0, errOwn
	}
	return n, nil
}

// parity is one call, made over a connection and without one.
type parity struct {
	name    string
	method  string
	target  string
	body    io.Reader
	length  int64 // when not 0, in place of what net/http finds out
	header  http.Header
	handler http.HandlerFunc
	ctx     func() (context.Context, context.CancelFunc)
	// hasty calls end on the client's side: over a connection it is chance whether a handler sees them.
	hasty bool
}

func answer(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, text) }
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

func parities() []parity {
	ended := func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx, cancel
	}
	short := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 20*time.Millisecond)
	}
	blamed := func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errOwn)
		return ctx, func() {}
	}
	await := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	return []parity{
		{name: "a text", handler: answer("hello")},
		{name: "nothing", handler: func(http.ResponseWriter, *http.Request) {}},
		{name: "markup", handler: answer("<!DOCTYPE html><p>hello")},
		{name: "its own media type", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Add("X-Two", "1")
			w.Header().Add("X-Two", "2")
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("X-Late", "1")
			_, _ = io.WriteString(w, "{}")
		}},
		{name: "the first status counts", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(http.StatusConflict)
		}},
		{name: "an interim answer first", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "hello")
		}},
		{name: "a declared length", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hello")
		}},
		{name: "no content", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "hello"); !errors.Is(err, http.ErrBodyNotAllowed) {
				panic("a body was taken")
			}
		}},
		{name: "not modified", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }},
		{name: "a head", method: http.MethodHead, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "hello")
		}},
		{name: "flushed in between", handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "hel")
			flush(w)
			_, _ = io.WriteString(w, "lo")
		}},
		{name: "an end of the connection", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			_, _ = io.WriteString(w, "hello")
		}},
		{name: "cut at once", method: http.MethodPost, handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{name: "cut with a body that never left", method: http.MethodPost, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hel")
			panic(http.ErrAbortHandler)
		}},
		{name: "cut in the body", method: http.MethodPost, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hel")
			flush(w)
			panic(http.ErrAbortHandler)
		}},
		{name: "cut behind the head", method: http.MethodPost, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			flush(w)
			panic(http.ErrAbortHandler)
		}},
		{name: "cut in chunks", method: http.MethodPost, handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "hel")
			flush(w)
			panic(http.ErrAbortHandler)
		}},
		{name: "shorter than declared", method: http.MethodPost, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hel")
		}},
		{name: "longer than declared", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hello")
			if _, err := io.WriteString(w, "!"); !errors.Is(err, http.ErrContentLength) {
				panic("too much was taken")
			}
		}},
		{name: "a long reply", handler: answer(strings.Repeat("0123456789", 100))},
		{name: "a body with its length", method: http.MethodPost, body: strings.NewReader("some text"), handler: answer("ok")},
		{name: "a body in chunks", method: http.MethodPost, body: io.MultiReader(strings.NewReader("some "), strings.NewReader("text")), handler: answer("ok")},
		{name: "an empty body", method: http.MethodPost, body: strings.NewReader(""), handler: answer("ok")},
		{name: "a body that is not read", method: http.MethodPost, target: "/unread", body: strings.NewReader("some text"), handler: answer("ok")},
		{name: "a body that fails", method: http.MethodPost, body: &failing{"some"}, hasty: true, handler: answer("ok")},
		{name: "a body shorter than its length", method: http.MethodPost, body: io.MultiReader(strings.NewReader("some")), length: 9, hasty: true, handler: answer("ok")},
		{name: "a target with everything", target: "/a%2Fb//c/../d;x?q=%20+&&b&q=2", handler: answer("ok")},
		{name: "no path", target: "none", handler: answer("ok")},
		{name: "a query alone", target: "?q=1", handler: answer("ok")},
		{name: "headers", header: http.Header{"X-One": {"1", "2"}, "User-Agent": {"mine"}, "Cookie": {"a=b"}}, handler: answer("ok")},
		{name: "a context that has ended", ctx: ended, handler: answer("ok")},
		{name: "a context that ended for a cause", ctx: blamed, handler: answer("ok")},
		{name: "a context that ends", ctx: short, hasty: true, handler: await},
	}
}

// TestWithoutASocketAsWithOne makes each call both ways: what the handler is given and what the client is given agree.
func TestWithoutASocketAsWithOne(t *testing.T) {
	t.Parallel()
	for i := range parities() {
		t.Run(parities()[i].name, func(t *testing.T) {
			t.Parallel()
			over, direct := parities()[i], parities()[i] // bodies are read once
			wantSeen, want := over.play(t, func(h http.Handler) (string, http.RoundTripper, func()) {
				server := httptest.NewUnstartedServer(h)
				server.Config.ErrorLog = log.New(io.Discard, "", 0)
				server.Start()
				own := &http.Transport{DisableCompression: true}
				return server.URL, own, func() { own.CloseIdleConnections(); server.Close() }
			})
			gotSeen, answered := direct.play(t, func(h http.Handler) (string, http.RoundTripper, func()) {
				return "http://" + wantSeen.host, &transport{handler: h}, func() {}
			})
			if over.hasty {
				gotSeen, wantSeen = seen{}, seen{}
			}
			compare(t, "the handler is given", fmt.Sprintf("%+v", gotSeen), fmt.Sprintf("%+v", wantSeen))
			compare(t, "the client is given", fmt.Sprintf("%+v", answered), fmt.Sprintf("%+v", want))
		})
	}
}

func compare(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s\n%s\nover a connection\n%s", what, got, want)
	}
}

func (p *parity) play(t *testing.T, connect func(http.Handler) (url string, transport http.RoundTripper, end func())) (seen, got) {
	t.Helper()
	var s seen
	base, transport, end := connect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s = seen{method: r.Method, uri: r.RequestURI, path: r.URL.EscapedPath() + "?" + r.URL.RawQuery, host: r.Host, length: r.ContentLength,
			encoding: r.TransferEncoding, header: r.Header.Clone()}
		if r.URL.Path != "/unread" {
			text, err := io.ReadAll(r.Body)
			s.body, s.bodyError = string(text), err
		}
		p.handler(w, r)
	}))
	if base == "http://" {
		base = "http://127.0.0.1:1" // the call never got to a server
	}
	g := p.call(t, &http.Client{Transport: transport}, base)
	end()
	return s, g
}

func (p *parity) call(t *testing.T, client *http.Client, base string) (g got) {
	t.Helper()
	target := p.target
	switch target {
	case "":
		target = "/"
	case "none":
		target = ""
	}
	ctx, cancel := context.Background(), func() {}
	if p.ctx != nil {
		c, stop := p.ctx()
		ctx, cancel = c, stop
	}
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, p.method, base+target, p.body)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, p.header)
	if p.length != 0 {
		r.ContentLength = p.length
	}
	reply, err := client.Do(r)
	if err != nil {
		return got{err: kind(err)}
	}
	g = got{status: reply.StatusCode, proto: reply.Status + reply.Proto, length: reply.ContentLength, close: reply.Close, header: reply.Header}
	if _, err := time.Parse(http.TimeFormat, g.header.Get("Date")); err != nil {
		t.Errorf("the date is %q", g.header.Get("Date"))
	}
	g.header.Del("Date")
	text, err := io.ReadAll(reply.Body)
	g.body, g.bodyError = string(text), kind(err)
	reply.Body.Close()
	return g
}

func TestAReplyIsReadOnlyWhileItIsWanted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := &http.Client{Transport: &transport{handler: answer("hello")}}
	open := func() *http.Response {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://vendor.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	closed, canceled := open(), open()
	closed.Body.Close()
	cancel()
	if _, err := closed.Body.Read(make([]byte, 1)); kind(err) != "closed" {
		t.Errorf("after Close: %v", err)
	}
	if _, err := canceled.Body.Read(make([]byte, 1)); kind(err) != "canceled" {
		t.Errorf("after cancel: %v", err)
	}
}

func TestTheCallersRequestStaysAsItIs(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("text")}
	r, err := http.NewRequest(http.MethodPost, "http://vendor.example/a?b=c", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = nil
	before := fmt.Sprintf("%+v %+v", r.URL, r.Header)
	tr := &transport{session: "mine", handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Understudy-Session") != "mine" || r.RemoteAddr == "" {
			t.Errorf("the handler is given %+v", r)
		}
		r.Header.Set("X-Own", "1")
		r.URL.Path = "/other"
	})}
	if _, err := tr.RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprintf("%+v %+v", r.URL, r.Header); after != before {
		t.Errorf("it became %s", after)
	}
	if body.closed != 1 {
		t.Errorf("the body was closed %d times", body.closed)
	}
}

type closing struct {
	io.Reader
	closed int
}

func (c *closing) Close() error {
	c.closed++
	return nil
}

func TestAPanicIsNotHidden(t *testing.T) {
	t.Parallel()
	defer func() {
		if fault := recover(); fault != "broken" {
			t.Errorf("recovered %v", fault)
		}
	}()
	client := &http.Client{Transport: &transport{handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })}}
	_, _ = client.Get("http://vendor.example/")
	t.Error("the panic is gone")
}

func TestParitiesAreMany(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, p := range parities() {
		names[p.name] = true
	}
	if len(names) < 30 || len(names) != len(parities()) {
		t.Errorf("there are %d: %v", len(names), slices.Sorted(maps.Keys(names)))
	}
}
