package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// transport is a RoundTripper without sockets, so that synctest can run its time.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func reply(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

func newClient(t *testing.T, o rest.Options) *rest.Client {
	t.Helper()
	o.Vendor = "acme"
	if o.BaseURL == "" {
		o.BaseURL = "https://vendor.example"
	}
	c, err := rest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func statusOnly(r rest.Reply) error {
	if r.OK() {
		return nil
	}
	return rest.NoEnvelope
}

func call(safe bool) rest.Call {
	return rest.Call{Operation: "doIt", Method: "POST", Path: "/do", Safe: safe, Read: statusOnly}
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		base  string
		plain bool
		want  string // the address called, "" when New refuses
	}{
		{base: "https://vendor.example", want: "https://vendor.example/do"},
		{base: "https://vendor.example/", want: "https://vendor.example/do"},
		{base: "https://vendor.example/a%2Fb//", want: "https://vendor.example/a%2Fb/do"},
		{base: "http://localhost:8740/~s1", want: "http://localhost:8740/~s1/do"},
		{base: "http://127.9.9.9/", want: "http://127.9.9.9/do"},
		{base: "http://[::1]:1/x/", want: "http://[::1]:1/x/do"},
		{base: "http://[::1%25lo]:1", want: "http://[::1%25lo]:1/do"},
		{base: "HTTP://LocalHost", want: "http://LocalHost/do"},
		{base: "http://[::ffff:127.0.0.1]", want: "http://[::ffff:127.0.0.1]/do"},
		{base: "http://[::ffff:192.168.0.1]"}, {base: "http://[::]"}, {base: "http://0.0.0.0"}, {base: "http://127.1"}, {base: "http://0x7f000001"},
		{base: "http://localhost.vendor.example"}, {base: "http://localhost@vendor.example"}, {base: "http://ｌocalhost"}, {base: "http:localhost"},
		{base: "http://vendor.example"},
		{base: "http://127.0.0.1.vendor.example"},
		{base: "http://192.168.0.1"},
		{base: "http://192.168.0.1", plain: true, want: "http://192.168.0.1/do"},
		{base: ""}, {base: "vendor.example"}, {base: "ftp://localhost"}, {base: "https://"},
		{base: "https://user:HIDDEN@vendor.example"}, {base: "https://vendor.example?token=HIDDEN"}, {base: "https://vendor.example/#HIDDEN"},
		{base: "https://vendor.example/%zzHIDDEN"},
	} {
		var got string
		c, err := rest.New(rest.Options{Vendor: "acme", BaseURL: row.base, HTTP: adapters.Config{
			AllowPlainHTTP: row.plain,
			Transport:      transport(func(r *http.Request) (*http.Response, error) { got = r.URL.String(); return reply(200, ""), nil }),
		}})
		if row.want == "" {
			if !errors.Is(err, adapters.ErrInvalid) || strings.Contains(fmt.Sprint(err), "HIDDEN") {
				t.Errorf("%q: want a refusal that quotes nothing, got %v", row.base, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", row.base, err)
			continue
		}
		if err := c.Do(t.Context(), call(true)); err != nil || got != row.want {
			t.Errorf("%q: called %q, want %q (%v)", row.base, got, row.want, err)
		}
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		safe      bool
		answers   []any // *http.Response factories by status, or error
		sent      int
		condition error // nil: success
		unknown   bool
	}{
		{name: "safe, 503 twice", safe: true, answers: []any{503, 503, 200}, sent: 3},
		{name: "safe, always 503", safe: true, answers: []any{503, 503, 503, 200}, sent: 3, condition: adapters.ErrUnavailable},
		{name: "safe, broken connection", safe: true, answers: []any{io.ErrUnexpectedEOF, 200}, sent: 2},
		{name: "safe, 400 is final", safe: true, answers: []any{400}, sent: 1, condition: adapters.ErrInvalid},
		{name: "safe, 404 is final", safe: true, answers: []any{404}, sent: 1, condition: adapters.ErrNotFound},
		{name: "redirects are not followed", safe: true, answers: []any{302}, sent: 1, condition: adapters.ErrRedirected},
		{name: "unsafe, 503", answers: []any{503}, sent: 1, condition: adapters.ErrUnavailable, unknown: true},
		{name: "unsafe, broken connection", answers: []any{io.EOF}, sent: 1, condition: adapters.ErrUnavailable, unknown: true},
		{name: "unsafe, 400", answers: []any{400}, sent: 1, condition: adapters.ErrInvalid},
		{name: "unsafe, 429", answers: []any{429}, sent: 1, condition: adapters.ErrThrottled},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
					sent++
					switch a := row.answers[sent-1].(type) {
					case int:
						return reply(a, "", "Location", "https://elsewhere.example/"), nil
					default:
						return nil, a.(error)
					}
				})}})
				err := c.Do(t.Context(), call(row.safe))
				if sent != row.sent {
					t.Errorf("sent %d times, want %d", sent, row.sent)
				}
				if row.condition == nil && err != nil || row.condition != nil && !errors.Is(err, row.condition) {
					t.Errorf("got %v, want %v", err, row.condition)
				}
				var e *adapters.Error
				if errors.As(err, &e) && e.Retryable && row.unknown {
					t.Error("a call whose outcome is unknown is said to be retryable")
				}
				if errors.Is(err, adapters.ErrUnknownOutcome) != row.unknown {
					t.Errorf("outcome unknown = %v, want %v", !row.unknown, row.unknown)
				}
			})
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Sat, 01 Jan 2000 00:00:00 GMT"
	for _, row := range []struct {
		header string
		want   time.Duration // of the error
		waited bool          // whether the client waits by itself
	}{
		{"7", 7 * time.Second, true},
		{"Sat, 01 Jan 2000 00:00:09 GMT", 9 * time.Second, true},
		{"Fri, 31 Dec 1999 00:00:09 GMT", 0, true},
		{"-5", 0, true},
		{"soon", 0, true},
		{"1.5", 0, true},
		{"31", 31 * time.Second, false},
		{"1000000000", 10 * time.Minute, false},
		{"99999999999999999999999", 10 * time.Minute, false},
	} {
		t.Run(row.header, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, sent := time.Now(), 0
				c := newClient(t, rest.Options{HTTP: adapters.Config{
					Attempts: 2, Backoff: func(int) time.Duration { return time.Millisecond },
					Transport: transport(func(*http.Request) (*http.Response, error) {
						sent++
						return reply(429, "", "Retry-After", row.header, "Date", date), nil
					})}})
				err := c.Do(t.Context(), call(true))
				var e *adapters.Error
				if !errors.As(err, &e) || e.Fault != adapters.FaultThrottled || !e.Retryable || e.RetryAfter != row.want {
					t.Fatalf("got %+v, want RetryAfter %s", e, row.want)
				}
				if (sent == 2) != row.waited {
					t.Errorf("sent %d times", sent)
				}
				if passed := time.Since(start); row.waited && passed < row.want {
					t.Errorf("came back after %s, earlier than %s", passed, row.want)
				}
			})
		})
	}
}

func TestContextEndsWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			return reply(503, "", "Retry-After", "20"), nil
		})}})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if err := c.Do(ctx, call(true)); !errors.Is(err, adapters.ErrUnavailable) || time.Since(start) != 0 {
			t.Errorf("a pause beyond the deadline must not be begun: %v after %s", err, time.Since(start))
		}
		cancelled, stop := context.WithCancel(t.Context())
		stop()
		err := c.Do(cancelled, call(false))
		if !errors.Is(err, adapters.ErrCanceled) || !errors.Is(err, context.Canceled) || errors.Is(err, adapters.ErrUnknownOutcome) {
			t.Errorf("cancelled before sending: %v", err)
		}
	})
}

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := newClient(t, rest.Options{HTTP: adapters.Config{Timeout: time.Second, Transport: transport(func(r *http.Request) (*http.Response, error) {
			sent++
			<-r.Context().Done()
			return nil, &url.Error{Op: "Post", URL: r.URL.String() + "?accessToken=HIDDEN", Err: r.Context().Err()}
		})}})
		err := c.Do(t.Context(), call(true))
		if !errors.Is(err, adapters.ErrTimeout) || sent != 3 {
			t.Errorf("sent %d, %v", sent, err)
		}
		err = c.Do(t.Context(), call(false))
		if !errors.Is(err, adapters.ErrUnknownOutcome) || sent != 4 || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("sent %d, %v", sent, err)
		}
	})
}

func TestBoundedBodies(t *testing.T) {
	t.Parallel()
	packed := func(n int) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write(make([]byte, n))
		_ = w.Close()
		return b.String()
	}
	endless := strings.Repeat(packed(0), 1000)
	for _, row := range []struct {
		name, body, encoding string
		condition            error
	}{
		{"exact", strings.Repeat("x", 1000), "", nil},
		{"one more", strings.Repeat("x", 1001), "", adapters.ErrTooLarge},
		{"packed exact", packed(1000), "gzip", nil},
		{"packed one more", packed(1001), "gzip", adapters.ErrTooLarge},
		{"bomb", packed(1 << 20), "gzip", adapters.ErrTooLarge},
		{"many empty members", endless, "gzip", adapters.ErrTooLarge},
		{"not gzip", "plain text", "gzip", adapters.ErrDecode},
		{"corrupt", packed(500)[:12] + "\xff\xff\xff\xff\xff\xff\xff\xff", "gzip", adapters.ErrDecode},
		{"truncated", packed(500)[:12], "gzip", adapters.ErrUnavailable},
		{"empty", "", "gzip", nil},
		{"brotli", "x", "br", adapters.ErrDecode},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, rest.Options{HTTP: adapters.Config{MaxBody: 1000, Attempts: 1, Transport: transport(func(*http.Request) (*http.Response, error) {
				return reply(200, row.body, "Content-Encoding", row.encoding), nil
			})}})
			err := c.Do(t.Context(), call(true))
			if row.condition == nil && err != nil || row.condition != nil && !errors.Is(err, row.condition) {
				t.Errorf("got %v, want %v", err, row.condition)
			}
		})
	}
}

func TestNothingSecretInErrorsAndLogs(t *testing.T) {
	t.Parallel()
	const secret, token, person = "s3cret+/=", "tok en&1", "张三丰"
	var log bytes.Buffer
	c := newClient(t, rest.Options{Secrets: []string{secret}, HTTP: adapters.Config{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("X-Case") == "transport" {
				return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New(secret + token)}
			}
			return reply(400, ""), nil
		})}})
	tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) { return adapters.Token{Value: token}, nil }, 0, time.Second)
	for _, where := range []string{"transport", "vendor", "header", "build"} {
		err := c.Do(t.Context(), rest.Call{
			Operation: "doIt", Method: "POST", Path: "/do", Tokens: tokens,
			Build: func(tok string) (rest.Payload, error) {
				p := rest.Payload{Sensitive: []string{person}, Query: url.Values{"accessToken": {tok}}, Header: http.Header{"X-Case": {where}}}
				switch where {
				case "header":
					p.Header["X-Token"] = []string{token + "\n"}
				case "build":
					return p, errors.New(secret)
				}
				return p, nil
			},
			Read: func(rest.Reply) error {
				return &adapters.Error{Condition: adapters.ErrRejected, Code: token, SubCode: secret, RequestID: secret,
					Message: secret + " " + url.QueryEscape(token) + " " + token + " " + person + " 13800000000 11010119900307123X 0123456789abcdef0123 数据有误\n"}
			},
		})
		if err == nil {
			t.Fatalf("%s: no error", where)
		}
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), log.String()} {
			for _, forbidden := range []string{secret, token, url.QueryEscape(token), person, "1380000", "110101", "0123456789", "accessToken"} {
				if strings.Contains(text, forbidden) {
					t.Errorf("%s: %q stands in %q", where, forbidden, text)
				}
			}
		}
		if where == "vendor" && !strings.Contains(err.Error(), "数据有误") {
			t.Errorf("the vendor's own words are lost: %v", err)
		}
	}
	if !strings.Contains(log.String(), "operation=doIt") {
		t.Errorf("nothing was logged: %q", log.String())
	}
}
