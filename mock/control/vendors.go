package control

import (
	"net/http"

	"understudy/mock/behave"
	"understudy/specs"
)

type vendorView struct {
	Vendor      string          `json:"vendor"`
	Title       string          `json:"title"`
	Version     string          `json:"version"`
	Operations  []operationView `json:"operations"`
	Errors      []errorView     `json:"errors"`
	Kinds       []kindView      `json:"kinds"`
	Unclear     []unclearView   `json:"unclear"`
	Credentials []string        `json:"credentials"`
}

type operationView struct {
	ID      string `json:"id"`
	Method  string `json:"method"`
	Path    string `json:"path"`
	Summary string `json:"summary,omitempty"`
	Source  string `json:"source,omitempty"`
}

type errorView struct {
	ID         string   `json:"id"`
	Code       string   `json:"code"`
	Status     int      `json:"status"`
	Message    string   `json:"message,omitempty"`
	When       string   `json:"when,omitempty"`
	Operations []string `json:"operations,omitempty"`
}

type kindView struct {
	Name     string `json:"name"`
	Schema   string `json:"schema"`
	Key      string `json:"key"`
	ReadOnly bool   `json:"readOnly"`
}

type unclearView struct {
	ID       string        `json:"id"`
	Question string        `json:"question"`
	Default  string        `json:"default"`
	Chosen   string        `json:"chosen,omitempty"`
	Readings []readingView `json:"readings"`
}

type readingView struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

// listVendors shows the contracts under the server's readings. There is nothing secret in them: of credentials, the names
// of their slots.
func (h *handlers) listVendors(c *call) error {
	list := []vendorView{}
	for _, contract := range h.Server.Contracts() {
		list = append(list, viewOf(contract))
	}
	return c.answer(http.StatusOK, map[string][]vendorView{"vendors": list})
}

func viewOf(c *specs.Contract) vendorView {
	v := vendorView{
		Vendor: c.Vendor, Title: c.Title, Version: c.Version,
		Operations: []operationView{}, Errors: []errorView{}, Kinds: kindsOf(c), Unclear: []unclearView{}, Credentials: []string{},
	}
	for _, op := range c.Operations {
		v.Operations = append(v.Operations, operationView{op.ID, op.Method, op.Path, op.Summary, op.Source})
	}
	for _, row := range c.Errors {
		status := row.Status
		if status == 0 {
			status = http.StatusOK
		}
		v.Errors = append(v.Errors, errorView{row.ID, row.Code, status, row.Message, row.When, row.Operations})
	}
	chosen := c.Readings()
	for _, u := range c.Unclear {
		view := unclearView{ID: u.ID, Question: u.Question, Default: u.Default, Chosen: chosen[u.ID], Readings: []readingView{}}
		for _, r := range u.Readings {
			view.Readings = append(view.Readings, readingView{r.Name, r.Meaning})
		}
		v.Unclear = append(v.Unclear, view)
	}
	for _, slot := range c.Slots() {
		v.Credentials = append(v.Credentials, slot.Name)
	}
	return v
}

func kindsOf(c *specs.Contract) []kindView {
	list := []kindView{}
	for _, k := range behave.Kinds(c) {
		list = append(list, kindView{k.Name, k.Schema, k.Key, k.ReadOnly})
	}
	return list
}
