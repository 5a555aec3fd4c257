package mock

import (
	"errors"
	"fmt"
	"maps"

	"understudy/mock/behave"
	"understudy/specs"
)

// playing is what a server plays at one time; it is replaced, never changed.
type playing struct {
	contracts []*specs.Contract
	// base is what a session plays that chose nothing else.
	base *variant
}

func (s *Server) base() *variant { return s.playing.Load().base }

// SetContracts plays other contracts from the next call on; a call under way ends with those it began with. Sessions keep
// their state, clocks, tokens and journals, and the readings and credentials they chose as far as the new contracts know
// them; of the records that a user gave, those of vendors that are still played stay. With an error, which says what is
// wrong with the contracts or which of the records they forbid, nothing has changed.
func (s *Server) SetContracts(contracts []*specs.Contract) error {
	s.swapping.Lock()
	defer s.swapping.Unlock()
	base, err := newVariant(contracts, known(contracts, s.config.Readings), s.config.Credentials)
	if err != nil {
		return err
	}
	kept, err := s.data.under(contracts)
	if err != nil {
		return err
	}
	next := &playing{contracts, base}
	type choice struct {
		settings *settings
		variant  *variant
	}
	var choices []choice
	for _, one := range s.sessions.List() {
		l := lifeOf(one)
		chosen := l.chosen.Load()
		if chosen == nil {
			continue
		}
		v, err := next.variant(known(contracts, chosen.readings), next.slots(l.own))
		if err != nil {
			return fmt.Errorf("session %s: %w", quote(one.Name), err)
		}
		choices = append(choices, choice{l.settings, v})
	}
	s.playing.Store(next)
	for _, c := range choices {
		c.settings.chosen.Store(c.variant)
	}
	s.data.replace(kept)
	return nil
}

// Prefix is the path below which a vendor is served because another one has its paths: "/" and its id, and "" for a
// vendor that has its paths to itself.
func (s *Server) Prefix(vendor string) string {
	if v, ok := s.base().vendor(vendor); ok {
		return v.prefix
	}
	return ""
}

// slots leaves out the credentials of slots that no contract has any more.
func (p *playing) slots(own map[string]Credentials) map[string]Credentials {
	out := map[string]Credentials{}
	for _, v := range p.base.vendors {
		kept := Credentials{}
		for _, slot := range v.contract.Slots() {
			if c, ok := own[v.contract.Vendor][slot.Name]; ok && slot.List == (len(c.Tokens) > 0) {
				kept[slot.Name] = c
			}
		}
		out[v.contract.Vendor] = kept
	}
	return out
}

// variant is what a session plays under readings and with its own credentials laid over the server's.
func (p *playing) variant(readings map[string]string, own map[string]Credentials) (*variant, error) {
	credentials := map[string]Credentials{}
	for _, v := range p.base.vendors {
		credentials[v.contract.Vendor] = v.credentials.clone()
		maps.Copy(credentials[v.contract.Vendor], own[v.contract.Vendor])
	}
	return newVariant(p.contracts, readings, credentials)
}

// known leaves out the readings of clauses that no contract has any more.
func known(contracts []*specs.Contract, readings map[string]string) map[string]string {
	out := map[string]string{}
	for id, name := range readings {
		for _, c := range contracts {
			if hasClause(c, id) {
				out[id] = name
			}
		}
	}
	return out
}

// under holds the records that a user gave to other contracts.
func (t *dataTable) under(contracts []*specs.Contract) (map[string]behave.Data, error) {
	out := map[string]behave.Data{}
	var problems []error
	for _, c := range contracts {
		d := t.of(c.Vendor)
		if d == nil {
			continue
		}
		checked, err := behave.CheckData(c.Vendor, d, c)
		if err != nil {
			problems = append(problems, err)
		}
		out[c.Vendor] = checked
	}
	return out, errors.Join(problems...)
}
