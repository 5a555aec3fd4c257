package control

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock"
	"understudy/mock/internal/wire"
)

type clockIn struct {
	Now          time.Time
	Clock, Shift string
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		set := func(body string) clockIn {
			return decoded[clockIn](w, w.want(http.StatusOK, http.MethodPut, "/sessions/default/clock", body))
		}
		real := time.Now()
		if c := get[clockIn](w, "/sessions/default/clock"); !c.Now.Equal(real) || c.Clock != "running" || c.Shift != "0s" {
			t.Errorf("a new clock is %+v", c)
		}
		if c := set(`{"shift":"1h30m"}`); !c.Now.Equal(real.Add(90*time.Minute)) || c.Clock != "running" || c.Shift != "1h30m0s" {
			t.Errorf("shifted, it is %+v", c)
		}
		if c := set(`{"shift":"-10m"}`); !c.Now.Equal(real.Add(-10 * time.Minute)) {
			t.Errorf("shifted again, it is %+v: a shift is from real time", c)
		}
		if c := set(`{"frozen":"2026-03-02T09:00:00+08:00"}`); !c.Now.Equal(monday) || c.Clock != "frozen" {
			t.Errorf("frozen, it is %+v", c)
		}
		time.Sleep(time.Minute)
		if c := get[clockIn](w, "/sessions/default/clock"); !c.Now.Equal(monday) {
			t.Errorf("a minute later, it is %+v", c)
		}
		advanced := decoded[clockIn](w, w.want(http.StatusOK, http.MethodPost, "/sessions/default/clock/advance", `{"by":"36h"}`))
		if !advanced.Now.Equal(monday.Add(36*time.Hour)) || advanced.Clock != "frozen" {
			t.Errorf("advanced, it is %+v", advanced)
		}
		if c := set(`{"running":true}`); !c.Now.Equal(monday.Add(36*time.Hour)) || c.Clock != "running" {
			t.Errorf("running again, it is %+v", c)
		}
		if c := set(`{"frozen":true}`); !c.Now.Equal(monday.Add(36*time.Hour)) || c.Clock != "frozen" {
			t.Errorf("frozen where it is, it is %+v", c)
		}
		if c := set(`{"shift":"0"}`); !c.Now.Equal(time.Now()) || c.Clock != "running" {
			t.Errorf("back in real time, it is %+v", c)
		}
	})
}

func TestClockBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusOK, http.MethodPut, "/sessions/default/clock", `{"frozen":"2200-12-31T00:00:00Z"}`)
	for _, tt := range []struct{ method, target, body string }{
		{http.MethodPut, "/sessions/default/clock", `{"frozen":"2201-01-01T00:00:00Z"}`},
		{http.MethodPut, "/sessions/default/clock", `{"frozen":"1969-12-31T00:00:00Z"}`},
		{http.MethodPut, "/sessions/default/clock", `{"shift":"876001h"}`},
		{http.MethodPut, "/sessions/default/clock", `{"shift":"-876001h"}`},
		{http.MethodPut, "/sessions/default/clock", `{"shift":"-870000h"}`}, // a time before 1970
		{http.MethodPut, "/sessions/default/clock", `{"shift":"99999999999999999999h"}`},
		{http.MethodPost, "/sessions/default/clock/advance", `{"by":"876001h"}`},
		{http.MethodPost, "/sessions/default/clock/advance", `{"by":"24h"}`},
		{http.MethodPost, "/sessions/default/clock/advance", `{"by":"-1h"}`},
	} {
		w.refused(http.StatusBadRequest, "body", tt.method, tt.target, tt.body)
	}
	if c := get[clockIn](w, "/sessions/default/clock"); c.Now.Year() != 2200 || c.Now.Day() != 31 {
		t.Errorf("refused changes moved the clock to %v", c.Now)
	}
	// From either end a clock can run on, and comes back to real time.
	for _, edge := range []string{"2200-12-31T00:00:00Z", "1970-01-01T00:00:00Z"} {
		for body, want := range map[string]string{`{"running":true}`: edge[:10], `{"shift":"-1h"}`: time.Now().Add(-time.Hour).UTC().Format(time.DateOnly)} {
			w.want(http.StatusOK, http.MethodPut, "/sessions/default/clock", `{"frozen":"`+edge+`"}`)
			c := decoded[clockIn](w, w.want(http.StatusOK, http.MethodPut, "/sessions/default/clock", body))
			if got := c.Now.UTC().Format(time.DateOnly); got != want || c.Clock != "running" {
				t.Errorf("%s from %s on leads to %+v, want %s", body, edge, c, want)
			}
		}
	}
}

// pushed sends a push of weixiao's platform.
func (w *world) pushed() {
	w.t.Helper()
	cipher, err := wire.NewCipher(wire.CipherConfig{
		Algorithm: "aes-128", Mode: "cbc", Padding: "zero", Encoding: "hex", Key: []byte("0123456789ABCDEF"), IV: []byte("development-app-"),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	sealed := cipher.Seal(nil, []byte(`{"card_number":"A001","name":"测试","identity_type":1}`))
	w.vendor("/wx/wxc/receive", mediaJSON, `{"app_key":"0123456789ABCDEF","school_code":"1","event":"addUser","raw_data":"`+string(sealed)+`"}`)
}

// vendor posts to a vendor in the default session, which has to take it.
func (w *world) vendor(path, label, body string) {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", label)
	got := httptest.NewRecorder()
	w.server.ServeHTTP(got, r)
	if list, _ := w.server.Find(mock.Query{Limit: 1}); list[0].Outcome != "ok" {
		w.t.Fatalf("%s is answered %d %s: %+v", path, got.Code, got.Body, list[0])
	}
}

// TestAdvanceWaits lets a forward that failed fall due: the answer comes when the second attempt has ended.
func TestAdvanceWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	var asked atomic.Int64
	project := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			out.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = out.Write([]byte(`{"code":0,"message":"success"}`))
	}))
	t.Cleanup(project.Close)
	w.want(http.StatusOK, http.MethodPut, "/sessions/default/clock", `{"frozen":"2026-03-02T09:00:00+08:00"}`)
	w.vendor("/wx/push/addPushProject", "application/x-www-form-urlencoded", "project=p&url="+strings.ReplaceAll(project.URL, ":", "%3A"))
	w.pushed()
	if err := w.server.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := func() (outcomes []string) {
		for _, d := range get[struct {
			Deliveries []struct{ Outcome string }
		}](w, "/sessions/default/deliveries").Deliveries {
			outcomes = append(outcomes, d.Outcome)
		}
		return outcomes
	}
	if before := log(); len(before) < 1 || asked.Load() < 1 {
		t.Fatalf("before anything falls due, the log is %v and the project was asked %d times", before, asked.Load())
	}
	before := len(log())
	c := decoded[clockIn](w, w.want(http.StatusOK, http.MethodPost, "/sessions/default/clock/advance", `{"by":"72h"}`))
	after := log()
	if len(after) <= before || asked.Load() < 2 || after[len(after)-1] != "delivered" {
		t.Errorf("after %v, the log is %v and the project was asked %d times", c.Now, after, asked.Load())
	}
}

// TestAdvanceThatDoesNotSettle has a project that never answers. That is nothing to the clock of another session.
func TestAdvanceThatDoesNotSettle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	entered, leave := make(chan struct{}), make(chan struct{})
	project := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-leave
	}))
	t.Cleanup(func() { close(leave); project.Close() })
	w.vendor("/wx/push/addPushProject", "application/x-www-form-urlencoded", "project=p&url="+strings.ReplaceAll(project.URL, ":", "%3A"))
	w.pushed()
	<-entered
	w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"name":"another"}`)
	advance := func(session string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/sessions/"+session+"/clock/advance", strings.NewReader(`{"by":"1s"}`))
		r.Host = "localhost"
		r.Header.Set("Content-Type", mediaJSON)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, r.WithContext(ctx))
		return got
	}
	got := advance("default")
	if p := decoded[problemIn](w, got); got.Code != http.StatusServiceUnavailable || p.Type != "urn:understudy:control:not-settled" {
		t.Errorf("answered %d %s", got.Code, got.Body)
	}
	if got := advance("another"); got.Code != http.StatusOK {
		t.Errorf("another session is answered %d %s", got.Code, got.Body)
	}
}
