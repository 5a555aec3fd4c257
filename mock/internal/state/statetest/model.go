package statetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/mock/internal/state"
)

// model is a session as simply as it can be said.
type model struct {
	rows     map[string][]modelRow
	logs     map[string][]string // all of them, dropped or not
	counters map[string]int64
}

type modelRow struct{ key, record string }

func newModel() *model {
	return &model{rows: map[string][]modelRow{}, logs: map[string][]string{}, counters: map[string]int64{}}
}

func (m *model) copy() *model {
	c := newModel()
	for kind, rows := range m.rows {
		c.rows[kind] = slices.Clone(rows)
	}
	for kind, records := range m.logs {
		c.logs[kind] = slices.Clone(records)
	}
	maps.Copy(c.counters, m.counters)
	return c
}

func (m *model) at(kind, key string) int {
	return slices.IndexFunc(m.rows[kind], func(r modelRow) bool { return r.key == key })
}

// againstModel runs random steps, some of which fail, and compares every answer with the model's.
func againstModel(t *testing.T, s state.Store, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	sessions := map[string]*model{"a": newModel(), "b": newModel()}
	for step := range 300 {
		name := []string{"a", "b"}[random.IntN(2)]
		if random.IntN(100) == 0 {
			s.Drop(name)
			sessions[name] = newModel()
		}
		broken := random.IntN(4) == 0
		after := sessions[name].copy()
		var problem error
		err := s.Update(context.Background(), name, func(tx state.Tx) error {
			for range random.IntN(8) {
				if problem = operate(random, tx, after); problem != nil {
					return problem
				}
			}
			if broken {
				return errStep
			}
			return nil
		})
		if problem != nil {
			t.Fatalf("seed %d, step %d, session %s: %v", seed, step, name, problem)
		}
		if broken != errors.Is(err, errStep) || (!broken && err != nil) {
			t.Fatalf("seed %d, step %d, session %s: Update = %v", seed, step, name, err)
		}
		if !broken {
			sessions[name] = after
		}
	}
}

// operate does one random thing to both and says how they differ.
func operate(random *rand.Rand, tx state.Tx, m *model) error {
	kind, key := fmt.Sprintf("kind%d", random.IntN(2)), fmt.Sprint(random.IntN(40))
	record := fmt.Sprint(random.Uint32())
	at := m.at(kind, key)
	switch random.IntN(8) {
	case 0, 1:
		tx.Put(kind, key, []byte(record))
		if at >= 0 {
			m.rows[kind][at].record = record
		} else {
			m.rows[kind] = append(m.rows[kind], modelRow{key, record})
		}
	case 2:
		tx.Delete(kind, key)
		if at >= 0 {
			m.rows[kind] = slices.Delete(m.rows[kind], at, at+1)
		}
	case 3:
		got, ok := tx.Get(kind, key)
		if ok != (at >= 0) || ok && string(got) != m.rows[kind][at].record {
			return fmt.Errorf("Get(%s, %s) = %q, %v; the model has %v", kind, key, got, ok, m.rows[kind])
		}
	case 4:
		return compareEach(tx, m, kind, 1+random.IntN(60))
	case 5:
		m.logs[kind] = append(m.logs[kind], record)
		if n := tx.Append(kind, []byte(record)); n != int64(len(m.logs[kind])) {
			return fmt.Errorf("Append(%s) = %d, want %d", kind, n, len(m.logs[kind]))
		}
	case 6:
		return compareAppended(tx, m, kind)
	case 7:
		m.counters[kind]++
		if n := tx.Next(kind); n != m.counters[kind] {
			return fmt.Errorf("Next(%s) = %d, want %d", kind, n, m.counters[kind])
		}
	}
	return nil
}

func compareEach(tx state.Tx, m *model, kind string, most int) error {
	var got []modelRow
	tx.Each(kind, func(key string, record []byte) bool {
		got = append(got, modelRow{key, string(record)})
		return len(got) < most
	})
	want := m.rows[kind]
	want = want[:min(most, len(want))]
	if !slices.Equal(got, want) {
		return fmt.Errorf("Each(%s) stopped after %d visits %v, want %v", kind, most, got, want)
	}
	return nil
}

func compareAppended(tx state.Tx, m *model, kind string) error {
	records, dropped := tx.Appended(kind)
	var got []string
	for _, r := range records {
		got = append(got, string(r))
	}
	all := m.logs[kind]
	gone := max(0, len(all)-Keep)
	if !slices.Equal(got, all[gone:]) || dropped != int64(gone) {
		return fmt.Errorf("Appended(%s) = %v and %d dropped, want %v and %d", kind, got, dropped, all[gone:], gone)
	}
	return nil
}
