package alihealth

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// canonical is the text that is signed: names in byte order, each followed by its value, nothing between them and nothing encoded. The
// signature itself and pairs with an empty name or value take no part.
func canonical(params map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if value := params[name]; name != "" && value != "" && name != "sign" {
			b.WriteString(name)
			b.WriteString(value)
		}
	}
	return b.String()
}

// sign gives the platform's signature in upper-case hex: the HMACs are keyed with the secret, MD5 has it on both sides of the text
// (TOP, "API calling protocol"). The two MD5 forms are weak; they are the platform's, not a choice.
func sign(with SignMethod, secret string, params map[string]string) string {
	text := canonical(params)
	var sum []byte
	switch with {
	case MD5:
		digest := md5.Sum([]byte(secret + text + secret))
		sum = digest[:]
	case HMACMD5:
		mac := hmac.New(md5.New, []byte(secret))
		mac.Write([]byte(text))
		sum = mac.Sum(nil)
	default:
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(text))
		sum = mac.Sum(nil)
	}
	return strings.ToUpper(hex.EncodeToString(sum))
}
