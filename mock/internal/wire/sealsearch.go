package wire

import (
	"bytes"
	"slices"
)

// sealMatch is a combination of mistakes that opens a text.
type sealMatch struct {
	ids        []string
	slot, part string
	plain      []byte
}

// sealSearch looks for the fewest known mistakes that open a text to JSON: at most two in the text, one each in the
// encoding, the key, the mode, the padding and the writing of the plaintext, and no more than four together.
type sealSearch struct {
	cipher   *Cipher
	work     budget
	keys     []keyForm
	modes    [][]modeForm // by key
	paddings []paddingForm
	best     *sealMatch
}

const maxSealMistakes = 4

func (c *Cipher) reproduce(text []byte) *sealMatch {
	s := &sealSearch{cipher: c, work: budget{maxDiagnoseWork}, keys: c.keyForms(), paddings: c.paddingForms()}
	for i := range s.keys {
		s.modes = append(s.modes, c.modeForms(&s.keys[i]))
	}
	encodings := []struct {
		id string
		e  Encoding
	}{{"", c.encoding}, {"sealed-hex", Hex}}
	switch {
	case c.encoding.isHex():
		encodings[1].id, encodings[1].e = "sealed-base64", Base64
	case c.hex:
		encodings[1].id = ""
	}
	for _, form := range c.textForms(text, &s.work) {
		for _, enc := range encodings {
			names := append(slices.Clone(form.ids), named(enc.id)...)
			if !s.better(len(names)) || !s.work.spend(len(form.text)) {
				continue
			}
			if raw, bad := enc.e.appendDecode(nil, form.text); bad == nil && len(raw) > 0 {
				s.raw(raw, names)
			}
		}
	}
	return s.best
}

// better reports whether an explanation by n mistakes could still be the best one.
func (s *sealSearch) better(n int) bool {
	return n <= maxSealMistakes && (s.best == nil || n < len(s.best.ids))
}

// raw tries cipher bytes; names are the mistakes that led to them.
func (s *sealSearch) raw(raw []byte, names []string) {
	if s.cipher.mode == GCM {
		s.gcm(raw, names)
	} else if s.better(len(names)+1) && s.work.spend(len(raw)) {
		if plain := s.cipher.openGCM(raw); plain != nil {
			s.best = &sealMatch{ids: append(slices.Clone(names), "sealed-gcm"), plain: plain}
		}
	}
	if len(raw)%blockSize != 0 {
		return
	}
	if s.better(len(names)+1) && bytes.HasPrefix(raw, saltedMark) && s.work.spend(12*len(raw)) {
		if plain := s.cipher.openByPassphrase(raw); plain != nil {
			s.best = &sealMatch{ids: append(slices.Clone(names), "sealed-passphrase"), plain: plain}
		}
	}
	for i := range s.keys {
		for j := range s.modes[i] {
			s.key(raw, names, &s.keys[i], &s.modes[i][j])
		}
	}
}

func (s *sealSearch) key(raw []byte, names []string, k *keyForm, m *modeForm) {
	departures := len(names) + count(k.id, m.id)
	if !s.better(departures) || !s.work.spend(blockSize) {
		return
	}
	v := cipherVariant{mode: m.mode, block: k.block, iv: m.iv}
	first, ok := v.firstBlock(raw)
	own := departures == 0
	if !ok || !own && !beginsPlausibly(first[:]) || !s.work.spend(3*len(raw)) {
		return
	}
	names = append(slices.Clone(names), named(k.id, m.id)...)
	padded := v.padded(raw)
	for _, p := range s.paddings {
		plain, ok := unpadAs(p.padding, padded)
		if !ok {
			continue
		}
		id, inner := plainForm(plain)
		if inner == nil && own && p.id == "" {
			id, inner = "sealed-twice", s.openAgain(plain)
		}
		padding := p.id
		if padding == "sealed-padding-zero" && len(plain) == len(padded) {
			padding = "sealed-padding-none"
		}
		if ids := append(slices.Clone(names), named(padding, id)...); inner != nil && len(ids) > 0 && s.better(len(ids)) {
			s.best = &sealMatch{ids: ids, slot: k.slot, part: m.part + k.part, plain: inner}
		}
	}
}

// openAgain opens an opened text that is sealed once more; nil for what is not.
func (s *sealSearch) openAgain(plain []byte) []byte {
	if !s.work.spend(2 * len(plain)) {
		return nil
	}
	again, failure := s.cipher.Open(nil, plain)
	if failure != nil || !isJSON(again) {
		return nil
	}
	return again
}
