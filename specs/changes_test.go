package specs_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"understudy/specs"
)

// readingChanges tells for every overlay one place that matters and what stands there under it: JSON text, "" for nothing.
func readingChanges() map[string][2]string {
	const reservation = "/components/schemas/Reservation/properties"
	return map[string][2]string{
		"Z-1=body":       {"/x-wire/seal/carriers", `["text"]`},
		"Z-1=form":       {"/x-wire/seal/carriers", `["form"]`},
		"Z-1=quoted":     {"/x-wire/seal/carriers", `["quoted"]`},
		"Z-3=strict":     {"/x-wire/seal/labels", `["application/json"]`},
		"Z-6=plain":      {"/x-wire/seal/failures", `"plain"`},
		"Z-15=text":      {"/components/schemas/TokenReply/properties/result", `{"type":"string","contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/TokenResult"},"x-sensitive":"token","x-source":"Z-15"}`},
		"Z-19=http":      {"/x-errors/3/status", `401`},
		"Z-19=data":      {"/x-errors/3/code", `"50002"`},
		"Z-40=number":    {reservation + "/payType/type", `["integer","null"]`},
		"Z-40=text":      {reservation + "/payType/type", `["string","null"]`},
		"W-2=200":        {"/x-wire/envelope/success/code", `"200"`},
		"W-2=00000":      {"/x-wire/envelope/success/code", `"00000"`},
		"W-8=form":       {"/paths/~1wx~1push~1addPushProject/post/x-wire/formats", `{"form":["form"]}`},
		"W-8=query":      {"/paths/~1wx~1push~1addPushProject/post/x-wire/formats", `{"form":["query"]}`},
		"W-18=mapped":    {"/x-errors/1/status", `405`},
		"W-26=hex":       {"/paths/~1wx~1wxc~1receive/post/x-wire/seal/reads", ""},
		"W-26=base64":    {"/paths/~1wx~1wxc~1receive/post/x-wire/seal/encoding", `"base64"`},
		"W-35=plaintext": {"/paths/~1wx~1push~1addPushProject/post/callbacks/change/{$request.body#~1url}/post/requestBody/content/application~1json/schema", `{"$ref":"#/components/schemas/PushedChange","not":{"required":["app_key","raw_data"]}}`},
		"T-4=object":     {"/components/schemas/TasksReply/properties/data", `{"anyOf":[{"$ref":"#/components/schemas/Task"},{"type":"null"}],"x-source":"T-4"}`},
		"T-5=text":       {"/components/schemas/Task/properties/id/type", `"string"`},
		"T-8=text":       {"/components/schemas/Task/properties/gmtModified/format", `"cn-date-time"`},
		"A-17=plain":     {"/x-wire/formats/lists", `"plain"`},
		"A-19=json":      {"/x-wire/formats/default", `"json"`},
		"E-9=json":       {"/components/schemas/Params/properties/attfiles/pattern", `"^[^\"']*(\"|$)"`},
		"E-9=quotes":     {"/components/schemas/Params/properties/attfiles/pattern", `"^[^\"']*('|$)"`},
		"E-17=absent":    {"/components/schemas/Party/properties/deptid", `{"type":"string","minLength":1,"x-source":"E-17"}`},
		"E-17=null":      {"/components/schemas/Party/properties/deptid", `{"type":["string","null"],"minLength":1,"x-source":"E-17"}`},
		"E-17=empty":     {"/components/schemas/Party/properties/deptid", `{"type":"string","x-source":"E-17"}`},
	}
}

// TestReadingChanges holds every reading to what it changes, and every reading that changes nothing to its reason.
func TestReadingChanges(t *testing.T) {
	t.Parallel()
	changes := readingChanges()
	judged := 0
	for _, vendor := range specs.Vendors() {
		c := load(t, vendor)
		files := map[string]bool{}
		for _, u := range c.Unclear {
			for _, r := range u.Readings {
				name := u.ID + "=" + r.Name
				file := vendor + "/readings/" + u.ID + "." + r.Name + ".yaml"
				chosen := with(t, c, map[string]string{u.ID: r.Name})
				_, missing := os.Stat(file)
				if r.Base != (missing != nil) {
					t.Errorf("%s: either base: true or an overlay %s", name, file)
				}
				if r.Base {
					before, _ := c.Value("")
					after, _ := chosen.Value("")
					if !equal(before, after) {
						t.Errorf("%s is the document as it stands, yet changes it", name)
					}
					continue
				}
				files[file] = true
				want, ok := changes[name]
				if !ok {
					t.Errorf("%s stands in no row", name)
					continue
				}
				judged++
				same(t, chosen, want[0], want[1])
				before, _ := c.Value(want[0])
				if after, _ := chosen.Value(want[0]); equal(before, after) {
					t.Errorf("%s: %s is the same without it", name, want[0])
				}
				if want[1] != "" && !files[deepest(chosen, want[0])] {
					t.Errorf("%s: nothing at %s stands in %s", name, want[0], file)
				}
			}
		}
		checkOverlayFiles(t, vendor, files)
	}
	if judged != len(changes) {
		t.Errorf("%d rows, %d readings with an overlay", len(changes), judged)
	}
}

// deepest is the file of the first thing at or below a pointer that does not stand in the contract's own.
func deepest(c *specs.Contract, pointer string) string {
	file := c.Position(pointer).File
	v, _ := c.Value(pointer)
	switch v := v.(type) {
	case map[string]any:
		for _, name := range c.Names(pointer) {
			if other := deepest(c, pointer+"/"+specs.EscapePointer(name)); other != c.Position("").File {
				return other
			}
		}
	case []any:
		for i := range v {
			if other := deepest(c, pointer+"/"+decimal(i)); other != c.Position("").File {
				return other
			}
		}
	}
	return file
}

// checkOverlayFiles looks for overlays of no reading, and holds each to the contract that it says it extends.
func checkOverlayFiles(t *testing.T, vendor string, wanted map[string]bool) {
	t.Helper()
	found, err := fs.Glob(os.DirFS("."), vendor+"/readings/*")
	if err != nil || len(found) == 0 {
		t.Errorf("%s has no overlay: %v", vendor, err)
	}
	for _, file := range found {
		if !wanted[file] {
			t.Errorf("%s belongs to no reading", file)
		}
		var overlay struct {
			Info    struct{ Title string }
			Extends string
		}
		if err := yaml.Unmarshal([]byte(text(t, vendor, strings.TrimPrefix(file, vendor+"/"))), &overlay); err != nil {
			t.Fatal(err)
		}
		if got := path.Join(path.Dir(file), overlay.Extends); got != vendor+"/openapi.yaml" {
			t.Errorf("%s extends %s", file, got)
		}
		id, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".yaml"), ".")
		if !strings.HasPrefix(overlay.Info.Title, id+"="+name+": ") {
			t.Errorf("%s is called %q", file, overlay.Info.Title)
		}
	}
}

// TestReadingPositions looks where things stand under several readings.
func TestReadingPositions(t *testing.T) {
	t.Parallel()
	c := with(t, load(t, "zheliban"), map[string]string{"Z-19": "http", "Z-15": "text", "Z-40": "text"})
	for pointer, want := range map[string]string{
		"/components/schemas/TokenReply/properties/result/type":          "zheliban/readings/Z-15.text.yaml",
		"/components/schemas/TokenResult":                                "zheliban/readings/Z-15.text.yaml",
		"/components/schemas/Reservation/properties/sexCode/maxLength":   "zheliban/readings/Z-40.text.yaml",
		"/components/schemas/Reservation/properties/sexCode/description": "zheliban/openapi.yaml",
		"/paths/~1reservation~1sync~1order/post/responses/401":           "zheliban/readings/Z-19.http.yaml",
		"/x-errors/3/status": "zheliban/readings/Z-19.http.yaml",
		"/x-errors/3":        "zheliban/openapi.yaml",
	} {
		if got := c.Position(pointer); got.File != want || got.Line < 1 {
			t.Errorf("%s stands at %s, want %s", pointer, got, want)
		}
	}
	if got, want := c.Position("/components/schemas/Reservation/properties/idcard"), load(t, "zheliban").Position("/components/schemas/Reservation/properties/idcard"); got != want {
		t.Errorf("what no reading touched stands at %s, want %s", got, want)
	}
}
