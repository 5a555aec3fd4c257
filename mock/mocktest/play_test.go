package mocktest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
	"understudy/mock/play"
	"understudy/scenarios"
)

// recordTasks makes a recording of calls that ask for tasks, and gives its file and what the last one was answered.
func recordTasks(t *testing.T, calls int) (file, body string) {
	t.Helper()
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	for range calls {
		body = listed(t, m.Client(), m)
	}
	list, _, known := m.Server().Recorded("", "")
	if !known || len(list) != calls {
		t.Fatalf("%d exchanges are recorded", len(list))
	}
	r := &scenarios.Recording{Vendor: "mytijian", Made: list[0].At, Exchanges: list}
	file = filepath.Join(t.TempDir(), "tasks.har")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return file, body
}

func TestPlayAnswersFromARecording(t *testing.T) {
	t.Parallel()
	file, body := recordTasks(t, 2)
	r := record("TestTasks", func(tb *recorder) {
		m := mocktest.Play(tb, file)
		for _, client := range []*http.Client{http.DefaultClient, m.Client()} {
			if got := listed(t, client, m); got != body {
				t.Errorf("it answers %s, recorded was %s", got, body)
			}
		}
	})
	if r.Failed() || r.log() != "" {
		t.Errorf("the test fails: %s %v %s", r.fatal, r.errors, r.log())
	}
}

func TestUnplayedStepsFailATest(t *testing.T) {
	t.Parallel()
	file, _ := recordTasks(t, 2)
	cases := map[string]struct {
		calls  int
		config mocktest.PlayConfig
		want   string
	}{
		"none":    {0, mocktest.PlayConfig{}, "2 of 2 steps of " + file + " were not played: 1 listHospitalTasks, 2 listHospitalTasks"},
		"one":     {1, mocktest.PlayConfig{}, "1 of 2 steps of " + file + " were not played: 2 listHospitalTasks"},
		"all":     {2, mocktest.PlayConfig{}, ""},
		"allowed": {1, mocktest.PlayConfig{AllowUnplayed: true}, ""},
		"lenient": {3, mocktest.PlayConfig{Play: play.Config{Mode: play.Lenient}}, ""},
	}
	for name, c := range cases {
		r := record("TestUnplayed", func(tb *recorder) {
			c.config.NoSockets = true
			m := mocktest.PlayWith(tb, file, c.config)
			for range c.calls {
				listed(t, m.Client(), m)
			}
		})
		if got := strings.Join(r.errors, "\n"); got != c.want || r.fatal != "" {
			t.Errorf("%s: the test fails with %q %q", name, got, r.fatal)
		}
	}
}

func TestAMissFailsATestFieldByField(t *testing.T) {
	t.Parallel()
	file, _ := recordTasks(t, 1)
	r := record("TestMiss", func(tb *recorder) {
		m := mocktest.PlayWith(tb, file, mocktest.PlayConfig{Config: mocktest.Config{NoSockets: true}})
		v := m.Mytijian()
		reply, err := m.Client().Post(v.BaseURL+tasksPath+"?accessToken="+v.AccessToken+"&page=7", "application/json", nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer reply.Body.Close()
		if reply.Header.Get("Understudy-Refusal") != "not-recorded" || reply.StatusCode != http.StatusNotFound {
			t.Errorf("answered %s %v", reply.Status, reply.Header)
		}
		listed(t, m.Client(), m)
	})
	if len(r.errors) != 1 || !strings.Contains(r.errors[0], "the nearest is") && !strings.Contains(r.errors[0], "next comes step 1") || !strings.Contains(r.errors[0], "query page: recorded was nothing, the call has a text of 1 character") {
		t.Errorf("the test fails with %q", r.errors)
	}
}

func TestEveryWorldPlaysTheRecordingFromItsBeginning(t *testing.T) {
	t.Parallel()
	file, _ := recordTasks(t, 1)
	r := record("TestWorlds", func(tb *recorder) {
		m := mocktest.PlayWith(tb, file, mocktest.PlayConfig{Config: mocktest.Config{NoSockets: true}})
		for range 2 {
			own := m.SessionWith(tb, mock.SessionConfig{OwnCredentials: true})
			listed(t, own.Client(), own)
		}
	})
	if r.Failed() {
		t.Errorf("the test fails: %s %q", r.fatal, r.errors)
	}
}

func TestWhatCannotBePlayedEndsTheTest(t *testing.T) {
	t.Parallel()
	file, _ := recordTasks(t, 1)
	torn := filepath.Join(t.TempDir(), "torn.har")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(torn, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   string
		config mocktest.PlayConfig
		want   string
	}{
		"no file": {file + "x", mocktest.PlayConfig{}, "no such file"},
		"torn":    {torn, mocktest.PlayConfig{}, "torn.har"},
		"mode":    {file, mocktest.PlayConfig{Play: play.Config{Mode: "loose"}}, "there are strict"},
		"player":  {file, mocktest.PlayConfig{Config: mocktest.Config{Mock: mock.Config{Player: &play.Player{}}}}, "the recording is the player"},
		"large":   {file, mocktest.PlayConfig{MaxBytes: 10}, "tasks.har"},
	} {
		r := record("TestWrong", func(tb *recorder) { mocktest.PlayWith(tb, c.file, c.config) })
		if !strings.HasPrefix(r.fatal, "mocktest: ") || !strings.Contains(r.fatal, c.want) {
			t.Errorf("%s: the test ends with %q", name, r.fatal)
		}
	}
}
