package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"understudy/mock"
	"understudy/mock/internal/fault"
)

// faultView is a fault and how many calls it has struck.
type faultView struct {
	mock.Fault
	Struck int64 `json:"struck"`
}

func (h *handlers) listFaults(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	list := []faultView{}
	for _, f := range s.Faults() {
		list = append(list, faultView{f.Rule, f.Struck})
	}
	return c.answer(http.StatusOK, map[string][]faultView{"faults": list})
}

func (h *handlers) addFault(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	f, wrong := h.fault(c.body, "")
	if len(wrong) > 0 {
		return violated(withLines(c.body, wrong))
	}
	f.ID, err = s.AddFault(f)
	switch {
	case errors.Is(err, fault.ErrExists):
		return fail(http.StatusConflict, "fault-exists", err.Error())
	case errors.Is(err, fault.ErrFull):
		return fail(http.StatusConflict, "fault-limit", err.Error())
	case errors.Is(err, mock.ErrSessionOver):
		return unknownSession()
	case err != nil:
		return violated(withLines(c.body, problemsOf(err, "")))
	}
	c.w.Header().Set("Location", "/sessions/"+s.Name()+"/faults/"+f.ID)
	return c.answer(http.StatusCreated, faultView{Fault: f})
}

// fault reads a fault and holds it to what is played; at is its place in the body.
func (h *handlers) fault(text []byte, at string) (mock.Fault, []Violation) {
	var f mock.Fault
	if err := json.Unmarshal(text, &f); err != nil {
		return f, problemsOf(err, at)
	}
	if err := f.Check(h.Server.Contracts()); err != nil {
		return f, problemsOf(err, at)
	}
	return f, nil
}

// problemsOf lists what is wrong with a fault, key by key.
func problemsOf(err error, at string) []Violation {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var wrong []Violation
	for _, one := range list {
		v := Violation{In: "body", Pointer: at, Keyword: keywordFault, Expected: one.Error(), Got: "a fault that cannot strike"}
		var p *fault.Problem
		if errors.As(one, &p) {
			v.Expected = p.What
			if p.Field != "" {
				v.Pointer += "/" + strings.ReplaceAll(p.Field, ".", "/")
			}
		}
		wrong = append(wrong, v)
	}
	return wrong
}

func (h *handlers) clearFaults(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	s.ClearFaults()
	return c.done()
}

func (h *handlers) removeFault(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	if !s.RemoveFault(c.text("fault")) {
		return fail(http.StatusNotFound, "fault-unknown", "the session has no such fault")
	}
	return c.done()
}
