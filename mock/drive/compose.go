package drive

import (
	"fmt"
	"net/http"
	"slices"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// locations are the places of the signature and of what belongs to it, of a composed scheme.
func (p *plan) locations() []specs.Location {
	s := p.Wire.Sign
	if s == nil || s.Scheme == specs.SchemeTOP {
		return nil
	}
	var list []specs.Location
	for _, at := range []string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
		if l := specs.Location(at); l.Place() != "" {
			list = append(list, l)
		}
	}
	return list
}

// takeSigned takes what the caller gives for the signature and what belongs to it, where no parameter is declared for it. What
// stands in the body stays with the body.
func (d *draft) takeSigned() {
	for _, l := range d.locations() {
		v, given := d.given[l.Name()]
		if !given || l.Place() == specs.PlaceBody || l.Place() == specs.PlaceForm {
			continue
		}
		delete(d.given, l.Name())
		switch {
		case v == nil:
			d.absent[l.Name()] = true
		case l.Place() == specs.PlaceHeader:
			d.request.Header.Set(l.Name(), textOf(v))
		default:
			d.pair(l.Name(), v)
		}
	}
}

// sealBody makes the body that travels of the one that the contract describes.
func (d *draft) sealBody() error {
	if d.seal == nil {
		return nil
	}
	body, err := d.seal(d.request.Body)
	d.request.Body = body
	return err
}

// compose seals and signs by a composed scheme, in the order that the contract has.
func (c *Client) compose(d *draft) error {
	s := d.Wire.Sign
	for _, slot := range []string{s.KeySlot, s.Secret} {
		if slot != "" {
			if _, err := c.text(slot); err != nil {
				return err
			}
		}
	}
	signer, err := wire.NewSigner(s, c.secrets(d))
	if err != nil {
		return fmt.Errorf("%s.%w", d.Vendor, err)
	}
	if !signer.Opened() {
		if err := d.sealBody(); err != nil {
			return err
		}
	}
	m, err := c.message(d)
	if err != nil {
		return err
	}
	done, err := signer.Sign(m, wire.SignOptions{
		Now: c.clock(d), Keep: func(name string) bool { return d.absent[name] }, Number: d.isNumber,
	})
	if err != nil {
		return fmt.Errorf("%s.%s: %w", d.Vendor, d.ID, err)
	}
	r := d.request
	r.Signed, r.Header, d.pairs = done.Canonical, m.Header, m.Pairs
	if d.isForm || slices.ContainsFunc(d.pairs, func(p wire.Pair) bool { return p.In == wire.InForm }) {
		d.isForm = true // the body is made of the pairs
		if signer.Opened() {
			return d.sealBody()
		}
		return nil
	}
	r.Body = m.Body
	if signer.Opened() || d.seal == nil {
		r.Plain = m.Body
	}
	if d.judge != nil {
		if err := d.judge(); err != nil {
			return err
		}
	}
	if signer.Opened() {
		return d.sealBody()
	}
	return nil
}

// message is the call as it stands, for whoever signs it.
func (c *Client) message(d *draft) (*wire.Message, error) {
	u, err := c.address(d)
	if err != nil {
		return nil, err
	}
	m := &wire.Message{Method: d.request.Method, Path: u.EscapedPath(), Header: d.request.Header, Pairs: d.pairs, Body: d.request.Body}
	var query, form wire.Pairs
	for _, p := range d.pairs {
		if p.In == wire.InForm {
			form = append(form, p)
		} else {
			query = append(query, p)
		}
	}
	m.RawQuery = d.encode(query)
	if d.isForm {
		m.Body = []byte(d.encode(form))
		m.Header.Set("Content-Type", formType)
	}
	if d.seal != nil {
		m.Opened = d.request.Plain
	}
	// What goes along with every request may be signed as well.
	for name, list := range c.config.Header {
		if m.Header.Get(name) == "" {
			m.Header[http.CanonicalHeaderKey(name)] = slices.Clone(list)
		}
	}
	return m, nil
}

// isNumber says whether a member of the body is a number.
func (d *draft) isNumber(name string) bool {
	if d.media == nil {
		return false
	}
	n := d.shape.member(name)
	return n != nil && !n.is("string") && (n.is("integer") || n.is("number"))
}

// texts are the credentials that are one text, by slot.
func (c *Client) texts() map[string]string {
	texts := map[string]string{}
	for slot, one := range c.config.Credentials {
		if one.Text != "" {
			texts[slot] = one.Text
		}
	}
	return texts
}
