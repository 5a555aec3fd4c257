package learn

import (
	"regexp"
	"slices"
	"strconv"
	"sync"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// extras are members of replies, and of requests that were taken, that the contract does not describe.
func (s *stand) extras(t *told, replied answered) []complaint {
	var list []complaint
	look := func(side, pointer string, v any) {
		if pointer == "" {
			return
		}
		s.visit(pointer, v, "", func(schemas []string, place string, v any) {
			record, ok := v.(map[string]any)
			if !ok {
				return
			}
			owner := s.describes(schemas)
			if owner == "" {
				return
			}
			for _, name := range sortedKeys(record) {
				if s.knows(schemas, name) {
					continue
				}
				list = append(list, complaint{
					side: side, pointer: place + "/" + shownName(name), keyword: keywordExtra, expected: "no such member", got: typeOf(record[name]),
					schema: owner, weight: 1, value: named{name, record[name]},
				})
			}
		})
	}
	op, ok := s.contract.Operation(t.operation)
	if t.callback != nil || !ok {
		return nil
	}
	if form, _ := replyForm(op, t.heard.Response.Status, t.heard.Response.MediaType); form != nil && replied.judged && inPlaceOnly(op) {
		look(sideReply, form.Schema, replied.value)
	}
	if form := requestForm(op, t.heard.Request.MediaType); form != nil && replied.worked {
		look(sideRequest, form.Schema, t.requestValue())
	}
	return slices.DeleteFunc(list, func(c complaint) bool { // a gateway takes parameters in a form as well
		return c.side == sideRequest && slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return "/"+p.Name == c.pointer })
	})
}

// named is a member and its name, which may be a datum as well.
type named struct {
	name  string
	value any
}

// describes is the first schema that has properties, "" where none has, or where members of any name are taken on purpose.
func (s *stand) describes(schemas []string) string {
	owner := ""
	for _, one := range schemas {
		if _, open := s.value(one + "/additionalProperties"); open {
			return ""
		}
		for _, keyword := range []string{"patternProperties", "unevaluatedProperties", "propertyNames"} {
			if _, stated := s.value(one + "/" + keyword); stated {
				return ""
			}
		}
		if len(s.contract.Names(one+"/properties")) > 0 && owner == "" {
			owner = one
		}
	}
	return owner
}

func (s *stand) knows(schemas []string, name string) bool {
	return slices.ContainsFunc(schemas, func(one string) bool {
		_, ok := s.value(one + "/properties/" + specs.EscapePointer(name))
		return ok
	})
}

// requestForm is the form of a request body of a media type.
func requestForm(op *specs.Operation, mediaType string) *specs.MediaType {
	if op.Body == nil || mediaType == "" {
		return nil
	}
	for i := range op.Body.Content {
		if base(op.Body.Content[i].Type) == base(mediaType) {
			return &op.Body.Content[i]
		}
	}
	return nil
}

// againstRequest are the complaints about a request that was taken, with the schemas that they come from.
func (s *stand) againstRequest(t *told, a asked) []complaint {
	if t.callback != nil || !a.refused {
		return a.complaints
	}
	op, ok := s.contract.Operation(t.operation)
	if !ok {
		return nil
	}
	var list []complaint
	isForm := base(t.heard.Request.MediaType) == formType // whose values are texts here
	if form := requestForm(op, t.heard.Request.MediaType); form != nil && !isForm && t.requestValue() != nil {
		for _, v := range s.violationsIn(form.Schema, t.requestValue(), schema.Request) {
			if s.opened(v) || leftOut(op, v) {
				continue
			}
			inner, _ := drive.At(t.requestValue(), v.Pointer)
			list = append(list, complaint{side: sideRequest, pointer: v.Pointer, keyword: v.Keyword, expected: v.Expected, got: v.Got, schema: v.Schema, weight: leaves(inner), value: inner})
		}
	}
	for _, c := range a.complaints {
		if slices.ContainsFunc(list, func(o complaint) bool { return o.pointer == c.pointer && o.keyword == c.keyword }) {
			continue
		}
		for _, p := range op.Parameters {
			if p.Name == c.pointer {
				c.schema = p.Schema
				if text, given := t.parameter(p.Name); given {
					c.value = text
				}
				if c.keyword == "required" {
					c.schema = p.Pointer
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// leftOut says that a member is missing because the recording leaves credentials out.
func leftOut(op *specs.Operation, v schema.Violation) bool {
	if v.Keyword != "required" {
		return false
	}
	if a := op.Wire.Auth; a != nil {
		if _, is := a.Fields[v.Pointer]; is {
			return true
		}
	}
	return false
}

// plainName is a name that somebody has given to a member, and no datum. All letters there are, up to 64 times, are megabytes:
// they are made when one is asked for, not at each start of the program.
var plainName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}_$][\p{L}\p{N}_$.:-]{0,63}$`) })

var manyDigits = regexp.MustCompile(`[0-9]{5,}`)

// shownName is the name of a member as a finding has it: one that may be a datum is not shown.
func shownName(name string) string {
	if plainName().MatchString(name) && !manyDigits.MatchString(name) {
		return specs.EscapePointer(name)
	}
	return "?"
}

// plainCode says whether a code can be shown.
func plainCode(code string) bool {
	return len(code) <= 16 && regexp.MustCompile(`^[A-Za-z0-9_.-]+$`).MatchString(code)
}

// typeOf names the JSON type of a value.
func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case interface{ String() string }:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return "integer"
		}
	}
	return "number"
}
