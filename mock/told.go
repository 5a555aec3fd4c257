package mock

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

// ownError is the body of a vendor's own error response, where the contract gives no example of one: a made value that says
// what is wrong where it has room for it. Whoever reads a made sentence there learns nothing of the mistake. The value is
// nil where that cannot be done.
func (s *Server) ownError(x *exchange, b *body, d *diagnosis.Diagnosis) any {
	if b.Schema == "" || b.schema == nil || slices.ContainsFunc(b.examples, func(e example) bool { return e.broken == nil }) {
		return nil
	}
	made := func(sub string) any {
		v, err := x.op.of.generator.Value(b.Schema, x.source().Sub(sub), generate.Options{View: schema.Response, Dynamic: s.dynamic(x), At: x.now})
		if err != nil {
			return nil
		}
		return v
	}
	// What is the same under another seed is the document's word, by an example, a default or an enum: it stays.
	v := told(made("body"), made("other"), d)
	if b.schema.Validate(v) != nil {
		return nil
	}
	return v
}

// told puts what is wrong in the members of a made value whose names say that they tell it.
func told(v, other any, d *diagnosis.Diagnosis) any {
	switch v := v.(type) {
	case map[string]any:
		second, _ := other.(map[string]any)
		out := make(map[string]any, len(v))
		for name, member := range v {
			if text, isText := member.(string); isText && tells(name) && second[name] != text {
				out[name] = d.Text("en")
			} else {
				out[name] = told(member, second[name], d)
			}
		}
		return out
	case []any:
		if len(v) > 0 && len(d.Findings) > 0 && located(v[0]) {
			return places(d.Findings)
		}
	}
	return v
}

// tells says whether a member of this name says in words what is wrong.
func tells(name string) bool {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
	case "message", "msg", "detail", "errormessage", "errormsg", "errmsg", "errordescription":
		return true
	}
	return false
}

// located says whether an element is one of FastAPI's "detail": where, what, and by which rule.
func located(v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	_, where := m["loc"].([]any)
	_, what := m["msg"].(string)
	return where && what
}

func places(findings []diagnosis.Finding) []any {
	list := make([]any, len(findings))
	for i, f := range findings {
		at := []any{f.In}
		for part := range strings.SplitSeq(strings.TrimPrefix(f.Pointer, "/"), "/") {
			if _, err := strconv.ParseUint(part, 10, 32); err == nil {
				at = append(at, json.Number(part))
			} else if part != "" {
				at = append(at, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
			}
		}
		list[i] = map[string]any{"loc": at, "msg": "expected " + f.Expected + ", got " + f.Got, "type": f.Keyword}
	}
	return list
}

// ofProblem says whether a schema of JSON describes problem details (RFC 9457), as .NET's ProblemDetails does.
func (b *body) ofProblem() bool {
	members := b.schema.Shape().Members()
	return isJSON(b.base) && slices.Contains(members, "title") && slices.Contains(members, "status") && slices.Contains(members, "detail")
}
