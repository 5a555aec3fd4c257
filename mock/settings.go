package mock

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"maps"
	"time"

	"understudy/mock/internal/session"
)

// Errors of [Server.NewSession].
var (
	ErrSessionExists = session.ErrExists
	ErrSessionName   = session.ErrName
	ErrSessionLimit  = session.ErrLimit
)

// ErrSessionOver says that a session was dropped or has expired.
var ErrSessionOver = errors.New("the session is over")

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
	s.swapping.RLock()
	defer s.swapping.RUnlock()
	if c.Name == "" {
		c.Name = mintedName()
	}
	l, err := s.prepare(c)
	if err != nil {
		return nil, err
	}
	own := s.identifying(l.own)
	_, err = s.sessions.Make(c.Name, func(w *session.Session) (any, error) {
		if c.Seed != nil {
			w.SetSeed(*c.Seed)
		}
		return l, s.owners.add(c.Name, own)
	})
	if err != nil {
		return nil, err
	}
	return &Session{server: s, name: c.Name}, nil
}

// prepare checks a config and makes the life of its session.
func (s *Server) prepare(c SessionConfig) (*life, error) {
	l := &life{settings: &settings{}}
	window := cmp.Or(c.SignatureWindow, s.window)
	problems := []error{checkWindow(window)}
	l.window.Store(&window)
	var err error
	if l.own, err = s.ownCredentials(c); err != nil {
		problems = append(problems, err)
	}
	v := s.base()
	if len(c.Readings) > 0 || l.own != nil {
		if v, err = s.variant(s.readingsOver(c.Readings), l.own); err != nil {
			problems = append(problems, err)
			v = s.base()
		}
		l.chosen.Store(v)
	}
	for _, f := range s.config.Faults {
		if _, err := l.faults.Add(f); err != nil {
			problems = append(problems, err)
		}
	}
	for _, f := range c.Faults {
		if err := f.Check(v.contracts()); err != nil {
			problems = append(problems, err)
		} else if _, err := l.faults.Add(f); err != nil {
			problems = append(problems, err)
		}
	}
	return l, errors.Join(problems...)
}

// variant is what a session plays under readings and with its own credentials laid over the server's.
func (s *Server) variant(readings map[string]string, own map[string]Credentials) (*variant, error) {
	return s.playing.Load().variant(readings, own)
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
	kept, dropped := w.Journal.Count()
	info := SessionInfo{
		Name: s.name, Prefix: s.Prefix(), Seed: w.Seed(), Now: now, Clock: "running", Shift: shift, Readings: maps.Clone(s.server.variantOf(l).readings),
		SignatureWindow: *l.window.Load(), OwnCredentials: l.own != nil, Made: w.Made, Exchanges: kept, Dropped: dropped,
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
	v, ok := s.server.variantOf(lifeOf(s.world())).vendor(vendor)
	if !ok {
		return nil
	}
	return v.credentials.clone()
}

// SetSeed gives the session other data, from the next call on.
func (s *Session) SetSeed(seed int64) { s.used().SetSeed(seed) }

// SetReadings chooses how the session's vendors read their unclear clauses, from the next call on; the server's choice
// stands where this one says nothing. The error is [ErrSessionOver], or lists what there is.
func (s *Session) SetReadings(chosen map[string]string) error {
	s.server.swapping.RLock()
	defer s.server.swapping.RUnlock()
	w, err := s.alive()
	if err != nil {
		return err
	}
	l := lifeOf(w)
	v, err := s.server.variant(s.server.readingsOver(chosen), l.own)
	if err != nil {
		return err
	}
	l.chosen.Store(v)
	return nil
}

// SetSignatureWindow chooses the time that the timestamp of a signed call is held to: real, session or off. The error is
// [ErrSessionOver], or says that there is no such window.
func (s *Session) SetSignatureWindow(window string) error {
	if err := checkWindow(window); err != nil {
		return err
	}
	w, err := s.alive()
	if err != nil {
		return err
	}
	lifeOf(w).window.Store(&window)
	return nil
}

// RevokeToken makes a token void in this session, issued or listed.
func (s *Session) RevokeToken(token string) { lifeOf(s.used()).revoke(token) }
