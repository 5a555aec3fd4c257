package specs_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/specs"
)

// wired is a document with bodies to seal and to sign; what a test says about the wire comes behind it.
const wired = `openapi: 3.1.0
x-understudy: 1
info: {title: Wired, version: "1"}
paths:
  /orders:
    post:
      operationId: create
      parameters:
        - {name: X-Sign, in: header, schema: {type: string}}
        - {name: token, in: query, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Sealed'}
          application/x-www-form-urlencoded:
            schema: {type: object, additionalProperties: false, properties: {sign: {type: string}}}
      responses:
        "200": {description: good, content: {application/json: {schema: {$ref: '#/components/schemas/Sealed'}}}}
  /ping:
    get:
      operationId: ping
      responses: {"204": {description: good}}
components:
  schemas:
    Sealed:
      type: object
      properties:
        data: {type: string, contentSchema: {type: object}}
        head: {type: object, properties: {sign: {type: string}, item: {$ref: '#/components/schemas/Item'}}}
        list: {type: array, items: {type: string}}
        sign: {type: [string, "null"]}
    Item: {type: object, properties: {name: {type: string}}}
x-wire:
`

const (
	goodSeal = "  seal:\n    cipher: aes\n    mode: cbc\n    padding: pkcs5\n    encoding: hex\n    key: {slot: k}\n    iv: {prepend: true}\n    part: /data\n    directions: [request]\n"
	goodSign = "  sign:\n    scheme: composed\n    parameter: header:X-Sign\n    secret: s\n    digests: [hmac-sm3]\n"
)

func change(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("there is no " + pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// TestWireStatements gives good statements of every kind to the reader.
func TestWireStatements(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"iv in front":             goodSeal,
		"member, key by form":     change(goodSeal, "{slot: k}", "{slot: k, form: md5-hex, first: 16}", "/data", "/head/item", "cbc", "gcm", "    padding: pkcs5\n", "", "true}", "true, length: 16}"),
		"gcm, constant nonce":     change(goodSeal, "cbc", "gcm", "    padding: pkcs5\n", "", "{prepend: true}", "{hex: 000102030405060708090a0b}"),
		"iv of a slot":            change(goodSeal, "{prepend: true}", "{slot: k, last: 16}", "aes", "sm4", "pkcs5", "none"),
		"constant iv":             change(goodSeal, "{prepend: true}", `{text: "0102030405060708"}`, "hex", "hex\n    case: upper", "aes", "aes-256"),
		"another part in replies": change(goodSeal, "[request]", "[request, response]\n    replyPart: /head/item", "pkcs5", "pkcs7"),
		"replies alone":           change(goodSeal, "[request]", "[response]", "/data", "body"),
		"field of a form":         change(goodSeal, "/data", "/sign"),
		"header":                  goodSign,
		"member of the body":      change(goodSign, "header:X-Sign", "body:/head/sign") + "  envelope: {}\n",
		"all of it": change(goodSign, "hmac-sm3", "MD5, HMAC-SHA512") + "    key: query:app\n    keySlot: a\n    time: header:T\n    timeForm: millis\n    within: 5m\n" +
			"    nonce: parameter:n\n    method: query:m\n    parts: [method, target, key, time, nonce, body-sha256, fields, secret, 'header:X-B', 'body:/head', empty]\n    join: \"\\n\"\n" +
			"    fields: {from: [query, form, body, header], except: [a], empty: keep, order: name, valuesOnly: true, equals: '', between: '', values: escaped}\n" +
			"    wrap: pair\n    pair: app_secret\n    encoding: hex\n    case: any\n",
		"listed":         goodSign + "    fields: {only: [b, a], order: listed}\n",
		"sealed, signed": goodSeal + change(goodSign, "header:X-Sign", "body:sign") + "    opened: true\n    fields: {from: [body]}\n",
	} {
		c, err := specs.Parse("wired", "wired.yaml", []byte(taken(statement)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		op, _ := c.Operation("create")
		if ping, _ := c.Operation("ping"); ping.Wire.Sign != nil || ping.Wire.Seal != nil {
			t.Errorf("%s: ping took nothing back: %+v", name, ping.Wire)
		}
		if op.Wire.Sign == nil && op.Wire.Seal == nil {
			t.Errorf("%s: create has no wire", name)
		}
	}
}

// taken is the document in which ping takes back what the root says.
func taken(statement string) string {
	var none []string
	if strings.Contains(statement, "  sign:") {
		none = append(none, "sign: {scheme: none}")
	}
	if strings.Contains(statement, "  seal:") {
		none = append(none, "seal: {cipher: none}")
	}
	return change(wired, "operationId: ping\n", "operationId: ping\n      x-wire: {"+strings.Join(none, ", ")+"}\n") + statement
}

// TestWireMistakes gives each mistake to the reader; the mark ⟵ stands on the line that the error must name.
func TestWireMistakes(t *testing.T) {
	t.Parallel()
	const sealed = "  seal: {cipher: aes, mode: ecb, padding: pkcs5, encoding: hex, key: {slot: k}, part: body, directions: [request], carriers: [text]}\n"
	for _, tt := range []struct{ statement, want string }{
		{change(goodSeal, "aes", "sm2⟵"), "seal.cipher is one of aes, aes-128, aes-192, aes-256, sm4, none"},
		{change(goodSeal, "cbc", "gcm", "pkcs5", "pkcs5⟵"), "seal.padding does not go with mode: gcm"},
		{change(goodSeal, "cbc", "ecb", "true}", "true}⟵"), "an iv exactly when its mode is cbc or gcm"},
		{change(goodSeal, "{prepend: true}", "{}⟵"), "seal.iv needs one of slot, text, hex and prepend"},
		{change(goodSeal, "{prepend: true}", "{prepend: true, slot: k}⟵"), "seal.iv needs one of slot, text, hex and prepend"},
		{change(goodSeal, "{prepend: true}", "{prepend: true, first: 16}⟵"), "form, first and last go with slot"},
		{change(goodSeal, "{prepend: true}", "{prepend: true, length: 12}⟵"), "mode cbc takes 16 bytes, not 12"},
		{change(goodSeal, "{prepend: true}", "{text: short}⟵"), "mode cbc takes 16 bytes, not 5"},
		{change(goodSeal, "{prepend: true}", "{hex: 0g}⟵"), "seal.iv.hex is no hexadecimal"},
		{change(goodSeal, "{slot: k}", "{slot: k, form: md4}⟵"), "seal.key.form is one of text, hex"},
		{change(goodSeal, "{slot: k}", "{slot: k, first: 1, last: 2}⟵"), "the first characters or the last ones, not both"},
		{change(goodSeal, "{slot: k}", "{slot: k, first: -1}⟵"), "first and last count characters"},
		{change(goodSeal, "hex", "base64\n    case: upper⟵"), "seal.case goes with encoding: hex"},
		{change(goodSeal, "/data", "/data\n    replyPart: /data⟵"), "seal.replyPart goes with the direction response"},
		{change(goodSeal, "/data", "/data\n    carriers: [text]⟵"), "seal.carriers goes with part: body"},
		{change(goodSeal, "/data", "/data/deeper⟵"), "no body of create has /data/deeper"},
		{change(goodSeal, "[request]", "[response]", "/data", "/list/name⟵"), "no successful reply of create has /list/name"},
		{change(goodSeal, "cipher: aes", "cipher: none", "cbc", "cbc⟵"), "seal.cipher: none takes the part back and stands alone, without mode"},
		{change(goodSign, "composed", "rsa⟵"), "sign.scheme is one of top, composed, none"},
		{change(goodSign, "header:X-Sign", "X-Sign⟵"), "sign.parameter is PLACE:NAME with one of the places header, query, form, parameter, body"},
		{change(goodSign, "header:X-Sign", "cookie:sign⟵"), "sign.parameter is PLACE:NAME"},
		{change(goodSign, "header:X-Sign", "header:token⟵"), "sign.parameter stands in the header, and create has token as a parameter of the query"},
		{change(goodSign, "header:X-Sign", "form:other⟵"), "create takes no form with the field other"},
		{change(goodSign, "header:X-Sign", "body:/head/item/name/sign⟵"), "no body of create has the member /head/item/name/sign"},
		{change(goodSign, "header:X-Sign", "body:sign⟵"), "sign.parameter stands in the body, and ping takes none"},
		{change(goodSign, "    secret: s\n", "", "sign:", "sign:⟵"), "sign needs parameter, secret and digests"},
		{change(goodSign, "hmac-sm3", "sm4⟵"), "sign.digests is one of md5, sha1"},
		{change(goodSign, "hmac-sm3", "Md5⟵"), "sign.digests is one of md5, sha1"},
		{change(goodSign, "hmac-sm3", "sm3⟵"), "nothing of the text is secret, and sm3 takes no key"},
		{goodSign + "    keySlot: a⟵\n", "sign.keySlot goes with key"},
		{goodSign + "    timeForm: millis⟵\n", "sign.timeForm goes with time"},
		{goodSign + "    time: header:T\n    timeForm: unix⟵\n", "sign.timeForm is one of"},
		{goodSign + "    within: 5m⟵\n", "sign.within goes with time"},
		{goodSign + "    pair: key⟵\n", "sign.pair goes with wrap: pair"},
		{goodSign + "    wrap: around⟵\n", "sign.wrap is one of none, before, after, both, pair"},
		{goodSign + "    encoding: base64\n    case: upper⟵\n", "sign.case goes with encoding: hex"},
		{goodSign + "    parts: [verb]⟵\n", `sign.parts: "verb" is no PLACE:NAME and none of fields, method`},
		{goodSign + "    parts: [time]⟵\n", "sign.parts has time, and sign.time does not say where it stands"},
		{goodSign + "    parts: [body]\n    fields: {only: [a]}⟵\n", "sign.fields goes with the part fields"},
		{change(goodSign, "header:X-Sign", "query:sign") + "    parts: [target]⟵\n", "sign.parts has target, which would hold the signature itself"},
		{goodSign + "    fields: {only: [a], except: [b]}⟵\n", "takes only or except, not both"},
		{goodSign + "    fields: {order: listed}⟵\n", "order: listed goes with only"},
		{goodSign + "    fields: {from: [cookie]}⟵\n", "sign.fields.from is one of query, form, body, header"},
		{goodSign + "    fields: {empty: drop}⟵\n", "sign.fields.empty is one of skip, keep"},
		{goodSign + "    fields: {sorted: true}⟵\n", `unknown key "sorted"`},
		{goodSign + "    opened: true⟵\n", "nothing of the body of create is sealed"},
		{sealed + goodSign + "    fields: {from: [body]}⟵\n", "the body of create travels sealed and has no members"},
		{sealed + change(goodSign, "header:X-Sign", "header:X-Sign\n    nonce: body:sign⟵"), "sign.nonce: the body of create travels sealed"},
		{change(goodSign, "composed", "none", "secret: s", "secret: s⟵"), "sign.scheme: none takes the part back and stands alone, without secret"},
		{"  sign: {scheme: top, parameter: s, method: m, digests: [md5], secret: x, key: k, keySlot: k, time: t, within: 10m, wrap: both}⟵\n", "sign.wrap goes with scheme: composed"},
	} {
		document := wired + tt.statement
		line := strings.Count(document[:strings.Index(document, "⟵")], "\n") + 1
		_, err := specs.Parse("bad", "bad.yaml", []byte(strings.Replace(document, "⟵", "", 1)))
		if err == nil {
			t.Errorf("accepted:\n%s", tt.statement)
			continue
		}
		found := false
		for _, l := range strings.Split(err.Error(), "\n") {
			found = found || strings.HasPrefix(l, fmt.Sprintf("bad.yaml:%d: ", line)) && strings.Contains(l, tt.want)
		}
		if !found {
			t.Errorf("want bad.yaml:%d: … %s\ngot:\n%v", line, tt.want, err)
		}
	}
}

func TestSealedSchema(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("wired", "wired.yaml", []byte(strings.TrimSuffix(wired, "x-wire:\n")))
	if err != nil {
		t.Fatal(err)
	}
	const root = "/components/schemas/Sealed"
	for part, want := range map[string]struct {
		pointer     string
		inPlace, ok bool
	}{
		"/data":      {root + "/properties/data/contentSchema", false, true},
		"/head/item": {"/components/schemas/Item", true, true},
		"/sign":      {"", false, true},
		"/list":      {root + "/properties/list", true, true},
		"/data/name": {"", false, false},
	} {
		pointer, inPlace, ok := c.SealedSchema(root, part)
		if pointer != want.pointer || inPlace != want.inPlace || ok != want.ok {
			t.Errorf("%s opens to %q, in place %v, %v; want %+v", part, pointer, inPlace, ok, want)
		}
	}
}

func TestLocation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"header:X-Sign":    {"header", "X-Sign", ""},
		"query:a:b":        {"query", "a:b", ""},
		"body:sign":        {"body", "sign", "/sign"},
		"body:a~b":         {"body", "a~b", "/a~0b"},
		"body:/head/s~1gn": {"body", "s/gn", "/head/s~1gn"},
		"parameter:sign":   {"parameter", "sign", ""},
		"sign":             {},
		"cookie:sign":      {},
		"form:":            {},
	} {
		l := specs.Location(text)
		if got := [3]string{l.Place(), l.Name(), l.Pointer()}; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestPartsOfASeal(t *testing.T) {
	t.Parallel()
	both := []string{"request", "response"}
	for name, tt := range map[string]struct {
		seal           *specs.Seal
		request, reply string
	}{
		"none":         {},
		"both":         {&specs.Seal{Part: "body", Directions: both}, "body", "body"},
		"requests":     {&specs.Seal{Part: "/a", Directions: both[:1]}, "/a", ""},
		"replies":      {&specs.Seal{Part: "/a", Directions: both[1:]}, "", "/a"},
		"another part": {&specs.Seal{Part: "body", ReplyPart: "/b/c", Directions: both}, "body", "/b/c"},
	} {
		if request, reply := tt.seal.RequestPart(), tt.seal.ResponsePart(); request != tt.request || reply != tt.reply {
			t.Errorf("%s: %q and %q", name, request, reply)
		}
	}
}

// TestSchemeSlots guards which security schemes become credentials.
func TestSchemeSlots(t *testing.T) {
	t.Parallel()
	document := within("operationId: one", "security: [{key: [], login: []}]") + "security: [{key: []}]\nx-wire: {auth: {security: key, token: listed, slot: keys}}\n"
	c, err := specs.Parse("toy", "toy.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(c.Slots()), "[{keys true false} {login false true}]"; got != want {
		t.Errorf("slots %s, want %s", got, want)
	}
}
