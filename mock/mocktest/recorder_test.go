package mocktest_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock/mocktest"
)

var _ mocktest.TB = testing.TB(nil)

// recorder is a test that is judged by another: what a framework would do with it is written down.
type recorder struct {
	name string

	mu       sync.Mutex
	cleanups []func()
	errors   []string
	logs     []string
	fatal    string
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return r.name }

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.mu.Lock()
	r.fatal = fmt.Sprintf(format, args...)
	r.mu.Unlock()
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.errors) > 0 || r.fatal != ""
}

func (r *recorder) log() string { return strings.Join(r.logs, "\n") }

// run is one test from its start to its end.
func (r *recorder) run(test func()) *recorder {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range slices.Backward(r.cleanups) {
				f()
			}
		}()
		test()
	}()
	<-done
	return r
}

func record(name string, test func(tb *recorder)) *recorder {
	r := &recorder{name: name}
	return r.run(func() { test(r) })
}
