package fake

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// noon is the instant the tests stand on: Tuesday 2024-03-05, 12:00 in UTC+8.
func noon() time.Time { return time.Date(2024, 3, 5, 4, 0, 0, 0, time.UTC) }

// The numbers are fixed for good: a seed in a user's configuration must mean
// the same data in the next release.
func TestSourceIsStableAcrossReleases(t *testing.T) {
	t.Parallel()
	s := New(7, "zheliban", "reservation", "ZJ1-1")
	if got, want := s.Hex(16), "5f7465fc2cfbe9b4"; got != want {
		t.Errorf("Hex(16) = %s, want %s", got, want)
	}
	if got, want := New(0).Index(3).Hex(16), "0e3cf5294eebbba7"; got != want {
		t.Errorf("Index(3).Hex(16) = %s, want %s", got, want)
	}
}

func TestSourceKeys(t *testing.T) {
	t.Parallel()
	if New(5, "a", "b") != New(5).Sub("a").Sub("b") {
		t.Error("a key in one step and in two differ")
	}
	seen := map[Source]string{}
	for _, key := range [][]string{
		{}, {""}, {"", ""}, {"a"}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"ab", "c"}, {"a", "bc"}, {"0"}, {"\x00"}, {"\x00", ""},
	} {
		for _, seed := range []int64{0, 1, -1, math.MinInt64} {
			s, name := New(seed, key...), fmt.Sprintf("seed %d key %q", seed, key)
			if other, ok := seen[s]; ok {
				t.Errorf("%s and %s share a key", name, other)
			}
			seen[s] = name
		}
	}
}

func TestIndexIsNotSub(t *testing.T) {
	t.Parallel()
	s := New(1)
	seen := map[Source]bool{s: true}
	for i := range 1000 {
		for _, d := range []Source{s.Index(i), s.Sub(strconv.Itoa(i))} {
			if seen[d] {
				t.Fatalf("index %d repeats a key", i)
			}
			seen[d] = true
		}
	}
}

func TestNumbersStayInBounds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ lo, hi int }{
		{0, 0}, {1, 6}, {-3, 3}, {5, 2}, {math.MinInt, math.MaxInt}, {math.MaxInt - 1, math.MaxInt},
	} {
		for i := range 500 {
			got := New(3, "between").Index(i).Between(tc.lo, tc.hi)
			if got < tc.lo || got > max(tc.lo, tc.hi) {
				t.Fatalf("Between(%d, %d) = %d", tc.lo, tc.hi, got)
			}
		}
	}
	for _, n := range []int{-1, 0} {
		if got := New(3).Intn(n); got != 0 {
			t.Errorf("Intn(%d) = %d, want 0", n, got)
		}
	}
	if got := New(3).Pick(nil); got != "" {
		t.Errorf("Pick(nil) = %q", got)
	}
	if got := New(3).Hex(-1) + New(3).Digits(0); got != "" {
		t.Errorf("no digits wanted, got %q", got)
	}
}

func TestDistribution(t *testing.T) {
	t.Parallel()
	const n = 20000
	var faces [6]int
	yes := 0
	for i := range n {
		s := New(11).Index(i)
		faces[s.Sub("face").Intn(6)]++
		if s.Sub("coin").Chance(0.25) {
			yes++
		}
		if s.Chance(0) || !s.Chance(1) {
			t.Fatal("Chance(0) or Chance(1) is not certain")
		}
	}
	for face, count := range faces {
		if count < n/6*9/10 || count > n/6*11/10 {
			t.Errorf("face %d came %d times of %d", face, count, n)
		}
	}
	if yes < n*23/100 || yes > n*27/100 {
		t.Errorf("Chance(0.25) said yes %d times of %d", yes, n)
	}
}

func TestTextualKinds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		pattern string
		make    func(Source) string
	}{
		"uuid":   {`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, Source.UUID},
		"hex":    {`^[0-9a-f]{32}$`, func(s Source) string { return s.Hex(32) }},
		"upper":  {`^[0-9A-F]{64}$`, func(s Source) string { return s.HexUpper(64) }},
		"digits": {`^[0-9]{9}$`, func(s Source) string { return s.Digits(9) }},
	} {
		re := regexp.MustCompile(tc.pattern)
		seen := map[string]bool{}
		for i := range 300 {
			text := tc.make(New(9, name).Index(i))
			if !re.MatchString(text) {
				t.Fatalf("%s: %q does not match %s", name, text, tc.pattern)
			}
			seen[text] = true
		}
		if len(seen) < 299 {
			t.Errorf("%s: only %d different texts of 300", name, len(seen))
		}
	}
}

func TestSameKeySamePersonFromManyGoroutines(t *testing.T) {
	t.Parallel()
	const people = 500
	root := New(42, "pull")
	want := make([]Person, people)
	for i := range want {
		want[i] = root.Index(i).Person(PersonOptions{At: noon()})
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			// Each goroutine goes its own way through the same people.
			for step := range people {
				i := (step*(2*g+1) + 31*g) % people
				if g%2 == 1 {
					root.Index(i).Format("email", noon())
				}
				if got := root.Index(i).Person(PersonOptions{At: noon()}); got != want[i] {
					t.Errorf("goroutine %d: person %d differs", g, i)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]int64{}
	for seed := int64(-200); seed <= 200; seed++ {
		card := New(seed, "pull", "1").Person(PersonOptions{At: noon()}).IDCard
		if other, ok := seen[card]; ok {
			t.Errorf("seeds %d and %d give the same ID card", seed, other)
		}
		seen[card] = seed
	}
}
