package state

// kind holds records in the order of their first Put; a deleted key leaves an empty place until the next compaction.
type kind struct {
	place map[string]int
	rows  []row
}

type row struct {
	key    string
	record []byte
	gone   bool
}

func (k *kind) clone() *kind {
	c := &kind{place: map[string]int{}}
	if k != nil {
		for _, r := range k.rows {
			if !r.gone {
				c.apply(r.key, r.record)
			}
		}
	}
	return c
}

// apply writes or deletes a record and returns by how many bytes the kind grew.
func (k *kind) apply(key string, record []byte) int {
	at, known := k.place[key]
	switch {
	case record == nil && known:
		freed := len(key) + len(k.rows[at].record)
		k.rows[at] = row{gone: true}
		delete(k.place, key)
		if len(k.rows) > 32 && len(k.place) < len(k.rows)/2 {
			*k = *k.clone()
		}
		return -freed
	case record == nil:
		return 0
	case known:
		before := len(k.rows[at].record)
		k.rows[at].record = record
		return len(record) - before
	}
	k.place[key] = len(k.rows)
	k.rows = append(k.rows, row{key: key, record: record})
	return len(key) + len(record)
}

// log holds the newest records of an append-only kind in a ring, so that a full one takes no memory but the record's.
type log struct {
	ring    [][]byte
	first   int // the place of the oldest
	held    int
	bytes   int
	dropped int64
}

// add appends and lets the oldest go beyond keep records or most bytes; the newest is kept whatever its size.
func (l *log) add(record []byte, keep, most int) {
	l.bytes += len(record)
	for l.held > 0 && (l.held >= keep || l.bytes > most) {
		oldest := l.at(0)
		l.bytes -= len(*oldest)
		*oldest = nil
		l.first = (l.first + 1) % len(l.ring)
		l.held--
		l.dropped++
	}
	if l.held == len(l.ring) {
		grown := make([][]byte, min(max(8, 2*len(l.ring)), max(keep, 1)))
		for i := range l.held {
			grown[i] = *l.at(i)
		}
		l.ring, l.first = grown, 0
	}
	*l.at(l.held) = record
	l.held++
}

// at is the i-th place, 0 being that of the oldest record.
func (l *log) at(i int) *[]byte { return &l.ring[(l.first+i)%len(l.ring)] }

// list is a copy of what is kept, oldest first.
func (l *log) list() [][]byte {
	if l.held == 0 {
		return nil
	}
	list := make([][]byte, l.held)
	for i := range list {
		list[i] = *l.at(i)
	}
	return list
}

// copy is a log of its own with the same records.
func (l *log) copy(room int) log {
	c := log{ring: make([][]byte, l.held+room), held: l.held, bytes: l.bytes, dropped: l.dropped}
	for i := range l.held {
		c.ring[i] = *l.at(i)
	}
	return c
}
