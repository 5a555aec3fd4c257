package specs_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/specs"
)

// toy is a small good document; the bad ones are made from it by adding lines.
const toy = `openapi: 3.1.0
x-understudy: 1
info: {title: Toy, version: "1"}
servers: [{url: "https://toy.example/base/"}]
paths:
  /one:
    get:
      operationId: one
      responses: {"200": {description: good}}
  /two/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    delete:
      operationId: two
      responses: {"200": {description: good}}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: key}
    login: {type: http, scheme: basic}
`

func TestToyIsGood(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("toy", "toy.yaml", []byte(toy))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Operations) != 2 || strings.Join(c.Operations[0].Prefixes, ",") != ",/base" {
		t.Errorf("operations %+v", c.Operations)
	}
}

// TestStrict gives each mistake to the loader. The mark ⟵ stands on the line that the error must name and is taken
// out before.
func TestStrict(t *testing.T) {
	t.Parallel()
	const seal = "x-wire:\n  seal:\n    cipher: aes\n    mode: ecb\n    padding: pkcs5\n    encoding: hex\n    key: {slot: k}\n    part: /a\n    directions: [request]\n"
	const sign = "x-wire:\n  sign:\n    scheme: top\n    parameter: s\n    method: m\n    digests: [md5]\n    secret: x\n    key: k\n    keySlot: k\n    time: t\n    within: 10m\n"
	tests := []struct{ name, document, want string }{
		{"misspelt key", toy + "x-wires: {safe: true}⟵\n", "unknown key x-wires"},
		{"foreign key", toy + "x-logo: a⟵\n", "unknown key x-logo"},
		{"catalogue at an operation", within("operationId: one", "x-errors: []⟵"), "x-errors cannot stand at an operation, only at the root"},
		{"sensitive at an operation", within("operationId: one", "x-sensitive: name⟵"), "x-sensitive cannot stand at an operation"},
		{"wire at a schema", within("operationId: one", "parameters: [{name: q, in: query, schema: {x-wire: {safe: true}}}]⟵"), "x-wire cannot stand at a schema"},
		{"key in a server", strings.Replace(toy, `base/"}]`, `base/", x-source: a}]⟵`, 1), "x-source cannot stand at this object"},
		{"key in a media type", within("operationId: one", "requestBody: {content: {text/plain: {x-sensitive: name}}}⟵"), "x-sensitive cannot stand at a media type"},
		{"unknown wire part", toy + "x-wire:\n  cipher: aes⟵\n", `unknown key "cipher"`},
		{"unknown wire field", toy + strings.Replace(seal, "cipher: aes", "chiper: aes⟵", 1), `unknown key "chiper"`},
		{"unknown key field", toy + strings.Replace(seal, "{slot: k}", "{slot: k, middle: 1}⟵", 1), `unknown key "middle"`},
		{"wire is no object", toy + "x-wire: 5⟵\n", "cannot unmarshal"},
		{"wrong duration", toy + strings.Replace(sign, "10m", "10 minutes⟵", 1), "cannot unmarshal"},
		{"unknown cipher", toy + strings.Replace(seal, "aes", "des⟵", 1), "seal.cipher is one of aes, aes-128"},
		{"unknown mode", toy + strings.Replace(seal, "ecb", "ofb⟵", 1), "seal.mode is one of ecb, cbc, gcm"},
		{"unknown padding", toy + strings.Replace(seal, "pkcs5", "x923⟵", 1), "seal.padding is one of"},
		{"unknown encoding", toy + strings.Replace(seal, "hex", "base32⟵", 1), "seal.encoding is one of"},
		{"unknown direction", toy + strings.Replace(seal, "[request]", "[both]⟵", 1), "seal.directions is one of"},
		{"no direction", toy + strings.Replace(seal, "[request]", "[]⟵", 1), "seal.directions names nothing"},
		{"iv with ecb", toy + seal + "    iv: {slot: k}⟵\n", "an iv exactly when its mode is cbc"},
		{"cbc without iv", toy + strings.Replace(strings.Replace(seal, "ecb", "cbc", 1), "seal:", "seal:⟵", 1), "an iv exactly when its mode is cbc"},
		{"part is no pointer", toy + strings.Replace(seal, "/a", "a⟵", 1), "seal.part is body or a JSON pointer"},
		{"body without carriers", toy + strings.Replace(strings.Replace(seal, "/a", "body", 1), "seal:", "seal:⟵", 1), "seal.carriers names nothing"},
		{"unknown carrier", toy + strings.Replace(seal, "/a", "body", 1) + "    carriers: [cookie]⟵\n", "seal.carriers is one of"},
		{"encoding that is not read", toy + seal + "    reads: [base64]⟵\n", "seal.reads leaves out the encoding that is written, hex"},
		{"unknown encoding to read", toy + seal + "    reads: [hex, base32]⟵\n", "seal.reads is one of base64, hex"},
		{"label with a parameter", toy + seal + "    labels: [application/json;charset=utf-8]⟵\n", "media types in lower case without parameters"},
		{"label in upper case", toy + seal + "    labels: [Application/JSON]⟵\n", "media types in lower case without parameters"},
		{"label that is no media type", toy + seal + "    labels: [json]⟵\n", "media types in lower case without parameters"},
		{"unknown word on failures", toy + seal + "    failures: open⟵\n", "seal.failures is one of sealed, plain"},
		{"wire at a callback", within("operationId: one", "callbacks: {a: {'{$url}': {post: {x-wire: {safe: true}, responses: {}}}}}⟵"), "x-wire cannot stand at a callback's operation"},
		{"key in a callback", within("operationId: one", "callbacks: {a: {x-source: b}}⟵"), "x-source cannot stand at a callback"},
		{"unknown scheme", toy + strings.Replace(sign, "top", "tip⟵", 1), "sign.scheme is one of top"},
		{"unknown digest", toy + strings.Replace(sign, "[md5]", "[sha1]⟵", 1), "sign.digests is one of"},
		{"incomplete signature", toy + "x-wire:\n  sign: {scheme: top, digests: [md5]}⟵\n", "sign needs parameter"},
		{"route without methods", toy + "x-wire:\n  route: {path: /r, parameter: m, in: [query]}⟵\n", "route needs path, parameter and methods"},
		{"route in a header", toy + "x-wire:\n  route: {path: /r, parameter: m, in: [header], methods: [GET]}⟵\n", "route.in is one of"},
		{"unknown placeholder", toy + "x-wire:\n  envelope:\n    success: {a: 1}\n    error:\n      list:\n        - $cod⟵\n", "unknown placeholder $cod"},
		{"placeholder in a row", toy + "x-errors:\n  - id: a\n    code: a\n    fault: caller\n    body:\n      x: $messages⟵\n", "unknown placeholder $messages"},
		{"unknown token kind", secured("x-wire:\n  auth:\n    security: key\n    token: cookie⟵\n"), "auth.token is one of listed, jwt"},
		{"auth by another scheme", secured("x-wire:\n  auth:\n    security: other⟵\n    token: listed\n    slot: a\n"), `"other" is not a security scheme that one requires`},
		{"listed without slot", secured("x-wire:\n  auth: {security: key, token: listed}⟵\n"), "auth.slot goes with token: listed"},
		{"jwt without lifetime", secured("x-wire:\n  auth: {security: key, token: jwt}⟵\n"), "auth.lifetime goes with token: jwt"},
		{"auth of both kinds", within("operationId: one", "x-wire: {auth: {token: jwt, fields: {/a: b}}}⟵"), "either security and token, or fields"},
		{"unknown security", strings.Replace(within("operationId: one", "security: [{login: []}]"), "{type: http, scheme: basic}", "{type: http}⟵", 1), "needs a scheme such as basic or bearer"},
		{"unknown default format", toy + "x-wire:\n  formats:\n    parameter: f\n    default: csv⟵\n", "formats.default is one of xml, json"},
		{"unknown list form", toy + "x-wire:\n  formats:\n    lists: csv⟵\n", "formats.lists is one of wrapped, plain"},
		{"unknown duplicate rule", toy + "x-wire:\n  formats:\n    duplicateNames: first⟵\n", "formats.duplicateNames is one of last"},
		{"form in a header", toy + "x-wire:\n  formats:\n    form: [header]⟵\n", "formats.form is one of"},
		{"unknown row field", toy + "x-errors:\n  - id: a\n    cod: b⟵\n", `unknown key "cod"`},
		{"row without id", toy + "x-errors:\n  - {code: b, fault: caller}⟵\n", "needs an id"},
		{"row without code", toy + "x-errors:\n  - {id: b, fault: caller}⟵\n", "needs a code"},
		{"row of nobody's fault", toy + "x-errors:\n  - id: b\n    code: b\n    fault: nobody⟵\n", "fault is caller or vendor"},
		{"row without fault", toy + "x-errors:\n  - {id: b, code: b}⟵\n", "fault is caller or vendor"},
		{"wrong status", toy + "x-errors:\n  - id: b\n    code: b\n    fault: caller\n    status: 99⟵\n", "99 is not an HTTP status"},
		{"duplicate id", toy + "x-errors:\n  - {id: b, code: b, fault: caller}\n  - {id: b, code: c, fault: caller}⟵\n", `"b" stands twice`},
		{"unknown condition", toy + "x-errors:\n  - id: b\n    code: b\n    fault: caller\n    conditions:\n      - empty-body\n      - tired⟵\n", `unknown condition "tired"`},
		{"unknown operation in a row", toy + "x-errors:\n  - id: b\n    code: b\n    fault: caller\n    operations: [three]⟵\n", `there is no operation "three"`},
		{"rival rows", toy + "x-errors:\n  - {id: b, code: b, fault: caller, conditions: [empty-body]}\n  - {id: c, code: c, fault: caller, conditions: [empty-body]}⟵\n", `"b" already answers empty-body`},
		{"rival rows of one operation", toy + "x-errors:\n  - {id: b, code: b, fault: caller, conditions: [empty-body], operations: [one]}\n  - {id: c, code: c, fault: caller, conditions: [empty-body], operations: [two, one]}⟵\n", `"b" already answers empty-body`},
		{"unknown unclear field", toy + "x-unclear:\n  - id: b\n    questions: c⟵\n", `unknown key "questions"`},
		{"unclear without readings", toy + "x-unclear:\n  - {id: b, question: c, default: any}⟵\n", "needs id, question, questionZh and readings"},
		{"unclear without the question in Chinese", toy + "x-unclear:\n  - {id: b, question: c, default: any, readings: [{name: e, meaning: f, meaningZh: g}]}⟵\n", "needs id, question, questionZh and readings"},
		{"reading without the meaning in Chinese", clause("default: any, readings: [{name: e, meaning: f}]"), "a reading needs name, meaning and meaningZh"},
		{"default is no reading", clause("default: d, readings: [{name: e, meaning: f, meaningZh: g}]"), `default "d" is none of its readings`},
		{"clause twice", clause("default: any, readings: [{name: e, meaning: f, meaningZh: g}]}\n  - {id: b, question: h, questionZh: i, default: any, readings: [{name: e, meaning: f, meaningZh: g}]"), `the clause "b" stands twice`},
		{"reading twice", clause("default: any, readings: [{name: e, meaning: f, meaningZh: g}, {name: e, meaning: h, meaningZh: i}]"), `the reading "e" stands twice`},
		{"base is not the default", clause("default: any, readings: [{name: e, base: true, meaning: f, meaningZh: g}]"), "only the default can be the document as it stands"},
		{"unknown sensitive kind", within("operationId: one", "parameters: [{name: q, in: query, x-sensitive: phone, schema: {}}]⟵"), `not "phone"`},
		{"reference that leads nowhere", within("operationId: one", "requestBody: {$ref: '#/components/requestBodies/A'}⟵"), "leads nowhere"},
		{"alias", toy + "tags: &a []\nexternalDocs: *a⟵\n", "aliases are not supported"},
		{"YAML key twice", toy + "info: {}⟵\n", `"info" stands here a second time (first at line 3)`},
		{"wrong version", strings.Replace(toy, "x-understudy: 1", "x-understudy: 2⟵", 1), "version 1 of the vocabulary, not 2"},
		{"version is no number", strings.Replace(toy, "x-understudy: 1", "x-understudy: new⟵", 1), "cannot unmarshal"},
		{"no object", "- openapi⟵\n", "an OpenAPI document is an object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			document, marked := tt.document, strings.Contains(tt.document, "⟵")
			line := strings.Count(document[:max(strings.Index(document, "⟵"), 0)], "\n") + 1
			document = strings.Replace(document, "⟵", "", 1)
			_, err := specs.Parse("bad", "bad.yaml", []byte(document))
			if err == nil {
				t.Fatalf("accepted:\n%s", document)
			}
			for _, l := range strings.Split(err.Error(), "\n") {
				if strings.Contains(l, tt.want) && (!marked && strings.HasPrefix(l, "bad.yaml") || strings.HasPrefix(l, fmt.Sprintf("bad.yaml:%d: ", line))) {
					return
				}
			}
			t.Errorf("want bad.yaml:%d: … %s\ngot:\n%v", line, tt.want, err)
		})
	}
}

// within adds a line after the one that holds mark, at its indentation.
func within(mark, line string) string {
	before, after, ok := strings.Cut(toy, mark+"\n")
	if !ok {
		panic("the toy has no " + mark)
	}
	indent := before[strings.LastIndexByte(before, '\n')+1:]
	return before + mark + "\n" + indent + line + "\n" + after
}

// clause is an unclear clause with the rest of its fields; the mistake is in its last line.
func clause(rest string) string {
	return toy + "x-unclear:\n  - {id: b, question: c, questionZh: d, " + rest + "}⟵\n"
}

// secured lets every operation require the key, so that an auth part applies.
func secured(more string) string { return toy + "security: [{key: []}]\n" + more }

// TestUnreadable gives the loader what is no contract at all.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, document, want string }{
		{"empty", "", "the file is empty"},
		{"no YAML", "a: [", "not YAML"},
		{"no OpenAPI", "a: b\n", "openapi"},
		{"another file", within("operationId: one", "requestBody: {$ref: 'other.yaml#/A'}"), "without files to refer to"},
		{"pattern with look-ahead", within("operationId: one", "parameters: [{name: q, in: query, schema: {type: string, pattern: '(?=a)'}}]"), "regexp"},
		{"unknown type", within("operationId: one", "parameters: [{name: q, in: query, schema: {type: strin}}]"), "strin"},
		{"operationId twice", strings.Replace(toy, "operationId: two", "operationId: one", 1), `bad.yaml:12: operationId "one" is taken by GET /one`},
		{"undeclared security", within("operationId: one", "security: [{lock: []}]"), "lock"},
	}
	for _, tt := range tests {
		_, err := specs.Parse("bad", "bad.yaml", []byte(tt.document))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "bad.yaml") {
			t.Errorf("%s: want bad.yaml … %s, got %v", tt.name, tt.want, err)
		}
	}
}

// TestAllAtOnce guards that one load names every mistake, a shared one once.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := specs.Parse("bad", "bad.yaml", []byte(toy+"x-wire:\n  seal: {cipher: des}\nx-errors:\n  - {id: a, fault: caller}\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"seal.cipher", "seal.padding", "needs a code"} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("want %s once in:\n%v", want, err)
		}
	}
}

// TestNoEchoes guards that a value of the wrong type is one mistake, not several.
func TestNoEchoes(t *testing.T) {
	t.Parallel()
	for _, mistake := range []string{
		"x-wire:\n  sign: {scheme: top, digests: [md5], within: soon}\n",
		"x-errors:\n  - {id: a, code: a, fault: caller, status: bad}\n  - {id: a}\n",
	} {
		_, err := specs.Parse("bad", "bad.yaml", []byte(toy+mistake))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "cannot unmarshal") {
			t.Errorf("%s: want one complaint, got %v", mistake, err)
		}
	}
}
