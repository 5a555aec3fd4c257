package mock

import (
	"log"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/journal"
	"understudy/specs"
)

// stage is one step on the way of a request. It fills in what it finds out, or ends the call with a "no".
type stage struct {
	name string
	run  func(*Server, *exchange) *no
}

// stages is the way of a request up to its answer, in order.
func stages() []stage {
	return []stage{
		{"read", (*Server).read},                 // the body within its bound, query parameters as raw ordered pairs
		{"session", (*Server).enter},             // the world the caller lives in, by prefix, header or issued token
		{"match", (*Server).match},               // the operation, by path and method or by a gateway's parameter
		{"authenticate", (*Server).authenticate}, // token or signature, on raw values
		{"unseal", (*Server).unseal},             // the body as the contract describes it
		{"decode", (*Server).decode},             // once, strictly, into values
		{"credentials", (*Server).credentials},   // those that stand inside the body
		{"unseal member", (*Server).unsealField}, // a sealed member of the decoded body, decoded in its turn
		{"verify", (*Server).verifyOpened},       // the signature where it is that of the opened body
		{"validate", (*Server).validate},         // parameters and body against their schemas
		{"prefer", (*Server).prefer},             // the answer that the caller asks for
		{"negotiate", (*Server).negotiate},       // a form of it that the caller accepts
	}
}

// serve takes a request through the stages, answers it, and writes the exchange down. What follows the stages: answer and
// commit (answer.go), with envelope and validation of the reply in between (render.go), seal; or the vendor's "no"
// (decline.go). The journal is written and effects begin before the reply is sent: whoever has a reply finds its exchange,
// in front of what it set off, and can wait for that.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	x := s.exchanges.take()
	x.server, x.request, x.began = s, r, time.Now()
	out, failed := s.play(x)
	kept := s.entry(x, out, failed)
	s.verdict.note(kept)
	switch {
	case s.config.JournalBytes < 0:
	case x.session != nil:
		x.session.Journal.Add(kept)
	default:
		s.strays.Add(kept)
	}
	for _, effect := range out.effects {
		effect(x.world)
	}
	defer func() { // a connection that is cut on purpose ends in a panic
		if s.config.OnExchange != nil {
			s.config.OnExchange(headline(kept))
		}
		s.tell(kept)
	}()
	s.send(w, x, out, failed)
	if len(out.effects) == 0 && s.config.Player == nil { // those may go on with the call
		s.exchanges.give(x)
	}
}

// play takes a request through the stages and answers it. A panic is a fault of ours: it is refused loudly, so that no
// test takes it for the vendor's, and it ends this call only.
func (s *Server) play(x *exchange) (out *response, failed *no) {
	at := "answer"
	defer func() {
		if fault := recover(); fault != nil {
			s.logger().Printf("understudy: panic in stage %s: %v\n%s", at, fault, debug.Stack())
			x.spare() // what befell the call is our own fault
			failed = refuse(http.StatusInternalServerError, "panic", "the simulator failed in stage "+at+"; its log has the stack")
			out = s.decline(x, failed)
		}
	}()
	if s.config.Player != nil {
		return s.consult(x)
	}
	for _, st := range s.stages {
		at = st.name
		if failed = st.run(s, x); failed != nil {
			s.readOn(x, at)
			return s.decline(x, failed), failed
		}
	}
	at = "answer"
	if out, failed = s.answer(x); out == nil {
		out = s.decline(x, failed)
	}
	return out, failed
}

// readOn opens the body of a call that was refused for its credential: the journal has it as that of any other call, and so
// has a recording. What is strange about it is nothing to the caller any more.
func (s *Server) readOn(x *exchange, refusedAt string) {
	if refusedAt != stageAuthenticate && refusedAt != stageCredentials {
		return
	}
	warnings := x.warnings
	defer func() { x.warnings = warnings }()
	if refusedAt == stageAuthenticate && (s.unseal(x) != nil || s.decode(x) != nil) {
		return
	}
	_ = s.unsealField(x) // what does not open stays closed
}

func (s *Server) logger() *log.Logger {
	if s.config.ErrorLog != nil {
		return s.config.ErrorLog
	}
	return log.Default()
}

// entry is what the journal keeps of an exchange.
func (s *Server) entry(x *exchange, out *response, failed *no) *journal.Exchange {
	e := &journal.Exchange{
		ID: s.serial.Add(1), At: x.began, Clock: x.now, Method: x.method(), Path: x.keptPath(x.shownPath()), Status: out.status,
		Session: x.named, Outcome: journal.OK, Warnings: x.warnings, Reply: out.body, Duration: time.Since(x.began),
		ReplySealed: out.sealed, ReplyLabel: out.mediaType, Parameters: keptParameters(x.query, x.form),
	}
	if x.place != nil {
		e.Contract = x.place.vendor.contract
		e.Vendor = e.Contract.Vendor
	}
	if x.op != nil {
		e.Operation = x.op.ID
	}
	if x.session != nil {
		e.Session = x.session.Name // the caller's own text would keep its request
	}
	switch {
	case x.opened != nil && x.media != nil:
		e.Request = journal.Body{Text: x.opened, MediaType: x.media.base, Schema: x.media.Schema}
	case !x.formRead && (x.op == nil || !x.op.openBody || isPlainJSON(x.body)): // no schema speaks of it: it is not shown
		e.Request.Text = x.body
	}
	var conditions []specs.Condition
	if failed != nil {
		conditions = []specs.Condition{failed.condition}
	}
	x.keepWire(e, conditions)
	if len(out.header) > 0 {
		e.ReplyHeader = make([]journal.Parameter, 0, len(out.header))
		for name, v := range out.header {
			e.ReplyHeader = append(e.ReplyHeader, journal.Parameter{Name: name, Value: v})
		}
		slices.SortFunc(e.ReplyHeader, func(a, b journal.Parameter) int { return strings.Compare(a.Name, b.Name) })
	}
	e.Request.Bytes, e.Reply.Bytes = len(x.body), len(out.sent(x.request.Method))
	if out.damage == fault.Cut {
		e.Status = 0
	}
	if out.outside != "" {
		e.Fault, e.Outcome = &journal.Fault{ID: "step " + strconv.Itoa(out.step), Kind: out.outside}, journal.Faulty
	}
	if x.struck != nil {
		e.Duration += x.struck.Delay
		e.Fault = &journal.Fault{ID: x.struck.Rule.ID, Kind: x.struck.Rule.Kind()}
		if e.Fault.Kind != "delay" {
			e.Outcome = journal.Faulty
		}
	}
	if failed != nil {
		e.Outcome, e.Error, e.Diagnosis = journal.VendorError, out.errorID, failed.diagnosis
		if failed.refusal != "" {
			e.Outcome = journal.Refusal
		}
	}
	return e
}

// method is the request's method as a text of its own.
func (x *exchange) method() string {
	if x.op != nil && x.op.Method == x.request.Method {
		return x.op.Method
	}
	return strings.Clone(clip(x.request.Method))
}

// keptPath is a path as a text of its own.
func (x *exchange) keptPath(path string) string {
	if x.place != nil && x.place.path == path {
		return x.place.path
	}
	return strings.Clone(path)
}

// send writes the reply. A caller that hung up loses it; what was committed stays, as at the vendor.
func (s *Server) send(w http.ResponseWriter, x *exchange, out *response, failed *no) {
	h := w.Header()
	if failed != nil {
		if failed.refusal != "" {
			h.Set(headerRefusal, failed.refusal)
		}
		setDiagnosis(h, failed.diagnosis)
	} else if len(x.warnings) > 0 {
		setDiagnosis(h, x.warnings[0])
	}
	if x.hangUp {
		h.Set("Connection", "close")
	}
	switch {
	case x.preferred:
		h.Set("Preference-Applied", "error="+x.struck.Rule.Error)
	case failed == nil && x.wish.applied != "":
		h.Set("Preference-Applied", x.wish.applied)
	case x.struck != nil:
		h.Set(headerFault, x.struck.Rule.ID)
	}
	if x.struck != nil && x.struck.Delay > 0 {
		wait(x.request.Context(), x.struck.Delay)
	}
	out.pause(x)
	if out.step > 0 {
		h.Set(headerStep, strconv.Itoa(out.step))
	}
	if out.damage == fault.Cut {
		panic(http.ErrAbortHandler) // net/http ends the connection without a word
	}
	for name, v := range out.header {
		h.Set(name, v)
	}
	if len(out.header) > 0 {
		if exposed := h.Get("Access-Control-Expose-Headers"); exposed != "" { // a page reads them by name only
			h.Set("Access-Control-Expose-Headers", exposed+","+strings.Join(sortedKeys(out.header), ","))
		}
	}
	if out.mediaType != "" {
		h["Content-Type"] = []string{out.mediaType}
	}
	if !bodiless(out.status) { // which tell no length (RFC 9110, section 8.6)
		h["Content-Length"] = []string{strconv.Itoa(len(out.text) + out.missing)}
	}
	w.WriteHeader(out.status)
	if text := out.sent(x.request.Method); len(text) > 0 {
		_, _ = w.Write(text)
	}
	if out.damage == fault.Truncate || out.missing > 0 {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// sent is what travels of a reply's body.
func (r *response) sent(method string) []byte {
	switch {
	case method == http.MethodHead, r.damage == fault.Cut, bodiless(r.status):
		return nil
	case r.damage == fault.Truncate:
		return r.text[:len(r.text)/2]
	}
	return r.text
}

func setDiagnosis(h http.Header, d *diagnosis.Diagnosis) {
	if d != nil {
		h.Set(headerDiagnosis, d.ID)
	}
}
