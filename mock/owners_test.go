package mock

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func tokensOf(values ...string) Credential {
	var c Credential
	for _, v := range values {
		c.Tokens = append(c.Tokens, Token{Value: v})
	}
	return c
}

// whileResetting resets a session over and over while work runs.
func whileResetting(one *Session, work func()) {
	done := make(chan struct{})
	var resets sync.WaitGroup
	resets.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				one.Reset()
			}
		}
	})
	work()
	close(done)
	resets.Wait()
}

// TestOwnCredentialsFindTheirSessionDuringAReset: no call falls into another world meanwhile.
func TestOwnCredentialsFindTheirSessionDuringAReset(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one", OwnCredentials: true})
	token := one.Credentials("eazytec")["tokens"].Tokens[0].Value
	astray := 0
	whileResetting(one, func() {
		for range 1000 {
			w := httptest.NewRecorder()
			p.server.ServeHTTP(w, post(sendPath, jsonType, goodMessage, "Authorization", "Bearer "+token))
			if w.Header().Get(headerDiagnosis) != "" {
				astray++
			}
		}
	})
	if astray > 0 {
		t.Errorf("%d of 1000 calls were answered in another session", astray)
	}
}

// TestASettingIsNotLostToAReset: readings, windows and revocations outlast resets, those that are under way too.
func TestASettingIsNotLostToAReset(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one"})
	lost := 0
	whileResetting(one, func() {
		for i := range 200 {
			reading, window := []string{"200", "00000"}[i%2], []string{"off", "session"}[i%2]
			if err := one.SetReadings(map[string]string{"W-2": reading}); err != nil {
				t.Fatal(err)
			}
			if err := one.SetSignatureWindow(window); err != nil {
				t.Fatal(err)
			}
			if info := one.Info(); info.Readings["W-2"] != reading || info.SignatureWindow != window {
				lost++
			}
		}
	})
	if lost > 0 {
		t.Errorf("%d of 200 settings were lost", lost)
	}
	one.RevokeToken("development-token")
	one.Reset()
	if _, e := p.send(post("/~one"+sendPath, jsonType, goodMessage, "Authorization", "Bearer development-token")); e.Diagnosis == nil || e.Diagnosis.ID != "token-revoked" {
		t.Errorf("a revoked token after a reset: outcome %s, %v", e.Outcome, e.Diagnosis)
	}
}

// TestCredentialsEndWithTheirSession, also where it is dropped while it is made.
func TestCredentialsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for i := range 300 {
		name := fmt.Sprintf("s%d", i)
		var dropped sync.WaitGroup
		dropped.Go(func() {
			for !p.server.Drop(name) {
				runtime.Gosched()
			}
		})
		p.make(SessionConfig{Name: name, OwnCredentials: true})
		dropped.Wait()
	}
	o := &p.server.owners
	left := 0
	o.byShown.Range(func(_, _ any) bool { left++; return true })
	if left > 0 || len(o.of) > 0 || o.count.Load() != 0 {
		t.Errorf("%d credentials of %d sessions (%d) are left of sessions that are over", left, len(o.of), o.count.Load())
	}
}

// TestShortCredentialsAreDerivedAsLongAsThereAreSome: none is the server's, none is another session's.
func TestShortCredentialsAreDerivedAsLongAsThereAreSome(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Credentials: map[string]Credentials{"alihealth": {"appKey": {Text: "7"}}, "eazytec": {"tokens": tokensOf("1", "2")}}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"7": true}
	for i := range 4 { // of eight tokens that are left
		one, err := s.NewSession(SessionConfig{Name: fmt.Sprintf("s%d", i), OwnCredentials: true})
		if err != nil {
			t.Fatal(err)
		}
		key := one.Credentials("alihealth")["appKey"].Text
		if seen[key] {
			t.Errorf("the app_key %s is in use twice", key)
		}
		seen[key] = true
	}
	_, err = s.NewSession(SessionConfig{Name: "more", OwnCredentials: true})
	if err == nil || !strings.Contains(err.Error(), "eazytec.tokens") {
		t.Errorf("one too many: %v", err)
	}
	given := map[string]Credentials{"eazytec": {"tokens": tokensOf("given")}}
	if _, err := s.NewSession(SessionConfig{Name: "more", OwnCredentials: true, Credentials: given}); err != nil {
		t.Errorf("with a token that is given: %v", err)
	}
}

// TestACredentialIsItsVendorsOnly: that another vendor's of the server is the same text leads nobody astray.
func TestACredentialIsItsVendorsOnly(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.make(SessionConfig{Name: "one", Credentials: map[string]Credentials{"eazytec": {"tokens": tokensOf("development-access-token")}}})
	if _, _, e := p.play("mytijian listHospitalTasks"); e.Session != "default" {
		t.Errorf("a call of mytijian is in session %s", e.Session)
	}
	if _, e := p.send(post(sendPath, jsonType, goodMessage, "Authorization", "Bearer development-access-token")); e.Session != "one" || e.Outcome != "ok" {
		t.Errorf("a call of eazytec is in session %s: %s %s", e.Session, e.Outcome, e.Error)
	}
}

func TestCredentialsOfTwoSessionsAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	a, b := p.make(SessionConfig{Name: "a", OwnCredentials: true}), p.make(SessionConfig{Name: "b", OwnCredentials: true})
	token := func(s *Session) string {
		return url.QueryEscape(s.Credentials("mytijian")["accessTokens"].Tokens[0].Value)
	}
	_, e := p.send(post("/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="+token(a)+"&accessToken="+token(b), jsonType, `{}`))
	if e.Outcome != "refusal" || e.Error != "session-conflict" {
		t.Errorf("outcome %s %s in session %s", e.Outcome, e.Error, e.Session)
	}
}

// TestOwnCredentialsInABodyWithoutALabel, which the stages behind take for JSON too.
func TestOwnCredentialsInABodyWithoutALabel(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one", OwnCredentials: true})
	push := strings.Replace(pushBody(goodPush), "0123456789ABCDEF", one.Credentials("weixiao")["appKey"].Text, 1)
	form := strings.Replace(signedForm(nil), "app_key=12345678", "app_key="+one.Credentials("alihealth")["appKey"].Text, 1)
	for path, body := range map[string]string{receivePath: push, "/router/rest": form} {
		if _, e := p.send(post(path, "", body)); e.Session != "one" {
			t.Errorf("%s: session %s: %v", path, e.Session, e.Diagnosis)
		}
	}
}
