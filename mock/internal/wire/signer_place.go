package wire

import (
	"net/http"
	"slices"
	"strings"

	"understudy/specs"
)

// located is a place of a contract's statement, taken apart once.
type located struct {
	at specs.Location
	// place and key are where and under what the value is looked up: a header's canonical name, a member's pointer.
	place, key string
	// name is what the value is called.
	name string
}

func locate(l specs.Location) located {
	place, name := l.Split()
	one := located{at: l, place: place, key: name, name: l.Name()}
	switch place {
	case specs.PlaceHeader:
		one.key = http.CanonicalHeaderKey(name)
	case specs.PlaceBody:
		one.key = l.Pointer()
	}
	return one
}

// read is the value at a place, and how often it stands there.
func (s *Signer) read(m *Message, l *located) (string, int) {
	switch l.place {
	case specs.PlaceHeader:
		if list := m.Header[l.key]; len(list) > 0 {
			return strings.TrimSpace(list[0]), len(list)
		}
	case specs.PlaceBody:
		if raw, ok := Member(s.bodyOf(m), l.key); ok && len(raw) > 0 {
			return signedText(raw), 1
		}
	case specs.PlaceParameter:
		return m.Pairs.Get(l.key)
	case specs.PlaceQuery, specs.PlaceForm:
		value, n := "", 0
		for i := range m.Pairs {
			if p := &m.Pairs[i]; p.In == l.place && p.Name == l.key {
				if n == 0 {
					value = p.Value
				}
				n++
			}
		}
		return value, n
	}
	return "", 0
}

// The values of a call that a signature needs, in the order in which they are looked for; the signature is the last one.
const (
	valueKey = iota
	valueTime
	valueNonce
	valueDigest
	valueSignature
	valueCount
)

// due are the places of those values; those that a contract does not have stay zero.
func (s *Signer) due() (all [valueCount]located) {
	for i, name := range [valueCount]string{s.sign.KeyParameter, s.sign.TimeParameter, s.sign.NonceParameter, s.sign.MethodParameter, s.sign.Parameter} {
		if name != "" {
			all[i] = locate(s.location(name))
		}
	}
	return all
}

// present takes the values from a call, and refuses what is missing or given twice. Of a gateway's parameters none may stand
// twice; elsewhere that is for the contract to say, but for those that the signature needs.
func (s *Signer) present(m *Message) (values [valueCount]string, failed *Fault) {
	if s.isTOP() {
		if name, twice := m.Pairs.twice(); twice {
			return values, fault(specs.InvalidParameter, name, "parameter-twice", "name", clip(name))
		}
	}
	own := &s.places[valueSignature]
	for i := range s.places {
		l := &s.places[i]
		if l.at == "" && i != valueSignature {
			continue
		}
		value, n := s.read(m, l)
		switch {
		case n > 1:
			return values, fault(specs.InvalidParameter, l.name, "parameter-twice", "name", clip(l.name))
		case value == "" && l.at != own.at:
			return values, fault(specs.MissingParameter, l.name, "missing-parameter", "name", l.name)
		}
		values[i] = value
	}
	return values, nil
}

// fewPairs is up to how many pairs are compared with each other, which needs no memory.
const fewPairs = 40

// twice finds the first name that has stood before.
func (p Pairs) twice() (name string, found bool) {
	if len(p) > fewPairs {
		seen := make(map[string]bool, len(p))
		for i := range p {
			if seen[p[i].Name] {
				return p[i].Name, true
			}
			seen[p[i].Name] = true
		}
		return "", false
	}
	for i := range p {
		if slices.ContainsFunc(p[:i], func(before Pair) bool { return before.Name == p[i].Name }) {
			return p[i].Name, true
		}
	}
	return "", false
}
