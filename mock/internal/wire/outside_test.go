package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"unicode/utf8"
)

// cipherVector is one row of testdata/cipher-vectors.json: hexadecimal throughout, source says who made it.
type cipherVector struct {
	ID, Cipher, Mode, Padding, Key, IV, Plain, Sealed, Source string
}

func outside[T any](t testing.TB, file string) []T {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	if err := json.Unmarshal(data, &rows); err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", file, len(rows), err)
	}
	return rows
}

// TestCipherVectors holds both directions to outside truth, with the iv given and with the iv in front.
func TestCipherVectors(t *testing.T) {
	t.Parallel()
	for _, v := range outside[cipherVector](t, "testdata/cipher-vectors.json") {
		plain, sealed, iv := unhex(t, v.Plain), unhex(t, v.Sealed), unhex(t, v.IV)
		cfg := CipherConfig{Algorithm: v.Cipher, Mode: v.Mode, Padding: v.Padding, Key: unhex(t, v.Key), IV: iv, Encoding: HexUpper}
		c := mustCipher(t, cfg)
		if got, want := c.Seal(nil, plain), HexUpper.Encode(nil, sealed); !bytes.Equal(got, want) {
			t.Errorf("%s (%s): sealed %s, want %s", v.ID, v.Source, got, want)
		}
		checkOpened(t, v, c, sealed, plain)
		if len(iv) == 0 {
			continue
		}
		cfg.IV, cfg.Prepended, cfg.Encoding = nil, len(iv), Base64URL
		c = mustCipher(t, cfg)
		if got, want := c.SealWith(nil, plain, iv), Base64URL.Encode(nil, append(iv, sealed...)); !bytes.Equal(got, want) {
			t.Errorf("%s with the iv in front: sealed %s, want %s", v.ID, got, want)
		}
		checkOpened(t, v, c, append(iv, sealed...), plain)
		again := c.Seal(nil, plain)
		if got, failed := c.Open(nil, again); utf8.Valid(plain) && (failed != nil || !bytes.Equal(got, plain)) || bytes.Equal(again, c.Seal(nil, plain)) {
			t.Errorf("%s: a random iv gave %s, opened to %q (%v)", v.ID, again, got, failed)
		}
	}
}

func checkOpened(t *testing.T, v cipherVector, c *Cipher, sealed, plain []byte) {
	t.Helper()
	if got, failed := c.openRaw(bytes.Clone(sealed)); failed != nil || !bytes.Equal(got, plain) {
		t.Errorf("%s (%s): opened %x (%v), want %x", v.ID, v.Source, got, failed, plain)
	}
	if !utf8.Valid(plain) {
		return // what a contract seals is text
	}
	if got, failed := c.Open([]byte("kept"), c.encoding.Encode(nil, sealed)); failed != nil || string(got) != "kept"+string(plain) {
		t.Errorf("%s: opened %q (%v)", v.ID, got, failed)
	}
	if v.Mode == "gcm" {
		for _, at := range []int{0, len(sealed) / 2, len(sealed) - 1} {
			changed := bytes.Clone(sealed)
			changed[at] ^= 1
			if _, failed := c.Open(nil, c.encoding.Encode(nil, changed)); failed == nil || failed.Step != StepTag {
				t.Errorf("%s: byte %d changed, and it opens (%v)", v.ID, at, failed)
			}
		}
	}
}

func TestDigestVectors(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range outside[struct{ Digest, Secret, Text, Sum, Source string }](t, "testdata/digest-vectors.json") {
		d, ok := digestNamed(v.Digest)
		if !ok {
			t.Fatalf("no digest %s", v.Digest)
		}
		seen[v.Digest] = true
		if got := hex.EncodeToString(d.sum(string(unhex(t, v.Secret)), string(unhex(t, v.Text)))); got != v.Sum {
			t.Errorf("%s (%s): %s, want %s", v.Digest, v.Source, got, v.Sum)
		}
	}
	for _, d := range digests() {
		if !seen[d.name] {
			t.Errorf("%s has no vector", d.name)
		}
	}
}

// FuzzOpenAnyScheme guards that no text makes a cipher panic, whatever its scheme, and that a diagnosis survives it too.
func FuzzOpenAnyScheme(f *testing.F) {
	var list []*Cipher
	for _, v := range outside[cipherVector](f, "testdata/cipher-vectors.json") {
		iv := unhex(f, v.IV)
		cfg := CipherConfig{Algorithm: v.Cipher, Mode: v.Mode, Padding: v.Padding, Key: unhex(f, v.Key), IV: iv, Encoding: Base64, TakesHex: true}
		list = append(list, mustCipher(f, cfg))
		if len(iv) > 0 {
			cfg.IV, cfg.Prepended = nil, len(iv)
			list = append(list, mustCipher(f, cfg))
		}
		f.Add(Base64.Encode(nil, unhex(f, v.Sealed)), uint8(len(list)-1))
		f.Add([]byte(v.Sealed[:len(v.Sealed)/2]), uint8(len(list)-1))
	}
	f.Add([]byte(""), uint8(0))
	f.Fuzz(func(t *testing.T, text []byte, n uint8) {
		c := list[int(n)%len(list)]
		plain, failed := c.Open([]byte("kept"), text)
		if !bytes.HasPrefix(plain, []byte("kept")) || failed != nil && len(plain) != 4 {
			t.Errorf("Open left %q (%v)", plain, failed)
		}
		if len(text) < 1<<10 {
			c.DiagnoseOpen(text)
		}
	})
}
