package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

func header(name string) func(string) (rest.Payload, error) {
	return func(token string) (rest.Payload, error) {
		return rest.Payload{Header: http.Header{name: {token}}}, nil
	}
}

func TestOneRenewalForManyCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fetched, sent atomic.Int64
		tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
			time.Sleep(time.Second)
			return adapters.Token{Value: fmt.Sprint("t", fetched.Add(1))}, nil
		}, 0, time.Minute)
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
			sent.Add(1)
			time.Sleep(10 * time.Millisecond)
			if r.Header.Get("X-Token") == "t1" {
				return reply(401, ""), nil
			}
			return reply(200, ""), nil
		})}})
		one := call(false)
		one.Tokens, one.Build = tokens, header("X-Token")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := c.Do(t.Context(), one); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if fetched.Load() != 2 || sent.Load() != 40 {
			t.Errorf("fetched %d tokens and sent %d requests, want 2 and 40", fetched.Load(), sent.Load())
		}
	})
}

func TestOnlyOneRepeatAfterRejectedToken(t *testing.T) {
	t.Parallel()
	fetched, sent := 0, 0
	tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
		fetched++
		return adapters.Token{Value: fmt.Sprint("t", fetched)}, nil
	}, 0, time.Minute)
	c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
		sent++
		return reply(401, ""), nil
	})}})
	one := call(true)
	one.Tokens, one.Build = tokens, header("X-Token")
	if err := c.Do(t.Context(), one); !errors.Is(err, adapters.ErrUnauthorized) || fetched != 2 || sent != 2 {
		t.Errorf("fetched %d, sent %d, %v", fetched, sent, err)
	}
}

func TestRenewalOutlivesTheCallerThatBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fetched := 0
		tokens := rest.NewTokens(func(ctx context.Context) (adapters.Token, error) {
			fetched++
			select {
			case <-time.After(time.Second):
				return adapters.Token{Value: "t"}, nil
			case <-ctx.Done():
				return adapters.Token{}, ctx.Err()
			}
		}, 0, time.Minute)
		impatient, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { _, err := tokens.Get(impatient); first <- err }()
		synctest.Wait()
		second := make(chan error, 1)
		go func() { _, err := tokens.Get(t.Context()); second <- err }()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the impatient caller got %v", err)
		}
		if err := <-second; err != nil || fetched != 1 {
			t.Errorf("the patient caller got %v after %d fetches", err, fetched)
		}
	})
}

func TestRenewalHasItsOwnTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := rest.NewTokens(func(ctx context.Context) (adapters.Token, error) {
			<-ctx.Done()
			return adapters.Token{}, ctx.Err()
		}, 0, 3*time.Second)
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) { return reply(200, ""), nil })}})
		one := call(true)
		one.Tokens = tokens
		start := time.Now()
		if err := c.Do(t.Context(), one); !errors.Is(err, adapters.ErrTimeout) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

func TestALaterTokenIsNeverReplacedByAnEarlierOne(t *testing.T) {
	t.Parallel()
	tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) { return adapters.Token{Value: "fetched"}, nil }, 0, time.Minute)
	slow := tokens.Begin()
	tokens.Keep(tokens.Begin(), adapters.Token{Value: "later"})
	tokens.Keep(slow, adapters.Token{Value: "earlier"})
	if got, _ := tokens.Get(t.Context()); got != "later" {
		t.Errorf("kept %q", got)
	}
	// A rejection of a token that is no longer kept fetches nothing.
	if got, _ := tokens.Renew(t.Context(), "earlier"); got != "later" {
		t.Errorf("renewed to %q", got)
	}
	if got, _ := tokens.Renew(t.Context(), "later"); got != "fetched" {
		t.Errorf("renewed to %q", got)
	}
}

func TestRenewalBeforeExpiry(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		life, margin, renewed time.Duration
	}{
		{24 * time.Hour, 5 * time.Minute, 24*time.Hour - 5*time.Minute},
		{time.Minute, 5 * time.Minute, 45 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			fetched := 0
			tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
				fetched++
				return adapters.Token{Value: "t", Expires: time.Now().Add(row.life)}, nil
			}, row.margin, time.Minute)
			get := func(want int) {
				t.Helper()
				if _, err := tokens.Get(t.Context()); err != nil || fetched != want {
					t.Errorf("life %s: fetched %d, want %d (%v)", row.life, fetched, want, err)
				}
			}
			get(1)
			time.Sleep(row.renewed - time.Second)
			get(1)
			time.Sleep(time.Second)
			get(2)
		})
	}
}
