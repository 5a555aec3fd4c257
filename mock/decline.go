package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// decline renders a "no": a refusal as it is, a vendor error by its catalogue row, and what the vendor's document has no
// answer for by the built-in catalogue.
func (s *Server) decline(x *exchange, n *no) *response {
	if n.refusal != "" {
		return problem(n.status, n.refusal, n.detail)
	}
	row, ok := s.row(x, n)
	if !ok {
		return s.without(x, n)
	}
	if n.diagnosis == nil {
		n.diagnosis = diagnosis.New("vendor-error", "id", row.ID)
	}
	out, err := s.fail(x, row)
	if err != nil {
		*n = *failure("reply-breaks-contract", http.StatusInternalServerError, err)
		return problem(n.status, n.refusal, n.detail)
	}
	if x.op.sealFailure {
		s.seal(x, out)
	}
	out.errorID = row.ID
	return out
}

func (s *Server) row(x *exchange, n *no) (*specs.ErrorRow, bool) {
	contract := x.op.vendor.contract
	if n.errorID != "" {
		return contract.Error(n.errorID)
	}
	row, ok := contract.ErrorFor(x.op.ID, n.condition, n.subject)
	if !ok && n.condition == specs.EmptyBody {
		return contract.ErrorFor(x.op.ID, specs.MissingParameter, n.subject)
	}
	return row, ok
}

// fail renders a catalogue row in the vendor's error envelope. A document of the user's own often describes the success
// alone, strictly, where errors come under the same status, or leaves the statuses of errors out; its catalogue says more,
// and counts.
func (s *Server) fail(x *exchange, row *specs.ErrorRow) (*response, error) {
	to, v, err := s.errorValue(x, row)
	if err != nil {
		return nil, err
	}
	out, err := s.render(x, to, v)
	if err == nil || x.op.of.contract.Bundled {
		return out, err
	}
	b := &body{MediaType: specs.MediaType{Type: jsonMediaType}, base: jsonMediaType}
	if len(to.bodies) > 0 {
		b = x.preferredBody(to)
	}
	return s.write(x, to.status, b, schema.Plain, x.op.fitted(b, "", v))
}

const jsonMediaType = "application/json"

// errorValue is what a catalogue row says on the wire, and the response that it comes under.
func (s *Server) errorValue(x *exchange, row *specs.ErrorRow) (to reply, v any, err error) {
	status := row.Status
	if status == 0 {
		status = http.StatusOK
	}
	to, ok := x.op.reply(status)
	if !ok && x.op.of.contract.Bundled {
		return to, nil, fmt.Errorf("%s: error %s has status %d, for which the contract has no response", x.op.ID, row.ID, status)
	}
	to = to.under(status)
	template := row.Body
	if template == nil && x.op.Wire.Envelope != nil {
		template = x.op.Wire.Envelope.Error
	}
	if template == nil {
		return to, nil, fmt.Errorf("%s: error %s has no envelope; give it a body, or x-wire.envelope an error", x.op.ID, row.ID)
	}
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return to, s.fill(x, template, func(place string) any {
		switch place {
		case "$code":
			return row.Code
		case "$message":
			return text(row.Message)
		case "$subCode":
			return text(row.SubCode)
		case "$subMessage":
			return text(row.SubMessage)
		}
		return nil
	}), nil
}

// without answers for a vendor whose document has no catalogue, or no row for this: with the operation's own response of
// the status, if the contract has one, else with the built-in catalogue.
func (s *Server) without(x *exchange, n *no) *response {
	statuses := builtInStatuses(n)
	if n.diagnosis == nil {
		n.diagnosis = diagnosis.New("vendor-error", "id", string(n.condition))
	}
	id := string(n.condition)
	if id == "" {
		if id = strings.ReplaceAll(strings.ToLower(http.StatusText(n.status)), " ", "-"); id == "" {
			id = "status-" + strconv.Itoa(n.status)
		}
	}
	out := s.ownResponse(x, statuses, id, n.diagnosis)
	if out == nil {
		out = problem(statuses[0], id, n.diagnosis.Text("en"), n.diagnosis.Findings...)
		if name, text := x.owed(out.status); text != "" {
			out.setHeader(name, text)
		}
	} else if x.op.sealFailure {
		s.seal(x, out)
	}
	out.errorID = id
	return out
}

// ownResponse is what the contract itself says about the first of these statuses that it speaks of: problem details
// (RFC 9457) where it takes them, else its example, else a made value that tells what is wrong. It is nil where the contract is silent, and where a
// vendor with a catalogue would have stated it there.
func (s *Server) ownResponse(x *exchange, statuses []int, id string, d *diagnosis.Diagnosis) *response {
	if x.op.of.catalogued() || x.op.ready() != nil {
		return nil
	}
	to, ok := x.op.declared(statuses)
	if !ok {
		return nil
	}
	x.wish = wish{} // it was for an answer, and this is none
	if len(to.bodies) > 0 {
		b := x.preferredBody(to)
		if details := problem(to.status, id, d.Text("en"), d.Findings...); (b.base == details.mediaType || b.ofProblem()) && b.keeps(details.text) && s.headers(x, to, nil, details) == nil {
			details.mediaType, details.body.MediaType = b.Type, b.base
			return details
		}
		if v := s.ownError(x, b, d); v != nil {
			if out, err := s.write(x, to.status, b, schema.Plain, v); err == nil && s.headers(x, to, nil, out) == nil {
				return out
			}
		}
	}
	out, err := s.sample(x, to, "")
	if err != nil {
		return nil
	}
	return out
}

// declared finds what the contract says about the first of some statuses: by itself, then by a range, then by default.
func (op *compiled) declared(statuses []int) (reply, bool) {
	for _, exact := range []bool{true, false} {
		for _, status := range statuses {
			if to, ok := op.reply(status); ok && (!exact || to.Status == strconv.Itoa(status)) {
				return to, true
			}
		}
	}
	return reply{}, false
}

// keeps says whether a JSON text keeps a body's schema.
func (b *body) keeps(text []byte) bool {
	v, failed := wire.DecodeJSON(text, wire.JSONOptions{})
	return failed == nil && (b.schema == nil || b.schema.Validate(v) == nil)
}

// builtInStatuses are the statuses that say what is wrong, the best one first: a document that does not know 422 says 400.
func builtInStatuses(n *no) []int {
	if n.condition == "" {
		return []int{n.status}
	}
	status := builtInStatus(n.condition)
	if status == http.StatusUnprocessableEntity {
		return []int{status, http.StatusBadRequest}
	}
	if status == http.StatusBadRequest {
		return []int{status, http.StatusUnprocessableEntity}
	}
	return []int{status}
}

func builtInStatus(c specs.Condition) int {
	switch c {
	case specs.MissingToken, specs.InvalidToken, specs.ExpiredToken, specs.WrongCredentials, specs.MissingSignature,
		specs.InvalidSignature, specs.UnknownKey, specs.StaleTimestamp:
		return http.StatusUnauthorized
	case specs.UnknownOperation:
		return http.StatusNotFound
	case specs.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case specs.UnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case specs.BodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case specs.NotAcceptable:
		return http.StatusNotAcceptable
	case specs.MalformedBody, specs.Unsealable:
		return http.StatusBadRequest
	}
	return http.StatusUnprocessableEntity
}

// violation is a finding as problem details tell it.
type violation struct {
	In       string `json:"in"`
	Pointer  string `json:"pointer"`
	Keyword  string `json:"keyword,omitempty"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Contract string `json:"contract,omitempty"`
}

// problem is a body of problem+json (RFC 9457); its errors are an extension member that names each place.
func problem(status int, id, detail string, findings ...diagnosis.Finding) *response {
	details := struct {
		Type   string      `json:"type"`
		Title  string      `json:"title"`
		Status int         `json:"status"`
		Detail string      `json:"detail,omitempty"`
		Errors []violation `json:"errors,omitempty"`
	}{"urn:understudy:" + id, strings.ReplaceAll(id, "-", " "), status, detail, nil}
	for _, f := range findings {
		details.Errors = append(details.Errors, violation{f.In, f.Pointer, f.Keyword, f.Expected, f.Got, f.At})
	}
	text, _ := json.Marshal(details)
	return &response{status: status, mediaType: problemType, text: text, errorID: id, body: journal.Body{Text: text, MediaType: problemType}}
}

const problemType = "application/problem+json"

// nearest lists known paths for a path that none is.
func (s *Server) nearest(path string) string {
	known := s.base().routes.known
	best, at := []string(nil), -1
	for _, k := range known {
		n := shared(k, path)
		if n > at {
			best, at = nil, n
		}
		if n == at && len(best) < 3 {
			best = append(best, k)
		}
	}
	if at <= 1 {
		return strconv.Itoa(len(known)) + " paths, listed by understudy vendors"
	}
	return strings.Join(best, ", ")
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
