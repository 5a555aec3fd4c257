package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

func contracts(t testing.TB) []*specs.Contract {
	t.Helper()
	list, err := loadContracts()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestEveryKeyHasAVariable sets every slot of every contract by its variable, then by its file.
func TestEveryKeyHasAVariable(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	slots := 0
	for _, c := range all {
		for _, slot := range c.Slots() {
			slots++
			name := "UNDERSTUDY_" + strings.ToUpper(c.Vendor) + "_" + strings.ToUpper(slot.Name)
			for _, pair := range []string{name + "=one", name + "_FILE=" + write(t, "one\r\n")} {
				s, err := configureBy(all, "", []string{"PATH=/bin", pair})
				if err != nil {
					t.Errorf("%s: %v", pair, err)
					continue
				}
				got := s.vendors[c.Vendor].credentials[slot.Name]
				if got.Text != "one" && (len(got.Tokens) != 1 || got.Tokens[0].Value != "one") {
					t.Errorf("%s gives %+v", pair, got)
				}
			}
		}
	}
	if slots == 0 {
		t.Fatal("no contract has a credential slot")
	}
	s, err := configureBy(all, "", []string{"UNDERSTUDY_LISTEN=a:1", "UNDERSTUDY_CONTROL=b:2", "UNDERSTUDY_SEED=-3", "UNDERSTUDY_WEIXIAO_FORWARDTO=private, 10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, target := range s.vendors["weixiao"].forwardTo {
		targets = append(targets, target.text)
	}
	if s.listen.text != "a:1" || s.control.text != "b:2" || s.seed != -3 || !reflect.DeepEqual(targets, []string{"private", "10.0.0.0/8"}) {
		t.Errorf("the settings are %+v", s)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	const text = `listen: a:1
control: b:2
seed: 7
vendors:
  mytijian: {accessTokens: [one, 2]}
  weixiao: {appKey: 0123456789012345, forwardTo: [private]}
  eazytec: {tokens: ["a=b"]}
  alihealth:
`
	s, err := configureBy(contracts(t), write(t, "\ufeff"+text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.listen.text != "a:1" || s.control.text != "b:2" || s.seed != 7 {
		t.Errorf("the settings are %+v", s)
	}
	if got, want := s.vendors["mytijian"].credentials["accessTokens"].Tokens, []mock.Token{{Value: "one", Account: "197"}, {Value: "2", Account: "197"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("tokens %v, want %v", got, want)
	}
	if got := s.vendors["weixiao"].credentials["appKey"].Text; got != "0123456789012345" {
		t.Errorf("the key is %q: a number has to stay as it is written", got)
	}
	if got := s.vendors["eazytec"].credentials["tokens"].Tokens; !reflect.DeepEqual(got, []mock.Token{{Value: "a=b"}}) {
		t.Errorf("tokens %v", got)
	}
	if s, err = configureBy(contracts(t), write(t, ""), nil); err != nil || s.listen.text != usualListen {
		t.Errorf("an empty file gives %+v, %v", s, err)
	}
}

func TestParseTokens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vendor, slot, text string
		want               []mock.Token // nil for an error
	}{
		{"mytijian", "accessTokens", "a=197,b", []mock.Token{{Value: "a", Account: "197"}, {Value: "b", Account: "197"}}},
		{"mytijian", "accessTokens", "a=5, b= ", []mock.Token{{Value: "a", Account: "5"}, {Value: "b"}}},
		{"mytijian", "accessTokens", "QQ===5", []mock.Token{{Value: "QQ==", Account: "5"}}},
		{"mytijian", "accessTokens", "QQ==", nil},
		{"mytijian", "accessTokens", "a=north", nil},
		{"mytijian", "accessTokens", "a,a=2", nil},
		{"mytijian", "accessTokens", "=5", nil},
		{"mytijian", "accessTokens", "a,,b", nil},
		{"eazytec", "tokens", "QQ==,b", []mock.Token{{Value: "QQ=="}, {Value: "b"}}},
		{"eazytec", "tokens", "", nil},
	}
	for _, tt := range tests {
		got, err := parseTokens(tt.text, tt.vendor, tt.slot)
		if (err == nil) != (tt.want != nil) || !reflect.DeepEqual(got.Tokens, tt.want) {
			t.Errorf("%s %q gives %v, %v; want %v", tt.vendor, tt.text, got.Tokens, err, tt.want)
		}
	}
}

func TestEnvironmentErrors(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	const key = "UNDERSTUDY_ZHELIBAN_AESKEY"
	tests := []struct {
		environ []string
		want    string
	}{
		{[]string{key + "=hush", key + "_FILE=x"}, "are both set"},
		{[]string{key + "_FILE=" + filepath.Join(t.TempDir(), "none")}, key + "_FILE: "},
		{[]string{key + "_FILE=" + write(t, "\n")}, "the file is empty"},
		{[]string{key + "_FILE=" + write(t, strings.Repeat("hush", 1<<15))}, "larger than"},
		{[]string{key + "_FILE=" + write(t, "\xff\xfeh\x00")}, "not UTF-8"},
		{[]string{key + "="}, "is empty"},
		{[]string{"UNDERSTUDY_SEED=many"}, "the seed is a whole number"},
		{[]string{"UNDERSTUDY_LISTEN_FILE=x"}, "UNDERSTUDY_LISTEN_FILE: only secrets are read from files; set UNDERSTUDY_LISTEN"},
		{[]string{"UNDERSTUDY_ZHELIBAN_FORWARDTO=private"}, "UNDERSTUDY_ZHELIBAN_FORWARDTO: zheliban forwards nothing; unset it, or set UNDERSTUDY_WEIXIAO_FORWARDTO"},
		{[]string{"UNDERSTUDY_ZHELIBAN_FORWARDTO="}, "zheliban forwards nothing"},
		{[]string{"UNDERSTUDY_="}, "unknown environment variable"},
		{[]string{"UNDERSTUDY_MYTIJIAN_ACCESSTOKENS=hush=north"}, "UNDERSTUDY_MYTIJIAN_ACCESSTOKENS: a hospital"},
	}
	for _, tt := range tests {
		_, err := configureBy(all, "", tt.environ)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%.80q gives %v, want %q in it and no secret", tt.environ, err, tt.want)
		}
	}
}

// TestOnlyForwardersForward gives targets to every vendor; under one that forwards nothing they would widen the list of
// another.
func TestOnlyForwardersForward(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	forwarding := 0
	for _, c := range all {
		name := write(t, "vendors:\n  "+c.Vendor+":\n    forwardTo: [private]\n")
		_, inFile := configureBy(all, name, nil)
		_, inEnvironment := configureBy(all, "", []string{variableName(c.Vendor, keyForwardTo) + "=private"})
		if forwards(c.Vendor) {
			forwarding++
			if inFile != nil || inEnvironment != nil {
				t.Errorf("%s: %v, %v", c.Vendor, inFile, inEnvironment)
			}
			continue
		}
		if want := name + ":3: " + c.Vendor + " forwards nothing; leave forwardTo out, or write it below weixiao"; inFile == nil || inFile.Error() != want {
			t.Errorf("in the file of %s: %v, want %s", c.Vendor, inFile, want)
		}
		if inEnvironment == nil || !strings.Contains(inEnvironment.Error(), c.Vendor+" forwards nothing") {
			t.Errorf("in the environment of %s: %v", c.Vendor, inEnvironment)
		}
	}
	if forwarding != len(forwarders()) || forwarding == len(all) {
		t.Errorf("%d of %d vendors forward", forwarding, len(all))
	}
}

func TestNearestVariable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"UNDERSTUDY_VENDOR":               "",
		"UNDERSTUDY_":                     "",
		"UNDERSTUDY_WEIXIAO_SEED":         "",
		"UNDERSTUDY_ZHELIBAN_TOKEN":       "",
		"UNDERSTUDY_CONFIG":               "",
		"UNDERSTUDY_LISTN":                "UNDERSTUDY_LISTEN",
		"UNDERSTUDY_ZHELIBAN_AESKEI":      "UNDERSTUDY_ZHELIBAN_AESKEY",
		"UNDERSTUDY_ZHELIBN_AESKEY":       "UNDERSTUDY_ZHELIBAN_AESKEY",
		"UNDERSTUDY_ZHELIBAN_AES_KEY":     "UNDERSTUDY_ZHELIBAN_AESKEY",
		"UNDERSTUDY_ZHELIBAN_AESKEI_FILE": "UNDERSTUDY_ZHELIBAN_AESKEY_FILE",
		"UNDERSTUDY_WEIXIAO_FORWARD_TO":   "UNDERSTUDY_WEIXIAO_FORWARDTO",
	} {
		_, err := configureBy(contracts(t), "", []string{name + "=x"})
		suggestion := ""
		if want != "" {
			suggestion = "; did you mean " + want + "?"
		}
		if text := "unknown environment variable " + name + suggestion + "; understudy serve --help says how they are named"; err == nil || err.Error() != text {
			t.Errorf("%v, want\n%s", err, text)
		}
	}
}

// TestFoldNames writes names as a system may that does not tell cases apart.
func TestFoldNames(t *testing.T) {
	t.Parallel()
	environ := []string{"=C:=C:\\dir", "Path=x", "Understudy_Seed=7", "understudy_zheliban_secret=hUsh=Hush"}
	s, err := configureBy(contracts(t), "", foldNames(environ, "windows"))
	if err != nil || s.seed != 7 || s.vendors["zheliban"].credentials["secret"].Text != "hUsh=Hush" {
		t.Errorf("on Windows: %+v, %v", s, err)
	}
	if _, err = configureBy(contracts(t), "", foldNames([]string{"Understudy_Sead=7"}, "windows")); err == nil || !strings.Contains(err.Error(), "did you mean UNDERSTUDY_SEED?") {
		t.Errorf("on Windows a misspelt name gives %v", err)
	}
	if s, err = configureBy(contracts(t), "", foldNames(environ, "linux")); err != nil || s.seed != 0 {
		t.Errorf("on Linux: %+v, %v", s, err)
	}
}

// FuzzFile feeds configuration files: an error names the file, and nothing panics.
func FuzzFile(f *testing.F) {
	all := contracts(f)
	for _, seed := range []string{"vendors: {mytijian: {accessTokens: {a: 1}}}", "a: &b [*b]", "[", "listen: !!binary x", "? {a: b}\n: c", "--- |\n a"} {
		f.Add(seed)
	}
	name := filepath.Join(f.TempDir(), "fuzz.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := configureBy(all, name, nil); err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%q gives %v, which does not name the file", text, err)
		}
	})
}

// configureBy reads a configuration file, "" for none, and an environment.
func configureBy(contracts []*specs.Contract, name string, environ []string) (*settings, error) {
	file, err := openConfig(name)
	if err != nil {
		return nil, err
	}
	return configure(contracts, file, environ)
}
