// Package detect finds personal data and secrets in free text: by check digits and shapes, without knowing whose they are.
// Every function takes time in proportion to the text.
package detect

import (
	"cmp"
	"slices"
)

// The kinds of what is found; those of x-sensitive where there is one.
const (
	IDCard = "id-card"
	Mobile = "mobile"
	Email  = "email"
	JWT    = "jwt"
	Token  = "token"
	Cipher = "ciphertext"
)

// Span is where something was found in a text, in bytes.
type Span struct {
	Start, End int
	Kind       string
}

// Find finds identity numbers (GB 11643, of 18 characters by their check digit, of 15 by their date of birth), mobile numbers,
// addresses of mail, JSON Web Tokens, what looks like chance behind a name such as access_token, and passwords in URLs. Spans are in order and do
// not overlap.
func Find(text string) []Span {
	var all []Span
	all = append(all, tokens(text)...)
	all = append(all, emails(text)...)
	all = append(all, secrets(text)...)
	all = append(all, passwords(text)...)
	all = append(all, numbers(text)...)
	return Disjoint(all)
}

// Disjoint puts spans in order and leaves out those that overlap an earlier or longer one.
func Disjoint(all []Span) []Span {
	if len(all) < 2 {
		return all
	}
	slices.SortStableFunc(all, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	kept := all[:0]
	end := 0
	for _, s := range all {
		if s.Start >= end {
			kept = append(kept, s)
			end = s.End
		}
	}
	return kept
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }
func isHex(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
