package state

import (
	"sync"
	"testing"
)

// Steps that were overtaken are alone from their first look, until enough of their kind have written nothing.
func TestRivalsAreAlone(t *testing.T) {
	t.Parallel()
	var m Memory
	held := func(kind string, writes bool) (as hold) {
		t.Helper()
		if err := m.Update(t.Context(), "a", func(tx Tx) error {
			tx.Get(kind, "x")
			as = tx.(*memoryTx).held
			if writes {
				tx.Put(kind, "x", nil)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return as
	}
	if as := held("k", true); as != together {
		t.Errorf("the first step holds the session %v", as)
	}
	// One step commits while another one, which writes as well, has looked.
	var other sync.WaitGroup
	looked, wrote := make(chan struct{}), make(chan struct{})
	other.Go(func() {
		<-looked
		_ = m.Update(t.Context(), "a", func(tx Tx) error {
			tx.Put("k", "y", nil)
			close(wrote)
			return nil
		})
	})
	runs := 0
	_ = m.Update(t.Context(), "a", func(tx Tx) error {
		if runs++; runs == 1 {
			tx.Get("k", "x")
			close(looked)
			<-wrote
			tx.(*memoryTx).version-- // as if the other one had come first, which is not sure
		}
		tx.Put("k", "x", nil)
		return nil
	})
	other.Wait()
	if runs != 2 {
		t.Fatalf("the overtaken step ran %d times", runs)
	}
	for range rivalry {
		if as := held("k", true); as != alone {
			t.Fatalf("a rival holds the session %v", as)
		}
		if as := held("other", false); as != together {
			t.Fatalf("a step on another kind holds the session %v", as)
		}
	}
	for range rivalry {
		if as := held("k", false); as != alone {
			t.Fatalf("a rival holds the session %v", as)
		}
	}
	if as := held("k", false); as != together {
		t.Errorf("long after, a step holds the session %v", as)
	}
}
