package forward

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLanesKeepOrderPerKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Client
		var mu sync.Mutex
		var log []string
		write := func(s string) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, s)
		}
		hold := make(chan struct{})
		c.Start("a", func(context.Context) { write("a1"); <-hold; write("a1 ends") })
		synctest.Wait()
		c.Start("a", func(context.Context) { write("a2") })
		c.Start("a", func(context.Context) { write("never: a2 waits already") })
		c.Run("b", func(context.Context) { write("b") })
		synctest.Wait()
		close(hold)
		c.Run("a", func(context.Context) { write("a3") })
		if err := c.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(log[3:]) // who is next after a1 is open
		if want := []string{"a1", "b", "a1 ends", "a2", "a3"}; !slices.Equal(log, want) {
			t.Errorf("got %q, want %q", log, want)
		}
		if len(c.lanes.byKey) != 0 {
			t.Errorf("%d lanes are left", len(c.lanes.byKey))
		}
	})
}

func TestLanesRunOneAtATime(t *testing.T) {
	t.Parallel()
	var c Client
	var now, most, runs atomic.Int64
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			c.Run("a", func(context.Context) {
				most.Store(max(most.Load(), now.Add(1)))
				runtime.Gosched()
				now.Add(-1)
				runs.Add(1)
			})
		})
	}
	group.Wait()
	if most.Load() != 1 || runs.Load() != 50 {
		t.Errorf("%d at once, %d in all", most.Load(), runs.Load())
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Client
		hold := make(chan struct{})
		c.Start("a", func(context.Context) { <-hold })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.Wait(ctx); err != context.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
		close(hold)
		if err := c.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestWaitForSomeKeys passes over what other keys have under way.
func TestWaitForSomeKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Client
		if err := c.WaitFor(t.Context(), "a/"); err != nil {
			t.Errorf("with nothing under way: %v", err)
		}
		slow, quick := make(chan struct{}), make(chan struct{})
		c.Start("b/1", func(context.Context) { <-slow })
		c.Start("a/1", func(context.Context) { <-quick })
		c.Start("a/2", func(context.Context) { time.Sleep(time.Second) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.WaitFor(ctx, "a/"); err != context.DeadlineExceeded {
			t.Errorf("while a key of them is busy: %v", err)
		}
		close(quick)
		if err := c.WaitFor(t.Context(), "a/"); err != nil {
			t.Errorf("while only another key is busy: %v", err)
		}
		close(slow)
	})
	if err := (*Client)(nil).WaitFor(t.Context(), "a/"); err != nil {
		t.Error(err)
	}
}

func TestCloseCancelsAndTakesNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Client
		var ran atomic.Int64
		c.Start("a", func(ctx context.Context) { <-ctx.Done(); ran.Add(1) })
		synctest.Wait()
		c.Start("a", func(context.Context) { t.Error("ran after Close") })
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Start("a", func(context.Context) { t.Error("ran after Close") })
		c.Run("a", func(context.Context) { t.Error("ran after Close") })
		if ran.Load() != 1 {
			t.Error("Close did not wait")
		}
	})
	if err := (*Client)(nil).Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := new(Client).Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCloseLeavesNoGoroutine does not run beside other tests, which have goroutines of their own.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	began := make(chan struct{})
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 16))
		began <- struct{}{}
		<-r.Context().Done()
	})
	shaking := raw(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		began <- struct{}{}
		_, _ = io.Copy(io.Discard, c)
	})
	c, err := New(Config{
		DialTimeout: time.Minute, TLSTimeout: time.Minute, HeaderTimeout: time.Minute, Timeout: time.Minute,
		Lookup: func(ctx context.Context, _ string) ([]netip.Addr, error) {
			began <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	targets := []string{slow, "https" + strings.TrimPrefix(shaking, "http"), "http://hub.example/"}
	for _, url := range targets {
		c.Start(url, func(ctx context.Context) {
			_, err := c.Post(ctx, url, []byte("{}"))
			var failure *Error
			if !errors.As(err, &failure) || failure.ID != Closed {
				t.Errorf("%s: got %v", url, err)
			}
		})
	}
	for range targets {
		<-began
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNoGoroutine(t)
}

// wantNoGoroutine waits until no goroutine stands in the client's code or in that of its connections.
func wantNoGoroutine(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		buffer := make([]byte, 1<<20)
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		left := false
		for _, part := range []string{"internal/forward.(*", "net/http.(*Transport)", "net/http.(*persistConn)"} {
			left = left || strings.Contains(stacks, part)
		}
		if !left {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("goroutines are left:\n%s", stacks)
		}
	}
}
