package state_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"understudy/mock/internal/state"
)

// other is a Tx of another engine: it can do no more than the interface says.
type other struct{ state.Tx }

// TestAppendInParts: the same with every engine, and nothing of the parts is kept.
func TestAppendInParts(t *testing.T) {
	t.Parallel()
	for name, as := range map[string]func(state.Tx) state.Tx{
		"memory":         func(tx state.Tx) state.Tx { return tx },
		"another engine": func(tx state.Tx) state.Tx { return other{tx} },
	} {
		var m state.Memory
		head := []byte("head ")
		err := m.Update(t.Context(), "a", func(tx state.Tx) error {
			state.Append(as(tx), "log", head, []byte("and tail"))
			state.Append(as(tx), "log", head, []byte("and tail"))
			if n := tx.Append("log", nil); n != 3 {
				t.Errorf("%s: the third record has number %d", name, n)
			}
			copy(head, "other")
			return state.Write(as(tx), "k", "x", 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = m.Update(t.Context(), "a", func(tx state.Tx) error {
			records, dropped := tx.Appended("log")
			if len(records) != 3 || string(records[1]) != "head and tail" || dropped != 0 {
				t.Errorf("%s: Appended = %q, %d", name, records, dropped)
			}
			var got int
			if found, err := state.Read(tx, "k", "x", &got); !found || got != 1 || err != nil {
				t.Errorf("%s: Read = %d, %v, %v", name, got, found, err)
			}
			return nil
		})
	}
}

// What a step wrote stays its own, however many steps run after one another or at once, some of which fail or panic.
func TestStepsDoNotMix(t *testing.T) {
	t.Parallel()
	m := state.Memory{Keep: 100_000}
	failure := errors.New("failure")
	const callers, rounds = 8, 200
	var work sync.WaitGroup
	for caller := range callers {
		work.Go(func() {
			session := fmt.Sprint("s", caller%4)
			for round := range rounds {
				text := fmt.Sprintf("%d/%d", caller, round)
				func() {
					defer func() {
						if fault := recover(); fault != nil && fault != "a panic on purpose" {
							panic(fault)
						}
					}()
					err := m.Update(context.Background(), session, func(tx state.Tx) error {
						for i := range round % 80 { // sometimes more than is kept of a step for the next one
							tx.Put("k", fmt.Sprint(text, "/", i), []byte(text))
						}
						tx.Append("log", []byte(text))
						tx.Next(fmt.Sprint("caller", caller))
						switch round % 4 {
						case 1:
							return failure
						case 2:
							panic("a panic on purpose")
						}
						return nil
					})
					if (round%4 == 1) != errors.Is(err, failure) {
						t.Errorf("%s: %v", text, err)
					}
				}()
			}
		})
	}
	work.Wait()
	for s := range 4 {
		_ = m.Update(t.Context(), fmt.Sprint("s", s), func(tx state.Tx) error {
			records, _ := tx.Appended("log")
			if want := callers / 4 * rounds / 2; len(records) != want {
				t.Errorf("session %d has %d appended records, want %d", s, len(records), want)
			}
			for _, r := range records {
				var caller, round int
				if _, err := fmt.Sscanf(string(r), "%d/%d", &caller, &round); err != nil || caller%4 != s || round%4 == 1 || round%4 == 2 {
					t.Errorf("session %d has %s", s, r)
				}
			}
			tx.Each("k", func(key string, record []byte) bool {
				if !strings.HasPrefix(key, string(record)+"/") {
					t.Errorf("session %d has %s under %s", s, record, key)
				}
				return true
			})
			if n := tx.Next(fmt.Sprint("caller", s)); n != rounds/2+1 {
				t.Errorf("session %d counted to %d, want %d", s, n, rounds/2+1)
			}
			return nil
		})
	}
}

// A step costs the memory that is kept of it: the record, whether the log is full or not.
func TestAnAppendAllocatesItsRecord(t *testing.T) {
	m := &state.Memory{Keep: 50}
	body := make([]byte, 1000)
	ctx := context.Background()
	step := func(tx state.Tx) error {
		state.Append(tx, "log", []byte("{"), body, []byte("}"))
		tx.Next("n")
		return nil
	}
	update := func() {
		if err := m.Update(ctx, "a", step); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 {
		update()
	}
	if got := testing.AllocsPerRun(1000, update); got > 2 { // the pool may be emptied in between
		t.Errorf("a step allocates %v times, want the record alone", got)
	}
}

func BenchmarkUpdate(b *testing.B) {
	body := make([]byte, 1000)
	step := func(tx state.Tx) error {
		tx.Append("log", body)
		return nil
	}
	ctx := context.Background()
	b.Run("append", func(b *testing.B) {
		m := &state.Memory{}
		b.ReportAllocs()
		for b.Loop() {
			_ = m.Update(ctx, "a", step)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		m := &state.Memory{}
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = m.Update(ctx, "a", step)
			}
		})
	})
	b.Run("adding at once", func(b *testing.B) {
		m := &state.Memory{}
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = m.Update(ctx, "a", func(tx state.Tx) error { state.Append(tx, "log", body); return nil })
			}
		})
	})
	b.Run("next", func(b *testing.B) {
		m := &state.Memory{}
		b.ReportAllocs()
		for b.Loop() {
			_ = m.Update(ctx, "a", func(tx state.Tx) error { tx.Next("n"); return nil })
		}
	})
}

// Steps that only look at a session do so side by side.
func TestStepsThatLookRunSideBySide(t *testing.T) {
	t.Parallel()
	var m state.Memory
	_ = m.Update(t.Context(), "a", func(tx state.Tx) error {
		tx.Put("k", "x", []byte("1"))
		return nil
	})
	var meet, done sync.WaitGroup
	meet.Add(2)
	for range 2 {
		done.Go(func() {
			_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
				if got, _ := tx.Get("k", "x"); string(got) != "1" {
					t.Errorf("Get = %q", got)
				}
				meet.Done()
				meet.Wait() // both have looked here, or the test hangs
				return nil
			})
		})
	}
	done.Wait()
}

// Steps that write without a look at the session do not wait for one another before they commit, nor for one that looks.
func TestStepsThatOnlyAddRunSideBySide(t *testing.T) {
	t.Parallel()
	var m state.Memory
	var meet, done sync.WaitGroup
	meet.Add(3)
	for i := range 3 {
		done.Go(func() {
			err := m.Update(context.Background(), "a", func(tx state.Tx) error {
				switch i {
				case 0:
					tx.Get("k", "x")
				default:
					state.Append(tx, "log", []byte("x"))
					tx.Put("k", fmt.Sprint(i), nil)
					tx.Delete("k", "none")
				}
				meet.Done()
				meet.Wait() // or the test hangs
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	_ = m.Update(t.Context(), "a", func(tx state.Tx) error {
		if records, _ := tx.Appended("log"); len(records) != 2 {
			t.Errorf("%d records were appended, want 2", len(records))
		}
		return nil
	})
}

// A step that has looked at what another one changes meanwhile runs again, once.
func TestAnOvertakenStepRunsAgain(t *testing.T) {
	t.Parallel()
	var m state.Memory
	looked, wrote := make(chan struct{}), make(chan struct{})
	var other sync.WaitGroup
	other.Go(func() {
		<-looked
		_ = m.Update(context.Background(), "a", func(tx state.Tx) error { // commits when nobody looks any more
			tx.Put("k", "x", []byte("other"))
			close(wrote)
			return nil
		})
	})
	runs := 0
	var seen []string
	err := m.Update(t.Context(), "a", func(tx state.Tx) error {
		runs++
		got, _ := tx.Get("k", "x")
		seen = append(seen, string(got))
		if runs == 1 {
			close(looked)
			<-wrote
		}
		tx.Put("k", "x", append(got, '+'))
		return nil
	})
	if err != nil || runs > 2 {
		t.Fatalf("%d runs, %v", runs, err)
	}
	other.Wait()
	// The other one may have come second all the same.
	_ = m.Update(t.Context(), "a", func(tx state.Tx) error {
		got, _ := tx.Get("k", "x")
		if want := map[int]string{1: "other", 2: "other+"}[runs]; string(got) != want {
			t.Errorf("after %d runs, which saw %q, the record is %q, want %q", runs, seen, got, want)
		}
		return nil
	})
}
