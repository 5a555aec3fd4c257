package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"unicode/utf16"

	"understudy/specs"
)

// keyForm is a key that a client may have used.
type keyForm struct {
	id, slot string // slot names the credential taken in the key's place
	part     string // what was made of the credential, where that is the mistake
	key      []byte
	iv       []byte // where the mistake is about the IV as well, else nil
	block    cipher.Block
}

// keyVariant makes the keys that a client is known to use in place of the one
// it was given; those of an impossible length, and nil, are passed over.
type keyVariant struct {
	id   string
	make func(key []byte) [][]byte
}

func keyVariants() []keyVariant {
	return []keyVariant{
		{"sealed-key-hex-decoded", func(key []byte) [][]byte {
			k, err := hex.AppendDecode(nil, key)
			if err != nil {
				return nil
			}
			return [][]byte{k}
		}},
		{"sealed-key-hex-encoded", func(key []byte) [][]byte {
			text := hex.AppendEncode(nil, key)
			return [][]byte{text, bytes.ToUpper(text)}
		}},
		{"sealed-key-base64-decoded", func(key []byte) [][]byte {
			k, err := Base64.Decode(key)
			if err != nil {
				return nil
			}
			return [][]byte{k}
		}},
		{"sealed-key-base64-encoded", func(key []byte) [][]byte { return [][]byte{base64.StdEncoding.AppendEncode(nil, key)} }},
		// openssl's AES-128 takes the first 16 bytes of a longer key, and its longer
		// variants fill a shorter key with NULs.
		{"sealed-key-truncated", func(key []byte) [][]byte { return [][]byte{key[:16], key[:min(24, len(key))]} }},
		{"sealed-key-zero-filled", func(key []byte) [][]byte { return filledKeys(key, 0) }},
		{"sealed-key-text-filled", func(key []byte) [][]byte { return slices.Concat(filledKeys(key, '0'), filledKeys(key, ' ')) }},
		{"sealed-key-repeated", func(key []byte) [][]byte {
			twice := slices.Concat(key, key)
			return [][]byte{twice[:24], twice[:32]}
		}},
		{"sealed-key-folded", func(key []byte) [][]byte {
			// AES_ENCRYPT of MySQL lays a long key over itself.
			folded := make([]byte, 16)
			for i, b := range key {
				folded[i%16] ^= b
			}
			return [][]byte{folded}
		}},
		{"sealed-key-md5", func(key []byte) [][]byte {
			sum := md5.Sum(key)
			text := hex.AppendEncode(nil, sum[:])
			upper := bytes.ToUpper(text)
			// The middle sixteen digits are known as the 16-digit MD5 (16位MD5).
			return [][]byte{sum[:], text, upper, text[:16], upper[:16], text[8:24], upper[8:24]}
		}},
		{"sealed-key-sha1", func(key []byte) [][]byte {
			sum := sha1.Sum(key)
			text := hex.AppendEncode(nil, sum[:])
			return [][]byte{sum[:16], text[:16], text[:32]}
		}},
		{"sealed-key-sha256", func(key []byte) [][]byte {
			sum := sha256.Sum256(key)
			text := hex.AppendEncode(nil, sum[:])
			return [][]byte{sum[:], sum[:16], text[:16], text[:32]}
		}},
		{"sealed-key-sha1prng", func(key []byte) [][]byte {
			made := sha1PRNG(key, 32)
			return [][]byte{made[:16], made[:24], made}
		}},
		{"sealed-key-utf16", func(key []byte) [][]byte {
			var little, big []byte
			for _, u := range utf16.Encode([]rune(string(key))) {
				little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
			}
			return [][]byte{little, big}
		}},
		{"sealed-key-case", func(key []byte) [][]byte { return [][]byte{bytes.ToLower(key), bytes.ToUpper(key)} }},
	}
}

// filledKeys fills a key up to the longer sizes of AES.
func filledKeys(key []byte, with byte) [][]byte {
	var list [][]byte
	for _, size := range []int{24, 32} {
		if len(key) < size {
			list = append(list, slices.Concat(key, bytes.Repeat([]byte{with}, size-len(key))))
		}
	}
	return list
}

// keyForms lists the key itself, every known departure from it, and the vendor's other credentials in its place. Each
// key stands once, under the first mistake that makes it.
func (c *Cipher) keyForms() []keyForm {
	list := []keyForm{{key: c.key, block: c.block}}
	if other := c.otherBlock(); other != nil {
		list = append(list, keyForm{id: "sealed-other-cipher", key: c.key, block: other})
	}
	seen := map[string]bool{string(c.key): true}
	add := func(f keyForm) {
		if seen[string(f.key)] {
			return
		}
		block, err := newBlock(c.algorithm, f.key)
		if err != nil {
			return
		}
		seen[string(f.key)] = true
		f.block = block
		list = append(list, f)
	}
	if c.made == (specs.Key{}) || c.made.Form == "" || c.made.Form == formText {
		for _, v := range keyVariants() {
			for _, key := range v.make(c.key) {
				add(keyForm{id: v.id, key: key})
			}
		}
	} else {
		for _, f := range c.otherForms() {
			add(f)
		}
	}
	if c.mode == CBC && len(c.iv) == blockSize && !bytes.Equal(c.key, c.iv) && len(c.key) == blockSize {
		add(keyForm{id: "sealed-key-iv-swapped", key: c.iv, iv: c.key})
	}
	for _, slot := range slices.Sorted(maps.Keys(c.others)) {
		text := []byte(c.others[slot])
		add(keyForm{id: "sealed-key-other-slot", slot: slot, key: text})
		for _, size := range []int{16, 32} {
			if len(text) > size {
				add(keyForm{id: "sealed-key-other-slot", slot: slot, key: text[:size]})
			}
		}
		if raw, err := hex.DecodeString(c.others[slot]); err == nil {
			add(keyForm{id: "sealed-key-other-slot", slot: slot, key: raw})
		}
		sum := md5.Sum(text)
		add(keyForm{id: "sealed-key-other-slot", slot: slot, key: sum[:]})
	}
	return list
}

// otherBlock is the key in the other of the two ciphers, nil where its length does not fit.
func (c *Cipher) otherBlock() cipher.Block {
	other := SM4
	if c.algorithm == SM4 {
		other = AES
	}
	block, err := newBlock(other, c.key)
	if err != nil {
		return nil
	}
	return block
}

// otherForms lists what a client may have made of a credential that is not the key as it stands.
func (c *Cipher) otherForms() []keyForm {
	var list []keyForm
	text := c.others[c.made.Slot]
	for _, form := range []string{formText, formHex, formBase64, formMD5, formMD5Hex, formMD5HexUpper, formMD5Middle, formSHA1, formSHA256, formSHA256Hex, formSHA1PRNG} {
		for _, k := range []specs.Key{{Slot: c.made.Slot, Form: form}, {Slot: c.made.Slot, Form: form, First: 16}, {Slot: c.made.Slot, Form: form, First: 32}} {
			if key, err := keyMaterial(map[string]string{k.Slot: text}, k); err == nil {
				list = append(list, keyForm{id: "sealed-key-form", part: form, key: key})
			}
		}
	}
	return list
}

// sha1PRNG returns what the JDK's generator SHA1PRNG gives when it is seeded with nothing but seed, n bytes:
// KeyGenerator.init(128, random) takes its first 16 as a key. Each step digests a state of 20 bytes and adds the digest
// and one to it, lowest byte first and, as Java's bytes are signed, with carries that may be negative.
func sha1PRNG(seed []byte, n int) []byte {
	state := sha1.Sum(seed)
	var out []byte
	for len(out) < n {
		step := sha1.Sum(state[:])
		out = append(out, step[:]...)
		carry, changed := 1, false
		for i := range state {
			sum := int(int8(state[i])) + int(int8(step[i])) + carry
			changed = changed || state[i] != byte(sum)
			state[i], carry = byte(sum), sum>>8
		}
		if !changed {
			state[0]++
		}
	}
	return out[:n]
}

// saltedMark is what openssl enc and CryptoJS write before the salt of a text that was sealed with a passphrase.
var saltedMark = []byte("Salted__")

// openByPassphrase tries what openssl and CryptoJS make of a text that is given where they take a passphrase: a key and
// an IV derived from it and the salt. It returns the JSON that opens, nil for none.
func (c *Cipher) openByPassphrase(raw []byte) []byte {
	if len(raw) < 2*blockSize || !bytes.HasPrefix(raw, saltedMark) {
		return nil
	}
	salt, body := raw[8:16], raw[16:]
	var made [][]byte
	for _, digest := range []func([]byte) []byte{
		func(b []byte) []byte { sum := md5.Sum(b); return sum[:] },
		func(b []byte) []byte { sum := sha256.Sum256(b); return sum[:] },
	} {
		// EVP_BytesToKey of openssl with one round.
		var all, last []byte
		for len(all) < 48 {
			last = digest(slices.Concat(last, c.key, salt))
			all = append(all, last...)
		}
		made = append(made, all)
	}
	// openssl enc -pbkdf2
	if all, err := pbkdf2.Key(sha256.New, string(c.key), salt, 10_000, 48); err == nil {
		made = append(made, all)
	}
	for _, all := range made {
		for _, size := range []int{32, 16} {
			block, err := aes.NewCipher(all[:size])
			if err != nil {
				continue
			}
			for _, mode := range []string{CBC, ECB} {
				v := cipherVariant{mode: mode, padding: PKCS5, block: block, iv: all[size : size+blockSize]}
				if plain, ok := v.open(body); ok && isJSON(plain) {
					return plain
				}
			}
		}
	}
	return nil
}
