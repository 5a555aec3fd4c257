package specs_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// TestNotes reads documents with something strange in each: all notes in the form line rule text.
func TestNotes(t *testing.T) {
	t.Parallel()
	const ok = `responses: {"200": {description: fine}}`
	document := func(lines ...string) string {
		return "openapi: 3.0.3\ninfo: {title: strange, version: \"1\"}\npaths:\n  /ok: {get: {operationId: ok, " + ok + "}}\n" + strings.Join(lines, "\n") + "\n"
	}
	tests := []struct {
		name, text string
		ids        string // of the operations, after ok
		want       []string
	}{
		{"nothing", document(), "", nil},
		{
			"extensions", document("x-b: 1", "X-Wire: 1", "x-wires: {a: b}", "x-sign: a", "x-resource: a", "x-errors: none", "components:", "  schemas:", "    x-name: {x-b: 1, properties: {x-c: {type: string}}, example: {x-d: 1}}"), "",
			[]string{
				"5 foreign-key x-b is not of the vocabulary and is ignored (2 places)",
				"6 look-alike X-Wire is ignored; it looks like x-wire",
				"7 look-alike x-wires is ignored; it looks like x-wire",
				"8 look-alike x-sign is ignored; it looks like x-wire.sign",
				"9 look-alike x-resource is ignored: the document does not say x-understudy: 1",
				"10 look-alike x-errors is ignored: the document does not say x-understudy: 1",
			},
		},
		{
			"look-alikes", document("x_resource: 1", "x-resources: 1", "x-uncler: 1", "x-Source: 1", "x-wine: 1", "x-wide: 1", "x-fired: 1"), "",
			[]string{
				"6 look-alike x-resources is ignored; it looks like x-resource", "7 look-alike x-uncler is ignored; it looks like x-unclear",
				"8 look-alike x-Source is ignored; it looks like x-source", "9 look-alike x-wine is ignored; it looks like x-wire", "10 look-alike x-wide is ignored; it looks like x-wire",
				"11 foreign-key x-fired is not of the vocabulary and is ignored", "5 look-alike x_resource is ignored; it looks like x-resource", "1 openapi extra sibling fields: [x_resource]",
			},
		},
		{
			"operationIds", document("  /a: {get: {operationId: ok, "+ok+"}, put: {"+ok+"}}", "  /b: {get: {operationId: putA, "+ok+"}}", "  /a.: {put: {"+ok+"}}"), "ok_2 putA_2 putA putA_3",
			[]string{
				`5 openapi operationId "ok" is taken by GET /ok; this one is called "ok_2" here`,
				`7 openapi operationId "putA" is taken by GET /b; this one is called "putA_3" here`,
			},
		},
		{
			"paths", document("  a: {get: {"+ok+"}}", "  /b?x=1: {get: {"+ok+"}}", "  /{c: {get: {"+ok+"}}", "  /d/{}: {get: {"+ok+"}}", "  /e: 5", "  /f: {get: 5, put: {"+ok+"}}"), "putF",
			[]string{
				`5 openapi the path "a" does not begin with /; its operations are left out`,
				`6 openapi the path "/b?x=1" holds ? or #, which are no part of a path; its operations are left out`,
				`7 openapi the path "/{c" has a brace without its other half; its operations are left out`,
				`8 openapi the path "/d/{}" has a parameter without a name; its operations are left out`,
				`9 openapi the path "/e" is no object; it is left out`,
				`10 openapi GET /f is no object; it is left out`,
			},
		},
		{
			"paths of one shape", document("  /p/{a}: {get: {parameters: [{name: a, in: path, required: true, schema: {}}], "+ok+"}}", "  /p/{b}: {put: {parameters: [{name: b, in: path, required: true, schema: {}}], "+ok+"}}"), "getPA putPB",
			[]string{`6 openapi the path "/p/{b}" is "/p/{a}" under other names of its parameters`},
		},
		{
			"parameters", document("  /p/{a}:", "    get:", "      parameters:", "        - {name: a, in: path, schema: {}}", "        - {name: b, in: path, required: true, schema: {}}", "        - {name: c, in: body, schema: {}}", "        - {in: query, schema: {}}", "        - {name: d, in: query, style: simple, schema: {}}", "        - {name: d, in: query, schema: {}}", "      "+ok), "getPA",
			[]string{
				`9 openapi the path "/p/{a}" has no parameter "b"; it is left out`,
				`10 openapi a parameter needs a name, and in as path, query, header or cookie; this one is left out`,
				`11 openapi a parameter needs a name, and in as path, query, header or cookie; this one is left out`,
				`12 openapi the style of a query parameter is one of form, spaceDelimited, pipeDelimited, deepObject, not "simple"`,
				`13 openapi the query parameter "d" stands in the list twice; the first counts`,
			},
		},
		{
			"replies", document("  /r: {get: {responses: {ok: {description: a}, \"2000\": {description: a}, \"201\": 5, 5xx: {description: a}, x-a: 1}}}"), "getR",
			[]string{
				`5 foreign-key x-a is not of the vocabulary and is ignored`,
				`5 openapi a response stands under a status such as 200, a range such as 4XX, or default, not "ok"; it is left out`,
				`5 openapi a response stands under a status such as 200, a range such as 4XX, or default, not "2000"; it is left out`,
				`5 openapi a response stands under a status such as 200, a range such as 4XX, or default, not "201"; it is left out`,
			},
		},
		{
			"links", document("  /l: {get: {responses: {\"200\": {description: a, links: {a: {operationId: no}, b: {operationRef: 'https://example.com/a#/b'}, c: {}, d: {operationRef: '#/paths/~1no/get'}}}}}}"), "getL",
			[]string{
				`5 left-out the link leads to an operation outside the document; it is left out`,
				`5 openapi a link needs operationId or operationRef; this one is left out`,
				`5 openapi the link "a" leads to "no", which is no operation of the contract; it is left out`,
				`5 openapi the link "d" leads to "#/paths/~1no/get", which is no operation of the contract; it is left out`,
			},
		},
		{
			"security", document("  /s: {get: {security: [{a: []}, {b: []}, {c: []}, {d: []}], "+ok+"}}", "components:", "  securitySchemes:", "    a: {type: magic}", "    b: {type: apiKey, in: body, name: x}", "    c: {type: http}"), "getS",
			[]string{
				`8 openapi security scheme type "magic" is unknown; there are apiKey, http, oauth2, openIdConnect and mutualTLS`,
				`9 openapi an apiKey needs a name, and in as header, query or cookie`,
				`10 openapi security of type http needs a scheme such as basic or bearer`,
				`5 openapi security scheme "d" is not declared in components.securitySchemes`,
			},
		},
		{
			"what is no object", document("  /o: {get: {parameters: 5, requestBody: 5, responses: 5}}", "  /m: {get: {requestBody: {content: {a/b: 5}}, responses: {\"200\": {description: a, headers: {h: 5}, content: {a/b: {examples: [1]}, a/c: {examples: {e: {}}}}}}}}"), "getO getM",
			[]string{
				`5 openapi parameters is a list; this one is left out`, `5 openapi requestBody is an object; this one is left out`,
				`5 openapi responses is an object with a status for each; this one is left out`, `6 openapi the media type "a/b" is no object; it is left out`,
				`6 openapi the header "h" is no object; it is left out`, `6 openapi examples is an object with a name for each; this list is left out`,
				`6 openapi the example "e" has no value`,
			},
		},
		{
			"what cannot be read at the root", strings.Replace(document("servers: 5", "tags: [a]", "  ", "components: {schemas: {A: {properties: []}, B: {type: foo}}}"), "info: {", "info: {contact: x, ", 1), "",
			[]string{
				"2 openapi Contact is an object; this one is of JSON's type string", "5 openapi Servers is a list; this one is of JSON's type number", "6 openapi Tag is an object; this one is of JSON's type string",
				"8 openapi Schema.properties is an object; this one is of JSON's type array", "8 openapi invalid components: schema \"B\": unsupported 'type' value \"foo\"",
			},
		},
		{"another version", strings.Replace(document(), "3.0.3", "3.2.0", 1), "", []string{"1 converted OpenAPI 3.2.0 is read as 3.1: what it adds is not looked at"}},
		{"numbers for texts", strings.Replace(document(), `"1"`, "1.0", 1), "", []string{"2 openapi info.version is a text; put it in quotes"}},
		{"two documents", document("---", "a: b"), "", []string{"1 left-out the file holds several YAML documents; only the first is read"}},
		{"what cannot be read", document("  /u: {get: {summary: [a], " + ok + "}}"), "getU", []string{"5 openapi Operation.summary is a text; this one is of JSON's type array"}},
	}
	for _, tt := range tests {
		c, dir, err := read(t, map[string]string{"a.yaml": tt.text})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var ids, notes []string
		for _, op := range c.Operations {
			ids = append(ids, op.ID)
		}
		if got := strings.TrimSpace(strings.TrimPrefix(strings.Join(ids, " "), "ok")); got != tt.ids {
			t.Errorf("%s: operations %q, want %q", tt.name, got, tt.ids)
		}
		for _, n := range c.Notes {
			notes = append(notes, fmt.Sprintf("%d %s %s", n.At.Line, n.Rule, n.Text))
			if n.At.File != filepath.Join(dir, "a.yaml") || n.At.Line == 0 {
				t.Errorf("%s: %q stands at %s", tt.name, n.Text, n.At)
			}
		}
		for _, want := range tt.want {
			line, text, _ := strings.Cut(want, " ")
			if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, line+" ") && strings.Contains(n, text) }) {
				t.Errorf("%s: no note %s among\n%s", tt.name, want, strings.Join(notes, "\n"))
			}
		}
		if tt.want == nil && notes != nil {
			t.Errorf("%s: notes\n%s", tt.name, strings.Join(notes, "\n"))
		}
		told := map[string]bool{}
		for _, n := range notes {
			if told[n] {
				t.Errorf("%s: told twice: %s", tt.name, n)
			}
			told[n] = true
		}
	}
}

// TestBreachesAreNotes guards that the breaches of OpenAPI which the library finds are told, all at once, where they stand.
func TestBreachesAreNotes(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: breaches}
paths:
  /a/{b}:
    get:
      responses: {"200": {}}
  /c:
    get: {responses: {}}
components:
  schemas:
    S: {type: strin}
    T: {type: array}
`})
	for line, text := range map[int]string{2: "version", 5: "path parameters", 6: "description", 8: "responses", 11: "strin", 12: "items"} {
		if !slices.ContainsFunc(c.Notes, func(n specs.Note) bool {
			return n.Rule == specs.NoteInvalid && (n.At.Line == line || n.At.Line == line-1) && strings.Contains(n.Text, text)
		}) {
			t.Errorf("line %d: no note on %s among %v", line, text, c.Notes)
		}
	}
}
