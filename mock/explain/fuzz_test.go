package explain_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"understudy/mock/explain"
)

// FuzzExplain: whatever is pasted, every report can be told in both languages, holds no secret, and keeps within bounds.
func FuzzExplain(f *testing.F) {
	system, business, sign := gatewayCall(nil)
	for _, input := range gatewayForms(system, business, sign) {
		f.Add([]byte(input))
	}
	for _, input := range []string{
		sealECB(aesKey, loginBody), `{"data":"` + sealECB(aesKey, loginBody) + `"}`, "[B@1b6d3586", "Given final block not properly padded",
		"\xFF\xFEa\x00", "{a=b, c={d=e}}", "map[a:b c:[d]]", "{'a': 'b'}", "curl $'\\u4f60\\x41' ^\n", "POST / HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{}",
		`{"app_key":"FEDCBA9876543210","raw_data":"` + sealPush("FEDCBA9876543210", "0011223344556677", "{}") + `"}`,
	} {
		f.Add([]byte(input))
	}
	var all []*explain.Explainer
	for _, vendor := range []string{"alihealth", "zheliban", "weixiao", "mytijian", "eazytec"} {
		all = append(all, newExplainer(f, vendor, true))
	}
	all = append(all, foreign(f, contract(f, "library"), nil), foreign(f, contract(f, "courier"), map[string]string{
		"parcelKey": aesKey, "labelKey": "0123456789abcdef0123456789abcdef", "signKey": appSecret, "app": "an-app",
	}))
	for _, v := range recipeVectors(f) {
		all = append(all, v.explainer(f))
		for _, input := range v.forms() {
			f.Add([]byte(input))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		for _, e := range all {
			reports, err := e.Explain(input)
			if err != nil {
				if len(input) > 0 && errors.Is(err, explain.ErrTooLarge) && len(input) <= explain.MaxInput {
					t.Fatal(err)
				}
				continue
			}
			if len(reports) == 0 || len(reports) > 200 {
				t.Fatalf("%d reports", len(reports))
			}
			for _, r := range reports {
				for _, lang := range []string{"en", "zh"} {
					text := r.Text(lang)
					if text == "" || !utf8.ValidString(text) && utf8.Valid(input) {
						t.Fatalf("text %q", text)
					}
					for _, s := range secrets {
						if strings.Contains(text, s) {
							t.Fatalf("the secret %q is shown:\n%s", s, text)
						}
					}
				}
			}
		}
	})
}

// TestWorkIsBounded gives long inputs that are made to be scanned again and again. The test's own time limit is the judge:
// work that grows with the square of the length takes minutes here.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	all := []*explain.Explainer{newExplainer(t, "zheliban", false), foreign(t, contract(t, "library"), nil)}
	for _, piece := range []string{
		"{", "[", "{\"a\":", "map[", "{a=", "a=b&", "a=b ", "curl 'x", "curl http://h/?a=b\n", "http://h/router/rest?sign=1&a=b ",
		"POST /router/rest?sign=1 HTTP/1.1\n\n", "QUJDREVGR0hJ1+/k", "QUJD REVGR0hJ1+/k\n", "{\\\"", "'", "%2B", "/a",
		"https://h/v2/books?limit=0 ", "> POST http://h/pay/unifiedorder\n> body: {}\n",
	} {
		input := []byte(strings.Repeat(piece, explain.MaxInput/8/len(piece)))
		for i, e := range all {
			if _, err := e.Explain(input[:len(input)>>(2*i)]); err != nil {
				t.Errorf("%q: %v", piece, err)
			}
		}
	}
}
