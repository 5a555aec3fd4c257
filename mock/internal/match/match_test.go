package match

import (
	"maps"
	"slices"
	"testing"
)

// index holds every path as its own target.
func index(t *testing.T, paths ...string) *Index[string] {
	t.Helper()
	var x Index[string]
	for _, p := range paths {
		if err := x.Add(p, p); err != nil {
			t.Fatalf("Add(%s): %v", p, err)
		}
	}
	return &x
}

func TestFind(t *testing.T) {
	t.Parallel()
	paths := []string{
		"/{any}", "/pets", "/pets/{id}", "/pets/mine", "/pets/{id}:feed", "/pets/{id}/toys/{toy}", "/{x}.{ext}",
		"/files/{name}.json", "/files/{name}", "/体检/{号}", "/a+b/{v}", "/",
	}
	tests := []struct {
		path, want string
		values     map[string]string
	}{
		{"/", "/", nil},
		{"/pets", "/pets", nil},
		{"/pets/mine", "/pets/mine", nil},
		{"/pets/7", "/pets/{id}", map[string]string{"id": "7"}},
		{"/pets/7:feed", "/pets/{id}:feed", map[string]string{"id": "7"}},
		{"/pets/7:other", "/pets/{id}", map[string]string{"id": "7:other"}},
		{"/pets/a:b:feed", "/pets/{id}:feed", map[string]string{"id": "a:b"}},
		{"/pets/7/toys/ball", "/pets/{id}/toys/{toy}", map[string]string{"id": "7", "toy": "ball"}},
		{"/report.pdf", "/{x}.{ext}", map[string]string{"x": "report", "ext": "pdf"}},
		{"/report", "/{any}", map[string]string{"any": "report"}},
		{"/files/a.json", "/files/{name}.json", map[string]string{"name": "a"}},
		{"/files/a.xml", "/files/{name}", map[string]string{"name": "a.xml"}},
		{"/pets/a%2Fb", "/pets/{id}", map[string]string{"id": "a/b"}},
		{"/pets/a%2Fb/toys/c%2f", "/pets/{id}/toys/{toy}", map[string]string{"id": "a/b", "toy": "c/"}},
		{"/pets/%E5%BC%A0", "/pets/{id}", map[string]string{"id": "张"}},
		{"/pets/a+b", "/pets/{id}", map[string]string{"id": "a+b"}},
		{"/pets/a%20b", "/pets/{id}", map[string]string{"id": "a b"}},
		{"/a+b/1", "/a+b/{v}", map[string]string{"v": "1"}},
		{"/体检/1", "/体检/{号}", map[string]string{"号": "1"}},
		{"/pets/", "", nil},
		{"/pets/7/", "", nil},
		{"/pets/7/toys", "", nil},
		{"/pets/7/toys/", "", nil},
		{"/pets//toys/ball", "", nil},
		{"/pets/7/toys/a/b", "", nil},
		{"/aab/1", "", nil},
		{"/pets/%zz", "", nil},
		{"", "", nil},
		{"pets", "", nil},
	}
	x := index(t, paths...)
	for _, tt := range tests {
		got, values, ok := x.Find(tt.path)
		if got != tt.want || ok != (tt.want != "") || !maps.Equal(values, tt.values) {
			t.Errorf("Find(%q) = %q, %v, %v, want %q, %v", tt.path, got, values, ok, tt.want, tt.values)
		}
	}
}

// The order in which paths are added must not decide what is found.
func TestFindTriesTheMoreConcreteFirst(t *testing.T) {
	t.Parallel()
	paths := []string{"/{a}/{b}", "/{a}/items", "/users/{b}", "/users/{b}:lock", "/users/all"}
	tests := map[string]string{
		"/users/all": "/users/all", "/users/x:lock": "/users/{b}:lock", "/users/x": "/users/{b}",
		"/things/items": "/{a}/items", "/things/x": "/{a}/{b}",
	}
	for range paths {
		paths = append(paths[1:], paths[0])
		x := index(t, paths...)
		for path, want := range tests {
			if got, _, _ := x.Find(path); got != want {
				t.Errorf("added as %v: Find(%s) = %s, want %s", paths, path, got, want)
			}
		}
	}
}

func TestAddRefusesWhatIsTaken(t *testing.T) {
	t.Parallel()
	tests := [][2]string{
		{"/pets", "/pets"},
		{"/pets/{id}", "/pets/{id}"},
		{"/pets/{id}", "/pets/{name}"},
		{"/{a}.{b}", "/{x}.{y}"},
	}
	for _, tt := range tests {
		x := index(t, tt[0])
		if err := x.Add(tt[1], "second"); err == nil {
			t.Errorf("%s was added after %s", tt[1], tt[0])
		}
		if got := x.Paths(); !slices.Equal(got, tt[:1]) {
			t.Errorf("after the refusal there are %v", got)
		}
	}
}

func TestEmptyIndex(t *testing.T) {
	t.Parallel()
	var x Index[int]
	if target, values, ok := x.Find("/"); ok || target != 0 || values != nil {
		t.Errorf("Find in nothing = %v, %v, %v", target, values, ok)
	}
	if got := x.Paths(); len(got) != 0 {
		t.Errorf("Paths = %v", got)
	}
}

func TestPathsAreSorted(t *testing.T) {
	t.Parallel()
	x := index(t, "/b/{id}", "/c", "/a")
	if got, want := x.Paths(), []string{"/a", "/b/{id}", "/c"}; !slices.Equal(got, want) {
		t.Errorf("Paths = %v, want %v", got, want)
	}
}
