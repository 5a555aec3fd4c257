package replay_test

import (
	"bytes"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/mask"
	"understudy/scenarios"
)

// kept is a recording as it comes back from a file, persons and secrets replaced.
func kept(tb testing.TB, r *scenarios.Recording, config mask.Config) *scenarios.Recording {
	tb.Helper()
	masker, err := mask.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	for _, x := range r.Exchanges {
		if err := masker.Mask(x); err != nil {
			tb.Fatal(err)
		}
	}
	r.Masked = true
	var file bytes.Buffer
	if err := r.Write(&file); err != nil {
		tb.Fatal(err)
	}
	back, err := scenarios.Read(bytes.NewReader(file.Bytes()), scenarios.ReadConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return back
}

// TestMaskedRoundTrip drives what is left of a recording in a file at a server with other keys: pseudonyms match persons, and
// nothing else differs. check finds nothing in it either.
func TestMaskedRoundTrip(t *testing.T) {
	t.Parallel()
	for vendor, story := range stories() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c := load(t, vendor)
			from := newWorld(t, mock.Config{})
			credentials, _ := from.server.Credentials(vendor)
			var secrets []string
			for _, one := range credentials {
				if one.Text != "" {
					secrets = append(secrets, one.Text)
				}
			}
			r := kept(t, record(t, from, c, story), mask.Config{Contract: c, Secrets: secrets})
			others := mock.Credentials{}
			for slot, one := range credentials {
				one.Text = strings.Map(func(r rune) rune {
					if r == '1' || r == 'a' || r == '3' {
						return r + 1
					}
					return r
				}, one.Text)
				others[slot] = one
			}
			to := newWorld(t, mock.Config{Credentials: map[string]mock.Credentials{vendor: others}})
			for _, d := range differences(driven(t, to, c, r, nil)) {
				t.Error(d)
			}
			var file bytes.Buffer
			if err := r.Write(&file); err != nil {
				t.Fatal(err)
			}
			out, err := check.HARConfig{Contract: c, Recording: &file}.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := range out.Operations {
				for _, p := range out.Operations[i].Parts() {
					for _, one := range p.Checked {
						if one.Failed {
							t.Errorf("%s %s: %+v", out.Operations[i].ID, one.Name, one.Findings)
						}
					}
				}
			}
			if out.Checked() == 0 || len(out.Observed) > 0 && strings.Contains(out.Observed[0].Name, "changed") {
				t.Errorf("%d checks, %+v", out.Checked(), out.Observed)
			}
		})
	}
}

// TestMaskedDifference finds a person in the place of another one.
func TestMaskedDifference(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	r := kept(t, record(t, newWorld(t, mock.Config{}), c, stories()["zheliban"]), mask.Config{Contract: c})
	r = changed(t, r, 3, edited(t, func(v map[string]any) {
		list := v["result"].([]any)
		list[1].(map[string]any)["idcard"] = list[0].(map[string]any)["idcard"]
	}))
	found := differences(driven(t, newWorld(t, mock.Config{}), c, r, nil))
	if len(found) != 1 || !strings.Contains(found[0], "/result/1/idcard") || !strings.Contains(found[0], "other places") {
		t.Errorf("found %q", found)
	}
}
