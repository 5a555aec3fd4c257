package explain_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm4"

	"understudy/mock/explain"
	"understudy/specs"
)

func contract(tb testing.TB, name string) *specs.Contract {
	tb.Helper()
	c, err := specs.Read(name, filepath.Join("testdata", name+".yaml"), specs.ReadConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// foreignCase is an input and what is to be said of it.
type foreignCase struct {
	name, input, operation, cause string
	verdict                       explain.Verdict
	facts                         []string // stand in the text
}

func checkForeign(t *testing.T, e *explain.Explainer, list []foreignCase) {
	t.Helper()
	for _, tt := range list {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, e, tt.input)
			check(t, r, tt.operation, tt.cause, tt.verdict)
			for _, text := range tt.facts {
				if !strings.Contains(r.Text("en"), text) {
					t.Errorf("no %q in\n%s", text, r.Text("en"))
				}
			}
		})
	}
}

func call(line, headers, body string) string {
	return line + " HTTP/1.1\nHost: h\n" + headers + "\n" + body
}

// TestAContractWithoutWire: what is wrong with a request is told by schema and security, all of it.
func TestAContractWithoutWire(t *testing.T) {
	t.Parallel()
	e := foreign(t, contract(t, "library"), map[string]string{"token": "a-token-of-the-library"})
	const bearer = "Authorization: Bearer a-token-of-the-library\n"
	const jsonBody = "Content-Type: application/json\n"
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("user:word")) + "\n"
	checkForeign(t, e, []foreignCase{
		{"right", call("GET /v2/books?limit=3&tag=new%7Cold&near[lat]=1.5", bearer+"X-Trace: 00af\nCookie: lang=zh\n", ""), "listBooks", "explain-valid", explain.Right, nil},
		{"behind a proxy, no server path", call("GET /gateway/books?limit=3", bearer, ""), "listBooks", "explain-valid", explain.Right, nil},
		{"head", call("HEAD /v2/books", bearer, ""), "listBooks", "explain-valid", explain.Right, nil},
		{"all that is wrong", call("GET /v2/books?limit=0&tag=new%7Cused&near[lon]=x", bearer+"X-Trace: wrong\nCookie: lang=fr\n", ""), "listBooks", "violates-contract", explain.Explained,
			[]string{"query limit", "query tag/1", "query near/lat", "query near/lon", "header X-Trace", "cookie lang", "library.yaml:"}},
		{"a misspelt parameter", call("GET /v2/books?limits=3", bearer, ""), "listBooks", "explain-valid", explain.Right, []string{"limits"}},
		{"path", call("GET /v2/books/12", bearer, ""), "readBook", "violates-contract", explain.Explained, []string{"path isbn"}},
		{"no credential", call("GET /v2/books/1234", "", ""), "readBook", "unauthorized", explain.Explained, []string{"Authorization"}},
		{"ill-formed credential", call("GET /v2/books/1234", "Authorization: a-token-of-the-library\n", ""), "readBook", "credential-shape", explain.Explained, nil},
		{"another credential", call("GET /v2/books/1234", "Authorization: Bearer another\n", ""), "readBook", "credential-unknown", explain.Explained, nil},
		{"no header known", "GET https://library.example/v2/books/1234", "readBook", "explain-valid", explain.Right, nil},
		{"url alone, wrong query", "https://library.example/v2/books?limit=many", "listBooks", "violates-contract", explain.Explained, []string{"query limit"}},
		{"one of two schemes", "curl -u user:word https://library.example/v2/books -H 'Content-Type: application/json' -d '{\"title\":\"a\"}'", "addBook", "explain-valid", explain.Right, nil},
		{"the other one", "curl 'https://library.example/v2/books?api_key=k' --json '{\"title\":\"a\"}'", "addBook", "explain-valid", explain.Right, nil},
		{"no label", "curl 'https://library.example/v2/books?api_key=k' -d '{\"title\":\"a\"}'", "addBook", "violates-contract", explain.Explained, nil},
		{"body", call("POST /v2/books?api_key=k", jsonBody, `{"id":1,"pages":0,"colour":"red"}`), "addBook", "violates-contract", explain.Explained, []string{"body /title", "body /id", "body /pages", "body /colour"}},
		{"no JSON", call("POST /v2/books?api_key=k", jsonBody, `{"title":`), "addBook", "json-syntax", explain.Explained, nil},
		{"no body", call("POST /v2/books?api_key=k", jsonBody, ""), "addBook", "body-empty", explain.Explained, nil},
		{"form", call("POST /v2/books", basic+"Content-Type: application/x-www-form-urlencoded\n", "title=a&pages=none"), "addBook", "violates-contract", explain.Explained, []string{"/pages"}},
		{"another type", call("POST /v2/books", basic+"Content-Type: text/csv\n", "a;b"), "addBook", "content-type-wrong", explain.Explained, []string{"text/csv"}},
		{"xml", call("POST /v2/books/1234:lend", "Content-Type: application/xml\n", "<book><title>a</title><pages>0</pages></book>"), "lendBook", "violates-contract", explain.Explained, []string{"/pages"}},
		{"multipart", "curl http://h/v2/books/1234:lend -F who=me -F days=31", "lendBook", "violates-contract", explain.Explained, []string{"/days"}},
		{"multipart, right", "curl http://h/v2/books/1234:lend -F who=me -F days=3", "lendBook", "explain-valid", explain.Right, nil},
		{"wrong method", call("DELETE /v2/books", bearer, ""), "listBooks", "wrong-method", explain.Explained, []string{"GET, POST"}},
		{"unknown path", call("GET /v2/shelves", bearer, ""), "", "explain-no-operation", explain.Unknown, []string{"listBooks"}},
		{"a log", `12:00:01 INFO c.e.Client - GET https://library.example/v2/books?limit=99 took 3 ms`, "listBooks", "violates-contract", explain.Explained, []string{"query limit"}},
		{"cookie of curl", "curl -b lang=fr -H 'Authorization: Bearer a-token-of-the-library' http://h/v2/books", "listBooks", "violates-contract", explain.Explained, []string{"cookie lang"}},
	})
	wrong := `{"request":{"method":"GET","url":"http://h/v2/books/1234","headers":[{"name":"Authorization","value":"Bearer a-token-of-the-library"}]},"response":{"status":200,"content":{"text":"{\"title\":\"a\",\"pages\":0}"}}}`
	r := only(t, e, wrong)
	check(t, r, "readBook", "explain-valid", explain.Right)
	if !noted(r, "violates-contract") || !strings.Contains(r.Text("en"), "reply /pages") {
		t.Errorf("the reply is not judged:\n%s", r.Text("en"))
	}
}

func sm4Of(key, plain string) string {
	block, err := sm4.NewCipher(unhex(key))
	if err != nil {
		panic(err)
	}
	text := blocks(plain)
	for i := 0; i < len(text); i += 16 {
		block.Encrypt(text[i:i+16], text[i:i+16])
	}
	return hex.EncodeToString(text)
}

// TestSeveralWires: parts deep in a body, in a form and in a reply; signatures in header, form and query.
func TestSeveralWires(t *testing.T) {
	t.Parallel()
	const parcelKey, labelKey, signKey = "key-of-the-parcel", "0123456789abcdef0123456789abcdef", "secret-to-sign-with"
	e := foreign(t, contract(t, "courier"), map[string]string{"parcelKey": parcelKey[:16], "labelKey": labelKey, "signKey": signKey, "app": "an-app"})
	sum := func(text string) string { s := sha256.Sum256([]byte(text)); return hex.EncodeToString(s[:]) }
	upper := func(text string) string {
		s := sha1.Sum([]byte(text))
		return strings.ToUpper(hex.EncodeToString(s[:]))
	}
	parcel := func(plain, signed string) string {
		return call("POST /parcels", "Content-Type: application/json\nX-Sign: "+sum(fmt.Sprintf(`{"request":{"payload":%s}}`, signed)+signKey)+"\n",
			fmt.Sprintf(`{"request":{"payload":%q}}`, sealECB(parcelKey[:16], plain)))
	}
	label := func(sealed, signed string) string {
		return call("POST /labels", "Content-Type: application/x-www-form-urlencoded\n", "app=an-app&data="+sealed+"&sign="+md5Hex(signed+signKey))
	}
	right := sm4Of(labelKey, `{"to":"me","grams":3}`)
	track := "GET https://h/parcels/1?app=an-app&detail=true&t=20260102030405&sign="
	checkForeign(t, e, []foreignCase{
		{"nested", parcel(`{"to":"me"}`, `{"to":"me"}`), "sendParcel", "explain-signature-right", explain.Right, []string{`opened:  {"to":"me"}`}},
		{"nested, wrong", parcel(`{"grams":0}`, `{"grams":0}`), "sendParcel", "violates-contract", explain.Explained, []string{"body /request/payload/to", "body /request/payload/grams"}},
		{"nested, wrong key", strings.Replace(parcel(`{"to":"me"}`, `{"to":"me"}`), sealECB(parcelKey[:16], `{"to":"me"}`), sealECB("another-key-of16", `{"to":"me"}`), 1), "sendParcel", "sealed-wrong-key", explain.Explained, []string{"/request/payload", "not judged without the opened body"}},
		{"the ciphertext signed", strings.Replace(parcel(`{"to":"me"}`, `{"to":"me"}`), sum(`{"request":{"payload":{"to":"me"}}}`+signKey), sum(fmt.Sprintf(`{"request":{"payload":%q}}`, sealECB(parcelKey[:16], `{"to":"me"}`))+signKey), 1), "sendParcel", "signed-other-body", explain.Explained, nil},
		{"bare body", fmt.Sprintf(`{"request":{"payload":%q}}`, sealECB(parcelKey[:16], `{"to":"me"}`)), "sendParcel", "explain-opens", explain.Right, []string{"not judged without the header X-Sign"}},
		{"bare ciphertext", sealECB(parcelKey[:16], `{"to":"me"}`), "sendParcel", "explain-opens", explain.Right, nil},
		{"form", label(right, "app=an-app&data="+right), "printLabel", "explain-signature-right", explain.Right, []string{`opened:  {"grams":3,"to":"me"}`}},
		{"form as a map", "{app=an-app, data=" + right + ", sign=" + md5Hex("app=an-app&data="+right+signKey) + "}", "printLabel", "explain-signature-right", explain.Right, nil},
		{"form, unsorted", label(right, "data="+right+"&app=an-app"), "printLabel", "signed-unsorted", explain.Explained, []string{"to sign: MD5(app=an-app&data="}},
		{"form, sealed as hex of AES", label(hex.EncodeToString(unbase64(sealECB(string(unhex(labelKey)), `{"to":"me"}`))), "app=an-app&data="+hex.EncodeToString(unbase64(sealECB(string(unhex(labelKey)), `{"to":"me"}`)))), "printLabel", "sealed-other-cipher", explain.Explained, []string{"/data"}},
		{"form, wrong inside", label(sm4Of(labelKey, `{"to":7}`), "app=an-app&data="+sm4Of(labelKey, `{"to":7}`)), "printLabel", "violates-contract", explain.Explained, []string{"/data/to"}},
		{"query", track + upper(signKey+"app=an-app&detail=true&t=20260102030405"+signKey), "trackParcel", "explain-signature-right", explain.Right, nil},
		{"query, one side", track + upper("app=an-app&detail=true&t=20260102030405"+signKey), "trackParcel", "signed-secret-place", explain.Explained, nil},
		{"query, no signature", strings.TrimSuffix(track, "&sign="), "trackParcel", "missing-parameter", explain.Explained, []string{"sign"}},
		{"query, wrong path", strings.Replace(track, "/1?", "/one?", 1) + upper(signKey+"app=an-app&detail=true&t=20260102030405"+signKey), "trackParcel", "violates-contract", explain.Explained, []string{"path id"}},
		{"no wire", "curl https://h/about", "about", "explain-valid", explain.Right, nil},
	})
	reply := func(plain string) string {
		return parcel(`{"to":"me"}`, `{"to":"me"}`) + "\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n" + fmt.Sprintf(`{"code":"0","data":{"parcel":%q}}`, sealECB(parcelKey[:16], plain))
	}
	r := only(t, e, reply(`{"to":"me"}`))
	check(t, r, "sendParcel", "explain-signature-right", explain.Right)
	if got, want := fact(r, explain.FactReply), `{"code":"0","data":{"parcel":{"to":"me"}}}`; got != want || noted(r, "violates-contract") {
		t.Errorf("reply %q, want %q\n%s", got, want, r.Text("en"))
	}
	if r = only(t, e, reply(`{"grams":0}`)); !noted(r, "violates-contract") || !strings.Contains(r.Text("en"), "reply /data/parcel/to") {
		t.Errorf("the reply is not judged:\n%s", r.Text("en"))
	}
	asked, answered, _ := strings.Cut(reply(`{"to":"me"}`), "HTTP/1.1 200")
	if r = only(t, e, asked+"HTTP/1.1 200"+strings.Replace(answered, sealECB(parcelKey[:16], `{"to":"me"}`), sealECB("another-key-of16", `{"to":"me"}`), 1)); !noted(r, "explain-reply-sealed") {
		t.Errorf("the reply that does not open is not told:\n%s", r.Text("en"))
	}
}
