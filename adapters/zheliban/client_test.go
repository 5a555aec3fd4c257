package zheliban

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
)

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		names  string
		change func(*Config)
	}{
		{"AESKey", func(c *Config) { c.AESKey = "私发" }},
		{"AESKey", func(c *Config) { c.AESKey = "" }},
		{"APIKey", func(c *Config) { c.APIKey = "" }},
		{"Secret", func(c *Config) { c.Secret = "" }},
		{"BaseURL", func(c *Config) { c.BaseURL = "" }},
		{"AllowPlainHTTP", func(c *Config) { c.BaseURL = "http://platform.example" }},
		{"RequestForm", func(c *Config) { c.RequestForm = 9 }},
		{"PullBody", func(c *Config) { c.PullBody = -1 }},
		{"FormField", func(c *Config) { c.RequestForm = FormField }},
		{"FormField", func(c *Config) { c.FormField = "param" }},
		{"ContentType", func(c *Config) { c.ContentType = "nonsense;;" }},
		{"ContentType", func(c *Config) { c.ContentType = "application/x-www-form-urlencoded" }},
		{"ContentType", func(c *Config) {
			c.RequestForm, c.FormField, c.ContentType = FormField, "param", "text/plain"
		}},
		{"TokenMargin", func(c *Config) { c.TokenMargin = -1 }},
	} {
		config := Config{BaseURL: "https://platform.example", APIKey: testAPIKey, Secret: testSecret, AESKey: testAESKey}
		r.change(&config)
		_, err := New(config)
		if !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), r.names) || strings.Contains(err.Error(), testSecret) {
			t.Errorf("want a refusal that names %s, got %v", r.names, err)
		}
	}
	config := Config{APIKey: testAPIKey, Secret: testSecret, AESKey: testAESKey}
	client := newClient(t, &platform{})
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", config, config, config), fmt.Sprintf("%v %+v %#v", client, client, client)} {
		if strings.Contains(text, "TEST") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const jsonType, formType = "application/json; charset=UTF-8", "application/x-www-form-urlencoded"
	arrive := func(at time.Time) func(*Client) error {
		return func(c *Client) error { return c.ReportArrival(t.Context(), Arrival{SerialNumber: "S<1>", At: at}) }
	}
	pull := func(c *Client) error { _, err := c.PullReservations(t.Context()); return err }
	acknowledge := func(a Acknowledgement) func(*Client) error {
		return func(c *Client) error { return c.AcknowledgeReservations(t.Context(), a) }
	}
	for name, r := range map[string]struct {
		change      func(*Config)
		do          func(*Client) error
		path, plain string
		contentType string
		body        string // what the body begins with
	}{
		"token":        {do: func(c *Client) error { _, err := c.IssueToken(t.Context()); return err }, path: "token", plain: `{"apikey":"` + testAPIKey + `","secret":"` + testSecret + `"}`, contentType: jsonType},
		"pull":         {do: pull, path: "order"},
		"pull, object": {change: func(c *Config) { c.PullBody = EmptyObject }, do: pull, path: "order", plain: "{}", contentType: jsonType},
		"pull, text":   {change: func(c *Config) { c.PullBody = EmptyText }, do: pull, path: "order", contentType: jsonType},
		"batch":        {do: acknowledge(Acknowledgement{RequestID: "R"}), path: "callback", plain: `{"requestId":"R"}`, contentType: jsonType},
		"serial":       {do: acknowledge(Acknowledgement{SerialNumber: "S"}), path: "callback", plain: `{"serialNumber":"S"}`, contentType: jsonType},
		"both":         {do: acknowledge(Acknowledgement{RequestID: "R", SerialNumber: "S", Both: true}), path: "callback", plain: `{"requestId":"R","serialNumber":"S"}`, contentType: jsonType},
		"arrival, now": {do: arrive(time.Time{}), path: "arrival", plain: `{"serialNumber":"S<1>"}`, contentType: jsonType},
		"arrival, UTC": {do: arrive(time.Date(2026, 1, 31, 16, 0, 1, 999, time.UTC)), path: "arrival", plain: `{"serialNumber":"S<1>","arriveDate":"2026-02-01 00:00:01"}`, contentType: jsonType},
		"form":         {change: func(c *Config) { c.RequestForm, c.FormField = FormField, "param" }, do: acknowledge(Acknowledgement{RequestID: "R"}), path: "callback", plain: `{"requestId":"R"}`, contentType: formType, body: "param="},
		"quoted":       {change: func(c *Config) { c.RequestForm = QuotedJSON }, do: acknowledge(Acknowledgement{RequestID: "R"}), path: "callback", plain: `{"requestId":"R"}`, contentType: jsonType, body: `"`},
		"text content": {change: func(c *Config) { c.ContentType = "text/plain" }, do: acknowledge(Acknowledgement{RequestID: "R"}), path: "callback", plain: `{"requestId":"R"}`, contentType: "text/plain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &platform{}
			if r.change == nil {
				r.change = func(*Config) {}
			}
			if err := r.do(newClient(t, p, r.change)); err != nil {
				t.Fatal(err)
			}
			last := p.calls[len(p.calls)-1]
			token := "token-1"
			if r.path == "token" {
				token = ""
			}
			if last.path != r.path || last.plain != r.plain || last.contentType != r.contentType || last.token != token ||
				!strings.HasPrefix(last.body, r.body) || name == "pull" && last.body != "" {
				t.Errorf("sent %+v", last)
			}
		})
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	t.Parallel()
	p := &platform{}
	c := newClient(t, p)
	for _, err := range []error{
		c.AcknowledgeReservations(t.Context(), Acknowledgement{}),
		c.AcknowledgeReservations(t.Context(), Acknowledgement{RequestID: "R", SerialNumber: "S"}),
		c.ReportArrival(t.Context(), Arrival{}),
		func() error { _, err := c.Sync(t.Context(), nil); return err }(),
	} {
		if !errors.Is(err, adapters.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
	if len(p.calls) != 0 {
		t.Errorf("sent %v", p.calls)
	}
}

func TestReplyForms(t *testing.T) {
	t.Parallel()
	s, err := newSealer(testAESKey)
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(plain string) string { return s.seal([]byte(plain)) }
	one := row("R", "S", "1", "测试")
	list := ok("[" + one + "]")
	text := ok(`"[{\"serialNumber\":\"S\"}]"`)
	for name, r := range map[string]struct {
		status    int
		body      string
		rows      int
		condition error
		code      string
	}{
		"sealed":                  {body: s.seal([]byte(list)), rows: 1},
		"sealed, under 500":       {status: 500, body: s.seal([]byte(list)), rows: 1},
		"sealed, wrapped":         {body: " " + s.seal([]byte(list))[:20] + "\r\n" + s.seal([]byte(list))[20:] + "\n", rows: 1},
		"sealed, quoted":          {body: `"` + s.seal([]byte(list)) + `"`, rows: 1},
		"plain":                   {body: list, condition: adapters.ErrDecode},
		"plain under 500":         {status: 500, body: list, condition: adapters.ErrUnavailable},
		"plain, code alone":       {body: `{"code":200}`, condition: adapters.ErrDecode},
		"result is JSON text":     {body: sealed(text), rows: 1},
		"result null":             {body: sealed(ok("null"))},
		"result absent":           {body: sealed(`{"code":200}`)},
		"result empty text":       {body: sealed(ok(`""`))},
		"result empty list":       {body: sealed(ok("[]"))},
		"result null as text":     {body: sealed(ok(`"null"`))},
		"code in quotes":          {body: sealed(`{"code":"200","result":[]}`)},
		"two-field failure":       {body: s.seal([]byte(refused)), condition: adapters.ErrRejected, code: "500"},
		"plain failure":           {body: refused, condition: adapters.ErrRejected, code: "500"},
		"five-field failure":      {body: `{"code":50002,"message":"数据有误","success":false,"result":null,"timestamp":1614825939826}`, condition: adapters.ErrRejected, code: "50002"},
		"success false":           {body: sealed(`{"code":200,"success":false}`), condition: adapters.ErrRejected, code: "200"},
		"unknown code under 403":  {status: 403, body: `{"code":77}`, condition: adapters.ErrForbidden, code: "77"},
		"gateway page under 404":  {status: 404, body: "<html>", condition: adapters.ErrNotFound},
		"gateway page under 200":  {body: "<html>", condition: adapters.ErrDecode},
		"empty":                   {body: "", condition: adapters.ErrDecode},
		"byte order mark":         {body: "\xef\xbb\xbf" + list, condition: adapters.ErrDecode},
		"sealed byte order mark":  {body: s.seal([]byte("\xef\xbb\xbf" + list)), condition: adapters.ErrDecode},
		"invalid UTF-8":           {body: s.seal([]byte(`{"code":200,"message":"` + "\xff" + `"}`)), condition: adapters.ErrDecode},
		"duplicate keys":          {body: s.seal([]byte(`{"code":200,"code":200}`)), condition: adapters.ErrDecode},
		"duplicate keys in text":  {body: sealed(ok(`"{\"a\":1,\"a\":2}"`)), condition: adapters.ErrDecode},
		"broken text":             {body: sealed(ok(`"[{]"`)), condition: adapters.ErrDecode},
		"text and more":           {body: sealed(ok(`"[] []"`)), condition: adapters.ErrDecode},
		"invalid UTF-8 in a text": {body: sealed(ok(`"[]` + "\xff" + `"`)), condition: adapters.ErrDecode},
		"no code":                 {body: sealed(`{"success":true}`), condition: adapters.ErrDecode},
		"no code, plain":          {body: `{"success":true}`, condition: adapters.ErrDecode},
		"array":                   {body: sealed(`[]`), condition: adapters.ErrDecode},
		"result of a wrong kind":  {body: sealed(ok(`{"a":1}`)), condition: adapters.ErrDecode},
		"result is a word":        {body: sealed(ok(`"fine"`)), condition: adapters.ErrDecode},
		"result twice":            {body: sealed(`{"code":200,"result":[],"result":[]}`), condition: adapters.ErrDecode},
		"duplicates elsewhere":    {body: sealed(`{"code":200,"more":{"a":1,"a":2},"result":[]}`), condition: adapters.ErrDecode},
		"truncated":               {body: s.seal([]byte(list))[:40], condition: adapters.ErrDecode},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := max(r.status, 200)
			c := newClient(t, &platform{raw: func(path string) (int, string, bool) { return status, r.body, strings.HasSuffix(path, "order") }},
				func(c *Config) { c.HTTP.Attempts = 1 })
			rows, err := c.PullReservations(t.Context())
			var e *adapters.Error
			switch {
			case r.condition == nil:
				if err != nil || len(rows) != r.rows {
					t.Errorf("%d rows, %v", len(rows), err)
				}
			case !errors.Is(err, r.condition) || !errors.As(err, &e) || e.Code != r.code || e.Operation != "pullReservations" || rows != nil:
				t.Errorf("got %v, want %v with code %q", err, r.condition, r.code)
			}
			if err != nil && strings.Contains(err.Error(), "1993") {
				t.Errorf("personal data in %v", err)
			}
		})
	}
}

func TestTokenRenewal(t *testing.T) {
	t.Parallel()
	for name, reject := range map[string]struct {
		status int
		body   string
		change func(*Config)
		paths  string
		fails  bool
	}{
		"code 401":         {200, `{"code":401,"message":"token失效"}`, nil, "token arrival token arrival", false},
		"HTTP 401":         {401, "", nil, "token arrival token arrival", false},
		"HTTP 401, 50002":  {401, `{"code":50002,"message":"数据有误"}`, nil, "token arrival token arrival", false},
		"configured":       {200, `{"code":50002,"message":"数据有误"}`, func(c *Config) { c.TokenCodes = []string{"401", "50002"} }, "token arrival token arrival", false},
		"50002":            {200, `{"code":50002,"message":"数据有误"}`, nil, "token arrival token arrival", false},
		"another failure":  {200, `{"code":500,"message":"数据有误，请联系平台"}`, nil, "token arrival", true},
		"not 50002 now":    {200, `{"code":50002,"message":"数据有误"}`, func(c *Config) { c.TokenCodes = []string{"401"} }, "token arrival", true},
		"not the code now": {200, `{"code":401}`, func(c *Config) { c.TokenCodes = []string{} }, "token arrival", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rejected := false
			p := &platform{raw: func(path string) (int, string, bool) {
				if strings.HasSuffix(path, "token") || rejected {
					return 0, "", false
				}
				rejected = true
				return reject.status, reject.body, true
			}}
			if reject.change == nil {
				reject.change = func(*Config) {}
			}
			c := newClient(t, p, reject.change)
			err := c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"})
			if (err != nil) != reject.fails || p.paths() != reject.paths {
				t.Errorf("calls %q, want %q: %v", p.paths(), reject.paths, err)
			}
			if !reject.fails && p.calls[3].token != "token-2" {
				t.Errorf("the repeat carries %q", p.calls[3].token)
			}
		})
	}
}

func TestTokenLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &platform{}
		c := newClient(t, p)
		pull := func(want string) {
			t.Helper()
			p.calls = nil
			if _, err := c.PullReservations(t.Context()); err != nil || p.paths() != want {
				t.Errorf("calls %q, want %q: %v", p.paths(), want, err)
			}
		}
		token, err := c.IssueToken(t.Context())
		if err != nil || token.Value != "token-1" || !token.Expires.Equal(time.Now().Add(24*time.Hour)) {
			t.Fatalf("%q until %s: %v", token.Value, token.Expires, err)
		}
		pull("order") // the token issued by hand is used
		time.Sleep(24*time.Hour - 5*time.Minute - time.Second)
		pull("order")
		time.Sleep(time.Second)
		pull("token order")
	})
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	p := &platform{raw: func(path string) (int, string, bool) {
		return 200, `{"code":50002,"message":"数据有误 ` + testSecret + `","success":false,"result":null,"timestamp":1}`, true
	}}
	c := newClient(t, p)
	_, err := c.PullReservations(t.Context())
	var e *adapters.Error
	if !errors.Is(err, adapters.ErrUnauthorized) || !errors.As(err, &e) || e.Operation != "issueToken" || e.Fault != adapters.FaultCaller || p.paths() != "token" {
		t.Errorf("calls %q: %v", p.paths(), err)
	}
	if strings.Contains(err.Error(), testSecret) || !strings.Contains(err.Error(), "数据有误") {
		t.Errorf("%v", err)
	}
}

func TestArrivalIsNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &platform{raw: func(path string) (int, string, bool) { return 503, "", !strings.HasSuffix(path, "token") }}
		c := newClient(t, p)
		err := c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"})
		if !errors.Is(err, adapters.ErrUnknownOutcome) || p.paths() != "token arrival" {
			t.Errorf("calls %q: %v", p.paths(), err)
		}
		p.calls = nil
		p.raw = func(path string) (int, string, bool) {
			return 503, `{"code":50001,"message":"系统异常"}`, !strings.HasSuffix(path, "token")
		}
		var e *adapters.Error
		err = c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"})
		if !errors.Is(err, adapters.ErrUnknownOutcome) || !errors.As(err, &e) || e.Retryable || e.Code != "50001" || p.paths() != "arrival" {
			t.Errorf("a vendor that failed has not said what it did before: calls %q: %v", p.paths(), err)
		}
		p.calls = nil
		err = c.AcknowledgeReservations(t.Context(), Acknowledgement{RequestID: "R"})
		if errors.Is(err, adapters.ErrUnknownOutcome) || p.paths() != "callback callback callback" {
			t.Errorf("calls %q: %v", p.paths(), err)
		}
	})
}
