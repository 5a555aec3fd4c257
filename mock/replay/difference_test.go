package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/drive"
	"understudy/mock/replay"
	"understudy/scenarios"
)

// changed is a copy of a recording in which the reply of a step, counted from 1, has another body.
func changed(tb testing.TB, r *scenarios.Recording, step int, change func(*scenarios.Exchange)) *scenarios.Recording {
	tb.Helper()
	out := *r
	out.Exchanges = slices.Clone(r.Exchanges)
	one := *r.Exchanges[step-1]
	one.Response.Body = bytes.Clone(one.Response.Body)
	change(&one)
	out.Exchanges[step-1] = &one
	return &out
}

// replaced changes a text in the reply's body; one that is not there fails the test.
func replaced(tb testing.TB, old, new string) func(*scenarios.Exchange) {
	return func(x *scenarios.Exchange) {
		tb.Helper()
		if !bytes.Contains(x.Response.Body, []byte(old)) {
			tb.Errorf("%q is not in %s", old, x.Response.Body)
		}
		x.Response.Body = bytes.Replace(x.Response.Body, []byte(old), []byte(new), 1)
	}
}

// edited changes the reply's JSON value.
func edited(tb testing.TB, edit func(map[string]any)) func(*scenarios.Exchange) {
	return func(x *scenarios.Exchange) {
		tb.Helper()
		var v map[string]any
		d := json.NewDecoder(bytes.NewReader(x.Response.Body))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			tb.Fatal(err)
		}
		edit(v)
		x.Response.Body, _ = json.Marshal(v)
	}
}

// without are the differences that are told of replies: not those of a recording that is out of date.
func without(list []string, word string) []string {
	return slices.DeleteFunc(list, func(one string) bool { return strings.Contains(one, word) })
}

// TestPlantedDifferences changes one thing in a recording: it is the one difference, at its place.
func TestPlantedDifferences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, vendor string
		step         int
		change       func(testing.TB) func(*scenarios.Exchange)
		want         string // parts of the one difference, separated by |
	}{
		{"a number", "weixiao", 5, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["data"].([]any)[0].(map[string]any)["statu"] = json.Number("7") })
		}, "step 5|/data/0/statu|recorded 7, got 1"},
		{"a text", "weixiao", 5, func(tb testing.TB) func(*scenarios.Exchange) { return replaced(tb, "测试 one", "测试 two") }, `/data/0/project|recorded "测试 two", got "测试 one"`},
		{"a member more in the recording", "mytijian", 1, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["extra"] = "x" })
		}, "step 1|/extra|got nothing"},
		{"a member less in the recording", "mytijian", 1, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { delete(v, "msg") })
		}, "step 1|/msg|recorded nothing"},
		{"a list", "mytijian", 2, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["data"] = []any{} })
		}, "step 2|/data|recorded a list of 0 items"},
		{"a type", "mytijian", 1, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["msg"] = json.Number("1") })
		}, "step 1|/msg|another type"},
		{"a status", "mytijian", 1, func(testing.TB) func(*scenarios.Exchange) {
			return func(x *scenarios.Exchange) { x.Response.Status = 201 }
		}, "step 1|recorded |got "},
		{"a vendor's error", "weixiao", 7, func(testing.TB) func(*scenarios.Exchange) {
			return func(x *scenarios.Exchange) {
				x.Response.Body, x.Response.Outcome = []byte(`{"success":false,"message":"应用程序不存在","code":10003,"data":null}`), scenarios.OutcomeVendorError
			}
		}, "step 7|outcome: recorded |got a success"},
		{"a seal", "zheliban", 3, func(testing.TB) func(*scenarios.Exchange) {
			return func(x *scenarios.Exchange) { x.Response.Wire.Seal = scenarios.SealPlain }
		}, "step 3|recorded a plain text, got a sealed text"},
		{"a person", "zheliban", 3, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["result"].([]any)[0].(map[string]any)["name"] = "甲乙丙丁" })
		}, "step 3|/result/0/name|a text of 4 characters"},
		{"a day", "zheliban", 3, func(tb testing.TB) func(*scenarios.Exchange) {
			return edited(tb, func(v map[string]any) { v["result"].([]any)[0].(map[string]any)["checkDate"] = "1999-01-01" })
		}, "step 3|/result/0/checkDate|1999"},
		{"a media type", "alihealth", 1, func(testing.TB) func(*scenarios.Exchange) {
			return func(x *scenarios.Exchange) { x.Response.MediaType = "text/html" }
		}, "step 1|Content-Type|text/html"},
	}
	recordings := map[string]*scenarios.Recording{}
	for vendor, story := range stories() {
		recordings[vendor] = record(t, newWorld(t, mock.Config{}), load(t, vendor), story)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := changed(t, recordings[tt.vendor], tt.step, tt.change(t))
			found := without(differences(driven(t, newWorld(t, mock.Config{}), load(t, tt.vendor), r, nil)), "up to date")
			if len(found) != 1 {
				t.Fatalf("%d differences, want one:\n%s\nin %s", len(found), strings.Join(found, "\n"), r.Exchanges[tt.step-1].Response.Body)
			}
			for _, part := range strings.Split(tt.want, "|") {
				if !strings.Contains(found[0], part) {
					t.Errorf("%s\ndoes not say %q", found[0], part)
				}
			}
		})
	}
}

// TestIDsFlow drives at a server that gives other ids: they go on into later requests.
func TestIDsFlow(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	r := record(t, newWorld(t, mock.Config{}), c, stories()["weixiao"])
	w := newWorld(t, mock.Config{})
	client := w.client(c)
	for range 3 {
		x, err := client.Call(t.Context(), "addPushProject", map[string]any{"url": "http://127.0.0.1:9/other", "project": "other"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Call(t.Context(), "deletePushProject", map[string]any{"id": dig(x.Reply.Value, "/data/id")}); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range differences(driven(t, w, c, r, nil)) {
		t.Error(d)
	}
	// A server that answers with one id and lists another one is found out.
	r = changed(t, r, 5, edited(t, func(v map[string]any) { v["data"].([]any)[0].(map[string]any)["id"] = json.Number("99") }))
	found := without(differences(driven(t, newWorld(t, mock.Config{}), c, r, nil)), "up to date")
	if len(found) != 1 || !strings.Contains(found[0], "/data/0/id") {
		t.Errorf("another id in the list: %v", found)
	}
}

// TestUnsafe sends what changes nothing alone, unless it is allowed; what needs an id of the rest is not sent either.
func TestUnsafe(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	r := record(t, newWorld(t, mock.Config{}), c, stories()["weixiao"])
	w := newWorld(t, mock.Config{})
	out := driven(t, w, c, r, func(config *replay.Config) { config.Unsafe = false })
	list, _, _ := w.server.Recorded("", "")
	for _, x := range list {
		if x.Operation != "listPushProjects" {
			t.Errorf("%s was called", x.Operation)
		}
	}
	text := strings.Join(leftOut(out), "\n")
	for _, want := range []string{"addPushProject: step 2: it may change something at the server", "updatePushProject: step 3: it may change", "(--unsafe)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	z := load(t, "zheliban")
	r = record(t, newWorld(t, mock.Config{}), z, stories()["zheliban"])
	text = strings.Join(leftOut(driven(t, newWorld(t, mock.Config{}), z, r, func(config *replay.Config) { config.Unsafe = false })), "\n")
	if !strings.Contains(text, "acknowledgeReservations: step 4") {
		t.Errorf("left out:\n%s", text)
	}
}

// TestNotSent lists what cannot be sent again.
func TestNotSent(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	whole := record(t, newWorld(t, mock.Config{}), c, stories()["weixiao"])
	for _, tt := range []struct {
		name   string
		step   int
		change func(*scenarios.Exchange)
		want   string
	}{
		{"broken", 1, func(x *scenarios.Exchange) {
			x.Response = scenarios.Response{Broken: scenarios.BrokenReset, Outcome: scenarios.OutcomeBroken}
		}, "step 1: no whole answer came when it was recorded (reset)"},
		{"unexplained", 1, func(x *scenarios.Exchange) { x.Response.Outcome = scenarios.OutcomeUnexplained }, "step 1: what was answered when it was recorded lies outside the contract"},
		{"what needs an id", 2, func(x *scenarios.Exchange) {
			x.Response = scenarios.Response{Broken: scenarios.BrokenTimeout, Outcome: scenarios.OutcomeBroken}
		}, "step 2: no whole answer"},
		{"unopened", 4, func(x *scenarios.Exchange) { x.Request.Wire.Seal = scenarios.SealUnopened }, "step 4: the recording could not open what was sealed"},
	} {
		out := driven(t, newWorld(t, mock.Config{}), c, changed(t, whole, tt.step, tt.change), nil)
		if text := strings.Join(leftOut(out), "\n"); !strings.Contains(text, tt.want) {
			t.Errorf("%s: %q is not in\n%s", tt.name, tt.want, text)
		}
	}
	stray := changed(t, whole, 1, func(x *scenarios.Exchange) { x.Operation = ""; x.Request.Path = "/elsewhere" })
	out := driven(t, newWorld(t, mock.Config{}), c, stray, nil)
	if len(out.Strays) != 1 || out.Strays[0].Failed || out.Strays[0].Path != "/elsewhere" {
		t.Errorf("strays: %+v", out.Strays)
	}
	gone := changed(t, whole, 1, func(x *scenarios.Exchange) { x.Operation = "listEverything" })
	found := differences(driven(t, newWorld(t, mock.Config{}), c, gone, nil))
	if len(found) != 1 || !strings.Contains(found[0], "listEverything") {
		t.Errorf("an operation that is gone: %v", found)
	}
}

// TestRefusedAgain drives what the vendor refused: it is refused again.
func TestRefusedAgain(t *testing.T) {
	t.Parallel()
	for _, vendor := range []string{"zheliban", "mytijian", "eazytec", "alihealth", "weixiao"} {
		c := load(t, vendor)
		w := newWorld(t, mock.Config{})
		credentials, _ := w.server.Credentials(vendor)
		client := w.client(c)
		last := stories()[vendor][len(stories()[vendor])-1]
		if vendor == "weixiao" {
			last = stories()[vendor][3] // the others take no credential
		}
		values := map[string]any{}
		for _, f := range last.fields {
			name, text, _ := strings.Cut(f, "=")
			if err := client.Set(last.operation, values, name, drive.Text(text)); err != nil {
				t.Fatal(err)
			}
		}
		r, err := client.Prepare(t.Context(), last.operation, values)
		if err != nil {
			t.Fatal(err)
		}
		spoil(t, r, credentials)
		w.server.ClearJournals()
		if x, err := client.Send(t.Context(), r); err != nil || x.Error == nil {
			t.Fatalf("%s: %v, %v", vendor, x, err)
		}
		for _, d := range differences(driven(t, newWorld(t, mock.Config{}), c, w.recording(c), nil)) {
			t.Errorf("%s: %s", vendor, d)
		}
	}
}

// spoil takes the credential or the signature out of a request.
func spoil(tb testing.TB, r *drive.Request, credentials mock.Credentials) {
	tb.Helper()
	if s := r.Operation.Security; s != nil && s.In == "header" && r.Header.Get(s.Key) != "" {
		r.Header.Del(s.Key)
		return
	}
	before := string(r.Body) + r.URL
	for _, one := range credentials {
		for _, t := range one.Tokens {
			r.URL = strings.ReplaceAll(r.URL, t.Value, strings.Repeat("Z", len(t.Value)))
		}
		if one.Text != "" {
			r.Body = bytes.ReplaceAll(r.Body, []byte(one.Text), []byte(strings.Repeat("Z", len(one.Text))))
			r.URL = strings.ReplaceAll(r.URL, one.Text, strings.Repeat("Z", len(one.Text)))
		}
	}
	if i := strings.Index(string(r.Body), "sign="); i >= 0 {
		r.Body[i+5] ^= 1
	}
	if before == string(r.Body)+r.URL {
		tb.Fatal("nothing was spoilt")
	}
}

// TestErrors says what keeps a run from its end.
func TestErrors(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	r := record(t, newWorld(t, mock.Config{}), c, stories()["weixiao"])
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	_ = closed.Close()
	credentials, _ := newWorld(t, mock.Config{}).server.Credentials("weixiao")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var start *check.StartError
	var vendor *check.VendorError
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		config replay.Config
		is     func(error) bool
	}{
		{"nothing listens", t.Context(), replay.Config{Recording: r, Contract: c, Target: nobody}, func(err error) bool { return errors.As(err, &start) }},
		{"silence", t.Context(), replay.Config{Recording: r, Contract: c, Target: silent.URL, HTTP: &http.Client{Timeout: 50 * time.Millisecond}}, func(err error) bool { return errors.As(err, &start) }},
		{"interrupted", ended, replay.Config{Recording: r, Contract: c, Target: nobody}, func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"another vendor", t.Context(), replay.Config{Recording: &scenarios.Recording{Vendor: "shop"}, Contract: c}, func(err error) bool {
			return errors.As(err, &vendor) && strings.Contains(err.Error(), "shop") && strings.Contains(err.Error(), "weixiao")
		}},
		{"no recording", t.Context(), replay.Config{Contract: c}, func(err error) bool { return err != nil }},
		{"no contract", t.Context(), replay.Config{Recording: r}, func(err error) bool { return err != nil }},
		{"a pointer that is none", t.Context(), replay.Config{Recording: r, Contract: c, Ignore: []string{"x"}}, func(err error) bool { return err != nil }},
		{"a target that is none", t.Context(), replay.Config{Recording: r, Contract: c, Target: "x"}, func(err error) bool { return err != nil }},
	} {
		tt.config.Credentials, tt.config.Unsafe = credentials, true
		if _, err := replay.Run(tt.ctx, tt.config); !tt.is(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestIgnore leaves places out.
func TestIgnore(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	r := record(t, newWorld(t, mock.Config{}), c, stories()["weixiao"])
	r = changed(t, r, 5, edited(t, func(v map[string]any) { v["data"].([]any)[0].(map[string]any)["statu"] = json.Number("7") }))
	found := without(differences(driven(t, newWorld(t, mock.Config{}), c, r, func(config *replay.Config) { config.Ignore = []string{"/data/*/statu"} })), "up to date")
	if len(found) > 0 {
		t.Error(found)
	}
}
