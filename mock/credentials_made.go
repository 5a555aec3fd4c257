package mock

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"slices"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// MakeCredentials fills the slots of a contract that given leaves out with values from a source of random bytes, in a form
// that its ciphers take: a key of the right length, written as the contract has it. The slots of security schemes stay
// empty: any credential is good there. What is given is never changed. The error is that of the source.
func MakeCredentials(c *specs.Contract, given Credentials, random io.Reader) (Credentials, error) {
	var failed error
	all := fill(c, given, func(slot specs.Slot) (raw []byte, usual Credential) {
		raw = make([]byte, 32)
		if _, err := io.ReadFull(random, raw); err != nil {
			failed = err
		}
		return raw, credential(slot, hex.EncodeToString(raw[:16]))
	})
	return all, failed
}

// credential puts a text into a slot.
func credential(slot specs.Slot, text string) Credential {
	if slot.List {
		return Credential{Tokens: []Token{{Value: text}}}
	}
	return Credential{Text: text}
}

// fill makes what is missing: draw gives the bytes that a slot's value is made of, and the value where its form is free.
func fill(c *specs.Contract, given Credentials, draw func(specs.Slot) (raw []byte, usual Credential)) Credentials {
	m := maker{contract: c, raw: map[string][]byte{}, all: Credentials{}}
	maps.Copy(m.all, given)
	for _, slot := range c.Slots() {
		if _, ok := m.all[slot.Name]; ok || slot.Scheme {
			continue
		}
		var raw []byte
		if raw, m.all[slot.Name] = draw(slot); !slot.List {
			m.raw[slot.Name] = raw
		}
	}
	m.fit()
	return m.all
}

// maker brings made values into the forms that a contract's ciphers take.
type maker struct {
	contract *specs.Contract
	raw      map[string][]byte // of the slots that are made
	all      Credentials
}

// fit looks, for each cipher, for forms of its made key and iv that it takes.
func (m *maker) fit() {
	var seen []*specs.Seal
	for _, op := range m.contract.Operations {
		seal := op.Wire.Seal
		if seal == nil || slices.Contains(seen, seal) {
			continue
		}
		seen = append(seen, seal)
		iv := ""
		if seal.IV != nil {
			iv = seal.IV.Slot
		}
		m.fitSeal(seal, seal.Key.Slot, iv)
	}
}

func (m *maker) fitSeal(seal *specs.Seal, key, iv string) {
	before := m.all.clone()
	for _, keyText := range m.forms(key) {
		for _, ivText := range m.forms(iv) {
			m.set(key, keyText)
			m.set(iv, ivText)
			if _, err := wire.NewSealCipher(seal, textsOf(m.all)); err == nil {
				return
			}
		}
	}
	m.all = before // the cipher says what is wrong
}

func (m *maker) set(slot, text string) {
	if m.raw[slot] != nil {
		m.all[slot] = Credential{Text: text}
	}
}

// forms are the ways in which a made value may be written, the one it has first; one that is given has only that.
func (m *maker) forms(slot string) []string {
	raw := m.raw[slot]
	if raw == nil {
		return []string{""}
	}
	digits := hex.EncodeToString(raw)
	list := []string{m.all[slot].Text}
	for _, n := range []int{16, 24, 32, 12, 48, 64} {
		list = append(list, digits[:n])
	}
	for _, n := range []int{16, 24, 32, 12} {
		list = append(list, base64.StdEncoding.EncodeToString(raw[:n]))
	}
	return list
}
