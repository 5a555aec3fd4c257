package mock

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/specs"
)

// inline plays a contract that a test writes itself, under the name shop.
func inline(t *testing.T, config Config, document string) *player {
	t.Helper()
	c, err := specs.Parse("shop", "shop.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"+document))
	if err != nil {
		t.Fatal(err)
	}
	config.Contracts = []*specs.Contract{c}
	config.ErrorLog = log.New(io.Discard, "", 0)
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &player{T: t, server: server}
}

// odd is a contract of things that documents leave out or say strangely.
const odd = `
paths:
  /none: {get: {summary: no responses at all}}
  /default: {get: {responses: {default: {description: d, content: {application/json: {schema: {const: {a: 1}}}}}}}}
  /refused: {get: {responses: {"404": {description: d}}}}
  /any: {get: {responses: {"200": {description: d, content: {"*/*": {schema: {const: {a: 1}}}}}}}}
  /images: {get: {responses: {"200": {description: d, content: {"image/*": {schema: {type: string, format: binary}}}}}}}
  /bare/json: {get: {responses: {"200": {description: d, content: {application/json: {}}}}}}
  /bare/xml: {get: {responses: {"200": {description: d, content: {application/xml: {}}}}}}
  /bare/form: {get: {responses: {"200": {description: d, content: {application/x-www-form-urlencoded: {}}}}}}
  /bare/parts: {get: {responses: {"200": {description: d, content: {multipart/form-data: {}}}}}}
  /empty: {get: {responses: {"204": {description: d, content: {application/json: {schema: {type: object}}}}}}}
  /range: {get: {responses: {2XX: {description: d, content: {text/plain: {schema: {const: fine}}}}}}}
  /certificate: {get: {security: [{tls: []}], responses: {"200": {description: d}}}}
  /both: {get: {security: [{tls: [], quoted: []}], responses: {"200": {description: d}}}}
  /transport:
    get:
      responses:
        "200":
          description: d
          headers:
            Content-Length: {schema: {type: integer, minimum: 1000}}
            Transfer-Encoding: {schema: {const: chunked}}
            Content-Encoding: {required: true, schema: {const: gzip}}
            X-Rest: {schema: {const: kept}}
          content: {text/plain: {schema: {const: fine}}}
  /stated:
    get:
      security: [{token: []}]
      parameters: [{name: n, in: query, schema: {type: integer}}]
      responses:
        "200": {description: d, headers: {X-Seen: {schema: {type: string}, examples: {wrong: {value: 1}, right: {value: seen}}}}, content: {text/plain: {schema: {const: fine}}}}
        "401": {description: d, headers: {WWW-Authenticate: {schema: {type: string}}}, content: {application/json: {schema: {const: {e: 1}}}}}
        "405": {description: d, headers: {Allow: {schema: {type: string}}}}
        "422": {description: d, headers: {X-Request: {required: true, schema: {const: id}}}, content: {application/problem+json: {schema: {type: object, required: [title]}}}}
        "404": {description: d, content: {application/problem+json: {schema: {type: object, required: [title], properties: {title: {const: gone}}}}}}
        "201": {description: d, content: {text/csv: {schema: {const: "a,b"}}}}
  /said:
    get:
      security: [{token: []}]
      responses: {"200": {description: d}, "401": {description: d, headers: {WWW-Authenticate: {schema: {type: string}, example: Own realm="x"}}}}
components:
  securitySchemes:
    tls: {type: mutualTLS}
    quoted: {type: apiKey, in: query, name: 'a"b'}
    token: {type: http, scheme: bearer}
`

func TestOddContractsAreAnswered(t *testing.T) {
	t.Parallel()
	const bearer, bearerHeader = "Bearer t", "Authorization"
	p := inline(t, Config{}, odd)
	for _, one := range []struct {
		method, target string
		headers        []string
		status         int
		want           map[string]string // headers; "" for one that must not be there
		body           string
	}{
		{"GET", "/none", nil, 200, map[string]string{"Content-Type": "", "Content-Length": "0"}, ""},
		{"GET", "/default", nil, 200, nil, `{"a":1}`},
		{"HEAD", "/default", nil, 200, map[string]string{"Content-Length": "7"}, ""},
		{"GET", "/refused", nil, 200, nil, ""},
		{"GET", "/any", nil, 200, map[string]string{"Content-Type": "application/json"}, `{"a":1}`},
		{"GET", "/images", nil, 200, map[string]string{"Content-Type": "image/png"}, "…"},
		{"GET", "/bare/json", nil, 200, nil, "{}"},
		{"GET", "/bare/xml", nil, 200, map[string]string{"Content-Type": "application/xml"}, "…<root>"},
		{"GET", "/bare/form", nil, 200, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, ""},
		{"GET", "/bare/parts", nil, 200, nil, "…"},
		{"GET", "/empty", nil, 204, map[string]string{"Content-Length": "", "Content-Type": ""}, ""},
		{"GET", "/empty", []string{"Accept", "text/html"}, 204, nil, ""},
		{"GET", "/range", nil, 200, nil, "fine"},
		{"GET", "/certificate", nil, 200, nil, ""},
		{"GET", "/both", nil, 401, map[string]string{"Www-Authenticate": `ApiKey realm="shop", in="query", name="a\"b"`}, `…asks for: an API key in the query a\"b"`},
		{"GET", "/transport", nil, 200, map[string]string{"Transfer-Encoding": "", "Content-Encoding": "", "Content-Length": "4", "X-Rest": "kept"}, "fine"},
		{"GET", "/stated", []string{bearerHeader, bearer}, 200, map[string]string{"X-Seen": "seen"}, "fine"},
		{"GET", "/stated", nil, 401, map[string]string{"Www-Authenticate": `Bearer realm="shop"`}, `{"e":1}`},
		{"GET", "/stated", []string{bearerHeader, bearer, "Prefer", "code=401"}, 401, map[string]string{"Www-Authenticate": `Bearer realm="shop"`}, `{"e":1}`},
		{"GET", "/said", nil, 401, map[string]string{"Www-Authenticate": `Own realm="x"`}, ""},
		{"DELETE", "/stated", nil, 405, map[string]string{"Allow": "GET"}, ""},
		{"GET", "/stated?n=x", []string{bearerHeader, bearer}, 422, map[string]string{"X-Request": "id", "Content-Type": "application/problem+json"}, "…urn:understudy:invalid-parameter"},
		{"GET", "/stated", []string{bearerHeader, bearer, "Prefer", "code=404", "Accept", "text/plain"}, 404, nil, `{"title":"gone"}`},
		{"GET", "/stated", []string{bearerHeader, bearer, "Prefer", "code=201", "Accept", "text/csv"}, 201, nil, "a,b"},
		{"GET", "/stated", []string{bearerHeader, bearer, "Prefer", "code=201", "Accept", "text/plain"}, 406, map[string]string{"Preference-Applied": ""}, "…text/csv"},
	} {
		w, _ := p.send(asked(one.method, one.target, "", one.headers...))
		part, isPart := strings.CutPrefix(one.body, "…")
		if got := w.Body.String(); w.Code != one.status || isPart && !strings.Contains(got, part) || !isPart && got != one.body {
			t.Errorf("%s %s %q: %d %s, want %d %s", one.method, one.target, one.headers, w.Code, got, one.status, one.body)
		}
		for name, want := range one.want {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s %q: %s is %q, want %q", one.method, one.target, one.headers, name, got, want)
			}
		}
	}
	notes := 0
	for _, n := range p.server.Audit() {
		if n.Rule == NoteExample && strings.Contains(n.Text, "X-Seen") && n.At.Line > 0 {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("%d notes about the example of a header: %v", notes, p.server.Audit())
	}
}

// TestAJudgementKnowsNoPreference: what a caller asks of the simulator is nothing to the contract, what it accepts is.
func TestAJudgementKnowsNoPreference(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, odd)
	if j := p.server.Judge(asked("GET", "/range", "", "Prefer", "code=500")); j.Refusal != "" || len(j.Found) != 0 {
		t.Errorf("a preference is %+v", j)
	}
	if j := p.server.Judge(asked("GET", "/range", "", "Accept", "image/png")); len(j.Found) != 1 || j.Found[0].ID != "not-acceptable" {
		t.Errorf("what cannot be accepted is %+v", j)
	}
}

// TestDynamicHeadersAreMade: a header's example is left where made values are asked for.
func TestDynamicHeadersAreMade(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, `
paths:
  /a: {get: {responses: {"200": {description: d, headers: {X-Number: {schema: {type: integer, minimum: 5, maximum: 9, example: 7}, example: 7}}}}}}
`)
	seen := map[string]bool{}
	for range 3 {
		w, _ := p.send(asked("GET", "/a", ""))
		seen[w.Header().Get("X-Number")] = true
	}
	if !seen["7"] || len(seen) != 1 {
		t.Errorf("the example is not answered: %v", seen)
	}
	session, _ := p.server.Session("")
	for seed := range int64(12) {
		session.SetSeed(seed)
		w, _ := p.send(asked("GET", "/a", "", "Prefer", "dynamic=true"))
		seen[w.Header().Get("X-Number")] = true
	}
	if len(seen) < 3 {
		t.Errorf("dynamic headers are %v", seen)
	}
}

// TestRepliesTravelAsTheyAre: over a real connection, where net/http has its own mind about headers.
func TestRepliesTravelAsTheyAre(t *testing.T) {
	t.Parallel()
	front := httptest.NewServer(inline(t, Config{}, odd).server)
	t.Cleanup(front.Close)
	for target, want := range map[string]string{"/transport": "fine", "/empty": "", "/default": `{"a":1}`} {
		r, err := front.Client().Get(front.URL + target)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		text, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || string(text) != want {
			t.Errorf("%s: %q, %v, want %q", target, text, err, want)
		}
	}
}

// TestThePathSaysWhatIsCalled: a query parameter of the same name does not take the place of the one in the path.
func TestThePathSaysWhatIsCalled(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, `
x-understudy: 1
paths:
  /pots:
    post: {operationId: addPot, x-resource: {kind: pot, verb: create, key: /id}, requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}, responses: {"201": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}}}
  /pots/{id}:
    get:
      operationId: readPot
      x-resource: {kind: pot, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: id, in: query, schema: {type: string}}]
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}, "404": {description: d}}
components: {schemas: {Pot: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}}}
`)
	for _, id := range []string{"a", "b"} {
		if w, _ := p.send(asked("POST", "/pots", `{"id":"`+id+`","name":"pot `+id+`"}`)); w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if w, _ := p.send(asked("GET", "/pots/a?id=b", "")); !strings.Contains(w.Body.String(), "pot a") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
