package arazzo

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// decoded is a JSON text as expressions meet it.
func decoded(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func scope(t testing.TB) *Scope {
	t.Helper()
	return &Scope{
		Document: &Document{
			Sources:    []*Source{{Name: "shop", URL: "shop.yaml"}},
			parameters: map[string]*Parameter{"page": {Value: Constant("7")}, "again": {Value: &Value{kind: isExpression, expression: &Expression{Root: RootComponents, Name: "again"}}}},
		},
		URL: "https://a.test/x", Method: "GET", Status: 200,
		Request: &Message{Header: http.Header{"X-A": {"1", "2"}}, Query: map[string]any{"day": "monday"}, Path: map[string]any{"id": json.Number("3")}, Body: "raw", HasBody: true},
		Response: &Message{
			Header:  http.Header{"X-Count": {"12"}, "X-On": {"TRUE"}},
			Body:    decoded(t, `{"code": 0, "big": 12345678901234567890123, "half": 0.50, "ok": true, "no": null, "list": [{"id": "A1"}, {"id": "b2"}], "a/b": {"m~n": "deep"}, "": "empty", "text": "It's", "a.b": 1}`),
			HasBody: true,
		},
		Inputs:    map[string]any{"day": "Monday", "a.b": "dotted", "o": map[string]any{"c": json.Number("5")}, "none": nil},
		Outputs:   map[string]any{"x": "out"},
		Steps:     map[string]map[string]any{"one": {"id": "A1", "all": decoded(t, `{"list": [1, 2]}`)}},
		Workflows: map[string]Values{"w": {Inputs: map[string]any{"i": "in"}, Outputs: map[string]any{"o": json.Number("9")}}},
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	s := scope(t)
	for text, want := range map[string]string{
		"$url": `"https://a.test/x"`, "$method": `"GET"`, "$statusCode": "200",
		"$request.header.x-a": `"1"`, "$request.query.day": `"monday"`, "$request.path.id": "3", "$request.body": `"raw"`, "$request.body#/a": "-",
		"$response.header.X-Count": `"12"`, "$response.header.x-none": "-", "$response.body#/code": "0", "$response.body#/big": "12345678901234567890123",
		"$response.body#/half": "0.50", "$response.body#/no": "null", "$response.body#/none": "-", "$response.body#/list/1/id": `"b2"`,
		"$response.body#/list/01/id": "-", "$response.body#/list/2": "-", "$response.body#/list/-1": "-", "$response.body#/a~1b/m~0n": `"deep"`,
		"$response.body#/": `"empty"`, "$response.body#/code/x": "-", "$response.body#/a.b": "1",
		"$inputs.day": `"Monday"`, "$inputs.a.b": `"dotted"`, "$inputs.o.c": "5", "$inputs.o#/c": "5", "$inputs.o#": `{"c":5}`, "$inputs.none": "null", "$inputs.x": "-",
		"$outputs.x": `"out"`, "$steps.one.outputs.id": `"A1"`, "$steps.one.outputs.all#/list/1": "2", "$steps.one.outputs.all.list.0": "1", "$steps.two.outputs.id": "-",
		"$workflows.w.outputs.o": "9", "$workflows.w.inputs.i": `"in"`, "$workflows.v.inputs.i": "-",
		"$sourceDescriptions.shop.url": `"shop.yaml"`, "$sourceDescriptions.other.url": "-", "$components.parameters.page": `"7"`, "$components.parameters.again": "-",
	} {
		e, err := ParseExpression(text)
		if err != nil {
			t.Error(err)
			continue
		}
		got := "-"
		if v, ok := s.Resolve(e); ok {
			written, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			got = string(written)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
		if _, ok := (&Scope{}).Resolve(e); ok {
			t.Errorf("%s has a value where there is nothing", text)
		}
	}
	for text, want := range map[string]string{
		"": "it begins with none of", "url": "it begins with none of", "$uri": "did you mean $url?", "$url.x": "nothing stands behind $url", "$inputs": "a dot and a name belong behind $inputs",
		"$inputs.": "a dot and a name belong behind $inputs", "$inputs.#/a": "a name is due", "$request.": "a dot and a name", "$request.body.a": "one of header., query., path., body and body# is due",
		"$response.body#a": "a JSON pointer begins with /", "$response.body#/a~2": "~ is written ~0", "$response.body#/a~": "~ is written ~0", "$response.query.a": "header and body alone",
		"$request.header.": "the name of a header is due", "$request.header.a b": "the name of a header is due", "$request.query.": "behind query. the name of a parameter is due",
		"$steps.a": "write $steps.STEP.outputs.NAME", "$steps.a.inputs.b": "write $steps.STEP.outputs.NAME", "$steps.a.outputs.": "write $steps.STEP.outputs.NAME",
		"$workflows.a.b": "write $workflows.WORKFLOW.outputs.NAME or", "$sourceDescriptions.a": "behind the source's name", "$components.inputs.a": "$components.parameters.NAME alone",
		"$inputs.a#b": "a JSON pointer begins with /",
	} {
		if _, err := ParseExpression(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	s := scope(t)
	for text, want := range map[string]string{
		"$statusCode": "200", "{$statusCode}": `"200"`, "a{$inputs.day}b{$steps.one.outputs.id}": `"aMondaybA1"`, "$5": `"$5"`, "$USER": `"$USER"`, "{}": `"{}"`, "": `""`,
		"{$inputs.o}": `"{\"c\":5}"`, "{$inputs.none}": `"null"`, "a $inputs.day": `"a $inputs.day"`, "{$response.body#/a~1b/m~0n}": `"deep"`,
		"$inputs.zz": "$inputs.zz has no value here", "x{$inputs.zz}": "$inputs.zz has no value here",
	} {
		v, err := parseText(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		if one, err := v.Evaluate(s); err != nil {
			if missing := (*MissingError)(nil); !errors.As(err, &missing) {
				t.Errorf("%s: %T", text, err)
			}
			got = err.Error()
		} else {
			written, _ := json.Marshal(one)
			got = string(written)
		}
		if got != want {
			t.Errorf("%s gives %s, want %s", text, got, want)
		}
		_, plain := v.Constant()
		if IsPlain(text) != plain {
			t.Errorf("%s: IsPlain is %t", text, IsPlain(text))
		}
	}
	if IsPlain("$inputs") || IsPlain("{$x") {
		t.Error("what is no value is plain")
	}
	// A value is given afresh, so that whoever changes it changes no other one.
	v, _ := parseText("$inputs.o")
	first, _ := v.Evaluate(s)
	first.(map[string]any)["c"] = "changed"
	if again, _ := v.Evaluate(s); Text(again) != `{"c":5}` {
		t.Error(Text(again))
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	s := scope(t)
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"$statusCode == 200", true}, {"$statusCode==200", true}, {"$statusCode != 200", false}, {"$statusCode >= 200 && $statusCode < 300", true},
		{"$statusCode == '200'", true}, {"$statusCode == 200.0", true}, {"$statusCode == 2e2", true}, {"$statusCode > 200", false}, {"$statusCode <= 200", true},
		{"$response.body#/code == 0", true}, {"$response.body#/code == -0", true}, {"$response.body#/code == null", false}, {"$response.body#/code == false", false}, {"$response.body#/code == ''", false},
		{"$response.body#/big == 12345678901234567890123", true}, {"$response.body#/big == 12345678901234567890124", false}, {"$response.body#/half == 0.5", true},
		{"$response.body#/no == null", true}, {"$response.body#/none == null", true}, {"$response.body#/none != 'a'", true}, {"$response.body#/none < 1", false}, {"$response.body#/none >= 0", false},
		{"$response.header.X-Count > 9", true}, {"$response.header.X-Count == 12", true}, {"$response.header.X-Count < 'abc'", true}, {"$response.header.X-On == true", true}, {"true == $response.header.X-On", true},
		{"$inputs.day == 'MONDAY'", true}, {"$inputs.day == $request.query.day", true}, {"$inputs.day < 'Tuesday'", true}, {"$inputs.day < 5", false}, {"$inputs.day >= 5", false},
		{"$response.body#/text == 'it''s'", true}, {"$response.body#/ok", true}, {"!$response.body#/ok", false}, {"!$response.body#/none", true}, {"$response.body#/none", false},
		{"!($statusCode == 200) || $response.body#/ok", true}, {"$statusCode == 1 || $statusCode == 2 && true", false}, {"true || false && false", true}, {"(true || false) && false", false},
		{"{$statusCode == 200}", true}, {"{$statusCode} == 200", true}, {"($statusCode == 200) == true", true}, {"!!true", true},
		{"$response.body#/list[1].id == 'B2'", true}, {"$response.body#/list[0].id == $steps.one.outputs.id", true}, {"$response.body.list[0].id == 'a1'", true}, {"$response.body.code == 0", true},
		{"$response.body#/list[9].id == null", true}, {"$response.body#/a.b == 1", true}, {"$inputs.o.c == 5", true}, {"$steps.one.outputs.all.list[1] == 2", true},
		{"$response.body#/list == $response.body#/list", true}, {"$inputs.o == $inputs.o", true}, {"$inputs.o == $response.body#/list", false}, {"$inputs.o == 5", false},
		{"$method == 'get'", true}, {"1 < 2", true}, {"'a' < 'B'", true}, {"1e999 == 1e999", true}, {"1e9999 == 1e9999", true}, {"1e9999 < 1e99999", false},
	} {
		c, err := parseCondition(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := (&Criterion{simple: c}).Judge(s); got.Holds != tt.want || got.Why != "" {
			t.Errorf("%s is %+v", tt.text, got)
		}
	}
	for text, want := range map[string]string{
		"$statusCode": "$statusCode is a number, and alone only true, false and null are a condition", "!$inputs.day": "$inputs.day is a text", "$inputs.o && true": "$inputs.o is an object",
		"$response.body#/list || false": "list", "'a'": "'a' is a text", "(!$statusCode) == true": "$statusCode is a number", "true == (!'a')": "'a' is a text",
	} {
		c, err := parseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := (&Criterion{simple: c}).Judge(s); got.Holds || !strings.Contains(got.Why, want) {
			t.Errorf("%s is %+v, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"": "it ends where a literal", "$statusCode ==": "it ends where", "$statusCode = 200": "equality is ==", "$statusCode == \"200\"": "single quotes", "$statusCode == 'a": "the single quote that ends",
		"$statusCode == ok": "ok is neither a literal nor a runtime expression; a text stands in single quotes: 'ok'", "($statusCode == 200": ") is missing", "{$statusCode == 200": "} is missing",
		"$statusCode == 200)": "an operator is due before )", "$statusCode 200": "an operator is due before 200", "1 == 2 == 3": "an operator is due before == 3", "$response.body[a] == 1": "the number of an element",
		"$response.body[0 == 1": "] is missing", "$response.body[0]. == 1": "behind a dot", "$respnse.body == 1": "did you mean $response?", "== 1": "is due before == 1",
		strings.Repeat("(", 60) + "true" + strings.Repeat(")", 60): "more than 50 levels", strings.Repeat("!", 60) + "true": "more than 50 levels", "$response.body == 01": "01 is neither",
		"$statusCode & 1": "an operator is due before & 1",
	} {
		if _, err := parseCondition(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestRegexCriteria(t *testing.T) {
	t.Parallel()
	s := scope(t)
	for _, tt := range []struct {
		context, pattern string
		want             bool
	}{
		{"$statusCode", "^200$", true}, {"$response.body#/list/0/id", "^[A-Z][0-9]$", true}, {"$response.body#/list/1/id", "^[A-Z][0-9]$", false}, {"$response.body#/list", `^\[\{"id":"A1"\},`, true},
		{"$response.body#/none", ".*", false}, {"$response.body#/no", "^null$", true}, {"$inputs.day", "(?i)^MON", true}, {"$inputs.day", "^MON", false}, {"$response.body#/ok", "true", true},
	} {
		e, err := ParseExpression(tt.context)
		if err != nil {
			t.Fatal(err)
		}
		c := &Criterion{Context: e, Condition: tt.pattern, pattern: regexp.MustCompile(tt.pattern)}
		if got := c.Judge(s); got.Holds != tt.want || len(got.Sides) != 1 {
			t.Errorf("%s %s: %+v", tt.context, tt.pattern, got)
		}
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ pointer, want string }{
		{"", `"x"`}, {"/a", `{"a":"x","l":[1,2]}`}, {"/new", `{"a":{"b":1},"l":[1,2],"new":"x"}`}, {"/a/b", `{"a":{"b":"x"},"l":[1,2]}`}, {"/l/0", `{"a":{"b":1},"l":["x",2]}`},
		{"/l/-", `{"a":{"b":1},"l":[1,2,"x"]}`}, {"/l/2", `{"a":{"b":1},"l":[1,2,"x"]}`}, {"/l/3", "there is no element 3 in a list of 2"}, {"/l/z", "there is no element z in a list of 2"},
		{"/n/b", "there is no member n in the payload"}, {"/a/b/c", "c lies within a number"}, {"a", "a JSON pointer begins with /"}, {"/l/2/c", "there is no element 2 in a list of 2"},
	} {
		v, err := Replace(decoded(t, `{"a": {"b": 1}, "l": [1, 2]}`), tt.pointer, "x")
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			written, _ := json.Marshal(v)
			got = string(written)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.pointer, got, tt.want)
		}
	}
}
