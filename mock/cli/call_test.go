package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

func TestClientExitCodes(t *testing.T) {
	t.Parallel()
	const nobody = "http://127.0.0.1:1"
	tests := []struct {
		args []string
		want int
	}{
		{[]string{"call", "zheliban"}, exitOK},
		{[]string{"emit", "weixiao"}, exitOK},
		{[]string{"emit", "weixiao", "addOrg", "--to", nobody, "--print"}, exitOK},
		{[]string{"call"}, exitUsage},
		{[]string{"call", "nobody"}, exitUsage},
		{[]string{"call", "zheliban", "nothing"}, exitUsage},
		{[]string{"call", "zheliban", "reportArrival", "--target", nobody, "ACCESS-TOKEN=t"}, exitUsage},
		{[]string{"call", "zheliban", "reportArrival", "serial=1"}, exitUsage},
		{[]string{"call", "zheliban", "issueToken", "--target", "nobody"}, exitUsage},
		{[]string{"call", "zheliban", "issueToken", "--reading", "Z-1=x"}, exitUsage},
		{[]string{"call", "zheliban", "issueToken", "--target="}, exitUsage},
		{[]string{"call", "zheliban", "reportArrival", "serialNumber:={", "--target", nobody}, exitUsage},
		{[]string{"call", "zheliban", "reportArrival", "serialNumber", "--target", nobody}, exitUsage},
		{[]string{"call", "zheliban", "issueToken", "--spec="}, exitUsage},
		{[]string{"call", "mytijian", "listHospitalTasks", "--account=", "--target", nobody}, exitUsage},
		{[]string{"seal", "zheliban", "--operation="}, exitUsage},
		{[]string{"call", "zheliban", "issueToken", "--target", nobody}, exitRuntime},
		{[]string{"call", "zheliban", "pullReservations", "--target", nobody}, exitRuntime},
		{[]string{"call", "zheliban", "issueToken", "--spec", "missing.yaml"}, exitUsage},
		{[]string{"call", "eazytec", "sendMessage", "@missing.json"}, exitRuntime},
		{[]string{"emit", "weixiao", "addOrg", "--to", nobody}, exitRuntime},
		{[]string{"emit", "weixiao", "addOrg"}, exitUsage},
		{[]string{"seal"}, exitUsage},
		{[]string{"unseal", "nobody"}, exitUsage},
		{[]string{"sign", "alihealth", "more"}, exitUsage},
	}
	for _, tt := range tests {
		var out, failed bytes.Buffer
		if got := Run(t.Context(), tt.args, nil, &out, &failed); got != tt.want {
			t.Errorf("%q ends with %d, want %d: %s", tt.args, got, tt.want, &failed)
		}
		if tt.want != exitOK && out.Len() > 0 && tt.args[0] != "emit" {
			t.Errorf("%q prints %s", tt.args, &out)
		}
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, given, want string }{
		{"UTF-8", "{测}\r\n", "{测}\r\n"},
		{"with a mark", "\xEF\xBB\xBF{测}", "{测}"},
		{"UTF-16, little end first", "\xFF\xFE{\x00\x4b\x6d}\x00", "{测}"},
		{"UTF-16, big end first", "\xFE\xFF\x00{\x6d\x4b\x00}", "{测}"},
		{"UTF-16 without a mark", "{\x00\x4b\x6d}\x00", "{测}"},
		{"the other one", "\x00{\x6d\x4b\x00}", "{测}"},
		{"GBK", "{\xb2\xe2}", "{测}"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		if got, err := plainText([]byte(tt.given)); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q %v, want %q", tt.name, got, err, tt.want)
		}
	}
	if got, err := plainText([]byte("hush\xff\xff")); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("no text at all: %q %v", got, err)
	}
	if _, err := readGiven(strings.NewReader(strings.Repeat("a", maxGiven+1))); err == nil {
		t.Error("an endless input is taken")
	}
	for given, want := range map[string]string{"a\n": "a", "a\r\n": "a", "a\n\n": "a\n", "a": "a", "\n": ""} {
		if got := trimLineEnd([]byte(given)); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
}

func TestTerminalText(t *testing.T) {
	t.Parallel()
	if got, want := onTerminal("a\tb\x1b[2J\u009bx\n测\r\n\u202e"), "a    b?[2J?x\n测?\n?"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(null) || isTerminal(&bytes.Buffer{}) {
		t.Error("nobody sits there")
	}
}

// TestReadLine reads one line at a time, so that the next question finds the next.
func TestReadLine(t *testing.T) {
	t.Parallel()
	in := strings.NewReader("first\r\nsecond\nlast")
	for _, want := range []string{"first", "second", "last"} {
		if got, err := readLine(in); err != nil || got != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	if _, err := readLine(in); err == nil {
		t.Error("a line behind the end")
	}
}

// TestInterrupted: nobody has to type anything once the program is to end.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := make(chan struct{})
	defer close(never)
	if _, err := interruptible(ctx, func() (string, error) { <-never; return "", nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got, err := interruptible(t.Context(), func() (string, error) { return "a", nil }); got != "a" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	d := &driver{
		credentials: mock.Credentials{
			"secret": {Text: `a"b c`}, "longer": {Text: `a"b c d`}, "short": {Text: "1"}, "development": {Text: "development"},
			"tokens": {Tokens: []mock.Token{{Value: "token-1"}}}, "marked": {Text: `<"&\`},
		},
		development: []string{"development"},
	}
	given := `a"b c|a"b c d|a%22b+c|a\"b c|1|development|token-1|<\"&\\`
	if got, want := d.masked(nil, given), `***|***|***|***|1|development|***|***`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if d.flags.showSecrets = true; d.masked(nil, given) != given {
		t.Error("secrets are hidden although they are to be shown")
	}
}

// TestCallLines: a contract whose calls no hand can write has a line, and it says what it needs.
func TestCallLines(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"zheliban":  "understudy call zheliban pullReservations --target http://h:1",
		"alihealth": "understudy call alihealth queryAppointments day=DAY out_pov_id=00001 --target http://h:1",
	}
	got := map[string]string{}
	for _, c := range contracts(t) {
		if _, plain := sampleOf(c, "http://h", nil, func(string) bool { return true }); plain {
			continue
		}
		line, _ := callLine("understudy", c, []string{"--target", "http://h:1"}, "linux")
		got[c.Vendor] = strings.ReplaceAll(line, strings.TrimPrefix(sampleFields()["queryAppointments"][0], "day="), "DAY")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCallLinesAreQuoted for the shell that they are pasted into.
func TestCallLinesAreQuoted(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	for system, want := range map[string]string{"linux": `--config '/home/o'\''brien (1)/u.yaml'`, "windows": `--config '/home/o''brien (1)/u.yaml'`} {
		line, ok := callLine("understudy", c, []string{"--config", "/home/o'brien (1)/u.yaml"}, system)
		if !ok || !strings.HasSuffix(line, want) {
			t.Errorf("%s: %s, want %s at its end", system, line, want)
		}
	}
}

// TestNoReply says what to do about a server that does not answer as it was called.
func TestNoReply(t *testing.T) {
	t.Parallel()
	nothing := http.NotFoundHandler()
	plain, secret := httptest.NewServer(nothing), httptest.NewUnstartedServer(nothing)
	secret.Config.ErrorLog = log.New(io.Discard, "", 0)
	secret.StartTLS()
	gone := httptest.NewServer(nothing)
	gone.Close()
	t.Cleanup(plain.Close)
	t.Cleanup(secret.Close)
	for target, want := range map[string]string{
		gone.URL: "; nothing listens there: start the server",
		strings.Replace(plain.URL, "http:", "https:", 1): "; the server speaks plain HTTP there: write http://",
		secret.URL: "; this machine does not trust the server's certificate: ",
	} {
		var out, failed bytes.Buffer
		code := Run(t.Context(), []string{"call", "weixiao", "listPushProjects", "--target", target, "--tls-dir", t.TempDir()}, nil, &out, &failed)
		if code != exitRuntime || out.Len() > 0 || !strings.Contains(failed.String(), want) || strings.Count(failed.String(), "\n") != 1 {
			t.Errorf("%s: %d, %s%s, want %s", target, code, &out, &failed, want)
		}
	}
}

// TestOwnCommand: a line that is printed works where it is pasted.
func TestOwnCommand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ called, system, want string }{
		{"understudy", "linux", "understudy"},
		{"bin/understudy", "linux", "bin/understudy"},
		{"/opt/my tools/understudy", "linux", "'/opt/my tools/understudy'"},
		{`.\understudy.exe`, "windows", `.\understudy.exe`},
		{`C:\my tools\understudy.exe`, "windows", `& 'C:\my tools\understudy.exe'`},
		{"/tmp/go-build1/b001/exe/understudy", "linux", "go run ./mock/cmd/understudy"},
		{"/tmp/go-build1/b001/cli.test", "linux", "understudy"},
		{"", "linux", "understudy"},
	} {
		if got := ownCommand(tt.called, tt.system); got != tt.want {
			t.Errorf("%q on %s: %s, want %s", tt.called, tt.system, got, tt.want)
		}
	}
}

// TestWhereTheJournalIs follows the configuration.
func TestWhereTheJournalIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"localhost:8741": "localhost:8741", ":9": "localhost:9", "0.0.0.0:9": "127.0.0.1:9", "[::]:9": "localhost:9", "localhost:0": usualControl, "x": usualControl,
	} {
		if got := (setting{text: text}).reachedAt(usualControl); got != want {
			t.Errorf("%s is reached at %s, want %s", text, got, want)
		}
	}
}

// TestEventOfItsOwn keeps the example of an event apart from what was made of it.
func TestEventOfItsOwn(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	client, err := drive.New(drive.Config{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	events := client.Events()
	own, err := chooseEvent(nil, events, "addDormitory", true)
	if err != nil || own.Name != "addDormitory" || own.Values["event"] != "addDormitory" || events[0].Values["event"] == "addDormitory" {
		t.Errorf("%+v %v", own, err)
	}
}
