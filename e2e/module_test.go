package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// importer is a test of somebody else's module.
const importer = `package importer

import (
	"testing"

	"understudy/adapters/mytijian"
	"understudy/adapters"
	"understudy/mock/mocktest"
)

func TestTasks(t *testing.T) {
	v := mocktest.Start(t).Mytijian()
	client, err := mytijian.New(mytijian.Config{BaseURL: v.BaseURL, Tokens: adapters.StaticToken(v.AccessToken)})
	if err != nil {
		t.Fatal(err)
	}
	if tasks, err := client.ListHospitalTasks(t.Context()); err != nil || len(tasks) == 0 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
}
`

// TestReadmeModules imports this module from another one in the two ways that the README names.
func TestReadmeModules(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	const require, replace = "require understudy v0.0.0\n", "replace understudy => ../understudy\n"
	if text := readme(t); !strings.Contains(text, require+replace) || !strings.Contains(text, "go mod tidy") || !strings.Contains(text, "go.work") {
		t.Fatal("the README names other ways")
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := "go 1.26\n"
	for line := range strings.Lines(string(own)) {
		if strings.HasPrefix(line, "go ") {
			version = line
		}
	}
	for _, way := range []struct {
		name, mod string
		commands  [][]string
	}{
		// What go mod tidy adds besides, -mod=mod adds as well, without asking for the tests of other modules' tests.
		{"replace", require + strings.Replace(replace, "../understudy", here, 1), [][]string{{"test", "-mod=mod", "./..."}}},
		{"go.work", "", [][]string{{"work", "init", ".", here}, {"test", "./..."}}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range map[string]string{"go.mod": "module importer\n\n" + version + way.mod, "go.sum": string(sums), "importer_test.go": importer} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, command := range way.commands {
				run := exec.CommandContext(t.Context(), "go", command...)
				run.Dir = dir
				// What this module needs is there already: nothing is asked of a network.
				run.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=")
				if out, err := run.CombinedOutput(); err != nil {
					t.Fatalf("go %s: %v\n%s", strings.Join(command, " "), err, out)
				}
			}
		})
	}
}
