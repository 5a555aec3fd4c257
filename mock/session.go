package mock

import (
	"context"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
)

// Session is the handle on one world: its clock, its journal, its life. Once the session is over, dropped or expired, the
// handle changes nothing: methods with an error return [ErrSessionOver], the others do nothing. Where another session has
// been made under the name since, the handle is one on that.
type Session struct {
	server *Server
	name   string
}

// Name is the session's name: below the path prefix /~NAME, or in the header Understudy-Session, a caller enters it.
func (s *Session) Name() string { return s.name }

// Prefix is the path prefix under which every vendor answers in this session.
func (s *Session) Prefix() string { return "/~" + s.name }

// alive is the session as it lives now, for whoever works with it.
func (s *Session) alive() (*session.Session, error) {
	if w, ok := s.server.sessions.Use(s.name); ok {
		return w, nil
	}
	return nil, ErrSessionOver
}

// used is the same for what has no error: what is done to a session that is over is done to nobody's.
func (s *Session) used() *session.Session {
	if w, err := s.alive(); err == nil {
		return w
	}
	return s.world()
}

// world is the session as it lives now, for whoever only looks. Looking at one that is over makes none.
func (s *Session) world() *session.Session {
	if w, ok := s.server.sessions.Lookup(s.name); ok {
		return w
	}
	over := &session.Session{Name: s.name, Clock: session.NewClock(s.server.config.Now), Journal: &journal.Journal{}}
	over.Life = s.server.born(over, nil)
	return over
}

// Now is the session's time.
func (s *Session) Now() time.Time { return s.world().Clock.Now() }

// Shift moves the session's clock by d, back as well; what falls due on the way runs at once on a running clock and with
// the next Advance on a frozen one.
func (s *Session) Shift(d time.Duration) { s.used().Clock.Shift(d) }

// Freeze stops the session's clock at t; the zero time means now.
func (s *Session) Freeze(t time.Time) { s.used().Clock.Freeze(t) }

// SetShift lets the session's clock run, frozen or not, d from real time; what falls due by that runs at once.
func (s *Session) SetShift(d time.Duration) { s.used().Clock.SetShift(d) }

// Advance moves the session's clock forward and runs what falls due on the way, in order, waiting for each outcome.
func (s *Session) Advance(d time.Duration) { s.used().Clock.Advance(d) }

// Resume lets a frozen clock run on.
func (s *Session) Resume() { s.used().Clock.Resume() }

// Exchanges returns the kept exchanges of this session, oldest first, masked by the contracts, and how many older ones
// were dropped.
func (s *Session) Exchanges() (list []Exchange, dropped int64) {
	return s.server.Find(Query{Session: s.name})
}

// Wait returns once nothing that this session's commits set off is under way, or with the error of ctx; what waits for
// its clock does not count, nor does what another session has under way.
func (s *Session) Wait(ctx context.Context) error {
	return behave.Wait(ctx, s.server.forward, s.world().Key)
}

// Deliveries returns the log of what this session's vendors sent on, oldest first, and how many older rows were dropped.
// The error is [ErrSessionOver], or a fault of the store.
func (s *Session) Deliveries(ctx context.Context) (log []behave.Delivery, dropped int64, err error) {
	log, dropped, known, err := s.server.Deliveries(ctx, s.name)
	if !known {
		err = ErrSessionOver
	}
	return log, dropped, err
}

// ClearJournal forgets the session's exchanges.
func (s *Session) ClearJournal() { clearJournals(s.used()) }

// Reset gives the session a new life: empty state and journal, a real clock, the server's faults alone. Seed, readings,
// signature window and credentials stay, and tokens issued in it stay good until they end, as they do over a restart.
func (s *Session) Reset() { s.server.sessions.Reset(s.name) }

// Drop ends the session.
func (s *Session) Drop() { s.server.sessions.Drop(s.name) }
