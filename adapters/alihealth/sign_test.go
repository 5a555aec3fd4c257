package alihealth

import (
	"encoding/json"
	"maps"
	"sort"
	"strings"
	"testing"

	"understudy/specs"
)

type vector struct {
	ID         string            `json:"id"`
	Expect     string            `json:"expect"`
	Secret     string            `json:"secret"`
	SignMethod SignMethod        `json:"sign_method"`
	Params     map[string]string `json:"params"`
	Sign       string            `json:"sign"`
	RightSign  string            `json:"right_sign"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := specs.Vectors("alihealth")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func TestSignatureAgainstVectors(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, v := range vectors(t) {
		count[v.Expect]++
		count[string(v.SignMethod)]++
		got := sign(v.SignMethod, v.Secret, v.Params)
		switch {
		case v.Expect == "accept" && got != v.Sign:
			t.Errorf("%s: signed %s, want %s", v.ID, got, v.Sign)
		case v.Expect == "reject" && (got == v.Sign || got != v.RightSign):
			t.Errorf("%s: signed %s, want %s and not %s", v.ID, got, v.RightSign, v.Sign)
		}
	}
	for _, kind := range []string{"accept", "reject", "md5", "hmac", "hmac-sha256"} {
		if count[kind] == 0 {
			t.Errorf("no vector says %s", kind)
		}
	}
	if len(count) != 5 {
		t.Errorf("the vectors say something unknown: %v", count)
	}
}

func FuzzCanonical(f *testing.F) {
	for _, v := range vectors(f) {
		var text []string
		for name, value := range v.Params {
			text = append(text, name, value)
		}
		f.Add(strings.Join(text, "\x00"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts := strings.Split(text, "\x00")
		forward, backward := map[string]string{}, map[string]string{}
		var names []string
		for i := 0; i+1 < len(parts); i += 2 {
			if _, twice := forward[parts[i]]; !twice {
				names = append(names, parts[i])
				forward[parts[i]] = parts[i+1]
			}
		}
		for i := len(names) - 1; i >= 0; i-- {
			backward[names[i]] = forward[names[i]]
		}
		got := canonical(forward)
		if again := canonical(backward); again != got {
			t.Fatalf("the order in which parameters are given changes the string: %q, %q", got, again)
		}
		sort.Strings(names)
		var want strings.Builder
		for _, name := range names {
			if name != "" && name != "sign" && forward[name] != "" {
				want.WriteString(name + forward[name])
			}
		}
		if got != want.String() {
			t.Errorf("got %q, want %q", got, want.String())
		}
		more := maps.Clone(forward)
		more["sign"] = "X"
		more["\x00empty"] = ""
		if canonical(more) != got {
			t.Error("sign or an empty value takes part")
		}
	})
}
