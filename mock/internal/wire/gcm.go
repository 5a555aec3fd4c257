package wire

import (
	"bytes"
	"crypto/cipher"
	"slices"
)

// openGCM tries GCM with the nonce of 12 bytes in front and the tag of 16 behind, as Java's examples send it; nil
// when the tag is wrong.
func (c *Cipher) openGCM(raw []byte) []byte {
	if len(raw) <= 12+tagSize {
		return nil
	}
	return openTagged(c.block, raw[:12], raw[12:])
}

// openTagged opens a text with its tag behind; nil when the tag is wrong.
func openTagged(block cipher.Block, nonce, text []byte) []byte {
	if len(text) < tagSize || len(nonce) == 0 {
		return nil
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if err != nil {
		return nil
	}
	plain, err := gcm.Open(nil, nonce, text, nil)
	if err != nil {
		return nil
	}
	return plain
}

// withoutTag deciphers what may be a part of a text, and judges no tag: nil for a nonce whose counter takes more than
// that.
func (c *Cipher) withoutTag(raw []byte) []byte {
	nonce, body := c.iv, raw
	if c.prepended > 0 {
		if len(raw) < c.prepended {
			return nil
		}
		nonce, body = raw[:c.prepended], raw[c.prepended:]
	}
	return counted(c.block, nonce, body)
}

// counted deciphers by the counter of GCM alone (NIST SP 800-38D, section 7.1: a nonce of 12 bytes is followed by a counter
// that is 2 for the first block).
func counted(block cipher.Block, nonce, body []byte) []byte {
	if len(nonce) != 12 {
		return nil
	}
	plain := bytes.Clone(body)
	cipher.NewCTR(block, append(slices.Clone(nonce), 0, 0, 0, 2)).XORKeyStream(plain, plain)
	return plain
}

// gcmForm is where nonce, text and tag may stand in what was sent.
type gcmForm struct {
	id, part string
	split    func(raw []byte) (nonce, tagged []byte)
}

// gcmForms lists the scheme's own form and the known departures from it.
func (c *Cipher) gcmForms() []gcmForm {
	front := func(n int) func([]byte) ([]byte, []byte) {
		return func(raw []byte) ([]byte, []byte) {
			if len(raw) < n+tagSize {
				return nil, nil
			}
			return raw[:n], raw[n:]
		}
	}
	behind := func(n int) func([]byte) ([]byte, []byte) {
		return func(raw []byte) ([]byte, []byte) {
			if len(raw) < n+tagSize {
				return nil, nil
			}
			return raw[len(raw)-n:], raw[:len(raw)-n]
		}
	}
	own := front(c.prepended)
	if c.prepended == 0 {
		own = func(raw []byte) ([]byte, []byte) { return c.iv, raw }
	}
	list := []gcmForm{{"", "", own}}
	for _, n := range []int{12, blockSize} {
		if n != c.prepended {
			list = append(list, gcmForm{"sealed-nonce", itoa(n) + " bytes in front", front(n)})
		}
		list = append(list, gcmForm{"sealed-nonce", itoa(n) + " bytes behind", behind(n)},
			gcmForm{"sealed-nonce", itoa(n) + " zeros", func(raw []byte) ([]byte, []byte) { return make([]byte, n), raw }})
		if len(c.key) >= n {
			list = append(list, gcmForm{"sealed-nonce", "the key's first " + itoa(n) + " bytes", func(raw []byte) ([]byte, []byte) { return c.key[:n], raw }})
		}
	}
	return append(list, gcmForm{"sealed-tag-place", "", func(raw []byte) ([]byte, []byte) {
		nonce, tagged := own(raw)
		if len(tagged) < tagSize {
			return nil, nil
		}
		return nonce, slices.Concat(tagged[tagSize:], tagged[:tagSize])
	}})
}

// gcm tries cipher bytes of a scheme in GCM. Its tag proves a candidate, whatever opens; without one, JSON does.
func (s *sealSearch) gcm(raw []byte, names []string) {
	c := s.cipher
	forms := c.gcmForms()
	for i := range s.keys {
		k := &s.keys[i]
		for _, form := range forms {
			departures := len(names) + count(k.id, form.id)
			if !s.better(departures) || !s.work.spend(len(raw)) {
				continue
			}
			nonce, tagged := form.split(raw)
			plain := openTagged(k.block, nonce, tagged)
			if plain == nil {
				continue
			}
			id, inner := plainForm(plain)
			if inner == nil && departures == 0 {
				id, inner = "sealed-twice", s.openAgain(plain)
			}
			ids := slices.Concat(names, named(k.id, form.id, id))
			if inner != nil && len(ids) > 0 && s.better(len(ids)) {
				s.best = &sealMatch{ids: ids, slot: k.slot, part: form.part + k.part, plain: inner}
			}
		}
		if !s.better(len(names)+count(k.id)+1) || !s.work.spend(len(raw)) {
			continue
		}
		nonce, body := c.iv, raw
		if c.prepended > 0 && len(raw) > c.prepended {
			nonce, body = raw[:c.prepended], raw[c.prepended:]
		}
		if plain := counted(k.block, nonce, body); isJSON(plain) {
			s.best = &sealMatch{ids: slices.Concat(names, named(k.id), []string{"sealed-tag-missing"}), slot: k.slot, part: k.part, plain: plain}
		}
	}
}
