package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/cli"
	"understudy/scenarios"
)

const replayedTasks = "/open-api/V2/ws/agentManager/hospitalTaskList"

// recordedTasks makes a recording of calls that ask for tasks, and gives its file and the token that was taken.
func recordedTasks(t *testing.T, calls int, change func(*scenarios.Recording)) (file, token string) {
	t.Helper()
	server, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	credentials, _ := server.Credentials("mytijian")
	token = credentials["accessTokens"].Tokens[0].Value
	for range calls {
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, replayedTasks+"?accessToken="+token, nil))
	}
	list, _, known := server.Recorded("", "")
	if !known || len(list) != calls {
		t.Fatalf("%d exchanges are recorded", len(list))
	}
	r := &scenarios.Recording{Vendor: "mytijian", Made: list[0].At, Exchanges: list}
	if change != nil {
		change(r)
	}
	file = filepath.Join(t.TempDir(), "tasks.har")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return file, token
}

// replaying is understudy replay under way.
func replaying(t *testing.T, args ...string) *serving {
	t.Helper()
	limit, cancelLimit := context.WithTimeout(t.Context(), time.Minute)
	ctx, stop := context.WithCancel(limit)
	s := &serving{t: t, ctx: limit, out: &output{more: make(chan struct{})}, err: &output{more: make(chan struct{})}, stop: stop, done: make(chan int, 1)}
	args = append([]string{"replay", "--listen", "localhost:0", "--control", "localhost:0"}, args...)
	go func() { s.done <- cli.Run(ctx, args, []string{"UNDERSTUDY_LANG=en"}, s.out, s.err) }()
	t.Cleanup(func() {
		stop()
		<-s.done
		cancelLimit()
	})
	s.vendor = s.printed(`mytijian: ready at (http://\S+)`)[1]
	s.printed(`mytijian: \d+ steps of `)
	return s
}

func (s *serving) ask(query string) (status int) {
	s.t.Helper()
	reply, err := http.Post(s.vendor+replayedTasks+query, "application/json", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer reply.Body.Close()
	return reply.StatusCode
}

func TestReplayAnswersUntilItIsStopped(t *testing.T) {
	t.Parallel()
	file, token := recordedTasks(t, 2, nil)
	cases := map[string]struct {
		mode  string
		calls int
		code  int
		told  string
	}{
		"all, strict":    {"strict", 2, 0, ""},
		"one, strict":    {"strict", 1, 1, "mytijian: 1 of 2 steps were not played: 2 listHospitalTasks\nunderstudy: 1 step was not played, and strict plays all\n"},
		"none, strict":   {"strict", 0, 1, "mytijian: 2 of 2 steps were not played: 1 listHospitalTasks, 2 listHospitalTasks\nunderstudy: 2 steps were not played, and strict plays all\n"},
		"one, lenient":   {"lenient", 1, 0, "mytijian: 1 of 2 steps were not played: 2 listHospitalTasks\n"},
		"three, lenient": {"lenient", 3, 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := replaying(t, file, "--mode", c.mode)
			for range c.calls {
				if status := s.ask("?accessToken=" + token); status != http.StatusOK {
					t.Errorf("it answers %d", status)
				}
			}
			if code := s.end(); code != c.code || s.err.String() != c.told {
				t.Errorf("it ends with %d and %q", code, s.err)
			}
		})
	}
}

func TestReplayTellsAMissFieldByField(t *testing.T) {
	t.Parallel()
	file, token := recordedTasks(t, 1, nil)
	s := replaying(t, file)
	if status := s.ask("?accessToken=" + token + "&page=7"); status != http.StatusNotFound {
		t.Errorf("a miss is answered %d", status)
	}
	s.printed(`no recorded request is this call of listHospitalTasks; the nearest is step 1, which differs in query page; still unplayed: 1 listHospitalTasks\n  query page: recorded was nothing, the call has a text of 1 character\n`)
	if code := s.end(); code != 0 {
		t.Errorf("it ends with %d: %s", code, s.err)
	}
	s = replaying(t, file, "--ignore", "query:page", "--time", "now", "--timing", "recorded")
	if status := s.ask("?accessToken=" + token + "&page=7"); status != http.StatusOK {
		t.Errorf("what is ignored is answered %d", status)
	}
	s = replaying(t, file, "--mode", "fallback")
	if status := s.ask("?accessToken=" + token + "&page=7"); status != http.StatusOK {
		t.Errorf("what is left to the vendor is answered %d", status)
	}
}

func TestReplayRefusesWhatItCannotPlay(t *testing.T) {
	t.Parallel()
	file, _ := recordedTasks(t, 1, nil)
	again, _ := recordedTasks(t, 1, nil)
	broken, _ := recordedTasks(t, 1, func(r *scenarios.Recording) {
		r.Exchanges[0].Response = scenarios.Response{Broken: scenarios.BrokenReset, Outcome: scenarios.OutcomeBroken}
	})
	stranger, _ := recordedTasks(t, 1, func(r *scenarios.Recording) { r.Vendor = "nobody" })
	foreign := filepath.Join(t.TempDir(), "foreign.har")
	if err := os.WriteFile(foreign, []byte(`{"log":{"version":"1.2","creator":{"name":"browser","version":"1"},"entries":[]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing":           {nil, 2, "name the recording"},
		"no file":           {[]string{file + "x"}, 2, "there is no file"},
		"mode":              {[]string{file, "--mode", "strickt"}, 2, "there are lenient, strict, fallback"},
		"time":              {[]string{file, "--time", "then"}, 2, "there are recorded, now"},
		"age":               {[]string{file, "--max-age", "90"}, 2, "write days or hours"},
		"bytes":             {[]string{file, "--max-bytes", "0"}, 2, "--max-bytes is a number"},
		"too large":         {[]string{file, "--max-bytes", "100"}, 2, "tasks.har"},
		"ignore":            {[]string{file, "--ignore", "page"}, 2, "begins with a slash"},
		"a flag of driving": {[]string{file, "--unsafe"}, 2, "--unsafe is about a server that is called"},
		"a flag of playing": {[]string{file, "--mode", "strict", "--target", "http://localhost:1"}, 2, "--mode is about answering a client"},
		"two at a server":   {[]string{file, again, "--target", "http://localhost:1"}, 2, "one recording at a time"},
		"two of a vendor":   {[]string{file, again}, 2, "are both of mytijian"},
		"foreign":           {[]string{foreign}, 2, "understudy import"},
		"no such vendor":    {[]string{stranger}, 2, "nobody"},
		"outside":           {[]string{broken}, 1, "--verbatim"},
	}
	for name, c := range cases {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what is not refused ends at once
		var out, told bytes.Buffer
		args := append([]string{"replay", "--listen", "localhost:0", "--control", "localhost:0"}, c.args...)
		for _, flag := range []string{"--target"} {
			if strings.Contains(strings.Join(c.args, " "), flag) {
				args = append([]string{"replay"}, c.args...)
			}
		}
		if code := cli.Run(ctx, args, []string{"UNDERSTUDY_LANG=en"}, &out, &told); code != c.code || !strings.Contains(told.String(), c.want) {
			t.Errorf("%s: it ends with %d and %q", name, code, &told)
		}
	}
	s := replaying(t, broken, "--verbatim")
	if reply, err := http.Post(s.vendor+replayedTasks, "application/json", nil); err == nil {
		t.Logf("a call without a token is answered %d", reply.StatusCode)
		_ = reply.Body.Close()
	}
}
