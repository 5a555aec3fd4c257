package explain

import (
	"bytes"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
)

// check explains one message.
func (e *Explainer) check(m *message) Report {
	r := Report{Source: m.source, Place: m.place, Vendor: e.contract.Vendor}
	for _, id := range m.notes {
		r.note(id)
	}
	switch {
	case m.source == sourceCipher:
		e.checkCipher(&r, m.body)
	case m.source == sourceJSON && e.isReply(m.body):
		e.checkReply(&r, nil, m.status, m.body)
	default:
		e.checkCall(&r, m)
	}
	if r.Cause == nil {
		r.Cause, r.Verdict = diagnosis.New("explain-valid"), Right
	}
	return r
}

// checkCall explains a call: its operation, its signature or seal, then its fields, and last what was answered.
func (e *Explainer) checkCall(r *Report, m *message) {
	if found, _ := e.byPath(m); m.masked && len(found) > 0 {
		if op, _ := e.find(m, nil, nil); op != nil {
			e.unmask(op, m)
		}
	}
	ways, failed := e.ways(m)
	r.blame(failed)
	names := namesOf(ways[0], m.body)
	op, wrong := e.find(m, ways[0], names)
	if op == nil {
		e.checkUnknown(r, m, ways, wrong)
		return
	}
	r.Operation = op.ID
	r.blame(wrong)
	if len(m.params) > 0 {
		for _, pairs := range ways {
			for i := range pairs {
				pairs[i].In = op.placeOf(pairs[i].Name)
			}
		}
	}
	if !e.contract.Bundled && m.hasPath && len(m.params) == 0 {
		if wrong == nil {
			e.checkWhole(r, op, m, ways)
		}
	} else {
		e.checkParts(r, op, m, ways, failed == nil)
	}
	if len(m.reply) > 0 {
		e.checkReply(r, op, m.status, m.reply)
	}
	if op.openBody && len(m.params) > 0 {
		r.note("explain-not-sealed")
	}
	e.settle(r, op, len(m.params) == 0)
}

// checkWhole explains a call of a foreign contract that is all there, but perhaps for its header.
func (e *Explainer) checkWhole(r *Report, op *operation, m *message, ways []wire.Pairs) {
	o := e.opening(op, m)
	pairs := ways[0]
	sign := func() {
		switch {
		case op.signer != nil:
			pairs = e.checkComposed(r, op, m, ways, o.text)
		case op.Wire.Sign != nil:
			pairs = e.checkSignature(r, op, ways)
		}
	}
	if op.signer == nil || !op.signer.Opened() {
		sign()
	}
	o.tell(r)
	switch {
	case op.signer == nil || !op.signer.Opened():
	case o.failed:
		r.fact(FactUnjudged, "opened body")
	default:
		sign()
	}
	e.checkPlain(r, op, m, o, pairs)
}

// checkParts explains a call of which perhaps only a part is known; readable says that its parameters can be read.
func (e *Explainer) checkParts(r *Report, op *operation, m *message, ways []wire.Pairs, readable bool) {
	pairs := ways[0]
	switch {
	case !readable:
	case op.signer != nil:
		pairs = e.checkComposed(r, op, m, ways, e.opening(op, m).text)
	case op.Wire.Sign != nil:
		pairs = e.checkSignature(r, op, ways)
	}
	e.checkToken(r, op, m, pairs)
	switch {
	case op.openBody && len(m.params) == 0:
		e.checkSealedBody(r, op, m)
	case readable:
		e.checkFields(r, op, m, pairs)
	}
}

// settle says what was found to be right where nothing is wrong. Parameters that were pasted alone were never sealed.
func (e *Explainer) settle(r *Report, op *operation, whole bool) {
	if r.Cause != nil {
		return
	}
	id := "explain-valid"
	judged := op.Wire.Sign != nil && !slices.ContainsFunc(r.Facts, func(f Fact) bool { return f.Key == FactUnjudged })
	switch {
	case judged:
		id = "explain-signature-right"
	case op.openBody && whole || op.openPart != "":
		id = "explain-opens"
	}
	r.Cause, r.Verdict = diagnosis.New(id), Right
	if judged || op.Security != nil {
		r.note("explain-not-judged")
	}
}

// checkUnknown does what can be done for a call whose operation is unknown: sign and seal are mostly the same for all.
func (e *Explainer) checkUnknown(r *Report, m *message, ways []wire.Pairs, wrong *diagnosis.Diagnosis) {
	for _, op := range e.operations {
		if s := op.Wire.Sign; s != nil && op.signer == nil {
			if _, n := ways[0].Get(s.Parameter); n > 0 {
				e.checkSignature(r, op, ways)
				break
			}
		}
	}
	if m.hasBody && len(m.params) == 0 && e.seals() && !isJSONObject(m.body) && len(bytes.TrimSpace(m.body)) > 0 {
		e.checkCipher(r, m.body)
	}
	if wrong.ID == "unknown-operation" {
		r.blame(wrong)
	}
	if r.Cause == nil {
		r.Cause, r.Verdict = wrong, Unknown
	}
}

// seals says whether some operation's whole body is sealed.
func (e *Explainer) seals() bool {
	return slices.ContainsFunc(e.operations, func(op *operation) bool { return op.openBody })
}

// ways lists the ways to read a message's parameters, at least one, the likeliest first. The diagnosis says why the text
// that travelled cannot be read.
func (e *Explainer) ways(m *message) ([]wire.Pairs, *diagnosis.Diagnosis) {
	if len(m.params) > 0 {
		return m.params, nil
	}
	exact := m.source != sourceURL
	query, failed := readPairs(m.query, wire.InQuery, exact)
	form := []wire.Pairs{nil}
	base := m.contentType()
	if m.hasBody && (base == formMediaType || base == "" && looksLikeForm(m.body)) && !e.onlySealed() {
		var wrong *diagnosis.Diagnosis
		if form, wrong = readPairs(string(m.body), wire.InForm, exact && m.header != nil); failed == nil {
			failed = wrong
		}
	}
	var all []wire.Pairs
	for i := range max(len(query), len(form)) {
		q, f := query[min(i, len(query)-1)], form[min(i, len(form)-1)]
		all = append(all, slices.Concat(q, f))
	}
	return all, failed
}

// onlySealed says that every operation with a body has it sealed as a whole: what looks like a form is ciphertext then.
func (e *Explainer) onlySealed() bool {
	for _, op := range e.operations {
		if op.Body != nil && !op.openBody {
			return false
		}
	}
	return true
}

func readPairs(text, in string, exact bool) ([]wire.Pairs, *diagnosis.Diagnosis) {
	if text == "" {
		return []wire.Pairs{nil}, nil
	}
	id, parse := "form-malformed", func() (wire.Pairs, error) { return wire.ParseForm([]byte(text)) }
	if in == wire.InQuery {
		id, parse = "query-malformed", func() (wire.Pairs, error) { return wire.ParseQuery(text) }
	}
	pairs, err := parse()
	if err == nil && exact {
		return []wire.Pairs{pairs}, nil
	}
	list := readings(text, in)
	if err == nil || !exact && len(list) > 0 {
		return list, nil
	}
	if len(list) == 0 {
		list = []wire.Pairs{nil}
	}
	return list, diagnosis.New(id, "reason", err.Error())
}

// looksLikeForm reports whether a body without a label is name=value.
func looksLikeForm(body []byte) bool {
	name, _, ok := bytes.Cut(bytes.TrimSpace(body), []byte("="))
	return ok && len(name) > 0 && len(name) < 100 && !bytes.ContainsAny(name, "{}[]\"' \t\n+/")
}

// namesOf lists the names of parameters and of the first level of a JSON body.
func namesOf(pairs wire.Pairs, body []byte) []string {
	var names []string
	for _, p := range pairs {
		names = append(names, p.Name)
	}
	if record, ok := jsonObject(body); ok {
		for name := range record {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func jsonObject(body []byte) (map[string]any, bool) {
	if !isJSONObject(body) {
		return nil, false
	}
	v, err := wire.DecodeJSON(bytes.TrimSpace(body), wire.JSONOptions{DuplicateNames: true})
	if err != nil {
		return nil, false
	}
	record, ok := v.(map[string]any)
	return record, ok
}

// checkToken looks whether a token is there at all, where the call's header or query is known. Whether the vendor still
// takes it is not ours to say.
func (e *Explainer) checkToken(r *Report, op *operation, m *message, pairs wire.Pairs) {
	scheme := op.Security
	if scheme == nil || op.Wire.Auth == nil {
		return
	}
	token := ""
	switch scheme.In {
	case "header":
		if m.header == nil {
			return
		}
		token = m.header.Get(scheme.Key)
	default:
		if !m.hasPath && len(m.params) == 0 {
			return
		}
		token, _ = pairs.Get(scheme.Key)
	}
	if token == "" {
		r.blame(diagnosis.New("missing-token", "in", scheme.In, "name", scheme.Key))
		return
	}
	if scheme.Bearer {
		kind, rest, _ := strings.Cut(token, " ")
		if !strings.EqualFold(kind, "Bearer") {
			r.blame(diagnosis.New("token-not-bearer"))
			return
		}
		token = strings.TrimSpace(rest)
	}
	if known := e.tokens[op.Wire.Auth.Slot]; len(known) > 0 {
		for _, t := range known {
			if t.Value == token {
				return
			}
		}
		r.note("token-unknown", "slot", op.Wire.Auth.Slot)
	}
}
