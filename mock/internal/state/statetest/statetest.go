// Package statetest holds what every [state.Store] must do, so that behaviours cannot tell one engine from another.
package statetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"understudy/mock/internal/state"
)

// Keep is the limit of append-only records per kind and session that the stores under test must be opened with.
const Keep = 5

// Run holds an engine to everything a [state.Store] promises. Open returns an empty store that keeps [Keep] records of
// each append-only kind; what it has to close it closes by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) state.Store) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
	t.Run("model", func(t *testing.T) {
		t.Parallel()
		for _, seed := range []uint64{1, 2, 3, 4, 5, 6, 7, 8} {
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { againstModel(t, open(t), seed) })
		}
	})
}

type conformance struct {
	name string
	test func(*testing.T, state.Store)
}

func cases() []conformance {
	return []conformance{
		{"an empty session has nothing", empty},
		{"a step sees its own writes", ownWrites},
		{"a failed step keeps nothing", failedStep},
		{"a step that panics keeps nothing and blocks nobody", panickingStep},
		{"order is that of the first put", order},
		{"many deletions keep the order", manyDeletions},
		{"each stops early", earlyStop},
		{"each visits what was there when it began", writesWhileVisiting},
		{"append-only records are numbered and bounded", appending},
		{"a step sees its own appends within the bound", ownAppends},
		{"counters have no gaps", counters},
		{"kinds, appends and counters of one name are apart", namesApart},
		{"keys are any text", anyKey},
		{"sessions are apart", sessionsApart},
		{"drop forgets one session", drop},
		{"no update is lost", concurrent},
		{"returned bytes do not change", returnedBytes},
		{"given bytes are copied", givenBytes},
		{"an empty record is a record", emptyRecord},
		{"a cancelled call runs no step", cancelled},
	}
}

var errStep = errors.New("the step failed")

// do runs a step that must succeed.
func do(t *testing.T, s state.Store, session string, step func(state.Tx)) {
	t.Helper()
	err := s.Update(context.Background(), session, func(tx state.Tx) error {
		step(tx)
		return nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// fail runs a step that ends with an error, which must come back.
func fail(t *testing.T, s state.Store, session string, step func(state.Tx)) {
	t.Helper()
	err := s.Update(context.Background(), session, func(tx state.Tx) error {
		step(tx)
		return errStep
	})
	if !errors.Is(err, errStep) {
		t.Fatalf("Update returned %v, not the step's error", err)
	}
}

func wantRecord(t *testing.T, tx state.Tx, kind, key, want string) {
	t.Helper()
	if got, ok := tx.Get(kind, key); !ok || string(got) != want {
		t.Errorf("Get(%q, %q) = %q, %v, want %q", kind, key, got, ok, want)
	}
}

func wantNone(t *testing.T, tx state.Tx, kind, key string) {
	t.Helper()
	if got, ok := tx.Get(kind, key); ok || got != nil {
		t.Errorf("Get(%q, %q) = %q, %v, want nothing", kind, key, got, ok)
	}
}

// list is what Each visits, as key=record.
func list(tx state.Tx, kind string) []string {
	got := []string{}
	tx.Each(kind, func(key string, record []byte) bool {
		got = append(got, key+"="+string(record))
		return true
	})
	return got
}

func wantList(t *testing.T, tx state.Tx, kind string, want ...string) {
	t.Helper()
	if got := list(tx, kind); !slices.Equal(got, want) {
		t.Errorf("Each(%q) visits %v, want %v", kind, got, want)
	}
}

func wantAppended(t *testing.T, tx state.Tx, kind string, wantDropped int64, want ...string) {
	t.Helper()
	records, dropped := tx.Appended(kind)
	got := []string{}
	for _, r := range records {
		got = append(got, string(r))
	}
	if !slices.Equal(got, want) || dropped != wantDropped {
		t.Errorf("Appended(%q) = %v and %d dropped, want %v and %d", kind, got, dropped, want, wantDropped)
	}
}

func wantNext(t *testing.T, tx state.Tx, counter string, want int64) {
	t.Helper()
	if got := tx.Next(counter); got != want {
		t.Errorf("Next(%q) = %d, want %d", counter, got, want)
	}
}

func put(tx state.Tx, kind, key, record string) { tx.Put(kind, key, []byte(record)) }
