package specs

import (
	"slices"
	"strings"
)

// sign judges what an operation says about its signature, and takes the part away where it is taken back.
func (c wirePart) sign(op *Operation) {
	s := op.Wire.Sign
	c.one("scheme", s.Scheme, oneOf(*s, "scheme")...)
	switch s.Scheme {
	case schemeNone:
		c.alone("scheme", *s)
		op.Wire.Sign = nil
	case SchemeTOP:
		c.all("digests", s.Digests, signDigests(SchemeTOP)...)
		if s.Parameter == "" || s.MethodParameter == "" || s.Secret == "" || s.KeyParameter == "" || s.KeySlot == "" || s.TimeParameter == "" || s.Within <= 0 {
			c.problem("", "sign needs parameter, method, secret, key, keySlot, time and within")
		}
		for _, field := range statedFields(*s) {
			if !slices.Contains([]string{"scheme", "parameter", "method", "digests", "secret", "key", "keySlot", "time", "within"}, field) {
				c.problem(field, "sign.%s goes with scheme: composed", field)
			}
		}
	case SchemeComposed:
		c.hold("", *s)
		c.composed(s)
		c.parts(s)
		c.placed(op)
	}
}

// composed judges the fields of a composed signature against each other.
func (c wirePart) composed(s *Sign) {
	if s.Parameter == "" || s.Secret == "" || len(s.Digests) == 0 {
		c.problem("", "sign needs parameter, secret and digests")
	}
	keyed := s.Wrap != "" && s.Wrap != "none" || slices.Contains(s.Parts, "secret")
	for _, name := range s.Digests {
		lower := strings.ToLower(name)
		if lower != name && strings.ToUpper(name) != name {
			lower = name
		}
		c.one("digests", lower, signDigests(SchemeComposed)...)
		if !keyed && !strings.HasPrefix(lower, "hmac-") {
			c.problem("digests", "sign: nothing of the text is secret, and %s takes no key: say where the secret stands by wrap, or by the part secret", name)
		}
	}
	for _, one := range []struct{ field, location string }{
		{"parameter", s.Parameter}, {"key", s.KeyParameter}, {"time", s.TimeParameter}, {"nonce", s.NonceParameter}, {"method", s.MethodParameter},
	} {
		if one.location != "" && Location(one.location).Place() == "" {
			c.problem(one.field, "sign.%s is PLACE:NAME with one of the places %s, such as header:X-Sign, not %q", one.field, strings.Join(places(), ", "), one.location)
		}
	}
	for _, one := range []struct{ field, needs, value, base string }{
		{"keySlot", "key", s.KeySlot, s.KeyParameter}, {"timeForm", "time", s.TimeForm, s.TimeParameter}, {"pair", "wrap: pair", s.Pair, strings.TrimPrefix(s.Wrap, "none")},
	} {
		if one.value != "" && one.base == "" {
			c.problem(one.field, "sign.%s goes with %s", one.field, one.needs)
		}
	}
	if s.Pair != "" && s.Wrap != "pair" {
		c.problem("pair", "sign.pair goes with wrap: pair")
	}
	if s.Within < 0 || s.Within > 0 && s.TimeParameter == "" {
		c.problem("within", "sign.within goes with time, and is longer than nothing")
	}
	if s.Case != "" && s.Encoding == "base64" {
		c.problem("case", "sign.case goes with encoding: hex")
	}
}

// parts judges what the text to sign is made of.
func (c wirePart) parts(s *Sign) {
	for _, part := range s.Parts {
		if !slices.Contains(signParts(), part) && Location(part).Place() == "" {
			c.problem("parts", "sign.parts: %q is no PLACE:NAME and none of %s", part, strings.Join(signParts(), ", "))
		}
		needs := map[string]string{"key": s.KeyParameter, "time": s.TimeParameter, "nonce": s.NonceParameter}
		if location, named := needs[part]; named && location == "" {
			c.problem("parts", "sign.parts has %s, and sign.%s does not say where it stands", part, part)
		}
		own := Location(s.Parameter).Place()
		if strings.HasPrefix(part, "body") && part != "body" && Location(part).Place() != "" {
			continue // a member
		}
		inside := map[string][]string{PlaceBody: {"body"}, PlaceForm: {"body"}, PlaceParameter: {"body", "query", "target"}, PlaceQuery: {"query", "target"}}[own]
		for _, whole := range inside {
			if part == whole || strings.HasPrefix(part, whole+"-") {
				c.problem("parts", "sign.parts has %s, which would hold the signature itself (%s)", part, s.Parameter)
			}
		}
	}
	f := s.Fields
	if f == nil {
		return
	}
	if len(s.Parts) > 0 && !slices.Contains(s.Parts, "fields") {
		c.problem("fields", "sign.fields goes with the part fields")
	}
	if len(f.Only) > 0 && len(f.Except) > 0 {
		c.problem("fields/except", "sign.fields takes only or except, not both")
	}
	if f.Order == "listed" && len(f.Only) == 0 {
		c.problem("fields/order", "sign.fields.order: listed goes with only")
	}
}

// placed looks for what the signature needs where the operation would have it.
func (c wirePart) placed(op *Operation) {
	s := op.Wire.Sign
	whole := op.Wire.Seal.RequestPart() == wholeBody
	if s.Opened && op.Wire.Seal.RequestPart() == "" && op.Body != nil {
		c.problem("opened", "sign.opened: nothing of the body of %s is sealed", op.ID)
	}
	if s.Fields != nil && slices.Contains(s.Fields.From, PlaceBody) && whole && !s.Opened {
		c.problem("fields/from", "sign.fields.from: the body of %s travels sealed and has no members; say opened: true", op.ID)
	}
	for field, at := range map[string]string{"parameter": s.Parameter, "key": s.KeyParameter, "time": s.TimeParameter, "nonce": s.NonceParameter, "method": s.MethodParameter} {
		l := Location(at)
		place, name := l.Split()
		switch place {
		case PlaceBody:
			switch {
			case whole && !s.Opened:
				c.problem(field, "sign.%s: the body of %s travels sealed and has no members; say opened: true", field, op.ID)
			case op.Body == nil:
				c.problem(field, "sign.%s stands in the body, and %s takes none; say scheme: none there, or sign it another way", field, op.ID)
			case !c.anyHas(op.Body.Content, l.Pointer()):
				c.problem(field, "sign.%s: no body of %s has the member %s; state it in the schema, or say scheme: none there", field, op.ID, l.Pointer())
			}
		case PlaceForm:
			forms := []MediaType{}
			if op.Body != nil {
				forms = slices.DeleteFunc(slices.Clone(op.Body.Content), func(m MediaType) bool { return !strings.Contains(m.Type, "form") })
			}
			if !c.anyHas(forms, "/"+EscapePointer(name)) {
				c.problem(field, "sign.%s: %s takes no form with the field %s; state it, or say scheme: none there", field, op.ID, name)
			}
		case PlaceHeader, PlaceQuery:
			for _, p := range op.Parameters {
				if strings.EqualFold(p.Name, name) && p.In != place && !c.declared(op, place, name) {
					c.problem(field, "sign.%s stands in the %s, and %s has %s as a parameter of the %s", field, place, op.ID, p.Name, p.In)
				}
			}
		}
	}
}

// declared says whether an operation has a parameter of that name at that place.
func (c wirePart) declared(op *Operation, place, name string) bool {
	return slices.ContainsFunc(op.Parameters, func(p Parameter) bool {
		return p.In == place && (p.Name == name || place == PlaceHeader && strings.EqualFold(p.Name, name))
	})
}
