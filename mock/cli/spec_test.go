package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"understudy/specs"
)

func TestParseNamed(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, name, file, wrong string }{
		{text: "petstore.yaml", file: "petstore.yaml"},
		{text: "pet=petstore.yaml", name: "pet", file: "petstore.yaml"},
		{text: "pet-store-2=a/b.json", name: "pet-store-2", file: "a/b.json"},
		{text: "pet=a=b.yaml", name: "pet", file: "a=b.yaml"},
		{text: `C:\contracts\petstore.yaml`, file: `C:\contracts\petstore.yaml`},
		{text: `pet=C:\contracts\petstore.yaml`, name: "pet", file: `C:\contracts\petstore.yaml`},
		{text: `C:\a=b\petstore.yaml`, file: `C:\a=b\petstore.yaml`},
		{text: `\\server\share\a=b.yaml`, file: `\\server\share\a=b.yaml`},
		{text: "./a=b.yaml", file: "./a=b.yaml"},
		{text: "../a=b.yaml", file: "../a=b.yaml"},
		{text: "folder/a=b.yaml", file: "folder/a=b.yaml"},
		{text: "契约.yaml", file: "契约.yaml"},
		{text: "pet=契约 一.yaml", name: "pet", file: "契约 一.yaml"},
		{text: "", wrong: "it is empty"},
		{text: "pet=", wrong: "names no file"},
		{text: "=petstore.yaml", wrong: "such as pet-store=petstore.yaml"},
		{text: "Pet=petstore.yaml", wrong: "lower-case letters"},
		{text: "pet_store=x/petstore.yaml", wrong: "such as pet-store=petstore.yaml"},
		{text: "-pet=petstore.yaml", wrong: "lower-case letters"},
		{text: "none=petstore.yaml", wrong: "lower-case letters"},
		{text: "宠物=petstore.yaml", wrong: "lower-case letters"},
	}
	for _, tt := range tests {
		name, file, err := parseNamed(tt.text)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%q: %v, want %s", tt.text, err, tt.wrong)
			}
			continue
		}
		if err != nil || name != tt.name || file != tt.file {
			t.Errorf("%q is %q at %q (%v), want %q at %q", tt.text, name, file, err, tt.name, tt.file)
		}
	}
}

// folders is a file system in which only names count.
func folders(tree map[string][]string, read func(name, file string, overlays []string) (*specs.Contract, error)) specReader {
	return specReader{
		documents: func(path string, _ int64) ([]string, error) {
			if list, ok := tree[path]; ok {
				return list, nil
			}
			return []string{path}, nil
		},
		read: func(name, file string, overlays []string, _ int64) (*specs.Contract, error) {
			return read(name, file, overlays)
		},
	}
}

func bare(name, file string, _ []string) (*specs.Contract, error) {
	return &specs.Contract{Vendor: name, Title: file, Files: []string{file}}, nil
}

func TestNamesOfContracts(t *testing.T) {
	t.Parallel()
	tree := map[string][]string{
		"api":     {filepath.Join("api", "Pet Store.yaml"), filepath.Join("api", "shop.json")},
		"one":     {filepath.Join("one", "shop.yaml")},
		"twofold": {filepath.Join("twofold", "v1", "shop.yaml"), filepath.Join("twofold", "v2", "shop.yaml")},
		"empty":   nil,
	}
	tests := []struct {
		name  string
		given []string
		want  string
		wrong string
	}{
		{name: "by the file", given: []string{"x/Pet Store.v2.yaml"}, want: "pet-store-v2"},
		{name: "given", given: []string{"mine=x/petstore.yaml"}, want: "mine"},
		{name: "a folder", given: []string{"api"}, want: "pet-store shop"},
		{name: "a folder with a name", given: []string{"mine=api"}, want: "mine-pet-store mine-shop"},
		{name: "a folder of one with a name", given: []string{"mine=one"}, want: "mine"},
		{name: "a name twice in a folder", given: []string{"twofold"}, want: "v1-shop v2-shop"},
		{name: "several", given: []string{"a.yaml", "b=c.yaml", "one"}, want: "a b shop"},
		{name: "a name twice", given: []string{"x/shop.yaml", "one"}, wrong: "would be called shop as x/shop.yaml is; give it another name, as in other-shop="},
		{name: "a file twice", given: []string{"a.yaml", "a.yaml"}, wrong: "a.yaml would be called a as a.yaml is"},
		{name: "none in a folder", given: []string{"empty"}, wrong: "there is no OpenAPI document in empty"},
	}
	for _, tt := range tests {
		var o origins
		for _, text := range tt.given {
			if err := o.addSource(setting{text: text, place: flagSpec, byFlag: true}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := o.read(folders(tree, bare), nil, nil)
		if tt.wrong != "" {
			var unread *contractError
			if !errors.As(err, &unread) || !strings.Contains(filepath.ToSlash(err.Error()), tt.wrong) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.wrong)
			}
			continue
		}
		var names []string
		for _, d := range list {
			names = append(names, d.name)
			if d.contract.Vendor != d.name {
				t.Errorf("%s: the contract of %s is called %s", tt.name, d.name, d.contract.Vendor)
			}
		}
		if got := strings.Join(names, " "); err != nil || got != tt.want {
			t.Errorf("%s: %s (%v), want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestOverlaysFindTheirContract(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	tests := []struct {
		name            string
		specs, overlays []string
		wanted          []string
		want            string
		wrong           string
	}{
		{name: "the only one", specs: []string{"a.yaml"}, overlays: []string{"fix.yaml"}, want: "a:fix.yaml"},
		{name: "in their order", specs: []string{"a.yaml"}, overlays: []string{"fix.yaml", "a=more.yaml"}, want: "a:fix.yaml,more.yaml"},
		{name: "one of two", specs: []string{"a.yaml", "b.yaml"}, overlays: []string{"b=fix.yaml"}, want: "a: b:fix.yaml"},
		{name: "by a Windows path", specs: []string{"a.yaml"}, overlays: []string{`a=C:\fix.yaml`}, want: `a:C:\fix.yaml`},
		{name: "which of two", specs: []string{"a.yaml", "b.yaml"}, overlays: []string{"fix.yaml"}, wrong: "--overlay fix.yaml: say which contract it corrects, as NAME=FILE; there are a, b"},
		{name: "of nothing", overlays: []string{"fix.yaml"}, wrong: "say which contract it corrects, as NAME=FILE"},
		{name: "of one that is not there", specs: []string{"petstore.yaml"}, overlays: []string{"petstor=fix.yaml"}, wrong: `there is no contract "petstor"; did you mean petstore?`},
		{name: "of a bundled one that is not there", overlays: []string{"zhelibn=fix.yaml"}, wrong: "did you mean zheliban?"},
	}
	for _, tt := range tests {
		var o origins
		for _, text := range tt.specs {
			if err := o.addSource(setting{text: text, place: flagSpec, byFlag: true}); err != nil {
				t.Fatal(err)
			}
		}
		for _, text := range tt.overlays {
			if err := o.addOverlay(setting{text: text, place: flagOverlay, byFlag: true}); err != nil {
				t.Fatal(err)
			}
		}
		var read []string
		list, err := o.read(folders(nil, func(name, file string, overlays []string) (*specs.Contract, error) {
			read = append(read, name+":"+strings.Join(overlays, ","))
			return bare(name, file, overlays)
		}), all, tt.wanted)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.wrong)
			}
			continue
		}
		if got := strings.Join(read, " "); err != nil || got != tt.want || len(list) != len(tt.specs) {
			t.Errorf("%s: %s (%v), want %s", tt.name, got, err, tt.want)
		}
	}
}

// TestOverlayOfABundledVendor corrects one, whether it is named or the only one that is wanted.
func TestOverlayOfABundledVendor(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	file := write(t, "overlay: 1.0.0\ninfo: {title: mine, version: '1'}\nactions:\n- {target: $.info, update: {title: Corrected}}\n")
	for _, text := range []string{file, "zheliban=" + file} {
		o := origins{}
		if err := o.addOverlay(setting{text: text, place: flagOverlay, byFlag: true}); err != nil {
			t.Fatal(err)
		}
		list, err := o.read(filesReader(), all, []string{"zheliban"})
		if err != nil || len(list) != 1 || list[0].contract.Title != "Corrected" {
			t.Fatalf("%s: %v", text, err)
		}
		laid := lay(all, list)
		if len(laid) != len(all) || !slices.Contains(laid, list[0].contract) {
			t.Errorf("%s: %d contracts", text, len(laid))
		}
	}
}

func TestChoosePlayed(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	own := &document{name: "pet", file: "pet.yaml", contract: &specs.Contract{Vendor: "pet"}}
	other := &document{name: "shop", file: "shop.yaml", contract: &specs.Contract{Vendor: "shop"}}
	tests := []struct {
		names     []string
		documents []*document
		want      string
		wrong     string
	}{
		{want: "alihealth eazytec mytijian weixiao zheliban"},
		{documents: []*document{own}, want: "alihealth eazytec mytijian weixiao zheliban pet"},
		{names: []string{"none"}, documents: []*document{own, other}, want: "pet shop"},
		{names: []string{"zheliban"}, documents: []*document{own, other}, want: "zheliban pet shop"},
		{names: []string{"zheliban", "pet"}, documents: []*document{own, other}, want: "zheliban pet"},
		{names: []string{"shop"}, documents: []*document{own, other}, want: "shop"},
		{names: []string{"none"}, wrong: "give it a contract: --spec FILE"},
		{names: []string{"none", "zheliban"}, documents: []*document{own}, wrong: "--vendor none stands alone"},
		{names: []string{"pett"}, documents: []*document{own}, wrong: "did you mean pet?"},
	}
	for _, tt := range tests {
		chosen, wrong := choosePlayed(lay(all, tt.documents), tt.documents, tt.names)
		var names []string
		for _, c := range chosen {
			names = append(names, c.Vendor)
		}
		if got := strings.Join(names, " "); got != tt.want || !strings.Contains(wrong, tt.wrong) || (wrong == "") != (tt.wrong == "") {
			t.Errorf("%v: %s, %q; want %s, %q", tt.names, got, wrong, tt.want, tt.wrong)
		}
	}
}

// TestSpecsInFileAndEnvironment reads every form, paths of the file beside it.
func TestSpecsInFileAndEnvironment(t *testing.T) {
	t.Parallel()
	name := write(t, `dynamic: true
maxSpecBytes: 1000
overlays: [shop=fix.yaml, other.yaml]
specs:
- petstore.yaml
- shop=api/shop.yaml
- {name: third, file: a=b.yaml, overlays: [one.yaml, two.yaml]}
failOnViolation: true
verdict: [junit=out.xml, "md=-"]
`)
	beside := filepath.Dir(name)
	file, err := openConfig(name)
	if err != nil {
		t.Fatal(err)
	}
	var o origins
	if err := file.origins(&o); err != nil {
		t.Fatal(err)
	}
	shown := func() (list []string) {
		for _, s := range o.sources {
			list = append(list, fmt.Sprint(s.name, " ", s.text, " ", s.overlays))
		}
		for _, b := range o.overlays {
			list = append(list, fmt.Sprint("overlay ", b.name, " ", b.text))
		}
		return list
	}
	in := func(name string) string { return filepath.Join(beside, name) }
	want := []string{
		" " + in("petstore.yaml") + " []", "shop " + in("api/shop.yaml") + " []", "third " + in("a=b.yaml") + " [" + in("one.yaml") + " " + in("two.yaml") + "]",
		"overlay shop " + in("fix.yaml"), "overlay  " + in("other.yaml"),
	}
	if diff := cmp.Diff(want, shown()); diff != "" || o.maxBytes != 1000 {
		t.Errorf("%s%d bytes", diff, o.maxBytes)
	}
	if got := o.sources[1].place; got != name+":6: specs" {
		t.Errorf("the place is %s", got)
	}
	s, err := configure(contracts(t), file, []string{"UNDERSTUDY_SPECS=x", "UNDERSTUDY_VERDICT=sarif=v.sarif"})
	if err != nil || !s.dynamic || !s.failOnViolation || len(s.verdict) != 1 || s.verdict[0].File != "v.sarif" {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = configure(contracts(t), file, nil); err != nil || len(s.verdict) != 2 || s.verdict[0].File != in("out.xml") || s.verdict[1].File != "-" {
		t.Errorf("%+v, %v", s, err)
	}
	if err := o.environment([]string{"UNDERSTUDY_SPECS=a.yaml, b=c.yaml", "UNDERSTUDY_OVERLAYS=b=d.yaml", "UNDERSTUDY_MAXSPECBYTES=7"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{" a.yaml []", "b c.yaml []", "overlay b d.yaml"}, shown()); diff != "" || o.maxBytes != 7 {
		t.Errorf("%s%d bytes", diff, o.maxBytes)
	}
	if err := o.flags(&cobra.Command{}, options{specs: []string{"z.yaml"}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"z.yaml"}, []string{o.sources[0].text}); diff != "" || len(o.overlays) != 1 {
		t.Error(diff)
	}
}

// TestAPathOfTheFileIsNoName: beside the file, a path may look like a name and a path.
func TestAPathOfTheFileIsNoName(t *testing.T) {
	t.Parallel()
	f := &configFile{name: "understudy.yaml"}
	for text, want := range map[string]string{"./a=b.yaml": "./a=b.yaml", "a=b.yaml": "a=b.yaml", "b.yaml": "b.yaml", "./Ä=b.yaml": "./Ä=b.yaml"} {
		if got := f.besideNamed(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// TestSpecsMistakes makes every mistake where it can stand. FILE is the configuration file.
func TestSpecsMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, environ, want string
	}{
		{name: "no list", file: "specs: petstore.yaml\n", want: "FILE:1: specs is a list of contracts"},
		{name: "empty entry", file: "specs:\n- a.yaml\n-\n", want: "FILE:3: an entry of specs is empty"},
		{name: "a name that is none", file: "specs: [Pet=a.yaml]\n", want: `FILE:1: specs: "Pet=a.yaml": a name has lower-case letters`},
		{name: "a name that is none, as a key", file: "specs:\n- file: a.yaml\n  name: Pet\n", want: "FILE:3: name: a name has lower-case letters"},
		{name: "no file", file: "specs:\n- {name: pet}\n", want: "FILE:2: an entry of specs needs a file"},
		{name: "a key", file: "specs:\n- {name: pet, fil: a.yaml}\n", want: `FILE:2: an entry of specs has no key "fil"; did you mean file?`},
		{name: "overlays of an entry", file: "specs:\n- {file: a.yaml, overlays: b.yaml}\n", want: "FILE:2: overlays is a list"},
		{name: "bytes", file: "maxSpecBytes: 16M\n", want: "FILE:1: maxSpecBytes is a number of bytes"},
		{name: "an overlay", file: "overlays: [x=]\n", want: `FILE:1: overlays: "x=" names no file`},
		{name: "specs of the environment", environ: "UNDERSTUDY_SPECS=a.yaml,", want: "UNDERSTUDY_SPECS: it is empty"},
		{name: "bytes of the environment", environ: "UNDERSTUDY_MAXSPECBYTES=-1", want: "UNDERSTUDY_MAXSPECBYTES: write a number of bytes"},
	}
	for _, tt := range tests {
		name := write(t, tt.file)
		file, err := openConfig(name)
		if err != nil {
			t.Fatal(err)
		}
		var o origins
		if err = file.origins(&o); err == nil {
			err = o.environment([]string{tt.environ})
		}
		if want := strings.ReplaceAll(tt.want, "FILE", name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", tt.name, err, want)
		}
	}
}

// TestVariablesOfForeignContracts: a hyphen cannot stand in the name of a variable.
func TestVariablesOfForeignContracts(t *testing.T) {
	t.Parallel()
	if got := variableName("pet-store", "api_key"); got != "UNDERSTUDY_PET_STORE_API_KEY" {
		t.Error(got)
	}
	if got := variableName("zheliban", "aesKey"); got != "UNDERSTUDY_ZHELIBAN_AESKEY" {
		t.Error(got)
	}
}
