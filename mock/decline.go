package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
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
		return builtIn(x, n)
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

// fail renders a catalogue row in the vendor's error envelope.
func (s *Server) fail(x *exchange, row *specs.ErrorRow) (*response, error) {
	status := row.Status
	if status == 0 {
		status = http.StatusOK
	}
	to, ok := x.op.reply(status)
	if !ok {
		return nil, fmt.Errorf("%s: error %s has status %d, for which the contract has no response", x.op.ID, row.ID, status)
	}
	to.status = status
	template := row.Body
	if template == nil && x.op.Wire.Envelope != nil {
		template = x.op.Wire.Envelope.Error
	}
	if template == nil {
		return nil, fmt.Errorf("%s: error %s has no envelope", x.op.ID, row.ID)
	}
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return s.render(x, to, s.fill(x, template, func(place string) any {
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
	}))
}

// builtIn answers for a vendor whose document has no answer, with the status that HTTP has for it.
func builtIn(x *exchange, n *no) *response {
	status := builtInStatus(n.condition)
	if n.diagnosis == nil {
		n.diagnosis = diagnosis.New("vendor-error", "id", string(n.condition))
	}
	out := problem(status, string(n.condition), n.diagnosis.Text("en"))
	if n.condition == specs.MethodNotAllowed {
		out.header = map[string]string{"Allow": strings.Join(x.place.allow, ", ")}
	}
	return out
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
	case specs.MalformedBody, specs.EmptyBody, specs.Unsealable:
		return http.StatusBadRequest
	}
	return http.StatusUnprocessableEntity
}

// problem is a body of problem+json (RFC 9457).
func problem(status int, id, detail string) *response {
	text, _ := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"urn:understudy:" + id, strings.ReplaceAll(id, "-", " "), status, detail})
	return &response{status: status, mediaType: "application/problem+json", text: text, errorID: id, body: journal.Body{Text: text, MediaType: "application/problem+json"}}
}

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
