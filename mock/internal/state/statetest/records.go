package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"understudy/mock/internal/state"
)

func empty(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		wantNone(t, tx, "k", "x")
		wantList(t, tx, "k")
		wantAppended(t, tx, "k", 0)
		tx.Delete("k", "x")
		wantNone(t, tx, "k", "x")
	})
	do(t, s, "a", func(tx state.Tx) { wantNext(t, tx, "k", 1) })
}

func ownWrites(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) { put(tx, "k", "old", "1") })
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "k", "new", "2")
		wantRecord(t, tx, "k", "new", "2")
		put(tx, "k", "new", "3")
		wantRecord(t, tx, "k", "new", "3")
		put(tx, "k", "old", "4")
		wantRecord(t, tx, "k", "old", "4")
		wantList(t, tx, "k", "old=4", "new=3")
		tx.Delete("k", "old")
		wantNone(t, tx, "k", "old")
		wantList(t, tx, "k", "new=3")
		put(tx, "k", "old", "5")
		wantRecord(t, tx, "k", "old", "5")
		wantList(t, tx, "k", "new=3", "old=5")
	})
	do(t, s, "a", func(tx state.Tx) { wantList(t, tx, "k", "new=3", "old=5") })
}

func failedStep(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "k", "stays", "1")
		put(tx, "k", "changed", "1")
		tx.Append("log", []byte("1"))
		tx.Next("n")
	})
	fail(t, s, "a", func(tx state.Tx) {
		tx.Delete("k", "stays")
		put(tx, "k", "changed", "2")
		put(tx, "k", "new", "2")
		put(tx, "other", "new", "2")
		if n := tx.Append("log", []byte("2")); n != 2 {
			t.Errorf("Append = %d, want 2", n)
		}
		wantNext(t, tx, "n", 2)
		wantNext(t, tx, "fresh", 1)
	})
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", "stays=1", "changed=1")
		wantList(t, tx, "other")
		wantAppended(t, tx, "log", 0, "1")
		if n := tx.Append("log", []byte("3")); n != 2 {
			t.Errorf("Append after a failed step = %d, want 2: the number was not consumed", n)
		}
		wantNext(t, tx, "n", 2)
		wantNext(t, tx, "fresh", 1)
	})
}

func panickingStep(t *testing.T, s state.Store) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of a step did not come through")
			}
		}()
		_ = s.Update(context.Background(), "a", func(tx state.Tx) error {
			put(tx, "k", "x", "1")
			panic("in the step")
		})
	}()
	do(t, s, "a", func(tx state.Tx) { wantNone(t, tx, "k", "x") })
}

func order(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		for _, key := range []string{"c", "a", "b"} {
			put(tx, "k", key, "1")
		}
	})
	do(t, s, "a", func(tx state.Tx) { put(tx, "k", "c", "2") })
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", "c=2", "a=1", "b=1")
		tx.Delete("k", "c")
	})
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", "a=1", "b=1")
		put(tx, "k", "c", "3")
	})
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", "a=1", "b=1", "c=3")
		tx.Delete("k", "a")
		put(tx, "k", "a", "4")
	})
	do(t, s, "a", func(tx state.Tx) { wantList(t, tx, "k", "b=1", "c=3", "a=4") })
}

// manyDeletions leaves few of many, so that an engine that cleans up in between has to.
func manyDeletions(t *testing.T, s state.Store) {
	const n = 200
	do(t, s, "a", func(tx state.Tx) {
		for i := range n {
			put(tx, "k", fmt.Sprint(i), "1")
		}
	})
	var want []string
	do(t, s, "a", func(tx state.Tx) {
		for i := range n {
			if i%10 != 0 {
				tx.Delete("k", fmt.Sprint(i))
				continue
			}
			want = append(want, fmt.Sprintf("%d=1", i))
		}
		wantList(t, tx, "k", want...)
	})
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", want...)
		wantRecord(t, tx, "k", "190", "1")
		wantNone(t, tx, "k", "191")
		put(tx, "k", "0", "2")
		put(tx, "k", "1", "2")
	})
	want[0] = "0=2"
	do(t, s, "a", func(tx state.Tx) { wantList(t, tx, "k", append(want, "1=2")...) })
}

func earlyStop(t *testing.T, s state.Store) {
	first := func(tx state.Tx, n int) (keys []string) {
		tx.Each("k", func(key string, _ []byte) bool {
			keys = append(keys, key)
			return len(keys) < n
		})
		return keys
	}
	do(t, s, "a", func(tx state.Tx) {
		for _, key := range []string{"a", "b", "c"} {
			put(tx, "k", key, "1")
		}
	})
	do(t, s, "a", func(tx state.Tx) {
		if got := first(tx, 2); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("stopped after the second, Each visited %v", got)
		}
		put(tx, "k", "d", "1")
		tx.Delete("k", "a")
		if got := first(tx, 3); !slices.Equal(got, []string{"b", "c", "d"}) {
			t.Errorf("with writes pending and stopped after the third, Each visited %v", got)
		}
		if got := first(tx, 1); !slices.Equal(got, []string{"b"}) {
			t.Errorf("with writes pending and stopped after the first, Each visited %v", got)
		}
	})
}

func writesWhileVisiting(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "k", "a", "1")
		put(tx, "k", "b", "1")
	})
	for round := range 2 {
		do(t, s, "a", func(tx state.Tx) {
			if round == 1 {
				put(tx, "k", "c", "1") // now with a write pending
			}
			before := list(tx, "k")
			got := []string{}
			tx.Each("k", func(key string, record []byte) bool {
				got = append(got, key+"="+string(record))
				put(tx, "k", "new-"+key, "2")
				put(tx, "k", "b", "2")
				tx.Delete("k", "a")
				return true
			})
			if !slices.Equal(got, before) {
				t.Errorf("round %d: Each visited %v, want %v as it stood when it began", round, got, before)
			}
			wantRecord(t, tx, "k", "b", "2")
			wantNone(t, tx, "k", "a")
		})
		do(t, s, "a", func(tx state.Tx) {
			wantRecord(t, tx, "k", "new-b", "2")
			put(tx, "k", "a", "1")
			put(tx, "k", "b", "1")
		})
	}
}

func namesApart(t *testing.T, s state.Store) {
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "x", "x", "record")
		tx.Append("x", []byte("appended"))
		wantNext(t, tx, "x", 1)
	})
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "x", "x=record")
		wantAppended(t, tx, "x", 0, "appended")
		wantNext(t, tx, "x", 2)
		put(tx, "xx", "", "1")
		put(tx, "x", "xx", "2")
		wantRecord(t, tx, "xx", "", "1")
		wantNone(t, tx, "x", "")
	})
}

func anyKey(t *testing.T, s state.Store) {
	keys := []string{"", " ", "体检", "a/b", "A", "a", "'\"%_*"}
	do(t, s, "a", func(tx state.Tx) {
		for i, key := range keys {
			put(tx, "k", key, fmt.Sprint(i))
		}
	})
	do(t, s, "a", func(tx state.Tx) {
		var want []string
		for i, key := range keys {
			wantRecord(t, tx, "k", key, fmt.Sprint(i))
			want = append(want, fmt.Sprintf("%s=%d", key, i))
		}
		wantList(t, tx, "k", want...)
	})
}

func returnedBytes(t *testing.T, s state.Store) {
	var got []byte
	var visited, appended [][]byte
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "k", "x", "first")
		tx.Append("log", []byte("first"))
	})
	do(t, s, "a", func(tx state.Tx) {
		got, _ = tx.Get("k", "x")
		tx.Each("k", func(_ string, record []byte) bool { visited = append(visited, record); return true })
		appended, _ = tx.Appended("log")
		put(tx, "k", "x", "other")
		tx.Append("log", []byte("other"))
	})
	do(t, s, "a", func(tx state.Tx) {
		put(tx, "k", "x", "third")
		for range 2 * Keep {
			tx.Append("log", []byte("third"))
		}
	})
	do(t, s, "a", func(tx state.Tx) { tx.Delete("k", "x") })
	if string(got) != "first" || len(visited) != 1 || string(visited[0]) != "first" {
		t.Errorf("later writes changed what Get and Each had returned: %q, %q", got, visited)
	}
	if len(appended) != 1 || string(appended[0]) != "first" {
		t.Errorf("later appends changed what Appended had returned: %q", appended)
	}
}

func givenBytes(t *testing.T, s state.Store) {
	buffer := []byte("first")
	do(t, s, "a", func(tx state.Tx) {
		tx.Put("k", "x", buffer)
		tx.Append("log", buffer)
		copy(buffer, "other")
		wantRecord(t, tx, "k", "x", "first")
		tx.Put("k", "y", buffer)
	})
	copy(buffer, "third")
	do(t, s, "a", func(tx state.Tx) {
		wantList(t, tx, "k", "x=first", "y=other")
		wantAppended(t, tx, "log", 0, "first")
	})
}

func emptyRecord(t *testing.T, s state.Store) {
	check := func(tx state.Tx) {
		for _, key := range []string{"nil", "empty"} {
			if got, ok := tx.Get("k", key); !ok || !bytes.Equal(got, nil) {
				t.Errorf("Get(%q) = %q, %v, want an empty record", key, got, ok)
			}
		}
		wantList(t, tx, "k", "nil=", "empty=")
		wantAppended(t, tx, "log", 0, "")
	}
	do(t, s, "a", func(tx state.Tx) {
		tx.Put("k", "nil", nil)
		tx.Put("k", "empty", []byte{})
		tx.Append("log", nil)
		check(tx)
	})
	do(t, s, "a", check)
}

func cancelled(t *testing.T, s state.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.Update(ctx, "a", func(tx state.Tx) error {
		t.Error("the step ran")
		put(tx, "k", "x", "1")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want context.Canceled", err)
	}
	do(t, s, "a", func(tx state.Tx) { wantNone(t, tx, "k", "x") })
}
