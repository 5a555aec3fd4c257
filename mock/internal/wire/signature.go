package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The digests of the TOP gateway, as its sign_method names them.
const (
	DigestMD5        = "md5"
	DigestHMAC       = "hmac"
	DigestHMACSHA256 = "hmac-sha256"
)

// SignConfig describes one signature by the recipe of the TOP gateway
// ("API calling protocol", articleId 101617).
type SignConfig struct {
	Skip   string // the parameter that carries the signature, "sign"
	Digest string // "md5", "hmac" or "hmac-sha256"
	Secret string
	// Show says which parameters a diagnosis may show; nil shows all but session. A value that holds the secret is never
	// shown.
	Show func(name string) bool
}

// Canonical returns the text that is signed: the pairs in byte order of their
// names, name and value put together without separators or escapes. The pair
// named skip is left out, and so are pairs with an empty name or value, as the
// official client does. A name given twice is ordered by its values, so that
// the text never depends on the order received.
func Canonical(pairs Pairs, skip string) string {
	return joinPairs(sorted(signable(pairs, skip, false)))
}

// signable returns the pairs that are signed. With bare, a pair with an empty
// value stays and puts its bare name into the text, as the npm clients do.
func signable(pairs Pairs, skip string, bare bool) Pairs {
	out := make(Pairs, 0, len(pairs))
	for _, p := range pairs {
		if p.Name != "" && p.Name != skip && (bare || p.Value != "") {
			out = append(out, p)
		}
	}
	return out
}

// sorted orders pairs in place and returns them.
func sorted(pairs Pairs) Pairs {
	slices.SortFunc(pairs, func(a, b Pair) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return pairs
}

func joinPairs(pairs Pairs) string {
	size := 0
	for i := range pairs {
		size += len(pairs[i].Name) + len(pairs[i].Value)
	}
	var b strings.Builder
	b.Grow(size)
	for i := range pairs {
		b.WriteString(pairs[i].Name)
		b.WriteString(pairs[i].Value)
	}
	return b.String()
}

// Sign returns the signature of pairs in upper-case hexadecimal: MD5 of the
// text between two secrets (32 characters), HMAC-MD5 of the text (32), or
// HMAC-SHA256 (64). An unknown digest and an empty secret are errors.
func Sign(pairs Pairs, cfg SignConfig) (string, error) {
	if cfg.Secret == "" {
		return "", errors.New("signature: the secret is empty")
	}
	sum := digestSum(cfg.Digest, cfg.Secret, Canonical(pairs, cfg.Skip))
	if sum == nil {
		return "", fmt.Errorf("signature: digest %q is not known; use %q, %q or %q", cfg.Digest, DigestMD5, DigestHMAC, DigestHMACSHA256)
	}
	return upperHex(sum), nil
}

// Verify reports, in constant time for its length, whether got is the signature
// of pairs. Both public forms of an empty pair count: left out (official
// client) and its bare name (npm clients). An unknown digest or an empty secret
// verifies nothing.
func Verify(pairs Pairs, cfg SignConfig, got string) bool {
	if cfg.Secret == "" {
		return false
	}
	official := signable(pairs, cfg.Skip, false)
	equal := func(p Pairs) bool {
		sum := digestSum(cfg.Digest, cfg.Secret, joinPairs(sorted(p)))
		return sum != nil && hmac.Equal([]byte(upperHex(sum)), []byte(got))
	}
	if equal(official) {
		return true
	}
	bare := signable(pairs, cfg.Skip, true)
	return len(bare) > len(official) && equal(bare)
}

// digestSum is the digest of a canonical text, nil when it is not known.
func digestSum(digest, secret, text string) []byte {
	switch digest {
	case DigestMD5:
		sum := md5.Sum([]byte(secret + text + secret))
		return sum[:]
	case DigestHMAC:
		h := hmac.New(md5.New, []byte(secret))
		h.Write([]byte(text))
		return h.Sum(nil)
	case DigestHMACSHA256:
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	return nil
}

func upperHex(sum []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 2*len(sum))
	for _, b := range sum {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}
