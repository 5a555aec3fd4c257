package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// recordView is a record as its contract writes it.
type recordView struct {
	Key          string        `json:"key"`
	Value        any           `json:"value"`
	Origin       behave.Origin `json:"origin"`
	At           time.Time     `json:"at,omitzero"`
	Revision     int           `json:"revision,omitempty"`
	Acknowledged int           `json:"acknowledged,omitempty"`
	Owner        string        `json:"owner,omitempty"`
}

// shelf is what the routes about records name: the records of one kind in one session.
type shelf struct {
	session  *mock.Session
	contract *specs.Contract
	kind     behave.Kind
}

func (h *handlers) shelf(c *call) (shelf, error) {
	var s shelf
	var err error
	if s.session, err = h.session(c); err != nil {
		return s, err
	}
	if s.contract, err = h.contract(c); err != nil {
		return s, err
	}
	kinds := behave.Kinds(s.contract)
	i := slices.IndexFunc(kinds, func(k behave.Kind) bool { return k.Name == c.text("kind") })
	if i < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, k.Name)
		}
		return s, fail(http.StatusNotFound, "kind-unknown", s.contract.Vendor+" holds "+strings.Join(names, ", "))
	}
	s.kind = kinds[i]
	return s, nil
}

func (h *handlers) listKinds(c *call) error {
	if _, err := h.session(c); err != nil {
		return err
	}
	contract, err := h.contract(c)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, map[string][]kindView{"kinds": kindsOf(contract)})
}

func (h *handlers) listRecords(c *call) error {
	s, err := h.shelf(c)
	if err != nil {
		return err
	}
	list, err := s.session.Records(c.request.Context(), s.contract.Vendor, s.kind.Name)
	if err != nil {
		return recordFailure(c, err)
	}
	views := make([]recordView, len(list))
	for i, r := range list {
		if views[i], err = s.view(r); err != nil {
			return err
		}
	}
	return c.answer(http.StatusOK, map[string][]recordView{"records": views})
}

func (h *handlers) readRecord(c *call) error {
	s, err := h.shelf(c)
	if err != nil {
		return err
	}
	list, err := s.session.Records(c.request.Context(), s.contract.Vendor, s.kind.Name)
	if err != nil {
		return recordFailure(c, err)
	}
	i := slices.IndexFunc(list, func(r behave.Record) bool { return r.Key == c.text("key") })
	if i < 0 {
		return unknownRecord()
	}
	v, err := s.view(list[i])
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, v)
}

func unknownRecord() error {
	return fail(http.StatusNotFound, "record-unknown", "there is no record of that key")
}

// putRecord is for changes, cancellations and additions alike.
func (h *handlers) putRecord(c *call) error {
	s, err := h.shelf(c)
	if err != nil {
		return err
	}
	v, wrong := wire.DecodeJSON(c.body, wire.JSONOptions{})
	members, ok := v.(map[string]any)
	if wrong != nil || !ok {
		return errors.New("a body that the document takes is no object")
	}
	put, err := s.session.PutRecord(c.request.Context(), s.contract.Vendor, s.kind.Name, c.text("key"), members)
	if err != nil {
		return recordFailure(c, err)
	}
	view, err := s.view(put)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, view)
}

func (h *handlers) deleteRecord(c *call) error {
	s, err := h.shelf(c)
	if err != nil {
		return err
	}
	deleted, err := s.session.DeleteRecord(c.request.Context(), s.contract.Vendor, s.kind.Name, c.text("key"))
	switch {
	case err != nil:
		return recordFailure(c, err)
	case !deleted:
		return unknownRecord()
	}
	return c.done()
}

// recordFailure puts an error of the engine into an answer. None of them holds a value.
func recordFailure(c *call, err error) error {
	var broken *mock.RecordError
	switch {
	case errors.Is(err, mock.ErrSessionOver):
		return unknownSession()
	case errors.As(err, &broken):
		f := &failure{status: http.StatusUnprocessableEntity, id: "record", detail: err.Error()}
		for _, v := range broken.Violations {
			f.violations = append(f.violations, Violation{In: "body", Pointer: v.Pointer, Keyword: v.Keyword, Expected: v.Expected, Got: v.Got})
		}
		withLines(c.body, f.violations)
		return f
	case errors.Is(err, behave.ErrReadOnly):
		return fail(http.StatusConflict, "read-only", "records of this kind are what callers sent: they can be listed and deleted")
	case errors.Is(err, behave.ErrConflict):
		return fail(http.StatusConflict, "record-conflict", err.Error())
	case errors.Is(err, behave.ErrInvalid):
		return fail(http.StatusUnprocessableEntity, "record", err.Error())
	case errors.Is(err, state.ErrFull):
		return fail(http.StatusInsufficientStorage, "state-full", err.Error())
	}
	return err
}

// recordKey is under which a contract keeps the compiled schema of a kind of records.
type recordKey struct{ pointer string }

// view shows a record. What a caller sent is shown as it came, but for secrets, and for what
// no schema describes: that may be one.
func (s shelf) view(r behave.Record) (recordView, error) {
	v := recordView{r.Key, r.Value, r.Origin, r.At, r.Revision, r.Acknowledged, r.Owner}
	if !s.kind.ReadOnly {
		return v, nil
	}
	compiled, err := s.contract.Derived(recordKey{s.kind.Schema}, func() (any, error) { return schema.NewSet(s.contract).Compile(s.kind.Schema) })
	if err != nil {
		return v, err
	}
	v.Value = compiled.(*schema.Schema).Sensitive(v.Value, withoutSecrets)
	return v, nil
}

func withoutSecrets(kind string, v any) any {
	switch kind {
	case "secret", "token", "ciphertext", schema.Undescribed:
		if _, ok := v.(json.Number); ok {
			return json.Number("0")
		}
		return "***"
	}
	return v
}
