package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The handlers written by hand check what the simulator checks; otherwise a comparison would flatter them.
func TestTheBenchmarksPullRefuses(t *testing.T) {
	t.Parallel()
	h := newBenchPull(json.RawMessage(`[{"serialNumber":"ZJ10001"}]`))
	now := time.Now()
	for _, one := range []struct {
		name, token, body string
		code              int
	}{
		{"nothing wrong", benchPullToken(now), benchSealed("{}"), 200},
		{"no body", benchPullToken(now), "", 200},
		{"no token", "", benchSealed("{}"), 401},
		{"a token that ended", benchPullToken(now.Add(-25 * time.Hour)), benchSealed("{}"), 401},
		{"a token of another's", benchPullToken(now) + "A", benchSealed("{}"), 401},
		{"an open body", benchPullToken(now), "{}", 50002},
		{"a list", benchPullToken(now), benchSealed("[]"), 50002},
	} {
		r := httptest.NewRequest(http.MethodPost, "/reservation/sync/order", strings.NewReader(one.body))
		r.Header.Set("ACCESS-TOKEN", one.token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var reply benchPullReply
		if err := json.Unmarshal(benchOpened(t, w.Body.Bytes()), &reply); err != nil {
			t.Fatal(err)
		}
		if reply.Code != one.code || reply.Success != (one.code == 200) || reply.Success != (len(reply.Result) == 1) {
			t.Errorf("%s: answered %+v, want code %d", one.name, reply, one.code)
		}
	}
}

func TestTheBenchmarksQueryRefuses(t *testing.T) {
	t.Parallel()
	h := newBenchQuery(json.RawMessage(`[{"out_pov_id":"00001","appointment_time":"2026-03-02","appointment_id":"1"}]`))
	const business = "param_query_pov_appointment_record_by_date_req"
	for _, one := range []struct {
		name   string
		change func(url.Values)
		signed bool // again, after the change
		code   int
	}{
		{"nothing wrong", func(url.Values) {}, true, 0},
		{"another value", func(v url.Values) { v.Set(business, strings.Replace(v.Get(business), "50", "51", 1)) }, false, 25},
		{"another application", func(v url.Values) { v.Set("app_key", "1") }, true, 29},
		{"another time", func(v url.Values) { v.Set("timestamp", "2026-03-02 00:00:00") }, true, 31},
		{"no day", func(v url.Values) { v.Set(business, `{"out_pov_id":"00001"}`) }, true, 41},
		{"a page too long", func(v url.Values) { v.Set(business, strings.Replace(v.Get(business), "50", "500", 1)) }, true, 41},
	} {
		_, body, _ := strings.Cut(string(benchQueryLoad(50).requests[0]), "\r\n\r\n")
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		one.change(form)
		if one.signed {
			form.Set("sign", benchSignature(form))
		}
		r := httptest.NewRequest(http.MethodPost, "/router/rest", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var reply benchQueryReply
		var failure benchQueryFailure
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &failure); err != nil {
			t.Fatal(err)
		}
		if failure.Response.Code != one.code || len(reply.Response.Result.Model.List.Rows) != 1 && one.code == 0 {
			t.Errorf("%s: answered %s, want code %d", one.name, w.Body, one.code)
		}
	}
}
