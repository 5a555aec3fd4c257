package control

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/internal/diagnosis"
)

const usualLimit = 100

// query reads which exchanges are asked for.
func (h *handlers) query(c *call) (mock.Query, error) {
	q := mock.Query{
		Session: c.text("session"), Vendor: c.text("vendor"), Operation: c.text("operation"), Outcome: c.text("outcome"),
		Error: c.text("error"), Diagnosis: c.text("diagnosis"),
	}
	status, _ := c.number("status")
	q.Status = int(status)
	q.After, _ = c.number("since")
	if q.Vendor != "" {
		var known []string
		for _, contract := range h.Server.Contracts() {
			known = append(known, contract.Vendor)
		}
		if !slices.Contains(known, q.Vendor) {
			return q, violated([]Violation{{In: "query", Pointer: "vendor", Keyword: "enum", Expected: "one of " + strings.Join(known, ", "), Got: "another name"}})
		}
	}
	return q, nil
}

// listExchanges lists exchanges, newest last: the newest 100 unless limit says otherwise.
func (h *handlers) listExchanges(c *call) error {
	q, err := h.query(c)
	if err != nil {
		return err
	}
	limit, ok := c.number("limit")
	if !ok {
		limit = usualLimit
	}
	q.Limit = int(limit)
	list, dropped := h.Server.Find(q)
	if list == nil {
		list = []mock.Exchange{}
	}
	return c.answer(http.StatusOK, struct {
		Exchanges []mock.Exchange `json:"exchanges"`
		Dropped   int64           `json:"dropped"`
	}{list, dropped})
}

// Text is a diagnosis in words.
type Text struct {
	ID string `json:"id"`
	EN string `json:"en"`
	ZH string `json:"zh"`
}

func textOf(d *diagnosis.Diagnosis) Text { return Text{d.ID, d.Text("en"), d.Text("zh")} }

// readExchange shows one exchange; text and warningTexts put its diagnosis and warnings into words.
func (h *handlers) readExchange(c *call) error {
	id, _ := c.number("id")
	e, ok := h.Server.Exchange(id)
	if !ok {
		return fail(http.StatusNotFound, "unknown-exchange", "the journals hold no such exchange, or no longer")
	}
	out := struct {
		mock.Exchange
		Text         *Text  `json:"text,omitempty"`
		WarningTexts []Text `json:"warningTexts,omitempty"`
	}{Exchange: e}
	if e.Diagnosis != nil {
		t := textOf(e.Diagnosis)
		out.Text = &t
	}
	for _, w := range e.Warnings {
		out.WarningTexts = append(out.WarningTexts, textOf(w))
	}
	return c.answer(http.StatusOK, out)
}

func (h *handlers) clearJournals(c *call) error {
	h.Server.ClearJournals()
	return c.done()
}

func (h *handlers) clearJournal(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	s.ClearJournal()
	return c.done()
}

// listDeliveries lists what a session's vendors sent on, oldest first: each attempt, and why there was none.
func (h *handlers) listDeliveries(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	list, dropped, err := s.Deliveries(c.request.Context())
	if errors.Is(err, mock.ErrSessionOver) {
		return unknownSession()
	}
	if err != nil {
		return err
	}
	if list == nil {
		list = []behave.Delivery{}
	}
	return c.answer(http.StatusOK, struct {
		Deliveries []behave.Delivery `json:"deliveries"`
		Dropped    int64             `json:"dropped"`
	}{list, dropped})
}
