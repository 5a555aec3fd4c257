package control

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"understudy/mock"
)

type clockView struct {
	Now   time.Time `json:"now"`
	Clock string    `json:"clock"`
	Shift string    `json:"shift"`
}

func viewOfClock(s *mock.Session) clockView {
	info := s.Info()
	return clockView{info.Now, info.Clock, info.Shift.String()}
}

func (h *handlers) readClock(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, viewOfClock(s))
}

// Bounds of a session's time. A clock runs at a distance from real time, and a [time.Duration] ends at 292 years.
const (
	firstYear = 1970
	lastYear  = 2200
	mostShift = 100 * 365 * 24 * time.Hour

	longest = "a duration of at most 876000h"
	years   = "from the year 1970 to 2200"
)

func withinYears(t time.Time) bool { return t.Year() >= firstYear && t.Year() <= lastYear }

func (h *handlers) setClock(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	var body struct {
		Frozen json.RawMessage
		Shift  *string
	}
	if err := c.into(&body); err != nil {
		return err
	}
	switch {
	case body.Frozen != nil:
		at, ok := frozenAt(body.Frozen)
		if !ok {
			return c.beyond("/frozen", "a time "+years)
		}
		s.Freeze(at)
	case body.Shift != nil:
		d, ok := duration(*body.Shift)
		if !ok || !withinYears(time.Now().Add(d)) {
			return c.beyond("/shift", longest+" that leads to a time "+years)
		}
		s.SetShift(d)
	default:
		s.Resume()
	}
	return c.answer(http.StatusOK, viewOfClock(s))
}

// frozenAt reads the time to stand at; true, which stands where it is, is the zero time.
func frozenAt(text json.RawMessage) (at time.Time, ok bool) {
	if string(text) == "true" {
		return at, true
	}
	err := json.Unmarshal(text, &at)
	return at, err == nil && withinYears(at)
}

// duration reads a duration that the document takes; ok is false beyond its bounds.
func duration(text string) (d time.Duration, ok bool) {
	d, err := time.ParseDuration(text)
	return d, err == nil && d.Abs() <= mostShift
}

// beyond is the failure of a value in the body that has the right form and is too large or too small.
func (c *call) beyond(pointer, expected string) error {
	return violated(withLines(c.body, []Violation{{In: "body", Pointer: pointer, Keyword: "range", Expected: expected, Got: "another"}}))
}

// settleLimit is how long an answer waits for what an advance has set off.
const settleLimit = 30 * time.Second

// advanceClock answers when everything due has run and what that set off has ended.
func (h *handlers) advanceClock(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	var body struct{ By string }
	if err := c.into(&body); err != nil {
		return err
	}
	by, ok := duration(body.By)
	if !ok || !withinYears(s.Now().Add(by)) {
		return c.beyond("/by", longest+" that leads to a time "+years)
	}
	// What falls due has time limits of its own; the listener's would end the call without an answer. The next request on
	// the connection has it again.
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Time{})
	s.Advance(by)
	ctx, stop := context.WithTimeout(c.request.Context(), settleLimit)
	defer stop()
	if err := s.Wait(ctx); err != nil {
		return fail(http.StatusServiceUnavailable, "not-settled", "the clock has moved and what was due has run; forwards that it set off are still under way, see the session's deliveries")
	}
	return c.answer(http.StatusOK, viewOfClock(s))
}
