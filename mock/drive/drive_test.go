package drive_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// world is a simulator behind a listener, and clients of its vendors.
type world struct {
	tb     testing.TB
	server *mock.Server
	front  *httptest.Server
}

func newWorld(tb testing.TB, contracts ...*specs.Contract) *world {
	tb.Helper()
	return newWorldUnder(tb, nil, contracts...)
}

func newWorldUnder(tb testing.TB, readings map[string]string, contracts ...*specs.Contract) *world {
	tb.Helper()
	server, err := mock.New(mock.Config{Contracts: contracts, Seed: 1, Readings: readings})
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{tb: tb, server: server, front: httptest.NewServer(server)}
	tb.Cleanup(func() {
		w.front.Close()
		_ = server.Close(context.WithoutCancel(tb.Context()))
	})
	return w
}

func (w *world) client(c *specs.Contract, change func(*drive.Config)) *drive.Client {
	w.tb.Helper()
	credentials, _ := w.server.Credentials(c.Vendor)
	config := drive.Config{Contract: c, Credentials: credentials, Target: w.front.URL}
	if change != nil {
		change(&config)
	}
	client, err := drive.New(config)
	if err != nil {
		w.tb.Fatal(err)
	}
	return client
}

func load(tb testing.TB, vendor string) *specs.Contract {
	tb.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// fields are what each operation of the vendors is called with in these tests, as on a command line.
func fields() map[string][]string {
	today := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly)
	return map[string][]string{
		"mytijian.registerAgent":           {"hospitalId=197", "heartbeat=60", "version=1.0"},
		"mytijian.listHospitalTasks":       nil,
		"weixiao.listPushProjects":         nil,
		"weixiao.addPushProject":           {"url=http://127.0.0.1:9/hook?a=1&b=2", "project=测试 one"},
		"weixiao.updatePushProject":        {"id=1", "statu=1"},
		"weixiao.deletePushProject":        {"id=1"},
		"weixiao.receivePush":              {"school_code=1000000001", "event=addUser", "card_number=20260001", "name=测试甲"},
		"zheliban.issueToken":              nil,
		"zheliban.pullReservations":        nil,
		"zheliban.acknowledgeReservations": {"requestId="},
		"zheliban.reportArrival":           {"serialNumber="},
		"alihealth.queryAppointments":      {"day=" + today, "out_pov_id=00001", "page_num=1", "page_size=5"},
		"eazytec.sendMessage": {
			"appid=1", "appname=demo", "title=Hello", "sendData.body=<p>1+1=2 & 测试</p>", "msgtype=0", "sender=demo", "msgcategory=会议通知", "msglevel=普通",
			"recipient.orgId=1", "recipient.esNameList.0=测试企业", "attfiles.0.name=a.txt", "attfiles.0.path=/a.txt",
			"from.userid=u1", "from.usertype=1", "from.orgid=o1", "to.0.userid=u2", "to.0.usertype=2", "to.0.orgid=o2", "to.1.userid=u3", "to.1.usertype=2", "to.1.orgid=o2",
		},
	}
}

func set(tb testing.TB, client *drive.Client, operation string, list []string) map[string]any {
	tb.Helper()
	values := map[string]any{}
	for _, one := range list {
		name, text, _ := strings.Cut(one, "=")
		if err := client.Set(operation, values, name, drive.Text(text)); err != nil {
			tb.Fatalf("%s: %v", one, err)
		}
	}
	return values
}

// TestEveryOperation calls each operation of each vendor, in the order of the contract, with what a command line gives.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	called := 0
	for _, c := range w.server.Contracts() {
		client := w.client(c, nil)
		serial := pulled(t, w, c)
		for _, op := range c.Operations {
			list, known := fields()[c.Vendor+"."+op.ID]
			if !known {
				t.Errorf("no fields for %s.%s", c.Vendor, op.ID)
				continue
			}
			called++
			list = slices.Clone(list)
			for i, one := range list {
				if name, found := strings.CutSuffix(one, "="); found {
					list[i] = one + serial[name]
				}
			}
			x, err := client.Call(t.Context(), op.ID, set(t, client, op.ID, list))
			if err != nil {
				t.Errorf("%s.%s: %v", c.Vendor, op.ID, err)
				continue
			}
			if x.Outcome != drive.OK || len(x.Reply.Problems) > 0 || x.Reply.Diagnosis != "" {
				t.Errorf("%s: diagnosis %q, problems %v, %s", x, x.Reply.Diagnosis, x.Reply.Problems, x.Reply.Plain)
			}
			if x.Error != nil || x.Reply.Value == nil || x.Request.Operation != op {
				t.Errorf("%s: %+v", x, x.Reply.Value)
			}
		}
	}
	if called != len(fields()) {
		t.Errorf("%d operations were called, %d are listed", called, len(fields()))
	}
}

// pulled finds a reservation to acknowledge, by the names of its fields.
func pulled(t *testing.T, w *world, c *specs.Contract) map[string]string {
	t.Helper()
	if c.Vendor != "zheliban" {
		return nil
	}
	x, err := w.client(c, nil).Call(t.Context(), "pullReservations", nil)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := x.Reply.Value.(map[string]any)["result"].([]any)
	if len(list) == 0 {
		t.Fatal("nothing was pulled")
	}
	row := list[0].(map[string]any)
	return map[string]string{"requestId": row["requestId"].(string), "serialNumber": row["serialNumber"].(string)}
}

// TestWhatTravels looks at the wire itself.
func TestWhatTravels(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 20, 30, 0, 0, time.UTC)
	tests := []struct {
		vendor, operation string
		fields            []string
		method, url       string
		header            map[string]string
		plain, body       string
	}{
		{
			vendor: "mytijian", operation: "listHospitalTasks", method: "POST",
			url: "http://vendor.example/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=development-access-token",
		},
		{
			vendor: "mytijian", operation: "registerAgent", method: "POST", fields: []string{"version=1", "hospitalId=9007199254740993", "heartbeat=60"},
			url:    "http://vendor.example/open-api/V2/ws/agentManager/register?accessToken=development-access-token",
			header: map[string]string{"Content-Type": "application/json"},
			plain:  `{"hospitalId":9007199254740993,"heartbeat":"60","version":"1"}`, body: `{"hospitalId":9007199254740993,"heartbeat":"60","version":"1"}`,
		},
		{
			vendor: "weixiao", operation: "deletePushProject", fields: []string{"id=7"}, method: "DELETE",
			url: "http://vendor.example/wx/push/deletePushProject?id=7",
		},
		{
			vendor: "weixiao", operation: "addPushProject", fields: []string{"project=a b&c", "url=http://x/?q=1"}, method: "POST",
			url:    "http://vendor.example/wx/push/addPushProject",
			header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			body:   "url=http%3A%2F%2Fx%2F%3Fq%3D1&project=a+b%26c", plain: "url=http%3A%2F%2Fx%2F%3Fq%3D1&project=a+b%26c",
		},
		{
			vendor: "zheliban", operation: "issueToken", method: "POST", url: "http://vendor.example/reservation/sync/token",
			header: map[string]string{"Content-Type": "application/json"},
			plain:  `{"apikey":"development-api-key","secret":"development-secret"}`,
			// openssl enc -aes-128-ecb -K 646576656c6f706d656e742d6b657921 -a -A
			body: "2L9mh5iUHglQjUkXBFz4MJtvn8nVJEP0jZEaM0xuTqn2YAt1JEcxnwvo0uBlYoCxAhAXjkse0U/rTLZyYjHUcQ==",
		},
		{
			vendor: "eazytec", operation: "sendMessage", fields: []string{"title=<b>", "recipient={'orgId':'1'}", "to.0.userid=u"}, method: "POST",
			url:    "http://vendor.example/AGCS_zqc/v3_1/msgcenter/send",
			header: map[string]string{"Authorization": "Bearer development-token", "Content-Type": "application/json"},
			plain:  `{"sendData":{"title":"<b>","params":{"recipient":"{'orgId':'1'}"}},"to":[{"userid":"u"}]}`,
			body:   `{"sendData":{"title":"<b>","params":{"recipient":"{'orgId':'1'}"}},"to":[{"userid":"u"}]}`,
		},
		{
			vendor: "alihealth", operation: "queryAppointments", fields: []string{"out_pov_id=00001", "day=2020-01-18"}, method: "POST",
			url:    "http://vendor.example/router/rest",
			header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			// openssl md5 over the names and values below, sorted, between two development-app-secret
			body: "method=alibaba.health.vaccin.appointment.query&v=2.0&format=json&" +
				"param_query_pov_appointment_record_by_date_req=%7B%22day%22%3A%222020-01-18%22%2C%22out_pov_id%22%3A%2200001%22%7D&" +
				"app_key=12345678&timestamp=2026-03-02+04%3A30%3A00&sign_method=md5&sign=46DF0CABF970CFE7CEF2A3943FEF238C",
		},
	}
	for _, tt := range tests {
		t.Run(tt.vendor+"."+tt.operation, func(t *testing.T) {
			t.Parallel()
			c := load(t, tt.vendor)
			client := newWorld(t, c).client(c, func(config *drive.Config) {
				config.Target, config.Now = "http://vendor.example", func() time.Time { return now }
			})
			r, err := client.Prepare(t.Context(), tt.operation, set(t, client, tt.operation, tt.fields))
			if err != nil {
				t.Fatal(err)
			}
			if r.Method != tt.method || r.URL != tt.url {
				t.Errorf("%s %s, want %s %s", r.Method, r.URL, tt.method, tt.url)
			}
			if len(r.Header) != len(tt.header) {
				t.Errorf("headers %v, want %v", r.Header, tt.header)
			}
			for name, want := range tt.header {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if tt.plain == "" {
				tt.plain = tt.body
			}
			if string(r.Body) != tt.body || string(r.Plain) != tt.plain {
				t.Errorf("body\n%s\n%s, want\n%s\n%s", r.Body, r.Plain, tt.body, tt.plain)
			}
		})
	}
}

// TestToken fetches one for the first call, keeps it, and fetches another one when it is refused or has ended.
func TestToken(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	w := newWorld(t, c)
	now := time.Now()
	client := w.client(c, func(config *drive.Config) { config.Now = func() time.Time { return now } })
	pull := func() *drive.Exchange {
		t.Helper()
		x, err := client.Call(t.Context(), "pullReservations", nil)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	first := pull()
	if first.Request.Login == nil || first.Request.Login.Request.Operation.ID != "issueToken" || first.Outcome != drive.OK {
		t.Fatalf("the first call: %v, login %v", first, first.Request.Login)
	}
	if second := pull(); second.Request.Login != nil || second.Outcome != drive.OK {
		t.Errorf("the second call logs in again, or fails: %v", second)
	}
	now = now.Add(24 * time.Hour)
	if third := pull(); third.Request.Login == nil {
		t.Error("a token is used after its lifetime")
	}
	// The session of the simulator goes two days on: the token that is kept has ended there.
	session, err := w.server.Session("")
	if err != nil {
		t.Fatal(err)
	}
	session.Freeze(time.Now().Add(48 * time.Hour))
	if x := pull(); x.Outcome != drive.VendorError || x.Error == nil || x.Error.ID != "unauthorized" {
		t.Errorf("an ended token: %v", x)
	}
	if x := pull(); x.Request.Login == nil || x.Outcome != drive.OK {
		t.Errorf("after the refusal: %v, login %v", x, x.Request.Login)
	}
	// A token of the caller's own is sent as it is.
	x, err := client.Call(t.Context(), "pullReservations", map[string]any{"ACCESS-TOKEN": "mine"})
	if err != nil || x.Request.Header.Get("ACCESS-TOKEN") != "mine" || x.Outcome != drive.VendorError || x.Request.Login != nil {
		t.Errorf("an own token: %v %v", x, err)
	}
	x, err = client.Call(t.Context(), "pullReservations", map[string]any{"ACCESS-TOKEN": nil})
	if err != nil || x.Request.Header["Access-Token"] != nil || x.Reply.Diagnosis != "missing-token" {
		t.Errorf("no token: %v %v", x, err)
	}
}

// TestManyCallsAtOnce share one login.
func TestManyCallsAtOnce(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	w := newWorld(t, c)
	client := w.client(c, nil)
	var logins atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			x, err := client.Call(t.Context(), "pullReservations", nil)
			if err != nil || x.Outcome != drive.OK {
				t.Errorf("%v %v", x, err)
				return
			}
			if x.Request.Login != nil {
				logins.Add(1)
			}
		})
	}
	group.Wait()
	if n := logins.Load(); n != 1 {
		t.Errorf("%d logins", n)
	}
}

// TestRequestOfOnesOwn is sent without having been prepared.
func TestRequestOfOnesOwn(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	w := newWorld(t, c)
	client := w.client(c, nil)
	op, _ := c.Operation("listPushProjects")
	x, err := client.Send(t.Context(), &drive.Request{Operation: op, Method: "GET", URL: w.front.URL + op.Path})
	if err != nil || x.Outcome != drive.OK {
		t.Errorf("%v %v", x, err)
	}
	for _, wrong := range []*drive.Request{{}, {Operation: &specs.Operation{ID: "nothing"}}, {Operation: op, Method: "G T", URL: "http://h"}, {Operation: op, Method: "GET", URL: ":hush"}} {
		if _, err := client.Send(t.Context(), wrong); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v", err)
		}
	}
}

// TestLoginFails is told with what the vendor said, and without the credentials.
func TestLoginFails(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	w := newWorld(t, c)
	client := w.client(c, func(config *drive.Config) {
		config.Credentials["secret"] = mock.Credential{Text: "hush-hush"}
	})
	_, err := client.Call(t.Context(), "pullReservations", nil)
	var failed *drive.LoginError
	if !errors.As(err, &failed) || failed.Exchange.Error == nil || failed.Exchange.Error.ID != "invalid-data" {
		t.Fatalf("the error is %v", err)
	}
	if strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "50002") {
		t.Errorf("it says %v", err)
	}
}

// TestSessions enters a session by the target's path and by header.
func TestSessions(t *testing.T) {
	t.Parallel()
	c := load(t, "eazytec")
	w := newWorld(t, c)
	for name, change := range map[string]func(*drive.Config){
		"/~one":         func(config *drive.Config) { config.Target += "/~one" },
		"/~two/":        func(config *drive.Config) { config.Target += "/~two/" },
		"three":         func(config *drive.Config) { config.Header = http.Header{"Understudy-Session": {"three"}} },
		"/~four/prefix": func(config *drive.Config) { config.Target += "/~four/YX/AGCS_zqc" },
	} {
		client := w.client(c, change)
		x, err := client.Call(t.Context(), "sendMessage", set(t, client, "sendMessage", fields()["eazytec.sendMessage"]))
		if err != nil || x.Outcome != drive.OK {
			t.Errorf("%s: %v %v", name, x, err)
		}
	}
	for _, name := range []string{"one", "two", "three", "four"} {
		session, err := w.server.Session(name)
		if err != nil {
			t.Fatal(err)
		}
		if list, _ := session.Exchanges(); len(list) != 1 {
			t.Errorf("session %s has %d exchanges", name, len(list))
		}
	}
}

// TestAddresses joins targets with paths.
func TestAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, operation, target, want string }{
		{"eazytec", "sendMessage", "http://localhost:1", "http://localhost:1/AGCS_zqc/v3_1/msgcenter/send"},
		{"eazytec", "sendMessage", "http://localhost:1/~a", "http://localhost:1/~a/AGCS_zqc/v3_1/msgcenter/send"},
		{"eazytec", "sendMessage", "https://gateway.eazytec-cloud.com/JS/AGCS_zqc", "https://gateway.eazytec-cloud.com/JS/AGCS_zqc/v3_1/msgcenter/send"},
		{"eazytec", "sendMessage", "https://gateway.eazytec-cloud.com", "https://gateway.eazytec-cloud.com/AGCS_zqc/v3_1/msgcenter/send"},
		{"eazytec", "sendMessage", "http://192.168.16.163:8091/", "http://192.168.16.163:8091/v3_1/msgcenter/send"},
		{"alihealth", "queryAppointments", "https://eco.taobao.com/router/rest", "https://eco.taobao.com/router/rest"},
		{"alihealth", "queryAppointments", "https://eco.taobao.com", "https://eco.taobao.com/router/rest"},
		{"zheliban", "issueToken", "http://host:80/api/", "http://host:80/api/reservation/sync/token"},
	}
	for _, tt := range tests {
		c := load(t, tt.vendor)
		client := newWorld(t, c).client(c, func(config *drive.Config) { config.Target = tt.target })
		r, err := client.Prepare(t.Context(), tt.operation, nil)
		if err != nil || r.URL != tt.want {
			t.Errorf("%s: %v %v, want %s", tt.target, r.URL, err, tt.want)
		}
	}
	for _, wrong := range []string{"localhost:8740", "ftp://x", "http://", "http://u:hush@x", "http://x/?token=hush", "http://x/#hush", "http://x/%zz", "::hush"} {
		_, err := drive.New(drive.Config{Contract: load(t, "eazytec"), Target: wrong})
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if _, err := drive.New(drive.Config{}); err == nil {
		t.Error("a client without a contract was made")
	}
}

func decoded(tb testing.TB, text []byte) map[string]any {
	tb.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}
