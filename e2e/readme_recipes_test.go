package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/specs"
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

// TestReadmeOverlayRemembers applies README's overlay to README's document.
func TestReadmeOverlayRemembers(t *testing.T) {
	t.Parallel()
	var document, overlay string
	for _, block := range blocks(t, "sh") {
		if _, rest, ok := strings.Cut(block, "cat > petstore.yaml <<'END'\n"); ok {
			document, _, _ = strings.Cut(rest, "END\n")
		}
	}
	for _, block := range blocks(t, "yaml") {
		if strings.Contains(block, "x-resource") {
			overlay = block
		}
	}
	c, err := specs.Parse("petstore", "petstore.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Overlay("remember.yaml", []byte(overlay)); err != nil {
		t.Fatal(err)
	}
	for _, op := range c.Operations {
		if op.Resource == nil || op.Resource.Kind != "pet" {
			t.Errorf("%s remembers nothing", op.ID)
		}
	}
	if len(c.Operations) != 3 {
		t.Errorf("%d operations", len(c.Operations))
	}
}
