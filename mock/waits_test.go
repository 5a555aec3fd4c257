package mock

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
)

// TestACallWaitsForNobody: while each lock that other callers or readers may hold is held, calls are answered and written down.
func TestACallWaitsForNobody(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t, s, nil}
	p.make(SessionConfig{Name: "own", OwnCredentials: true})
	adding := []string{"eazytec sendMessage", "mytijian registerAgent", "zheliban pullReservations", "weixiao receivePush"}
	looking := []string{"mytijian listHospitalTasks", "alihealth queryAppointments", "weixiao listPushProjects"}
	asking := func(names []string) (calls []*http.Request) {
		for _, name := range names {
			call, ok := goodCalls()[name]
			if !ok {
				t.Fatalf("no good call %s", name)
			}
			calls = append(calls, call.send(p, call.body))
		}
		return calls
	}
	ask := func(calls []*http.Request) {
		t.Helper()
		for _, r := range calls {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK || w.Header().Get(headerDiagnosis) != "" {
				t.Errorf("%s: %d, diagnosis %s", r.URL.Path, w.Code, w.Header().Get(headerDiagnosis))
			}
		}
	}
	ask(append(asking(adding), asking(looking)...)) // once, so that each is known to the verdict
	add, look := asking(adding), asking(looking)
	before := s.Verdict().Calls

	mine, ok := s.sessions.Lookup(session.Default)
	if !ok {
		t.Fatal("there is no default session")
	}
	unmade := errors.New("not made after all")
	_, err = s.sessions.Make("slow", func(*session.Session) (any, error) { // which holds the registry
		tallied := s.verdict.now.Load()
		for _, lock := range []interface {
			Lock()
			Unlock()
		}{&tallied.mu, &s.data.mu, &s.owners.mu, &s.watchers.mu, &s.swapping} {
			lock.Lock()
			defer lock.Unlock()
		}
		ask(add) // or the test hangs
		return nil, errors.Join(unmade, s.store.Update(t.Context(), mine.Key, func(tx state.Tx) error {
			tx.Get("kind", "key") // as long as this step looks, those may that look as well
			ask(look)
			return nil
		}))
	})
	if !errors.Is(err, unmade) {
		t.Fatal(err)
	}
	if after := s.Verdict().Calls; after != before+int64(len(add)+len(look)) {
		t.Errorf("%d calls were counted before and %d after", before, after)
	}
}

// TestCallsThatOvertakeOneAnother: steps that look, count and write run again where another one came first, and each call is
// answered all the same.
func TestCallsThatOvertakeOneAnother(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Seed: 1, JournalBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t, s, nil}
	const callers, each = 6, 30
	names := []string{"zheliban pullReservations", "zheliban reportArrival", "weixiao receivePush", "eazytec sendMessage"}
	var calls [callers][]*http.Request
	for i := range calls {
		for j := range each {
			call := goodCalls()[names[(i+j)%len(names)]]
			calls[i] = append(calls[i], call.send(p, call.body))
		}
	}
	logins := s.Verdict().Calls
	var work sync.WaitGroup
	for i := range calls {
		work.Go(func() {
			for _, r := range calls[i] {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusOK || w.Header().Get(headerDiagnosis)+w.Header().Get(headerRefusal) != "" {
					t.Errorf("%s: %d, %v", r.URL.Path, w.Code, w.Header())
				}
			}
		})
	}
	work.Wait()
	kept, dropped := s.Exchanges()
	if int64(len(kept)) != logins+callers*each || dropped != 0 {
		t.Errorf("%d exchanges are kept and %d dropped of %d", len(kept), dropped, logins+callers*each)
	}
	for i, e := range kept {
		if e.ID != int64(i+1) {
			t.Fatalf("place %d holds exchange %d", i, e.ID)
		}
	}
}

// BenchmarkAtOnce has several callers of one session at work, with `-mutexprofile` to see what they wait for.
func BenchmarkAtOnce(b *testing.B) {
	s, err := New(Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, post(sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token"))
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
}
