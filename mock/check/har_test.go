package check

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/specs"
)

// recorder keeps what travels as a HAR file has it.
type recorder struct {
	mu      sync.Mutex
	entries []any
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	var sent []byte
	if request.Body != nil {
		sent, _ = io.ReadAll(request.Body)
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(got))
	entry := map[string]any{
		"startedDateTime": "2026-03-01T08:00:00.000+08:00", "time": 1.5,
		"request": map[string]any{"method": request.Method, "url": request.URL.String(), "headers": pairsOf(request.Header)},
		"response": map[string]any{
			"status": response.StatusCode, "headers": pairsOf(response.Header),
			"content": map[string]any{"size": len(got), "mimeType": response.Header.Get("Content-Type"), "encoding": "base64", "text": base64.StdEncoding.EncodeToString(got)},
		},
	}
	if len(sent) > 0 {
		entry["request"].(map[string]any)["postData"] = map[string]any{"mimeType": request.Header.Get("Content-Type"), "text": string(sent)}
	}
	r.mu.Lock()
	r.entries = append(r.entries, entry)
	r.mu.Unlock()
	return response, err
}

func pairsOf(h http.Header) []map[string]string {
	list := []map[string]string{{"name": ":authority", "value": "x"}}
	for _, name := range sortedHeader(h) {
		for _, v := range h[name] {
			list = append(list, map[string]string{"name": strings.ToLower(name), "value": v})
		}
	}
	return list
}

func harOf(tb testing.TB, entries []any) string {
	tb.Helper()
	text, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "pages": []any{map[string]any{"id": "x"}}, "entries": entries}})
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// recordVendor calls every operation of one of our contracts at a simulator, as the contract allows, and gives what travelled.
func recordVendor(tb testing.TB, vendor string) (c *specs.Contract, credentials mock.Credentials, entries []any) {
	tb.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	server, err := mock.New(mock.Config{Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	listener := httptest.NewServer(server)
	tb.Cleanup(listener.Close)
	credentials, _ = server.Credentials(vendor)
	kept := &recorder{}
	r, err := newRun(Config{Contract: c, Credentials: credentials, Target: listener.URL, HTTP: &http.Client{Transport: kept}, Unsafe: true})
	if err != nil {
		tb.Fatal(err)
	}
	r.part(tb.Context(), positive, r.harvest(), r.positives)
	if len(kept.entries) == 0 {
		tb.Fatal("nothing travelled")
	}
	return c, credentials, kept.entries
}

func TestARecordingOfOurOwnSimulatorKeepsTheContract(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there are no vendors")
	}
	for _, vendor := range vendors {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, credentials, entries := recordVendor(t, vendor)
			r, err := HAR(t.Context(), c, credentials, strings.NewReader("\ufeff"+harOf(t, entries)))
			if err != nil {
				t.Fatal(err)
			}
			if r.Requests != len(entries) || r.Failures() > 0 || len(r.Strays) > 0 {
				t.Errorf("%d of %d entries, strays %v", r.Requests, len(entries), r.Strays)
				tellFailures(t, r)
			}
			for _, op := range r.Operations {
				if len(op.Requests.Checked) == 0 || len(op.Replies.Checked) == 0 {
					t.Errorf("%s: nothing was judged: %v %v", op.ID, op.Requests.NotChecked, op.Replies.NotChecked)
				}
			}
		})
	}
}

func tellFailures(t *testing.T, r *report.Report) {
	t.Helper()
	for _, op := range r.Operations {
		for _, p := range op.Parts() {
			for _, c := range p.Checked {
				if c.Failed {
					t.Errorf("%s: %s: %s", op.ID, c.Name, c.Findings[0].Sentence())
				}
			}
		}
	}
}

// TestWithoutCredentialsNothingSealedIsJudged: a body that nobody can open says nothing.
func TestWithoutCredentialsNothingSealedIsJudged(t *testing.T) {
	t.Parallel()
	c, _, entries := recordVendor(t, "zheliban")
	r, err := HAR(t.Context(), c, nil, strings.NewReader(harOf(t, entries)))
	if r == nil {
		t.Fatal(err)
	}
	if r.Failures() > 0 {
		tellFailures(t, r)
	}
	said := false
	for _, op := range r.Operations {
		said = said || slices.ContainsFunc(op.Replies.NotChecked, func(r report.Reason) bool { return strings.Contains(r.Text, "cannot be opened without the credential") })
	}
	if !said {
		t.Error("nothing says that the bodies were not opened")
	}
}

const petDocument = `
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example.com/api}]
security: [{key: []}]
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: readPet
      parameters: [{name: size, in: query, schema: {type: string, enum: [s, m]}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
        "404": {description: none}
    put:
      operationId: replacePet
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"204": {description: ok}, "422": {description: bad}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string, minLength: 1}, tags: {type: array, items: {type: string}}}, additionalProperties: false}
`

func pets(tb testing.TB) *specs.Contract {
	tb.Helper()
	c, err := specs.Parse("pets", "pets.yaml", []byte(petDocument))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func names(p report.Part) []string {
	var list []string
	for _, c := range p.Checked {
		list = append(list, c.Name)
	}
	return list
}

// TestWhatARecordingShows: what single entries come to, as tools write them.
func TestWhatARecordingShows(t *testing.T) {
	t.Parallel()
	good := `{"status": 200, "headers": [{"name": "content-type", "value": "application/json"}], "content": {"text": "{\"name\": \"a\"}"}}`
	get := func(path, response string) string {
		return `{"request": {"method": "GET", "url": "https://pets.example.com/api` + path + `", "headers": [{"name": "x-key", "value": "k-0123456789"}]}, "response": ` + response + `}`
	}
	put := func(post, status string) string {
		return `{"request": {"method": "put", "url": "https://pets.example.com/api/pets/1", "headers": [{"name": "X-Key", "value": "k"}], "postData": ` + post + `}, "response": {"status": ` + status + `}}`
	}
	for name, tt := range map[string]struct {
		entries   string
		operation int
		requests  []string
		replies   []string
		observed  string
	}{
		"as it should be":    {get("/pets/1?size=s", good), 0, []string{"request: as the contract has it"}, []string{"reply: as the contract has it"}, ""},
		"a wrong query":      {get("/pets/1?size=xl", good), 0, []string{"request: violates-contract query size enum"}, []string{"reply: as the contract has it"}, "the server did what 1 calls asked that break the contract"},
		"a wrong path":       {get("/pets/one", `{"status": 404}`), 0, []string{"request: violates-contract path id type"}, []string{"reply: as the contract has it"}, ""},
		"an unknown status":  {get("/pets/1", `{"status": 418}`), 0, []string{"request: as the contract has it"}, []string{"reply: undeclared-status status"}, ""},
		"a server error":     {get("/pets/1", `{"status": 502, "content": {"text": "bad gateway"}}`), 0, []string{"request: as the contract has it"}, []string{"reply: server-error status"}, ""},
		"a wrong media type": {get("/pets/1", strings.ReplaceAll(good, "application/json", "text/csv")), 0, []string{"request: as the contract has it"}, []string{"reply: undeclared-media-type header Content-Type"}, ""},
		"a wrong reply":      {get("/pets/1", `{"status": 200, "content": {"mimeType": "application/json", "encoding": "base64", "text": "eyJuYW1lIjogIiIsICJ0YWdzIjogWyJhIiwgMSwgMl19"}}`), 0, []string{"request: as the contract has it"}, []string{"reply: violates-contract reply /name minLength", "reply: violates-contract reply /tags/* type"}, ""},
		"a reply not kept":   {get("/pets/1", `{"status": 200, "content": {"size": 20, "mimeType": "application/json"}}`), 0, []string{"request: as the contract has it"}, nil, ""},
		"no reply":           {get("/pets/1", `{"status": 0, "_error": "net::ERR_ABORTED"}`), 0, []string{"request: as the contract has it"}, nil, ""},
		"a body":             {put(`{"mimeType": "application/json", "text": "{\"name\": \"a\"}"}`, "204"), 1, []string{"request: as the contract has it"}, []string{"reply: as the contract has it"}, ""},
		"a wrong body":       {put(`{"mimeType": "application/json", "text": "{\"nam\": \"a\"}"}`, "422"), 1, []string{"request: violates-contract body /name required", "request: violates-contract body /nam additionalProperties"}, []string{"reply: as the contract has it"}, ""},
		"a body not kept":    {put(`{"mimeType": "application/json", "params": [{"name": "a"}]}`, "204"), 1, nil, []string{"reply: as the contract has it"}, ""},
		"no credentials":     {strings.ReplaceAll(get("/pets/1", good), "x-key", "x-other"), 0, []string{"request: as the contract has it"}, []string{"reply: as the contract has it"}, "the recording has none at all"},
		"some credentials":   {get("/pets/1", good) + "," + strings.ReplaceAll(get("/pets/1", good), "x-key", "x-other"), 0, []string{"request: as the contract has it", "request: unauthorized request"}, []string{"reply: as the contract has it"}, ""},
		"a hidden value":     {get("/pets/1?size=***", strings.ReplaceAll(good, `\"a\"`, `\"a\", \"tags\": \"***\"`)), 0, []string{"request: as the contract has it"}, []string{"reply: as the contract has it"}, ""},
		"a hidden body":      {put(`{"mimeType": "application/json", "text": "***"}`, "204"), 1, nil, []string{"reply: as the contract has it"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := HAR(t.Context(), pets(t), nil, strings.NewReader(`{"log": {"entries": [`+tt.entries+`]}}`))
			if err != nil {
				t.Fatal(err)
			}
			op := r.Operations[tt.operation]
			if got := names(op.Requests); !slices.Equal(got, tt.requests) {
				t.Errorf("requests: %q, want %q", got, tt.requests)
			}
			if got := names(op.Replies); !slices.Equal(got, tt.replies) {
				t.Errorf("replies: %q, want %q", got, tt.replies)
			}
			if tt.observed != "" && !slices.ContainsFunc(r.Observed, func(o report.Observation) bool { return strings.Contains(o.Text, tt.observed) }) {
				t.Errorf("observed %v, want %q", r.Observed, tt.observed)
			}
			if len(op.Requests.Checked) == 0 && len(op.Requests.NotChecked) == 0 || len(op.Replies.Checked) == 0 && len(op.Replies.NotChecked) == 0 {
				t.Error("nothing says why nothing was judged")
			}
		})
	}
}

func TestARecordingOfAServerThatStandsElsewhere(t *testing.T) {
	t.Parallel()
	entry := func(url string) string {
		return `{"request": {"method": "GET", "url": "` + url + `"}, "response": {"status": 404}}`
	}
	har := `{"log": {"entries": [` + strings.Join([]string{
		entry("https://staging.test/v9/pets/1"), entry("https://staging.test/v9/pets/2?a=secret"), entry("https://other.test/app.js?token=secret"),
		entry("https://other.test/app.js"), entry("wss://other.test/socket"), `{"request": {"method": "DELETE", "url": "https://pets.example.com/api/pets/1"}}`, `{}`,
	}, ",") + `]}}`
	r, err := HAR(t.Context(), pets(t), nil, strings.NewReader(har))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Operations[0].Replies.Checked; len(got) != 1 || got[0].Count != 2 {
		t.Errorf("replies are %+v", got)
	}
	want := []report.Stray{
		{Method: "GET", Path: "/app.js", Count: 2, Message: "no operation has this path"},
		{Method: "DELETE", Path: "/api/pets/1", Count: 1, Message: "method DELETE is not offered here; use GET, PUT"},
	}
	if !slices.Equal(r.Strays, want) {
		t.Errorf("strays are %+v, want %+v", r.Strays, want)
	}
	for _, note := range []string{"At staging.test the contract's paths were taken to begin below /v9.", "2 entries of the recording are no HTTP calls."} {
		if !slices.Contains(r.Notes, note) {
			t.Errorf("notes are %q, want %q", r.Notes, note)
		}
	}
	if r.Failures() != 0 {
		t.Error("a stray fails")
	}

	r, err = HARConfig{Contract: pets(t), Recording: strings.NewReader(har), Base: "https://staging.test/v9"}.Check(t.Context())
	if err != nil || len(r.Strays) != 2 || r.Operations[0].Replies.Checked[0].Count != 2 {
		t.Errorf("with a base: %v, %+v", err, r)
	}
	var nothing *NothingError
	r, err = HARConfig{Contract: pets(t), Recording: strings.NewReader(har), Base: "https://staging.test/v8"}.Check(t.Context())
	if !errors.As(err, &nothing) || nothing.Calls != 5 || nothing.Matched != 0 || r == nil || !strings.Contains(err.Error(), "/pets/{id}") {
		t.Errorf("with another base: %v, %+v", err, r)
	}
	if _, err = (HARConfig{Contract: pets(t), Recording: strings.NewReader(har), Base: "v8"}).Check(t.Context()); err == nil {
		t.Error("a base that is no URL is taken")
	}
}

func TestWhatIsNoRecording(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "ends in the middle",
		"<html>":                            "no JSON at byte",
		"{}":                                "no log.entries",
		"[]":                                "no log.entries",
		`{"log": {"entries": {}}}`:          "log.entries is no list",
		`{"log": {"entries": [1]}}`:         "entry 1 of the recording is none",
		`{"log": {"entries": [{"request":`:  "ends in the middle",
		"\xff\xfe{\x00}\x00":                "UTF-16",
		`{"log": {"entries": []}}`:          "nothing was checked",
		`{"log": {"entries": [{"a": 1}]}}`:  "nothing was checked",
		`{"log": {"pages": [[{"x": {}}]]}}`: "no log.entries",
	} {
		if _, err := HAR(t.Context(), pets(t), nil, strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := HAR(ctx, pets(t), nil, strings.NewReader(`{"log": {"entries": [{}]}}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestAReportOfARecordingHasItsTime(t *testing.T) {
	t.Parallel()
	_, _, entries := recordVendor(t, "mytijian")
	c, err := specs.Load("mytijian")
	if err != nil {
		t.Fatal(err)
	}
	r, err := HARConfig{Contract: c, Recording: strings.NewReader(harOf(t, entries)), Name: "traffic.har", Version: "1"}.Check(t.Context())
	if r == nil {
		t.Fatal(err)
	}
	if !r.Started.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) || r.Duration != 1500*time.Microsecond || r.Target != "traffic.har" || r.Version != "1" {
		t.Errorf("started %v, took %v, target %q", r.Started, r.Duration, r.Target)
	}
}
