package wire

import (
	"cmp"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// signForms are the texts that clients are known to sign in place of the
// canonical one. all holds every pair but the signature's own, in the order
// received; ok is false when the mistake would change nothing that could be
// told apart.
var signForms = []struct {
	id   string
	make func(all Pairs) (text string, ok bool)
}{
	{"signature-unsorted", func(all Pairs) (string, bool) { return joinPairs(filled(all)), true }},
	{"signature-case-folded", func(all Pairs) (string, bool) {
		pairs := filled(all)
		slices.SortStableFunc(pairs, func(a, b Pair) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
		})
		return joinPairs(pairs), true
	}},
	{"signature-case-folded", func(all Pairs) (string, bool) {
		pairs := filled(all)
		slices.SortStableFunc(pairs, func(a, b Pair) int {
			return cmp.Or(strings.Compare(strings.ToUpper(a.Name), strings.ToUpper(b.Name)), strings.Compare(a.Name, b.Name))
		})
		return joinPairs(pairs), true
	}},
	{"signature-timestamp-encoded", timestampForm(func(s string) string { return strings.ReplaceAll(s, " ", "+") })},
	{"signature-timestamp-encoded", timestampForm(func(s string) string { return strings.ReplaceAll(s, " ", "%20") })},
	{"signature-timestamp-encoded", timestampForm(url.QueryEscape)},
	{"signature-timestamp-encoded", timestampForm(percentEscape)},
	{"signature-plus-as-space", valueForm(func(p Pair) string {
		if p.Name == "timestamp" {
			return p.Value
		}
		return strings.ReplaceAll(p.Value, " ", "+")
	})},
	{"signature-values-encoded", valueForm(func(p Pair) string { return url.QueryEscape(p.Value) })},
	{"signature-values-encoded", valueForm(func(p Pair) string { return percentEscape(p.Value) })},
	{"signature-values-encoded", valueForm(func(p Pair) string { return lowerEscapes(url.QueryEscape(p.Value)) })},
	{"signature-values-encoded", valueForm(func(p Pair) string { return lowerEscapes(percentEscape(p.Value)) })},
	{"signature-values-gbk", valueForm(func(p Pair) string {
		s, err := simplifiedchinese.GBK.NewEncoder().String(p.Value)
		if err != nil {
			return p.Value
		}
		return s
	})},
	{"signature-empty-pairs", func(all Pairs) (string, bool) {
		pairs := withEmpty(all)
		for i := range pairs {
			if pairs[i].Value == "" {
				pairs[i].Value = "="
			}
		}
		return joinPairs(sorted(pairs)), true
	}},
	{"signature-joined", separatedForm("=", "&", true, false)},
	{"signature-joined", separatedForm("=", "&", true, true)},
	{"signature-joined", separatedForm("=", "&", false, false)},
	{"signature-joined", separatedForm("=", "", true, false)},
	{"signature-joined", separatedForm("", "&", true, false)},
	{"signature-without-sign-method", withoutForm(func(p Pair) bool { return p.Name == "sign_method" })},
	{"signature-without-session", withoutForm(func(p Pair) bool { return p.Name == "session" })},
	{"signature-without-query", withoutForm(func(p Pair) bool { return p.In == InQuery })},
	{"signature-without-form", withoutForm(func(p Pair) bool { return p.In == InForm })},
	// The old PHP client takes a value that begins with '@' for a file.
	{"signature-without-at-values", withoutForm(func(p Pair) bool { return strings.HasPrefix(p.Value, "@") })},
}

// signDigests are the computations that clients are known to do; the first
// three are the documented ones, without an ID of their own.
var signDigests = []struct {
	id, name string
	sum      func(secret, text string) []byte
}{
	{"", DigestMD5, func(secret, text string) []byte { return digestSum(DigestMD5, secret, text) }},
	{"", DigestHMAC, func(secret, text string) []byte { return digestSum(DigestHMAC, secret, text) }},
	{"", DigestHMACSHA256, func(secret, text string) []byte { return digestSum(DigestHMACSHA256, secret, text) }},
	{"signature-md5-one-side", "md5(secret+s)", func(secret, text string) []byte { return md5Of(secret + text) }},
	{"signature-md5-one-side", "md5(s+secret)", func(secret, text string) []byte { return md5Of(text + secret) }},
	{"signature-md5-without-secret", "md5(s)", func(_, text string) []byte { return md5Of(text) }},
	// The English page of the protocol prints this for hmac, against its own code.
	{"signature-hmac-wrapped", "hmac-md5(secret+s+secret)", func(secret, text string) []byte {
		return digestSum(DigestHMAC, secret, secret+text+secret)
	}},
	{"signature-hmac-wrapped", "hmac-sha256(secret+s+secret)", func(secret, text string) []byte {
		return digestSum(DigestHMACSHA256, secret, secret+text+secret)
	}},
	{"signature-hmac-swapped", "hmac-md5(key=s)", func(secret, text string) []byte {
		h := hmac.New(md5.New, []byte(text))
		h.Write([]byte(secret))
		return h.Sum(nil)
	}},
	{"signature-hmac-swapped", "hmac-sha256(key=s)", func(secret, text string) []byte {
		h := hmac.New(sha256.New, []byte(text))
		h.Write([]byte(secret))
		return h.Sum(nil)
	}},
	{"signature-sha256-plain", "sha256(secret+s+secret)", func(secret, text string) []byte {
		sum := sha256.Sum256([]byte(secret + text + secret))
		return sum[:]
	}},
}

// signSecrets are the slips of copying a secret from a file or a page.
var signSecrets = []struct {
	id   string
	make func(secret string) string
}{
	{"signature-secret-newline", func(s string) string { return s + "\n" }},
	{"signature-secret-newline", func(s string) string { return s + "\r\n" }},
	{"signature-secret-spaces", func(s string) string { return s + " " }},
	{"signature-secret-spaces", func(s string) string { return " " + s }},
	{"signature-secret-spaces", func(s string) string { return " " + s + " " }},
	{"signature-secret-spaces", strings.TrimSpace},
	{"signature-secret-case", strings.ToLower},
	{"signature-secret-case", strings.ToUpper},
}

// filled returns the pairs with a name and a value.
func filled(all Pairs) Pairs { return signable(all, "", false) }

// withEmpty returns the pairs with a name, empty values included.
func withEmpty(all Pairs) Pairs { return signable(all, "", true) }

// valueForm changes every value before the pairs are joined.
func valueForm(change func(Pair) string) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := sorted(filled(all))
		changed := false
		for i := range pairs {
			if v := change(pairs[i]); v != pairs[i].Value {
				pairs[i].Value, changed = v, true
			}
		}
		return joinPairs(pairs), changed
	}
}

// timestampForm changes the value of the timestamp alone.
func timestampForm(change func(string) string) func(Pairs) (string, bool) {
	return valueForm(func(p Pair) string {
		if p.Name == "timestamp" {
			return change(p.Value)
		}
		return p.Value
	})
}

// withoutForm leaves out the pairs that drop names, if there are any and
// others remain.
func withoutForm(drop func(Pair) bool) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := filled(all)
		before := len(pairs)
		pairs = sorted(slices.DeleteFunc(pairs, drop))
		return joinPairs(pairs), len(pairs) > 0 && len(pairs) < before
	}
}

// separatedForm writes pairs with separators, as other gateways sign them.
func separatedForm(equals, and string, inOrder, encoded bool) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := filled(all)
		if inOrder {
			pairs = sorted(pairs)
		}
		var b strings.Builder
		for i, p := range pairs {
			if i > 0 {
				b.WriteString(and)
			}
			if encoded {
				p.Value = url.QueryEscape(p.Value)
			}
			b.WriteString(p.Name + equals + p.Value)
		}
		return b.String(), true
	}
}

// percentEscape escapes as RFC 3986 does: a space is %20.
func percentEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// lowerEscapes writes the digits of escapes in lower case, as .NET does.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

func md5Of(text string) []byte {
	sum := md5.Sum([]byte(text))
	return sum[:]
}
