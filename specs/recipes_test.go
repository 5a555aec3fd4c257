package specs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"understudy/specs"
)

// recipes names the document that each recipe is laid over.
func recipes() map[string]string {
	return map[string]string{
		"aes-ecb-body": "orders", "aes-cbc-member": "envelope", "sm4-cbc-sm3": "orders", "aes-gcm-body": "orders", "sorted-md5": "pay", "hmac-gateway": "orders",
	}
}

func recipe(t testing.TB, name string) (*specs.Contract, []byte) {
	t.Helper()
	folder := filepath.Join("testdata", "recipes")
	c, err := specs.Read(name, filepath.Join(folder, recipes()[name]+".openapi.yaml"), specs.ReadConfig{Overlays: []string{filepath.Join(folder, name+".yaml")}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c, text
}

// TestRecipes guards that each recipe applies to a plain document, says something about its wire, and fits on a page.
func TestRecipes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "recipes", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recipes (%v)", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.HasSuffix(name, ".openapi") {
			continue
		}
		if recipes()[name] == "" {
			t.Errorf("%s is tried on no document", name)
		}
	}
	for name := range recipes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, text := recipe(t, name)
			if !c.Extended || len(c.Slots()) == 0 {
				t.Errorf("extended %v, slots %v", c.Extended, c.Slots())
			}
			for _, op := range c.Operations {
				if op.Wire.Seal == nil && op.Wire.Sign == nil {
					t.Errorf("%s is neither sealed nor signed", op.ID)
				}
			}
			lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			if len(lines) > 40 || !strings.HasPrefix(lines[0], "# ") {
				t.Errorf("%d lines, the first %q", len(lines), lines[0])
			}
			for i, line := range lines {
				if utf8.RuneCountInString(line) > 120 {
					t.Errorf("line %d is longer than 120 characters", i+1)
				}
			}
		})
	}
}
