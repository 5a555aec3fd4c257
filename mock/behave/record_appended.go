package behave

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// appendedKind makes records of what callers sent and the store appended: they are listed, and deleted by a mark, since such
// a kind keeps what it has.
func appendedKind(k Kind, stored string, read func(number int64, record []byte) (Record, error)) kind {
	k.ReadOnly = true
	list := func(tx state.Tx, _ *World, _ time.Time) ([]Record, error) {
		records, dropped := tx.Appended(stored)
		list := make([]Record, 0, len(records))
		for i, record := range records {
			r, err := read(dropped+int64(i)+1, record)
			if err != nil {
				return nil, err
			}
			r.Origin = Received
			if _, gone := tx.Get(deletedOf(stored), r.Key); !gone {
				list = append(list, r)
			}
		}
		return list, nil
	}
	return kind{Kind: k, list: list, delete: func(tx state.Tx, w *World, now time.Time, key string) (bool, error) {
		records, err := list(tx, w, now)
		for _, r := range records {
			if r.Key == key {
				tx.Put(deletedOf(stored), key, nil)
				return true, nil
			}
		}
		return false, err
	}}
}

func deletedOf(stored string) string { return "deleted " + stored }

// decodeRecord reads a stored record; numbers stay as they were written.
func decodeRecord(text []byte) (value.Record, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var r value.Record
	if err := d.Decode(&r); err != nil {
		return nil, errors.New("a stored record is unreadable")
	}
	return r, nil
}
