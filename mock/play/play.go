// Package play answers from a recording: what a vendor said once is said again, sealed and signed with the keys in force, to
// whoever asks what was asked then.
//
//	player, err := play.New(play.Config{Recording: recording, Contract: contract})
//	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}, Player: player})
//
// # What is the same request
//
// Requests are compared at contract level, opened and decoded: the operation, the values of the path, the query, declared
// headers and cookies, and the body as a value. The order of members does not count, nor the spelling of a number (1, 1.0,
// 1e0), nor whether it stands in quotes where the contract takes both, nor the media type. A member that is null counts as
// one that is absent. Not compared is what no two calls share: members marked x-sensitive as token, secret or ciphertext,
// instants by their format (date-time, cn-date-time, epoch-millis), other texts and numbers that are the time of the call, to the
// minute, then and now, headers of format uuid, whatever only the wire needs, and what [Config].Ignore names. Days (format date) are compared. Where several recorded requests differ in their instants
// alone, and the call has those of one, that one is meant.
//
// Personal data (x-sensitive), and in a masked recording whatever no schema describes, is compared by the pattern of its
// equality: the first real value in a recorded one's place is bound to it for the rest of the session, among values of its
// kind, and a second one there is a miss, as is the same real value in the place of another recorded one.
// A sentence that has the real values where the recorded one has the recorded ones is the same sentence.
//
// # What is answered
//
// The recorded reply, byte for byte, but for this: recorded values that a real one is bound to are replaced, alone in a place
// of their kind or as they stand within any other text (at least five characters of ASCII, or two others; a birth date within
// an ID card is none); a token is a fresh one where the operation issues tokens; and under [Now] days and instants are moved.
// Other ids that a reply gave are thus the recorded ones, and match when a client sends them back.
package play

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/scenarios"
	"understudy/specs"
)

// Mode says which recorded exchange may answer a call.
type Mode string

// The modes.
const (
	// Lenient takes requests in any order; equal ones get their answers in the order recorded, and the last one again.
	Lenient Mode = "lenient"
	// Strict takes them in the order recorded, each once.
	Strict Mode = "strict"
	// Fallback is Lenient, and leaves what was not recorded to the simulated vendor.
	Fallback Mode = "fallback"
)

// Times says what becomes of the days and instants in answers.
type Times string

// The times.
const (
	// Recorded leaves them as they are. The session's clock is not touched: fresh tokens are good today.
	Recorded Times = "recorded"
	// Now moves them by whole days, so that the day of the recording is that of the session's first call (in China). Those
	// are the ones whose format is date, date-time, cn-date-time or epoch-millis, and an envelope's time; days in requests
	// are moved back before they are compared. A birth date, and whatever else is personal, stays.
	Now Times = "now"
)

// Timing says how long an answer is held back.
type Timing string

// The timings.
const (
	AtOnce Timing = "none"
	AsLong Timing = "recorded" // as long as it took
)

// Config sets up a [Player]. Recording is needed.
type Config struct {
	Recording *scenarios.Recording
	// Contract is that of the recording's vendor; nil means the bundled one, under the readings of the recording.
	Contract *specs.Contract
	// Mode is Lenient when it is left out, Time Recorded, Timing AtOnce.
	Mode   Mode
	Time   Times
	Timing Timing
	// Ignore names places of requests that are not compared: a JSON pointer into the body, with * for any name or index, or
	// query:NAME, header:NAME, path:NAME, cookie:NAME.
	Ignore []string
	// Verbatim keeps what is outside the contract: connections that broke, answers that the contract does not have. Without it
	// a recording with such exchanges, or with others that are stale, is an [*OutsideError].
	Verbatim bool
	// MaxAge is how old a recording may be before [Player.Warnings] says so; 0 means any age.
	MaxAge time.Duration
	// Now is the time where a call does not bring one, and what MaxAge counts from; nil means time.Now.
	Now func() time.Time
}

// Player is a recording that answers. It implements [mock.Player] and is safe for concurrent use. Each session plays the
// recording from its beginning.
type Player struct {
	config   Config
	stale    judge
	reader   reader
	steps    []*step
	index    *index
	warnings []string
	day      time.Time // the recording's

	mu       sync.Mutex
	sessions map[string]*session
	called   bool
	ended    []Left
}

// session is how far one session is.
type session struct {
	played []int // by step, how often
	next   int   // in strict mode
	bound  bindings
	begun  bool
	days   int               // that answers are moved by
	tokens map[string]string // recorded → issued
}

// New checks and prepares a recording. Errors are [*OutsideError], [*check.VendorError] of a recording that is another
// vendor's, or say what is wrong with the configuration.
func New(c Config) (*Player, error) { return newPlayer(c, check.Stale) }

// judge says in which ways a recording is out of date.
type judge func(context.Context, check.StaleConfig) ([]check.Staleness, error)

func newPlayer(c Config, stale judge) (*Player, error) {
	if c.Recording == nil {
		return nil, errors.New("play: Config.Recording is nil; read one by scenarios.ReadFile")
	}
	c.Mode, c.Time, c.Timing = cmp.Or(c.Mode, Lenient), cmp.Or(c.Time, Recorded), cmp.Or(c.Timing, AtOnce)
	switch {
	case !slices.Contains(Modes(), c.Mode):
		return nil, fmt.Errorf("play: mode %q: there are strict, lenient and fallback", shorten(string(c.Mode)))
	case c.Time != Recorded && c.Time != Now:
		return nil, fmt.Errorf("play: time %q: there are recorded and now", shorten(string(c.Time)))
	case c.Timing != AtOnce && c.Timing != AsLong:
		return nil, fmt.Errorf("play: timing %q: there are none and recorded", shorten(string(c.Timing)))
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Contract == nil {
		var err error
		if c.Contract, err = specs.Load(c.Recording.Vendor); err == nil {
			c.Contract, err = c.Contract.With(c.Recording.Readings)
		}
		if err != nil {
			return nil, fmt.Errorf("play: %w", err)
		}
	}
	p := &Player{config: c, stale: stale, sessions: map[string]*session{}}
	if err := p.load(); err != nil {
		return nil, err
	}
	return p, nil
}

// Modes lists the modes.
func Modes() []Mode { return []Mode{Lenient, Strict, Fallback} }

// Vendor is the one that the recording is of.
func (p *Player) Vendor() string { return p.config.Recording.Vendor }

// Mode is the one in force.
func (p *Player) Mode() Mode { return p.config.Mode }

// Warnings are what is strange about the recording and keeps nothing from being played, a sentence each.
func (p *Player) Warnings() []string { return slices.Clone(p.warnings) }

// Play implements [mock.Player].
func (p *Player) Play(asked *mock.Asked) mock.Answer {
	if asked.Vendor != "" && asked.Vendor != p.config.Recording.Vendor {
		return p.left(asked, func() mock.Answer {
			return mock.Answer{Miss: fmt.Sprintf("the recording is of %s, and this is a call of %s", p.config.Recording.Vendor, asked.Vendor)}
		})
	}
	q, err := p.reader.read(asked.Operation, &asked.Request, asked.Now, p.config.Now())
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.session(asked)
	if err != nil {
		return p.left(asked, func() mock.Answer { return mock.Answer{Miss: "the call cannot be compared: " + err.Error()} })
	}
	q.moveBack(s.days)
	i, c := p.choose(s, q, asked)
	if i < 0 {
		return p.left(asked, func() mock.Answer { return p.miss(s, q) })
	}
	st := p.steps[i]
	s.bound.add(c.pairs, st.exchange.Number)
	for _, one := range c.renewed {
		s.bound.renew(one, st.exchange.Number)
	}
	response, err := p.answer(s, st, asked)
	if err != nil {
		return mock.Answer{Miss: fmt.Sprintf("step %d cannot be played: %s", st.exchange.Number, err)}
	}
	s.played[i]++
	s.next = i + 1
	a := mock.Answer{Response: response, Step: st.exchange.Number}
	if p.config.Timing == AsLong {
		a.Delay = st.exchange.Took
	}
	return a
}

// left is the answer to a call that nothing recorded answers: the vendor's own "no" where it has one, the simulated vendor
// where it may, else the miss.
func (p *Player) left(asked *mock.Asked, miss func() mock.Answer) mock.Answer {
	switch {
	case len(asked.Found) > 0:
		return mock.Answer{Decline: true}
	case asked.Refusal != "" || p.config.Mode == Fallback:
		return mock.Answer{}
	}
	return miss()
}

// session is how far the session of a call is.
func (p *Player) session(asked *mock.Asked) *session {
	s := p.sessions[asked.Session]
	if s == nil {
		s = &session{played: make([]int, len(p.steps)), tokens: map[string]string{}}
		p.sessions[asked.Session], p.called = s, true
	}
	if !s.begun {
		s.begun = true
		now := asked.Now
		if now.IsZero() {
			now = p.config.Now()
		}
		if p.config.Time == Now {
			s.days = daysBetween(p.day, now)
		}
	}
	return s
}
