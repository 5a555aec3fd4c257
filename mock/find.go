package mock

import (
	"cmp"
	"slices"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
)

// Query picks exchanges; an empty field does not restrict.
type Query struct {
	Session, Vendor, Operation, Outcome string
	// Error is a catalogue id or the id of a refusal, Diagnosis the id of a diagnosis or of a warning.
	Error, Diagnosis string
	// Status is the HTTP status of the reply.
	Status int
	// After picks the exchanges whose id is greater.
	After int64
	// Limit keeps the newest so many; 0 keeps all.
	Limit int
}

// Find returns the kept exchanges that a query picks, in the order they happened, masked by the contracts, and how many
// older ones the journals in question dropped. A refusal that found its session not made is among them. It only reads: a
// session that is not there is not made.
func (s *Server) Find(q Query) (list []Exchange, dropped int64) {
	var picked []*journal.Exchange
	for _, one := range s.journals(q.Session) {
		kept, d := one.All()
		dropped += d
		for _, e := range kept {
			if q.picks(e) {
				picked = append(picked, e)
			}
		}
	}
	strays, lost := s.strays.All()
	if q.Session == "" {
		dropped += lost
	}
	since := s.madeAt(q.Session)
	for _, e := range strays {
		if q.picks(e) && !e.At.Before(since) {
			picked = append(picked, e)
		}
	}
	slices.SortFunc(picked, func(a, b *journal.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	if q.Limit > 0 && len(picked) > q.Limit {
		picked = picked[len(picked)-q.Limit:]
	}
	return s.shown(picked), dropped
}

func (q Query) picks(e *journal.Exchange) bool {
	return (q.Session == "" || q.Session == e.Session) && (q.Vendor == "" || q.Vendor == e.Vendor) && (q.Operation == "" || q.Operation == e.Operation) &&
		(q.Outcome == "" || q.Outcome == e.Outcome.String()) && (q.Error == "" || q.Error == e.Error) && (q.Diagnosis == "" || diagnosed(e, q.Diagnosis)) &&
		(q.Status == 0 || q.Status == e.Status) && e.ID > q.After
}

func diagnosed(e *journal.Exchange, id string) bool {
	if e.Diagnosis != nil && e.Diagnosis.ID == id {
		return true
	}
	return slices.ContainsFunc(e.Warnings, func(w *diagnosis.Diagnosis) bool { return w.ID == id })
}

// journals are those of one session, or of all when it is "".
func (s *Server) journals(session string) []*journal.Journal {
	var list []*journal.Journal
	if session != "" {
		if one, ok := s.sessions.Lookup(session); ok {
			list = append(list, one.Journal)
		}
		return list
	}
	for _, one := range s.sessions.List() {
		list = append(list, one.Journal)
	}
	return list
}

// madeAt is when a session was made: what was refused in its name before belongs to a former life.
func (s *Server) madeAt(session string) time.Time {
	if one, ok := s.sessions.Lookup(session); ok {
		return one.Made
	}
	return time.Time{}
}
