package fake

import (
	"encoding/binary"
	"fmt"
	"testing"
)

func TestHexDigitsTogether(t *testing.T) {
	t.Parallel()
	for i := range 1000 {
		n := uint32(New(int64(i)).stream().state)
		for shift := range 8 {
			one := n >> (4 * shift)
			var text [8]byte
			binary.BigEndian.PutUint64(text[:], hexOf(one))
			if want := fmt.Sprintf("%08x", one); string(text[:]) != want {
				t.Fatalf("%d is %s, want %s", one, text[:], want)
			}
		}
	}
}

func TestPairsOfDigits(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		if want := fmt.Sprintf("%02d", n); pair(n) != want {
			t.Errorf("%d is %s", n, pair(n))
		}
	}
}
