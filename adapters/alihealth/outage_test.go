package alihealth

import (
	"bytes"
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
	"understudy/adapters/internal/rest"
	"understudy/specs"
)

// striking breaks the first n replies of a gateway.
type striking struct {
	*gateway
	n      int
	strike func(*http.Request, *http.Response) (*http.Response, error)
}

func (s *striking) RoundTrip(q *http.Request) (*http.Response, error) {
	r, err := s.gateway.RoundTrip(q)
	if err != nil || len(s.calls) > s.n {
		return r, err
	}
	return s.strike(q, r)
}

// The query meets every way of losing a reply: once, and for ever. It only reads, so it is repeated where that may help.
func TestOutages(t *testing.T) {
	t.Parallel()
	type strike = func(*http.Request, *http.Response) (*http.Response, error)
	page := "<!DOCTYPE html><html><body>HIDDEN " + testSecret + "</body></html>"
	answer := func(status int, body string) strike {
		return func(*http.Request, *http.Response) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
		}
	}
	for name, r := range map[string]struct {
		strike    strike
		condition adapters.Condition
		again     bool
	}{
		"500":          {answer(500, ""), adapters.ErrUnavailable, true},
		"500, a page":  {answer(500, page), adapters.ErrUnavailable, true},
		"502, a page":  {answer(502, page), adapters.ErrUnavailable, true},
		"503, a page":  {answer(503, page), adapters.ErrUnavailable, true},
		"504, a page":  {answer(504, page), adapters.ErrUnavailable, true},
		"200, a page":  {answer(200, page), adapters.ErrDecode, false},
		"200, nothing": {answer(200, ""), adapters.ErrDecode, false},
		"delay": {func(q *http.Request, _ *http.Response) (*http.Response, error) {
			<-q.Context().Done()
			return nil, q.Context().Err()
		}, adapters.ErrTimeout, true},
		"cut": {func(*http.Request, *http.Response) (*http.Response, error) { return nil, io.EOF }, adapters.ErrUnavailable, true},
		"no reason": {func(q *http.Request, _ *http.Response) (*http.Response, error) {
			return nil, errors.New("reset " + q.URL.String())
		}, adapters.ErrUnavailable, true},
		"truncated": {func(_ *http.Request, r *http.Response) (*http.Response, error) {
			r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, 40), iotest.ErrReader(io.ErrUnexpectedEOF)))
			return r, nil
		}, adapters.ErrUnavailable, true},
		"short": {func(_ *http.Request, r *http.Response) (*http.Response, error) { r.ContentLength++; return r, nil }, adapters.ErrUnavailable, true},
	} {
		for _, form := range []RequestForm{FormBody, SystemInQuery, GetQuery} {
			for _, n := range []int{1, 1000} {
				t.Run(fmt.Sprint(name, "/", form, "/", n), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						g := &gateway{answer: func(int, received) (int, string) { return 200, jsonPage(`"total":1,`, "["+jsonRow("P1")+"]") }}
						var log bytes.Buffer
						c := newClient(t, g, func(c *Config) {
							c.Session, c.RequestForm = testSession, form
							c.HTTP.Transport, c.HTTP.Timeout = &striking{gateway: g, n: n, strike: r.strike}, time.Second
							c.HTTP.Logger = slog.New(slog.NewTextHandler(&log, nil))
						})
						page, err := c.QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
						calls := 1
						if r.again {
							calls = min(n+1, 3)
						}
						if len(g.calls) != calls {
							t.Errorf("sent %d times, want %d", len(g.calls), calls)
						}
						if r.again && n == 1 {
							if err != nil || len(page.Appointments) != 1 {
								t.Errorf("%v, %v", page, err)
							}
							return
						}
						var e *adapters.Error
						if !errors.As(err, &e) || e.Condition != r.condition || e.UnknownOutcome || e.Retryable != r.again || page.Appointments != nil {
							t.Errorf("got %v, want %v", err, r.condition)
						}
						text := fmt.Sprintf("%v %+v %s", err, e, log.String())
						for _, hidden := range []string{"HIDDEN", testSecret, testSession, testKey, "gateway.example", g.calls[0].params["sign"]} {
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

// Every row of the contract's catalogue, in both formats.
func TestCatalogueRows(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	morning := time.Date(2026, 3, 2, 9, 0, 0, 0, rest.Beijing())
	for _, row := range contract.Errors {
		inJSON := fmt.Sprintf(`{"error_response":{"code":%s,"msg":%q,"sub_code":%q,"sub_msg":%q,"request_id":"req-9"}}`, row.Code, row.Message, row.SubCode, row.SubMessage)
		inXML := fmt.Sprintf(`<?xml version="1.0" encoding="utf-8" ?><error_response><code>%s</code><msg>%s</msg><sub_code>%s</sub_code><sub_msg>%s</sub_msg></error_response>`,
			row.Code, row.Message, row.SubCode, row.SubMessage)
		for _, body := range []string{inJSON, inXML} {
			synctest.Test(t, func(t *testing.T) {
				g := &gateway{answer: func(int, received) (int, string) { return max(row.Status, 200), body }}
				c := newClient(t, g, func(c *Config) { c.Now = func() time.Time { return morning } })
				_, err := c.QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
				calls := 1
				if row.Retryable && row.SubCode != "accesscontrol.limited-by-app-access-count" { // which ends at midnight
					calls = 3
				}
				var e *adapters.Error
				if !errors.As(err, &e) || !errors.Is(err, ErrPlatform) || e.Code != row.Code || e.SubCode != row.SubCode || e.Retryable != row.Retryable ||
					e.UnknownOutcome || len(g.calls) != calls {
					t.Errorf("%s: sent %d times, want %d: %+v", row.ID, len(g.calls), calls, e)
				}
			})
		}
	}
}
