package schema

import (
	"encoding/binary"
	"hash/maphash"
	"unsafe"
)

// seenName is a member's name that no schema declares.
type seenName struct {
	name string // a part of the text, or of the buffer of texts without escapes
	key  uint64 // equal for equal names
}

// fewNames are compared one with another.
const fewNames = 16

// nameKey is made of the length and the first bytes: it tells most names of one object apart.
func nameKey(name string) uint64 {
	key := uint64(len(name)) << 56
	if len(name) >= 8 {
		return key ^ binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(name), 8))
	}
	for i := range len(name) {
		key ^= uint64(name[i]) << (8 * i)
	}
	return key
}

// addName remembers a name of the object whose stacks begin at before; false is one that it has already.
func (s *scan) addName(before mark, name string) bool {
	names := s.names[before.names:]
	if len(names) < fewNames {
		key := nameKey(name)
		for i := range names {
			if names[i].key == key && names[i].name == name {
				return false
			}
		}
		s.names = append(s.names, seenName{name, key})
		return true
	}
	if len(s.table) == before.table || 2*len(names) >= len(s.table)-before.table {
		s.grow(before)
		names = s.names[before.names:]
	}
	table := s.table[before.table:]
	key := maphash.String(s.seed, name)
	slot := int(key) & (len(table) - 1)
	for table[slot] != 0 {
		if known := &names[table[slot]-1]; known.key == key && known.name == name {
			return false
		}
		slot = (slot + 1) & (len(table) - 1)
	}
	s.names = append(s.names, seenName{name, key})
	table[slot] = uint32(len(names) + 1)
	return true
}

// grow makes the table of an object's names, or one twice as large. The keys of names in a table are not to be foreseen by
// who sends them.
func (s *scan) grow(before mark) {
	size := max(8*fewNames, 2*(len(s.table)-before.table))
	first := len(s.table) == before.table
	s.table = s.table[:before.table]
	for range size {
		s.table = append(s.table, 0)
	}
	table, names := s.table[before.table:], s.names[before.names:]
	for i := range names {
		if first {
			names[i].key = maphash.String(s.seed, names[i].name)
		}
		slot := int(names[i].key) & (size - 1)
		for table[slot] != 0 {
			slot = (slot + 1) & (size - 1)
		}
		table[slot] = uint32(i + 1)
	}
}

// edges are the first and the last eight bytes of a text of up to sixteen; those of a shorter one are under the mask. The
// zero value is that of a longer text.
type edges struct{ mask, head, tail uint64 }

func edgesOf(text string) (e edges) {
	switch n := len(text); {
	case n == 0 || n > 16:
	case n < 8:
		e.mask = 1<<(8*n) - 1
		for i := range n {
			e.head |= uint64(text[i]) << (8 * i)
		}
	default:
		e = edges{^uint64(0), eightOf(text), eightOf(text[n-8:])}
	}
	return e
}

// stands says whether the name of a member stands at a place of a text, the way most write it.
func (m *member) stands(text string, at int) bool {
	n := len(m.quoted)
	if m.edges.mask != 0 && at+16 <= len(text) {
		return eightOf(text[at:])&m.edges.mask == m.edges.head && (n <= 8 || eightOf(text[at+n-8:]) == m.edges.tail)
	}
	return n > 0 && at+n <= len(text) && text[at:at+n] == m.quoted
}
