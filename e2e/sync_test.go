package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/adapters"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/mocktest"
)

// TestSyncLosesNothing drives 浙里办's Sync through random schedules: replies that fail in every way before and after the
// commit, a sink that fails before and after it kept a batch, callers that stop in the middle and start anew, clocks
// that move, reservations that change. Whatever happens, no reservation is acknowledged before the sink kept it, nothing
// that is acknowledged comes back, and in the end the sink has the newest state of every reservation.
//
// Each part runs as many schedules as -rapid.checks says, 100 by default.
func TestSyncLosesNothing(t *testing.T) {
	t.Parallel()
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true, Mock: mock.Config{Seed: 5, MaxSessions: 1 << 20}})
	parts := 20
	if underRace {
		parts = 2 // ten times as slow; the schedules are the same with and without
	}
	for part := range parts {
		t.Run(fmt.Sprint(part+1), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { newSchedule(t, m).run() })
		})
	}
}

// schedule is one caller of Sync and its world.
type schedule struct {
	*rapid.T
	world  *mocktest.Mock
	client *zheliban.Client
	line   *brokenLine
	// kept is the sink's own memory, which outlasts the caller: what it has of each reservation, oldest first.
	kept map[string][]string
	// given is the newest revision that this caller's sink has kept, by reservation: it must not be given again.
	given map[string]int
	// sinkFails says what befalls the sink.
	sinkFails string
	stop      context.CancelFunc
}

func newSchedule(t *rapid.T, m *mocktest.Mock) *schedule {
	// The same seed for every schedule, so that a failing one can be repeated.
	s := &schedule{T: t, world: m.SessionWith(t, mock.SessionConfig{Seed: new(int64)}), kept: map[string][]string{}}
	s.world.World().Freeze(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
	s.restart()
	return s
}

// restart is a new process of the caller: it remembers nothing, the sink's memory is all there is.
func (s *schedule) restart() {
	s.line = &brokenLine{RoundTripper: s.world.Transport()}
	z := s.world.Zheliban()
	client, err := zheliban.New(zheliban.Config{BaseURL: z.BaseURL, APIKey: z.APIKey, Secret: z.Secret, AESKey: z.AESKey, HTTP: adapters.Config{
		Transport: s.line, Attempts: 2, Backoff: func(int) time.Duration { return 0 },
	}})
	if err != nil {
		s.Fatal(err)
	}
	s.client, s.given = client, map[string]int{}
}

func (s *schedule) run() {
	for range rapid.IntRange(2, 7).Draw(s.T, "steps") {
		switch rapid.SampledFrom([]string{"sync", "sync", "sync", "restart", "clock", "change", "cancel", "new"}).Draw(s.T, "step") {
		case "sync":
			s.troubledSync()
		case "restart":
			s.restart()
		case "clock":
			s.world.World().Advance(time.Duration(rapid.SampledFrom([]int{1, 10, 45, 600, 1500}).Draw(s.T, "minutes")) * time.Minute)
		case "change":
			day := time.Date(2026, 5, rapid.IntRange(1, 28).Draw(s.T, "day"), 0, 0, 0, 0, time.UTC)
			s.put(s.any(), map[string]any{"orderStatus": 2, "checkDate": day.Format(time.DateOnly)})
		case "cancel":
			s.put(s.any(), map[string]any{"orderStatus": 5})
		case "new":
			s.put(fmt.Sprintf("ZJ9%04d", rapid.IntRange(0, 99).Draw(s.T, "number")), map[string]any{"orderStatus": 1})
		}
		s.judge()
	}
	// A caller that starts anew, and nothing goes wrong any more.
	s.world.World().ClearFaults()
	s.restart()
	s.sinkFails = ""
	if _, err := s.client.Sync(context.Background(), s.sink); err != nil {
		s.Fatalf("an untroubled Sync: %v", err)
	}
	s.judge()
	for _, r := range s.reservations() {
		if r.Acknowledged != r.Revision {
			s.Fatalf("%s stands at revision %d and is acknowledged up to %d", r.Key, r.Revision, r.Acknowledged)
		}
	}
	if summary, err := s.client.Sync(context.Background(), s.sink); err != nil || summary.Pulled != 0 {
		s.Fatalf("after everything was acknowledged %d rows came, %v", summary.Pulled, err)
	}
}

// troubledSync runs Sync while up to two faults are in force, the sink may fail, and the caller may be stopped.
func (s *schedule) troubledSync() {
	w := s.world.World()
	w.ClearFaults()
	for range rapid.IntRange(0, 2).Draw(s.T, "faults") {
		f := rapid.SampledFrom(syncFaults()).Draw(s.T, "fault")
		f.Calls = rapid.IntRange(0, 2).Draw(s.T, "calls")
		if f.Break != mock.StaleToken {
			f.AfterCommit = rapid.Bool().Draw(s.T, "after commit")
		}
		if _, err := w.AddFault(f); err != nil {
			s.Fatal(err)
		}
	}
	s.sinkFails = rapid.SampledFrom([]string{"", "", "before keeping", "after keeping", "the caller ends"}).Draw(s.T, "sink fails")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.stop = cancel
	s.line.breakAfter(rapid.IntRange(0, 6).Draw(s.T, "requests"), cancel)
	_, err := s.client.Sync(ctx, s.sink)
	s.line.breakAfter(0, nil)
	var known *adapters.Error
	if err != nil && !errors.As(err, &known) {
		s.Fatalf("%v is no *adapters.Error", err)
	}
}

func syncFaults() []mock.Fault {
	var list []mock.Fault
	for _, operation := range []string{"issueToken", "pullReservations", "acknowledgeReservations"} {
		for _, f := range []mock.Fault{
			{Break: mock.Cut}, {Break: mock.Truncate}, {Break: mock.GatewayPage}, {Break: mock.Padding}, {Break: mock.Plain},
			{Status: 500}, {Status: 429}, {Break: mock.StaleToken}, {Error: "service-down"}, {Error: "contact-platform"}, {Break: mock.Cut, Share: 0.5},
		} {
			f.Vendor, f.Operation = "zheliban", operation
			if f.Check(contracts()) == nil {
				list = append(list, f)
			}
		}
	}
	return list
}

// sink keeps a batch, or fails on the way.
func (s *schedule) sink(_ context.Context, b zheliban.Batch) error {
	if s.sinkFails == "before keeping" {
		return errors.New("the disk is full")
	}
	revisions := map[string]int{}
	for _, r := range s.reservations() {
		if r.Acknowledged >= r.Revision {
			revisions[r.Key] = -1
			continue
		}
		revisions[r.Key] = r.Revision
	}
	for _, r := range b.Reservations {
		switch revision := revisions[r.SerialNumber]; {
		case revision < 0:
			s.Fatalf("%s comes again although it is acknowledged", r.SerialNumber)
		case revision > 0 && s.given[r.SerialNumber] >= revision:
			s.Fatalf("%s is given to the sink twice at revision %d", r.SerialNumber, revision)
		default:
			s.given[r.SerialNumber] = revision
		}
		s.kept[r.SerialNumber] = append(s.kept[r.SerialNumber], stateOf(r.OrderStatus, r.CheckDate.String()))
	}
	switch s.sinkFails {
	case "after keeping":
		clear(s.given) // it said no, so it is given all of it again
		return errors.New("the connection to the database broke after the commit")
	case "the caller ends":
		s.stop()
	}
	return nil
}

func stateOf(status, day string) string { return status + " on " + day }

// judge holds what the vendor takes for acknowledged to what the sink has.
func (s *schedule) judge() {
	for _, r := range s.reservations() {
		kept := s.kept[r.Key]
		switch {
		case r.Acknowledged == 0:
		case len(kept) == 0:
			s.Fatalf("%s is acknowledged and the sink never kept it", r.Key)
		case r.Acknowledged == r.Revision && kept[len(kept)-1] != stateOf(fmt.Sprint(r.Value["orderStatus"]), fmt.Sprint(r.Value["checkDate"])):
			s.Fatalf("%s is acknowledged at revision %d, of which the sink has not heard: it has %v", r.Key, r.Revision, kept)
		}
	}
}

func (s *schedule) reservations() []behave.Record {
	list, err := s.world.World().Records(context.Background(), "zheliban", "reservations")
	if err != nil {
		s.Fatal(err)
	}
	return list
}

func (s *schedule) any() string {
	list := s.reservations()
	keys := make([]string, len(list))
	for i, r := range list {
		keys[i] = r.Key
	}
	slices.Sort(keys)
	return rapid.SampledFrom(keys).Draw(s.T, "reservation")
}

func (s *schedule) put(key string, members map[string]any) {
	if _, err := s.world.World().PutRecord(context.Background(), "zheliban", "reservations", key, members); err != nil {
		s.Fatal(err)
	}
}

// brokenLine ends its caller once it has carried so many requests. A client may still fetch a token when its caller has
// gone, so it is used from several goroutines.
type brokenLine struct {
	http.RoundTripper
	mu       sync.Mutex
	endAfter int // 0 for never
	end      func()
}

func (l *brokenLine) breakAfter(requests int, end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endAfter, l.end = requests, end
}

func (l *brokenLine) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	if l.endAfter > 0 {
		if l.endAfter--; l.endAfter == 0 {
			l.end()
		}
	}
	l.mu.Unlock()
	return l.RoundTripper.RoundTrip(r)
}
