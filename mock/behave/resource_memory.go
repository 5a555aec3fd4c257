package behave

import (
	"strings"
	"unsafe"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// presented is all that a representation in the reply of an operation is a function of.
type presented struct {
	moment
	operation *resourceOperation
	key       string
	// record is what is stored, "" for one that nobody has changed.
	record string
}

// mostPresented bounds what of representations is remembered, in bytes.
const mostPresented = 2 << 20

// recall answers a read with a representation as it was presented before. Where more than the key says what is meant, or
// something new stands around the representation, nothing is remembered; the moment then says nothing.
func (o *resourceOperation) recall(tx state.Tx, c *Call) (known *value.Fixed, at presented) {
	if o.bare || o.body != "" || len(o.says.Parents) > 0 || len(o.kind.beside) > 0 {
		return nil, at
	}
	data, listed := c.Data[o.kind.name]
	if listed && len(data) == 0 || o.kind.hangsOnData(c.World) {
		return nil, at
	}
	v, _ := c.argument(o.says.Parameter)
	at = presented{momentOf(c.World, data), o, scalarText(v), ""}
	if record, changed := tx.Get(o.kind.stored, at.key); len(record) > 0 {
		at.record = unsafe.String(&record[0], len(record)) // the store's, and never changed; it is copied when it is kept
	} else if changed {
		return nil, presented{}
	}
	known, _ = o.memory.find(at)
	return known, at
}

// keep remembers a representation that was found, and answers with it.
func (o *resourceOperation) keep(c *Call, at presented, v value.Record) *value.Fixed {
	at.key, at.record = strings.Clone(at.key), strings.Clone(at.record)
	w := &World{Seed: c.Seed, Start: c.Start}
	made := func() any {
		held := v
		if at.record != "" {
			h, _ := readHeld([]byte(at.record)) // it was read before
			held = h.Value
		}
		return o.present(held, o.one, w, o.kind.source(w, o.kind.place(at.key, nil)))
	}
	weight := 512 + 3*len(at.record)
	if at.record == "" {
		weight = 4 << 10
	} else {
		v = nil
	}
	return o.memory.remember(at, value.Fix(made), weight)
}
