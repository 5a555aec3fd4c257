package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/specs"
)

// shop is the plain vendor of the corpus that remembers what callers do, by its x-resource alone.
type shop struct {
	*testing.T
	server *mock.Server
}

func newShop(t *testing.T) shop {
	t.Helper()
	c, err := specs.Read("shop", corpusFolder+"/shop.yaml", specs.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return shop{t, server}
}

// call makes a call that must be answered with a status, and returns the reply's body and header.
func (s shop) call(status int, method, path, body string) (any, http.Header) {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	if w.Code != status || w.Header().Get("Understudy-Refusal") != "" {
		s.Fatalf("%s %s is answered with %d, want %d: %v %s", method, path, w.Code, status, w.Header(), w.Body)
	}
	if bytes.Contains(w.Body.Bytes(), []byte("secret")) {
		s.Errorf("%s %s tells what only travels to the vendor: %s", method, path, w.Body)
	}
	var v any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			s.Fatal(err)
		}
	}
	return v, w.Header()
}

// member is what stands below names of a value.
func member(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func TestShopRemembers(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	list, _ := s.call(200, "GET", "/~one/pets", "")
	before := member(list, "data", "total").(float64)
	if before < 1 {
		t.Errorf("the shop begins with %v", list)
	}
	made, header := s.call(201, "POST", "/~one/pets", `{"name": "Tom", "kind": "cat", "secret": "s"}`)
	id := fmt.Sprint(member(made, "data", "id"))
	location := header.Get("Location")
	if location != "/~one/pets/"+id {
		t.Errorf("Location is %q", location)
	}
	read, _ := s.call(200, "GET", location, "")
	if fmt.Sprint(read) != fmt.Sprint(made) {
		t.Errorf("made %v, read %v", made, read)
	}
	s.call(200, "HEAD", location, "")
	patched, _ := s.call(200, "PATCH", location, `{"name": "Tim"}`)
	if member(patched, "data", "name") != "Tim" || member(patched, "data", "kind") != "cat" {
		t.Errorf("patched is %v", patched)
	}
	s.call(422, "PATCH", location, `{"kind": "yak"}`)
	replaced, _ := s.call(200, "PUT", location, `{"name": "Rex", "kind": "dog"}`)
	if member(replaced, "data", "name") != "Rex" || member(replaced, "data", "created") != member(made, "data", "created") {
		t.Errorf("replaced is %v", replaced)
	}
	dogs, _ := s.call(200, "GET", "/~one/pets?kind=dog&pageSize=50", "")
	found := slices.ContainsFunc(member(dogs, "data", "list").([]any), func(pet any) bool { return fmt.Sprint(member(pet, "id")) == id })
	for _, pet := range member(dogs, "data", "list").([]any) {
		if member(pet, "kind") != "dog" {
			t.Errorf("among the dogs is %v", pet)
		}
	}
	if !found {
		t.Errorf("the new one is not among %v", dogs)
	}
	after, _ := s.call(200, "GET", "/~one/pets", "")
	if member(after, "data", "total") != before+1 {
		t.Errorf("from %v to %v", before, after)
	}
	// Another session knows nothing of it.
	s.call(404, "GET", "/~two/pets/"+id, "")
	s.call(204, "DELETE", location, "")
	for _, method := range []string{"GET", "DELETE"} {
		s.call(404, method, location, "")
	}
	s.call(404, "PUT", location, `{"name": "Rex", "kind": "dog"}`)
}

func TestShopAgreesWithItself(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	list, _ := s.call(200, "GET", "/pets?pageSize=50", "")
	for _, pet := range member(list, "data", "list").([]any) {
		one, _ := s.call(200, "GET", fmt.Sprintf("/pets/%v", member(pet, "id")), "")
		if fmt.Sprint(member(one, "data")) != fmt.Sprint(pet) {
			t.Errorf("the list has %v, and alone it is %v", pet, one)
		}
		toys, header := s.call(200, "GET", fmt.Sprintf("/pets/%v/toys", member(pet, "id")), "")
		if header.Get("X-Total-Count") != fmt.Sprint(len(toys.([]any))) {
			t.Errorf("%v toys, and the header says %v", toys, header)
		}
		for _, toy := range toys.([]any) {
			if member(toy, "pet") != member(pet, "id") {
				t.Errorf("the toy %v of the pet %v", toy, pet)
			}
			s.call(200, "GET", fmt.Sprintf("/toys/%v", member(toy, "id")), "")
		}
	}
	var numbers []any
	for path := "/events"; ; {
		page, _ := s.call(200, "GET", path, "")
		for _, event := range member(page, "events").([]any) {
			numbers = append(numbers, member(event, "number"))
		}
		next := member(page, "next")
		if next == nil || len(numbers) > 10 {
			break
		}
		path = "/events?after=" + next.(string)
	}
	if len(numbers) != 3 || numbers[0] == numbers[1] || numbers[1] == numbers[2] {
		t.Errorf("the events are %v", numbers)
	}
}

func TestShopLosesNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const callers, each = 8, 10
	var all sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	for range callers {
		all.Go(func() {
			for range each {
				r := httptest.NewRequest("POST", "/pets", strings.NewReader(`{"name": "Tom", "kind": "cat"}`))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				s.server.ServeHTTP(w, r)
				mu.Lock()
				ids[w.Header().Get("Location")] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	list, _ := s.call(200, "GET", "/pets", "")
	if total := member(list, "data", "total"); len(ids) != callers*each || total != float64(callers*each+3) {
		t.Errorf("%d creations made %d pets, and there are %v", callers*each, len(ids), total)
	}
}

// What the shop holds is listed and changed from outside as any vendor's records are.
func TestShopsRecords(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	session, err := s.server.Session("one")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	list, err := session.Records(ctx, "shop", "pet")
	if err != nil || len(list) != 3 || list[0].Origin != behave.Generated {
		t.Fatalf("there are %+v, %v", list, err)
	}
	if _, err := session.PutRecord(ctx, "shop", "pet", "77", map[string]any{"name": "Put", "kind": "dog"}); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.call(200, "GET", "/~one/pets/77", ""); member(got, "data", "name") != "Put" {
		t.Errorf("there is %v", got)
	}
	if _, err := session.PutRecord(ctx, "shop", "pet", "78", map[string]any{"kind": "yak"}); err == nil {
		t.Error("a record that breaks the contract was put")
	}
	s.call(404, "GET", "/~one/pets/78", "")
	if deleted, err := session.DeleteRecord(ctx, "shop", "pet", "77"); err != nil || !deleted {
		t.Errorf("deleted %v, %v", deleted, err)
	}
	s.call(404, "GET", "/~one/pets/77", "")
	if err := s.server.SetData("shop", behave.Data{"pet": {{"id": 5, "name": "Mine"}}}); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.call(200, "GET", "/~two/pets", ""); member(got, "data", "total") != 1.0 {
		t.Errorf("there are %v", got)
	}
	if got, _ := s.call(200, "GET", "/~two/pets/5", ""); member(got, "data", "name") != "Mine" {
		t.Errorf("there is %v", got)
	}
}
