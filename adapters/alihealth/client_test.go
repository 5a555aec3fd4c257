package alihealth

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
)

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		names  string
		change func(*Config)
	}{
		{"AppKey", func(c *Config) { c.AppKey = "" }},
		{"AppSecret", func(c *Config) { c.AppSecret = "" }},
		{"AppSecret", func(c *Config) { c.AppSecret += "\n" }},
		{"Session", func(c *Config) { c.Session = " " }},
		{"PartnerID", func(c *Config) { c.PartnerID = "x " }},
		{"TargetAppKey", func(c *Config) { c.TargetAppKey = "\tx" }},
		{"SignMethod", func(c *Config) { c.SignMethod = "HMAC" }},
		{"Format", func(c *Config) { c.Format = "yaml" }},
		{"Simplify", func(c *Config) { c.Format, c.Simplify = XML, true }},
		{"RequestForm", func(c *Config) { c.RequestForm = 3 }},
		{"RequestForm", func(c *Config) { c.RequestForm = -1 }},
		{"MaxPages", func(c *Config) { c.MaxPages = -1 }},
		{"BaseURL", func(c *Config) { c.BaseURL = "" }},
		{"BaseURL", func(c *Config) { c.BaseURL = "https://gateway.example?x=/router/rest" }},
		{"BaseURL", func(c *Config) { c.BaseURL = "https://gateway.example#/router/rest" }},
		{"AllowPlainHTTP", func(c *Config) { c.BaseURL = "http://gateway.example/router/rest" }},
		{"Timeout", func(c *Config) { c.HTTP.Timeout = -1 }},
	} {
		config := Config{BaseURL: MainGateway, AppKey: testKey, AppSecret: testSecret, Session: testSession}
		r.change(&config)
		_, err := New(config)
		if !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), r.names) || strings.Contains(err.Error(), "TEST") {
			t.Errorf("want a refusal that names %s, got %v", r.names, err)
		}
	}
	config := Config{BaseURL: SandboxGateway, AppKey: testKey, AppSecret: testSecret, Session: testSession}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", config, config, config), fmt.Sprintf("%v %+v %#v", client, client, client), config.LogValue().String()} {
		if strings.Contains(text, "TEST") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
}

func TestGatewayPath(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://gateway.example":                   "/router/rest",
		"https://gateway.example/":                  "/router/rest",
		"https://gateway.example/router/rest":       "/router/rest",
		"https://gateway.example/router/rest/":      "/router/rest",
		"http://localhost:8740/~s1":                 "/~s1/router/rest",
		"http://localhost:8740/~s1/router/rest":     "/~s1/router/rest",
		"https://gateway.example/other-router/rest": "/other-router/rest/router/rest",
	} {
		g := &gateway{}
		if _, err := newClient(t, g, func(c *Config) { c.BaseURL = base }).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov}); err != nil {
			t.Fatal(err)
		}
		if g.calls[0].path != want {
			t.Errorf("%s: called %s, want %s", base, g.calls[0].path, want)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	system := []string{"app_key", "format", "method", "sign", "sign_method", "timestamp", "v"}
	all := append(slices.Clone(system), structure)
	slices.Sort(all)
	const formType = "application/x-www-form-urlencoded;charset=utf-8"
	for name, r := range map[string]struct {
		change      func(*Config)
		query       Query
		method      string // POST when ""
		inQuery     []string
		inForm      []string
		params      map[string]string // some of what is sent
		contentType string
	}{
		"default": {inForm: all, contentType: formType, params: map[string]string{
			"method": "alibaba.health.vaccin.appointment.query", "app_key": testKey, "timestamp": "2026-03-02 00:00:01", "v": "2.0", "format": "json",
			"sign_method": "hmac-sha256", structure: `{"day":"2026-03-02","out_pov_id":"00001","page_num":1,"page_size":200}`}},
		"paging": {query: Query{Day: Day{Year: 2020, Month: 2, Day: 29}, OutPovID: "接种点 +&=<1>", Page: 3, PageSize: 50}, inForm: all, contentType: formType, params: map[string]string{
			structure: `{"day":"2020-02-29","out_pov_id":"接种点 +&=<1>","page_num":3,"page_size":50}`}},
		"md5":    {change: func(c *Config) { c.SignMethod = MD5 }, inForm: all, contentType: formType, params: map[string]string{"sign_method": "md5"}},
		"hmac":   {change: func(c *Config) { c.SignMethod = HMACMD5 }, inForm: all, contentType: formType, params: map[string]string{"sign_method": "hmac"}},
		"xml":    {change: func(c *Config) { c.Format = XML }, inForm: all, contentType: formType, params: map[string]string{"format": "xml"}},
		"system": {change: func(c *Config) { c.RequestForm = SystemInQuery }, inQuery: system, inForm: []string{structure}, contentType: formType},
		"get":    {change: func(c *Config) { c.RequestForm = GetQuery }, method: "GET", inQuery: all},
		"optional": {change: func(c *Config) {
			c.Session, c.PartnerID, c.TargetAppKey, c.Simplify = testSession, "partner", "target", true
		}, inForm: slices.Sorted(slices.Values(append(slices.Clone(all), "session", "partner_id", "target_app_key", "simplify"))), contentType: formType,
			params: map[string]string{"session": testSession, "partner_id": "partner", "target_app_key": "target", "simplify": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &gateway{}
			clock := func(c *Config) { c.Now = func() time.Time { return time.Date(2026, 3, 1, 16, 0, 1, 999, time.UTC) } }
			if r.change == nil {
				r.change = func(*Config) {}
			}
			if r.query == (Query{}) {
				r.query = Query{Day: testDay(), OutPovID: testPov}
			}
			if _, err := newClient(t, g, clock, r.change).QueryAppointments(t.Context(), r.query); err != nil {
				t.Fatal(err)
			}
			got := g.calls[0]
			if r.method == "" {
				r.method = "POST"
			}
			if got.method != r.method || got.path != gatewayPath || got.contentType != r.contentType {
				t.Errorf("sent %s %s as %q", got.method, got.path, got.contentType)
			}
			if !slices.Equal(names(got.query), r.inQuery) || !slices.Equal(names(got.form), r.inForm) {
				t.Errorf("query %v, form %v, want %v and %v", names(got.query), names(got.form), r.inQuery, r.inForm)
			}
			for name, want := range r.params {
				if got.params[name] != want {
					t.Errorf("%s is %q, want %q", name, got.params[name], want)
				}
			}
		})
	}
}

func names(v url.Values) []string { return slices.Sorted(maps.Keys(v)) }

func TestSentSignatureIsThatOfAVector(t *testing.T) {
	t.Parallel()
	found := 0
	for _, v := range vectors(t) {
		if v.ID != "vaccin-md5" && v.ID != "vaccin-hmac" && v.ID != "vaccin-hmac-sha256" {
			continue
		}
		found++
		var sent string
		client := newOn(t, transport(func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			form, err := url.ParseQuery(string(body))
			sent = form.Get("sign")
			return nil, errors.Join(io.EOF, err)
		}), func(c *Config) {
			c.AppKey, c.AppSecret, c.SignMethod, c.HTTP.Attempts = v.Params["app_key"], v.Secret, v.SignMethod, 1
			c.Now = func() time.Time { return time.Date(2020, 1, 18, 4, 0, 0, 0, time.UTC) }
		})
		if _, err := client.QueryAppointments(t.Context(), Query{Day: Day{Year: 2020, Month: 1, Day: 18}, OutPovID: "00001"}); err == nil || sent != v.Sign {
			t.Errorf("%s: sent %s, want %s (%v)", v.ID, sent, v.Sign, err)
		}
	}
	if found != 3 {
		t.Errorf("%d of the 3 vectors are there", found)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestQueryIsChecked(t *testing.T) {
	t.Parallel()
	g := &gateway{}
	c := newClient(t, g)
	good := Query{Day: testDay(), OutPovID: testPov}
	rows := map[string]func(*Query){
		"Day is missing":  func(q *Query) { q.Day = Day{} },
		"Day is not":      func(q *Query) { q.Day = Day{Year: 2026, Month: 2, Day: 29} },
		"Day is not a":    func(q *Query) { q.Day = Day{Year: 20260, Month: 2, Day: 1} },
		"OutPovID is e":   func(q *Query) { q.OutPovID = "" },
		"OutPovID is not": func(q *Query) { q.OutPovID = "\xb2\xe2" },
		"Page must":       func(q *Query) { q.Page = -1 },
		"PageSize":        func(q *Query) { q.PageSize = 201 },
		"PageSize must":   func(q *Query) { q.PageSize = -1 },
	}
	for want, change := range rows {
		q := good
		change(&q)
		if _, err := c.QueryAppointments(t.Context(), q); !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if len(g.calls) != 0 {
		t.Errorf("sent %v", g.calls)
	}
}

func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	logged := func(c *Config) {
		c.Session, c.RequestForm = testSession, GetQuery
		c.HTTP.Attempts, c.HTTP.Logger = 1, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var signature string
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"transport": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("broken: " + r.URL.String())}
		},
		"echo": func(r *http.Request) (*http.Response, error) {
			q := r.URL.Query()
			text := strings.Join([]string{testSecret, q.Get("session"), q.Get("app_key"), url.QueryEscape(q.Get("session"))}, " ")
			return response(fmt.Sprintf(`{"error_response":{"code":%q,"sub_code":%q,"msg":%q,"sub_msg":%q,"request_id":%q}}`,
				q.Get("sign"), q.Get("sign"), text, q.Get("sign"), q.Get("sign")+q.Get("session"))), nil
		},
		"service": func(r *http.Request) (*http.Response, error) {
			return response(inResult(fmt.Sprintf(`"success":false,"msg_code":"X","msg_info":%q`, r.URL.RawQuery))), nil
		},
		"broken row": func(*http.Request) (*http.Response, error) {
			return response(jsonPage("", `[{"appointment_id":"P1","name":"测试甲","appointment_time":"测试甲"}]`)), nil
		},
		"broken XML": func(*http.Request) (*http.Response, error) { return response("<测试甲>测试甲</错>"), nil },
		"mixed XML": func(*http.Request) (*http.Response, error) {
			return response("<r><测试甲>a<b/></测试甲></r>"), nil
		},
	} {
		client := newOn(t, transport(func(r *http.Request) (*http.Response, error) {
			signature = r.URL.Query().Get("sign")
			return answer(r)
		}), logged)
		_, err := client.QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		text := err.Error() + log.String()
		for _, hidden := range []string{testSecret, testSession, testKey, signature, "测试甲"} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s: %q is told in %s", name, hidden, text)
			}
		}
	}
	if log.Len() == 0 {
		t.Error("nothing was logged")
	}
	a := wantRow("P1")
	if text := fmt.Sprintf("%v %+v %#v %v", a, a, []Appointment{a}, a.LogValue()); strings.Contains(text, a.Name) || !strings.Contains(text, "P1") {
		t.Errorf("an appointment prints as %s", text)
	}
}

func response(body string) *http.Response {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}
