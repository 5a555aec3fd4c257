package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// Violation is one thing that is wrong with a request.
type Violation struct {
	// In is path, query, header or body.
	In string `json:"in"`
	// Pointer is the name of a parameter, or a JSON pointer into the body. A name that nobody knows and that may be a
	// secret is "?" in it.
	Pointer string `json:"pointer"`
	// Keyword is the rule that is broken.
	Keyword  string `json:"keyword"`
	Expected string `json:"expected"`
	// Got describes what stood there and never shows it.
	Got string `json:"got"`
	// Line is the line of the body, from 1; 0 outside of it.
	Line int `json:"line,omitempty"`
}

// keywordFault marks what is wrong with a fault: Expected says it in a whole sentence.
const keywordFault = "fault"

func (v Violation) text() string {
	where := v.In
	if v.Pointer != "" {
		where += " " + v.Pointer
	}
	if v.Keyword == keywordFault {
		return where + ": " + v.Expected
	}
	return fmt.Sprintf("%s: expected %s, got %s", where, v.Expected, v.Got)
}

// failure is an answer that says no. It is an error, so that a handler returns it.
type failure struct {
	status     int
	id, detail string
	violations []Violation
}

// Error implements error.
func (f *failure) Error() string { return f.id + ": " + f.detail }

func fail(status int, id, detail string) error {
	return &failure{status: status, id: id, detail: detail}
}

// violated is the failure of a request that is not as the document has it, named by where the first violation is.
func violated(list []Violation) error {
	f := &failure{status: http.StatusBadRequest, id: list[0].In, detail: list[0].text(), violations: list}
	if n := len(list) - 1; n > 0 {
		f.detail += fmt.Sprintf("; and %d more", n)
	}
	return f
}

// write sends the failure as problem+json (RFC 9457). An answer that cannot be sent has nobody to be told.
func (f *failure) write(w http.ResponseWriter) {
	text, err := json.Marshal(struct {
		Type       string      `json:"type"`
		Title      string      `json:"title"`
		Status     int         `json:"status"`
		Detail     string      `json:"detail,omitempty"`
		Violations []Violation `json:"violations,omitempty"`
	}{"urn:understudy:control:" + f.id, http.StatusText(f.status), f.status, f.detail, f.violations})
	if err != nil {
		text = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500}`)
	}
	send(w, f.status, mediaProblem, append(text, '\n'))
}

func send(w http.ResponseWriter, status int, media string, text []byte) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// problem is how the guard says no.
func problem(w http.ResponseWriter, status int, id, detail string) {
	(&failure{status: status, id: id, detail: detail}).write(w)
}
