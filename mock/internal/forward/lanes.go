package forward

import (
	"context"
	"log"
	"runtime/debug"
	"strings"
	"sync"
)

// lanes keep work in order: of each key one piece runs at a time, different keys run side by side.
type lanes struct {
	mu     sync.Mutex
	byKey  map[string]*lane
	busy   int
	idle   chan struct{} // closed when nothing is under way any more
	ctx    context.Context
	cancel context.CancelFunc
}

type lane struct {
	users int
	// waiting says that a background run has yet to begin; it will see all that happened before.
	waiting bool
	turn    chan struct{}
	gone    chan struct{} // closed when the last user leaves
}

// enter takes part in a lane, nil when the lanes are closed or a background run waits already.
func (l *lanes) enter(key string, background bool) (*lane, context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.openLocked()
	if l.ctx.Err() != nil {
		return nil, nil
	}
	e := l.byKey[key]
	if e == nil {
		e = &lane{turn: make(chan struct{}, 1), gone: make(chan struct{})}
		l.byKey[key] = e
	}
	if background {
		if e.waiting {
			return nil, nil
		}
		e.waiting = true
	}
	e.users++
	if l.busy == 0 {
		l.idle = make(chan struct{})
	}
	l.busy++
	return e, l.ctx
}

func (l *lanes) openLocked() {
	if l.ctx == nil {
		l.ctx, l.cancel = context.WithCancel(context.Background())
		l.byKey = map[string]*lane{}
	}
}

func (l *lanes) begin(e *lane, background bool) {
	if background {
		l.mu.Lock()
		e.waiting = false
		l.mu.Unlock()
	}
}

func (l *lanes) leave(key string, e *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users == 0 {
		delete(l.byKey, key)
		close(e.gone)
	}
	if l.busy--; l.busy == 0 {
		close(l.idle)
	}
}

func (l *lanes) run(ctx context.Context, key string, e *lane, background bool, work func(context.Context)) {
	defer l.leave(key, e)
	defer func() {
		if fault := recover(); fault != nil {
			log.Printf("understudy: panic in a delivery: %v\n%s", fault, debug.Stack())
		}
	}()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return
	}
	l.begin(e, background)
	if ctx.Err() == nil {
		work(ctx)
	}
}

// Start runs work in the background, after other work of its key. When work of the key waits to begin already, that is
// enough and nothing is added: work looks at the state it finds. Its context ends with [Client.Close].
func (c *Client) Start(key string, work func(context.Context)) {
	if e, ctx := c.lanes.enter(key, true); e != nil {
		go c.lanes.run(ctx, key, e, true, work)
	}
}

// Run runs work now, after other work of its key, and returns when it is done. After [Client.Close] it does nothing.
func (c *Client) Run(key string, work func(context.Context)) {
	if e, ctx := c.lanes.enter(key, false); e != nil {
		c.lanes.run(ctx, key, e, false, work)
	}
}

// Wait returns when no work is under way, or with the error of ctx. What waits for a timer is not under way. Work must
// not wait for itself.
func (c *Client) Wait(ctx context.Context) error {
	if c == nil {
		return nil
	}
	c.lanes.mu.Lock()
	busy, idle := c.lanes.busy, c.lanes.idle
	c.lanes.mu.Unlock()
	if busy == 0 {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WaitFor is [Client.Wait] for the keys that begin with prefix alone.
func (c *Client) WaitFor(ctx context.Context, prefix string) error {
	if c == nil {
		return nil
	}
	for {
		gone := c.lanes.busyLane(prefix)
		if gone == nil {
			return nil
		}
		select {
		case <-gone:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// busyLane tells when one of the lanes whose keys begin with prefix is empty; nil when there is none.
func (l *lanes) busyLane(prefix string) (gone chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, e := range l.byKey {
		if strings.HasPrefix(key, prefix) {
			return e.gone
		}
	}
	return nil
}

// Close takes no more work, cancels what is under way and returns when it has ended, or with the error of ctx. To let
// deliveries end by themselves, call [Client.Wait] first.
func (c *Client) Close(ctx context.Context) error {
	if c == nil {
		return nil
	}
	c.lanes.mu.Lock()
	c.lanes.openLocked()
	c.lanes.cancel()
	c.lanes.mu.Unlock()
	return c.Wait(ctx)
}
