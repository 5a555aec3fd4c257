package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

const blockSize = aes.BlockSize

// The names a CipherConfig may hold.
const (
	AES    = "aes"     // the key's length chooses AES-128, AES-192 or AES-256
	AES128 = "aes-128" // 16-byte keys alone (W-26)
	ECB    = "ecb"
	CBC    = "cbc"
	PKCS5  = "pkcs5"
	Zero   = "zero"
)

// CipherConfig describes one cipher scheme together with its key.
type CipherConfig struct {
	Algorithm string // "aes" or "aes-128"
	Mode      string // "ecb" (Z, cipher section) or "cbc" (W-26)
	Padding   string // "pkcs5" or "zero" (W-27)
	// Key is taken as it is, neither hashed nor stretched: 16, 24 or 32 bytes (Z-8).
	Key []byte
	// IV is 16 bytes for "cbc" and must be empty for "ecb".
	IV       []byte
	Encoding Encoding
	// Strict refuses Base64 where hexadecimal is due; by default a reader tries
	// hexadecimal, then Base64 (W-26).
	Strict bool
	// Others are credentials by slot that a client may have taken for the key or the IV. Only a diagnosis looks at them.
	Others map[string]string
}

// Cipher seals and opens text by one scheme and one key. It is immutable and
// safe for concurrent use.
type Cipher struct {
	mode, padding string
	encoding      Encoding
	strict        bool
	key, iv       []byte
	block         cipher.Block
	others        map[string]string
}

// NewCipher checks a configuration and expands its key once. Its errors name
// the field at fault and never hold the key or the IV.
func NewCipher(cfg CipherConfig) (*Cipher, error) {
	switch {
	case cfg.Algorithm != AES && cfg.Algorithm != AES128:
		return nil, fmt.Errorf("cipher: algorithm %q is not known; use %q or %q", cfg.Algorithm, AES, AES128)
	case cfg.Algorithm == AES128 && len(cfg.Key) != 16:
		return nil, fmt.Errorf("cipher: the key has %d bytes; AES-128 takes 16", len(cfg.Key))
	case cfg.Mode != ECB && cfg.Mode != CBC:
		return nil, fmt.Errorf("cipher: mode %q is not known; use %q or %q", cfg.Mode, ECB, CBC)
	case cfg.Padding != PKCS5 && cfg.Padding != Zero:
		return nil, fmt.Errorf("cipher: padding %q is not known; use %q or %q", cfg.Padding, PKCS5, Zero)
	case cfg.Encoding != Base64 && cfg.Encoding != Hex:
		return nil, fmt.Errorf("cipher: encoding %q is not known; use %q or %q", cfg.Encoding, Base64, Hex)
	case cfg.Mode == CBC && len(cfg.IV) != blockSize:
		return nil, fmt.Errorf("cipher: the iv has %d bytes; mode cbc needs %d", len(cfg.IV), blockSize)
	case cfg.Mode == ECB && len(cfg.IV) != 0:
		return nil, errors.New("cipher: mode ecb takes no iv; leave it empty or use cbc")
	}
	block, err := aes.NewCipher(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("cipher: the key has %d bytes; AES takes 16, 24 or 32 (the UTF-8 bytes of the key text)", len(cfg.Key))
	}
	return &Cipher{
		mode: cfg.Mode, padding: cfg.Padding, encoding: cfg.Encoding, strict: cfg.Strict,
		key: bytes.Clone(cfg.Key), iv: bytes.Clone(cfg.IV), block: block, others: maps.Clone(cfg.Others),
	}, nil
}

// The steps of opening, as SealError.Step names them. "json" is for the caller
// that decodes what was opened.
const (
	StepEncoding = "encoding"
	StepLength   = "length"
	StepPadding  = "padding"
	StepText     = "text"
	StepJSON     = "json"
)

// SealError says at which step a sealed text could not be opened. It never
// holds plaintext or a key.
type SealError struct {
	Step   string // encoding, length, padding, text or json
	Reason string
}

// Error joins step and reason.
func (e *SealError) Error() string { return "sealed text: " + e.Step + ": " + e.Reason }

// Seal appends the encoded ciphertext of plain to dst. PKCS#5 padding adds a
// whole block at an exact multiple; zero padding adds nothing there (W-27), so
// the empty text seals to nothing. plain must not lie in dst's spare capacity.
func (c *Cipher) Seal(dst, plain []byte) []byte {
	padded := len(plain) + blockSize - 1
	if c.padding == PKCS5 {
		padded++
	}
	padded -= padded % blockSize
	encoded := c.encoding.encodedLen(padded)

	// The cipher bytes are made behind the place of their text, so that one
	// grow serves both.
	start := len(dst)
	dst = slices.Grow(dst, encoded+padded)
	raw := dst[start+encoded : start+encoded+padded]
	n := copy(raw, plain)
	fill := byte(0)
	if c.padding == PKCS5 {
		fill = byte(padded - n)
	}
	for i := n; i < padded; i++ {
		raw[i] = fill
	}
	if c.mode == CBC {
		cipher.NewCBCEncrypter(c.block, c.iv).CryptBlocks(raw, raw)
	} else {
		for i := 0; i < padded; i += blockSize {
			c.block.Encrypt(raw[i:i+blockSize], raw[i:i+blockSize])
		}
	}
	return c.encoding.Encode(dst, raw)
}

// Open appends the plaintext of a sealed text to dst. Padding is checked in
// full; zero padding loses every trailing NUL (W-27); the plaintext must be
// UTF-8. Empty text opens to empty text, as in the JDK. On error dst comes back
// as it was.
func (c *Cipher) Open(dst, text []byte) ([]byte, *SealError) {
	start := len(dst)
	dst, bad := c.decode(dst, text)
	if bad != nil {
		return dst, &SealError{StepEncoding, bad.Error()}
	}
	raw := dst[start:]
	if len(raw)%blockSize != 0 {
		return dst[:start], &SealError{StepLength, fmt.Sprintf("%d bytes are not a multiple of %d", len(raw), blockSize)}
	}
	c.decrypt(raw)
	plain, ok := c.unpad(raw)
	if !ok {
		return dst[:start], &SealError{StepPadding, "the last block has no valid PKCS#5 padding"}
	}
	if !utf8.Valid(plain) {
		return dst[:start], &SealError{StepText, "the opened bytes are not UTF-8"}
	}
	return dst[:start+len(plain)], nil
}

// decode appends the bytes of text to dst, in the second encoding where the
// first does not read them and a second is allowed. Hexadecimal digits in an odd
// number are hexadecimal that was cut, not Base64.
func (c *Cipher) decode(dst, text []byte) ([]byte, *EncodingError) {
	out, bad := c.encoding.appendDecode(dst, text)
	if bad == nil || c.strict || c.encoding != Hex || bad.Offset == len(text) {
		return out, bad
	}
	if again, worse := Base64.appendDecode(dst, text); worse == nil {
		return again, nil
	}
	return out, bad
}

// decrypt turns whole blocks into plaintext in place.
func (c *Cipher) decrypt(raw []byte) {
	if len(raw) == 0 {
		return
	}
	if c.mode == CBC {
		cipher.NewCBCDecrypter(c.block, c.iv).CryptBlocks(raw, raw)
		return
	}
	for i := 0; i < len(raw); i += blockSize {
		c.block.Decrypt(raw[i:i+blockSize], raw[i:i+blockSize])
	}
}

// unpad returns padded text without its padding; false means invalid padding.
func (c *Cipher) unpad(padded []byte) ([]byte, bool) {
	if c.padding == Zero {
		n := len(padded)
		for n > 0 && padded[n-1] == 0 {
			n--
		}
		return padded[:n], true
	}
	if len(padded) == 0 {
		return padded, true
	}
	fill := padded[len(padded)-1]
	if fill == 0 || fill > blockSize {
		return nil, false
	}
	keep := len(padded) - int(fill)
	for _, b := range padded[keep:] {
		if b != fill {
			return nil, false
		}
	}
	return padded[:keep], true
}
