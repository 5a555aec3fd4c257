package zheliban

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"understudy/adapters"
)

// script is a platform whose pulls and acknowledgements follow a list.
type script struct {
	rows []string        // what the next pull lists
	fail map[string]bool // acknowledgements that fail, by id
	got  []string        // acknowledged ids, in order
	told []string        // the same with the failed ones
}

func (s *script) client(t *testing.T) *Client {
	return newClient(t, &platform{answer: func(path, _, body string) (int, string) {
		if strings.HasSuffix(path, "order") {
			return 200, ok("[" + strings.Join(s.rows, ",") + "]")
		}
		var a struct{ RequestID, SerialNumber string }
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Error(err)
		}
		id := a.RequestID + a.SerialNumber
		s.told = append(s.told, id)
		if s.fail[id] {
			return 200, refused
		}
		s.got = append(s.got, id)
		return 200, ok("null")
	}})
}

// round is one Sync and what it should do.
type round struct {
	rows    []string
	fail    []string // acknowledgements that fail
	sinkNo  string   // batch that the sink refuses
	handed  string   // batch:serial/status… in order
	acked   string
	err     error
	summary Summary
}

func TestSync(t *testing.T) {
	t.Parallel()
	a1, a2 := row("A", "1", "1", "x"), row("A", "2", "1", "y")
	for name, rounds := range map[string][]round{
		"batches in order": {
			{rows: []string{a1, row("B", "3", "1", "z"), a2}, handed: "A:1/1,2/1 B:3/1", acked: "A B",
				summary: Summary{Pulled: 3, HandedOver: 3, Acknowledged: []string{"A", "B"}}},
		},
		"nothing": {{summary: Summary{}}},
		"duplicates in one pull": {
			{rows: []string{a1, a1, row("B", "1", "1", "x"), row("A", "1", "2", "x")}, handed: "A:1/1 A:1/2", acked: "B A",
				summary: Summary{Pulled: 4, HandedOver: 2, Duplicates: 2, Acknowledged: []string{"A", "B"}}},
		},
		"same row in another batch": {
			{rows: []string{a1, row("B", "1", "1", "x")}, handed: "A:1/1", acked: "A B",
				summary: Summary{Pulled: 2, HandedOver: 1, Duplicates: 1, Acknowledged: []string{"A", "B"}}},
		},
		"acknowledged rows that come back are news": {
			{rows: []string{a1}, handed: "A:1/1", acked: "A", summary: Summary{Pulled: 1, HandedOver: 1, Acknowledged: []string{"A"}}},
			{rows: []string{row("B", "1", "2", "x")}, handed: "B:1/2", acked: "B", summary: Summary{Pulled: 1, HandedOver: 1, Acknowledged: []string{"B"}}},
			{rows: []string{row("C", "1", "2", "x2")}, handed: "C:1/2", acked: "C", summary: Summary{Pulled: 1, HandedOver: 1, Acknowledged: []string{"C"}}},
			{rows: []string{row("D", "1", "2", "x2")}, handed: "D:1/2", acked: "D", summary: Summary{Pulled: 1, HandedOver: 1, Acknowledged: []string{"D"}}},
		},
		"a failed acknowledgement is repeated without the sink": {
			{rows: []string{a1, a2}, fail: []string{"A"}, handed: "A:1/1,2/1", err: adapters.ErrRejected,
				summary: Summary{Pulled: 2, HandedOver: 2, Unacknowledged: []string{"A"}}},
			{rows: []string{row("A'", "1", "1", "x"), row("A'", "2", "1", "y"), row("A'", "3", "1", "z")}, handed: "A':3/1", acked: "A'",
				summary: Summary{Pulled: 3, HandedOver: 1, Duplicates: 2, Acknowledged: []string{"A'"}}},
		},
		"a change after a failed acknowledgement is handed over": {
			{rows: []string{a1}, fail: []string{"A"}, handed: "A:1/1", err: adapters.ErrRejected, summary: Summary{Pulled: 1, HandedOver: 1, Unacknowledged: []string{"A"}}},
			{rows: []string{row("B", "1", "1", "changed")}, fail: []string{"B"}, handed: "B:1/1", err: adapters.ErrRejected,
				summary: Summary{Pulled: 1, HandedOver: 1, Unacknowledged: []string{"B"}}},
			// Back to the first content: the sink holds the changed one, so this is news too.
			{rows: []string{a1}, handed: "A:1/1", acked: "A", summary: Summary{Pulled: 1, HandedOver: 1, Acknowledged: []string{"A"}}},
		},
		"states of one reservation stay in order": {
			{rows: []string{a1, row("A", "1", "2", "x")}, fail: []string{"A"}, handed: "A:1/1,1/2", err: adapters.ErrRejected,
				summary: Summary{Pulled: 2, HandedOver: 2, Unacknowledged: []string{"A"}}},
			{rows: []string{a1, row("A", "1", "2", "x"), row("A", "1", "5", "x")}, handed: "A:1/5", acked: "A",
				summary: Summary{Pulled: 3, HandedOver: 1, Duplicates: 2, Acknowledged: []string{"A"}}},
		},
		"a state between others was acknowledged after all": {
			{rows: []string{a1, row("B", "1", "2", "x"), row("C", "1", "5", "x")}, fail: []string{"A", "B", "C"}, handed: "A:1/1 B:1/2 C:1/5", err: adapters.ErrRejected,
				summary: Summary{Pulled: 3, HandedOver: 3, Unacknowledged: []string{"A", "B", "C"}}},
			{rows: []string{a1, row("C", "1", "5", "x"), row("D", "1", "2", "x")}, handed: "D:1/2", acked: "A C D",
				summary: Summary{Pulled: 3, HandedOver: 1, Duplicates: 2, Acknowledged: []string{"A", "C", "D"}}},
		},
		"earlier states are acknowledged first": {
			{rows: []string{a1, a2, row("B", "1", "2", "x"), row("C", "2", "2", "y")}, handed: "A:1/1,2/1 B:1/2 C:2/2", acked: "A B C",
				summary: Summary{Pulled: 4, HandedOver: 4, Acknowledged: []string{"A", "B", "C"}}},
		},
		"a state that was not seen stands before one that was": {
			{rows: []string{a1, row("A", "1", "5", "x")}, fail: []string{"A"}, handed: "A:1/1,1/5", err: adapters.ErrRejected,
				summary: Summary{Pulled: 2, HandedOver: 2, Unacknowledged: []string{"A"}}},
			{rows: []string{row("B", "1", "2", "x"), row("B", "1", "5", "x")}, handed: "B:1/2,1/5", acked: "B",
				summary: Summary{Pulled: 2, HandedOver: 2, Acknowledged: []string{"B"}}},
		},
		"later states wait for the acknowledgement": {
			{rows: []string{a1, row("B", "1", "2", "x"), row("C", "9", "1", "q")}, fail: []string{"A"}, handed: "A:1/1 B:1/2 C:9/1", acked: "C", err: adapters.ErrRejected,
				summary: Summary{Pulled: 3, HandedOver: 3, Acknowledged: []string{"C"}, Unacknowledged: []string{"A", "B"}}},
			{rows: []string{a1, row("B", "1", "2", "x")}, acked: "A B",
				summary: Summary{Pulled: 2, Duplicates: 2, Acknowledged: []string{"A", "B"}}},
		},
		"an acknowledgement waits for later states": {
			{rows: []string{a1, row("B", "3", "1", "z"), row("C", "1", "2", "x"), row("D", "4", "1", "z")}, sinkNo: "C", handed: "A:1/1 B:3/1 C:1/2", acked: "B", err: ErrSink,
				summary: Summary{Pulled: 4, HandedOver: 2, Acknowledged: []string{"B"}, Unacknowledged: []string{"A"}, Deferred: []string{"C", "D"}}},
			{rows: []string{a1, row("C", "1", "2", "x"), row("D", "4", "1", "z")}, handed: "C:1/2 D:4/1", acked: "A C D",
				summary: Summary{Pulled: 3, HandedOver: 2, Duplicates: 1, Acknowledged: []string{"A", "C", "D"}}},
		},
		"a row in two batches, one of them not acknowledged": {
			{rows: []string{a1, row("B", "1", "1", "x")}, fail: []string{"B"}, handed: "A:1/1", acked: "A", err: adapters.ErrRejected,
				summary: Summary{Pulled: 2, HandedOver: 1, Duplicates: 1, Acknowledged: []string{"A"}, Unacknowledged: []string{"B"}}},
			{rows: []string{row("B", "1", "1", "x")}, acked: "B", summary: Summary{Pulled: 1, Duplicates: 1, Acknowledged: []string{"B"}}},
		},
		"a batch around another one": {
			{rows: []string{row("A", "9", "1", "z"), row("B", "1", "1", "x"), row("B", "2", "1", "y"), row("A", "1", "2", "x")}, sinkNo: "B", handed: "A:9/1 B:1/1,2/1", err: ErrSink,
				summary: Summary{Pulled: 4, HandedOver: 1, Deferred: []string{"A", "B"}}},
			{rows: []string{row("A", "9", "1", "z"), row("B", "1", "1", "x"), row("B", "2", "1", "y"), row("A", "1", "2", "x")}, handed: "B:1/1,2/1 A:1/2", acked: "B A",
				summary: Summary{Pulled: 4, HandedOver: 3, Duplicates: 1, Acknowledged: []string{"A", "B"}}},
		},
		"a refused batch is not acknowledged": {
			{rows: []string{row("B", "3", "1", "z"), a1, row("C", "4", "1", "z")}, sinkNo: "A", handed: "B:3/1 A:1/1", acked: "B", err: ErrSink,
				summary: Summary{Pulled: 3, HandedOver: 1, Acknowledged: []string{"B"}, Deferred: []string{"A", "C"}}},
			{rows: []string{a1, row("C", "4", "1", "z")}, handed: "A:1/1 C:4/1", acked: "A C",
				summary: Summary{Pulled: 2, HandedOver: 2, Acknowledged: []string{"A", "C"}}},
		},
		"rows without a batch": {
			{rows: []string{row("", "1", "1", "x"), row("", "2", "1", "x")}, handed: ":1/1,2/1", acked: "1 2",
				summary: Summary{Pulled: 2, HandedOver: 2, Acknowledged: []string{""}}},
		},
		"rows without a batch, one of them refused": {
			{rows: []string{row("", "1", "1", "x"), row("", "2", "1", "x"), row("B", "3", "1", "x")}, fail: []string{"1"}, handed: ":1/1,2/1 B:3/1", acked: "2 B", err: adapters.ErrRejected,
				summary: Summary{Pulled: 3, HandedOver: 3, Acknowledged: []string{"B"}, Unacknowledged: []string{""}}},
			{rows: []string{row("", "1", "1", "x")}, acked: "1", summary: Summary{Pulled: 1, Duplicates: 1, Acknowledged: []string{""}}},
		},
		"a reservation without a batch has a later state in one": {
			{rows: []string{row("", "1", "1", "x"), row("", "2", "1", "x"), row("B", "1", "2", "x")}, sinkNo: "B", handed: ":1/1,2/1 B:1/2", acked: "2", err: ErrSink,
				summary: Summary{Pulled: 3, HandedOver: 2, Unacknowledged: []string{""}, Deferred: []string{"B"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{}
			c := s.client(t)
			for i, r := range rounds {
				s.rows, s.fail, s.got, s.told = r.rows, map[string]bool{}, nil, nil
				for _, id := range r.fail {
					s.fail[id] = true
				}
				var handed []string
				summary, err := c.Sync(t.Context(), func(_ context.Context, b Batch) error {
					if slices.Contains(s.got, b.RequestID) {
						t.Errorf("round %d: batch %s was acknowledged before the sink had it", i, b.RequestID)
					}
					var rows []string
					for _, r := range b.Reservations {
						rows = append(rows, r.SerialNumber+"/"+r.OrderStatus)
					}
					handed = append(handed, b.RequestID+":"+strings.Join(rows, ","))
					if r.sinkNo != "" && b.RequestID == r.sinkNo {
						return errSinkFull
					}
					return nil
				})
				if got := strings.Join(handed, " "); got != r.handed {
					t.Errorf("round %d: handed over %q, want %q", i, got, r.handed)
				}
				if got := strings.Join(s.got, " "); got != r.acked {
					t.Errorf("round %d: acknowledged %q, want %q", i, got, r.acked)
				}
				if slices.Sort(s.told); len(slices.Compact(slices.Clone(s.told))) != len(s.told) {
					t.Errorf("round %d: an acknowledgement was sent twice: %q", i, s.told)
				}
				if !errors.Is(err, r.err) || r.err == ErrSink && (!errors.Is(err, errSinkFull) || strings.Contains(err.Error(), "full")) {
					t.Errorf("round %d: %v, want %v", i, err, r.err)
				}
				if got, want := fmt.Sprintf("%+v", summary), fmt.Sprintf("%+v", r.summary); got != want {
					t.Errorf("round %d: %s, want %s", i, got, want)
				}
			}
			if last := rounds[len(rounds)-1]; last.err == nil && len(c.pending) != 0 {
				t.Errorf("%d reservations are remembered after everything was acknowledged", len(c.pending))
			}
		})
	}
}

var errSinkFull = errors.New("the disk is full")

func TestSyncForgetsWhatIsNoLongerListed(t *testing.T) {
	t.Parallel()
	s := &script{rows: []string{row("A", "1", "1", "x")}, fail: map[string]bool{"A": true}}
	c := s.client(t)
	sink := func(context.Context, Batch) error { return nil }
	if _, err := c.Sync(t.Context(), sink); err == nil || len(c.pending) != 1 {
		t.Fatalf("%v, %d remembered", err, len(c.pending))
	}
	s.rows = nil
	if _, err := c.Sync(t.Context(), sink); err != nil || len(c.pending) != 0 {
		t.Errorf("%v, %d remembered", err, len(c.pending))
	}
}

func TestSyncsRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{rows: []string{row("A", "1", "1", "x")}}
		c := s.client(t)
		release := make(chan struct{})
		first := make(chan error, 1)
		go func() {
			_, err := c.Sync(context.Background(), func(context.Context, Batch) error { <-release; return nil })
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		second := make(chan error, 1)
		go func() {
			_, err := c.Sync(ctx, func(context.Context, Batch) error { t.Error("two at once"); return nil })
			second <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-second; !errors.Is(err, adapters.ErrCanceled) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

func TestSyncStopsWithItsContext(t *testing.T) {
	t.Parallel()
	s := &script{rows: []string{row("A", "1", "1", "x"), row("B", "2", "1", "y")}}
	c := s.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	var handed []string
	take := func(_ context.Context, b Batch) error {
		handed = append(handed, b.RequestID)
		cancel()
		return nil
	}
	summary, err := c.Sync(ctx, take)
	if !errors.Is(err, adapters.ErrCanceled) || !slices.Equal(handed, []string{"A"}) || !slices.Equal(summary.Unacknowledged, []string{"A"}) ||
		!slices.Equal(summary.Deferred, []string{"B"}) {
		t.Errorf("handed over %q, %+v, %v", handed, summary, err)
	}
	// The next one acknowledges what the sink has and goes on.
	if _, err := c.Sync(t.Context(), take); err != nil || !slices.Equal(handed, []string{"A", "B"}) || !slices.Equal(s.got, []string{"A", "B"}) {
		t.Errorf("handed over %q, acknowledged %q: %v", handed, s.got, err)
	}
}

// A vendor that is down is not asked for every reservation of a batch without an id, and not again in the same Sync.
func TestSyncGivesUpOneByOne(t *testing.T) {
	t.Parallel()
	p := &platform{answer: func(path, _, body string) (int, string) {
		switch {
		case path == "order":
			return 200, ok("[" + row("", "1", "1", "x") + "," + row("", "2", "1", "x") + "," + row("B", "3", "1", "x") + "]")
		case strings.Contains(body, "serialNumber"):
			return 503, `{"code":"77"}`
		}
		return 200, ok("null")
	}}
	c := newClient(t, p, func(c *Config) { c.HTTP.Attempts = 1 })
	summary, err := c.Sync(t.Context(), func(context.Context, Batch) error { return nil })
	if !errors.Is(err, adapters.ErrUnavailable) || p.paths() != "token order callback callback" || !slices.Equal(summary.Acknowledged, []string{"B"}) ||
		!slices.Equal(summary.Unacknowledged, []string{""}) || len(c.pending) != 2 {
		t.Errorf("calls %q, %+v, %v", p.paths(), summary, err)
	}
}
