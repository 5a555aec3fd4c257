package drive

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/mock/internal/media"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// carry takes a body as the contract describes it, and says how it is sealed before it travels.
func (c *Client) carry(d *draft, plain []byte, label string) error {
	r := d.request
	r.Body, r.Plain = plain, plain
	part := d.Wire.Seal.RequestPart()
	if part != "" {
		cipher, err := c.cipher(d.plan)
		if err != nil {
			return err
		}
		switch {
		case d.Wire.Seal.SealsBody():
			if label, err = c.sealWhole(d, cipher, label); err != nil {
				return err
			}
		case d.sealed == "" || d.signsOpened():
			d.seal = func(text []byte) ([]byte, error) { return sealMember(cipher, text, part, d.held != nil) }
		}
	}
	r.Header.Set("Content-Type", label)
	return nil
}

// sealWhole seals a body as a whole and puts it into its carrier; it gives the carrier's label.
func (c *Client) sealWhole(d *draft, cipher *wire.Cipher, label string) (string, error) {
	carrier := "text"
	if carriers := d.Wire.Seal.Carriers; len(carriers) > 0 {
		carrier = carriers[0]
	}
	switch carrier {
	case "text":
		d.seal = func(plain []byte) ([]byte, error) { return cipher.Seal(nil, plain), nil }
	case "quoted":
		d.seal = func(plain []byte) ([]byte, error) { return appendAny(string(cipher.Seal(nil, plain))), nil }
	case "form":
		name := c.config.FormField
		if name == "" {
			name = "data"
		}
		label = formType
		d.seal = func(plain []byte) ([]byte, error) {
			return []byte(encode(wire.Pairs{{Name: name, Value: string(cipher.Seal(nil, plain))}})), nil
		}
	default:
		return "", fmt.Errorf("%s: the carrier %q cannot be written yet", d.ID, carrier)
	}
	if labels := d.Wire.Seal.Labels; len(labels) > 0 && !slices.Contains(labels, base(label)) {
		label = labels[0]
	}
	return label, nil
}

// sealMember seals the member at a pointer in a JSON text: a text itself, of any other value its JSON. One that is null or not
// there is not sealed, nor is a text that holds no JSON where the contract wants some: it is taken for ciphertext.
func sealMember(cipher *wire.Cipher, text []byte, pointer string, holdsJSON bool) ([]byte, error) {
	raw, ok := wire.Member(text, pointer)
	if !ok || string(raw) == "null" {
		return text, nil
	}
	opened := raw
	if raw[0] == '"' {
		var inner string
		if err := json.Unmarshal(raw, &inner); err != nil {
			return text, nil
		}
		if holdsJSON && !json.Valid([]byte(inner)) {
			return text, nil
		}
		opened = []byte(inner)
	}
	return wire.PutMember(text, pointer, appendAny(string(cipher.Seal(nil, opened))))
}

// openedMember puts the object or list whose JSON text the member at a pointer is in the place of that text: so it stands in
// what is signed before it is sealed.
func openedMember(body []byte, pointer string) []byte {
	if pointer == "" {
		return body
	}
	raw, ok := wire.Member(body, pointer)
	if !ok || raw[0] != '"' {
		return body
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return body
	}
	v, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	if failed != nil || isSingle(v) {
		return body
	}
	opened, err := wire.PutMember(body, pointer, []byte(text))
	if err != nil {
		return body
	}
	return opened
}

// signsInside says whether the signature, or something that belongs to it, is a member of the body.
func (p *plan) signsInside() bool {
	return slices.ContainsFunc(p.locations(), func(l specs.Location) bool { return l.Place() == specs.PlaceBody })
}

// signsOpened says whether the signature is made over the body before it is sealed.
func (p *plan) signsOpened() bool { return p.Wire.Sign != nil && p.Wire.Sign.Opened }

// placeMedia writes a body by its media type.
func (c *Client) placeMedia(d *draft, v any) error {
	var err error
	isJSON := media.IsJSON(d.media.Type)
	if isJSON {
		if v, err = c.asTexts(d.shape, v, d.sealed); err != nil {
			return err
		}
	}
	body, label, err := media.Encode(d.media, d.body, v)
	if err != nil {
		var failed *media.Error
		if errors.As(err, &failed) {
			return &FieldError{Operation: d.ID, Field: Body, Reason: "has no form as " + d.media.Type + ": " + failed.Error()}
		}
		return err
	}
	if isJSON && !d.Wire.Seal.SealsBody() {
		body = openedMember(body, d.Wire.Seal.RequestPart())
	}
	if err := c.carry(d, body, label); err != nil {
		return err
	}
	if d.signsInside() && isJSON {
		d.judge = func() error { return c.judgeMedia(d, nil, d.request.Plain) }
		return nil // the signature is still to come
	}
	if !isJSON {
		body = nil
	}
	return c.judgeMedia(d, v, body)
}

// judgeMedia holds a body to its schema: the value, or the JSON text that it is by now.
func (c *Client) judgeMedia(d *draft, v any, body []byte) error {
	isJSON := body != nil
	judged := v
	if v == nil && isJSON {
		if again, failed := wire.DecodeJSON(body, wire.JSONOptions{}); failed == nil {
			judged = again
		}
	}
	if d.seal != nil && isJSON && !d.inPlace && !d.Wire.Seal.SealsBody() {
		// The schema has a text there, the sealed one.
		text, err := d.seal(body)
		if err != nil {
			return err
		}
		if sealed, failed := wire.DecodeJSON(text, wire.JSONOptions{}); failed == nil {
			judged = sealed
		}
		c.judgeHeld(d, body)
	}
	d.request.Problems = append(d.request.Problems, c.problems("body", "", d.body.Validate(judged))...)
	return nil
}

// judgeHeld holds what is sealed to its own schema.
func (c *Client) judgeHeld(d *draft, body []byte) {
	part := d.Wire.Seal.RequestPart()
	raw, ok := wire.Member(body, part)
	if d.held == nil || !ok {
		return
	}
	held, failed := wire.DecodeJSON(raw, wire.JSONOptions{})
	if text, isText := held.(string); isText {
		held, failed = wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	}
	if failed == nil {
		d.request.Problems = append(d.request.Problems, c.problems("body", part, d.held.Validate(held))...)
	}
}

// placeFields turns the members of a record into the pairs of a form, each as the contract's encoding has it.
func (c *Client) placeFields(d *draft, v any) error {
	record, ok := v.(map[string]any)
	if !ok {
		return &FieldError{Operation: d.ID, Field: Body, Reason: "is the fields of a form, and so an object or bytes"}
	}
	judged := any(record)
	if part := d.Wire.Seal.RequestPart(); part != "" && !d.Wire.Seal.SealsBody() {
		sealed, err := c.sealField(d, record, specs.UnescapePointer(strings.TrimPrefix(part, "/")))
		if err != nil {
			return err
		}
		if record = sealed; !d.inPlace {
			judged = record
		}
	}
	// What the signature adds is still to come.
	d.request.Problems = append(d.request.Problems, slices.DeleteFunc(c.problems("body", "", d.body.Validate(judged)), func(p Problem) bool {
		return p.Missing && slices.ContainsFunc(d.locations(), func(l specs.Location) bool {
			return (l.Place() == specs.PlaceForm || l.Place() == specs.PlaceParameter) && p.Pointer == "/"+specs.EscapePointer(l.Name()) && !d.absent[l.Name()]
		})
	})...)
	text, _, err := media.Encode(d.media, d.body, record)
	if err != nil {
		return &FieldError{Operation: d.ID, Field: Body, Reason: "has no form as " + d.media.Type + ": " + err.Error()}
	}
	if d.Wire.Seal.SealsBody() {
		return c.carry(d, text, d.media.Type)
	}
	pairs, err := wire.ParseForm(text)
	if err != nil {
		return err
	}
	in := wire.InForm
	if f := d.Wire.Formats; f != nil && len(f.Form) > 0 && !slices.Contains(f.Form, wire.InForm) {
		in = wire.InQuery
	}
	for i := range pairs {
		pairs[i].In = in
	}
	d.add(pairs, string(text))
	if d.isForm = in == wire.InForm; d.isForm {
		d.request.Header.Set("Content-Type", formType)
	}
	return nil
}

// sealField seals one field of a form.
func (c *Client) sealField(d *draft, record map[string]any, name string) (map[string]any, error) {
	item, there := record[name]
	if !there || item == nil {
		return record, nil
	}
	opened := textOf(item)
	if d.held != nil && !json.Valid([]byte(opened)) {
		return record, nil // taken for ciphertext
	}
	cipher, err := c.cipher(d.plan)
	if err != nil {
		return nil, err
	}
	record = maps.Clone(record)
	record[name] = string(cipher.Seal(nil, []byte(opened)))
	return record, nil
}
