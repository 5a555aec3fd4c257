package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestLintExitCodes: a finding is 1, whatever keeps lint from judging is 2.
func TestLintExitCodes(t *testing.T) {
	t.Parallel()
	weak := strings.Replace(petStore, "        '401': {description: no key}\n", "", 1)
	dir := folder(t, map[string]string{"petstore.yaml": weak, "parts.yaml": petParts})
	spec := filepath.Join(dir, "petstore.yaml")
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--vendor", "eazytec"}, 0, "eazytec: nothing wrong"},
		{[]string{spec}, 1, "petstore: "},
		{[]string{dir}, 1, "petstore: "},
		{[]string{}, 2, "name a document"},
		{[]string{spec, spec}, 2, "would be called petstore"},
		{[]string{"--vendor", "zhelibn"}, 2, "did you mean zheliban?"},
		{[]string{"--vendor="}, 2, "--vendor is empty"},
		{[]string{spec, "--format", "xml"}, 2, "write text or sarif"},
		{[]string{spec, "--overlay", "nothing.yaml"}, 2, "nothing.yaml"},
		{[]string{spec, "--overlay", "other=nothing.yaml"}, 2, `there is no contract "other"`},
		{[]string{spec, "--output", filepath.Join(dir, "nowhere", "x")}, 2, "there is no folder"},
		{[]string{spec, "--max-spec-bytes", "10"}, 2, "raise the bound with --max-spec-bytes"},
		{[]string{spec, "--max-spec-bytes", "-1"}, 2, "--max-spec-bytes is a number of bytes"},
		{[]string{t.TempDir()}, 2, "no file in this folder is an OpenAPI document"},
	}
	for _, tt := range tests {
		code, _, failed := checked(t.Context(), append([]string{"lint"}, tt.args...)...)
		if code != tt.code || !strings.Contains(failed, tt.want) || strings.Count(failed, "\n") != 1 {
			t.Errorf("%q ends with %d, want %d and %q:\n%s", tt.args, code, tt.code, tt.want, failed)
		}
	}
}
