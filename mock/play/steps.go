package play

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// unplayedText says which steps are left.
func unplayedText(list []Step) string {
	if len(list) == 0 {
		return "every step has been played"
	}
	var names []string
	for i, one := range list {
		if i == mostSteps {
			names = append(names, fmt.Sprintf("%d more", len(list)-mostSteps))
			break
		}
		names = append(names, one.String())
	}
	return "still unplayed: " + strings.Join(names, ", ")
}

// Step is one recorded exchange that a client can have played.
type Step struct {
	// Number is the exchange's within the recording.
	Number int
	// Operation is its operationId, "" for a call of none; Method is HTTP's.
	Operation, Method string
	// Played is how often it answered.
	Played int
}

// String is the number and the operation.
func (s Step) String() string {
	return strconv.Itoa(s.Number) + " " + cmp.Or(s.Operation, s.Method+", no operation")
}

// Steps lists what a session plays, in the order recorded, and how often each answered; "" is the default session.
func (p *Player) Steps(session string) []Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told(p.sessions[cmp.Or(session, defaultSession)])
}

// Unplayed lists the steps that have answered no call of a session; "" is the default session. Of one in which nobody has
// called that is all.
func (p *Player) Unplayed(session string) []Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unplayed(p.sessions[cmp.Or(session, defaultSession)])
}

// Left is what a session left unplayed.
type Left struct {
	Session string
	Steps   []Step
}

// Left lists what the sessions in which somebody has called have not played, those that have ended included, by name. Where
// nobody has called at all, it is everything, of the default session.
func (p *Player) Left() []Left {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.ended)
	for _, name := range slices.Sorted(maps.Keys(p.sessions)) {
		if steps := p.unplayed(p.sessions[name]); len(steps) > 0 {
			list = append(list, Left{name, steps})
		}
	}
	if !p.called && len(p.steps) > 0 {
		list = append(list, Left{defaultSession, p.unplayed(nil)})
	}
	return list
}

// maxEnded bounds the sessions that have ended and are remembered for what they left.
const maxEnded = 1000

// Forget implements [mock.Player]: the session begins anew. What it left unplayed is remembered.
func (p *Player) Forget(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.sessions[session]
	if one == nil {
		return
	}
	delete(p.sessions, session)
	if steps := p.unplayed(one); len(steps) > 0 && len(p.ended) < maxEnded {
		p.ended = append(p.ended, Left{session, steps})
	}
}

// defaultSession is that of callers that name none.
const defaultSession = "default"

func (p *Player) told(s *session) []Step {
	list := make([]Step, len(p.steps))
	for i, st := range p.steps {
		list[i] = Step{Number: st.exchange.Number, Operation: st.exchange.Operation, Method: st.exchange.Request.Method}
		if s != nil {
			list[i].Played = s.played[i]
		}
	}
	return list
}

func (p *Player) unplayed(s *session) []Step {
	return slices.DeleteFunc(p.told(s), func(one Step) bool { return one.Played > 0 })
}
