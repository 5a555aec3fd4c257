package rest

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const masked = "***"

// Suspects are what nobody configured and still must not be shown. In a sentence: runs of digits (telephones, identity numbers, cards)
// and long words holding a digit (tokens, keys, hashes, UUIDs). A code such as FAIL_BIZ_SYSTEM_500 looks like the latter and must stay
// readable, so in a code only longer runs of digits, of hex, and of letters with two separate numbers among them are suspect.
var (
	longNumber = regexp.MustCompile(`[0-9]{7,}[0-9Xx]?`)
	longWord   = regexp.MustCompile(`[A-Za-z0-9_.+/=-]{16,}`)

	codeNumber = regexp.MustCompile(`[0-9]{11,}[0-9Xx]?`)
	codeHex    = regexp.MustCompile(`[0-9A-Fa-f-]{16,}`)
	codeWord   = regexp.MustCompile(`[A-Za-z0-9+/=]{16,}`)
	apart      = regexp.MustCompile(`[0-9][^0-9]+[0-9]`)
)

// Mask replaces in a vendor's text the given secrets, in plain and percent-encoded form, and everything that looks like a token, a
// telephone or an identity number.
func Mask(text string, secrets ...string) string {
	text = replaceIf(maskExactly(text, secrets...), longWord, hasDigit)
	return longNumber.ReplaceAllString(text, masked)
}

// MaskCode is Mask for an error code: less is taken for a token or a number.
func MaskCode(text string, secrets ...string) string {
	text = replaceIf(maskExactly(text, secrets...), codeHex, hasDigit)
	text = replaceIf(text, codeWord, apart.MatchString)
	return codeNumber.ReplaceAllString(text, masked)
}

func hasDigit(word string) bool { return strings.ContainsAny(word, "0123456789") }

func replaceIf(text string, pattern *regexp.Regexp, suspect func(string) bool) string {
	return pattern.ReplaceAllStringFunc(text, func(word string) string {
		if suspect(word) {
			return masked
		}
		return word
	})
}

// maskExactly replaces only the given secrets, in plain and percent-encoded form, and control characters by a space.
func maskExactly(text string, secrets ...string) string {
	// The longest goes first, or a secret that is part of another would leave the rest of that one standing.
	longestFirst := slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, secret := range longestFirst {
		if secret == "" {
			continue
		}
		text = strings.ReplaceAll(text, secret, masked)
		for _, encoded := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
			if encoded != secret {
				text = strings.ReplaceAll(text, encoded, masked)
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}

// short cuts a text to at most n characters.
func short(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n]) + "…"
}
