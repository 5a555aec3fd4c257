package mock

import (
	"slices"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/journal"
)

// watchers are told of every exchange as it happens.
type watchers struct {
	mu   sync.Mutex
	list atomic.Pointer[[]*watcher] // replaced, never changed
}

type watcher struct {
	query Query
	tell  func(Exchange)
}

// Watch calls f with each exchange that q picks, masked, after its reply is written, until stop is called; one that is
// under way then may still be told. It is called by the goroutine that serves the exchange and must not block; calls may
// overlap. The query's Limit does not count.
func (s *Server) Watch(q Query, f func(Exchange)) (stop func()) {
	w := &watcher{q, f}
	s.watchers.change(func(list []*watcher) []*watcher { return append(list, w) })
	return func() {
		s.watchers.change(func(list []*watcher) []*watcher {
			return slices.DeleteFunc(list, func(other *watcher) bool { return other == w })
		})
	}
}

func (w *watchers) change(f func([]*watcher) []*watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*watcher
	if now := w.list.Load(); now != nil {
		list = slices.Clone(*now)
	}
	list = f(list)
	w.list.Store(&list)
}

// tell shows an exchange to those who watch for it.
func (s *Server) tell(e *journal.Exchange) {
	list := s.watchers.list.Load()
	if list == nil {
		return
	}
	for _, w := range *list {
		if w.query.picks(e) {
			w.tell(s.show(e))
		}
	}
}
