package mock

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"understudy/specs"
)

// stranger plays a contract that knows nothing of the vocabulary.
func stranger(t *testing.T, config Config, changes ...string) *player {
	t.Helper()
	text, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if len(changes) > 0 && changed == string(text) {
		t.Fatal("the change changes nothing")
	}
	c, err := specs.Parse("shop", "shop.yaml", []byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	config.Contracts = append(config.Contracts, c)
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &player{T: t, server: server}
}

// asked is one call of a stranger's contract.
func asked(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", jsonType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestStrangersContractIsAnswered(t *testing.T) {
	t.Parallel()
	const key = "X-Api-Key"
	for _, one := range []struct {
		name    string
		request *http.Request
		status  int
		header  string // NAME=VALUE
		holds   string
	}{
		{"the first example that keeps its schema", asked("GET", "/items", ""), 200, "Content-Type=application/json", `[{"id":1,"name":"cup"},{"id":2,"name":"pot"}]`},
		{"an example by name", asked("GET", "/items", "", "Prefer", "example=none-left"), 200, "Preference-Applied=example=none-left", `[{"id":7,"name":"lid"}]`},
		{"a broken example, asked for", asked("GET", "/items", "", "Prefer", "example=broken"), 200, "", `[{"id":"none"}]`},
		{"an example from the query", asked("GET", "/items?__example=none-left", ""), 200, "", `"lid"`},
		{"an example nobody has", asked("GET", "/items", "", "Prefer", "example=three"), 400, "Understudy-Refusal=unknown-preference", "example=two"},
		{"made values", asked("GET", "/items", "", "Prefer", "dynamic=true"), 200, "Preference-Applied=dynamic=true", `"made"`},
		{"a status", asked("GET", "/items", "", "Prefer", "code=503"), 503, "Preference-Applied=code=503", ""},
		{"a status of a range", asked("GET", "/items?__code=418", ""), 418, "", `"title"`},
		{"a status the contract does not have", asked("GET", "/items/1", "", "Prefer", "code=500"), 400, "Understudy-Refusal=unknown-preference", "code=404"},
		{"the header wins over the query", asked("GET", "/items?__code=418", "", "Prefer", "code=503"), 503, "", ""},
		{"a made reply", asked("GET", "/items/5", ""), 200, "", `"id"`},
		{"HEAD", asked("HEAD", "/items/5", ""), 200, "Content-Type=application/json", ""},
		{"no body", asked("POST", "/items/5:close", ""), 204, "", ""},
		{"JSON unless asked otherwise", asked("POST", "/items", `{"name":"cup"}`, key, "k"), 201, "Content-Type=application/json", `"name"`},
		{"XML by Accept", asked("POST", "/items", `{"name":"cup"}`, key, "k", "Accept", "application/xml;q=0.9, text/html"), 201, "Content-Type=application/xml", "<name>"},
		{"text by Accept", asked("POST", "/items", `{"name":"cup"}`, key, "k", "Accept", "text/*, application/json;q=0.2"), 201, "", "made"},
		{"nothing by Accept", asked("POST", "/items", `{"name":"cup"}`, key, "k", "Accept", "image/png"), 406, "Content-Type=application/problem+json", "application/xml"},
		{"no credential", asked("POST", "/items", `{"name":"cup"}`), 401, "Www-Authenticate=ApiKey realm=\"shop\", in=\"header\", name=\"X-Api-Key\", Basic realm=\"shop\"", "urn:understudy:missing-token"},
		{"the other credential", asked("POST", "/items", `{"name":"cup"}`, "Authorization", "Basic dTpw"), 201, "", `"name"`},
		{"a credential of the wrong form", asked("POST", "/items", `{"name":"cup"}`, "Authorization", "Basic u:p"), 401, "", "urn:understudy:invalid-token"},
		{"a wrong method", asked("DELETE", "/items", ""), 405, "Allow=GET, POST", ""},
		{"a wrong media type", asked("POST", "/items", `x`, key, "k", "Content-Type", "text/csv"), 415, "", "application/json"},
		{"no JSON", asked("POST", "/items", `{"name"`, key, "k"), 400, "", "urn:understudy:malformed-body"},
		{"no body where one is needed", asked("POST", "/items", "", key, "k"), 422, "", `"keyword":"required"`},
		{"a member that is the server's to give", asked("POST", "/items", `{"name":"cup","id":4}`, key, "k"), 422, "", `"pointer":"/id"`},
		{"a path parameter of the wrong type", asked("GET", "/items/five", ""), 422, "", `"in":"path"`},
		{"its own error response", asked("GET", "/items/1", "", "Prefer", "code=404"), 404, "", `{"code":"gone"}`},
		{"a list in the query", asked("GET", "/items?tag=new&tag=old&near[lat]=1.5&limit=50", "", "X-Trace", "00ff", "Cookie", "lang=zh"), 200, "", "cup"},
		{"an unknown path", asked("GET", "/item", ""), 404, "Understudy-Refusal=unknown-path", "/items"},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			stranger(t, Config{}).server.ServeHTTP(w, one.request)
			if w.Code != one.status || !strings.Contains(w.Body.String(), one.holds) {
				t.Errorf("status %d, want %d; body %s, want %s in it; %v", w.Code, one.status, w.Body, one.holds, w.Header())
			}
			if name, want, ok := strings.Cut(one.header, "="); ok && w.Header().Get(name) != want {
				t.Errorf("%s is %q, want %q", name, w.Header().Get(name), want)
			}
		})
	}
}

// TestEverythingWrongIsToldAtOnce: each place with what was expected, what came, and where the contract says so.
func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	p := stranger(t, Config{}, "        4XX:\n", "        499:\n")
	w, _ := p.send(asked("GET", "/items?limit=0&tag=new&tag=blue&near[lon]=1&colour=red", "", "X-Trace", "zz", "Cookie", "lang=fr"))
	var details struct {
		Errors []struct{ In, Pointer, Keyword, Expected, Got, Contract string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &details); err != nil || w.Code != 422 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	found := map[string]bool{}
	for _, e := range details.Errors {
		found[e.In+" "+e.Pointer+" "+e.Keyword] = true
		if e.Expected == "" || e.Got == "" || !strings.HasPrefix(e.Contract, "shop.yaml:") {
			t.Errorf("%+v says too little", e)
		}
	}
	for _, want := range []string{"query limit minimum", "query tag/1 enum", "query near/lat required", "header X-Trace pattern", "cookie lang enum"} {
		if !found[want] {
			t.Errorf("%q is not told; there are %v", want, found)
		}
	}
	if w, e := p.send(asked("GET", "/items?colour=red", "")); w.Code != 200 || len(e.Warnings) != 1 || e.Warnings[0].ID != "parameter-unknown" {
		t.Errorf("an unknown parameter: %d, warnings %v", w.Code, e.Warnings)
	}
}

func TestRepliesOfAStrangersContract(t *testing.T) {
	t.Parallel()
	first, second := stranger(t, Config{Dynamic: true}), stranger(t, Config{Dynamic: true})
	body := func(p *player, target string) string {
		w, _ := p.send(asked("GET", target, ""))
		if total := w.Header().Get("X-Total"); target == "/items" && (len(total) != 1 || total < "3" || total > "9") {
			t.Errorf("X-Total is %q", total)
		}
		return w.Body.String()
	}
	if a, b := body(first, "/items"), body(second, "/items"); a != b || strings.Contains(a, "cup") {
		t.Errorf("dynamic: %s and %s", a, b)
	}
	if a, b := body(first, "/items/1"), body(first, "/items/2"); a == b {
		t.Errorf("two items are alike: %s", a)
	}
	if a, b := body(first, "/items/1"), body(second, "/items/1"); a != b {
		t.Errorf("one item is two: %s, %s", a, b)
	}
}

func TestConfiguredCredentialsAreHeld(t *testing.T) {
	t.Parallel()
	p := stranger(t, Config{Credentials: map[string]Credentials{"shop": {"key": {Text: "k1"}, "login": {Text: "u:p"}}}})
	for header, want := range map[string]int{"X-Api-Key k1": 201, "X-Api-Key k2": 401, "Authorization Basic dTpw": 201, "Authorization Basic dTp4": 401} {
		name, v, _ := strings.Cut(header, " ")
		if w, _ := p.send(asked("POST", "/items", `{"name":"cup"}`, name, v)); w.Code != want {
			t.Errorf("%s: %d, want %d: %s", header, w.Code, want, w.Body)
		}
	}
}

// TestCollidingContractsGetAPrefix: the second of two contracts with a path in common is served below its name.
func TestCollidingContractsGetAPrefix(t *testing.T) {
	t.Parallel()
	other, err := specs.Parse("other", "other.yaml", []byte(`{openapi: 3.0.3, info: {title: o, version: "1"}, paths: {"/items/{key}": {get: {parameters: [{name: key, in: path, required: true, schema: {type: string}}], responses: {"200": {description: ok, content: {text/plain: {example: other}}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	p := stranger(t, Config{Contracts: []*specs.Contract{other}})
	if got := []string{p.server.Prefix("other"), p.server.Prefix("shop"), p.server.Prefix("none")}; got[0] != "" || got[1] != "/shop" || got[2] != "" {
		t.Errorf("prefixes %q", got)
	}
	for target, want := range map[string]string{"/items/x": "other", "/shop/items": "cup", "/~s/shop/items/5": `"id"`} {
		if w, _ := p.send(asked("GET", target, "")); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", target, w.Code, w.Body, want)
		}
	}
}

// TestContractsAreSwapped: state, clock, seed and journal of a session stay, and a contract that cannot be played changes
// nothing.
func TestContractsAreSwapped(t *testing.T) {
	t.Parallel()
	p := stranger(t, Config{})
	session, _ := p.server.Session("s")
	session.SetSeed(7)
	session.Freeze(session.Now())
	before, _ := p.send(asked("GET", "/~s/items/5", ""))
	changed := strings.NewReplacer("const: gone", "const: lost", "name: cup", "name: mug")
	text, _ := os.ReadFile("testdata/shop.yaml")
	next, err := specs.Parse("shop", "shop.yaml", []byte(changed.Replace(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.server.SetContracts([]*specs.Contract{next}); err != nil {
		t.Fatal(err)
	}
	if w, _ := p.send(asked("GET", "/~s/items", "")); !strings.Contains(w.Body.String(), "mug") {
		t.Errorf("the new contract is not played: %s", w.Body)
	}
	if after, _ := p.send(asked("GET", "/~s/items/5", "")); after.Body.String() != before.Body.String() || session.Info().Clock != "frozen" || session.Info().Exchanges != 3 {
		t.Errorf("the session is another one: %s, %+v", after.Body, session.Info())
	}
	twice := []*specs.Contract{next, next}
	if err := p.server.SetContracts(twice); err == nil {
		t.Error("a contract is played twice")
	}
	if w, _ := p.send(asked("GET", "/~s/items", "")); w.Code != 200 {
		t.Errorf("after an error: %d %s", w.Code, w.Body)
	}
}
