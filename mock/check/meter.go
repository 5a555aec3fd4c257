package check

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// errEnough says that the bound on requests is reached.
var errEnough = errors.New("the bound on requests is reached")

// meter is the way of every request, logins included: it counts them, holds them to the rate and the bound, and keeps what
// travels where somebody wants to see it.
type meter struct {
	next http.RoundTripper
	gap  time.Duration
	most int

	mu    sync.Mutex
	due   time.Time // of the next request
	sent  int
	alive bool // something has answered
	keep  func(travelled)
	// operation and check are what the next requests are for.
	operation, check string
}

// travelled is one request and its reply, or why there is none.
type travelled struct {
	operation, check string
	request          *http.Request
	body, reply      []byte
	response         *http.Response
	failed           error
	at               time.Time
	took             time.Duration
}

func newMeter(config Config) *meter {
	m := &meter{next: http.DefaultTransport, most: config.MaxRequests}
	if config.HTTP != nil && config.HTTP.Transport != nil {
		m.next = config.HTTP.Transport
	}
	if config.Rate > 0 {
		m.gap = time.Duration(float64(time.Second) / config.Rate)
	}
	return m
}

// RoundTrip implements [http.RoundTripper].
func (m *meter) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := m.admit(request.Context()); err != nil {
		return nil, err
	}
	var sent []byte
	if m.keep != nil && request.Body != nil {
		text, err := io.ReadAll(request.Body)
		_ = request.Body.Close()
		if err != nil {
			return nil, err
		}
		sent = text
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(bytes.NewReader(text))
	}
	began := time.Now()
	response, err := m.next.RoundTrip(request)
	if err == nil {
		m.mu.Lock()
		m.alive = true
		m.mu.Unlock()
	}
	if m.keep == nil {
		return response, err
	}
	kept := travelled{operation: m.operation, check: m.check, request: request, body: sent, response: response, failed: err, at: began}
	if err == nil {
		text, broken := io.ReadAll(io.LimitReader(response.Body, maxKept+1))
		kept.reply = text
		rest := response.Body
		response.Body = &joined{Reader: io.MultiReader(bytes.NewReader(text), after(broken, rest)), Closer: rest}
	}
	kept.took = time.Since(began)
	m.keep(kept)
	return response, err
}

// maxKept bounds the part of a reply that is kept, in bytes.
const maxKept = 64 << 10

type joined struct {
	io.Reader
	io.Closer
}

// after goes on where reading stopped: with the error that stopped it, or with the rest.
func after(broken error, rest io.Reader) io.Reader {
	if broken != nil {
		return failing{broken}
	}
	return rest
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// admit waits until a request may be sent.
func (m *meter) admit(ctx context.Context) error {
	m.mu.Lock()
	if m.most > 0 && m.sent >= m.most {
		m.mu.Unlock()
		return errEnough
	}
	m.sent++
	wait := time.Duration(0)
	if m.gap > 0 {
		now := time.Now()
		if m.due.After(now) {
			wait = m.due.Sub(now)
		}
		m.due = now.Add(wait + m.gap)
	}
	m.mu.Unlock()
	return pause(ctx, wait)
}

func (m *meter) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent
}

func (m *meter) answered() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.alive
}

// pause waits, or until the context ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// belongsTo says what the next requests are for.
func (m *meter) belongsTo(operation, check string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.operation, m.check = operation, check
}

// doing is the check that the last request was for.
func (m *meter) doing() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.check
}
