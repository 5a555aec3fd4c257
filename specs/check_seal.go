package specs

import (
	"encoding/hex"
	"fmt"
	"mime"
	"slices"
	"strings"
)

// seal judges what an operation says about its cipher, and takes the part away where it is taken back.
func (c wirePart) seal(op *Operation) {
	s := op.Wire.Seal
	if s.Cipher == cipherNone {
		c.alone("cipher", *s)
		op.Wire.Seal = nil
		return
	}
	c.hold("", *s)
	for field, got := range map[string]string{"cipher": s.Cipher, "mode": s.Mode, "encoding": s.Encoding} {
		if got == "" {
			c.one(field, got, oneOf(*s, field)...)
		}
	}
	switch {
	case s.Mode == "gcm" && s.Padding != "":
		c.problem("padding", "seal.padding does not go with mode: gcm, which pads nothing")
	case s.Mode != "gcm" && s.Padding == "":
		c.one("padding", s.Padding, oneOf(*s, "padding")...)
	}
	if s.Key.Slot == "" || (s.Mode == "cbc" || s.Mode == "gcm") != (s.IV != nil) {
		c.problem("iv", "seal needs a key with a slot, and an iv exactly when its mode is cbc or gcm")
	}
	c.cut("key", s.Key)
	if s.IV != nil {
		c.iv(s)
	}
	if s.Case != "" && s.Encoding != "hex" {
		c.problem("case", "seal.case goes with encoding: hex")
	}
	c.sealed(op)
	if len(s.Reads) > 0 && !slices.Contains(s.Reads, s.Encoding) {
		c.problem("reads", "seal.reads leaves out the encoding that is written, %s", s.Encoding)
	}
	for _, label := range s.Labels {
		if base, parameters, err := mime.ParseMediaType(label); err != nil || base != label || len(parameters) > 0 || !strings.Contains(label, "/") {
			c.problem("labels", "seal.labels holds media types in lower case without parameters, not %q", label)
		}
	}
}

// cut judges which characters of a text are key material.
func (c wirePart) cut(field string, k Key) {
	switch {
	case k.First < 0 || k.Last < 0:
		c.problem(field, "seal.%s: first and last count characters", field)
	case k.First > 0 && k.Last > 0:
		c.problem(field, "seal.%s takes the first characters or the last ones, not both", field)
	}
}

func (c wirePart) iv(s *Seal) {
	v := s.IV
	c.cut("iv", v.Key())
	ways := 0
	for _, given := range []bool{v.Slot != "", v.Text != "", v.Hex != "", v.Prepend} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		c.problem("iv", "seal.iv needs one of slot, text, hex and prepend: true")
		return
	}
	if v.Slot == "" && v.Key() != (Key{}) {
		c.problem("iv", "seal.iv: form, first and last go with slot")
	}
	length, fits := 0, "16 bytes"
	if s.Mode == "gcm" {
		fits = "12 or 16 bytes"
	}
	switch {
	case v.Text != "":
		length = len(v.Text)
	case v.Hex != "":
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			c.problem("iv/hex", "seal.iv.hex is no hexadecimal")
			return
		}
		length = len(raw)
	}
	for _, n := range []int{length, v.Length} {
		if n != 0 && n != 16 && (n != 12 || s.Mode != "gcm") {
			c.problem("iv", "seal.iv: mode %s takes %s, not %d", s.Mode, fits, n)
		}
	}
	if length != 0 && v.Length != 0 && length != v.Length {
		c.problem("iv", "seal.iv has %d bytes and says %d", length, v.Length)
	}
}

// sealed judges which part of a request and of a reply is sealed, and looks for it in the operation's schemas.
func (c wirePart) sealed(op *Operation) {
	s := op.Wire.Seal
	c.all("directions", s.Directions, oneOf(*s, "directions")...)
	request, reply := s.RequestPart(), s.ResponsePart()
	for _, part := range []struct{ field, pointer string }{{"part", s.Part}, {"replyPart", s.ReplyPart}} {
		known := part.pointer == wholeBody || len(part.pointer) > 1 && strings.HasPrefix(part.pointer, "/")
		if !known && (part.field == "part" || part.pointer != "") {
			c.problem(part.field, "seal.%s is body or a JSON pointer, not %q", part.field, part.pointer)
			return
		}
	}
	if s.ReplyPart != "" && !s.SealsReplies() {
		c.problem("replyPart", "seal.replyPart goes with the direction response")
	}
	switch {
	case request == wholeBody:
		c.all("carriers", s.Carriers, oneOf(*s, "carriers")...)
	case len(s.Carriers) > 0 && s.Part != wholeBody:
		c.problem("carriers", "seal.carriers goes with part: body")
	}
	if strings.HasPrefix(request, "/") && op.Body != nil && !c.anyHas(op.Body.Content, request) {
		c.problem("part", "seal.part: no body of %s has %s; state it in the schema, or say cipher: none at the operation", op.ID, request)
	}
	if !strings.HasPrefix(reply, "/") {
		return
	}
	field, found, any := "part", false, false
	if s.ReplyPart != "" {
		field = "replyPart"
	}
	for _, r := range op.Responses {
		if strings.HasPrefix(r.Status, "2") || r.Status == "default" {
			any = any || len(r.Content) > 0
			found = found || c.anyHas(r.Content, reply)
		}
	}
	if any && !found {
		c.problem(field, "seal.%s: no successful reply of %s has %s; state it in the schema, or say cipher: none at the operation", field, op.ID, reply)
	}
}

// anyHas says whether one of the forms of a body may have something at a JSON pointer.
func (c wirePart) anyHas(content []MediaType, pointer string) bool {
	return slices.ContainsFunc(content, func(m MediaType) bool {
		_, ok := c.contract.Member(m.Schema, pointer)
		return ok
	})
}

// SealedSchema finds out what the text at a JSON pointer in the values of a schema opens to, where it is sealed: the JSON
// pointer of that schema, "" where the document does not say. inPlace says that it is the member's own schema, which
// describes the opened value and not the text that travels. It is false when values of the schema have nothing there.
func (c *Contract) SealedSchema(schema, part string) (pointer string, inPlace, ok bool) {
	member, ok := c.Member(schema, part)
	if !ok || member == "" {
		return "", false, ok
	}
	d := c.document
	for range mostHops {
		if d.has(member + "/contentSchema") {
			return member + "/contentSchema", false, true
		}
		ref, has := d.node(member + "/$ref")
		if !has {
			break
		}
		member = strings.TrimPrefix(ref.Value, "#")
	}
	if t, has := d.node(member + "/type"); has && !slices.Contains(strings.Fields(fmt.Sprint(value(t))), "object") {
		kinds := strings.Trim(fmt.Sprint(value(t)), "[]")
		if slices.Contains(strings.Fields(kinds), "string") {
			return "", false, true
		}
	}
	for _, says := range []string{"/type", "/properties", "/items", "/allOf", "/oneOf", "/anyOf"} {
		if d.has(member + says) {
			return member, true, true
		}
	}
	return "", false, true
}
