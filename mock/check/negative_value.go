package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// parameterMistakes break the rules of the parameters.
func (r *run) parameterMistakes(op *operation) []mistake {
	var list []mistake
	for _, p := range settable(op.Operation) {
		where := p.In + " " + p.Name
		stays := func(request *drive.Request) bool { return r.parameterBroken(p, request) }
		if p.Required && p.In != "path" {
			list = append(list, mistake{
				trial: trial{name: "no " + where, values: with(op.base, p.key, nil)}, what: "lacks the parameter " + p.Name,
				in: p.In, pointer: p.Name, keyword: "required", rule: p.Pointer,
				conditions: []specs.Condition{specs.MissingParameter}, about: p.Name,
			})
		}
		if p.Schema == "" {
			continue
		}
		valid, given := op.base[p.key]
		if !given || valid == nil {
			var err error
			if valid, err = r.parameterValue(op, p); err != nil {
				continue
			}
		}
		for _, c := range r.broken(p.Schema, valid, r.source(op, "broken", p.In, p.Name)) {
			list = append(list, mistake{
				trial: trial{name: where + " " + c.Name, values: with(op.base, p.key, c.Value)},
				what:  fmt.Sprintf("breaks the rule %s of the parameter %s", c.Keyword, p.Name), in: p.In, pointer: p.Name, keyword: c.Keyword,
				conditions: conditionsOf(c), about: p.Name, open: r.openRule(c.Keyword), broken: stays, rule: p.Pointer,
			})
		}
	}
	return list
}

// conditionsOf are the reasons that a catalogue may have for a broken rule. Nothing, null and an empty text are missing to
// some vendors and wrong to others.
func conditionsOf(c generate.Case) []specs.Condition {
	v, there := at(c.Value, c.Pointer)
	switch {
	case c.Keyword == "required" || c.Keyword == "dependentRequired":
		return []specs.Condition{specs.MissingParameter}
	case there && (v == nil || v == ""):
		return []specs.Condition{specs.MissingParameter, specs.InvalidParameter}
	}
	return []specs.Condition{specs.InvalidParameter}
}

// openRule says why a rule binds no server: OpenAPI and JSON Schema leave some to it.
func (r *run) openRule(keyword string) string {
	switch keyword {
	case "readOnly":
		return "OpenAPI lets a server ignore what is read-only"
	case "format":
		if !r.contract.Extended {
			return "a format is a hint unless the contract says more"
		}
	case "contentEncoding", "contentMediaType", "contentSchema":
		if !r.contract.Extended {
			return "JSON Schema leaves what a text holds to the reader"
		}
	}
	return ""
}

// at finds the value at a JSON pointer.
func at(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		step = specs.UnescapePointer(step)
		switch held := v.(type) {
		case map[string]any:
			inner, ok := held[step]
			if !ok {
				return nil, false
			}
			v = inner
		case []any:
			i, ok := index(step)
			if !ok || i >= len(held) {
				return nil, false
			}
			v = held[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func index(step string) (int, bool) {
	n := 0
	for _, c := range step {
		if c < '0' || c > '9' || n > 1e6 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, step != ""
}

// bodyMistakes break the rules of the body.
func (r *run) bodyMistakes(op *operation, base *drive.Request, values map[string]any) []mistake {
	if op.body == nil {
		return nil
	}
	list := r.wholeBodyMistakes(op, base, values)
	if op.body.Schema == "" {
		return list
	}
	if !isJSON(mediaBase(op.body.Type)) {
		return append(list, r.formMistakes(op)...)
	}
	whole, ok := r.wholeBody(op, base)
	if !ok {
		return list
	}
	member := op.Wire.Seal.SealedMember()
	for _, c := range r.broken(op.body.Schema, whole, r.source(op, "broken")) {
		if member != "" && c.Keyword != "required" && strings.HasPrefix(c.Pointer+"/", "/"+specs.EscapePointer(member)+"/") {
			continue // what is sealed has mistakes of its own
		}
		list = append(list, r.valueMistake(op, c, "", func(v any) (any, bool) { return v, true }))
	}
	if member == "" {
		return list
	}
	held := r.heldSchema(op, member)
	inner, ok := r.heldValue(op, base, member)
	if held == "" || !ok {
		return list
	}
	for _, c := range r.broken(held, inner, r.source(op, "broken", "sealed")) {
		list = append(list, r.valueMistake(op, c, "/"+specs.EscapePointer(member), func(v any) (any, bool) {
			text, err := r.client.Seal(op.ID, jsonText(v))
			if err != nil {
				return nil, false
			}
			out := clone(whole).(map[string]any)
			out[member] = string(text)
			return out, true
		}))
	}
	return list
}

// valueMistake sends a broken body as it is: what the client would complete is not to be completed.
func (r *run) valueMistake(op *operation, c generate.Case, below string, around func(any) (any, bool)) mistake {
	t := trial{name: "body " + c.Name}
	if below != "" {
		t.name = strings.TrimSuffix("body "+below+" "+c.Name, " ")
	}
	whole, ok := around(c.Value)
	signed := signedAt(op)
	_, isRecord := whole.(map[string]any)
	aboutSignature := slices.Contains(signed, below+c.Pointer) || len(signed) > 0 && !isRecord
	if ok && aboutSignature {
		// Whoever signs would mend it, or finds no place to sign.
		text := jsonText(whole)
		t.values, t.alter = op.base, func(request *drive.Request) { request.Body, request.Plain = text, text }
		ok = !op.Wire.Seal.SealsBody()
	} else if ok {
		whole = clone(whole)
		for _, pointer := range signed {
			remove(whole, pointer) // made anew, over what is broken
		}
		t.values = with(op.base, drive.Body, jsonText(whole))
	}
	m := mistake{
		trial: t, what: fmt.Sprintf("breaks the rule %s at %s of the body", c.Keyword, pointerText(below+c.Pointer)), in: "body",
		pointer: below + c.Pointer, keyword: c.Keyword, conditions: conditionsOf(c), about: lastToken(c.Pointer), open: r.openRule(c.Keyword),
		rule:   op.body.Schema,
		broken: func(*drive.Request) bool { return ok },
	}
	if credentialAt(op, below+c.Pointer) {
		// Whether it is a credential or a field is the server's own way to look at it.
		m.conditions = append(m.conditions, specs.WrongCredentials, specs.UnknownKey, specs.InvalidParameter)
	}
	if aboutSignature {
		m.conditions = append(m.conditions, specs.MissingSignature, specs.InvalidSignature, specs.StaleTimestamp, specs.MissingParameter)
	}
	return m
}

func pointerText(pointer string) string {
	if pointer == "" {
		return "the root"
	}
	return pointer
}

// formMistakes break the rules of a body that is no JSON; what its texts make valid again is left out.
func (r *run) formMistakes(op *operation) []mistake {
	valid, err := r.bodyFrom(op, r.shape(op), generate.All)
	signed := signedAt(op)
	if len(signed) > 0 {
		// Rules can be broken of a value that is valid, and that has all that signing adds.
		valid, err = r.values.Value(op.body.Schema, r.shape(op), requestOptions(generate.All))
	}
	if err != nil {
		return nil
	}
	var list []mistake
	for _, c := range r.broken(op.body.Schema, valid, r.source(op, "broken")) {
		if slices.Contains(signed, c.Pointer) {
			continue // the signature has mistakes of its own
		}
		for _, pointer := range signed {
			remove(c.Value, pointer)
		}
		list = append(list, mistake{
			trial: trial{name: "body " + c.Name, values: with(op.base, drive.Body, c.Value)},
			what:  fmt.Sprintf("breaks the rule %s at %s of the body", c.Keyword, pointerText(c.Pointer)), in: "body", pointer: c.Pointer, keyword: c.Keyword,
			conditions: conditionsOf(c), about: lastToken(c.Pointer), open: r.openRule(c.Keyword), rule: op.body.Schema,
			broken: func(request *drive.Request) bool { return r.bodyBroken(op, request) },
		})
	}
	return list
}

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// wholeBody is the body of a request as its schema sees it: credentials in place, a sealed member sealed.
func (r *run) wholeBody(op *operation, base *drive.Request) (any, bool) {
	text := base.Plain
	if op.Wire.Seal.SealedMember() != "" {
		text = base.Body
	}
	if len(text) == 0 {
		v, err := r.bodyValue(op, generate.Believable)
		return v, err == nil
	}
	v, err := wire.DecodeJSON(text, wire.JSONOptions{})
	return v, err == nil
}

// heldValue is what the sealed member of a request opens to.
func (r *run) heldValue(op *operation, base *drive.Request, member string) (any, bool) {
	v, err := wire.DecodeJSON(base.Plain, wire.JSONOptions{})
	if err != nil {
		return nil, false
	}
	record, _ := v.(map[string]any)
	inner, ok := record[member]
	return inner, ok
}

// wholeBodyMistakes are about the body as such: absent, cut off, mislabelled.
func (r *run) wholeBodyMistakes(op *operation, base *drive.Request, values map[string]any) []mistake {
	var list []mistake
	bodyless := func(request *drive.Request) {
		request.Body, request.Plain = nil, nil
		request.Header.Del("Content-Type")
	}
	inBody := len(base.Body) > 0 && op.Wire.Route == nil // at a gateway the parameters travel there as well
	if op.Body.Required && inBody {
		list = append(list, mistake{
			trial: trial{name: noBody, values: values, alter: bodyless}, what: "has no body", in: "body", keyword: "required", rule: op.Body.Pointer,
			conditions: []specs.Condition{specs.EmptyBody, specs.MissingParameter, specs.MalformedBody, specs.UnsupportedMediaType},
		})
	}
	if isJSON(mediaBase(op.body.Type)) && len(base.Plain) > 1 && op.Wire.Seal.SealedMember() == "" {
		cut := base.Plain[:len(base.Plain)-1]
		if _, err := wire.DecodeJSON(cut, wire.JSONOptions{}); err != nil {
			m := mistake{
				trial: trial{name: "body cut off", values: with(op.base, drive.Body, bytes.Clone(cut))}, what: "has a body that is no JSON", in: "body",
				keyword: "contentMediaType", rule: op.body.Pointer, conditions: []specs.Condition{specs.MalformedBody, specs.InvalidParameter},
			}
			if len(signedAt(op)) > 0 {
				// There is no place to sign.
				m.values, m.alter = op.base, func(request *drive.Request) { request.Body = request.Body[:max(len(request.Body)-1, 0)] }
				m.conditions = append(m.conditions, specs.MissingSignature, specs.InvalidSignature)
			}
			list = append(list, m)
		}
	}
	if s := op.Wire.Seal; inBody && !(s.SealsBody() && len(s.Labels) == 0) && !takesAnyType(op.Operation) {
		list = append(list, mistake{
			trial: trial{name: "unknown media type", values: values, alter: func(request *drive.Request) {
				request.Header.Set("Content-Type", unknownType)
			}},
			what: "is labelled " + unknownType, in: "header", pointer: "Content-Type", keyword: "content", rule: op.Body.Pointer,
			conditions: []specs.Condition{specs.UnsupportedMediaType, specs.MalformedBody, specs.InvalidParameter, specs.EmptyBody, specs.MissingParameter},
		})
	}
	return list
}

// unknownType is a media type that no contract has.
const unknownType = "application/vnd.understudy.unknown"

func takesAnyType(op *specs.Operation) bool {
	return slices.ContainsFunc(op.Body.Content, func(m specs.MediaType) bool {
		b := mediaBase(m.Type)
		return b == "*/*" || b == "application/*" || b == "application/octet-stream"
	})
}
