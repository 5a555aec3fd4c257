package detect

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

const (
	block = 16
	// leastCipher is the shortest ciphertext that is told from a hash or a key, in bytes.
	leastCipher = 3 * block
)

// Ciphertext says whether a whole text looks like a ciphertext of AES or SM4: Base64 or hexadecimal of whole blocks, in which no
// text can be read; least says from which length on.
func Ciphertext(text string, least Length) bool {
	text = strings.TrimSpace(text)
	text = strings.Trim(text, `"`)
	shortest := leastCipher
	if least == AnyLength {
		shortest = block
	}
	if len(text) < shortest*4/3 {
		return false
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		plain := strings.TrimRight(text, "=")
		if raw, err = base64.RawStdEncoding.DecodeString(plain); err != nil {
			raw, err = base64.RawURLEncoding.DecodeString(plain)
		}
	}
	return err == nil && len(raw) >= shortest && len(raw)%block == 0 && !isText(string(raw)) && mixed(raw)
}

// Length says from which length on a text may be a ciphertext.
type Length int

// The lengths: beyond what a hash has, or any.
const (
	BeyondHash Length = iota
	AnyLength
)

// mixed says whether bytes are spread as those of a ciphertext: half of a block's at least differ from each other.
func mixed(raw []byte) bool {
	var seen [256]bool
	different := 0
	for _, c := range raw[:min(len(raw), 64)] {
		if !seen[c] {
			seen[c] = true
			different++
		}
	}
	return different*2 >= min(len(raw), 64)
}

// Ciphertexts are the rows in a text that look like a ciphertext longer than a hash.
func Ciphertexts(text string) []Span {
	var found []Span
	for _, r := range Rows(text) {
		if Ciphertext(text[r.Start:r.End], BeyondHash) {
			found = append(found, Span{r.Start, r.End, Cipher})
		}
	}
	return found
}

// Rows are the rows of characters of Base64 in a text that are long enough for a ciphertext.
func Rows(text string) []Span {
	var rows []Span
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && isBase64(text[i]) {
			i++
		}
		if i-start >= leastCipher*4/3 {
			end := i
			for end < len(text) && text[end] == '=' && end-i < 2 {
				end++
			}
			rows = append(rows, Span{start, end, Cipher})
		}
		if i == start {
			i++
		}
	}
	return rows
}
