package mock

import (
	"net/http"
	"runtime/debug"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/scenarios"
	"understudy/specs"
)

// Opened is a request at contract level: as the contract describes it, without what only the wire needs.
type Opened struct {
	// Vendor and Operation are those that are called; Operation is "" where no operation has the path and the method.
	Vendor, Operation string
	Request           scenarios.Request
	// Value is the decoded body, numbers as json.Number, a sealed member opened in its place; nil where there is none or where
	// it could not be read.
	Value any
	// Found are the diagnoses of the stages, as in [Judgement].
	Found, Warnings []*diagnosis.Diagnosis
	// Refusal is the id of the simulator's own refusal, "" for none.
	Refusal string
}

// Open takes a request through the stages as [Server.Judge] does and says what it is at contract level. How its credential
// fared is told as far as it shows in the request: whether a token that somebody else has issued is good, nobody can say.
func (s *Server) Open(r *http.Request) *Opened {
	x := &exchange{server: s, request: r, began: s.now()}
	in := s.inspect(x)
	return s.opened(x, in)
}

func (s *Server) opened(x *exchange, in *inspection) *Opened {
	o := &Opened{Vendor: in.vendor(x), Operation: in.operation(x), Found: in.found, Warnings: x.warnings, Refusal: in.refusal}
	h := s.heardOf(x, in.conditions)
	o.Request = h.request()
	if x.hasBody {
		o.Value = x.Value()
		if x.hasField && !x.media.inPlace {
			if holder, name := memberAt(o.Value, x.op.openPart); holder != nil {
				holder[name] = x.field
			}
		}
	}
	return o
}

// inspection is what the stages have against a request.
type inspection struct {
	found      []*diagnosis.Diagnosis
	conditions []specs.Condition
	refusal    string
	// first is the first "no": what the vendor, or the simulator, would answer.
	first *no
}

// inspect takes a request through the stages as far as it goes: on behind a wrong credential, whose diagnosis is kept.
func (s *Server) inspect(x *exchange) (in *inspection) {
	in = &inspection{}
	at := ""
	defer func() {
		if fault := recover(); fault != nil {
			s.logger().Printf("understudy: panic in stage %s: %v\n%s", at, fault, debug.Stack())
			in.refusal = "panic"
			in.first = refuse(http.StatusInternalServerError, "panic", "the simulator failed in stage "+at+"; its log has the stack")
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
		if in.first == nil {
			in.first = failed
		}
		if failed.refusal != "" {
			in.refusal = failed.refusal
			break
		}
		if failed.diagnosis == nil {
			failed.diagnosis = diagnosis.New("vendor-error", "id", string(failed.condition))
		}
		in.found = append(in.found, failed.diagnosis)
		in.conditions = append(in.conditions, failed.condition)
		if at != stageAuthenticate && at != stageCredentials {
			break
		}
	}
	return in
}

func (in *inspection) vendor(x *exchange) string {
	if x.place == nil {
		return ""
	}
	return strings.Clone(x.place.vendor.contract.Vendor)
}

// operation is the one that is called, "" where no operation has the path and the method.
func (in *inspection) operation(x *exchange) string {
	if x.op == nil || len(in.found) > 0 && homeless(in.found[0]) {
		return ""
	}
	return x.op.ID
}

// The names of stages that an inspection treats apart.
const (
	stageAuthenticate = "authenticate"
	stageCredentials  = "credentials"
	stagePrefer       = "prefer"
)
