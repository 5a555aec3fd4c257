package rest

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const masked = "***"

// Suspects are what nobody configured and still must not be shown: runs of digits (telephones, identity numbers, cards) and long words
// holding a digit (tokens, keys, hashes, UUIDs). An error code may have more digits than a number inside a sentence.
var (
	longNumber = regexp.MustCompile(`[0-9]{7,}[0-9Xx]?`)
	codeNumber = regexp.MustCompile(`[0-9]{11,}[0-9Xx]?`)
	longWord   = regexp.MustCompile(`[A-Za-z0-9_.+/=-]{16,}`)
)

// Mask replaces in a vendor's text the given secrets, in plain and percent-encoded form, and everything that looks like a token, a
// telephone or an identity number.
func Mask(text string, secrets ...string) string { return mask(text, longNumber, secrets) }

// MaskCode is Mask for an error code.
func MaskCode(text string, secrets ...string) string { return mask(text, codeNumber, secrets) }

func mask(text string, number *regexp.Regexp, secrets []string) string {
	text = MaskExactly(text, secrets...)
	text = longWord.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsAny(word, "0123456789") {
			return masked
		}
		return word
	})
	return number.ReplaceAllString(text, masked)
}

// MaskExactly replaces only the given secrets, in plain and percent-encoded form, and control characters by a space.
func MaskExactly(text string, secrets ...string) string {
	for _, secret := range secrets {
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
