package mock

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// goodCall is one good request of an operation: its body as the contract describes it, and how it travels.
type goodCall struct {
	body string
	// member names the sealed member that the body is the content of.
	send func(p *player, body string) *http.Request
}

// goodCalls has a call for every operation.
func goodCalls() map[string]goodCall {
	sealed := func(path string, withToken bool) func(p *player, body string) *http.Request {
		return func(p *player, body string) *http.Request {
			r := post("/reservation/sync/"+path, jsonType, padded("development-key!", body))
			if withToken {
				r.Header.Set("ACCESS-TOKEN", p.token())
			}
			return r
		}
	}
	plain := func(path string, headers ...string) func(*player, string) *http.Request {
		return func(_ *player, body string) *http.Request { return post(path, jsonType, body, headers...) }
	}
	const tasksPath = "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=development-access-token"
	return map[string]goodCall{
		"zheliban issueToken":              {`{"apikey":"development-api-key","secret":"development-secret"}`, sealed("token", false)},
		"zheliban pullReservations":        {`{}`, sealed("order", true)},
		"zheliban acknowledgeReservations": {`{"serialNumber":"ZJ10001"}`, sealed("callback", true)},
		"zheliban reportArrival":           {`{"serialNumber":"ZJ10001","arriveDate":"2026-03-02 09:00:00"}`, sealed("arrival", true)},
		"mytijian registerAgent":           {`{"hospitalId":2,"heartbeat":"1","version":"1.0"}`, plain(registerPath)},
		"mytijian listHospitalTasks":       {`{}`, plain(tasksPath)},
		"eazytec sendMessage":              {goodMessage, plain(sendPath, "Authorization", "Bearer development-token")},
		"weixiao listPushProjects": {"", func(*player, string) *http.Request {
			return httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil)
		}},
		"weixiao addPushProject": {`{"url":"http://127.0.0.1:1/","project":"another"}`, func(_ *player, body string) *http.Request {
			return post("/wx/push/addPushProject", formType, formOf(body).Encode())
		}},
		"weixiao updatePushProject": {`{"id":1,"statu":1}`, func(_ *player, body string) *http.Request {
			r := post("/wx/push/updatePushProject", jsonType, body)
			r.Method = http.MethodPut
			return r
		}},
		"weixiao deletePushProject": {"", func(*player, string) *http.Request {
			return httptest.NewRequest(http.MethodDelete, "/wx/push/deletePushProject?id=1", nil)
		}},
		"weixiao receivePush": {pushBody(goodPush), plain(receivePath)},
		"alihealth queryAppointments": {`{"param_query_pov_appointment_record_by_date_req":{"day":"2026-03-02","out_pov_id":"00001"}}`, func(_ *player, body string) *http.Request {
			return post("/router/rest", formType, signedForm(func(f url.Values) {
				const business = "param_query_pov_appointment_record_by_date_req"
				f.Del(business)
				var fields map[string]json.RawMessage
				if json.Unmarshal([]byte(body), &fields) == nil && fields[business] != nil {
					f.Set(business, string(fields[business]))
				}
			}))
		}},
	}
}

// formOf writes the members of an object as form fields.
func formOf(body string) url.Values {
	var fields map[string]string
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		panic(err)
	}
	form := url.Values{}
	for name, v := range fields {
		form.Set(name, v)
	}
	return form
}

func (p *player) token() string {
	p.Helper()
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, post(tokenPath, jsonType, padded("development-key!", `{"apikey":"development-api-key","secret":"development-secret"}`)))
	c, err := wire.NewCipher(wire.CipherConfig{Algorithm: "aes", Mode: "ecb", Padding: "pkcs5", Encoding: wire.Base64, Key: []byte("development-key!")})
	if err != nil {
		p.Fatal(err)
	}
	opened, failed := c.Open(nil, w.Body.Bytes())
	if failed != nil {
		p.Fatalf("the token does not open: %v", failed)
	}
	var reply struct{ Result struct{ Token string } }
	if err := json.Unmarshal(opened, &reply); err != nil || reply.Result.Token == "" {
		p.Fatalf("no token: %v", err)
	}
	return reply.Result.Token
}

// withProject gives a session what updates and deletions are about.
func (p *player) withProject() {
	p.Helper()
	if w, e := p.send(post("/wx/push/addPushProject", formType, "url=http%3A%2F%2F127.0.0.1%3A1%2F&project=one")); e.Outcome != "ok" {
		p.Fatalf("no project: %s", w.Body)
	}
}

func TestEveryOperationHasAGoodCall(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	calls := goodCalls()
	for _, v := range p.server.base().vendors {
		for _, op := range v.operations {
			if _, ok := calls[op.Vendor+" "+op.ID]; !ok {
				t.Errorf("there is no good call of %s %s", op.Vendor, op.ID)
			}
		}
	}
}

// TestRepliesKeepTheirContract plays every operation under many seeds and at many times. The pipeline holds each reply to
// its contract and refuses what breaks it, so an outcome of ok is the proof.
func TestRepliesKeepTheirContract(t *testing.T) {
	t.Parallel()
	seeds := 25
	if testing.Short() {
		seeds = 5
	}
	for name, call := range goodCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				s, err := New(Config{Seed: int64(seed) * 7919, Contracts: only(t, strings.Fields(name)[0])})
				if err != nil {
					t.Fatal(err)
				}
				p := &player{T: t, server: s}
				session, err := s.Session("")
				if err != nil {
					t.Fatal(err)
				}
				session.Freeze(time.Date(2024, 2, 28, 0, 0, 0, 0, value.China()).Add(time.Duration(seed) * 31 * time.Hour))
				if strings.HasPrefix(name, "weixiao") {
					p.withProject()
				}
				for range 3 {
					r := call.send(p, call.body)
					w, e := p.send(r)
					if e.Outcome != "ok" && e.Error != "data-missing" && e.Error != "data-exists" {
						t.Fatalf("seed %d: %s %s: %s", seed, e.Outcome, e.Error, w.Body)
					}
					session.Advance(3 * time.Hour)
				}
				if err := s.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func only(t *testing.T, vendor string) []*specs.Contract {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return []*specs.Contract{c}
}

// TestRequiredFields takes each required field out of a good request, one at a time: the vendor's own error answers, the
// diagnosis points at the field, and nothing is kept.
func TestRequiredFields(t *testing.T) {
	t.Parallel()
	removed := 0
	for name, call := range goodCalls() {
		vendor, id := strings.Fields(name)[0], strings.Fields(name)[1]
		p := newPlayer(t)
		op := p.operation(vendor, id)
		if len(op.bodies) == 0 || call.body == "" {
			continue
		}
		var body any
		if err := json.Unmarshal([]byte(call.body), &body); err != nil {
			t.Fatal(err)
		}
		for _, pointer := range requiredIn(op.vendor.contract, op.bodies[0].Schema, body, "") {
			removed++
			t.Run(name+" without "+pointer, func(t *testing.T) {
				t.Parallel()
				p := newPlayer(t)
				if vendor == "weixiao" {
					p.withProject()
				}
				var copied any
				_ = json.Unmarshal([]byte(call.body), &copied)
				remove(copied, strings.Split(pointer, "/")[1:])
				text, err := json.Marshal(copied)
				if err != nil {
					t.Fatal(err)
				}
				r := call.send(p, string(text))
				before := p.commits.writes.Load()
				w, e := p.send(r)
				if e.Outcome != "vendor-error" {
					t.Fatalf("outcome %s: %d %s", e.Outcome, w.Code, w.Body)
				}
				if _, ok := op.vendor.contract.Error(e.Error); !ok {
					t.Errorf("%s is no row of the catalogue", e.Error)
				}
				if e.Diagnosis == nil || len(e.Diagnosis.Findings) == 0 || !strings.HasSuffix(e.Diagnosis.Findings[0].Pointer, pointer) {
					t.Errorf("the diagnosis does not point at %s: %+v", pointer, e.Diagnosis)
				}
				if p.commits.writes.Load() != before {
					t.Error("something was kept")
				}
			})
		}
	}
	if removed < 20 {
		t.Errorf("only %d required fields were found", removed)
	}
}

// requiredIn lists the pointers of all required members that a value has, as its schema states them.
func requiredIn(c *specs.Contract, schema string, v any, at string) []string {
	raw, _ := c.Value(schema)
	m, _ := raw.(map[string]any)
	if ref, ok := m["$ref"].(string); ok {
		return requiredIn(c, strings.TrimPrefix(ref, "#"), v, at)
	}
	var list []string
	switch v := v.(type) {
	case map[string]any:
		required, _ := m["required"].([]any)
		for _, r := range required {
			if _, ok := v[r.(string)]; ok {
				list = append(list, at+"/"+r.(string))
			}
		}
		for name, item := range v {
			list = append(list, requiredIn(c, schema+"/properties/"+specs.EscapePointer(name), item, at+"/"+name)...)
		}
	case []any:
		for i, item := range v {
			list = append(list, requiredIn(c, schema+"/items", item, at+"/"+strconv.Itoa(i))...)
		}
	}
	return list
}

func remove(v any, path []string) {
	for ; len(path) > 1; path = path[1:] {
		switch in := v.(type) {
		case map[string]any:
			v = in[path[0]]
		case []any:
			i, _ := strconv.Atoi(path[0])
			v = in[i]
		}
	}
	delete(v.(map[string]any), path[0])
}

// TestEmptyBodies: a body that is empty never has a wrong type.
func TestEmptyBodies(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for _, label := range []string{"", "text/html", "application/x-www-form-urlencoded", "application/json; charset=gbk"} {
		r := post("/reservation/sync/order", label, "", "ACCESS-TOKEN", p.token())
		if _, e := p.send(r); e.Outcome != "ok" {
			t.Errorf("an empty pull labelled %q: %s %v", label, e.Error, e.Diagnosis)
		}
		r = post("/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=development-access-token", label, "")
		if _, e := p.send(r); e.Outcome != "ok" {
			t.Errorf("an empty list call labelled %q: %s %v", label, e.Error, e.Diagnosis)
		}
	}
}

func TestLoopbackOrigins(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for origin, may := range map[string]bool{
		"http://localhost:3000": true, "https://127.0.0.1": true, "http://[::1]:5173": true,
		"https://example.com": false, "http://localhost.example.com": false, "null": false, "http://10.0.0.1": false, "file://localhost": false,
	} {
		preflight := httptest.NewRequest(http.MethodOptions, sendPath, nil)
		preflight.Header.Set("Origin", origin)
		preflight.Header.Set("Access-Control-Request-Method", "POST")
		preflight.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
		w := httptest.NewRecorder()
		p.server.ServeHTTP(w, preflight)
		if got := w.Header().Get("Access-Control-Allow-Origin"); (got == origin) != may || !may && got != "" {
			t.Errorf("a preflight from %s is answered with Access-Control-Allow-Origin %q", origin, got)
		}
		if may && (w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "authorization")) {
			t.Errorf("a preflight from %s: %d %v", origin, w.Code, w.Header())
		}
		r := post(sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token", "Origin", origin)
		w, e := p.send(r)
		if e.Outcome != "ok" {
			t.Errorf("a call from %s: %s", origin, e.Error)
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); (got == origin) != may {
			t.Errorf("a call from %s is answered with Access-Control-Allow-Origin %q", origin, got)
		}
	}
}

// operation finds an operation as every session meets it that chose nothing.
func (p player) operation(vendor, id string) *operation {
	p.Helper()
	v, _ := p.server.base().vendor(vendor)
	for _, op := range v.operations {
		if op.ID == id {
			return op
		}
	}
	p.Fatalf("no operation %s %s", vendor, id)
	return nil
}
