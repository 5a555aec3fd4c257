package mock

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// TestMistakenCredentials: each error names the slot and never holds the value.
func TestMistakenCredentials(t *testing.T) {
	t.Parallel()
	text := func(s string) Credential { return Credential{Text: s} }
	list := func(values ...string) Credential {
		var c Credential
		for _, v := range values {
			c.Tokens = append(c.Tokens, Token{Value: v})
		}
		return c
	}
	for name, c := range map[string]struct {
		vendor, slot string
		credential   Credential
		want         string
	}{
		"vendor that is not played": {"nobody", "secret", text("x"), "nobody"},
		"unknown slot":              {"zheliban", "password", text("hidden-value"), "password"},
		"white space around it":     {"zheliban", "secret", text("hidden-value "), "zheliban.secret"},
		"empty text":                {"zheliban", "secret", text(""), "zheliban.secret"},
		"list for a text":           {"zheliban", "secret", list("hidden-value"), "zheliban.secret"},
		"text for a list":           {"eazytec", "tokens", text("hidden-value"), "eazytec.tokens"},
		"empty token":               {"eazytec", "tokens", list("hidden-value", ""), "eazytec.tokens"},
		"token with white space":    {"eazytec", "tokens", list("hidden-value\t"), "eazytec.tokens"},
		"key of a wrong length":     {"zheliban", "aesKey", text("hidden-value"), "zheliban.aesKey"},
		"iv of a wrong length":      {"weixiao", "appSecret", text("hidden-value"), "weixiao.appSecret"},
	} {
		_, err := New(Config{
			Contracts:   append(only(t, "zheliban"), append(only(t, "eazytec"), only(t, "weixiao")...)...),
			Credentials: map[string]Credentials{c.vendor: {c.slot: c.credential}},
		})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden-value") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCredentialsInForce(t *testing.T) {
	t.Parallel()
	start := func(secret string) *Server {
		s, err := New(Config{Contracts: append(only(t, "zheliban"), only(t, "eazytec")...), Credentials: map[string]Credentials{"zheliban": {"secret": {Text: secret}}}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, other := start("one"), start("other")
	if c, development := one.Credentials("zheliban"); c["secret"].Text != "one" || !slices.Equal(slices.Sorted(slices.Values(development)), []string{"aesKey", "apiKey"}) {
		t.Errorf("in force are %v, of which development values are %v", c, development)
	}
	c, _ := one.Credentials("eazytec")
	c["tokens"].Tokens[0].Value = "changed"
	if again, _ := one.Credentials("eazytec"); again["tokens"].Tokens[0].Value == "changed" {
		t.Error("whoever asks for the credentials can change them")
	}
	if string(one.base().vendors[0].tokenKey) == string(other.base().vendors[0].tokenKey) {
		t.Error("a token outlives the credentials it was issued under")
	}
	if string(one.base().vendors[0].tokenKey) != string(start("one").base().vendors[0].tokenKey) {
		t.Error("a token dies with a restart")
	}
}

func TestTwoContractsOfOneName(t *testing.T) {
	t.Parallel()
	const document = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /%s:\n    get:\n      responses: {'200': {description: d}}\n"
	var contracts []*specs.Contract
	for _, path := range []string{"a", "b"} {
		c, err := specs.Parse("one", path+".yaml", fmt.Appendf(nil, document, path))
		if err != nil {
			t.Fatal(err)
		}
		contracts = append(contracts, c)
	}
	if _, err := New(Config{Contracts: contracts}); err == nil || !strings.Contains(err.Error(), `"one"`) {
		t.Errorf("told %v", err)
	}
	if _, err := New(Config{Contracts: contracts[:1]}); err != nil {
		t.Error(err)
	}
}

func TestBuiltInStatuses(t *testing.T) {
	t.Parallel()
	for c, want := range map[specs.Condition]int{
		specs.MissingToken: 401, specs.InvalidToken: 401, specs.ExpiredToken: 401, specs.WrongCredentials: 401, specs.MissingSignature: 401,
		specs.InvalidSignature: 401, specs.UnknownKey: 401, specs.StaleTimestamp: 401, specs.UnknownOperation: 404, specs.MethodNotAllowed: 405,
		specs.UnsupportedMediaType: 415, specs.BodyTooLarge: 413, specs.MalformedBody: 400, specs.EmptyBody: 422, specs.Unsealable: 400, specs.NotAcceptable: 406,
		specs.MissingParameter: 422, specs.InvalidParameter: 422,
	} {
		if got := builtInStatus(c); got != want {
			t.Errorf("%s is answered with %d, want %d", c, got, want)
		}
	}
	p := newPlayer(t)
	if w, _ := p.send(httptest.NewRequest(http.MethodGet, sendPath, nil)); w.Header().Get("Allow") != "POST" {
		t.Errorf("Allow is %q (RFC 9110, section 15.5.6)", w.Header().Get("Allow"))
	}
	for _, known := range p.server.base().routes.known {
		place, _, _ := p.server.base().routes.paths.Find(known)
		if allow := slices.Clone(place.allow); len(slices.Compact(allow)) != len(place.allow) {
			t.Errorf("%s allows %v", known, place.allow)
		}
	}
}

// TestWhatBrowsersAreTold: what a page may send and read, and that only a preflight is ours to answer.
func TestWhatBrowsersAreTold(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	const page = "http://[::ffff:127.0.0.1]:3000"
	if w, _ := p.send(post(sendPath, jsonType, goodMessage, "Origin", page)); !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), headerRefusal) {
		t.Errorf("a page may read %q", w.Header().Get("Access-Control-Expose-Headers"))
	}
	preflight := withHeader(httptest.NewRequest(http.MethodOptions, "/wx/push/updatePushProject", nil), "Origin", page)
	if _, e := p.send(preflight); e.Error != "method-not-supported" {
		t.Errorf("OPTIONS that is no preflight: %s", e.Error)
	}
	preflight.Header.Set("Access-Control-Request-Method", "PUT")
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, preflight)
	for _, method := range []string{"PUT", "DELETE"} {
		if !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("a page may send %q", w.Header().Get("Access-Control-Allow-Methods"))
		}
	}
}

// TestShownBodies: what the contract marks is masked, texts and numbers; the rest is shown.
func TestShownBodies(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	r := post("/reservation/sync/order", jsonType, "", "ACCESS-TOKEN", p.token())
	_, e := p.send(r)
	rows, _ := value.Object(map[string]any{"v": e.Reply.Value}, "v")["result"].([]any)
	if len(rows) == 0 {
		t.Fatalf("no rows are shown: %v", e.Reply.Value)
	}
	row := rows[0].(map[string]any)
	for _, name := range []string{"name", "idcard", "mobile", "birthdate", "erhcNo"} {
		if row[name] != masked {
			t.Errorf("%s is shown: %v", name, row[name])
		}
	}
	if row["serialNumber"] == masked {
		t.Error("what is not marked is masked")
	}
	_, e = p.send(post(tokenPath, "text/plain", padded("development-key!", `{"apikey":"development-api-key","secret":"development-secret"}`)))
	if body, _ := e.Request.Value.(map[string]any); body["secret"] != masked {
		t.Errorf("the request shows %v", e.Request.Value)
	}
	_, e = p.send(post(registerPath, jsonType, `{}`))
	if len(e.Parameters) != 1 || e.Parameters[0].Value != masked {
		t.Errorf("the token is shown: %v", e.Parameters)
	}
	if len(e.Diagnosis.Findings) < 2 {
		t.Errorf("of several findings %v are told", e.Diagnosis.Findings)
	}
}

// TestFormats: what the call asks for, in XML and JSON; lists lose their wrapper for simplify=true only.
func TestFormats(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	ask := func(format, simplify string) *httptest.ResponseRecorder {
		w, e := p.send(post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("format", format); f.Set("simplify", simplify) })))
		if e.Outcome != "ok" {
			t.Fatalf("%s %v", e.Error, e.Diagnosis)
		}
		return w
	}
	for _, format := range []string{"xml", "json"} {
		if got := ask(format, "false").Header().Get("Content-Type"); !strings.Contains(got, format) {
			t.Errorf("format=%s is answered as %s", format, got)
		}
	}
	if ask("json", "false").Body.Len() <= ask("json", "true").Body.Len() {
		t.Error("simplify=false simplifies, or simplify=true does not")
	}
}

// TestSessionsDiffer in their data; dropping one frees what it held, and its clock starts from the configured time.
func TestSessionsDiffer(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 1, 2, 3, 4, 5, 0, value.China())
	s, err := New(Config{Contracts: only(t, "weixiao"), Now: func() time.Time { return now }, JournalBytes: 1500, SessionIdle: time.Minute, MaxSessions: 2})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{T: t, server: s}
	seeds, key := map[int64]bool{}, ""
	p.step("listPushProjects", func(tx state.Tx, c *behave.Call) (behave.Reply, error) {
		seeds[c.Seed], key = true, c.Session
		tx.Put("kind", "key", []byte("x"))
		return behave.Reply{Value: value.List{}}, nil
	})
	list := func(session string) {
		for range 6 {
			p.send(httptest.NewRequest(http.MethodGet, "/~"+session+"/wx/push/queryPushProject", nil))
		}
	}
	list("one")
	dropped := key
	list("two")
	if len(seeds) != 2 {
		t.Error("two sessions have the same seed")
	}
	if one, _ := s.Session("one"); !one.Now().Equal(now) {
		t.Errorf("the clock shows %v", one.Now())
	}
	if kept, gone := s.Exchanges(); len(kept) > 6 || gone != 12-int64(len(kept)) {
		t.Errorf("%d exchanges are kept and %d dropped", len(kept), gone)
	}
	now = now.Add(2 * time.Minute)
	if _, err := s.Session("three"); err != nil {
		t.Errorf("idle sessions make no room: %v", err)
	}
	_ = s.store.Update(context.Background(), dropped, func(tx state.Tx) error {
		if _, kept := tx.Get("kind", "key"); kept {
			t.Error("a session has ended and its state is kept")
		}
		return nil
	})
}

// TestCloseStopsTheClocks: nothing that waits for a time comes after it.
func TestCloseStopsTheClocks(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Contracts: only(t, "weixiao")})
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.Session("one")
	if err != nil {
		t.Fatal(err)
	}
	session.Freeze(time.Time{})
	session.world().Clock.AfterFunc(time.Hour, func() { t.Error("a timer ran after the end") })
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	session.Advance(2 * time.Hour)
}
