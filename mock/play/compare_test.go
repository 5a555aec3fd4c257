package play

import (
	"strings"
	"testing"
)

// TestPersonsWithinTexts plays to a client with real persons what has their names in sentences as well.
func TestPersonsWithinTexts(t *testing.T) {
	t.Parallel()
	const name, mobile = "隗昌建", "15462281204"
	recordedBody := `{"extra":"` + name + `打过电话","name":"` + name + `","note":"病人` + name + `来电 ` + mobile + `","tags":["` + name + `"]}`
	real := func(in string) string {
		return strings.NewReplacer(name, "张伟", mobile, "13812345678").Replace(in)
	}
	cases := map[string]struct{ asked, miss string }{
		"the recorded ones":     {recordedBody, ""},
		"the real ones":         {real(recordedBody), ""},
		"another in a sentence": {strings.Replace(real(recordedBody), "病人张伟", "病人李四", 1), "/note"},
		"other words":           {strings.Replace(real(recordedBody), "来电", "来了", 1), "/note"},
		"two others":            {strings.Replace(strings.Replace(real(recordedBody), "来电", "来了", 1), "打过", "打", 1), "/extra /note"},
		"in their order":        {strings.Replace(strings.Replace(real(recordedBody), "打过", "打", 1), `"name"`, `"fee":1,"name"`, 1), "/extra /fee"},
		"the pseudonym in one":  {strings.Replace(real(recordedBody), `["张伟"]`, `["`+name+`"]`, 1), ""},
	}
	for what, c := range cases {
		p := play(t, Config{Recording: recorded(add(recordedBody, `{}`))})
		a := p.Play(ask("addVisit", "POST /visits", c.asked))
		var places []string
		for _, f := range a.Findings {
			places = append(places, f.Pointer)
		}
		if strings.Join(places, " ") != c.miss || (a.Step == 1) != (c.miss == "") {
			t.Errorf("%s: step %d, differs in %s, want %s", what, a.Step, places, c.miss)
		}
	}
}

// TestPersonsWithinTextsAreBound takes a mobile that stands in a sentence alone for a person's from then on.
func TestPersonsWithinTextsAreBound(t *testing.T) {
	t.Parallel()
	body := func(name, mobile string) string {
		return `{"name":"` + name + `","note":"` + name + ` (` + mobile + `)"}`
	}
	list := recorded(add(body("隗昌建", "15462281204"), `{}`), add(body("隗昌建", "15462281204"), `{}`))
	for mobile, step := range map[string]int{"13812345678": 2, "13912345678": 0} {
		p := play(t, Config{Recording: list, Mode: Strict})
		if first := answeredBy(p, ask("addVisit", "POST /visits", body("张伟", "13812345678"))); first != 1 {
			t.Fatalf("the first call is answered by step %d", first)
		}
		if second := answeredBy(p, ask("addVisit", "POST /visits", body("张伟", mobile))); second != step {
			t.Errorf("then %s: step %d, want %d", mobile, second, step)
		}
	}
}

// TestTheVeryTextGoesFirst prefers the recorded request in which nobody new has to be taken for somebody.
func TestTheVeryTextGoesFirst(t *testing.T) {
	t.Parallel()
	p := play(t, Config{Recording: recorded(add(`{"note":"Ring 15462281204"}`, `{}`), add(`{"note":"Ring 15462281205"}`, `{}`))})
	var got []int
	for _, mobile := range []string{"15462281205", "13812345678"} {
		got = append(got, answeredBy(p, ask("addVisit", "POST /visits", `{"note":"Ring `+mobile+`"}`)))
	}
	if sprint(got) != "[2 1]" {
		t.Errorf("steps %v", got)
	}
}
