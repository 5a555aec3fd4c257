package behave

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

func TestEveryOperationWithAResourceHasAStep(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	if f.steps["plain"] != nil {
		t.Error("an operation without x-resource has a step")
	}
	if want := len(f.contract.Operations) - 1; len(f.steps) != want || want < 10 {
		t.Errorf("there are %d steps for %d operations", len(f.steps), want)
	}
	stranger, err := specs.Parse("farm", "farm.yaml", []byte(strings.Replace(farm, "x-understudy: 1\n", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := Steps(stranger); got != nil {
		t.Errorf("a stranger's document has %v", got)
	}
}

func TestASessionBeginsWithABelievableFew(t *testing.T) {
	t.Parallel()
	for seed := range int64(20) {
		f := newFarmer(t, farm, seed)
		list := listOf(f.call("listAnimals", nil), "/data/list")
		if got := texts(list, "/id"); !slices.Equal(got, []string{"42", "2", "3"}) {
			t.Fatalf("seed %d: the keys are %q", seed, got)
		}
		for _, one := range list {
			id := one.(map[string]any)["id"]
			got := f.call("getAnimal", arguments{"id": id})
			if v, _ := valueAt(got.Value, "/data"); !reflect.DeepEqual(v, one) {
				t.Errorf("seed %d: the list has %v, and by its key it is %v", seed, one, v)
			}
		}
		again := newFarmer(t, farm, seed)
		if other := listOf(again.call("listAnimals", nil), "/data/list"); !reflect.DeepEqual(other, list) {
			t.Errorf("seed %d: %v, and in another session %v", seed, list, other)
		}
	}
}

func TestExamplesComeFirst(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	keys := texts(f.call("listKeepers", nil).Value.([]any), "/code")
	if !slices.Equal(keys, []string{"ANNA", "BO", "CY", "DI"}) {
		t.Errorf("the keys are %q", keys)
	}
	// What the document shows is no longer there once it is wrong.
	f = newFarmer(t, strings.Replace(farm, "{code: BO, name: Bo}", "{code: BO}", 1), 1)
	if keys := texts(f.call("listKeepers", nil).Value.([]any), "/code"); len(keys) != 3 || slices.Contains(keys, "ANNA") {
		t.Errorf("the keys of a wrong example are %q", keys)
	}
}

// The document's own example of a creation must not be refused because the session began with it.
func TestTheExampleOfACreationIsFree(t *testing.T) {
	t.Parallel()
	document := strings.NewReplacer(
		"example: 42}", "example: 7}",
		"requestBody: {content: {application/json: {schema: {$ref: \"#/components/schemas/Animal\"}}}}\n      responses:\n        \"200\": {description: it was there",
		"requestBody: {content: {application/json: {schema: {$ref: \"#/components/schemas/Animal\"}, example: {id: 7, name: Seven, species: hen}}}}\n      responses:\n        \"200\": {description: it was there",
	).Replace(farm)
	f := newFarmer(t, document, 1)
	f.call("addAnimal", arguments{"": `{"id": 7, "name": "Seven", "species": "hen"}`})
	shown := newFarmer(t, strings.Replace(document, `schema: {$ref: "#/components/schemas/Wrapped"}}}}, "404"`, `schema: {$ref: "#/components/schemas/Wrapped"}, example: {code: 0, data: {id: 7, name: Shown, species: pig}}}}}, "404"`, 1), 1)
	if got := texts(listOf(shown.call("listAnimals", nil), "/data/list"), "/id"); slices.Contains(got, "7") {
		t.Errorf("the keys are %q", got)
	}
	f.fails(http.StatusConflict, "addAnimal", arguments{"": `{"id": 7, "name": "Seven", "species": "hen"}`})
}

func TestCreateAndRead(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	made := f.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow", "secret": "s", "place": {"farm": "North", "pin": "1"}, "colour": "red"}`})
	id := at(made, "/data/id")
	if made.Status != http.StatusCreated || id != "4" {
		t.Errorf("status %d, id %q", made.Status, id)
	}
	if got := made.Header["Location"]; got != "/~s/animals/4" {
		t.Errorf("Location %v", got)
	}
	want := map[string]any{
		"id": json.Number("4"), "name": "Elsie", "species": "cow", "weight": json.Number("1.5"), "place": map[string]any{"farm": "North"},
		"created": "2024-03-05T12:03:20+08:00", "updatedAt": "2024-03-05T12:03:20+08:00",
	}
	for _, r := range []Reply{made, f.call("getAnimal", arguments{"id": json.Number("4")})} {
		if v, _ := valueAt(r.Value, "/data"); !reflect.DeepEqual(v, want) {
			t.Errorf("answered %v, want %v", v, want)
		}
	}
	summary := f.call("findAnimal", arguments{"": `{"query": {"id": 4}}`})
	if at(summary, "/name") != "Elsie" || at(summary, "/grade") == "" {
		t.Errorf("the summary is %v", summary.Value)
	}
	if again := f.call("findAnimal", arguments{"": `{"query": {"id": 4}}`}); !reflect.DeepEqual(again.Value, summary.Value) {
		t.Errorf("and then %v", again.Value)
	}
	if next := f.call("addAnimal", arguments{"": `{"name": "Bert", "species": "pig"}`}); at(next, "/data/id") != "5" {
		t.Errorf("the next is %v", next.Value)
	}
	if got := texts(listOf(f.call("listAnimals", nil), "/data/list"), "/name"); !slices.Equal(got[3:], []string{"Elsie", "Bert"}) {
		t.Errorf("the list ends with %q", got[3:])
	}
}

func TestAKeyOfTheCallers(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	f.call("addKeeper", arguments{"": `{"code": "zoe", "name": "Zoe"}`})
	if got := f.call("getKeeper", arguments{"keeper": "zoe"}); at(got, "/name") != "Zoe" {
		t.Errorf("there is %v", got.Value)
	}
	// Nothing says that a second one is refused.
	f.call("addKeeper", arguments{"": `{"code": "zoe", "name": "Zoë"}`})
	if got := f.call("getKeeper", arguments{"keeper": "zoe"}); at(got, "/name") != "Zoë" {
		t.Errorf("there is %v", got.Value)
	}
	minted := at(f.call("addKeeper", arguments{"": `{"name": "Anonymous"}`}), "/code")
	if minted == "" {
		t.Error("no key was minted")
	}
	f.call("getKeeper", arguments{"keeper": minted})

	f.call("addAnimal", arguments{"": `{"id": 70, "name": "A", "species": "hen"}`})
	f.fails(http.StatusConflict, "addAnimal", arguments{"": `{"id": 70, "name": "B", "species": "hen"}`})
	f.fails(http.StatusConflict, "addAnimal", arguments{"": `{"id": 2, "name": "B", "species": "hen"}`})
	f.fails(http.StatusUnprocessableEntity, "addAnimal", arguments{"": `["no object"]`})
	if got := f.call("getAnimal", arguments{"id": json.Number("70")}); at(got, "/data/name") != "A" {
		t.Errorf("a refused creation has changed %v", got.Value)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	before := f.call("getAnimal", arguments{"id": json.Number("2")})
	f.now = f.now.Add(time.Hour)
	got := f.call("replaceAnimal", arguments{"id": json.Number("2"), "": `{"id": 9, "name": "New", "species": "hen", "created": "1999-01-01T00:00:00Z"}`})
	if at(got, "/data/id") != "2" || at(got, "/data/name") != "New" || at(got, "/data/weight") != "1.5" {
		t.Errorf("replaced by %v", got.Value)
	}
	if at(got, "/data/created") != at(before, "/data/created") && at(before, "/data/created") != "" {
		t.Errorf("the creation has moved: %v", got.Value)
	}
	if at(got, "/data/updatedAt") != "2024-03-05T13:03:20+08:00" {
		t.Errorf("the change is of %v", at(got, "/data/updatedAt"))
	}
	if read := f.call("getAnimal", arguments{"id": json.Number("2")}); !reflect.DeepEqual(read.Value, got.Value) {
		t.Errorf("read %v", read.Value)
	}
	f.fails(notFound, "replaceAnimal", arguments{"id": json.Number("99"), "": `{"name": "New", "species": "hen"}`})
	f.fails(notFound, "getAnimal", arguments{"id": json.Number("99")})

	made := f.call("replaceKeeper", arguments{"keeper": "eve", "": `{"name": "Eve"}`})
	if made.Status != http.StatusCreated || at(made, "/code") != "eve" {
		t.Errorf("put at a new key: %+v", made)
	}
	if changed := f.call("replaceKeeper", arguments{"keeper": "eve", "": `{"name": "Eva"}`}); changed.Status != http.StatusNoContent {
		t.Errorf("put at an old key: %+v", changed)
	}
	if got := f.call("getKeeper", arguments{"keeper": "eve"}); at(got, "/name") != "Eva" {
		t.Errorf("read %v", got.Value)
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	f.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow", "tags": ["a", "b"], "place": {"farm": "North", "pin": "1"}}`})
	id := json.Number("4")
	got := f.call("patchAnimal", arguments{"id": id, "": `{"name": "Else", "tags": null, "place": {"farm": "South"}, "id": 8}`})
	if at(got, "/data/name") != "Else" || at(got, "/data/place/farm") != "South" || at(got, "/data/species") != "cow" || at(got, "/data/id") != "4" {
		t.Errorf("merged into %v", got.Value)
	}
	if _, there := valueAt(got.Value, "/data/tags"); there {
		t.Errorf("null has not removed: %v", got.Value)
	}
	got = f.call("patchAnimal", arguments{"id": id, "": `[{"op": "test", "path": "/name", "value": "Else"}, {"op": "add", "path": "/tags", "value": ["x"]}, {"op": "add", "path": "/tags/-", "value": "y"}, {"op": "replace", "path": "/species", "value": "hen"}]`})
	if at(got, "/data/tags/1") != "y" || at(got, "/data/species") != "hen" {
		t.Errorf("patched into %v", got.Value)
	}
	created := at(got, "/data/created")
	if got = f.call("patchAnimal", arguments{"id": id, "": `{"created": "never"}`}); at(got, "/data/created") != created {
		t.Errorf("a caller has changed what only the vendor can: %v", got.Value)
	}
	for _, patch := range []string{`{"species": "yak"}`, `{"name": null}`, `[{"op": "test", "path": "/name", "value": "x"}]`, `[{"op": "remove", "path": "/name"}]`, `[{"op": "replace", "path": "", "value": 1}]`, `"text"`} {
		f.fails(http.StatusUnprocessableEntity, "patchAnimal", arguments{"id": id, "": patch})
	}
	if read := f.call("getAnimal", arguments{"id": id}); !reflect.DeepEqual(read.Value, got.Value) {
		t.Errorf("refused patches have made %v of %v", read.Value, got.Value)
	}
	f.fails(notFound, "patchAnimal", arguments{"id": json.Number("99"), "": `{}`})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	f.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow"}`})
	for _, id := range []string{"2", "4"} {
		if got := f.call("dropAnimal", arguments{"id": json.Number(id)}); got.Value != nil {
			t.Errorf("deleting answers %v", got.Value)
		}
		f.fails(notFound, "dropAnimal", arguments{"id": json.Number(id)})
		f.fails(notFound, "getAnimal", arguments{"id": json.Number(id)})
		f.fails(notFound, "patchAnimal", arguments{"id": json.Number(id), "": `{}`})
		f.fails(notFound, "replaceAnimal", arguments{"id": json.Number(id), "": `{"name": "a", "species": "cow"}`})
	}
	if got := texts(listOf(f.call("listAnimals", nil), "/data/list"), "/id"); !slices.Equal(got, []string{"42", "3"}) {
		t.Errorf("there are %q", got)
	}
	// A key is not given out twice.
	if got := at(f.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow"}`}), "/data/id"); got != "5" {
		t.Errorf("the next is %s", got)
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	for _, id := range []string{"42", "2", "3"} {
		f.call("dropAnimal", arguments{"id": json.Number(id)})
	}
	f.call("addAnimal", arguments{"": `{"name": "A", "species": "cow", "tags": ["x", "y"], "weight": 2.50, "place": {"farm": "North"}}`})
	f.call("addAnimal", arguments{"": `{"name": "B", "species": "hen", "tags": ["y"], "place": {"farm": "North"}}`})
	f.call("addAnimal", arguments{"": `{"name": "C", "species": "hen", "weight": 2.5}`})
	tests := []struct {
		with arguments
		want string
	}{
		{nil, "ABC"},
		{arguments{"species": "hen"}, "BC"},
		{arguments{"species": "pig"}, ""},
		{arguments{"species": ""}, "ABC"},
		{arguments{"species": nil}, "ABC"},
		{arguments{"tags": []any{"x"}}, "A"},
		{arguments{"tags": []any{"x", "y"}}, "AB"},
		{arguments{"weight": json.Number("2.5")}, "AC"},
		{arguments{"weight": "2.5"}, "C"}, // text is compared as text
		{arguments{"called": "C"}, "C"},
		{arguments{"farm": "North", "species": "hen"}, "B"},
		{arguments{"name": "A"}, "ABC"}, // the operation has no such parameter
	}
	for _, tt := range tests {
		got := f.call("listAnimals", tt.with)
		if names := strings.Join(texts(listOf(got, "/data/list"), "/name"), ""); names != tt.want || at(got, "/data/total") != strconv.Itoa(len(tt.want)) {
			t.Errorf("%v: %q of %s, want %q", tt.with, names, at(got, "/data/total"), tt.want)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	for i := range 9 {
		f.call("addAnimal", arguments{"": fmt.Sprintf(`{"name": "n%d", "species": "cow"}`, i)})
	}
	tests := []struct {
		page, size any
		want       string
	}{
		{nil, nil, "42 2 3 4 5 6 7 8 9 10"}, // the document's default size
		{"2", nil, "11 12"},
		{"1", "5", "42 2 3 4 5"}, {"2", "5", "6 7 8 9 10"}, {"3", "5", "11 12"}, {"4", "5", ""},
		{"0", "5", "42 2 3 4 5"}, {"-7", "5", "42 2 3 4 5"}, {"1", "0", "42 2 3 4 5 6 7 8 9 10"}, {"1", "100", "42 2 3 4 5 6 7 8 9 10 11 12"},
		{"9223372036854775807", "9223372036854775807", ""}, {"99999999999999999999", "5", "42 2 3 4 5"}, {"13", "1", ""}, {"12", "1", "12"},
	}
	for _, tt := range tests {
		with := arguments{}
		if tt.page != nil {
			with["page"] = json.Number(tt.page.(string))
		}
		if tt.size != nil {
			with["pageSize"] = json.Number(tt.size.(string))
		}
		got := f.call("listAnimals", with)
		if keys := strings.Join(texts(listOf(got, "/data/list"), "/id"), " "); keys != tt.want || at(got, "/data/total") != "12" {
			t.Errorf("page %v of %v: %q of %s, want %q", tt.page, tt.size, keys, at(got, "/data/total"), tt.want)
		}
	}
	echo := f.call("listAnimals", arguments{"page": json.Number("2"), "pageSize": json.Number("5")})
	if size, _ := valueAt(echo.Value, "/data/pageSize"); at(echo, "/data/page") != "2" || size != "5" {
		t.Errorf("the reply says %v", echo.Value)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	all := f.call("listKeepers", nil)
	keys := texts(all.Value.([]any), "/code")
	if len(keys) < 3 || scalarText(all.Header["X-Total"]) != strconv.Itoa(len(keys)) {
		t.Fatalf("%q of %v", keys, all.Header)
	}
	tests := []struct {
		offset, limit string
		from, to      int
	}{{"0", "2", 0, 2}, {"1", "1", 1, 2}, {"2", "100", 2, len(keys)}, {"99", "2", 0, 0}, {"-1", "1", 0, 1}}
	for _, tt := range tests {
		got := f.call("listKeepers", arguments{"offset": json.Number(tt.offset), "limit": json.Number(tt.limit)})
		if codes := texts(got.Value.([]any), "/code"); !slices.Equal(codes, keys[tt.from:tt.to]) {
			t.Errorf("%+v: %q", tt, codes)
		}
	}
}

func TestCursorAndParents(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	keeper := texts(f.call("listKeepers", nil).Value.([]any), "/code")[0]
	if begun := listOf(f.call("listShifts", arguments{"keeper": keeper}), "/shifts"); len(begun) == 0 {
		t.Error("no shift begins below the first keeper")
	}
	for i := range 5 {
		made := f.call("addShift", arguments{"keeper": "zoe", "": fmt.Sprintf(`{"day": "2024-01-0%d"}`, i+1)})
		id := at(made, "/meta/id")
		if made.Header["location"] != "/~s/keepers/zoe/shifts/"+id {
			t.Errorf("location %v", made.Header)
		}
		f.fails(notFound, "getShift", arguments{"keeper": "bo", "shift": id})
		f.fails(notFound, "dropShift", arguments{"keeper": "bo", "shift": id})
		if got := f.call("getShift", arguments{"keeper": "zoe", "shift": id}); !reflect.DeepEqual(got.Value, made.Value) {
			t.Errorf("made %v, read %v", made.Value, got.Value)
		}
	}
	seen := []string{}
	with := arguments{"keeper": "zoe", "limit": json.Number("2")}
	for page := range 4 {
		got := f.call("listShifts", with)
		list := listOf(got, "/shifts")
		seen = append(seen, texts(list, "/day")...)
		if page == 0 {
			// The last one seen goes away meanwhile; nothing is missed.
			f.call("dropShift", arguments{"keeper": "zoe", "shift": texts(list, "/meta/id")[1]})
		}
		next := at(got, "/next")
		if (next == "") != (page == 2) {
			t.Fatalf("page %d goes on at %q", page, next)
		}
		if next == "" {
			break
		}
		with["after"] = next
	}
	if want := []string{"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}; !slices.Equal(seen, want) {
		t.Errorf("saw %q", seen)
	}
	for _, bad := range []string{"x", "!!", "MTIz", "LTE6YQ"} {
		f.fails(http.StatusBadRequest, "listShifts", arguments{"keeper": "zoe", "after": bad})
	}
	if got := f.call("listShifts", arguments{"keeper": "nobody"}); len(listOf(got, "/shifts")) != 0 {
		t.Errorf("nobody has %v", got.Value)
	}
}

func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	f.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow", "tags": []}`})
	var all sync.WaitGroup
	keys := make(chan string, 50)
	for i := range 50 {
		all.Go(func() {
			one := &farmer{TB: t, contract: f.contract, set: f.set, steps: f.steps, world: f.world, now: f.now, numbers: map[string]int64{}}
			if _, err := one.try("patchAnimal", arguments{"id": json.Number("4"), "": fmt.Sprintf(`[{"op": "add", "path": "/tags/-", "value": "t%d"}]`, i)}); err != nil {
				t.Error(err)
			}
			made, err := one.try("addAnimal", arguments{"": `{"name": "A", "species": "cow"}`})
			if err != nil {
				t.Error(err)
			}
			keys <- at(made, "/data/id")
		})
	}
	all.Wait()
	close(keys)
	distinct := map[string]bool{}
	for key := range keys {
		distinct[key] = true
	}
	if len(distinct) != 50 {
		t.Errorf("%d keys for 50 creations", len(distinct))
	}
	v, _ := valueAt(f.call("getAnimal", arguments{"id": json.Number("4")}).Value, "/data/tags")
	if tags, _ := v.([]any); len(tags) != 50 {
		t.Errorf("%d of 50 changes are kept", len(tags))
	}
}

func (f *farmer) records(kind string) []Record {
	f.Helper()
	var list []Record
	err := f.world.Store.Update(f.Context(), f.world.Session, func(tx state.Tx) (err error) {
		list, err = Records(tx, f.world, f.now, f.contract, kind)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return list
}

func TestRecordsOfAResource(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	want := []Kind{
		{Name: "animal", Schema: "/components/schemas/Wrapped/properties/data", Key: "id"},
		{Name: "keeper", Schema: "/components/schemas/Keeper", Key: "code"},
		{Name: "shift", Schema: "/components/schemas/Shift", Key: "KEEPER/META/ID"},
	}
	if got := Kinds(f.contract); !slices.Equal(got, want) {
		t.Errorf("the kinds are %+v", got)
	}
	if got := f.records("animal"); len(got) != 3 || got[0].Key != "42" || got[0].Origin != Generated {
		t.Errorf("there are %+v", got)
	}
	var put Record
	err := f.world.Store.Update(t.Context(), f.world.Session, func(tx state.Tx) (err error) {
		if put, err = Put(tx, f.world, f.now, f.contract, "animal", "2", value.Record{"name": "Put"}); err != nil {
			return err
		}
		if _, err = Put(tx, f.world, f.now, f.contract, "animal", "77", value.Record{"species": "hen"}); err != nil {
			return err
		}
		if _, err = Put(tx, f.world, f.now, f.contract, "shift", "zoe/8c1f0a2e-5f0a-4c55-9a3e-0a7b1c2d3e4f", value.Record{"day": "2024-02-02"}); err != nil {
			return err
		}
		_, err = Delete(tx, f.world, f.now, f.contract, "animal", "3")
		return err
	})
	if err != nil || put.Origin != WasPut || put.Value["name"] != "Put" {
		t.Fatalf("put %+v, %v", put, err)
	}
	if got := f.call("getAnimal", arguments{"id": json.Number("2")}); at(got, "/data/name") != "Put" || at(got, "/data/id") != "2" {
		t.Errorf("there is %v", got.Value)
	}
	if got := f.call("getAnimal", arguments{"id": json.Number("77")}); at(got, "/data/species") != "hen" || at(got, "/data/name") == "" {
		t.Errorf("there is %v", got.Value)
	}
	if got := f.call("getShift", arguments{"keeper": "zoe", "shift": "8c1f0a2e-5f0a-4c55-9a3e-0a7b1c2d3e4f"}); at(got, "/day") != "2024-02-02" {
		t.Errorf("there is %v", got.Value)
	}
	f.fails(notFound, "getAnimal", arguments{"id": json.Number("3")})
	_ = f.world.Store.Update(t.Context(), f.world.Session, func(tx state.Tx) error {
		for key, patch := range map[string]value.Record{"2": {"id": 3}, "": {}} {
			if _, err := Put(tx, f.world, f.now, f.contract, "animal", key, patch); err == nil {
				t.Errorf("put %v at %q", patch, key)
			}
		}
		if _, err := Put(tx, f.world, f.now, f.contract, "shift", "alone", value.Record{}); err == nil {
			t.Error("a shift without a keeper was put")
		}
		if deleted, err := Delete(tx, f.world, f.now, f.contract, "animal", "999"); deleted || err != nil {
			t.Errorf("deleted %v, %v", deleted, err)
		}
		return nil
	})
}

// Two vendors may call different things by one name.
func TestKindsOfTwoVendorsAreTwo(t *testing.T) {
	t.Parallel()
	one, other := newFarmer(t, farm, 1), newFarmer(t, farm, 1)
	c, err := specs.Parse("ranch", "ranch.yaml", []byte(farm))
	if err != nil {
		t.Fatal(err)
	}
	other.contract, other.steps, other.world = c, Steps(c), one.world
	one.call("addAnimal", arguments{"": `{"name": "Elsie", "species": "cow"}`})
	other.fails(notFound, "getAnimal", arguments{"id": json.Number("4")})
}

func TestDataOfAResource(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, farm, 1)
	data, err := ParseData("farm", "farm.data.yaml", []byte(`
animal:
- {id: 5, name: Mine, species: pig}
- {name: Also mine}
shift: []
`), f.contract)
	if err != nil {
		t.Fatal(err)
	}
	f.world.Data = data
	list := listOf(f.call("listAnimals", nil), "/data/list")
	if got := texts(list, "/name"); !slices.Equal(got, []string{"Mine", "Also mine"}) {
		t.Errorf("there are %v", list)
	}
	if got := texts(list, "/id"); !slices.Equal(got, []string{"5", "1"}) {
		t.Errorf("the keys are %q", got)
	}
	f.call("getAnimal", arguments{"id": json.Number("5")})
	if got := f.records("animal"); got[0].Origin != FromData {
		t.Errorf("there are %+v", got)
	}
	if got := f.records("shift"); len(got) != 0 {
		t.Errorf("there are %+v", got)
	}
	if got := f.records("keeper"); len(got) < 3 {
		t.Errorf("what the data do not list is %+v", got)
	}
	wrong := map[string]string{
		"animal:\n- {id: 5, species: yak}\n":                  "farm.data.yaml:2: species",
		"animal:\n- {id: 5, colour: red}\n":                   "farm.data.yaml:2: no such member",
		"animal:\n- {id: 5}\n- {id: 5}\n":                     "farm.data.yaml:3: the same id as at farm.data.yaml:2",
		"plant: []\n":                                         "no such kind of records; farm takes animal, keeper, shift",
		"shift:\n- meta: {id: 1}\n  day: 2024-01-01\n":        "farm.data.yaml:2:",
		"keeper:\n- {code: a, name: b}\n- {code: a, name: c}": "the same code",
	}
	for _, text := range slices.Sorted(maps.Keys(wrong)) {
		if _, err := ParseData("farm", "farm.data.yaml", []byte(text), f.contract); err == nil || !strings.Contains(err.Error(), wrong[text]) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
