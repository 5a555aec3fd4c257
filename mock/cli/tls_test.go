package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
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
	"testing"

	"understudy/mock/cli"
)

// run runs a command that ends by itself.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, failed bytes.Buffer
	code = cli.Run(t.Context(), args, []string{"UNDERSTUDY_LANG=en"}, &out, &failed)
	return code, out.String(), failed.String()
}

// trusting is a client that calls one address, whatever host its URLs name, and trusts the exported certificate alone.
func trusting(t *testing.T, certificate []byte, base string, http2 bool) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificate) {
		t.Fatalf("this is no certificate: %s", certificate)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: http2}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, u.Host)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestServeTLS(t *testing.T) {
	t.Parallel()
	dir, exported := t.TempDir(), filepath.Join(t.TempDir(), "understudy.pem")
	if code, out, failed := run(t, "cert", "--tls-dir", dir, "--out", exported); code != 0 || failed != "" || !strings.Contains(out, exported) {
		t.Fatalf("cert ends with %d: %s%s", code, out, failed)
	}
	certificate, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(certificate)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		t.Fatalf("exported is %s", certificate)
	}

	s := serve(t, nil, "--tls", "--tls-dir", dir)
	if !strings.HasPrefix(s.vendor, "https://localhost:") || !strings.HasPrefix(s.control, "http://") {
		t.Fatalf("printed are %s and %s", s.vendor, s.control)
	}
	s.printed(`(?m)^TLS: callers have to trust .*ca\.pem; understudy cert says how`)
	for _, http2 := range []bool{false, true} {
		client := trusting(t, certificate, s.vendor, http2)
		for _, host := range []string{"localhost", "127.0.0.1", "[::1]", "gw.api.taobao.com", "api.mytijian.com", "test-gateway.eazytec-cloud.com", "192.168.161.34"} {
			got, err := client.Get("https://" + host + "/wx/push/queryPushProject")
			if err != nil {
				t.Errorf("%s: %v", host, err)
				continue
			}
			text, _ := io.ReadAll(got.Body)
			_ = got.Body.Close()
			if got.StatusCode != http.StatusOK || !strings.Contains(string(text), `"success":true`) || (got.ProtoMajor == 2) != http2 {
				t.Errorf("%s by %s: %d %s", host, got.Proto, got.StatusCode, text)
			}
		}
		if got, err := client.Get("https://example.com/"); err == nil {
			_ = got.Body.Close()
			t.Error("the certificate is good for any name")
		}
	}
	if code, body := s.get(s.control+"/readyz", ""); code != http.StatusOK {
		t.Errorf("the control listener answers %d %s", code, body)
	}
	if code, _ := s.get(strings.Replace(s.vendor, "https", "http", 1)+"/", ""); code != http.StatusBadRequest {
		t.Errorf("plain HTTP is answered %d", code)
	}
	if _, err := s.err.wait(s.ctx, `the caller speaks plain HTTP: give it the https address`); err != nil {
		t.Error(err)
	}
	stranger := trusting(t, selfSigned(t), s.vendor, false)
	if got, err := stranger.Get("https://localhost/"); err == nil {
		_ = got.Body.Close()
		t.Error("a client trusts what it does not know")
	}
	if _, err := s.err.wait(s.ctx, `it does not trust this authority yet, or looks for another name: understudy cert says how to import it`); err != nil {
		t.Error(err)
	}
	if code := s.end(); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
	if strings.Contains(s.out.String()+s.err.String(), "PRIVATE") {
		t.Error("a key is printed")
	}
}

// TestPrintedCallsWorkOverTLS runs what serve --tls offers to try, by curl and by ourselves.
func TestPrintedCallsWorkOverTLS(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no curl, or the lines are PowerShell's")
	}
	s := serve(t, nil, "--tls", "--tls-dir", t.TempDir())
	curls := regexp.MustCompile(`(?m)^  try +(curl .*)$`).FindAllStringSubmatch(s.out.String(), -1)
	calls := regexp.MustCompile(`(?m)^  try +understudy (call .*)$`).FindAllStringSubmatch(s.out.String(), -1)
	if len(curls) != 3 || len(calls) != 4 {
		t.Fatalf("%d and %d calls are offered, want 3 and 4:\n%s", len(curls), len(calls), s.out)
	}
	for _, line := range curls {
		text, err := exec.CommandContext(s.ctx, "sh", "-c", line[1]+" --fail --silent --show-error --noproxy '*'").CombinedOutput()
		if err != nil || !json.Valid(text) {
			t.Errorf("%s\ngives %s (%v)", line[1], text, err)
		}
	}
	for _, line := range calls {
		if code, out, failed := run(t, strings.Fields(line[1])...); code != 0 || !json.Valid([]byte(out)) {
			t.Errorf("%s\nends with %d: %s\n%s", line[1], code, out, failed)
		}
	}
}

// TestServeReadsDataAgain changes a file of records under a running server.
func TestServeReadsDataAgain(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "projects.yaml")
	put := func(project string) {
		t.Helper()
		if err := os.WriteFile(name, []byte("projects:\n- {project: "+project+", url: 'http://127.0.0.1:9/hook'}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("first")
	s := serve(t, nil, "--data", "weixiao="+name)
	s.printed(`(?m)^data +weixiao from .*projects\.yaml$`)
	listed := func() string {
		_, body := s.get(s.vendor+"/wx/push/queryPushProject", "")
		return body
	}
	if body := listed(); !strings.Contains(body, `"project":"first"`) {
		t.Errorf("at first it has %s", body)
	}
	put("second")
	s.printed(`data of weixiao: read again from `)
	if body := listed(); !strings.Contains(body, `"project":"second"`) {
		t.Errorf("then it has %s", body)
	}
}

// selfSigned is the certificate of another authority.
func selfSigned(t *testing.T) []byte {
	t.Helper()
	_, out, _ := run(t, "cert", "--tls-dir", t.TempDir(), "--out", "-")
	return []byte(out)
}

// TestSessionsTellTheirAddress makes a session over the control listener; its addresses are those that the caller can
// reach.
func TestSessionsTellTheirAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args       []string
		host, want string
	}{
		{nil, "localhost", "http://localhost:"},
		{nil, "127.0.0.1", "http://127.0.0.1:"},
		{[]string{"--listen", ":0"}, "127.0.0.1", "http://127.0.0.1:"},
		{[]string{"--listen", "127.0.0.1:0"}, "localhost", "http://127.0.0.1:"},
		{[]string{"--listen", ":0", "--control-host", "ci.example"}, "ci.example", "http://ci.example:"},
		{[]string{"--tls", "--tls-dir", t.TempDir()}, "localhost", "https://localhost:"},
	}
	for _, tt := range tests {
		s := serve(t, nil, tt.args...)
		u, err := url.Parse(s.vendor)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.control+"/sessions", strings.NewReader(`{"name":"mine"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Host = tt.host
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if want := `"` + tt.want + u.Port() + `/~mine/router/rest"`; !strings.Contains(string(text), want) {
			t.Errorf("%q, called as %s: %d %s, want %s in it", tt.args, tt.host, got.StatusCode, text, want)
		}
	}
}

func TestControlTokenAndHosts(t *testing.T) {
	t.Parallel()
	s := serve(t, []string{"UNDERSTUDY_CONTROLTOKEN=configured-token"}, "--control-host", "ci.example,build:8741")
	s.printed(`\(Authorization: Bearer \*\*\*, configured in UNDERSTUDY_CONTROLTOKEN\)`)
	for given, want := range map[string]int{"": http.StatusUnauthorized, "configured-token": http.StatusOK} {
		if code, body := s.get(s.control+"/sessions", given); code != want {
			t.Errorf("token %q is answered %d %s, want %d", given, code, body, want)
		}
	}
	u, err := url.Parse(s.control)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{"ci.example:1": "200", "build:8741": "200", "build:1": "421", "example": "421"} {
		conn, err := (&net.Dialer{}).DialContext(s.ctx, "tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
		line, err := bufio.NewReader(conn).ReadString('\n')
		_ = conn.Close()
		if err != nil || !strings.Contains(line, " "+want+" ") {
			t.Errorf("Host %s is answered %q (%v), want %s", host, line, err, want)
		}
	}
	s.end()
	if strings.Contains(s.out.String()+s.err.String(), "configured-token") {
		t.Errorf("the token is printed:\n%s", s.out)
	}
}

func TestCert(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, out, failed := run(t, "cert", "--tls-dir", dir)
	for _, want := range []string{
		filepath.Join(dir, "authority", "ca.pem"), "keytool -importcert", "certutil -user -addstore Root", "update-ca-certificates", "NODE_EXTRA_CA_CERTS",
		"SSL_CERT_FILE", "curl --cacert", "SHA-256", "To take it out again:",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code != 0 || failed != "" || strings.Contains(out, "PRIVATE") {
		t.Errorf("the exit code is %d; %s%s", code, out, failed)
	}
	if code, out, failed := run(t, "cert", "--tls-dir", dir, "--out", "-"); code != 0 || failed != "" || !strings.HasPrefix(out, "-----BEGIN CERTIFICATE-----\n") || strings.Contains(out, "PRIVATE") {
		t.Errorf("on standard output: %d %s%s", code, out, failed)
	}
	key := filepath.Join(dir, "authority", "ca.key")
	secret, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	mistakes := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--out", key}, 1, "holds a private key; choose another file"},
		{[]string{"--out", filepath.Join(dir, "none", "x.pem")}, 1, "--out: the folder of "},
		{[]string{"--out", dir}, 1, "--out: "},
		{[]string{"--out="}, 2, "--out is empty"},
		{[]string{"--hosts", "--out", "x"}, 2, "--hosts prints no certificate"},
		{[]string{"--vendor", "weixiao"}, 2, "--vendor goes with --hosts"},
		{[]string{"--hosts", "--vendor", "zheliban"}, 1, "name no host"},
		{[]string{"export"}, 2, "cert takes no arguments"},
	}
	for _, m := range mistakes {
		code, out, failed := run(t, append([]string{"cert", "--tls-dir", dir}, m.args...)...)
		if code != m.code || !strings.Contains(failed, m.want) || out != "" {
			t.Errorf("%q ends with %d: %s%s, want %d and %q", m.args, code, out, failed, m.code, m.want)
		}
	}
	if now, err := os.ReadFile(key); err != nil || !bytes.Equal(now, secret) {
		t.Errorf("the key is not what it was (%v)", err)
	}
}

func TestHostsFile(t *testing.T) {
	t.Parallel()
	code, out, failed := run(t, "cert", "--hosts", "--vendor", "alihealth,weixiao")
	if code != 0 || failed != "" {
		t.Fatalf("the exit code is %d: %s", code, failed)
	}
	var hosts []string
	for line := range strings.Lines(out) {
		switch fields := strings.Fields(line); {
		case strings.HasPrefix(line, "#"):
		case len(fields) == 2 && fields[0] == "127.0.0.1" && net.ParseIP(fields[1]) == nil:
			hosts = append(hosts, fields[1])
		default:
			t.Errorf("no line of a hosts file: %q", line)
		}
	}
	if text := strings.Join(hosts, " "); !strings.Contains(text, "gw.api.taobao.com") || strings.Contains(text, "mytijian") {
		t.Errorf("the hosts are %s", text)
	}
}
