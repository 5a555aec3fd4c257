package specs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"b.yaml": small, "a/x.json": `{"info": {"openapi": 1}, "openapi": "3.1.0"}`, "a/old.YML": "# old\r\nswagger: '2.0'\r\n", "a/broken.yaml": "openapi: 3.1.0\ninfo: {\n",
		"a/flow.yaml": "{openapi: 3.1.0, info: {}} # a comment", "a/gbk.yaml": "openapi: 3.0.0\ninfo: {title: \xd4\xa4}\n", "mark.json": "\ufeff{\"swagger\": \"2.0\"}",
		"parts/part.yaml": "components: {}\n", "parts/data.json": `{"info": {"openapi": "3.1.0"}}`, "parts/overlay.yaml": head + "- {target: $, update: {openapi: 3.1.0}}\n",
		"parts/list.json": "[1]", "parts/empty.yaml": "", "parts/notes.txt": "openapi: 3.1.0\n", ".git/x.yaml": small, "node_modules/y/z.yaml": small, ".hidden.yaml": small,
	})
	if err := os.Symlink(filepath.Join(dir, "b.yaml"), filepath.Join(dir, "link.yaml")); err != nil {
		t.Logf("no links here: %v", err)
	}
	got, err := specs.Documents(dir, specs.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got {
		if !strings.HasSuffix(f, "link.yaml") {
			names = append(names, filepath.ToSlash(strings.TrimPrefix(f, dir+string(filepath.Separator))))
		}
	}
	if want := []string{"a/broken.yaml", "a/flow.yaml", "a/gbk.yaml", "a/old.YML", "a/x.json", "b.yaml", "mark.json"}; !slices.Equal(names, want) {
		t.Errorf("documents %q, want %q", names, want)
	}
	for path, want := range map[string]string{
		"":                            "no file or folder was given",
		filepath.Join(dir, "none"):    "none: there is no such file",
		filepath.Join(dir, "parts"):   "parts: no file in this folder is an OpenAPI document (5 YAML and JSON files were looked at)",
		filepath.Join(dir, "none.ym"): "none.ym: there is no such file",
	} {
		if got, err := specs.Documents(path, specs.ReadConfig{}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	file := filepath.Join(dir, "parts", "notes.txt")
	if got, err := specs.Documents(file, specs.ReadConfig{}); err != nil || !slices.Equal(got, []string{file}) {
		t.Errorf("a file is itself, got %q, %v", got, err)
	}
	if got, err := specs.Documents(dir, specs.ReadConfig{MaxBytes: 40}); err != nil || slices.Contains(got, filepath.Join(dir, "b.yaml")) {
		t.Errorf("a file above the bound is no document: %q, %v", got, err)
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "Here It Is")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"Pet Store.v2.yaml": "pet-store-v2", "a/b/pets.json": "pets", `C:\specs\Pets_API.yml`: "pets-api", "pets/openapi.yaml": "pets", `pets\swagger.json`: "pets",
		"--x--.yaml": "x", "预约.yaml": "", "预约/openapi.yaml": "openapi", "none.yaml": "contract", "v1/api.yaml": "v1", ".yaml": "yaml",
		filepath.Join(dir, "openapi.yaml"): "here-it-is", "pets": "pets", "./pets/./openapi.yaml": "pets", "预约 pets.yaml": "pets",
	} {
		got := specs.NameOf(file)
		if want == "" { // named after the folder that the test runs in
			want = "specs"
		}
		if got != want {
			t.Errorf("%s is called %q, want %q", file, got, want)
		}
	}
}
