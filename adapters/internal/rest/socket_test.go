package rest_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// What a real connection does when the vendor's end fails after it has read the call: nobody knows then what was done.
func TestBrokenSockets(t *testing.T) {
	t.Parallel()
	write := func(text string) func(net.Conn) { return func(c net.Conn) { _, _ = io.WriteString(c, text) } }
	for name, r := range map[string]struct {
		answer    func(net.Conn)
		silent    bool
		condition error
	}{
		"cut before the reply":  {answer: func(net.Conn) {}, condition: adapters.ErrUnavailable},
		"reset":                 {answer: func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, condition: adapters.ErrUnavailable},
		"cut in the headers":    {answer: write("HTTP/1.1 200 OK\r\nContent-Le"), condition: adapters.ErrUnavailable},
		"no HTTP":               {answer: write("SSH-2.0-x\r\n\r\n"), condition: adapters.ErrUnavailable},
		"cut in the body":       {answer: write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfine"), condition: adapters.ErrUnavailable},
		"cut before the body":   {answer: write("HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\n"), condition: adapters.ErrUnavailable},
		"cut in a chunk":        {answer: write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nfine"), condition: adapters.ErrUnavailable},
		"cut between chunks":    {answer: write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n"), condition: adapters.ErrUnavailable},
		"cut in a packed body":  {answer: write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b\x08"), condition: adapters.ErrUnavailable},
		"silence":               {silent: true, condition: adapters.ErrTimeout},
		"silence in the middle": {silent: true, answer: write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfine"), condition: adapters.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			over := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if body, _ := io.ReadAll(q.Body); string(body) != "sent" {
					t.Errorf("the call has the body %q", body)
				}
				calls.Add(1)
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer connection.Close()
				if r.answer != nil {
					r.answer(connection)
				}
				if r.silent {
					<-over
				}
			}))
			defer server.Close()
			defer close(over)
			for _, safe := range []bool{true, false} {
				calls.Store(0)
				c := newClient(t, rest.Options{BaseURL: server.URL, HTTP: adapters.Config{
					Timeout: 10 * time.Second, Attempts: 2, Backoff: func(int) time.Duration { return 0 },
				}})
				if r.silent {
					c = newClient(t, rest.Options{BaseURL: server.URL, HTTP: adapters.Config{
						Timeout: 100 * time.Millisecond, Attempts: 2, Backoff: func(int) time.Duration { return 0 },
					}})
				}
				call := call(safe)
				call.Build = func(string) (rest.Payload, error) {
					return rest.Payload{Body: []byte("sent"), ContentType: "text/plain"}, nil
				}
				err := c.Do(t.Context(), call)
				want := map[bool]int64{true: 2, false: 1}[safe]
				var e *adapters.Error
				if !errors.Is(err, r.condition) || !errors.As(err, &e) || e.Retryable != safe || e.UnknownOutcome == safe || calls.Load() != want {
					t.Errorf("safe %v: %d calls, want %d: %v", safe, calls.Load(), want, err)
				}
				if strings.Contains(fmt.Sprint(err), server.URL) {
					t.Errorf("the address stands in %v", err)
				}
			}
		})
	}
}

// A transport of somebody else's may not count what it reads.
func TestShortBodies(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{-1, 0, 3, 4, 5} {
		c := newClient(t, rest.Options{HTTP: adapters.Config{Attempts: 1, Transport: transport(func(*http.Request) (*http.Response, error) {
			r := reply(200, "fine")
			r.ContentLength = length
			return r, nil
		})}})
		err := c.Do(t.Context(), call(true))
		if short := length > 4; errors.Is(err, adapters.ErrUnavailable) != short || !short && err != nil || short && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Content-Length %d: %v", length, err)
		}
	}
}
