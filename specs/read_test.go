package specs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"understudy/specs"
)

// small is a stranger's document with one operation; the tests add to it.
const small = "openapi: 3.0.3\ninfo: {title: small, version: \"1\"}\npaths:\n  /a:\n    get:\n      responses: {\"200\": {description: fine}}\n"

// folder writes files into a folder of the test's own and returns it.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read reads a.yaml of some files, as the contract "it".
func read(t testing.TB, files map[string]string) (*specs.Contract, string, error) {
	t.Helper()
	dir := folder(t, files)
	c, err := specs.Read("it", filepath.Join(dir, "a.yaml"), specs.ReadConfig{})
	return c, dir, err
}

// mustRead is read of files that are fine.
func mustRead(t testing.TB, files map[string]string) (*specs.Contract, string) {
	t.Helper()
	c, dir, err := read(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func TestReadForms(t *testing.T) {
	t.Parallel()
	utf16 := func(order unicode.Endianness) string {
		text, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(small)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	json := `{"openapi": "3.1.0", "info": {"title": "small", "version": "1", "description": "\ud83d\ude00 a\/b"},
		"paths": {"/a": {"get": {}}}}`
	tests := []struct{ name, text string }{
		{"YAML", small},
		{"carriage returns", strings.ReplaceAll(small, "\n", "\r\n")},
		{"byte order mark", "\ufeff" + small},
		{"UTF-16, little-endian", utf16(unicode.LittleEndian)},
		{"UTF-16, big-endian", utf16(unicode.BigEndian)},
		{"JSON", json},
		{"JSON after a byte order mark", "\ufeff\r\n" + json},
		{"flow YAML", "{openapi: 3.1.0, info: {title: small, version: '1'}, paths: {/a: {get: {}}}} # a comment\n"},
		{"version without quotes and patch", strings.Replace(small, "3.0.3", "3.0", 1)},
		{"a candidate's version", strings.Replace(small, "3.0.3", "3.1.0-rc1", 1)},
		{"comments and markers", "# c\n%YAML 1.2\n---\n" + small + "...\n"},
	}
	for _, tt := range tests {
		c, dir, err := read(t, map[string]string{"a.yaml": tt.text})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		op, ok := c.Operation("getA")
		if !ok || c.Title != "small" || c.Version != "1" || c.Vendor != "it" || c.Bundled || c.Extended || len(c.Operations) != 1 {
			t.Errorf("%s: %+v", tt.name, c)
			continue
		}
		if at := c.Position(op.Pointer); at.File != filepath.Join(dir, "a.yaml") || at.Line == 0 || at.Column == 0 {
			t.Errorf("%s: the operation stands at %s", tt.name, at)
		}
		if len(c.Files) != 1 || c.Files[0] != filepath.Join(dir, "a.yaml") {
			t.Errorf("%s: files %v", tt.name, c.Files)
		}
	}
	c, _ := mustRead(t, map[string]string{"a.yaml": json})
	if text, _ := c.Value("/info/description"); text != "\U0001F600 a/b" {
		t.Errorf("JSON's escapes gave %q", text)
	}
	if at := c.Position("/paths/~1a/get"); at.Line != 2 || at.Column != 20 {
		t.Errorf("the operation stands at line %d, column %d", at.Line, at.Column)
	}
}

// TestReadErrors holds every error to its one line. DIR stands for the folder, and the file is a.yaml.
func TestReadErrors(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("openapi: 3.0.3\ninfo:\n  title: 预约服务\n")
	if err != nil {
		t.Fatal(err)
	}
	with := func(more string) string { return small + more }
	ref := func(ref string) string {
		return strings.Replace(small, "{description: fine}", "{description: fine, content: {a/b: {schema: {$ref: '"+ref+"'}}}}", 1)
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		before := string(n[0] - 1)
		bomb += "a" + n + ": &a" + n + " [" + strings.Repeat("*a"+before+", ", 8) + "*a" + before + "]\n"
	}
	tests := []struct {
		name, text, want string
		more             map[string]string
	}{
		{name: "empty", text: "", want: "DIR/a.yaml: the file is empty"},
		{name: "only comments", text: "# nothing\n", want: "DIR/a.yaml: the file is empty"},
		{name: "only a mark", text: "\ufeff \n", want: "DIR/a.yaml: the file is empty"},
		{name: "GBK", text: gbk, want: "DIR/a.yaml:3: this file is GBK, not UTF-8; save it as UTF-8"},
		{name: "neither", text: "openapi: 3.0.3\nx: \xff\xff\xff\n", want: "DIR/a.yaml:2: this file is not UTF-8; save it as UTF-8"},
		{name: "binary", text: "MZ\x00\x01\n", want: "DIR/a.yaml:1: this file is no text: it holds a zero byte"},
		{name: "no YAML", text: "openapi: 3.0.3\ninfo: {title: a\npaths: {}\n", want: "DIR/a.yaml:2: not YAML: did not find expected ',' or '}'"},
		{name: "a tab", text: "openapi: 3.0.3\ninfo:\n\ttitle: a\n", want: "DIR/a.yaml:3: not YAML: found character that cannot start any token"},
		{name: "no object", text: "- openapi\n", want: "DIR/a.yaml:1: an OpenAPI document is an object"},
		{name: "HTML", text: "<!doctype html>\n<html></html>\n", want: "DIR/a.yaml:1: an OpenAPI document is an object in YAML or JSON; this looks like XML or HTML"},
		{name: "package.json", text: `{"name": "a", "version": "1", "scripts": {}}`, want: "DIR/a.yaml: not an OpenAPI document: it looks like a package.json of npm"},
		{name: "AsyncAPI", text: "asyncapi: 3.0.0\ninfo: {}\n", want: "DIR/a.yaml: not an OpenAPI document: it looks like an AsyncAPI document"},
		{name: "Postman", text: `{"info": {"_postman_id": "a"}, "item": []}`, want: "DIR/a.yaml: not an OpenAPI document: it looks like a Postman collection; export it as OpenAPI"},
		{name: "overlay", text: "overlay: 1.0.0\nactions: []\n", want: "DIR/a.yaml: not an OpenAPI document: it looks like an overlay; give the document that it changes, and the overlay with --overlay"},
		{name: "JSON Schema", text: "type: object\nproperties: {}\n", want: "DIR/a.yaml: not an OpenAPI document: it looks like a JSON Schema"},
		{name: "a part", text: "components: {}\n", want: "DIR/a.yaml: not an OpenAPI document: it looks like a part of one; give the file that states openapi: 3.1.0 or the like"},
		{name: "no version", text: "info: {title: a}\npaths: {}\n", want: "DIR/a.yaml: not an OpenAPI document: it has paths and info, and no line such as openapi: 3.1.0 that states the version"},
		{name: "anything", text: "a: b\n", want: "DIR/a.yaml: not an OpenAPI document: nothing at its root states a version, such as openapi: 3.1.0"},
		{name: "version 4", text: strings.Replace(small, "3.0.3", "4.0.0", 1), want: `DIR/a.yaml:1: this reads OpenAPI 3.0 and 3.1 and Swagger 2.0, not openapi "4.0.0"`},
		{name: "Swagger 1", text: strings.Replace(small, "openapi: 3.0.3", "swagger: \"1.2\"", 1), want: `DIR/a.yaml:1: this reads OpenAPI 3.0 and 3.1 and Swagger 2.0, not swagger "1.2"`},
		{name: "version in words", text: strings.Replace(small, "3.0.3", "three", 1), want: `DIR/a.yaml:1: this reads OpenAPI 3.0 and 3.1 and Swagger 2.0, not openapi "three"`},
		{name: "version that is none", text: strings.Replace(small, "3.0.3", "[3]", 1), want: "DIR/a.yaml:1: openapi is a version such as 3.1.0"},
		{name: "name twice", text: with("info: {}\n"), want: `DIR/a.yaml:7: "info" stands here a second time (first at line 2)`},
		{name: "name twice in JSON", text: "{\"openapi\": \"3.1.0\",\n\"paths\": {},\n\"paths\": {}}", want: `DIR/a.yaml:3: "paths" stands here a second time (first at line 2)`},
		{name: "a list as a name", text: with("x:\n  ? [a]\n  : b\n"), want: "DIR/a.yaml:8: a name in an object is a text"},
		{name: "deep", text: with("x-deep: " + strings.Repeat("[", 600) + strings.Repeat("]", 600) + "\n"), want: "DIR/a.yaml:7: objects and lists stand in each other more than 500 levels deep"},
		{name: "deep JSON", text: `{"openapi": "3.1.0", "x": ` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + "}", want: "DIR/a.yaml:1: objects and lists stand in each other more than 500 levels deep"},
		{name: "very deep", text: with("x-deep: " + strings.Repeat("[", 100_000)), want: "DIR/a.yaml:7: not YAML: exceeded max depth of 10000"},
		{name: "alias bomb", text: with("x-bomb:\n  " + strings.ReplaceAll(strings.TrimSpace(bomb), "\n", "\n  ") + "\n"), want: "DIR/a.yaml:13: the aliases up to here multiply the document by more than 524288 values"},
		{name: "alias of itself", text: with("x: &a [*a]\n"), want: "DIR/a.yaml:7: the alias *a stands in what it stands for"},
		{name: "unknown alias", text: with("x: *a\n"), want: "DIR/a.yaml: not YAML: unknown anchor 'a' referenced"},
		{name: "merge of a text", text: with("x: {<<: a}\n"), want: "DIR/a.yaml:7: a merge key (<<) takes an object"},
		{name: "no operation", text: "openapi: 3.0.3\ninfo: {title: a, version: b}\npaths: {}\n", want: "DIR/a.yaml:3: the document has no operation"},
		{name: "no paths", text: "openapi: 3.1.0\ninfo: {title: a, version: b}\ncomponents: {}\n", want: "DIR/a.yaml:1: the document has no operation"},
		{name: "no good operation", text: "openapi: 3.1.0\ninfo: {title: a, version: b}\npaths: {a: {get: {}}}\n", want: `DIR/a.yaml:3: the document has no operation that can be served; among what is wrong, DIR/a.yaml:3: the path "a" does not begin with /; its operations are left out`},
		{name: "reference to nothing", text: ref("#/components/schemas/A"), want: `DIR/a.yaml:6: $ref "#/components/schemas/A" leads nowhere in this document`},
		{name: "reference to everything", text: ref("#"), want: `DIR/a.yaml:6: $ref "#" leads nowhere in this document`},
		{name: "unknown anchor", text: ref("#thing"), want: `DIR/a.yaml:6: $ref "#thing": there is no $anchor "thing" in DIR/a.yaml`},
		{name: "reference to no file", text: ref("b/c.yaml#/A"), want: `DIR/a.yaml:6: $ref "b/c.yaml#/A": DIR/b/c.yaml: there is no such file`},
		{name: "reference to a folder", text: ref("b"), more: map[string]string{"b/c.yaml": "a: b"}, want: `DIR/a.yaml:6: $ref "b": DIR/b: this is a folder; give the file of a contract`},
		{name: "reference to nothing in a file", text: ref("b.yaml#/A"), more: map[string]string{"b.yaml": "B: {}"}, want: `DIR/a.yaml:6: $ref "b.yaml#/A": nothing stands at #/A of DIR/b.yaml`},
		{name: "reference into a broken file", text: ref("b.yaml#/A"), more: map[string]string{"b.yaml": "B: {\nC: ["}, want: `DIR/a.yaml:6: $ref "b.yaml#/A": DIR/b.yaml:2: not YAML: did not find expected node content`},
		{name: "reference from another file", text: ref("b.yaml#/A"), more: map[string]string{"b.yaml": "A:\n  items: {$ref: '#/B'}\n"}, want: `DIR/b.yaml:2: $ref "#/B": nothing stands at #/B of DIR/b.yaml`},
		{name: "reference into the network", text: ref("https://example.com/a.yaml#/A"), want: `DIR/a.yaml:6: $ref "https://example.com/a.yaml#/A": nothing is fetched from a network; save it as a file and refer to that`},
		{name: "circle", text: ref("#/components/schemas/A") + "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n", want: `DIR/a.yaml:6: $ref "#/components/schemas/A" leads round in a circle and never to anything` + "\n" + `DIR/a.yaml:9: $ref "#/components/schemas/B" leads round in a circle and never to anything`},
		{name: "circle over files", text: ref("b.yaml"), more: map[string]string{"b.yaml": "$ref: c.yaml\n", "c.yaml": "$ref: b.yaml\n"}, want: "leads round in a circle and never to anything"},
		{name: "circle of paths", text: with("  /b: {$ref: '#/paths/~1c'}\n  /c: {$ref: '#/paths/~1b'}\n"), want: "leads back to itself"},
	}
	for _, tt := range tests {
		files := map[string]string{"a.yaml": tt.text}
		for name, text := range tt.more {
			files[name] = text
		}
		c, dir, err := read(t, files)
		if err == nil {
			t.Errorf("%s: accepted: %+v", tt.name, c)
			continue
		}
		got := filepath.ToSlash(strings.ReplaceAll(err.Error(), dir, "DIR"))
		if got != tt.want && !(strings.HasPrefix(tt.want, "leads") && strings.Contains(got, tt.want)) {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestReadNoFile(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.yaml": small, "o.yaml": head + "- {target: $.info, update: {summary: s}}\n"})
	tests := []struct {
		name, file string
		config     specs.ReadConfig
		want       string
	}{
		{"none", "", specs.ReadConfig{}, "no file was given"},
		{"missing", dir + "/b.yaml", specs.ReadConfig{}, "DIR/b.yaml: there is no such file"},
		{"address", "https://shop.example/a.yaml", specs.ReadConfig{}, "https://shop.example/a.yaml: nothing is fetched from a network; save it as a file and give that"},
		{"folder", dir, specs.ReadConfig{}, "DIR: this is a folder; give the file of a contract"},
		{"missing overlay", dir + "/a.yaml", specs.ReadConfig{Overlays: []string{dir + "/p.yaml"}}, "DIR/p.yaml: there is no such file"},
		{"no overlay", dir + "/a.yaml", specs.ReadConfig{Overlays: []string{dir + "/a.yaml"}}, `DIR/a.yaml:1: unknown key "openapi"`},
		{"too big", dir + "/a.yaml", specs.ReadConfig{MaxBytes: 100}, "DIR/a.yaml: 118 bytes are more than the 100 bytes that a contract may have with all its files; raise the bound with --max-spec-bytes"},
		{"too big together", dir + "/a.yaml", specs.ReadConfig{MaxBytes: 150, Overlays: []string{dir + "/o.yaml"}}, "DIR/o.yaml: 101 bytes are more than the 150 bytes that a contract may have with all its files, of which 32 are left; raise the bound with --max-spec-bytes"},
	}
	for _, tt := range tests {
		_, err := specs.Read("it", tt.file, tt.config)
		if err == nil {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		if got := filepath.ToSlash(strings.ReplaceAll(err.Error(), dir, "DIR")); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestReadOverlays applies the overlays of a configuration in their order, on what the user wrote.
func TestReadOverlays(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"a.yaml": small + "components:\n  schemas:\n    A: {type: string, nullable: true}\n",
		"1.yaml": head + "- target: $.components.schemas.A\n  update: {nullable: false, maxLength: 1}\n",
		"2.yaml": head + "- target: $.components.schemas.A\n  update: {maxLength: 2}\n- target: $\n  update: {x-understudy: 1}\n- target: $.paths.*.get\n  update: {x-wire: {safe: true}}\n",
	})
	file := func(name string) string { return filepath.Join(dir, name) }
	c, err := specs.Read("it", file("a.yaml"), specs.ReadConfig{Overlays: []string{file("1.yaml"), file("2.yaml")}})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := c.Value("/components/schemas/A")
	if want := map[string]any{"type": "string"}; a.(map[string]any)["type"] != want["type"] || c.Position("/components/schemas/A/maxLength").File != file("2.yaml") {
		t.Errorf("the schema became %v at %s", a, c.Position("/components/schemas/A/maxLength"))
	}
	if op, _ := c.Operation("getA"); !c.Extended || op.Wire.Safe == nil || len(c.Files) != 3 {
		t.Errorf("the vocabulary did not arrive: %v %v", c.Extended, c.Files)
	}
}
