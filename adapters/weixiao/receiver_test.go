package weixiao

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"understudy/adapters"
	"understudy/specs"
)

const (
	jsonType   = "application/json; charset=utf-8"
	testSchool = "1000000001"
)

func newReceiver(t testing.TB, handler Handler, change ...func(*ReceiverConfig)) *Receiver {
	t.Helper()
	config := ReceiverConfig{AppKey: testKey, AppSecret: testSecret, Handler: handler}
	for _, c := range change {
		c(&config)
	}
	r, err := NewReceiver(config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pushBody(key, school, event, sealed string) string {
	text, _ := json.Marshal(map[string]string{"app_key": key, "school_code": school, "event": event, "raw_data": sealed})
	return string(text)
}

// post gives the code of the answer and checks that it is a whole one.
func post(t *testing.T, r http.Handler, request *http.Request) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, request)
	var reply struct {
		Code    *int
		Message string
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil || reply.Code == nil || reply.Message == "" || recorder.Code != 200 ||
		recorder.Header().Get("Content-Type") != jsonType {
		t.Fatalf("answered %d %v %s", recorder.Code, recorder.Header(), recorder.Body)
	}
	return *reply.Code, recorder.Body.String()
}

func postBody(t *testing.T, r http.Handler, contentType, body string) int {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/any/path", strings.NewReader(body))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	code, _ := post(t, r, request)
	return code
}

func TestReceiverConfigIsChecked(t *testing.T) {
	t.Parallel()
	handler := func(context.Context, Event) error { return nil }
	for _, r := range []struct {
		names  string
		config ReceiverConfig
	}{
		{"AppKey", ReceiverConfig{AppSecret: testSecret, Handler: handler}},
		{"AppSecret", ReceiverConfig{AppKey: testKey, AppSecret: "HIDDEN", Handler: handler}},
		{"Handler", ReceiverConfig{AppKey: testKey, AppSecret: testSecret}},
		{"MaxBody", ReceiverConfig{AppKey: testKey, AppSecret: testSecret, Handler: handler, MaxBody: -1}},
	} {
		if _, err := NewReceiver(r.config); !errors.Is(err, adapters.ErrInvalid) || !strings.Contains(err.Error(), r.names) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("want a refusal that names %s, got %v", r.names, err)
		}
	}
	r := newReceiver(t, handler)
	if text := fmt.Sprintf("%v %+v %#v %v %#v", r, r, r, r.config, r.config); strings.Contains(text, testSecret) || strings.Contains(text, testKey) {
		t.Errorf("a secret is printed: %s", text)
	}
}

func TestReceiverTakesPushes(t *testing.T) {
	t.Parallel()
	s := testSealer(t)
	const payload = `{"id":1,"name":"甲","new":true}`
	again := s.seal([]byte(payload+strings.Repeat("\x00", 32)), Hex)
	for name, r := range map[string]struct {
		contentType, body, event, school string
	}{
		"as the platform sends it": {jsonType, pushBody(testKey, testSchool, "addOrg", s.seal([]byte(payload), Hex)), "addOrg", testSchool},
		"always padded":            {"application/json", pushBody(testKey, testSchool, "addOrg", again), "addOrg", testSchool},
		"unknown event":            {"Application/JSON;Charset=UTF-8", pushBody(testKey, testSchool, "renameTag", s.seal([]byte(payload), Hex)), "renameTag", testSchool},
		"school as a number": {jsonType, `{"app_key":"` + testKey + `","school_code":1000000001,"event":"addOrg","more":[],"raw_data":"` +
			strings.ToUpper(s.seal([]byte(payload), Hex)) + `"}`, "addOrg", testSchool},
	} {
		var got []Event
		receiver := newReceiver(t, func(_ context.Context, e Event) error { got = append(got, e); return nil },
			func(c *ReceiverConfig) { c.SchoolCode = testSchool })
		if code := postBody(t, receiver, r.contentType, r.body); code != 0 || len(got) != 1 {
			t.Errorf("%s: code %d, %d events", name, code, len(got))
			continue
		}
		e := got[0]
		if string(e.Type) != r.event || e.SchoolCode != r.school || string(e.Payload) != payload ||
			e.Key != testSchool+"/"+r.event+"/cff5104cf2268cb229961e052b6e66aee1d6a4beedaa42db15c70cab5491fbb1" {
			t.Errorf("%s: %v %s", name, e, e.Payload)
		}
	}
}

func TestReceiverRefuses(t *testing.T) {
	t.Parallel()
	s := testSealer(t)
	sealed := s.seal([]byte(`{"id":1}`), Hex)
	good := pushBody(testKey, testSchool, "addOrg", sealed)
	other, err := newSealer(testKey, "FFEEDDCCBBAA99887766554433221100")
	if err != nil {
		t.Fatal(err)
	}
	called := 0
	var log bytes.Buffer
	receiver := newReceiver(t, func(context.Context, Event) error { called++; return nil }, func(c *ReceiverConfig) {
		c.SchoolCode, c.MaxBody, c.Logger = testSchool, 1000, slog.New(slog.NewTextHandler(&log, nil))
	})
	for name, r := range map[string]struct {
		contentType, body string
		code              int
	}{
		"empty":                      {jsonType, "", 11002},
		"empty, no type":             {"", " \n", 11002},
		"form":                       {"application/x-www-form-urlencoded", good, 11001},
		"no type":                    {"", good, 11001},
		"text":                       {"text/plain", good, 11001},
		"GBK":                        {"application/json; charset=GBK", good, 11001},
		"broken type":                {"application/json; charset", good, 11001},
		"too large":                  {jsonType, good + strings.Repeat(" ", 1000), 11001},
		"not JSON":                   {jsonType, `{"app_key"`, 11001},
		"not an object":              {jsonType, `[` + good + `]`, 11001},
		"trailing":                   {jsonType, good + `{}`, 11001},
		"duplicate":                  {jsonType, strings.Replace(good, `{`, `{"event":"addUser",`, 1), 11001},
		"field is an object":         {jsonType, `{"app_key":{}}`, 11001},
		"field missing":              {jsonType, `{"app_key":"` + testKey + `","school_code":"` + testSchool + `","event":"addOrg"}`, 11003},
		"field null":                 {jsonType, strings.Replace(good, `"addOrg"`, `null`, 1), 11003},
		"raw_data empty":             {jsonType, pushBody(testKey, testSchool, "addOrg", ""), 11003},
		"event empty":                {jsonType, pushBody(testKey, testSchool, "", sealed), 11003},
		"another key":                {jsonType, pushBody("FEDCBA9876543210", testSchool, "addOrg", sealed), 11003},
		"the start of the key":       {jsonType, pushBody(testKey[:15], testSchool, "addOrg", sealed), 11003},
		"another school":             {jsonType, pushBody(testKey, "1000000002", "addOrg", sealed), 11003},
		"not hex":                    {jsonType, pushBody(testKey, testSchool, "addOrg", "!!"), 11001},
		"not a block":                {jsonType, pushBody(testKey, testSchool, "addOrg", sealed[2:]), 11001},
		"another secret":             {jsonType, pushBody(testKey, testSchool, "addOrg", other.seal([]byte(`{"id":1}`), Hex)), 11001},
		"opens to text":              {jsonType, pushBody(testKey, testSchool, "addOrg", s.seal([]byte(`"x"`), Hex)), 11001},
		"opens to a number":          {jsonType, pushBody(testKey, testSchool, "addOrg", s.seal([]byte(`5`), Hex)), 11001},
		"opens to nothing":           {jsonType, pushBody(testKey, testSchool, "addOrg", s.seal(make([]byte, 16), Hex)), 11001},
		"opens to duplicate members": {jsonType, pushBody(testKey, testSchool, "addOrg", s.seal([]byte(`{"id":1,"id":2}`), Hex)), 11001},
	} {
		log.Reset()
		if code := postBody(t, receiver, r.contentType, r.body); code != r.code {
			t.Errorf("%s: code %d, want %d", name, code, r.code)
		}
		if text := log.String(); !strings.Contains(text, fmt.Sprint("code=", r.code)) || strings.Contains(text, testKey) || strings.Contains(text, sealed) ||
			strings.Contains(text, testSchool) {
			t.Errorf("%s: logged %s", name, text)
		}
	}
	for _, method := range []string{"GET", "PUT", "DELETE", "HEAD", "OPTIONS"} {
		request := httptest.NewRequest(method, "/", strings.NewReader(good))
		request.Header.Set("Content-Type", jsonType)
		if code, _ := post(t, receiver, request); code != 10001 {
			t.Errorf("%s: code %d", method, code)
		}
	}
	request := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("broken")))
	request.Header.Set("Content-Type", jsonType)
	if code, _ := post(t, receiver, request); code != 11001 {
		t.Errorf("a broken body: code %d", code)
	}
	if called != 0 {
		t.Errorf("the handler was called %d times", called)
	}
	if code := postBody(t, receiver, jsonType, good); code != 0 || called != 1 {
		t.Errorf("the good push is refused with %d, %d calls", code, called)
	}
}

func TestReceiverTellsOfTheHandler(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]struct {
		handler Handler
		code    int
	}{
		"nil":        {func(context.Context, Event) error { return nil }, 0},
		"error":      {func(context.Context, Event) error { return errors.New("HIDDEN") }, 11006},
		"panic":      {func(context.Context, Event) error { panic("HIDDEN") }, 10000},
		"panic(nil)": {func(context.Context, Event) error { panic(nil) }, 10000},
		"abort":      {func(context.Context, Event) error { panic(http.ErrAbortHandler) }, 10000},
	} {
		var log bytes.Buffer
		receiver := newReceiver(t, r.handler, func(c *ReceiverConfig) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(pushBody(testKey, testSchool, "addUser", testSealer(t).seal([]byte(`{"name":"HIDDEN"}`), Hex))))
		request.Header.Set("Content-Type", jsonType)
		code, body := post(t, receiver, request)
		if code != r.code || strings.Contains(body+log.String(), "HIDDEN") {
			t.Errorf("%s: answered %s, logged %s", name, body, log.String())
		}
		if (code == 0) != (log.Len() == 0) {
			t.Errorf("%s: logged %s", name, log.String())
		}
	}
}

func TestClientAndReceiverTogether(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen, fails := map[string]int{}, atomic.Int64{}
	server := httptest.NewServer(newReceiver(t, func(_ context.Context, e Event) error {
		mu.Lock()
		defer mu.Unlock()
		if seen[e.Key]++; seen[e.Key] == 1 {
			return errors.New("not yet")
		}
		return nil
	}))
	defer server.Close()
	c := newClient(t, nil, func(c *Config) { c.BaseURL, c.HTTP.Transport = server.URL, nil })
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			p := Push{SchoolCode: testSchool, Event: UpdateUser, Payload: fmt.Appendf(nil, `{"card_number":"T%d","name":"测试"}`, i)}
			for range 2 {
				err := c.ReceivePush(t.Context(), p)
				var e *adapters.Error
				if errors.As(err, &e) && e.Code == "11006" && e.Retryable {
					fails.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(seen) != 8 || fails.Load() != 8 {
		t.Errorf("%d keys, %d failures: %v", len(seen), fails.Load(), seen)
	}
}

func FuzzReceiver(f *testing.F) {
	s := testSealer(f)
	good := pushBody(testKey, testSchool, "addOrg", s.seal([]byte(`{"id":1}`), Hex))
	for _, seed := range []string{good, "", "{}", good[:50], strings.Replace(good, "addOrg", "", 1), `{"app_key":1}`} {
		f.Add([]byte(seed), []byte(`{"card_number":"T1"}`))
	}
	f.Add([]byte("{}"), []byte(`{"id":1,"id":2}`))
	f.Fuzz(func(t *testing.T, body, plain []byte) {
		for _, text := range []string{string(body), pushBody(testKey, testSchool, "deleteUser", s.seal(plain, Hex))} {
			called := false
			receiver := newReceiver(t, func(_ context.Context, e Event) error {
				called = true
				if !isChange(e.Payload) || e.Type == "" || e.SchoolCode == "" {
					t.Errorf("the handler got %v %q", e, e.Payload)
				}
				for _, kind := range []EventType{AddUser, AddOrg, AddUsableRange} {
					e.Type = kind
					_, _ = e.User()
					_, _ = e.Organization()
					_, _ = e.UsableRange()
				}
				return nil
			})
			if code := postBody(t, receiver, jsonType, text); (code == 0) != called {
				t.Errorf("code %d, handler called %v", code, called)
			}
		}
	})
}

// The answers say what the contract's catalogue says.
func TestAnswersAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]string{}
	for _, row := range contract.Errors {
		messages[row.Code] = row.Message
	}
	sealed := testSealer(t).seal([]byte(`{"id":1}`), Hex)
	good := pushBody(testKey, testSchool, "addOrg", sealed)
	for _, r := range []struct{ code, method, body string }{
		{"10000", "POST", pushBody(testKey, testSchool, "panic", sealed)},
		{"10001", "GET", good},
		{"11001", "POST", "{"},
		{"11002", "POST", ""},
		{"11003", "POST", "{}"},
		{"11006", "POST", good},
	} {
		receiver := newReceiver(t, func(_ context.Context, e Event) error {
			if e.Type == "panic" {
				panic("made up")
			}
			return errors.New("made up")
		})
		request := httptest.NewRequest(r.method, "/", strings.NewReader(r.body))
		request.Header.Set("Content-Type", jsonType)
		if _, body := post(t, receiver, request); messages[r.code] == "" || body != fmt.Sprintf(`{"code":%s,"message":%q}`, r.code, messages[r.code]) {
			t.Errorf("%s: answered %s, the catalogue says %q", r.code, body, messages[r.code])
		}
	}
}
