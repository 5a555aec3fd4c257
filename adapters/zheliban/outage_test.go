package zheliban

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/specs"
)

// operation is a call; safe says that it may be repeated.
type operation struct {
	path string
	safe bool
	call func(context.Context, *Client) error
}

func operations() map[string]operation {
	return map[string]operation{
		"issueToken": {"token", true, func(ctx context.Context, c *Client) error { _, err := c.IssueToken(ctx); return err }},
		"pullReservations": {"order", true, func(ctx context.Context, c *Client) error {
			rows, err := c.PullReservations(ctx)
			if err == nil && len(rows) != 1 {
				return errors.New("the row is lost")
			}
			return err
		}},
		"acknowledgeReservations": {"callback", true, func(ctx context.Context, c *Client) error {
			return c.AcknowledgeReservations(ctx, Acknowledgement{RequestID: "R"})
		}},
		"reportArrival, timed": {"arrival", true, func(ctx context.Context, c *Client) error {
			return c.ReportArrival(ctx, Arrival{SerialNumber: "S", At: time.Unix(1, 0)})
		}},
		"reportArrival": {"arrival", false, func(ctx context.Context, c *Client) error {
			return c.ReportArrival(ctx, Arrival{SerialNumber: "S"})
		}},
	}
}

type strike func(*http.Request, *http.Response) (*http.Response, error)

// outage is a way in which the reply to a call that was carried out gets lost.
type outage struct {
	strike    strike
	condition adapters.Condition
	again     bool // a safe call is sent again
}

func outages() map[string]outage {
	status := func(code int, body string) strike {
		return func(*http.Request, *http.Response) (*http.Response, error) { return response(code, body), nil }
	}
	replace := func(change func(string) string) strike {
		return func(_ *http.Request, r *http.Response) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			return response(r.StatusCode, change(string(body))), nil
		}
	}
	const page = "<!DOCTYPE html><html><body><h1>Bad Gateway</h1>" + testSecret + "</body></html>"
	return map[string]outage{
		"500":          {status(500, ""), adapters.ErrUnavailable, true},
		"500, a page":  {status(500, page), adapters.ErrUnavailable, true},
		"502, a page":  {status(502, page), adapters.ErrUnavailable, true},
		"503, a page":  {status(503, page), adapters.ErrUnavailable, true},
		"504, a page":  {status(504, page), adapters.ErrUnavailable, true},
		"200, a page":  {status(200, page), adapters.ErrDecode, false},
		"200, nothing": {status(200, ""), adapters.ErrDecode, false},
		"delay": {func(q *http.Request, _ *http.Response) (*http.Response, error) {
			<-q.Context().Done()
			return nil, q.Context().Err()
		}, adapters.ErrTimeout, true},
		"cut": {func(*http.Request, *http.Response) (*http.Response, error) { return nil, io.EOF }, adapters.ErrUnavailable, true},
		"no reason": {func(*http.Request, *http.Response) (*http.Response, error) {
			return nil, errors.New("reset " + testSecret)
		}, adapters.ErrUnavailable, true},
		"truncated":    {truncate, adapters.ErrUnavailable, true},
		"short":        {func(q *http.Request, r *http.Response) (*http.Response, error) { r.ContentLength++; return r, nil }, adapters.ErrUnavailable, true},
		"a block less": {replace(func(body string) string { return rewrite(body, func(raw []byte) []byte { return raw[:len(raw)-16] }) }), adapters.ErrDecode, false},
		"wrong padding": {replace(func(body string) string {
			return rewrite(body, func(raw []byte) []byte { raw[len(raw)-17] ^= 1; return raw })
		}), adapters.ErrDecode, false},
		"plain":         {replace(opened), adapters.ErrDecode, false},
		"plain, quoted": {replace(func(body string) string { return `"` + strings.ReplaceAll(opened(body), `"`, `\"`) + `"` }), adapters.ErrDecode, false},
		"sealed twice":  {replace(func(body string) string { return testSealer().seal([]byte(body)) }), adapters.ErrDecode, false},
	}
}

func testSealer() sealer {
	s, err := newSealer(testAESKey)
	if err != nil {
		panic(err)
	}
	return s
}

func opened(body string) string {
	plain, err := testSealer().open(body)
	if err != nil {
		panic(err)
	}
	return string(plain)
}

func rewrite(body string, change func([]byte) []byte) string {
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(change(raw))
}

// truncate ends a body in the middle, as net/http tells of it.
func truncate(_ *http.Request, r *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), iotest.ErrReader(io.ErrUnexpectedEOF)))
	return r, nil
}

// striking breaks the replies of one operation, the first n of them.
type striking struct {
	*platform
	path   string
	n      int
	strike strike
	calls  int // of that operation
}

func (s *striking) RoundTrip(q *http.Request) (*http.Response, error) {
	r, err := s.platform.RoundTrip(q)
	if err != nil || !strings.HasSuffix(q.URL.Path, "/"+s.path) {
		return r, err
	}
	if s.calls++; s.calls > s.n {
		return r, nil
	}
	return s.strike(q, r)
}

// Every operation meets every way of losing a reply to something that was done: once, and for ever.
func TestOutages(t *testing.T) {
	t.Parallel()
	for name, b := range outages() {
		for id, o := range operations() {
			for _, n := range []int{1, 1000} {
				t.Run(fmt.Sprint(name, "/", id, "/", n), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						p := &platform{answer: func(path, _, _ string) (int, string) {
							if path == "order" {
								return 200, ok("[" + row("R", "S", "1", "HIDDEN") + "]")
							}
							return 200, ok("null")
						}}
						s := &striking{platform: p, path: o.path, n: n, strike: b.strike}
						var log bytes.Buffer
						c := newClient(t, p, func(c *Config) {
							c.HTTP.Transport, c.HTTP.Timeout, c.HTTP.Logger = s, time.Second, slog.New(slog.NewTextHandler(&log, nil))
						})
						err := o.call(t.Context(), c)
						survives, calls := b.again && o.safe && n == 1, 1
						if b.again && o.safe {
							calls = min(n+1, 3)
						}
						if s.calls != calls {
							t.Errorf("sent %d times, want %d", s.calls, calls)
						}
						if survives {
							if err != nil {
								t.Error(err)
							}
							return
						}
						var e *adapters.Error
						if !errors.As(err, &e) || e.Condition != b.condition || e.UnknownOutcome == o.safe || e.Retryable != (b.again && o.safe) {
							t.Errorf("got %v, want %v", err, b.condition)
						}
						if operation, _, _ := strings.Cut(id, ","); e != nil && (e.Operation != operation || e.Vendor != vendor) {
							t.Errorf("%s %s, want %s", e.Vendor, e.Operation, operation)
						}
						if text := fmt.Sprintf("%v %+v %s", err, e, log.String()); strings.Contains(text, "HIDDEN") || strings.Contains(text, testSecret) ||
							strings.Contains(text, testAESKey) || strings.Contains(text, "token-1") || strings.Contains(text, "platform.example") {
							t.Errorf("a secret or personal data in %s", text)
						}
					})
				})
			}
		}
	}
}

// Every row of the contract's catalogue, at each operation that may answer it.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	for _, r := range contract.Errors {
		for id, o := range operations() {
			operation, _, _ := strings.Cut(id, ",")
			if len(r.Operations) > 0 && !strings.Contains(strings.Join(r.Operations, " "), operation) {
				continue
			}
			for _, sealed := range []bool{true, false} {
				t.Run(fmt.Sprint(r.ID, "/", id, "/", sealed), func(t *testing.T) {
					t.Parallel()
					body := fmt.Sprintf(`{"code":%s,"message":%q,"success":false,"result":null,"timestamp":1614825939826}`, r.Code, r.Message)
					if sealed {
						body = testSealer().seal([]byte(body))
					}
					p := &platform{}
					s := &striking{platform: p, path: o.path, n: 1000,
						strike: func(*http.Request, *http.Response) (*http.Response, error) {
							return response(max(r.Status, 200), body), nil
						}}
					err := o.call(t.Context(), newClient(t, p, func(c *Config) { c.HTTP.Transport = s }))
					want, calls := adapters.ErrRejected, 1
					switch {
					case operation == "issueToken", r.Code == "401":
						want = adapters.ErrUnauthorized
					}
					if operation != "issueToken" && (r.Retryable || r.Code == badData) {
						calls = 2 // with a new token
					}
					var e *adapters.Error
					if !errors.As(err, &e) || e.Condition != want || e.Code != r.Code || e.Message != r.Message || e.Fault != adapters.FaultCaller || e.Retryable ||
						e.UnknownOutcome || s.calls != calls {
						t.Errorf("sent %d times, want %d: %v, want %v", s.calls, calls, err, want)
					}
				})
			}
		}
	}
}

// A token that the vendor has forgotten is renewed once, whatever it says of the new one.
func TestStaleTokens(t *testing.T) {
	t.Parallel()
	for id, o := range operations() {
		if o.path == "token" {
			continue
		}
		for name, good := range map[string]string{"the next is good": "token-2", "none is good": "none"} {
			t.Run(id+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := &platform{answer: func(path, token, _ string) (int, string) {
					switch {
					case token != good:
						return 200, `{"code":401,"message":"token无效或已过期","success":false,"result":null}`
					case path == "order":
						return 200, ok("[" + row("R", "S", "1", "x") + "]")
					}
					return 200, ok("null")
				}}
				err := o.call(t.Context(), newClient(t, p))
				if want := "token " + o.path + " token " + o.path; p.paths() != want {
					t.Errorf("calls %q, want %q", p.paths(), want)
				}
				if good == "none" && (!errors.Is(err, adapters.ErrUnauthorized) || errors.Is(err, adapters.ErrUnknownOutcome)) || good != "none" && err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A token that has ended when it is issued is used once and not renewed for ever.
func TestTokensThatHaveEnded(t *testing.T) {
	t.Parallel()
	for _, expire := range []string{"0", "-5", "null"} {
		p := &platform{raw: func(path string) (int, string, bool) {
			return 200, testSealer().seal([]byte(ok(`{"expire":` + expire + `,"token":"old"}`))), path == "token"
		}}
		p.answer = func(string, string, string) (int, string) { return 200, `{"code":401}` }
		if err := newClient(t, p).ReportArrival(t.Context(), Arrival{SerialNumber: "S"}); !errors.Is(err, adapters.ErrUnauthorized) || p.paths() != "token arrival token arrival" {
			t.Errorf("%s: calls %q: %v", expire, p.paths(), err)
		}
	}
}
