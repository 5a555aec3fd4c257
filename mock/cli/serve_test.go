package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/cli"
)

// output collects what is printed and lets a test wait for it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(text)
	close(o.more)
	o.more = make(chan struct{})
	return len(text), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// wait returns the first match of a pattern, once it is printed.
func (o *output) wait(ctx context.Context, pattern string) ([]string, error) {
	re := regexp.MustCompile(pattern)
	for {
		o.mu.Lock()
		found, more := re.FindStringSubmatch(o.text.String()), o.more
		o.mu.Unlock()
		if found != nil {
			return found, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is not printed: %w", pattern, ctx.Err())
		}
	}
}

// serving is understudy serve under way.
type serving struct {
	t       *testing.T
	ctx     context.Context
	out     *output
	err     *output
	stop    func()
	done    chan int
	vendor  string // base URL
	control string
}

// serve starts it on free ports and waits until it is ready.
func serve(t *testing.T, environ []string, args ...string) *serving {
	t.Helper()
	limit, cancelLimit := context.WithTimeout(t.Context(), time.Minute)
	ctx, stop := context.WithCancel(limit)
	s := &serving{t: t, ctx: limit, out: &output{more: make(chan struct{})}, err: &output{more: make(chan struct{})}, stop: stop, done: make(chan int, 1)}
	environ = append([]string{"UNDERSTUDY_LANG=en"}, environ...) // whatever the machine's language is
	args = append([]string{"serve", "--listen", "localhost:0", "--control", "localhost:0"}, args...)
	go func() {
		code := cli.Run(ctx, args, environ, s.out, s.err)
		s.done <- code
		if code != 0 {
			cancelLimit() // nothing more will be printed
		}
	}()
	t.Cleanup(func() {
		stop()
		<-s.done
		cancelLimit()
	})
	s.control = s.printed(`control: ready at (http://\S+)`)[1]
	if found := regexp.MustCompile(`: ready at (https?://[^/\s]+)`).FindStringSubmatch(s.out.String()); found != nil {
		s.vendor = found[1]
	}
	return s
}

func (s *serving) printed(pattern string) []string {
	s.t.Helper()
	found, err := s.out.wait(s.ctx, pattern)
	if err != nil {
		s.t.Fatalf("%v\nstdout:\n%s\nstderr:\n%s", err, s.out, s.err)
	}
	return found
}

// end stops it and returns the exit code.
func (s *serving) end() int {
	s.stop()
	code := <-s.done
	s.done <- code
	return code
}

func (s *serving) get(target, token string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, target, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

func TestServeNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	text := s.out.String()
	for _, want := range []string{
		"understudy plays 5 vendors", "zheliban: ready at " + s.vendor + "\n", "alihealth: ready at " + s.vendor + "/router/rest\n",
		"eazytec: ready at " + s.vendor + "/AGCS_zqc (also below /, /YX/AGCS_zqc, /JS/AGCS_zqc)\n",
		"  accessTokens  development-access-token (hospital 197)", "  aesKey  development-key! (development)", "bodies are sealed",
		"(no token is asked for, since it is on loopback)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not printed in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\r\x1b") {
		t.Error("control characters are printed")
	}
	if code, body := s.get(s.control+"/readyz", ""); code != http.StatusOK {
		t.Errorf("/readyz is answered %d %s", code, body)
	}
	s.get(s.vendor+"/wx/push/queryPushProject?secret=hush", "")
	s.printed(`(?m)^\d\d:\d\d:\d\d GET weixiao\.listPushProjects 200 ok$`)
	s.get(s.vendor+"/~world/wx/push/queryPushProject", "") // a call that nothing answers makes no session
	s.get(s.vendor+"/~world/nothing/here?secret=hush", "")
	s.printed(`(?m)^\d\d:\d\d:\d\d \[world\] GET \(no vendor\) 404 refusal on /nothing/here unknown-path: `)
	if code := s.end(); code != 0 {
		t.Errorf("the exit code is %d, want 0\n%s", code, s.err)
	}
	if text := s.out.String(); strings.Contains(text, "hush") || !strings.Contains(text, "stopping: ") {
		t.Errorf("printed:\n%s", text)
	}
	if s.err.String() != "" {
		t.Errorf("stderr has %s", s.err)
	}
}

// TestPrintedCallsWork runs every line that serve offers to try, by the shell it is written for.
func TestPrintedCallsWork(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the lines are written for PowerShell there")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl on this machine")
	}
	s := serve(t, nil)
	lines := regexp.MustCompile(`(?m)^  try +(curl .*)$`).FindAllStringSubmatch(s.out.String(), -1)
	if len(lines) != 3 {
		t.Fatalf("%d calls are offered, want 3 (mytijian, weixiao, eazytec):\n%s", len(lines), s.out)
	}
	for _, line := range lines {
		text, err := exec.CommandContext(s.ctx, "sh", "-c", line[1]+" --fail --silent --noproxy '*'").CombinedOutput()
		if err != nil || !json.Valid(text) {
			t.Errorf("%s\ngives %s (%v)", line[1], text, err)
		}
	}
	for _, want := range []string{`mytijian\.listHospitalTasks 200 ok`, `weixiao\.listPushProjects 200 ok`, `eazytec\.sendMessage 200 ok`} {
		s.printed(want)
	}
}

func TestLocalhostIsBothFamilies(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--vendor", "weixiao")
	hosts := []string{"127.0.0.1", "::1"}
	if ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp6", "[::1]:0"); err != nil {
		hosts = hosts[:1]
		s.printed("localhost is 127.0.0.1 alone")
	} else {
		_ = ln.Close()
	}
	for _, base := range []string{s.vendor + "/wx/push/queryPushProject", s.control + "/healthz"} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		port := u.Port()
		for _, host := range hosts {
			u.Host = net.JoinHostPort(host, port)
			if code, body := s.get(u.String(), ""); code != http.StatusOK {
				t.Errorf("%s is answered %d %s", u, code, body)
			}
		}
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	address := fmt.Sprintf("localhost:%d", ln.Addr().(*net.TCPAddr).Port)
	for _, flag := range []string{"--listen", "--control"} {
		var out, failed bytes.Buffer
		args := []string{"serve", "--vendor", "weixiao", "--listen", "localhost:0", "--control", "localhost:0", flag, address}
		code := cli.Run(t.Context(), args, nil, &out, &failed)
		want := fmt.Sprintf("understudy: %s %s: the port is taken; stop what holds it, or choose another (%s localhost:0 takes a free one)\n", flag, address, flag)
		if code != 1 || failed.String() != want || out.Len() > 0 {
			t.Errorf("exit code %d, stdout %q, stderr %q, want %q", code, &out, &failed, want)
		}
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "understudy.yaml")
	config := "listen: 192.0.2.1:1\ncontrol: 192.0.2.1:2\nvendors:\n  mytijian: {accessTokens: [from-file]}\n  eazytec: {tokens: [from-file]}\n"
	if err := os.WriteFile(name, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, []string{"UNDERSTUDY_LISTEN=192.0.2.1:3", "UNDERSTUDY_MYTIJIAN_ACCESSTOKENS=from-environment=5"}, "--config", name)
	tasks := "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="
	for token, good := range map[string]bool{"from-environment": true, "from-file": false, "development-access-token": false} {
		got, err := http.Post(s.vendor+tasks+token, "application/json", nil)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if strings.Contains(string(text), `"success":"T"`) != good {
			t.Errorf("token %s: %s", token, text)
		}
	}
	// Secrets that were configured are never printed, and the calls to try have a word in their place.
	s.printed(`(?s)hospitalTaskList.*hospitalTaskList.*hospitalTaskList|mytijian\.listHospitalTasks`)
	s.end()
	text := s.out.String() + s.err.String()
	if strings.Contains(text, "from-file") || strings.Contains(text, "from-environment") {
		t.Errorf("a secret is printed:\n%s", text)
	}
	for _, want := range []string{"accessTokens  *** (configured in UNDERSTUDY_MYTIJIAN_ACCESSTOKENS)", "*** (configured in " + name + ":5)", "accessToken=YOUR-TOKEN'", "Bearer YOUR-TOKEN"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not printed in\n%s", want, text)
		}
	}
}

// TestBeyondLoopback listens on every address: fixed credentials would be known to everybody who can connect.
func TestBeyondLoopback(t *testing.T) {
	t.Parallel()
	s := serve(t, []string{"UNDERSTUDY_ZHELIBAN_SECRET=configured-one"}, "--listen", "0.0.0.0:0", "--control", "0.0.0.0:0")
	text := s.out.String()
	for _, pattern := range []string{
		`appKey +[0-9A-F]{16} \(random, for this run\)`, `aesKey +[0-9A-Za-z]{16} \(random, for this run\)`, `appKey +\d{8} \(random`,
		`tokens +[0-9A-Za-z]{32} \(random`, `secret +\*\*\* \(configured in UNDERSTUDY_ZHELIBAN_SECRET\)`,
		`accessTokens +[0-9A-Za-z]{32} \(hospital 197\), [0-9A-Za-z]{32} \(no hospital\) \(random`,
	} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("%s is not printed in\n%s", pattern, text)
		}
	}
	if strings.Contains(text, "development") || strings.Contains(text, "configured-one") {
		t.Errorf("printed:\n%s", text)
	}
	token := s.printed(`\(Authorization: Bearer ([0-9A-Za-z]{43})\)`)[1]
	if strings.Count(text, token) != 1 {
		t.Error("the token of the control listener is to be printed once")
	}
	for given, want := range map[string]int{"": http.StatusUnauthorized, "x": http.StatusUnauthorized, token: http.StatusOK} {
		if code, body := s.get(s.control+"/sessions", given); code != want {
			t.Errorf("token %q is answered %d %s, want %d", given, code, body, want)
		}
	}
	if code, _ := s.get(s.control+"/healthz", ""); code != http.StatusOK {
		t.Errorf("/healthz is answered %d", code)
	}
}

func TestAcceptDevelopmentCredentials(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--listen", ":0", "--accept-development-credentials")
	if !strings.Contains(s.out.String(), "development-key! (development)") {
		t.Errorf("printed:\n%s", s.out)
	}
}

// TestDrain stops the server while a request is half sent: it is still answered, and new ones are not taken.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--vendor", "mytijian")
	u, err := url.Parse(s.vendor)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(s.ctx, "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /open-api/V2/ws/agentManager/hospitalTaskList?accessToken=development-access-token HTTP/1.1\r\n"+
		"Host: %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", u.Host)
	replies := bufio.NewReader(conn)
	// The word to go on comes when the server reads the body: from here on the request is under way.
	if line, err := replies.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server does not ask for the body: %q %v", line, err)
	}
	if _, err := replies.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.printed("stopping: ")
	for {
		other, err := (&net.Dialer{}).DialContext(s.ctx, "tcp", u.Host)
		if err != nil {
			break
		}
		_ = other.Close()
	}
	fmt.Fprint(conn, "{}")
	got, err := http.ReadResponse(replies, nil)
	if err != nil {
		t.Fatalf("the request under way is not answered: %v", err)
	}
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK || !strings.Contains(string(text), `"success":"T"`) {
		t.Errorf("the request under way is answered %d %s (%v)", got.StatusCode, text, err)
	}
	_ = got.Body.Close()
	if code := s.end(); code != 0 {
		t.Errorf("the exit code is %d, want 0", code)
	}
	if !strings.Contains(s.out.String(), "mytijian.listHospitalTasks 200 ok") {
		t.Errorf("the last exchange is not told:\n%s", s.out)
	}
}

// TestDrainIsBounded stops the server while a request never ends.
func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--vendor", "mytijian")
	u, err := url.Parse(s.vendor)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(s.ctx, "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /open-api/V2/ws/agentManager/hospitalTaskList HTTP/1.1\r\nHost: %s\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", u.Host)
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code := s.end(); code != 0 {
		t.Errorf("the exit code is %d, want 0", code)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var late net.Error
	if _, err := io.Copy(io.Discard, conn); errors.As(err, &late) && late.Timeout() {
		t.Error("the connection of the request that never ends is still open")
	}
}
