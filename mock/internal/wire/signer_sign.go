package wire

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/specs"
)

// SignOptions says how Sign fills a call in.
type SignOptions struct {
	// Now is the time of the call; zero is the present.
	Now time.Time
	// Nonce is the text to use as nonce; "" takes a random one of 32 hexadecimal digits.
	Nonce string
	// Keep names what is not to be filled in: it stays as it is, given or absent. Nil keeps nothing.
	Keep func(name string) bool
	// Number names the members of a body that are written as numbers. Nil writes texts.
	Number func(name string) bool
}

// Signed is what Sign did.
type Signed struct {
	// Text is the signature; "" when it was to be kept absent.
	Text string
	// Canonical is the text that was signed, the secret in it as $ and its slot. It holds whatever the call holds.
	Canonical string
	Digest    string
	// At is where the signature stands.
	At specs.Location
}

// Sign puts the caller's id, the name of the digest, the time, the nonce and the signature into a call, each unless it is
// there. Where one of them stands in a form, the body is written anew from the pairs. Errors are about a body that has no
// place for a member.
func (s *Signer) Sign(m *Message, o SignOptions) (*Signed, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Nonce == "" {
		random := make([]byte, 16)
		rand.Read(random) // never fails: see crypto/rand
		o.Nonce = hex.EncodeToString(random)
	}
	for _, one := range []struct{ at, value string }{
		{s.sign.KeyParameter, s.key}, {s.sign.TimeParameter, formatTime(s.sign.TimeForm, o.Now)},
		{s.sign.MethodParameter, s.sign.Digests[0]}, {s.sign.NonceParameter, o.Nonce},
	} {
		if err := s.fill(m, s.location(one.at), one.value, o); err != nil {
			return nil, err
		}
	}
	done := &Signed{At: s.location(s.sign.Parameter), Canonical: s.Canonical(m, func(string) bool { return true })}
	var ok bool
	if done.Digest, ok = s.digestOf(m); !ok {
		done.Digest = s.sign.Digests[0]
	}
	text, err := s.signature(m, done.Digest)
	if err != nil {
		return nil, err
	}
	if err := s.fill(m, done.At, text, o); err != nil {
		return nil, err
	}
	done.Text, _ = s.valueAt(m, done.At)
	return done, nil
}

// signature computes the signature of a call as it stands.
func (s *Signer) signature(m *Message, digest string) (string, error) {
	if s.isTOP() {
		return Sign(m.Pairs, s.topConfig(digest, nil))
	}
	d, _ := digestNamed(digest)
	return s.written(d.sum(s.secret, s.composed(m, m.Path, nil).text(s.secret)))[0], nil
}

// fill puts a value where it belongs, unless there is one or it is to be kept as it is.
func (s *Signer) fill(m *Message, l specs.Location, value string, o SignOptions) error {
	place, name := l.Split()
	if place == "" || value == "" || o.Keep != nil && o.Keep(l.Name()) {
		return nil
	}
	if _, n := s.valueAt(m, l); n > 0 {
		return nil
	}
	switch place {
	case specs.PlaceHeader:
		if m.Header == nil {
			m.Header = http.Header{}
		}
		m.Header.Set(name, value)
	case specs.PlaceBody:
		raw, err := marshalText(value)
		if err != nil {
			return err
		}
		if o.Number != nil && o.Number(l.Name()) && json.Valid([]byte(value)) {
			raw = []byte(value)
		}
		if m.Body, err = PutMember(m.Body, l.Pointer(), raw); err != nil {
			return fmt.Errorf("sign: %s: %w", l, err)
		}
		if s.sign.Opened {
			m.Opened = nil
		}
	default:
		in := InQuery
		if place == specs.PlaceForm || place == specs.PlaceParameter && m.hasForm() {
			in = InForm
		}
		m.Pairs = append(slices.Clip(m.Pairs), Pair{Name: name, Value: value, In: in})
		if in == InForm {
			m.Body = []byte(encodePairs(m.Pairs, InForm))
		} else if m.RawQuery != "" {
			m.RawQuery += "&" + encodePairs(Pairs{{Name: name, Value: value, In: InQuery}}, InQuery)
		}
	}
	return nil
}

// hasForm says whether the body is a form.
func (m *Message) hasForm() bool {
	if slices.ContainsFunc(m.Pairs, func(p Pair) bool { return p.In == InForm }) {
		return true
	}
	return strings.HasPrefix(strings.ToLower(m.Header.Get("Content-Type")), "application/x-www-form-urlencoded")
}
