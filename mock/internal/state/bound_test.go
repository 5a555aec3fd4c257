package state_test

import (
	"errors"
	"testing"

	"understudy/mock/internal/state"
)

// update runs a step and returns its error.
func update(t *testing.T, m *state.Memory, step func(state.Tx)) error {
	t.Helper()
	return m.Update(t.Context(), "s", func(tx state.Tx) error {
		step(tx)
		return nil
	})
}

func TestMemoryIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	m := &state.Memory{Bytes: 1000}
	large := make([]byte, 400)
	for _, key := range []string{"a", "b"} {
		if err := update(t, m, func(tx state.Tx) { tx.Put("kind", key, large) }); err != nil {
			t.Fatal(err)
		}
	}
	err := update(t, m, func(tx state.Tx) {
		tx.Put("kind", "small", nil)
		tx.Put("kind", "c", large)
	})
	if !errors.Is(err, state.ErrFull) {
		t.Errorf("a third record: %v, want ErrFull", err)
	}
	if err := update(t, m, func(tx state.Tx) {
		if _, ok := tx.Get("kind", "small"); ok {
			t.Error("something of the refused step was kept")
		}
	}); err != nil {
		t.Error(err)
	}
	if err := update(t, m, func(tx state.Tx) { tx.Put("kind", "a", large) }); err != nil {
		t.Errorf("writing a record again: %v", err)
	}
	if err := update(t, m, func(tx state.Tx) {
		tx.Delete("kind", "a")
		tx.Put("kind", "c", large)
	}); err != nil {
		t.Errorf("one for one: %v", err)
	}
	for range 5 {
		if err := update(t, m, func(tx state.Tx) { tx.Append("log", large) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := update(t, m, func(tx state.Tx) {
		if kept, dropped := tx.Appended("log"); len(kept) != 2 || dropped != 3 {
			t.Errorf("the log keeps %d records and dropped %d, want 2 and 3", len(kept), dropped)
		}
	}); err != nil {
		t.Error(err)
	}
}
