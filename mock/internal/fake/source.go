// Package fake invents believable Chinese data: people, hospitals, check-ups,
// vaccination appointments, tasks, texts. It is the only package that imports
// gofakeit, for its lists of names and words.
//
// Every value is a pure function of (seed, key): the key names the operation,
// the entity and the field, and no value depends on which calls came before.
// So rows keep their content when a page is asked for twice, when two clients
// ask at once, and after a restart. Nothing here reads a clock; functions whose
// data must make sense on a date take that instant. Days are those of UTC+8.
//
// All names, numbers and institutions are put together from small lists by
// chance; none stands for a real person or a real institution.
package fake

import (
	"encoding/binary"
	"math/bits"
)

// Source is one point in the tree of keys. It is a value without hidden state:
// asking the same Source the same question twice gives the same answer twice,
// and different questions to one Source are related. Derive one Source per
// field with Sub or Index, and ask it one question. A Source may be copied and
// used by any number of goroutines. The zero Source works and is one fixed key.
type Source struct {
	key uint64
}

const lowerHex = "0123456789abcdef"

const (
	fnvPrime = 0x100000001b3
	golden   = 0x9e3779b97f4a7c15
	indexTag = 0xd1b54a32d192ed03
)

// New returns the Source of a seed and a key. Every seed is an ordinary one,
// zero included. New(seed, "a", "b") equals New(seed).Sub("a").Sub("b"), and
// part borders count: ("ab", "c") and ("a", "bc") differ.
func New(seed int64, parts ...string) Source {
	return Source{key: mix(uint64(seed) + golden)}.Sub(parts...)
}

// Sub derives the Source of an entity or a field below s.
func (s Source) Sub(parts ...string) Source {
	h := s.key
	for _, part := range parts {
		for i := 0; i < len(part); i++ {
			h = (h ^ uint64(part[i])) * fnvPrime
		}
		h = mix(h + golden*uint64(len(part)+1))
	}
	return Source{key: h}
}

// Index derives the Source of the i-th element of a list below s. It costs
// less than Sub with the number as text, and is a different key.
func (s Source) Index(i int) Source { return s.At(PlaceOf(i)) }

// Place is a place in a list or an object, found out once: s.At(PlaceOf(i)) is s.Index(i).
type Place uint64

// PlaceOf is the i-th place.
func PlaceOf(i int) Place { return Place(mix(uint64(i) + indexTag)) }

// At derives the Source of a place below s.
func (s Source) At(p Place) Source { return Source{key: mix(s.key ^ uint64(p))} }

// Intn returns a number of [0, n), and 0 when n is not positive.
func (s Source) Intn(n int) int {
	st := s.stream()
	return st.intn(n)
}

// Between returns a number of [lo, hi], both included, and lo when hi is less.
func (s Source) Between(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	st := s.stream()
	span := uint64(hi) - uint64(lo) + 1
	if span == 0 {
		return int(st.Uint64())
	}
	high, _ := bits.Mul64(st.Uint64(), span)
	return int(uint64(lo) + high)
}

// Chance says yes with probability p; p ≤ 0 never, p ≥ 1 always.
func (s Source) Chance(p float64) bool {
	st := s.stream()
	return float64(st.Uint64()>>11)/(1<<53) < p
}

// Pick returns one of the texts, and "" when there are none.
func (s Source) Pick(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[s.Intn(len(texts))]
}

// Hex returns n lower-case hexadecimal digits.
func (s Source) Hex(n int) string { return s.hex(lowerHex, n) }

// HexUpper returns n upper-case hexadecimal digits.
func (s Source) HexUpper(n int) string { return s.hex("0123456789ABCDEF", n) }

// Digits returns n decimal digits; the first may be 0.
func (s Source) Digits(n int) string { return string(s.appendDigits(nil, n)) }

func (s Source) appendDigits(dst []byte, n int) []byte {
	st := s.stream()
	return st.appendDigits(dst, n)
}

func (r *stream) appendDigits(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, byte('0'+r.intn(10)))
	}
	return dst
}

// UUID returns a version 4 UUID in lower case (RFC 9562 section 5.4).
func (s Source) UUID() string {
	var text [36]byte
	return string(s.appendUUID(text[:0]))
}

func (s Source) appendUUID(dst []byte) []byte {
	st := s.stream()
	high := st.Uint64()&^0xf000 | 0x4000
	low := st.Uint64()&^(0b11<<62) | 0b10<<62

	var text [36]byte
	middle, second := hexOf(uint32(high)), hexOf(uint32(low>>32))
	binary.BigEndian.PutUint64(text[0:], hexOf(uint32(high>>32)))
	binary.BigEndian.PutUint32(text[9:], uint32(middle>>32))
	binary.BigEndian.PutUint32(text[14:], uint32(middle))
	binary.BigEndian.PutUint32(text[19:], uint32(second>>32))
	binary.BigEndian.PutUint32(text[24:], uint32(second))
	binary.BigEndian.PutUint64(text[28:], hexOf(uint32(low)))
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return append(dst, text[:]...)
}

// hexOf is the eight lower-case digits of a number, the first one in the highest byte.
func hexOf(n uint32) uint64 {
	const ones = 0x0101010101010101
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & (0x0f * ones)
	letters := (x + 6*ones) >> 4 & ones // ten and more carry into the next four bits
	return x + '0'*ones + letters*('a'-'0'-10)
}

func (s Source) hex(alphabet string, n int) string { return string(s.appendHex(nil, alphabet, n)) }

func (s Source) appendHex(dst []byte, alphabet string, n int) []byte {
	st := s.stream()
	var nibbles uint64
	for i := range n {
		if i%16 == 0 {
			nibbles = st.Uint64()
		}
		dst = append(dst, alphabet[nibbles&15])
		nibbles >>= 4
	}
	return dst
}

// han picks one character of a text that holds only three-byte characters,
// which is what every Chinese list of this package is.
func (s Source) han(list string) string {
	i := 3 * s.Intn(len(list)/3)
	return list[i : i+3]
}

func (s Source) stream() stream { return stream{state: s.key} }

// stream is SplitMix64 (Steele, Lea, Flood 2014).
type stream struct {
	state uint64
}

// Uint64 returns the next 64 bits.
func (r *stream) Uint64() uint64 {
	r.state += golden
	return mix(r.state)
}

// pick returns one of the texts, of which there are some.
func (r *stream) pick(texts []string) string { return texts[r.intn(len(texts))] }

func (r *stream) intn(n int) int {
	if n <= 0 {
		return 0
	}
	high, _ := bits.Mul64(r.Uint64(), uint64(n))
	return int(high)
}

// mix is the finaliser of SplitMix64: every input bit reaches every output bit.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
