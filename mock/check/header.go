package check

import (
	"fmt"
	"net/http"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// judgeHeaders asks for the headers that the contract requires, and holds simple ones to their schema.
func (r *run) judgeHeaders(op *operation, x *drive.Exchange, declared *specs.Response) []report.Finding {
	for _, p := range x.Reply.Problems {
		if p.In == "header" {
			return nil // judged already
		}
	}
	var list []report.Finding
	for _, h := range declared.Headers {
		at := r.contract.Position(h.Pointer)
		if strings.EqualFold(h.Name, "Content-Type") {
			continue // OpenAPI: it is said by the media types
		}
		values := x.Reply.Header.Values(h.Name)
		if len(values) == 0 {
			if h.Required {
				list = append(list, report.Finding{
					Rule: ruleViolates, In: "header", Pointer: http.CanonicalHeaderKey(h.Name), Keyword: "required", Expected: "a value", Got: "nothing",
					Clause: r.contract.Source(h.Pointer), At: at, Message: fmt.Sprintf("the header %s is missing", h.Name),
				})
			}
			continue
		}
		if h.Schema == "" || h.MediaType != "" {
			continue
		}
		compiled, err := r.set.Compile(h.Schema)
		if err != nil {
			continue
		}
		raw, _ := r.contract.Value(h.Schema)
		if m, ok := raw.(map[string]any); ok && (m["type"] == "array" || m["type"] == "object") {
			continue // of several parts: the client has judged it
		}
		for _, v := range compiled.Validate(compiled.FromText(strings.Join(values, ", "))) {
			list = append(list, report.Finding{
				Rule: ruleViolates, In: "header", Pointer: http.CanonicalHeaderKey(h.Name), Keyword: v.Keyword, Expected: v.Expected, Got: v.Got,
				Clause: v.Source, At: v.At, Message: fmt.Sprintf("the header %s: the contract wants %s, there is %s", h.Name, v.Expected, v.Got),
			})
		}
	}
	return list
}
