package drive_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// answering is a client of a server that always answers the same.
func answering(t *testing.T, c *specs.Contract, status int, mediaType, body string) *drive.Client {
	t.Helper()
	return serving(t, c, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func serving(t *testing.T, c *specs.Contract, handler http.HandlerFunc) *drive.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	simulator, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	credentials, _ := simulator.Credentials(c.Vendor)
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// filled puts a catalogue row into an envelope.
func filled(template any, row specs.ErrorRow, number func(place string) bool) any {
	switch v := template.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			out[name] = filled(inner, row, number)
		}
		return out
	case string:
		places := map[string]string{"$code": row.Code, "$message": row.Message, "$subCode": row.SubCode, "$subMessage": row.SubMessage, "$requestId": "r1"}
		if text, ok := places[v]; ok {
			if number(v) {
				return json.Number(text)
			}
			return text
		}
		if v == "$now" {
			return json.Number("1700000000000")
		}
	}
	return template
}

// TestEveryRowIsFound answers with each row of each catalogue.
func TestEveryRowIsFound(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, vendor := range specs.Vendors() {
		c := load(t, vendor)
		for _, op := range c.Operations {
			for _, row := range c.Errors {
				if len(row.Operations) > 0 && !strings.Contains(fmt.Sprint(row.Operations), op.ID) {
					continue
				}
				rows++
				template := row.Body
				if template == nil {
					template = op.Wire.Envelope.Error
				}
				number := vendor == "zheliban" || vendor == "alihealth" || vendor == "eazytec" || op.ID == "receivePush"
				text, err := json.Marshal(filled(template, row, func(place string) bool { return place == "$code" && number }))
				if err != nil {
					t.Fatal(err)
				}
				status := row.Status
				if status == 0 {
					status = 200
				}
				client := answering(t, c, status, "application/json", string(text))
				x, err := client.Call(t.Context(), op.ID, login(op, plausible(t, client, vendor, op.ID)))
				if err != nil {
					t.Fatal(err)
				}
				found := x.Error
				if x.Outcome != drive.VendorError || found == nil || found.Code != row.Code || found.Message != row.Message || found.SubCode != row.SubCode {
					t.Errorf("%s %s: %v, row %v: %s", op.ID, row.ID, x, found, text)
				}
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d rows were tried", rows)
	}
}

func plausible(t *testing.T, client *drive.Client, vendor, operation string) map[string]any {
	t.Helper()
	values := set(t, client, operation, fields()[vendor+"."+operation])
	if operation == "reportArrival" {
		values["serialNumber"] = "1"
	}
	return values
}

// login gives a call its token, where it would have to fetch one.
func login(op *specs.Operation, values map[string]any) map[string]any {
	if op.Wire.Auth != nil && op.Wire.Auth.Token == "jwt" {
		values[op.Security.Key] = "token"
	}
	return values
}

// TestRepliesAreJudged answers in ways that vendors and what stands before them have.
func TestRepliesAreJudged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, operation string
		status          int
		mediaType, body string
		want            drive.Outcome
		summary         string
		problem         string
	}{
		{"success", "weixiao.listPushProjects", 200, "application/json", `{"success":true,"message":"success","code":"0","data":[]}`, drive.OK, "ok", ""},
		{"another label", "weixiao.listPushProjects", 200, "text/plain", `{"success":true,"message":"success","code":"0","data":[]}`, drive.OK, "ok", ""},
		{"success that breaks its schema", "weixiao.listPushProjects", 200, "application/json", `{"success":true,"message":"success","code":"0","data":[{"id":"x"}]}`, drive.OK, "ok", "reply /data/0/project: is missing"},
		{"unknown code", "weixiao.listPushProjects", 200, "application/json", `{"success":false,"message":"new","code":"99","data":null}`, drive.VendorError, "vendor error, none of the catalogue (status 200)", ""},
		{"success and failure at once", "weixiao.listPushProjects", 200, "application/json", `{"success":true,"message":"success","code":"16009","data":null}`, drive.Unexplained, "a reply that the contract does not have (status 200 OK)", "reply"},
		{"accepted", "weixiao.receivePush", 200, "application/json", `{"code":0,"message":"thanks"}`, drive.OK, "ok", ""},
		{"accepted as a text", "weixiao.receivePush", 200, "application/json", `{"code":"0","message":"success"}`, drive.VendorError, "none of the catalogue", "reply /code: wants integer"},
		{"refused", "weixiao.receivePush", 200, "application/json", `{"code":11003,"message":"参数异常"}`, drive.VendorError, "vendor error parameter-exception (11003 参数异常)", ""},
		{"html", "weixiao.listPushProjects", 502, "text/html", "<html>hush</html>", drive.Unexplained, "(status 502 Bad Gateway)", ""},
		{"html with success", "weixiao.listPushProjects", 200, "text/html", "<html><p>hush</html>", drive.Unexplained, "(status 200 OK): xml: offset", ""},
		{"truncated", "weixiao.listPushProjects", 200, "application/json", `{"success":true,"mess`, drive.Unexplained, "json: offset", ""},
		{"empty", "weixiao.listPushProjects", 200, "", "", drive.Unexplained, "it is empty", ""},
		{"another status", "eazytec.sendMessage", 503, "application/json", `{"data":"x","msg":"fail","status":503}`, drive.Unexplained, "(status 503 Service Unavailable)", ""},
		{"built in", "weixiao.listPushProjects", 422, "application/problem+json", `{"type":"urn:understudy:x"}`, drive.VendorError, "none of the catalogue (status 422)", ""},
		{"service failure", "alihealth.queryAppointments", 200, "application/json", `{"alibaba_health_vaccin_appointment_query_response":{"result":{"msg_code":"E1","msg_info":"no","success":false}}}`, drive.VendorError, "none of the catalogue", ""},
		{"wrapped list", "alihealth.queryAppointments", 200, "application/json", `{"alibaba_health_vaccin_appointment_query_response":{"result":{"model":{"total":1,"data_list":{"pov_appointment_record_dto":[{"appointment_id":"1"}]}},"success":true},"request_id":"r"}}`, drive.OK, "ok", ""},
		{"xml", "alihealth.queryAppointments", 200, "text/xml;charset=UTF-8", `<?xml version="1.0" encoding="utf-8" ?><alibaba_health_vaccin_appointment_query_response><result><model><total>1</total><data_list><pov_appointment_record_dto><appointment_id>1</appointment_id><pick_status>0</pick_status></pov_appointment_record_dto></data_list></model><success>true</success></result></alibaba_health_vaccin_appointment_query_response>`, drive.OK, "ok", ""},
		{"xml, two rows", "alihealth.queryAppointments", 200, "text/xml", `<alibaba_health_vaccin_appointment_query_response><result><model><data_list><pov_appointment_record_dto><appointment_id>1</appointment_id></pov_appointment_record_dto><pov_appointment_record_dto><appointment_id>2</appointment_id></pov_appointment_record_dto></data_list></model><success>true</success></result></alibaba_health_vaccin_appointment_query_response>`, drive.OK, "ok", ""},
		{"xml failure", "alihealth.queryAppointments", 200, "text/xml", `<error_response><code>50</code><msg>Remote service error</msg><sub_code>isv.invalid-parameter</sub_code></error_response>`, drive.VendorError, "vendor error sample-invalid-parameter (50 Remote service error isv.invalid-parameter)", ""},
		{"unknown sub code", "alihealth.queryAppointments", 200, "application/json", `{"error_response":{"code":7,"msg":"App Call Limited","sub_code":"new"}}`, drive.VendorError, "vendor error app-call-limited (7 App Call Limited)", ""},
		{"sealed failure, plain", "zheliban.reportArrival", 200, "application/json", `{"code":500,"message":"数据有误，请联系平台"}`, drive.VendorError, "vendor error contact-platform", "reply : wants a sealed text, there is a plain text"},
		{"not sealed by our key", "zheliban.reportArrival", 200, "text/plain", "Nzc3Nzc3Nzc3Nzc3Nzc3Nw==", drive.Unexplained, "a reply that the contract does not have (status 200 OK): ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vendor, operation, _ := strings.Cut(tt.operation, ".")
			c := load(t, vendor)
			op, _ := c.Operation(operation)
			client := answering(t, c, tt.status, tt.mediaType, tt.body)
			x, err := client.Call(t.Context(), operation, login(op, plausible(t, client, vendor, operation)))
			if err != nil {
				t.Fatal(err)
			}
			if x.Outcome != tt.want || !strings.Contains(x.Summary(), tt.summary) || strings.Contains(x.String(), "hush") {
				t.Errorf("%s, want %s: %s", x, tt.want, tt.summary)
			}
			if got := fmt.Sprint(x.Reply.Problems); (tt.problem == "") != (len(x.Reply.Problems) == 0) || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %s, want %q", got, tt.problem)
			}
			if string(x.Reply.Body) != tt.body || x.Reply.Status != tt.status {
				t.Errorf("%d %s", x.Reply.Status, x.Reply.Body)
			}
		})
	}
}

// TestTheWay: what goes wrong on the way is an error that names no more than the host.
func TestTheWay(t *testing.T) {
	t.Parallel()
	c := load(t, "mytijian")
	credentials := mock.Credentials{"accessTokens": {Tokens: []mock.Token{{Value: "hush-hush"}}}}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"cut", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"cut within the body", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"success"`)
		}, "the reply breaks off: unexpected EOF"},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			block := make([]byte, 1<<20)
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "the reply is larger than 16 MiB"},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "Client.Timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(tt.handler)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			defer server.Close()
			limit := 20 * time.Second
			if tt.name == "silent" {
				limit = 50 * time.Millisecond
			}
			client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: server.URL + "/~hush", HTTP: &http.Client{Timeout: limit}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Call(t.Context(), "listHospitalTasks", nil)
			var failed *drive.SendError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") || !strings.HasPrefix(err.Error(), "mytijian.listHospitalTasks at "+server.URL+": ") {
				t.Errorf("the error is %v", err)
			}
		})
	}
	gone, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Call(t.Context(), "listHospitalTasks", nil); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody listens: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := gone.Call(ctx, "listHospitalTasks", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestRedirectsAreShown and not followed: a token would go along.
func TestRedirectsAreShown(t *testing.T) {
	t.Parallel()
	c := load(t, "eazytec")
	client := serving(t, c, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	x, err := client.Call(t.Context(), "sendMessage", plausible(t, client, "eazytec", "sendMessage"))
	if err != nil || x.Outcome != drive.Unexplained || x.Reply.Status != 307 || x.Reply.Header.Get("Location") != "/elsewhere" {
		t.Errorf("%v %v", x, err)
	}
}

// TestNothingIsCompressed: what is shown as travelled did travel so.
func TestNothingIsCompressed(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	client := serving(t, c, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding is %q", got)
		}
		_, _ = io.WriteString(w, "{}")
	})
	if _, err := client.Call(t.Context(), "listPushProjects", nil); err != nil {
		t.Error(err)
	}
}

// TestLeftOut sends a call without one of the parameters that the client would fill in.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	c := load(t, "alihealth")
	for name, diagnosis := range map[string]string{"timestamp": "missing-parameter", "sign": "missing-parameter", "app_key": "missing-parameter", "method": "missing-parameter"} {
		client := newWorld(t, c).client(c, func(config *drive.Config) { config.Force = true })
		values := plausible(t, client, "alihealth", "queryAppointments")
		values[name] = nil
		x, err := client.Call(t.Context(), "queryAppointments", values)
		if err != nil || x.Outcome != drive.VendorError || x.Reply.Diagnosis != diagnosis {
			t.Errorf("%s: %v %v", name, x, err)
		}
		for _, p := range x.Request.Parameters {
			if p.Name == name {
				t.Errorf("%s was sent", name)
			}
		}
	}
}

// TestHTTPS reaches a server through the caller's own HTTP client, whose settings stay as they are.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	w := newWorld(t, c)
	front := httptest.NewTLSServer(w.server)
	defer front.Close()
	own := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: front.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}}
	client := w.client(c, func(config *drive.Config) { config.Target, config.HTTP = front.URL, own })
	x, err := client.Call(t.Context(), "listPushProjects", nil)
	if err != nil || x.Outcome != drive.OK {
		t.Errorf("%v %v", x, err)
	}
	if own.Timeout != 0 || own.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}

// TestMissingIsToldBeforeSending, with the contract's line, and by Prepare together with the request.
func TestMissingIsToldBeforeSending(t *testing.T) {
	t.Parallel()
	c := load(t, "alihealth")
	calls := 0
	client := serving(t, c, func(http.ResponseWriter, *http.Request) { calls++ })
	_, err := client.Call(t.Context(), "queryAppointments", map[string]any{"timestamp": nil, "v": "3.0", "format": "yaml"})
	var invalid *drive.InvalidError
	if !errors.As(err, &invalid) || calls > 0 {
		t.Fatalf("%d calls, %v", calls, err)
	}
	var told []string
	for _, p := range invalid.Problems {
		told = append(told, p.In+" "+p.Pointer+" "+p.Keyword)
		if p.At.Line == 0 || p.At.File != "alihealth/openapi.yaml" || p.Clause == "" {
			t.Errorf("%+v", p)
		}
	}
	want := "query timestamp required, query v enum, query format enum, body /param_query_pov_appointment_record_by_date_req required"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told: %s, want %s", got, want)
	}
	arrival := load(t, "zheliban")
	_, err = serving(t, arrival, func(http.ResponseWriter, *http.Request) { calls++ }).Call(t.Context(), "reportArrival", map[string]any{"ACCESS-TOKEN": "t"})
	if !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Problems[0].String(), "body /serialNumber: is missing (zheliban/openapi.yaml:") || strings.Contains(err.Error(), "change log") {
		t.Errorf("%v", err)
	}
	_, err = client.Call(t.Context(), "queryAppointments", map[string]any{"param_query_pov_appointment_record_by_date_req": map[string]any{"day": "hush"}})
	if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "/out_pov_id: is missing (alihealth/openapi.yaml:") {
		t.Errorf("%v", err)
	}
}

// TestCredentialsAreNeeded only by the operations that use them.
func TestCredentialsAreNeeded(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	w := newWorld(t, c)
	client := w.client(c, func(config *drive.Config) { config.Credentials = mock.Credentials{"appKey": {Text: "hush"}} })
	if x, err := client.Call(t.Context(), "listPushProjects", nil); err != nil || x.Outcome != drive.OK {
		t.Errorf("%v %v", x, err)
	}
	_, err := client.Call(t.Context(), "receivePush", map[string]any{"raw_data": map[string]any{}})
	var missing *drive.CredentialError
	if !errors.As(err, &missing) || missing.Slot != "appSecret" {
		t.Errorf("the error is %v", err)
	}
	client = w.client(c, func(config *drive.Config) {
		config.Credentials = mock.Credentials{"appKey": {Text: "hush"}, "appSecret": {Text: "hushhushhushhush"}}
	})
	_, err = client.Call(t.Context(), "receivePush", map[string]any{"raw_data": map[string]any{}})
	if err == nil || !strings.HasPrefix(err.Error(), "weixiao.appKey: cipher: the key has 4 bytes") {
		t.Errorf("a short key: %v", err)
	}
	slots, err := client.Slots("receivePush")
	if err != nil || fmt.Sprint(slots) != "[{appKey false false} {appSecret false false}]" {
		t.Errorf("slots %v %v", slots, err)
	}
	other := load(t, "zheliban")
	client = newWorld(t, other).client(other, nil)
	if slots, err = client.Slots("pullReservations"); err != nil || fmt.Sprint(slots) != "[{apiKey false false} {secret false false} {aesKey false false}]" {
		t.Errorf("slots %v %v", slots, err)
	}
	tokens := load(t, "mytijian")
	for account, want := range map[string]string{"": "development-access-token", "197": "development-access-token"} {
		client = newWorld(t, tokens).client(tokens, func(config *drive.Config) { config.Account = account })
		if r, err := client.Prepare(t.Context(), "listHospitalTasks", nil); err != nil || !strings.HasSuffix(r.URL, "="+want) {
			t.Errorf("account %q: %v", account, err)
		}
	}
	client = newWorld(t, tokens).client(tokens, func(config *drive.Config) { config.Account = "5" })
	if _, err := client.Prepare(t.Context(), "listHospitalTasks", nil); err == nil || err.Error() != `mytijian.accessTokens: no token stands for "5"` {
		t.Errorf("no such account: %v", err)
	}
}

// TestNothingLeaksByFormatting prints what holds secrets in the usual ways.
func TestNothingLeaksByFormatting(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	client := newWorld(t, c).client(c, nil)
	x, err := client.Call(t.Context(), "issueToken", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{x, x.Request, x.Reply} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "development-") || strings.Contains(text, "token\"") {
				t.Errorf("%s of %T gives %s", verb, v, text)
			}
		}
	}
}
