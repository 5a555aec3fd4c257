package e2e_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/specs"
)

// root is the module's folder, seen from this test's.
const root = ".."

// rule says which packages of this module a folder's product code may import. The first rule whose folder holds the
// package counts, so narrow ones come first. It is a statement of policy: change the code, not the rule, to make a
// build pass.
type rule struct {
	folder string
	may    []string
	why    string
}

func rules() []rule {
	return []rule{
		{"specs", nil, "contracts know nobody who reads them"},
		{"scenarios", []string{"specs", "scenarios"}, "stories and recordings are data: they know no wire"},
		{"mock/internal", []string{"specs", "scenarios", "mock/internal/..."}, "the engine's parts know no vendor and no server"},
		{"mock/behave", []string{"specs", "scenarios", "mock/internal/..."}, "behaviours take values, not requests"},
		{"mock/mask", []string{"specs", "scenarios", "mock/internal/..."}, "what is replaced is decided by contract and value alone"},
		{"mock/record", []string{"specs", "scenarios", "mock", "mock/drive", "mock/mask", "mock/internal/..."}, "what was heard is opened by the contract's wire and kept masked"},
		{"mock/play", []string{"specs", "scenarios", "mock", "mock/check", "mock/drive", "mock/mask", "mock/report", "mock/internal/..."}, "answers come from a recording; the simulator sends them"},
		{"mock/replay", []string{"specs", "scenarios", "mock", "mock/check", "mock/drive", "mock/mask", "mock/report", "mock/internal/..."}, "recorded requests are sent by the contract's client"},
		{"mock/story", []string{"specs", "scenarios", "scenarios/arazzo", "mock", "mock/drive", "mock/mask", "mock/report", "mock/internal/..."}, "stories are run by the contract's client"},
		{"mock/learn", []string{"specs", "scenarios", "mock", "mock/check", "mock/drive", "mock/report", "mock/internal/..."}, "a recording is held to each reading of the contract"},
		{"mock/control", []string{"specs", "scenarios", "mock", "mock/behave", "mock/mask", "mock/record", "mock/internal/..."}, "what is built on the simulator may use it"},
		{"mock/drive", []string{"specs", "scenarios", "mock", "mock/internal/..."}, "requests are made from the contract alone"},
		{"mock/explain", []string{"specs", "scenarios", "mock", "mock/internal/..."}, "what went wrong is found by contract and wire alone"},
		{"mock/mocktest", []string{"specs", "scenarios", "mock", "mock/behave", "mock/play", "mock/internal/..."}, "what is built on the simulator may use it"},
		{"mock/report", []string{"specs", "scenarios"}, "what was found is told apart from how it was found"},
		{"mock/lint", []string{"specs", "mock/report", "mock/internal/..."}, "a contract is judged by itself"},
		{"mock/check", []string{"specs", "scenarios", "mock", "mock/drive", "mock/mask", "mock/report", "mock/internal/..."}, "a server is judged by its contract and its wire alone"},
		{"mock/cli", []string{"specs", "scenarios/...", "scenarios", "mock", "mock/behave", "mock/check", "mock/control", "mock/drive", "mock/explain", "mock/learn", "mock/lint", "mock/mask", "mock/play", "mock/record", "mock/replay", "mock/report", "mock/story", "mock/internal/authority"}, "the command puts everything together"},
		{"mock/cmd", []string{"mock/cli"}, "main only calls the command"},
		{"mock", []string{"specs", "scenarios", "mock/behave", "mock/internal/..."}, "the simulator never meets an adapter: a bug shared by both sides would be invisible"},
		{"adapters/internal/rest", []string{"adapters"}, "the clients' transport names no vendor"},
		{"adapters", []string{"adapters", "adapters/internal/..."}, "clients are useful without the rest, and judged by it"},
	}
}

// isVendorClient tells the folders whose packages import no sibling.
func isVendorClient(folder string) bool {
	return path.Dir(folder) == "adapters" && slices.Contains(specs.Vendors(), path.Base(folder))
}

func TestImportsFollowTheOrder(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	checked := 0
	for folder, imports := range productImports(t) {
		r := ruleFor(folder)
		if r == nil {
			t.Errorf("%s: no rule speaks of this folder", folder)
			continue
		}
		used[r.folder] = true
		for _, imported := range imports {
			checked++
			if !allowed(r, imported) {
				t.Errorf("%s imports %s; it may import %v: %s", folder, imported, r.may, r.why)
			}
			if isVendorClient(folder) && isVendorClient(imported) {
				t.Errorf("%s imports %s: no vendor's client knows another's", folder, imported)
			}
		}
	}
	if checked == 0 {
		t.Error("no import was checked")
	}
	for _, r := range rules() {
		if _, err := os.Stat(filepath.Join(root, r.folder)); err == nil && !used[r.folder] {
			t.Errorf("the rule for %s speaks of no package: remove or mend it", r.folder)
		}
	}
}

func ruleFor(folder string) *rule {
	list := rules()
	for i := range list {
		if folder == list[i].folder || strings.HasPrefix(folder, list[i].folder+"/") {
			return &list[i]
		}
	}
	return nil
}

// allowed reads an entry as the folder itself, or as everything below it where it ends in /...
func allowed(r *rule, imported string) bool {
	for _, may := range r.may {
		below, all := strings.CutSuffix(may, "...")
		if imported == may || all && strings.HasPrefix(imported, below) {
			return true
		}
	}
	return false
}

// productImports lists, for each package of this module, what its non-test files import of this module.
func productImports(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(relative)
		if _, ok := found[folder]; !ok {
			found[folder] = nil
		}
		for _, i := range parsed.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if ours, ok := strings.CutPrefix(name, "understudy/"); ok {
				found[folder] = append(found[folder], ours)
			}
			if name == "github.com/brianvoe/gofakeit/v6" && folder != "mock/internal/fake" {
				t.Errorf("%s imports gofakeit, which lives in mock/internal/fake only", folder)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheOrderRefusesWhatItMust(t *testing.T) {
	t.Parallel()
	bad := []struct{ folder, imported string }{
		{"mock", "adapters"}, {"mock/internal/wire", "adapters/zheliban"}, {"adapters/zheliban", "mock"},
		{"adapters/zheliban", "specs"}, {"adapters/internal/rest", "adapters/zheliban"}, {"specs", "mock"},
		{"mock/behave", "mock"}, {"mock/internal/wire", "mock/behave"}, {"mock", "mock/control"}, {"mock/cmd/understudy", "mock"},
		{"mock/control", "mock/cli"},
	}
	for _, b := range bad {
		if r := ruleFor(b.folder); r != nil && allowed(r, b.imported) {
			t.Errorf("%s may import %s", b.folder, b.imported)
		}
	}
}

// TestEveryVendorIsWhole holds each contract to what must stand beside it.
func TestEveryVendorIsWhole(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there is no vendor")
	}
	for _, v := range vendors {
		for _, needed := range []string{
			"specs/" + v + "/openapi.yaml", "specs/" + v + "/vectors.json", "specs/" + v + "/SOURCES.md",
			"adapters/" + v + "/client.go", "adapters/" + v + "/example_test.go", "e2e/" + v + "_test.go",
		} {
			if _, err := os.Stat(filepath.Join(root, needed)); err != nil {
				t.Errorf("%s lacks %s", v, needed)
			}
		}
	}
}

// TestEveryOperationHasAMethod follows the directives above the adapters' methods.
func TestEveryOperationHasAMethod(t *testing.T) {
	t.Parallel()
	covered := map[string]string{}
	files, err := filepath.Glob(filepath.Join(root, "adapters", "*", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file of an adapter was found: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			directive, ok := strings.CutPrefix(strings.TrimSpace(line), "//understudy:operation ")
			if !ok {
				continue
			}
			if first, twice := covered[directive]; twice {
				t.Errorf("%s and %s both claim %s", first, file, directive)
			}
			covered[directive] = file
		}
	}
	operations := 0
	for _, v := range specs.Vendors() {
		c, err := specs.Load(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range c.Operations {
			operations++
			key := v + " " + op.ID
			if covered[key] == "" {
				t.Errorf("no method of adapters/%s says //understudy:operation %s", v, key)
			}
			delete(covered, key)
		}
	}
	for directive, file := range covered {
		t.Errorf("%s names %q, which is no operation", file, directive)
	}
	if operations == 0 {
		t.Error("no operation was looked for")
	}
}
