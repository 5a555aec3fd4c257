package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"
)

// signDigest is a computation that clients are known to do; the documented ones
// have no ID of their own.
type signDigest struct {
	id, name string
	sum      func(secret, text string) []byte
}

func signDigests() []signDigest {
	list := []signDigest{
		{"", DigestMD5, func(secret, text string) []byte { return digestSum(DigestMD5, secret, text) }},
		{"", DigestHMAC, func(secret, text string) []byte { return digestSum(DigestHMAC, secret, text) }},
		{"", DigestHMACSHA256, func(secret, text string) []byte { return digestSum(DigestHMACSHA256, secret, text) }},
		{"signature-md5-one-side", "md5(secret+s)", func(secret, text string) []byte { return hashOf(md5.New, secret+text) }},
		{"signature-md5-one-side", "md5(s+secret)", func(secret, text string) []byte { return hashOf(md5.New, text+secret) }},
		{"signature-md5-without-secret", "md5(s)", func(_, text string) []byte { return hashOf(md5.New, text) }},
		{"signature-key-appended", "md5(s&key=secret)", func(secret, text string) []byte { return hashOf(md5.New, text+"&key="+secret) }},
		{"signature-key-appended", "hmac-sha256(s&key=secret)", func(secret, text string) []byte {
			return hmacOf(sha256.New, secret, text+"&key="+secret)
		}},
		{"signature-md5-twice", "md5(md5(secret+s+secret))", func(secret, text string) []byte {
			return hashOf(md5.New, hex.EncodeToString(digestSum(DigestMD5, secret, text)))
		}},
		{"signature-md5-twice", "md5(md5(secret+s+secret)), upper case within", func(secret, text string) []byte {
			return hashOf(md5.New, upperHex(digestSum(DigestMD5, secret, text)))
		}},
	}
	for _, h := range []struct {
		name, plain string
		make        func() hash.Hash
	}{
		{"md5", "", md5.New}, {"sha1", "signature-digest-other", sha1.New},
		{"sha256", "signature-sha256-plain", sha256.New}, {"sha512", "signature-digest-other", sha512.New},
	} {
		if h.plain != "" {
			list = append(list,
				signDigest{h.plain, h.name + "(secret+s+secret)", func(secret, text string) []byte { return hashOf(h.make, secret+text+secret) }},
				signDigest{h.plain, h.name + "(secret+s)", func(secret, text string) []byte { return hashOf(h.make, secret+text) }},
				signDigest{h.plain, h.name + "(s+secret)", func(secret, text string) []byte { return hashOf(h.make, text+secret) }},
				signDigest{h.plain, h.name + "(s)", func(_, text string) []byte { return hashOf(h.make, text) }},
			)
		}
		if h.plain == "signature-digest-other" {
			list = append(list, signDigest{h.plain, "hmac-" + h.name, func(secret, text string) []byte { return hmacOf(h.make, secret, text) }})
			continue
		}
		list = append(list,
			// The English page of the protocol prints this for hmac, against its own code.
			signDigest{"signature-hmac-wrapped", "hmac-" + h.name + "(secret+s+secret)", func(secret, text string) []byte {
				return hmacOf(h.make, secret, secret+text+secret)
			}},
			signDigest{"signature-hmac-swapped", "hmac-" + h.name + "(key=s)", func(secret, text string) []byte { return hmacOf(h.make, text, secret) }},
			signDigest{"signature-hmac-without-secret", "hmac-" + h.name + "(key=empty)", func(_, text string) []byte { return hmacOf(h.make, "", text) }},
		)
	}
	return list
}

func hashOf(make func() hash.Hash, text string) []byte {
	h := make()
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hmacOf(make func() hash.Hash, key, text string) []byte {
	h := hmac.New(make, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signSecret makes the secret that a slip of copying it from a file or a page
// leaves; the secret itself when the slip cannot be made.
type signSecret struct {
	id   string
	make func(secret string) string
}

func signSecrets() []signSecret {
	return []signSecret{
		{"signature-secret-newline", func(s string) string { return s + "\n" }},
		{"signature-secret-newline", func(s string) string { return s + "\r\n" }},
		{"signature-secret-newline", func(s string) string { return s + "\r" }},
		{"signature-secret-spaces", func(s string) string { return s + " " }},
		{"signature-secret-spaces", func(s string) string { return " " + s }},
		{"signature-secret-spaces", func(s string) string { return " " + s + " " }},
		{"signature-secret-spaces", func(s string) string { return s + "\t" }},
		{"signature-secret-spaces", func(s string) string { return s + "\u00a0" }},
		{"signature-secret-spaces", func(s string) string { return s + "\u200b" }},
		{"signature-secret-spaces", strings.TrimSpace},
		{"signature-secret-bom", func(s string) string { return "\ufeff" + s }},
		{"signature-secret-quoted", func(s string) string { return `"` + s + `"` }},
		{"signature-secret-quoted", func(s string) string { return "'" + s + "'" }},
		{"signature-secret-ampersand", func(s string) string { return s + "&" }},
		{"signature-secret-case", strings.ToLower},
		{"signature-secret-case", strings.ToUpper},
		{"signature-secret-decoded", func(s string) string {
			raw, err := hex.DecodeString(s)
			if err != nil || len(raw) == 0 {
				return s
			}
			return string(raw)
		}},
		{"signature-secret-decoded", func(s string) string {
			raw, err := Base64.Decode([]byte(s))
			if err != nil || len(raw) == 0 {
				return s
			}
			return string(raw)
		}},
		{"signature-secret-encoded", func(s string) string { return string(Base64.Encode(nil, []byte(s))) }},
		{"signature-secret-encoded", func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{"signature-secret-encoded", func(s string) string { return hex.EncodeToString(hashOf(md5.New, s)) }},
	}
}
