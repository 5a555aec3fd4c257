package rest_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

func TestNoLimitIsTooLarge(t *testing.T) {
	t.Parallel()
	c := newClient(t, rest.Options{HTTP: adapters.Config{
		MaxBody: math.MaxInt64, Timeout: math.MaxInt64, MaxWait: math.MaxInt64, Attempts: math.MaxInt,
		Transport: transport(func(*http.Request) (*http.Response, error) { return reply(200, "text"), nil }),
	}})
	one := call(true)
	one.Read = func(r rest.Reply) error {
		if string(r.Body) != "text" {
			t.Errorf("read %q", r.Body)
		}
		return nil
	}
	if err := c.Do(t.Context(), one); err != nil {
		t.Error(err)
	}
	if c.RenewTimeout() <= 0 {
		t.Errorf("a renewal may take %s", c.RenewTimeout())
	}
}

func TestTooLargeTellsTheLimit(t *testing.T) {
	t.Parallel()
	c := newClient(t, rest.Options{HTTP: adapters.Config{MaxBody: 3, Transport: transport(func(*http.Request) (*http.Response, error) {
		return reply(200, "text"), nil
	})}})
	if err := c.Do(t.Context(), call(true)); !errors.Is(err, adapters.ErrTooLarge) || !strings.Contains(err.Error(), "HTTP.MaxBody, 3 bytes") {
		t.Error(err)
	}
}

func TestNoPauseIsLongerThanMaxWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, rest.Options{HTTP: adapters.Config{
			MaxWait: time.Second, Attempts: 2, Backoff: func(int) time.Duration { return time.Hour },
			Transport: transport(func(*http.Request) (*http.Response, error) { return reply(503, ""), nil }),
		}})
		start := time.Now()
		if err := c.Do(t.Context(), call(true)); err == nil || time.Since(start) != time.Second {
			t.Errorf("waited %s: %v", time.Since(start), err)
		}
	})
}

func TestCancellationWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			return reply(503, "", "Retry-After", "20"), nil
		})}})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := c.Do(ctx, call(true))
		var e *adapters.Error
		if !errors.As(err, &e) || e.Condition != adapters.ErrCanceled || !errors.Is(err, context.Canceled) || e.Retryable || e.Status != 503 {
			t.Errorf("%v", err)
		}
	})
}

func TestWhoseDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Timeout: time.Second, Attempts: 1, Transport: transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}})
		if err := c.Do(t.Context(), call(true)); !errors.Is(err, adapters.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the client's own limit: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := c.Do(ctx, call(true)); !errors.Is(err, adapters.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller's deadline: %v", err)
		}
	})
}

func TestATransportThatGivesNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t, rest.Options{HTTP: adapters.Config{Attempts: 1, Transport: transport(func(*http.Request) (*http.Response, error) { return nil, nil })}})
	if err := c.Do(t.Context(), call(false)); !errors.Is(err, adapters.ErrUnavailable) || !errors.Is(err, adapters.ErrUnknownOutcome) {
		t.Error(err)
	}
}

func TestControlCharactersInHeaders(t *testing.T) {
	t.Parallel()
	sent := 0
	counting := transport(func(*http.Request) (*http.Response, error) { sent++; return reply(200, ""), nil })
	for name, o := range map[string]struct {
		agent   string
		payload rest.Payload
	}{
		"User-Agent":   {agent: "a\r\nX-Evil: HIDDEN"},
		"Content-Type": {payload: rest.Payload{Body: []byte("x"), ContentType: "text/plain\nHIDDEN"}},
		"X-Token":      {payload: rest.Payload{Header: http.Header{"X-Token": {"HIDDEN\n"}}}},
	} {
		c := newClient(t, rest.Options{HTTP: adapters.Config{UserAgent: o.agent, Transport: counting}})
		one := call(true)
		one.Build = func(string) (rest.Payload, error) { return o.payload, nil }
		err := c.Do(t.Context(), one)
		if !errors.Is(err, adapters.ErrInvalid) || sent != 0 || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("%s: sent %d, %v", name, sent, err)
		}
	}
}

func TestWhatARedirectLeavesOpen(t *testing.T) {
	t.Parallel()
	for status, unknown := range map[int]bool{301: false, 302: true, 303: true, 307: false, 308: false} {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			return reply(status, "", "Location", "https://elsewhere.example/"), nil
		})}})
		err := c.Do(t.Context(), call(false))
		if !errors.Is(err, adapters.ErrRedirected) || errors.Is(err, adapters.ErrUnknownOutcome) != unknown {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestWhoseMoveAfterAServerError(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]adapters.Fault{500: adapters.FaultVendor, 503: adapters.FaultVendor, 501: adapters.FaultVendor, 408: adapters.FaultUnknown} {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Attempts: 1, Transport: transport(func(*http.Request) (*http.Response, error) {
			return reply(status, ""), nil
		})}})
		var e *adapters.Error
		if err := c.Do(t.Context(), call(true)); !errors.As(err, &e) || e.Fault != want {
			t.Errorf("%d: %+v, want fault %s", status, e, want)
		}
	}
}

func TestASafeCallNeverHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, safe := range []bool{true, false} {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Attempts: 1, Transport: transport(func(*http.Request) (*http.Response, error) {
			return reply(200, ""), nil
		})}})
		one := call(safe)
		one.Read = func(rest.Reply) error {
			return &adapters.Error{Condition: adapters.ErrUnavailable, UnknownOutcome: true}
		}
		var e *adapters.Error
		if err := c.Do(t.Context(), one); !errors.As(err, &e) || e.UnknownOutcome == safe || e.Retryable != safe {
			t.Errorf("safe %v: %+v", safe, e)
		}
	}
}
