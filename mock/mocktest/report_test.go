package mocktest_test

import (
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

func TestARefusalIsATestError(t *testing.T) {
	t.Parallel()
	call := func(m *mocktest.Mock, client *http.Client) {
		r, err := client.Get(m.URL() + "/no/such/path")
		if err != nil {
			t.Error(err)
			return
		}
		r.Body.Close()
	}
	for _, noSockets := range []bool{true, false} {
		config := mocktest.Config{NoSockets: noSockets}
		refused := record("TestRefused", func(tb *recorder) {
			m := mocktest.StartWith(tb, config)
			if noSockets {
				call(m, m.Client())
			} else {
				call(m, http.DefaultClient)
			}
		})
		if len(refused.errors) != 1 || !strings.Contains(refused.errors[0], "GET /no/such/path: 404 refusal unknown-path") {
			t.Errorf("the errors are %q", refused.errors)
		}
		if !strings.Contains(refused.log(), "/no/such/path") {
			t.Errorf("the log is %q", refused.log())
		}
	}
	allowed := record("TestAllowed", func(tb *recorder) {
		m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true, AllowRefusals: true})
		call(m, m.Client())
	})
	if allowed.Failed() || allowed.log() != "" {
		t.Errorf("the errors are %q, the log %q", allowed.errors, allowed.log())
	}
}

func TestARefusalIsChargedToTheTestOfItsWorld(t *testing.T) {
	t.Parallel()
	var child *recorder
	parent := record("TestParent", func(tb *recorder) {
		m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true})
		child = record("TestChild", func(tb *recorder) {
			own := m.Session(tb)
			if r, err := own.Client().Get(own.URL() + "/nowhere"); err != nil || r.StatusCode != http.StatusNotFound {
				t.Errorf("%v %v", r, err)
			}
		})
	})
	if len(child.errors) != 1 || len(parent.errors) != 0 {
		t.Errorf("the child has %q, the parent %q", child.errors, parent.errors)
	}
}

func TestARefusalIsNotForgottenWithTheJournal(t *testing.T) {
	t.Parallel()
	r := record("TestLong", func(tb *recorder) {
		m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true, Mock: mock.Config{JournalBytes: 16 << 10}})
		if r, err := m.Client().Get(m.URL() + "/nowhere"); err != nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("%v %v", r, err)
		}
		m.World().ClearJournal()
		m.Server().ClearJournals()
		listed(t, m.Client(), m)
	})
	if len(r.errors) != 1 {
		t.Errorf("the errors are %q", r.errors)
	}
}

func TestTheLogShowsTheExchangesOfAFailedTest(t *testing.T) {
	t.Parallel()
	play := func(fail bool, lang string) *recorder {
		return record("TestLogged", func(tb *recorder) {
			m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true, Lang: lang})
			listed(t, m.Client(), m)
			if r, err := m.Client().Post(m.URL()+tasksPath+"?accessToken=someone-elses", "application/json", nil); err != nil || r.StatusCode != http.StatusOK {
				t.Errorf("%v %v", r, err)
			}
			if _, err := m.World().AddFault(mock.Fault{ID: "gone", Break: "cut"}); err != nil {
				t.Error(err)
			}
			if _, _, _, err := tasks(m.Client(), m); err == nil {
				t.Error("the connection was not cut")
			}
			if fail {
				tb.Errorf("something is wrong")
			}
		})
	}
	if passed := play(false, ""); passed.log() != "" || passed.Failed() {
		t.Errorf("a test that passed has %q, %q", passed.log(), passed.errors)
	}
	failed := play(true, "")
	if len(failed.errors) != 1 || len(failed.logs) != 1 {
		t.Fatalf("the errors are %q, the logs %q", failed.errors, failed.logs)
	}
	for _, want := range []string{
		"in session default", "(mytijian.listHospitalTasks): 200 ok", `"success":"T"`, "vendor-error invalid-access-token: the token is none of",
		"fault, struck by gone (cut)", "query accessToken = ",
	} {
		if !strings.Contains(failed.log(), want) {
			t.Errorf("%q is not in the log:\n%s", want, failed.log())
		}
	}
	for _, secret := range []string{"development-access-token", "someone-elses"} {
		if strings.Contains(failed.log(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, failed.log())
		}
	}
	if chinese := play(true, "zh").log(); !strings.Contains(chinese, "令牌") && !strings.Contains(chinese, "token") || chinese == failed.log() {
		t.Errorf("the log in Chinese is\n%s", chinese)
	}
}

func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	failed := record("TestMany", func(tb *recorder) {
		m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true})
		for range 70 {
			listed(t, m.Client(), m)
		}
		tb.Errorf("something is wrong")
	})
	if !strings.Contains(failed.log(), "(20 earlier ones are left out)") || len(failed.log()) > 50*(4<<10) {
		t.Errorf("the log has %d bytes", len(failed.log()))
	}
}
