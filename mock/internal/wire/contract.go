package wire

import (
	"bytes"
	"encoding/hex"
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
		Algorithm: seal.Cipher, Mode: seal.Mode, Padding: seal.Padding, Encoding: Encoding(seal.Encoding), Others: credentials,
		Strict: !slices.Contains(seal.Reads, string(Base64)) && !slices.Contains(seal.Reads, string(Base64URL)), TakesHex: slices.Contains(seal.Reads, string(Hex)),
	}
	if cfg.Encoding == Hex && seal.Case == "upper" {
		cfg.Encoding = HexUpper
	}
	var err error
	if cfg.Key, err = keyMaterial(credentials, seal.Key); err != nil {
		return nil, fmt.Errorf("%s: %w", seal.Key.Slot, err)
	}
	if seal.IV != nil {
		if err := cfg.takeIV(seal.IV, credentials); err != nil {
			return nil, err
		}
	}
	c, err := NewCipher(cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", seal.Key.Slot, err)
	}
	c.made = seal.Key
	return c, nil
}

// takeIV fills in where the iv comes from.
func (cfg *CipherConfig) takeIV(iv *specs.IV, credentials map[string]string) (err error) {
	due := iv.Length
	if due == 0 {
		due = blockSize
		if cfg.Mode == GCM {
			due = 12
		}
	}
	switch {
	case iv.Prepend:
		cfg.Prepended = due
		return nil
	case iv.Text != "":
		cfg.IV = []byte(iv.Text)
		return nil
	case iv.Hex != "":
		if cfg.IV, err = hex.DecodeString(iv.Hex); err != nil {
			return fmt.Errorf("seal.iv.hex: it is no hexadecimal")
		}
		return nil
	}
	if cfg.IV, err = keyMaterial(credentials, iv.Key()); err != nil {
		return fmt.Errorf("%s: %w", iv.Slot, err)
	}
	if fits := len(cfg.IV) == due || cfg.Mode == GCM && iv.Length == 0 && len(cfg.IV) == blockSize; fits {
		return nil
	}
	what := "it is the cipher's iv"
	switch {
	case iv.First > 0:
		what = fmt.Sprintf("its first %d characters are the cipher's iv", iv.First)
	case iv.Last > 0:
		what = fmt.Sprintf("its last %d characters are the cipher's iv", iv.Last)
	}
	return fmt.Errorf("%s: %s and must be %d bytes, not %d", iv.Slot, what, due, len(cfg.IV))
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
