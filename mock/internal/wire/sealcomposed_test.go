package wire

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// sealSlip is a text that a client made by a mistake, for a seal that only documents of others have.
type sealSlip struct {
	want, name, part string
	seal             specs.Seal
	raw              func() []byte // cipher bytes, written as Base64
}

const slipSecret = "a secret of the composed seals!!" // 32 characters

// slipSeals are the schemes that the slips are made for.
func slipSeals() (sm4, prepended, gcm, blank specs.Seal) {
	sm4 = specs.Seal{Cipher: "sm4", Mode: "cbc", Padding: "pkcs7", Encoding: "base64", Key: specs.Key{Slot: "secret", Form: "md5"}, IV: &specs.IV{Text: "0102030405060708"}}
	prepended = specs.Seal{Cipher: "aes", Mode: "cbc", Padding: "pkcs5", Encoding: "base64", Key: specs.Key{Slot: "secret", First: 16}, IV: &specs.IV{Prepend: true}}
	gcm = specs.Seal{Cipher: "aes-256", Mode: "gcm", Encoding: "base64", Key: specs.Key{Slot: "secret"}, IV: &specs.IV{Prepend: true}}
	blank = specs.Seal{Cipher: "aes", Mode: "ecb", Padding: "none", Encoding: "base64", Key: specs.Key{Slot: "secret", First: 16}}
	return sm4, prepended, gcm, blank
}

func sealSlips(t *testing.T) []sealSlip {
	sm4, prepended, gcm, blank := slipSeals()
	sealed := func(cfg CipherConfig) func() []byte {
		return func() []byte {
			cfg.Encoding = Hex
			return unhex(t, string(mustCipher(t, cfg).Seal(nil, []byte(testJSON))))
		}
	}
	own := func(s specs.Seal) []byte {
		c, err := NewSealCipher(&s, map[string]string{"secret": slipSecret})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(string(c.Seal(nil, []byte(testJSON))))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	sum := md5.Sum([]byte(slipSecret))
	iv, short, long := []byte("0102030405060708"), []byte(slipSecret[:16]), []byte(slipSecret)
	return []sealSlip{
		{"sealed-other-cipher", "AES for SM4", "", sm4, sealed(CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS5, Key: sum[:], IV: iv})},
		{"sealed-other-cipher", "SM4 for AES", "", prepended, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: short, Prepended: 16})},
		{"sealed-key-form", "the text's first 16", "text", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: short, IV: iv})},
		{"sealed-key-form", "the middle of the hex", "md5-16", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: []byte(hex.EncodeToString(sum[:])[8:24]), IV: iv})},
		{"sealed-ecb", "SM4", "", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: ECB, Padding: PKCS5, Key: sum[:]})},
		{"sealed-cbc-zero-iv", "SM4", "", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: sum[:], IV: make([]byte, 16)})},
		{"sealed-cbc-iv-first-block", "SM4", "", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: PKCS5, Key: sum[:], Prepended: 16})},
		{"sealed-padding-zero", "SM4", "", sm4, sealed(CipherConfig{Algorithm: SM4, Mode: CBC, Padding: Zero, Key: sum[:], IV: iv})},
		{"sealed-cbc-zero-iv", "in place of one in front", "", prepended, sealed(CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS5, Key: short, IV: make([]byte, 16)})},
		{"sealed-ecb", "in place of an iv in front", "", prepended, sealed(CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: short})},
		{"sealed-truncated", "an iv in front", "", prepended, func() []byte { return own(prepended)[:48] }},
		{"sealed-gcm", "for an iv in front", "", prepended, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: short, Prepended: 12})},
		{"sealed-padding-unwanted", "", "", blank, sealed(CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: short})},
		{"sealed-not-gcm", "", "ECB", gcm, sealed(CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: long})},
		{"sealed-not-gcm", "", "CBC, iv in front", gcm, sealed(CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS5, Key: long, Prepended: 16})},
		{"sealed-not-gcm", "", "CBC, iv of zeros", gcm, sealed(CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS5, Key: long, IV: make([]byte, 16)})},
		{"sealed-not-gcm", "", "CBC, the key as iv", gcm, sealed(CipherConfig{Algorithm: AES, Mode: CBC, Padding: Zero, Key: long, IV: short})},
		{"sealed-nonce", "", "16 bytes in front", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: long, Prepended: 16})},
		{"sealed-nonce", "", "12 bytes behind", gcm, func() []byte { raw := own(gcm); return slices.Concat(raw[12:], raw[:12]) }},
		{"sealed-nonce", "", "12 zeros", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: long, IV: make([]byte, 12)})},
		{"sealed-nonce", "", "the key's first 12 bytes", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: long, IV: long[:12]})},
		{"sealed-tag-place", "", "", gcm, func() []byte {
			raw := own(gcm)
			return slices.Concat(raw[:12], raw[len(raw)-16:], raw[12:len(raw)-16])
		}},
		{"sealed-tag-missing", "", "", gcm, func() []byte { raw := own(gcm); return raw[:len(raw)-16] }},
		{"sealed-truncated", "GCM", "", gcm, func() []byte { raw := own(gcm); return raw[:len(raw)-30] }},
		{"sealed-key-md5", "GCM", "", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: []byte(hex.EncodeToString(sum[:])), Prepended: 12})},
		{"sealed-key-truncated", "GCM", "", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: short, Prepended: 12})},
		{"sealed-wrong-tag", "", "", gcm, sealed(CipherConfig{Algorithm: AES, Mode: GCM, Key: []byte("another key that nobody mentioned"[:32]), Prepended: 12})},
		{"sealed-wrong-tag", "a byte changed", "", gcm, func() []byte { raw := own(gcm); raw[15] ^= 1; return raw }},
		{"sealed-too-short", "", "", gcm, func() []byte { return own(gcm)[:8] }},
		{"sealed-encoded-twice", "GCM", "", gcm, func() []byte { return []byte(base64.StdEncoding.EncodeToString(own(gcm))) }},
	}
}

// TestDiagnoseOpenOfAnySeal makes each mistake and expects it alone, and neither key nor text in what is told.
func TestDiagnoseOpenOfAnySeal(t *testing.T) {
	t.Parallel()
	for _, slip := range sealSlips(t) {
		credentials := map[string]string{"secret": slipSecret, "appId": "an-application"}
		c, err := NewSealCipher(&slip.seal, credentials)
		if err != nil {
			t.Fatal(err)
		}
		f := c.DiagnoseOpen([]byte(base64.StdEncoding.EncodeToString(slip.raw())))
		if f.ID != slip.want || f.Detail["also"] != "" || f.Detail["part"] != slip.part {
			t.Errorf("%s (%s %s): %+v", slip.want, slip.name, slip.part, f)
		}
		for name, value := range f.Detail {
			if strings.Contains(value, slipSecret[:12]) || strings.Contains(value, "serial") {
				t.Errorf("%s: Detail[%q] = %q holds what it must not", slip.want, name, value)
			}
		}
	}
}

// TestSealWritings holds the writings of a ciphertext to what they are told to be.
func TestSealWritings(t *testing.T) {
	t.Parallel()
	_, _, _, blank := slipSeals()
	credentials := map[string]string{"secret": slipSecret}
	for _, tt := range []struct {
		encoding, letters string
		reads             []string
		right, wrong      func(raw []byte) string
	}{
		{"hex", "upper", nil, func(raw []byte) string { return strings.ToUpper(hex.EncodeToString(raw)) }, base64.StdEncoding.EncodeToString},
		{"hex", "", nil, hex.EncodeToString, base64.StdEncoding.EncodeToString},
		{"base64url", "", nil, base64.RawURLEncoding.EncodeToString, nil},
		{"base64", "", []string{"base64", "hex"}, base64.StdEncoding.EncodeToString, nil},
	} {
		seal := blank
		seal.Encoding, seal.Case, seal.Reads = tt.encoding, tt.letters, tt.reads
		c, err := NewSealCipher(&seal, credentials)
		if err != nil {
			t.Fatal(err)
		}
		sealed := c.Seal(nil, []byte(`{"a":1}`))
		raw, err := c.encoding.Decode(sealed)
		if err != nil || len(raw) != 16 || string(sealed) != tt.right(raw) {
			t.Errorf("%s %s: wrote %s", tt.encoding, tt.letters, sealed)
		}
		if got, failed := c.Open(nil, sealed); failed != nil || string(got) != `{"a":1}`+strings.Repeat(" ", 9) {
			t.Errorf("%s: opened %q (%v)", tt.encoding, got, failed)
		}
		if tt.wrong != nil {
			if _, failed := c.Open(nil, []byte(tt.wrong(raw))); failed == nil {
				t.Errorf("%s takes %s", tt.encoding, tt.wrong(raw))
			}
		}
		if tt.reads != nil {
			if got, failed := c.Open(nil, []byte(strings.ToUpper(hex.EncodeToString(raw)))); failed != nil || string(got[:7]) != `{"a":1}` {
				t.Errorf("%s: hex opened to %q (%v)", tt.encoding, got, failed)
			}
		}
	}
}

// javaSHA1PRNG is what KeyGenerator of JDK 17 makes, initialised with 128 and a SHA1PRNG seeded with abc.
const javaSHA1PRNG = "0d3ced9bec10a777aec23ccc353a8c08"

// TestKeyForms pins what is made of a credential. The digests are those of openssl and md5sum.
func TestKeyForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key  specs.Key
		text string
		want string // in hex
	}{
		{specs.Key{}, "0123456789abcdef", "30313233343536373839616263646566"},
		{specs.Key{Form: "text", First: 2}, "密钥text", "e5af86e992a5"},
		{specs.Key{Last: 4}, "密钥text", "74657874"},
		{specs.Key{First: 99}, "abc", "616263"},
		{specs.Key{Form: "hex"}, "00ffA0", "00ffa0"},
		{specs.Key{Form: "hex", Last: 2}, "00ffA0", "ffa0"},
		{specs.Key{Form: "base64"}, "AP+g", "00ffa0"},
		{specs.Key{Form: "md5"}, "abc", "900150983cd24fb0d6963f7d28e17f72"},
		{specs.Key{Form: "md5-hex"}, "abc", hex.EncodeToString([]byte("900150983cd24fb0d6963f7d28e17f72"))},
		{specs.Key{Form: "md5-hex", First: 16}, "abc", hex.EncodeToString([]byte("900150983cd24fb0"))},
		{specs.Key{Form: "md5-hex-upper"}, "abc", hex.EncodeToString([]byte("900150983CD24FB0D6963F7D28E17F72"))},
		{specs.Key{Form: "md5-16"}, "abc", hex.EncodeToString([]byte("3cd24fb0d6963f7d"))},
		{specs.Key{Form: "sha1", First: 16}, "abc", "a9993e364706816aba3e25717850c26c"},
		{specs.Key{Form: "sha256"}, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{specs.Key{Form: "sha256-hex", First: 32}, "abc", hex.EncodeToString([]byte("ba7816bf8f01cfea414140de5dae2223"))},
		{specs.Key{Form: "sha1prng"}, "abc", javaSHA1PRNG},
	} {
		tt.key.Slot = "k"
		got, err := keyMaterial(map[string]string{"k": tt.text}, tt.key)
		if err != nil || hex.EncodeToString(got) != tt.want {
			t.Errorf("%+v of %s: %x (%v), want %s", tt.key, tt.text, got, err, tt.want)
		}
	}
	for _, form := range []string{"hex", "base64"} {
		secret := "no such text!"
		if _, err := keyMaterial(map[string]string{"k": secret}, specs.Key{Slot: "k", Form: form}); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", form, err)
		}
	}
}
