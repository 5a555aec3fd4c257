package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestEncodingDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		encoding Encoding
		text     string
		want     string
		offset   int // of the error; -1 for none
	}{
		{"empty", Base64, "", "", -1},
		{"standard", Base64, "Pz8+YQ==", "??>a", -1},
		{"url-safe", Base64, "Pz8-YQ", "??>a", -1},
		{"url-safe slash", Base64, "Pz8_", "???", -1},
		{"white space", Base64, " \tPz\r\n8+\v\fYQ = =\n", "??>a", -1},
		{"no padding, two", Base64, "YQ", "a", -1},
		{"no padding, one", Base64, "YWI", "ab", -1},
		{"half the padding", Base64, "YQ=", "a", -1},
		{"long, no padding", Base64, strings.Repeat("YWFh", 5) + "YQ", strings.Repeat("a", 16), -1},
		{"foreign character", Base64, "YQ!=", "", 2},
		{"foreign after white space", Base64, "YQ \n!=", "", 4},
		{"not ASCII", Base64, "YWJj体", "", 4},
		{"one character left", Base64, "YWJjY", "", 5},
		{"text after padding", Base64, "YQ==YQ==", "", 4},
		{"too much padding", Base64, "YWI==", "", 3},
		{"padding without need", Base64, "YWJj=", "", 4},
		{"padding alone", Base64, "=", "", 0},
		{"hex", Hex, "00ffAbCd", "\x00\xff\xab\xcd", -1},
		{"hex, nothing", Hex, "", "", -1},
		{"hex, odd", Hex, "abc", "", 3},
		{"hex, odd and foreign", Hex, "abg", "", 2},
		{"hex, first digit", Hex, "abxb", "", 2},
		{"hex, second digit", Hex, "abax", "", 3},
		{"hex, white space", Hex, "ab cd ", "", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.encoding.Decode([]byte(tt.text))
			if tt.offset < 0 {
				if err != nil || string(got) != tt.want {
					t.Errorf("Decode = %q, %v, want %q", got, err, tt.want)
				}
				return
			}
			var bad *EncodingError
			if !errors.As(err, &bad) || bad.Offset != tt.offset || bad.Encoding != tt.encoding || got != nil {
				t.Errorf("Decode = %q, %v, want an error at %d", got, err, tt.offset)
			}
		})
	}
}

func TestEncodingEncode(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte{0xfb, 0xff}, 100)
	if got := string(Base64.Encode([]byte("x"), long)); got != "x"+base64.StdEncoding.EncodeToString(long) || strings.Contains(got, "\n") {
		t.Errorf("Base64 = %q", got)
	}
	if got := string(Hex.Encode([]byte("x"), []byte{0xAB, 0x01})); got != "xab01" {
		t.Errorf("Hex = %q", got)
	}
}

func TestNewCipherRefuses(t *testing.T) {
	t.Parallel()
	good := CipherConfig{Algorithm: AES, Mode: CBC, Padding: PKCS5, Key: []byte("secret-key-16byt"), IV: []byte("secret-iv-16byte"), Encoding: Base64}
	if _, err := NewCipher(good); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		want   string
		change func(*CipherConfig)
	}{
		{"algorithm", func(c *CipherConfig) { c.Algorithm = "des" }},
		{"mode", func(c *CipherConfig) { c.Mode = "gcm" }},
		{"padding", func(c *CipherConfig) { c.Padding = "" }},
		{"encoding", func(c *CipherConfig) { c.Encoding = "base32" }},
		{"key has 17 bytes", func(c *CipherConfig) { c.Key = append(bytes.Clone(c.Key), 'x') }},
		{"key has 0 bytes", func(c *CipherConfig) { c.Key = nil }},
		{"AES-128 takes 16", func(c *CipherConfig) { c.Algorithm, c.Key = AES128, bytes.Repeat([]byte("secret-k"), 4) }},
		{"iv has 15 bytes", func(c *CipherConfig) { c.IV = c.IV[:15] }},
		{"ecb takes no iv", func(c *CipherConfig) { c.Mode = ECB }},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			cfg := good
			tt.change(&cfg)
			_, err := NewCipher(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("NewCipher: %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows key material: %v", err)
			}
		})
	}
}

func TestCipherKeepsItsKey(t *testing.T) {
	t.Parallel()
	cfg := cbc(testKey, testSecret[:16])
	c := mustCipher(t, cfg)
	want := string(c.Seal(nil, []byte(testJSON)))
	clear(cfg.Key)
	clear(cfg.IV)
	if got := string(c.Seal(nil, []byte(testJSON))); got != want {
		t.Error("a cipher changes with its configuration")
	}
}

func TestSealAppends(t *testing.T) {
	t.Parallel()
	c := mustCipher(t, ecb(testKey))
	want := "head" + string(c.Seal(nil, []byte(testJSON)))
	for _, room := range []int{0, 10, 4096} {
		dst := append(make([]byte, 0, 4+room), "head"...)
		plain := []byte(testJSON)
		if got := string(c.Seal(dst, plain)); got != want {
			t.Errorf("with room for %d: %q, want %q", room, got, want)
		}
		if string(plain) != testJSON {
			t.Error("Seal changed its plaintext")
		}
	}
}

func TestOpenLeavesTextAlone(t *testing.T) {
	t.Parallel()
	c := mustCipher(t, ecb(testKey))
	text := c.Seal(nil, []byte(testJSON))
	before := bytes.Clone(text)
	if got, failure := c.Open(nil, text); failure != nil || string(got) != testJSON || !bytes.Equal(text, before) {
		t.Errorf("Open = %q, %v; text unchanged: %v", got, failure, bytes.Equal(text, before))
	}
}

func TestOpenRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	c := mustCipher(t, ecb(testKey))
	_, failure := c.Open(nil, c.Seal(nil, []byte("private\xff")))
	if failure == nil || failure.Step != StepText || strings.Contains(failure.Error(), "private") {
		t.Errorf("Open: %v", failure)
	}
}

func TestStrictHex(t *testing.T) {
	t.Parallel()
	cfg := cbc(testKey, testSecret[:16])
	text := Base64.Encode(nil, unhex(t, string(mustCipher(t, cfg).Seal(nil, []byte(testJSON)))))
	if got, failure := mustCipher(t, cfg).Open(nil, text); failure != nil || string(got) != testJSON {
		t.Errorf("tolerant: %q, %v", got, failure)
	}
	cfg.Strict = true
	if _, failure := mustCipher(t, cfg).Open(nil, text); failure == nil || failure.Step != StepEncoding {
		t.Errorf("strict: %v", failure)
	}
}

func TestCipherConcurrently(t *testing.T) {
	t.Parallel()
	c := mustCipher(t, cbc(testKey, testSecret[:16]))
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			plain := bytes.Repeat([]byte{'a' + byte(n)}, 100+n)
			for range 50 {
				got, failure := c.Open(nil, c.Seal(nil, plain))
				if failure != nil || !bytes.Equal(got, plain) {
					t.Errorf("round trip: %q, %v", got, failure)
					return
				}
			}
		})
	}
	wg.Wait()
}

// FuzzOpen opens anything without panicking; what opens seals to the same
// bytes again, whatever form its text had.
func FuzzOpen(f *testing.F) {
	for _, v := range vectors(f, "zheliban") {
		f.Add([]byte(v.Cipher+v.Input), false)
	}
	for _, v := range vectors(f, "weixiao") {
		f.Add([]byte(v.RawHex+v.RawData), true)
		f.Add([]byte(v.AlwaysPad), true)
	}
	base := mustCipher(f, ecb(testKey))
	push := mustCipher(f, cbc("0123456789ABCDEF", testSecret[:16]))
	f.Fuzz(func(t *testing.T, text []byte, pushed bool) {
		c := base
		if pushed {
			c = push
		}
		finding := c.DiagnoseOpen(text)
		plain, failure := c.Open(nil, text)
		if failure != nil {
			if finding.ID == "" || failure.Step == "" {
				t.Fatalf("failure %v, finding %+v", failure, finding)
			}
			return
		}
		again := c.Seal(nil, plain)
		reopened, failure := c.Open(nil, again)
		if failure != nil || !bytes.Equal(reopened, plain) {
			t.Fatalf("%q sealed again opens to %q, %v", plain, reopened, failure)
		}
		raw, _ := c.decode(nil, text)
		rawAgain, _ := c.decode(nil, again)
		switch {
		case len(raw) == 0:
		case !pushed && !bytes.Equal(raw, rawAgain):
			t.Fatalf("%x sealed again is %x", raw, rawAgain)
		case pushed && !bytes.HasPrefix(raw, rawAgain[:max(0, len(rawAgain)-blockSize)]):
			// A NUL that was dropped may have stood in the last block alone.
			t.Fatalf("%x sealed again is %x", raw, rawAgain)
		}
	})
}

func benchmarkCipher(b *testing.B, cfg CipherConfig) {
	c := mustCipher(b, cfg)
	plain := jsonMessage(10 << 10)
	sealed := c.Seal(nil, plain)
	b.Run("Seal", func(b *testing.B) {
		buf := make([]byte, 0, 64<<10)
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			c.Seal(buf, plain)
		}
	})
	b.Run("Open", func(b *testing.B) {
		buf := make([]byte, 0, 64<<10)
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			if _, failure := c.Open(buf, sealed); failure != nil {
				b.Fatal(failure)
			}
		}
	})
	b.Run("Diagnose", func(b *testing.B) {
		other := cfg
		other.Key = []byte("kkkkkkkkkkkkkkkk")
		wrong := mustCipher(b, other).Seal(nil, plain)
		b.ReportAllocs()
		for b.Loop() {
			c.DiagnoseOpen(wrong)
		}
	})
}

func BenchmarkCipher10KZheliban(b *testing.B) { benchmarkCipher(b, ecb(testKey)) }
func BenchmarkCipher10KWeixiao(b *testing.B) {
	benchmarkCipher(b, cbc(testKey, testSecret[:16]))
}
