package statetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"understudy/mock/internal/state"
)

func sessionsApart(t *testing.T, s state.Store) {
	write := func(tx state.Tx) {
		put(tx, "k", "x", "1")
		tx.Append("log", []byte("1"))
		wantNext(t, tx, "n", 1)
	}
	do(t, s, "a", write)
	do(t, s, "b", func(tx state.Tx) {
		wantNone(t, tx, "k", "x")
		wantList(t, tx, "k")
		wantAppended(t, tx, "log", 0)
		tx.Delete("k", "x")
	})
	do(t, s, "b", write)
	do(t, s, "a", func(tx state.Tx) {
		wantRecord(t, tx, "k", "x", "1")
		wantAppended(t, tx, "log", 0, "1")
	})
}

func drop(t *testing.T, s state.Store) {
	for _, session := range []string{"a", "b"} {
		do(t, s, session, func(tx state.Tx) {
			put(tx, "k", "x", "1")
			tx.Append("log", []byte("1"))
			tx.Next("n")
		})
	}
	s.Drop("a")
	s.Drop("never made")
	do(t, s, "a", func(tx state.Tx) {
		wantNone(t, tx, "k", "x")
		wantList(t, tx, "k")
		wantAppended(t, tx, "log", 0)
		wantNext(t, tx, "n", 1)
	})
	do(t, s, "b", func(tx state.Tx) {
		wantRecord(t, tx, "k", "x", "1")
		wantAppended(t, tx, "log", 0, "1")
		wantNext(t, tx, "n", 2)
	})
}

// concurrent has eight callers read, change and write back; every third of their steps fails on purpose.
func concurrent(t *testing.T, s state.Store) {
	const callers, rounds = 8, 200
	var wg sync.WaitGroup
	var failures sync.Map
	for caller := range callers {
		wg.Go(func() {
			for round := range rounds {
				broken := round%3 == 2
				err := s.Update(context.Background(), "a", func(tx state.Tx) error {
					var n int
					if _, err := state.Read(tx, "k", "sum", &n); err != nil {
						return err
					}
					tx.Next("n")
					tx.Append("log", []byte("x"))
					if err := state.Write(tx, "k", "sum", n+1); err != nil || !broken {
						return err
					}
					return errStep
				})
				if broken != errors.Is(err, errStep) || (!broken && err != nil) {
					failures.Store(caller, fmt.Errorf("round %d: %w", round, err))
				}
			}
		})
	}
	wg.Wait()
	failures.Range(func(caller, err any) bool {
		t.Errorf("caller %v: %v", caller, err)
		return true
	})
	want := int64(callers * (rounds - rounds/3))
	do(t, s, "a", func(tx state.Tx) {
		wantRecord(t, tx, "k", "sum", fmt.Sprint(want))
		wantNext(t, tx, "n", want+1)
		if _, dropped := tx.Appended("log"); dropped != want-Keep {
			t.Errorf("%d appended records were dropped, want %d", dropped, want-Keep)
		}
	})
}
