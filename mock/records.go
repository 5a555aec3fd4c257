package mock

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// dataTable holds what a user gave in place of generated records, by vendor. It is replaced, never changed: a call that reads
// it waits for nobody.
type dataTable struct {
	mu       sync.Mutex // serialises changes
	byVendor atomic.Pointer[map[string]behave.Data]
}

// all is the table as it stands, which is not changed; another one has another address.
func (t *dataTable) all() *map[string]behave.Data { return t.byVendor.Load() }

func (t *dataTable) of(vendor string) behave.Data { return dataOf(t.all(), vendor) }

func dataOf(all *map[string]behave.Data, vendor string) behave.Data {
	if all == nil {
		return nil
	}
	return (*all)[vendor]
}

// set gives a vendor other records.
func (t *dataTable) set(vendor string, d behave.Data) {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := map[string]behave.Data{}
	if now := t.all(); now != nil {
		maps.Copy(next, *now)
	}
	next[vendor] = d
	t.byVendor.Store(&next)
}

// replace puts another table in the place of this one.
func (t *dataTable) replace(byVendor map[string]behave.Data) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byVendor.Store(&byVendor)
}

// SetData gives a vendor's records of its own in place of generated ones, in every session, from the next call on; nil
// takes them back. What callers and tests have changed since stays changed. The error says that no such vendor is played,
// or which record does not keep its contract; then nothing has changed.
func (s *Server) SetData(vendor string, d behave.Data) error {
	s.swapping.RLock() // or contracts that are swapped meanwhile would lose it
	defer s.swapping.RUnlock()
	contract, ok := s.contract(vendor)
	if !ok {
		return fmt.Errorf("data for %s: no such vendor is played", quote(vendor))
	}
	if d != nil {
		checked, err := behave.CheckData(vendor, d, contract)
		if err != nil {
			return err
		}
		d = checked
	}
	s.data.set(vendor, d)
	return nil
}

// ErrUnknownVendor says that no such vendor is played.
var ErrUnknownVendor = errors.New("no such vendor is played")

// RecordError says that a record does not keep its contract. Violations name each place; there is none where a member
// could not even be brought into the schema's form.
type RecordError struct {
	Violations []schema.Violation
	form       error
}

// Error implements error. It describes values and quotes none.
func (e *RecordError) Error() string {
	if e.form != nil {
		return "the record does not keep the contract: " + e.form.Error()
	}
	v := e.Violations[0]
	return fmt.Sprintf("the record does not keep the contract: at %q %s (%s) wants %s, there is %s", v.Pointer, v.Keyword, v.At, v.Expected, v.Got)
}

// Records lists what a vendor holds of one kind (see [behave.Kinds]) in this session, as it stands now, its values as the
// contract writes them; what callers sent is as it came. A session that has not begun is not begun by that: it is told as
// it would begin now. The errors are [ErrSessionOver], [ErrUnknownVendor] and those of
// [behave.Records].
func (s *Session) Records(ctx context.Context, vendor, kind string) (list []behave.Record, err error) {
	err = s.records(ctx, vendor, (*session.Session).Begins, func(tx state.Tx, w *behave.World, now time.Time, c *specs.Contract) error {
		if list, err = behave.Records(tx, w, now, c, kind); err != nil {
			return err
		}
		for i := range list {
			if list[i].Value, err = written(c, kind, list[i].Value); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// PutRecord lays members over a record, or over a freshly generated one when the key is new, and returns the whole. The
// errors are those of [Session.Records], those of [behave.Put], and a *[RecordError]; with any of them nothing has
// changed.
func (s *Session) PutRecord(ctx context.Context, vendor, kind, key string, members map[string]any) (put behave.Record, err error) {
	err = s.records(ctx, vendor, (*session.Session).Start, func(tx state.Tx, w *behave.World, now time.Time, c *specs.Contract) error {
		if put, err = behave.Put(tx, w, now, c, kind, key, members); err != nil {
			return err
		}
		put.Value, err = written(c, kind, put.Value)
		return err
	})
	return put, err
}

// DeleteRecord takes a record away for the rest of the session and says whether there was one. The errors are those of
// [Session.Records] and of [behave.Delete].
func (s *Session) DeleteRecord(ctx context.Context, vendor, kind, key string) (deleted bool, err error) {
	err = s.records(ctx, vendor, (*session.Session).Start, func(tx state.Tx, w *behave.World, now time.Time, c *specs.Contract) error {
		deleted, err = behave.Delete(tx, w, now, c, kind, key)
		return err
	})
	return deleted, err
}

// records runs a step on the session's state outside of any call. A change begins the session, as a call does.
func (s *Session) records(ctx context.Context, vendor string, begin func(*session.Session) time.Time, step func(state.Tx, *behave.World, time.Time, *specs.Contract) error) error {
	c, ok := s.server.contract(vendor)
	if !ok {
		return ErrUnknownVendor
	}
	w, err := s.alive()
	if err != nil {
		return err
	}
	begin(w)
	world := s.server.world(w, s.server.variantOf(lifeOf(w)), vendor)
	return world.Store.Update(context.WithoutCancel(ctx), w.Key, func(tx state.Tx) error { return step(tx, world, w.Clock.Now(), c) })
}

// contract is that of a vendor as it is without any reading.
func (s *Server) contract(vendor string) (*specs.Contract, bool) {
	for _, c := range s.playing.Load().contracts {
		if c.Vendor == vendor {
			return c, true
		}
	}
	return nil, false
}

// recordKey is under which a contract keeps the compiled schema of a kind of records.
type recordKey struct{ pointer string }

// written brings a record into its contract's form and holds it to it: to the contract as it is without any reading, since
// that is the form in which records are kept.
func written(c *specs.Contract, kind string, record value.Record) (value.Record, error) {
	for _, k := range behave.Kinds(c) {
		if k.Name != kind || k.Schema == "" || k.ReadOnly {
			continue
		}
		compiled, err := c.Derived(recordKey{k.Schema}, func() (any, error) { return schema.NewSet(c).Compile(k.Schema) })
		if err != nil {
			return nil, err
		}
		of := compiled.(*schema.Schema)
		converted, err := of.Convert(record)
		if err != nil {
			return nil, &RecordError{form: err}
		}
		if violations := of.Validate(converted); violations != nil {
			return nil, &RecordError{Violations: violations}
		}
		members, _ := converted.(map[string]any)
		return members, nil
	}
	return record, nil
}

// ground is the world of a session and a vendor with what it was made from. It is shared by all calls until that changes.
type ground struct {
	world   behave.World
	variant *variant
	data    *map[string]behave.Data
}

// world is what outlasts a call in a session, as one vendor's behaviours see it under what the session plays. It is not
// changed once it is made.
func (s *Server) world(w *session.Session, v *variant, vendor string) *behave.World {
	l := lifeOf(w)
	seed, start, data := w.Seed(), w.Begins(), s.data.all()
	if kept, ok := l.grounds.Load(vendor); ok {
		if g := kept.(*ground); g.variant == v && g.data == data && g.world.Seed == seed && g.world.Start.Equal(start) {
			return &g.world
		}
	}
	g := &ground{variant: v, data: data, world: behave.World{
		Session: w.Key, Store: sessionStore{s.store, w}, Clock: w.Clock, Seed: seed, Start: start, Forward: s.forward,
		Readings: v.readings, Data: dataOf(data, vendor),
		Sent: func(sent behave.Sent) { s.noteSent(w, vendor, sent) },
	}}
	if one, ok := v.vendor(vendor); ok {
		g.world.Accounts = one.accounts
	}
	l.grounds.Store(vendor, g)
	return &g.world
}
