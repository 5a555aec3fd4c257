package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeHasTheRecipes holds README's recipes for wires to the files that are proved against values made by others.
func TestReadmeHasTheRecipes(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "specs", "testdata", "recipes", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".openapi.yaml") {
			continue // a document that a recipe is for
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if !strings.Contains(string(readme), "```yaml\n"+string(text)+"```\n") {
			t.Errorf("README does not have %s as it stands", file)
		}
	}
	if found != 6 {
		t.Errorf("there are %d recipes, and README promises six", found)
	}
}
