package mock

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// private is a contract without x-sensitive, full of secrets.
const private = `
x-understudy: 1
paths:
  /people/{id}/notes/{note}.txt:
    get:
      security: [{asked: []}, {bearer: []}]
      parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: password}}
      - {name: note, in: path, required: true, schema: {type: string}}
      - {name: api_key, in: query, schema: {type: string}}
      - {name: pin, in: query, schema: {$ref: "#/components/schemas/Pin"}}
      - {name: pins, in: query, schema: {type: array, items: {$ref: "#/components/schemas/Pin"}}}
      - {name: size, in: query, schema: {type: integer}}
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Person"}}}}}
  /people:
    post:
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Person"}}
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Person"}}
      responses: {"200": {description: d}}
  /login:
    post:
      x-wire: {auth: {fields: {/user: user, /pass: pass}}}
      requestBody: {content: {application/json: {schema: {type: object, properties: {user: {type: string}, pass: {type: string}, device: {type: string}}}}}}
      responses: {"200": {description: d}}
  /signed:
    get:
      x-wire: {sign: {scheme: composed, parameter: "query:sign", key: "query:app", keySlot: app, time: "query:t", timeForm: seconds, secret: secret, digests: [md5], wrap: after}}
      responses: {"200": {description: d}}
components:
  securitySchemes:
    asked: {type: apiKey, in: query, name: api_key}
    bearer: {type: http, scheme: bearer}
  schemas:
    Pin: {type: string, format: password}
    Person: {type: object, required: [name, pin], properties: {name: {type: string}, pin: {allOf: [{$ref: "#/components/schemas/Pin"}]}}}
`

// TestSecretsOfAnyContractAreNotShown: what a security scheme names, what has the format password, what is compared with a
// credential, and what nobody declared.
func TestSecretsOfAnyContractAreNotShown(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, private)
	const secret = "s3cr3t"
	form := asked("POST", "/people", "name=ann&pin="+secret+"&other="+secret)
	form.Header.Set("Content-Type", formMediaType)
	for _, one := range []struct {
		name  string
		send  func() Exchange
		shown []string
	}{
		{"parameters", func() Exchange {
			_, e := p.send(asked("GET", "/people/"+secret+"/notes/n1.txt?api_key="+secret+"&pin="+secret+"&pins="+secret+"&size=7&other="+secret, ""))
			return e
		}, []string{"/people/***/notes/n1.txt", `"7"`, "api_key"}},
		{"below a session's mark", func() Exchange {
			_, e := p.send(asked("GET", "/people/"+secret+"/notes/n2.txt?api_key=k", ""))
			return e
		}, []string{"/people/***/notes/n2.txt"}},
		{"a wrong method", func() Exchange {
			_, e := p.send(asked("PUT", "/people/"+secret+"/notes/n3.txt", ""))
			return e
		}, []string{"/people/***/notes/n3.txt"}},
		{"violations", func() Exchange {
			_, e := p.send(asked("GET", "/people/"+secret+"/notes/n4.txt?api_key=k&size=unsure", ""))
			return e
		}, []string{"violates-contract", "a text of 6 characters"}},
		{"JSON", func() Exchange {
			_, e := p.send(asked("POST", "/people", `{"name":"ann","pin":"`+secret+`","other":"`+secret+`"}`))
			return e
		}, []string{`"ann"`, `"pin":"***"`}},
		{"a form", func() Exchange {
			_, e := p.send(form)
			return e
		}, []string{`"ann"`}},
		{"credentials in the body", func() Exchange {
			_, e := p.send(asked("POST", "/login", `{"user":"`+secret+`","pass":"`+secret+`","device":"phone"}`))
			return e
		}, []string{`"phone"`, `"pass":"***"`, `"user":"***"`}},
	} {
		e := one.send()
		text, _ := json.Marshal(e)
		if strings.Contains(string(text), secret) {
			t.Errorf("%s: the journal shows %s", one.name, text)
		}
		for _, want := range one.shown {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: the journal does not show %s: %s", one.name, want, text)
			}
		}
	}
	_, e := p.send(asked("GET", "/people/1/notes/n5.txt?api_key=k", ""))
	if reply, _ := json.Marshal(e.Reply.Value); !strings.Contains(string(reply), `"pin":"***"`) || strings.Contains(string(reply), `"name":"***"`) {
		t.Errorf("the reply is shown as %s", reply)
	}
}

// TestWhatTheWireHasIsNotUnknown: a signature, its time and a credential are no misspelt parameters.
func TestWhatTheWireHasIsNotUnknown(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, private)
	op := p.operation("shop", "getSigned")
	unknown := func(target string) (names []string) {
		_, e := p.send(asked("GET", target, ""))
		for _, w := range e.Warnings {
			names = append(names, w.Detail["name"])
		}
		return names
	}
	if got := unknown("/people/1/notes/n.txt?api_key=k&__code=200&sise=1"); len(got) != 1 || got[0] != "sise" {
		t.Errorf("unknown are %v", got)
	}
	m := &wire.Message{Method: "GET", Path: "/signed"}
	if _, err := op.signer.Sign(m, wire.SignOptions{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	query := url.Values{}
	for _, pair := range m.Pairs {
		query.Set(pair.Name, pair.Value)
	}
	if got := unknown("/signed?" + query.Encode()); len(query) != 3 || len(got) != 0 || p.last().Outcome != "ok" || p.last().Operation != "getSigned" {
		t.Errorf("a signed call: unknown are %v, outcome %s %s", got, p.last().Outcome, p.last().Error)
	}
}

// TestASessionsOwnCredentialsOutlastASwap: those of slots that are no more do not keep the new contract out.
func TestASessionsOwnCredentialsOutlastASwap(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{Credentials: map[string]Credentials{"shop": {"bearer": {Text: "b"}, "asked": {Text: "a"}}}}, private)
	session := p.make(SessionConfig{Name: "own", OwnCredentials: true})
	before := session.Credentials("shop")
	next, err := specs.Parse("shop", "shop.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '2'}\n"+strings.NewReplacer(
		"x-wire: {auth: {fields: {/user: user, /pass: pass}}}", "description: open", "fields: {/user: user", "").Replace(private)))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.server.SetContracts([]*specs.Contract{next}); err != nil {
		t.Fatal(err)
	}
	after := session.Credentials("shop")
	if after["bearer"].Text != before["bearer"].Text || after["bearer"].Text == "b" || after["user"].Text != "" || before["user"].Text == "" {
		t.Errorf("before %v, after %v", before, after)
	}
}

// TestContractsAndDataChangeTogether: records given while contracts are swapped are not lost, and calls go on meanwhile.
func TestContractsAndDataChangeTogether(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	contracts := p.server.playing.Load().contracts
	var all sync.WaitGroup
	for _, work := range []func(int){
		func(int) {
			if err := p.server.SetContracts(contracts); err != nil {
				t.Error(err)
			}
		},
		func(i int) {
			if err := p.server.SetData("mytijian", behave.Data{"tasks": {}}); err != nil {
				t.Error(err)
			}
			if p.server.data.of("mytijian") == nil {
				t.Errorf("the records given in round %d are lost", i)
			}
			if err := p.server.SetData("mytijian", nil); err != nil {
				t.Error(err)
			}
		},
		func(i int) {
			one, err := p.server.NewSession(SessionConfig{OwnCredentials: true})
			if err != nil {
				t.Error(err)
				return
			}
			if err := one.SetReadings(nil); err != nil {
				t.Error(err)
			}
			one.Drop()
		},
		func(int) { p.server.Judge(asked("POST", arrivalPath, "{}")) },
	} {
		all.Go(func() {
			for i := range 20 {
				work(i)
			}
		})
	}
	all.Wait()
}
