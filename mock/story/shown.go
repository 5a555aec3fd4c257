package story

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// mostShown bounds the texts that are shown, in characters.
const mostShown = 60

// shown says what one side of a criterion was. Of texts only those are quoted that the contract describes and does not mark as
// sensitive; of others the length is told.
func (f *flow) shown(side arazzo.Side, t *trial) string {
	if side.Missing {
		return "has no value"
	}
	e := side.Expression
	if e.Root == arazzo.RootResponse && e.In == "body" && t.exchange != nil {
		scope := arazzo.Scope{Response: &arazzo.Message{Body: f.veiled(t.exchange), HasBody: true}}
		if v, ok := scope.Resolve(e); ok {
			for _, step := range side.Steps {
				if v, ok = below(v, step); !ok {
					break
				}
			}
			if ok {
				return "is " + inWords(v, true)
			}
		}
	}
	return "is " + inWords(side.Value, e.Root == arazzo.RootMethod || e.In == "header" && strings.EqualFold(e.Name, "content-type"))
}

func below(v any, step string) (any, bool) {
	scope := arazzo.Scope{Inputs: map[string]any{"v": v}}
	e, err := arazzo.ParseExpression("$inputs.v#/" + specs.EscapePointer(step))
	if err != nil {
		return nil, false
	}
	return scope.Resolve(e)
}

// veil stands in the place of what is not shown.
type veil struct{ words string }

// veiled is the body of a reply in which everything is replaced that the contract marks as sensitive or does not describe.
func (f *flow) veiled(x *drive.Exchange) any {
	body := copied(x.Reply.Value)
	op := x.Request.Operation
	pointer := ""
	status := fmt.Sprint(x.Reply.Status)
	for _, candidates := range [][]string{{status}, {status[:1] + "XX"}, {"default"}} {
		i := slices.IndexFunc(op.Responses, func(r specs.Response) bool { return slices.Contains(candidates, r.Status) })
		if i < 0 {
			continue
		}
		for _, m := range op.Responses[i].Content {
			if pointer == "" || base(m.Type) == base(x.Reply.Header.Get("Content-Type")) {
				pointer = m.Schema
			}
		}
		break
	}
	hide := func(kind string, v any) any {
		switch v.(type) {
		case json.Number:
			if kind != schema.Undescribed { // an age or an amount is short, and personal
				return veil{"a number"}
			}
		case bool:
			if kind != schema.Undescribed {
				return veil{"a truth value"}
			}
		}
		return veil{inWords(v, false)}
	}
	if pointer != "" {
		for _, source := range f.Sources {
			if source.Contract == nil || source.Contract.Vendor != op.Vendor {
				continue
			}
			if compiled, err := schema.NewSet(source.Contract).Compile(pointer); err == nil {
				return compiled.Sensitive(body, hide)
			}
		}
	}
	return hide(schema.Undescribed, body)
}

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = copied(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = copied(item)
		}
		return out
	}
	return v
}

// inWords tells a value; a text is quoted where that is allowed.
func inWords(v any, quoted bool) string {
	switch v := v.(type) {
	case veil:
		return v.words
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		if len(v) > 10 && !quoted {
			return fmt.Sprintf("a number of %d digits", len(v))
		}
		return string(v)
	case string:
		n := len([]rune(v))
		switch {
		case v == "":
			return "the empty text"
		case !quoted:
			return fmt.Sprintf("a text of %d characters", n)
		case n > mostShown:
			return "'" + string([]rune(v)[:mostShown]) + "…'"
		}
		return "'" + v + "'"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return fmt.Sprintf("an object with %d members", len(v))
	}
	return "a value"
}
