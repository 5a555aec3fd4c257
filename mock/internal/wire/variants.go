package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
)

// textForm is a sealed text after one mistake has been undone.
type textForm struct {
	id   string
	text []byte
}

// textVariants undo what may happen to a sealed text on its way; nil means that
// the mistake cannot have been made.
var textVariants = []struct {
	id   string
	undo func(text []byte) []byte
}{
	{"sealed-quoted", func(text []byte) []byte {
		var s string
		if t := bytes.TrimSpace(text); len(t) > 0 && t[0] == '"' && json.Unmarshal(t, &s) == nil {
			return []byte(s)
		}
		return nil
	}},
	{"sealed-plus-as-space", func(text []byte) []byte {
		// A blank at either end may have been a plus as well as white space.
		return bytes.ReplaceAll(bytes.Trim(text, "\r\n"), []byte(" "), []byte("+"))
	}},
	{"sealed-url-encoded", func(text []byte) []byte {
		if !bytes.ContainsRune(text, '%') {
			return nil
		}
		s, err := url.PathUnescape(string(text))
		if err != nil {
			return nil
		}
		return []byte(s)
	}},
	{"sealed-form-field", func(text []byte) []byte {
		// name=TEXT or name=TEXT%3D: a form with a single field.
		pairs, err := ParseForm(bytes.ReplaceAll(text, []byte("+"), []byte("%2B")))
		if err != nil || len(pairs) != 1 || pairs[0].Name == "" || pairs[0].Value == "" {
			return nil
		}
		return []byte(pairs[0].Value)
	}},
	{"sealed-encoded-twice", func(text []byte) []byte {
		inner, err := Base64.Decode(text)
		if err != nil {
			return nil
		}
		return inner
	}},
}

// keyVariants make the keys that a client is known to use in place of the one
// it was given; nil means that this one cannot be made.
var keyVariants = []struct {
	id   string
	make func(key []byte) []byte
}{
	{"sealed-key-hex-decoded", func(key []byte) []byte {
		k, err := hex.DecodeString(string(key))
		if err != nil {
			return nil
		}
		return k
	}},
	{"sealed-key-hex-encoded", func(key []byte) []byte { return hex.AppendEncode(nil, key) }},
	{"sealed-key-hex-encoded", func(key []byte) []byte { return bytes.ToUpper(hex.AppendEncode(nil, key)) }},
	{"sealed-key-base64-decoded", func(key []byte) []byte {
		k, err := Base64.Decode(key)
		if err != nil {
			return nil
		}
		return k
	}},
	{"sealed-key-base64-encoded", func(key []byte) []byte { return base64.StdEncoding.AppendEncode(nil, key) }},
	// openssl's AES-128 takes the first 16 bytes of a longer key, and its longer
	// variants fill a shorter key with NULs.
	{"sealed-key-truncated", func(key []byte) []byte { return key[:16] }},
	{"sealed-key-truncated", func(key []byte) []byte { return key[:min(24, len(key))] }},
	{"sealed-key-zero-filled", func(key []byte) []byte { return append(bytes.Clone(key), make([]byte, 32-len(key))...) }},
	{"sealed-key-zero-filled", func(key []byte) []byte { return append(bytes.Clone(key), make([]byte, max(0, 24-len(key)))...) }},
	{"sealed-key-md5", func(key []byte) []byte { sum := md5.Sum(key); return sum[:] }},
	{"sealed-key-md5", func(key []byte) []byte { sum := md5.Sum(key); return hex.AppendEncode(nil, sum[:]) }},
	// KeyGenerator.init(128, SecureRandom "SHA1PRNG" seeded with the key): the
	// first output of that generator is SHA-1 applied twice.
	{"sealed-key-sha1prng", func(key []byte) []byte {
		once := sha1.Sum(key)
		twice := sha1.Sum(once[:])
		return twice[:16]
	}},
}

// cipherVariant is one way of opening raw cipher bytes.
type cipherVariant struct {
	id            string
	mode, padding string
	block         cipher.Block
	iv            []byte // for CBC; nil means that the first block is the IV
}

// variants lists the scheme itself and every single departure from it.
func (c *Cipher) variants() []cipherVariant {
	own := cipherVariant{mode: c.mode, padding: c.padding, block: c.block, iv: c.iv}
	list := []cipherVariant{own}
	add := func(id string, change func(v *cipherVariant)) {
		v := own
		v.id = id
		change(&v)
		list = append(list, v)
	}
	if c.padding == PKCS5 {
		add("sealed-padding-zero", func(v *cipherVariant) { v.padding = Zero })
	} else {
		add("sealed-padding-pkcs5", func(v *cipherVariant) { v.padding = PKCS5 })
	}
	if c.mode == CBC {
		add("sealed-ecb", func(v *cipherVariant) { v.mode = ECB })
	}
	add("sealed-cbc-zero-iv", func(v *cipherVariant) { v.mode, v.iv = CBC, make([]byte, blockSize) })
	add("sealed-cbc-key-iv", func(v *cipherVariant) { v.mode, v.iv = CBC, c.key[:blockSize] })
	add("sealed-cbc-iv-first-block", func(v *cipherVariant) { v.mode, v.iv = CBC, nil })
	for _, kv := range keyVariants {
		key := kv.make(c.key)
		if bytes.Equal(key, c.key) {
			continue
		}
		if block, err := aes.NewCipher(key); err == nil {
			add(kv.id, func(v *cipherVariant) { v.block = block })
		}
	}
	return list
}

// opensToJSON tries whole blocks; the first one settles most candidates.
func (v *cipherVariant) opensToJSON(raw []byte) bool {
	iv, body := v.split(raw)
	if len(body) == 0 {
		return false
	}
	var first [blockSize]byte
	v.block.Decrypt(first[:], body[:blockSize])
	if v.mode == CBC {
		for i := range first {
			first[i] ^= iv[i]
		}
	}
	if c := first[0]; c != '{' && c != '[' && c != ' ' && c != '\t' && c != '\r' && c != '\n' {
		return false
	}
	plain, ok := v.open(raw)
	return ok && isJSON(plain)
}

func (v *cipherVariant) split(raw []byte) (iv, body []byte) {
	if v.mode == CBC && v.iv == nil {
		return raw[:blockSize], raw[blockSize:]
	}
	return v.iv, raw
}

// open returns the plaintext of whole blocks without touching raw.
func (v *cipherVariant) open(raw []byte) ([]byte, bool) {
	iv, body := v.split(raw)
	c := Cipher{mode: v.mode, padding: v.padding, iv: iv, block: v.block}
	plain := bytes.Clone(body)
	c.decrypt(plain)
	return c.unpad(plain)
}
