// Package state keeps what a simulated vendor remembers, one world per session. A behaviour reads and writes it in
// steps; a step sees all of a session or nothing of it, and is kept whole or not at all.
//
// Records are bytes, so that an engine on disk or in a database can take the place of memory without a behaviour
// noticing. The package statetest holds what every engine must do.
package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Store keeps the records of all sessions. Implementations are safe for concurrent use.
type Store interface {
	// Update runs step on a session's state and commits what it wrote when it returns nil; with an error nothing is
	// kept and that error is returned. A step may run more than once and has no side effects of its own. Steps of
	// one session are atomic against each other; sessions never see each other.
	Update(ctx context.Context, session string, step func(Tx) error) error
	// Drop forgets a session at once.
	Drop(session string)
}

// Tx is one step's view of a session: what was committed before, and its own writes. It is used by one goroutine and
// not after the step has returned. Returned bytes belong to the store and are not changed; of the bytes it is given, the
// store keeps a copy.
type Tx interface {
	// Get returns the record of a kind under a key.
	Get(kind, key string) ([]byte, bool)
	// Put writes the record of a kind under a key. A new key stands behind the older ones of its kind.
	Put(kind, key string, record []byte)
	// Delete removes a record; removing none is fine.
	Delete(kind, key string)
	// Each calls visit for every record of a kind, oldest key first, until it returns false. It visits what was there
	// when it began, whatever visit writes.
	Each(kind string, visit func(key string, record []byte) bool)
	// Append adds a record, given whole or in parts, to an append-only kind and returns its number, counting from 1. The newest records up to
	// the store's limit are kept; the others are counted as dropped.
	Append(kind string, record ...[]byte) int64
	// Appended returns the kept records of an append-only kind, oldest first, and how many were dropped before them.
	Appended(kind string) (records [][]byte, dropped int64)
	// Next counts up a counter and returns its new value, 1 for the first.
	Next(counter string) int64
}

// Read decodes the record of a kind under a key into the value that into points at.
func Read(tx Tx, kind, key string, into any) (bool, error) {
	record, ok := tx.Get(kind, key)
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(record, into); err != nil {
		return false, fmt.Errorf("state: record %s of kind %s: %w", key, kind, err)
	}
	return true, nil
}

// Write encodes v and puts it under a key.
func Write(tx Tx, kind, key string, v any) error {
	record, err := json.Marshal(v)
	if err != nil {
		return errors.Join(fmt.Errorf("state: record %s of kind %s", key, kind), err)
	}
	if m, ok := tx.(*memoryTx); ok {
		m.put(kind, key, record) // nobody else has it: no copy is needed
		return nil
	}
	tx.Put(kind, key, record)
	return nil
}

// Append adds a record given in parts to an append-only kind, as [Tx.Append] does, for whoever does not need its number: then a
// step that only adds holds the session for the commit alone. And the parts may live on the caller's stack, which they could
// not where only the interface is known.
func Append(tx Tx, kind string, parts ...[]byte) {
	if m, ok := tx.(*memoryTx); ok {
		m.append(kind, parts)
		return
	}
	tx.Append(kind, slices.Concat(parts...))
}
