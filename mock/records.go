package mock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// dataTable holds what a user gave in place of generated records, by vendor. A table of one vendor is replaced, never
// changed.
type dataTable struct {
	mu       sync.RWMutex
	byVendor map[string]behave.Data
}

func (t *dataTable) of(vendor string) behave.Data {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byVendor[vendor]
}

// SetData gives a vendor's records of its own in place of generated ones, in every session, from the next call on; nil
// takes them back. What callers and tests have changed since stays changed. The error says that no such vendor is played.
func (s *Server) SetData(vendor string, d behave.Data) error {
	if !played(s.contracts, vendor) {
		return fmt.Errorf("data for %s: no such vendor is played", quote(vendor))
	}
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if s.data.byVendor == nil {
		s.data.byVendor = map[string]behave.Data{}
	}
	s.data.byVendor[vendor] = d
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

// Records lists what a vendor holds of one kind (see [behave.Kinds]) in this session, as it stands now. The errors are
// [ErrUnknownVendor] and those of [behave.Records].
func (s *Session) Records(ctx context.Context, vendor, kind string) (list []behave.Record, err error) {
	err = s.records(ctx, vendor, func(tx state.Tx, w *behave.World, now time.Time) error {
		list, err = behave.Records(tx, w, now, vendor, kind)
		return err
	})
	return list, err
}

// PutRecord lays members over a record, or over a freshly generated one when the key is new, and returns the whole. The
// errors are [ErrUnknownVendor], those of [behave.Put], and a *[RecordError]; with any of them nothing has changed.
func (s *Session) PutRecord(ctx context.Context, vendor, kind, key string, members map[string]any) (put behave.Record, err error) {
	err = s.records(ctx, vendor, func(tx state.Tx, w *behave.World, now time.Time) error {
		if put, err = behave.Put(tx, w, now, vendor, kind, key, members); err != nil {
			return err
		}
		return s.server.checkRecord(vendor, kind, put.Value)
	})
	return put, err
}

// DeleteRecord takes a record away for the rest of the session and says whether there was one.
func (s *Session) DeleteRecord(ctx context.Context, vendor, kind, key string) (deleted bool, err error) {
	err = s.records(ctx, vendor, func(tx state.Tx, w *behave.World, now time.Time) error {
		deleted, err = behave.Delete(tx, w, now, vendor, kind, key)
		return err
	})
	return deleted, err
}

// records runs a step on the session's state outside of any call. It begins the session, as a call does.
func (s *Session) records(ctx context.Context, vendor string, step func(state.Tx, *behave.World, time.Time) error) error {
	if !played(s.server.contracts, vendor) {
		return ErrUnknownVendor
	}
	w, err := s.server.sessions.Get(s.name)
	if err != nil {
		return err
	}
	w.Start()
	world := s.server.world(w, vendor)
	return world.Store.Update(context.WithoutCancel(ctx), w.Key, func(tx state.Tx) error { return step(tx, world, w.Clock.Now()) })
}

// recordKey is under which a contract keeps the compiled schema of a kind of records.
type recordKey struct{ pointer string }

// checkRecord holds a record to the contract as it is without any reading: that is the form in which records are kept.
func (s *Server) checkRecord(vendor, kind string, record value.Record) error {
	i := slices.IndexFunc(s.contracts, func(c *specs.Contract) bool { return c.Vendor == vendor })
	for _, k := range behave.Kinds(vendor) {
		if k.Name != kind || k.Schema == "" {
			continue
		}
		c := s.contracts[i]
		compiled, err := c.Derived(recordKey{k.Schema}, func() (any, error) { return schema.NewSet(c).Compile(k.Schema) })
		if err != nil {
			return err
		}
		of := compiled.(*schema.Schema)
		converted, err := of.Convert(record)
		if err != nil {
			return &RecordError{form: err}
		}
		if violations := of.Validate(converted); violations != nil {
			return &RecordError{Violations: violations}
		}
	}
	return nil
}

// world is what outlasts a call in a session, as one vendor's behaviours see it.
func (s *Server) world(w *session.Session, vendor string) *behave.World {
	return &behave.World{
		Session: w.Key, Store: sessionStore{s.store, w}, Clock: w.Clock, Seed: w.Seed(), Start: w.Start(), Forward: s.forward,
		Readings: lifeOf(w).variant.Load().readings, Data: s.data.of(vendor),
	}
}
