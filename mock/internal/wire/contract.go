package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"understudy/specs"
)

// NewSealCipher makes the cipher of a contract's seal. credentials are the
// vendor's texts by slot; all of them help a diagnosis to say which one was
// taken for the key. Its errors begin with the slot at fault and never hold a
// credential.
func NewSealCipher(seal *specs.Seal, credentials map[string]string) (*Cipher, error) {
	cfg := CipherConfig{
		Algorithm: seal.Cipher, Mode: seal.Mode, Padding: seal.Padding, Encoding: Encoding(seal.Encoding),
		Key: keyMaterial(credentials, seal.Key), Others: credentials, Strict: !slices.Contains(seal.Reads, string(Base64)),
	}
	if seal.IV != nil {
		cfg.IV = keyMaterial(credentials, *seal.IV)
		if len(cfg.IV) != blockSize {
			return nil, fmt.Errorf("%s: its first %d characters are the cipher's iv and must be %d bytes, not %d", seal.IV.Slot, seal.IV.First, blockSize, len(cfg.IV))
		}
	}
	c, err := NewCipher(cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", seal.Key.Slot, err)
	}
	return c, nil
}

func keyMaterial(credentials map[string]string, k specs.Key) []byte {
	text := credentials[k.Slot]
	if runes := []rune(text); k.First > 0 && len(runes) > k.First {
		text = string(runes[:k.First])
	}
	return []byte(text)
}

// Carried finds the ciphertext in a body that is sealed as a whole, in the
// carriers that a contract allows besides the bare text: "quoted" is a JSON
// string, "form" the only field of a form (Z-1). carrier is the one it stands in,
// "text" for the bare one.
func Carried(body []byte, carriers []string) (text []byte, carrier string) {
	trimmed := bytes.TrimSpace(body)
	if slices.Contains(carriers, "quoted") && len(trimmed) > 1 && trimmed[0] == '"' {
		var inner string
		if json.Unmarshal(trimmed, &inner) == nil {
			return []byte(inner), "quoted"
		}
	}
	if slices.Contains(carriers, "form") {
		if name, rest, ok := bytes.Cut(trimmed, []byte("=")); ok && len(name) > 0 && len(bytes.TrimRight(rest, "=")) > 0 && !bytes.ContainsAny(trimmed, `&{"`) {
			if pairs, err := ParseForm(trimmed); err == nil && len(pairs) == 1 {
				return []byte(pairs[0].Value), "form"
			}
		}
	}
	return body, "text"
}
