package mytijian

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
)

type sent struct{ method, path, query, body, contentType string }

// vendorStub answers without sockets, so that synctest can run its time.
type vendorStub struct {
	answer func(token string) (int, string)
	mu     sync.Mutex
	calls  []sent
}

func (v *vendorStub) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	v.mu.Lock()
	v.calls = append(v.calls, sent{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Get("Content-Type")})
	v.mu.Unlock()
	status, text := v.answer(r.URL.Query().Get("accessToken"))
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: -1}, nil
}

func newClient(t *testing.T, v *vendorStub, change ...func(*Config)) *Client {
	t.Helper()
	config := Config{BaseURL: "https://vendor.example/~s1/", Tokens: adapters.StaticToken("tok en+1"), HTTP: adapters.Config{Transport: v}}
	for _, c := range change {
		c(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	registered = `{"success":"T","msg":"success","data":{"result":"made-up-id"}}`
	expired    = `{"success":"F","errCode":"101101","msg":"invalid access token"}`
)

func agent() Agent { return Agent{HospitalID: 9007199254740993, Heartbeat: "1", Version: "1.0"} }

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for names, config := range map[string]Config{
		"Tokens":         {BaseURL: PublicBaseURL},
		"BaseURL":        {Tokens: adapters.StaticToken("t")},
		"AllowPlainHTTP": {BaseURL: "http://vendor.example", Tokens: adapters.StaticToken("t")},
		"RequestForm":    {BaseURL: PublicBaseURL, Tokens: adapters.StaticToken("t"), RequestForm: 7},
		"ListBody":       {BaseURL: PublicBaseURL, Tokens: adapters.StaticToken("t"), ListBody: 7},
	} {
		if _, err := New(config); !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), names) {
			t.Errorf("want a refusal that names %s, got %v", names, err)
		}
	}
	config := Config{Tokens: adapters.StaticToken("HIDDEN")}
	client := newClient(t, &vendorStub{}, func(c *Config) { c.Tokens = config.Tokens })
	if text := fmt.Sprintf("%v %+v %#v %+v %#v %+v %#v", config, config, config, client, client, config.Tokens, adapters.Token{Value: "HIDDEN"}); strings.Contains(text, "HIDDEN") {
		t.Errorf("the token is printed: %s", text)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const base, query = "/~s1/open-api/V2/ws/agentManager/", "accessToken=tok%20en%2B1"
	register := func(c *Client) error { _, err := c.RegisterAgent(t.Context(), agent()); return err }
	list := func(c *Client) error { _, err := c.ListHospitalTasks(t.Context()); return err }
	for name, r := range map[string]struct {
		change func(*Config)
		do     func(*Client) error
		want   sent
	}{
		"register": {func(*Config) {}, register, sent{"POST", base + "register", query, `{"hospitalId":9007199254740993,"heartbeat":"1","version":"1.0"}`, "application/json; charset=UTF-8"}},
		"register, form": {func(c *Config) { c.RequestForm = FormBody }, register,
			sent{"POST", base + "register", query, `heartbeat=1&hospitalId=9007199254740993&version=1.0`, "application/x-www-form-urlencoded; charset=UTF-8"}},
		"register, query": {func(c *Config) { c.RequestForm = QueryParameters }, register,
			sent{"POST", base + "register", query + "&heartbeat=1&hospitalId=9007199254740993&version=1.0", "", ""}},
		"list":         {func(*Config) {}, list, sent{"POST", base + "hospitalTaskList", query, "", ""}},
		"list, object": {func(c *Config) { c.ListBody = EmptyObject }, list, sent{"POST", base + "hospitalTaskList", query, "{}", "application/json; charset=UTF-8"}},
	} {
		v := &vendorStub{answer: func(string) (int, string) { return 200, registered }}
		if err := r.do(newClient(t, v, r.change)); err != nil || len(v.calls) != 1 || v.calls[0] != r.want {
			t.Errorf("%s: sent %+v, want %+v (%v)", name, v.calls, r.want, err)
		}
	}
	v := &vendorStub{}
	for _, a := range []Agent{{Heartbeat: "1", Version: "1"}, {HospitalID: 1, Version: "1"}, {HospitalID: 1, Heartbeat: "1"}} {
		if _, err := newClient(t, v).RegisterAgent(t.Context(), a); !errors.Is(err, adapters.ErrInvalid) || len(v.calls) != 0 {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

func TestRegistrationReplies(t *testing.T) {
	t.Parallel()
	for body, condition := range map[string]error{
		registered: nil,
		`{"success":"T","errCode":null,"msg":"","data":{"result":"x"},"more":1}`: nil,
		`{"success":"T","errCode":[],"msg":{},"data":{"result":"x"}}`:            nil,
		`{"success":"F","errCode":"3000001","msg":{"a":1}}`:                      adapters.ErrNotFound,
		`{"success":"F","errCode":{}}`:                                           adapters.ErrDecode,
		`{"success":"T","data":{"result":""}}`:                                   adapters.ErrDecode,
		`{"success":"T","data":null}`:                                            adapters.ErrDecode,
		`{"success":"T","data":[]}`:                                              adapters.ErrDecode,
		`{"success":"t","data":{"result":"x"}}`:                                  adapters.ErrRejected,
		`{"success":true,"data":{"result":"x"}}`:                                 adapters.ErrRejected,
		`{"msg":"success"}`:                                                      adapters.ErrDecode,
		``:                                                                       adapters.ErrDecode,
		"\xef\xbb\xbf" + registered:                                              adapters.ErrDecode,
		`{"success":"T","success":"T"}`:                                          adapters.ErrDecode,
		"{\"success\":\"T\",\"msg\":\"\xff\"}":                                   adapters.ErrDecode,
	} {
		v := &vendorStub{answer: func(string) (int, string) { return 200, body }}
		got, err := newClient(t, v).RegisterAgent(t.Context(), agent())
		if condition == nil && (err != nil || got.Result == "") || condition != nil && !errors.Is(err, condition) {
			t.Errorf("%s: %+v, %v, want %v", body, got, err, condition)
		}
		if errors.Is(err, adapters.ErrDecode) != errors.Is(err, adapters.ErrUnknownOutcome) {
			t.Errorf("%s: an unreadable answer to a registration leaves its outcome unknown: %v", body, err)
		}
	}
}

func TestVendorErrors(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		status    int
		body      string
		condition error
		code      string
		sent      int
		fault     adapters.Fault
	}{
		{200, `{"success":"F","errCode":"3000001","msg":"根据appKey未查询到机构ID,请联系管理员"}`, adapters.ErrNotFound, "3000001", 1, adapters.FaultCaller},
		{200, `{"success":"F","errCode":3000001,"msg":"x"}`, adapters.ErrNotFound, "3000001", 1, adapters.FaultCaller},
		{500, `{"success":"F","errCode":"3000001","msg":"x"}`, adapters.ErrNotFound, "3000001", 1, adapters.FaultCaller},
		{200, `{"success":"F","errCode":"100000","msg":"system error"}`, adapters.ErrUnavailable, "100000", 3, adapters.FaultVendor},
		{200, `{"success":"F","errCode":"102101"}`, adapters.ErrThrottled, "102101", 3, adapters.FaultThrottled},
		{200, `{"success":"F","errCode":"103206"}`, adapters.ErrForbidden, "103206", 1, adapters.FaultCaller},
		{200, `{"success":"F","errCode":"101100"}`, adapters.ErrUnauthorized, "101100", 1, adapters.FaultCaller},
		{200, `{"success":"F","errCode":"101103"}`, adapters.ErrInvalid, "101103", 1, adapters.FaultCaller},
		{200, `{"success":"F","errCode":"201001"}`, adapters.ErrRejected, "201001", 1, adapters.FaultUnknown},
		{200, `{"success":"F"}`, adapters.ErrRejected, "", 1, adapters.FaultUnknown},
		{200, `{"success":"F","errCode":"101403"}`, adapters.ErrUnavailable, "101403", 3, adapters.FaultVendor},
		{503, `{"success":"F","errCode":"77"}`, adapters.ErrUnavailable, "77", 3, adapters.FaultVendor},
		{404, `<html>`, adapters.ErrNotFound, "", 1, adapters.FaultCaller},
		{503, `<html>`, adapters.ErrUnavailable, "", 3, adapters.FaultVendor},
		{200, expired, adapters.ErrUnauthorized, "101101", 2, adapters.FaultCaller},
		{401, ``, adapters.ErrUnauthorized, "", 2, adapters.FaultCaller},
		{401, `{"success":"F","errCode":"3000001"}`, adapters.ErrNotFound, "3000001", 1, adapters.FaultCaller},
	} {
		synctest.Test(t, func(t *testing.T) {
			v := &vendorStub{answer: func(string) (int, string) { return r.status, r.body }}
			again := func(c *Config) { // a static token is not tried twice
				c.Tokens = adapters.TokenFunc(func(context.Context) (adapters.Token, error) { return adapters.Token{Value: "t"}, nil })
			}
			_, err := newClient(t, v, again).ListHospitalTasks(t.Context())
			var e *adapters.Error
			if !errors.Is(err, r.condition) || !errors.As(err, &e) || e.Code != r.code || e.Fault != r.fault || e.Status != r.status || len(v.calls) != r.sent {
				t.Errorf("%d %s: sent %d, %+v", r.status, r.body, len(v.calls), e)
			}
			v.calls = nil
			_, err = newClient(t, v, again).RegisterAgent(t.Context(), agent())
			if want := min(r.sent, 2); r.condition == adapters.ErrUnauthorized && len(v.calls) != want || r.condition != adapters.ErrUnauthorized && len(v.calls) != 1 {
				t.Errorf("%d %s: a registration was sent %d times: %v", r.status, r.body, len(v.calls), err)
			}
			unknown := r.condition == adapters.ErrUnavailable
			if errors.Is(err, adapters.ErrUnknownOutcome) != unknown || errors.As(err, &e) && unknown && e.Retryable {
				t.Errorf("%d %s: the outcome of a registration is unknown: %v, want %v", r.status, r.body, !unknown, unknown)
			}
		})
	}
}

// counter is a token source that gives t1, t2, … and notices two calls at once.
type counter struct {
	mu      sync.Mutex
	issued  int
	running bool
	t       *testing.T
}

func (c *counter) Token(context.Context) (adapters.Token, error) {
	c.mu.Lock()
	if c.running {
		c.t.Error("two tokens are asked for at once")
	}
	c.running = true
	c.mu.Unlock()
	time.Sleep(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
	c.issued++
	return adapters.Token{Value: fmt.Sprint("t", c.issued)}, nil
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &vendorStub{answer: func(token string) (int, string) {
			if token == "t1" {
				return 200, expired
			}
			return 200, registered
		}}
		source := &counter{t: t}
		c := newClient(t, v, func(c *Config) { c.Tokens = source })
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := c.RegisterAgent(t.Context(), agent()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if source.issued != 2 || len(v.calls) != 20 {
			t.Errorf("%d tokens, %d calls, want 2 and 20", source.issued, len(v.calls))
		}
	})
}

func TestFailingTokenSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("portal says HIDDEN")
	v := &vendorStub{}
	c := newClient(t, v, func(c *Config) {
		c.Tokens = adapters.TokenFunc(func(context.Context) (adapters.Token, error) { return adapters.Token{}, broken })
	})
	_, err := c.ListHospitalTasks(t.Context())
	if !errors.Is(err, adapters.ErrUnauthorized) || !errors.Is(err, broken) || strings.Contains(err.Error(), "HIDDEN") || len(v.calls) != 0 {
		t.Errorf("%v", err)
	}
}

func TestTaskForms(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]struct {
		data string
		n    int
		want func(Task) bool
	}{
		"list": {`[{"id":242,"hospitalId":197,"taskCmd":"orderdone","init":true,"cronExpression":"0/5 * * * * ?","taskBeanName":"b","newTaskParams":{"pageSize":500,"sql":"drop table x"},"gmtCreated":1482909096000,"gmtModified":1526639040000},{"id":244}]`, 2, func(task Task) bool {
			return task.ID == 242 && task.HospitalID == 197 && task.Command == "orderdone" && task.Initialised && task.BeanName == "b" &&
				string(task.Params) == `{"pageSize":500,"sql":"drop table x"}` && task.Created.Equal(time.UnixMilli(1482909096000)) &&
				task.Modified.Format(time.DateTime) == "2018-05-18 18:24:00" && task.Unknown == nil
		}},
		"single object":  {`{"id":"9007199254740993"}`, 1, func(task Task) bool { return task.ID == 9007199254740993 }},
		"null":           {`null`, 0, nil},
		"empty":          {`[]`, 0, nil},
		"empty object":   {`{}`, 0, nil},
		"other spelling": {`[{"hospitalid":"5"}]`, 1, func(task Task) bool { return task.HospitalID == 5 && task.Unknown == nil }},
		"both spellings": {`[{"hospitalid":5,"hospitalId":6}]`, 1, func(task Task) bool { return task.HospitalID == 6 && task.Unknown == nil }},
		"one null":       {`[{"hospitalid":5,"hospitalId":null}]`, 1, func(task Task) bool { return task.HospitalID == 5 }},
		"texts of time": {`[{"gmtCreated":"2018-01-01 12:00:00","gmtModified":"1526639040000"}]`, 1, func(task Task) bool {
			return task.Created.Equal(time.Date(2018, 1, 1, 4, 0, 0, 0, time.UTC)) && task.Modified.Equal(time.UnixMilli(1526639040000))
		}},
		"nulls": {`[{"id":null,"hospitalId":null,"init":null,"newTaskParams":null,"gmtCreated":null}]`, 1, func(task Task) bool { return task.Params == nil && task.Created.IsZero() }},
		"unknown members": {`[{"status":1}]`, 1, func(task Task) bool {
			return string(task.Unknown["status"]) == "1" && string(task.Raw) == `{"status":1}`
		}},
		"fraction":       {`[{"id":1.5}]`, -1, nil},
		"odd time":       {`[{"gmtCreated":"yesterday"}]`, -1, nil},
		"text":           {`"x"`, -1, nil},
		"list of texts":  {`["x"]`, -1, nil},
		"duplicate keys": {`[{"id":1,"id":2}]`, -1, nil},
	} {
		v := &vendorStub{answer: func(string) (int, string) { return 200, `{"success":"T","msg":"success","data":` + r.data + `}` }}
		tasks, err := newClient(t, v).ListHospitalTasks(t.Context())
		switch {
		case r.n < 0:
			if !errors.Is(err, adapters.ErrDecode) || tasks != nil {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || len(tasks) != r.n || r.want != nil && !r.want(tasks[0]):
			t.Errorf("%s: %+v, %v", name, tasks, err)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{registered, expired, `{"success":"T","data":[{"id":"1","gmtCreated":"2018-01-01 12:00:00"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err != nil {
			return
		}
		tasks, err := decodeTasks(e.data)
		if err != nil && tasks != nil {
			t.Error("tasks beside an error")
		}
	})
}
