package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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
	text, plain, ok := e.openReply(r, op, text)
	if !ok {
		return
	}
	v, failed := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	if failed != nil {
		return
	}
	if op != nil && !e.contract.Bundled {
		e.judgeReply(r, op, status, v, plain)
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

// openReply opens a reply, or its sealed part, which then stands opened in its place where the contract describes it so;
// plain is the opened part elsewhere. It is not ok when it does not open.
func (e *Explainer) openReply(r *Report, op *operation, text []byte) (whole, plain []byte, ok bool) {
	candidates := e.operations
	if op != nil {
		candidates = []*operation{op}
	}
	for _, one := range candidates {
		inner, pointer := text, one.replyPart
		switch {
		case pointer == "", pointer == "body" && (op == nil || isJSONObject(text)):
			continue
		case pointer == "body":
			inner, _ = wire.Carried(text, []string{"quoted"})
		default:
			var held string
			raw, there := wire.Member(text, pointer)
			if !there || json.Unmarshal(raw, &held) != nil || held == "" {
				continue
			}
			inner = []byte(held)
		}
		opened, f := one.cipher.Recover(inner)
		switch {
		case opened == nil && op == nil:
			continue
		case opened == nil:
			d, _ := splitAlso(f)
			r.note("explain-reply-sealed", "id", d.ID)
			return nil, nil, false
		case pointer == "body":
			return opened, nil, true
		case !slices.ContainsFunc(one.replies, func(b body) bool { return b.inPlace }):
			return text, opened, true
		}
		if whole, err := wire.PutMember(text, pointer, opened); err == nil {
			return whole, nil, true
		}
	}
	return text, nil, true
}

// judgeReply notes what of an answer breaks the contract; plain is its opened part, where that does not stand in it.
func (e *Explainer) judgeReply(r *Report, op *operation, status int, v any, plain []byte) {
	if status == 0 {
		return
	}
	exact, ranged := strconv.Itoa(status), fmt.Sprintf("%dXX", status/100)
	for _, known := range []string{exact, ranged, "default"} {
		for _, b := range op.replies {
			s := b.schema()
			if b.status != known || s == nil || !strings.Contains(b.base, "json") {
				continue
			}
			d := diagnosis.New("violates-contract")
			d.Findings = findings("reply", "", s.Validate(v))
			if opened := b.opened(); opened != nil && plain != nil {
				d.Findings = append(d.Findings, findings("reply", op.replyPart, opened.Validate(value(plain)))...)
			}
			if len(d.Findings) > 0 {
				r.Notes = append(r.Notes, d)
				r.fields(d)
			}
			if plain != nil {
				r.fact(FactOpened, e.masked(b.opened(), value(plain)))
			}
			return
		}
	}
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
			n := 0
			for name := range record {
				if slices.Contains(b.members, name) {
					n += 2
				}
			}
			// Operations share their envelopes; the one that is kept whole knows the result as well.
			if n > 0 && n >= most && len(b.schema().Validate(v)) == 0 {
				n++
			}
			if n > most {
				best, most = b.schema(), n
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
