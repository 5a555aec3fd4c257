package fault

import (
	"encoding/json"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzRead reads anything: it never panics, and what is read is written and read again as the same.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"id":"slow","status":503,"delay":{"p50":"200ms","p99":"2s"},"break":"page","share":0.25}`, `{"delay":"2s"}`, `{"share":0}`,
		"vendor: zheliban\nbreak: cut\n", "delay: &d 2s\nid: *d\n", "<<: {status: 500}\n", "- 1\n", "share: .nan\n", "null",
	} {
		f.Add([]byte(seed))
	}
	all := contracts(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var r Rule
		if err := json.Unmarshal(data, &r); err == nil {
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatalf("%+v: %v", r, err)
			}
			var back Rule
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			_ = r.Check(all)
		}
		var y Rule
		if err := yaml.Unmarshal(data, &y); err == nil {
			_ = y.Check(all)
		}
	})
}
