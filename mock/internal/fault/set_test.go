package fault

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/specs"
)

// target is one operation to strike.
type target struct {
	contract  *specs.Contract
	operation *specs.Operation
}

func targetOf(t testing.TB, vendor, operation string) target {
	t.Helper()
	c := contracts(t, vendor)[0]
	op, ok := c.Operation(operation)
	if !ok {
		t.Fatalf("%s has no operation %s", vendor, operation)
	}
	return target{c, op}
}

func (to target) strike(s *Set, number int64) *Struck {
	return s.Strike(7, to.contract, to.operation, number)
}

func add(t testing.TB, s *Set, rules ...Rule) {
	t.Helper()
	for _, r := range rules {
		if err := r.Check(contracts(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnEmptySetStrikesNothing(t *testing.T) {
	t.Parallel()
	var s Set
	pull := targetOf(t, "zheliban", "pullReservations")
	if got := pull.strike(&s, 1); got != nil {
		t.Errorf("got %+v", got)
	}
	if s.Remove("f1") || s.List() != nil {
		t.Error("there is something in it")
	}
	add(t, &s, Rule{Status: 500})
	s.Clear()
	if got := pull.strike(&s, 2); got != nil {
		t.Errorf("after clear: %+v", got)
	}
}

func TestTheScopeOfARule(t *testing.T) {
	t.Parallel()
	targets := map[string]target{}
	for _, name := range []string{
		"zheliban.issueToken", "zheliban.pullReservations", "zheliban.reportArrival", "mytijian.registerAgent", "alihealth.queryAppointments",
		"weixiao.receivePush", "weixiao.listPushProjects", "eazytec.sendMessage",
	} {
		vendor, operation, _ := strings.Cut(name, ".")
		targets[name] = targetOf(t, vendor, operation)
	}
	cases := []struct {
		rule Rule
		want []string
	}{
		{Rule{Vendor: "zheliban", Status: 500}, []string{"zheliban.issueToken", "zheliban.pullReservations", "zheliban.reportArrival"}},
		{Rule{Operation: "reportArrival", Status: 500}, []string{"zheliban.reportArrival"}},
		{Rule{Vendor: "zheliban", Error: "unauthorized"}, []string{"zheliban.pullReservations", "zheliban.reportArrival"}},
		{Rule{Error: "system-error"}, []string{"mytijian.registerAgent"}},
		{Rule{Break: Plain}, []string{"zheliban.issueToken", "zheliban.pullReservations", "zheliban.reportArrival"}},
		{Rule{Break: Padding, Operation: "issueToken"}, []string{"zheliban.issueToken"}},
		{Rule{Break: StaleToken}, []string{"eazytec.sendMessage", "mytijian.registerAgent", "zheliban.issueToken", "zheliban.pullReservations", "zheliban.reportArrival"}},
		{Rule{Delay: &Delay{Fixed: 1}, Vendor: "weixiao"}, []string{"weixiao.listPushProjects", "weixiao.receivePush"}},
	}
	for _, c := range cases {
		var s Set
		add(t, &s, c.rule)
		var got []string
		for name, to := range targets {
			if to.strike(&s, 1) != nil {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v strikes %v, want %v", c.rule, got, c.want)
		}
		if n := s.List()[0].Struck; n != int64(len(c.want)) {
			t.Errorf("%+v counts %d calls, want %d", c.rule, n, len(c.want))
		}
	}
}

func TestASpentRuleStaysListedAndLetsTheNextStrike(t *testing.T) {
	t.Parallel()
	var s Set
	add(t, &s, Rule{ID: "first", Status: 500, Calls: 2}, Rule{ID: "second", Status: 503, Calls: 1}, Rule{ID: "other", Vendor: "eazytec", Status: 504})
	pull := targetOf(t, "zheliban", "pullReservations")
	var got []string
	for n := range int64(5) {
		if struck := pull.strike(&s, n+1); struck != nil {
			got = append(got, struck.Rule.ID)
		} else {
			got = append(got, "-")
		}
	}
	if want := []string{"first", "first", "second", "-", "-"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var counts []string
	for _, state := range s.List() {
		counts = append(counts, fmt.Sprintf("%s %d", state.ID, state.Struck))
	}
	if want := []string{"first 2", "second 1", "other 0"}; !slices.Equal(counts, want) {
		t.Errorf("got %v, want %v", counts, want)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	var s Set
	var got []string
	for _, id := range []string{"", "f2", "", "mine"} {
		minted, err := s.Add(Rule{ID: id, Status: 500})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, minted)
	}
	if want := []string{"f1", "f2", "f3", "mine"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := s.Add(Rule{ID: "mine", Status: 501}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), `"mine"`) {
		t.Errorf("got %v", err)
	}
	if !s.Remove("f3") || s.Remove("f3") {
		t.Error("f3 goes once")
	}
	s.Clear()
	if minted, _ := s.Add(Rule{Status: 500}); minted != "f4" {
		t.Errorf("an id was minted again: %s", minted)
	}
}

func TestRulesAreBounded(t *testing.T) {
	t.Parallel()
	var s Set
	for range MaxRules {
		if _, err := s.Add(Rule{Status: 500}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add(Rule{Status: 500}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
	s.Remove("f50")
	if id, err := s.Add(Rule{Status: 500}); err != nil || id != "f101" {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestASetKeepsItsRulesToItself(t *testing.T) {
	t.Parallel()
	var s Set
	given := Rule{Delay: &Delay{Fixed: time.Second}}
	add(t, &s, given)
	given.Delay.Fixed = time.Hour
	s.List()[0].Delay.Fixed = time.Hour
	if got := targetOf(t, "zheliban", "issueToken").strike(&s, 1); got == nil || got.Delay != time.Second {
		t.Errorf("got %+v", got)
	}
}

// history plays many calls against the same rules and says which were struck, and how long each waited.
func history(t testing.TB, seed int64, order []int64) []string {
	t.Helper()
	var s Set
	add(t, &s, Rule{ID: "some", Status: 500, Share: 0.3, Delay: &Delay{P50: 100 * time.Millisecond, P99: time.Second}})
	log := make([]string, len(order)+1)
	for _, vendor := range []string{"zheliban.pullReservations", "eazytec.sendMessage"} {
		v, operation, _ := strings.Cut(vendor, ".")
		to := targetOf(t, v, operation)
		for _, n := range order {
			if struck := s.Strike(seed, to.contract, to.operation, n); struck != nil {
				log[n] += fmt.Sprint(operation, struck.Delay)
			}
		}
	}
	return log
}

func TestTheSameHistoryIsStruckTheSameWay(t *testing.T) {
	t.Parallel()
	var forward, backward []int64
	for n := int64(1); n <= 500; n++ {
		forward = append(forward, n)
		backward = append([]int64{n}, backward...)
	}
	first := history(t, 7, forward)
	if diff := cmp.Diff(first, history(t, 7, forward)); diff != "" {
		t.Errorf("two runs differ: %s", diff)
	}
	if diff := cmp.Diff(first, history(t, 7, backward)); diff != "" {
		t.Errorf("the order of calls decides: %s", diff)
	}
	if slices.Equal(first, history(t, 8, forward)) {
		t.Error("the seed decides nothing")
	}
	// A golden row: another version of this package must not strike other calls.
	var struck []int
	for n, entry := range first[:21] {
		if strings.Contains(entry, "pullReservations") {
			struck = append(struck, n)
		}
	}
	if want := []int{4, 6, 7, 10, 16, 17, 18}; !slices.Equal(struck, want) {
		t.Errorf("struck are %v, want %v", struck, want)
	}
}

func TestAShareIsThatShare(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.01, 0.25, 0.5, 0.9, 1} {
		var s Set
		add(t, &s, Rule{Status: 500, Share: share})
		pull := targetOf(t, "zheliban", "pullReservations")
		const calls = 20_000
		struck := 0
		for n := range int64(calls) {
			if pull.strike(&s, n+1) != nil {
				struck++
			}
		}
		if got := float64(struck) / calls; math.Abs(got-share) > 0.015 {
			t.Errorf("of a share of %v, %v were struck", share, got)
		}
	}
}

func TestSharesOfDifferentRulesAreIndependent(t *testing.T) {
	t.Parallel()
	var s Set
	add(t, &s, Rule{ID: "a", Status: 500, Share: 0.5}, Rule{ID: "b", Status: 501, Share: 0.5})
	pull := targetOf(t, "zheliban", "pullReservations")
	count := map[int]int{}
	for n := range int64(4000) {
		if struck := pull.strike(&s, n+1); struck != nil {
			count[struck.Rule.Status]++
		}
	}
	if count[500] < 1900 || count[500] > 2100 || count[501] < 900 || count[501] > 1100 {
		t.Errorf("got %v, want about 2000 and 1000", count)
	}
}

func TestADelayKeepsItsPercentiles(t *testing.T) {
	t.Parallel()
	var s Set
	add(t, &s, Rule{Delay: &Delay{P50: 200 * time.Millisecond, P99: 2 * time.Second}})
	pull := targetOf(t, "zheliban", "pullReservations")
	const calls = 20_000
	drawn := make([]time.Duration, calls)
	for n := range drawn {
		drawn[n] = pull.strike(&s, int64(n+1)).Delay
	}
	slices.Sort(drawn)
	if drawn[0] <= 0 || drawn[calls-1] > MaxDelay {
		t.Errorf("from %v to %v", drawn[0], drawn[calls-1])
	}
	if p50 := drawn[calls/2]; p50 < 190*time.Millisecond || p50 > 210*time.Millisecond {
		t.Errorf("half of them are below %v", p50)
	}
	if p99 := drawn[calls*99/100]; p99 < 1800*time.Millisecond || p99 > 2200*time.Millisecond {
		t.Errorf("one in a hundred is above %v", p99)
	}
}

func TestADelayIsBounded(t *testing.T) {
	t.Parallel()
	var s Set
	add(t, &s, Rule{Delay: &Delay{P50: 30 * time.Second, P99: time.Minute}})
	pull := targetOf(t, "zheliban", "pullReservations")
	most := time.Duration(0)
	for n := range int64(2000) {
		most = max(most, pull.strike(&s, n+1).Delay)
	}
	if most != MaxDelay {
		t.Errorf("the longest is %v, want %v", most, MaxDelay)
	}
	s.Clear()
	add(t, &s, Rule{Delay: &Delay{P50: time.Second, P99: time.Second}})
	if got := pull.strike(&s, 1).Delay; got != time.Second {
		t.Errorf("without a spread: %v", got)
	}
}

func TestASetIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var s Set
	add(t, &s, Rule{ID: "bounded", Vendor: "zheliban", Status: 500, Calls: 100})
	pull := targetOf(t, "zheliban", "pullReservations")
	var wg sync.WaitGroup
	var struck atomic.Int64
	for range 8 {
		wg.Go(func() {
			for n := range int64(200) {
				if hit := pull.strike(&s, n+1); hit != nil && hit.Rule.ID == "bounded" {
					struck.Add(1)
				}
				id, err := s.Add(Rule{Vendor: "eazytec", Status: 500})
				if err != nil {
					t.Error(err)
				}
				s.List()
				if !s.Remove(id) {
					t.Errorf("%s is gone", id)
				}
			}
		})
	}
	wg.Wait()
	if struck.Load() != 100 {
		t.Errorf("a rule for 100 calls struck %d", struck.Load())
	}
	if left := s.List(); len(left) != 1 || left[0].Struck != 100 {
		t.Errorf("left are %+v", left)
	}
}

func TestAnEmptySetCostsNothing(t *testing.T) {
	var s Set
	pull := targetOf(t, "zheliban", "pullReservations")
	if n := testing.AllocsPerRun(100, func() { pull.strike(&s, 1) }); n != 0 {
		t.Errorf("an empty set allocates %v times", n)
	}
	add(t, &s, Rule{Vendor: "eazytec", Status: 500}, Rule{Vendor: "zheliban", Error: "unauthorized", Share: 1e-12})
	if n := testing.AllocsPerRun(100, func() { pull.strike(&s, 1) }); n != 0 {
		t.Errorf("rules that do not strike allocate %v times", n)
	}
}

func BenchmarkStrike(b *testing.B) {
	pull := targetOf(b, "zheliban", "pullReservations")
	b.Run("empty", func(b *testing.B) {
		var s Set
		for b.Loop() {
			pull.strike(&s, 1)
		}
	})
	b.Run("one of another vendor", func(b *testing.B) {
		var s Set
		add(b, &s, Rule{Vendor: "eazytec", Status: 500})
		for b.Loop() {
			pull.strike(&s, 1)
		}
	})
	b.Run("share", func(b *testing.B) {
		var s Set
		add(b, &s, Rule{Status: 500, Share: 1e-12})
		for n := int64(1); b.Loop(); n++ {
			pull.strike(&s, n)
		}
	})
}
