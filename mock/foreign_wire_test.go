package mock

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"understudy/mock/internal/fault"
	"understudy/specs"
)

// sealing is a contract whose replies are sealed as the wire says: KEY, PART are replaced.
func sealing(seal string) string {
	return `
x-understudy: 1
x-wire:
  seal: {directions: [request, response], key: {slot: aesKey, form: md5}, ` + seal + `}
paths:
  /orders:
    post:
      operationId: order
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Holder"}}
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Holder"}, encoding: {data: {contentType: application/json}}}
      responses:
        "200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Holder"}}}}
        "409": {description: d, content: {application/json: {schema: {type: object, properties: {data: {const: {item: taken}}}, required: [data]}}}}
        "422": {description: d, content: {application/json: {schema: {type: object, properties: {data: {const: {item: wrong}}}, required: [data]}}}}
        "404": {description: d}
  /gone: {delete: {operationId: remove, x-wire: {seal: {cipher: none}}, responses: {"204": {description: d}}}}
  /forms:
    get: {operationId: form, responses: {"200": {description: d, content: {application/x-www-form-urlencoded: {schema: {type: object, required: [data, rest], properties: {data: {type: string}, rest: {const: "a&b"}}}}}}}}
components:
  schemas:
    Holder: {type: object, required: [data], properties: {id: {type: string}, data: {type: object, required: [item], properties: {item: {const: cup}}}}}
`
}

// seals are the ciphers that a document may describe; bad says whether their padding can be wrong.
var seals = map[string]struct {
	seal string
	bad  bool
}{
	"ecb":               {"cipher: aes-128, mode: ecb, padding: pkcs5, encoding: base64, part: /data", true},
	"cbc, upper hex":    {"cipher: aes-128, mode: cbc, padding: pkcs7, encoding: hex, case: upper, iv: {prepend: true}, part: /data", true},
	"sm4, fixed iv":     {"cipher: sm4, mode: cbc, padding: pkcs7, encoding: base64url, iv: {text: 0123456789abcdef}, part: /data", true},
	"whole body":        {"cipher: aes-128, mode: ecb, padding: pkcs5, encoding: hex, carriers: [text], part: body", true},
	"whole body, blank": {"cipher: aes-128, mode: ecb, padding: none, encoding: base64, carriers: [text], part: body", false},
	"gcm":               {"cipher: aes-128, mode: gcm, encoding: base64, iv: {prepend: true}, part: /data", false},
	"zero":              {"cipher: aes-128, mode: ecb, padding: zero, encoding: base64, part: /data", false},
}

// carry puts a record into the form that the operation takes it in, and member takes it out of a reply.
func carry(op *operation, record string) string {
	sealed := string(op.cipher.Seal(nil, []byte(record)))
	if op.openBody {
		return string(op.cipher.Seal(nil, []byte(`{"data":`+record+`}`)))
	}
	text, _ := json.Marshal(map[string]string{"data": sealed})
	return string(text)
}

func member(op *operation, reply []byte) string {
	if op.openBody {
		return string(reply)
	}
	var record struct{ Data any }
	_ = json.Unmarshal(reply, &record)
	text, ok := record.Data.(string)
	if !ok {
		return ""
	}
	return text
}

func TestSealedPartsOfAnyContract(t *testing.T) {
	t.Parallel()
	for name, one := range seals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := inline(t, Config{}, sealing(one.seal))
			op := p.operation("shop", "order")
			call := func(body string, headers ...string) *httptest.ResponseRecorder {
				w, _ := p.send(asked("POST", "/orders", body, headers...))
				return w
			}
			opens := func(w *httptest.ResponseRecorder, status int, want string) {
				t.Helper()
				plain, failed := op.cipher.Open(nil, []byte(member(op, w.Body.Bytes())))
				if w.Code != status || failed != nil || !strings.Contains(string(plain), want) {
					t.Errorf("%d %s opens to %s (%v), want %d %s", w.Code, w.Body, plain, failed, status, want)
				}
			}
			good := carry(op, `{"item":"cup"}`)
			opens(call(good), 200, `"cup"`)
			opens(call(good, "Prefer", "code=409"), 409, `"taken"`)
			opens(call(carry(op, `{"item":"pot"}`)), 422, `"wrong"`)
			if w := call(good, "Prefer", "code=404"); w.Code != 404 || w.Body.Len() != 0 {
				t.Errorf("an empty reply is %d %q", w.Code, w.Body)
			}
			if w := call(`{"data":{"item":"cup"}}`); w.Code != 422 || !strings.Contains(w.Header().Get("Understudy-Diagnosis"), "sealed-") {
				t.Errorf("open where it is sealed: %d %s %v", w.Code, w.Body, w.Header())
			}
			if op.openBody {
				return
			}
			form := httptest.NewRequest("POST", "/orders", strings.NewReader("data="+strings.NewReplacer("+", "%2B", "=", "%3D").Replace(string(op.cipher.Seal(nil, []byte(`{"item":"cup"}`))))))
			form.Header.Set("Content-Type", formType)
			w, _ := p.send(form)
			opens(w, 200, `"cup"`)
			kept, _, _ := p.server.Recorded("", "")
			last := kept[len(kept)-1].Request
			if fields, err := url.ParseQuery(string(last.Body)); err != nil || fields.Get("data") != `{"item":"cup"}` || last.Wire.Seal != "opened" {
				t.Errorf("the form at contract level is %s, its seal %q", last.Body, last.Wire.Seal)
			}
		})
	}
}

// TestASealedFieldOfAFormIsSealed: a reply in another form than JSON does not travel open either.
func TestASealedFieldOfAFormIsSealed(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, sealing(seals["ecb"].seal))
	op := p.operation("shop", "form")
	w, _ := p.send(asked("GET", "/forms", ""))
	r := httptest.NewRequest("POST", "/", w.Body)
	r.Header.Set("Content-Type", formType)
	plain, failed := op.cipher.Open(nil, []byte(r.PostFormValue("data")))
	if failed != nil || len(plain) == 0 || r.PostFormValue("rest") != "a&b" {
		t.Errorf("%q opens to %q (%v)", r.PostForm, plain, failed)
	}
	before, after, _ := strings.Cut(sealing(seals["ecb"].seal), "/forms:")
	c, err := specs.Parse("shop", "shop.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"+before+"/forms:"+strings.Replace(after, formMediaType, "application/xml", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Contracts: []*specs.Contract{c}}); err == nil || !strings.Contains(err.Error(), "nothing can be sealed at /data of a reply of type application/xml") || !strings.Contains(err.Error(), "shop.yaml:") {
		t.Errorf("XML with a sealed member: %v", err)
	}
}

// TestFaultsOfAnyContract holds each way to fail to its word: it strikes as it says, or it is refused when it is added.
func TestFaultsOfAnyContract(t *testing.T) {
	t.Parallel()
	for name, one := range seals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range []Fault{{Break: fault.Padding}, {Break: fault.Plain}, {Break: fault.Truncate}, {Break: fault.Cut}, {Break: fault.GatewayPage}, {Status: 503}, {Status: 204}} {
				p := inline(t, Config{}, sealing(one.seal))
				op := p.operation("shop", "order")
				f.Operation = "order"
				session, _ := p.server.Session("")
				_, err := session.AddFault(f)
				var problem *fault.Problem
				if f.Break == fault.Padding && !one.bad {
					if !errors.As(err, &problem) || problem.Field != "break" || !strings.Contains(problem.What, "pkcs7") || !strings.Contains(problem.What, "plain") {
						t.Errorf("padding: %v", err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", f.Kind(), err)
					continue
				}
				w, cut := p.struck(asked("POST", "/orders", carry(op, `{"item":"cup"}`)))
				if cut != (f.Break == fault.Cut || f.Break == fault.Truncate) || w.Header().Get(headerFault) != "f1" && f.Break != fault.Cut {
					t.Errorf("%s: cut is %v, the header names %q", f.Kind(), cut, w.Header().Get(headerFault))
				}
				switch f.Break {
				case fault.Padding:
					text := member(op, w.Body.Bytes())
					if _, failed := op.cipher.Open(nil, []byte(text)); failed == nil || failed.Step != "padding" || op.Wire.Seal.Case == "upper" && strings.ToUpper(text) != text {
						t.Errorf("padding: %s fails to open with %v", text, failed)
					}
				case fault.Plain:
					if w.Code != 200 || !strings.Contains(w.Body.String(), `{"item":"cup"}`) {
						t.Errorf("plain: %d %s", w.Code, w.Body)
					}
				case fault.GatewayPage:
					if w.Code != 502 || !strings.Contains(w.Body.String(), "<html>") {
						t.Errorf("page: %d %s", w.Code, w.Body)
					}
				case "":
					if w.Code != f.Status || w.Body.Len() != 0 {
						t.Errorf("status: %d %s", w.Code, w.Body)
					}
				}
			}
		})
	}
}

// struck sends a call and says whether its connection was cut.
func (p *player) struck(r *http.Request) (w *httptest.ResponseRecorder, cut bool) {
	w = httptest.NewRecorder()
	defer func() {
		if e := recover(); e != nil {
			if cut = e == http.ErrAbortHandler; !cut {
				panic(e)
			}
		}
	}()
	p.server.ServeHTTP(w, r)
	return w, false
}

// TestFaultsThatHaveNothingToBreak are refused with what to do instead, or end the connection.
func TestFaultsThatHaveNothingToBreak(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, sealing(seals["ecb"].seal))
	session, _ := p.server.Session("")
	for _, one := range []struct {
		fault Fault
		want  []string
	}{
		{Fault{Operation: "remove", Break: fault.Truncate}, []string{"truncate needs a reply with a body", "shop.order", "break: cut"}},
		{Fault{Operation: "remove", Break: fault.Plain}, []string{"needs sealed replies", "shop.order"}},
		{Fault{Operation: "remove", Break: fault.Padding}, []string{"needs sealed replies", "shop.order"}},
		{Fault{Break: fault.GatewayPage, Status: 204}, []string{"status: 204 has no body", "502"}},
		{Fault{Break: fault.GatewayPage, Status: 304}, []string{"304 has no body"}},
		{Fault{Break: fault.StaleToken}, []string{"x-wire.auth", "status: 401"}},
	} {
		_, err := session.AddFault(one.fault)
		for _, want := range one.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v, want %q", one.fault, err, want)
			}
		}
	}
	if _, err := session.AddFault(Fault{Break: fault.Truncate}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{asked("HEAD", "/forms", ""), asked("POST", "/orders", carry(p.operation("shop", "order"), `{"item":"cup"}`), "Prefer", "code=404")} {
		if w, cut := p.struck(r); !cut || w.Header().Get("Content-Length") != "" {
			t.Errorf("%s: cut is %v, %d %v", r.Method, cut, w.Code, w.Header())
		}
	}
	if w, cut := p.struck(asked("DELETE", "/gone", "")); cut || w.Code != 204 {
		t.Errorf("what has no body is struck: %d", w.Code)
	}
}
