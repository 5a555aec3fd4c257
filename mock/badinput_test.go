package mock

import (
	"context"
	"crypto/aes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

// watched counts what is committed, so that a test can say that nothing was.
type watched struct {
	state.Store
	writes atomic.Int64
}

func (w *watched) Update(ctx context.Context, session string, step func(state.Tx) error) error {
	var inside int64
	err := w.Store.Update(ctx, session, func(tx state.Tx) error {
		counted := &countedTx{Tx: tx}
		err := step(counted)
		inside = counted.writes
		return err
	})
	if err == nil {
		w.writes.Add(inside)
	}
	return err
}

type countedTx struct {
	state.Tx
	writes int64
}

func (t *countedTx) Put(kind, key string, record []byte) { t.writes++; t.Tx.Put(kind, key, record) }
func (t *countedTx) Append(kind string, record ...[]byte) int64 {
	t.writes++
	return t.Tx.Append(kind, record...)
}

// player is a server with all vendors whose commits are counted.
type player struct {
	*testing.T
	server  *Server
	commits *watched
}

func newPlayer(t *testing.T) *player {
	t.Helper()
	s, err := New(Config{Seed: 1, MaxBodyBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{Store: s.store}
	s.store = w
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return &player{t, s, w}
}

func (p *player) send(r *http.Request) (*httptest.ResponseRecorder, Exchange) {
	p.Helper()
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	list, _ := p.server.Exchanges()
	if len(list) == 0 {
		p.Fatal("the journal holds nothing")
	}
	return w, list[len(list)-1]
}

func post(path, contentType, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

const (
	jsonType = "application/json; charset=utf-8"
	formType = "application/x-www-form-urlencoded;charset=utf-8"

	sendPath     = "/AGCS_zqc/v3_1/msgcenter/send"
	registerPath = "/open-api/V2/ws/agentManager/register?accessToken=development-access-token"
	receivePath  = "/wx/wxc/receive"
	tokenPath    = "/reservation/sync/token"
	arrivalPath  = "/reservation/sync/arrival"
)

// sealedBy seals a text with AES/ECB/PKCS5 under any key, padded with any byte.
func sealedBy(key, text string, padding byte) string {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	plain := []byte(text)
	for n := 16 - len(plain)%16; n > 0; n-- {
		plain = append(plain, padding)
	}
	for i := 0; i < len(plain); i += 16 {
		block.Encrypt(plain[i:i+16], plain[i:i+16])
	}
	return base64.StdEncoding.EncodeToString(plain)
}

func pushBody(payload string) string {
	c, err := wire.NewCipher(wire.CipherConfig{
		Algorithm: "aes", Mode: "cbc", Padding: "zero", Encoding: wire.Hex, Key: []byte("0123456789ABCDEF"), IV: []byte("development-app-"),
	})
	if err != nil {
		panic(err)
	}
	return `{"app_key":"0123456789ABCDEF","school_code":"1000000001","event":"addUser","raw_data":"` + string(c.Seal(nil, []byte(payload))) + `"}`
}

func signedForm(change func(url.Values)) string {
	form := url.Values{
		"method": {"alibaba.health.vaccin.appointment.query"}, "app_key": {"12345678"}, "v": {"2.0"}, "sign_method": {"hmac"}, "format": {"json"},
		"timestamp": {time.Now().In(value.China()).Format(time.DateTime)},
		"param_query_pov_appointment_record_by_date_req": {`{"day":"2026-03-02","out_pov_id":"00001"}`},
	}
	if change != nil {
		change(form)
	}
	pairs, err := wire.ParseForm([]byte(form.Encode()))
	if err != nil {
		panic(err)
	}
	sign, err := wire.Sign(pairs, wire.SignConfig{Skip: "sign", Digest: "hmac", Secret: "development-app-secret"})
	if err != nil {
		panic(err)
	}
	form.Set("sign", sign)
	return form.Encode()
}

// goodPush is what 微校 sends when a member is added.
const goodPush = `{"card_number":"A001","name":"测试","identity_type":1}`

const goodMessage = `{"sendData":{"appid":"a","appname":"b","title":"c","body":"d","msgtype":0,"params":{"sender":"e","msgcategory":"政策公示","msglevel":"普通"}},` +
	`"from":{"userid":"u","usertype":1,"orgid":"o"},"to":[{"userid":"v","usertype":2,"orgid":"p"}]}`

// TestBadInput sends what a vendor has to refuse. Each row names the vendor's own error (or the built-in one, where the
// vendor's document has none) and the diagnosis; nothing is ever committed, and the answer never carries the diagnosis.
func TestBadInput(t *testing.T) {
	t.Parallel()
	bearer := []string{"Authorization", "Bearer development-token"}
	deep := strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)
	key, other := "development-key!", "another-aes-key!"
	credentials := `{"apikey":"development-api-key","secret":"development-secret"}`
	longBody := `"` + strings.Repeat("x", 70<<10) + `"`

	for name, c := range map[string]struct {
		request   *http.Request
		status    int
		err       string
		diagnosis string
	}{
		"oversize, announced":       {post(sendPath, jsonType, longBody, bearer...), 400, "parameter-missing", "body-too-large"},
		"oversize, chunked":         {chunked(post(sendPath, jsonType, longBody, bearer...)), 400, "parameter-missing", "body-too-large"},
		"oversize, sealed":          {post(tokenPath, jsonType, sealedBy(key, longBody, 1)), 200, "invalid-data", "body-too-large"},
		"body shorter than told":    {cutShort(post(sendPath, jsonType, goodMessage, bearer...)), 400, "parameter-missing", "body-cut-short"},
		"deep JSON":                 {post(sendPath, jsonType, deep, bearer...), 400, "parameter-missing", "json-depth"},
		"deep JSON, sealed":         {post(tokenPath, jsonType, padded(key, deep)), 200, "invalid-data", "json-depth"},
		"deep JSON in a form":       {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("param_query_pov_appointment_record_by_date_req", deep) })), 200, "invalid-arguments", "json-depth"},
		"duplicate keys":            {post(registerPath, jsonType, `{"hospitalId":1,"hospitalId":2,"heartbeat":"1","version":"1"}`), 200, "unusable-request", "json-duplicate-name"},
		"duplicate keys, sealed":    {post(tokenPath, jsonType, padded(key, `{"apikey":"a","apikey":"b","secret":"c"}`)), 200, "invalid-data", "json-duplicate-name"},
		"duplicate keys, pushed":    {post(receivePath, jsonType, pushBody(`{"name":"a","name":"b"}`)), 200, "parameter-malformed", "json-duplicate-name"},
		"trailing data":             {post(registerPath, jsonType, `{"hospitalId":1,"heartbeat":"1","version":"1"} {}`), 200, "unusable-request", "json-trailing"},
		"no JSON at all":            {post(registerPath, jsonType, `hello`), 200, "unusable-request", "json-syntax"},
		"byte order mark":           {post(sendPath, jsonType, "\ufeff"+goodMessage, bearer...), 400, "parameter-missing", "json-bom"},
		"NUL in a text":             {post(sendPath, jsonType, strings.Replace(goodMessage, `"c"`, `"\u0000"`, 1), bearer...), 400, "parameter-missing", "json-nul"},
		"GBK text":                  {post(sendPath, jsonType, strings.Replace(goodMessage, `"c"`, "\"\xb2\xe2\"", 1), bearer...), 400, "parameter-missing", "json-utf8"},
		"GBK label":                 {post(sendPath, "application/json; charset=GBK", goodMessage, bearer...), 400, "parameter-missing", "charset-unsupported"},
		"form to a JSON operation":  {post(sendPath, formType, "a=b", bearer...), 400, "parameter-missing", "content-type-wrong"},
		"JSON to a form operation":  {post("/wx/push/addPushProject", jsonType, `{"url":"http://127.0.0.1/","project":"p"}`), 200, "parameter-malformed", "content-type-wrong"},
		"empty body":                {post(receivePath, jsonType, ""), 200, "body-empty", "body-empty"},
		"empty body, sealed":        {post(tokenPath, jsonType, " "), 200, "invalid-data", "body-empty"},
		"broken Base64":             {post(tokenPath, "text/plain", "*"+padded(key, credentials)), 200, "invalid-data", "sealed-not-encoded"},
		"Base64 cut off":            {post(tokenPath, "text/plain", padded(key, credentials)[:60]), 200, "invalid-data", "sealed-truncated"},
		"plus turned into space":    {post(tokenPath, "text/plain", strings.ReplaceAll(withPlus(key, credentials), "+", " ")), 200, "invalid-data", "sealed-plus-as-space"},
		"hexadecimal":               {post(tokenPath, "text/plain", hexOf(padded(key, credentials))), 200, "invalid-data", "sealed-hex"},
		"plain JSON for sealed":     {post(tokenPath, jsonType, credentials), 200, "invalid-data", "sealed-plain-json"},
		"wrong padding":             {post(tokenPath, "text/plain", sealedBy(key, credentials, 0)), 200, "invalid-data", "sealed-padding-zero"},
		"wrong key":                 {post(tokenPath, "text/plain", padded(other, credentials)), 200, "invalid-data", "sealed-wrong-key"},
		"wrong key, pushed":         {post(receivePath, jsonType, strings.Replace(pushBody(goodPush), `"raw_data":"`, `"raw_data":"00000000000000000000000000000000`, 1)), 200, "parameter-malformed", ""},
		"raw_data is not sealed":    {post(receivePath, jsonType, `{"app_key":"0123456789ABCDEF","school_code":"1","event":"addUser","raw_data":"{}"}`), 200, "parameter-malformed", "sealed-plain-json"},
		"another app_key":           {post(receivePath, jsonType, strings.Replace(pushBody(goodPush), "0123456789ABCDEF", "FEDCBA9876543210", 1)), 200, "parameter-exception", "credential-differs"},
		"wrong credentials":         {post(tokenPath, jsonType, padded(key, `{"apikey":"development-api-key","secret":"x"}`)), 200, "invalid-data", "credential-differs"},
		"no token":                  {post(arrivalPath, jsonType, padded(key, `{"serialNumber":"ZJ10001"}`)), 200, "unauthorized", "missing-token"},
		"a token of nobody":         {post(arrivalPath, jsonType, padded(key, `{"serialNumber":"ZJ10001"}`), "ACCESS-TOKEN", "abc"), 200, "unauthorized", "token-malformed"},
		"token without Bearer":      {post(sendPath, jsonType, goodMessage, "Authorization", "development-token"), 401, "token-invalid", "token-not-bearer"},
		"token twice":               {post(registerPath+"&accessToken=b", jsonType, `{}`), 200, "invalid-access-token", "token-twice"},
		"wrong method":              {httptest.NewRequest(http.MethodGet, sendPath, nil), 405, "method-not-allowed", "wrong-method"},
		"wrong method, documented":  {httptest.NewRequest(http.MethodPost, "/wx/push/queryPushProject", nil), 200, "method-not-supported", "wrong-method"},
		"wrong method, sealed":      {httptest.NewRequest(http.MethodDelete, tokenPath, nil), 405, "method-not-allowed", "wrong-method"},
		"unknown gateway method":    {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("method", "x.y") })), 200, "invalid-method", "unknown-operation"},
		"stale timestamp":           {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("timestamp", "2020-01-01 00:00:00") })), 200, "invalid-timestamp", "timestamp-stale"},
		"no timestamp at all":       {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("timestamp", "1767225600") })), 200, "invalid-timestamp", "timestamp-malformed"},
		"wrong signature":           {post("/router/rest", formType, signedForm(nil)+"&partner_id=x"), 200, "invalid-signature", "signature-without-parameter"},
		"parameter twice":           {post("/router/rest", formType, signedForm(nil)+"&partner_id=x&partner_id=y"), 200, "invalid-arguments", "parameter-twice"},
		"broken percent in a form":  {post("/router/rest", formType, signedForm(nil)+"&x=%zz"), 200, "invalid-arguments", "form-malformed"},
		"broken percent in a query": {httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=%zz", nil), 200, "parameter-malformed", "query-malformed"},
		"NUL in a form":             {post("/wx/push/addPushProject", formType, "project=%00&url=u"), 200, "parameter-malformed", "form-malformed"},
		"empty structure":           {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("param_query_pov_appointment_record_by_date_req", "") })), 200, "missing-required-arguments", "violates-contract"},
		"an endless pov id": {post("/router/rest", formType, signedForm(func(f url.Values) {
			f.Set("param_query_pov_appointment_record_by_date_req", `{"day":"2026-03-02","out_pov_id":"`+strings.Repeat("9", 300)+`"}`)
		})), 200, "invalid-arguments", "unusable-query"},
		"credentials as numbers": {post(tokenPath, jsonType, padded(key, `{"apikey":1,"secret":2}`)), 200, "invalid-data", "violates-contract"},
		"an app_key as a number": {post(receivePath, jsonType, strings.Replace(pushBody(goodPush), `"0123456789ABCDEF"`, "5", 1)), 200, "parameter-malformed", "violates-contract"},
		"number out of range":    {httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=99999999999999999999", nil), 200, "parameter-malformed", "violates-contract"},
		"compressed body":        {post(sendPath, jsonType, goodMessage, append(bearer, "Content-Encoding", "gzip")...), 400, "parameter-missing", "content-encoding"},
		"timestamp to come": {post("/router/rest", formType, signedForm(func(f url.Values) {
			f.Set("timestamp", time.Now().Add(time.Hour).In(value.China()).Format(time.DateTime))
		})), 200, "invalid-timestamp", "timestamp-stale"},
		"unknown digest":                {post("/router/rest", formType, signedForm(func(f url.Values) { f.Set("sign_method", "sha1") })), 200, "invalid-signature", "digest-unknown"},
		"wrong apikey":                  {post(tokenPath, jsonType, padded(key, `{"apikey":"x","secret":"development-secret"}`)), 200, "invalid-data", "credential-differs"},
		"form field twice":              {post("/wx/push/addPushProject", formType, "url=http%3A%2F%2F127.0.0.1%2F&project=a&project=b"), 200, "parameter-malformed", "parameter-twice"},
		"query parameter twice":         {httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=1&id=2", nil), 200, "parameter-malformed", "parameter-twice"},
		"query parameter empty":         {httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=", nil), 200, "parameter-exception", "violates-contract"},
		"sealed member of another kind": {post(receivePath, jsonType, pushBody(`[]`)), 200, "parameter-malformed", "violates-contract"},
		"exponent":                      {post(registerPath, jsonType, `{"hospitalId":1e400,"heartbeat":"1","version":"1"}`), 200, "unusable-request", "violates-contract"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t)
			w, e := p.send(c.request)
			if w.Code != c.status || e.Error != c.err {
				t.Errorf("answered %d %s, want %d %s; %v", w.Code, e.Error, c.status, c.err, e.Diagnosis)
			}
			if e.Outcome != "vendor-error" {
				t.Errorf("outcome %s: %s", e.Outcome, w.Body)
			}
			if e.Diagnosis == nil || c.diagnosis != "" && e.Diagnosis.ID != c.diagnosis {
				t.Errorf("diagnosis %v, want %s", e.Diagnosis, c.diagnosis)
			}
			if n := p.commits.writes.Load(); n != 0 {
				t.Errorf("%d records were committed", n)
			}
			if e.Diagnosis != nil && len(e.Diagnosis.Findings) > 20 {
				t.Errorf("the diagnosis has %d findings", len(e.Diagnosis.Findings))
			}
			if got := w.Header().Get("Understudy-Refusal"); got != "" {
				t.Errorf("refused: %s", got)
			}
			if w.Header().Get("Understudy-Diagnosis") == "" {
				t.Error("the reply names no diagnosis")
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		refusal string
	}{
		"unknown path":         {httptest.NewRequest(http.MethodGet, "/wx/push/nothing", nil), 404, "unknown-path"},
		"path with a slash":    {httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject/", nil), 404, "unknown-path"},
		"dots in a path":       {httptest.NewRequest(http.MethodGet, "/wx/../wx/push/queryPushProject", nil), 404, "unknown-path"},
		"odd session name":     {httptest.NewRequest(http.MethodGet, "/~a%20b/wx/push/queryPushProject", nil), 400, "session-name"},
		"two sessions":         {withHeader(httptest.NewRequest(http.MethodGet, "/~a/wx/push/queryPushProject", nil), headerSession, "b"), 409, "session-conflict"},
		"unheard-of method":    {httptest.NewRequest("BREW", "/coffee", nil), 404, "unknown-path"},
		"empty session name":   {httptest.NewRequest(http.MethodGet, "/~/wx/push/queryPushProject", nil), 400, "session-name"},
		"two session headers":  {withHeaders(httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil), headerSession, "a", "b"), 409, "session-conflict"},
		"no path at all":       {httptest.NewRequest(http.MethodGet, "http://example.com", nil), 404, "unknown-path"},
		"line break in a path": {httptest.NewRequest(http.MethodGet, "/%0d%0aSet-Cookie:x", nil), 404, "unknown-path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t)
			w := httptest.NewRecorder()
			p.server.ServeHTTP(w, c.request)
			if w.Code != c.status || w.Header().Get("Understudy-Refusal") != c.refusal {
				t.Errorf("answered %d %q, want %d %q", w.Code, w.Header().Get("Understudy-Refusal"), c.status, c.refusal)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("the refusal is %s, not problem+json", got)
			}
		})
	}
}

func withHeader(r *http.Request, name, v string) *http.Request {
	r.Header.Set(name, v)
	return r
}

func withHeaders(r *http.Request, name string, values ...string) *http.Request {
	r.Header[http.CanonicalHeaderKey(name)] = values
	return r
}

// TestUnknownPathsMakeNoSessions: whoever probes paths must not use up the sessions of those who test, and what was
// refused can still be read.
func TestUnknownPathsMakeNoSessions(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for range 3 {
		p.send(httptest.NewRequest(http.MethodGet, "/~probe/nothing&token=secret-value", nil))
	}
	if got := p.server.Sessions(); len(got) != 0 {
		t.Errorf("sessions %v were made", got)
	}
	kept, _ := p.server.Find(Query{Session: "probe"})
	if len(kept) != 3 || kept[0].Error != "unknown-path" {
		t.Errorf("the journal has %v, want the three refusals", kept)
	}
	for _, e := range kept {
		if strings.Contains(e.Path, "secret-value") {
			t.Errorf("the path shows what stood in the place of parameters: %s", e.Path)
		}
	}
}

// TestAPlainOPTIONSIsTheVendors: only a browser's question is answered for the vendor.
func TestAPlainOPTIONSIsTheVendors(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	if w, e := p.send(httptest.NewRequest(http.MethodOptions, "/wx/push/queryPushProject", nil)); e.Error != "method-not-supported" {
		t.Errorf("OPTIONS is answered %d %s %s", w.Code, e.Outcome, e.Error)
	}
}

// TestASecretSentAlongIsNotShown: a beginner sends the secret with the call, and another undeclared value.
func TestASecretSentAlongIsNotShown(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	form := signedForm(nil) + "&app_secret=development-app-secret&mobile=13800000000"
	_, e := p.send(post("/router/rest", formType, form))
	if e.Error != "invalid-signature" {
		t.Fatalf("answered %s", e.Error)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"development-app-secret", "13800000000"} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("the journal shows %s: %s", hidden, text)
		}
	}
	if !strings.Contains(e.Diagnosis.Detail["canonical"], `{"day":"2026-03-02","out_pov_id":"00001"}`) {
		t.Errorf("the text to sign is not shown: %s", e.Diagnosis.Detail["canonical"])
	}
}

func chunked(r *http.Request) *http.Request {
	r.ContentLength = -1
	return r
}

func cutShort(r *http.Request) *http.Request {
	r.ContentLength += 10
	r.Body = io.NopCloser(r.Body)
	return r
}

// padded seals rightly.
func padded(key, text string) string { return sealedBy(key, text, byte(16-len(text)%16)) }

// withPlus seals a text whose ciphertext holds a plus sign.
func withPlus(key, text string) string {
	for range 1000 {
		if s := padded(key, text); strings.Contains(s, "+") {
			return s
		}
		text = text[:len(text)-1] + " " + text[len(text)-1:]
	}
	panic("no ciphertext with a plus sign")
}

func hexOf(base64Text string) string {
	raw, err := base64.StdEncoding.DecodeString(base64Text)
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(raw)
}

func TestAPanicIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	var told strings.Builder
	p.server.config.ErrorLog = log.New(&told, "", 0)
	for _, v := range p.server.base().vendors {
		for _, op := range v.operations {
			if op.ID == "listPushProjects" {
				op.step = func(tx state.Tx, _ *behave.Call) (behave.Reply, error) {
					tx.Put("kind", "key", []byte("lost"))
					panic("a fault of ours")
				}
			}
		}
	}
	w, e := p.send(httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
	if w.Code != http.StatusInternalServerError || e.Outcome != "refusal" || e.Error != "panic" {
		t.Errorf("a panic is answered with %d %s %s", w.Code, e.Outcome, e.Error)
	}
	if !strings.Contains(told.String(), "a fault of ours") {
		t.Errorf("the log does not tell it: %q", told.String())
	}
	if strings.Contains(w.Body.String(), "a fault of ours") {
		t.Error("the caller is shown the panic's text")
	}
	if p.commits.writes.Load() != 0 {
		t.Error("something was committed")
	}
	if _, e := p.send(httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=1", nil)); e.Error != "data-missing" {
		t.Errorf("the session does not live on: %v", e)
	}
}

// TestAReplyThatBreaksTheContractIsRefused: the simulator never sends what its own contract forbids, and keeps nothing
// of the step that wanted to.
func TestAReplyThatBreaksTheContractIsRefused(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"a member that the contract does not know": value.List{value.Record{"id": 1, "url": "u", "project": "p", "statu": 0, "secret": "x"}},
		"a value of another type":                  value.List{value.Record{"id": "one", "url": "u", "project": "p", "statu": 0}},
		"a value outside its list":                 value.List{value.Record{"id": 1, "url": "u", "project": "p", "statu": 7}},
		"a text for a list":                        "projects",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t)
			for _, vendor := range p.server.base().vendors {
				for _, op := range vendor.operations {
					if op.ID == "listPushProjects" {
						op.step = func(tx state.Tx, _ *behave.Call) (behave.Reply, error) {
							tx.Put("kind", "key", []byte("lost"))
							return behave.Reply{Value: v}, nil
						}
					}
				}
			}
			w, e := p.send(httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
			if w.Code != http.StatusInternalServerError || e.Outcome != "refusal" || e.Error != "reply-breaks-contract" {
				t.Errorf("answered %d %s %s: %s", w.Code, e.Outcome, e.Error, w.Body)
			}
			if p.commits.writes.Load() != 0 {
				t.Error("something was committed")
			}
		})
	}
}
