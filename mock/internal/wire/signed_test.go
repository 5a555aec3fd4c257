package wire

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// The schemes that signed calls are tried with, each with a call whose text to sign is written out here.
const (
	signedSecret = "Secret-Of-The-Composed-Scheme"
	signedTime   = "1700000000" // 2023-11-14 22:13:20 UTC
	// pairText is what sortedCall signs: B before a, the empty member left out, nested values compact, null nothing.
	pairText  = `B=2&a=x y&list=[1,{"z":1,"y":"中"}]&mch=m-1&n=1.50&nonce=abc&q=1 2&t=1700000000`
	linesText = "POST\n/api/v1/orders\n1700000000\nabc\n{\"b\": 1,\"a\":\"中\"}"
)

type signedScheme struct {
	sign *specs.Sign
	call func() *Message
	text string
}

func signedSchemes() map[string]signedScheme {
	body := func() *Message {
		return &Message{
			Method: "POST", Path: "/pay", Header: http.Header{"Content-Type": {"application/json"}},
			Pairs: Pairs{{"q", "1 2", InQuery}, {"skipped", "v", InQuery}},
			Body:  []byte(`{"mch":"m-1","a":"x y","B":2,"none":"","nil":null,"list":[1, {"z":1,"y":"中"}],"n":1.50,"nonce":"abc","t":1700000000}`),
		}
	}
	lines := func() *Message {
		return &Message{
			Method: "POST", Path: "/api/v1/orders", RawQuery: "z=1&y=%E4%B8%AD",
			Header: http.Header{"X-Key": {"app"}, "X-Time": {signedTime}, "X-Nonce": {"abc"}},
			Body:   []byte("{\"b\": 1,\"a\":\"中\"}"),
		}
	}
	pair := &specs.Sign{
		Scheme: "composed", Parameter: "body:sign", KeyParameter: "body:mch", KeySlot: "mch", NonceParameter: "body:nonce",
		TimeParameter: "body:t", TimeForm: "seconds", Secret: "secret", Digests: []string{"md5"}, Case: "upper", Wrap: "pair",
		Fields: &specs.SignFields{From: []string{"query", "body"}, Except: []string{"skipped"}},
	}
	keep := *pair
	keep.Fields = &specs.SignFields{From: []string{"body"}, Empty: "keep", Only: []string{"mch", "none", "a", "absent"}, Order: "listed", Values: "escaped"}
	keep.Wrap, keep.Digests = "both", []string{"SHA256"}
	joint := ""
	bare := *pair
	bare.Fields = &specs.SignFields{From: []string{"body"}, Only: []string{"a", "n"}, ValuesOnly: true, Equals: &joint, Between: &joint}
	bare.Parts, bare.Wrap, bare.Join = []string{"key", "fields", "secret", "time"}, "", "|"
	return map[string]signedScheme{
		"sorted pairs":                     {pair, body, pairText + "&key=" + signedSecret},
		"listed, escaped, empty ones kept": {&keep, body, signedSecret + "mch=m-1&none=&a=x%20y&absent=" + signedSecret},
		"values between parts":             {&bare, body, "m-1|x y1.50|" + signedSecret + "|" + signedTime},
		"lines": {&specs.Sign{
			Scheme: "composed", Parameter: "header:X-Sign", KeyParameter: "header:X-Key", KeySlot: "app", TimeParameter: "header:X-Time", TimeForm: "seconds",
			Within: time.Minute, NonceParameter: "header:X-Nonce", Secret: "secret", Parts: []string{"method", "path", "time", "nonce", "body"}, Join: "\n",
			Digests: []string{"hmac-sha256"}, Encoding: "base64",
		}, lines, linesText},
		"target, headers and digest of the body": {&specs.Sign{
			Scheme: "composed", Parameter: "query:sign", TimeParameter: "header:X-Time", TimeForm: "seconds", Secret: "secret", Digests: []string{"hmac-sha256"}, Case: "any",
			Parts: []string{"header:X-Key", "fields", "body-sha256", "body:/a", "empty"}, Join: "&", Fields: &specs.SignFields{From: []string{"header"}},
		}, lines, "app&X-Time=1700000000&" + hex.EncodeToString(hashOf(sha256.New, "{\"b\": 1,\"a\":\"中\"}")) + "&中&"},
		"blanks": {&specs.Sign{Scheme: "composed", Parameter: "query:sign", Secret: "secret", Digests: []string{"md5"}, Wrap: "after"},
			func() *Message { return &Message{Pairs: Pairs{{"a", " b ", InQuery}}} }, "a= b " + signedSecret},
		"target": {&specs.Sign{
			Scheme: "composed", Parameter: "header:X-Sign", Secret: "secret", Digests: []string{"hmac-sha256"},
			Parts: []string{"target", "query"}, Join: "\n",
		}, lines, "/api/v1/orders?z=1&y=%E4%B8%AD\nz=1&y=%E4%B8%AD"},
	}
}

func signedCredentials() map[string]string {
	return map[string]string{"secret": signedSecret, "mch": "m-1", "app": "app", "other": "another-credential"}
}

func signer(t testing.TB, sign *specs.Sign) *Signer {
	t.Helper()
	s, err := NewSigner(sign, signedCredentials())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// put lets a call carry a signature.
func (s *Signer) put(t testing.TB, m *Message, text string) {
	t.Helper()
	if err := s.fill(m, s.location(s.sign.Parameter), text, SignOptions{}); err != nil {
		t.Fatal(err)
	}
}

// TestSignedTexts pins the text to sign of each scheme, and both directions over it.
func TestSignedTexts(t *testing.T) {
	t.Parallel()
	for name, scheme := range signedSchemes() {
		s := signer(t, scheme.sign)
		m := scheme.call()
		if got := s.composed(m, m.Path, nil).text(signedSecret); got != scheme.text {
			t.Errorf("%s: the text is\n%q, want\n%q", name, got, scheme.text)
		}
		if got, want := s.Canonical(m, nil), strings.ReplaceAll(scheme.text, signedSecret, "$secret"); got != want {
			t.Errorf("%s: shown as\n%q, want\n%q", name, got, want)
		}
		done, err := s.Sign(m, SignOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if fault := s.Verify(m, Verification{Now: time.Unix(1700000000, 0)}); fault != nil || done.Text == "" {
			t.Errorf("%s: signed %+v, refused %+v", name, done, fault)
		}
		if f := s.Diagnose(m, nil); f.ID != "" {
			t.Errorf("%s: diagnosed %+v", name, f)
		}
	}
}

// signedSlip is a signature made by a mistake: by what was digested, or by how that was written.
type signedSlip struct {
	scheme, want, name string
	got                string
	detail             [2]string
}

func md5Upper(text string) string { return strings.ToUpper(hex.EncodeToString(hashOf(md5.New, text))) }

func signedSlips() []signedSlip {
	const sorted, listed, values, lines, target, trimmed = "sorted pairs", "listed, escaped, empty ones kept", "values between parts", "lines", "target", "blanks"
	end := "&key=" + signedSecret
	pairs := func(want, name, text string, detail ...string) signedSlip {
		d := [2]string{}
		copy(d[:], detail)
		return signedSlip{sorted, want, name, md5Upper(text), d}
	}
	mac := func(secret, text string) string {
		return base64.StdEncoding.EncodeToString(hmacOf(sha256.New, secret, text))
	}
	line := func(want, name, text string, detail ...string) signedSlip {
		d := [2]string{}
		copy(d[:], detail)
		return signedSlip{lines, want, name, mac(signedSecret, text), d}
	}
	sum := func(text string) string { return strings.ToUpper(hex.EncodeToString(hashOf(sha256.New, text))) }
	list := func(want, text string) signedSlip {
		return signedSlip{scheme: listed, want: want, got: sum(signedSecret + text + signedSecret)}
	}
	right := pairText + end
	swap := func(from, to string) string { return strings.Replace(right, from, to, 1) }
	return []signedSlip{
		pairs("signed-unsorted", "as received", `q=1 2&mch=m-1&a=x y&B=2&list=[1,{"z":1,"y":"中"}]&n=1.50&nonce=abc&t=1700000000`+end),
		pairs("signed-unsorted", "backwards", `t=1700000000&q=1 2&nonce=abc&n=1.50&mch=m-1&list=[1,{"z":1,"y":"中"}]&a=x y&B=2`+end),
		pairs("signed-case-folded", "", `a=x y&B=2&list=[1,{"z":1,"y":"中"}]&mch=m-1&n=1.50&nonce=abc&q=1 2&t=1700000000`+end),
		pairs("signed-empty-kept", "", `B=2&a=x y&list=[1,{"z":1,"y":"中"}]&mch=m-1&n=1.50&nil=&nonce=abc&none=&q=1 2&t=1700000000`+end),
		pairs("signed-empty-kept", "as null", `B=2&a=x y&list=[1,{"z":1,"y":"中"}]&mch=m-1&n=1.50&nil=null&nonce=abc&none=null&q=1 2&t=1700000000`+end),
		pairs("signed-values-encoded", "as in a form", `B=2&a=x+y&list=%5B1%2C%7B%22z%22%3A1%2C%22y%22%3A%22%E4%B8%AD%22%7D%5D&mch=m-1&n=1.50&nonce=abc&q=1+2&t=1700000000`+end),
		pairs("signed-values-encoded", "by RFC 3986", `B=2&a=x%20y&list=%5B1%2C%7B%22z%22%3A1%2C%22y%22%3A%22%E4%B8%AD%22%7D%5D&mch=m-1&n=1.50&nonce=abc&q=1%202&t=1700000000`+end),
		pairs("signed-names", "", `2&x y&[1,{"z":1,"y":"中"}]&m-1&1.50&abc&1 2&1700000000`+end),
		pairs("signed-joints", "", `B2ax ylist[1,{"z":1,"y":"中"}]mchm-1n1.50nonceabcq1 2t1700000000`+"key"+signedSecret),
		pairs("signed-joints", "commas", strings.ReplaceAll(right, "&", ",")),
		pairs("signed-itself", "", `B=2&a=x y&list=[1,{"z":1,"y":"中"}]&mch=m-1&n=1.50&nil=&nonce=abc&none=&q=1 2&sign=&t=1700000000`+end),
		pairs("signed-plus-as-space", "", strings.ReplaceAll(right, " ", "+")),
		pairs("signed-values-gbk", "", swap("中", "\xd6\xd0")),
		pairs("signed-values-ascii", "", swap("中", "?")),
		pairs("signed-place-left-out", "", swap("&q=1 2", ""), "name", "query"),
		pairs("signed-too-much", "", swap("&t=17", "&skipped=v&t=17"), "name", "skipped"),
		pairs("signed-left-out", "", swap("&n=1.50", ""), "name", "n"),
		pairs("signed-json-rewritten", "spaces", swap(`[1,{"z":1,"y":"中"}]`, `[1, {"z": 1, "y": "\u4e2d"}]`)),
		pairs("signed-json-rewritten", "sorted", swap(`{"z":1,"y":"中"}`, `{"y":"中","z":1}`)),
		pairs("signed-time-other", "milliseconds", swap("1700000000", "1700000000000")),
		pairs("signed-time-other", "the second before", swap("1700000000", "1699999999")),
		pairs("signed-without-secret", "", pairText, "place", "nowhere"),
		pairs("signed-secret-place", "before", signedSecret+pairText, "place", "before"),
		pairs("signed-secret-place", "both", signedSecret+pairText+signedSecret, "place", "both"),
		pairs("signed-secret-place", "another name", pairText+"&secret="+signedSecret, "place", "secret="),
		pairs("signed-secret-place", "no &", pairText+"key="+signedSecret, "place", "after key="),
		pairs("signed-secret-empty", "", pairText+"&key="),
		pairs("signed-other-slot", "", pairText+"&key=another-credential", "slot", "other"),
		{trimmed, "signed-values-trimmed", "", hex.EncodeToString(hashOf(md5.New, "a=b"+signedSecret)), [2]string{}},
		{sorted, "signed-digest-other", "", strings.ToUpper(hex.EncodeToString(hashOf(sha256.New, right))), [2]string{"digest", "sha256"}},
		{sorted, "signed-digest-other", "HMAC", strings.ToUpper(hex.EncodeToString(hmacOf(md5.New, signedSecret, right))), [2]string{"digest", "hmac-md5"}},
		{sorted, "signed-digest-twice", "", md5Upper(hex.EncodeToString(hashOf(md5.New, right))), [2]string{}},
		{sorted, "signed-lower-case", "", hex.EncodeToString(hashOf(md5.New, right)), [2]string{}},
		{sorted, "signed-mixed-case", "", strings.ToLower(md5Upper(right)[:16]) + md5Upper(right)[16:], [2]string{}},
		{sorted, "signed-base64", "", base64.StdEncoding.EncodeToString(hashOf(md5.New, right)), [2]string{}},
		{sorted, "signature-md5-16", "", md5Upper(right)[8:24], [2]string{}},
		{sorted, "signature-blanks", "", md5Upper(right) + "\n", [2]string{}},
		{sorted, "signature-secret-case", "", md5Upper(pairText + "&key=" + strings.ToLower(signedSecret)), [2]string{}},
		list("signed-sorted", "a=x%20y&absent=&mch=m-1&none="),
		list("signed-unlisted-order", "mch=m-1&a=x%20y&none=&absent="),
		list("signed-empty-left-out", "mch=m-1&a=x%20y"),
		list("signed-empty-as-null", "mch=m-1&none=null&a=x%20y&absent=null"),
		list("signed-values-plain", "mch=m-1&none=&a=x y&absent="),
		list("signed-values-other-encoding", "mch=m-1&none=&a=x+y&absent="),
		{values, "signed-parts-order", "", md5Upper("x y1.50|m-1|" + signedSecret + "|" + signedTime), [2]string{}},
		{values, "signed-join", "", md5Upper("m-1x y1.50" + signedSecret + signedTime), [2]string{}},
		{values, "signed-without-secret", "", md5Upper("m-1|x y1.50|" + signedTime), [2]string{"place", "nowhere"}},
		line("signed-part-left-out", "the body", "POST\n/api/v1/orders\n1700000000\nabc", "name", "body"),
		line("signed-part-left-out", "its line stays", "POST\n/api/v1/orders\n\nabc\n{\"b\": 1,\"a\":\"中\"}", "name", "time"),
		line("signed-method-case", "", strings.Replace(linesText, "POST", "post", 1)),
		line("signed-path-other", "with the query", strings.Replace(linesText, "/orders", "/orders?z=1&y=%E4%B8%AD", 1)),
		line("signed-path-other", "without its beginning", strings.Replace(linesText, "/api/v1/orders", "/v1/orders", 1)),
		line("signed-path-other", "with a slash behind", strings.Replace(linesText, "/orders", "/orders/", 1)),
		line("signed-json-rewritten", "compact", strings.Replace(linesText, `{"b": 1,`, `{"b":1,`, 1)),
		line("signed-json-rewritten", "sorted", strings.Replace(linesText, `{"b": 1,"a":"中"}`, `{"a":"中","b":1}`, 1)),
		line("signed-empty-body", "", "POST\n/api/v1/orders\n1700000000\nabc\n{}"),
		line("signed-body-form", "", "POST\n/api/v1/orders\n1700000000\nabc\n"+hex.EncodeToString(hashOf(md5.New, "{\"b\": 1,\"a\":\"中\"}"))),
		line("signed-time-other", "a text", strings.Replace(linesText, "1700000000", "2023-11-15 06:13:20", 1)),
		line("signed-end", "", linesText+"\n"),
		{lines, "signed-hmac-swapped", "", mac(linesText, signedSecret), [2]string{}},
		{lines, "signed-hex", "", hex.EncodeToString(hmacOf(sha256.New, signedSecret, linesText)), [2]string{}},
		{lines, "signed-base64-form", "", strings.TrimRight(mac(signedSecret, linesText), "="), [2]string{}},
		{lines, "signature-secret-newline", "", mac(signedSecret+"\n", linesText), [2]string{}},
		{target, "signed-upper-case", "", strings.ToUpper(hex.EncodeToString(hmacOf(sha256.New, signedSecret, "/api/v1/orders?z=1&y=%E4%B8%AD\nz=1&y=%E4%B8%AD"))), [2]string{}},
		{target, "signed-without-query", "", hex.EncodeToString(hmacOf(sha256.New, signedSecret, "/api/v1/orders\n")), [2]string{}},
		{target, "signed-query-sorted", "", hex.EncodeToString(hmacOf(sha256.New, signedSecret, "/api/v1/orders?y=%E4%B8%AD&z=1\ny=%E4%B8%AD&z=1")), [2]string{}},
		{target, "signed-query-decoded", "", hex.EncodeToString(hmacOf(sha256.New, signedSecret, "/api/v1/orders?z=1&y=中\nz=1&y=中")), [2]string{}},
	}
}

// TestEachSignedSlipIsItself makes each known mistake by hand and expects it alone to be found, with nothing secret in what
// is told.
func TestEachSignedSlipIsItself(t *testing.T) {
	t.Parallel()
	schemes := signedSchemes()
	reached := map[string]bool{"signed-other-body": true, "signed-missing": true} // they have tests of their own
	for _, slip := range signedSlips() {
		reached[slip.want] = true
		s := signer(t, schemes[slip.scheme].sign)
		m := schemes[slip.scheme].call()
		s.put(t, m, slip.got)
		fault := s.Verify(m, Verification{Now: time.Unix(1700000000, 0)})
		if fault == nil || fault.Condition != specs.InvalidSignature {
			t.Errorf("%s (%s): %+v", slip.want, slip.name, fault)
			continue
		}
		f := fault.Finding
		if f.ID != slip.want || f.Detail["also"] != "" || slip.detail[0] != "" && f.Detail[slip.detail[0]] != slip.detail[1] {
			t.Errorf("%s (%s) %v: %s, also %s, digest %s, name %s, place %s, reproduced %q", slip.want, slip.name, slip.detail, f.ID, f.Detail["also"], f.Detail["digest"], f.Detail["name"], f.Detail["place"], f.Detail["reproduced"])
		}
		for name, value := range f.Detail {
			if strings.Contains(value, signedSecret) || strings.Contains(value, "another-credential") {
				t.Errorf("%s: Detail[%q] = %q shows what it must not", slip.want, name, value)
			}
		}
		if text, place := f.Detail["reproduced"], f.Detail["difference"]; (text == "") != (place == "") || text == f.Detail["canonical"] && f.ID != "signed-secret-empty" {
			t.Errorf("%s: reproduced %q, difference %q", slip.want, text, place)
		}
	}
	for _, id := range signedIDs() {
		if !reached[id] {
			t.Errorf("no row makes the mistake %s", id)
		}
	}
}

func TestSignedTwoSlips(t *testing.T) {
	t.Parallel()
	scheme := signedSchemes()["sorted pairs"]
	s := signer(t, scheme.sign)
	for name, tt := range map[string]struct{ got, want, also string }{
		"secret in front, lower case": {hex.EncodeToString(hashOf(md5.New, signedSecret+pairText)), "signed-secret-place", "signed-lower-case"},
		"unsorted, SHA-256": {strings.ToUpper(hex.EncodeToString(hashOf(sha256.New,
			`q=1 2&mch=m-1&a=x y&B=2&list=[1,{"z":1,"y":"中"}]&n=1.50&nonce=abc&t=1700000000&key=`+signedSecret))), "signed-unsorted", "signed-digest-other"},
		"nobody's":         {md5Upper("nothing of it"), "signature-unexplained", ""},
		"no digest at all": {"not a signature!", "signature-unexplained", ""},
	} {
		m := scheme.call()
		s.put(t, m, tt.got)
		if f := s.Diagnose(m, nil); f.ID != tt.want || f.Detail["also"] != tt.also || f.Detail["canonical"] == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := s.Diagnose(scheme.call(), nil); f.ID != "signed-missing" {
		t.Errorf("no signature: %+v", f)
	}
}

// TestSignedShows guards that what must not be shown is not, whatever was changed to reproduce a signature.
func TestSignedShows(t *testing.T) {
	t.Parallel()
	schemes := signedSchemes()
	for _, slip := range signedSlips() {
		s := signer(t, schemes[slip.scheme].sign)
		m := schemes[slip.scheme].call()
		s.put(t, m, slip.got)
		f := s.Diagnose(m, func(name string) bool { return !slices.Contains([]string{"a", "list", "skipped", ""}, name) })
		for _, private := range []string{"x y", "x+y", "x%20y", "中", "z\":1", "skipped=v"} {
			for name, value := range f.Detail {
				if strings.Contains(value, private) {
					t.Errorf("%s (%s): Detail[%q] = %q shows %q", slip.want, slip.name, name, value, private)
				}
			}
		}
	}
}

// TestSignedBody is about which body is signed where it travels sealed.
func TestSignedBody(t *testing.T) {
	t.Parallel()
	for _, opened := range []bool{false, true} {
		sign := &specs.Sign{Scheme: "composed", Parameter: "header:S", Secret: "secret", Parts: []string{"body"}, Digests: []string{"hmac-sm3"}, Opened: opened}
		s := signer(t, sign)
		m := &Message{Method: "POST", Header: http.Header{}, Body: []byte("c2VhbGVk"), Opened: []byte(`{"a":1}`)}
		if got := s.composed(m, "", nil).text(""); got != map[bool]string{false: "c2VhbGVk", true: `{"a":1}`}[opened] || s.Opened() != opened {
			t.Errorf("opened %v: %s is signed", opened, got)
		}
		d, _ := digestNamed("hmac-sm3")
		other := map[bool]string{true: "c2VhbGVk", false: `{"a":1}`}[opened]
		s.put(t, m, hex.EncodeToString(d.sum(signedSecret, other)))
		if f := s.Diagnose(m, nil); f.ID != "signed-other-body" {
			t.Errorf("opened %v: %+v", opened, f)
		}
	}
}

// TestSignerRefuses pins the order and the words in which a call is refused.
func TestSignerRefuses(t *testing.T) {
	t.Parallel()
	schemes := signedSchemes()
	lines := schemes["lines"]
	now := time.Unix(1700000000, 0)
	for name, tt := range map[string]struct {
		change    func(*Message)
		now       time.Time
		condition specs.Condition
		subject   string
		id        string
	}{
		"no key":                    {func(m *Message) { m.Header.Del("X-Key") }, now, specs.MissingParameter, "X-Key", "missing-parameter"},
		"no time":                   {func(m *Message) { m.Header.Del("X-Time") }, now, specs.MissingParameter, "X-Time", "missing-parameter"},
		"no nonce":                  {func(m *Message) { m.Header.Set("X-Nonce", " ") }, now, specs.MissingParameter, "X-Nonce", "missing-parameter"},
		"two nonces":                {func(m *Message) { m.Header.Add("X-Nonce", "b") }, now, specs.InvalidParameter, "X-Nonce", "parameter-twice"},
		"another key":               {func(m *Message) { m.Header.Set("X-Key", "apq") }, now, specs.UnknownKey, "X-Key", "key-unknown"},
		"time in another form":      {func(m *Message) { m.Header.Set("X-Time", "1700000000000") }, now, specs.InvalidParameter, "X-Time", "timestamp-malformed"},
		"stale":                     {func(*Message) {}, now.Add(time.Minute + time.Second), specs.StaleTimestamp, "X-Time", "timestamp-stale"},
		"from the future":           {func(*Message) {}, now.Add(-time.Minute - time.Second), specs.StaleTimestamp, "X-Time", "timestamp-stale"},
		"no signature":              {func(m *Message) { m.Header.Del("X-Sign") }, now, specs.MissingSignature, "X-Sign", "missing-parameter"},
		"another body":              {func(m *Message) { m.Body = []byte("{}") }, now, specs.InvalidSignature, "X-Sign", "signature-unexplained"},
		"stale, unmeasured":         {func(*Message) {}, time.Time{}, "", "", ""},
		"right, at the edge":        {func(*Message) {}, now.Add(time.Minute), "", "", ""},
		"right, under another path": {func(m *Message) { m.OtherPaths, m.Path = []string{m.Path}, "/~me"+m.Path }, now, "", "", ""},
	} {
		m := lines.call()
		s := signer(t, lines.sign)
		if _, err := s.Sign(m, SignOptions{}); err != nil {
			t.Fatal(err)
		}
		tt.change(m)
		fault := s.Verify(m, Verification{Now: tt.now})
		if fault == nil {
			fault = &Fault{}
		}
		if fault.Condition != tt.condition || fault.Subject != tt.subject || fault.Finding.ID != tt.id {
			t.Errorf("%s: %+v", name, fault)
		}
	}
}

// TestSignFills pins what a client's call gets, and what it keeps.
func TestSignFills(t *testing.T) {
	t.Parallel()
	sign := &specs.Sign{
		Scheme: "composed", Parameter: "body:/head/sign", KeyParameter: "body:/head/app", KeySlot: "app", TimeParameter: "body:/head/time", TimeForm: "millis",
		NonceParameter: "query:nonce", MethodParameter: "parameter:sign_type", Secret: "secret", Digests: []string{"MD5", "HMAC-SHA256"}, Wrap: "after",
		Fields: &specs.SignFields{From: []string{"query", "form", "body"}, Except: []string{"head"}},
	}
	s := signer(t, sign)
	m := &Message{Method: "POST", Body: []byte(`{"order": {"id":1.0}, "head":{"v":"2"}}`), RawQuery: "a=%20"}
	done, err := s.Sign(m, SignOptions{Now: time.UnixMilli(1700000000123), Nonce: "n", Number: func(name string) bool { return name == "time" }})
	if err != nil {
		t.Fatal(err)
	}
	text := `nonce=n&order={"id":1.0}&sign_type=MD5`
	want := `{"order":{"id":1.0},"head":{"v":"2","app":"app","time":1700000000123,"sign":"` + hex.EncodeToString(hashOf(md5.New, text+signedSecret)) + `"}}`
	if string(m.Body) != want || done.Canonical != text+"$secret" || done.Digest != "MD5" || m.RawQuery != "a=%20&sign_type=MD5&nonce=n" {
		t.Errorf("body %s\nwant %s\nsigned %+v, query %s", m.Body, want, done, m.RawQuery)
	}
	if got := encodePairs(m.Pairs, InQuery); got != "sign_type=MD5&nonce=n" {
		t.Errorf("query %s", got)
	}
	if fault := s.Verify(m, Verification{}); fault != nil {
		t.Errorf("refused: %+v", fault)
	}
	// What is given stays, a name of the digest among it; what is to be kept absent is.
	m = &Message{Method: "POST", Pairs: Pairs{{"sign_type", "hmac-sha256", InForm}}, Body: []byte("{}")}
	done, err = s.Sign(m, SignOptions{Keep: func(name string) bool { return name == "app" || name == "sign" }})
	if err != nil || done.Digest != "HMAC-SHA256" || done.Text != "" || strings.Contains(string(m.Body), "app") {
		t.Errorf("%+v (%v), body %s", done, err, m.Body)
	}
	if _, err := s.Sign(&Message{Body: []byte("[1]")}, SignOptions{}); err == nil {
		t.Error("a list has no members, and nobody says so")
	}
}

// TestSignerOfTheGateway holds scheme top through the common way to the one it had before.
func TestSignerOfTheGateway(t *testing.T) {
	t.Parallel()
	sign := &specs.Sign{
		Scheme: "top", Parameter: "sign", MethodParameter: "sign_method", Digests: []string{"md5", "hmac", "hmac-sha256"}, Secret: "secret",
		KeyParameter: "app_key", KeySlot: "app", TimeParameter: "timestamp", Within: 10 * time.Minute,
	}
	s := signer(t, sign)
	now := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	m := &Message{Method: "GET", Pairs: Pairs{{"method", "a.b", InQuery}, {"v", "中", InForm}}}
	done, err := s.Sign(m, SignOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if want := "app_keyappmethoda.bsign_methodmd5timestamp2023-11-15 06:13:20v中"; done.Canonical != want || !Verify(m.Pairs, s.topConfig("md5", nil), done.Text) {
		t.Errorf("%+v, want %s", done, want)
	}
	if fault := s.Verify(m, Verification{Now: now.Add(9 * time.Minute)}); fault != nil {
		t.Errorf("refused: %+v", fault)
	}
	for i, p := range m.Pairs {
		if p.Name == "sign" {
			m.Pairs[i].Value = strings.ToLower(p.Value)
		}
	}
	if fault := s.Verify(m, Verification{}); fault == nil || fault.Finding.ID != "signature-lower-case" {
		t.Errorf("lower case: %+v", fault)
	}
	m.Pairs = append(m.Pairs, Pair{"v", "1", InQuery})
	if fault := s.Verify(m, Verification{}); fault == nil || fault.Finding.ID != "parameter-twice" {
		t.Errorf("twice: %+v", fault)
	}
}

func TestNewSignerMistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sign specs.Sign
		want string
	}{
		"unknown scheme": {specs.Sign{Scheme: "rsa"}, "scheme"},
		"no secret":      {specs.Sign{Scheme: "composed", Secret: "nobody"}, "nobody: "},
		"no id":          {specs.Sign{Scheme: "composed", Secret: "secret", KeySlot: "nobody"}, "nobody: "},
		"no digest":      {specs.Sign{Scheme: "composed", Secret: "secret"}, "digests"},
		"unknown digest": {specs.Sign{Scheme: "composed", Secret: "secret", Digests: []string{"crc"}}, "crc"},
	} {
		if _, err := NewSigner(&tt.sign, signedCredentials()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSigner guards that no call makes a signer panic, and that none is verified that was not signed.
func FuzzSigner(f *testing.F) {
	var list []*Signer
	var seeds []*Message
	schemes := signedSchemes()
	for _, name := range slices.Sorted(maps.Keys(schemes)) {
		list = append(list, signer(f, schemes[name].sign))
		seeds = append(seeds, schemes[name].call())
	}
	for i, m := range seeds {
		f.Add(uint8(i), m.Path, encodePairs(m.Pairs, InQuery), m.Body, "0123456789abcdef0123456789abcdef")
		f.Add(uint8(i), "/%zz", "q=%E4&q", []byte(`{"mch":{"a":[`), "deadbeef")
	}
	f.Fuzz(func(t *testing.T, n uint8, path, query string, body []byte, signature string) {
		i := int(n) % len(list)
		s := list[i]
		pairs, _ := ParseQuery(query)
		m := &Message{Method: "POST", Path: path, RawQuery: query, Pairs: pairs, Body: body, Header: seeds[i].Header.Clone()}
		if m.Header == nil {
			m.Header = http.Header{}
		}
		_ = s.fill(m, s.location(s.sign.Parameter), signature, SignOptions{})
		if len(body) < 1<<10 && len(query) < 1<<8 && s.Verify(m, Verification{}) == nil {
			t.Errorf("%q was never signed, and is taken", signature)
		}
		s.Canonical(m, func(string) bool { return false })
	})
}
