package alihealth

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/adapters"
)

const (
	testKey     = "TESTappkey01"
	testSecret  = "TESTsecret0000000000000000000001"
	testSession = "TESTsession000000000000000000002"
	testPov     = "00001"
)

func testDay() Day { return Day{Year: 2026, Month: time.March, Day: 2} }

// gateway is the platform as a RoundTripper: it checks signatures and hands the parameters to answer.
type gateway struct {
	t      *testing.T
	answer func(call int, p received) (status int, body string)

	mu    sync.Mutex
	calls []received
}

type received struct {
	method, path, contentType string
	query, form               url.Values
	params                    map[string]string // query and form together
}

func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	got := received{method: r.Method, path: r.URL.Path, contentType: r.Header.Get("Content-Type"), query: r.URL.Query(), params: map[string]string{}}
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		form, err := url.ParseQuery(string(body))
		if err != nil {
			g.t.Errorf("the body is no form: %v", err)
		}
		got.form = form
	}
	for _, values := range []url.Values{got.query, got.form} {
		for name, value := range values {
			if _, twice := got.params[name]; twice || len(value) != 1 || value[0] == "" {
				g.t.Errorf("%s is sent more than once, or empty", name)
			}
			got.params[name] = value[0]
		}
	}
	if want := sign(SignMethod(got.params["sign_method"]), testSecret, got.params); got.params["sign"] != want {
		g.t.Errorf("the signature does not fit what is sent: %v", got.params)
	}
	g.mu.Lock()
	g.calls = append(g.calls, got)
	call := len(g.calls)
	g.mu.Unlock()
	status, body := g.answer(call, got)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
}

func newClient(t *testing.T, g *gateway, change ...func(*Config)) *Client {
	t.Helper()
	g.t = t
	if g.answer == nil {
		g.answer = func(int, received) (int, string) { return 200, jsonPage("", "") }
	}
	return newOn(t, g, change...)
}

func newOn(t testing.TB, transport http.RoundTripper, change ...func(*Config)) *Client {
	t.Helper()
	config := Config{BaseURL: "https://gateway.example", AppKey: testKey, AppSecret: testSecret, HTTP: adapters.Config{Transport: transport}}
	for _, c := range change {
		c(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answering makes a client whose gateway always answers the same, once.
func answering(t *testing.T, status int, body string, change ...func(*Config)) *Client {
	t.Helper()
	once := func(c *Config) { c.HTTP.Attempts = 1 }
	return newClient(t, &gateway{answer: func(int, received) (int, string) { return status, body }}, append(change, once)...)
}

// jsonPage is a success with these members of the model (echo, with its comma) and this data_list, none when "".
func jsonPage(echo, dataList string) string {
	model := echo
	if dataList != "" {
		model += `"data_list":` + dataList
	}
	return inResult(`"model":{` + strings.TrimSuffix(model, ",") + `},"msg_code":"FAIL_BIZ_500","msg_info":"系统异常","success":true`)
}

func inResult(members string) string {
	return `{"alibaba_health_vaccin_appointment_query_response":{"result":{` + members + `},"request_id":"req-1"}}`
}

func xmlPage(model string) string {
	return `<?xml version="1.0" encoding="utf-8" ?><alibaba_health_vaccin_appointment_query_response><result><model>` + model +
		`</model><msg_code>FAIL_BIZ_500</msg_code><success>true</success></result><request_id>req-1</request_id></alibaba_health_vaccin_appointment_query_response>`
}

func jsonRow(id string) string {
	return fmt.Sprintf(`{"appointment_id":%q,"out_pov_id":"00001","name":"测试甲","pick_status":0,"pick_code":"A1","appointment_time":"2026-03-02","appointment_period":"08:00-08:30"}`, id)
}

func xmlRow(id string) string {
	return `<pov_appointment_record_dto><pick_code>A1</pick_code><out_pov_id>00001</out_pov_id><pick_status>0</pick_status><appointment_period>08:00-08:30</appointment_period><appointment_time>2026-03-02</appointment_time><appointment_id>` +
		id + `</appointment_id><name>测试甲</name></pov_appointment_record_dto>`
}

// wantRow is what jsonRow and xmlRow stand for.
func wantRow(id string) Appointment {
	return Appointment{AppointmentID: id, OutPovID: "00001", Name: "测试甲", Day: testDay(), Period: "08:00-08:30", PickStatus: PickTaken, PickCode: "A1"}
}

func failure(code, more string) string {
	return `{"error_response":{"code":` + code + `,"msg":"Remote service error"` + more + `,"request_id":"req-9"}}`
}
