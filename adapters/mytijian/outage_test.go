package mytijian

import (
	"bytes"
	"context"
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
	id   string
	safe bool
	call func(context.Context, *Client) error
}

func operations() []operation {
	return []operation{
		{"registerAgent", false, func(ctx context.Context, c *Client) error { _, err := c.RegisterAgent(ctx, agent()); return err }},
		{"listHospitalTasks", true, func(ctx context.Context, c *Client) error { _, err := c.ListHospitalTasks(ctx); return err }},
	}
}

// striking answers the first n calls by strike, the others well.
type striking struct {
	n, calls int
	strike   func(*http.Request) (*http.Response, error)
}

func (s *striking) RoundTrip(q *http.Request) (*http.Response, error) {
	if s.calls++; s.calls <= s.n {
		return s.strike(q)
	}
	if strings.HasSuffix(q.URL.Path, "register") {
		return response(200, registered), nil
	}
	return response(200, `{"success":"T","msg":"success","data":[]}`), nil
}

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// again is a token source that may be asked again, unlike a static one.
func again(c *Config) {
	c.Tokens = adapters.TokenFunc(func(context.Context) (adapters.Token, error) { return adapters.Token{Value: "tok en+1"}, nil })
}

// Every operation meets every way of losing a reply to something that was done: once, and for ever.
func TestOutages(t *testing.T) {
	t.Parallel()
	page := "<!DOCTYPE html><html><body>HIDDEN tok en+1</body></html>"
	answer := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) { return response(status, body), nil }
	}
	for name, r := range map[string]struct {
		strike    func(*http.Request) (*http.Response, error)
		condition adapters.Condition
		again     bool // a safe call is sent again
	}{
		"500":          {answer(500, ""), adapters.ErrUnavailable, true},
		"500, a page":  {answer(500, page), adapters.ErrUnavailable, true},
		"502, a page":  {answer(502, page), adapters.ErrUnavailable, true},
		"503, a page":  {answer(503, page), adapters.ErrUnavailable, true},
		"504, a page":  {answer(504, page), adapters.ErrUnavailable, true},
		"200, a page":  {answer(200, page), adapters.ErrDecode, false},
		"200, nothing": {answer(200, ""), adapters.ErrDecode, false},
		"delay":        {func(q *http.Request) (*http.Response, error) { <-q.Context().Done(); return nil, q.Context().Err() }, adapters.ErrTimeout, true},
		"cut":          {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, adapters.ErrUnavailable, true},
		"no reason":    {func(q *http.Request) (*http.Response, error) { return nil, errors.New("reset " + q.URL.String()) }, adapters.ErrUnavailable, true},
		"truncated": {func(*http.Request) (*http.Response, error) {
			r := response(200, "")
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(registered[:9]), iotest.ErrReader(io.ErrUnexpectedEOF))), 99
			return r, nil
		}, adapters.ErrUnavailable, true},
		"short": {func(*http.Request) (*http.Response, error) {
			r := response(200, registered)
			r.ContentLength++
			return r, nil
		}, adapters.ErrUnavailable, true},
	} {
		for _, o := range operations() {
			for _, n := range []int{1, 1000} {
				t.Run(fmt.Sprint(name, "/", o.id, "/", n), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s := &striking{n: n, strike: r.strike}
						var log bytes.Buffer
						c := newClient(t, nil, again, func(c *Config) {
							c.HTTP.Transport, c.HTTP.Timeout, c.HTTP.Logger = s, time.Second, slog.New(slog.NewTextHandler(&log, nil))
						})
						err := o.call(t.Context(), c)
						calls := 1
						if r.again && o.safe {
							calls = min(n+1, 3)
						}
						if s.calls != calls {
							t.Errorf("sent %d times, want %d", s.calls, calls)
						}
						if r.again && o.safe && n == 1 {
							if err != nil {
								t.Error(err)
							}
							return
						}
						var e *adapters.Error
						if !errors.As(err, &e) || e.Condition != r.condition || e.UnknownOutcome == o.safe || e.Retryable != (r.again && o.safe) || e.Operation != o.id {
							t.Errorf("got %v, want %v", err, r.condition)
						}
						if text := fmt.Sprintf("%v %+v %s", err, e, log.String()); strings.Contains(text, "HIDDEN") || strings.Contains(text, "tok") ||
							strings.Contains(text, "vendor.example") {
							t.Errorf("a secret in %s", text)
						}
					})
				})
			}
		}
	}
}

// Every row of the contract's catalogue, at each operation.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	for _, row := range contract.Errors {
		for _, o := range operations() {
			t.Run(row.ID+"/"+o.id, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := &striking{n: 1000, strike: func(*http.Request) (*http.Response, error) {
						return response(max(row.Status, 200), fmt.Sprintf(`{"success":"F","errCode":%q,"msg":%q}`, row.Code, row.Message)), nil
					}}
					err := o.call(t.Context(), newClient(t, nil, again, func(c *Config) { c.HTTP.Transport = s }))
					var e *adapters.Error
					if !errors.As(err, &e) || e.Code != row.Code || e.Condition == adapters.ErrRejected {
						t.Fatal(err)
					}
					if row.Code == "101101" { // repeated with a new token, not later
						if s.calls != 2 || e.Condition != adapters.ErrUnauthorized || e.Retryable || e.UnknownOutcome {
							t.Errorf("sent %d times: %v", s.calls, err)
						}
						return
					}
					// unusable-request has the code of system-error, so nobody can tell them apart.
					retryable, fault := row.Retryable || row.ID == "unusable-request", row.Fault
					switch {
					case row.ID == "unusable-request":
						fault = "vendor"
					case e.Condition == adapters.ErrThrottled:
						fault = adapters.FaultThrottled.String()
					}
					calls, unknown := 1, !o.safe && (row.Code == "100000" || row.Code == "101403")
					if retryable && o.safe {
						calls = 3
					}
					if e.Fault.String() != fault || e.Retryable != (retryable && !unknown) || e.UnknownOutcome != unknown || s.calls != calls {
						t.Errorf("sent %d times, want %d: %+v", s.calls, calls, e)
					}
				})
			})
		}
	}
}

// A token that the vendor has forgotten is renewed once, whatever it says of the new one; a static token cannot be.
func TestStaleTokens(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for name, r := range map[string]struct {
			struck, calls int
			change        func(*Config)
		}{"once": {1, 2, again}, "for ever": {1000, 2, again}, "static": {1, 1, func(*Config) {}}} {
			s := &striking{n: r.struck, strike: func(*http.Request) (*http.Response, error) { return response(200, expired), nil }}
			err := o.call(t.Context(), newClient(t, nil, r.change, func(c *Config) { c.HTTP.Transport = s }))
			if s.calls != r.calls || (err == nil) != (name == "once") || err != nil && (!errors.Is(err, adapters.ErrUnauthorized) || errors.Is(err, adapters.ErrUnknownOutcome)) {
				t.Errorf("%s, %s: sent %d times, want %d: %v", o.id, name, s.calls, r.calls, err)
			}
		}
	}
}
