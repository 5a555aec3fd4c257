package explain

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// isReply says whether JSON looks like an answer of the vendor rather than like a request: more of its names are those of
// replies.
func (e *Explainer) isReply(text []byte) bool {
	record, ok := jsonObject(text)
	if !ok || len(record) == 0 {
		return false
	}
	asked, answered := 0, 0
	for _, op := range e.operations {
		n, m := 0, 0
		for name := range record {
			if op.declares(name) {
				n++
			}
			if slices.ContainsFunc(op.replies, func(b body) bool { return slices.Contains(b.members, name) }) {
				m++
			}
		}
		asked, answered = max(asked, n), max(answered, m)
	}
	return answered > asked && 2*answered >= len(record)
}

// checkReply shows what the vendor answered, opened where it is sealed, and which row of its catalogue it is. op is nil
// when nobody knows what was asked.
func (e *Explainer) checkReply(r *Report, op *operation, status int, text []byte) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return
	}
	if op != nil && op.openReply && op.cipher != nil && !isJSONObject(text) {
		inner, _ := wire.Carried(text, []string{"quoted"})
		plain, f := op.cipher.Recover(inner)
		if plain == nil {
			d, _ := splitAlso(f)
			r.note("explain-reply-sealed", "id", d.ID)
			return
		}
		text = plain
	}
	v, failed := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	if failed != nil {
		return
	}
	row := e.errorRow(op, v)
	if row == nil && op != nil {
		row = e.errorRow(nil, v)
	}
	r.fact(FactReply, e.masked(e.replySchema(op, v), v))
	if row == nil {
		if r.Cause == nil && op == nil {
			r.Cause, r.Verdict = diagnosis.New("explain-reply"), Right
		}
		return
	}
	d := diagnosis.New("explain-vendor-error", "id", row.ID, "code", row.Code, "message", row.Message, "when", strings.TrimSpace(row.When))
	if op == nil {
		r.blame(d)
		return
	}
	r.Notes = append(r.Notes, d)
}

// replySchema is the schema whose names the value has most of, among an operation's replies, or those of all.
func (e *Explainer) replySchema(op *operation, v any) *schema.Schema {
	record, _ := v.(map[string]any)
	candidates := e.operations
	if op != nil {
		candidates = []*operation{op}
	}
	var best *schema.Schema
	most := 0
	for _, o := range candidates {
		for _, b := range o.replies {
			if b.schema == nil {
				continue
			}
			n := 0
			for name := range record {
				if slices.Contains(b.members, name) {
					n += 2
				}
			}
			// Operations share their envelopes; the one that is kept whole knows the result as well.
			if n > 0 && len(b.schema.Validate(v)) == 0 {
				n++
			}
			if n > most {
				best, most = b.schema, n
			}
		}
	}
	return best
}

// errorRow finds the row of the catalogue that a reply is, by the places that the envelope gives code and message.
func (e *Explainer) errorRow(op *operation, v any) *specs.ErrorRow {
	var best *specs.ErrorRow
	most := 0
	for i := range e.contract.Errors {
		row := &e.contract.Errors[i]
		if op != nil && len(row.Operations) > 0 && !slices.Contains(row.Operations, op.ID) {
			continue
		}
		template := row.Body
		if template == nil {
			template = e.envelope(op)
		}
		places := map[string]string{}
		if template == nil || !fill(template, v, places) {
			continue
		}
		if code, ok := places["$code"]; ok && code != row.Code {
			continue
		}
		n := 1
		for place, want := range map[string]string{"$message": row.Message, "$subCode": row.SubCode, "$code": row.Code} {
			if want != "" && places[place] == want {
				n += 2
			}
		}
		if n > most {
			best, most = row, n
		}
	}
	if most < 3 {
		return nil // neither a code nor a text says so
	}
	return best
}

// envelope is the error form of an operation, or of the first that has one.
func (e *Explainer) envelope(op *operation) any {
	for _, o := range append([]*operation{op}, e.operations...) {
		if o != nil && o.Wire.Envelope != nil && o.Wire.Envelope.Error != nil {
			return o.Wire.Envelope.Error
		}
	}
	return nil
}

// fill reads what stands in a template's places; false when the value is of another shape.
func fill(template, v any, places map[string]string) bool {
	switch t := template.(type) {
	case map[string]any:
		record, ok := v.(map[string]any)
		if !ok {
			return false
		}
		for name, inner := range t {
			item, there := record[name]
			if !there {
				if s, isPlace := inner.(string); isPlace && strings.HasPrefix(s, "$") && s != "$code" {
					continue
				}
				return false
			}
			if !fill(inner, item, places) {
				return false
			}
		}
		return true
	case string:
		if strings.HasPrefix(t, "$") {
			places[t] = textOf(v)
			return true
		}
		return textOf(v) == t
	case bool:
		return v == t
	case nil:
		return true
	}
	return true
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
