package eazytec

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
	"understudy/specs"
)

// The vendor has the message, and the reply gets lost in every way there is: one message, one SMS, and an error that says so.
func TestOutages(t *testing.T) {
	t.Parallel()
	page := "<!DOCTYPE html><html><body>HIDDEN token-1</body></html>"
	answer := func(status int, body string) transport {
		return func(*http.Request) (*http.Response, error) { return response(status, body), nil }
	}
	for name, r := range map[string]struct {
		strike    transport
		condition adapters.Condition
	}{
		"500":          {answer(500, ""), adapters.ErrUnavailable},
		"500, a page":  {answer(500, page), adapters.ErrUnavailable},
		"502, a page":  {answer(502, page), adapters.ErrUnavailable},
		"503, a page":  {answer(503, page), adapters.ErrUnavailable},
		"504, a page":  {answer(504, page), adapters.ErrUnavailable},
		"200, a page":  {answer(200, page), adapters.ErrDecode},
		"200, nothing": {answer(200, ""), adapters.ErrDecode},
		"delay":        {func(q *http.Request) (*http.Response, error) { <-q.Context().Done(); return nil, q.Context().Err() }, adapters.ErrTimeout},
		"cut":          {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, adapters.ErrUnavailable},
		"no reason":    {func(q *http.Request) (*http.Response, error) { return nil, errors.New("reset " + q.URL.String()) }, adapters.ErrUnavailable},
		"truncated": {func(*http.Request) (*http.Response, error) {
			r := response(200, "")
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(sent[:9]), iotest.ErrReader(io.ErrUnexpectedEOF))), 99
			return r, nil
		}, adapters.ErrUnavailable},
		"truncated 401": {func(*http.Request) (*http.Response, error) {
			r := response(401, `{"error":"inv`)
			r.ContentLength = 99
			return r, nil
		}, adapters.ErrUnavailable},
		"short": {func(*http.Request) (*http.Response, error) {
			r := response(200, sent)
			r.ContentLength++
			return r, nil
		}, adapters.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				var log bytes.Buffer
				c := newClient(t, func(q *http.Request) (*http.Response, error) { calls++; return r.strike(q) }, func(c *Config) {
					c.HTTP.Timeout, c.HTTP.Attempts, c.HTTP.Logger = time.Second, 5, slog.New(slog.NewTextHandler(&log, nil))
				})
				id, err := c.Send(t.Context(), smallest())
				var e *adapters.Error
				if calls != 1 || id != "" || !errors.As(err, &e) || e.Condition != r.condition || !e.UnknownOutcome || e.Retryable {
					t.Errorf("sent %d times: %q, %v, want %v", calls, id, err, r.condition)
				}
				text := fmt.Sprintf("%v %+v %s", err, e, log.String())
				for _, hidden := range []string{"HIDDEN", "token-1", "eazytec-cloud", "user-to"} {
					if strings.Contains(text, hidden) {
						t.Errorf("%s stands in %s", hidden, text)
					}
				}
			})
		})
	}
}

// Before a byte has left there is no message, and the error says that too. It is not repeated all the same.
func TestUnsentMessagesAreKnown(t *testing.T) {
	t.Parallel()
	c, err := New(Config{Domain: "http://127.0.0.1:1", Tokens: adapters.StaticToken("t"), HTTP: adapters.Config{Attempts: 3}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Send(t.Context(), smallest())
	var e *adapters.Error
	if !errors.As(err, &e) || e.Condition != adapters.ErrUnavailable || e.UnknownOutcome || !e.Retryable {
		t.Errorf("%v", err)
	}
}

// Every row of the contract's catalogue.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	for _, row := range contract.Errors {
		body, code, calls := fmt.Sprintf(`{"data":%q,"msg":"fail","status":%s}`, row.Message, row.Code), row.Code, 1
		condition := adapters.ErrInvalid
		if row.Retryable { // with a new token
			body, code, calls = fmt.Sprintf(`{"error":"invalid_token","error_description":%q}`, row.Message), "invalid_token", 2
			condition = adapters.ErrUnauthorized
		}
		sentTimes := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			sentTimes++
			return response(max(row.Status, 200), body), nil
		})
		_, err := c.Send(t.Context(), smallest())
		var e *adapters.Error
		if !errors.As(err, &e) || e.Condition != condition || e.Code != code || e.Fault.String() != row.Fault || e.Retryable || e.UnknownOutcome || sentTimes != calls {
			t.Errorf("%s: sent %d times, want %d: %+v", row.ID, sentTimes, calls, e)
		}
	}
}
