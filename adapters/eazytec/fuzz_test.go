package eazytec

import (
	"encoding/json"
	"strings"
	"testing"

	"understudy/adapters/internal/rest"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []string{sent, `{"data":"缺少必要参数","msg":"fail","status":400}`, `{"error":"invalid_token","error_description":"x"}`, `{"oK":false,"status":"200"}`} {
		f.Add(200, []byte(seed))
		f.Add(401, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e, broken := decode(body)
		id, err := read(rest.Reply{Status: status, Body: body})
		if (err == nil) != (id != "") {
			t.Errorf("id %q, error %v", id, err)
		}
		if err == nil && (broken != nil || !e.success() || status < 200 || status > 299) {
			t.Errorf("HTTP %d %q is taken for a success", status, body)
		}
	})
}

func FuzzSingleQuotes(f *testing.F) {
	for _, seed := range []string{"a", "it's", `"`, `\`, `\"`, `\'`, "\n", "\\u0022"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, name, path string) {
		double, err := jsonText([]Attachment{{name, path}}, DoubleQuotes)
		if err != nil {
			t.Fatal(err)
		}
		quoted, err := jsonText([]Attachment{{name, path}}, SingleQuotes)
		if err != nil || strings.Contains(quoted, `"`) {
			t.Fatalf("%s, %v", quoted, err)
		}
		if got, want := parse(t, strings.ReplaceAll(quoted, "'", `"`)), parse(t, double); got != want {
			t.Errorf("%s and %s differ", quoted, double)
		}
	})
}

func parse(t *testing.T, text string) Attachment {
	t.Helper()
	var list []Attachment
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 {
		t.Fatalf("%s: %v", text, err)
	}
	return list[0]
}
