package explain

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// checkFields holds what is not sealed as a whole to the contract: parameters, form fields, a JSON body and its sealed
// member.
func (e *Explainer) checkFields(r *Report, op *operation, m *message, pairs wire.Pairs) {
	whole := m.hasPath || len(m.params) > 0 // else a part was given, and nobody can say what is missing
	if whole {
		e.checkParameters(r, op, pairs)
	}
	switch {
	case len(op.bodies) == 0:
	case op.isForm():
		e.checkForm(r, op, pairs, whole)
	case len(m.params) > 0:
		record := map[string]any{}
		for _, p := range pairs {
			record[p.Name] = p.Value
		}
		e.checkRecord(r, op, record, true)
	case !m.hasBody || len(bytes.TrimSpace(m.body)) == 0:
		if m.header != nil && op.Body != nil && op.Body.Required {
			r.blame(diagnosis.New("body-empty"))
		}
	default:
		e.checkJSONBody(r, op, m)
	}
}

func (e *Explainer) checkJSONBody(r *Report, op *operation, m *message) {
	v := e.decode(r, m.body)
	record, ok := v.(map[string]any)
	if !ok {
		if v != nil {
			e.checkSchema(r, "body", "", op.bodies[0].schema(), v, false)
		}
		return
	}
	e.checkRecord(r, op, record, false)
}

// checkRecord holds a decoded body to its credentials, its seal and its schema, in this order: what is sealed under other
// credentials cannot be opened.
func (e *Explainer) checkRecord(r *Report, op *operation, record map[string]any, onlyMissing bool) {
	e.checkCredentials(r, op, record)
	if op.openPart != "" {
		e.checkSealedMember(r, op, record)
	}
	e.checkSchema(r, "body", "", op.bodies[0].schema(), record, onlyMissing)
}

// checkCredentials compares the credentials in a body with those in force.
func (e *Explainer) checkCredentials(r *Report, op *operation, v any) {
	record, ok := v.(map[string]any)
	if !ok || op.Wire.Auth == nil {
		return
	}
	for _, pointer := range slices.Sorted(maps.Keys(op.Wire.Auth.Fields)) {
		slot := op.Wire.Auth.Fields[pointer]
		if given, ok := record[strings.TrimPrefix(pointer, "/")].(string); ok && given != "" && given != e.credentials[slot] {
			d := diagnosis.New("credential-differs", "slot", slot)
			d.Findings = []diagnosis.Finding{{In: "body", Pointer: pointer, Expected: "the " + slot + " in force", Got: "another text"}}
			r.blame(d)
		}
	}
}

// checkParameters looks for declared parameters that are missing or break their schema.
func (e *Explainer) checkParameters(r *Report, op *operation, pairs wire.Pairs) {
	for _, p := range op.parameters {
		if p.In != wire.InQuery || op.Security != nil && op.Security.Key == p.Name {
			continue
		}
		text, n := pairs.Get(p.Name)
		switch {
		case text == "" && p.Required:
			if !blamed(r, "missing-parameter", p.Name) {
				r.blame(diagnosis.New("missing-parameter", "name", p.Name))
			}
		case n == 0 || text == "" || p.schema() == nil:
		case op.Wire.Sign != nil && (p.Name == op.Wire.Sign.TimeParameter || p.Name == op.Wire.Sign.MethodParameter):
			// Told in words of their own.
		default:
			e.checkSchema(r, "query", p.Name, p.schema(), p.schema().FromText(text), false)
		}
	}
}

func blamed(r *Report, id, name string) bool {
	return slices.ContainsFunc(append(slices.Clone(r.Notes), r.Cause), func(d *diagnosis.Diagnosis) bool {
		return d != nil && d.ID == id && d.Detail["name"] == name
	})
}

// checkForm reads the fields of a form as the contract has them: some hold JSON text.
func (e *Explainer) checkForm(r *Report, op *operation, pairs wire.Pairs, whole bool) {
	b := op.bodies[0]
	record := map[string]any{}
	for _, p := range pairs {
		if op.placeOf(p.Name) == wire.InQuery || p.Value == "" || op.Wire.Sign != nil && p.Name == op.Wire.Sign.Parameter {
			continue
		}
		record[p.Name] = p.Value
		if b.Encoding[p.Name].ContentType == "application/json" {
			v, failed := wire.DecodeJSON([]byte(p.Value), wire.JSONOptions{})
			if failed != nil {
				d := diagnosis.New("json-"+failed.Reason, "offset", itoa(failed.Offset))
				d.Findings = []diagnosis.Finding{{In: "form", Pointer: p.Name, Expected: "JSON text", Got: "text that is not JSON"}}
				r.blame(d)
				return
			}
			record[p.Name] = v
		}
	}
	if op.openPart != "" {
		e.checkSealedMember(r, op, record)
	}
	if whole {
		e.checkSchema(r, "form", "", b.schema(), record, false)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// isSecret says whether a kind of sensitive datum is a credential, which is never shown.
func isSecret(kind string) bool { return kind == "secret" || kind == "token" || kind == "ciphertext" }

// masked writes a decoded value as JSON with personal data masked as the contract marks them. What no schema describes is
// masked too, except where the user asked to see it.
func (e *Explainer) masked(s *schema.Schema, v any) string {
	hide := func(kind string, v any) any {
		if e.show && !isSecret(kind) {
			return v
		}
		switch v.(type) {
		case json.Number:
			return json.Number("0")
		case bool:
			return v
		}
		return "***"
	}
	if s != nil {
		v = s.Sensitive(v, hide)
	} else {
		v = hideAll(v, hide)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// hideAll masks every value and keeps the names.
func hideAll(v any, hide func(string, any) any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			v[name] = hideAll(item, hide)
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = hideAll(item, hide)
		}
		return v
	case nil:
		return nil
	}
	return hide(schema.Undescribed, v)
}
