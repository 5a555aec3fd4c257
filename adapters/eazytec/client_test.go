package eazytec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/specs"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

const sent = `{"data":"box-1","msg":"success","oK":true,"status":200}`

// newClient makes a client whose n-th token is token-n and whose vendor is answer.
func newClient(t *testing.T, answer transport, change ...func(*Config)) *Client {
	t.Helper()
	tokens := 0
	config := Config{
		Domain: ZhuoyiLive, HTTP: adapters.Config{Transport: answer},
		Tokens: adapters.TokenFunc(func(context.Context) (adapters.Token, error) {
			tokens++
			return adapters.Token{Value: fmt.Sprint("token-", tokens)}, nil
		}),
	}
	for _, c := range change {
		c(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func smallest() Message {
	return Message{
		AppID: "app", AppName: "应用", Title: "[甲]  乙", Body: "<p class='a'>x & y</p>", Sender: "某办", Category: MeetingNotice, Level: Ordinary,
		From: Party{UserID: "user-from", UserType: Government, OrgID: "org-from"},
		To:   []Party{{UserID: "user-to", UserType: Enterprise, OrgID: "org-to"}},
	}
}

func full() Message {
	m := smallest()
	m.ExtMap, m.MsgType, m.NeedPush, m.NeedReply, m.NeedSMS = map[string]any{"k": "<v>"}, 0, Yes, No, Yes
	m.Recipient = Recipient{OrgID: "o'1", ESNames: []string{"c-1", `"c\2`}, CompanyIDs: []string{"t-1"}, LinkmanTypes: []string{"l"}}
	m.HasAttachments, m.Attachments = Yes, []Attachment{{Name: "附件", Path: "www.path.example"}}
	m.RedirectPC, m.RedirectApp, m.From.DeptID = "http://pc.example", "ZQT_x/#/detail?id=1", "dept"
	return m
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		names  string
		config Config
	}{
		{"Domain", Config{Tokens: adapters.StaticToken("HIDDEN")}},
		{"Domain", Config{Tokens: adapters.StaticToken("HIDDEN"), Domain: On("")}},
		{"Tokens", Config{Domain: ZhuoyiLive}},
		{"Quotes", Config{Domain: ZhuoyiLive, Tokens: adapters.StaticToken("HIDDEN"), Quotes: 2}},
		{"UnsetDeptID", Config{Domain: ZhuoyiLive, Tokens: adapters.StaticToken("HIDDEN"), UnsetDeptID: 3}},
		{"AllowPlainHTTP", Config{Domain: AnkeTest, Tokens: adapters.StaticToken("HIDDEN")}},
		{"AllowPlainHTTP", Config{Domain: YixingExtranet, Tokens: adapters.StaticToken("HIDDEN")}},
		{"AllowPlainHTTP", Config{Domain: YixingExtranetVPN, Tokens: adapters.StaticToken("HIDDEN")}},
	} {
		_, err := New(r.config)
		if !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), r.names) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("want a refusal that names %s, got %v", r.names, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", r.config, r.config, r.config); strings.Contains(text, "HIDDEN") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
}

// The table of domains is the contract's list of servers.
func TestDomains(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load("eazytec")
	if err != nil {
		t.Fatal(err)
	}
	servers, ok := contract.Value("/servers")
	list, isList := servers.([]any)
	if !ok || !isList || len(list) == 0 {
		t.Fatalf("the contract has no servers: %v", servers)
	}
	domains := []Domain{ZhuoyiTest, ZhuoyiLive, YixingTest, YixingLive, YixingExtranetVPN, YixingExtranet, JiangsuTest, JiangsuLive, AnkeTest}
	if len(domains) != len(list) {
		t.Fatalf("%d domains, %d servers", len(domains), len(list))
	}
	operation, _ := contract.Operation("sendMessage")
	for i, domain := range append(domains, On("http://localhost:1/~s/"), "http://localhost:1/bare/") {
		want := map[int]string{9: "http://localhost:1/~s/AGCS_zqc", 10: "http://localhost:1/bare"}[i]
		if i < len(list) {
			want = fmt.Sprint(list[i].(map[string]any)["url"])
		}
		got := ""
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			got = r.Method + " " + r.URL.String()
			return response(200, sent), nil
		}, func(c *Config) { c.Domain, c.HTTP.AllowPlainHTTP = domain, true })
		if _, err := c.Send(t.Context(), smallest()); err != nil || got != operation.Method+" "+want+operation.Path {
			t.Errorf("called %q below %q (%v)", got, want, err)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const parties = `"from":{"userid":"user-from","usertype":1,"orgid":"org-from"%s},"to":[{"userid":"user-to","usertype":2,"orgid":"org-to"}]}`
	const start = `{"sendData":{"appid":"app","appname":"应用","title":"[甲]  乙","body":"<p class='a'>x & y</p>",`
	const rest = `"hasatt":"1","attfiles":"%s","msgcategory":"会议通知","msglevel":"普通","needreply":"0","needsms":"1",` +
		`"redirect_pc":"http://pc.example","redirect_app":"ZQT_x/#/detail?id=1"}},`
	for name, r := range map[string]struct {
		message Message
		quotes  QuoteStyle
		want    string
	}{
		"smallest": {message: smallest(), want: start + `"msgtype":0,"params":{"sender":"某办","msgcategory":"会议通知","msglevel":"普通"}},` + fmt.Sprintf(parties, "")},
		"full": {message: full(), want: start + `"extMap":{"k":"<v>"},"msgtype":0,"needpush":1,"params":{"sender":"某办",` +
			`"recipient":"{\"orgId\":\"o'1\",\"esNameList\":[\"c-1\",\"\\\"c\\\\2\"],\"companyIdList\":[\"t-1\"],\"linkmenTypeList\":[\"l\"]}",` +
			fmt.Sprintf(rest, `[{\"name\":\"附件\",\"path\":\"www.path.example\"}]`) + fmt.Sprintf(parties, `,"deptid":"dept"`)},
		"single quotes": {message: full(), quotes: SingleQuotes, want: start + `"extMap":{"k":"<v>"},"msgtype":0,"needpush":1,"params":{"sender":"某办",` +
			`"recipient":"{'orgId':'o\\u00271','esNameList':['c-1','\\u0022c\\\\2'],'companyIdList':['t-1'],'linkmenTypeList':['l']}",` +
			fmt.Sprintf(rest, `[{'name':'附件','path':'www.path.example'}]`) + fmt.Sprintf(parties, `,"deptid":"dept"`)},
		"explicit no": {message: func() Message { m := smallest(); m.NeedPush, m.HasAttachments = No, No; return m }(),
			want: start + `"msgtype":0,"needpush":0,"params":{"sender":"某办","hasatt":"0","msgcategory":"会议通知","msglevel":"普通"}},` + fmt.Sprintf(parties, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, func(r *http.Request) (*http.Response, error) {
				body, _ := io.ReadAll(r.Body)
				if h := r.Header; h.Get("Content-Type") != "application/json" || h.Get("Authorization") != "Bearer token-1" {
					t.Errorf("headers %v", h)
				}
				return response(200, fmt.Sprintf(`{"data":%q,"status":"200","OK":true}`, body)), nil
			}, func(c *Config) { c.Quotes = r.quotes })
			if got, err := c.Send(t.Context(), r.message); err != nil || got != r.want {
				t.Errorf("sent\n%s, want\n%s (%v)", got, r.want, err)
			}
		})
	}
}

func TestMessagesAreChecked(t *testing.T) {
	t.Parallel()
	calls := 0
	c := newClient(t, func(*http.Request) (*http.Response, error) { calls++; return response(200, sent), nil })
	for _, r := range []struct {
		names  string
		change func(*Message)
	}{
		{"AppID", func(m *Message) { m.AppID = "" }},
		{"AppName", func(m *Message) { m.AppName = "" }},
		{"Title", func(m *Message) { m.Title = "" }},
		{"Body", func(m *Message) { m.Body = "" }},
		{"Sender", func(m *Message) { m.Sender = "" }},
		{"Category", func(m *Message) { m.Category = "" }},
		{"Level", func(m *Message) { m.Level = "" }},
		{"From.UserID", func(m *Message) { m.From.UserID = "" }},
		{"From.UserType", func(m *Message) { m.From.UserType = 0 }},
		{"From.OrgID", func(m *Message) { m.From.OrgID = "" }},
		{"To is empty", func(m *Message) { m.To = nil }},
		{"To[1].UserType", func(m *Message) { m.To = append(m.To, Party{UserID: "HIDDEN", UserType: 3, OrgID: "o"}) }},
		{"To[0].OrgID", func(m *Message) { m.To[0].OrgID = "" }},
		{"Attachments", func(m *Message) { m.HasAttachments = Yes }},
		{"HasAttachments", func(m *Message) { m.Attachments = []Attachment{{Name: "n"}} }},
		{"HasAttachments", func(m *Message) { m.HasAttachments, m.Attachments = No, []Attachment{{Name: "n"}} }},
		{"NeedSMS", func(m *Message) { m.NeedSMS = 3 }},
		{"NeedPush", func(m *Message) { m.NeedPush = -1 }},
		{"UTF-8", func(m *Message) { m.Body = "HIDDEN\xff" }},
		{"ExtMap", func(m *Message) { m.ExtMap = map[string]any{"HIDDEN": func() {}} }},
	} {
		m := smallest()
		r.change(&m)
		id, err := c.Send(t.Context(), m)
		if !errors.Is(err, adapters.ErrInvalid) || errors.Is(err, adapters.ErrUnknownOutcome) || !strings.Contains(err.Error(), r.names) ||
			strings.Contains(err.Error(), "HIDDEN") || id != "" {
			t.Errorf("%s: got %q, %v", r.names, id, err)
		}
	}
	if calls != 0 {
		t.Errorf("%d of them were sent", calls)
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	const invalid = `{"error":"invalid_token","error_description":"Invalid access token: %s"}`
	for name, r := range map[string]struct {
		replies   []any // strings with HTTP 200, or responses
		condition error // nil: success
		unknown   bool
		code      string
	}{
		"success":                    {replies: []any{sent}},
		"success, quoted":            {replies: []any{`{"data":"box-1","msg":"success","oK":"true","status":"200"}`}},
		"success, other case":        {replies: []any{`{"data":"box-1","OK":true,"status":200}`}},
		"success, no oK":             {replies: []any{`{"data":"box-1","status":200}`}},
		"success, no status":         {replies: []any{`{"data":"box-1","oK":true}`}},
		"success, number as id":      {replies: []any{`{"data":9007199254740993,"oK":true,"status":200}`}},
		"success without id":         {replies: []any{`{"data":"","oK":true,"status":200}`}, condition: adapters.ErrDecode, unknown: true},
		"success with object":        {replies: []any{`{"data":{},"oK":true,"status":200}`}, condition: adapters.ErrDecode, unknown: true},
		"oK false":                   {replies: []any{`{"data":"失败","oK":false,"status":200}`}, condition: adapters.ErrRejected, code: "200"},
		"two spellings":              {replies: []any{`{"data":"x","oK":true,"ok":false,"OK":true,"status":200}`}, condition: adapters.ErrRejected, code: "200"},
		"400":                        {replies: []any{response(400, `{"data":"缺少必要参数","msg":"fail","status":400}`)}, condition: adapters.ErrInvalid, code: "400"},
		"400 in 200":                 {replies: []any{`{"data":"缺少必要参数","msg":"fail","status":400}`}, condition: adapters.ErrInvalid, code: "400"},
		"400, odd data":              {replies: []any{response(400, `{"data":{"a":1},"msg":"fail","status":"400"}`)}, condition: adapters.ErrInvalid, code: "400"},
		"403":                        {replies: []any{response(403, `{"error":"access_denied"}`)}, condition: adapters.ErrForbidden, code: "access_denied"},
		"404, html":                  {replies: []any{response(404, `<html>`)}, condition: adapters.ErrNotFound},
		"302":                        {replies: []any{response(302, sent)}, condition: adapters.ErrRedirected, unknown: true},
		"307":                        {replies: []any{response(307, sent)}, condition: adapters.ErrRedirected},
		"429":                        {replies: []any{response(429, "")}, condition: adapters.ErrThrottled},
		"status 1234":                {replies: []any{`{"data":"x","status":1234}`}, condition: adapters.ErrRejected, code: "1234"},
		"500":                        {replies: []any{response(500, ``)}, condition: adapters.ErrUnavailable, unknown: true},
		"503 in 200":                 {replies: []any{`{"data":"x","status":503}`}, condition: adapters.ErrUnavailable, unknown: true, code: "503"},
		"500 with 400":               {replies: []any{response(500, `{"data":"x","status":400}`)}, condition: adapters.ErrInvalid, unknown: true, code: "400"},
		"500 with 200":               {replies: []any{response(500, sent)}, condition: adapters.ErrUnavailable, unknown: true},
		"401 with 200":               {replies: []any{response(401, sent)}, condition: adapters.ErrDecode, unknown: true},
		"sent and invalid token":     {replies: []any{`{"data":"x","oK":true,"status":200,"error":"invalid_token"}`}, condition: adapters.ErrDecode, unknown: true},
		"401 with 400":               {replies: []any{response(401, `{"data":"x","msg":"fail","status":400}`), sent}},
		"a token as error":           {replies: []any{response(403, `{"error":"bad token: token-"}`)}, condition: adapters.ErrForbidden, code: "bad token: ***"},
		"408":                        {replies: []any{response(408, ``)}, condition: adapters.ErrUnavailable, unknown: true},
		"broken":                     {replies: []any{`{"data":`}, condition: adapters.ErrDecode, unknown: true},
		"duplicate":                  {replies: []any{`{"status":400,"status":200,"data":"x"}`}, condition: adapters.ErrDecode, unknown: true},
		"no envelope":                {replies: []any{`{}`}, condition: adapters.ErrDecode, unknown: true},
		"empty":                      {replies: []any{``}, condition: adapters.ErrDecode, unknown: true},
		"connection":                 {replies: []any{io.ErrUnexpectedEOF}, condition: adapters.ErrUnavailable, unknown: true},
		"401, then sent":             {replies: []any{response(401, fmt.Sprintf(invalid, "token-1")), sent}},
		"401 without body":           {replies: []any{response(401, ""), sent}},
		"401 as status":              {replies: []any{`{"data":"x","status":401}`, sent}},
		"invalid_token in 200":       {replies: []any{fmt.Sprintf(invalid, "token-1"), sent}},
		"invalid_token in 500":       {replies: []any{response(500, fmt.Sprintf(invalid, "token-1")), sent}},
		"401 twice":                  {replies: []any{response(401, fmt.Sprintf(invalid, "token-1")), response(401, fmt.Sprintf(invalid, "token-1 token"))}, condition: adapters.ErrUnauthorized, code: "invalid_token"},
		"401, then 500":              {replies: []any{response(401, fmt.Sprintf(invalid, "token-1")), response(500, "")}, condition: adapters.ErrUnavailable, unknown: true},
		"the token in a 400":         {replies: []any{response(400, `{"data":"Invalid access token: token-1, Bearer token-","status":400}`)}, condition: adapters.ErrInvalid, code: "400"},
		"a cut token in the message": {replies: []any{response(403, `{"error":"Token: token-","message":"your token：token-","status":403}`)}, condition: adapters.ErrForbidden, code: "403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			c := newClient(t, func(q *http.Request) (*http.Response, error) {
				calls++
				if calls > len(r.replies) {
					t.Fatalf("call %d", calls)
				}
				if want := fmt.Sprint("Bearer token-", calls); q.Header.Get("Authorization") != want {
					t.Errorf("call %d has %q", calls, q.Header.Get("Authorization"))
				}
				switch a := r.replies[calls-1].(type) {
				case string:
					return response(200, a), nil
				case *http.Response:
					return a, nil
				default:
					return nil, a.(error)
				}
			}, func(c *Config) { c.HTTP.Backoff = func(int) time.Duration { return 0 } })
			id, err := c.Send(t.Context(), smallest())
			if calls != len(r.replies) {
				t.Errorf("sent %d times, want %d", calls, len(r.replies))
			}
			if r.condition == nil {
				if err != nil || id != "box-1" && id != "9007199254740993" {
					t.Errorf("got %q, %v", id, err)
				}
				return
			}
			var e *adapters.Error
			if !errors.As(err, &e) || !errors.Is(err, r.condition) || errors.Is(err, adapters.ErrUnknownOutcome) != r.unknown || e.Code != r.code || id != "" {
				t.Errorf("got %q, %v, want %v, outcome unknown %v, code %q", id, err, r.condition, r.unknown, r.code)
			}
			if r.unknown && e.Retryable {
				t.Error("a message that may have gone out is called retryable")
			}
			if text := fmt.Sprintf("%v %+v", err, *e); strings.Contains(text, "token-") {
				t.Errorf("the token stands in %s", text)
			}
		})
	}
}

func TestNothingIsRepeatedAfterATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			calls++
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, func(c *Config) { c.HTTP.Timeout, c.HTTP.Attempts = time.Second, 5 })
		_, err := c.Send(t.Context(), smallest())
		if !errors.Is(err, adapters.ErrTimeout) || !errors.Is(err, adapters.ErrUnknownOutcome) || calls != 1 {
			t.Errorf("sent %d times: %v", calls, err)
		}
	})
}

func TestPersonalDataAndWarnings(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return response(400, `{"data":"user-to 与 某办 有误","status":400}`), nil
	}, func(c *Config) { c.HTTP.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	m := smallest()
	m.Category, m.Level = "通知公告", "一般"
	_, err := c.Send(t.Context(), m)
	if err == nil || !strings.Contains(err.Error(), "有误") {
		t.Fatalf("got %v", err)
	}
	for _, hidden := range []string{"user-to", "某办", "token-1", "通知公告", "一般"} {
		if strings.Contains(err.Error(), hidden) || strings.Contains(log.String(), hidden) {
			t.Errorf("%s stands in %v or in the log %s", hidden, err, log.String())
		}
	}
	if !strings.Contains(log.String(), "msgcategory") || !strings.Contains(log.String(), "msglevel") {
		t.Errorf("no warning: %s", log.String())
	}
	log.Reset()
	_, _ = c.Send(t.Context(), smallest())
	if strings.Contains(log.String(), "msgcategory") || strings.Contains(log.String(), "msglevel") {
		t.Errorf("a warning for documented texts: %s", log.String())
	}
}
