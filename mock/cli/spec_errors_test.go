package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const smallContract = `openapi: 3.1.0
info: {title: 小契约, version: '1'}
paths:
  /a:
    get:
      operationId: readA
      responses: {'200': {description: fine, content: {application/json: {schema: {type: string}}}}}
`

// TestContractsThatCannotBeRead gives each to every command that reads one.
func TestContractsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(smallContract))
	if err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat("[", 200_000)
	tests := []struct {
		name, text string
		args       []string
	}{
		{name: "empty", text: ""},
		{name: "no YAML", text: "openapi: [3.0.3\ninfo: {\n"},
		{name: "a tab", text: "openapi: 3.0.3\n\tinfo: x\n"},
		{name: "no JSON", text: `{"openapi": "3.0.3", `},
		{name: "no OpenAPI", text: "hello: world\n"},
		{name: "a list", text: "- 1\n- 2\n"},
		{name: "another version", text: strings.Replace(smallContract, "3.1.0", "4.0.0", 1)},
		{name: "Swagger 1", text: "swagger: '1.2'\n"},
		{name: "GBK", text: string(gbk)},
		{name: "binary", text: "\x00\x01\x02\xff\xfe"},
		{name: "deep", text: "openapi: 3.0.3\nx: " + deep},
		{name: "a reference that leads nowhere", text: strings.Replace(smallContract, "{type: string}", "{$ref: '#/components/schemas/Nobody'}", 1)},
		{name: "a reference to a file that is not there", text: strings.Replace(smallContract, "{type: string}", "{$ref: 'nowhere.yaml#/A'}", 1)},
		{name: "a reference into the network", text: strings.Replace(smallContract, "{type: string}", "{$ref: 'https://example.com/a.yaml'}", 1)},
		{name: "a circle without a schema", text: strings.Replace(smallContract, "{type: string}", "{$ref: '#/components/schemas/A'}", 1) +
			"components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n"},
		{name: "too large", text: smallContract, args: []string{"--max-spec-bytes", "100"}},
		{name: "an alias of itself", text: "openapi: 3.0.3\ninfo: &a {title: t, version: v, x: *a}\npaths: {}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name := write(t, tt.text)
			for _, args := range [][]string{
				{"serve", "--listen", "localhost:0", "--control", "localhost:0", "--vendor", "none", "--spec", name}, {"lint", name}, {"check", "http://localhost:1", "--spec", name},
				{"vendors", "file", "--spec", name}, {"init", name},
			} {
				var out, failed bytes.Buffer
				code := Run(t.Context(), append(args, tt.args...), []string{"UNDERSTUDY_LANG=en"}, &out, &failed)
				if code != exitUsage || !strings.Contains(failed.String(), filepath.Base(name)) || args[0] != "lint" && strings.Count(failed.String(), "\n") != 1 || out.Len() > 0 || len(failed.String()) > 1000 {
					t.Errorf("%s ends with %d: %s%s", args[0], code, &out, &failed)
				}
				if strings.Contains(failed.String(), "panic") {
					t.Errorf("%s: %s", args[0], &failed)
				}
			}
		})
	}
}

// TestContractsInOtherEncodings are those of Windows' editors.
func TestContractsInOtherEncodings(t *testing.T) {
	t.Parallel()
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(smallContract)
	if err != nil {
		t.Fatal(err)
	}
	for encoding, text := range map[string]string{
		"a byte order mark": "\ufeff" + smallContract, "UTF-16": wide, "line ends of Windows": strings.ReplaceAll(smallContract, "\n", "\r\n"),
	} {
		name := filepath.Join(t.TempDir(), "小 契约.yaml")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, failed bytes.Buffer
		if code := Run(t.Context(), []string{"vendors", "small", "--spec", "small=" + name}, nil, &out, &failed); code != exitOK || !strings.Contains(out.String(), "小契约") {
			t.Errorf("%s ends with %d: %s%s", encoding, code, &out, &failed)
		}
	}
}
