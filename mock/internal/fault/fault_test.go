package fault

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/google/go-cmp/cmp"

	"understudy/specs"
)

// contracts are those that come with this module.
func contracts(t testing.TB, vendors ...string) []*specs.Contract {
	t.Helper()
	if len(vendors) == 0 {
		vendors = specs.Vendors()
	}
	var list []*specs.Contract
	for _, v := range vendors {
		c, err := specs.Load(v)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		t.Fatal("there is no contract")
	}
	return list
}

func whole() Rule {
	return Rule{
		ID: "slow", Vendor: "zheliban", Operation: "pullReservations", Status: 503, Delay: &Delay{P50: 200 * time.Millisecond, P99: 2 * time.Second},
		Break: GatewayPage, Calls: 3, Share: 0.25, AfterCommit: true,
	}
}

func TestARuleSurvivesJSONAndYAML(t *testing.T) {
	t.Parallel()
	rules := []Rule{
		whole(), {}, {Error: "unauthorized"}, {Delay: &Delay{Fixed: 2 * time.Second}}, {Break: StaleToken, Calls: 1},
	}
	for _, r := range rules {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Rule
		if err := json.Unmarshal(text, &back); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(r, back); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		text, err = yaml.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		back = Rule{Calls: 9}
		if err := yaml.Unmarshal(text, &back); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(r, back); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestHowARuleIsWritten(t *testing.T) {
	t.Parallel()
	const asJSON = `{"id":"slow","vendor":"zheliban","operation":"pullReservations","status":503,` +
		`"delay":{"p50":"200ms","p99":"2s"},"break":"page","calls":3,"share":0.25,"afterCommit":true}`
	text, err := json.Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != asJSON {
		t.Errorf("got %s", text)
	}
	const asYAML = "{id: slow, vendor: zheliban, operation: pullReservations, status: 503, delay: {p50: 200ms, p99: 2s}, " +
		"break: page, calls: 3, share: 0.25, afterCommit: true}"
	var r Rule
	if err := yaml.Unmarshal([]byte(asYAML), &r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole(), r); diff != "" {
		t.Error(diff)
	}
	if text, _ := json.Marshal(Rule{Delay: &Delay{Fixed: 1500 * time.Millisecond}}); string(text) != `{"delay":"1.5s"}` {
		t.Errorf("got %s", text)
	}
}

func TestAStateIsWrittenAsItsRuleAndACount(t *testing.T) {
	t.Parallel()
	state := State{whole(), 3}
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), `{"id":"slow",`) || !strings.HasSuffix(string(text), `,"struck":3}`) {
		t.Errorf("got %s", text)
	}
	var back State
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state, back); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`{"hit": 3}`), &back); err == nil {
		t.Error("an unknown key was read")
	}
}

func TestAWrittenRuleIsReadStrictly(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, json, yaml, want string }{
		{"unknown key", `{"statuss": 500}`, "statuss: 500", `a fault has no key "statuss"; there are id, vendor,`},
		{"nearest key", `{"statuss": 500}`, "statuss: 500", "did you mean status?"},
		{"another case", `{"aftercommit": true}`, "aftercommit: true", "did you mean afterCommit?"},
		{"twice", `{"status": 500, "status": 501}`, "status: 500\nstatus: 501", "status: stands twice; keep one"},
		{"text for a number", `{"calls": "many"}`, "calls: many", "calls: takes a whole number"},
		{"fraction of a call", `{"calls": 1.5}`, "calls: 1.5", "calls: takes a whole number"},
		{"number for a text", `{"error": [1]}`, "error: [1]", "error: takes a text"},
		{"share as text", `{"share": "half"}`, "share: half", "share: takes a number above 0 and up to 1"},
		{"share of nothing", `{"share": 0}`, "share: 0", "share: 0 would strike no call"},
		{"commit as text", `{"afterCommit": "perhaps"}`, "afterCommit: perhaps", "afterCommit: takes true or false"},
		{"delay as number", `{"delay": 5}`, "delay: 5", `delay: takes a duration such as "2s"`},
		{"delay as words", `{"delay": "two seconds"}`, "delay: two seconds", `delay: takes a duration such as "2s"`},
		{"half a spread", `{"delay": {"p50": "1s"}}`, "delay: {p50: 1s}", `delay: takes a duration such as "2s"`},
		{"foreign percentile", `{"delay": {"p50": "1s", "p95": "2s"}}`, "delay: {p50: 1s, p95: 2s}", `delay: takes a duration such as "2s"`},
		{"no object", `["status"]`, "[status]", "with some of the keys id, vendor"},
		{"a bare text", `"cut"`, "cut", "with some of the keys id, vendor"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kept := Rule{ID: "kept"}
			err := json.Unmarshal([]byte(c.json), &kept)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("JSON: got %v, want %q", err, c.want)
			}
			if kept.ID != "kept" {
				t.Errorf("JSON: what could not be read changed the rule")
			}
			err = yaml.Unmarshal([]byte(c.yaml), &kept)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line ") {
				t.Errorf("YAML: got %v, want a line and %q", err, c.want)
			}
		})
	}
	var r Rule
	err := yaml.Unmarshal([]byte("vendor: zheliban\nstatuss: 500\ncalls: many\n"), &r)
	if err == nil || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), "line 3: calls") {
		t.Errorf("not everything is told at once: %v", err)
	}
}

func TestBrokenJSONIsNoRule(t *testing.T) {
	t.Parallel()
	var r Rule
	for _, text := range []string{``, `{`, `{"status": }`, "{\"id\": \"\xff\"}"} {
		if err := r.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestKindSaysWhatARuleDoes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule Rule
		want string
	}{
		{Rule{Error: "system-error", Delay: &Delay{Fixed: 1}}, "error"},
		{Rule{Status: 500}, "status"},
		{Rule{Status: 500, Break: GatewayPage}, "page"},
		{Rule{Break: Cut}, "cut"},
		{Rule{Delay: &Delay{Fixed: 1}}, "delay"},
	}
	for _, c := range cases {
		if got := c.rule.Kind(); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.rule, got, c.want)
		}
	}
}

func TestThePageIsHTMLOfItsStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{502: "<title>502 Bad Gateway</title>", 504: "<h1>504 Gateway Timeout</h1>", 599: "<title>599</title>"} {
		page := string(Page(status))
		if !strings.Contains(page, want) || !strings.HasPrefix(page, "<!DOCTYPE html>") || json.Valid([]byte(page)) {
			t.Errorf("%d: got %s", status, page)
		}
	}
	if got := (Rule{Break: GatewayPage}).PageStatus(); got != 502 {
		t.Errorf("got %d", got)
	}
	if got := (Rule{Break: GatewayPage, Status: 504}).PageStatus(); got != 504 {
		t.Errorf("got %d", got)
	}
}
