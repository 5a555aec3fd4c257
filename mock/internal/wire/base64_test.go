package wire

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

func TestEncodeBase64(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for size := range 300 {
		src := make([]byte, size)
		for i := range src {
			src[i] = byte(random.Uint32())
		}
		for name, one := range map[string]struct {
			pairs   *pairTable
			library *base64.Encoding
		}{"standard": {standardPairs(), base64.StdEncoding}, "url": {urlPairs(), base64.RawURLEncoding}} {
			want := one.library.EncodeToString(src)
			got := make([]byte, len(want)+3)
			copy(got[len(want):], "end")
			encodeBase64(got[:len(want)], src, one.pairs, one.library)
			if string(got) != want+"end" {
				t.Fatalf("%s, %d bytes: %s, want %s", name, size, got, want)
			}
		}
	}
}

func BenchmarkEncodeBase64(b *testing.B) {
	src := bytes.Repeat([]byte("0123456789"), 1024)
	dst := make([]byte, base64.StdEncoding.EncodedLen(len(src)))
	b.Run("here", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			encodeBase64(dst, src, standardPairs(), base64.StdEncoding)
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			base64.StdEncoding.Encode(dst, src)
		}
	})
}
