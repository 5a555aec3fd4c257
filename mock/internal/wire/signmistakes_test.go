package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const signTestSecret = "C0ffee-secret-of-a-Demo"

// signMistakeCall has what each mistake needs to be told apart: names in both cases, an empty value, white space, other
// characters, a JSON text with white space, and something that was encoded before it was sent.
func signMistakeCall(digest string) Pairs {
	return Pairs{
		{"method", "alibaba.health.vaccin.appointment.query", InQuery},
		{"app_key", "12345678", InQuery},
		{"session", "session-key-of-somebody", InQuery},
		{"timestamp", "2020-01-18 12:00:00", InQuery},
		{"format", "json", InQuery},
		{"v", "2.0", InQuery},
		{"sign_method", digest, InQuery},
		{"partner_id", "", InQuery},
		{"Zone", "Z", InForm},
		{"request", `{"day": "2020-01-18", "name": "接种点 (1)+/"}`, InForm},
		{"note", " blank ", InForm},
		{"already", "a%2Fb", InForm},
		{"file", "@photo", InForm},
	}
}

const (
	signOrder      = "Zone already app_key file format method note request session sign_method timestamp v"
	signOrderEmpty = "Zone already app_key file format method note partner_id request session sign_method timestamp v"
)

func rawHash(make func() hash.Hash, text string) []byte {
	h := make()
	h.Write([]byte(text))
	return h.Sum(nil)
}

func rawHMAC(make func() hash.Hash, key, text string) []byte {
	h := hmac.New(make, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signMistake makes one known mistake; exactly one of text, secret, sum and write is set.
type signMistake struct {
	want, name string
	text       func(call Pairs) string
	secret     string
	sum        func(text string) []byte
	write      func(sum []byte) string
}

func signMistakes(t *testing.T) []signMistake {
	order := strings.Fields(signOrder)
	named := func(names string, change func(n, v string) string) func(Pairs) string {
		return func(call Pairs) string { return text(call, names, change) }
	}
	each := func(change func(string) string) func(Pairs) string {
		return named(signOrder, func(_, v string) string { return change(v) })
	}
	one := func(name, value string) func(Pairs) string {
		return named(signOrder, func(n, v string) string {
			if n == name {
				return value
			}
			return v
		})
	}
	without := func(names ...string) func(Pairs) string {
		return named(strings.Join(slices.DeleteFunc(slices.Clone(order), func(n string) bool { return slices.Contains(names, n) }), " "), nil)
	}
	joined := func(names, equals, and string, change func(string) string) func(Pairs) string {
		return func(call Pairs) string {
			var parts []string
			for name := range strings.FieldsSeq(names) {
				v, _ := call.Get(name)
				parts = append(parts, name+equals+change(v))
			}
			return strings.Join(parts, and)
		}
	}
	asIs := func(s string) string { return s }
	asReceived := "method app_key session timestamp format v sign_method Zone request note already file"
	backwards := slices.Clone(order)
	slices.Reverse(backwards)
	secret := signTestSecret
	wrapped := func(s string) string { return secret + s + secret }
	upper := func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

	return []signMistake{
		{want: "signature-unsorted", text: named(asReceived, nil)},
		{want: "signature-unsorted", name: "backwards", text: named(strings.Join(backwards, " "), nil)},
		{want: "signature-case-folded", text: named(strings.TrimPrefix(signOrder, "Zone ")+" Zone", nil)},
		{want: "signature-plus-as-space", text: named(signOrder, func(n, v string) string {
			if n == "timestamp" {
				return v
			}
			return strings.ReplaceAll(v, " ", "+")
		})},
		{want: "signature-values-encoded", text: each(url.QueryEscape)},
		{want: "signature-values-encoded", name: "RFC 3986", text: each(func(v string) string { return strings.ReplaceAll(url.QueryEscape(v), "+", "%20") })},
		{want: "signature-values-encoded", name: "encodeURIComponent", text: each(func(v string) string {
			return strings.NewReplacer("+", "%20", "%28", "(", "%29", ")").Replace(url.QueryEscape(v))
		})},
		{want: "signature-sent-encoded-twice", text: one("already", "a/b")},
		{want: "signature-values-gbk", text: each(func(v string) string { return gbkText(t, v) })},
		{want: "signature-values-ascii", text: one("request", `{"day": "2020-01-18", "name": "??? (1)+/"}`)},
		{want: "signature-values-trimmed", text: one("note", "blank")},
		{want: "signature-values-only", text: func(call Pairs) string {
			out := ""
			for _, name := range order {
				v, _ := call.Get(name)
				out += v
			}
			return out
		}},
		{want: "signature-empty-pairs", text: named(signOrderEmpty, func(_, v string) string { return v + strings.Repeat("=", 1-min(1, len(v))) })},
		{want: "signature-empty-pairs", name: "null", text: named(signOrderEmpty, func(_, v string) string { return v + strings.Repeat("null", 1-min(1, len(v))) })},
		{want: "signature-sign-included", text: named(strings.Replace(signOrder, "sign_method", "sign sign_method", 1), nil)},
		{want: "signature-sign-included", name: "null", text: named(strings.Replace(signOrder, "sign_method", "sign sign_method", 1), func(n, v string) string {
			if n == "sign" {
				return "null"
			}
			return v
		})},
		{want: "signature-joined", text: joined(signOrder, "=", "&", asIs)},
		{want: "signature-joined", name: "empty pairs as well", text: joined(signOrderEmpty, "=", "&", asIs)},
		{want: "signature-joined", name: "encoded", text: joined(signOrder, "=", "&", url.QueryEscape)},
		{want: "signature-joined", name: "unsorted", text: joined(asReceived, "=", "&", asIs)},
		{want: "signature-joined", name: "= alone", text: joined(signOrder, "=", "", asIs)},
		{want: "signature-joined", name: "& alone", text: joined(signOrder, "", "&", asIs)},
		{want: "signature-without-sign-method", text: without("sign_method")},
		{want: "signature-without-session", text: without("session")},
		{want: "signature-without-query", text: without("app_key", "format", "method", "session", "sign_method", "timestamp", "v")},
		{want: "signature-without-form", text: without("Zone", "already", "file", "note", "request")},
		{want: "signature-without-at-values", text: without("file")},
		{want: "signature-without-parameter", text: without("format")},
		{want: "signature-timestamp-encoded", text: one("timestamp", "2020-01-18+12:00:00")},
		{want: "signature-timestamp-encoded", name: "escaped", text: one("timestamp", "2020-01-18%2012%3A00%3A00")},
		{want: "signature-timestamp-twice", text: one("timestamp", "2020-01-18 11:59:59")},
		{want: "signature-timestamp-zone", text: one("timestamp", "2020-01-18 04:00:00")},
		{want: "signature-timestamp-form", name: "ISO 8601", text: one("timestamp", "2020-01-18T12:00:00")},
		{want: "signature-timestamp-form", name: "with zone", text: one("timestamp", "2020-01-18T12:00:00+08:00")},
		{want: "signature-timestamp-form", name: "seconds", text: one("timestamp", "1579320000")},
		{want: "signature-timestamp-form", name: "milliseconds", text: one("timestamp", "1579320000000")},
		{want: "signature-timestamp-form", name: "digits", text: one("timestamp", "20200118120000")},
		{want: "signature-json-rewritten", name: "compact", text: one("request", `{"day":"2020-01-18","name":"接种点 (1)+/"}`)},
		{want: "signature-json-rewritten", name: "json.dumps", text: one("request", `{"day": "2020-01-18", "name": "\u63a5\u79cd\u70b9 (1)+/"}`)},
		{want: "signature-json-rewritten", name: "json_encode", text: one("request", `{"day":"2020-01-18","name":"接种点 (1)+\/"}`)},

		{want: "signature-secret-newline", secret: secret + "\n"},
		{want: "signature-secret-newline", secret: secret + "\r"},
		{want: "signature-secret-newline", secret: secret + "\r\n"},
		{want: "signature-secret-spaces", secret: " " + secret},
		{want: "signature-secret-spaces", secret: secret + " "},
		{want: "signature-secret-bom", secret: "\xEF\xBB\xBF" + secret},
		{want: "signature-secret-quoted", secret: `"` + secret + `"`},
		{want: "signature-secret-ampersand", secret: secret + "&"},
		{want: "signature-secret-case", secret: strings.ToLower(secret)},
		{want: "signature-secret-encoded", secret: base64.StdEncoding.EncodeToString([]byte(secret))},

		{want: "signature-md5-one-side", name: "in front", sum: func(s string) []byte { return rawHash(md5.New, secret+s) }},
		{want: "signature-md5-one-side", name: "behind", sum: func(s string) []byte { return rawHash(md5.New, s+secret) }},
		{want: "signature-md5-without-secret", sum: func(s string) []byte { return rawHash(md5.New, s) }},
		{want: "signature-md5-twice", sum: func(s string) []byte {
			return rawHash(md5.New, hex.EncodeToString(rawHash(md5.New, wrapped(s))))
		}},
		{want: "signature-hmac-wrapped", name: "md5", sum: func(s string) []byte { return rawHMAC(md5.New, secret, wrapped(s)) }},
		{want: "signature-hmac-wrapped", name: "sha256", sum: func(s string) []byte { return rawHMAC(sha256.New, secret, wrapped(s)) }},
		{want: "signature-hmac-swapped", name: "md5", sum: func(s string) []byte { return rawHMAC(md5.New, s, secret) }},
		{want: "signature-hmac-swapped", name: "sha256", sum: func(s string) []byte { return rawHMAC(sha256.New, s, secret) }},
		{want: "signature-hmac-without-secret", sum: func(s string) []byte { return rawHMAC(sha256.New, "", s) }},
		{want: "signature-sha256-plain", sum: func(s string) []byte { return rawHash(sha256.New, wrapped(s)) }},
		{want: "signature-digest-other", name: "sha1", sum: func(s string) []byte { return rawHash(sha1.New, wrapped(s)) }},
		{want: "signature-digest-other", name: "hmac-sha1", sum: func(s string) []byte { return rawHMAC(sha1.New, secret, s) }},
		{want: "signature-digest-other", name: "hmac-sha512", sum: func(s string) []byte { return rawHMAC(sha512.New, secret, s) }},

		{want: "signature-lower-case", write: hex.EncodeToString},
		{want: "signature-mixed-case", write: func(b []byte) string {
			s := upper(b)
			i := strings.IndexAny(s, "ABCDEF")
			return s[:i] + strings.ToLower(s[i:i+1]) + s[i+1:]
		}},
		{want: "signature-base64", write: base64.StdEncoding.EncodeToString},
		{want: "signature-base64", name: "for URLs", write: base64.RawURLEncoding.EncodeToString},
		{want: "signature-blanks", write: func(b []byte) string { return upper(b) + "\n" }},
		{want: "signature-hex-dashes", write: func(b []byte) string {
			var parts []string
			for _, c := range b {
				parts = append(parts, upper([]byte{c}))
			}
			return strings.Join(parts, "-")
		}},
	}
}

// TestEachSignMistakeIsItself makes each known mistake with the test's own digests, under each digest of the scheme, and
// expects it alone to be found.
func TestEachSignMistakeIsItself(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{"signature-missing": true, "signature-unexplained": true, "signature-digest-swapped": true} // TestDiagnoseSign
	for _, m := range signMistakes(t) {
		reached[m.want] = true
		for _, digest := range []string{DigestMD5, DigestHMAC, DigestHMACSHA256} {
			call := signMistakeCall(digest)
			right := text(call, signOrder, nil)
			var got string
			switch {
			case m.text != nil:
				got = sum(digest, signTestSecret, m.text(call))
			case m.secret != "":
				got = sum(digest, m.secret, right)
			case m.sum != nil:
				got = strings.ToUpper(hex.EncodeToString(m.sum(right)))
			default:
				got = m.write(rawSum(digest, signTestSecret, right))
			}
			checkSignMistake(t, m.want, m.name, digest, call, got)
		}
	}
	for id, row := range rareWritings(t) {
		reached[id] = true
		checkSignMistake(t, id, "", DigestMD5, row.call, row.got)
	}
	for id, row := range ownSecrets() {
		reached[id] = true
		call := signMistakeCall(DigestMD5)
		f := DiagnoseSign(call, SignConfig{Skip: "sign", Digest: DigestMD5, Secret: row.secret}, sum(DigestMD5, row.used, text(call, signOrder, nil)))
		if f.ID != id || f.Detail["also"] != "" {
			t.Errorf("%s: %+v", id, f)
		}
	}
	for digest, hashed := range map[string]func(string) []byte{
		"md5":    func(s string) []byte { return rawHash(md5.New, s+"&key="+signTestSecret) },
		"sha256": func(s string) []byte { return rawHMAC(sha256.New, signTestSecret, s+"&key="+signTestSecret) },
	} {
		reached["signature-key-appended"] = true
		call := signMistakeCall(DigestMD5)
		var parts []string
		for name := range strings.FieldsSeq(signOrder) {
			v, _ := call.Get(name)
			parts = append(parts, name+"="+v)
		}
		checkSignMistake(t, "signature-key-appended", digest, DigestMD5, call, strings.ToUpper(hex.EncodeToString(hashed(strings.Join(parts, "&")))))
	}
	for _, id := range FindingIDs() {
		if strings.HasPrefix(id, "signature-") && !reached[id] {
			t.Errorf("no row makes the mistake %s", id)
		}
	}
}

func checkSignMistake(t *testing.T, want, name, digest string, call Pairs, got string) {
	t.Helper()
	f := DiagnoseSign(append(Pairs{{"sign", got, InQuery}}, call...), SignConfig{Skip: "sign", Digest: digest, Secret: signTestSecret}, got)
	if f.ID != want || f.Detail["also"] != "" {
		t.Errorf("%s (%s), %s: %s, also %s (%s)", want, name, digest, f.ID, f.Detail["also"], f.Detail["digest"])
	}
	for key, value := range f.Detail {
		if strings.Contains(value, signTestSecret) || strings.Contains(value, "somebody") {
			t.Errorf("%s: Detail[%q] = %q shows what it must not", want, key, value)
		}
	}
}

// rareWritings need a digest of a certain kind: one that begins with 0, one with a byte that does, and half of one.
func rareWritings(t *testing.T) map[string]struct {
	call Pairs
	got  string
} {
	t.Helper()
	out := map[string]struct {
		call Pairs
		got  string
	}{}
	for n := range 10_000 {
		call := append(signMistakeCall(DigestMD5), Pair{"zz", strings.Repeat("x", n), InForm})
		raw := rawSum(DigestMD5, signTestSecret, text(call, signOrder+" zz", nil))
		digits := hex.EncodeToString(raw)
		out["signature-md5-16"] = struct {
			call Pairs
			got  string
		}{call, strings.ToUpper(digits[8:24])}
		if digits[0] == '0' && strings.Trim(digits, "0123456789") != "" {
			out["signature-zeros-dropped"] = struct {
				call Pairs
				got  string
			}{call, strings.ToUpper(new(big.Int).SetBytes(raw).Text(16))}
			return out
		}
	}
	t.Fatal("no digest begins with 0")
	return nil
}

// ownSecrets are the mistakes that only secrets of a certain form allow.
func ownSecrets() map[string]struct{ secret, used string } {
	return map[string]struct{ secret, used string }{
		"signature-secret-decoded": {"00112233445566778899aabbccddeeff", "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"},
	}
}
