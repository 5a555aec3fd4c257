package rest

import (
	"context"
	"errors"
	"sync"
	"time"

	"understudy/adapters"
)

// Tokens keeps one access token and renews it with at most one fetch under way, whoever asks.
type Tokens struct {
	fetch   func(context.Context) (adapters.Token, error)
	margin  time.Duration
	timeout time.Duration
	static  bool // the source gives the same token for ever

	mu      sync.Mutex
	current adapters.Token
	renewAt time.Time // zero: not before the vendor rejects it
	flight  *flight
	issued  uint64 // number given to the latest fetch that began
	kept    uint64 // number of the fetch that current came from
}

type flight struct {
	done  chan struct{}
	token adapters.Token
	err   error
}

// NewTokens makes an empty cache. fetch gets a new token; margin is how long before its expiry a token is renewed (at most a quarter of
// its lifetime); timeout bounds one fetch, which goes on when the caller that began it gives up.
func NewTokens(fetch func(context.Context) (adapters.Token, error), margin, timeout time.Duration) *Tokens {
	return &Tokens{fetch: fetch, margin: margin, timeout: timeout}
}

// TokensFrom makes an empty cache in front of the caller's source. A token of an adapters.StaticToken that is rejected is not tried again:
// it cannot have become another one. Any other source is asked once and the call repeated even when the answer is the rejected token,
// because a vendor may reject a good one for a moment.
func (c *Client) TokensFrom(source adapters.TokenSource) *Tokens {
	t := NewTokens(source.Token, time.Minute, c.RenewTimeout())
	_, t.static = source.(adapters.StaticToken)
	return t
}

// Get gives the kept token, or a new one when there is none or the kept one is within the margin of its expiry. When a new one cannot be had,
// the kept one serves until it expires.
func (t *Tokens) Get(ctx context.Context) (string, error) {
	t.mu.Lock()
	if t.fresh() {
		defer t.mu.Unlock()
		return t.current.Value, nil
	}
	token, err := t.join(ctx)
	if err == nil || ctx.Err() != nil {
		return token, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value != "" && time.Now().Before(t.current.Expires) {
		return t.current.Value, nil
	}
	return "", err
}

// Renew gives a token to use instead of stale, which the vendor rejected. When somebody else has renewed it meanwhile, that
// token is given and nothing is fetched.
func (t *Tokens) Renew(ctx context.Context, stale string) (string, error) {
	t.mu.Lock()
	if t.fresh() && t.current.Value != stale {
		defer t.mu.Unlock()
		return t.current.Value, nil
	}
	if t.current.Value == stale {
		t.current = adapters.Token{}
	}
	return t.join(ctx)
}

// Begin numbers a fetch that runs outside, so that Keep can tell which token is the later one.
func (t *Tokens) Begin() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.issued++
	return t.issued
}

// Keep stores the token of fetch number n, unless a later fetch has stored one already.
func (t *Tokens) Keep(n uint64, token adapters.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(n, token)
}

// keep needs the lock. The margin is at most a quarter of the lifetime, or a short-lived token would be renewed for every call.
func (t *Tokens) keep(n uint64, token adapters.Token) {
	if n <= t.kept {
		return
	}
	t.kept, t.current, t.renewAt = n, token, time.Time{}
	if !token.Expires.IsZero() {
		t.renewAt = token.Expires.Add(-min(t.margin, time.Until(token.Expires)/4))
	}
}

// fresh needs the lock.
func (t *Tokens) fresh() bool {
	return t.current.Value != "" && (t.renewAt.IsZero() || time.Now().Before(t.renewAt))
}

// join takes part in the fetch under way or begins one, unless nobody is there to wait for it. It needs the lock and gives it back.
func (t *Tokens) join(ctx context.Context) (string, error) {
	f := t.flight
	if f == nil {
		if err := ctx.Err(); err != nil {
			t.mu.Unlock()
			return "", err
		}
		f = &flight{done: make(chan struct{})}
		t.flight = f
		t.issued++
		go t.run(context.WithoutCancel(ctx), f, t.issued)
	}
	t.mu.Unlock()
	select {
	case <-f.done:
		return f.token.Value, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (t *Tokens) run(ctx context.Context, f *flight, number uint64) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	// This error stays when fetch ends its goroutine, as a failing test does; the callers must not wait for ever.
	f.err = errors.New("the token source did not return")
	defer t.land(f, number)
	if f.token, f.err = t.fetch(ctx); f.err == nil && f.token.Value == "" {
		f.err = errors.New("the token is empty")
	}
}

func (t *Tokens) land(f *flight, number uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.err == nil {
		t.keep(number, f.token)
	}
	t.flight = nil
	close(f.done)
}
