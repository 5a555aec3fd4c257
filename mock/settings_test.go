package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/behave"
)

func (p *player) make(c SessionConfig) *Session {
	p.Helper()
	one, err := p.server.NewSession(c)
	if err != nil {
		p.Fatal(err)
	}
	return one
}

func (p *player) last() Exchange {
	p.Helper()
	list, _ := p.server.Exchanges()
	if len(list) == 0 {
		p.Fatal("the journal holds nothing")
	}
	return list[len(list)-1]
}

func TestASessionMadeOnPurpose(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	seed := int64(7)
	one := p.make(SessionConfig{Name: "mine", Seed: &seed, SignatureWindow: "off", Faults: []Fault{{Status: 500, Calls: 1}}})
	info := one.Info()
	if info.Name != "mine" || info.Prefix != "/~mine" || info.Seed != 7 || info.SignatureWindow != "off" || info.OwnCredentials || info.Clock != "running" || info.Readings == nil {
		t.Errorf("the session stands as %+v", info)
	}
	if len(one.Faults()) != 1 {
		t.Errorf("its faults are %v", one.Faults())
	}
	if _, err := p.server.NewSession(SessionConfig{Name: "mine"}); !errors.Is(err, ErrSessionExists) {
		t.Errorf("a second one of the name: %v", err)
	}
	if _, err := p.server.NewSession(SessionConfig{Name: "a/b"}); !errors.Is(err, ErrSessionName) {
		t.Errorf("a bad name: %v", err)
	}
	a, b := p.make(SessionConfig{}), p.make(SessionConfig{})
	if a.Name() == b.Name() || a.Name() == "" {
		t.Errorf("minted names %q and %q", a.Name(), b.Name())
	}
	if _, ok := p.server.LookupSession("nobody"); ok || slices.Contains(p.server.Sessions(), "nobody") {
		t.Error("looking for a session made it")
	}
}

func TestWhatIsWrongWithASessionIsToldAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	_, err := p.server.NewSession(SessionConfig{
		Name: "wrong", SignatureWindow: "sometimes", Readings: map[string]string{"Z-1": "nonsense"}, Faults: []Fault{{Error: "nonsense"}},
		Credentials: map[string]Credentials{"nobody": nil, "zheliban": {"aesKey": {Text: "short-secret"}}},
	})
	if err == nil {
		t.Fatal("all of it was taken")
	}
	for _, want := range []string{"sometimes", "Z-1", "nobody", "nonsense"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "short-secret") {
		t.Errorf("the error holds a credential: %v", err)
	}
	if slices.Contains(p.server.Sessions(), "wrong") {
		t.Error("the session was made all the same")
	}
}

// TestOwnCredentials: a session with credentials of its own takes no others, and a caller that shows one in the clear
// finds its session without prefix or header.
func TestOwnCredentials(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one", OwnCredentials: true})
	for _, v := range p.server.base().vendors {
		id := v.contract.Vendor
		mine, common := one.Credentials(id), v.credentials
		if len(mine) != len(common) {
			t.Errorf("%s: %d slots instead of %d", id, len(mine), len(common))
		}
		for slot, c := range mine {
			if c.Text != "" && (c.Text == common[slot].Text || len(c.Text) != len(common[slot].Text)) || len(c.Tokens) != len(common[slot].Tokens) {
				t.Errorf("%s.%s is not of the session's own", id, slot)
			}
			for i, token := range c.Tokens {
				if token.Value == common[slot].Tokens[i].Value || token.Account != common[slot].Tokens[i].Account {
					t.Errorf("%s.%s: token %d is not of the session's own", id, slot, i+1)
				}
			}
		}
	}
	token := one.Credentials("eazytec")["tokens"].Tokens[0].Value
	_, e := p.send(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer "+token))
	if e.Session != "one" || e.Outcome != "ok" {
		t.Errorf("by its bearer token: session %s, outcome %s %s", e.Session, e.Outcome, e.Error)
	}
	_, e = p.send(post("/~one"+sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token"))
	if e.Outcome != "vendor-error" {
		t.Errorf("the server's token in the session: outcome %s", e.Outcome)
	}
	_, e = p.send(post("/~two"+sendPath, jsonType, goodMessage, "Authorization", "Bearer "+token))
	if e.Outcome != "refusal" || e.Error != "session-conflict" {
		t.Errorf("its token in another session: outcome %s %s", e.Outcome, e.Error)
	}
	_, e = p.send(post("/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="+url.QueryEscape(one.Credentials("mytijian")["accessTokens"].Tokens[0].Value), jsonType, `{}`))
	if e.Session != "one" || e.Outcome != "ok" {
		t.Errorf("by a token in the query: session %s, outcome %s %s", e.Session, e.Outcome, e.Error)
	}
	form := strings.Replace(signedForm(func(url.Values) {}), "app_key=12345678", "app_key="+one.Credentials("alihealth")["appKey"].Text, 1)
	if _, e = p.send(post("/router/rest", formType, form)); e.Session != "one" || e.Diagnosis == nil || e.Diagnosis.ID == "key-unknown" {
		t.Errorf("by its app_key in a form: session %s, %v", e.Session, e.Diagnosis)
	}
	push := strings.Replace(pushBody(goodPush), "0123456789ABCDEF", one.Credentials("weixiao")["appKey"].Text, 1)
	if _, e = p.send(post(receivePath, jsonType, push)); e.Session != "one" {
		t.Errorf("by its app_key in JSON: session %s", e.Session)
	}
	again := p.make(SessionConfig{Name: "again", OwnCredentials: true})
	if again.Credentials("eazytec")["tokens"].Tokens[0].Value == token {
		t.Error("two sessions have the same token")
	}
	if other, _ := newPlayer(t).server.NewSession(SessionConfig{Name: "one", OwnCredentials: true}); other.Credentials("eazytec")["tokens"].Tokens[0].Value != token {
		t.Error("the same name on the same server gives other credentials")
	}
	one.Reset()
	if _, e = p.send(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer "+token)); e.Session != "one" || e.Outcome != "ok" {
		t.Errorf("after a reset: session %s, outcome %s %s", e.Session, e.Outcome, e.Error)
	}
	one.Drop()
	if _, e = p.send(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer "+token)); e.Session != "default" || e.Outcome != "vendor-error" {
		t.Errorf("after its end: session %s, outcome %s %s", e.Session, e.Outcome, e.Error)
	}
}

func TestTwoSessionsCannotShareACredential(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	given := map[string]Credentials{"eazytec": {"tokens": {Tokens: []Token{{Value: "given-token"}}}}}
	p.make(SessionConfig{Name: "one", Credentials: given})
	if _, err := p.server.NewSession(SessionConfig{Name: "two", Credentials: given}); err == nil || strings.Contains(err.Error(), "given-token") || !strings.Contains(err.Error(), "eazytec.tokens") {
		t.Errorf("the second: %v", err)
	}
	if slices.Contains(p.server.Sessions(), "two") {
		t.Error("the second was made all the same")
	}
}

func TestSignatureWindows(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one"})
	call := func() string {
		_, e := p.send(withHeader(post("/router/rest", formType, signedForm(func(url.Values) {})), "Understudy-Session", "one"))
		if e.Diagnosis == nil {
			return ""
		}
		return e.Diagnosis.ID
	}
	one.Shift(-48 * time.Hour)
	if got := call(); got != "" {
		t.Errorf("real time: %s", got)
	}
	if err := one.SetSignatureWindow("session"); err != nil {
		t.Fatal(err)
	}
	if got := call(); got != "timestamp-stale" {
		t.Errorf("the session's time: %q", got)
	}
	if err := one.SetSignatureWindow("off"); err != nil {
		t.Fatal(err)
	}
	if got := call(); got != "" {
		t.Errorf("no time: %s", got)
	}
	if err := one.SetSignatureWindow("never"); err == nil || one.Info().SignatureWindow != "off" {
		t.Errorf("an unknown window: %v", err)
	}
}

func TestRevokedTokens(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one, _ := p.server.Session("")
	token := p.token()
	arrive := func() Exchange {
		_, e := p.send(post(arrivalPath, jsonType, padded("development-key!", `{"serialNumber":"ZJ10001"}`), "ACCESS-TOKEN", token))
		return e
	}
	if e := arrive(); e.Outcome != "ok" {
		t.Fatalf("outcome %s %s", e.Outcome, e.Error)
	}
	one.RevokeToken(token)
	if e := arrive(); e.Diagnosis == nil || e.Diagnosis.ID != "token-revoked" {
		t.Errorf("an issued token: outcome %s, %v", e.Outcome, e.Diagnosis)
	}
	one.RevokeToken("development-token")
	if _, _, e := p.play("eazytec sendMessage"); e.Diagnosis == nil || e.Diagnosis.ID != "token-revoked" {
		t.Errorf("a listed token: outcome %s, %v", e.Outcome, e.Diagnosis)
	}
	if _, e := p.send(withHeader(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token"), "Understudy-Session", "other")); e.Outcome != "ok" {
		t.Errorf("in another session: outcome %s %s", e.Outcome, e.Error)
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	var mu sync.Mutex
	var seen []Exchange
	stop := p.server.Watch(Query{Vendor: "eazytec"}, func(e Exchange) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, e)
	})
	p.play("eazytec sendMessage")
	p.play("weixiao listPushProjects")
	if len(seen) != 1 || seen[0].Operation != "sendMessage" || seen[0].ID == 0 {
		t.Fatalf("seen %+v", seen)
	}
	text, _ := json.Marshal(seen[0])
	if bytes.Contains(text, []byte("<p>")) || !bytes.Contains(text, []byte("***")) {
		t.Errorf("what is watched is not masked: %s", text)
	}
	stop()
	stop()
	p.play("eazytec sendMessage")
	if len(seen) != 1 {
		t.Error("somebody watches after the end")
	}
}

func TestRecordsFromOutside(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one, _ := p.server.Session("")
	ctx := t.Context()
	if tasks, err := one.Records(ctx, "mytijian", "tasks"); err != nil || len(tasks) == 0 {
		t.Errorf("%d tasks of the hospitals that tokens stand for, %v", len(tasks), err)
	}
	list, err := one.Records(ctx, "zheliban", "reservations")
	if err != nil || len(list) == 0 {
		t.Fatalf("%d reservations, %v", len(list), err)
	}
	if _, err := one.PutRecord(ctx, "zheliban", "reservations", list[0].Key, map[string]any{"birthdate": "neither"}); err == nil {
		t.Error("a record that breaks the contract was taken")
	}
	before, _ := one.Records(ctx, "zheliban", "reservations")
	if a, b := list[0].Value["name"], before[0].Value["name"]; a != b {
		t.Errorf("it left its mark: %v, then %v", a, b)
	}
	put, err := one.PutRecord(ctx, "zheliban", "reservations", "ZJ77", map[string]any{"name": "测试员"})
	if err != nil || put.Key != "ZJ77" || put.Value["name"] != "测试员" {
		t.Fatalf("put %+v, %v", put, err)
	}
	pull := func() string {
		r := post("/reservation/sync/order", jsonType, "", "ACCESS-TOKEN", p.token())
		w := httptest.NewRecorder()
		p.server.ServeHTTP(w, r)
		opened, failed := p.operation("zheliban", "pullReservations").cipher.Open(nil, w.Body.Bytes())
		if failed != nil {
			t.Fatal(failed)
		}
		return string(opened)
	}
	if got := pull(); !strings.Contains(got, "ZJ77") || !strings.Contains(got, "测试员") {
		t.Errorf("the pull does not have it: %s", got)
	}
	if deleted, err := one.DeleteRecord(ctx, "zheliban", "reservations", "ZJ77"); err != nil || !deleted {
		t.Errorf("deleted %v, %v", deleted, err)
	}
	if got := pull(); strings.Contains(got, "ZJ77") {
		t.Error("the pull still has it")
	}
	if _, err := one.Records(ctx, "nobody", "reservations"); !errors.Is(err, ErrUnknownVendor) {
		t.Errorf("an unknown vendor: %v", err)
	}
	for _, v := range p.server.Contracts() {
		if len(behave.Kinds(v)) == 0 {
			t.Errorf("%s has no kinds of records", v.Vendor)
		}
		for _, k := range behave.Kinds(v) {
			if k.Schema == "" {
				continue
			}
			list, err := one.Records(ctx, v.Vendor, k.Name)
			if err != nil {
				t.Errorf("%s %s: %v", v.Vendor, k.Name, err)
			}
			for _, r := range list {
				if r.Key == "" || r.Value == nil {
					t.Errorf("%s %s: a record without key or value: %+v", v.Vendor, k.Name, r)
				}
			}
		}
	}
}

func TestAReadingHoldsForItsSession(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one", Readings: map[string]string{"W-18": "mapped"}})
	code := func(path string) int {
		w := httptest.NewRecorder()
		p.server.ServeHTTP(w, httptest.NewRequest(http.MethodPatch, path, nil))
		return w.Code
	}
	if got := code("/~one/wx/push/queryPushProject"); got != http.StatusMethodNotAllowed {
		t.Errorf("in the session: status %d", got)
	}
	if got := code("/wx/push/queryPushProject"); got != http.StatusOK {
		t.Errorf("elsewhere: status %d", got)
	}
	if e := p.last(); e.Vendor != "weixiao" {
		t.Errorf("the last exchange is %+v", e)
	}
	if err := one.SetReadings(map[string]string{"W-18": "nonsense"}); err == nil || !strings.Contains(err.Error(), "mapped") {
		t.Errorf("an unknown reading: %v", err)
	}
	if err := one.SetReadings(nil); err != nil {
		t.Fatal(err)
	}
	if got := code("/~one/wx/push/queryPushProject"); got != http.StatusOK {
		t.Errorf("after it was taken back: status %d", got)
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one, _ := p.server.Session("")
	if err := p.server.SetData("zheliban", behave.Data{"reservations": {{"serialNumber": "ZJ1"}}}); err != nil {
		t.Fatal(err)
	}
	keys := func() (keys []string) {
		list, err := one.Records(t.Context(), "zheliban", "reservations")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			keys = append(keys, r.Key)
		}
		return keys
	}
	if got := keys(); !slices.Equal(got, []string{"ZJ1"}) {
		t.Errorf("the session has %q", got)
	}
	for _, wrong := range []behave.Data{{"reservations": {{"serialNumber": "ZJ2", "birthdate": "someday"}}}, {"people": nil}} {
		if err := p.server.SetData("zheliban", wrong); err == nil || strings.Contains(err.Error(), "someday") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	if err := p.server.SetData("nobody", nil); err == nil {
		t.Error("data for nobody were taken")
	}
	if got := keys(); !slices.Equal(got, []string{"ZJ1"}) {
		t.Errorf("after mistakes the session has %q", got)
	}
	if err := p.server.SetData("zheliban", nil); err != nil || len(keys()) < 2 {
		t.Errorf("taken back: %v, %q", err, keys())
	}
	if _, err := New(Config{Data: map[string]behave.Data{"zheliban": {"people": nil}}}); err == nil {
		t.Error("a server took a kind that there is not")
	}
}
