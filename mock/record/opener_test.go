package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

func newOpener(t *testing.T, c *specs.Contract, sets ...mock.Credentials) *record.Opener {
	t.Helper()
	o, err := record.NewOpener(record.OpenerConfig{Contract: c, Credentials: sets})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// asHeard is a call of a client's as it travelled.
func asHeard(t *testing.T, x *drive.Exchange) *record.Heard {
	t.Helper()
	return &record.Heard{
		Method: x.Request.Method, URL: parse(t, x.Request.URL), Header: x.Request.Header, Body: x.Request.Body,
		Status: x.Reply.Status, ReplyHeader: x.Reply.Header, Reply: x.Reply.Body, At: time.Now(), Took: x.Took,
	}
}

func keysOf(letter string) mock.Credentials {
	text := func(s string) mock.Credential { return mock.Credential{Text: s} }
	return mock.Credentials{"apiKey": text("key-" + letter), "secret": text("secret-" + letter), "aesKey": text(strings.Repeat(letter, 16))}
}

// pulled is a sealed pull under some credentials, and its login, as they travelled.
func pulledUnder(t *testing.T, credentials mock.Credentials) (login, pull *drive.Exchange) {
	t.Helper()
	c := contractOf(t, "zheliban")
	w := newWorldUnder(t, c, credentials)
	x, err := w.Call(t.Context(), "pullReservations", nil)
	if err != nil || x.Outcome != drive.OK {
		t.Fatalf("%v, %v", x, err)
	}
	return x.Request.Login, x
}

func TestSeveralKeys(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	o := newOpener(t, c, keysOf("a"), keysOf("b"))
	for _, letter := range []string{"a", "b"} {
		login, pull := pulledUnder(t, keysOf(letter))
		for _, one := range []*drive.Exchange{login, pull} {
			x := o.Open(asHeard(t, one))
			if x.Operation != one.Request.Operation.ID || x.Response.Wire.Seal != scenarios.SealOpened || x.Response.Outcome != scenarios.OutcomeOK || !bytes.Equal(x.Response.Body, one.Reply.Plain) {
				t.Errorf("under key %s: %s %+v", letter, x.Operation, x.Response.Wire)
			}
			if w := x.Request.Wire; w.Credential != scenarios.Valid {
				t.Errorf("under key %s the credential is %q", letter, w.Credential)
			}
		}
	}
	login, pull := pulledUnder(t, keysOf("c"))
	for _, one := range []*drive.Exchange{login, pull} {
		x := o.Open(asHeard(t, one))
		if x.Operation != one.Request.Operation.ID || !record.Unopened(x) || x.Response.Body != nil || x.Response.Wire.Bytes == 0 {
			t.Errorf("under no known key: %s %+v %d bytes", x.Operation, x.Response.Wire, len(x.Response.Body))
		}
		if one == login && (x.Request.Body != nil || x.Request.Wire.Seal != scenarios.SealUnopened) {
			t.Errorf("the request is %+v", x.Request)
		}
	}
	if len(o.Secrets()) < 6 {
		t.Errorf("%d secrets", len(o.Secrets()))
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	bad := keysOf("a")
	bad["aesKey"] = mock.Credential{Text: "geheim"}
	_, err := record.NewOpener(record.OpenerConfig{Contract: c, Credentials: []mock.Credentials{keysOf("a"), bad}})
	if err == nil || !strings.Contains(err.Error(), "set 2") || !strings.Contains(err.Error(), "aesKey") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("error is %v", err)
	}
	if _, err := record.NewOpener(record.OpenerConfig{}); err == nil {
		t.Error("no contract, and no error")
	}
}

func TestForeignCalls(t *testing.T) {
	t.Parallel()
	o := newOpener(t, contractOf(t, "zheliban"))
	_, pull := pulledUnder(t, nil)
	sealed := string(pull.Reply.Body)
	tests := []struct {
		name, method, url, label, body string
		path                           string
		parameters                     int
		keeps                          bool
	}{
		{"another path", "GET", "/elsewhere?day=1&access_token=geheim&apiKey=geheim&sign=geheim", "", "", "/elsewhere", 1, false},
		{"ciphertext", "POST", "/elsewhere", "text/plain", sealed, "/elsewhere", 0, false},
		{"quoted ciphertext", "POST", "/elsewhere", "application/json", `"` + sealed + `"`, "/elsewhere", 0, false},
		{"ciphertext in a form", "POST", "/elsewhere", "application/x-www-form-urlencoded", "data=" + url.QueryEscape(sealed), "/elsewhere", 0, false},
		{"a form", "POST", "/elsewhere", "application/x-www-form-urlencoded", "day=1&token=geheim", "/elsewhere", 0, true},
		{"JSON", "POST", "/~s1/elsewhere", "application/json", `{"a":1}`, "/elsewhere", 0, true},
		{"wrong method", "DELETE", pull.Request.Operation.Path, "", "", pull.Request.Operation.Path, 0, false},
	}
	for _, tt := range tests {
		h := &record.Heard{Method: tt.method, URL: parse(t, tt.url), Header: http.Header{"Authorization": {"Bearer geheim"}}, Body: []byte(tt.body), Status: 404, Reply: []byte("gone"), ReplyHeader: http.Header{"Content-Type": {"text/plain"}, "Set-Cookie": {"s=geheim"}}}
		if tt.label != "" {
			h.Header.Set("Content-Type", tt.label)
		}
		x := o.Open(h)
		if x.Operation != "" || x.Request.Path != tt.path || len(x.Request.Parameters) != tt.parameters || (x.Request.Body != nil) != tt.keeps {
			t.Errorf("%s: %+v", tt.name, x)
		}
		if string(x.Response.Body) != "gone" || x.Response.Outcome != scenarios.OutcomeUnexplained || x.Response.Status != 404 {
			t.Errorf("%s: reply %+v", tt.name, x.Response)
		}
		if all := fmt.Sprintf("%+v %s", x, x.Request.Body); strings.Contains(all, "geheim") || strings.Contains(all, sealed) {
			t.Errorf("%s: holds a secret", tt.name)
		}
		if strings.Contains(tt.url, "~") && x.Session != "s1" {
			t.Errorf("%s: session %q", tt.name, x.Session)
		}
	}
}

// TestHeadIsNoOperation: a server answers HEAD wherever it answers GET, without the body that the operation is judged by.
func TestHeadIsNoOperation(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("own", "own.yaml", []byte(`{openapi: 3.0.3, info: {title: Own, version: "1"}, paths: {/a: {
  get: {operationId: readA, responses: {"200": {description: a, content: {application/json: {schema: {type: object}}}}}}}, /b: {
  head: {operationId: headB, responses: {"200": {description: b}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	o := newOpener(t, c)
	for _, tt := range []struct{ method, path, want string }{{"GET", "/a", "readA"}, {"HEAD", "/a", ""}, {"HEAD", "/b", "headB"}} {
		h := &record.Heard{Method: tt.method, URL: parse(t, tt.path), Header: http.Header{}, Status: 200, ReplyHeader: http.Header{"Content-Type": {"application/json"}}}
		if x := o.Open(h); x.Operation != tt.want || x.Request.Path != tt.path {
			t.Errorf("%s %s is %q at %s", tt.method, tt.path, x.Operation, x.Request.Path)
		}
	}
}

// TestPathsBelowAPrefix: a gateway may put anything before the contract's paths.
func TestPathsBelowAPrefix(t *testing.T) {
	t.Parallel()
	o := newOpener(t, contractOf(t, "zheliban"))
	_, pull := pulledUnder(t, nil)
	for _, prefix := range []string{"", "/gateway/zjb/v2", "/~s1", "/~s1/gateway"} {
		h := asHeard(t, pull)
		h.URL.Path, h.URL.RawPath = prefix+pull.Request.Operation.Path, ""
		if x := o.Open(h); x.Operation != "pullReservations" || x.Request.Path != pull.Request.Operation.Path {
			t.Errorf("below %q it is %q at %s", prefix, x.Operation, x.Request.Path)
		}
	}
}

// TestCallbacks hears the vendor call its client.
func TestCallbacks(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "weixiao")
	w := newWorldUnder(t, c, nil)
	push, err := w.Call(t.Context(), "receivePush", w.Events()[0].Values)
	if err != nil || push.Outcome != drive.OK {
		t.Fatalf("%v, %v", push, err)
	}
	plaintext, err := c.With(map[string]string{"W-35": "plaintext"})
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(push.Request.Body, &sent); err != nil {
		t.Fatal(err)
	}
	sealed := sent["raw_data"].(string)
	tests := []struct {
		name     string
		contract *specs.Contract
		body     []byte
		status   int
		callback string
		outcome  string
		holds    string
	}{
		{"as it came", c, push.Request.Body, 200, "addPushProject/change/post", scenarios.OutcomeOK, `"raw_data":{`},
		{"refused", c, push.Request.Body, 500, "addPushProject/change/post", scenarios.OutcomeUnexplained, `"raw_data":{`},
		{"opened", plaintext, []byte(`{"card_number":"20260001","name":"测试甲"}`), 200, "addPushProject/change/post", scenarios.OutcomeOK, `"card_number"`},
		{"opened, by the contract as it stands", c, []byte(`{"card_number":"20260001","name":"测试甲"}`), 200, "addPushProject/change/post", scenarios.OutcomeOK, `"card_number"`},
		{"nothing of it", plaintext, []byte(`{"a":1}`), 200, "", scenarios.OutcomeUnexplained, `{"a":1}`},
		{"something else", c, []byte(`{"a":1}`), 200, "", scenarios.OutcomeUnexplained, `{"a":1}`},
	}
	for _, tt := range tests {
		o := newOpener(t, tt.contract)
		x := o.Open(&record.Heard{
			Method: "POST", URL: parse(t, "http://client.example/hooks/1"), Header: http.Header{"Content-Type": {"application/json"}}, Body: tt.body,
			Status: tt.status, Reply: []byte(`{"taken":true}`), ReplyHeader: http.Header{"Content-Type": {"application/json"}},
		})
		if x.Operation != "" || x.Callback != tt.callback || x.Response.Outcome != tt.outcome || x.Request.Path != "/hooks/1" || !strings.Contains(string(x.Request.Body), tt.holds) {
			t.Errorf("%s: %q %s %s %s", tt.name, x.Callback, x.Response.Outcome, x.Request.Path, x.Request.Body)
		}
		for _, secret := range []string{sealed, sent["app_key"].(string)} {
			if strings.Contains(string(x.Request.Body), secret) {
				t.Errorf("%s: the body holds a secret", tt.name)
			}
		}
	}
}

// TestRefusedCredentials: what the vendor says of a credential counts, not what the configuration would.
func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	_, pull := pulledUnder(t, nil)
	h := asHeard(t, pull)
	o := newOpener(t, c)
	header := pull.Request.Operation.Security.Key
	for _, tt := range []struct {
		token, reply string
		want         string
	}{
		{"a-token-that-the-vendor-issued", "", scenarios.Valid},
		{"", `{"code":401,"message":"?","success":false,"timestamp":1}`, scenarios.Missing},
	} {
		one := *h
		one.Header = h.Header.Clone()
		one.Header.Del(header)
		if tt.token != "" {
			one.Header.Set(header, tt.token)
		}
		if tt.reply != "" {
			one.Reply = []byte(tt.reply)
		}
		if x := o.Open(&one); x.Request.Wire.Credential != tt.want {
			t.Errorf("token %q: credential is %q, outcome %s", tt.token, x.Request.Wire.Credential, x.Response.Outcome)
		}
	}
}

// TestWiredParameters: what the contract's signatures are made of is dropped, also where no operation is called.
func TestWiredParameters(t *testing.T) {
	t.Parallel()
	o := newOpener(t, contractOf(t, "alihealth"))
	x := o.Open(&record.Heard{Method: "GET", URL: parse(t, "/elsewhere?timestamp=2026-01-01&day=1"), Status: 200})
	if len(x.Request.Parameters) != 1 || x.Request.Parameters[0].Name != "day" {
		t.Errorf("parameters are %v", x.Request.Parameters)
	}
}

// TestPagesInPlaceOfSealedReplies: in an incident they are the point.
func TestPagesInPlaceOfSealedReplies(t *testing.T) {
	t.Parallel()
	_, pull := pulledUnder(t, nil)
	o := newOpener(t, contractOf(t, "zheliban"))
	for body, seal := range map[string]string{
		"<html><body>502</body></html>": scenarios.SealPlain, "no route": scenarios.SealPlain, `{"a":1}`: scenarios.SealPlain,
		"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=": scenarios.SealUnopened, "\xff\xfe\x00": scenarios.SealUnopened, string(pull.Reply.Body[:40]): scenarios.SealUnopened,
	} {
		h := asHeard(t, pull)
		h.Status, h.Reply, h.ReplyHeader = 502, []byte(body), http.Header{"Content-Type": {"text/html"}}
		x := o.Open(h)
		if x.Response.Wire.Seal != seal || (seal == scenarios.SealPlain) != (string(x.Response.Body) == body) || x.Response.Outcome == scenarios.OutcomeOK {
			t.Errorf("%q: %s %+v with %q", body, x.Response.Outcome, x.Response.Wire, x.Response.Body)
		}
	}
}
