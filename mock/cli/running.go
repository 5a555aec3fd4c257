package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock"
)

// newHTTPServer bounds what a slow or hostile caller can hold.
func newHTTPServer(handler http.Handler, stderr io.Writer) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          faultLog(stderr),
	}
}

func faultLog(stderr io.Writer) *log.Logger { return log.New(stderr, "understudy: ", 0) }

// running is a server that answers.
type running struct {
	server          *mock.Server
	vendor, control *http.Server
	exchanges       *feed
	data            *dataWatch
	specs           *specWatch
	out             io.Writer
	speech          speech
	ready           atomic.Bool
	failed          chan error    // takes why a listener ended
	ended           chan struct{} // closed when no more exchanges will come
}

// begin answers from now on.
func (r *running) begin(vendor, own *endpoint) {
	r.failed = make(chan error, len(vendor.listeners)+len(own.listeners))
	serve := func(server *http.Server, e *endpoint) {
		for _, ln := range e.listeners {
			go func() {
				if err := e.serve(server, ln); !errors.Is(err, http.ErrServerClosed) {
					r.failed <- fmt.Errorf("listening on %s: %w", ln.Addr(), err)
				}
			}()
		}
	}
	serve(r.vendor, vendor)
	serve(r.control, own)
	r.ready.Store(true)
}

// run goes on until ctx is done or a listener fails, then drains.
func (r *running) run(ctx context.Context) error {
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go r.data.run(watching)
	go r.specs.run(watching)
	var err error
	select {
	case <-ctx.Done():
		fmt.Fprintln(r.out, "stopping: "+r.speech.of("requests under way are finished; Ctrl-C again ends at once", "正在完成处理中的请求；再按一次 Ctrl-C 立即结束"))
	case err = <-r.failed:
	}
	r.drain(context.WithoutCancel(ctx))
	return err
}

// The parts of the time that stopping may take, together under five seconds.
const (
	drainRequests = 2500 * time.Millisecond
	drainForwards = 1000 * time.Millisecond
	drainCancel   = 500 * time.Millisecond
	drainControl  = 500 * time.Millisecond
)

// drain ends in the order of the work: no new requests, those under way, what they set off, the lines about it, and
// last the control listener, which says meanwhile that nothing is ready.
func (r *running) drain(ctx context.Context) {
	r.ready.Store(false)
	stop(ctx, r.vendor, drainRequests)
	if within(ctx, drainForwards, r.server.Wait) != nil {
		fmt.Fprintln(r.out, r.speech.of("some forwards were still under way and are given up", "仍有转发未完成，已放弃"))
	}
	_ = within(ctx, drainCancel, r.server.Close)
	r.exchanges.close()
	close(r.ended)
	stop(ctx, r.control, drainControl)
}

func stop(ctx context.Context, server *http.Server, limit time.Duration) {
	if within(ctx, limit, server.Shutdown) != nil {
		_ = server.Close()
	}
}

func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f(ctx)
}

// lockedWriter lets several goroutines write whole lines.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(text)
}
