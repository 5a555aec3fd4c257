package drive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// restoreBody makes the body that travels of the recorded one.
func (c *Client) restoreBody(d *draft, r *scenarios.Request) error {
	mediaType := r.MediaType
	if mediaType == "" && d.media != nil {
		mediaType = d.media.Type
	}
	whole := d.Wire.Seal.SealsBody()
	if base(mediaType) == formType && !(whole && r.Wire.Seal == scenarios.SealOpened) {
		return c.restoreForm(d, r)
	}
	body := r.Body
	fields := d.credentialFields()
	if len(body) == 0 && (fields == nil || d.bare) && !d.signsInside() {
		return nil
	}
	if isJSON(base(mediaType)) {
		var err error
		if body, err = c.withCredentials(d, body); err != nil {
			return err
		}
	}
	d.request.Body, d.request.Plain = body, body
	label := orText(r.Wire.Label, bounded(mediaType, body))
	if r.Wire.Seal == scenarios.SealOpened {
		cipher, err := c.cipherIn(d.plan, r.Wire.Encoding)
		if err != nil {
			return err
		}
		if !whole {
			part := d.Wire.Seal.RequestPart()
			d.seal = func(text []byte) ([]byte, error) { return d.resealMember(cipher, text, part) }
		} else if label, err = c.resealWhole(d, cipher, r, mediaType); err != nil {
			return err
		}
	}
	if label != "" {
		d.request.Header.Set("Content-Type", label)
	}
	return nil
}

// cipherIn is the operation's cipher, writing in an encoding that is read as well.
func (c *Client) cipherIn(p *plan, encoding string) (*wire.Cipher, error) {
	if p.Wire.Seal == nil || encoding == "" || encoding == p.Wire.Seal.Encoding {
		if p.Wire.Seal == nil {
			return nil, &RestoreError{Vendor: p.Vendor, Operation: p.ID, Reason: "its body was sealed, and the contract seals none"}
		}
		return c.cipher(p)
	}
	if !slices.Contains([]string{"base64", "base64url", "hex"}, encoding) {
		return nil, &RestoreError{Vendor: p.Vendor, Operation: p.ID, Reason: "its ciphertext had an encoding that is not known here"}
	}
	op, seal := *p.Operation, *p.Wire.Seal
	seal.Encoding = encoding
	op.Wire.Seal = &seal
	return c.cipher(&plan{Operation: &op})
}

// withCredentials puts the credentials that stand in a JSON body back into it.
func (c *Client) withCredentials(d *draft, body []byte) ([]byte, error) {
	if d.bare {
		return body, nil
	}
	for _, pointer := range d.credentialFields() {
		text, err := c.fieldCredential(d, pointer)
		if err != nil {
			return nil, err
		}
		// A body that has no place for it was none at its time either.
		if put, err := wire.PutMember(body, pointer, appendAny(text)); err == nil {
			body = put
		}
	}
	return body, nil
}

// fieldCredential is the credential at a place of the body, another text where it is to be wrong.
func (c *Client) fieldCredential(d *draft, pointer string) (string, error) {
	text, err := c.text(d.Wire.Auth.Fields[pointer])
	if err == nil && d.wrong {
		text = garbled(text)
	}
	return text, err
}

// restoreForm puts the fields of a form where they came. Those of the query stand among the parameters.
func (c *Client) restoreForm(d *draft, r *scenarios.Request) error {
	text := string(bytes.TrimSpace(r.Body))
	pairs, err := wire.ParseForm([]byte(text))
	if err != nil {
		return &RestoreError{Vendor: d.Vendor, Operation: d.ID, Reason: "its body is no form"}
	}
	for i := range pairs {
		pairs[i].In = wire.InForm
	}
	if r.Wire.Seal == scenarios.SealOpened {
		cipher, err := c.cipherIn(d.plan, r.Wire.Encoding)
		if err != nil {
			return err
		}
		name := specs.UnescapePointer(strings.TrimPrefix(d.Wire.Seal.RequestPart(), "/"))
		for i := range pairs {
			if pairs[i].Name == name {
				pairs[i].Value, text = string(cipher.Seal(nil, []byte(pairs[i].Value))), ""
			}
		}
		for i := range d.pairs {
			if d.pairs[i].Name == name {
				d.pairs[i].Value = string(cipher.Seal(nil, []byte(d.pairs[i].Value)))
			}
		}
	}
	isForm := len(pairs) > 0 || len(r.Wire.Form) > 0 && slices.Contains(r.Wire.Form, wire.InForm)
	d.add(pairs, text)
	if !d.bare {
		for _, pointer := range d.credentialFields() {
			credential, err := c.fieldCredential(d, pointer)
			if err != nil {
				return err
			}
			name := specs.UnescapePointer(strings.TrimPrefix(pointer, "/"))
			d.pairs = slices.DeleteFunc(d.pairs, func(p wire.Pair) bool { return p.Name == name })
			d.pairs = append(d.pairs, wire.Pair{Name: name, Value: credential, In: wire.InForm})
			isForm = true
		}
	}
	d.isForm = d.isForm || isForm
	return nil
}

// resealMember seals the member that stands opened in a JSON text: of a text that need not hold JSON the text itself, of
// anything else its JSON as it is written.
func (d *draft) resealMember(cipher *wire.Cipher, text []byte, part string) ([]byte, error) {
	raw, ok := wire.Member(text, part)
	if !ok {
		return text, nil
	}
	opened := bytes.TrimSpace(raw)
	if opened[0] == '"' && d.held == nil && !d.inPlace {
		var inner string
		if json.Unmarshal(opened, &inner) == nil {
			opened = []byte(inner)
		}
	}
	return wire.PutMember(text, part, appendAny(string(cipher.Seal(nil, opened))))
}

// resealWhole seals a body as a whole and puts it into the carrier that it had; it gives the carrier's label.
func (c *Client) resealWhole(d *draft, cipher *wire.Cipher, r *scenarios.Request, mediaType string) (string, error) {
	carrier, label := r.Wire.Carrier, r.Wire.Label
	if carrier == "" {
		return c.sealWhole(d, cipher, mediaType)
	}
	switch carrier {
	case "text":
		d.seal = func(plain []byte) ([]byte, error) { return cipher.Seal(nil, plain), nil }
	case "quoted":
		d.seal = func(plain []byte) ([]byte, error) { return appendAny(string(cipher.Seal(nil, plain))), nil }
	case "form":
		name := orText(r.Wire.Field, orText(c.config.FormField, "data"))
		d.seal = func(plain []byte) ([]byte, error) {
			return []byte(encode(wire.Pairs{{Name: name, Value: string(cipher.Seal(nil, plain))}})), nil
		}
	default:
		return "", fmt.Errorf("%s: the carrier %q cannot be written yet", d.ID, carrier)
	}
	return label, nil
}

// bounded is a media type with the boundary that a multipart body has in its first line (RFC 2046, section 5.1.1).
func bounded(mediaType string, body []byte) string {
	if !strings.HasPrefix(base(mediaType), "multipart/") || strings.Contains(mediaType, "boundary=") {
		return mediaType
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n"), []byte("\n"))
	boundary, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("--"))
	if !ok || len(boundary) == 0 {
		return mediaType
	}
	return mediaType + `; boundary="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(boundary)) + `"`
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
