package weixiao

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/specs"
)

// operations are the calls; only the list may be repeated.
func operations() map[string]func(*Client, *testing.T) error {
	return map[string]func(*Client, *testing.T) error{
		listPushProjects: list, addPushProject: add, updatePushProject: update, deletePushProject: remove, receivePush: push,
	}
}

const accepted = `{"success":true,"message":"success","code":"0","data":null}`

// Every operation meets every way of losing a reply to something that was done: once, and for ever.
func TestOutages(t *testing.T) {
	t.Parallel()
	page := "<!DOCTYPE html><html><body>HIDDEN " + testSecret + "</body></html>"
	answer := func(status int, body string) transport {
		return func(*http.Request) (*http.Response, error) { return response(status, body), nil }
	}
	for name, r := range map[string]struct {
		strike    transport
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
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(accepted[:9]), iotest.ErrReader(io.ErrUnexpectedEOF))), 99
			return r, nil
		}, adapters.ErrUnavailable, true},
		"short": {func(*http.Request) (*http.Response, error) {
			r := response(200, accepted)
			r.ContentLength++
			return r, nil
		}, adapters.ErrUnavailable, true},
	} {
		for id, do := range operations() {
			for _, n := range []int{1, 1000} {
				t.Run(fmt.Sprint(name, "/", id, "/", n), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						calls, safe := 0, id == listPushProjects
						var log bytes.Buffer
						c := newClient(t, func(q *http.Request) (*http.Response, error) {
							if calls++; calls <= n {
								return r.strike(q)
							}
							return response(200, accepted), nil
						}, func(c *Config) {
							c.AuthHeader, c.AuthValue = "X-Token", "secret-token"
							c.HTTP.Timeout, c.HTTP.Logger = time.Second, slog.New(slog.NewTextHandler(&log, nil))
						})
						err := do(c, t)
						want := 1
						if r.again && safe {
							want = min(n+1, 3)
						}
						if calls != want {
							t.Errorf("sent %d times, want %d", calls, want)
						}
						if r.again && safe && n == 1 {
							if err != nil {
								t.Error(err)
							}
							return
						}
						var e *adapters.Error
						if !errors.As(err, &e) || e.Condition != r.condition || e.UnknownOutcome == safe || e.Retryable != (r.again && safe) || e.Operation != id {
							t.Errorf("got %v, want %v", err, r.condition)
						}
						text := fmt.Sprintf("%v %+v %s", err, e, log.String())
						for _, hidden := range []string{"HIDDEN", testSecret, testKey, "secret-token", "hub.example", "p.example"} {
							if strings.Contains(text, hidden) {
								t.Errorf("%s stands in %s", hidden, text)
							}
						}
					})
				})
			}
		}
	}
}

// Every row of the contract's catalogue, at each operation that may answer it, under HTTP 200 and under the mapped status (W-18).
func TestCatalogueRows(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	mapped := map[string]int{"10000": 500, "10001": 405, "10003": 401, "10004": 401, "10006": 403}
	for _, row := range contract.Errors {
		for id, do := range operations() {
			if len(row.Operations) > 0 && !slices.Contains(row.Operations, id) {
				continue
			}
			for _, status := range []int{200, max(mapped[row.Code], 200)} {
				calls := 0
				c := newClient(t, func(*http.Request) (*http.Response, error) {
					calls++
					if id == receivePush {
						return response(status, fmt.Sprintf(`{"code":%s,"message":%q}`, row.Code, row.Message)), nil
					}
					return response(status, fmt.Sprintf(`{"success":false,"message":%q,"code":%q,"data":null}`, row.Message, row.Code)), nil
				})
				err := do(c, t)
				var e *adapters.Error
				if !errors.As(err, &e) || e.Code != row.Code || e.Message != row.Message || e.Fault.String() != row.Fault {
					t.Errorf("%s, %s under %d: %+v, want the fault of the %s", row.ID, id, status, e, row.Fault)
					continue
				}
				want, unknown := 1, row.Code == "10000" && id != listPushProjects && id != receivePush
				if row.Retryable && id == listPushProjects {
					want = 3
				}
				// What changes a project is not safe to repeat; a push that was not accepted is sent again by whoever sends it (W-30).
				if repeatable := id == listPushProjects || id == receivePush; e.Retryable != (row.Retryable && repeatable) || e.UnknownOutcome != unknown || calls != want {
					t.Errorf("%s, %s under %d: sent %d times, want %d: %+v", row.ID, id, status, calls, want, e)
				}
			}
		}
	}
}
