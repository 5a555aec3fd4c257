package check

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"errors"
)

// Between two attempts at a server that does not answer yet.
const between = 100 * time.Millisecond

// wait lets the server come up: until it answers anything at all.
func (r *run) wait(ctx context.Context) error {
	if r.config.Wait <= 0 {
		return nil
	}
	return r.answers(ctx, r.config.Wait)
}

// answers asks until the server answers, or the time is over.
func (r *run) answers(ctx context.Context, within time.Duration) error {
	until := time.Now().Add(within)
	for {
		err := r.probe(ctx, time.Until(until))
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Until(until) < between {
			return &StartError{Target: serverOf(targetOf(r.config)), Err: err}
		}
		if err := pause(ctx, between); err != nil {
			return err
		}
	}
}

// probe asks for the target's root. Whatever comes back is an answer; the request is none of the run's.
func (r *run) probe(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, max(within, between))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, targetOf(r.config), nil)
	if err != nil {
		return errors.New("the target is no URL")
	}
	for name, list := range r.config.Header {
		request.Header[name] = list
	}
	response, err := r.meter.next.RoundTrip(request)
	if err != nil {
		return withoutURL(err)
	}
	_ = response.Body.Close()
	return nil
}

// withoutURL is an error without the address that it may quote.
func withoutURL(err error) error {
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
