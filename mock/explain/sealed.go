package explain

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// checkSealedBody opens a request body that is sealed as a whole.
func (e *Explainer) checkSealedBody(r *Report, op *operation, m *message) {
	if !m.hasBody || len(bytes.TrimSpace(m.body)) == 0 {
		if m.hasPath && m.header != nil && op.Body != nil && op.Body.Required {
			r.blame(diagnosis.New("body-empty"))
		}
		return
	}
	text, carrier := wire.Carried(bytes.TrimSpace(m.body), op.Wire.Seal.Carriers)
	if carrier == "text" && m.contentType() == formMediaType {
		r.note("sealed-labelled-form")
	}
	if plain := e.open(r, op.cipher, bytes.TrimSpace(text), ""); plain != nil {
		e.checkOpened(r, op, plain)
	}
}

// open opens a sealed text, whatever mistakes it holds, puts them into the report, and returns the JSON; nil where none
// opens it. field is the pointer of the member it stood in.
func (e *Explainer) open(r *Report, c *wire.Cipher, text []byte, field string) []byte {
	plain, f := c.Recover(text)
	if f.ID == "" {
		for _, t := range c.Tolerated(text) {
			r.note(t.ID)
		}
		return plain
	}
	main, also := splitAlso(f)
	r.blame(main)
	r.Notes = append(r.Notes, also...)
	if field != "" {
		r.fact(FactField, field)
	}
	if f.ID != "sealed-plain-json" {
		r.fact(FactStep, f.Detail["step"]+": "+f.Detail["reason"])
	}
	return plain
}

// checkOpened holds an opened request body to its schema and shows it.
func (e *Explainer) checkOpened(r *Report, op *operation, plain []byte) {
	v := e.decode(r, plain)
	if v == nil {
		return
	}
	e.checkCredentials(r, op, v)
	if s := op.bodies[0].schema(); s != nil {
		e.checkSchema(r, "body", "", s, v, false)
		r.fact(FactOpened, e.masked(s, v))
	}
}

// checkCipher explains a ciphertext of which nothing else is known. What it opens to tells which operation's request, or
// reply, it is.
func (e *Explainer) checkCipher(r *Report, text []byte) {
	text = bytes.TrimSpace(text)
	var plain []byte
	var best wire.Finding
	var sealer *operation
	for _, op := range e.operations {
		if op.cipher == nil || sealer != nil && sealer.cipher == op.cipher {
			continue
		}
		opened, f := op.cipher.Recover(op.carried(text))
		if sealer == nil || f.ID == "" || opened != nil && plain == nil {
			plain, best, sealer = opened, f, op
		}
		if best.ID == "" {
			break
		}
	}
	if sealer == nil {
		r.Cause, r.Verdict = diagnosis.New("explain-no-cipher"), Unknown
		return
	}
	plain = e.open(r, sealer.cipher, sealer.carried(text), "")
	if plain == nil {
		return
	}
	if sealer.openPart == "" && e.isReply(plain) {
		e.checkReply(r, nil, 0, plain)
		e.opens(r)
		return
	}
	record, _ := jsonObject(plain)
	var names []string
	for name := range record {
		names = append(names, name)
	}
	slices.Sort(names)
	op := e.byNames(names)
	switch {
	case sealer.openPart != "":
		sealer = e.byOpened(sealer, names)
		r.Operation = sealer.ID
		if v := e.decode(r, plain); v != nil {
			e.checkSchema(r, "body", sealer.openPart, sealer.opened(), v, false)
			r.fact(FactOpened, e.masked(sealer.opened(), v))
		}
	case op != nil && op.openBody:
		r.Operation = op.ID
		e.checkOpened(r, op, plain)
	default:
		if v := e.decode(r, plain); v != nil {
			r.fact(FactOpened, e.masked(nil, v))
		}
	}
	e.opens(r)
}

// carried is the ciphertext in a carrier that the contract allows for whole bodies.
func (op *operation) carried(text []byte) []byte {
	if !op.openBody {
		return text
	}
	inner, _ := wire.Carried(text, op.Wire.Seal.Carriers)
	return bytes.TrimSpace(inner)
}

func (e *Explainer) opens(r *Report) {
	if r.Cause == nil {
		r.Cause, r.Verdict = diagnosis.New("explain-opens"), Right
	}
}

// checkSealedMember opens the sealed member of a decoded body.
func (e *Explainer) checkSealedMember(r *Report, op *operation, record map[string]any) {
	pointer := op.openPart
	holder, name := memberAt(record, pointer)
	text, ok := holder[name].(string)
	switch {
	case !ok && holder[name] != nil:
		r.blame(diagnosis.New("sealed-plain-json"))
		r.fact(FactField, pointer)
		return
	case text == "":
		return // the schema says so
	}
	c := op.cipher
	if key, given := e.keyInBody(op, record); given {
		// The key travels in the message: a text of another application opens under that one's.
		other := map[string]string{}
		for slot, v := range e.credentials {
			other[slot] = v
		}
		other[op.Wire.Seal.Key.Slot] = key
		if made, err := wire.NewSealCipher(op.Wire.Seal, other); err == nil {
			c = made
		}
	}
	plain := e.open(r, c, []byte(text), pointer)
	if plain == nil {
		return
	}
	v := e.decode(r, plain)
	if v == nil {
		return
	}
	if op.inPlace {
		holder[name] = v // the body's own schema speaks of it
	} else {
		e.checkSchema(r, "body", pointer, op.opened(), v, false)
	}
	r.fact(FactOpened, e.masked(op.opened(), value(plain)))
}

// value decodes JSON anew: masking changes what it is given.
func value(text []byte) any {
	v, _ := wire.DecodeJSON(bytes.TrimSpace(text), wire.JSONOptions{DuplicateNames: true})
	return v
}

// memberAt finds the object that holds the member at a JSON pointer, and the member's name; the object is nil where there is
// none.
func memberAt(v any, pointer string) (holder map[string]any, name string) {
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		holder, _ = v.(map[string]any)
		if name = specs.UnescapePointer(token); i < len(tokens)-1 {
			v = holder[name]
		}
	}
	return holder, name
}

// byOpened is the operation whose sealed part has most of the names, among those that seal as one of them does.
func (e *Explainer) byOpened(sealer *operation, names []string) *operation {
	best, most := sealer, 0
	for _, op := range e.operations {
		if op.cipher != sealer.cipher {
			continue
		}
		n := 0
		for _, name := range names {
			if s := op.opened(); s != nil && s.Describes(name) {
				n++
			}
		}
		if n > most {
			best, most = op, n
		}
	}
	return best
}

// keyInBody returns the key's slot as the message itself has it, where it is another one than configured.
func (e *Explainer) keyInBody(op *operation, record map[string]any) (string, bool) {
	if op.Wire.Auth == nil {
		return "", false
	}
	for pointer, slot := range op.Wire.Auth.Fields {
		v, _ := record[strings.TrimPrefix(pointer, "/")].(string)
		if slot == op.Wire.Seal.Key.Slot && v != "" && v != e.credentials[slot] {
			return v, true
		}
	}
	return "", false
}

// decode reads JSON and blames what is wrong with it; nil when it cannot be read, or holds nothing.
func (e *Explainer) decode(r *Report, text []byte) any {
	v, failed := wire.DecodeJSON(bytes.TrimSpace(text), wire.JSONOptions{})
	if failed == nil {
		return v
	}
	d := diagnosis.New("json-"+failed.Reason, "offset", itoa(failed.Offset))
	if failed.Pointer != "" {
		d.Detail["pointer"] = clip(failed.Pointer, 200)
	}
	r.blame(d)
	if v, failed = wire.DecodeJSON(bytes.TrimSpace(text), wire.JSONOptions{DuplicateNames: true}); failed != nil {
		return nil
	}
	return v
}

// checkSchema holds a value to its schema; below is where the value stands. With onlyMissing, only what is not there
// counts: the text that the value was read from has lost the types.
func (e *Explainer) checkSchema(r *Report, in, below string, s *schema.Schema, v any, onlyMissing bool) {
	if s == nil {
		return
	}
	violations := s.Validate(v)
	if onlyMissing {
		violations = slices.DeleteFunc(violations, func(one schema.Violation) bool { return !one.Missing() })
	}
	d := diagnosis.New("violates-contract")
	d.Findings = findings(in, below, violations)
	if len(d.Findings) > 0 {
		r.blame(d)
		r.fields(d)
	}
}

// findings are violations of a schema as findings; below is where the value stands.
func findings(in, below string, violations []schema.Violation) []diagnosis.Finding {
	var list []diagnosis.Finding
	for _, one := range violations {
		list = append(list, diagnosis.Finding{
			In: in, Pointer: below + one.Pointer, Keyword: one.Keyword, Expected: one.Expected, Got: one.Got, Clause: one.Source, At: one.At.String(),
		})
	}
	return list
}

// fields shows the places that a diagnosis points at.
func (r *Report) fields(d *diagnosis.Diagnosis) {
	for _, f := range d.Findings {
		r.fact(FactField, strings.TrimSpace(f.In+" "+f.Pointer)+": "+f.Expected+" ≠ "+f.Got+clause(f))
	}
}

func clause(f diagnosis.Finding) string {
	said := cmp.Or(f.Clause, f.At)
	if said == "" {
		return ""
	}
	return " (" + said + ")"
}
