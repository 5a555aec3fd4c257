package mock

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// without are the contracts that a server plays but one vendor's.
func without(p *player, vendor string) (rest, all []*specs.Contract) {
	all = p.server.playing.Load().contracts
	for _, c := range all {
		if c.Vendor != vendor {
			rest = append(rest, c)
		}
	}
	return rest, all
}

// TestWhatIsAboutAVendorThatIsGoneIsLeftOut: its credentials, readings and records keep no other contract out.
func TestWhatIsAboutAVendorThatIsGoneIsLeftOut(t *testing.T) {
	t.Parallel()
	clause := func(p *player, vendor string) (id, reading string) {
		c, _ := p.server.contract(vendor)
		if len(c.Unclear) == 0 || len(c.Unclear[0].Readings) == 0 {
			t.Fatalf("%s has no unclear clause", vendor)
		}
		return c.Unclear[0].ID, c.Unclear[0].Readings[0].Name
	}
	id, reading := clause(newPlayer(t), "zheliban")
	server, err := New(Config{
		Readings: map[string]string{id: reading}, Credentials: map[string]Credentials{"zheliban": {"apiKey": {Text: "k"}}},
		Data: map[string]behave.Data{"zheliban": {"reservations": {}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{T: t, server: server}
	session := p.make(SessionConfig{Name: "s", Readings: map[string]string{id: reading}})
	rest, all := without(p, "zheliban")
	if err := server.SetContracts(rest); err != nil {
		t.Fatal(err)
	}
	if got := session.Info().Readings[id]; got != "" {
		t.Errorf("the session reads %s as %s", id, got)
	}
	if err := server.SetContracts(all); err != nil {
		t.Fatal(err)
	}
	if server.data.of("zheliban") != nil {
		t.Error("records outlast their vendor")
	}
	if own, _ := server.Credentials("zheliban"); own["apiKey"].Text != "k" || server.base().readings[id] != reading {
		t.Errorf("the server's own choice is lost: %v", server.base().readings)
	}
}

// TestASlotThatChangesItsKind: a text is no list of tokens, and what a session gave stays alone.
func TestASlotThatChangesItsKind(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, private)
	session := p.make(SessionConfig{Name: "own", Credentials: map[string]Credentials{"shop": {"user": {Text: "u1"}, "pass": {Text: "p1"}}}})
	next, err := specs.Parse("shop", "shop.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '2'}\n"+strings.NewReplacer(
		"security: [{asked: []}, {bearer: []}]", "security: [{bearer: []}]\n      x-wire: {auth: {security: bearer, token: listed, slot: user}}",
		"fields: {/user: user, /pass: pass}", "fields: {/pass: pass}").Replace(private)))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.server.SetContracts([]*specs.Contract{next}); err != nil {
		t.Fatal(err)
	}
	own, common := session.Credentials("shop"), p.server.base().vendors[0].credentials
	if len(own["user"].Tokens) == 0 || own["user"].Text != "" || own["pass"].Text != "p1" || own["secret"].Text != common["secret"].Text {
		t.Errorf("the session has %v", own)
	}
}

// TestAuditTellsWhatCallsWouldFind: before anybody calls, each with its place.
func TestAuditTellsWhatCallsWouldFind(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := specs.Parse("shop", "shop.yaml", []byte(strings.Replace(string(text), "code: {const: gone}", "code: {const: gone, minLength: many}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, n := range server.Audit() {
		if n.At.Line == 0 || n.Pointer == "" {
			t.Errorf("%+v has no place", n)
		}
		found[n.Rule] += n.Text
	}
	if !strings.Contains(found[NoteExample], `"broken"`) || !strings.Contains(found[NoteExample], "Prefer: example=") || !strings.Contains(found[NoteUnsound], "readItem") || len(found) != 2 {
		t.Errorf("found %v", found)
	}
	p := &player{T: t, server: server}
	for range 2 {
		if w, e := p.send(asked("GET", "/items/5", "")); w.Code != 500 || e.Error != "unsound-contract" {
			t.Errorf("an unsound operation: %d %s", w.Code, w.Body)
		}
	}
	if w, _ := p.send(asked("GET", "/items", "")); w.Code != 200 {
		t.Errorf("another one: %d %s", w.Code, w.Body)
	}
}

// TestFailuresAreSealedAsTheContractSays: not at all where it says plain, and nothing is made of null.
func TestFailuresAreSealedAsTheContractSays(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, strings.Replace(sealing(seals["ecb"].seal+", failures: plain"), "  /gone:",
		"  /void: {get: {operationId: void, responses: {\"200\": {description: d, content: {application/json: {schema: {type: object, properties: {data: {type: [object, 'null']}}}, example: {data: null}}}}}}}\n  /gone:", 1))
	op := p.operation("shop", "order")
	for want, r := range map[string][]string{
		`{"data":{"item":"taken"}}`: {carry(op, `{"item":"cup"}`), "Prefer", "code=409"}, `{"data":{"item":"wrong"}}`: {carry(op, `{"item":"pot"}`)},
	} {
		if w, _ := p.send(asked("POST", "/orders", r[0], r[1:]...)); w.Body.String() != want {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
	if w, _ := p.send(asked("GET", "/void", "")); w.Body.String() != `{"data":null}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestASignedPathBelowAPrefix: a client signs the path it calls, or the one in the contract.
func TestASignedPathBelowAPrefix(t *testing.T) {
	t.Parallel()
	read := func(name, text string) *specs.Contract {
		c, err := specs.Parse(name, name+".yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const paths = `paths: {/a/b: {get: {operationId: ab, responses: {"200": {description: d}}}}}` + "\n"
	server, err := New(Config{Contracts: []*specs.Contract{read("other", paths), read("shop", "x-understudy: 1\nx-wire: {sign: {scheme: composed, parameter: 'header:X-Sign', secret: secret, parts: [path, secret], digests: [md5]}}\n"+paths)}})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{T: t, server: server}
	op := p.operation("shop", "ab")
	for path, want := range map[string]int{"/a/b": 200, "/shop/a/b": 200, "/~s/shop/a/b": 200, "/shop/a": 401} {
		m := &wire.Message{Method: "GET", Path: path}
		if _, err := op.signer.Sign(m, wire.SignOptions{Now: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if w, _ := p.send(asked("GET", "/~s/shop/a/b", "", "X-Sign", m.Header.Get("X-Sign"))); w.Code != want {
			t.Errorf("signed %s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
}

// TestJudgeGoesOnBehindWrongCredentials: those in the body as those before it.
func TestJudgeGoesOnBehindWrongCredentials(t *testing.T) {
	t.Parallel()
	j := inline(t, Config{}, private).server.Judge(asked("POST", "/login", `{"user":"u","pass":"p","device":5}`))
	var ids []string
	for _, d := range j.Found {
		ids = append(ids, d.ID)
	}
	if got, _ := json.Marshal(ids); string(got) != `["credential-differs","violates-contract"]` || j.Refusal != "" {
		t.Errorf("found %s, refusal %q", got, j.Refusal)
	}
}

// TestAGatewaysParameterIsKnown where the contract has no catalogue, too.
func TestAGatewaysParameterIsKnown(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, `
x-understudy: 1
x-wire: {route: {path: /gateway, parameter: method, in: [query], methods: [GET]}}
paths:
  /shop.read: {get: {operationId: read, parameters: [{name: id, in: query, required: true, schema: {type: integer}}], responses: {"200": {description: d, content: {text/plain: {schema: {const: read}}}}}}}
  /shop.list: {get: {operationId: list, responses: {"200": {description: d, content: {text/plain: {schema: {const: list}}}}}}}
`)
	for _, one := range []struct {
		target   string
		status   int
		want     string
		warnings int
	}{
		{"/gateway?method=shop.read&id=1", 200, "read", 0},
		{"/gateway?method=shop.list&id=1", 200, "list", 1},
		{"/gateway?method=shop.read", 422, "missing-parameter", 0},
		{"/gateway?method=shop.read&id=x", 422, "violates", 0},
		{"/gateway?method=shop.none", 404, "unknown-operation", 0},
		{"/gateway", 422, "missing-parameter", 0},
	} {
		w, e := p.send(asked("GET", one.target, ""))
		if w.Code != one.status || !strings.Contains(w.Body.String()+w.Header().Get("Understudy-Diagnosis"), one.want) || len(e.Warnings) != one.warnings {
			t.Errorf("%s: %d %s, warnings %v; want %d %s, %d", one.target, w.Code, w.Body, e.Warnings, one.status, one.want, one.warnings)
		}
	}
}
