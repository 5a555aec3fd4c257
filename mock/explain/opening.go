package explain

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// opening is what became of the seal of a whole call.
type opening struct {
	// body is what the contract describes: the body that travelled with its seal opened, where that was possible.
	body []byte
	// text is what the seal held, nil where nothing did; failed says that a ciphertext was due and did not open.
	text   []byte
	failed bool
	tell   func(*Report) // puts what was found into the report
}

// opening opens what of a call is sealed. It tells nothing yet: a signature may have to be judged first.
func (e *Explainer) opening(op *operation, m *message) *opening {
	o := &opening{body: m.body, tell: func(*Report) {}}
	switch {
	case op.cipher == nil || len(bytes.TrimSpace(m.body)) == 0:
	case op.openBody:
		e.openBody(o, op, m)
	case op.openPart != "" && op.sealsForm(m):
		e.openField(o, op, m)
	case op.openPart != "":
		e.openMember(o, op, m)
	}
	return o
}

// sealsForm says whether the sealed part of a body is a field of a form.
func (op *operation) sealsForm(m *message) bool {
	base := m.contentType()
	return base == formMediaType || base == "" && op.isForm()
}

func (e *Explainer) openBody(o *opening, op *operation, m *message) {
	seal := op.Wire.Seal
	text, carrier := wire.Carried(bytes.TrimSpace(m.body), seal.Carriers)
	found := &Report{}
	if base := m.contentType(); m.header != nil && len(seal.Labels) > 0 && !slices.Contains(seal.Labels, base) {
		found.blame(diagnosis.New("content-type-wrong", "got", clip(base, 80), "known", strings.Join(seal.Labels, ", ")))
	} else if carrier == "text" && base == formMediaType {
		found.note("sealed-labelled-form")
	}
	plain := e.open(found, op.cipher, bytes.TrimSpace(text), "")
	// A log may have its own quotes around a body, or have taken them off.
	if found.Cause == nil && m.header != nil && len(seal.Carriers) > 0 && !slices.Contains(seal.Carriers, carrier) {
		found.blame(diagnosis.New("sealed-carrier", "known", strings.Join(seal.Carriers, ", ")))
	}
	o.body, o.text, o.failed = plain, plain, plain == nil
	if plain != nil && len(op.bodies) > 0 {
		found.fact(FactOpened, e.masked(op.bodies[0].schema(), value(plain)))
	}
	o.tell = found.into
}

func (e *Explainer) openMember(o *opening, op *operation, m *message) {
	raw, ok := wire.Member(m.body, op.openPart)
	var text string
	switch {
	case !ok || string(raw) == "null":
		return // the schema says so
	case json.Unmarshal(raw, &text) != nil:
		o.failed = true
		o.tell = func(r *Report) {
			r.blame(diagnosis.New("sealed-plain-json"))
			r.fact(FactField, op.openPart)
		}
		return
	case text == "":
		return
	}
	e.openPart(o, op, text, func(plain []byte) {
		if whole, err := wire.PutMember(m.body, op.openPart, plain); err == nil {
			o.body = whole
		}
	})
}

func (e *Explainer) openField(o *opening, op *operation, m *message) {
	pairs, err := wire.ParseForm(m.body)
	name := specs.UnescapePointer(strings.TrimPrefix(op.openPart, "/"))
	at := slices.IndexFunc(pairs, func(p wire.Pair) bool { return p.Name == name })
	if err != nil || at < 0 || pairs[at].Value == "" {
		return
	}
	e.openPart(o, op, pairs[at].Value, func(plain []byte) {
		pairs = slices.Clone(pairs)
		pairs[at].Value = string(plain)
		o.body = []byte(encoded(pairs, wire.InForm))
	})
}

// openPart opens the sealed part of a body. put puts what it holds into the body, where the contract describes it there.
func (e *Explainer) openPart(o *opening, op *operation, text string, put func(plain []byte)) {
	found := &Report{}
	plain := e.open(found, op.cipher, []byte(text), op.openPart)
	o.text, o.failed = plain, plain == nil
	o.tell = found.into
	if plain == nil {
		return
	}
	found.fact(FactOpened, e.masked(op.opened(), value(plain)))
	if op.inPlace {
		put(plain)
		return
	}
	if v := e.decode(found, plain); v != nil {
		e.checkSchema(found, "body", op.openPart, op.opened(), v, false)
	}
}

// into puts what was found by itself into a report.
func (r *Report) into(to *Report) {
	to.blame(r.Cause)
	to.Notes = append(to.Notes, r.Notes...)
	to.Facts = append(to.Facts, r.Facts...)
}
