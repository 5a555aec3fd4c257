package explain_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"understudy/mock"
	"understudy/mock/explain"
	"understudy/specs"
)

const recipeFolder = "../../specs/testdata/recipes"

// recipeVector is one call of a recipe, made by somebody else.
type recipeVector struct {
	Recipe, Operation           string
	Credentials                 map[string]string
	Plain, Body, Method, Path   string
	Headers                     map[string]string
	document, contentType, host string
}

func recipeVectors(tb testing.TB) map[string]recipeVector {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(recipeFolder, "vectors.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var list []recipeVector
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 6 {
		tb.Fatalf("%d recipes, %v", len(list), err)
	}
	all := map[string]recipeVector{}
	for _, v := range list {
		v.document, v.contentType = "orders", "application/json"
		switch v.Recipe {
		case "aes-cbc-member":
			v.document, v.Path = "envelope", "/gateway/order/create"
		case "sorted-md5":
			v.document = "pay"
		case "aes-ecb-body", "sm4-cbc-sm3":
			v.contentType = "text/plain"
		}
		if v.Path == "" {
			v.Path = "/api/orders"
		}
		all[v.Recipe] = v
	}
	return all
}

func (v recipeVector) explainer(tb testing.TB) *explain.Explainer {
	tb.Helper()
	c, err := specs.Read(v.Recipe, filepath.Join(recipeFolder, v.document+".openapi.yaml"), specs.ReadConfig{Overlays: []string{filepath.Join(recipeFolder, v.Recipe+".yaml")}})
	if err != nil {
		tb.Fatal(err)
	}
	return foreign(tb, c, v.Credentials)
}

// foreign explains calls of a contract that did not come with the module.
func foreign(tb testing.TB, c *specs.Contract, texts map[string]string) *explain.Explainer {
	tb.Helper()
	credentials := mock.Credentials{}
	for slot, text := range texts {
		credentials[slot] = mock.Credential{Text: text}
	}
	e, err := explain.New(explain.Config{Contract: c, Credentials: credentials})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// raw is a call as Wireshark has it.
func (v recipeVector) raw() string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s HTTP/1.1\nHost: h\nContent-Type: %s\n", v.Path, v.contentType)
	for name, text := range v.Headers {
		if text != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	return b.String() + "\n" + v.Body + "\n"
}

// forms are the forms in which the call may lie before a developer, those of them that hold all of it.
func (v recipeVector) forms() map[string]string {
	var headers, curl []string
	for name, text := range v.Headers {
		headers = append(headers, fmt.Sprintf(`{"name":%q,"value":%q}`, name, text))
		curl = append(curl, "-H '"+name+": "+text+"'")
	}
	headers = append(headers, fmt.Sprintf(`{"name":"Content-Type","value":%q}`, v.contentType))
	body, _ := json.Marshal(v.Body)
	forms := map[string]string{
		"raw http":     v.raw(),
		"curl":         "curl -X POST 'https://api.example" + v.Path + "' -H 'Content-Type: " + v.contentType + "' " + strings.Join(curl, " ") + " -d '" + v.Body + "'",
		"HAR entry":    fmt.Sprintf(`{"request":{"method":"POST","url":"https://api.example%s","headers":[%s],"postData":{"mimeType":%q,"text":%s}},"response":{"status":0,"content":{}}}`, v.Path, strings.Join(headers, ","), v.contentType, body),
		"told by call": v.told(),
		"in session":   strings.Replace(v.raw(), "POST ", "POST /~mine", 1),
	}
	if len(v.Headers) == 0 {
		forms["url and body"] = "POST https://api.example" + v.Path + "\n" + v.Body
		forms["log"] = "2026-01-02 03:04:05.678 INFO [http-nio-1] c.e.Orders - POST https://api.example" + v.Path + " body=" + v.Body
		forms["bare"] = v.Body
	}
	return forms
}

func TestRecipesAreSaidToBeRight(t *testing.T) {
	t.Parallel()
	vectors := recipeVectors(t)
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := v.explainer(t)
			want := "explain-opens"
			if strings.Contains("sm4-cbc-sm3 sorted-md5 hmac-gateway", name) {
				want = "explain-signature-right"
			}
			for form, input := range v.forms() {
				reports := explained(t, e, input)
				if r := reports[0]; len(reports) != 1 || r.Operation != v.Operation || r.Cause.ID != want || r.Verdict != explain.Right {
					t.Errorf("%s: %d reports, the first\n%s", form, len(reports), r.Text("en"))
				}
				for slot, secret := range v.Credentials {
					if text := reports[0].Text("en"); slot != "appId" && slot != "appKey" && slot != "mchId" && strings.Contains(text, secret) {
						t.Errorf("%s shows %s:\n%s", form, slot, text)
					}
				}
			}
		})
	}
}

// told is the call as understudy call tells it: the caller's id masked.
func (v recipeVector) told() string {
	var b strings.Builder
	b.WriteString("> POST http://localhost:8740" + v.Path + "\n> Content-Type: " + v.contentType + "\n")
	for name, text := range v.Headers {
		if strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "Key") {
			text = "***"
		}
		b.WriteString("> " + name + ": " + text + "\n")
	}
	what := "body"
	if v.Plain != "" {
		what = "wire"
	}
	b.WriteString("> " + what + ": " + strings.NewReplacer(`"demo"`, `"***"`, `"10000100"`, `"***"`).Replace(v.Body) + "\n")
	if v.Plain != "" {
		b.WriteString("> plain: " + v.Plain + "\n")
	}
	return b.String() + "> signed: POST\n>   /and/more\n< 200 OK in 1.4ms\n< Content-Length: 0\nok\n"
}

// recipeMistake changes a right call.
type recipeMistake struct {
	name    string
	change  func(v *recipeVector)
	cause   string
	verdict explain.Verdict // Explained when left out
	fact    string          // stands in one of the facts
}

func TestMistakesInRecipesAreNamed(t *testing.T) {
	t.Parallel()
	vectors := recipeVectors(t)
	for name, mistakes := range recipeMistakes() {
		if len(mistakes) < 6 {
			t.Errorf("%s: %d mistakes are tried, want six", name, len(mistakes))
		}
		e := vectors[name].explainer(t)
		for _, one := range mistakes {
			t.Run(name+"/"+one.name, func(t *testing.T) {
				t.Parallel()
				v := vectors[name]
				headers := map[string]string{}
				for field, text := range v.Headers {
					headers[field] = text
				}
				v.Headers = headers
				one.change(&v)
				r := only(t, e, v.raw())
				verdict := one.verdict
				if verdict == "" {
					verdict = explain.Explained
				}
				check(t, r, v.Operation, one.cause, verdict)
				if text := r.Text("en"); !strings.Contains(text, one.fact) {
					t.Errorf("no %q in\n%s", one.fact, text)
				}
				for slot, secret := range v.Credentials {
					if text := r.Text("en"); slot != "appId" && slot != "appKey" && slot != "mchId" && strings.Contains(text, secret) {
						t.Errorf("it shows %s:\n%s", slot, text)
					}
				}
			})
		}
	}
	if len(recipeMistakes()) != len(vectors) {
		t.Errorf("mistakes of %d recipes, there are %d", len(recipeMistakes()), len(vectors))
	}
}

const order = `{"item":"笔记本","amount":2.50}`

// blocks pads by PKCS#7.
func blocks(text string) []byte {
	fill := 16 - len(text)%16
	return append([]byte(text), bytes.Repeat([]byte{byte(fill)}, fill)...)
}

func cbc(b cipher.Block, iv []byte, text string) []byte {
	out := blocks(text)
	cipher.NewCBCEncrypter(b, iv).CryptBlocks(out, out)
	return out
}

func aesOf(key string) cipher.Block {
	b, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	return b
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func unbase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func body(text string) func(*recipeVector) { return func(v *recipeVector) { v.Body = text } }

func header(name, text string) func(*recipeVector) {
	return func(v *recipeVector) { v.Headers[name] = text }
}

func recipeMistakes() map[string][]recipeMistake {
	return map[string][]recipeMistake{
		"aes-ecb-body":   ecbMistakes(),
		"aes-cbc-member": memberMistakes(),
		"sm4-cbc-sm3":    smMistakes(),
		"aes-gcm-body":   gcmMistakes(),
		"sorted-md5":     sortedMistakes(),
		"hmac-gateway":   hmacMistakes(),
	}
}

func ecbMistakes() []recipeMistake {
	const key = "0123456789abcdef"
	return []recipeMistake{
		{"plain", body(order), "sealed-plain-json", "", "fix:"},
		{"wrong key", body(sealECB("fedcba9876543210", order)), "sealed-wrong-key", "", "padding"},
		{"cbc", body(base64Of(cbc(aesOf(key), make([]byte, 16), order))), "sealed-cbc-zero-iv", "", ""},
		{"hex", body(hex.EncodeToString(unbase64(sealECB(key, order)))), "sealed-hex", "", ""},
		{"key of md5", body(sealECB(string(unhex(md5Hex(key))), order)), "sealed-key-md5", "", ""},
		{"cut off", func(v *recipeVector) { v.Body = v.Body[:len(v.Body)-9] }, "sealed-truncated", "", ""},
		{"no item", body(sealECB(key, `{"amount":2.5}`)), "violates-contract", "", "body /item: a value ≠ absent"},
		{"two fields wrong", body(sealECB(key, `{"item":7,"amount":"2.5"}`)), "violates-contract", "", "/amount"},
		{"quoted", func(v *recipeVector) { v.Body = `"` + v.Body + `"` }, "sealed-quoted", "", ""},
		{"no body", body(""), "body-empty", "", ""},
		{"twice", body(sealECB(key, `{"item":"a","item":"b"}`)), "json-duplicate-name", "", ""},
	}
}

func memberMistakes() []recipeMistake {
	key := md5Hex("app-secret-of-recipe-2")
	iv := []byte("an iv of 16 byte")
	seal := func(key, plain string) string {
		return base64Of(append(bytes.Clone(iv), cbc(aesOf(key), iv, plain)...))
	}
	whole := func(data string) func(*recipeVector) { return body(`{"appId":"demo","data":` + data + `}`) }
	text := func(s string) string { return `"` + s + `"` }
	return []recipeMistake{
		{"not sealed", whole(order), "sealed-plain-json", "", "/data"},
		{"sealed as text of JSON", whole(text(strings.ReplaceAll(order, `"`, `\"`))), "sealed-plain-json", "", "/data"},
		{"no iv in front", whole(text(base64Of(cbc(aesOf(key), make([]byte, 16), order)))), "sealed-cbc-zero-iv", "", "/data"},
		{"key in upper case", whole(text(seal(strings.ToUpper(key), order))), "sealed-key-form", "", "md5-hex-upper"},
		{"another key", whole(text(seal(md5Hex("another"), order))), "sealed-wrong-key", "", "/data"},
		{"ecb", whole(text(sealECB(key, order))), "sealed-ecb", "", "/data"},
		{"another caller", body(`{"appId":"somebody","data":"` + seal(key, order) + `"}`), "credential-differs", "", "/appId"},
		{"no caller", body(`{"data":"` + seal(key, order) + `"}`), "missing-parameter", "", "/appId"},
		{"no data", body(`{"appId":"demo"}`), "violates-contract", "", "body /data"},
		{"no item in it", whole(text(seal(key, `{"amount":2.5}`))), "violates-contract", "", "body /data/item"},
	}
}

func smMistakes() []recipeMistake {
	const secret, stamp = "demo-secret", "1700000000123"
	key, iv := unhex("0123456789abcdeffedcba9876543210"), unhex("00112233445566778899aabbccddeeff")
	block, err := sm4.NewCipher(key)
	if err != nil {
		panic(err)
	}
	seal := func(b cipher.Block, plain string) string {
		return strings.ToUpper(hex.EncodeToString(cbc(b, iv, plain)))
	}
	sum := func(text string) string { d := sm3.Sum([]byte(text)); return hex.EncodeToString(d[:]) }
	signed := func(app, stamp, sealed string) func(*recipeVector) {
		return func(v *recipeVector) {
			v.Body = sealed
			v.Headers = map[string]string{"X-App-Id": app, "X-Timestamp": stamp, "X-Signature": sum(app + stamp + sealed + secret)}
		}
	}
	return []recipeMistake{
		{"aes", signed("demo-app", stamp, seal(aesOf(string(key)), order)), "sealed-other-cipher", "", ""},
		{"the plain text signed", func(v *recipeVector) { v.Headers["X-Signature"] = sum("demo-app" + stamp + order + secret) }, "signed-other-body", "", "to sign:"},
		{"in seconds", signed("demo-app", "1700000000", seal(block, order)), "timestamp-malformed", "", "13 digits"},
		{"another caller", signed("another", stamp, seal(block, order)), "key-unknown", "", "X-App-Id"},
		{"another application", func(v *recipeVector) {
			v.Headers["X-App-Id"], v.Headers["X-Signature"] = "another", sum("another"+stamp+v.Body+"its secret")
		}, "explain-other-application", explain.Unknown, "X-App-Id"},
		{"no signature", header("X-Signature", ""), "missing-parameter", "", "X-Signature"},
		{"no time", header("X-Timestamp", ""), "missing-parameter", "", "X-Timestamp"},
		{"upper case", func(v *recipeVector) { v.Headers["X-Signature"] = strings.ToUpper(v.Headers["X-Signature"]) }, "signed-upper-case", "", ""},
		{"another secret", func(v *recipeVector) { v.Headers["X-Signature"] = sum("demo-app" + stamp + v.Body + "another") }, "signature-unexplained", explain.Unknown, "$appSecret"},
		{"another iv", func(v *recipeVector) {
			other := bytes.Repeat([]byte{7}, 16)
			signed("demo-app", stamp, strings.ToUpper(hex.EncodeToString(cbc(block, other, `{"item":"a notebook of paper","amount":2.50}`))))(v)
		}, "sealed-wrong-iv", "", ""},
		{"no item", signed("demo-app", stamp, seal(block, `{"amount":1}`)), "violates-contract", "", "/item"},
	}
}

func gcmMistakes() []recipeMistake {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	nonce := []byte("twelve bytes")
	block := aesOf(string(key))
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	sealed := func(plain string) []byte { return aead.Seal(bytes.Clone(nonce), nonce, []byte(plain), nil) }
	quoted := func(raw []byte) func(*recipeVector) { return body(`"` + base64Of(raw) + `"`) }
	raw := sealed(order)
	tagFirst := append(bytes.Clone(nonce), append(bytes.Clone(raw[len(raw)-16:]), raw[12:len(raw)-16]...)...)
	changed := bytes.Clone(raw)
	changed[20] ^= 1
	iv := bytes.Repeat([]byte{9}, 16)
	return []recipeMistake{
		{"bare", body(base64Of(raw)), "sealed-carrier", "", "quoted"},
		{"no tag", quoted(raw[:len(raw)-16]), "sealed-tag-missing", "", ""},
		{"tag in front", quoted(tagFirst), "sealed-tag-place", "", ""},
		{"cbc", quoted(append(bytes.Clone(iv), cbc(block, iv, order)...)), "sealed-not-gcm", "", ""},
		{"changed", quoted(changed), "sealed-wrong-tag", "", "tag"},
		{"plain", body(order), "sealed-plain-json", "", ""},
		{"no item", quoted(sealed(`{"amount":1}`)), "violates-contract", "", "/item"},
	}
}

func sortedMistakes() []recipeMistake {
	const key = "192006250b4c09247ec02edce69f6a2d"
	const sorted = "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA"
	const unsorted = "appid=wxd930ea5d5a258f4f&mch_id=10000100&device_info=1000&body=test&nonce_str=ibuaiVcKdpRxkhJA"
	sign := func(text string) func(*recipeVector) {
		return func(v *recipeVector) {
			v.Body = strings.Replace(v.Body, "9A0A8659F005D6984697E2CA0A9CF3B7", strings.ToUpper(md5Hex(text)), 1)
		}
	}
	replace := func(old, with string) func(*recipeVector) {
		return func(v *recipeVector) { v.Body = strings.Replace(v.Body, old, with, 1) }
	}
	list := []recipeMistake{
		{"unsorted", sign(unsorted + "&key=" + key), "signed-unsorted", "", "differs:"},
		{"lower case", replace("9A0A8659F005D6984697E2CA0A9CF3B7", "9a0a8659f005d6984697e2ca0a9cf3b7"), "signed-lower-case", "", ""},
		{"secret put behind without a name", sign(sorted + key), "signed-secret-place", "", ""},
		{"another secret", sign(sorted + "&key=another"), "signature-unexplained", explain.Unknown, "&key=$apiKey"},
		{"without the secret", sign(sorted), "signed-without-secret", "", ""},
		{"a member left out", sign(strings.Replace(sorted, "&device_info=1000", "", 1) + "&key=" + key), "signed-left-out", "", "device_info"},
		{"no nonce", replace(`"nonce_str":"ibuaiVcKdpRxkhJA",`, ""), "missing-parameter", "", "nonce_str"},
		{"no signature", replace(`,"sign":"9A0A8659F005D6984697E2CA0A9CF3B7"`, ""), "missing-parameter", "", "sign"},
		{"a required member missing, rightly signed", func(v *recipeVector) {
			sign(strings.Replace(sorted, "&body=test", "", 1) + "&key=" + key)(v)
			replace(`"body":"test",`, "")(v)
		}, "violates-contract", "", "body /body"},
	}
	return list
}

func hmacMistakes() []recipeMistake {
	const secret = "gateway-secret"
	sum := func(key, text string) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	text := func(parts ...string) string { return strings.Join(parts, "\n") }
	right := text("POST", "/api/orders", "1700000000", "5f3c", order)
	with := func(text string) func(*recipeVector) { return header("X-Ca-Signature", base64Of(sum(secret, text))) }
	return []recipeMistake{
		{"hex", header("X-Ca-Signature", hex.EncodeToString(sum(secret, right))), "signed-hex", "", ""},
		{"method in lower case", with(text("post", "/api/orders", "1700000000", "5f3c", order)), "signed-method-case", "", "HMAC-SHA256(key=$appSecret"},
		{"without the nonce", with(text("POST", "/api/orders", "1700000000", order)), "signed-part-left-out", "", "nonce"},
		{"another secret", header("X-Ca-Signature", base64Of(sum("another", right))), "signature-unexplained", explain.Unknown, ""},
		{"digest of the body", with(text("POST", "/api/orders", "1700000000", "5f3c", md5Hex(order))), "signed-body-form", "", ""},
		{"joined by commas", with(strings.ReplaceAll(right, "\n", ",")), "signed-join", "", ""},
		{"in milliseconds", func(v *recipeVector) {
			v.Headers["X-Ca-Timestamp"] = "1700000000123"
			with(text("POST", "/api/orders", "1700000000123", "5f3c", order))(v)
		}, "timestamp-malformed", "", "10 digits"},
		{"no key", header("X-Ca-Key", ""), "missing-parameter", "", "X-Ca-Key"},
		{"no item, rightly signed", func(v *recipeVector) {
			v.Body = `{"amount":1}`
			with(text("POST", "/api/orders", "1700000000", "5f3c", v.Body))(v)
		}, "violates-contract", "", "/item"},
		{"labelled as text", func(v *recipeVector) { v.contentType = "text/plain" }, "content-type-wrong", "", "text/plain"},
	}
}
