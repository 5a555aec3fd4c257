package drive_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// vector is a row of a vendor's vectors, of all schemes.
type vector struct {
	ID, Expect, Op string
	Key            string `json:"key_utf8"`
	AppKey         string `json:"app_key"`
	AppSecret      string `json:"app_secret"`
	Plain          string `json:"plaintext_b64"`
	Cipher         string `json:"ciphertext_b64"`
	RawHex         string `json:"raw_data_hex"`
	Secret         string
	SignMethod     string `json:"sign_method"`
	Params         map[string]string
	Sign           string
}

func vectors(t *testing.T, vendor string) []vector {
	t.Helper()
	data, err := specs.Vectors(vendor)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func with(t *testing.T, vendor string, texts map[string]string) *drive.Client {
	t.Helper()
	credentials := mock.Credentials{}
	for slot, text := range texts {
		credentials[slot] = mock.Credential{Text: text}
	}
	client, err := drive.New(drive.Config{Contract: load(t, vendor), Credentials: credentials})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestSealByVectors seals and opens what the JDK and openssl sealed.
func TestSealByVectors(t *testing.T) {
	t.Parallel()
	tried := map[string]int{}
	for _, vendor := range []string{"zheliban", "weixiao"} {
		for _, v := range vectors(t, vendor) {
			if v.Op != "both" || v.Expect != "accept" {
				continue
			}
			slots, want := map[string]string{"aesKey": v.Key}, v.Cipher
			if vendor == "weixiao" {
				slots, want = map[string]string{"appKey": v.AppKey, "appSecret": v.AppSecret}, v.RawHex
			}
			plain, err := base64.StdEncoding.DecodeString(v.Plain)
			if err != nil {
				t.Fatal(err)
			}
			client := with(t, vendor, slots)
			if slots["aesKey"]+slots["appKey"] == "" {
				continue
			}
			tried[vendor]++
			sealed, err := client.Seal("", plain)
			if err != nil || string(sealed) != want {
				t.Errorf("%s %s: %s %v, want %s", vendor, v.ID, sealed, err, want)
			}
			opened, err := client.Unseal("", []byte(want))
			if err != nil || string(opened) != string(plain) {
				t.Errorf("%s %s opens to %q %v", vendor, v.ID, opened, err)
			}
		}
	}
	if tried["zheliban"] < 3 || tried["weixiao"] < 3 {
		t.Errorf("tried %v", tried)
	}
}

// TestSignByVectors signs what the vendor's page and openssl signed.
func TestSignByVectors(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, v := range vectors(t, "alihealth") {
		if v.Expect != "accept" {
			continue
		}
		var list []drive.Parameter
		named := false
		for name, text := range v.Params {
			list = append(list, drive.Parameter{Name: name, Value: text})
			named = named || name == "sign_method"
		}
		if !named && v.SignMethod != "md5" {
			continue // the digest is known to the vector alone
		}
		tried++
		got, err := with(t, "alihealth", map[string]string{"appSecret": v.Secret}).Sign("", list)
		if err != nil || got.Text != v.Sign || got.Digest != v.SignMethod || got.Wrapped != (v.SignMethod == "md5") {
			t.Errorf("%s: %+v %v, want %s", v.ID, got, err, v.Sign)
		}
		if strings.Contains(got.Signed, v.Secret) && !strings.Contains(fmt.Sprint(v.Params), v.Secret) {
			t.Errorf("%s: the secret stands in %s", v.ID, got.Signed)
		}
	}
	if tried < 10 {
		t.Errorf("%d vectors were tried", tried)
	}
}

func TestUnsealSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	client := with(t, "zheliban", map[string]string{"aesKey": "development-key!"})
	sealed, err := client.Seal("issueToken", []byte(`{"apikey":"hush"}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(string(sealed))
	if err != nil {
		t.Fatal(err)
	}
	other := with(t, "zheliban", map[string]string{"aesKey": "another-key-here"})
	foreign, err := other.Seal("", []byte(`{"apikey":"hush"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"sealed-plain-json": `{"apikey":"hush"}`, "sealed-hex": hex.EncodeToString(raw), "sealed-wrong-key": string(foreign),
	} {
		_, err := client.Unseal("", []byte(text))
		var failed *drive.UnsealError
		if !errors.As(err, &failed) || failed.ID != name || strings.Contains(err.Error(), "hush") || failed.Text("zh") == failed.Text("en") || failed.Text("en") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ vendor, operation, want string }{
		{"mytijian", "", "mytijian seals nothing"},
		{"weixiao", "addPushProject", "weixiao.addPushProject seals nothing"},
		{"zheliban", "nothing", `zheliban has no operation "nothing"`},
		{"zheliban", "", "zheliban.aesKey: there is no value for it"},
	} {
		if _, err := with(t, tt.vendor, nil).Seal(tt.operation, nil); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s %s: %v", tt.vendor, tt.operation, err)
		}
	}
	if _, err := with(t, "zheliban", nil).Sign("", nil); err == nil || err.Error() != "zheliban signs nothing" {
		t.Errorf("sign: %v", err)
	}
	if _, err := with(t, "alihealth", nil).Sign("", nil); err == nil || err.Error() != "alihealth.appSecret: there is no value for it, and this call needs one" {
		t.Errorf("sign: %v", err)
	}
	data, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	two, err := data.Overlay("two.yaml", []byte(`overlay: 1.0.0
info: {title: t, version: "1"}
actions:
  - target: $.paths['/wx/push/updatePushProject'].put
    update: {x-wire: {seal: {cipher: aes, mode: ecb, padding: pkcs5, encoding: base64, key: {slot: appKey}, part: body, carriers: [text], directions: [request]}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	client, err := drive.New(drive.Config{Contract: two, Credentials: mock.Credentials{"appKey": {Text: "0123456789ABCDEF"}, "appSecret": {Text: "0123456789ABCDEF"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Seal("", nil); err == nil || err.Error() != "weixiao seals in several ways; name one of the operations updatePushProject, receivePush" {
		t.Errorf("two schemes: %v", err)
	}
	if text, err := client.Seal("updatePushProject", nil); err != nil || len(text) != 24 {
		t.Errorf("%s %v", text, err)
	}
}

func TestParseParameters(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"a=1&b=%E6%B5%8B+x", "[{form a 1} {form b 测 x}]"},
		{"?a=1", "[{query a 1}]"},
		{"https://x.example/router/rest?a=1&sign=S#top", "[{query a 1} {query sign S}]"},
		{"a=1\r\nb = x=y\r\n\r\nc=100%", "[{form a 1} {form b  x=y} {form c 100%}]"},
		{` {"a":"1","n":1.50,"o":{"x": [1]},"t":true,"e":null,"u":"\u6d4b"}`, `[{form a 1} {form n 1.50} {form o {"x": [1]}} {form t true} {form e } {form u 测}]`},
		{"q={\"a\":\"b?c\"}", `[{form q {"a":"b?c"}}]`},
	}
	for _, tt := range tests {
		got, err := drive.ParseParameters(tt.text)
		if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v %v", tt.text, got, err)
		}
	}
	for _, wrong := range []string{"", " \n", "hush", "a=%zz", "a=hush\nhush", `{"a":hush}`, `{"a":1`, "a=%B2%E2"} {
		if got, err := drive.ParseParameters(wrong); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v %v", wrong, got, err)
		}
	}
}

// TestEvents sends each event as the platform does to the simulator's own receiver.
func TestEvents(t *testing.T) {
	t.Parallel()
	sent := 0
	for _, vendor := range specs.Vendors() {
		c := load(t, vendor)
		client := newWorld(t, c).client(c, nil)
		for _, e := range client.Events() {
			sent++
			x, err := client.Call(t.Context(), e.Operation, e.Values)
			if err != nil || x.Outcome != drive.OK || x.Reply.Diagnosis != "" {
				t.Errorf("%s: %v %v", e.Name, x, err)
				continue
			}
			if _, ok := e.Values[e.Payload].(map[string]any); !ok {
				t.Errorf("%s has no payload", e.Name)
			}
			description, _ := c.Value("/components/schemas/Push/properties/event/description")
			if text, _ := description.(string); !slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\n.", r) }), e.Name) {
				t.Errorf("the contract does not speak of %s", e.Name)
			}
		}
	}
	if sent != 9 {
		t.Errorf("%d events, want 9", sent)
	}
}

// TestSealedMember takes it as a value, as JSON text to the byte, and as ciphertext.
func TestSealedMember(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	client := newWorld(t, c).client(c, nil)
	fixed := map[string]any{"school_code": "1", "event": "addUser"}
	ready, err := client.Seal("receivePush", []byte(`{"z":1,"a":2}`))
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[any]string{
		`{"z":1, "a":"<>"}`: `{"z":1, "a":"<>"}`,
		string(ready):       `"` + string(ready) + `"`,
		"no hex":            `"no hex"`,
	} {
		values := map[string]any{"raw_data": given}
		for name, v := range fixed {
			values[name] = v
		}
		r, err := client.Prepare(t.Context(), "receivePush", values)
		if err != nil || !strings.HasSuffix(string(r.Plain), `"raw_data":`+want+"}") {
			t.Errorf("%v: %s %v", given, r.Plain, err)
			continue
		}
		var body struct {
			Raw string `json:"raw_data"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		if opened, err := client.Unseal("", []byte(body.Raw)); want[0] == '{' && (err != nil || string(opened) != want) {
			t.Errorf("%v was sealed as %s %v", given, opened, err)
		}
	}
}

// TestWholeBody gives it as a value or byte for byte.
func TestWholeBody(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	client := newWorld(t, c).client(c, nil)
	for _, tt := range []struct {
		values map[string]any
		want   string
		failed bool
	}{
		{map[string]any{drive.Body: []byte("{ \"requestId\" : 1"), "ACCESS-TOKEN": "t"}, "{ \"requestId\" : 1", false},
		{map[string]any{drive.Body: map[string]any{"requestId": "a", "more": 1}, "requestId": "b", "ACCESS-TOKEN": "t"}, `{"requestId":"b","more":1}`, false},
		{map[string]any{drive.Body: []any{1, nil}, "ACCESS-TOKEN": "t"}, `[1,null]`, false},
		{map[string]any{drive.Body: []any{}, "requestId": "b", "ACCESS-TOKEN": "t"}, "", true},
		{map[string]any{drive.Body: []byte("{}"), "requestId": "b", "ACCESS-TOKEN": "t"}, "", true},
	} {
		r, err := client.Prepare(t.Context(), "acknowledgeReservations", tt.values)
		if (err != nil) != tt.failed {
			t.Errorf("%v: %v", tt.values, err)
		}
		if err != nil {
			continue
		}
		opened, err := client.Unseal("", r.Body)
		if err != nil || string(opened) != tt.want || string(r.Plain) != tt.want {
			t.Errorf("%v: %s %v", tt.values, opened, err)
		}
	}
}

// TestSetIntoTheWholeBody lays a field over a body that is given whole, at its depth.
func TestSetIntoTheWholeBody(t *testing.T) {
	t.Parallel()
	c := load(t, "eazytec")
	client := newWorld(t, c).client(c, nil)
	values := map[string]any{drive.Body: map[string]any{"from": map[string]any{"userid": "a", "orgid": "b"}}}
	if err := client.Set("sendMessage", values, "from.userid", drive.Text("c")); err != nil {
		t.Fatal(err)
	}
	r, err := client.Prepare(t.Context(), "sendMessage", values)
	if want := `{"from":{"userid":"c","orgid":"b"}}`; err != nil || string(r.Body) != want {
		t.Errorf("%s %v, want %s", r.Body, err, want)
	}
}

// TestUnsealReadsWhatTheContractReads: where it takes two encodings, both open; where it takes one, the other does not.
func TestUnsealReadsWhatTheContractReads(t *testing.T) {
	t.Parallel()
	for reading, want := range map[string]bool{"any": true, "hex": false, "base64": true} {
		c, err := load(t, "weixiao").With(map[string]string{"W-26": reading})
		if err != nil {
			t.Fatal(err)
		}
		credentials := mock.Credentials{"appKey": {Text: "1234567890123456"}, "appSecret": {Text: "0123456789123456"}}
		client, err := drive.New(drive.Config{Contract: c, Credentials: credentials})
		if err != nil {
			t.Fatal(err)
		}
		opened, err := client.Unseal("", []byte("kLLBXoTLeOUWH0KGeAfEvA=="))
		if (err == nil && string(opened) == "12345") != want {
			t.Errorf("W-26=%s: %s %v", reading, opened, err)
		}
	}
}

// TestForeignContract calls an operation of a document that knows nothing of our vocabulary.
func TestForeignContract(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("stranger", "stranger.yaml", []byte(`openapi: 3.1.0
info: {title: s, version: "1"}
servers: [{url: "https://api.example/v2"}]
paths:
  /people/{id}/notes:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: note
      parameters:
        - {name: dry, in: query, schema: {type: boolean}}
        - {name: X-Trace, in: header, schema: {type: string}}
      requestBody:
        content:
          text/plain: {schema: {type: string}}
          application/json: {schema: {$ref: '#/components/schemas/Note'}}
      responses:
        "204": {description: Done.}
        4XX:
          description: No.
          content: {application/json: {schema: {type: object, required: [error]}}}
components:
  schemas:
    Note:
      type: object
      required: [text]
      properties:
        text: {type: string}
        answers: {type: array, items: {$ref: '#/components/schemas/Note'}}
`))
	if err != nil {
		t.Fatal(err)
	}
	status := 204
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/v2/people/a%2Fb%20%E6%B5%8B/notes" || r.URL.RawQuery != "dry=true" || r.Header.Get("X-Trace") != "7" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		if status != 204 {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		if status != 204 {
			_, _ = w.Write([]byte(`{"error":"x"}`))
		}
	}))
	defer server.Close()
	client, err := drive.New(drive.Config{Contract: c, Target: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	list := []string{"id=a/b 测", "dry=true", "X-Trace=7", "text=1"}
	values := set(t, client, "note", append(slices.Clone(list), "answers.0.answers.0.text=2"))
	var invalid *drive.InvalidError
	if _, err := client.Call(t.Context(), "note", values); !errors.As(err, &invalid) || invalid.Problems[0].Pointer != "/answers/0/text" {
		t.Errorf("an inner note without a text: %v", err)
	}
	values = set(t, client, "note", append(list, "answers.0.text=2"))
	for status = range map[int]bool{204: true, 404: true} {
		x, err := client.Call(t.Context(), "note", values)
		want := map[int]drive.Outcome{204: drive.OK, 404: drive.VendorError}[status]
		if err != nil || x.Outcome != want || string(x.Request.Body) != `{"text":"1","answers":[{"text":"2"}]}` {
			t.Errorf("%d: %v %v", status, x, err)
		}
	}
	if _, err := client.Fields("note"); err != nil {
		t.Error(err)
	}
}
