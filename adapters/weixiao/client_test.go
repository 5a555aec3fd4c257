package weixiao

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
	"understudy/specs"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func newClient(t *testing.T, answer transport, change ...func(*Config)) *Client {
	t.Helper()
	config := Config{BaseURL: "https://hub.example/base", AppKey: testKey, AppSecret: testSecret,
		HTTP: adapters.Config{Transport: answer, Backoff: func(int) time.Duration { return 0 }}}
	for _, c := range change {
		c(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func list(c *Client, t *testing.T) error { _, err := c.ListPushProjects(t.Context()); return err }
func add(c *Client, t *testing.T) error {
	_, err := c.AddPushProject(t.Context(), NewProject{URL: "http://p.example/a b?x=1&y=2", Name: "甲 &"})
	return err
}
func update(c *Client, t *testing.T) error {
	_, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 9007199254740993, Status: new(Enabled)})
	return err
}
func remove(c *Client, t *testing.T) error { return c.DeletePushProject(t.Context(), 9007199254740993) }
func push(c *Client, t *testing.T) error {
	return c.ReceivePush(t.Context(), Push{SchoolCode: "1000000001", Event: AddOrg, Payload: []byte(`{"id":1}`)})
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		names  string
		change func(*Config)
	}{
		{"BaseURL", func(c *Config) { c.BaseURL = "" }},
		{"AllowPlainHTTP", func(c *Config) { c.BaseURL = "http://192.168.161.34:8099" }},
		{"AddForm", func(c *Config) { c.AddForm = 2 }},
		{"Encoding", func(c *Config) { c.Encoding = 2 }},
		{"AuthValue", func(c *Config) { c.AuthHeader = "token" }},
		{"AuthHeader", func(c *Config) { c.AuthValue = "HIDDEN" }},
		{"AuthHeader", func(c *Config) { c.AuthHeader, c.AuthValue = "bad name", "HIDDEN" }},
		{"AuthHeader", func(c *Config) { c.AuthHeader, c.AuthValue = "content-type", "HIDDEN" }},
		{"AppSecret", func(c *Config) { c.AppKey = "HIDDEN6789ABCDEF" }},
		{"AppKey", func(c *Config) { c.AppKey, c.AppSecret = "HIDDEN", testSecret }},
		{"AppSecret", func(c *Config) { c.AppKey, c.AppSecret = testKey, "HIDDEN" }},
	} {
		config := Config{BaseURL: "https://hub.example"}
		r.change(&config)
		_, err := New(config)
		if !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), r.names) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("want a refusal that names %s, got %v", r.names, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", config, config, config); strings.Contains(text, "HIDDEN") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const jsonType, formType = "application/json; charset=utf-8", "application/x-www-form-urlencoded;charset=utf-8"
	contract, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]struct {
		operation, query, contentType, body string
		do                                  func(*Client, *testing.T) error
		change                              func(*Config)
	}{
		"list": {operation: "listPushProjects", do: list},
		"add": {operation: "addPushProject", do: add, contentType: formType,
			body: "project=%E7%94%B2+%26&url=http%3A%2F%2Fp.example%2Fa+b%3Fx%3D1%26y%3D2"},
		"add, query": {operation: "addPushProject", do: add, change: func(c *Config) { c.AddForm = QueryParameters },
			query: "project=%E7%94%B2%20%26&url=http%3A%2F%2Fp.example%2Fa%20b%3Fx%3D1%26y%3D2"},
		"enable": {operation: "updatePushProject", do: update, contentType: jsonType, body: `{"id":9007199254740993,"statu":0}`},
		"rename and disable": {operation: "updatePushProject", contentType: jsonType,
			body: `{"id":1,"url":"https://p.example/<x>&y","project":"乙","statu":1}`,
			do: func(c *Client, t *testing.T) error {
				_, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 1, URL: new("https://p.example/<x>&y"), Name: new("乙"), Status: new(Disabled)})
				return err
			}},
		"delete": {operation: "deletePushProject", do: remove, query: "id=9007199254740993"},
		"push": {operation: "receivePush", do: push, contentType: jsonType,
			body: `{"app_key":"` + testKey + `","school_code":"1000000001","event":"addOrg","raw_data":"` + testSealer(t).seal([]byte(`{"id":1}`), Hex) + `"}`},
		"authorized": {operation: "listPushProjects", do: list, change: func(c *Config) { c.AuthHeader, c.AuthValue = "x-token", "secret" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			operation, ok := contract.Operation(r.operation)
			if !ok {
				t.Fatalf("the contract has no %s", r.operation)
			}
			calls := 0
			if r.change == nil {
				r.change = func(*Config) {}
			}
			c := newClient(t, func(q *http.Request) (*http.Response, error) {
				calls++
				body := []byte{}
				if q.Body != nil {
					body, _ = io.ReadAll(q.Body)
				}
				if q.Method != operation.Method || q.URL.EscapedPath() != "/base"+operation.Path || q.URL.RawQuery != r.query ||
					q.Header.Get("Content-Type") != r.contentType || string(body) != r.body {
					t.Errorf("sent %s %s %q with %s", q.Method, q.URL, q.Header, body)
				}
				if want := map[bool]string{true: "secret"}[name == "authorized"]; q.Header.Get("X-Token") != want {
					t.Errorf("sent the token %q", q.Header.Get("X-Token"))
				}
				return response(200, `{"success":true,"message":"success","code":0,"data":null}`), nil
			}, r.change)
			if err := r.do(c, t); err != nil || calls != 1 {
				t.Errorf("%d calls, %v", calls, err)
			}
		})
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	t.Parallel()
	calls := 0
	answer := func(*http.Request) (*http.Response, error) { calls++; return response(200, `{"success":true}`), nil }
	c, keyless := newClient(t, answer), newClient(t, answer, func(c *Config) { c.AppKey, c.AppSecret = "", "" })
	good := Push{SchoolCode: "s", Event: AddUser, Payload: []byte(`{}`)}
	for i, do := range []func() error{
		func() error {
			_, err := c.AddPushProject(t.Context(), NewProject{URL: "https://p.example"})
			return err
		},
		func() error {
			_, err := c.AddPushProject(t.Context(), NewProject{URL: "www.HIDDEN.example", Name: "n"})
			return err
		},
		func() error {
			_, err := c.AddPushProject(t.Context(), NewProject{URL: "ftp://HIDDEN", Name: "n"})
			return err
		},
		func() error {
			_, err := c.AddPushProject(t.Context(), NewProject{URL: "http://HIDDEN\n", Name: "n"})
			return err
		},
		func() error {
			_, err := c.AddPushProject(t.Context(), NewProject{URL: "http:///x", Name: "n"})
			return err
		},
		func() error { _, err := c.UpdatePushProject(t.Context(), ProjectChange{Name: new("n")}); return err },
		func() error { _, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 1}); return err },
		func() error {
			_, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 1, Name: new("")})
			return err
		},
		func() error {
			_, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 1, URL: new("HIDDEN")})
			return err
		},
		func() error {
			_, err := c.UpdatePushProject(t.Context(), ProjectChange{ID: 1, Status: new(Status(907))})
			return err
		},
		func() error { return c.DeletePushProject(t.Context(), 0) },
		func() error { return keyless.ReceivePush(t.Context(), good) },
		func() error { p := good; p.SchoolCode = ""; return c.ReceivePush(t.Context(), p) },
		func() error { p := good; p.Event = ""; return c.ReceivePush(t.Context(), p) },
		func() error { p := good; p.Payload = nil; return c.ReceivePush(t.Context(), p) },
		func() error { p := good; p.Payload = []byte(`"HIDDEN"`); return c.ReceivePush(t.Context(), p) },
		func() error {
			p := good
			p.Payload = []byte(`{"HIDDEN":1,"HIDDEN":2}`)
			return c.ReceivePush(t.Context(), p)
		},
	} {
		if err := do(); !errors.Is(err, adapters.ErrInvalid) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("row %d: %v", i, err)
		}
	}
	if calls != 0 {
		t.Errorf("%d calls were sent", calls)
	}
}

func TestProjectLists(t *testing.T) {
	t.Parallel()
	const one = `{"id":9007199254740993,"url":"www.x.example","project":"p","statu":1}`
	want := Project{ID: 9007199254740993, URL: "www.x.example", Name: "p", Status: Disabled}
	for data, count := range map[string]int{
		`[]`: 0, `null`: 0, `{"list":null}`: 0, `{"list":[]}`: 0, `[` + one + `]`: 1, one: 1,
		`{"list":[` + one + `],"total":1}`: 1, `{"records":[` + one + `,` + one + `]}`: 2, `{"rows":[` + one + `]}`: 1,
		`[{"id":"9007199254740993","url":"www.x.example","project":"p","statu":"1","other":{}}]`: 1,
		`{"waring":"You may have used non-display generics."}`:                                   -1,
		`[{"url":"x"}]`: -1, `[{"id":1.5}]`: -1, `[{"id":"x"}]`: -1, `"x"`: -1, `{"list":{}}`: -1, `[null]`: -1, `[{"id":1,"url":[]}]`: -1,
	} {
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			return response(200, `{"success":true,"message":"success","code":"45229","data":`+data+`}`), nil
		})
		got, err := c.ListPushProjects(t.Context())
		if count < 0 {
			if !errors.Is(err, adapters.ErrDecode) || !strings.Contains(err.Error(), "/data") {
				t.Errorf("%s: %v, %v", data, got, err)
			}
			continue
		}
		if err != nil || len(got) != count {
			t.Errorf("%s: %v, %v", data, got, err)
		}
		for _, p := range got {
			if p != want {
				t.Errorf("%s: %+v", data, p)
			}
		}
	}
}

func TestAddedProject(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]int64{`{"id":7,"url":"https://p.example","project":"p","statu":null}`: 7, `null`: 0, `"ok"`: 0, `{"waring":"x"}`: 0} {
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			return response(200, `{"success":true,"code":"0","data":`+data+`}`), nil
		})
		if p, err := c.AddPushProject(t.Context(), NewProject{URL: "https://p.example", Name: "p"}); err != nil || p.ID != want || p.Status != Enabled {
			t.Errorf("%s: %+v, %v", data, p, err)
		}
	}
}

type outcome struct {
	condition          error // nil: success
	unknown, retryable bool
	calls              int
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	fail := func(code, message string) string {
		return `{"success":false,"message":"` + message + `","code":` + code + `,"data":null}`
	}
	no := func(condition error) outcome { return outcome{condition: condition, calls: 1} }
	good := outcome{calls: 1}
	for name, r := range map[string]struct {
		status int
		body   string
		do     func(*Client, *testing.T) error
		want   outcome
	}{
		"success decides over the code":   {200, `{"success":true,"code":"10000"}`, add, good},
		"quoted success":                  {200, `{"success":"true","code":"45229"}`, remove, good},
		"success false, code 0":           {200, fail(`"0"`, ""), add, no(adapters.ErrRejected)},
		"code alone, 0":                   {200, `{"code":0}`, update, good},
		"code alone, 200":                 {200, `{"code":"200"}`, remove, good},
		"code alone, 00000":               {200, `{"code":"00000","success":null}`, add, good},
		"code alone, other":               {200, `{"code":45229}`, add, no(adapters.ErrRejected)},
		"exists":                          {200, fail(`"16000"`, "数据已存在"), update, no(adapters.ErrConflict)},
		"missing":                         {200, fail(`16000`, "数据不存在"), add, no(adapters.ErrNotFound)},
		"16000 on add":                    {200, fail(`"16000"`, "x"), add, no(adapters.ErrConflict)},
		"16000 on update":                 {200, fail(`"16000"`, ""), update, no(adapters.ErrNotFound)},
		"16000 on delete":                 {200, fail(`"16000"`, ""), remove, no(adapters.ErrNotFound)},
		"16000 on list":                   {200, fail(`"16000"`, ""), list, no(adapters.ErrRejected)},
		"10000 on list":                   {200, fail(`"10000"`, "系统未知异常"), list, outcome{condition: adapters.ErrUnavailable, retryable: true, calls: 3}},
		"10000 on add":                    {200, fail(`"10000"`, "系统未知异常"), add, outcome{condition: adapters.ErrUnavailable, unknown: true, calls: 1}},
		"10000, mapped":                   {500, fail(`"10000"`, "系统未知异常"), remove, outcome{condition: adapters.ErrUnavailable, unknown: true, calls: 1}},
		"10000 on push":                   {200, `{"code":10000,"message":"x"}`, push, outcome{condition: adapters.ErrUnavailable, retryable: true, calls: 1}},
		"10001":                           {405, fail(`"10001"`, ""), list, no(adapters.ErrInvalid)},
		"10002":                           {200, fail(`"10002"`, ""), list, no(adapters.ErrInvalid)},
		"10003":                           {401, fail(`"10003"`, ""), list, no(adapters.ErrUnauthorized)},
		"10004":                           {200, fail(`10004`, ""), add, no(adapters.ErrUnauthorized)},
		"10005":                           {200, fail(`10005`, ""), add, no(adapters.ErrUnauthorized)},
		"10006":                           {200, fail(`"10006"`, ""), add, no(adapters.ErrForbidden)},
		"11001":                           {200, fail(`"11001"`, ""), add, no(adapters.ErrInvalid)},
		"11004":                           {200, fail(`"11004"`, ""), add, no(adapters.ErrRejected)},
		"11005":                           {200, fail(`"11005"`, ""), add, no(adapters.ErrRejected)},
		"16009 on add":                    {200, fail(`"16009"`, ""), add, no(adapters.ErrRejected)},
		"11006 on push":                   {200, `{"code":11006,"message":"消费者消费异常"}`, push, outcome{condition: adapters.ErrRejected, retryable: true, calls: 1}},
		"push refused by text":            {200, `{"code":"11003","message":"参数异常"}`, push, no(adapters.ErrInvalid)},
		"push, code decides over success": {200, `{"success":true,"code":741}`, push, no(adapters.ErrRejected)},
		"push without a code":             {200, `{"success":true}`, push, no(adapters.ErrRejected)},
		"push accepted":                   {200, `{"code":"0"}`, push, good},
		"unknown code, 404":               {404, fail(`"99"`, ""), list, no(adapters.ErrNotFound)},
		"unknown code, 503":               {503, fail(`"99"`, ""), add, outcome{condition: adapters.ErrUnavailable, unknown: true, calls: 1}},
		"unknown code, 503, list":         {503, fail(`"99"`, ""), list, outcome{condition: adapters.ErrUnavailable, retryable: true, calls: 3}},
		"html 404":                        {404, `<html>`, list, no(adapters.ErrNotFound)},
		"html 503":                        {503, `<html>`, list, outcome{condition: adapters.ErrUnavailable, retryable: true, calls: 3}},
		"html 503 on update":              {503, `<html>`, update, outcome{condition: adapters.ErrUnavailable, unknown: true, calls: 1}},
		"html 200":                        {200, `<html>`, remove, outcome{condition: adapters.ErrDecode, unknown: true, calls: 1}},
		"no envelope":                     {200, `{"message":"x"}`, list, no(adapters.ErrDecode)},
		"odd success":                     {200, `{"success":[],"code":"0"}`, list, no(adapters.ErrDecode)},
		"duplicate":                       {200, `{"success":false,"success":true}`, list, no(adapters.ErrDecode)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			c := newClient(t, func(*http.Request) (*http.Response, error) { calls++; return response(r.status, r.body), nil })
			err := r.do(c, t)
			if r.want.condition == nil {
				// A list without data is an empty list, so nothing but the envelope is judged here.
				if err != nil || calls != 1 {
					t.Errorf("%d calls, %v", calls, err)
				}
				return
			}
			var e *adapters.Error
			if !errors.As(err, &e) || !errors.Is(err, r.want.condition) {
				t.Fatalf("got %v, want %v", err, r.want.condition)
			}
			if got := (outcome{r.want.condition, errors.Is(err, adapters.ErrUnknownOutcome), e.Retryable, calls}); got != r.want {
				t.Errorf("got %+v of %v, want %+v", got, err, r.want)
			}
		})
	}
}

// Every row of the contract's catalogue has a condition of its own choosing, and only the rows below are a plain rejection.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Errors) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	rejected := map[string]bool{"11004": true, "11005": true, "11006": true, "16006": true, "16007": true, "16009": true}
	for _, row := range contract.Errors {
		var e *adapters.Error
		body := fmt.Sprintf(`{"success":false,"code":%q,"message":%q}`, row.Code, row.Message)
		if !errors.As(read(addPushProject, rest.Reply{Status: 200, Body: []byte(body)}, nil), &e) {
			t.Fatalf("%s: no error", row.ID)
		}
		if (e.Condition == adapters.ErrRejected) != rejected[row.Code] || e.Code != row.Code {
			t.Errorf("%s: %v", row.ID, e)
		}
	}
}

func TestNothingSecretInErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return response(200, `{"success":false,"code":"11003","message":"参数异常 `+testKey+` `+testSecret+` my-token http://p.example/a b?x=1&y=2"}`), nil
	}, func(c *Config) { c.AuthHeader, c.AuthValue = "x-token", "my-token" })
	for _, do := range []func(*Client, *testing.T) error{list, add, push} {
		text := fmt.Sprintf("%v %+v", do(c, t), do(c, t))
		for _, secret := range []string{testKey, testSecret, "my-token"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in %s", secret, text)
			}
		}
		if !strings.Contains(text, "参数异常") {
			t.Errorf("the vendor's words are lost: %s", text)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{`{"success":true,"message":"success","code":"0","data":[{"id":1}]}`, `{"code":0}`, `{"success":false,"code":"16000"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err == nil && e.success == nil && e.code == "" {
			t.Error("an envelope that says nothing is taken")
		}
		if err != nil && read(receivePush, rest.Reply{Status: 200, Body: body}, nil) == nil {
			t.Error("a broken reply is taken for a success")
		}
		if projects, err := decodeProjects(e.data); err == nil {
			for _, p := range projects {
				if p.ID == 0 {
					t.Error("a project without an id is taken")
				}
			}
		}
	})
}
