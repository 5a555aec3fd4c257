package mock

import (
	"net/http"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/scenarios"
)

// Forwarded is an attempt of a vendor to call its client, as it travelled.
type Forwarded struct {
	// At is real time, Clock the session's.
	At, Clock time.Time
	Took      time.Duration
	// URL is the client's, Body the JSON that was posted there.
	URL  string
	Body []byte
	// Status is the HTTP status of the answer; where none came it is 0, and Broken says how: one of the values of
	// [scenarios.Response.Broken]. The answer's body is not kept.
	Status int
	Broken string
}

// Forwarded is what a vendor has sent to its clients in a session, oldest first, as far as the journal's bound has kept it.
// Attempts of which nothing left this machine are not among them. Nothing is masked, and what the vendor seals is sealed.
func (s *Server) Forwarded(name, vendor string) []Forwarded {
	if name == "" {
		name = session.Default
	}
	one, known := s.sessions.Lookup(name)
	if !known {
		return nil
	}
	kept, _ := lifeOf(one).sent.All()
	var list []Forwarded
	for _, e := range kept {
		if e.Vendor == vendor {
			list = append(list, Forwarded{At: e.At, Clock: e.Clock, Took: e.Duration, URL: e.Path, Body: e.Request.Text, Status: e.Status, Broken: e.Error})
		}
	}
	return list
}

// noteSent keeps an attempt, unless nothing was sent.
func (s *Server) noteSent(w *session.Session, vendor string, sent behave.Sent) {
	e := &journal.Exchange{
		At: s.now().Add(-sent.Took), Clock: w.Clock.Now().Add(-sent.Took), Vendor: vendor, Method: http.MethodPost, Path: sent.URL,
		Status: sent.Status, Duration: sent.Took, Request: journal.Body{Text: sent.Body},
	}
	if sent.Status == 0 && sent.Failure != nil {
		switch sent.Failure.ID {
		case forward.Refused, forward.Unresolved:
			e.Error = scenarios.BrokenRefused
		case forward.Timeout:
			e.Error = scenarios.BrokenTimeout
		case forward.TLS, forward.Broken:
			e.Error = scenarios.BrokenReset
		default:
			return
		}
	}
	lifeOf(w).sent.Add(e)
}

// clearJournals forgets what happened in a session.
func clearJournals(w *session.Session) {
	w.Journal.Clear()
	if l, ok := w.Life.(*life); ok { // a session that is over has none
		l.sent.Clear()
	}
}
