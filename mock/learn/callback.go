package learn

import (
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// callback is a call that the vendor makes: its place in the contract, the same under each reading.
type callback struct {
	pointer string
	// like is an operation that takes the same body, by whose wire a recording opens it; nil for none.
	like *specs.Operation
}

// callbackOf finds a callback by OPERATION/NAME/METHOD.
func callbackOf(c *specs.Contract, name string) (*callback, bool) {
	parts := strings.Split(name, "/")
	if len(parts) < 3 {
		return nil, false
	}
	op, ok := c.Operation(parts[0])
	if !ok {
		return nil, false
	}
	below := op.Pointer + "/callbacks/" + specs.EscapePointer(strings.Join(parts[1:len(parts)-1], "/"))
	for _, expression := range c.Names(below) {
		pointer := below + "/" + specs.EscapePointer(expression) + "/" + strings.ToLower(parts[len(parts)-1])
		if _, ok := c.Value(pointer); ok {
			return &callback{pointer, likeOf(c, pointer)}, true
		}
	}
	return nil, false
}

// likeOf finds an operation whose body has the schema of a callback's.
func likeOf(c *specs.Contract, pointer string) *specs.Operation {
	refs := func(content string) (list []string) {
		for _, mediaType := range c.Names(content) {
			v, _ := c.Value(content + "/" + specs.EscapePointer(mediaType) + "/schema/$ref")
			if ref, ok := v.(string); ok {
				list = append(list, ref)
			}
		}
		return list
	}
	mine := refs(pointer + "/requestBody/content")
	for _, op := range c.Operations {
		if op.Body == nil {
			continue
		}
		for _, ref := range refs(op.Body.Pointer + "/content") {
			if slices.Contains(mine, ref) {
				return op
			}
		}
	}
	return nil
}

// asSent puts stand-ins where the recording has left out what is the wire's own.
func (c *callback) asSent(v any, w scenarios.Wire) {
	record, ok := v.(map[string]any)
	if !ok || c.like == nil || w.Seal == "" {
		return
	}
	var pointers []string
	if a := c.like.Wire.Auth; a != nil {
		pointers = sortedKeys(a.Fields)
	}
	if part := c.like.Wire.Seal.RequestPart(); part != "" && part != "body" {
		pointers = append(pointers, part)
	}
	for _, pointer := range pointers {
		name := specs.UnescapePointer(strings.TrimPrefix(pointer, "/"))
		if _, there := record[name].(string); !there {
			record[name] = "00"
		}
	}
}

// askCallback holds what the vendor sent to the contract. Nobody refuses it: what it breaks is the vendor's doing.
func (s *stand) askCallback(t *told) asked {
	r := &t.heard.Request
	content := t.callback.pointer + "/requestBody/content"
	pointer := ""
	for _, mediaType := range s.contract.Names(content) {
		if base(mediaType) == base(r.MediaType) || pointer == "" {
			pointer = content + "/" + specs.EscapePointer(mediaType) + "/schema"
		}
	}
	if _, ok := s.value(pointer); !ok || pointer == "" {
		return asked{}
	}
	a := asked{judged: true}
	v, failed := wire.DecodeJSON(r.Body, wire.JSONOptions{DuplicateNames: true})
	if failed != nil {
		a.complaints = []complaint{{side: sideRequest, keyword: "unreadable", expected: "JSON", got: "something else", weight: 1}}
		a.cost = 1
		return a
	}
	t.callback.asSent(v, r.Wire)
	compiled, err := s.set.CompileView(pointer, schema.Any)
	if err != nil {
		return asked{}
	}
	for _, one := range compiled.Validate(v) {
		if s.opened(one) {
			continue
		}
		inner, _ := drive.At(v, one.Pointer)
		c := complaint{side: sideRequest, pointer: one.Pointer, keyword: one.Keyword, expected: one.Expected, got: one.Got, schema: one.Schema, weight: leaves(inner), value: inner}
		a.complaints = append(a.complaints, c)
	}
	a.cost = costOf(a.complaints)
	return a
}

// opened says that a rule is broken because the recording has opened what travels as a ciphertext.
func (s *stand) opened(v schema.Violation) bool {
	raw, _ := s.value(v.Schema)
	m, _ := raw.(map[string]any)
	return m["contentEncoding"] != nil && v.Keyword != "required"
}
