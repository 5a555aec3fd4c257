package learn

import (
	"encoding/json"
	"slices"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// addRows finds the rows of the catalogue that an error may be: those with its code, its other texts where they have any,
// and its status.
func (s *stand) addRows(a *answered, t *told, op *specs.Operation, add func(complaint), whole int) {
	if len(s.contract.Errors) == 0 {
		return
	}
	status := t.heard.Response.Status
	for i := range s.contract.Errors {
		row := &s.contract.Errors[i]
		if len(row.Operations) > 0 && !slices.Contains(row.Operations, op.ID) {
			continue
		}
		found, ok := errorIn(op, row, a.value)
		if !ok || found["$code"] != row.Code || row.SubCode != "" && found["$subCode"] != row.SubCode {
			continue
		}
		if max(row.Status, 200) == status {
			a.rows = append(a.rows, row.ID)
		}
	}
	if len(a.rows) > 0 {
		return
	}
	if found, ok := errorIn(op, nil, a.value); ok && found["$code"] != "" {
		a.code, a.message = found["$code"], found["$message"]
		add(complaint{keyword: "code", expected: "a code of the catalogue under its status", got: "another one", weight: whole})
	}
}

// errorIn reads an error in the form of a row, or of the envelope.
func errorIn(op *specs.Operation, row *specs.ErrorRow, v any) (map[string]string, bool) {
	var template any
	if op.Wire.Envelope != nil {
		template = op.Wire.Envelope.Error
	}
	if row != nil && row.Body != nil {
		template = row.Body
	}
	found := map[string]string{}
	if template == nil || !taken(template, v, found) {
		return nil, false
	}
	if row != nil && !mentions(template, "$code") {
		found["$code"] = row.Code // its body says it otherwise
	}
	return found, true
}

// taken reads the texts out of a value that stand in the places of a template. What the value has beside it does not matter,
// nor that it lacks what is always null.
func taken(template, v any, found map[string]string) bool {
	switch t := template.(type) {
	case map[string]any:
		record, ok := v.(map[string]any)
		if !ok {
			return false
		}
		for name, inner := range t {
			item, there := record[name]
			if place, ok := inner.(string); ok && len(place) > 1 && place[0] == '$' {
				if there {
					found[place] = textOf(item)
				} else if place == "$code" {
					return false
				}
				continue
			}
			if !there && inner == nil {
				continue
			}
			if !taken(inner, item, found) {
				return false
			}
		}
		return true
	case string:
		if len(t) > 1 && t[0] == '$' {
			found[t] = textOf(v)
			return true
		}
		return t == v
	case bool:
		return t == v
	case nil:
		return v == nil
	}
	return textOf(jsonOf(template)) == textOf(v) && textOf(v) != ""
}

func mentions(template any, place string) bool {
	switch t := template.(type) {
	case map[string]any:
		for _, inner := range t {
			if mentions(inner, place) {
				return true
			}
		}
	case string:
		return t == place
	}
	return false
}

// jsonOf is a scalar of YAML as JSON has it.
func jsonOf(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return v
	}
	out, _ := wire.DecodeJSON(text, wire.JSONOptions{})
	return out
}

// textOf compares what travels as a text with what travels as a number.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return ""
}

// addFormats holds a reply to the text forms of the contract: the format of a call that asks for none, and the form of
// lists.
func (s *stand) addFormats(t *told, op *specs.Operation, done *drive.Exchange, add func(complaint)) {
	f := op.Wire.Formats
	if f == nil || done.Reply.Unread != nil {
		return
	}
	isXML := !json.Valid(done.Reply.Plain)
	if f.Parameter != "" {
		want, given := t.parameter(f.Parameter)
		if !given {
			want = f.Default
		}
		if (want == "xml" || want == "json") && (want == "xml") != isXML {
			is := map[bool]string{true: "xml", false: "json"}
			add(complaint{keyword: "format of the answer", expected: want, got: is[isXML], weight: leaves(done.Reply.Value)})
		}
	}
	if f.Lists == "" || isXML || done.Outcome != drive.OK {
		return
	}
	simplify, _ := t.parameter(f.Simplify)
	wrapped := f.Lists == "wrapped" && (f.Simplify == "" || simplify != "true")
	form, _ := replyForm(op, done.Reply.Status, t.heard.Response.MediaType)
	if form == nil {
		return
	}
	compiled, err := s.set.CompileView(form.Schema, schema.Response)
	raw, failed := wire.DecodeJSON(done.Reply.Plain, wire.JSONOptions{DuplicateNames: true})
	if err != nil || failed != nil {
		return
	}
	listForms(compiled.Shape(), raw, done.Reply.Value, "", func(pointer string, isWrapped bool, v any) {
		if isWrapped != wrapped {
			is := map[bool]string{true: "a list in an object of its own", false: "a plain list"}
			add(complaint{pointer: pointer, keyword: "form of lists", expected: is[wrapped], got: is[isWrapped], weight: leaves(v)})
		}
	})
}

// listForms visits the lists that may be wrapped: raw is what travelled, v the same with wrappers taken off.
func listForms(sh schema.Shape, raw, v any, pointer string, visit func(pointer string, wrapped bool, v any)) {
	sh = sh.Pick(v)
	switch v := v.(type) {
	case map[string]any:
		record, _ := raw.(map[string]any)
		for _, name := range sortedKeys(v) {
			listForms(sh.Member(name), record[name], v[name], pointer+"/"+specs.EscapePointer(name), visit)
		}
	case []any:
		list, isList := raw.([]any)
		if sh.XML().Wrapped {
			visit(pointer, !isList, v)
		}
		if record, ok := raw.(map[string]any); ok && len(record) == 1 {
			for _, inner := range record {
				list, _ = inner.([]any)
			}
		}
		for i := range v {
			if i < len(list) {
				listForms(sh.Item(i), list[i], v[i], pointer+"/"+itoa(i), visit)
			}
		}
	}
}
