package mock

import (
	"net/http"

	"understudy/mock/internal/diagnosis"
)

// Judgement is what the contracts have against a request.
type Judgement struct {
	// Vendor and Operation are those that are called; Operation is "" where no operation has the path and the method.
	Vendor, Operation string
	// Found are the diagnoses of the stages, in their order: at most one each of authentication, of the credentials in the
	// body, and of the rest.
	Found []*diagnosis.Diagnosis
	// Warnings are what is strange and is taken nevertheless.
	Warnings []*diagnosis.Diagnosis
	// Error is the id of the catalogue's row that the vendor would answer with, "" for none.
	Error string
	// Refusal is the id of the simulator's own refusal, "" for none: unknown-path where no contract has the path; anything
	// else means that the request was not judged.
	Refusal string
}

// Judge takes a request through the stages up to its answer and says what the contracts have against it. Other than a call,
// it goes on behind a wrong credential, it gives no answer, and neither journal nor verdict hears of it. A request of a
// session makes the session.
func (s *Server) Judge(r *http.Request) Judgement {
	x := &exchange{server: s, request: r, began: s.now()}
	in := s.inspect(x)
	j := Judgement{Vendor: in.vendor(x), Operation: in.operation(x), Found: in.found, Warnings: x.warnings, Refusal: in.refusal}
	if in.first != nil && in.first.refusal == "" && x.op != nil {
		if row, ok := s.row(x, in.first); ok {
			j.Error = row.ID
		}
	}
	return j
}
