package mock

import (
	"cmp"
	"slices"

	"understudy/mock/internal/journal"
)

// Query picks exchanges; an empty field does not restrict.
type Query struct {
	Session, Vendor, Operation, Outcome string
	// Limit keeps the newest so many; 0 keeps all.
	Limit int
}

// Find returns the kept exchanges that a query picks, in the order they happened, masked by the contracts, and how many
// older ones the sessions in question dropped. It only reads: a session that is not there is not made.
func (s *Server) Find(q Query) (list []Exchange, dropped int64) {
	var picked []*journal.Exchange
	for _, one := range s.sessions.List() {
		if q.Session != "" && q.Session != one.Name {
			continue
		}
		kept, d := one.Journal.All()
		dropped += d
		for _, e := range kept {
			if q.picks(e) {
				picked = append(picked, e)
			}
		}
	}
	slices.SortFunc(picked, func(a, b *journal.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	if q.Limit > 0 && len(picked) > q.Limit {
		picked = picked[len(picked)-q.Limit:]
	}
	return s.shown(picked), dropped
}

func (q Query) picks(e *journal.Exchange) bool {
	return (q.Vendor == "" || q.Vendor == e.Vendor) && (q.Operation == "" || q.Operation == e.Operation) &&
		(q.Outcome == "" || q.Outcome == string(e.Outcome))
}
