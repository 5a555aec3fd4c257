package cli

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock"
)

// TestWorldInFile sets every key that changes how vendors act.
func TestWorldInFile(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	name := write(t, `readings: {Z-15: text, W-2: 00000, W-18: 200, E-17: null}
signatureWindow: off
controlHosts: [ci.example, build:8741]
controlToken: a-token
tls: true
tlsDir: certificates
faults:
- {vendor: zheliban, operation: pullReservations, status: 503, calls: 2}
- {vendor: weixiao, delay: {p50: 100ms, p99: 1s}, share: 0.5}
- operation: sendMessage
  break: cut
  afterCommit: true
vendors:
  zheliban: {data: people.yaml}
`)
	s, err := configureBy(all, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.checkFaults(all); err != nil {
		t.Fatal(err)
	}
	config := s.played(all)
	if diff := cmp.Diff(map[string]string{"Z-15": "text", "W-2": "00000", "W-18": "200", "E-17": "null"}, config.Readings); diff != "" {
		t.Error(diff)
	}
	if config.SignatureWindow != "off" || len(config.Faults) != 3 || config.Faults[0].Calls != 2 || config.Faults[1].Delay == nil || !config.Faults[2].AfterCommit {
		t.Errorf("played is %+v", config)
	}
	if _, err := mock.New(config); err != nil {
		t.Error(err)
	}
	beside := filepath.Dir(name)
	if got := s.vendors["zheliban"].data.text; got != filepath.Join(beside, "people.yaml") {
		t.Errorf("the data are in %s: the path is to be relative to the file", got)
	}
	if !s.tls || s.tlsDir.text != filepath.Join(beside, "certificates") || s.controlToken.text != "a-token" || len(s.controlHosts) != 2 || s.controlHosts[1].text != "build:8741" {
		t.Errorf("the settings are %+v", s)
	}

	// What concerns vendors that are not played stays out of the way.
	some, _ := choose(all, []string{"weixiao"})
	config = s.played(some)
	if diff := cmp.Diff([]string{"W-18", "W-2"}, slices.Sorted(maps.Keys(config.Readings))); diff != "" {
		t.Error(diff)
	}
	if len(config.Faults) != 1 || config.Faults[0].Vendor != "weixiao" {
		t.Errorf("faults of weixiao: %+v", config.Faults)
	}
	if _, err := mock.New(config); err != nil {
		t.Error(err)
	}
}

func TestWorldInEnvironment(t *testing.T) {
	t.Parallel()
	file := write(t, "readings: {Z-15: text, Z-6: plain}\ncontrolToken: in-file\ncontrolHosts: [a]\ntls: true\n")
	s, err := configureBy(contracts(t), file, []string{
		"UNDERSTUDY_READINGS=Z-15=object, W-18=mapped", "UNDERSTUDY_SIGNATUREWINDOW=session", "UNDERSTUDY_CONTROLHOSTS=b, c:1",
		"UNDERSTUDY_CONTROLTOKEN_FILE=" + write(t, "secret-token\n"), "UNDERSTUDY_TLS=false", "UNDERSTUDY_TLSDIR=x", "UNDERSTUDY_WEIXIAO_DATA=w.yaml",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Z-15": "object", "Z-6": "plain", "W-18": "mapped"}
	if diff := cmp.Diff(want, s.chosenReadings(contracts(t))); diff != "" {
		t.Error(diff)
	}
	if s.signatureWindow.text != "session" || len(s.controlHosts) != 2 || s.controlHosts[1].text != "c:1" || s.controlToken.text != "secret-token" ||
		s.tls || s.tlsDir.text != "x" || s.vendors["weixiao"].data.text != "w.yaml" {
		t.Errorf("the settings are %+v", s)
	}
}

// TestWorldMistakes makes every mistake where it can stand. FILE in what is wanted is the configuration file's name.
func TestWorldMistakes(t *testing.T) {
	t.Parallel()
	free := []string{"--listen", "localhost:0", "--control", "localhost:0"}
	tests := []struct {
		name, file string
		environ    []string
		args       []string
		want       string
		code       int
	}{
		{name: "clause in the file", file: "readings:\n  Z-15: text\n  Z-51: text\n", want: `FILE:3: readings: there is no unclear clause "Z-51"; did you mean Z-`},
		{name: "reading in the file", file: "readings: {Z-15: txt}\n", want: `FILE:1: readings: Z-15 has no reading "txt"; did you mean text?; there are object, text`},
		{name: "clause twice", file: "readings:\n  Z-15: text\n  Z-15: object\n", want: `FILE:3: Z-15 stands twice`},
		{name: "readings as a list", file: "readings: [Z-15]\n", want: `FILE:1: readings is a mapping of unclear clauses to readings`},
		{name: "reading without a name", file: "readings:\n  Z-15:\n", want: `FILE:2: the reading of Z-15 is one text`},
		{name: "clause in the environment", environ: []string{"UNDERSTUDY_READINGS=z-15=text"}, want: `UNDERSTUDY_READINGS: there is no unclear clause "z-15"; did you mean Z-15?; there are A-17, `},
		{name: "no reading in the environment", environ: []string{"UNDERSTUDY_READINGS=Z-15"}, want: `UNDERSTUDY_READINGS: write CLAUSE=READING, such as Z-15=text, and a comma between two`},
		{name: "clause in the command line", args: []string{"--reading", "Z-15=text,Q-1=x"}, want: `--reading: there is no unclear clause "Q-1"`, code: exitUsage},
		{name: "reading in the command line", args: []string{"--reading", "Z-15=text", "--reading", "W-18=201"}, want: `--reading: W-18 has no reading "201"; did you mean 200?; there are 200, mapped`, code: exitUsage},
		{name: "empty reading", args: []string{"--reading="}, want: `--reading is empty`, code: exitUsage},
		{name: "window in the file", file: "seed: 1\nsignatureWindow: of\n", want: `FILE:2: signatureWindow: signature window "of": there are real, session and off`},
		{name: "window in the environment", environ: []string{"UNDERSTUDY_SIGNATUREWINDOW=none"}, want: `UNDERSTUDY_SIGNATUREWINDOW: signature window "none"`},
		{name: "window in the command line", args: []string{"--signature-window", "none"}, want: `--signature-window: signature window "none"`, code: exitUsage},
		{name: "faults as a mapping", file: "faults: {status: 503}\n", want: `FILE:1: faults is a list of rules`},
		{name: "a key of a fault", file: "faults:\n- status: 503\n- vendor: zheliban\n  statsu: 503\n", want: `FILE:4: faults: a fault has no key "statsu"`},
		{name: "a value of a fault", file: "faults:\n- status: often\n", want: `FILE:2: faults: status: takes a whole number`},
		{name: "a fault that does nothing", file: "faults:\n- status: 503\n- vendor: zheliban\n", want: `FILE:3: faults: the fault does nothing`},
		{name: "an operation of a fault", file: "faults:\n- vendor: zheliban\n  status: 503\n  operation: pullReservation\n", want: `FILE:4: faults: operation: no operation of zheliban is called "pullReservation"`},
		{name: "a vendor of a fault, beside --vendor", file: "faults:\n- {vendor: zhelibn, status: 503}\n", args: []string{"--vendor", "weixiao"}, want: `FILE:2: faults: vendor: no vendor that is played is called "zhelibn"`},
		{name: "a fault's id twice", file: "faults:\n- {id: a, status: 503}\n- {id: b, status: 503}\n- id: a\n  status: 404\n", want: `FILE:4: faults: id: a is the id of the fault at FILE:2: faults already`},
		{name: "a control host in the file", file: "controlHosts:\n- fine\n- 'a b'\n", want: `FILE:3: controlHosts: "a b" is no host; write NAME`},
		{name: "a control host in the environment", environ: []string{"UNDERSTUDY_CONTROLHOSTS=fine,http://x"}, want: `UNDERSTUDY_CONTROLHOSTS: "http://x" is no host`},
		{name: "a control host in the command line", args: []string{"--control-host", "*"}, want: `--control-host: "*" is no host`, code: exitUsage},
		{name: "a token in the file", file: "controlToken: hush hush\n", want: `FILE:1: controlToken: a token has letters, digits`},
		{name: "a token in the environment", environ: []string{"UNDERSTUDY_CONTROLTOKEN=hüsh"}, want: `UNDERSTUDY_CONTROLTOKEN: a token has letters, digits`},
		{name: "truth in the file", file: "tls: yes please\n", want: `FILE:1: tls is true or false`},
		{name: "truth in the environment", environ: []string{"UNDERSTUDY_TLS=1"}, want: `UNDERSTUDY_TLS: write true or false`},
		{name: "data in the file", file: "vendors:\n  zheliban:\n    data: nowhere.yaml\n", want: `FILE:3: data: there is no file `},
		{name: "data in the environment", environ: []string{"UNDERSTUDY_ZHELIBAN_DATA=nowhere.yaml"}, want: `UNDERSTUDY_ZHELIBAN_DATA: there is no file nowhere.yaml`},
		{name: "data in the command line", args: []string{"--data", "zheliban=nowhere.yaml"}, want: `--data zheliban: there is no file nowhere.yaml`},
		{name: "data of a vendor misspelt", args: []string{"--data", "zhelibn=people.yaml"}, want: `--data "zhelibn=people.yaml": write VENDOR=FILE, such as zheliban=people.yaml; did you mean zheliban?`, code: exitUsage},
		{name: "data of nobody", args: []string{"--data", "people.yaml"}, want: `--data "people.yaml": write VENDOR=FILE`, code: exitUsage},
		{name: "a folder that is a file", file: "tls: true\ntlsDir: file\n", want: `FILE:2: tlsDir: the authority cannot be kept in `},
		{name: "a folder that is a file, in the command line", args: []string{"--tls", "--tls-dir", os.DevNull}, want: `--tls-dir: the authority cannot be kept in `},
		{name: "an empty folder", args: []string{"--tls", "--tls-dir="}, want: `--tls-dir is empty`, code: exitUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name := write(t, tt.file)
			var out, failed bytes.Buffer
			args := slices.Concat([]string{"serve", "--config", name}, free, tt.args)
			environ := append([]string{"UNDERSTUDY_LANG=en"}, tt.environ...)
			want := "understudy: " + strings.ReplaceAll(tt.want, "FILE:", name+":")
			code := exitRuntime
			if tt.code != 0 {
				code = tt.code
			}
			got := Run(t.Context(), args, environ, &out, &failed)
			if got != code || !strings.HasPrefix(failed.String(), want) || out.Len() > 0 || strings.Count(failed.String(), "\n") != 1 {
				t.Errorf("exit code %d, want %d; stdout %q, stderr\n%swant\n%s", got, code, &out, &failed, want)
			}
			if strings.Contains(failed.String(), "hush") || strings.Contains(failed.String(), "hüsh") {
				t.Errorf("a token is told: %s", &failed)
			}
		})
	}
}

// TestConfigurationHelpIsTrue reads the help's configuration as a file, and its variables as an environment.
func TestConfigurationHelpIsTrue(t *testing.T) {
	t.Parallel()
	_, listing, _ := strings.Cut(configurationHelp, "\n\n")
	listing, _, _ = strings.Cut(listing, "\n\n")
	var file, environ []string
	for line := range strings.Lines(listing) {
		left, right := strings.TrimRight(line, "\n"), ""
		if i := strings.Index(line, "UNDERSTUDY_"); i >= 0 {
			left, right = line[:i], line[i:]
		}
		left, _, _ = strings.Cut(left, "(the file alone)")
		file = append(file, strings.TrimPrefix(strings.TrimRight(left, " "), "  "))
		for name := range strings.SplitSeq(right, ",") {
			name, _, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "or ")), "=")
			if strings.HasPrefix(name, "UNDERSTUDY_") {
				environ = append(environ, name)
			}
		}
	}
	all := contracts(t)
	text := strings.ReplaceAll(strings.Join(file, "\n"), ": ...", ": some-text")
	s, err := configureBy(all, write(t, text), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(s.faults) != 1 || len(s.readings) != 2 || s.vendors["zheliban"].data.text == "" {
		t.Errorf("the help's file sets %+v", s)
	}
	known := s.variables(all)
	for _, name := range environ {
		v, ok := known[strings.TrimSuffix(name, fileSuffix)]
		if !ok || strings.HasSuffix(name, fileSuffix) && !v.secret {
			t.Errorf("the help names %s, which is no variable", name)
		}
	}
	if len(environ) < 12 {
		t.Errorf("only %d variables are named: %q", len(environ), environ)
	}
	for _, key := range rootKeys() {
		if !strings.Contains(listing, "\n  "+key+":") && !strings.HasPrefix(listing, "  "+key+":") {
			t.Errorf("the help does not name the key %s", key)
		}
	}
}
