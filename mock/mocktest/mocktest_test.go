package mocktest_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
	"understudy/specs"
)

const tasksPath = "/open-api/V2/ws/agentManager/hospitalTaskList"

// tasks asks mytijian for its tasks.
func tasks(client *http.Client, m *mocktest.Mock) (status int, body string, header http.Header, err error) {
	v := m.Mytijian()
	r, err := client.Post(v.BaseURL+tasksPath+"?accessToken="+v.AccessToken, "application/json", nil)
	if err != nil {
		return 0, "", nil, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	return r.StatusCode, string(text), r.Header, err
}

// listed asks for the tasks and wants them.
func listed(t testing.TB, client *http.Client, m *mocktest.Mock) string {
	t.Helper()
	status, body, _, err := tasks(client, m)
	if err != nil || status != http.StatusOK || !strings.Contains(body, `"success":"T"`) {
		t.Fatalf("%d %s %v", status, body, err)
	}
	return body
}

func TestStartServesEveryVendor(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	if !strings.HasPrefix(m.URL(), "http://127.0.0.1:") && !strings.HasPrefix(m.URL(), "http://[::1]:") {
		t.Errorf("the address is %s", m.URL())
	}
	overSocket := listed(t, http.DefaultClient, m)
	if direct := listed(t, m.Client(), m); direct != overSocket {
		t.Errorf("without a socket it answers %s, with one %s", direct, overSocket)
	}
	if list, _ := m.World().Exchanges(); len(list) != 2 {
		t.Errorf("the journal has %d exchanges", len(list))
	}
	v := m.Eazytec()
	r, err := http.NewRequest(http.MethodPost, v.BaseURL+"/AGCS_zqc/v3_1/msgcenter/send", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+v.Token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := m.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if reply.StatusCode != http.StatusBadRequest {
		t.Errorf("an accepted token with an empty message is answered %d", reply.StatusCode)
	}
}

// TestEveryVendorHasItsTypedForm compares each vendor's struct with the slots that its contract names: every field is
// filled, every value is the one in force, and none is missing.
func TestEveryVendorHasItsTypedForm(t *testing.T) {
	t.Parallel()
	root := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	own := root.SessionWith(t, mock.SessionConfig{OwnCredentials: true})
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there is no vendor")
	}
	for _, m := range []*mocktest.Mock{root, own} {
		for _, vendor := range vendors {
			method := reflect.ValueOf(m).MethodByName(strings.ToUpper(vendor[:1]) + vendor[1:])
			if !method.IsValid() {
				t.Errorf("%s has no method", vendor)
				continue
			}
			form := method.Call(nil)[0]
			values := map[string]bool{}
			for i := range form.NumField() {
				text := form.Field(i).String()
				if text == "" {
					t.Errorf("%s.%s is empty", vendor, form.Type().Field(i).Name)
				}
				values[text] = true
			}
			if !values[m.URL()] {
				t.Errorf("%s has not the address %s", vendor, m.URL())
			}
			for slot, c := range m.World().Credentials(vendor) {
				if c.Text != "" && !values[c.Text] || len(c.Tokens) > 0 && !values[c.Tokens[0].Value] {
					t.Errorf("%s.%s is in none of %v", vendor, slot, form.Type())
				}
			}
		}
	}
	if root.Zheliban() == own.Zheliban() || root.Zheliban().AESKey == own.Zheliban().AESKey {
		t.Error("the session's credentials are not its own")
	}
}

func TestParallelTestsShareOneSimulator(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	for _, name := range []string{"broken", "whole", "late"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := m.Session(t)
			if !strings.HasSuffix(own.URL(), "/~TestParallelTestsShareOneSimulator."+name) {
				t.Errorf("the address is %s", own.URL())
			}
			switch name {
			case "broken":
				if _, err := own.World().AddFault(mock.Fault{Status: 503}); err != nil {
					t.Fatal(err)
				}
			case "late":
				own.World().Freeze(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
			}
			for _, client := range []*http.Client{http.DefaultClient, own.Client()} {
				status, _, _, err := tasks(client, own)
				if err != nil || (status == 503) != (name == "broken") {
					t.Errorf("%d %v", status, err)
				}
			}
			if list, _ := own.World().Exchanges(); len(list) != 2 {
				t.Errorf("the world has %d exchanges", len(list))
			}
			if year := own.World().Now().Year(); (year == 2030) != (name == "late") {
				t.Errorf("the year is %d", year)
			}
		})
	}
}

func TestTheSameNameGivesTheSameData(t *testing.T) {
	t.Parallel()
	frozen := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	play := func(test string) (body string) {
		record(test, func(tb *recorder) {
			m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true}).Session(tb)
			m.World().Freeze(frozen)
			body = listed(t, m.Client(), m)
		})
		return body
	}
	if play("TestA") != play("TestA") {
		t.Error("the same test meets other data")
	}
	if play("TestA") == play("TestB") {
		t.Error("two tests meet the same data")
	}
}

func TestATransportEntersItsWorldWhateverTheURL(t *testing.T) {
	t.Parallel()
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	own := m.Session(t)
	r, err := own.Client().Post("https://vendor.example"+tasksPath+"?accessToken="+own.Mytijian().AccessToken, "", nil)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", r, err)
	}
	if list, _ := own.World().Exchanges(); len(list) != 1 {
		t.Errorf("the world has %d exchanges", len(list))
	}
	if list, _ := m.World().Exchanges(); len(list) != 0 {
		t.Errorf("the common world has %d exchanges", len(list))
	}
	if !strings.HasPrefix(own.URL(), "https://understudy.invalid/~") {
		t.Errorf("the address is %s", own.URL())
	}
}

func TestAMistakeInTheSettingsEndsTheTest(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		test func(tb *recorder)
		want string
	}{
		"start": {func(tb *recorder) {
			mocktest.StartWith(tb, mocktest.Config{Mock: mock.Config{SignatureWindow: "wide"}})
		}, "signature window"},
		"session": {func(tb *recorder) { mocktest.Start(tb).SessionWith(tb, mock.SessionConfig{Name: "a b"}) }, "session name"},
		"fault": {func(tb *recorder) {
			mocktest.Start(tb).SessionWith(tb, mock.SessionConfig{Faults: []mock.Fault{{Break: "bend"}}})
		}, `"bend"`},
		"taken": {func(tb *recorder) {
			m := mocktest.Start(tb)
			m.SessionWith(tb, mock.SessionConfig{Name: "one"})
			m.SessionWith(tb, mock.SessionConfig{Name: "one"})
		}, "session of this name"},
		"vendor": {func(tb *recorder) {
			c, err := specs.Load("eazytec")
			if err != nil {
				t.Error(err)
			}
			mocktest.StartWith(tb, mocktest.Config{Mock: mock.Config{Contracts: []*specs.Contract{c}}}).Zheliban()
		}, "zheliban is not played here"},
	}
	for name, c := range cases {
		if r := record("TestMistaken", c.test); !strings.Contains(r.fatal, c.want) || !strings.HasPrefix(r.fatal, "mocktest: ") {
			t.Errorf("%s: the test ends with %q", name, r.fatal)
		}
	}
}

// TestAFaultIsTheSameWithoutASocket strikes calls over a connection and without one.
func TestAFaultIsTheSameWithoutASocket(t *testing.T) {
	t.Parallel()
	faults := map[string]mock.Fault{
		"cut":      {Break: "cut"},
		"truncate": {Break: "truncate"},
		"page":     {Break: "page"},
		"status":   {Status: http.StatusServiceUnavailable},
		"error":    {Vendor: "mytijian", Error: "system-error"},
		"token":    {Break: "stale-token"},
		"delay":    {Delay: &mock.Delay{Fixed: time.Millisecond}},
	}
	want := map[string]struct {
		err    error
		status int
		body   string
	}{
		"cut":      {err: io.EOF},
		"truncate": {err: io.ErrUnexpectedEOF, status: http.StatusOK, body: `{"success":"T"`},
		"page":     {status: http.StatusBadGateway, body: "502 Bad Gateway"},
		"status":   {status: http.StatusServiceUnavailable},
		"error":    {status: http.StatusOK, body: `"100000"`},
		"token":    {status: http.StatusOK, body: `"101101"`},
		"delay":    {status: http.StatusOK, body: `"success":"T"`},
	}
	m := mocktest.Start(t)
	for name, fault := range faults {
		own := m.SessionWith(t, mock.SessionConfig{Name: name, Faults: []mock.Fault{fault}})
		for which, client := range map[string]*http.Client{"socket": http.DefaultClient, "direct": own.Client()} {
			status, body, header, err := tasks(client, own)
			w := want[name]
			if !errors.Is(err, w.err) || status != w.status || !strings.Contains(body, w.body) || w.body == "" && body != "" {
				t.Errorf("%s, %s: %d %s %v", name, which, status, body, err)
			}
			if status != 0 && header.Get("Understudy-Fault") != "f1" {
				t.Errorf("%s, %s: struck by %q", name, which, header.Get("Understudy-Fault"))
			}
		}
	}
}

// TestInABubble: a delay is waited for on the bubble's time, a caller that waits less long gets its own error, and the

// bubble would not end if anything were left behind.

// TestNothingIsLeftBehind runs alone: it looks at every goroutine of the process.

// goroutines are all there are, by their headline's id.

// BenchmarkStart is each further start and its end: the first one compiles the contracts for all.
