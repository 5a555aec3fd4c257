package explain

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// checkComposed explains a signature of the composed scheme, under each way to read the parameters, and returns the way that
// explains it best. opened is the body before it was sealed, nil where nothing was.
func (e *Explainer) checkComposed(r *Report, op *operation, m *message, ways []wire.Pairs, opened []byte) wire.Pairs {
	if unknown := op.unknownOf(m); unknown != "" {
		r.fact(FactUnjudged, unknown)
		return ways[0]
	}
	var best *wire.Fault
	at := 0
	show := e.showsSigned(op, m, ways[0])
	for i, way := range ways {
		fault := op.signer.Verify(e.messageOf(op, m, way, i, opened), wire.Verification{Show: show})
		if i == 0 || fault == nil || best != nil && best.Finding.ID == "signature-unexplained" && fault.Finding.ID != best.Finding.ID {
			best, at = fault, i
		}
		if best == nil {
			return way
		}
	}
	e.blameFault(r, op, e.messageOf(op, m, ways[at], at, opened), best, show)
	return ways[at]
}

// blameFault puts a fault into the report. Behind one that is not the signature's own, the signature is looked at as well.
func (e *Explainer) blameFault(r *Report, op *operation, m *wire.Message, fault *wire.Fault, show func(string) bool) {
	sign := op.Wire.Sign
	if fault.Condition == specs.InvalidSignature {
		e.blameComposed(r, sign, fault.Finding)
		return
	}
	d, _ := splitAlso(fault.Finding)
	if d.ID == "timestamp-malformed" {
		r.fact(FactField, fault.Subject+": "+timeForm(sign.TimeForm))
	}
	f := op.signer.Diagnose(m, show)
	if fault.Condition == specs.UnknownKey && f.ID == "signature-unexplained" {
		r.Notes = append(r.Notes, d)
		if r.Cause == nil {
			name := specs.Location(sign.KeyParameter).Name()
			r.Cause, r.Verdict = diagnosis.New("explain-other-application", "name", name, "slot", sign.KeySlot, "secret", sign.Secret), Unknown
		}
		e.blameComposed(r, sign, f)
		return
	}
	r.blame(d)
	switch f.ID {
	case "", "signed-missing", "signature-unexplained": // what is wrong with time or digest may be in the text as well
	default:
		e.blameComposed(r, sign, f)
	}
}

// blameComposed puts a finding about a signature into the report, with what can be compared.
func (e *Explainer) blameComposed(r *Report, sign *specs.Sign, f wire.Finding) {
	main, also := splitAlso(f)
	if f.ID == "signature-unexplained" && r.Cause == nil {
		r.Cause, r.Verdict = main, Unknown
	} else {
		r.blame(main)
	}
	r.Notes = append(r.Notes, also...)
	digest := strings.ToUpper(sign.Digests[0])
	text := digest + "(" + f.Detail["canonical"] + ")"
	if strings.HasPrefix(digest, "HMAC-") {
		text = digest + "(key=$" + sign.Secret + ", " + f.Detail["canonical"] + ")"
	}
	r.fact(FactCanonical, text)
	signed := f.Detail["reproduced"]
	if done := f.Detail["digest"]; done != "" {
		if signed == "" {
			signed = f.Detail["canonical"]
		}
		signed = done + " over " + signed
	}
	r.fact(FactSigned, signed)
	r.fact(FactDifference, difference(f.Detail))
	// They are facts of their own now.
	for _, name := range []string{"canonical", "reproduced", "difference"} {
		delete(main.Detail, name)
	}
}

// messageOf is a call as far as its signature is concerned. way is which reading of the parameters it is: that of what travelled
// is the first.
func (e *Explainer) messageOf(op *operation, m *message, pairs wire.Pairs, way int, opened []byte) *wire.Message {
	if len(m.params) > 0 {
		return op.parts(pairs)
	}
	out := &wire.Message{Method: m.method, Path: m.path, RawQuery: m.query, Pairs: pairs, Header: m.header, Body: m.body, Opened: opened}
	if out.Method == "" {
		out.Method = op.Method
	}
	if way > 0 {
		out.RawQuery = "" // a log has decoded it
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	if _, path := e.byPath(m); path != "" && path != m.path {
		out.OtherPaths = append(out.OtherPaths, path)
	}
	if opened != nil && op.openPart != "" {
		if raw, err := json.Marshal(string(opened)); err == nil && !json.Valid(opened) {
			opened = raw
		}
		if whole, err := wire.PutMember(m.body, op.openPart, opened); err == nil {
			out.Opened = whole
		}
	}
	return out
}

// parts puts parameters whose places nobody has written down where the contract has them.
func (op *operation) parts(pairs wire.Pairs) *wire.Message {
	m := &wire.Message{Method: op.Method, Path: op.Path, Header: http.Header{}}
	for _, p := range pairs {
		switch in := op.partOf(p.Name); in {
		case specs.PlaceHeader:
			m.Header.Add(p.Name, p.Value)
		case specs.PlaceBody:
			v := op.bodies[0].schema().Shape().Member(p.Name).FromText(p.Value)
			if nested := strings.TrimSpace(p.Value); nested != "" && (nested[0] == '{' || nested[0] == '[') && json.Valid([]byte(nested)) {
				v = json.RawMessage(nested)
			}
			raw, err := json.Marshal(v)
			if err != nil {
				continue
			}
			if body, err := wire.PutMember(m.Body, "/"+specs.EscapePointer(p.Name), raw); err == nil {
				m.Body = body
			}
		default:
			p.In = in
			m.Pairs = append(m.Pairs, p)
		}
	}
	return m
}

// partOf is where a value of that name stands in a request: header, body, query or form.
func (op *operation) partOf(name string) string {
	for _, l := range op.locations() {
		if l.Name() != name {
			continue
		}
		switch l.Place() {
		case specs.PlaceHeader, specs.PlaceBody:
			return l.Place()
		}
	}
	for _, p := range op.parameters {
		if p.Name == name && (p.In == wire.InQuery || p.In == specs.PlaceHeader) {
			return p.In
		}
	}
	in := op.placeOf(name)
	if in == wire.InForm && len(op.bodies) > 0 && !op.isForm() {
		return specs.PlaceBody
	}
	return in
}

// unknownOf says what a signature takes in that the input does not have, "" when all is there.
func (op *operation) unknownOf(m *message) string {
	s := op.Wire.Sign
	var header, body []string
	want := func(l specs.Location) {
		switch l.Place() {
		case specs.PlaceHeader:
			header = append(header, l.Name())
		case specs.PlaceBody, specs.PlaceForm:
			body = append(body, l.Name())
		}
	}
	for _, l := range op.locations() {
		want(l)
	}
	for _, part := range s.Parts {
		want(specs.Location(part))
		if strings.HasPrefix(part, "body") {
			body = append(body, part)
		}
	}
	signsFields := len(s.Parts) == 0 || slices.Contains(s.Parts, "fields")
	if f := s.Fields; signsFields && f != nil && slices.Contains(f.From, specs.PlaceBody) {
		body = append(body, "body")
	}
	if len(m.params) > 0 {
		return op.unknownOfParams(m, header, s)
	}
	switch {
	case len(header) > 0 && m.header == nil:
		return "header " + strings.Join(slices.Compact(header), ", ")
	case len(body) > 0 && !m.hasBody && m.header == nil && op.Body != nil:
		return "body"
	case !m.hasPath && (slices.Contains(s.Parts, "path") || slices.Contains(s.Parts, "target") || slices.Contains(s.Parts, "query")):
		return "path"
	case !m.hasPath && signsFields && (s.Fields == nil || slices.Contains(s.Fields.From, specs.PlaceQuery) || len(s.Fields.From) == 0) && op.hasQuery():
		return "query"
	}
	return ""
}

// hasQuery says whether the contract has parameters in the query.
func (op *operation) hasQuery() bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.In == wire.InQuery })
}

// unknownOfParams is unknownOf for parameters without a call around them: what travelled as one text is not there.
func (op *operation) unknownOfParams(m *message, header []string, s *specs.Sign) string {
	for _, name := range header {
		if _, n := m.params[0].Get(name); n == 0 {
			return "header " + name
		}
	}
	for _, part := range s.Parts {
		switch {
		case part == "body", strings.HasPrefix(part, "body-"), part == "path", part == "query", part == "target":
			return part
		}
	}
	return ""
}

// showsSigned says what of a signed text may be shown: what the contract declares and does not mark, the parts of the
// signature, and a raw body or query in which there is nothing else.
func (e *Explainer) showsSigned(op *operation, m *message, pairs wire.Pairs) func(string) bool {
	declared := func(name string) bool {
		if op.Security != nil && op.Security.Key == name {
			return false
		}
		for _, p := range op.parameters {
			if p.Name == name {
				return p.Sensitive == "" || e.show && !isSecret(p.Sensitive)
			}
		}
		for _, b := range op.bodies {
			if b.describes(name) {
				return true
			}
		}
		return e.show || slices.ContainsFunc(op.locations(), func(l specs.Location) bool { return l.Name() == name })
	}
	raw := e.show || len(m.params) == 0 && e.showsRaw(op, m, pairs, declared)
	return func(name string) bool {
		if name == "" {
			return raw
		}
		return declared(name)
	}
}

// showsRaw says whether all of a body and a query may be shown as they travelled.
func (e *Explainer) showsRaw(op *operation, m *message, pairs wire.Pairs, declared func(string) bool) bool {
	for _, p := range pairs {
		if !declared(p.Name) {
			return false
		}
	}
	if op.openBody || len(m.body) == 0 || m.contentType() == formMediaType {
		return true
	}
	shown := true
	for _, b := range op.bodies {
		s, v := b.schema(), value(m.body)
		if s == nil || v == nil {
			return false
		}
		s.Sensitive(v, func(_ string, v any) any {
			shown = false
			return v
		})
	}
	return shown
}

// timeForm says how a time is written.
func timeForm(form string) string {
	switch form {
	case "seconds":
		return "10 digits: seconds since 1970"
	case "millis":
		return "13 digits: milliseconds since 1970"
	case "digits":
		return "yyyyMMddHHmmss in UTC+8"
	case "rfc3339":
		return "RFC 3339, such as 2026-01-02T03:04:05Z"
	}
	return "yyyy-MM-dd HH:mm:ss in UTC+8"
}
