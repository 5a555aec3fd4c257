package mock

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"understudy/mock/internal/session"
)

// Errors of [Server.NewSession].
var (
	ErrSessionExists = session.ErrExists
	ErrSessionName   = session.ErrName
	ErrSessionLimit  = session.ErrLimit
)

// SessionConfig sets up a session that is made on purpose. The zero value makes what a caller gets that names a new
// session, under a minted name.
type SessionConfig struct {
	// Name has 1 to 64 letters, digits, '.', '_' or '-'; "" mints one.
	Name string
	// Seed decides the session's data; nil derives one from the server's and the name.
	Seed *int64
	// Readings are laid over the server's: unclear clause → name of a reading.
	Readings map[string]string
	// SignatureWindow is the time that the timestamp of a signed call is held to: real (the usual one), session or off.
	SignatureWindow string
	// OwnCredentials gives every slot of every vendor a value of this session's own. A caller that shows one of them in
	// the clear finds the session by it, without prefix or header.
	OwnCredentials bool
	// Credentials are given values, by vendor and slot, laid over the others.
	Credentials map[string]Credentials
	// Faults are added to the server's.
	Faults []Fault
}

// NewSession makes a session. Its errors are [ErrSessionExists], [ErrSessionName] and [ErrSessionLimit], or say what else
// of the config is wrong, all of it at once; they hold no credential.
func (s *Server) NewSession(c SessionConfig) (*Session, error) {
	if c.Name == "" {
		c.Name = mintedName()
	}
	l, err := s.prepare(c)
	if err != nil {
		return nil, err
	}
	_, err = s.sessions.Make(c.Name, func(w *session.Session) any {
		if c.Seed != nil {
			w.SetSeed(*c.Seed)
		}
		return l
	})
	if err != nil {
		return nil, err
	}
	if l.own != nil {
		if err := s.owners.add(c.Name, s.identifying(l.own)); err != nil {
			s.sessions.Drop(c.Name)
			return nil, err
		}
	}
	return &Session{server: s, name: c.Name}, nil
}

// prepare checks a config and makes the life of its session.
func (s *Server) prepare(c SessionConfig) (*life, error) {
	l := &life{}
	window := s.window
	if c.SignatureWindow != "" {
		window = c.SignatureWindow
	}
	problems := []error{checkWindow(window)}
	l.window.Store(&window)
	if c.OwnCredentials {
		l.own = s.ownCredentials(c.Name)
	}
	for vendor, slots := range c.Credentials {
		if _, ok := s.base.vendor(vendor); !ok {
			problems = append(problems, fmt.Errorf("credentials for %s: no such vendor is played", quote(vendor)))
			continue
		}
		if l.own == nil {
			l.own = map[string]Credentials{}
		}
		all := Credentials{}
		maps.Copy(all, l.own[vendor])
		maps.Copy(all, slots)
		l.own[vendor] = all
	}
	for _, f := range append(append([]Fault{}, s.config.Faults...), c.Faults...) {
		if err := f.Check(s.Contracts()); err != nil {
			problems = append(problems, err)
		} else if _, err := l.faults.Add(f); err != nil {
			problems = append(problems, err)
		}
	}
	v := s.base
	if len(c.Readings) > 0 || l.own != nil {
		var err error
		if v, err = s.variant(s.readingsOver(c.Readings), l.own); err != nil {
			problems = append(problems, err)
		}
	}
	l.variant.Store(v)
	return l, errors.Join(problems...)
}

// variant is what a session plays under readings and with its own credentials laid over the server's.
func (s *Server) variant(readings map[string]string, own map[string]Credentials) (*variant, error) {
	credentials := map[string]Credentials{}
	for _, v := range s.base.vendors {
		credentials[v.contract.Vendor] = v.credentials.clone()
		maps.Copy(credentials[v.contract.Vendor], own[v.contract.Vendor])
	}
	return newVariant(s.contracts, readings, credentials)
}

// readingsOver lays a choice of readings over the server's.
func (s *Server) readingsOver(chosen map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, s.config.Readings)
	maps.Copy(all, chosen)
	return all
}

func mintedName() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return "s-" + hex.EncodeToString(b[:])
}

// ownCredentials derives credentials for a session: each as long and as written as the server's own, the same for the
// same name and server, and not to be guessed by who does not know the server's.
func (s *Server) ownCredentials(name string) map[string]Credentials {
	own := map[string]Credentials{}
	for _, v := range s.base.vendors {
		of := Credentials{}
		for slot, common := range v.credentials {
			mine := Credential{Text: s.ownText(name, v, slot, common.Text)}
			for _, t := range common.Tokens {
				mine.Tokens = append(mine.Tokens, Token{Value: s.ownText(name, v, slot, t.Value), Account: t.Account})
			}
			of[slot] = mine
		}
		own[v.contract.Vendor] = of
	}
	return own
}

// ownText writes a keyed digest in the shape of a text: digits for digits, letters for letters in their case (a to f
// where the text has no others), all else as it stands. So a key keeps its length, and an app_key its look.
func (s *Server) ownText(session string, v *vendor, slot, text string) string {
	out := []byte(text)
	letters := byte(26)
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 'g' && r <= 'z' || r >= 'G' && r <= 'Z' }) {
		letters = 6
	}
	var stream []byte
	for i := range out {
		if len(stream) == 0 {
			h := hmac.New(sha256.New, v.tokenKey)
			fmt.Fprintf(h, "own credential\x00%s\x00%s\x00%s\x00%d", session, slot, text, i)
			stream = h.Sum(nil)
		}
		b := stream[0]
		stream = stream[1:]
		switch c := out[i]; {
		case c >= '0' && c <= '9':
			out[i] = '0' + b%10
		case c >= 'a' && c <= 'z':
			out[i] = 'a' + b%letters
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + b%letters
		}
	}
	return string(out)
}

// SessionInfo is how a session stands.
type SessionInfo struct {
	Name string `json:"name"`
	// Prefix is the path prefix under which every vendor answers in it.
	Prefix string    `json:"prefix"`
	Seed   int64     `json:"seed"`
	Now    time.Time `json:"now"`
	// Clock is running or frozen, Shift how far a running one is from real time.
	Clock           string            `json:"clock"`
	Shift           time.Duration     `json:"-"`
	Readings        map[string]string `json:"readings"`
	SignatureWindow string            `json:"signatureWindow"`
	OwnCredentials  bool              `json:"ownCredentials"`
	// Made is real time.
	Made time.Time `json:"made"`
	// Exchanges counts what the journal keeps, Dropped what it had to let go.
	Exchanges int   `json:"exchanges"`
	Dropped   int64 `json:"dropped"`
}

// LookupSession returns a session that is there; unlike [Server.Session] it makes none.
func (s *Server) LookupSession(name string) (*Session, bool) {
	if _, ok := s.sessions.Lookup(name); !ok {
		return nil, false
	}
	return &Session{server: s, name: name}, true
}

// Info tells how the session stands.
func (s *Session) Info() SessionInfo {
	w := s.world()
	l := lifeOf(w)
	now, frozen, shift := w.Clock.State()
	kept, dropped := w.Journal.All()
	info := SessionInfo{
		Name: s.name, Prefix: s.Prefix(), Seed: w.Seed(), Now: now, Clock: "running", Shift: shift, Readings: maps.Clone(l.variant.Load().readings),
		SignatureWindow: *l.window.Load(), OwnCredentials: l.own != nil, Made: w.Made, Exchanges: len(kept), Dropped: dropped,
	}
	if frozen {
		info.Clock, info.Shift = "frozen", 0
	}
	if info.Readings == nil {
		info.Readings = map[string]string{}
	}
	return info
}

// Credentials returns what a vendor takes in this session.
func (s *Session) Credentials(vendor string) Credentials {
	v, ok := lifeOf(s.world()).variant.Load().vendor(vendor)
	if !ok {
		return nil
	}
	return v.credentials.clone()
}

// SetSeed gives the session other data, from the next call on.
func (s *Session) SetSeed(seed int64) { s.world().SetSeed(seed) }

// SetReadings chooses how the session's vendors read their unclear clauses, from the next call on; the server's choice
// stands where this one says nothing. The error lists what there is.
func (s *Session) SetReadings(chosen map[string]string) error {
	l := lifeOf(s.world())
	v, err := s.server.variant(s.server.readingsOver(chosen), l.own)
	if err != nil {
		return err
	}
	l.variant.Store(v)
	return nil
}

// SetSignatureWindow chooses the time that the timestamp of a signed call is held to: real, session or off.
func (s *Session) SetSignatureWindow(window string) error {
	if err := checkWindow(window); err != nil {
		return err
	}
	lifeOf(s.world()).window.Store(&window)
	return nil
}

// RevokeToken makes a token void in this session, issued or listed.
func (s *Session) RevokeToken(token string) { lifeOf(s.world()).revoked.Store(digestOf(token), true) }
