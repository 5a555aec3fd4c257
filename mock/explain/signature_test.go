package explain_test

import (
	"net/url"
	"strings"
	"testing"

	"understudy/mock/explain"
)

// TestSignedMistakesAreNamed makes mistakes on the level of the whole call; those of the signature alone are the wire's.
func TestSignedMistakesAreNamed(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	call := func(change func(map[string]string), sign string) string {
		system, business, right := gatewayCall(change)
		if sign == "" {
			sign = right
		}
		return "https://gw.example/router/rest?" + values(system, "sign", sign).Encode() + "\n" + values(business).Encode()
	}
	with := func(name, v string) func(map[string]string) {
		return func(p map[string]string) {
			if _, ok := p[name]; ok {
				p[name] = v
			}
		}
	}
	without := func(name string) func(map[string]string) { return func(p map[string]string) { delete(p, name) } }
	const req = "param_query_pov_appointment_record_by_date_req"
	for _, tt := range []struct {
		name, input, operation, cause, note string
		verdict                             explain.Verdict
	}{
		{"wrong secret", call(nil, "00112233445566778899AABBCCDDEEFF"), "queryAppointments", "signature-unexplained", "", explain.Unknown},
		{"another application", call(with("app_key", "87654321"), "00112233445566778899AABBCCDDEEFF"), "queryAppointments", "explain-other-application", "signature-unexplained", explain.Unknown},
		{"lower case", strings.Replace(call(nil, ""), "sign=", "sign=%20", 1), "queryAppointments", "signature-blanks", "", explain.Explained},
		{"no sign", strings.Replace(call(nil, ""), "&sign=", "&sign=&was=", 1), "queryAppointments", "signature-missing", "", explain.Explained},
		{"no timestamp", call(without("timestamp"), ""), "queryAppointments", "missing-parameter", "", explain.Explained},
		{"timestamp in seconds", call(with("timestamp", "1451620800"), ""), "queryAppointments", "timestamp-malformed", "", explain.Explained},
		{"unknown digest", call(with("sign_method", "HMAC_SHA256"), ""), "queryAppointments", "digest-unknown", "", explain.Explained},
		{"unknown method", call(with("method", "taobao.user.get"), ""), "", "unknown-operation", "", explain.Explained},
		{"no query structure", call(without(req), ""), "queryAppointments", "violates-contract", "", explain.Explained},
		{"query structure without a day", call(with(req, `{"out_pov_id":"1"}`), ""), "queryAppointments", "violates-contract", "", explain.Explained},
		{"query structure that is no JSON", call(with(req, `{day=2020-01-18}`), ""), "queryAppointments", "json-syntax", "", explain.Explained},
		{"given twice", strings.Replace(call(nil, ""), "?", "?v=2.0&", 1), "queryAppointments", "parameter-twice", "", explain.Explained},
		{"gbk escapes", strings.Replace("POST "+strings.TrimPrefix(call(nil, ""), "https://gw.example"), "\n", "&x=%D6%D0 HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n", 1), "queryAppointments", "query-malformed", "", explain.Explained},
		{"answer", `{"error_response":{"code":25,"msg":"Invalid signature","sub_code":"isv.invalid-signature","request_id":"r"}}`, "", "explain-vendor-error", "", explain.Explained},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, e, tt.input)
			check(t, r, tt.operation, tt.cause, tt.verdict)
			if tt.note != "" && !noted(r, tt.note) {
				t.Errorf("no note %s: %s", tt.note, r.Text("en"))
			}
		})
	}
}

// TestSessionIsNeverShown: the authorisation of a third person may stand in the call.
func TestSessionIsNeverShown(t *testing.T) {
	t.Parallel()
	system, business, _ := gatewayCall(nil)
	system["session"] = "an-authorisation-of-somebody"
	for _, show := range []bool{false, true} {
		r := only(t, newExplainer(t, "alihealth", show), "https://gw.example/router/rest?"+values(system, "sign", signed(system, business, false)).Encode()+"\n"+values(business).Encode())
		check(t, r, "queryAppointments", "signature-unsorted", explain.Explained)
		if strings.Contains(r.Text("en"), "of-somebody") {
			t.Errorf("show %v: the session is shown:\n%s", show, r.Text("en"))
		}
	}
}

// TestSeveralCallsAreToldApart reads a log with a right and a wrong call, and a HAR file with entries of others.
func TestSeveralCallsAreToldApart(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	system, business, sign := gatewayCall(nil)
	good := gatewayForms(system, business, sign)
	bad := gatewayForms(system, business, signed(system, business, false))
	reports := explained(t, e, "INFO first\n"+good["java map in a log"]+"\nINFO second\n"+bad["form, decoded, in a log"]+"\n"+bad["url and form in a log"]+"\n")
	want := []string{"explain-signature-right", "signature-unsorted", "signature-unsorted"}
	if len(reports) != len(want) {
		t.Fatalf("%d reports, want %d: %+v", len(reports), len(want), reports)
	}
	for i, r := range reports {
		if r.Cause.ID != want[i] || r.Place == "" {
			t.Errorf("report %d: %s at %q, want %s", i, r.Cause.ID, r.Place, want[i])
		}
	}
	other := `{"request":{"method":"GET","url":"https://example.com/style.css","headers":[]},"response":{"status":200,"content":{}}}`
	reports = explained(t, e, `{"log":{"entries":[`+other+`,`+bad["HAR entry"]+`]}}`)
	if len(reports) != 1 || reports[0].Cause.ID != "signature-unsorted" || reports[0].Place != "entry 2" {
		t.Errorf("HAR: %+v", reports)
	}
	reports = explained(t, e, `{"log":{"entries":[`+other+`,`+other+`]}}`)
	if len(reports) != 1 || reports[0].Cause.ID != "explain-no-operation" || reports[0].Verdict != explain.Unknown {
		t.Errorf("HAR of somebody else: %+v", reports)
	}
	many := explained(t, e, strings.Repeat("curl '"+strings.SplitN(bad["url with everything"], "\n", 2)[0]+"'\n", 150))
	if len(many) != 100 || !noted(many[99], "explain-more") {
		t.Errorf("%d reports of 150 calls; the last: %+v", len(many), many[len(many)-1].Notes)
	}
}

// TestSpacesInALoggedForm: decoded values hold blanks, and the line goes on behind them.
func TestSpacesInALoggedForm(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	system, business, _ := gatewayCall(func(p map[string]string) {
		if _, ok := p["param_query_pov_appointment_record_by_date_req"]; ok {
			p["param_query_pov_appointment_record_by_date_req"] = `{"day": "2020-01-18", "out_pov_id": "00001"}`
		}
	})
	plain := gatewayForms(system, business, signed(system, business, true))["form, decoded"]
	for _, line := range []string{
		"INFO send " + plain + " took 12 ms, status=200", `level=INFO msg="send ` + plain + `" took=12ms`, "body=" + plain,
		"INFO url=https://gw.example/health?x=1 body=" + plain,
	} {
		r := explained(t, e, line)
		check(t, r[len(r)-1], "queryAppointments", "explain-signature-right", explain.Right)
	}
}

func TestPlusInALoggedForm(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "alihealth", false)
	system, business, _ := gatewayCall(nil)
	business["note"] = "a+b"
	sign := signed(system, business, true)
	plain := "sign=" + sign
	for name, v := range merged(system, business, sign) {
		if name != "sign" {
			plain += "&" + name + "=" + v
		}
	}
	check(t, only(t, e, plain), "queryAppointments", "explain-signature-right", explain.Right)
	check(t, only(t, e, url.Values(values(merged(system, business, sign))).Encode()), "queryAppointments", "explain-signature-right", explain.Right)
}
