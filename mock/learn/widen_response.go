package learn

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/specs"
)

// response declares a status, or a media type under it.
func (w *widener) response(list []heardAt) {
	h := list[0]
	op, ok := w.contract.Operation(h.operation)
	if !ok {
		return
	}
	status := strconv.Itoa(h.x.heard.Response.Status)
	out := map[string]any{"description": "Heard; the document does not have it."}
	if mediaType := base(h.x.heard.Response.MediaType); mediaType != "" && len(h.x.heard.Response.Body) > 0 {
		out["content"] = map[string]any{mediaType: map[string]any{"schema": w.schemaFor(op, list)}}
	}
	if _, declared := replyForm(op, h.x.heard.Response.Status, ""); declared {
		if out["content"] != nil && !w.swagger() { // which has one schema for all media types
			for _, r := range op.Responses {
				if r.Status == status {
					w.update(r.Pointer, map[string]any{"content": out["content"]})
				}
			}
		}
		return
	}
	if w.swagger() {
		out = swaggerResponse(out)
	}
	w.update(op.Pointer+"/responses", map[string]any{status: out})
}

// schemaFor is a schema that the operation has for another answer, where the bodies keep it, else one made of them.
func (w *widener) schemaFor(op *specs.Operation, list []heardAt) any {
	var values []any
	for _, h := range list {
		values = append(values, h.replied.value)
	}
	var candidates []string
	for _, r := range op.Responses {
		for _, m := range r.Content {
			if m.Schema != "" {
				candidates = append(candidates, m.Schema)
			}
			for _, keyword := range []string{"anyOf", "oneOf"} {
				some, _ := w.raw(m.Schema)[keyword].([]any)
				for i := range some {
					candidates = append(candidates, m.Schema+"/"+keyword+"/"+strconv.Itoa(i))
				}
			}
		}
	}
	for _, one := range candidates {
		ref, isRef := w.raw(one)["$ref"]
		fits := !slices.ContainsFunc(values, func(v any) bool { return v == nil || len(w.violations(one, v)) > 0 })
		if isRef && fits {
			return map[string]any{"$ref": ref}
		}
	}
	return w.inferred(values)
}

// row adds an error to the catalogue.
func (w *widener) row(h heardAt) {
	if !w.contract.Extended || !plainCode(h.replied.code) {
		return
	}
	status := h.x.heard.Response.Status
	row := map[string]any{
		"id": "heard-" + strings.ToLower(h.replied.code), "code": h.replied.code, "message": "error " + h.replied.code,
		"when": "Heard; the document does not have it, and does not say when.", "operations": []any{h.operation}, "fault": "vendor",
	}
	if _, taken := w.contract.Error(row["id"].(string)); taken || slices.ContainsFunc(w.actions, func(a Action) bool { return rowID(a.Update) == row["id"] }) {
		row["id"] = fmt.Sprintf("heard-%s-%d-%s", strings.ToLower(h.replied.code), status, strings.ToLower(h.operation))
	}
	if plainMessage(h.replied.message) {
		row["message"] = h.replied.message
	}
	if status != 200 {
		row["status"] = status
	}
	if status >= 400 && status < 500 {
		row["fault"] = "caller"
	}
	if _, stated := w.value("/" + specs.KeyErrors); stated {
		w.update("/"+specs.KeyErrors, []any{row})
		return
	}
	w.update("", map[string]any{specs.KeyErrors: []any{row}})
}

func rowID(update any) any {
	if list, ok := update.([]any); ok && len(list) == 1 {
		if row, ok := list[0].(map[string]any); ok {
			return row["id"]
		}
	}
	return nil
}

// plainMessage says whether the words of an error can be written down: nothing in them looks like a datum.
func plainMessage(text string) bool {
	return text != "" && utf8.RuneCountInString(text) <= 60 && regexp.MustCompile(`^[\p{L}\p{Zs}\p{P}0-9]+$`).MatchString(text) && !regexp.MustCompile(`[0-9]{3,}|[@=]`).MatchString(text)
}

// inferred is a schema of types alone that some values keep.
func (w *widener) inferred(values []any) map[string]any {
	var types []any
	members := map[string][]any{}
	var items []any
	for _, v := range values {
		if t := typeOf(v); !slices.Contains(types, any(t)) {
			types = append(types, t)
		}
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if shownName(name) != "?" {
					members[name] = append(members[name], v[name])
				}
			}
		case []any:
			items = append(items, v...)
		}
	}
	if slices.Contains(types, any("number")) {
		types = slices.DeleteFunc(types, func(t any) bool { return t == "integer" })
	}
	slices.SortFunc(types, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	out := map[string]any{}
	switch {
	case len(types) == 1 && types[0] != "null" || w.modern() && len(types) == 1:
		out["type"] = types[0]
	case w.modern() && len(types) > 1:
		out["type"] = types
	}
	if len(members) > 0 && len(types) == 1 {
		properties := map[string]any{}
		for name, list := range members {
			properties[name] = w.inferred(list)
		}
		out["properties"] = properties
	}
	if len(items) > 0 && len(types) == 1 {
		out["items"] = w.inferred(items)
	}
	return out
}
