package statetest

import (
	"fmt"
	"testing"

	"understudy/mock/internal/state"
)

func appending(t *testing.T, s state.Store) {
	for i := int64(1); i <= Keep+3; i++ {
		do(t, s, "a", func(tx state.Tx) {
			if n := tx.Append("log", []byte(fmt.Sprint(i))); n != i {
				t.Errorf("Append = %d, want %d", n, i)
			}
		})
	}
	do(t, s, "a", func(tx state.Tx) {
		wantAppended(t, tx, "log", 3, "4", "5", "6", "7", "8")
		wantAppended(t, tx, "other", 0)
	})
}

func ownAppends(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		for i := range 4 {
			tx.Append("log", []byte(fmt.Sprint(i+1)))
		}
		wantAppended(t, tx, "log", 0, "1", "2", "3", "4")
		if n := tx.Append("other", []byte("x")); n != 1 {
			t.Errorf("another kind counts from %d, want 1", n)
		}
	})
	do(t, s, "a", func(tx state.Tx) {
		tx.Append("log", []byte("5"))
		wantAppended(t, tx, "log", 0, "1", "2", "3", "4", "5")
		tx.Append("log", []byte("6"))
		wantAppended(t, tx, "log", 1, "2", "3", "4", "5", "6")
		if n := tx.Append("log", []byte("7")); n != 7 {
			t.Errorf("Append = %d, want 7", n)
		}
	})
	fail(t, s, "a", func(tx state.Tx) {
		tx.Append("log", []byte("8"))
		wantAppended(t, tx, "log", 3, "4", "5", "6", "7", "8")
	})
	do(t, s, "a", func(tx state.Tx) {
		wantAppended(t, tx, "log", 2, "3", "4", "5", "6", "7")
		for i := range 3 * Keep {
			tx.Append("burst", []byte(fmt.Sprint(i)))
		}
		wantAppended(t, tx, "burst", 2*Keep, "10", "11", "12", "13", "14")
	})
}

func counters(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		wantNext(t, tx, "n", 1)
		wantNext(t, tx, "n", 2)
		wantNext(t, tx, "m", 1)
	})
	for range 3 {
		fail(t, s, "a", func(tx state.Tx) {
			wantNext(t, tx, "n", 3)
			wantNext(t, tx, "n", 4)
		})
	}
	do(t, s, "a", func(tx state.Tx) {
		wantNext(t, tx, "n", 3)
		wantNext(t, tx, "m", 2)
	})
}
