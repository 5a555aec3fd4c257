package e2e_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
	"understudy/adapters/alihealth"
	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/specs"
)

// The tests of this file let openssl judge both sides' ciphers and signatures, and the vectors themselves. They run when
// OPENSSL names the tool (make test-outside), and fail where it is missing.

type judge struct {
	*testing.T
	openssl string
}

func newJudge(t *testing.T) judge {
	t.Helper()
	name := os.Getenv("OPENSSL")
	if name == "" {
		t.Skip("OPENSSL does not name the tool: run make test-outside")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("the judge is missing: %v", err)
	}
	return judge{t, path}
}

func (j judge) run(stdin []byte, args ...string) []byte {
	j.Helper()
	var out, problems bytes.Buffer
	cmd := exec.Command(j.openssl, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &problems
	if err := cmd.Run(); err != nil {
		j.Fatalf("openssl %s: %v: %s", args[0], err, problems.String())
	}
	return out.Bytes()
}

// ecb and cbc name openssl's ciphers for keys of a length.
func (j judge) ecbArgs(key []byte, more ...string) []string {
	name := map[int]string{16: "-aes-128-ecb", 24: "-aes-192-ecb", 32: "-aes-256-ecb"}[len(key)]
	return append([]string{"enc", name, "-K", hex.EncodeToString(key)}, more...)
}

func (j judge) openECB(key, base64Text string) []byte {
	j.Helper()
	raw, err := base64.StdEncoding.DecodeString(base64Text)
	if err != nil {
		j.Fatalf("not standard padded Base64: %v", err)
	}
	return j.run(raw, j.ecbArgs([]byte(key), "-d")...)
}

func (j judge) sealECB(key string, plain []byte) string {
	j.Helper()
	return base64.StdEncoding.EncodeToString(j.run(plain, j.ecbArgs([]byte(key))...))
}

func (j judge) cbcArgs(key, iv string, more ...string) []string {
	return append([]string{"enc", "-aes-128-cbc", "-nopad", "-K", hex.EncodeToString([]byte(key)), "-iv", hex.EncodeToString([]byte(iv[:16]))}, more...)
}

// topSign signs pairs as the TOP gateway does: sorted here, digested there.
func (j judge) topSign(secret, digest string, pairs map[string]string) string {
	j.Helper()
	names := make([]string, 0, len(pairs))
	for name, v := range pairs {
		if name != "sign" && name != "" && v != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	text := ""
	for _, name := range names {
		text += name + pairs[name]
	}
	var out []byte
	switch digest {
	case "md5":
		out = j.run([]byte(secret+text+secret), "dgst", "-md5", "-binary")
	case "hmac":
		out = j.run([]byte(text), "dgst", "-md5", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString([]byte(secret)), "-binary")
	case "hmac-sha256":
		out = j.run([]byte(text), "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString([]byte(secret)), "-binary")
	default:
		j.Fatalf("no digest %q", digest)
	}
	return strings.ToUpper(hex.EncodeToString(out))
}

// vectors decodes the rows of a vendor that must be accepted.
func (j judge) vectors(vendor string, into any) {
	j.Helper()
	data, err := specs.Vectors(vendor)
	if err != nil {
		j.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		j.Fatal(err)
	}
}

func TestOutsideJudgesTheSealingVectors(t *testing.T) {
	j := newJudge(t)
	var file struct {
		Vectors []struct {
			ID, Op, Expect string
			KeyHex         string `json:"key_hex"`
			Plain          string `json:"plaintext_b64"`
			Ciphertext     string `json:"ciphertext_b64"`
		}
	}
	j.vectors("zheliban", &file)
	judged := 0
	for _, v := range file.Vectors {
		if v.Expect != "accept" || v.Op != "both" {
			continue
		}
		key, err := hex.DecodeString(v.KeyHex)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := base64.StdEncoding.DecodeString(v.Plain)
		if err != nil {
			t.Fatal(err)
		}
		if got := base64.StdEncoding.EncodeToString(j.run(plain, j.ecbArgs(key)...)); got != v.Ciphertext {
			t.Errorf("%s: openssl seals it otherwise", v.ID)
		}
		judged++
	}
	if judged < 20 {
		t.Errorf("only %d rows were judged", judged)
	}
}

func TestOutsideJudgesTheSigningVectors(t *testing.T) {
	j := newJudge(t)
	var file struct {
		Vectors []struct {
			ID, Expect, Secret, Sign string
			Method                   string `json:"sign_method"`
			Params                   map[string]string
		}
	}
	j.vectors("alihealth", &file)
	judged := 0
	for _, v := range file.Vectors {
		if v.Expect != "accept" {
			continue
		}
		if got := j.topSign(v.Secret, v.Method, v.Params); got != v.Sign {
			t.Errorf("%s: openssl signs it otherwise", v.ID)
		}
		judged++
	}
	if judged < 12 {
		t.Errorf("only %d rows were judged", judged)
	}
}

// outsideServer is a simulator whose requests are seen.
func outsideServer(t *testing.T, seen func(*http.Request, []byte)) (*mock.Server, string) {
	t.Helper()
	server, err := mock.New(mock.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen(r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		front.Close()
		_ = server.Close(context.Background())
	})
	return server, front.URL
}

func credential(t *testing.T, server *mock.Server, vendor, slot string) string {
	t.Helper()
	all, _ := server.Credentials(vendor)
	if all[slot].Text == "" {
		t.Fatalf("%s has no %s", vendor, slot)
	}
	return all[slot].Text
}

func TestOutsideOpensWhatBothSidesOfZhelibanSeal(t *testing.T) {
	j := newJudge(t)
	var requests []string
	server, front := outsideServer(t, func(_ *http.Request, body []byte) { requests = append(requests, string(body)) })
	key := credential(t, server, "zheliban", "aesKey")
	c, err := zheliban.New(zheliban.Config{BaseURL: front, APIKey: credential(t, server, "zheliban", "apiKey"), Secret: credential(t, server, "zheliban", "secret"), AESKey: key})
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.IssueToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := j.openECB(key, requests[0]); !json.Valid(got) || !bytes.Contains(got, []byte(`"apikey"`)) {
		t.Errorf("the client's body opens to %q", got)
	}
	r, err := http.NewRequest(http.MethodPost, front+"/reservation/sync/arrival", strings.NewReader(j.sealECB(key, []byte(`{"serialNumber":"ZJ10001"}`))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("ACCESS-TOKEN", token.Value)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := j.openECB(key, string(text)); !bytes.Contains(got, []byte(`"success":true`)) {
		t.Errorf("the simulator answered %q to what openssl sealed", got)
	}
}

func TestOutsideOpensWhatBothSidesOfWeixiaoSeal(t *testing.T) {
	j := newJudge(t)
	var pushed struct {
		RawData string `json:"raw_data"`
	}
	server, front := outsideServer(t, func(_ *http.Request, body []byte) {
		if err := json.Unmarshal(body, &pushed); err != nil {
			t.Error(err)
		}
	})
	key, secret := credential(t, server, "weixiao", "appKey"), credential(t, server, "weixiao", "appSecret")
	c, err := weixiao.New(weixiao.Config{BaseURL: front, AppKey: key, AppSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	payload := `{"card_number":"A001","name":"测试"}`
	if err := c.ReceivePush(t.Context(), weixiao.Push{SchoolCode: "1", Event: weixiao.AddUser, Payload: json.RawMessage(payload)}); err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(pushed.RawData)
	if err != nil {
		t.Fatalf("raw_data is not hexadecimal: %v", err)
	}
	if got := strings.TrimRight(string(j.run(raw, j.cbcArgs(key, secret, "-d")...)), "\x00"); got != payload {
		t.Errorf("the client's raw_data opens to %q", got)
	}
	filled := payload + strings.Repeat("\x00", (16-len(payload)%16)%16)
	body := `{"app_key":"` + key + `","school_code":"1","event":"addUser","raw_data":"` + hex.EncodeToString(j.run([]byte(filled), j.cbcArgs(key, secret)...)) + `"}`
	reply, err := http.Post(front+"/wx/wxc/receive", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	if got, _ := io.ReadAll(reply.Body); string(got) != `{"code":0,"message":"success"}` {
		t.Errorf("the simulator answered %s to what openssl sealed", got)
	}
}

func TestOutsideSignsAsBothSidesOfTheGateway(t *testing.T) {
	j := newJudge(t)
	var form url.Values
	server, front := outsideServer(t, func(_ *http.Request, body []byte) {
		form, _ = url.ParseQuery(string(body))
	})
	key, secret := credential(t, server, "alihealth", "appKey"), credential(t, server, "alihealth", "appSecret")
	for _, method := range []alihealth.SignMethod{alihealth.MD5, alihealth.HMACMD5, alihealth.HMACSHA256} {
		c, err := alihealth.New(alihealth.Config{BaseURL: front, AppKey: key, AppSecret: secret, SignMethod: method, HTTP: adapters.Config{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.QueryAppointments(t.Context(), alihealth.Query{Day: alihealth.Day{Year: 2026, Month: time.March, Day: 2}, OutPovID: "接种点 1"}); err != nil {
			t.Fatal(err)
		}
		pairs := map[string]string{}
		for name, v := range form {
			pairs[name] = v[0]
		}
		if got := j.topSign(secret, string(method), pairs); got != pairs["sign"] {
			t.Errorf("%s: the client signed %s, openssl %s", method, pairs["sign"], got)
		}
		// And the simulator takes what openssl signed.
		values := url.Values{}
		for name, v := range pairs {
			values.Set(name, v)
		}
		values.Set("simplify", "true")
		pairs["simplify"] = "true"
		values.Set("sign", j.topSign(secret, string(method), pairs))
		reply, err := http.PostForm(front+"/router/rest", values)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(reply.Body)
		_ = reply.Body.Close()
		if err != nil || !bytes.Contains(got, []byte(`"success":true`)) {
			t.Errorf("%s: the simulator answered %.200s to what openssl signed", method, got)
		}
	}
}
