package check

import (
	"slices"
	"strings"
	"testing"

	"understudy/mock/report"
)

// spoil changes the request of the recorded calls of an operation.
func spoil(entries []any, path string, change func(request map[string]any)) (spoiled int) {
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		request, _ := entry["request"].(map[string]any)
		if url, _ := request["url"].(string); strings.Contains(url, path) {
			change(request)
			spoiled++
		}
	}
	return spoiled
}

// TestARecordingTellsMistakesOfTheWire: what only who opens a body or verifies a signature can see.
func TestARecordingTellsMistakesOfTheWire(t *testing.T) {
	t.Parallel()
	text := func(request map[string]any, change func(string) string) {
		post, _ := request["postData"].(map[string]any)
		post["text"] = change(post["text"].(string))
	}
	for name, tt := range map[string]struct {
		vendor, path, operation string
		change                  func(request map[string]any)
		want                    string
	}{
		"plain text in place of a sealed one": {
			"zheliban", "/reservation/sync/token", "issueToken",
			func(r map[string]any) { text(r, func(string) string { return `{"apikey":"a","secret":"b"}` }) }, "sealed-plain-json",
		},
		"a signature over other parameters": {
			"alihealth", "/router/rest", "queryAppointments",
			func(r map[string]any) { text(r, func(s string) string { return s + "&more=1" }) }, "signature-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, credentials, entries := recordVendor(t, tt.vendor)
			if spoil(entries, tt.path, tt.change) == 0 {
				t.Fatal("no call was spoiled")
			}
			r, err := HAR(t.Context(), c, credentials, strings.NewReader(harOf(t, entries)))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(r.Operations, func(op report.Operation) bool { return op.ID == tt.operation })
			got := names(r.Operations[i].Requests)
			if !slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "request: "+tt.want) }) {
				t.Errorf("checks of the requests are %q, want one with %s", got, tt.want)
			}
			for _, other := range credentials {
				if text := other.Text; len(text) > 8 && strings.Contains(strings.Join(everything(r), "\n"), text) {
					t.Error("the report holds a credential")
				}
			}
		})
	}
}

// everything is every text of a report.
func everything(r *report.Report) []string {
	var list []string
	for _, op := range r.Operations {
		for _, p := range op.Parts() {
			for _, c := range p.Checked {
				list = append(list, c.Name)
				for _, f := range c.Findings {
					list = append(list, f.Sentence(), f.Expected, f.Got, f.Reproduce, f.Request, f.Reply)
				}
			}
		}
	}
	for _, s := range r.Strays {
		list = append(list, s.Path, s.Message)
	}
	for _, o := range r.Observed {
		list = append(list, o.Text)
	}
	return append(list, r.Notes...)
}
