package drive

import (
	"context"
	"slices"
	"time"

	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

// placeToken puts the token where the security scheme has it that x-wire.auth speaks of.
func (c *Client) placeToken(ctx context.Context, d *draft) error {
	a, scheme := d.Wire.Auth, d.Security
	if scheme == nil || a == nil || a.Security == "" {
		return nil
	}
	v, given := d.given[scheme.Key]
	delete(d.given, scheme.Key)
	token := ""
	switch {
	case given && v == nil:
		return nil
	case given:
		token = textOf(v)
	default:
		var err error
		if a.Token == "listed" {
			token, err = c.listed(a.Slot)
		} else {
			token, d.request.Login, err = c.issued(ctx, d.plan)
		}
		if err != nil {
			return err
		}
		if scheme.Bearer {
			token = "Bearer " + token
		}
	}
	d.credential(scheme, token)
	return nil
}

// sign adds the caller's key, the time, the digest's name and the signature over all parameters, each unless it is given.
func (c *Client) sign(d *draft) error {
	s := d.Wire.Sign
	if s == nil {
		return nil
	}
	add := func(name string, make func() (string, error)) error {
		if _, n := d.pairs.Get(name); name == "" || n > 0 || d.absent[name] {
			return nil
		}
		text, err := make()
		if err == nil {
			d.pairs = append(d.pairs, wire.Pair{Name: name, Value: text, In: wire.InQuery})
		}
		return err
	}
	digest := s.Digests[0]
	if err := add(s.KeyParameter, func() (string, error) { return c.text(s.KeySlot) }); err != nil {
		return err
	}
	_ = add(s.TimeParameter, func() (string, error) { return c.clock(d).In(value.China()).Format(time.DateTime), nil })
	_ = add(s.MethodParameter, func() (string, error) { return digest, nil })
	if named, _ := d.pairs.Get(s.MethodParameter); slices.Contains(s.Digests, named) {
		digest = named
	}
	d.request.Signed = wire.Canonical(d.pairs, s.Parameter)
	return add(s.Parameter, func() (string, error) {
		secret, err := c.text(s.Secret)
		if err != nil {
			return "", err
		}
		if d.wrongSecret {
			secret = garbled(secret)
		}
		return wire.Sign(d.pairs, wire.SignConfig{Skip: s.Parameter, Digest: digest, Secret: secret})
	})
}
