package zheliban

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"strings"
	"unicode"
)

// errUnopened is the only error of opening. Which step failed is not told: there is no integrity check in this scheme, and a client
// that tells padding from key errors helps whoever is guessing (Z-11).
var errUnopened = errors.New("the text cannot be opened with the AES key")

// sealer is AES/ECB/PKCS5Padding with Base64 around it, as the vendor's sample code prints it.
type sealer struct{ block cipher.Block }

// newSealer takes the key as text; its UTF-8 bytes are the AES key (Z-8).
func newSealer(key string) (sealer, error) {
	switch len(key) {
	case 16, 24, 32:
	default:
		return sealer{}, errors.New("AESKey must be 16, 24 or 32 bytes of UTF-8; a Chinese character counts as 3 bytes")
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return sealer{}, errors.New("AESKey is not a usable AES key")
	}
	return sealer{block}, nil
}

// seal gives standard Base64, padded, in one line (Z-12).
func (s sealer) seal(plain []byte) string {
	size := s.block.BlockSize()
	padding := size - len(plain)%size
	data := make([]byte, len(plain)+padding)
	copy(data, plain)
	for i := len(plain); i < len(data); i++ {
		data[i] = byte(padding)
	}
	for at := 0; at < len(data); at += size {
		s.block.Encrypt(data[at:at+size], data[at:at+size])
	}
	return base64.StdEncoding.EncodeToString(data)
}

// open reads Base64 in the standard or the URL alphabet, with or without padding, with white space anywhere (Z-12). No bytes at all
// open to no bytes, as in the JDK.
func (s sealer) open(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, text)
	unpadded := strings.TrimRight(text, "=")
	if len(text)-len(unpadded) > 2 {
		return nil, errUnopened
	}
	data, err := base64.RawStdEncoding.DecodeString(unpadded)
	size := s.block.BlockSize()
	if err != nil || len(data)%size != 0 {
		return nil, errUnopened
	}
	if len(data) == 0 {
		return data, nil
	}
	for at := 0; at < len(data); at += size {
		s.block.Decrypt(data[at:at+size], data[at:at+size])
	}
	padding := int(data[len(data)-1])
	if padding < 1 || padding > size {
		return nil, errUnopened
	}
	for _, b := range data[len(data)-padding:] {
		if int(b) != padding {
			return nil, errUnopened
		}
	}
	return data[:len(data)-padding], nil
}
