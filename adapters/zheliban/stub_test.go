package zheliban

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"understudy/adapters"
)

const (
	testAPIKey = "TESTapikey0000000000000000000001"
	testSecret = "TESTsecret0000000000000000000002"
	testAESKey = "TEST-key-16bytes"
)

// platform is the vendor as a RoundTripper: it opens requests and seals what answer gives.
type platform struct {
	t      *testing.T
	sealer sealer
	answer func(path, token, body string) (status int, plain string)
	raw    func(path string) (status int, body string, ok bool) // sent as it is, before answer is asked

	mu    sync.Mutex
	calls []received
}

type received struct{ path, token, plain, body, contentType string }

func (p *platform) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(orEmpty(r.Body))
	got := received{path: strings.TrimPrefix(r.URL.Path, "/api/reservation/sync/"), token: r.Header.Get("ACCESS-TOKEN"), body: string(body),
		contentType: r.Header.Get("Content-Type")}
	sealed := got.body
	if strings.HasPrefix(got.contentType, "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(sealed)
		sealed = form.Get("param")
	}
	plain, err := p.sealer.open(strings.Trim(sealed, `"`))
	if err != nil {
		p.t.Errorf("%s: the request cannot be opened: %q", got.path, body)
	}
	got.plain = string(plain)
	p.mu.Lock()
	p.calls = append(p.calls, got)
	p.mu.Unlock()
	if p.raw != nil {
		if status, text, ok := p.raw(got.path); ok {
			return response(status, text), nil
		}
	}
	status, text := p.answer(got.path, got.token, got.plain)
	return response(status, p.sealer.seal([]byte(text))), nil
}

func (p *platform) paths() string {
	var paths []string
	for _, c := range p.calls {
		paths = append(paths, c.path)
	}
	return strings.Join(paths, " ")
}

func orEmpty(body io.Reader) io.Reader {
	if body == nil {
		return strings.NewReader("")
	}
	return body
}

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func ok(result string) string {
	return `{"code":200,"message":"操作成功","result":` + result + `,"success":true,"timestamp":1618372308835}`
}

const refused = `{"code":500,"message":"数据有误，请联系平台"}`

func tokenResult(n int) string { return fmt.Sprintf(`{"expire":86400000,"token":"token-%d"}`, n) }

// newClient makes a client on a platform whose token call always works unless raw says otherwise.
func newClient(t *testing.T, p *platform, change ...func(*Config)) *Client {
	t.Helper()
	p.t = t
	key, err := newSealer(testAESKey)
	if err != nil {
		t.Fatal(err)
	}
	p.sealer = key
	if answer := p.answer; answer == nil {
		p.answer = func(string, string, string) (int, string) { return 200, ok("null") }
	}
	tokens, answer := 0, p.answer
	p.answer = func(path, token, body string) (int, string) {
		if path == "token" {
			tokens++
			return 200, ok(tokenResult(tokens))
		}
		return answer(path, token, body)
	}
	config := Config{BaseURL: "https://platform.example/api", APIKey: testAPIKey, Secret: testSecret, AESKey: testAESKey,
		HTTP: adapters.Config{Transport: p}}
	for _, c := range change {
		c(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func row(requestID, serial, status, name string) string {
	text, _ := json.Marshal(map[string]any{"requestId": requestID, "serialNumber": serial, "orderStatus": json.Number(status), "name": name})
	return string(text)
}
