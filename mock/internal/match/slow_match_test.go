package match

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// segments of templates, and of paths that some of them fit.
var (
	templateSegments = []string{"a", "b", "ab", "{x}", "{y}", "{x}:go", "{x}:stop", "{x}.{y}", "{x}-{y}", "v{n}", "v{n}b", "a{x}b", "{x}{y}", "{x}.json", "{x}..{y}", ""}
	pathSegments     = []string{"a", "b", "ab", "aab", "a.b", "a.b.c", "a:go", ":go", "a:stop:go", "v1", "v", "v1b", "vb", "v12.json", ".json", "a-b.c", "a%2Fb", "a%20b.c", "张", "张.三", "%", "", "..", "...", "a..b"}
)

func TestMatchIsTheSlowSearch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString("/" + from[r.IntN(len(from))])
		}
		return b.String()
	}
	found, several := 0, 0
	for range 400 {
		var fast Index[string]
		var other slow
		for range 1 + r.IntN(30) {
			path := pick(templateSegments)
			err := fast.Add(path, path)
			if added := other.add(path); added != (err == nil) {
				t.Fatalf("%s was added: %v, by the slow index: %v", path, err, added)
			}
		}
		for range 60 {
			path := pick(pathSegments)
			want, wantValues, wantOK := other.find(path)
			got, values, ok := fast.Match(path)
			if got != want || ok != wantOK || !slices.Equal(values, wantValues) {
				t.Fatalf("Match(%q) = %q, %q, %v, want %q, %q, %v, among %q", path, got, values, ok, want, wantValues, wantOK, fast.Paths())
			}
			if ok {
				found++
			}
			fits := 0
			for _, one := range other.templates {
				if one.pattern.MatchString(path) {
					fits++
				}
			}
			if fits > 1 {
				several++
			}
		}
	}
	if found < 1000 || several < 500 {
		t.Errorf("only %d paths were found, and %d fitted several templates", found, several)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	paths := []string{
		"/pets/{id}", "/pets/{id}:feed", "/pets/{id}:feed:now", "/{x}.{ext}", "/{x}", "/v{n}/pets", "/v1/pets", "/体检/{号}", "/a b/{v}",
		"/a%2fb/{v}", "/100%/{v}", "/{a}/{b}/c", "/x/{b}/d", "/{a}{b}!", "/open{/x", "/empty{}/x", "/s/{x}5", "/o/{a}-{b}-{c}",
	}
	tests := []struct {
		path, want string
		values     []string
	}{
		{"/pets/7:feed:now", "/pets/{id}:feed:now", []string{"7"}},
		{"/pets/7%3Afeed", "/pets/{id}", []string{"7:feed"}},
		{"/pets/:feed", "/pets/{id}", []string{":feed"}},
		{"/a%2Eb", "/{x}", []string{"a.b"}},
		{"/a%2eb.%63", "/{x}.{ext}", []string{"a.b", "c"}},
		{"/a.b.c", "/{x}.{ext}", []string{"a.b", "c"}},
		{"/.a.b", "/{x}.{ext}", []string{".a", "b"}},
		{"/a.", "/{x}", []string{"a."}},
		{"/v1/pets", "/v1/pets", nil},
		{"/v1/pe%74s", "", nil},
		{"/v2/pets", "/v{n}/pets", []string{"2"}},
		{"/v/pets", "", nil},
		{"/%E4%BD%93%E6%A3%80/%E4%B8%80", "/体检/{号}", []string{"一"}},
		{"/体检/1", "/体检/{号}", []string{"1"}},
		{"/a%20b/1", "/a b/{v}", []string{"1"}},
		{"/a%2Fb/1", "/a%2fb/{v}", []string{"1"}},
		{"/a/b/1", "", nil},
		{"/100%25/1%25", "/100%/{v}", []string{"1%"}},
		{"/x/1/c", "/{a}/{b}/c", []string{"x", "1"}}, // back from /x
		{"/x/1/d", "/x/{b}/d", []string{"1"}},
		{"/ab!", "/{a}{b}!", []string{"a", "b"}},
		{"/%2Fab!", "/{a}{b}!", []string{"/a", "b"}},
		{"/a!", "/{x}", []string{"a!"}},
		{"/open%7B/x", "/open{/x", nil},
		{"/empty%7B%7D/x", "/empty{}/x", nil},
		{"/s/%25", "", nil}, // the 5 is part of an escape
		{"/s/%255", "/s/{x}5", []string{"%"}},
		{"/o/1--2-3", "/o/{a}-{b}-{c}", []string{"1-", "2", "3"}},
		{"/o/1-2", "", nil},
		{"/%", "", nil}, {"/%4", "", nil}, {"/%gg", "", nil}, {"//", "", nil},
	}
	for range paths {
		paths = append(paths[1:], paths[0]) // the order of adding decides nothing
		x := index(t, paths...)
		for _, tt := range tests {
			got, values, ok := x.Match(tt.path)
			if got != tt.want || ok != (tt.want != "") || !slices.Equal(values, tt.values) {
				t.Errorf("Match(%q) = %q, %q, %v, want %q, %q", tt.path, got, values, ok, tt.want, tt.values)
			}
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"/pets": nil, "/": nil, "/a/{id}": {"id"}, "/{b}/x{a}.{c}": {"b", "a", "c"}, "/{a}/{a}": {"a", "a"}, "/{}/{x": nil, "/{{x}}": {"x"}, "/{体检}": {"体检"},
	}
	for path, want := range tests {
		if got := Names(path); !slices.Equal(got, want) {
			t.Errorf("Names(%s) = %q, want %q", path, got, want)
		}
	}
}

func TestAtFindsTheSameTemplateUnderOtherNames(t *testing.T) {
	t.Parallel()
	x := index(t, "/a/{id}", "/a/{id}:go", "/a")
	tests := map[string]string{"/a/{key}": "/a/{id}", "/a/{key}:go": "/a/{id}:go", "/a": "/a", "/a/b": "", "/a/{key}:stop": "", "/b": "", "a": "", "/a/{id}/b": "", "/": ""}
	for path, want := range tests {
		target, written, ok := x.At(path)
		if target != want || written != want || ok != (want != "") {
			t.Errorf("At(%s) = %q, %q, %v, want %q", path, target, written, ok, want)
		}
	}
	err := x.Add("/a/{key}", "second")
	var taken *TakenError
	if !errors.As(err, &taken) || taken.Path != "/a/{key}" || taken.By != "/a/{id}" {
		t.Errorf("Add = %v", err)
	}
	if err := x.Add("a", ""); err == nil || errors.As(err, &taken) {
		t.Errorf("Add(a) = %v", err)
	}
}

func TestAConcretePathTakesNoMemory(t *testing.T) {
	x := index(t, "/a/b/c", "/a/{x}", "/a/{x}/{y}.{z}")
	for path, want := range map[string]float64{"/a/b/c": 0, "/a/7": 1, "/a/7/b.c": 1, "/nothing/here": 0} {
		if got := testing.AllocsPerRun(100, func() { x.Match(path) }); got != want {
			t.Errorf("Match(%s) allocates %v times, want %v", path, got, want)
		}
		room := make([]string, 0, 4)
		if got := testing.AllocsPerRun(100, func() { x.AppendMatch(room, path) }); got != 0 {
			t.Errorf("AppendMatch(%s) allocates %v times", path, got)
		}
	}
}

func TestAppendMatch(t *testing.T) {
	t.Parallel()
	x := index(t, "/a/b/c", "/a/{x}", "/a/{x}/{y}.{z}")
	matched := 0
	for _, path := range []string{"/a/b/c", "/a/7", "/a/%37", "/a/7/b.c", "/a/7/b%2Fd.c", "/nothing", "a", "/a/%"} {
		target, values, ok := x.AppendMatch([]string{"before"}, path)
		want, wanted, found := x.Match(path)
		if target != want || ok != found || values[0] != "before" || !slices.Equal(values[1:], wanted) {
			t.Errorf("AppendMatch(%s) = %q, %q, %t; Match gives %q, %q, %t", path, target, values, ok, want, wanted, found)
		}
		if ok {
			matched++
		}
	}
	if matched != 5 {
		t.Errorf("%d paths are known", matched)
	}
}

// A search must not become dear by what is in the path or in the index.
func TestManyPathsCostNoMemory(t *testing.T) {
	few, many := indexOf(t, 10), indexOf(t, 10_000)
	for _, path := range []string{"/group1/things/5", "/group1/things/5:verb1", "/group1/things/5/7/x", "/flat/7:verb1"} {
		want := testing.AllocsPerRun(100, func() { few.Match(path) })
		if got := testing.AllocsPerRun(100, func() { many.Match(path) }); got != want {
			t.Errorf("%s: %v allocations among 10,000 paths, %v among 10", path, got, want)
		}
	}
}

// indexOf has at least n paths of several forms.
func indexOf(tb testing.TB, n int) *Index[string] {
	tb.Helper()
	var x Index[string]
	for i := 0; len(x.paths) < n; i++ {
		group := "/group" + strconv.Itoa(i)
		for _, path := range []string{"", "/things/{id}", "/things/{id}:verb" + strconv.Itoa(i), "/things/{id}/{n}/x", "/{name}.{ext}"} {
			if err := x.Add(group+path, group+path); err != nil {
				tb.Fatal(err)
			}
		}
		if err := x.Add("/flat/{id}:verb"+strconv.Itoa(i), "flat"); err != nil {
			tb.Fatal(err)
		}
	}
	return &x
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 1000, 10_000} {
		x := indexOf(b, n)
		for _, path := range []string{"/group1", "/group1/things/5", "/group1/things/5:verb1", "/group1/things/5/7/x", "/flat/7:verb1", "/group1/%E5%BC%A0.pdf", "/nothing/here"} {
			b.Run(strconv.Itoa(n)+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					x.Match(path)
				}
			})
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("/pets/{id}:feed", "/{x}.{ext}", "/pets/%3A7:feed")
	f.Add("/a/{b}{c}-%2f", "/{", "/a/%25%2F-%2F")
	f.Add("/{a}-{b}/{c", "/%", "/%E5%BC%A0-b/%7Bc")
	f.Fuzz(func(t *testing.T, first, second, path string) {
		var x Index[string]
		if err := x.Add(first, first); (err == nil) != strings.HasPrefix(first, "/") {
			t.Errorf("Add(%q): %v", first, err)
		}
		_ = x.Add(second, second)
		target, values, ok := x.Match(path)
		if !ok {
			return
		}
		if len(values) != len(Names(target)) || slices.Contains(values, "") {
			t.Errorf("Match(%q) = %q with %q", path, target, values)
		}
		if strings.Count(path, "/") != strings.Count(target, "/") {
			t.Errorf("Match(%q) = %q: a value holds a slash", path, target)
		}
	})
}
