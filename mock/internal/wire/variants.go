package wire

import (
	"bytes"
	"crypto/cipher"
	"crypto/md5"
	"encoding/hex"
	"maps"
	"slices"
)

// The paddings that only mistakes use.
const (
	x923     = "x923"     // ANSI X.923: NULs, then the length
	iso10126 = "iso10126" // anything, then the length
)

// cipherVariant is one way of opening raw cipher bytes.
type cipherVariant struct {
	mode, padding string
	block         cipher.Block
	iv            []byte // for CBC; nil means that the first block is the IV
}

// modeForm is a mode of operation with its IV; part says which text the IV was made of.
type modeForm struct {
	id, part string
	mode     string
	iv       []byte
}

// modeForms lists the scheme's own mode and IV, and every known departure from them under a key.
func (c *Cipher) modeForms(k *keyForm) []modeForm {
	if k.iv != nil {
		return []modeForm{{mode: CBC, iv: k.iv}}
	}
	if c.mode == GCM {
		return []modeForm{
			{id: "sealed-not-gcm", part: "ECB", mode: ECB},
			{id: "sealed-not-gcm", part: "CBC, iv in front", mode: CBC},
			{id: "sealed-not-gcm", part: "CBC, iv of zeros", mode: CBC, iv: make([]byte, blockSize)},
			{id: "sealed-not-gcm", part: "CBC, the key as iv", mode: CBC, iv: k.key[:blockSize]},
		}
	}
	list := []modeForm{{mode: c.mode, iv: c.iv}} // of a prepended iv nil, which is the first block
	if c.mode == CBC {
		list = append(list, modeForm{id: "sealed-ecb", mode: ECB})
	}
	list = append(list,
		modeForm{id: "sealed-cbc-zero-iv", mode: CBC, iv: make([]byte, blockSize)},
		modeForm{id: "sealed-cbc-key-iv", mode: CBC, iv: k.key[:blockSize]},
	)
	if c.prepended == 0 {
		list = append(list, modeForm{id: "sealed-cbc-iv-first-block", mode: CBC})
	}
	for _, slot := range slices.Sorted(maps.Keys(c.others)) {
		for _, p := range ivParts(c.others[slot]) {
			if !bytes.Equal(p.iv, c.iv) {
				list = append(list, modeForm{id: "sealed-iv-other-part", part: slot + ", " + p.part, mode: CBC, iv: p.iv})
			}
		}
	}
	return list
}

// ivParts lists what a client may make of a credential's text when it needs 16 bytes.
func ivParts(text string) []modeForm {
	var list []modeForm
	add := func(part string, iv []byte) {
		if len(iv) == blockSize {
			list = append(list, modeForm{part: part, iv: iv})
		}
	}
	b := []byte(text)
	if len(b) >= blockSize {
		add("first 16", b[:blockSize])
		add("last 16", b[len(b)-blockSize:])
		add("first 16, lower case", bytes.ToLower(b[:blockSize]))
		add("first 16, upper case", bytes.ToUpper(b[:blockSize]))
	} else {
		add("filled with NULs", slices.Concat(b, make([]byte, blockSize-len(b))))
		add("filled with 0", slices.Concat(b, bytes.Repeat([]byte("0"), blockSize-len(b))))
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) >= blockSize {
		add("decoded from hexadecimal", raw[:blockSize])
	}
	sum := md5.Sum(b)
	add("MD5", sum[:])
	add("MD5 in hexadecimal, first 16", hex.AppendEncode(nil, sum[:])[:blockSize])
	return list
}

// paddingForm is a padding and the mistake it is.
type paddingForm struct{ id, padding string }

func (c *Cipher) paddingForms() []paddingForm {
	list := []paddingForm{{"", c.padding}}
	switch {
	case c.mode == GCM: // whatever a block mode in its place was padded with
		return []paddingForm{{"", PKCS5}, {"", Zero}}
	case c.padding == NoPadding:
		list = append(list, paddingForm{"sealed-padding-unwanted", PKCS5}, paddingForm{"sealed-padding-unwanted", Zero})
	case c.padding == PKCS5:
		list = append(list, paddingForm{"sealed-padding-zero", Zero})
	default:
		list = append(list, paddingForm{"sealed-padding-pkcs5", PKCS5})
	}
	return append(list, paddingForm{"sealed-padding-x923", x923}, paddingForm{"sealed-padding-iso10126", iso10126})
}

// firstBlock opens the first block, which settles most candidates.
func (v *cipherVariant) firstBlock(raw []byte) (first [blockSize]byte, ok bool) {
	iv, body := v.split(raw)
	if len(body) < blockSize {
		return first, false
	}
	v.block.Decrypt(first[:], body[:blockSize])
	if v.mode == CBC {
		for i := range first {
			first[i] ^= iv[i]
		}
	}
	return first, true
}

func (v *cipherVariant) split(raw []byte) (iv, body []byte) {
	if v.mode == CBC && v.iv == nil {
		return raw[:blockSize], raw[blockSize:]
	}
	return v.iv, raw
}

// open returns the plaintext of whole blocks without touching raw.
func (v *cipherVariant) open(raw []byte) ([]byte, bool) {
	padded := v.padded(raw)
	return unpadAs(v.padding, padded)
}

// padded opens whole blocks and leaves their padding where it is.
func (v *cipherVariant) padded(raw []byte) []byte {
	iv, body := v.split(raw)
	padded := bytes.Clone(body)
	decrypt(v.block, v.mode, iv, padded)
	return padded
}

// unpadAs takes one kind of padding off; false means that there is none of it.
func unpadAs(padding string, padded []byte) ([]byte, bool) {
	if padding != x923 && padding != iso10126 {
		return unpad(padding, padded)
	}
	if len(padded) == 0 {
		return nil, false
	}
	fill := int(padded[len(padded)-1])
	// A single length byte proves too little where hardly anything is left.
	if fill == 0 || fill > blockSize || len(padded)-fill < blockSize/2 {
		return nil, false
	}
	keep := len(padded) - fill
	if padding == x923 {
		for _, b := range padded[keep : len(padded)-1] {
			if b != 0 {
				return nil, false
			}
		}
	}
	return padded[:keep], true
}
