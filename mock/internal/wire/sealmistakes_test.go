package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// sealScheme is a vendor's cipher, with the credentials that lie beside its key.
type sealScheme struct {
	name string
	cfg  CipherConfig
}

func sealSchemes() []sealScheme {
	others := map[string]string{"apiKey": "an-api-key-of-somebody", "secret": "a-secret-of-more-than-32-characters"}
	zheliban := func(key string) sealScheme {
		return sealScheme{fmt.Sprintf("zheliban, %d", len(key)), CipherConfig{
			Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: []byte(key), Encoding: Base64, Others: others,
		}}
	}
	weixiao := func(name string, strict bool) sealScheme {
		return sealScheme{name, CipherConfig{
			Algorithm: AES128, Mode: CBC, Padding: Zero, Key: []byte("0123456789ABCDEF"), IV: []byte("A0112233445566zz"), Encoding: Hex, Strict: strict,
			Others: map[string]string{"appKey": "0123456789ABCDEF", "appSecret": "A0112233445566zz8899AABBCCDDEEFF"},
		}}
	}
	return []sealScheme{
		zheliban("Demo-key of zlb!"), zheliban("Demo-key of zlb! with 24"), zheliban("Demo-key of zlb! with 32 letters"),
		weixiao("weixiao", false), weixiao("weixiao, hex alone", true),
	}
}

// aesText is the test's own sealing: plain padded and sealed, as raw bytes.
func aesText(mode string, key, iv []byte, padding, plain string) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	fill := 16 - len(plain)%16
	tail := make([]byte, fill)
	switch padding {
	case "pkcs5":
		tail = bytes.Repeat([]byte{byte(fill)}, fill)
	case "zero":
		tail = tail[:fill%16]
	case "x923":
		tail[fill-1] = byte(fill)
	case "iso10126":
		copy(tail, "random-random-ra")
		tail[fill-1] = byte(fill)
	case "none":
		if fill != 16 {
			panic("the text has no whole blocks")
		}
		tail = nil
	}
	text := append([]byte(plain), tail...)
	if mode == "cbc" {
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
		return text
	}
	for i := 0; i < len(text); i += 16 {
		block.Encrypt(text[i:i+16], text[i:i+16])
	}
	return text
}

// written is raw in the scheme's encoding.
func (s sealScheme) written(raw []byte) string {
	if s.cfg.Encoding == Hex {
		return hex.EncodeToString(raw)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// sealed is plain sealed as the scheme has it, but for what a row changes.
func (s sealScheme) sealed(plain string, change func(c *CipherConfig)) []byte {
	c := s.cfg
	if change != nil {
		change(&c)
	}
	return aesText(c.Mode, c.Key, c.IV, c.Padding, plain)
}

func sealedBy(change func(c *CipherConfig)) func(sealScheme) string {
	return func(s sealScheme) string { return s.written(s.sealed(testJSON, change)) }
}

func withKey(make func(key []byte) []byte) func(sealScheme) string {
	return func(s sealScheme) string {
		key := make(bytes.Clone(s.cfg.Key))
		if n := len(key); n != 16 && n != 24 && n != 32 || bytes.Equal(key, s.cfg.Key) {
			return ""
		}
		return s.written(s.sealed(testJSON, func(c *CipherConfig) { c.Key = key }))
	}
}

func sealedText(plain func() string) func(sealScheme) string {
	return func(s sealScheme) string { return s.written(s.sealed(plain(), nil)) }
}

func textMistake(change func(s sealScheme, text string) string) func(sealScheme) string {
	return func(s sealScheme) string { return change(s, s.written(s.sealed(testJSON, nil))) }
}

func only(mode string, f func(sealScheme) string) func(sealScheme) string {
	return func(s sealScheme) string {
		if s.cfg.Mode != mode {
			return ""
		}
		return f(s)
	}
}

func gbkText(tb testing.TB, text string) string {
	tb.Helper()
	s, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func hexSum(b []byte) []byte { return []byte(hex.EncodeToString(b)) }

// sealMistake makes one known mistake; "" where a scheme has no room for it.
type sealMistake struct {
	want, name string
	make       func(s sealScheme) string
}

func sealMistakes(t *testing.T) []sealMistake {
	md5Sum := func(b []byte) []byte { s := md5.Sum(b); return s[:] }
	sha256Sum := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	utf16Bytes := func(text string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(text)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	return []sealMistake{
		{"sealed-plain-json", "", func(sealScheme) string { return testJSON }},
		{"sealed-java-array", "", func(sealScheme) string { return "[B@1b6d3586" }},
		{"sealed-quoted", "", textMistake(func(_ sealScheme, s string) string { return `"` + s + `"` })},
		{"sealed-quoted", "single", textMistake(func(_ sealScheme, s string) string { return `'` + s + `'` })},
		{"sealed-json-escaped", "", only("ecb", textMistake(func(_ sealScheme, s string) string {
			return strings.NewReplacer("/", `\/`, "=", `\u003d`).Replace(s) + `\n`
		}))},
		{"sealed-plus-as-space", "", only("ecb", func(s sealScheme) string {
			return strings.ReplaceAll(string(plusText(t, mustCipher(t, s.cfg))), "+", " ")
		})},
		{"sealed-url-encoded", "", only("ecb", textMistake(func(_ sealScheme, s string) string { return strings.ReplaceAll(url.QueryEscape(s)+"%0A", "A", "A") }))},
		{"sealed-url-encoded-twice", "", only("ecb", textMistake(func(_ sealScheme, s string) string { return url.QueryEscape(url.QueryEscape(s + "\n")) }))},
		{"sealed-form-field", "", textMistake(func(_ sealScheme, s string) string { return "data=" + url.QueryEscape(s) })},
		{"sealed-form-field", "beside another", textMistake(func(_ sealScheme, s string) string { return "v=1&data=" + url.QueryEscape(s) })},
		{"sealed-in-object", "", textMistake(func(_ sealScheme, s string) string { return `{"v": 1, "data": "` + s + `"}` })},
		{"sealed-byte-list", "", func(s sealScheme) string {
			var b strings.Builder
			for i, c := range s.sealed(testJSON, nil) {
				b.WriteString(strings.Repeat(", ", min(i, 1)) + fmt.Sprint(int8(c)))
			}
			return "[" + b.String() + "]"
		}},
		{"sealed-byte-list", "Buffer of Node", func(s sealScheme) string {
			list, _ := json.Marshal(map[string]any{"type": "Buffer", "data": toInts(s.sealed(testJSON, nil))})
			return string(list)
		}},
		{"sealed-hex-dashes", "", func(s sealScheme) string {
			return strings.ReplaceAll(fmt.Sprintf("% X", s.sealed(testJSON, nil)), " ", "-")
		}},
		{"sealed-raw-bytes", "", func(s sealScheme) string { return string(s.sealed(testJSON, nil)) }},
		{"sealed-encoded-twice", "", textMistake(func(s sealScheme, text string) string { return s.written([]byte(text)) })},
		{"sealed-hex", "", only("ecb", func(s sealScheme) string { return strings.ToUpper(hex.EncodeToString(s.sealed(testJSON, nil))) })},
		{"sealed-base64", "", func(s sealScheme) string {
			if !s.cfg.Strict {
				return ""
			}
			return base64.StdEncoding.EncodeToString(s.sealed(testJSON, nil))
		}},
		{"sealed-truncated", "in a block", textMistake(func(_ sealScheme, s string) string { return s[:len(s)-9] })},
		{"sealed-truncated", "marked", textMistake(func(_ sealScheme, s string) string { return s[:len(s)-20] + "..." })},
		{"sealed-truncated", "at a block", func(s sealScheme) string { return s.written(s.sealed(testJSON, nil)[:48]) }},
		{"sealed-bytes-as-text", "encoded", func(s sealScheme) string {
			return s.written([]byte(strings.ToValidUTF8(string(spread(s.sealed(testJSON, nil))), "\uFFFD")))
		}},
		{"sealed-bytes-as-text", "bare", func(s sealScheme) string {
			return strings.ToValidUTF8(string(s.sealed(testJSON, nil)), "\uFFFD")
		}},
		{"sealed-passphrase", "wrong passphrase", func(s sealScheme) string {
			return s.written(append([]byte("Salted__saltsalt"), s.sealed(testJSON, nil)...))
		}},
		{"sealed-gcm", "", func(s sealScheme) string {
			block, _ := aes.NewCipher(s.cfg.Key)
			gcm, err := cipher.NewGCM(block)
			if err != nil {
				t.Fatal(err)
			}
			nonce := []byte("a-fresh-one.")
			return s.written(gcm.Seal(nonce, nonce, []byte(testJSON), nil))
		}},
		{"sealed-twice", "", func(s sealScheme) string { return s.written(s.sealed(s.written(s.sealed(testJSON, nil)), nil)) }},

		{"sealed-padding-zero", "", only("ecb", sealedBy(func(c *CipherConfig) { c.Padding = "zero" }))},
		{"sealed-padding-none", "", only("ecb", func(s sealScheme) string {
			return s.written(aesText("ecb", s.cfg.Key, nil, "none", testJSON+strings.Repeat(" ", 15-(len(testJSON)+15)%16)))
		})},
		{"sealed-padding-pkcs5", "", only("cbc", sealedBy(func(c *CipherConfig) { c.Padding = "pkcs5" }))},
		{"sealed-padding-x923", "", sealedBy(func(c *CipherConfig) { c.Padding = "x923" })},
		{"sealed-padding-iso10126", "", sealedBy(func(c *CipherConfig) { c.Padding = "iso10126" })},

		{"sealed-ecb", "", only("cbc", sealedBy(func(c *CipherConfig) { c.Mode = "ecb" }))},
		{"sealed-cbc-zero-iv", "", sealedBy(func(c *CipherConfig) { c.Mode, c.IV = "cbc", make([]byte, 16) })},
		{"sealed-cbc-key-iv", "", sealedBy(func(c *CipherConfig) { c.Mode, c.IV = "cbc", c.Key[:16] })},
		{"sealed-cbc-iv-first-block", "", func(s sealScheme) string {
			iv := []byte("random-random-iv")
			return s.written(append(iv, s.sealed(testJSON, func(c *CipherConfig) { c.Mode, c.IV = "cbc", iv })...))
		}},
		{"sealed-iv-other-part", "last characters of the secret", only("cbc", sealedBy(func(c *CipherConfig) { c.IV = []byte("8899AABBCCDDEEFF") }))},
		{"sealed-iv-other-part", "lower case", only("cbc", sealedBy(func(c *CipherConfig) { c.IV = []byte("a0112233445566zz") }))},
		{"sealed-iv-other-part", "of another credential", only("ecb", sealedBy(func(c *CipherConfig) { c.Mode, c.IV = "cbc", []byte("a-secret-of-more") }))},
		{"sealed-wrong-iv", "", sealedBy(func(c *CipherConfig) { c.Mode, c.IV = "cbc", []byte("nobody-knows-why") })},

		{"sealed-wrong-iv", "that leaves text", only("cbc", sealedBy(func(c *CipherConfig) { c.IV = []byte("A1023344556677yy") }))},

		{"sealed-key-hex-encoded", "", withKey(func(k []byte) []byte { return hexSum(k) })},
		{"sealed-key-base64-encoded", "", withKey(func(k []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(k)) })},
		{"sealed-key-truncated", "to 16", withKey(func(k []byte) []byte { return k[:16] })},
		{"sealed-key-truncated", "to 24", withKey(func(k []byte) []byte { return k[:min(24, len(k))] })},
		{"sealed-key-zero-filled", "to 32", withKey(func(k []byte) []byte { return append(k, make([]byte, 32-len(k))...) })},
		{"sealed-key-zero-filled", "to 24", withKey(func(k []byte) []byte { return append(k, make([]byte, max(0, 24-len(k)))...) })},
		{"sealed-key-text-filled", "with 0", withKey(func(k []byte) []byte { return append(k, strings.Repeat("0", 32-len(k))...) })},
		{"sealed-key-text-filled", "with blanks", withKey(func(k []byte) []byte { return append(k, strings.Repeat(" ", 32-len(k))...) })},
		{"sealed-key-repeated", "", withKey(func(k []byte) []byte { return slices.Concat(k, k)[:min(32, 2*len(k))] })},
		{"sealed-key-folded", "", withKey(func(k []byte) []byte {
			if len(k) == 16 {
				return nil
			}
			for i, b := range k[16:] {
				k[i] ^= b
			}
			return k[:16]
		})},
		{"sealed-key-md5", "", withKey(md5Sum)},
		{"sealed-key-md5", "as text", withKey(func(k []byte) []byte { return hexSum(md5Sum(k)) })},
		{"sealed-key-md5", "16 digits", withKey(func(k []byte) []byte { return bytes.ToUpper(hexSum(md5Sum(k))[8:24]) })},
		{"sealed-key-sha1", "", withKey(func(k []byte) []byte { s := sha1.Sum(k); return s[:16] })},
		{"sealed-key-sha256", "", withKey(sha256Sum)},
		{"sealed-key-sha256", "half", withKey(func(k []byte) []byte { return sha256Sum(k)[:16] })},
		{"sealed-key-sha256", "as text", withKey(func(k []byte) []byte { return hexSum(sha256Sum(k))[:32] })},
		{"sealed-key-sha1prng", "", withKey(func(k []byte) []byte {
			once := sha1.Sum(k)
			twice := sha1.Sum(once[:])
			return twice[:16]
		})},
		{"sealed-key-utf16", "", withKey(func(k []byte) []byte { return []byte(utf16Bytes(string(k))) })},
		{"sealed-key-case", "", withKey(bytes.ToLower)},
		{"sealed-key-iv-swapped", "", only("cbc", sealedBy(func(c *CipherConfig) { c.Key, c.IV = c.IV, c.Key }))},
		{"sealed-key-other-slot", "", only("ecb", withKey(func([]byte) []byte { return []byte("an-api-key-of-so") }))},
		{"sealed-key-other-slot", "", only("ecb", withKey(func([]byte) []byte { return []byte("a-secret-of-more-than-32-charact") }))},
		{"sealed-wrong-key", "", withKey(func([]byte) []byte { return []byte("nobody-knows-why") })},

		{"sealed-gbk-text", "", sealedText(func() string { return gbkText(t, testJSON) })},
		{"sealed-utf16-text", "", sealedText(func() string { return utf16Bytes(testJSON) })},
		{"sealed-bom-text", "", sealedText(func() string { return "\uFEFF" + testJSON })},
		{"sealed-json-string", "", sealedText(func() string { s, _ := json.Marshal(testJSON); return string(s) })},
		{"sealed-text-url-encoded", "", sealedText(func() string { return url.QueryEscape(testJSON) })},
		{"sealed-java-map", "", sealedText(func() string { return "{serialNumber=TS000-01, arriveDate=2021-04-06 08:30:00}" })},
		{"sealed-single-quotes", "", sealedText(func() string { return "{'serialNumber': 'TS000-01'}" })},
		{"sealed-not-json", "", sealedText(func() string { return "serialNumber=TS000-01&note=a" })},
		{"sealed-not-encoded", "", func(sealScheme) string { return "serialNumber=TS000-01&note=a" }},
		{"sealed-length", "", func(s sealScheme) string { return s.written([]byte("seventeen letters")) }},
	}
}

// toInts writes bytes as numbers.
func toInts(raw []byte) []int {
	out := make([]int, len(raw))
	for i, b := range raw {
		out[i] = int(b)
	}
	return out
}

// spread keeps invalid bytes apart, since ToValidUTF8 makes one mark of several in a row and Java one of each.
func spread(raw []byte) []byte {
	var out []byte
	for _, b := range raw {
		if out = append(out, b); b >= 0x80 {
			out = append(out, ' ')
		}
	}
	return out
}

// TestEachSealMistakeIsItself makes each known mistake with the test's own cipher, for every vendor's scheme that has
// room for it, and expects it alone to be found.
func TestEachSealMistakeIsItself(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{}
	for _, m := range sealMistakes(t) {
		rows := 0
		for _, s := range sealSchemes() {
			text := m.make(s)
			if text == "" {
				continue
			}
			rows++
			got := mustCipher(t, s.cfg).DiagnoseOpen([]byte(text))
			if got.ID != m.want || got.Detail["also"] != "" {
				t.Errorf("%s (%s), %s: %+v", m.want, m.name, s.name, got)
			}
			checkSecretFree(t, m.want, got, s)
		}
		if rows == 0 {
			t.Errorf("%s (%s) was made for no scheme", m.want, m.name)
		}
		reached[m.want] = true
	}
	for _, id := range []string{"sealed-key-hex-decoded", "sealed-key-base64-decoded"} {
		reached[id] = true // they need a key of their own, which TestDiagnoseOpen has
	}
	for _, f := range toleratedRows() {
		reached[f.want] = true
	}
	for _, slip := range sealSlips(t) {
		reached[slip.want] = true
	}
	for _, id := range FindingIDs() {
		if strings.HasPrefix(id, "sealed-") && !reached[id] {
			t.Errorf("no row makes the mistake %s", id)
		}
	}
}

func checkSecretFree(t *testing.T, id string, f Finding, s sealScheme) {
	t.Helper()
	for key, value := range f.Detail {
		for _, private := range append([]string{string(s.cfg.Key), "TS000", "serial"}, slices.Collect(mapsValues(s.cfg.Others))...) {
			if strings.Contains(value, private) {
				t.Errorf("%s: Detail[%q] = %q holds what it must not", id, key, value)
			}
		}
	}
}

func mapsValues(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// TestSealMistakesTogether has the combinations that people really send.
func TestSealMistakesTogether(t *testing.T) {
	t.Parallel()
	zheliban, weixiao := sealSchemes()[0], sealSchemes()[3]
	for _, tt := range []struct {
		name, text string
		s          sealScheme
		want, also string
	}{
		{"Cipher.getInstance(\"AES\") of Java", weixiao.written(weixiao.sealed(testJSON, func(c *CipherConfig) { c.Mode, c.Padding = "ecb", "pkcs5" })), weixiao, "sealed-ecb", "sealed-padding-pkcs5"},
		{"CBC, key as iv, hex", hex.EncodeToString(zheliban.sealed(testJSON, func(c *CipherConfig) { c.Mode, c.IV = "cbc", c.Key })), zheliban, "sealed-hex", "sealed-cbc-key-iv"},
		{"MD5 of the key, zero iv, zero padding", zheliban.written(zheliban.sealed(testJSON, func(c *CipherConfig) {
			sum := md5.Sum(c.Key)
			c.Key, c.Mode, c.IV, c.Padding = sum[:], "cbc", make([]byte, 16), "zero"
		})), zheliban, "sealed-key-md5", "sealed-cbc-zero-iv,sealed-padding-zero"},
		{"quoted and escaped GBK", `"` + strings.ReplaceAll(zheliban.written(zheliban.sealed(gbkText(t, testJSON), nil)), "/", "%2F") + `"`, zheliban, "sealed-quoted", "sealed-url-encoded,sealed-gbk-text"},
		{"both with another key", zheliban.written(zheliban.sealed(testJSON, func(c *CipherConfig) {
			c.Key, c.Mode, c.IV = []byte("an-api-key-of-so"), "cbc", []byte("a-secret-of-more")
		})), zheliban, "sealed-key-other-slot", "sealed-iv-other-part"},
	} {
		got := mustCipher(t, tt.s.cfg).DiagnoseOpen([]byte(tt.text))
		if got.ID != tt.want || got.Detail["also"] != tt.also {
			t.Errorf("%s: %+v, want %s, also %s", tt.name, got, tt.want, tt.also)
		}
	}
}

// TestSealedElsewhere judges the search by what other programs made: the JDK, and openssl.
func TestSealedElsewhere(t *testing.T) {
	t.Parallel()
	own := mustCipher(t, ecb(testKey))
	for _, tt := range []struct{ name, text, want string }{
		{"openssl enc -aes-256-cbc -md md5", "U2FsdGVkX18gPMqnzUE2mtdqXauKnHlpDC4z8WLEsXv5cbuOwzZEiZuV5X6a0m4eVSTllWpVEh0oTXbfyI0nd9NN4mEQmJeT3hzfegmEWY8ViMC5I3EwILIeT+9/rKNK", "sealed-passphrase"},
		{"openssl enc -aes-256-cbc -md sha256", "U2FsdGVkX19t794S8qqupaW6dn8aVtqcH0t13PoRkw1IbzA5OOc4pdJEkF+L4C5Y+1Wed5VAhmMAHR7FNPWMxgzhHG2ib7BsL8aqlC1D2dBewHIRAgbQ9zv2pYnoCL6U", "sealed-passphrase"},
		{"openssl enc -aes-256-cbc -pbkdf2", "U2FsdGVkX1+yhqWnc44RMuWnKukdXPKzdKBZBolfXqVjr8WGl9cr+uv9aHNyfATMU4FWolTeJ1R6o7hKXOaD5ls85HZQn2TfuwwYl/msZ5zyC/sfBn6VGRdG4wx/xoOs", "sealed-passphrase"},
		{"openssl enc -aes-128-ecb -md md5", "U2FsdGVkX1850/a2YAebllchT2jD4t0dpIKFw5U6exRYnNG2ire8N4Vmu6TUIOSoHKJ2Ejq0MDwVM737I/PUYaRw11rlT/RcQMeY0KvMUjWUvEiWyJXp0yyJnxyMBLMR", "sealed-passphrase"},
		{"new String of Java", "77+977+9ExZeISUC77+977+9Ge+/vW7vv718CQjvv73vv73vv73vv71YGw4q77+977+977+9A++/ve+/ve+/vWF477+9Le+/ve+/vTbvv70h77+9Qu+/vVPvv73vv71nB3Q877+977+9Tu+/ve+/ve+/vT7vv71jC++/ve+/vUs977+9B++/ve+Ur3k477+9Xu+/vQ==", "sealed-bytes-as-text"},
		{"AES/GCM of Java", "MTIzNDU2Nzg5MDEyvXMxkJkH5sd/5PYealU6T0aegOqlqy8BRaouSeXzciRfSFSXD/coeANXCoPPKhIdeCptLhSr1fm6pwMMxFdk8qAehoPE37AejeNhRU6OmFIznDjVgDWTKAguPAz4HQ==", "sealed-gcm"},
		{"ISO10126Padding of Java", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO2N7qPvdjC+WFZUcVPUlblXwwnnTEhro=", "sealed-padding-iso10126"},
		{"UTF-16 of Java", "M/PsC+88hHlMjyoAenH2vwqzo3KV2wH9FNmr6WPVdgXKp0Khft0qF2ajzRJU6qV0xf36fG49N5jtAnW65nuAIpwW5sV+GcsGstEG/sJ6rfJ93uXbDiy/tmwE3PO0ejtUr0F2+V4Kf8oxgAa3G/xJXsWh2jeiZEjpeq03mqPrRg13TQInHT02+oivwr0RjH+SQruiQ2SiwbSM95aRfxk+Wg==", "sealed-utf16-text"},
		{"GBK of Java", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO2N7qPvdjCxaFmTTeT5FV6IRceWsUSrE=", "sealed-gbk-text"},
		{"MimeEncoder of Java", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO\r\n2N7qPvdjC8ThSz2CB+C+75SveTjWXtw=", ""},
	} {
		if got := own.DiagnoseOpen([]byte(tt.text)); got.ID != tt.want || got.Detail["also"] != "" {
			t.Errorf("%s: %+v, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSHA1PRNG holds the generator to keys that KeyGenerator of JDK 17 made.
func TestSHA1PRNG(t *testing.T) {
	t.Parallel()
	for seed, want := range map[string]string{
		"0123456789abcdef": "75291f3a188a427f873fb88fbc37ce5ce150d01c0efbb700776b4839505e567f",
		"development-key!": "471f2c0dedc637103055b69fb99c5a688167f3f7c4c3ccec637b481bdb5912b3",
		"0123456789ABCDEF": "4da9b4b9e0864a7856b9a0f4397567180201c073cf1a36175c133a14849530e8",
		"k":                "69a7bae3d37a83849ecef8f3ff9260b35e01555d75554530cfad8b045e55c714",
	} {
		if got := hex.EncodeToString(sha1PRNG([]byte(seed), 32)); got != want {
			t.Errorf("seed %q: %s, want %s", seed, got, want)
		}
		made := unhex(t, want)
		for _, size := range []int{16, 24, 32} {
			if seed == "k" {
				continue
			}
			text := aesText("ecb", made[:size], nil, "pkcs5", testJSON)
			if got := mustCipher(t, ecb(seed)).DiagnoseOpen([]byte(base64.StdEncoding.EncodeToString(text))); got.ID != "sealed-key-sha1prng" {
				t.Errorf("seed %q, %d bytes: %+v", seed, size, got)
			}
		}
	}
}

// TestNoiseIsNeverExplained guards the weakest evidence: single blocks under keys that nobody knows.
func TestNoiseIsNeverExplained(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range sealSchemes() {
		c := mustCipher(t, s.cfg)
		for n := range 100 {
			raw := make([]byte, 16*(1+n%3))
			for i := range raw {
				raw[i] = byte(random.Uint32())
			}
			if got := c.DiagnoseOpen([]byte(s.written(raw))); got.ID != "sealed-wrong-key" {
				t.Fatalf("%s: noise %x is %+v", s.name, raw, got)
			}
		}
	}
}

func toleratedRows() []struct{ want, text string } {
	return []struct{ want, text string }{
		{"sealed-url-safe", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD-8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO2N7qPvdjC8ThSz2CB-C-75SveTjWXtw="},
		{"sealed-line-breaks", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO\r\n2N7qPvdjC8ThSz2CB+C+75SveTjWXtw="},
		{"sealed-blanks", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO2N7qPvdjC8ThSz2CB+C+75SveTjWXtw=\n"},
		{"sealed-unpadded", "qLcTFl4hJQKGiBmxbpN8CQidwv7gvVgbDiqNu6UD+8bOYXjNLevWNr8hq0LuuFOrkWcHdDyh6atO2N7qPvdjC8ThSz2CB+C+75SveTjWXtw"},
	}
}

func TestTolerated(t *testing.T) {
	t.Parallel()
	own := mustCipher(t, ecb(testKey))
	for _, row := range toleratedRows() {
		if f := own.DiagnoseOpen([]byte(row.text)); f.ID != "" {
			t.Errorf("%s: the text does not open: %+v", row.want, f)
		}
		if got := own.Tolerated([]byte(row.text)); len(got) != 1 || got[0].ID != row.want {
			t.Errorf("%s: Tolerated = %+v", row.want, got)
		}
	}
	weixiao := sealSchemes()[3]
	raw := weixiao.sealed(testJSON, nil)
	if got := mustCipher(t, weixiao.cfg).Tolerated([]byte(base64.StdEncoding.EncodeToString(raw))); len(got) != 1 || got[0].ID != "sealed-base64" {
		t.Errorf("Base64 for hexadecimal: %+v", got)
	}
	for _, s := range sealSchemes() {
		if got := mustCipher(t, s.cfg).Tolerated([]byte(s.written(s.sealed(testJSON, nil)))); got != nil {
			t.Errorf("%s: a text as it should be: %+v", s.name, got)
		}
	}
}

// TestDiagnoseOpenIsBounded counts the work for texts of the greatest length that are made to be tried in many ways.
func TestDiagnoseOpenIsBounded(t *testing.T) {
	t.Parallel()
	block := `QUJD%2B \u002b+`
	for _, s := range []sealScheme{sealSchemes()[0], sealSchemes()[3]} {
		c := mustCipher(t, s.cfg)
		for name, text := range map[string]string{
			"noise": strings.Repeat("QUJDREVGR0hJSktM", maxDiagnose/16), "salted": s.written([]byte("Salted__saltsalt" + strings.Repeat("0123456789abcdef", maxDiagnose/64))),
			"everything": strings.Repeat(block, maxDiagnose/len(block)), "numbers": "[" + strings.Repeat("1,", maxDiagnose/2-2) + "1]",
		} {
			search := sealSearch{cipher: c, work: budget{maxDiagnoseWork}}
			if forms := c.textForms([]byte(text), &search.work); len(forms) > 40 {
				t.Errorf("%s, %s: %d forms", s.name, name, len(forms))
			}
			if got := c.DiagnoseOpen([]byte(text)); got.ID == "" {
				t.Errorf("%s, %s: no finding", s.name, name)
			}
		}
	}
}

func BenchmarkDiagnoseOpen(b *testing.B) {
	s := sealSchemes()[3]
	c := mustCipher(b, s.cfg)
	for name, text := range map[string]string{
		"small": s.written(s.sealed(testJSON, func(c *CipherConfig) { c.Key = []byte("nobody-knows-why") })),
		"large": strings.Repeat("QUJDREVGR0hJSktM", maxDiagnose/16),
		"mixed": strings.Repeat(`QUJD%2B \u002b+`, maxDiagnose/16),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.DiagnoseOpen([]byte(text))
			}
		})
	}
}
