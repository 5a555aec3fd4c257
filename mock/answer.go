package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"understudy/mock/behave"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/specs"
)

// response is what goes out: the bytes on the wire, and what they say before sealing.
type response struct {
	status    int
	mediaType string
	text      []byte
	header    map[string]string
	body      journal.Body
	errorID   string
	effects   []behave.Effect
}

// answer runs the operation's step and renders its reply in one transaction: what the contract forbids is neither sent
// nor committed.
func (s *Server) answer(x *exchange) (*response, *no) {
	if x.op.step == nil {
		return nil, refuse(http.StatusNotImplemented, "no-answer", "nothing answers "+x.op.ID+" yet: the contract has no behaviour for it")
	}
	call := &behave.Call{
		World: s.world(x.session), Operation: x.op.ID, Number: x.number, Now: x.now, Parameters: x.parameter,
		Body: x.decoded, Text: x.opened, Opened: x.field, Account: x.account, Forwarded: x.request.Header.Get(headerForwarded) != "",
		IssueToken: s.issueToken(x),
	}
	var out *response
	var replied behave.Reply
	err := call.Store.Update(context.WithoutCancel(x.request.Context()), x.session.Key, func(tx state.Tx) error {
		var err error
		if replied, err = x.op.step(tx, call); err != nil {
			return err
		}
		out, err = s.succeed(x, replied.Value)
		return err
	})
	var vendorError *behave.Error
	var broken *brokenReply
	switch {
	case err == nil:
	case errors.As(err, &vendorError):
		return nil, &no{errorID: vendorError.ID, diagnosis: vendorError.Diagnosis}
	case errors.As(err, &broken):
		return nil, failure("reply-breaks-contract", http.StatusInternalServerError, err)
	case errors.Is(err, state.ErrFull):
		return nil, failure("session-full", http.StatusInsufficientStorage, err)
	default:
		return nil, failure("step-failed", http.StatusInternalServerError, err)
	}
	s.seal(x, out)
	x.warnings = append(x.warnings, replied.Notes...)
	out.effects = replied.Effects
	return out, nil
}

func (s *Server) world(w *session.Session) *behave.World {
	return &behave.World{Session: w.Key, Store: sessionStore{s.store, w}, Clock: w.Clock, Seed: w.Seed, Start: w.Start(), Forward: s.forward}
}

// failure is a refusal whose reason stands in its diagnosis as well.
func failure(id string, status int, err error) *no {
	return &no{refusal: id, status: status, detail: err.Error(), diagnosis: diagnosis.New(id, "why", err.Error())}
}

// brokenReply says that a reply does not keep its contract.
type brokenReply struct {
	operation string
	cause     error
}

func (b *brokenReply) Error() string {
	return b.operation + ": the reply does not keep its contract: " + b.cause.Error()
}

// seal ciphers a rendered reply where the contract says so.
func (s *Server) seal(x *exchange, out *response) {
	if x.op.sealReply {
		out.text = x.op.cipher.Seal(nil, out.text)
		out.mediaType = x.op.Wire.Seal.MediaType
	}
}

// sessionStore is the store as one session sees it: what a call still does to a session that has ended is forgotten.
type sessionStore struct {
	state.Store
	session *session.Session
}

// Update implements [state.Store].
func (s sessionStore) Update(ctx context.Context, key string, step func(state.Tx) error) error {
	err := s.Store.Update(ctx, key, step)
	if s.session.Ended() {
		s.Drop(key)
	}
	return err
}

// succeed renders a result in the envelope of its operation.
func (s *Server) succeed(x *exchange, result any) (*response, error) {
	to := x.op.success()
	if len(to.bodies) == 0 {
		return &response{status: to.status}, nil
	}
	v := result
	if e := x.op.Wire.Envelope; e != nil && e.Success != nil {
		v = s.fill(x, e.Success, func(place string) any {
			switch place {
			case "$result":
				return result
			case "$message":
				return successMessage(x.op)
			case "$code":
				return successCode(x.op)
			}
			return nil
		})
	}
	return s.render(x, to, v)
}

// successMessage and successCode are the constants that the contract's schema gives for a success; an envelope that
// says $message or $code leaves them to it.
func successMessage(op *operation) any { return op.constant("message") }
func successCode(op *operation) any    { return op.constant("code") }

func (op *operation) constant(member string) any {
	for _, b := range op.success().bodies {
		if v, ok := b.schema.Constant(member); ok {
			return v
		}
	}
	return nil
}

// fill puts values in the places of an envelope's template.
func (s *Server) fill(x *exchange, template any, value func(place string) any) any {
	switch t := template.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, v := range t {
			filled := s.fill(x, v, value)
			if place, ok := v.(string); ok && strings.HasPrefix(place, "$") && filled == nil && place != "$result" {
				continue
			}
			out[name] = filled
		}
		return out
	case string:
		switch t {
		case "$now":
			return x.now
		case "$requestId":
			return s.requestID(x)
		}
		if strings.HasPrefix(t, "$") {
			return value(t)
		}
	}
	return template
}

// requestID is minted once per call: a function of seed, operation and the number of the call.
func (s *Server) requestID(x *exchange) string {
	if x.requests == "" {
		x.requests = x.minted().Sub("request").Hex(12)
	}
	return x.requests
}

// minted is the source of what is minted for this call outside its behaviour.
func (x *exchange) minted() fake.Source {
	call := behave.Call{World: &behave.World{Seed: x.session.Seed}, Operation: x.op.ID, Number: x.number}
	return call.Minted()
}

// render converts a value by the contract's schema, holds it to that schema, and writes it: as JSON or XML, sealed where
// the contract says so.
func (s *Server) render(x *exchange, to reply, v any) (*response, error) {
	format, lists := x.format()
	b := to.bodies[0]
	for _, other := range to.bodies {
		if format != "" && strings.HasSuffix(other.base, format) {
			b = other
			break
		}
	}
	out := &response{status: to.status, mediaType: b.Type}
	if b.schema == nil {
		return nil, &brokenReply{x.op.ID, fmt.Errorf("type %s has no schema", b.base)}
	}
	converted, err := b.schema.Convert(v)
	if err != nil {
		return nil, &brokenReply{x.op.ID, err}
	}
	if violations := b.schema.Validate(converted); violations != nil {
		first := violations[0]
		return nil, &brokenReply{x.op.ID, fmt.Errorf("at %q %s (%s) wants %s, there is %s", first.Pointer, first.Keyword, first.At, first.Expected, first.Got)}
	}
	buffer := make([]byte, 0, max(256, x.op.size.Load()+x.op.size.Load()/8))
	if strings.HasSuffix(b.base, "xml") {
		out.text, err = b.schema.AppendXML(buffer, converted)
	} else {
		out.text, err = b.schema.AppendJSON(buffer, converted, lists)
	}
	if err != nil {
		return nil, &brokenReply{x.op.ID, err}
	}
	x.op.size.Store(int64(len(out.text)))
	out.body = journal.Body{Text: out.text, MediaType: b.base, Schema: b.Schema}
	return out, nil
}

// format is how the reply is to be written: what the caller's parameter says, else the contract's default.
func (x *exchange) format() (format string, lists schema.Lists) {
	f := x.op.Wire.Formats
	if f == nil {
		return "", schema.Plain
	}
	lists = x.op.lists
	if f.Parameter != "" {
		format = f.Default
		if v, _ := x.pairs().Get(f.Parameter); v == "xml" || v == "json" {
			format = v
		}
	}
	if f.Simplify != "" {
		if v, _ := x.pairs().Get(f.Simplify); v == "true" {
			lists = schema.Simplified
		}
	}
	return format, lists
}

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
	s.seal(x, out)
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
	known := s.routes.known
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
