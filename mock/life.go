package mock

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/fault"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
)

// life is what a session is beyond its clock, journal and state.
type life struct {
	*settings
	// faults go wrong on purpose; they begin again with each life.
	faults fault.Set
	// sent are the attempts of vendors to call their clients.
	sent journal.Journal
	// grounds are the worlds of its vendors, see [Server.world].
	grounds sync.Map
}

// settings are how a session's vendors read their contracts and whose credentials they take. All lives of a session
// share them: they outlast a reset, and one that is changed meanwhile is not lost.
type settings struct {
	// chosen is what the session plays in the place of the server's, nil where it plays that. It changes when readings or
	// contracts do; a call keeps the one it began with.
	chosen atomic.Pointer[variant]
	window atomic.Pointer[string]
	// revoked holds the digests of tokens that are not taken any more; as issued tokens stay good over a reset, these
	// stay revoked.
	revoked    sync.Map
	anyRevoked atomic.Bool
	// own are the credentials of this session alone, nil when it takes the server's.
	own map[string]Credentials
}

// Signature windows: the time that a signed call's timestamp is measured against.
const (
	windowReal    = "real"    // real time: a client signs with the real time, whatever world it plays in
	windowSession = "session" // the session's clock
	windowOff     = "off"     // none
)

func checkWindow(window string) error {
	switch window {
	case windowReal, windowSession, windowOff:
		return nil
	}
	return fmt.Errorf("signature window %q: there are %s, %s and %s", clip(window), windowReal, windowSession, windowOff)
}

// born gives a session its life: the server's own settings, or those of the life that a reset ended.
func (s *Server) born(_, before *session.Session) any {
	l := &life{sent: journal.Journal{Bytes: s.config.JournalBytes}}
	if before != nil {
		l.settings = lifeOf(before).settings
	} else {
		l.settings = &settings{}
		l.window.Store(&s.window)
	}
	for _, f := range s.config.Faults {
		_, _ = l.faults.Add(f) // checked when the server was made
	}
	return l
}

// variantOf is what a session plays: its own choice, or what the server plays now.
func (s *Server) variantOf(l *life) *variant {
	if chosen := l.chosen.Load(); chosen != nil {
		return chosen
	}
	return s.base()
}

func lifeOf(w *session.Session) *life { return w.Life.(*life) }

type digest [sha256.Size]byte

func (l *settings) revoke(token string) {
	l.revoked.Store(digest(sha256.Sum256([]byte(token))), true)
	l.anyRevoked.Store(true)
}

func (l *settings) isRevoked(token string) bool {
	if !l.anyRevoked.Load() {
		return false
	}
	_, ok := l.revoked.Load(digest(sha256.Sum256([]byte(token))))
	return ok
}

// ended lets go of what an incarnation of a session had.
func (s *Server) ended(w *session.Session) {
	s.store.Drop(w.Key)
	if s.config.Player != nil {
		s.config.Player.Forget(w.Name)
	}
}
