package zheliban

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/adapters"
)

// sync runs one Sync and reports whether the caller lived through it.
func (v *vendorModel) sync(t *rapid.T, c *Client) (err error, alive bool) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			if p != any(errNoRoom) {
				panic(p)
			}
		}
	}()
	summary, err := c.Sync(ctx, v.take(cancel))
	var e *adapters.Error
	if err != nil && !errors.As(err, &e) {
		t.Errorf("an error of another kind: %v", err)
	}
	for _, id := range summary.Acknowledged {
		if slices.Contains(summary.Unacknowledged, id) || slices.Contains(summary.Deferred, id) {
			t.Errorf("%q is in two lists of %+v", id, summary)
		}
	}
	return err, true
}

// TestSyncLosesNothing lets chance decide what fails, when the caller dies, and what changes meanwhile.
func TestSyncLosesNothing(t *testing.T) {
	t.Parallel()
	key, err := newSealer(testAESKey)
	if err != nil {
		t.Fatal(err)
	}
	calls := rapid.SliceOfN(rapid.SampledFrom([]string{
		"fine", "fine", "fine", "fine", "500", "refused", "unreachable", "stale", "lost", "page", "short", "padding", "plain",
	}), 0, 12)
	sinks := rapid.SliceOfN(rapid.SampledFrom([]string{"fine", "fine", "fine", "fails before", "fails in the middle", "fails after", "dies", "ends"}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		v := &vendorModel{
			sealer: key, history: rapid.Bool().Draw(t, "history"), spread: rapid.IntRange(0, 3).Draw(t, "spread"), byState: rapid.Bool().Draw(t, "by state"),
			states: map[string]int{}, acked: map[string]map[int]bool{}, broken: map[string]string{}, shown: map[string]map[string]bool{}, newest: map[string]int{},
			sink: &sinkModel{kept: map[string]bool{}, last: map[string]int{}},
		}
		faults := []string{"", "day", "batch", "twice"}
		if !v.history {
			faults = append(faults, "null") // is about no other row
		}
		c := v.client()
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				serial := fmt.Sprint("S", rapid.IntRange(0, len(v.states)).Draw(t, "reservation"))
				v.states[serial]++
				if v.acked[serial] == nil {
					v.acked[serial] = map[int]bool{}
				}
				v.broken[serial] = rapid.SampledFrom(faults).Draw(t, "fault")
			}
			v.plan, v.sink.plan = calls.Draw(t, "calls"), sinks.Draw(t, "sink")
			if _, alive := v.sync(t, c); !alive || rapid.IntRange(0, 4).Draw(t, "restart") == 0 {
				c = v.client()
			}
			if len(v.wrong) > 0 {
				t.Fatal(strings.Join(v.wrong, "; "))
			}
		}
		// Nothing fails any more: one Sync brings everything, the next finds nothing.
		v.plan, v.sink.plan, v.broken = nil, nil, map[string]string{}
		if err, _ := v.sync(t, c); err != nil {
			t.Fatal(err)
		}
		if left := v.rows(); len(left) > 0 || len(c.pending) > 0 || len(v.wrong) > 0 {
			t.Fatalf("left %q, %d remembered, %q", left, len(c.pending), v.wrong)
		}
		for serial, state := range v.states {
			if v.sink.last[serial] != state {
				t.Fatalf("the sink has state %d of %s last, the vendor %d", v.sink.last[serial], serial, state)
			}
		}
	})
}
