package state_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"understudy/mock/internal/state"
	"understudy/mock/internal/state/statetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	statetest.Run(t, func(*testing.T) state.Store { return &state.Memory{Keep: statetest.Keep} })
}

func TestMemoryKeepsAThousandByDefault(t *testing.T) {
	t.Parallel()
	var m state.Memory
	err := m.Update(context.Background(), "a", func(tx state.Tx) error {
		for range 1001 {
			tx.Append("log", nil)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
		if records, dropped := tx.Appended("log"); len(records) != 1000 || dropped != 1 {
			t.Errorf("%d records kept and %d dropped, want 1000 and 1", len(records), dropped)
		}
		return nil
	})
}

// Steps that touch no state must not queue behind one another: a slow pull would stop every other caller.
func TestMemoryDoesNotLockBeforeFirstUse(t *testing.T) {
	t.Parallel()
	var m state.Memory
	var meet sync.WaitGroup
	meet.Add(2)
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
				meet.Done()
				meet.Wait() // both are inside their step here, or the test hangs
				tx.Next("n")
				return nil
			})
		})
	}
	done.Wait()
	_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
		if n := tx.Next("n"); n != 3 {
			t.Errorf("the next number is %d, want 3", n)
		}
		return nil
	})
}

// One session's step must not hold up another session.
func TestMemorySessionsRunSideBySide(t *testing.T) {
	t.Parallel()
	var m state.Memory
	_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
		tx.Put("k", "x", []byte("1"))
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = m.Update(context.Background(), "b", func(tx state.Tx) error {
				tx.Put("k", "x", []byte("2"))
				return nil
			})
			m.Drop("c")
		}()
		<-done // or the test hangs
		return nil
	})
}

func TestReadAndWrite(t *testing.T) {
	t.Parallel()
	type person struct{ Name string }
	var m state.Memory
	err := m.Update(context.Background(), "a", func(tx state.Tx) error {
		if found, err := state.Read(tx, "person", "1", new(person)); found || err != nil {
			t.Errorf("Read of nothing = %v, %v", found, err)
		}
		if err := state.Write(tx, "person", "1", person{"甲"}); err != nil {
			return err
		}
		var got person
		found, err := state.Read(tx, "person", "1", &got)
		if !found || got.Name != "甲" {
			t.Errorf("Read = %v, %+v", found, got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = m.Update(context.Background(), "a", func(tx state.Tx) error {
		tx.Put("person", "2", []byte("{"))
		_, err := state.Read(tx, "person", "2", new(person))
		if err == nil || !strings.Contains(err.Error(), "record 2 of kind person") {
			t.Errorf("Read of a broken record: %v, want an error that names it", err)
		}
		if err := state.Write(tx, "person", "3", func() {}); err == nil || !strings.Contains(err.Error(), "record 3 of kind person") {
			t.Errorf("Write of what JSON cannot hold: %v, want an error that names the record", err)
		}
		return nil
	})
}
