package play

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/internal/diagnosis"
	"understudy/scenarios"
	"understudy/specs"
)

// desk is a contract with each kind of field that a play treats apart.
func desk(t testing.TB) *specs.Contract {
	t.Helper()
	text, err := os.ReadFile("testdata/desk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := specs.Parse("desk", "desk.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var recordedAt = time.Date(2025, 3, 10, 1, 0, 0, 0, time.UTC)

// recorded makes a recording.
func recorded(list ...*scenarios.Exchange) *scenarios.Recording {
	r := &scenarios.Recording{Vendor: "desk", Masked: true, Made: recordedAt}
	for i, x := range list {
		x.Number, x.At = i+1, recordedAt
		r.Exchanges = append(r.Exchanges, x)
	}
	return r
}

// exchange makes one of operation, "METHOD /path?query", request body and reply body.
func exchange(operation, line, body, reply string) *scenarios.Exchange {
	return &scenarios.Exchange{
		Operation: operation, Request: asking(line, body), Took: time.Second,
		Response: scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(reply), Outcome: scenarios.OutcomeOK},
	}
}

func asking(line, body string) scenarios.Request {
	method, target, _ := strings.Cut(line, " ")
	path, query, _ := strings.Cut(target, "?")
	q := scenarios.Request{Method: method, Path: path}
	for _, pair := range strings.Split(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			in, name, isHeader := strings.Cut(name, ":")
			if !isHeader {
				in, name = "query", in
			}
			q.Parameters = append(q.Parameters, scenarios.Parameter{In: in, Name: name, Value: value})
		}
	}
	if body != "" {
		q.MediaType, q.Body = "application/json", []byte(body)
		if strings.HasPrefix(body, "<") {
			q.MediaType = "application/xml"
		}
	}
	return q
}

func add(body, reply string) *scenarios.Exchange {
	return exchange("addVisit", "POST /visits", body, reply)
}

// fresh takes every recording for one that is up to date.
func fresh(context.Context, check.StaleConfig) ([]check.Staleness, error) { return nil, nil }

func play(t testing.TB, c Config) *Player {
	t.Helper()
	if c.Contract == nil {
		c.Contract = desk(t)
	}
	p, err := newPlayer(c, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask is a call of the default session.
func ask(operation, line, body string) *mock.Asked {
	return &mock.Asked{
		Opened:  mock.Opened{Vendor: "desk", Operation: operation, Request: asking(line, body)},
		Context: context.Background(), Session: "default", Now: recordedAt,
	}
}

// answeredBy is the step that answers a call, 0 for a miss.
func answeredBy(p *Player, a *mock.Asked) int { return p.Play(a).Step }

func TestWhatIsTheSameRequest(t *testing.T) {
	t.Parallel()
	const uuid, other = "8e1f2f5e-6a3b-4c60-9a94-0f3ed1a5a001", "8e1f2f5e-6a3b-4c60-9a94-0f3ed1a5a002"
	cases := map[string]struct {
		operation, recorded, body, asked, askedBody string
		ignore                                      []string
		miss                                        bool
	}{
		"member order":           {"addVisit", "POST /visits", `{"fee":1,"note":"a"}`, "POST /visits", `{"note":"a","fee":1}`, nil, false},
		"another text":           {"addVisit", "POST /visits", `{"note":"a"}`, "POST /visits", `{"note":"b"}`, nil, true},
		"spelling of a number":   {"addVisit", "POST /visits", `{"fee":1}`, "POST /visits", `{"fee":1.0}`, nil, false},
		"power of ten":           {"addVisit", "POST /visits", `{"fee":1200}`, "POST /visits", `{"fee":1.2e3}`, nil, false},
		"another number":         {"addVisit", "POST /visits", `{"fee":1}`, "POST /visits", `{"fee":10}`, nil, true},
		"number in quotes":       {"addVisit", "POST /visits", `{"rooms":1}`, "POST /visits", `{"rooms":"1"}`, nil, false},
		"text of a number":       {"addVisit", "POST /visits", `{"note":"1"}`, "POST /visits", `{"note":"1.0"}`, nil, true},
		"null and absent":        {"addVisit", "POST /visits", `{"note":"a","name":null}`, "POST /visits", `{"note":"a"}`, nil, false},
		"empty text and absent":  {"addVisit", "POST /visits", `{"note":"","fee":1}`, "POST /visits", `{"fee":1}`, nil, true},
		"empty list and absent":  {"addVisit", "POST /visits", `{"tags":[],"fee":1}`, "POST /visits", `{"fee":1}`, nil, true},
		"order of a list":        {"addVisit", "POST /visits", `{"tags":["a","b"]}`, "POST /visits", `{"tags":["b","a"]}`, nil, true},
		"a member more":          {"addVisit", "POST /visits", `{"fee":1}`, "POST /visits", `{"fee":1,"note":""}`, nil, true},
		"another media type":     {"addVisit", "POST /visits", `{"fee":1,"note":"a"}`, "POST /visits", `<visit><note>a</note><fee>1.0</fee></visit>`, nil, false},
		"an instant":             {"addVisit", "POST /visits", `{"at":"2025-03-10 09:00:00"}`, "POST /visits", `{"at":"2026-01-01 00:00:00"}`, nil, false},
		"millis":                 {"addVisit", "POST /visits", `{"millis":1741568400000}`, "POST /visits", `{"millis":1}`, nil, false},
		"an instant less":        {"addVisit", "POST /visits", `{"note":"a","made":"2025-03-10T09:00:00Z"}`, "POST /visits", `{"note":"a"}`, nil, false},
		"a day":                  {"addVisit", "POST /visits", `{"day":"2025-03-10"}`, "POST /visits", `{"day":"2025-03-11"}`, nil, true},
		"a secret":               {"addVisit", "POST /visits", `{"key":"xxxx"}`, "POST /visits", `{"key":"yyyyyy"}`, nil, false},
		"JSON in a text":         {"addVisit", "POST /visits", `{"extra":"{\"n\":1,\"name\":\"甲\"}"}`, "POST /visits", `{"extra":"{ \"name\":\"乙\", \"n\":1.0}"}`, nil, false},
		"other JSON in a text":   {"addVisit", "POST /visits", `{"extra":"{\"n\":1}"}`, "POST /visits", `{"extra":"{\"n\":2}"}`, nil, true},
		"no body":                {"addVisit", "POST /visits", `{}`, "POST /visits", ``, nil, true},
		"ignored":                {"addVisit", "POST /visits", `{"note":"a"}`, "POST /visits", `{"note":"b"}`, []string{"/note"}, false},
		"ignored in a list":      {"addVisit", "POST /visits", `{"tags":["a","b"]}`, "POST /visits", `{"tags":["x","y"]}`, []string{"/tags/*"}, false},
		"ignored with all parts": {"addVisit", "POST /visits", `{"tags":["a","b"]}`, "POST /visits", `{"tags":["x"]}`, []string{"/tags"}, false},
		"a query more":           {"listVisits", "GET /people/1/visits?page=1", "", "GET /people/1/visits?page=1&debug=1", "", nil, true},
		"an ignored query":       {"listVisits", "GET /people/1/visits?page=1", "", "GET /people/1/visits?page=1&debug=1", "", []string{"query:debug"}, false},
		"order of the query":     {"listVisits", "GET /people/1/visits?page=1&day=2025-03-10", "", "GET /people/1/visits?day=2025-03-10&page=1", "", nil, false},
		"another page":           {"listVisits", "GET /people/1/visits?page=1", "", "GET /people/1/visits?page=2", "", nil, true},
		"an instant in a query":  {"listVisits", "GET /people/1/visits?since=2025-03-10T00:00:00Z", "", "GET /people/1/visits?since=2026-03-10T00:00:00Z", "", nil, false},
		"the id of a call":       {"listVisits", "GET /people/1/visits?header:X-Call=" + uuid, "", "GET /people/1/visits?header:X-Call=" + other, "", nil, false},
		"a header":               {"listVisits", "GET /people/1/visits?header:X-Unit=a", "", "GET /people/1/visits?header:X-Unit=b", "", nil, true},
		"an ignored header":      {"listVisits", "GET /people/1/visits?header:X-Unit=a", "", "GET /people/1/visits?header:X-Unit=b", "", []string{"header:x-unit"}, false},
		"another path":           {"readVisit", "GET /visits/abc", "", "GET /visits/abd", "", nil, true},
		"an escaped path":        {"readVisit", "GET /visits/%61bc", "", "GET /visits/abc", "", nil, false},
		"an ignored path":        {"readVisit", "GET /visits/abc", "", "GET /visits/abd", "", []string{"path:visit"}, false},
		"a person in the path":   {"listVisits", "GET /people/10001/visits", "", "GET /people/777/visits", "", nil, false},
		"detected in a text":     {"addVisit", "POST /visits", `{"note":"call 15412345678 now"}`, "POST /visits", `{"note":"call 13812345678 now"}`, nil, false},
		"other text around it":   {"addVisit", "POST /visits", `{"note":"call 15412345678 now"}`, "POST /visits", `{"note":"ring 13812345678 now"}`, nil, true},
	}
	for name, c := range cases {
		for _, mode := range Modes() {
			p := play(t, Config{Recording: recorded(exchange(c.operation, c.recorded, c.body, `{"code":0}`)), Mode: mode, Ignore: c.ignore})
			a := p.Play(ask(c.operation, c.asked, c.askedBody))
			if (a.Step == 0) != c.miss {
				t.Errorf("%s, %s: step %d, miss %q %v", name, mode, a.Step, a.Miss, a.Findings)
			}
			if c.miss && (a.Miss == "") != (mode == Fallback) {
				t.Errorf("%s, %s: the miss is %q", name, mode, a.Miss)
			}
		}
	}
}

func TestPersonsAreMatchedByThePatternOfEquality(t *testing.T) {
	t.Parallel()
	list := func(id string) *scenarios.Exchange {
		return exchange("listVisits", "GET /people/"+id+"/visits", "", `{"code":0,"result":[{"number":"`+id+`","note":"for `+id+`"}]}`)
	}
	r := recorded(list("10001"), list("10002"), list("10001"))
	steps := func(p *Player, session string, ids ...string) (got []int) {
		for _, id := range ids {
			a := ask("listVisits", "GET /people/"+id+"/visits", "")
			a.Session = session
			got = append(got, answeredBy(p, a))
		}
		return got
	}
	cases := map[string]struct {
		mode Mode
		ids  []string
		want string
	}{
		"as recorded":             {Strict, []string{"a", "b", "a"}, "1 2 3"},
		"a second person":         {Strict, []string{"a", "a"}, "1 0"},
		"a third person":          {Strict, []string{"a", "b", "c"}, "1 2 0"},
		"persons changed":         {Strict, []string{"a", "b", "b"}, "1 2 0"},
		"any order":               {Lenient, []string{"a", "a", "b"}, "1 3 2"},
		"again":                   {Lenient, []string{"a", "a", "a", "b", "b"}, "1 3 3 2 2"},
		"nobody for a third":      {Lenient, []string{"a", "b", "c"}, "1 2 0"},
		"pseudonyms as they are":  {Strict, []string{"10001", "10002", "10001"}, "1 2 3"},
		"pseudonyms in exchange":  {Strict, []string{"10002", "10001", "10002"}, "1 2 3"},
		"a pseudonym and another": {Lenient, []string{"10002", "10002", "x"}, "1 3 2"},
	}
	for name, c := range cases {
		p := play(t, Config{Recording: r, Mode: c.mode})
		got := steps(p, "default", c.ids...)
		text := strings.Trim(strings.Join(strings.Fields(strings.Trim(sprint(got), "[]")), " "), " ")
		if text != c.want {
			t.Errorf("%s: steps %s, want %s", name, text, c.want)
		}
	}
	p := play(t, Config{Recording: r, Mode: Strict})
	if got := sprint([][]int{steps(p, "one", "a", "b"), steps(p, "two", "b", "a"), steps(p, "one", "a"), steps(p, "two", "b")}); got != "[[1 2] [1 2] [3] [3]]" {
		t.Errorf("two sessions: %s", got)
	}
}

func TestBoundPersonsStandInAnswers(t *testing.T) {
	t.Parallel()
	const card, real = "339901199003071234", "110101199003078515"
	x := add(`{"name":"粘柏北","card":"`+card+`","number":10001}`,
		`{"code":10001,"result":{"visit":"V-`+card+`","name":"粘柏北","card":"`+card+`","number":10001,"note":"粘柏北("+`+`"","tags":["粘柏北先生","9`+card+`","unit 10001"],"born":"1990-03-07"}}`)
	x.Response.Body = []byte(`{"code":10001, "result":{"visit":"V-` + card + `","name":"粘柏北","card":"` + card + `","number":10001,"note":"粘柏北 is here","tags":["粘柏北先生","9` + card + `","unit 10001"],"born":"1990-03-07"}}`)
	x.Response.Header = []scenarios.Parameter{{Name: "Location", Value: "/people/%E7%B2%98%E6%9F%8F%E5%8C%97/" + card}}
	p := play(t, Config{Recording: recorded(x)})
	a := p.Play(ask("addVisit", "POST /visits", `{"name":"王\"小\"明","card":"`+real+`","number":"778899"}`))
	if a.Response == nil {
		t.Fatalf("a miss: %s %v", a.Miss, a.Findings)
	}
	want := `{"code":10001, "result":{"visit":"V-` + real + `","name":"王\"小\"明","card":"` + real + `","number":778899,"note":"王\"小\"明 is here","tags":["王\"小\"明先生","9` + card + `","unit 778899"],"born":"1990-03-07"}}`
	if string(a.Response.Body) != want {
		t.Errorf("the answer is\n%s, want\n%s", a.Response.Body, want)
	}
	if got, want := a.Response.Header[0].Value, "/people/%E7%8E%8B%22%E5%B0%8F%22%E6%98%8E/"+real; got != want {
		t.Errorf("Location is %s, want %s", got, want)
	}
	if string(x.Response.Body) == want || x.Response.Header[0].Value == a.Response.Header[0].Value {
		t.Error("the recording was changed")
	}
}

func TestBoundPersonsStandInXML(t *testing.T) {
	t.Parallel()
	x := add(`<visit><name>粘柏北</name><number>10001</number></visit>`, "")
	x.Response.MediaType = "application/xml"
	x.Response.Body = []byte(`<?xml version="1.0"?><visit><name>粘柏北</name><number>10001</number><note>for 粘柏北 &amp; co</note><day>2025-03-10</day><tags>粘柏北</tags></visit>`)
	p := play(t, Config{Recording: recorded(x), Time: Now})
	q := ask("addVisit", "POST /visits", `<visit><name>A &lt;B&gt;</name><number>5</number></visit>`)
	q.Now = recordedAt.AddDate(0, 0, 2)
	a := p.Play(q)
	if a.Response == nil {
		t.Fatalf("a miss: %s %v", a.Miss, a.Findings)
	}
	want := `<?xml version="1.0"?><visit><name>A &lt;B&gt;</name><number>5</number><note>for A &lt;B&gt; &amp; co</note><day>2025-03-12</day><tags>A &lt;B&gt;</tags></visit>`
	if string(a.Response.Body) != want {
		t.Errorf("the answer is\n%s, want\n%s", a.Response.Body, want)
	}
}

func TestASealedMemberIsComparedOpened(t *testing.T) {
	t.Parallel()
	push := func(event, name, note string) *scenarios.Exchange {
		body := `{"event":"` + event + `","held":{"name":"` + name + `","note":"` + note + `"}}`
		return exchange("push", "POST /pushes", body, body)
	}
	p := play(t, Config{Recording: recorded(push("add", "粘柏北", "a"), push("add", "粘柏南", "b"), push("drop", "粘柏北", "a")), Mode: Strict})
	for _, c := range []struct {
		event, name, note string
		step              int
	}{{"add", "王一", "b", 0}, {"add", "王一", "a", 1}, {"add", "王一", "b", 0}, {"add", "李二", "b", 2}, {"drop", "李二", "a", 0}, {"drop", "王一", "a", 3}} {
		a := p.Play(ask("push", "POST /pushes", `{"event":"`+c.event+`","held":{"note":"`+c.note+`","name":"`+c.name+`"}}`))
		if a.Step != c.step || c.step > 0 && !strings.Contains(string(a.Response.Body), `"name":"`+c.name+`"`) {
			t.Errorf("%v: step %d %s", c, a.Step, a.Miss)
		}
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	r := func() *scenarios.Recording {
		return recorded(add(`{"note":"a"}`, `{"code":1}`), add(`{"note":"b"}`, `{"code":2}`), add(`{"note":"a"}`, `{"code":3}`))
	}
	cases := map[string]struct {
		mode  Mode
		notes string
		want  string
		left  int
	}{
		"strict in order":        {Strict, "aba", "[1 2 3]", 0},
		"strict out of order":    {Strict, "ba", "[0 1]", 2},
		"strict goes on":         {Strict, "aaba", "[1 0 2 3]", 0},
		"strict beyond the end":  {Strict, "abaa", "[1 2 3 0]", 0},
		"lenient in order":       {Lenient, "aba", "[1 2 3]", 0},
		"lenient in sequence":    {Lenient, "baaa", "[2 1 3 3]", 0},
		"lenient and a stranger": {Lenient, "ca", "[0 1]", 2},
		"the default is lenient": {"", "baac", "[2 1 3 0]", 0},
		"fallback":               {Fallback, "cab", "[0 1 2]", 1},
	}
	for name, c := range cases {
		p := play(t, Config{Recording: r(), Mode: c.mode})
		var got []int
		for _, note := range c.notes {
			a := p.Play(ask("addVisit", "POST /visits", `{"note":"`+string(note)+`"}`))
			got = append(got, a.Step)
			if a.Step == 0 && (c.mode == Fallback) != (a.Miss == "" && !a.Decline) {
				t.Errorf("%s: the miss is %q", name, a.Miss)
			}
			if a.Step > 0 && !strings.Contains(string(a.Response.Body), strconv.Itoa(a.Step)) {
				t.Errorf("%s: step %d answers %s", name, a.Step, a.Response.Body)
			}
		}
		if sprint(got) != c.want || len(p.Unplayed("")) != c.left {
			t.Errorf("%s: steps %v, want %s; unplayed %v", name, got, c.want, p.Unplayed(""))
		}
	}
}

func TestTheInstantsThatWereRecordedTellEqualRequestsApart(t *testing.T) {
	t.Parallel()
	since := func(at string) *scenarios.Exchange {
		return exchange("listVisits", "GET /people/1/visits?since="+at, "", `{"code":0}`)
	}
	p := play(t, Config{Recording: recorded(since("2025-03-10T00:00:00Z"), since("2025-03-11T00:00:00Z"))})
	var got []int
	for _, at := range []string{"2025-03-11T00:00:00Z", "2025-03-11T00:00:00Z", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"} {
		got = append(got, answeredBy(p, ask("listVisits", "GET /people/1/visits?since="+at, "")))
	}
	if sprint(got) != "[2 2 1 2]" {
		t.Errorf("steps %v", got)
	}
}

func TestRefusalsArePlayedWhereTheyWereRecorded(t *testing.T) {
	t.Parallel()
	refused := func(body, id, credential, signed string) *scenarios.Exchange {
		x := add(body, `{"code":4}`)
		x.Response.Outcome, x.Response.Error = scenarios.OutcomeVendorError, id
		x.Request.Wire.Credential, x.Request.Wire.Signed = credential, signed
		return x
	}
	asked := func(credential string, wrong bool) *mock.Asked {
		a := ask("addVisit", "POST /visits", `{"note":"a"}`)
		a.Request.Wire.Credential = credential
		if wrong {
			a.Found = []*diagnosis.Diagnosis{diagnosis.New("token-unknown")}
		}
		return a
	}
	fine := add(`{"note":"a"}`, `{"code":0}`)
	cases := map[string]struct {
		recorded []*scenarios.Exchange
		asked    *mock.Asked
		step     int
		decline  bool
	}{
		"a wrong token, recorded":                     {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "invalid", "")}, asked("invalid", true), 1, false},
		"a wrong token, recorded by a stranger":       {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "", "")}, asked("invalid", true), 1, false},
		"a wrong token, not recorded":                 {[]*scenarios.Exchange{fine}, asked("invalid", true), 0, true},
		"a wrong token, another refusal":              {[]*scenarios.Exchange{refused(`{"note":"a"}`, "unknown-person", "valid", "")}, asked("invalid", true), 0, true},
		"a wrong value, recorded":                     {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-value", "valid", "")}, asked("valid", true), 1, false},
		"a wrong value, not recorded":                 {[]*scenarios.Exchange{fine}, asked("valid", true), 0, true},
		"a good token, an expired one recorded":       {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "stale", "")}, asked("valid", false), 1, false},
		"a good token, a wrong one recorded":          {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "invalid", ""), fine}, asked("valid", false), 2, false},
		"a good signature, a wrong one recorded":      {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "", "invalid"), fine}, asked("valid", false), 2, false},
		"a good call, and the recording refuses only": {[]*scenarios.Exchange{refused(`{"note":"a"}`, "bad-token", "missing", "")}, asked("valid", false), 0, false},
	}
	for name, c := range cases {
		p := play(t, Config{Recording: recorded(c.recorded...)})
		if a := p.Play(c.asked); a.Step != c.step || a.Decline != c.decline || (a.Miss == "") != (c.step > 0 || c.decline) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestTokensAreFresh(t *testing.T) {
	t.Parallel()
	x := exchange("login", "POST /login", "", `{"code":0,"result":{"token":"aaaa","again":"aaaa"}}`)
	failed := exchange("login", "POST /login", "", `{"code":4,"result":{"token":"aaaa"}}`)
	failed.Response.Outcome = scenarios.OutcomeVendorError
	p := play(t, Config{Recording: recorded(x, x, failed), Mode: Strict})
	n := 0
	issue := func() (string, error) { n++; return "fresh" + strconv.Itoa(n), nil }
	for _, want := range []string{`{"code":0,"result":{"token":"fresh1","again":"fresh1"}}`, `{"code":0,"result":{"token":"fresh2","again":"fresh2"}}`, `{"code":4,"result":{"token":"fresh2"}}`} {
		a := ask("login", "POST /login", "")
		a.IssueToken = issue
		if got := p.Play(a); got.Response == nil || string(got.Response.Body) != want {
			t.Errorf("answered %+v, want %s", got, want)
		}
	}
	p = play(t, Config{Recording: recorded(x)})
	if got := p.Play(ask("login", "POST /login", "")); string(got.Response.Body) != string(x.Response.Body) {
		t.Errorf("without tokens it answers %s", got.Response.Body)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	body := `{"code":0,"at":1741568400000,"result":{"day":"2025-03-10","at":"2025-03-10 23:59:59","made":"2025-03-10T09:00:00.123+08:00","millis":1741568400000,"born":"1990-01-01","note":"2025-03-10","fee":20250310}}`
	moved := `{"code":0,"at":1773104400000,"result":{"day":"2026-03-10","at":"2026-03-10 23:59:59","made":"2026-03-10T09:00:00.123+08:00","millis":1773104400000,"born":"1990-01-01","note":"2025-03-10","fee":20250310}}`
	x := add(`{"day":"2025-03-12","note":"2025-03-10"}`, body)
	x.Response.Header = []scenarios.Parameter{{Name: "X-Until", Value: "2025-04-01"}, {Name: "Retry-After", Value: "Mon, 10 Mar 2025 02:00:00 GMT"}}
	year := recordedAt.AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		times      Times
		now        time.Time
		day        string
		want       string
		until, due string
		miss       bool
	}{
		"recorded":             {Recorded, year, "2025-03-12", body, "2025-04-01", "Mon, 10 Mar 2025 02:00:00 GMT", false},
		"recorded, of today":   {Recorded, year, "2026-03-12", "", "", "", true},
		"now":                  {Now, year, "2026-03-12", moved, "2026-04-01", "Tue, 10 Mar 2026 02:00:00 GMT", false},
		"now, late in the day": {Now, year.Add(14*time.Hour + 59*time.Minute), "2026-03-12", moved, "2026-04-01", "Tue, 10 Mar 2026 02:00:00 GMT", false},
		"now, of then":         {Now, year, "2025-03-12", "", "", "", true},
		"the same day":         {Now, recordedAt, "2025-03-12", body, "2025-04-01", "Mon, 10 Mar 2025 02:00:00 GMT", false},
	} {
		p := play(t, Config{Recording: recorded(x), Time: c.times})
		a := ask("addVisit", "POST /visits", `{"day":"`+c.day+`","note":"2025-03-10"}`)
		a.Now = c.now
		got := p.Play(a)
		if (got.Response == nil) != c.miss {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if got.Response == nil {
			continue
		}
		if string(got.Response.Body) != c.want || got.Response.Header[0].Value != c.until || got.Response.Header[1].Value != c.due {
			t.Errorf("%s: %s %v\nwant %s", name, got.Response.Body, got.Response.Header, c.want)
		}
	}
}

func TestWhatIsMovedBackBeforeItIsCompared(t *testing.T) {
	t.Parallel()
	at := func(millis string) *scenarios.Exchange {
		return add(`{"born":"1990-01-01","millis":`+millis+`}`, `{"code":0,"result":{"born":"1990-01-01"}}`)
	}
	p := play(t, Config{Recording: recorded(at("1741568400000"), at("1741568500000")), Time: Now})
	a := ask("addVisit", "POST /visits", `{"born":"1991-02-03","millis":1773104500000}`) // a year after the second
	a.Now = recordedAt.AddDate(1, 0, 0)
	if got := p.Play(a); got.Step != 2 || string(got.Response.Body) != `{"code":0,"result":{"born":"1991-02-03"}}` {
		t.Errorf("step %d: %s", got.Step, got.Miss)
	}
}

func TestTheTimeOfTheCallIsNotComparedWhereNobodyCallsItATime(t *testing.T) {
	t.Parallel()
	const then, now = "2025-03-10 09:00:30", "2026-03-10 08:59:01" // UTC+8
	cases := map[string]struct {
		recorded, asked string
		step            int
	}{
		"text":            {`{"note":"` + then + `"}`, `{"note":"` + now + `"}`, 1},
		"zone":            {`{"note":"2025-03-10T01:00:00Z"}`, `{"note":"2026-03-10T09:00:00+08:00"}`, 1},
		"millis":          {`{"fee":1741568400123}`, `{"fee":1773104400000}`, 1},
		"seconds":         {`{"note":"1741568400"}`, `{"note":"1773104400"}`, 1},
		"another time":    {`{"note":"` + then + `"}`, `{"note":"2026-03-10 10:00:00"}`, 0},
		"recorded other":  {`{"note":"2025-03-10 12:00:00"}`, `{"note":"` + now + `"}`, 0},
		"no time at all":  {`{"note":"` + then + `"}`, `{"note":"now"}`, 0},
		"the very number": {`{"fee":1}`, `{"fee":2}`, 0},
	}
	for name, c := range cases {
		p := play(t, Config{Recording: recorded(add(c.recorded, `{}`))})
		a := ask("addVisit", "POST /visits", c.asked)
		a.Now = recordedAt.AddDate(1, 0, 0)
		if got := p.Play(a); got.Step != c.step {
			t.Errorf("%s: step %d %s", name, got.Step, got.Miss)
		}
	}
}

func TestSecretsAreNotComparedAndNotBound(t *testing.T) {
	t.Parallel()
	p := play(t, Config{Recording: recorded(add(`{"key":"x"}`, `{"code":0,"result":{"key":"x"}}`), add(`{"key":"x"}`, `{"code":0}`)), Mode: Strict})
	for i, key := range []string{"one", "two"} {
		a := p.Play(ask("addVisit", "POST /visits", `{"key":"`+key+`"}`))
		if a.Step != i+1 || strings.Contains(string(a.Response.Body), key) {
			t.Errorf("the key %s: step %d %s", key, a.Step, a.Miss)
		}
	}
}

func TestTheLongestNameIsReplacedFirst(t *testing.T) {
	t.Parallel()
	p := play(t, Config{Recording: recorded(add(`{"name":"粘柏","extra":"{\"name\":\"粘柏北\"}"}`, `{"code":0,"result":{"note":"粘柏北与粘柏"}}`))})
	a := p.Play(ask("addVisit", "POST /visits", `{"name":"王一","extra":"{\"name\":\"李二\"}"}`))
	if a.Response == nil || string(a.Response.Body) != `{"code":0,"result":{"note":"李二与王一"}}` {
		t.Errorf("answered %+v", a)
	}
}

func TestTimingDelays(t *testing.T) {
	t.Parallel()
	for timing, want := range map[Timing]time.Duration{"": 0, AtOnce: 0, AsLong: time.Second} {
		p := play(t, Config{Recording: recorded(add(`{}`, `{}`)), Timing: timing})
		if a := p.Play(ask("addVisit", "POST /visits", `{}`)); a.Delay != want || a.Step != 1 {
			t.Errorf("%q: %+v", timing, a)
		}
	}
}

func TestAPlayerIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var list []*scenarios.Exchange
	for i := range 20 {
		list = append(list, add(`{"note":"`+strconv.Itoa(i)+`"}`, `{"code":0}`))
	}
	p := play(t, Config{Recording: recorded(list...)})
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 20 {
				a := ask("addVisit", "POST /visits", `{"note":"`+strconv.Itoa(i)+`"}`)
				a.Session = strconv.Itoa(worker % 2)
				if p.Play(a).Step != i+1 {
					t.Errorf("call %d is a miss", i)
				}
			}
		})
	}
	all.Wait()
	for _, session := range []string{"0", "1"} {
		if left := p.Unplayed(session); len(left) > 0 {
			t.Errorf("session %s leaves %v", session, left)
		}
	}
	if got := p.Left(); len(got) != 0 {
		t.Errorf("sessions %v", got)
	}
	p.Forget("0")
	if len(p.Unplayed("0")) != 20 || len(p.Unplayed("1")) != 0 {
		t.Error("a session that is forgotten does not begin anew")
	}
}

func sprint(v any) string { return fmt.Sprint(v) }
