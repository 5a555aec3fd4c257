package mask

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/pseudonym"
	"understudy/scenarios"
	"understudy/specs"
)

const places = `openapi: 3.1.0
x-understudy: 1
info: {title: Places, version: "1"}
paths:
  /people/{id}/files/{kind}.json:
    put:
      operationId: put
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}, x-sensitive: person-id}
        - {name: kind, in: path, required: true, schema: {type: string, enum: [a, b]}}
        - {name: X-Name, in: header, schema: {type: string, x-sensitive: name}}
        - {name: who, in: query, schema: {type: array, items: {type: string, x-sensitive: mobile}}, explode: false, style: form}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {name: {type: string, x-sensitive: name}}}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Person'}
          application/xml:
            schema: {$ref: '#/components/schemas/Person'}
          application/x-www-form-urlencoded:
            schema: {$ref: '#/components/schemas/Person'}
          multipart/form-data:
            schema: {$ref: '#/components/schemas/Person'}
      responses:
        "200":
          description: fine
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Person'}
            application/x-ndjson:
              schema: {type: array, items: {$ref: '#/components/schemas/Person'}}
            text/plain:
              schema: {type: string, x-sensitive: token}
      callbacks:
        changed:
          '{$request.body#/url}':
            post:
              requestBody:
                content:
                  application/json: {schema: {$ref: '#/components/schemas/Person'}}
              responses:
                "200": {description: taken, content: {application/json: {schema: {type: object, properties: {name: {type: string, x-sensitive: name}}}}}}
components:
  schemas:
    Person:
      type: object
      xml: {name: person}
      properties:
        name: {type: string, x-sensitive: name, maxLength: 20}
        no: {type: string, xml: {attribute: true}, x-sensitive: person-id}
        number: {type: integer, x-sensitive: person-id, minimum: 1000}
        born: {type: string, format: date, x-sensitive: birth-date}
        mobile: {type: string, pattern: '^13[0-9]{9}$', x-sensitive: mobile}
        sex: {type: string, enum: [M, F]}
        level: {type: string, enum: [gold, silver, copper], x-sensitive: message}
        tags: {type: array, xml: {wrapped: true}, items: {type: string, x-sensitive: message, xml: {name: tag}}}
        friends: {type: array, items: {type: string, x-sensitive: name}}
        note: {type: [string, "null"]}
        amount: {type: number}
        inner: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Person'}}
        sealed: {type: string, x-sensitive: ciphertext, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Person'}}
        box: {type: object, x-sensitive: message}
        ids: {type: object, x-sensitive: person-id}
        byCard: {type: object, additionalProperties: {type: integer}}
        photo: {type: string, format: binary}
        mail: {type: string, format: email}
`

func masker(tb testing.TB, c Config) *Masker {
	tb.Helper()
	if c.Contract == nil {
		known, err := specs.Parse("places", "places.yaml", []byte(places))
		if err != nil {
			tb.Fatal(err)
		}
		c.Contract = known
	}
	m, err := New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func of(mediaType, body string) *scenarios.Exchange {
	return &scenarios.Exchange{Operation: "put", Request: scenarios.Request{Method: "PUT", Path: "/people/P100200300/files/a.json", MediaType: mediaType, Body: []byte(body)},
		Response: scenarios.Response{Status: 200, Outcome: scenarios.OutcomeOK}}
}

// masked masks a request body and gives it back.
func masked(tb testing.TB, m *Masker, mediaType, body string) string {
	tb.Helper()
	x := of(mediaType, body)
	if err := m.Mask(x); err != nil {
		tb.Fatal(err)
	}
	return string(x.Request.Body)
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{Key: []byte("key")})
	name := m.maker.Of(pseudonym.Name, "张三丰", nil, nil)
	mobile := m.maker.Of(pseudonym.Mobile, "13800001111", func(s string) bool { return strings.HasPrefix(s, "13") }, nil)
	if strings.HasPrefix(mobile, "13") {
		t.Fatal("a pseudonym of a mobile number that fits by chance proves nothing")
	}
	for _, test := range []struct{ mediaType, in, want string }{
		{"application/json", `{ "name" : "张三丰", "note":"\u5f20三丰 said 1.50", "amount": 1.50e3, "sex":"M", "a":null }`,
			`{ "name" : "` + name + `", "note":"` + name + ` said 1.50", "amount": 1.50e3, "sex":"M", "a":null }`},
		{"application/json", `{"name":"张三丰","inner":"{\"name\": \"张三丰\", \"sex\":\"F\"}"}`, `{"name":"` + name + `","inner":"{\"name\": \"` + name + `\", \"sex\":\"F\"}"}`},
		{"application/json", `{"sealed":{"name":"张三丰","sex":"F"}}`, `{"sealed":{"name":"` + name + `","sex":"F"}}`},
		{"application/json", `{"sealed":"{\"name\":\"张三丰\",\"sex\":\"F\"}"}`, `{"sealed":"{\"name\":\"` + name + `\",\"sex\":\"F\"}"}`},
		{"application/json; charset=utf-8", `{"name":"张三丰","name":"张三丰"}`, `{"name":"` + name + `","name":"` + name + `"}`},
		{"application/x-www-form-urlencoded", "name=%E5%BC%A0%E4%B8%89%E4%B8%B0&sex=M&note=a+b", "name=" + escape(name) + "&sex=M&note=a+b"},
		{"application/xml", `<?xml version="1.0"?><person no="1"><name>张三丰</name><note>a &amp; b</note><sex>M</sex></person>`,
			`<?xml version="1.0"?><person no="?"><name>` + name + `</name><note>a &amp; b</note><sex>M</sex></person>`},
		{"application/xml", `<person><name><![CDATA[张三丰]]></name><friends>张三丰</friends><friends>张三丰</friends></person>`,
			`<person><name>` + name + `</name><friends>` + name + `</friends><friends>` + name + `</friends></person>`},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n张三丰\r\n--b\r\nContent-Disposition: form-data; name=\"sex\"\r\n\r\nM\r\n--b--\r\n",
			"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + name + "\r\n--b\r\nContent-Disposition: form-data; name=\"sex\"\r\n\r\nM\r\n--b--\r\n"},
	} {
		got := masked(t, m, test.mediaType, test.in)
		if i := strings.Index(test.want, `no="?"`); i >= 0 && len(got) > i+5 {
			got = got[:i] + `no="?"` + got[i+len(`no="?"`):]
		}
		if got != test.want {
			t.Errorf("%s became\n%s, want\n%s", test.in, got, test.want)
		}
	}
}

func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02X", text[i])
	}
	return b.String()
}

// TestConstrainedPlaces holds pseudonyms to what the schema asks for where they stand.
func TestConstrainedPlaces(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	for i, p := range persons(50) {
		body := fmt.Sprintf(`{"mobile":"139%s","number":%d,"level":"gold","born":"1990-02-03","mail":"a%d@hospital.cn","name":%q}`, p.Mobile[3:], 1000+i, i, p.Name)
		var got struct {
			Mobile, Level, Born, Mail, Name string
			Number                          json.Number
		}
		if err := json.Unmarshal([]byte(masked(t, m, "application/json", body)), &got); err != nil {
			t.Fatal(err)
		}
		n, err := got.Number.Int64()
		if err != nil || n < 1000 || len(got.Number) != 4 {
			t.Errorf("the number became %s", got.Number)
		}
		if !strings.HasPrefix(got.Mobile, "13") || len(got.Mobile) != 11 || strings.Contains(body, got.Mobile) {
			t.Errorf("the mobile number became %s", got.Mobile)
		}
		if got.Level != "gold" && got.Level != "silver" && got.Level != "copper" || !strings.HasPrefix(got.Born, "199") || !strings.HasSuffix(got.Mail, "@example.com") {
			t.Errorf("got %+v", got)
		}
	}
}

func TestWhatNobodyDescribes(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{Keep: []string{"/more/*/kept", "/never"}})
	in := `{"more":[{"kept":{"a":"张三","card":"13800001111"},"gone":"张三","n":12.50,"yes":true,"none":null}],"box":{"x":"李四光","n":7},"byCard":{"13800001111":1,"plain":2}}`
	out := masked(t, m, "application/json", in)
	for _, stays := range []string{`"a":"张三"`, `"none":null`, `"plain":2`, `"kept"`, `"byCard"`} {
		if !strings.Contains(out, stays) {
			t.Errorf("%s is gone from %s", stays, out)
		}
	}
	for _, goes := range []string{"13800001111", `"gone":"张三"`, "12.50", "true", "李四光", `"n":7}`} {
		if strings.Contains(out, goes) {
			t.Errorf("%s stays in %s", goes, out)
		}
	}
	if len([]rune(out)) != len([]rune(in))+1 { // false is longer than true
		t.Errorf("%s has another length than %s", out, in)
	}
	if unused := m.Unused(); len(unused) != 1 || unused[0] != "/never" {
		t.Errorf("unused: %v", unused)
	}
	if _, err := New(Config{Keep: []string{"more/kept"}}); err == nil {
		t.Error("a pointer without a slash was taken")
	}
}

func TestParametersAndPaths(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{Secrets: []string{"my-app-secret"}})
	x := of("", "")
	x.Request.Parameters = []scenarios.Parameter{
		{In: "header", Name: "x-name", Value: "张三丰"}, {In: "query", Name: "who", Value: "13800001111,13900002222"},
		{In: "query", Name: "filter[name]", Value: "张三丰"}, {In: "query", Name: "stray", Value: "abc"}, {In: "query", Name: "stray2", Value: "my-app-secret"},
	}
	x.Session = "my-app-secret"
	x.Response.MediaType, x.Response.Body = "text/plain", []byte("9f0188fe1077aa5bc30de29144bc037f")
	if err := m.Mask(x); err != nil {
		t.Fatal(err)
	}
	p := x.Request.Parameters
	if p[0].Value == "张三丰" || p[0].Value != p[2].Value {
		t.Errorf("the names became %s and %s", p[0].Value, p[2].Value)
	}
	if got := p[1].Value; len(got) != 23 || got[:3] != "154" || got[12:15] != "154" {
		t.Errorf("the list became %s", got)
	}
	if p[3].Value == "abc" || len(p[3].Value) != 3 {
		t.Errorf("the stray became %s", p[3].Value)
	}
	if strings.Contains(text(x), "my-app-secret") {
		t.Error("a secret is left")
	}
	if !StandIn(string(x.Response.Body)) {
		t.Errorf("the token became %s", x.Response.Body)
	}
	if got := x.Request.Path; strings.Contains(got, "P100200300") || !strings.HasPrefix(got, "/people/") || !strings.HasSuffix(got, "/files/a.json") {
		t.Errorf("the path became %s", got)
	}
}

// TestServersPath has what stands before the paths of the contract.
func TestServersPath(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	for path, want := range map[string]string{
		"/v1/api/people/P100200300/files/a.json": "/v1/api/people/?/files/a.json", "/people/%E5%BC%A0/files/a.json": "/people/?/files/a.json",
	} {
		x := of("", "")
		x.Request.Path = path
		if err := m.Mask(x); err != nil {
			t.Fatal(err)
		}
		parts, wanted := strings.Split(x.Request.Path, "/"), strings.Split(want, "/")
		for i, part := range parts {
			if len(parts) != len(wanted) || wanted[i] == "?" && (strings.Contains(path, part)) || wanted[i] != "?" && wanted[i] != part {
				t.Fatalf("%s became %s", path, x.Request.Path)
			}
		}
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	x := &scenarios.Exchange{Callback: "put/changed/post", Request: scenarios.Request{Method: "POST", Path: "/hook", MediaType: "application/json", Body: []byte(`{"name":"张三丰","sex":"M"}`)},
		Response: scenarios.Response{Status: 200, Outcome: scenarios.OutcomeOK, MediaType: "application/json", Body: []byte(`{"name":"张三丰"}`)}}
	if err := m.Mask(x); err != nil {
		t.Fatal(err)
	}
	name := m.maker.Of(pseudonym.Name, "张三丰", nil, nil)
	if got, want := string(x.Request.Body)+string(x.Response.Body), `{"name":"`+name+`","sex":"M"}{"name":"`+name+`"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLinesAndTorn(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	x := of("", "")
	x.Response.MediaType, x.Response.Body = "application/x-ndjson", []byte("{\"name\":\"张三丰\",\"sex\":\"M\"}\n{\"name\":\"张三丰\"}\n")
	if err := m.Mask(x); err != nil {
		t.Fatal(err)
	}
	if got := string(x.Response.Body); strings.Contains(got, "张三") || !strings.Contains(got, `"sex":"M"`) || strings.Count(got, "\n") != 2 {
		t.Errorf("got %s", got)
	}
	whole := `{"sex":"M","name":"张三丰","friends":["李四光"]}`
	for i := range len(whole) {
		x := of("application/json", "")
		x.Response.MediaType, x.Response.Body, x.Response.Broken = "application/json", []byte(whole[:i]), scenarios.BrokenTruncated
		if err := m.Mask(x); err != nil {
			t.Fatal(err)
		}
		got := string(x.Response.Body)
		for _, name := range []string{"张", "三", "丰", "李", "四", "光"} {
			if strings.Contains(got, name) {
				t.Fatalf("cut at %d: %q", i, got)
			}
		}
		if i > 12 && !strings.HasPrefix(got, `{"sex":"M",`) {
			t.Errorf("cut at %d: %q", i, got)
		}
	}
}

// TestRelations says that what was equal stays equal and what was not does not become so, over exchanges and goroutines.
func TestRelations(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	all := persons(100)
	results := make([][]string, 4)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			for _, p := range all {
				results[i] = append(results[i], masked(t, m, "application/json", `{"name":"`+p.Name+`","friends":["`+p.Name+`"],"stray":"`+p.IDCard+`"}`))
			}
		})
	}
	wait.Wait()
	back := map[string]string{}
	for j, p := range all {
		var got struct {
			Name    string
			Friends []string
			Stray   string
		}
		if err := json.Unmarshal([]byte(results[0][j]), &got); err != nil {
			t.Fatal(err)
		}
		if got.Name != got.Friends[0] {
			t.Errorf("one person has two names")
		}
		if other, taken := back[got.Name]; taken && other != p.Name {
			t.Error("two persons have one name")
		}
		back[got.Name] = p.Name
		if got.Stray[:4] != "3399" {
			t.Errorf("an identity number that nobody describes became %s", got.Stray)
		}
		for _, list := range results {
			if list[j] != results[0][j] {
				t.Fatal("it depends on who asks")
			}
		}
	}
}

// TestAnyBody masks what nobody would send: nothing panics, what was JSON stays JSON, and twice is as good as once.
func TestAnyBody(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{Key: []byte("key"), Keep: []string{"/a/*"}})
	types := []string{"application/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/html", "text/plain", "", "application/x-ndjson", "image/png", "%"}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.OneOf(rapid.String(), rapid.StringMatching(`(\{"(name|a|note|box|inner)": ?("[^"\\]{0,9}"|[0-9]{1,11}|\[1,"x"\]|\{"b":"张三"\}|true|null)\},? ?){0,2}`),
			rapid.StringMatching(`<(person|a)( no="[a-z]{0,3}")?>(<name>[^<&]{0,5}</name>|<tags><tag>x</tag></tags>|<!--张-->|&[a-z#0-9]{0,3};)*</(person|a)>`),
			rapid.StringMatching(`(name|no|x)=[%0-9a-z+]{0,9}&?(--b\r\n[a-z]: "\r\n\r\nx)?`)).Draw(t, "body")
		x := of(rapid.SampledFrom(types).Draw(t, "type"), body)
		x.Response.MediaType, x.Response.Body = rapid.SampledFrom(types).Draw(t, "reply"), []byte(body)
		x.Request.Path = rapid.OneOf(rapid.Just("/people/1/files/a.json"), rapid.StringMatching(`/[a-z0-9%/]{0,20}`)).Draw(t, "path")
		valid := json.Valid([]byte(body))
		for range 2 {
			if err := m.Mask(x); err != nil {
				t.Fatal(err)
			}
			if valid && !json.Valid(x.Request.Body) && strings.HasPrefix(x.Request.MediaType, "application/json") {
				t.Fatalf("%s became %s", body, x.Request.Body)
			}
		}
	})
}

// TestBrokenRepliesKeepTheirConstants: a reply that breaks the contract in one place is described by it in all others, or
// nobody could learn from a recording what was different.
func TestBrokenRepliesKeepTheirConstants(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	for _, outcome := range []string{scenarios.OutcomeOK, scenarios.OutcomeUnexplained} {
		x := of("", "")
		x.Response.Outcome, x.Response.MediaType, x.Response.Body = outcome, "application/json", []byte(`{"sex":"M","name":"张三丰","friends":7,"unknown":"abc"}`)
		if err := m.Mask(x); err != nil {
			t.Fatal(err)
		}
		got := string(x.Response.Body)
		if !strings.Contains(got, `"sex":"M"`) || strings.Contains(got, "张三丰") || strings.Contains(got, "abc") {
			t.Errorf("%s: got %s", outcome, got)
		}
	}
	x := of("", "")
	x.Response = scenarios.Response{Status: 503, Outcome: scenarios.OutcomeUnexplained, MediaType: "application/json", Body: []byte(`{"sex":"M","name":"张三丰"}`)}
	if err := m.Mask(x); err != nil {
		t.Fatal(err)
	}
	if got := string(x.Response.Body); !strings.Contains(got, `"sex":"M"`) || strings.Contains(got, "张三丰") {
		t.Errorf("under a status that the contract does not have: got %s", got)
	}
}

// TestAnErrorInXMLKeepsItsCode: where the root element is the only member that the schema has, an error is described as a
// success is.
func TestAnErrorInXMLKeepsItsCode(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("alihealth")
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Config{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	x := &scenarios.Exchange{Operation: "queryAppointments", Response: scenarios.Response{
		Status: 200, Outcome: scenarios.OutcomeVendorError, MediaType: "text/xml",
		Body: []byte(`<?xml version="1.0"?><error_response><code>30</code><msg>Missing Timestamp</msg></error_response>`),
	}}
	want := string(x.Response.Body)
	if err := m.Mask(x); err != nil || string(x.Response.Body) != want {
		t.Errorf("it became %s, %v", x.Response.Body, err)
	}
}
