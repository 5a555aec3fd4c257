// Package pseudonym puts one datum in another's place: of the same form, always the same one for the same datum, never the same
// one for two, and not to be led back without the key.
//
// Whoever reads a pseudonym can tell that it is one, since it stands where no real datum does ([Is] says so):
//
//   - identity numbers begin with 3399, which GB/T 2260 gives to no place;
//   - mobile numbers begin with 154, which is given to no network;
//   - Chinese names and texts consist of a closed list of characters, names with one of some thirty rare surnames; names and
//     messages in Latin letters have none but j, k, q, v, w, x, y and z;
//   - addresses of mail are at example.com (RFC 2606);
//   - every other text of letters and digits ends with check characters that follow from what stands before them.
//
// A day of birth is another one of the same five years and cannot be told from a real one.
package pseudonym

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/detect"
)

// The kinds of data: those of x-sensitive, and what only formats and detectors tell.
const (
	Name       = "name"
	IDCard     = "id-card"
	Mobile     = "mobile"
	BirthDate  = "birth-date"
	HealthCard = "health-card"
	PersonID   = "person-id"
	Message    = "message"
	Token      = "token"
	Secret     = "secret"
	Email      = "email"
	// Text is any other text: nobody has said what it holds.
	Text = "text"
)

// Maker makes pseudonyms. It is safe for concurrent use.
type Maker struct {
	key []byte

	mu sync.Mutex
	// made has the pseudonyms of a datum, by kind and datum: the first, and more where a place asked for another form.
	made map[string][]string
	// owner has whose a pseudonym is; real are the data seen, none of which may be a pseudonym.
	owner map[string]string
	real  map[string]bool
	// days are the orders of the days of birth, by the band's first.
	days map[int][]int
}

// New makes a maker; without a key it has a random one.
func New(key []byte) *Maker {
	if len(key) == 0 {
		key = make([]byte, sha256.Size)
		_, _ = rand.Read(key) // it never fails
	}
	// What the key is used for here is all that can be learnt from it.
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte("understudy pseudonyms 1"))
	return &Maker{key: sum.Sum(nil), made: map[string][]string{}, owner: map[string]string{}, real: map[string]bool{}, days: map[int][]int{}}
}

// longestKey is how long a datum is remembered as it is; of a longer one only a hash is.
const longestKey = 512

// tries bounds how many pseudonyms of one datum are made until one is free and fits.
const tries = 48

// Of is the pseudonym of a datum of a kind. fits says which texts may stand in its place, nil stands for all; otherwise makes
// one that fits where no pseudonym does, from a number, and may be nil. Where nothing fits at all the result is a pseudonym that
// does not. A datum that is an identity number, a mobile number or an address of mail has the pseudonym of one, whatever kind
// its place is of.
func (m *Maker) Of(kind, datum string, fits func(string) bool, otherwise func(number int64) (string, bool)) string {
	if blank(datum) {
		return datum
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := formOf(kind, datum)
	if day, ok := f.(birth); ok {
		if text := day.render(day.make(m, nil, 0)); fits == nil || fits(text) {
			return text // no two days share one
		}
	}
	key := f.kind() + "\x00" + f.canonical()
	if len(key) > longestKey {
		sum := sha256.Sum256([]byte(key))
		key = f.kind() + "\x00" + string(sum[:])
	} else {
		m.real[datum], m.real[f.canonical()] = true, true
	}
	for _, known := range m.made[key] {
		if text := f.render(known); fits == nil || fits(text) {
			return text
		}
	}
	first := ""
	for n := range tries {
		made := f.make(m, m.stream(key, n), n)
		if owner := m.owner[made]; made == f.canonical() || m.real[made] || owner != "" && owner != key || misleading(made) {
			continue
		}
		text := f.render(made)
		if fits == nil || fits(text) {
			m.keep(key, made)
			return text
		}
		if first == "" {
			first = made
		}
		if n >= tries/4 && otherwise != nil {
			break
		}
	}
	if otherwise != nil {
		for n := range tries {
			text, ok := otherwise(int64(m.stream(key, -1-n).uint64() >> 1))
			if owner := m.owner[text]; !ok || text == datum || m.real[text] || owner != "" && owner != key || fits != nil && !fits(text) {
				continue
			}
			m.owner[text] = key
			m.made[key] = append(m.made[key], text)
			return text
		}
	}
	if first == "" {
		first = f.make(m, m.stream(key, tries), tries)
	}
	m.keep(key, first)
	return f.render(first)
}

// misleading says whether chance has put something into a pseudonym that a detector would take for a person's.
func misleading(made string) bool {
	return slices.ContainsFunc(detect.Find(made), func(s detect.Span) bool { return !Found(s.Kind, made[s.Start:s.End]) })
}

// Found says whether what a detector has found is a pseudonym, or belongs to nobody: an address of mail at a host that is set aside
// for examples (RFC 2606).
func Found(kind, text string) bool {
	switch kind {
	case detect.IDCard:
		return Is(IDCard, text)
	case detect.Mobile:
		return Is(Mobile, text)
	case detect.Email:
		_, domain, _ := strings.Cut(strings.ToLower(text), "@")
		for _, aside := range []string{"example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".localhost"} {
			if strings.HasSuffix("."+domain, aside) {
				return true
			}
		}
		return false
	case detect.Token, detect.Cipher:
		plain := detect.Plain(text)
		return StandIn(text) || StandIn(plain) || StandIn(strings.TrimLeft(plain, "+")) // + is a space of a form
	}
	return false
}

func (m *Maker) keep(key, made string) {
	m.owner[made] = key
	m.made[key] = append(m.made[key], made)
}

// blank says whether a text has neither letters nor digits, nor anything beyond ASCII: nothing is to be told of it.
func blank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 || isAlnum(byte(r)) }) < 0
}

// form is what a datum looks like.
type form interface {
	kind() string
	// canonical is the datum without what differs from one writing of it to another.
	canonical() string
	// make makes the n-th pseudonym, in canonical form.
	make(m *Maker, s *stream, n int) string
	// render writes a pseudonym as the datum was written.
	render(made string) string
}

// stream is a row of numbers that follow from the key and from what they are for.
type stream struct {
	mac  func(counter uint64) []byte
	left []byte
	at   uint64
}

func (m *Maker) stream(purpose string, n int) *stream {
	return &stream{mac: func(counter uint64) []byte {
		h := hmac.New(sha256.New, m.key)
		var number [16]byte
		binary.BigEndian.PutUint64(number[:8], uint64(n))
		binary.BigEndian.PutUint64(number[8:], counter)
		h.Write(number[:])
		h.Write([]byte(purpose))
		return h.Sum(nil)
	}}
}

func (s *stream) uint64() uint64 {
	if len(s.left) < 8 {
		s.left = s.mac(s.at)
		s.at++
	}
	v := binary.BigEndian.Uint64(s.left)
	s.left = s.left[8:]
	return v
}

// below is a number of [0, n); n is small, so that the remainder is as good as fair.
func (s *stream) below(n int) int { return int(s.uint64() % uint64(n)) }

func (s *stream) pick(alphabet string) byte { return alphabet[s.below(len(alphabet))] }
