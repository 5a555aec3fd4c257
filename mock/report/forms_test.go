package report_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"understudy/mock/report"
)

func TestCodeQuality(t *testing.T) {
	t.Parallel()
	var issues []struct {
		Description string `json:"description"`
		Check       string `json:"check_name"`
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	if err := json.Unmarshal(write(t, report.WriteCodeQuality, withBaseline(t)), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 4 {
		t.Fatalf("%d issues, want 4", len(issues))
	}
	severities, prints := map[string]int{}, map[string]bool{}
	for _, i := range issues {
		severities[i.Severity]++
		if i.Description == "" || i.Check == "" || prints[i.Fingerprint] || i.Fingerprint == "" || i.Location.Lines.Begin < 1 || i.Location.Path != "api/pets v1.yaml" {
			t.Errorf("issue %+v lacks something", i)
		}
		prints[i.Fingerprint] = true
	}
	if severities["major"] != 2 || severities["minor"] != 1 || severities["info"] != 1 {
		t.Errorf("severities are %v", severities)
	}
	if text := write(t, report.WriteCodeQuality, &report.Report{}); strings.TrimSpace(string(text)) != "[]" {
		t.Errorf("an empty report is %s", text)
	}
}

func TestHAR(t *testing.T) {
	t.Parallel()
	text := write(t, report.WriteHAR, sample())
	var all map[string]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	entries, _ := all["log"]["entries"].([]any)
	if all["log"]["version"] != "1.2" || len(entries) != 2 {
		t.Fatalf("log is %.300s", text)
	}
	// What HAR 1.2 requires of each object.
	required := map[string][]string{
		"":         {"startedDateTime", "time", "request", "response", "cache", "timings"},
		"request":  {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"},
		"response": {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize"},
		"timings":  {"send", "wait", "receive"},
	}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		for part, names := range required {
			object := entry
			if part != "" {
				object, _ = entry[part].(map[string]any)
			}
			for _, name := range names {
				if v, ok := object[name]; !ok || v == nil {
					t.Errorf("%s.%s is not there", part, name)
				}
			}
		}
	}
	first, _ := entries[0].(map[string]any)
	request, _ := first["request"].(map[string]any)
	query, _ := json.Marshal(request["queryString"])
	if string(query) != `[{"name":"a","value":"你"},{"name":"b","value":"%zz"},{"name":"c","value":""}]` {
		t.Errorf("query is %s", query)
	}
	response, _ := first["response"].(map[string]any)
	content, _ := response["content"].(map[string]any)
	if got, err := base64.StdEncoding.DecodeString(content["text"].(string)); err != nil || string(got) != "\x00\xff" || content["encoding"] != "base64" || response["redirectURL"] != "/elsewhere" {
		t.Errorf("response is %v", response)
	}
}
