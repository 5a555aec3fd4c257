package play

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/scenarios"
)

func TestWhatCannotBePlayedIsTold(t *testing.T) {
	t.Parallel()
	with := func(change func(*scenarios.Exchange)) []*scenarios.Exchange {
		x := add(`{"note":"a"}`, `{"code":0}`)
		change(x)
		return []*scenarios.Exchange{add(`{}`, `{}`), x}
	}
	cases := map[string]struct {
		list     []*scenarios.Exchange
		want     string
		verbatim bool // plays it
		steps    int  // then
	}{
		"reset":       {with(func(x *scenarios.Exchange) { x.Response = scenarios.Response{Broken: scenarios.BrokenReset} }), "exchange 2 (addVisit) had no answer: the connection broke", true, 2},
		"timeout":     {with(func(x *scenarios.Exchange) { x.Response = scenarios.Response{Broken: scenarios.BrokenTimeout} }), "was not answered in time", true, 2},
		"truncated":   {with(func(x *scenarios.Exchange) { x.Response.Broken = scenarios.BrokenTruncated }), "broke off", true, 2},
		"page":        {with(func(x *scenarios.Exchange) { x.Response.Outcome = scenarios.OutcomeUnexplained }), "does not have (status 200)", true, 2},
		"unopened":    {with(func(x *scenarios.Exchange) { x.Response.Wire.Seal = scenarios.SealUnopened }), "could not be opened", false, 0},
		"not kept":    {with(func(x *scenarios.Exchange) { x.Response.Wire.Unkept = true }), "too large", false, 0},
		"operation":   {with(func(x *scenarios.Exchange) { x.Operation = "gone" }), "exchange 2 (gone) is of an operation that the contract does not have", false, 0},
		"request":     {with(func(x *scenarios.Exchange) { x.Request.Wire.Seal = scenarios.SealUnopened }), "a request that could not be opened", true, 2},
		"large":       {with(func(x *scenarios.Exchange) { x.Request.Wire.Unkept = true }), "a request whose body was too large", true, 2},
		"only pushes": {[]*scenarios.Exchange{{Callback: "a/b/post"}}, "nothing in the recording of desk that a client calls", false, 0},
		"nothing":     {nil, "there is no exchange", false, 0},
	}
	for name, c := range cases {
		_, err := newPlayer(Config{Recording: recorded(c.list...), Contract: desk(t)}, fresh)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", name, err)
		}
		var outside *OutsideError
		if errors.As(err, &outside) && (outside.Verbatim != c.verbatim || strings.Contains(err.Error(), "verbatim") != c.verbatim) {
			t.Errorf("%s: verbatim would help: %t: %v", name, outside.Verbatim, err)
		}
		p, err := newPlayer(Config{Recording: recorded(c.list...), Contract: desk(t), Verbatim: true}, fresh)
		if (err == nil) != c.verbatim {
			t.Errorf("%s, verbatim: %v", name, err)
		}
		if err == nil && (len(p.Steps("")) != c.steps || len(p.Warnings()) != 1) {
			t.Errorf("%s, verbatim: steps %v, warnings %q", name, p.Steps(""), p.Warnings())
		}
	}
}

func TestVerbatimKeepsAnswersOutsideTheContract(t *testing.T) {
	t.Parallel()
	page := add(`{"note":"a"}`, "")
	page.Response = scenarios.Response{Status: 502, MediaType: "text/html", Body: []byte("<html>Bad Gateway for 10001"), Outcome: scenarios.OutcomeUnexplained, Broken: scenarios.BrokenTruncated}
	reset := add(`{"note":"b"}`, "")
	reset.Response = scenarios.Response{Broken: scenarios.BrokenReset, Outcome: scenarios.OutcomeBroken}
	p := play(t, Config{Recording: recorded(page, reset), Verbatim: true})
	if a := p.Play(ask("addVisit", "POST /visits", `{"note":"a"}`)); a.Response == nil || string(a.Response.Body) != "<html>Bad Gateway for 10001" || a.Response.Broken != scenarios.BrokenTruncated || a.Response.Status != 502 {
		t.Errorf("a page: %+v", a)
	}
	if a := p.Play(ask("addVisit", "POST /visits", `{"note":"b"}`)); a.Response == nil || a.Response.Broken != scenarios.BrokenReset || a.Response.Body != nil {
		t.Errorf("a reset: %+v", a)
	}
}

func TestWhatIsStaleIsTold(t *testing.T) {
	t.Parallel()
	stale := func(_ context.Context, c check.StaleConfig) ([]check.Staleness, error) {
		if c.MaxAge != time.Hour || c.Now.IsZero() || c.Contract == nil || c.Recording == nil {
			t.Errorf("asked with %+v", c)
		}
		return []check.Staleness{
			{Kind: check.StaleReply, Severity: report.Error, Step: 1, Finding: report.Finding{Message: "step 1 is stale"}},
			{Kind: check.StaleAge, Severity: report.Warning, Finding: report.Finding{Message: "it is old"}},
		}, nil
	}
	config := Config{Recording: recorded(add(`{}`, `{}`)), Contract: desk(t), MaxAge: time.Hour}
	_, err := newPlayer(config, stale)
	var outside *OutsideError
	if !errors.As(err, &outside) || len(outside.Problems) != 1 || outside.Problems[0] != "step 1 is stale" || !outside.Verbatim {
		t.Errorf("the error is %v", err)
	}
	config.Verbatim = true
	p, err := newPlayer(config, stale)
	if err != nil || len(p.Warnings()) != 2 {
		t.Errorf("verbatim: %v", err)
	}
}

func TestMistakesInTheConfigurationAreTold(t *testing.T) {
	t.Parallel()
	good := func() *scenarios.Recording { return recorded(add(`{"note":"a"}`, `{}`)) }
	for name, c := range map[string]struct {
		config Config
		want   string
	}{
		"no recording":   {Config{}, "Config.Recording is nil"},
		"mode":           {Config{Recording: good(), Mode: "loose"}, "there are strict, lenient and fallback"},
		"time":           {Config{Recording: good(), Time: "later"}, "there are recorded and now"},
		"timing":         {Config{Recording: good(), Timing: "slow"}, "there are none and recorded"},
		"ignore":         {Config{Recording: good(), Ignore: []string{"note"}}, "begins with a slash"},
		"ignore nothing": {Config{Recording: good(), Ignore: []string{"/"}}, "names a member"},
		"ignore a place": {Config{Recording: good(), Ignore: []string{"body/note:a"}}, "a place is a JSON pointer"},
		"other vendor":   {Config{Recording: &scenarios.Recording{Vendor: "shop", Exchanges: good().Exchanges}}, "the recording is of shop, and the contract is that of desk"},
		"no day":         {Config{Recording: &scenarios.Recording{Vendor: "desk", Exchanges: []*scenarios.Exchange{{Operation: "login"}}}, Time: Now}, "does not tell its day"},
	} {
		c.config.Contract = desk(t)
		if _, err := newPlayer(c.config, fresh); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if _, err := New(Config{Recording: good()}); err == nil || !strings.Contains(err.Error(), `no contract for vendor "desk"`) {
		t.Errorf("no contract: %v", err)
	}
	p := play(t, Config{Recording: good(), Ignore: []string{"/notes", "/note"}})
	if w := p.Warnings(); len(w) != 1 || !strings.Contains(w[0], `"/notes"`) {
		t.Errorf("a place that nothing has: %q", w)
	}
}

func TestAMissIsExplained(t *testing.T) {
	t.Parallel()
	r := func() *scenarios.Recording {
		return recorded(
			add(`{"note":"a","fee":1,"name":"粘柏北"}`, `{"code":0}`),
			add(`{"note":"b","fee":2,"day":"2025-03-10","name":"粘柏北"}`, `{"code":0}`),
			exchange("readVisit", "GET /visits/1", "", `{"code":0}`),
		)
	}
	strict, lenient := Config{Recording: r(), Mode: Strict}, Config{Recording: r()}
	cases := map[string]struct {
		config    Config
		before    []string // bodies of calls of addVisit
		operation string
		line      string
		body      string
		miss      string
		findings  string
	}{
		"the nearest": {lenient, nil, "addVisit", "POST /visits", `{"note":"c","fee":2,"day":"2025-03-12","name":"甲"}`,
			"no recorded request is this call of addVisit; the nearest is step 2, which differs in body /day, body /note; still unplayed: 1 addVisit, 2 addVisit, 3 readVisit",
			"body /day: the recorded day | one 2 days later\nbody /note: the recorded text of 1 character | another text of 1 character"},
		"more and less": {lenient, nil, "addVisit", "POST /visits", `{"note":"a","tags":["x"],"name":"甲"}`,
			"no recorded request is this call of addVisit; the nearest is step 1, which differs in body /fee, body /tags/0; still unplayed: 1 addVisit, 2 addVisit, 3 readVisit",
			"body /fee: a number | nothing\nbody /tags/0: nothing | a text of 1 character"},
		"another operation": {lenient, nil, "login", "POST /login", "",
			"the recording has no call of login; still unplayed: 1 addVisit, 2 addVisit, 3 readVisit",
			"request : a call of addVisit or readVisit | one of login"},
		"another person": {lenient, []string{`{"note":"a","fee":1,"name":"甲"}`}, "addVisit", "POST /visits", `{"note":"a","fee":1,"name":"乙"}`,
			"no recorded request is this call of addVisit; the nearest is step 1, which differs in body /name; still unplayed: 2 addVisit, 3 readVisit",
			"body /name: the name that came in step 1 | another one"},
		"out of order": {strict, nil, "addVisit", "POST /visits", `{"note":"b","fee":2,"day":"2025-03-10","name":"甲"}`,
			"no recorded request is this call of addVisit; next comes step 1, which differs in body /day, body /fee, body /note; it is step 2, and strict keeps the order; still unplayed: 1 addVisit, 2 addVisit, 3 readVisit",
			"body /day: nothing | a text of 10 characters\nbody /fee: the recorded number | another number\nbody /note: the recorded text of 1 character | another text of 1 character"},
		"another one comes next": {strict, nil, "readVisit", "GET /visits/1", "",
			"step 1 comes next, a call of addVisit, and this is one of readVisit; it is step 3, and strict keeps the order; still unplayed: 1 addVisit, 2 addVisit, 3 readVisit",
			"request : a call of addVisit | one of readVisit"},
		"again": {strict, []string{`{"note":"a","fee":1,"name":"甲"}`, `{"note":"b","fee":2,"day":"2025-03-10","name":"甲"}`}, "addVisit", "POST /visits", `{"note":"b","fee":2,"day":"2025-03-10","name":"甲"}`,
			"step 3 comes next, a call of readVisit, and this is one of addVisit; it is step 2, which has been played; still unplayed: 3 readVisit",
			"request : a call of readVisit | one of addVisit"},
	}
	for name, c := range cases {
		p := play(t, c.config)
		for _, body := range c.before {
			if a := p.Play(ask("addVisit", "POST /visits", body)); a.Step == 0 {
				t.Errorf("%s: %s is a miss: %s", name, body, a.Miss)
			}
		}
		a := p.Play(ask(c.operation, c.line, c.body))
		var findings []string
		for _, f := range a.Findings {
			findings = append(findings, f.In+" "+f.Pointer+": "+f.Expected+" | "+f.Got)
		}
		if a.Miss != c.miss || strings.Join(findings, "\n") != c.findings {
			t.Errorf("%s:\n%s\n%s\nwant\n%s\n%s", name, a.Miss, strings.Join(findings, "\n"), c.miss, c.findings)
		}
	}
}
