package explain_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"understudy/mock/explain"
)

const loginBody = `{"apikey":"an-api-key-of-ours","secret":"its-secret-of-ours"}`

func TestASealedCallIsReadFromEveryForm(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	sealed := sealECB(aesKey, loginBody)
	har := func(body string) string {
		return fmt.Sprintf(`{"request":{"method":"POST","url":"http://h/reservation/sync/token","headers":[],"postData":{"mimeType":"text/plain","text":%q}},"response":{"status":200,"content":{"text":%q}}}`,
			body, sealECB(aesKey, `{"code":500,"message":"数据有误，请联系平台"}`))
	}
	for name, input := range map[string]string{
		"ciphertext":          sealed,
		"quoted":              `"` + sealed + `"`,
		"form field":          "data=" + url.QueryEscape(sealed),
		"lines":               sealed[:76] + "\r\n" + sealed[76:] + "\n",
		"url and body":        "POST https://h/reservation/sync/token\n" + sealed,
		"raw http":            "POST /api/reservation/sync/token HTTP/1.1\nHost: h\nContent-Type: application/json\n\n" + sealed,
		"curl":                "curl http://h/reservation/sync/token -H 'Content-Type: application/json' -d '" + sealed + "'",
		"HAR entry":           har(sealed),
		"java log":            "2024-01-02 03:04:05.678 INFO [http-nio-1] c.h.Sync - post http://h/~mine/reservation/sync/token, data:" + sealed,
		"C# log":              `info: Sync.Client[0] Request: POST http://h/reservation/sync/token Body: "` + sealed + `"`,
		"go log":              `time=2024-01-02T03:04:05Z level=INFO msg="encrypted body" body=` + sealed,
		"json log":            `{"level":"info","msg":"send","url":"http://h/reservation/sync/token","body":"` + sealed + `"}`,
		"ciphertext in prose": "the body was " + sealed + " and it failed",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := only(t, e, input)
			check(t, r, "issueToken", "explain-opens", explain.Right)
			if got, want := fact(r, explain.FactOpened), `{"apikey":"***","secret":"***"}`; got != want {
				t.Errorf("opened %q, want %q", got, want)
			}
		})
	}
	// The same with a wrong key: nothing else changes, and nothing opens.
	check(t, only(t, e, "POST https://h/reservation/sync/token\n"+sealECB("another-key-of16", loginBody)), "issueToken", "sealed-wrong-key", explain.Explained)
	r := only(t, e, har(sealed))
	if !noted(r, "explain-vendor-error") {
		t.Errorf("the sealed answer is not told: %s", r.Text("en"))
	}
}

func TestSealedMistakesAreNamed(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	arrival := `{"serialNumber":"TS-1","arriveDate":"2021-04-06 08:30:00"}`
	sealed := sealECB(aesKey, arrival)
	at := "POST http://h/reservation/sync/arrival HTTP/1.1\nACCESS-TOKEN: whatever\n\n"
	for _, tt := range []struct{ name, input, operation, cause string }{
		{"plain JSON", at + arrival, "reportArrival", "sealed-plain-json"},
		{"truncated", at + sealed[:len(sealed)-7], "reportArrival", "sealed-truncated"},
		{"truncated, bare", sealed[:len(sealed)-7], "", "sealed-truncated"},
		{"url-encoded", at + strings.ReplaceAll(url.QueryEscape(sealed), "2", "2"), "reportArrival", "sealed-url-encoded"},
		{"in an object", at + `{"data":"` + sealed + `"}`, "reportArrival", "sealed-in-object"},
		{"byte array of Java", at + "[B@1b6d3586", "reportArrival", "sealed-java-array"},
		{"another credential as key", at + sealECB("an-api-key-of-ou", arrival), "reportArrival", "sealed-key-other-slot"},
		{"no token", "POST http://h/reservation/sync/arrival HTTP/1.1\nHost: h\n\n" + sealed, "reportArrival", "missing-token"},
		{"no token, behind a proxy", "POST http://h/api/v1/reservation/sync/arrival HTTP/1.1\nHost: h\n\n", "reportArrival", "missing-token"},
		{"no body", "POST http://h/reservation/sync/arrival HTTP/1.1\nACCESS-TOKEN: whatever\n\n", "reportArrival", "body-empty"},
		{"wrong method", "GET http://h/reservation/sync/arrival HTTP/1.1\nACCESS-TOKEN: whatever\n\n", "reportArrival", "wrong-method"},
		{"field", at + sealECB(aesKey, `{"serialNumber":"TS-1","arriveDate":"2021-04-06"}`), "reportArrival", "violates-contract"},
		{"field, bare", sealECB(aesKey, `{"serialNumber":"TS-1","arriveDate":"2021-04-06"}`), "reportArrival", "violates-contract"},
		{"other credentials", sealECB(aesKey, `{"apikey":"of-somebody-else","secret":"of-somebody-else"}`), "issueToken", "credential-differs"},
		{"name twice", at + sealECB(aesKey, `{"serialNumber":"TS-1","serialNumber":"TS-2"}`), "reportArrival", "json-duplicate-name"},
		{"failure", sealECB(aesKey, `{"code":"401","message":"token无效或已过期","success":false,"result":null,"timestamp":1}`), "", "explain-vendor-error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, only(t, e, tt.input), tt.operation, tt.cause, explain.Explained)
		})
	}
	r := only(t, e, at+sealECB(aesKey, `{"serialNumber":"TS-1","arriveDate":"2021-04-06"}`))
	if got := fact(r, explain.FactField); !strings.Contains(got, "/arriveDate") {
		t.Errorf("field %q does not name arriveDate", got)
	}
}

func TestOpenedTextsAreMasked(t *testing.T) {
	t.Parallel()
	reply := `{"code":"200","message":"ok","success":true,"timestamp":1,"result":{"requestId":"r","data":[{"name":"某人","idcard":"110101199001010000","note":"x"}]}}`
	login := `{"code":"200","message":"ok","success":true,"timestamp":1,"result":{"expire":1,"token":"a.jwt.of-somebody"}}`
	for _, show := range []bool{false, true} {
		e := newExplainer(t, "zheliban", show)
		for _, input := range []string{sealECB(aesKey, reply), reply} {
			got := fact(only(t, e, input), explain.FactReply)
			if got == "" || strings.Contains(got, "某人") != show {
				t.Errorf("show %v: %q", show, got)
			}
		}
		if got := fact(only(t, e, sealECB(aesKey, login)), explain.FactReply); got == "" || strings.Contains(got, "jwt") {
			t.Errorf("show %v: a token is shown: %q", show, got)
		}
	}
}

// TestOurSecretsStayOut: a client may send our own secrets where nobody expects them, and the user asks to see everything.
func TestOurSecretsStayOut(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", true)
	r := only(t, e, sealECB(aesKey, `{"colour":"`+aesKey+` and its-secret-of-ours"}`))
	if got, want := fact(r, explain.FactOpened), `{"colour":"$aesKey and $secret"}`; got != want {
		t.Errorf("opened %q, want %q", got, want)
	}
}

func TestAPushIsExplained(t *testing.T) {
	t.Parallel()
	const key, iv = "FEDCBA9876543210", "0011223344556677"
	e := newExplainer(t, "weixiao", false)
	change := `{"card_number":"20200001","name":"某人","grade":"1"}`
	push := func(appKey, raw string) string {
		return fmt.Sprintf(`{"app_key":%q,"school_code":"1000000001","event":"addUser","raw_data":%q}`, appKey, raw)
	}
	at := "POST /wx/wxc/receive HTTP/1.1\nContent-Type: application/json\n\n"
	for _, tt := range []struct {
		name, input, cause string
		verdict            explain.Verdict
	}{
		{"right", at + push(key, sealPush(key, iv, change)), "explain-opens", explain.Right},
		{"bare JSON", push(key, sealPush(key, iv, change)), "explain-opens", explain.Right},
		{"bare raw_data", sealPush(key, iv, change), "explain-opens", explain.Right},
		{"java map", "INFO push {app_key=" + key + ", school_code=1000000001, event=addUser, raw_data=" + sealPush(key, iv, change) + "}", "explain-opens", explain.Right},
		{"escaped in a log", `INFO body="` + strings.ReplaceAll(push(key, sealPush(key, iv, change)), `"`, `\"`) + `"`, "explain-opens", explain.Right},
		{"wrong iv", at + push(key, sealPush(key, "1234567890123456", change)), "sealed-wrong-iv", explain.Explained},
		{"iv of the secret's end", push(key, sealPush(key, "7766-of-weixiao!", change)), "sealed-wrong-iv", explain.Explained},
		{"key and iv swapped", push(key, sealPush(iv, key, change)), "sealed-key-iv-swapped", explain.Explained},
		{"another application", at + push("AAAABBBBCCCCDDDD", sealPush("AAAABBBBCCCCDDDD", iv, change)), "credential-differs", explain.Explained},
		{"not sealed", at + push(key, change), "sealed-plain-json", explain.Explained},
		{"no raw_data", at + `{"app_key":"` + key + `","school_code":"1","event":"addUser"}`, "violates-contract", explain.Explained},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, e, tt.input)
			check(t, r, "receivePush", tt.cause, tt.verdict)
			if strings.Contains(r.Text("en"), "某人") {
				t.Errorf("a name is shown:\n%s", r.Text("en"))
			}
		})
	}
	r := only(t, e, at+push(key, sealPush(key, "1234567890123456", change)))
	if got := fact(r, explain.FactField); got != "/raw_data" {
		t.Errorf("field %q", got)
	}
}

func TestPlainVendors(t *testing.T) {
	t.Parallel()
	const tasks = "/open-api/V2/ws/agentManager/hospitalTaskList"
	message := `{"sendData":{"appid":"1","appname":"demo","title":"a","body":"b","msgtype":0,"params":{"sender":"d","msgcategory":"政策公示","msglevel":"普通"}},"from":{"userid":"u1","usertype":1,"orgid":"o1"},"to":[{"userid":"u2","usertype":2,"orgid":"o2"}]}`
	for _, tt := range []struct {
		name, vendor, input, operation, cause string
		verdict                               explain.Verdict
	}{
		{"listed token", "mytijian", "curl -X POST 'http://h" + tasks + "?accessToken=a-token-of-ours'", "listHospitalTasks", "explain-valid", explain.Right},
		{"unknown token", "mytijian", "curl -X POST 'http://h" + tasks + "?accessToken=of-somebody'", "listHospitalTasks", "explain-valid", explain.Right},
		{"no token", "mytijian", "POST http://h" + tasks, "listHospitalTasks", "missing-token", explain.Explained},
		{"wrong method", "mytijian", "curl 'http://h" + tasks + "?accessToken=a-token-of-ours'", "listHospitalTasks", "wrong-method", explain.Explained},
		{"token by -G", "mytijian", "curl -X POST -G http://h" + tasks + " -d accessToken=a-token-of-ours", "listHospitalTasks", "explain-valid", explain.Right},
		{"failure that is in no catalogue", "mytijian", `{"success":"F","errCode":"999999","msg":"who knows"}`, "", "explain-reply", explain.Right},
		{"failure", "mytijian", `{"success":"F","errCode":"101101","msg":"invalid access token"}`, "", "explain-vendor-error", explain.Explained},
		{"bearer", "eazytec", "curl http://h/v3_1/msgcenter/send -H 'Authorization: Bearer a-token-of-ours' -H 'Content-Type: application/json' -d '" + message + "'", "sendMessage", "explain-valid", explain.Right},
		{"no bearer", "eazytec", "curl http://h/v3_1/msgcenter/send -H 'Authorization: a-token-of-ours' -H 'Content-Type: application/json' -d '" + message + "'", "sendMessage", "token-not-bearer", explain.Explained},
		{"field", "eazytec", strings.Replace(message, `"msgtype":0`, `"msgtype":"x"`, 1), "sendMessage", "violates-contract", explain.Explained},
		{"ciphertext", "mytijian", sealECB(aesKey, loginBody), "", "explain-no-cipher", explain.Unknown},
		{"nothing", "mytijian", "hello", "", "explain-nothing", explain.Unknown},
		{"somebody else's call", "mytijian", "curl https://example.com/a?b=c", "", "explain-no-operation", explain.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, newExplainer(t, tt.vendor, false), tt.input)
			check(t, r, tt.operation, tt.cause, tt.verdict)
			if noted(r, "token-unknown") != (tt.name == "unknown token") {
				t.Errorf("notes %+v", r.Notes)
			}
		})
	}
}

// TestPlainFieldsOfASealedCall: what a log shows from before the sealing was not opened, and is not said to be.
func TestPlainFieldsOfASealedCall(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	for name, input := range map[string]string{
		"java map": "{apikey=an-api-key-of-ours, secret=its-secret-of-ours}",
		"form":     "apikey=an-api-key-of-ours&secret=its-secret-of-ours",
	} {
		r := only(t, e, input)
		check(t, r, "issueToken", "explain-valid", explain.Right)
		if !noted(r, "explain-not-sealed") {
			t.Errorf("%s: it is not told that the fields travel sealed: %s", name, r.Text("en"))
		}
	}
}
