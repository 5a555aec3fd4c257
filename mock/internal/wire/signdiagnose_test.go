package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// signedCall is a call in the order in which it was received.
func signedCall() Pairs {
	return Pairs{
		{"method", "alibaba.health.vaccin.appointment.query", InQuery},
		{"app_key", "12345678", InQuery},
		{"session", "session-key-of-somebody", InQuery},
		{"timestamp", "2020-01-18 12:00:00", InQuery},
		{"format", "json", InQuery},
		{"v", "2.0", InQuery},
		{"sign_method", "md5", InQuery},
		{"Zone", "Z", InForm},
		{"request", `{"day":"2020-01-18","name":"接种点 1+/"}`, InForm},
		{"file", "@photo", InForm},
	}
}

// sum is the test's own idea of a digest, upper-case hex.
func sum(digest, secret, text string) string {
	return strings.ToUpper(hex.EncodeToString(rawSum(digest, secret, text)))
}

func rawSum(digest, secret, text string) []byte {
	switch digest {
	case DigestMD5:
		s := md5.Sum([]byte(secret + text + secret))
		return s[:]
	case DigestHMAC:
		h := hmac.New(md5.New, []byte(secret))
		h.Write([]byte(text))
		return h.Sum(nil)
	default:
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(text))
		return h.Sum(nil)
	}
}

// text writes the named pairs of a call one after the other; change may alter a
// value.
func text(call Pairs, names string, change func(name, value string) string) string {
	var b strings.Builder
	for name := range strings.FieldsSeq(names) {
		value, _ := call.Get(name)
		if change != nil {
			value = change(name, value)
		}
		b.WriteString(name + value)
	}
	return b.String()
}

func TestDiagnoseSign(t *testing.T) {
	t.Parallel()
	const (
		secret = "helloworld"
		order  = "Zone app_key file format method request session sign_method timestamp v"
		folded = "app_key file format method request session sign_method timestamp v Zone"
		asCame = "method app_key session timestamp format v sign_method Zone request file"
	)
	call := signedCall()
	right := text(call, order, nil)
	without := func(name string) string { return text(call, strings.Replace(order, name, "", 1), nil) }
	each := func(change func(string) string) string {
		return text(call, order, func(_, v string) string { return change(v) })
	}
	stamp := func(change func(string) string) string {
		return text(call, order, func(n, v string) string {
			if n == "timestamp" {
				return change(v)
			}
			return v
		})
	}
	gbk := each(func(v string) string {
		s, err := simplifiedchinese.GBK.NewEncoder().String(v)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
	var joined []string
	for name := range strings.FieldsSeq(order) {
		v, _ := call.Get(name)
		joined = append(joined, name+"="+v)
	}
	spaced := func(n, v string) string {
		if n == "timestamp" {
			return v
		}
		return strings.ReplaceAll(v, " ", "+")
	}
	withEmpties := append(signedCall(), Pair{"partner_id", "", InForm})
	emptyOrder := strings.Replace(order, "request", "partner_id request", 1)
	digestOf := func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
	md5Sum := func(s string) string { d := md5.Sum([]byte(s)); return digestOf(d[:]) }
	shaSum := func(s string) string { d := sha256.Sum256([]byte(s)); return digestOf(d[:]) }

	tests := []struct {
		name   string
		digest string
		call   Pairs
		got    string
		want   string
		also   string
		detail string // key=value
	}{
		{"right", DigestMD5, call, sum(DigestMD5, secret, right), "", "", ""},
		{"right, bare empty pair", DigestMD5, withEmpties, sum(DigestMD5, secret, text(withEmpties, emptyOrder, nil)), "", "", ""},
		{"missing", DigestMD5, call, "", "signature-missing", "", ""},
		{"unsorted", DigestMD5, call, sum(DigestMD5, secret, text(call, asCame, nil)), "signature-unsorted", "", "difference=0"},
		{"unsorted, hmac", DigestHMACSHA256, call, sum(DigestHMACSHA256, secret, text(call, asCame, nil)), "signature-unsorted", "", ""},
		{"case-folded", DigestMD5, call, sum(DigestMD5, secret, text(call, folded, nil)), "signature-case-folded", "", ""},
		{"values encoded", DigestMD5, call, sum(DigestMD5, secret, each(url.QueryEscape)), "signature-values-encoded", "", ""},
		{"values percent-encoded", DigestMD5, call, sum(DigestMD5, secret, each(percentEscape)), "signature-values-encoded", "", ""},
		{"values encoded in lower case", DigestMD5, call, sum(DigestMD5, secret, each(func(v string) string { return lowerEscapes(url.QueryEscape(v)) })), "signature-values-encoded", "", ""},
		{"empty pair with =", DigestMD5, withEmpties, sum(DigestMD5, secret, text(withEmpties, emptyOrder, func(_, v string) string {
			if v == "" {
				return "="
			}
			return v
		})), "signature-empty-pairs", "", ""},
		{"joined", DigestMD5, call, sum(DigestMD5, secret, strings.Join(joined, "&")), "signature-joined", "", ""},
		{"joined by = alone", DigestMD5, call, sum(DigestMD5, secret, strings.Join(joined, "")), "signature-joined", "", ""},
		{"hmac for md5", DigestMD5, call, sum(DigestHMAC, secret, right), "signature-digest-swapped", "", "digest=hmac"},
		{"md5 for hmac", DigestHMAC, call, sum(DigestMD5, secret, right), "signature-digest-swapped", "", "digest=md5"},
		{"sha256 for md5", DigestMD5, call, sum(DigestHMACSHA256, secret, right), "signature-digest-swapped", "", "digest=hmac-sha256"},
		{"md5, secret in front only", DigestMD5, call, md5Sum(secret + right), "signature-md5-one-side", "", "digest=md5(secret+s)"},
		{"md5, secret behind only", DigestMD5, call, md5Sum(right + secret), "signature-md5-one-side", "", "digest=md5(s+secret)"},
		{"md5 without secret", DigestMD5, call, md5Sum(right), "signature-md5-without-secret", "", ""},
		{"hmac, wrapped", DigestHMAC, call, sum(DigestHMAC, secret, secret+right+secret), "signature-hmac-wrapped", "", ""},
		{"hmac, swapped", DigestHMACSHA256, call, sum(DigestHMACSHA256, right, secret), "signature-hmac-swapped", "", ""},
		{"sha256 without hmac", DigestHMACSHA256, call, shaSum(secret + right + secret), "signature-sha256-plain", "", ""},
		{"lower case", DigestMD5, call, strings.ToLower(sum(DigestMD5, secret, right)), "signature-lower-case", "", ""},
		{"mixed case", DigestMD5, call, strings.Replace(sum(DigestMD5, secret, right), "C", "c", 1), "signature-mixed-case", "", ""},
		{"base64", DigestMD5, call, base64.StdEncoding.EncodeToString(rawSum(DigestMD5, secret, right)), "signature-base64", "", ""},
		{"secret with newline", DigestMD5, call, sum(DigestMD5, secret+"\n", right), "signature-secret-newline", "", ""},
		{"secret with CR LF", DigestHMAC, call, sum(DigestHMAC, secret+"\r\n", right), "signature-secret-newline", "", ""},
		{"secret with spaces", DigestMD5, call, sum(DigestMD5, " "+secret+" ", right), "signature-secret-spaces", "", ""},
		{"secret in upper case", DigestMD5, call, sum(DigestMD5, strings.ToUpper(secret), right), "signature-secret-case", "", ""},
		{"sign_method left out", DigestMD5, call, sum(DigestMD5, secret, without("sign_method")), "signature-without-sign-method", "", ""},
		{"session left out", DigestMD5, call, sum(DigestMD5, secret, without("session")), "signature-without-session", "", ""},
		{"format left out", DigestMD5, call, sum(DigestMD5, secret, without("format")), "signature-without-parameter", "", "name=format"},
		{"query left out", DigestMD5, call, sum(DigestMD5, secret, text(call, "Zone file request", nil)), "signature-without-query", "", ""},
		{"form left out", DigestMD5, call, sum(DigestMD5, secret, text(call, "app_key format method session sign_method timestamp v", nil)), "signature-without-form", "", ""},
		{"@ values left out", DigestMD5, call, sum(DigestMD5, secret, without("file")), "signature-without-at-values", "", ""},
		{"gbk", DigestMD5, call, sum(DigestMD5, secret, gbk), "signature-values-gbk", "", ""},
		{"timestamp with +", DigestMD5, call, sum(DigestMD5, secret, stamp(func(v string) string { return strings.ReplaceAll(v, " ", "+") })), "signature-timestamp-encoded", "", ""},
		{"timestamp with %20", DigestMD5, call, sum(DigestMD5, secret, stamp(func(v string) string { return strings.ReplaceAll(v, " ", "%20") })), "signature-timestamp-encoded", "", ""},
		{"timestamp escaped", DigestMD5, call, sum(DigestMD5, secret, stamp(url.QueryEscape)), "signature-timestamp-encoded", "", ""},
		{"plus sent bare", DigestMD5, call, sum(DigestMD5, secret, text(call, order, spaced)), "signature-plus-as-space", "", ""},
		{"two mistakes", DigestMD5, call, strings.ToLower(sum(DigestMD5, secret, text(call, asCame, nil))), "signature-unsorted", "signature-lower-case", ""},
		{"three mistakes", DigestMD5, call, strings.ToLower(sum(DigestHMAC, secret, text(call, asCame, nil))), "signature-unsorted", "signature-digest-swapped,signature-lower-case", ""},
		{"wrong secret", DigestMD5, call, sum(DigestMD5, "other", right), "signature-unexplained", "", ""},
		{"no digest at all", DigestMD5, call, "!", "signature-unexplained", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			received := append(Pairs{{"sign", tt.got, InQuery}}, tt.call...)
			got := DiagnoseSign(received, SignConfig{Skip: "sign", Digest: tt.digest, Secret: secret}, tt.got)
			if got.ID != tt.want || got.Detail["also"] != tt.also {
				t.Fatalf("DiagnoseSign = %+v, want %q, also %q", got, tt.want, tt.also)
			}
			if tt.want == "" {
				return
			}
			want := strings.ReplaceAll(text(tt.call, order, nil), "session-key-of-somebody", "***")
			if got.Detail["canonical"] != want {
				t.Errorf("canonical = %q, want %q", got.Detail["canonical"], want)
			}
			if key, value, found := strings.Cut(tt.detail, "="); found && got.Detail[key] != value {
				t.Errorf("Detail[%q] = %q, want %q", key, got.Detail[key], value)
			}
			for key, value := range got.Detail {
				if strings.Contains(value, secret) || strings.Contains(value, "somebody") {
					t.Errorf("Detail[%q] = %q shows what it must not", key, value)
				}
			}
		})
	}
}

// TestDiagnoseSignVectors names the mistake behind the rows whose signature was
// made elsewhere with a known one.
func TestDiagnoseSignVectors(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"lower-case-hex":             "signature-lower-case",
		"lower-case-hex-hmac-sha256": "signature-lower-case",
		"hmac-arguments-swapped":     "signature-hmac-swapped",
		"hmac-wrapped":               "signature-hmac-wrapped",
		"md5-not-wrapped":            "signature-md5-one-side",
		"values-encoded":             "signature-values-encoded",
		"gbk-bytes":                  "signature-values-gbk",
		"secret-with-newline":        "signature-secret-newline",
		"sorted-without-case":        "signature-case-folded",
		"added-parameter":            "signature-without-parameter",
		"wrong-secret":               "signature-unexplained",
	}
	for _, v := range vectors(t, "alihealth") {
		id, found := want[v.ID]
		if !found {
			continue
		}
		delete(want, v.ID)
		cfg := SignConfig{Skip: "sign", Digest: v.SignMethod, Secret: v.Secret}
		if got := DiagnoseSign(pairsOf(v.Params), cfg, v.Sign); got.ID != id {
			t.Errorf("%s: DiagnoseSign = %+v, want %s", v.ID, got, id)
		}
	}
	if len(want) > 0 {
		t.Errorf("rows not found: %v", want)
	}
}

// TestDiagnoseSignBounds checks that a diagnosis stays small on large calls.
func TestDiagnoseSignBounds(t *testing.T) {
	t.Parallel()
	cfg := SignConfig{Skip: "sign", Digest: DigestMD5, Secret: "s"}
	sized := func(n int) Pairs {
		return Pairs{{"z", strings.Repeat("x", n), InForm}, {"a", "1", InForm}}
	}
	unsorted := func(p Pairs) string { return sum(DigestMD5, "s", joinPairs(p)) }
	swapped := func(p Pairs) string { return sum(DigestHMAC, "s", joinPairs(p)) }
	for _, tt := range []struct {
		name string
		call Pairs
		got  func(Pairs) string
		want string
	}{
		{"small, two mistakes", sized(10), swapped, "signature-unsorted"},
		{"middle, one mistake", sized(maxSignBytes - 10), unsorted, "signature-unsorted"},
		{"middle, two mistakes far down the list", sized(maxSignBytes - 10), func(p Pairs) string {
			return sum(DigestHMAC, "S", strings.TrimPrefix(joinPairs(sorted(p)), "a1"))
		}, "signature-unexplained"},
		{"large", sized(maxSignBytes), unsorted, "signature-unexplained"},
	} {
		if got := DiagnoseSign(tt.call, cfg, tt.got(tt.call)); got.ID != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got.ID, tt.want)
		}
	}
}
