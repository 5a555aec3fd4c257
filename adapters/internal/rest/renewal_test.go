package rest_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

func TestTheKeptTokenServesUntilItExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("the token server is down")
		fetched := 0
		tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
			if fetched++; fetched > 1 {
				return adapters.Token{}, broken
			}
			return adapters.Token{Value: "t1", Expires: time.Now().Add(time.Hour)}, nil
		}, 5*time.Minute, time.Minute)
		if got, err := tokens.Get(t.Context()); got != "t1" || err != nil {
			t.Fatal(got, err)
		}
		time.Sleep(57 * time.Minute)
		if got, err := tokens.Get(t.Context()); got != "t1" || err != nil || fetched != 2 {
			t.Errorf("within the margin: %q, %v after %d fetches", got, err, fetched)
		}
		time.Sleep(3 * time.Minute)
		if _, err := tokens.Get(t.Context()); !errors.Is(err, broken) {
			t.Errorf("expired: %v", err)
		}
	})
}

func TestARejectedTokenIsNotFallenBackTo(t *testing.T) {
	t.Parallel()
	broken := errors.New("the token server is down")
	fetched := 0
	tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
		if fetched++; fetched > 1 {
			return adapters.Token{}, broken
		}
		return adapters.Token{Value: "t1", Expires: time.Now().Add(time.Hour)}, nil
	}, 0, time.Minute)
	if _, err := tokens.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Renew(t.Context(), "t1"); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := tokens.Get(t.Context()); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestATokenThatIsOldAtOnceServesOneCall(t *testing.T) {
	t.Parallel()
	for _, life := range []time.Duration{0, -time.Hour} {
		fetched := 0
		tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) {
			fetched++
			return adapters.Token{Value: "t", Expires: time.Now().Add(life)}, nil
		}, time.Minute, time.Minute)
		for want := 1; want <= 3; want++ {
			if got, err := tokens.Get(t.Context()); got != "t" || err != nil || fetched != want {
				t.Errorf("life %s: %q, %v after %d fetches, want %d", life, got, err, fetched, want)
			}
		}
	}
}

func TestACallerThatHasGoneFetchesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fetched := 0
		tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) { fetched++; return adapters.Token{Value: "t"}, nil }, 0, time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		one := call(true)
		one.Tokens = tokens
		err := newClient(t, rest.Options{}).Do(ctx, one)
		synctest.Wait()
		if !errors.Is(err, adapters.ErrCanceled) || !errors.Is(err, context.Canceled) || fetched != 0 {
			t.Errorf("%v after %d fetches", err, fetched)
		}
	})
}

func TestASourceThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := rest.NewTokens(func(context.Context) (adapters.Token, error) { runtime.Goexit(); return adapters.Token{}, nil }, 0, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range 2 {
			if _, err := tokens.Get(ctx); err == nil || ctx.Err() != nil {
				t.Fatalf("%v, %v", err, ctx.Err())
			}
		}
	})
}

func TestTheRepeatAfterARejectedToken(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		source adapters.TokenSource
		sent   int
	}{
		"static":   {adapters.StaticToken("t"), 1},
		"the same": {adapters.TokenFunc(func(context.Context) (adapters.Token, error) { return adapters.Token{Value: "t"}, nil }), 2},
	} {
		sent := 0
		c := newClient(t, rest.Options{HTTP: adapters.Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			sent++
			return reply(401, ""), nil
		})}})
		one := call(false)
		one.Tokens, one.Build = c.TokensFrom(row.source), header("X-Token")
		if err := c.Do(t.Context(), one); !errors.Is(err, adapters.ErrUnauthorized) || sent != row.sent {
			t.Errorf("%s: sent %d, want %d: %v", name, sent, row.sent, err)
		}
	}
}

func TestSensitiveTextsBelongToTheAttempt(t *testing.T) {
	t.Parallel()
	sent := 0
	c := newClient(t, rest.Options{HTTP: adapters.Config{Attempts: 2, Backoff: func(int) time.Duration { return 0 },
		Transport: transport(func(*http.Request) (*http.Response, error) { sent++; return reply(200, ""), nil })}})
	one := call(true)
	one.Build = func(string) (rest.Payload, error) {
		return rest.Payload{Sensitive: []string{[]string{"first", "second"}[sent]}}, nil
	}
	one.Read = func(rest.Reply) error {
		return &adapters.Error{Condition: adapters.ErrUnavailable, Message: "neither first nor second"}
	}
	var e *adapters.Error
	if err := c.Do(t.Context(), one); !errors.As(err, &e) || e.Message != "neither first nor ***" {
		t.Errorf("%v", err)
	}
}
