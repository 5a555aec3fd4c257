package behave

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/forward"
	"understudy/mock/internal/value"
)

func TestNoReadingIsChosen(t *testing.T) {
	t.Parallel()
	if got := (&World{}).Reading("T-4"); got != "" {
		t.Errorf("the reading %q", got)
	}
	if got := (&World{Readings: map[string]string{"T-4": "object"}}).Reading("T-4"); got != "object" {
		t.Errorf("the reading %q", got)
	}
}

// TestTasksAsOneObject is T-4.
func TestTasksAsOneObject(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:6] {
		w := mytijianWorld(t, seed, "197")
		w.world.Accounts = []string{"197"}
		list := tasksAnswered(w)
		for _, name := range []string{"list", ""} {
			w.world.Readings = map[string]string{"T-4": name}
			if diff := cmp.Diff(list, tasksAnswered(w)); diff != "" {
				t.Fatalf("%q: %s", name, diff)
			}
		}
		w.world.Readings = map[string]string{"T-4": "object"}
		if diff := cmp.Diff(any(list[0]), w.call("listHospitalTasks", nil).Value); diff != "" {
			t.Fatal(diff)
		}
		w.remove("tasks", w.records("tasks")[0].Key)
		if diff := cmp.Diff(any(list[1]), w.call("listHospitalTasks", nil).Value); diff != "" {
			t.Fatal(diff)
		}
		for _, r := range w.records("tasks") {
			w.remove("tasks", r.Key)
		}
		if got := w.call("listHospitalTasks", nil).Value; got != nil {
			t.Fatalf("no task is %v", got)
		}
	}
}

// TestWhatAProjectGets is W-35.
func TestWhatAProjectGets(t *testing.T) {
	t.Parallel()
	const fields = `{"app_key":"k","school_code":"s","event":"addUser","raw_data":"00ff"}`
	for name, want := range map[string]string{
		"": fields, "fields": fields,
		"plaintext": `{"big":12345678901234567890,"id":1.50,"name":"<甲>&","tags":["a"]}`,
	} {
		var came []string // read after everything has come to rest
		project := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			came = append(came, r.Header.Get("Content-Type")+" "+string(body))
		}))
		t.Cleanup(project.Close)
		h := newHub(t, &forward.Client{})
		h.world.Readings = map[string]string{"W-35": name}
		h.add("a", project.URL)
		h.call(&Call{
			Operation: "receivePush",
			Body:      Decoded{value.Record{"app_key": "k", "school_code": "s", "event": "addUser", "raw_data": "00ff"}},
			Opened: value.Record{
				"name": "<甲>&", "id": json.Number("1.50"), "big": json.Number("12345678901234567890"), "tags": value.List{"a"},
			},
		})
		h.settle()
		project.Close()
		if len(came) != 1 || !strings.HasPrefix(came[0], "application/json") || !strings.HasSuffix(came[0], " "+want) {
			t.Errorf("%q: posted was %q, want %s", name, came, want)
		}
		if list := h.outside().records("pushes"); len(list) != 1 || list[0].Value["raw_data"] != "00ff" {
			t.Errorf("%q: kept is %v", name, list)
		}
	}
}

// TestQuotesOfATextInAMessage is E-9.
func TestQuotesOfATextInAMessage(t *testing.T) {
	t.Parallel()
	const other, unreadable, another = "json-text-in-other-quotes", "unreadable-json-text", "json-text-of-another-kind"
	for _, c := range []struct{ name, text, either, json, quotes string }{
		{"recipient", `{"orgId":"1"}`, "", "", other},
		{"recipient", `{'orgId':'1'}`, "", other, ""},
		{"recipient", `{"orgId":"it's one"}`, "", "", other},
		{"recipient", `{'orgId':'say "hi"'}`, "", other, ""},
		{"recipient", `{"orgId":'1'}`, unreadable, unreadable, other},
		{"recipient", `{'orgId':"1"}`, unreadable, other, unreadable},
		{"recipient", `{}`, "", "", ""},
		{"recipient", ``, "", "", ""},
		{"recipient", `{`, unreadable, unreadable, unreadable},
		{"recipient", `[]`, another, another, another},
		{"attfiles", `[{"name":"议程.pdf"}]`, "", "", other},
		{"attfiles", `[{'name':'议程.pdf'}]`, "", other, ""},
	} {
		for reading, want := range map[string]string{"": c.either, "json": c.json, "quotes": c.quotes} {
			w := newTestWorld(t, "eazytec", 1)
			w.world.Readings = map[string]string{"E-9": reading}
			body := messageBody(c.name, c.text)
			if want == "" {
				w.call("sendMessage", body)
				continue
			}
			if got := w.refused("sendMessage", body, "parameter-missing"); got != want {
				t.Errorf("%q: %s %s: diagnosis %s, want %s", reading, c.name, c.text, got, want)
			}
			_, err := w.try("sendMessage", body)
			finding := errorDetail(err).Diagnosis.Findings[0]
			if finding.Pointer != "/sendData/params/"+c.name || finding.Clause != "E-9" || strings.Contains(finding.Got, "议程") {
				t.Errorf("%q: %s %s: %+v", reading, c.name, c.text, finding)
			}
		}
	}
}
