package behave

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// held is what a session keeps of a record that was put or deleted. What was generated itself is never stored.
type held struct {
	Gone bool `json:"gone,omitempty"`
	// Revision is that of a reservation.
	Revision int          `json:"revision,omitempty"`
	Value    value.Record `json:"-"`
}

func (h held) write(tx state.Tx, stored, key string) error {
	type head held
	record, err := compact(struct {
		head
		Value any `json:"value,omitempty"`
	}{head(h), flat(h.Value)})
	if err != nil {
		return fmt.Errorf("%w: a value that JSON cannot hold", ErrInvalid)
	}
	tx.Put(stored, key, record)
	return nil
}

func readHeld(record []byte) (held, error) {
	r, err := decodeRecord(record)
	if err != nil {
		return held{}, err
	}
	revision, _ := value.Whole(r, "revision")
	gone, _ := r["gone"].(bool)
	return held{Gone: gone, Revision: int(revision), Value: value.Object(r, "value")}, nil
}

// heldUnder is what is held under a key; nothing is the zero value.
func heldUnder(tx state.Tx, stored, key string) (held, error) {
	record, ok := tx.Get(stored, key)
	if !ok {
		return held{}, nil
	}
	return readHeld(record)
}

// changes are all that is held of a kind.
type changes struct {
	keys  []string // in the order of the first put or deletion
	byKey map[string]held
}

func changesOf(tx state.Tx, stored string) (changes, error) {
	var c changes
	var err error
	tx.Each(stored, func(key string, record []byte) bool {
		var h held
		if h, err = readHeld(record); err != nil {
			return false
		}
		if c.byKey == nil {
			c.byKey = map[string]held{}
		}
		c.keys, c.byKey[key] = append(c.keys, key), h
		return true
	})
	return c, err
}

// flat is a value as JSON can hold it: a day as text, an instant as milliseconds.
func flat(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return nil
		}
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = flat(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = flat(item)
		}
		return out
	case value.Day:
		return v.String()
	case time.Time:
		return json.Number(strconv.FormatInt(v.UnixMilli(), 10))
	}
	return v
}

// plainPatch is a patch as a caller of Go may build it, in the values that JSON has; nothing of it is shared.
func plainPatch(patch value.Record) (value.Record, error) {
	text, err := compact(daysAsText(patch))
	if err != nil {
		return nil, fmt.Errorf("%w: a value that JSON cannot hold", ErrInvalid)
	}
	plain, err := decodeRecord(text)
	if plain == nil {
		plain = value.Record{}
	}
	return plain, err
}

// daysAsText writes the days of a record, which JSON does not have, as texts.
func daysAsText(r value.Record) value.Record {
	out := maps.Clone(r)
	for name, v := range out {
		if day, ok := v.(value.Day); ok {
			out[name] = day.String()
		}
	}
	return out
}

// merged is a record with the members of a patch in the place of its own.
func merged(record, patch value.Record) value.Record {
	out := make(value.Record, len(record)+len(patch))
	maps.Copy(out, record)
	maps.Copy(out, patch)
	return out
}

// keyText is a key as a member writes it, as text or as number.
func keyText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

// agrees says whether a patch leaves a member to the key, or says the same.
func agrees(patch value.Record, member, key string) error {
	if v, given := patch[member]; given && keyText(v) != key {
		return fmt.Errorf("%w: the member %s contradicts the key", ErrInvalid, member)
	}
	return nil
}
