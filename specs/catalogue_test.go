package specs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// catalogues is every error code of the documents and, where a document is silent, of the public tables:
// "code status message", a sub code in brackets.
func catalogues() map[string][]string {
	return map[string][]string{
		"weixiao": {
			"10000 200 系统未知异常", "10001 200 请求方法不支持", "10002 200 缺少必要的请求头", "10003 200 无效的token", "10004 200 token为空",
			"10005 200 管理员登录失败", "10006 200 权限不足", "11001 200 参数格式校验失败", "11002 200 body为空", "11003 200 参数异常",
			"11004 200 重复提交表单", "11005 200 订单提交失败", "11006 200 消费者消费异常", "16000 200 数据已存在", "16000 200 数据不存在",
			"16006 200 临时文件不存在", "16007 200 文件上传失败", "16008 200 文件太大", "16009 200 微校信息推送异常",
		},
		"zheliban": {
			"50002 200 数据有误", "50002 200 数据有误", "500 200 数据有误，请联系平台", "401 200 token无效或已过期",
		},
		"eazytec": {"400 400 缺少必要参数", "401 401 Invalid access token"},
		"mytijian": {
			"3000001 200 根据appKey未查询到机构ID,请联系管理员", "100000 200 system error", "100000 200 system error",
			"100001 200 url encoding error", "100002 200 data encrypt error", "101100 200 invalid appsecret",
			"101101 200 invalid access token", "101102 200 sign and nonce required", "101103 200 sign error",
			"101104 200 invalid nonce", "101108 200 invalid login token", "101400 200 service not found",
			"101403 200 service invoke error", "102101 200 call limit reached", "102102 200 service does not exist",
			"102103 200 service unavailable or frozen", "103201 200 service withdrawn after incompatible upgrade",
			"103202 200 app frozen", "103205 200 caller address not on the white list", "103206 200 no permission",
		},
		"alihealth": {
			"3 200 Upload Fail", "4 200 User Call Limited", "5 200 Session Call Limited", "6 200 Partner Call Limited",
			"7 200 App Call Limited", "7 200 App Call Limited [accesscontrol.limited-by-api-access-count]",
			"7 200 App Call Limited [accesscontrol.limited-by-app-access-count]",
			"7 200 App Call Limited [accesscontrol.limited-by-app-api-access-count]",
			"8 200 App Call Exceeds Limited Frequency", "9 200 Http Action Not Allowed", "10 200 Service Currently Unavailable",
			"11 200 Insufficient ISV Permissions", "12 200 Insufficient User Permissions", "13 200 Insufficient Partner Permissions",
			"15 200 Remote service error [isp.remote-service-error]", "15 200 Remote service error [isp.xxx-service-unavailable]",
			"15 200 Remote service error [isp.xxx-service-timeout]", "15 200 Remote service error [isp.top-remote-connection-timeout]",
			"15 200 Remote service error [isp.top-mapping-parse-error]", "21 200 Missing Method", "22 200 Invalid Method",
			"23 200 Invalid Format", "24 200 Missing Signature", "25 200 Invalid Signature", "26 200 Missing Session",
			"27 200 Invalid Session", "27 200 Invalid Session [session-expired]", "27 200 Invalid Session [invalid-sessionkey]",
			"27 200 Invalid Session [session-not-exist]", "28 200 Missing App Key", "29 200 Invalid App Key [isv.appkey-not-exists]",
			"30 200 Missing Timestamp", "31 200 Invalid Timestamp", "32 200 Missing Version", "33 200 Invalid Version",
			"34 200 Unsupported Version", "40 200 Missing Required Arguments [isv.missing-parameter]",
			"41 200 Invalid Arguments [isv.invalid-parameter] 非法参数", "42 200 Forbidden Request", "43 200 Parameter Error",
			"50 200 Remote service error [isv.invalid-parameter] 非法参数",
		},
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	want := catalogues()
	each(t, func(t *testing.T, c *specs.Contract) {
		var got []string
		for _, row := range c.Errors {
			status := row.Status
			if status == 0 {
				status = 200
			}
			line := fmt.Sprintf("%s %d %s", row.Code, status, row.Message)
			if row.SubCode != "" {
				line += " [" + row.SubCode + "]"
			}
			if row.SubMessage != "" {
				line += " " + row.SubMessage
			}
			got = append(got, line)
			if row.Source == "" || row.When == "" {
				t.Errorf("%s needs a source and a word on when it is raised", row.ID)
			}
			if found, ok := c.Error(row.ID); !ok || found.ID != row.ID {
				t.Errorf("%s is not found by its id", row.ID)
			}
		}
		if !slices.Equal(got, want[c.Vendor]) {
			t.Errorf("catalogue:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want[c.Vendor], "\n"))
		}
		if _, ok := c.Error("nothing"); ok {
			t.Error("an unknown id should not be found")
		}
	})
}

// TestSubCodeSide holds the catalogue to the platform's rule: isp. is the service's fault, isv. the caller's.
func TestSubCodeSide(t *testing.T) {
	t.Parallel()
	judged := 0
	for _, row := range load(t, "alihealth").Errors {
		want := ""
		switch {
		case strings.HasPrefix(row.SubCode, "isp."):
			want = "vendor"
		case strings.HasPrefix(row.SubCode, "isv."):
			want = "caller"
		default:
			continue
		}
		judged++
		if row.Fault != want || row.Retryable != (want == "vendor") {
			t.Errorf("%s (%s): fault %s, retryable %t", row.ID, row.SubCode, row.Fault, row.Retryable)
		}
	}
	if judged == 0 {
		t.Error("no row has such a sub code")
	}
}

// TestErrorFor walks the conditions that a request can cause and the row that answers each.
func TestErrorFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vendor, operation string
		condition         specs.Condition
		subject, want     string
	}{
		{"alihealth", "queryAppointments", specs.MissingParameter, "method", "missing-method"},
		{"alihealth", "", specs.UnknownOperation, "", "invalid-method"},
		{"alihealth", "queryAppointments", specs.MethodNotAllowed, "", "http-action-not-allowed"},
		{"alihealth", "queryAppointments", specs.InvalidParameter, "format", "invalid-format"},
		{"alihealth", "queryAppointments", specs.MissingSignature, "", "missing-signature"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "sign", "missing-signature"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "sign_method", "missing-signature"},
		{"alihealth", "queryAppointments", specs.InvalidSignature, "", "invalid-signature"},
		{"alihealth", "queryAppointments", specs.InvalidParameter, "sign_method", "invalid-signature"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "app_key", "missing-app-key"},
		{"alihealth", "queryAppointments", specs.UnknownKey, "", "invalid-app-key"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "timestamp", "missing-timestamp"},
		{"alihealth", "queryAppointments", specs.StaleTimestamp, "", "invalid-timestamp"},
		{"alihealth", "queryAppointments", specs.InvalidParameter, "timestamp", "invalid-timestamp"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "v", "missing-version"},
		{"alihealth", "queryAppointments", specs.InvalidParameter, "v", "invalid-version"},
		{"alihealth", "queryAppointments", specs.MissingParameter, "day", "missing-required-arguments"},
		{"alihealth", "queryAppointments", specs.EmptyBody, "", "missing-required-arguments"},
		{"alihealth", "queryAppointments", specs.InvalidParameter, "page_size", "invalid-arguments"},
		{"alihealth", "queryAppointments", specs.MalformedBody, "", "invalid-arguments"},
		{"weixiao", "listPushProjects", specs.MethodNotAllowed, "", "method-not-supported"},
		{"weixiao", "addPushProject", specs.MissingParameter, "url", "parameter-exception"},
		{"weixiao", "updatePushProject", specs.InvalidParameter, "statu", "parameter-malformed"},
		{"weixiao", "updatePushProject", specs.EmptyBody, "", "body-empty"},
		{"weixiao", "receivePush", specs.WrongCredentials, "", "parameter-exception"},
		{"weixiao", "receivePush", specs.Unsealable, "", "parameter-malformed"},
		{"zheliban", "issueToken", specs.WrongCredentials, "", "invalid-data"},
		{"zheliban", "pullReservations", specs.Unsealable, "", "invalid-order-data"},
		{"zheliban", "reportArrival", specs.MissingParameter, "serialNumber", "contact-platform"},
		{"zheliban", "reportArrival", specs.ExpiredToken, "", "unauthorized"},
		{"mytijian", "registerAgent", specs.InvalidToken, "", "invalid-access-token"},
		{"mytijian", "registerAgent", specs.MissingParameter, "version", "unusable-request"},
		{"eazytec", "sendMessage", specs.MissingParameter, "title", "parameter-missing"},
		{"eazytec", "sendMessage", specs.MissingToken, "", "token-invalid"},
		{"eazytec", "sendMessage", specs.MethodNotAllowed, "", ""},
		{"zheliban", "issueToken", specs.ExpiredToken, "", ""},
		{"mytijian", "registerAgent", specs.UnknownOperation, "", ""},
	}
	for _, tt := range tests {
		row, ok := load(t, tt.vendor).ErrorFor(tt.operation, tt.condition, tt.subject)
		got := ""
		if ok {
			got = row.ID
		}
		if got != tt.want {
			t.Errorf("%s %s %s:%s is answered by %q, want %q", tt.vendor, tt.operation, tt.condition, tt.subject, got, tt.want)
		}
	}
}

// TestErrorForPrefersTheNarrowRow puts the general row first and last, so that order cannot decide.
func TestErrorForPrefersTheNarrowRow(t *testing.T) {
	t.Parallel()
	const rows = `
x-errors:
  - {id: any, code: "1", fault: caller, conditions: [missing-parameter]}
  - {id: subject-here, code: "2", fault: caller, conditions: ["missing-parameter:a"], operations: [one]}
  - {id: subject, code: "3", fault: caller, conditions: ["missing-parameter:a"]}
  - {id: here, code: "4", fault: caller, conditions: [missing-parameter], operations: [one]}
  - {id: last, code: "5", fault: caller, conditions: [invalid-parameter]}
  - {id: last-here, code: "6", fault: caller, conditions: [invalid-parameter], operations: [one]}
  - {id: last-subject, code: "7", fault: caller, conditions: ["invalid-parameter:c"]}
`
	c, err := specs.Parse("toy", "toy.yaml", []byte(toy+rows))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		operation string
		condition specs.Condition
		subject   string
		want      string
	}{
		{"one", specs.MissingParameter, "a", "subject-here"},
		{"one", specs.MissingParameter, "b", "here"},
		{"one", specs.MissingParameter, "", "here"},
		{"two", specs.MissingParameter, "a", "subject"},
		{"two", specs.MissingParameter, "b", "any"},
		{"two", specs.InvalidParameter, "b", "last"},
		{"one", specs.InvalidParameter, "b", "last-here"},
		{"one", specs.InvalidParameter, "c", "last-subject"},
		{"two", specs.EmptyBody, "", ""},
	}
	for _, tt := range tests {
		got := ""
		if row, ok := c.ErrorFor(tt.operation, tt.condition, tt.subject); ok {
			got = row.ID
		}
		if got != tt.want {
			t.Errorf("%s %s:%s is answered by %q, want %q", tt.operation, tt.condition, tt.subject, got, tt.want)
		}
	}
}
