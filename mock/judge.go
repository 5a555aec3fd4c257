package mock

import (
	"net/http"
	"runtime/debug"
	"strings"

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
	// Refusal is the id of the simulator's own refusal, "" for none: unknown-path where no contract has the path; anything
	// else means that the request was not judged.
	Refusal string
}

// Judge takes a request through the stages up to its answer and says what the contracts have against it. Other than a call,
// it goes on behind a wrong credential, it gives no answer, and neither journal nor verdict hears of it. A request of a
// session makes the session.
func (s *Server) Judge(r *http.Request) (j Judgement) {
	x := &exchange{request: r, began: s.now()}
	at := ""
	defer func() {
		if fault := recover(); fault != nil {
			s.logger().Printf("understudy: panic in stage %s: %v\n%s", at, fault, debug.Stack())
			j.Refusal = "panic"
		}
	}()
	for _, st := range s.stages {
		at = st.name
		if at == stagePrefer {
			continue // what a caller asks of the simulator is nothing to the contract
		}
		failed := st.run(s, x)
		if failed == nil {
			continue
		}
		if failed.refusal != "" {
			j.Refusal = failed.refusal
			break
		}
		if failed.diagnosis == nil {
			failed.diagnosis = diagnosis.New("vendor-error", "id", string(failed.condition))
		}
		j.Found = append(j.Found, failed.diagnosis)
		if at != stageAuthenticate && at != stageCredentials {
			break
		}
	}
	j.Warnings = x.warnings
	if x.place != nil {
		j.Vendor = strings.Clone(x.place.vendor.contract.Vendor)
	}
	if x.op != nil && (len(j.Found) == 0 || !homeless(j.Found[0])) {
		j.Operation = x.op.ID
	}
	return j
}

// The names of stages that a judgement treats apart.
const (
	stageAuthenticate = "authenticate"
	stageCredentials  = "credentials"
	stagePrefer       = "prefer"
)
