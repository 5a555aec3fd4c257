package specs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"understudy/specs"
)

// vocabulary is the schema as text, decoded, and compiled.
func vocabulary(t *testing.T) (map[string]any, *jsonschema.Schema) {
	t.Helper()
	text, err := specs.VocabularySchema()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("vocabulary.json", decoded); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	return decoded.(map[string]any), schema
}

// plainJSON is a YAML text as a JSON validator takes it.
func plainJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVocabularySchemaAcceptsWhatIsGood(t *testing.T) {
	t.Parallel()
	_, schema := vocabulary(t)
	files := []string{}
	for _, vendor := range specs.Vendors() {
		files = append(files, vendor+"/openapi.yaml")
	}
	for _, pattern := range []string{filepath.Join("testdata", "recipes", "*.yaml"), "*/readings/*.yaml"} {
		more, err := filepath.Glob(pattern)
		if err != nil || len(more) == 0 {
			t.Fatalf("%s: %d files (%v)", pattern, len(more), err)
		}
		files = append(files, more...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(plainJSON(t, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	// A stranger's document, and things of all kinds where the vocabulary has no say.
	for _, text := range []string{toy, `{"openapi": "3.1.0", "x-logo": {"x": 1}, "paths": {"/a": {"get": {"x-go": 1, "responses": {}}}}, "components": 5}`, `[1]`} {
		if err := schema.Validate(plainJSON(t, []byte(text))); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestVocabularySchemaRefusesMistakes gives each mistake to the schema, beside the good statement it was made of.
func TestVocabularySchemaRefusesMistakes(t *testing.T) {
	t.Parallel()
	_, schema := vocabulary(t)
	const row = "x-errors:\n  - {id: a, code: a, fault: caller, status: 400, conditions: [empty-body, 'missing-parameter:q']}\n"
	const unclear = "x-unclear:\n  - {id: b, question: c, questionZh: d, default: any, readings: [{name: e, meaning: f, meaningZh: g}]}\n"
	const top = "x-wire:\n  sign: {scheme: top, parameter: s, method: m, digests: [md5], secret: x, key: k, keySlot: k, time: t, within: 10m}\n"
	seal, sign := "x-wire:\n"+goodSeal, "x-wire:\n"+goodSign
	resource := within("operationId: one", "x-resource: {kind: pet, verb: list}")
	for _, tt := range []struct{ good, from, to string }{
		{toy, "x-understudy: 1", "x-understudy: 2"},
		{toy, "operationId: one", "operationId: one\n      x-errors: []"},
		{toy, "operationId: one", "operationId: one\n      x-sensitive: name"},
		{toy, "schema: {type: string}", "schema: {type: string, x-wire: {safe: true}}"},
		{toy, "schema: {type: string}", "schema: {type: string, x-sensitive: phone}"},
		{toy, `base/"}`, `base/", x-source: a}`},
		{toy + "x-wire: {safe: true}\n", "safe: true", "safe: maybe"},
		{toy + "x-wire: {safe: true}\n", "safe", "save"},
		{toy + "x-wire: {safe: true}\n", "{safe: true}", "5"},
		{toy + row, "fault: caller", "fault: nobody"},
		{toy + row, "id: a, ", ""},
		{toy + row, "code: a, ", ""},
		{toy + row, "status: 400", "status: 99"},
		{toy + row, "empty-body", "tired"},
		{toy + row, "missing-parameter:q", "tired:q"},
		{toy + row, "code: a", "cod: a"},
		{toy + unclear, "questionZh: d, ", ""},
		{toy + unclear, ", meaningZh: g", ""},
		{toy + top, "key: k, ", ""},
		{toy + top, "within: 10m", "within: 10 minutes"},
		{toy + top, "within: 10m", "within: 10m, wrap: both"},
		{toy + top, "[md5]", "[crc]"},
		{toy + top, "scheme: top", "scheme: rsa"},
		{toy + seal, "cipher: aes", "cipher: des"},
		{toy + seal, "cipher: aes", "chiper: aes"},
		{toy + seal, "cipher: aes", "cipher: none"},
		{toy + seal, "mode: cbc", "mode: ofb"},
		{toy + seal, "mode: cbc", "mode: ecb"},
		{toy + seal, "mode: cbc", "mode: gcm"},
		{toy + seal, "padding: pkcs5", "padding: x923"},
		{toy + seal, "    padding: pkcs5\n", ""},
		{toy + seal, "    iv: {prepend: true}\n", ""},
		{toy + seal, "{prepend: true}", "{}"},
		{toy + seal, "{prepend: true}", "{prepend: true, slot: k}"},
		{toy + seal, "{prepend: true}", "{prepend: true, length: 8}"},
		{toy + seal, "{slot: k}", "{form: hex}"},
		{toy + seal, "{slot: k}", "{slot: k, form: md4}"},
		{toy + seal, "/data", "data"},
		{toy + seal, "[request]", "[both]"},
		{toy + seal, "[request]", "[]"},
		{toy + sign, "header:X-Sign", "X-Sign"},
		{toy + sign, "    secret: s\n", ""},
		{toy + sign, "hmac-sm3", "sm4"},
		{toy + sign + "    parts: [method, 'header:X']\n", "method", "verb"},
		{toy + sign + "    fields: {only: [a]}\n", "only: [a]", "only: [a], except: [b]"},
		{toy + sign + "    fields: {empty: skip}\n", "skip", "drop"},
		{toy + sign + "    wrap: both\n", "both", "around"},
		{toy + "x-wire: {auth: {fields: {/a: b}}}\n", "auth: {", "auth: {token: jwt, "},
		{toy + "x-wire: {route: {path: /r, parameter: m, in: [query], methods: [GET]}}\n", "[query]", "[header]"},
		{toy + "x-wire: {route: {path: /r, parameter: m, in: [query], methods: [GET]}}\n", ", methods: [GET]", ""},
		{toy + "x-wire: {formats: {lists: plain}}\n", "plain", "csv"},
		{resource, "verb: list", "verb: find"},
		{resource, "kind: pet, ", ""},
		{"overlay: 1.0.0\nactions: [{target: $, update: {x-wire: {seal: {cipher: none}}}}]\n", "none", "nothing"},
	} {
		if err := schema.Validate(plainJSON(t, []byte(tt.good))); err != nil {
			t.Errorf("refused, before %q became %q: %v", tt.from, tt.to, err)
		}
		if err := schema.Validate(plainJSON(t, []byte(change(tt.good, tt.from, tt.to)))); err == nil {
			t.Errorf("accepted, after %q became %q", tt.from, tt.to)
		}
	}
}

// TestVocabularySchemaKnowsTheReadersKeys asks the strict reader for the keys that it knows at each place, and holds the
// schema to them.
func TestVocabularySchemaKnowsTheReadersKeys(t *testing.T) {
	t.Parallel()
	decoded, _ := vocabulary(t)
	known := regexp.MustCompile(`unknown key "zz"; known here: (.+)`)
	definitions := decoded["$defs"].(map[string]any)
	asked := map[string]bool{}
	for name, document := range map[string]string{
		"Wire":       toy + "x-wire: {zz: 1}\n",
		"Route":      toy + "x-wire: {route: {zz: 1}}\n",
		"Auth":       toy + "x-wire: {auth: {zz: 1}}\n",
		"Sign":       toy + "x-wire: {sign: {zz: 1}}\n",
		"SignFields": toy + "x-wire: {sign: {fields: {zz: 1}}}\n",
		"Seal":       toy + "x-wire: {seal: {zz: 1}}\n",
		"Key":        toy + "x-wire: {seal: {key: {zz: 1}}}\n",
		"IV":         toy + "x-wire: {seal: {iv: {zz: 1}}}\n",
		"Envelope":   toy + "x-wire: {envelope: {zz: 1}}\n",
		"Formats":    toy + "x-wire: {formats: {zz: 1}}\n",
		"ErrorRow":   toy + "x-errors: [{zz: 1}]\n",
		"Unclear":    toy + "x-unclear: [{zz: 1}]\n",
		"Reading":    toy + "x-unclear: [{readings: [{zz: 1}]}]\n",
		"Resource":   within("operationId: one", "x-resource: {zz: 1}"),
		"Page":       within("operationId: one", "x-resource: {page: {zz: 1}}"),
	} {
		asked[name] = true
		_, err := specs.Parse("toy", "toy.yaml", []byte(document))
		if err == nil || known.FindStringSubmatch(err.Error()) == nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := strings.Split(known.FindStringSubmatch(err.Error())[1], ", ")
		definition, _ := definitions[name].(map[string]any)
		properties, _ := definition["properties"].(map[string]any)
		var got []string
		for key, v := range properties {
			got = append(got, key)
			if property, _ := v.(map[string]any); property["description"] == nil {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || definition["additionalProperties"] != false || definition["description"] == nil {
			t.Errorf("%s: the schema has %v, the reader %v", name, got, want)
		}
	}
	for name, definition := range definitions {
		if definition.(map[string]any)["additionalProperties"] == false && !asked[name] {
			t.Errorf("%s is closed, and the reader was not asked about it", name)
		}
	}
}
