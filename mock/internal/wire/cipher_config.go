package wire

import (
	"errors"
	"fmt"
	"slices"
)

// The names a CipherConfig may hold.
const (
	AES       = "aes"     // the key's length chooses AES-128, AES-192 or AES-256
	AES128    = "aes-128" // 16-byte keys alone (W-26)
	AES192    = "aes-192"
	AES256    = "aes-256"
	SM4       = "sm4" // GB/T 32907: 16-byte keys alone
	ECB       = "ecb"
	CBC       = "cbc"
	GCM       = "gcm" // NIST SP 800-38D, the tag of 16 bytes behind the ciphertext
	PKCS5     = "pkcs5"
	PKCS7     = "pkcs7" // another name for PKCS5
	Zero      = "zero"
	NoPadding = "none"
)

// CipherConfig describes one cipher scheme together with its key.
type CipherConfig struct {
	Algorithm string // "aes", "aes-128", "aes-192", "aes-256" or "sm4"
	Mode      string // "ecb" (Z, cipher section), "cbc" (W-26) or "gcm"
	Padding   string // "pkcs5", "pkcs7", "zero" (W-27) or "none"; must be empty for "gcm"
	// Key is taken as it is, neither hashed nor stretched: 16, 24 or 32 bytes (Z-8).
	Key []byte
	// IV is 16 bytes for "cbc", 12 or 16 for "gcm" (its nonce), and must be empty for "ecb" and where it is prepended.
	IV []byte
	// Prepended is how many bytes of IV stand before the ciphertext, random for each text; 0 means that none do.
	Prepended int
	Encoding  Encoding
	// Strict refuses Base64 where hexadecimal is due; by default a reader tries
	// hexadecimal, then Base64 (W-26).
	Strict bool
	// TakesHex lets a reader of Base64 take hexadecimal as well.
	TakesHex bool
	// Others are credentials by slot that a client may have taken for the key or the IV. Only a diagnosis looks at them.
	Others map[string]string
}

// check judges a configuration but for the length of a key that may have several.
func (cfg *CipherConfig) check() error {
	sizes := map[string]int{AES: 0, AES128: 16, AES192: 24, AES256: 32, SM4: 0}
	size, known := sizes[cfg.Algorithm]
	iv := len(cfg.IV) + cfg.Prepended
	switch {
	case !known:
		return fmt.Errorf("cipher: algorithm %q is not known; use %q, %q, %q, %q or %q", cfg.Algorithm, AES, AES128, AES192, AES256, SM4)
	case size > 0 && len(cfg.Key) != size:
		return fmt.Errorf("cipher: the key has %d bytes; AES-%d takes %d", len(cfg.Key), size*8, size)
	case cfg.Mode != ECB && cfg.Mode != CBC && cfg.Mode != GCM:
		return fmt.Errorf("cipher: mode %q is not known; use %q, %q or %q", cfg.Mode, ECB, CBC, GCM)
	case cfg.Mode == GCM && cfg.Padding != "":
		return errors.New("cipher: mode gcm takes no padding; leave it empty")
	case cfg.Mode != GCM && cfg.Padding != PKCS5 && cfg.Padding != Zero && cfg.Padding != NoPadding:
		return fmt.Errorf("cipher: padding %q is not known; use %q, %q or %q", cfg.Padding, PKCS5, Zero, NoPadding)
	case !slices.Contains([]Encoding{Base64, Base64URL, Hex, HexUpper}, cfg.Encoding):
		return fmt.Errorf("cipher: encoding %q is not known; use %q, %q, %q or %q", cfg.Encoding, Base64, Base64URL, Hex, HexUpper)
	case cfg.Mode == ECB && iv != 0:
		return errors.New("cipher: mode ecb takes no iv; leave it empty or use cbc")
	case cfg.Prepended != 0 && len(cfg.IV) != 0 || cfg.Prepended < 0:
		return errors.New("cipher: an iv is either given or prepended")
	case cfg.Mode == CBC && iv != blockSize:
		return fmt.Errorf("cipher: the iv has %d bytes; mode cbc needs %d", iv, blockSize)
	case cfg.Mode == GCM && iv != 12 && iv != blockSize:
		return fmt.Errorf("cipher: the nonce has %d bytes; mode gcm needs 12 or 16", iv)
	}
	return nil
}
