package explain_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"understudy/mock"
	"understudy/mock/explain"
	"understudy/specs"
)

const (
	aesKey    = "a-key-of-16-byte"
	appSecret = "a-secret-of-the-gateway"
)

// secrets are what no report may show.
var secrets = []string{aesKey, appSecret, "an-api-key-of-ours", "its-secret-of-ours", "a-token-of-ours", "0011223344556677-of-weixiao", "FEDCBA9876543210"}

// newExplainer explains with credentials of this test's own.
func newExplainer(tb testing.TB, vendor string, show bool) *explain.Explainer {
	tb.Helper()
	contract, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	text := func(s string) mock.Credential { return mock.Credential{Text: s} }
	list := mock.Credential{Tokens: []mock.Token{{Value: "a-token-of-ours"}}}
	e, err := explain.New(explain.Config{Contract: contract, Show: show, Credentials: map[string]mock.Credentials{
		"alihealth": {"appKey": text("12345678"), "appSecret": text(appSecret)},
		"zheliban":  {"apiKey": text("an-api-key-of-ours"), "secret": text("its-secret-of-ours"), "aesKey": text(aesKey)},
		"weixiao":   {"appKey": text("FEDCBA9876543210"), "appSecret": text("0011223344556677-of-weixiao")},
		"mytijian":  {"accessTokens": list},
		"eazytec":   {"tokens": list},
	}[vendor]})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// explained are the reports on an input; none may show a secret, in either language.
func explained(tb testing.TB, e *explain.Explainer, input string) []explain.Report {
	tb.Helper()
	reports, err := e.Explain([]byte(input))
	if err != nil {
		tb.Fatalf("%v, of %q", err, input)
	}
	if len(reports) == 0 {
		tb.Fatalf("no report on %q", input)
	}
	for _, r := range reports {
		if r.Cause == nil || r.Verdict == "" {
			tb.Fatalf("a report without cause or verdict: %+v", r)
		}
		data, err := json.Marshal(r)
		if err != nil {
			tb.Fatal(err)
		}
		for _, shown := range []string{r.Text("en"), r.Text("zh"), string(data)} {
			for _, s := range secrets {
				if strings.Contains(shown, s) {
					tb.Errorf("the report shows the secret %q:\n%s", s, shown)
				}
			}
		}
	}
	return reports
}

// only is the report on an input that holds one call.
func only(tb testing.TB, e *explain.Explainer, input string) explain.Report {
	tb.Helper()
	reports := explained(tb, e, input)
	if len(reports) != 1 {
		tb.Fatalf("%d reports on %q: %+v", len(reports), input, reports)
	}
	return reports[0]
}

func check(tb testing.TB, r explain.Report, operation, cause string, verdict explain.Verdict) {
	tb.Helper()
	if r.Operation != operation || r.Cause.ID != cause || r.Verdict != verdict {
		tb.Errorf("operation %q, cause %s, %s; want %q, %s, %s\n%s", r.Operation, r.Cause.ID, r.Verdict, operation, cause, verdict, r.Text("en"))
	}
}

func noted(r explain.Report, id string) bool {
	for _, n := range r.Notes {
		if n.ID == id {
			return true
		}
	}
	return false
}

func fact(r explain.Report, key string) string {
	for _, f := range r.Facts {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// gatewayCall is a call of the TOP gateway, years old, signed as the test understands the recipe.
func gatewayCall(change func(params map[string]string)) (system, business map[string]string, sign string) {
	system = map[string]string{
		"method": "alibaba.health.vaccin.appointment.query", "app_key": "12345678", "timestamp": "2016-01-01 12:00:00",
		"format": "json", "v": "2.0", "sign_method": "md5",
	}
	business = map[string]string{"param_query_pov_appointment_record_by_date_req": `{"day":"2020-01-18","out_pov_id":"00001"}`}
	if change != nil {
		change(system)
		change(business)
	}
	return system, business, signed(system, business, true)
}

func signed(system, business map[string]string, sorted bool) string {
	all := maps.Clone(system)
	maps.Copy(all, business)
	names := slices.Sorted(maps.Keys(all))
	if !sorted {
		slices.Reverse(names)
	}
	text := appSecret
	for _, name := range names {
		text += name + all[name]
	}
	sum := md5.Sum([]byte(text + appSecret))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func values(params map[string]string, more ...string) url.Values {
	v := url.Values{}
	for name, text := range params {
		v.Set(name, text)
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func merged(a, b map[string]string, sign string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	all["sign"] = sign
	return all
}

// gatewayForms are the forms in which a signed call may lie before a developer.
func gatewayForms(system, business map[string]string, sign string) map[string]string {
	query := values(system, "sign", sign).Encode()
	form := values(business).Encode()
	all := merged(system, business, sign)
	names := slices.Sorted(maps.Keys(all))
	join := func(and string, pair func(name, v string) string) string {
		var parts []string
		for _, name := range names {
			parts = append(parts, pair(name, all[name]))
		}
		return strings.Join(parts, and)
	}
	asJSON, _ := json.Marshal(all)
	quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	entry := fmt.Sprintf(`{"startedDateTime":"2016-01-01T00:00:00Z","request":{"method":"POST","url":"https://gw.example/router/rest?%s","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":%s}},"response":{"status":200,"content":{"text":"{}"}}}`, query, quoted(form))
	javaMap := "{" + join(", ", func(n, v string) string { return n + "=" + v }) + "}"
	plain := join("&", func(n, v string) string { return n + "=" + v })
	return map[string]string{
		"url with everything":     "https://gw.example/router/rest?" + values(all).Encode(),
		"url and body":            "https://gw.example/router/rest?" + query + "\n" + form,
		"url with method":         "POST https://gw.example/router/rest?" + query + "\n\n" + form + "\n",
		"path alone":              "/router/rest?" + values(all).Encode(),
		"raw http":                "POST /router/rest?" + query + " HTTP/1.1\nHost: gw.example\nContent-Type: application/x-www-form-urlencoded;charset=utf-8\n\n" + form,
		"raw http, answered":      "POST /router/rest?" + query + " HTTP/1.1\nHost: gw.example\nContent-Type: application/x-www-form-urlencoded\n\n" + form + "\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"a\":1}",
		"curl":                    "curl -s -X POST 'https://gw.example/router/rest?" + query + "' -H 'Content-Type: application/x-www-form-urlencoded' --data-raw '" + form + "' | jq .",
		"curl, continued":         "$ curl 'https://gw.example/router/rest?" + query + "' \\\n  -H 'accept: */*' \\\n  --data-raw $'" + strings.ReplaceAll(form, "%22", `\x22`) + "' \\\n  --compressed",
		"curl of cmd.exe":         "curl \"https://gw.example/router/rest?" + strings.ReplaceAll(query, "%", "^%") + "\" ^\n  -H \"accept: */*\" ^\n  --data-raw \"" + strings.ReplaceAll(form, "%", "^%") + "\"",
		"curl of PowerShell":      "curl.exe 'https://gw.example/router/rest?" + query + "' `\n  --data-raw '" + form + "'",
		"curl, urlencode":         "curl -G https://gw.example/router/rest --data-urlencode '" + strings.ReplaceAll(plain, "&", "' --data-urlencode '") + "'",
		"HAR entry":               entry,
		"HAR file":                `{"log":{"version":"1.2","entries":[` + entry + `]}}`,
		"java map":                javaMap,
		"java map in a log":       "2016-01-01 12:00:00.123  INFO 4711 --- [nio-8080-exec-1] c.e.TopClient : params=" + javaMap + ", cost=12ms",
		"go map":                  "map[" + join(" ", func(n, v string) string { return n + ":" + v }) + "]",
		"go values in a log":      `time=2016-01-01T12:00:00Z level=INFO msg="send" params="map[` + join(" ", func(n, v string) string { return n + ":[" + strings.ReplaceAll(v, `"`, `\"`) + "]" }) + `]"`,
		"python dict":             "{" + join(", ", func(n, v string) string { return "'" + n + "': '" + v + "'" }) + "}",
		"form":                    values(all).Encode(),
		"form, decoded":           plain,
		"form, decoded, in a log": "[INFO] 2016-01-01 12:00:01 request body: " + plain,
		"json":                    string(asJSON),
		"json in a log":           "12:00:01.004 [main] DEBUG c.e.Top - request {} " + string(asJSON),
		"json log line":           `{"time":"2016-01-01T12:00:00Z","level":"info","msg":"call","req":{"url":"https://gw.example/router/rest?` + query + `","body":` + quoted(form) + `}}`,
		"url and form in a log":   "2016-01-01 12:00:00 DEBUG POST https://gw.example/router/rest?" + query + " body=[" + form + "] took 12ms",
		"windows line ends":       "POST /router/rest?" + query + " HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" + form + "\r\n",
	}
}

func TestASignedCallIsReadFromEveryForm(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	system, business, sign := gatewayCall(nil)
	wrong := signed(system, business, false)
	forms := gatewayForms(system, business, wrong)
	for name, input := range gatewayForms(system, business, sign) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, only(t, e, input), "queryAppointments", "explain-signature-right", explain.Right)
			r := only(t, e, forms[name])
			check(t, r, "queryAppointments", "signature-unsorted", explain.Explained)
			if got, want := fact(r, explain.FactCanonical), "MD5($appSecretapp_key12345678formatjson"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "$appSecret)") {
				t.Errorf("to sign: %q", got)
			}
			if fact(r, explain.FactSigned) == "" || fact(r, explain.FactDifference) == "" {
				t.Errorf("no comparison: %+v", r.Facts)
			}
		})
	}
}

// TestTextsAreDecoded hands over what PowerShell, editors and Chinese consoles write.
func TestTextsAreDecoded(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	system, business, _ := gatewayCall(func(p map[string]string) {
		if _, ok := p["param_query_pov_appointment_record_by_date_req"]; ok {
			p["param_query_pov_appointment_record_by_date_req"] = `{"day":"2020-01-18","out_pov_id":"接种点"}`
		}
	})
	text := gatewayForms(system, business, signed(system, business, true))["java map in a log"]
	units := utf16.Encode([]rune(text))
	var little, big []byte
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, input := range map[string]string{
		"utf-8": text, "bom": "\xEF\xBB\xBF" + text, "utf-16le": "\xFF\xFE" + string(little), "utf-16be": "\xFE\xFF" + string(big),
		"utf-16le without its mark": string(little), "utf-16be without its mark": string(big), "gbk": gbk,
	} {
		check(t, only(t, e, input), "queryAppointments", "explain-signature-right", explain.Right)
		if t.Failed() {
			t.Fatalf("of %s", name)
		}
	}
	if _, err := e.Explain([]byte("\x81\xff\x00\xff binary")); err == nil || errors.Is(err, explain.ErrEmpty) {
		t.Errorf("bytes that are no text: %v", err)
	}
}

func TestInputIsBounded(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	for input, want := range map[string]error{"": explain.ErrEmpty, " \r\n\t": explain.ErrEmpty, strings.Repeat("a", explain.MaxInput+1): explain.ErrTooLarge} {
		if _, err := e.Explain([]byte(input)); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v, want %v", len(input), err, want)
		}
	}
}

// sealECB is the test's own sealing of zheliban.
func sealECB(key, plain string) string {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	fill := 16 - len(plain)%16
	text := append([]byte(plain), bytes.Repeat([]byte{byte(fill)}, fill)...)
	for i := 0; i < len(text); i += 16 {
		block.Encrypt(text[i:i+16], text[i:i+16])
	}
	return base64.StdEncoding.EncodeToString(text)
}

// sealPush is the test's own sealing of weixiao.
func sealPush(key, iv, plain string) string {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	text := append([]byte(plain), make([]byte, (16-len(plain)%16)%16)...)
	cipher.NewCBCEncrypter(block, []byte(iv)).CryptBlocks(text, text)
	return hex.EncodeToString(text)
}
