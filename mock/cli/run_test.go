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
)

const petStory = `arazzo: 1.0.1
info: {title: Pets, version: '1'}
sourceDescriptions: [{name: petStore, url: ./petstore.yaml}]
workflows:
  - workflowId: look
    summary: Look at the pets
    inputs: {type: object, required: [apiKey, wanted], properties: {apiKey: {type: string}, wanted: {type: integer}}}
    steps:
      - stepId: list
        operationId: listPets
        successCriteria: [{condition: $response.body#/0/id == $inputs.wanted}]
        outputs: {id: $response.body#/0/id}
      - stepId: strange
        operationId: listPets
        parameters: [{name: X-Key, in: header, value: somebody-else}]
        successCriteria: [{condition: $statusCode == 401}]
    outputs: {id: $steps.list.outputs.id, key: $inputs.apiKey}
`

const petConfig = "vendors: {petstore: {apiKey: hush-hush}}\n"

// TestRunAStory runs one at a server of nobody's: the contract stands beside the story, under a name of its own.
func TestRunAStory(t *testing.T) {
	t.Parallel()
	s := pets(t, `[{"id":1}]`)
	dir := folder(t, map[string]string{
		"petstore.yaml": petStore, "parts.yaml": petParts, "pets.arazzo.yaml": petStory, "understudy.yaml": petConfig, "inputs.yaml": "wanted: 1\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"run", at("pets.arazzo.yaml"), "--target", s.URL + "/v1", "--config", at("understudy.yaml")}
	code, out, failed := checked(t.Context(), append(args, "--input", "wanted=1", "--report", "junit="+at("report.xml"))...)
	if code != 0 || !strings.Contains(out, `"workflow": "look", "outputs": {"id": 1, "key": "***"}}`) || !strings.Contains(failed, "passed: 2 checks") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	text, err := os.ReadFile(at("report.xml"))
	if err != nil || !bytes.Contains(text, []byte("strange")) {
		t.Errorf("the report: %v\n%s", err, text)
	}
	if strings.Contains(out+failed+string(text), "hush") {
		t.Errorf("a secret is told:\n%s%s%s", out, failed, text)
	}
	if code, out, failed := checked(t.Context(), append(args, "--inputs", at("inputs.yaml"), "--report", "junit=-")...); code != 0 || !strings.HasPrefix(out, "<?xml") || !strings.Contains(failed, `"outputs"`) {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	code, _, failed = checked(t.Context(), append(args, "--inputs", at("inputs.yaml"), "--input", "wanted=2")...)
	if code != 1 || !strings.Contains(failed, "not met: $response.body#/0/id == $inputs.wanted; $response.body#/0/id is 1, $inputs.wanted is 2") || !strings.Contains(failed, "not reached: strange") {
		t.Errorf("ends with %d:\n%s", code, failed)
	}
}

// TestRunByPath: an operation that is named by its place has its credentials as one that is named by its id, configured or stood
// in for, and outputs are printed as they are, but for a credential in whatever form.
func TestRunByPath(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[{"id":1}]`))
	}))
	t.Cleanup(s.Close)
	story := `arazzo: 1.0.1
info: {title: Pets, version: '1'}
sourceDescriptions: [{name: petstore, url: ./petstore.yaml}]
workflows:
  - workflowId: look
    steps:
      - stepId: list
        operationPath: '{$sourceDescriptions.petstore.url}#/paths/~1pets/get'
        parameters: [{name: more, in: query, value: <a>&b=hush/hush}]
        outputs: {more: $request.query.more, url: $url}
    outputs: {more: $steps.list.outputs.more, url: $steps.list.outputs.url}
`
	dir := folder(t, map[string]string{
		"petstore.yaml": petStore, "parts.yaml": petParts, "pets.arazzo.yaml": story, "understudy.yaml": "vendors: {petstore: {apiKey: hush/hush}}\n",
	})
	args := []string{"run", filepath.Join(dir, "pets.arazzo.yaml"), "--target", s.URL + "/v1"}
	if code, out, failed := checked(t.Context(), args...); code != 0 || !strings.Contains(out, `"more": "<a>&b=hush/hush"`) {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	code, out, failed := checked(t.Context(), append(args, "--config", filepath.Join(dir, "understudy.yaml"))...)
	if code != 0 || !strings.Contains(out, `"more": "<a>&b=***", "url": "`+s.URL+`/v1/pets?more=%3Ca%3E%26b%3D***"`) {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestWhoseContract finds the contract of a source beside the story, in the configuration, and on the command line.
func TestWhoseContract(t *testing.T) {
	t.Parallel()
	s := pets(t, `[{"id":1}]`)
	gone := strings.Replace(petStory, "./petstore.yaml", "gone.yaml", 1)
	dir := folder(t, map[string]string{
		"petstore.yaml": petStore, "parts.yaml": petParts, "pets.arazzo.yaml": petStory, "gone.arazzo.yaml": gone,
		"beside.yaml": petConfig, "own.yaml": "specs: [shop=petstore.yaml, other=petstore.yaml]\nvendors: {shop: {apiKey: hush-hush}, other: {apiKey: x}}\n",
		"more.yaml": "specs: [other=petstore.yaml]\nvendors: {other: {apiKey: hush-hush}}\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, args := range map[string][]string{
		"beside the story":       {at("pets.arazzo.yaml"), "--config", at("beside.yaml")},
		"of another name":        {at("pets.arazzo.yaml"), "--config", at("own.yaml")},
		"beside another one":     {at("pets.arazzo.yaml"), "--config", at("more.yaml")},
		"on the command line":    {at("gone.arazzo.yaml"), "--config", at("beside.yaml"), "--spec", "petstore=" + at("petstore.yaml")},
		"the only one":           {at("gone.arazzo.yaml"), "--config", at("beside.yaml"), "--spec", at("petstore.yaml")},
		"the target of a source": {at("pets.arazzo.yaml"), "--config", at("beside.yaml"), "--target", "petStore=" + s.URL + "/v1"},
	} {
		args := append([]string{"run"}, args...)
		if len(args) < 6 || args[4] != "--target" {
			args = append(args, "--target", s.URL+"/v1")
		}
		if code, out, failed := checked(t.Context(), append(args, "--input", "wanted=1")...); code != 0 {
			t.Errorf("%s: ends with %d:\n%s%s", name, code, out, failed)
		}
	}
}

func TestRunIsNotBegun(t *testing.T) {
	t.Parallel()
	called := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer s.Close()
	dir := folder(t, map[string]string{
		"petstore.yaml": petStore, "parts.yaml": petParts, "pets.arazzo.yaml": petStory, "understudy.yaml": petConfig,
		"wrong.arazzo.yaml": "arazzo: 1.0.1\n", "list.yaml": "[1]\n",
		"far.arazzo.yaml":     strings.Replace(petStory, "./petstore.yaml", "https://pets.example/openapi.yaml", 1),
		"gone.arazzo.yaml":    strings.Replace(petStory, "./petstore.yaml", "gone.yaml", 1),
		"typo.arazzo.yaml":    strings.ReplaceAll(petStory, "operationId: listPets", "operationId: listPetz"),
		"control.arazzo.yaml": strings.Replace(strings.Replace(petStory, "url: ./petstore.yaml}", "url: ./petstore.yaml}, {name: control, url: ../mock/control/openapi.yaml}", 1), "operationId: listPets", "operationId: $sourceDescriptions.control.listSessions", 2),
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	story, config := at("pets.arazzo.yaml"), "--config="+at("understudy.yaml")
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"no file", nil, "name the file of a story"},
		{"a file that is not there", []string{at("x.yaml")}, "x.yaml: there is no such file"},
		{"two that are wrong", []string{at("wrong.arazzo.yaml"), at("x.yaml")}, "wrong.arazzo.yaml:1: a story: workflows is missing\n"},
		{"an input that is missing", []string{story}, "pets.arazzo.yaml:5: the inputs of look: it needs wanted"},
		{"an input that is none", []string{story, "--input", "wanted=1", "--input", "wnted=2"}, "no workflow takes an input wnted"},
		{"an input of another type", []string{story, "--input", "wanted=x"}, "--input: the input wanted takes integer; write it as JSON"},
		{"an input without a value", []string{story, "--input", "wanted"}, "--input: write NAME=VALUE"},
		{"inputs that are no object", []string{story, "--inputs", at("list.yaml")}, "an object of inputs is due"},
		{"a workflow that is not there", []string{story, "--input", "wanted=1", "--workflow", "lok"}, "there is no workflow lok; there are look"},
		{"a document elsewhere", []string{at("far.arazzo.yaml")}, "far.arazzo.yaml:3: the source petStore: nothing is fetched from https://pets.example/openapi.yaml: save the document and give it by --spec petstore=FILE"},
		{"a document that is gone", []string{at("gone.arazzo.yaml")}, "gone.arazzo.yaml:3: the source petStore: "},
		{"an operation that is not there", []string{at("typo.arazzo.yaml"), "--input", "wanted=1"}, "typo.arazzo.yaml:10: the step list: petstore has no operation listPetz; there are listPets"},
		{"the control listener of nobody", []string{at("control.arazzo.yaml"), "--input", "wanted=1"}, "this story runs at the simulator alone, which needs the address of that listener as well (--control URL)"},
		{"a target that is none", []string{story, "--target", "x=http://a.test"}, "has no source of that name; there are petStore"},
		{"an empty session", []string{story, "--session", ""}, "--session is empty"},
		{"too few steps", []string{story, "--max-steps", "-1"}, "--max-steps is a number of steps"},
		{"a report that it cannot fill", []string{story, "--report", "har=x.har"}, "run writes no har"},
	} {
		args := append([]string{"run"}, tt.args...)
		if tt.args != nil {
			args = append(args, "--target", s.URL, config)
		}
		code, out, failed := checked(t.Context(), args...)
		if code != 2 || !strings.Contains(failed, tt.want) || out != "" {
			t.Errorf("%s: ends with %d: %s%s\nwant %s", tt.name, code, out, failed, tt.want)
		}
	}
	if called {
		t.Error("something was sent")
	}
}

func TestListStories(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"pets.arazzo.yaml": petStory})
	file := filepath.Join(dir, "pets.arazzo.yaml")
	code, out, failed := checked(t.Context(), "run", file, "--list")
	if want := file + ": Pets\n  look  2 steps  apiKey*,wanted*  Look at the pets\n"; code != 0 || out != want {
		t.Errorf("ends with %d: %s%s, want %s", code, out, failed, want)
	}
}

// TestRunInterrupted ends in good order.
func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer s.Close()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts, "pets.arazzo.yaml": petStory, "understudy.yaml": petConfig})
	code, _, failed := checked(ctx, "run", filepath.Join(dir, "pets.arazzo.yaml"), "--target", s.URL, "--config", filepath.Join(dir, "understudy.yaml"), "--input", "wanted=1")
	if code != 2 || !strings.Contains(failed, "interrupted") {
		t.Errorf("ends with %d: %s", code, failed)
	}
}

const clockStory = `arazzo: 1.0.1
info: {title: A day later, version: '1'}
sourceDescriptions:
  - {name: zheliban, url: ../specs/zheliban/openapi.yaml}
  - {name: control, url: ../mock/control/openapi.yaml}
workflows:
  - workflowId: later
    inputs: {type: object, required: [session], properties: {session: {type: string}}}
    steps:
      - stepId: pull
        operationId: $sourceDescriptions.zheliban.pullReservations
        outputs: {batch: $response.body#/result/0/requestId}
      - stepId: a-day-passes
        operationId: $sourceDescriptions.control.advanceClock
        parameters: [{name: name, in: path, value: $inputs.session}]
        requestBody: {payload: {by: 25h}}
      - stepId: expired
        operationId: $sourceDescriptions.zheliban.acknowledgeReservations
        requestBody: {payload: {requestId: $steps.pull.outputs.batch}}
        successCriteria: [{condition: $response.body#/code == 200}]
        onFailure: [{name: again, type: retry, criteria: [{condition: $response.body#/code == 401}]}]
      - stepId: forget
        operationId: $sourceDescriptions.control.clearJournal
        parameters: [{name: name, in: path, value: nobody}]
        successCriteria: [{condition: $statusCode == 404}]
`

// TestRunAtTheSimulator has a story that moves the clock, in a session of its own each time, and one that is drafted from what
// was heard.
func TestRunAtTheSimulator(t *testing.T) {
	t.Parallel()
	s := serve(t, []string{"UNDERSTUDY_CONTROLTOKEN=hush-token"})
	dir := folder(t, map[string]string{"later.arazzo.yaml": clockStory})
	at := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"run", at("later.arazzo.yaml"), "--target", s.vendor, "--control", s.control, "--token", "hush-token"}
	for range 2 {
		if code, out, failed := checked(s.ctx, args...); code != 0 || strings.Contains(out+failed, "hush") {
			t.Fatalf("ends with %d:\n%s%s", code, out, failed)
		}
	}
	// A draft cannot move the clock, and this one need not.
	plain := strings.Replace(clockStory, "{by: 25h}", "{by: 1m}", 1)
	if err := os.WriteFile(at("plain.arazzo.yaml"), []byte(plain), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, failed := checked(s.ctx, "run", at("plain.arazzo.yaml"), "--target", s.vendor, "--control", s.control, "--token", "hush-token", "--session", "heard"); code != 0 {
		t.Fatalf("ends with %d:\n%s%s", code, out, failed)
	}
	code, recorded := s.get(s.control+"/sessions/heard/recording?vendor=zheliban", "hush-token")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, recorded)
	}
	if err := os.WriteFile(at("heard.har"), []byte(recorded), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, failed := checked(s.ctx, "story", at("heard.har"), "--out", at("drafted.arazzo.yaml"), "--workflow", "again"); code != 0 || out != "" {
		t.Fatalf("ends with %d:\n%s%s", code, out, failed)
	}
	code, out, failed := checked(s.ctx, "run", at("drafted.arazzo.yaml"), "--target", s.vendor, "--control", s.control)
	if code != 0 {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	_, printed, _ := checked(s.ctx, "story", at("heard.har"), "--workflow", "again")
	if written, err := os.ReadFile(at("drafted.arazzo.yaml")); err != nil || printed != string(written) {
		t.Errorf("%v: printed\n%s\nwritten\n%s", err, printed, written)
	}
	s.end()
}

func TestStoryIsNotDrafted(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"foreign.har": `{"log": {"version": "1.2", "entries": []}}`,
		"other.har":   `{"log": {"version": "1.2", "creator": {"name": "understudy", "version": ""}, "_understudy": {"form": 1, "vendor": "shop", "masked": true}, "entries": []}}`,
		"empty.har":   `{"log": {"version": "1.2", "creator": {"name": "understudy", "version": ""}, "_understudy": {"form": 1, "vendor": "weixiao", "masked": true}, "entries": []}}`,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"no file", nil, "story takes one recording"},
		{"another tool's", []string{at("foreign.har")}, "understudy import"},
		{"of an unknown vendor", []string{at("other.har")}, "the recording is of shop, which is none of the bundled contracts: give its document by --spec FILE"},
		{"of nothing", []string{at("empty.har")}, "empty.har: the recording has no exchange of which a step can be made"},
		{"too large", []string{at("empty.har"), "--max-bytes", "10"}, "--max-bytes"},
		{"a bound that is none", []string{at("empty.har"), "--max-bytes", "0"}, "--max-bytes is a number of bytes"},
		{"to a folder that is not there", []string{at("empty.har"), "--out", at("x/y.yaml")}, "there is no folder"},
	} {
		code, out, failed := checked(t.Context(), append([]string{"story"}, tt.args...)...)
		if code != 2 || !strings.Contains(failed, tt.want) || out != "" {
			t.Errorf("%s: ends with %d: %s%s\nwant %s", tt.name, code, out, failed, tt.want)
		}
	}
}
