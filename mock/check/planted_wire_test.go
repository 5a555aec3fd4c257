package check_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/drive"
	"understudy/specs"
)

// vendor is a right server of a vendor, and its client, by which a wrong one does what it does.
type vendor struct {
	contract *specs.Contract
	server   *mock.Server
	client   *drive.Client
	secrets  mock.Credentials
}

// wrong is a server that does one thing wrong: it changes requests before the right one sees them, or replies after.
type wrong struct {
	vendor, bug string
	// want is the rule of a finding that tells of it.
	want    string
	request func(*vendor, *http.Request)
	reply   func(v *vendor, request *http.Request, reply *httptest.ResponseRecorder) (status int, body []byte)
}

// body reads and puts back the body of a request.
func body(r *http.Request) []byte {
	text, _ := io.ReadAll(r.Body)
	setBody(r, text)
	return text
}

func setBody(r *http.Request, text []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	r.Header.Del("Content-Length")
}

// replaced changes a text of the opened reply and seals it again.
func replaced(operation string, pairs ...string) func(*vendor, *http.Request, *httptest.ResponseRecorder) (int, []byte) {
	return func(v *vendor, r *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
		if reply.Header().Get("Understudy-Refusal") != "" {
			return reply.Code, reply.Body.Bytes()
		}
		plain, err := v.client.Unseal(operation, reply.Body.Bytes())
		if err != nil {
			return reply.Code, reply.Body.Bytes()
		}
		text, err := v.client.Seal(operation, []byte(strings.NewReplacer(pairs...).Replace(string(plain))))
		if err != nil {
			panic(err)
		}
		return reply.Code, text
	}
}

// swapped changes a text of a plain reply.
func swapped(pairs ...string) func(*vendor, *http.Request, *httptest.ResponseRecorder) (int, []byte) {
	return func(_ *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
		return reply.Code, []byte(strings.NewReplacer(pairs...).Replace(reply.Body.String()))
	}
}

// under seals by a client whose contract or key is another one.
func under(change func(*drive.Config)) func(*vendor, *http.Request, *httptest.ResponseRecorder) (int, []byte) {
	return func(v *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
		config := drive.Config{Contract: v.contract, Credentials: v.secrets}
		change(&config)
		other, err := drive.New(config)
		if err != nil {
			panic(err)
		}
		plain, err := v.client.Unseal("issueToken", reply.Body.Bytes())
		if err != nil {
			return reply.Code, reply.Body.Bytes()
		}
		text, err := other.Seal("issueToken", plain)
		if err != nil {
			panic(err)
		}
		return reply.Code, text
	}
}

// resigned signs a TOP call anew, after change.
func resigned(change func(url.Values)) func(*vendor, *http.Request) {
	return func(v *vendor, r *http.Request) {
		form, err := url.ParseQuery(string(body(r)))
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			return
		}
		if change(form); form.Get("sign_method") == "" {
			return
		}
		var parameters []drive.Parameter
		for name, list := range form {
			parameters = append(parameters, drive.Parameter{In: "form", Name: name, Value: list[0]})
		}
		signed, err := v.client.Sign("queryAppointments", parameters)
		if err != nil {
			return
		}
		form.Set("sign", signed.Text)
		setBody(r, []byte(form.Encode()))
	}
}

func overlaid(text string) func(*drive.Config) {
	return func(config *drive.Config) {
		c, err := config.Contract.Overlay("other.yaml", []byte("overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n- {target: \"$['x-wire'].seal\", update: "+text+"}\n"))
		if err != nil {
			panic(err)
		}
		config.Contract = c
	}
}

func wrongServers() []wrong {
	now := func() string { return time.Now().In(time.FixedZone("", 8*3600)).Format(time.DateTime) }
	return []wrong{
		{vendor: "zheliban", bug: "plain in place of sealed", want: "violates-contract seal", reply: func(v *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			plain, err := v.client.Unseal("issueToken", reply.Body.Bytes())
			if err != nil {
				plain = reply.Body.Bytes()
			}
			return reply.Code, plain
		}},
		{vendor: "zheliban", bug: "wrong padding", want: "unopenable-reply", reply: under(overlaid("{padding: zero}"))},
		{vendor: "zheliban", bug: "wrong encoding", want: "unopenable-reply", reply: under(overlaid("{encoding: hex}"))},
		{vendor: "zheliban", bug: "wrong key", want: "unopenable-reply", reply: under(func(c *drive.Config) {
			c.Credentials = mock.Credentials{"aesKey": {Text: "another-key-0001"}}
		})},
		{vendor: "zheliban", bug: "envelope", want: "violates-contract", reply: replaced("issueToken", `"success":true,`, "")},
		{vendor: "zheliban", bug: "type in the envelope", want: "violates-contract", reply: replaced("issueToken", `"code":200`, `"code":"200"`)},
		{vendor: "zheliban", bug: "code of no row", want: "undeclared-code", reply: replaced("issueToken", `"code":401`, `"code":4010`)},
		{vendor: "zheliban", bug: "wrong code", want: "wrong-code", reply: replaced("issueToken", `"code":401`, `"code":50002`)},
		{vendor: "zheliban", bug: "timestamp in seconds", want: "violates-contract minimum", reply: func(v *vendor, r *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			plain, err := v.client.Unseal("issueToken", reply.Body.Bytes())
			if err != nil {
				return reply.Code, reply.Body.Bytes()
			}
			i := bytes.Index(plain, []byte(`"timestamp":`)) + len(`"timestamp":`)
			text, _ := v.client.Seal("issueToken", slices.Concat(plain[:i+10], plain[i+13:]))
			return reply.Code, text
		}},
		{vendor: "zheliban", bug: "stack in the envelope", want: "stack-trace", reply: replaced("issueToken", "数据有误", `java.lang.NullPointerException`)},
		{vendor: "zheliban", bug: "unsealed accepted", want: "accepted seal", request: func(v *vendor, r *http.Request) {
			if text := body(r); bytes.HasPrefix(text, []byte("{")) {
				sealed, _ := v.client.Seal("issueToken", text)
				setBody(r, sealed)
			}
		}},
		{vendor: "zheliban", bug: "any token accepted", want: "accepted security", request: func(v *vendor, r *http.Request) {
			if r.Header.Get("ACCESS-TOKEN") != "" {
				r.Header.Set("ACCESS-TOKEN", v.token())
			}
		}},
		{vendor: "zheliban", bug: "no token needed", want: "accepted security", request: func(v *vendor, r *http.Request) {
			if r.Header.Get("ACCESS-TOKEN") == "" && !strings.HasSuffix(r.URL.Path, "/token") {
				r.Header.Set("ACCESS-TOKEN", v.token())
			}
		}},
		{vendor: "zheliban", bug: "wrong secret accepted", want: "accepted security", request: func(v *vendor, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				if plain, err := v.client.Unseal("issueToken", body(r)); err == nil && bytes.Contains(plain, []byte(`"secret":"`)) {
					sealed, _ := v.client.Seal("issueToken", []byte(`{"apikey":"`+v.secrets["apiKey"].Text+`","secret":"`+v.secrets["secret"].Text+`"}`))
					setBody(r, sealed)
				}
			}
		}},
		{vendor: "zheliban", bug: "tokens that do not work", want: "credentials-refused", request: func(_ *vendor, r *http.Request) {
			if r.Header.Get("ACCESS-TOKEN") != "" {
				r.Header.Set("ACCESS-TOKEN", "expired")
			}
		}},
		{vendor: "zheliban", bug: "label", want: "undeclared-media-type", reply: func(_ *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			reply.Header().Set("Content-Type", "application/octet-stream")
			return reply.Code, reply.Body.Bytes()
		}},
		{vendor: "alihealth", bug: "stale timestamp accepted", want: "accepted sign", request: resigned(func(form url.Values) {
			if form.Has("timestamp") && form.Get("sign") != "" {
				form.Set("timestamp", now())
			}
		})},
		{vendor: "alihealth", bug: "unsigned accepted", want: "accepted sign", request: func(v *vendor, r *http.Request) {
			if !strings.Contains(string(body(r)), "sign=") {
				resigned(func(url.Values) {})(v, r)
			}
		}},
		{vendor: "alihealth", bug: "any signature accepted", want: "accepted sign", request: resigned(func(url.Values) {})},
		{vendor: "alihealth", bug: "any application accepted", want: "accepted sign", request: resigned(func(form url.Values) {
			if form.Has("app_key") {
				form.Set("app_key", "12345678")
			}
		})},
		{vendor: "alihealth", bug: "wrong code", want: "wrong-code", reply: swapped(`"code":25`, `"code":41`, "<code>25<", "<code>41<", `"msg":"Invalid Signature"`, `"msg":"Invalid Arguments"`)},
		{vendor: "alihealth", bug: "truncated", want: "unreadable-reply", reply: func(_ *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			return reply.Code, reply.Body.Bytes()[:reply.Body.Len()-3]
		}},
		{vendor: "alihealth", bug: "period of no form", want: "violates-contract", reply: swapped(`"appointment_period":"`, `"appointment_period":"at `)},
		{vendor: "eazytec", bug: "success in place of an error", want: "accepted", request: func(v *vendor, r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+v.secrets["tokens"].Tokens[0].Value)
		}},
		{vendor: "eazytec", bug: "status 200 for errors", want: "", reply: func(_ *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			return 200, reply.Body.Bytes()
		}},
		{vendor: "eazytec", bug: "misspelt member", want: "violates-contract required /oK", reply: swapped(`"oK"`, `"ok"`)},
		{vendor: "eazytec", bug: "crashes on bad input", want: "server-error", reply: func(_ *vendor, _ *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			if reply.Code == 400 {
				return 500, []byte(`{"data":"oops","msg":"fail","status":500}`)
			}
			return reply.Code, reply.Body.Bytes()
		}},
		{vendor: "mytijian", bug: "success with a code", want: "", reply: swapped(`"success":"F"`, `"success":"T"`)},
		{vendor: "mytijian", bug: "any token accepted", want: "accepted security", request: func(v *vendor, r *http.Request) {
			q := r.URL.Query()
			if q.Has("accessToken") {
				q.Set("accessToken", v.secrets["accessTokens"].Tokens[0].Value)
				r.URL.RawQuery = q.Encode()
			}
		}},
		{vendor: "mytijian", bug: "number as text", want: "violates-contract type", reply: swapped(`"hospitalId":197`, `"hospitalId":"197"`)},
		{vendor: "weixiao", bug: "code as a number", want: "violates-contract", reply: swapped(`"code":"0"`, `"code":0`)},
		{vendor: "weixiao", bug: "unsealed accepted", want: "accepted seal", request: func(v *vendor, r *http.Request) {
			text := body(r)
			const open = `"raw_data":"{`
			if i := bytes.Index(text, []byte(open)); i >= 0 && strings.HasSuffix(r.URL.Path, "/receive") {
				sealed, _ := v.client.Seal("receivePush", []byte("{}"))
				setBody(r, []byte(`{"app_key":"`+v.secrets["appKey"].Text+`","school_code":"1","event":"addUser","raw_data":"`+string(sealed)+`"}`))
			}
		}},
		{vendor: "weixiao", bug: "method not enforced", want: "accepted method", request: func(_ *vendor, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/queryPushProject") {
				r.Method = http.MethodGet
			}
		}},
	}
}

// token is one that the right server issues.
func (v *vendor) token() string {
	x, err := v.client.Call(context.Background(), "issueToken", nil)
	if err != nil {
		return ""
	}
	record, _ := x.Reply.Value.(map[string]any)
	result, _ := record["result"].(map[string]any)
	token, _ := result["token"].(string)
	return token
}

// serve puts a wrong server in front of the right one.
func (one wrong) serve(t *testing.T) (*vendor, string) {
	t.Helper()
	server, right := world(t, mock.Config{Contracts: []*specs.Contract{load(t, one.vendor)}, Seed: 1})
	secrets, _ := server.Credentials(one.vendor)
	v := &vendor{contract: load(t, one.vendor), server: server, secrets: secrets}
	var err error
	if v.client, err = drive.New(drive.Config{Contract: v.contract, Credentials: secrets, Target: right}); err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if one.request != nil {
			one.request(v, r)
		}
		recorded := httptest.NewRecorder()
		server.ServeHTTP(recorded, r)
		status, text := recorded.Code, recorded.Body.Bytes()
		if one.reply != nil {
			status, text = one.reply(v, r, recorded)
		}
		for name, list := range recorded.Header() {
			if name != "Content-Length" && !strings.HasPrefix(name, "Understudy-") {
				w.Header()[name] = list
			}
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}))
	t.Cleanup(front.Close)
	return v, front.URL
}

// TestPlantedWireBugs finds what is wrong on the wires of the five vendors.
func TestPlantedWireBugs(t *testing.T) {
	t.Parallel()
	list := wrongServers()
	if len(list) < 20 {
		t.Fatalf("only %d bugs are planted", len(list))
	}
	for _, one := range list {
		t.Run(one.vendor+" "+one.bug, func(t *testing.T) {
			t.Parallel()
			v, url := one.serve(t)
			got, err := check.Run(t.Context(), check.Config{Contract: v.contract, Credentials: v.secrets, Target: url, Unsafe: true, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			all := rulesOf(got)
			if len(all) == 0 || one.want != "" && !slices.ContainsFunc(all, func(f string) bool { return finds(f, one.want) }) {
				t.Errorf("not found: want %q in %q", one.want, all)
			}
		})
	}
}
