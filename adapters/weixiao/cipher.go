package weixiao

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// Why sealed text does not open. Neither says anything about the key: zero padding carries no check, so a wrong key gives garbage, which
// only the JSON reader finds.
var (
	errEncoding = errors.New("raw_data is neither hex nor Base64")
	errLength   = errors.New("raw_data is not made of whole blocks of 16 bytes")
)

// sealer is AES-128 in CBC mode with zero padding; the key is the app_key and the iv the first 16 characters of the app_secret (W-26).
type sealer struct {
	block cipher.Block
	iv    []byte
}

// newSealer checks app_key and app_secret. The errors name the field and quote nothing.
func newSealer(appKey, appSecret string) (sealer, error) {
	if len(appKey) != 16 {
		return sealer{}, errors.New("AppKey must be 16 bytes long, because it is the AES-128 key")
	}
	if len(appSecret) < aes.BlockSize || strings.ContainsFunc(appSecret[:aes.BlockSize], func(r rune) bool { return r >= 0x80 }) {
		return sealer{}, errors.New("AppSecret must begin with 16 ASCII characters, because they are the iv")
	}
	block, err := aes.NewCipher([]byte(appKey))
	if err != nil {
		return sealer{}, errors.New("AppKey is not an AES key")
	}
	return sealer{block: block, iv: []byte(appSecret[:aes.BlockSize])}, nil
}

// seal gives the sealed text. An exact last block gets no padding, as in plain zero padding (W-27).
func (s sealer) seal(plain []byte, e Encoding) string {
	padded := make([]byte, (len(plain)+aes.BlockSize-1)/aes.BlockSize*aes.BlockSize)
	copy(padded, plain)
	cipher.NewCBCEncrypter(s.block, s.iv).CryptBlocks(padded, padded)
	if e == Base64 {
		return base64.StdEncoding.EncodeToString(padded)
	}
	return hex.EncodeToString(padded)
}

// open reads hex of either case, else Base64 with or without its =, and drops every trailing NUL.
func (s sealer) open(text string) ([]byte, error) {
	sealed, err := sealedBytes(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(s.block, s.iv).CryptBlocks(sealed, sealed)
	return bytes.TrimRight(sealed, "\x00"), nil
}

func sealedBytes(text string) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err == nil && len(raw)%aes.BlockSize == 0 {
		return raw, nil
	}
	// Base64 may look like hex, though hardly ever.
	other, otherErr := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	switch {
	case otherErr == nil && len(other)%aes.BlockSize == 0:
		return other, nil
	case err != nil && otherErr != nil:
		return nil, errEncoding
	}
	return nil, errLength
}
