package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm4"

	"understudy/specs"
)

// blockSize is that of AES and of SM4.
const blockSize = aes.BlockSize

// tagSize is that of the tag behind a text sealed in GCM.
const tagSize = 16

// Cipher seals and opens text by one scheme and one key. It is immutable and
// safe for concurrent use.
type Cipher struct {
	algorithm     string // AES or SM4
	mode, padding string
	encoding      Encoding
	strict, hex   bool
	prepended     int
	key, iv       []byte
	made          specs.Key // what the key was made of, where it came from a contract
	block         cipher.Block
	aead          cipher.AEAD // for GCM
	others        map[string]string
	// encrypters and decrypters are in CBC, for use again.
	encrypters, decrypters sync.Pool
}

// NewCipher checks a configuration and expands its key once. Its errors name
// the field at fault and never hold the key or the IV.
func NewCipher(cfg CipherConfig) (*Cipher, error) {
	if cfg.Padding == PKCS7 {
		cfg.Padding = PKCS5
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	c := &Cipher{
		algorithm: AES, mode: cfg.Mode, padding: cfg.Padding, encoding: cfg.Encoding, strict: cfg.Strict, hex: cfg.TakesHex,
		prepended: cfg.Prepended, key: bytes.Clone(cfg.Key), iv: bytes.Clone(cfg.IV), others: maps.Clone(cfg.Others),
	}
	if cfg.Algorithm == SM4 {
		c.algorithm = SM4
	}
	var err error
	if c.block, err = newBlock(c.algorithm, cfg.Key); err != nil {
		if c.algorithm == SM4 {
			return nil, fmt.Errorf("cipher: the key has %d bytes; SM4 takes 16", len(cfg.Key))
		}
		return nil, fmt.Errorf("cipher: the key has %d bytes; AES takes 16, 24 or 32 (the UTF-8 bytes of the key text)", len(cfg.Key))
	}
	if c.mode == GCM {
		if c.aead, err = cipher.NewGCMWithNonceSize(c.block, c.prepended+len(c.iv)); err != nil {
			return nil, fmt.Errorf("cipher: %w", err)
		}
	}
	return c, nil
}

// newBlock expands a key for AES or SM4.
func newBlock(algorithm string, key []byte) (cipher.Block, error) {
	if algorithm == SM4 {
		return sm4.NewCipher(key)
	}
	return aes.NewCipher(key)
}

// The steps of opening, as SealError.Step names them. "json" is for the caller
// that decodes what was opened.
const (
	StepEncoding = "encoding"
	StepLength   = "length"
	StepPadding  = "padding"
	StepTag      = "tag"
	StepText     = "text"
	StepJSON     = "json"
)

// SealError says at which step a sealed text could not be opened. It never
// holds plaintext or a key.
type SealError struct {
	Step   string // encoding, length, padding, tag, text or json
	Reason string
}

// Error joins step and reason.
func (e *SealError) Error() string { return "sealed text: " + e.Step + ": " + e.Reason }

// Random is how many bytes of each sealed text are random: the iv that stands before the ciphertext.
func (c *Cipher) Random() int { return c.prepended }

// Seal appends the encoded ciphertext of plain to dst. PKCS#5 padding adds a
// whole block at an exact multiple; zero padding adds nothing there (W-27), so
// the empty text seals to nothing; without padding blanks fill the last block.
// plain must not lie in dst's spare capacity.
func (c *Cipher) Seal(dst, plain []byte) []byte { return c.SealWith(dst, plain, nil) }

// SealWith seals with the first [Cipher.Random] bytes of random in the place of ones of its own, so that a caller who
// wants the same text again gets it; nil, or fewer bytes, takes new ones.
func (c *Cipher) SealWith(dst, plain, random []byte) []byte {
	padded := c.paddedLen(len(plain))
	size := c.prepended + padded
	if c.mode == GCM {
		size += tagSize
	}
	encoded := c.encoding.encodedLen(size)

	// The cipher bytes are made at the end of the place of their text, and turned into it from the front.
	start := len(dst)
	dst = slices.Grow(dst, encoded)[:start+encoded]
	raw := dst[start+encoded-size:]
	iv := c.iv
	if c.prepended > 0 {
		iv = raw[:c.prepended]
		if len(random) >= c.prepended {
			copy(iv, random)
		} else {
			rand.Read(iv) // never fails: see crypto/rand
		}
	}
	body := raw[c.prepended : c.prepended+padded]
	n := copy(body, plain)
	fill := byte(0)
	switch c.padding {
	case PKCS5:
		fill = byte(padded - n)
	case NoPadding:
		fill = ' '
	}
	for i := n; i < padded; i++ {
		body[i] = fill
	}
	switch c.mode {
	case GCM:
		c.aead.Seal(body[:0], iv, body, nil)
	case CBC:
		c.encryptCBC(iv, body)
	default:
		for i := 0; i < padded; i += blockSize {
			c.block.Encrypt(body[i:i+blockSize], body[i:i+blockSize])
		}
	}
	c.encoding.encodeTail(dst[start:], size)
	return dst
}

// encryptCBC encrypts in place.
func (c *Cipher) encryptCBC(iv, body []byte) {
	c.chain(&c.encrypters, cipher.NewCBCEncrypter, iv, body)
}

// decryptCBC decrypts in place.
func (c *Cipher) decryptCBC(iv, body []byte) {
	c.chain(&c.decrypters, cipher.NewCBCDecrypter, iv, body)
}

// chain takes a mode that has been used before, where those of the algorithm can begin anew.
func (c *Cipher) chain(used *sync.Pool, fresh func(cipher.Block, []byte) cipher.BlockMode, iv, body []byte) {
	if mode, ok := used.Get().(cbcMode); ok {
		mode.SetIV(iv)
		mode.CryptBlocks(body, body)
		used.Put(mode)
		return
	}
	mode := fresh(c.block, iv)
	mode.CryptBlocks(body, body)
	if again, ok := mode.(cbcMode); ok {
		used.Put(again)
	}
}

// cbcMode is a mode that can begin anew.
type cbcMode interface {
	cipher.BlockMode
	SetIV(iv []byte)
}

// paddedLen is how long a text of n bytes is once it is padded.
func (c *Cipher) paddedLen(n int) int {
	if c.mode == GCM {
		return n
	}
	padded := n + blockSize - 1
	if c.padding == PKCS5 {
		padded++
	}
	return padded - padded%blockSize
}

// Open appends the plaintext of a sealed text to dst. Padding and tag are checked in
// full; zero padding loses every trailing NUL (W-27); the plaintext must be
// UTF-8. Empty text opens to empty text, as in the JDK, unless an iv or a tag is
// due. On error dst comes back as it was.
func (c *Cipher) Open(dst, text []byte) ([]byte, *SealError) {
	start := len(dst)
	dst, bad := c.decode(dst, text)
	if bad != nil {
		return dst, &SealError{StepEncoding, bad.Error()}
	}
	plain, failed := c.openRaw(dst[start:])
	switch {
	case failed != nil:
		return dst[:start], failed
	case !utf8.Valid(plain):
		return dst[:start], &SealError{StepText, "the opened bytes are not UTF-8"}
	}
	return dst[:start+copy(dst[start:], plain)], nil
}

// openRaw opens cipher bytes in place.
func (c *Cipher) openRaw(raw []byte) ([]byte, *SealError) {
	iv := c.iv
	if c.prepended > 0 {
		if len(raw) < c.prepended {
			return nil, &SealError{StepLength, fmt.Sprintf("%d bytes are too few for the iv of %d in front", len(raw), c.prepended)}
		}
		iv, raw = raw[:c.prepended], raw[c.prepended:]
	}
	if c.mode == GCM {
		if len(raw) < tagSize {
			return nil, &SealError{StepLength, fmt.Sprintf("%d bytes are too few for the tag of %d at the end", len(raw), tagSize)}
		}
		plain, err := c.aead.Open(raw[:0], iv, raw, nil)
		if err != nil {
			return nil, &SealError{StepTag, "the tag fits neither key nor nonce nor text"}
		}
		return plain, nil
	}
	if len(raw)%blockSize != 0 {
		return nil, &SealError{StepLength, fmt.Sprintf("%d bytes are not a multiple of %d", len(raw), blockSize)}
	}
	if c.mode == CBC {
		if len(raw) > 0 {
			c.decryptCBC(iv, raw)
		}
	} else {
		decrypt(c.block, c.mode, iv, raw)
	}
	plain, ok := unpad(c.padding, raw)
	if !ok {
		return nil, &SealError{StepPadding, "the last block has no valid PKCS#5 padding"}
	}
	return plain, nil
}

// decode appends the bytes of text to dst, in the second encoding where the
// first does not read them and a second is allowed. Hexadecimal digits in an odd
// number are hexadecimal that was cut, not Base64.
func (c *Cipher) decode(dst, text []byte) ([]byte, *EncodingError) {
	if c.hex && !c.encoding.isHex() && mayBeHex(text) {
		if out, bad := Hex.appendDecode(dst, bytes.TrimSpace(text)); bad == nil {
			return out, nil
		}
	}
	out, bad := c.encoding.appendDecode(dst, text)
	if bad == nil || c.strict || !c.encoding.isHex() || bad.Offset == len(text) {
		return out, bad
	}
	if again, worse := Base64.appendDecode(dst, text); worse == nil {
		return again, nil
	}
	return out, bad
}

// mayBeHex looks at the beginning of a text alone: few texts in Base64 have a long one of hexadecimal digits.
func mayBeHex(text []byte) bool {
	for _, b := range text[:min(len(text), 64)] {
		if fromHex(b) < 0 && b != ' ' && (b < '\t' || b > '\r') && b < utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decrypt turns whole blocks into plaintext in place.
func decrypt(block cipher.Block, mode string, iv, raw []byte) {
	if len(raw) == 0 {
		return
	}
	if mode == CBC {
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(raw, raw)
		return
	}
	for i := 0; i < len(raw); i += blockSize {
		block.Decrypt(raw[i:i+blockSize], raw[i:i+blockSize])
	}
}

// unpad returns padded text without its padding; false means invalid padding.
func unpad(padding string, padded []byte) ([]byte, bool) {
	switch {
	case padding == NoPadding:
		return padded, true
	case padding == Zero:
		n := len(padded)
		for n > 0 && padded[n-1] == 0 {
			n--
		}
		return padded[:n], true
	case len(padded) == 0:
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
