package play

import (
	"fmt"

	"understudy/mock"
)

// together are players of several vendors.
type together map[string]*Player

// Together lets recordings of several vendors answer side by side. Two of one vendor are an error.
func Together(players ...*Player) (mock.Player, error) {
	all := together{}
	for _, p := range players {
		if all[p.Vendor()] != nil {
			return nil, fmt.Errorf("play: two recordings are of %s", p.Vendor())
		}
		all[p.Vendor()] = p
	}
	return all, nil
}

// Play implements [mock.Player]. A call of a vendor without a recording is left to the simulated one.
func (t together) Play(asked *mock.Asked) mock.Answer {
	if p := t[asked.Vendor]; p != nil {
		return p.Play(asked)
	}
	if len(t) == 1 { // a path that no contract has may have been recorded all the same
		for _, p := range t {
			return p.Play(asked)
		}
	}
	return mock.Answer{}
}

// Forget implements [mock.Player].
func (t together) Forget(session string) {
	for _, p := range t {
		p.Forget(session)
	}
}
