package drive

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// placeBody makes the body of what is left of the values.
func (c *Client) placeBody(d *draft) error {
	whole, isWhole := d.given[Body]
	delete(d.given, Body)
	if d.media == nil {
		return d.withoutBody(c, whole, isWhole)
	}
	raw, isRaw := whole.([]byte)
	if isRaw {
		if len(d.given) > 0 {
			return &FieldError{Operation: d.ID, Field: first(d.given), Reason: "stands beside a body that is given byte for byte; put it in there"}
		}
		return c.carry(d, raw, d.media.Type)
	}
	v := any(map[string]any{})
	if isWhole {
		v = whole
	} else if len(d.given) == 0 && !d.hasMembers() {
		if d.Operation.Body.Required {
			one := c.problem("body", "", "required", "a body of type "+d.media.Type, "absent", d.Operation.Body.Pointer)
			one.Missing = true
			d.request.Problems = append(d.request.Problems, one)
		}
		return nil
	}
	if record, ok := v.(map[string]any); ok {
		maps.Copy(record, d.given)
	} else if len(d.given) > 0 {
		return &FieldError{Operation: d.ID, Field: first(d.given), Reason: "stands beside a body that is no object"}
	}
	if !isWhole && len(d.given) == 0 && !d.Operation.Body.Required && !(d.ours && d.isFormBody()) && d.credentialFields() == nil {
		return nil // a form without fields is still a form
	}
	if record, ok := v.(map[string]any); ok {
		if err := c.fillCredentials(d, record); err != nil {
			return err
		}
	}
	v = complete(d.shape, v)
	switch {
	case d.isFormBody() && d.ours:
		return c.placeForm(d, v)
	case d.isFormBody():
		return c.placeFields(d, v)
	case isJSON(base(d.media.Type)) && !d.inPlace && !d.signsOpened() && !d.signsInside() && (d.sealed != "" || d.Wire.Seal.RequestPart() == "" || d.Wire.Seal.SealsBody()):
		return c.placeJSON(d, v)
	}
	return c.placeMedia(d, v)
}

// withoutBody takes what is left where there is no body: parameters that the contract does not know.
func (d *draft) withoutBody(c *Client, whole any, isWhole bool) error {
	for _, name := range slices.Sorted(maps.Keys(d.given)) {
		d.pair(name, d.given[name])
		d.unknown(c.contract, "query", name)
	}
	if !isWhole {
		return nil
	}
	d.unknown(c.contract, "body", "")
	text, ok := whole.([]byte)
	if !ok {
		text = appendAny(whole)
	}
	d.request.Plain, d.request.Body = text, text
	d.request.Header.Set("Content-Type", jsonType)
	return nil
}

func (d *draft) unknown(contract *specs.Contract, in, name string) {
	d.request.Problems = append(d.request.Problems, Problem{
		In: in, Pointer: name, Keyword: "additionalProperties", Expected: "nothing", Got: "a value",
		At: contract.Position(d.Pointer), Clause: d.Source,
	})
}

func first(values map[string]any) string { return slices.Sorted(maps.Keys(values))[0] }

// credentialFields are the places in the body that hold credentials, in order.
func (d *draft) credentialFields() []string {
	if d.Wire.Auth == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(d.Wire.Auth.Fields))
}

// fillCredentials puts the credentials that stand in the body, each unless something stands there.
func (c *Client) fillCredentials(d *draft, record map[string]any) error {
	for _, pointer := range d.credentialFields() {
		into := record
		steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
		for _, step := range steps[:len(steps)-1] {
			inner, ok := into[specs.UnescapePointer(step)].(map[string]any)
			if !ok {
				inner = map[string]any{}
				into[specs.UnescapePointer(step)] = inner
			}
			into = inner
		}
		name := specs.UnescapePointer(steps[len(steps)-1])
		if _, given := into[name]; given {
			continue
		}
		text, err := c.text(d.Wire.Auth.Fields[pointer])
		if err != nil {
			return err
		}
		into[name] = text
	}
	return nil
}

// complete adds the members that must be there and have one value only, or may be null: that is how one is written that is
// not set.
func complete(n *shape, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			if inner := n.member(name); inner != nil {
				if held := inner.held(); held != nil {
					inner = held
				}
				v[name] = complete(inner, item)
			}
		}
		for _, name := range n.needs() {
			if _, there := v[name]; there {
				continue
			}
			if inner := n.member(name); inner != nil && !inner.isReadOnly() {
				if only, single := inner.only(); single || slices.Contains(inner.kinds(), "null") {
					v[name] = only
				}
			}
		}
	case []any:
		if inner := n.elements(); inner != nil {
			for i, item := range v {
				v[i] = complete(inner, item)
			}
		}
	}
	return v
}

// hasMembers says whether the body is an object, whose members are given one by one.
func (p *plan) hasMembers() bool {
	t := base(p.media.Type)
	return p.ours || p.isFormBody() || p.shape.is("object") && (media.IsJSON(t) || isXML(t) || t == multipartType)
}

// isFormBody says whether the fields of the body travel as pairs, in a form or in the query.
func (p *plan) isFormBody() bool { return p.media != nil && base(p.media.Type) == formType }

// placeForm turns the members of a record into pairs: a text as it is, a number or truth value as JSON has it, a record or
// list as JSON text. null is left out.
func (c *Client) placeForm(d *draft, v any) error {
	record, ok := v.(map[string]any)
	if !ok {
		return &FieldError{Operation: d.ID, Field: Body, Reason: "is the fields of a form, and so an object or bytes"}
	}
	d.request.Problems = append(d.request.Problems, c.problems("body", "", d.body.Validate(v))...)
	in := wire.InForm
	if f := d.Wire.Formats; f != nil && len(f.Form) > 0 && !slices.Contains(f.Form, wire.InForm) {
		in = wire.InQuery
	}
	var names []string
	for _, m := range d.shape.members() {
		names = append(names, m.name)
	}
	for _, name := range slices.Sorted(maps.Keys(record)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		item, there := record[name]
		if !there || item == nil {
			continue
		}
		text, err := c.fieldText(d.shape.member(name), item)
		if err != nil {
			return err
		}
		d.pairs = append(d.pairs, wire.Pair{Name: name, Value: text, In: in})
	}
	d.isForm = in == wire.InForm
	return nil
}

// fieldText is a value as the text of a form field, its members in the order of the contract.
func (c *Client) fieldText(n *shape, v any) (string, error) {
	switch v.(type) {
	case map[string]any, []any:
		text, err := c.appendJSON(n, v)
		return string(text), err
	}
	return textOf(v), nil
}

// appendJSON writes a value compactly, members in the order of its schema.
func (c *Client) appendJSON(n *shape, v any) ([]byte, error) {
	if n == nil || n.pointer == "" {
		return appendAny(v), nil
	}
	compiled, err := c.compiled.set.Compile(n.pointer)
	if err != nil {
		return nil, err
	}
	return compiled.AppendJSON(nil, v, schema.Plain)
}

func appendAny(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the values are JSON's own
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// textOf is a value as the text of a parameter.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	case []byte:
		return string(v)
	}
	return string(appendAny(v))
}
