package wire

import (
	"net/url"
	"slices"
	"strings"

	"understudy/specs"
)

// composed makes the composition of a call. show says which values may be shown; nil leaves all of them, and is for
// computing.
func (s *Signer) composed(m *Message, path string, show func(name string) bool) *composition {
	sign := s.sign
	f := sign.Fields
	if f == nil {
		f = &specs.SignFields{}
	}
	c := &composition{
		parts: sign.Parts, join: sign.Join, only: f.Only, keepEmpty: f.Empty == "keep", namesOut: f.ValuesOnly,
		wrap: sign.Wrap, pair: sign.Pair, method: m.Method, path: path, query: m.RawQuery, body: s.bodyOf(m),
	}
	if len(c.parts) == 0 {
		c.parts = []string{"fields"}
	}
	if c.pair == "" {
		c.pair = "key"
	}
	if f.Order == "listed" {
		c.order = asListed
	}
	if f.Values == "escaped" {
		c.escape = percentEscape
	}
	c.equals, c.pairs = f.Joints()
	if c.query == "" {
		c.query = encodePairs(m.Pairs, InQuery)
	}
	c.show = show
	c.hide = func(name, value string) string {
		if show == nil || value == "" || show(name) && !strings.Contains(value, s.secret) {
			return value
		}
		return masked
	}
	value := func(l specs.Location) string {
		v, _ := s.valueAt(m, l)
		return c.hide(l.Name(), v)
	}
	c.at = value
	c.key, c.time, c.nonce = value(specs.Location(sign.KeyParameter)), value(specs.Location(sign.TimeParameter)), value(specs.Location(sign.NonceParameter))
	if show != nil {
		c.query, c.body = c.hide("", c.query), []byte(c.hide("", string(c.body)))
	}
	for _, p := range s.sources(m, f) {
		if s.isSigned(f, p) {
			p.Value = c.hide(p.Name, p.Value)
			c.all = append(c.all, p)
		}
	}
	if !c.keepEmpty {
		return c
	}
	for _, name := range f.Only {
		if _, n := c.all.Get(name); n == 0 {
			c.all = append(c.all, Pair{Name: name})
		}
	}
	return c
}

// sources lists every pair of the places that fields are taken from.
func (s *Signer) sources(m *Message, f *specs.SignFields) Pairs {
	from := f.From
	if len(from) == 0 {
		from = []string{InQuery, InForm}
	}
	var all Pairs
	for _, place := range from {
		switch place {
		case inBody:
			list, _ := rawMembers(s.bodyOf(m))
			for _, one := range list {
				all = append(all, Pair{Name: one.name, Value: signedText(one.raw), In: inBody})
			}
		case inHeader:
			for _, name := range s.headers(f) {
				if values := m.Header.Values(name); len(values) > 0 {
					all = append(all, Pair{Name: name, Value: strings.TrimSpace(values[0]), In: inHeader})
				}
			}
		default:
			for _, p := range m.Pairs {
				if p.In == place {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// headers are the names of the headers that are signed as pairs, as the contract writes them.
func (s *Signer) headers(f *specs.SignFields) []string {
	if len(f.Only) > 0 {
		return f.Only
	}
	var names []string
	for _, l := range s.locations() {
		if place, name := l.Split(); place == specs.PlaceHeader {
			names = append(names, name)
		}
	}
	return names
}

// isSigned says whether a pair is one of those that are signed: never the signature itself.
func (s *Signer) isSigned(f *specs.SignFields, p Pair) bool {
	if s.isSignature(p) || slices.Contains(f.Except, p.Name) {
		return false
	}
	return len(f.Only) == 0 || slices.Contains(f.Only, p.Name)
}

func (s *Signer) isSignature(p Pair) bool {
	own := specs.Location(s.sign.Parameter)
	switch place := own.Place(); place {
	case specs.PlaceHeader:
		return p.In == inHeader && strings.EqualFold(p.Name, own.Name())
	case specs.PlaceParameter:
		return (p.In == InQuery || p.In == InForm) && p.Name == own.Name()
	case specs.PlaceBody:
		return p.In == inBody && own.Pointer() == "/"+specs.EscapePointer(p.Name)
	default:
		return p.In == place && p.Name == own.Name()
	}
}

// bodyOf is the body that the signature is about.
func (s *Signer) bodyOf(m *Message) []byte {
	if s.sign.Opened && m.Opened != nil {
		return m.Opened
	}
	return m.Body
}

// valueAt is the value at a place, and how often it stands there.
func (s *Signer) valueAt(m *Message, l specs.Location) (string, int) {
	one := locate(l)
	return s.read(m, &one)
}

// encodePairs writes the pairs of one place as they travel.
func encodePairs(pairs Pairs, in string) string {
	var b strings.Builder
	for _, p := range pairs {
		if p.In != in {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}
