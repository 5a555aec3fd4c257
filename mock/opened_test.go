package mock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// secrets are texts that must not stand in what is at contract level: the credentials of a vendor, and what was signed or
// issued with them.
func secretsOf(c mock.Credentials) []string {
	var list []string
	for _, one := range c {
		for _, token := range one.Tokens {
			list = append(list, token.Value)
		}
		if one.Text != "" {
			list = append(list, one.Text)
		}
	}
	return list
}

// callAll calls each operation of a contract once and tells what travelled.
func callAll(t *testing.T, server *mock.Server, contract *specs.Contract, each func(*drive.Exchange)) {
	t.Helper()
	credentials, _ := server.Credentials(contract.Vendor)
	client, err := drive.New(drive.Config{Contract: contract, Credentials: credentials, Target: "http://mock.test", HTTP: &http.Client{Transport: inProcess{server}}})
	if err != nil {
		t.Fatal(err)
	}
	called := 0
	for _, op := range contract.Operations {
		fields, err := client.Fields(op.ID)
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]any{}
		for _, event := range client.Events() {
			if event.Operation == op.ID {
				values = event.Values
			}
		}
		for _, f := range fields {
			if f.Required && values[f.Name] == nil && len(client.Events()) == 0 {
				if err := client.Set(op.ID, values, f.Name, drive.Text("1")); err != nil {
					t.Fatal(err)
				}
			}
		}
		client, err := drive.New(drive.Config{Contract: contract, Credentials: credentials, Target: "http://mock.test", HTTP: &http.Client{Transport: inProcess{server}}, Force: true})
		if err != nil {
			t.Fatal(err)
		}
		x, err := client.Call(context.Background(), op.ID, values)
		if err != nil {
			t.Fatalf("%s: %v", op.ID, err)
		}
		called++
		each(x)
	}
	if called == 0 {
		t.Fatal("nothing was called")
	}
}

// inProcess sends requests to a handler.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestOpenTakesARequestToContractLevel(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			contract, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}})
			if err != nil {
				t.Fatal(err)
			}
			credentials, _ := server.Credentials(vendor)
			callAll(t, server, contract, func(x *drive.Exchange) {
				id := x.Request.Operation.ID
				r := httptest.NewRequest(x.Request.Method, x.Request.URL, bytes.NewReader(x.Request.Body))
				r.Header = x.Request.Header
				o := server.Open(r)
				if o.Vendor != vendor || o.Operation != id {
					t.Errorf("%s was opened as %s.%s", id, o.Vendor, o.Operation)
				}
				text, err := json.Marshal(o.Request)
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range append(secretsOf(credentials), x.Request.Header.Get("Authorization"), x.Request.Header.Get("token")) {
					if secret != "" && (bytes.Contains(text, []byte(secret)) || bytes.Contains(o.Request.Body, []byte(secret))) {
						t.Errorf("%s: a credential stands in what was opened: %s %s", id, text, o.Request.Body)
					}
				}
				if x.Request.Operation.Wire.Seal != nil && len(x.Request.Body) > 0 && o.Request.Wire.Seal != scenarios.SealOpened {
					t.Errorf("%s: seal is %q", id, o.Request.Wire.Seal)
				}
				if x.Request.Operation.Wire.Sign != nil && o.Request.Wire.Signed != scenarios.Valid {
					t.Errorf("%s: signed is %q", id, o.Request.Wire.Signed)
				}
				if isObject := bytes.HasPrefix(o.Request.Body, []byte("{")); isObject && !json.Valid(o.Request.Body) {
					t.Errorf("%s: the opened body is no JSON: %s", id, o.Request.Body)
				}
			})
			checkRecorded(t, server, contract)
		})
	}
}

// checkRecorded holds the journal at contract level against what the requests open to.
func checkRecorded(t *testing.T, server *mock.Server, contract *specs.Contract) {
	t.Helper()
	list, dropped, known := server.Recorded("", "")
	if !known || dropped != 0 || len(list) < len(contract.Operations) {
		t.Fatalf("recorded: %d exchanges, %d dropped, known %t", len(list), dropped, known)
	}
	for _, x := range list {
		if x.Operation == "" || x.Response.Status == 0 || x.Response.Outcome == "" {
			t.Errorf("exchange %d: %+v", x.Number, x)
		}
		op, _ := contract.Operation(x.Operation)
		if op.Wire.Seal != nil && op.Wire.Seal.SealsReplies() && x.Response.Wire.Seal != scenarios.SealOpened {
			t.Errorf("%s: the reply's seal is %q", x.Operation, x.Response.Wire.Seal)
		}
		if len(x.Response.Body) > 0 && strings.HasSuffix(x.Response.MediaType, "json") && !json.Valid(x.Response.Body) {
			t.Errorf("%s: the reply is not opened", x.Operation)
		}
	}
	if _, _, known := server.Recorded("nobody", ""); known {
		t.Error("a session that is not there is recorded")
	}
}

func TestOpenTellsHowItFared(t *testing.T) {
	t.Parallel()
	server, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, target, mediaType, body string, header ...string) *mock.Opened {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		if mediaType != "" {
			r.Header.Set("Content-Type", mediaType)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return server.Open(r)
	}
	if o := ask("POST", "/reservation/sync/order", "application/json", "bm90IHNlYWxlZCBhdCBhbGw="); o.Request.Wire.Credential != scenarios.Missing || o.Request.Wire.Seal != scenarios.SealUnopened || o.Request.Body != nil {
		t.Errorf("a ciphertext of somebody else: %+v", o.Request)
	}
	if o := ask("POST", "/reservation/sync/token", "application/json", `{"apikey":"a","secret":"b","more":1}`); o.Request.Wire.Seal != scenarios.SealPlain || string(o.Request.Body) != `{"more":1}` {
		t.Errorf("plain where it is sealed: %+v", o.Request)
	}
	if o := ask("POST", "/router/rest?method=alibaba.health.vaccin.appointment.query&sign=00&b=%ZZ", "application/x-www-form-urlencoded", "a=1"); o.Request.Wire.Signed != "" {
		t.Errorf("what was not verified is signed %q", o.Request.Wire.Signed)
	}
	if o := ask("GET", "/nothing/here", "", ""); o.Refusal != "unknown-path" || o.Operation != "" || o.Request.Path != "/nothing/here" {
		t.Errorf("a foreign path: %+v", o)
	}
	o := ask("POST", "/router/rest?method=alibaba.health.vaccin.appointment.query&app_key=x&sign=00&timestamp=2026-01-01+00%3A00%3A00", "application/x-www-form-urlencoded", "a=1&sign_method=md5")
	if o.Request.Wire.Signed != scenarios.Invalid || string(o.Request.Body) != "a=1" || len(o.Request.Parameters) != 0 {
		t.Errorf("a bad signature: %+v", o.Request)
	}
}

// answers is a player that gives the same answer to every call.
type answers struct {
	answer    func(*mock.Asked) mock.Answer
	forgotten *[]string
}

func (a answers) Play(asked *mock.Asked) mock.Answer { return a.answer(asked) }

func (a answers) Forget(session string) {
	if a.forgotten != nil {
		*a.forgotten = append(*a.forgotten, session)
	}
}

func TestAPlayerAnswers(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	var next atomic.Value // the handlers run beside the test
	var forgotten []string
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}, Player: answers{func(a *mock.Asked) mock.Answer { return next.Load().(func(*mock.Asked) mock.Answer)(a) }, &forgotten}})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	defer listening.Close()
	credentials, _ := server.Credentials("zheliban")
	client, err := drive.New(drive.Config{Contract: contract, Credentials: credentials, Target: listening.URL})
	if err != nil {
		t.Fatal(err)
	}
	body := `{"success":true,"message":"success","code":"0","data":{"token":"` // of another session
	next.Store(func(a *mock.Asked) mock.Answer {
		if a.Operation != "issueToken" {
			return mock.Answer{Decline: true}
		}
		if a.IssueToken == nil {
			t.Error("issueToken can issue no token")
			return mock.Answer{}
		}
		token, err := a.IssueToken()
		if err != nil {
			t.Error(err)
		}
		return mock.Answer{Step: 7, Response: &scenarios.Response{
			Status: 200, MediaType: "application/json", Body: []byte(body + token + `"}}`), Wire: scenarios.Wire{Seal: scenarios.SealOpened}, Outcome: scenarios.OutcomeOK,
		}}
	})
	x, err := client.Call(t.Context(), "issueToken", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !x.Reply.Sealed || x.Reply.Header.Get("Understudy-Step") != "7" || !strings.HasPrefix(string(x.Reply.Plain), body) {
		t.Errorf("a played answer: sealed %t, step %q, %s", x.Reply.Sealed, x.Reply.Header.Get("Understudy-Step"), x.Reply.Plain)
	}

	next.Store(func(*mock.Asked) mock.Answer { return mock.Answer{Miss: "nothing like it was recorded"} })
	if x, err = client.Call(t.Context(), "issueToken", nil); err != nil || x.Reply.Refusal != "not-recorded" {
		t.Errorf("a miss: %v %+v", err, x)
	}
	next.Store(func(*mock.Asked) mock.Answer { return mock.Answer{} })
	if x, err = client.Call(t.Context(), "issueToken", nil); err != nil || x.Outcome != drive.OK || x.Reply.Header.Get("Understudy-Step") != "" {
		t.Errorf("left to the vendor: %v %+v", err, x)
	}
	for broken, want := range map[string]string{scenarios.BrokenReset: "EOF", scenarios.BrokenTruncated: "unexpected EOF"} {
		next.Store(func(*mock.Asked) mock.Answer {
			return mock.Answer{Response: &scenarios.Response{Status: 200, MediaType: "text/html", Body: []byte("<html>"), Broken: broken}}
		})
		response, err := http.Post(listening.URL+"/reservation/sync/token", "application/json", strings.NewReader("x"))
		if err == nil {
			var text []byte
			if text, err = io.ReadAll(response.Body); string(text) != "<html>" {
				t.Errorf("%s: the body is %q", broken, text)
			}
			_ = response.Body.Close()
		}
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", broken, err)
		}
	}
	world, err := server.Session("")
	if err != nil {
		t.Fatal(err)
	}
	list, _ := server.Exchanges()
	if world.Reset(); !slices.Equal(forgotten, []string{"default"}) {
		t.Errorf("after a reset the player forgot %v", forgotten)
	}
	if !slices.ContainsFunc(list, func(e mock.Exchange) bool { return e.Error == "not-recorded" }) {
		t.Error("the miss is not in the journal")
	}
}

func TestARefusedCallIsRecordedOpened(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}})
	if err != nil {
		t.Fatal(err)
	}
	credentials, _ := server.Credentials("zheliban")
	client, err := drive.New(drive.Config{Contract: contract, Credentials: credentials, Target: "http://mock.test", HTTP: &http.Client{Transport: inProcess{server}}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := client.Call(t.Context(), "reportArrival", map[string]any{"serialNumber": "ZJ10001", "ACCESS-TOKEN": "wrong"})
	if err != nil || x.Outcome != drive.VendorError {
		t.Fatalf("a wrong token: %v %+v", err, x)
	}
	list, _, _ := server.Recorded("", "")
	got := list[len(list)-1]
	if string(got.Request.Body) != `{"serialNumber":"ZJ10001"}` || got.Request.Wire.Seal != scenarios.SealOpened || got.Request.Wire.Credential != scenarios.Invalid {
		t.Errorf("recorded was %s, seal %q, credential %q", got.Request.Body, got.Request.Wire.Seal, got.Request.Wire.Credential)
	}
	if shown, _ := server.Exchanges(); len(shown[len(shown)-1].Warnings) != 0 || shown[len(shown)-1].Request.Value == nil {
		t.Errorf("shown is %+v", shown[len(shown)-1])
	}
}
