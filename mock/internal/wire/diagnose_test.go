package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	testKey    = "0123456789abcdef"
	testSecret = "00112233445566778899AABBCCDDEEFF"
	testJSON   = `{"serialNumber":"TS000-01","arriveDate":"2021-04-06 08:30:00","note":"体检"}`
)

func mustCipher(tb testing.TB, cfg CipherConfig) *Cipher {
	tb.Helper()
	if cfg.Algorithm == "" {
		cfg.Algorithm = AES
	}
	if cfg.Encoding == "" {
		cfg.Encoding = Base64
	}
	c, err := NewCipher(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// plusText is a JSON text whose sealed form under c holds a plus sign.
func plusText(tb testing.TB, c *Cipher) []byte {
	tb.Helper()
	for n := range 1000 {
		text := c.Seal(nil, []byte(`{"n":"`+strings.Repeat("x", n)+`"}`))
		if bytes.Contains(text, []byte("+")) {
			return text
		}
	}
	tb.Fatal("no sealed text with a plus sign")
	return nil
}

func sealWith(tb testing.TB, cfg CipherConfig, plain string) []byte {
	tb.Helper()
	return mustCipher(tb, cfg).Seal(nil, []byte(plain))
}

func ecb(key string) CipherConfig {
	return CipherConfig{Mode: ECB, Padding: PKCS5, Key: []byte(key)}
}

func cbc(key, iv string) CipherConfig {
	return CipherConfig{Mode: CBC, Padding: Zero, Key: []byte(key), IV: []byte(iv), Encoding: Hex}
}

func TestDiagnoseOpen(t *testing.T) {
	t.Parallel()
	own := ecb(testKey)
	ecbCipher := mustCipher(t, own)
	sealed := ecbCipher.Seal(nil, []byte(testJSON))
	iv := testSecret[:16]
	push := mustCipher(t, cbc(testKey, iv))
	pushed := push.Seal(nil, []byte(testJSON))
	strict := cbc(testKey, iv)
	strict.Strict = true
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(testJSON)
	if err != nil {
		t.Fatal(err)
	}
	md5Key, once := md5.Sum([]byte(testKey)), sha1.Sum([]byte(testKey))
	prng := sha1.Sum(once[:])
	ivInFront := func() []byte {
		block, err := aes.NewCipher([]byte(testKey))
		if err != nil {
			t.Fatal(err)
		}
		raw := append([]byte("random-random-iv"), testJSON...)
		fill := blockSize - len(raw)%blockSize
		raw = append(raw, bytes.Repeat([]byte{byte(fill)}, fill)...)
		cipher.NewCBCEncrypter(block, raw[:blockSize]).CryptBlocks(raw[blockSize:], raw[blockSize:])
		return Base64.Encode(nil, raw)
	}
	hexEncoded := func(cfg CipherConfig) CipherConfig { cfg.Encoding = Hex; return cfg }
	zeroPadded := func(cfg CipherConfig) CipherConfig { cfg.Padding = Zero; return cfg }
	inCBC := func(cfg CipherConfig, iv string) CipherConfig { cfg.Mode, cfg.IV = CBC, []byte(iv); return cfg }
	wrong := strings.Repeat("k", 16)

	tests := []struct {
		name string
		own  CipherConfig
		text []byte
		want string
		also string
	}{
		{"nothing wrong", own, sealed, "", ""},
		{"nothing wrong, weixiao", cbc(testKey, iv), pushed, "", ""},
		{"plain JSON", own, []byte(" " + testJSON + "\n"), "sealed-plain-json", ""},
		{"plain JSON, weixiao", cbc(testKey, iv), []byte(`[1]`), "sealed-plain-json", ""},
		{"quoted", own, []byte(`"` + string(sealed) + `"`), "sealed-quoted", ""},
		{"plus became space", own, bytes.ReplaceAll(plusText(t, ecbCipher), []byte("+"), []byte(" ")), "sealed-plus-as-space", ""},
		{"url-encoded", own, []byte(url.QueryEscape(string(sealed))), "sealed-url-encoded", ""},
		{"form field", own, []byte("data=" + url.QueryEscape(string(sealed))), "sealed-form-field", ""},
		{"encoded twice", own, Base64.Encode(nil, sealed), "sealed-encoded-twice", ""},
		{"hex for base64", own, sealWith(t, hexEncoded(own), testJSON), "sealed-hex", ""},
		{"base64 for hex", strict, Base64.Encode(nil, unhex(t, string(pushed))), "sealed-base64", ""},
		{"truncated in a block", own, Base64.Encode(nil, unbase64(t, string(sealed))[:40]), "sealed-truncated", ""},
		{"truncated in a character group", own, sealed[:len(sealed)-7], "sealed-truncated", ""},
		{"truncated at a block", own, Base64.Encode(nil, unbase64(t, string(sealed))[:32]), "sealed-truncated", ""},
		{"truncated hex", cbc(testKey, iv), pushed[:len(pushed)-5], "sealed-truncated", ""},
		{"truncated hex at a block", cbc(testKey, iv), pushed[:64], "sealed-truncated", ""},
		{"zero padding", own, sealWith(t, zeroPadded(own), testJSON), "sealed-padding-zero", ""},
		{"pkcs5 padding", cbc(testKey, iv), sealWith(t, CipherConfig{Mode: CBC, Padding: PKCS5, Key: []byte(testKey), IV: []byte(iv), Encoding: Hex}, testJSON), "sealed-padding-pkcs5", ""},
		{"ecb for cbc", cbc(testKey, iv), sealWith(t, hexEncoded(zeroPadded(own)), testJSON), "sealed-ecb", ""},
		{"cbc with zero iv", own, sealWith(t, inCBC(own, strings.Repeat("\x00", 16)), testJSON), "sealed-cbc-zero-iv", ""},
		{"cbc with the key as iv", own, sealWith(t, inCBC(own, testKey), testJSON), "sealed-cbc-key-iv", ""},
		{"cbc with the key as iv, weixiao", cbc(testKey, iv), sealWith(t, cbc(testKey, testKey), testJSON), "sealed-cbc-key-iv", ""},
		{"cbc with the iv in front", own, ivInFront(), "sealed-cbc-iv-first-block", ""},
		{"cbc with an unknown iv", own, sealWith(t, inCBC(own, "fedcba9876543210"), testJSON), "sealed-wrong-iv", ""},
		{"wrong iv", cbc(testKey, iv), sealWith(t, cbc(testKey, testSecret[16:]), testJSON), "sealed-wrong-iv", ""},
		{"key decoded from hex", ecb("00112233445566778899aabbccddeeff"), sealWith(t, ecb(string(unhex(t, "00112233445566778899aabbccddeeff"))), testJSON), "sealed-key-hex-decoded", ""},
		{"key as hex", own, sealWith(t, ecb(hex.EncodeToString([]byte(testKey))), testJSON), "sealed-key-hex-encoded", ""},
		{"key as upper-case hex", ecb("0123456789abcdej"), sealWith(t, ecb(strings.ToUpper(hex.EncodeToString([]byte("0123456789abcdej")))), testJSON), "sealed-key-hex-encoded", ""},
		{"key decoded from base64", ecb("MDEyMzQ1Njc4OWFiY2RlZg=="), sealWith(t, own, testJSON), "sealed-key-base64-decoded", ""},
		{"key as base64", own, sealWith(t, ecb("MDEyMzQ1Njc4OWFiY2RlZg=="), testJSON), "sealed-key-base64-encoded", ""},
		{"key truncated", ecb(testKey + wrong), sealWith(t, own, testJSON), "sealed-key-truncated", ""},
		{"key truncated to 24", ecb(testKey + wrong), sealWith(t, ecb(testKey+wrong[:8]), testJSON), "sealed-key-truncated", ""},
		{"key filled with NULs", own, sealWith(t, ecb(testKey+strings.Repeat("\x00", 16)), testJSON), "sealed-key-zero-filled", ""},
		{"key filled with NULs to 24", own, sealWith(t, ecb(testKey+strings.Repeat("\x00", 8)), testJSON), "sealed-key-zero-filled", ""},
		{"key hashed", own, sealWith(t, ecb(string(md5Key[:])), testJSON), "sealed-key-md5", ""},
		{"key hashed to hex", own, sealWith(t, ecb(hex.EncodeToString(md5Key[:])), testJSON), "sealed-key-md5", ""},
		{"key from a seeded generator", own, sealWith(t, ecb(string(prng[:16])), testJSON), "sealed-key-sha1prng", ""},
		{"gbk", own, sealWith(t, own, gbk), "sealed-gbk-text", ""},
		{"not JSON", own, sealWith(t, own, "apikey=a&secret=b"), "sealed-not-json", ""},
		{"a JSON string", own, sealWith(t, own, `"text"`), "sealed-not-json", ""},
		{"not encoded", own, []byte("apikey=a&secret=b"), "sealed-not-encoded", ""},
		{"no block length, no JSON", own, []byte("QUJD"), "sealed-length", ""},
		{"wrong key", own, sealWith(t, ecb(wrong), testJSON), "sealed-wrong-key", ""},
		{"wrong key, weixiao", cbc(testKey, iv), sealWith(t, cbc(wrong, iv), testJSON), "sealed-wrong-key", ""},
		{"two mistakes", own, []byte(`"` + string(sealWith(t, hexEncoded(own), testJSON)) + `"`), "sealed-quoted", "sealed-hex"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := bytes.Clone(tt.text)
			got := mustCipher(t, tt.own).DiagnoseOpen(tt.text)
			if got.ID != tt.want || got.Detail["also"] != tt.also {
				t.Fatalf("DiagnoseOpen = %+v, want %q, also %q", got, tt.want, tt.also)
			}
			if !bytes.Equal(before, tt.text) {
				t.Error("DiagnoseOpen changed its argument")
			}
			if tt.want != "" && (got.Detail["step"] == "" || got.Detail["reason"] == "") {
				t.Errorf("Detail lacks step or reason: %v", got.Detail)
			}
			for key, value := range got.Detail {
				for _, private := range []string{string(tt.own.Key), "TS000", "serial", "arrive"} {
					if strings.Contains(value, private) {
						t.Errorf("Detail[%q] = %q holds %q", key, value, private)
					}
				}
			}
		})
	}
}

func TestDiagnoseOpenLarge(t *testing.T) {
	t.Parallel()
	c := mustCipher(t, ecb(testKey))
	text := sealWith(t, ecb("kkkkkkkkkkkkkkkk"), `["`+strings.Repeat("x", maxDiagnose)+`"]`)
	if got := c.DiagnoseOpen(text); got.ID != "sealed-wrong-key" || got.Detail["bytes"] == "" {
		t.Errorf("DiagnoseOpen = %+v", got)
	}
}

func TestFindingIDs(t *testing.T) {
	t.Parallel()
	ids := FindingIDs()
	if len(ids) < 40 || !slices.IsSorted(ids) {
		t.Fatalf("%d ids, sorted %v", len(ids), slices.IsSorted(ids))
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "sealed-") && !strings.HasPrefix(id, "signature-") && !strings.HasPrefix(id, "signed-") || strings.ToLower(id) != id {
			t.Errorf("id %q", id)
		}
	}
}
