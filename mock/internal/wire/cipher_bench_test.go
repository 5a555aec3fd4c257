package wire

import (
	"bytes"
	"testing"
)

// sealedForms are the schemes that are measured, and held to what they allocate.
func sealedForms() []struct {
	name string
	cfg  CipherConfig
} {
	key, iv := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	return []struct {
		name string
		cfg  CipherConfig
	}{
		{"ecb-base64", CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: key, Encoding: Base64}},
		{"ecb-base64url", CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: key, Encoding: Base64URL, TakesHex: true}},
		{"cbc-hex", CipherConfig{Algorithm: AES, Mode: CBC, Padding: Zero, Key: key, IV: iv, Encoding: Hex}},
		{"cbc-prepended", CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS7, Key: key, Prepended: 16, Encoding: HexUpper}},
		{"gcm", CipherConfig{Algorithm: AES, Mode: GCM, Key: key, Prepended: 12, Encoding: Base64}},
		{"sm4-cbc", CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: key, IV: iv, Encoding: Base64}},
	}
}

// TestSealAgain seals and opens texts of many lengths one after the other: nothing of one is left in the next, and what
// stands before a text stays.
func TestSealAgain(t *testing.T) {
	t.Parallel()
	for _, form := range sealedForms() {
		c, err := NewCipher(form.cfg)
		if err != nil {
			t.Fatal(err)
		}
		for size := range 2000 {
			if size > 100 && size%61 != 0 && size%chunk > 2 {
				continue
			}
			plain := bytes.Repeat([]byte("text "), size/5+1)[:size]
			if size > 0 {
				plain[size-1] = '.'
			}
			sealed := c.Seal([]byte("before"), plain)
			text, ok := bytes.CutPrefix(sealed, []byte("before"))
			if !ok {
				t.Fatalf("%s: %d bytes: the text before is lost", form.name, size)
			}
			raw, err := form.cfg.Encoding.Decode(text)
			if err != nil {
				t.Fatalf("%s: %d bytes: %v", form.name, size, err)
			}
			if again := form.cfg.Encoding.Encode(nil, raw); !bytes.Equal(again, text) {
				t.Fatalf("%s: %d bytes: written as %.80s, not %.80s", form.name, size, text, again)
			}
			opened, failed := c.Open([]byte("ahead"), text)
			if failed != nil || string(opened) != "ahead"+string(plain) {
				t.Fatalf("%s: %d bytes: opened %.80q, %v", form.name, size, opened, failed)
			}
		}
	}
}

// TestSealAllocates: a text is sealed in its own buffer, and opened in one.
func TestSealAllocates(t *testing.T) {
	if underRace {
		t.Skip("allocations are counted without the race detector")
	}
	plain := bytes.Repeat([]byte("0123456789"), 1024)
	for _, form := range sealedForms() {
		c, err := NewCipher(form.cfg)
		if err != nil {
			t.Fatal(err)
		}
		text := c.Seal(nil, plain)
		if n := testing.AllocsPerRun(50, func() { c.Seal(nil, plain) }); n > 1 {
			t.Errorf("%s: sealing takes %v allocations", form.name, n)
		}
		if form.cfg.Algorithm == SM4 {
			continue // its library makes a buffer of its own to decipher several blocks together
		}
		if n := testing.AllocsPerRun(50, func() { _, _ = c.Open(nil, text) }); n > 1 {
			t.Errorf("%s: opening takes %v allocations", form.name, n)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	plain := bytes.Repeat([]byte("0123456789"), 1024)
	for _, form := range sealedForms() {
		c, err := NewCipher(form.cfg)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Seal(nil, plain)
			}
		})
		text := c.Seal(nil, plain)
		b.Run(form.name+"/open", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Open(nil, text)
			}
		})
	}
}
