package mock

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/behave"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/state"
	"understudy/specs"
)

// gallery has parameters of all places, most of them plain ones.
const gallery = `openapi: 3.1.0
info: {title: Gallery, version: "1"}
paths:
  /rooms/{room}/pictures/{id}.{ext}:
    get:
      parameters:
        - {name: room, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: id, in: path, required: true, schema: {type: string, maxLength: 5}}
        - {name: ext, in: path, required: true, schema: {enum: [png, jpg]}}
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
        - {name: title, in: query, required: true, schema: {type: string, minLength: 1}}
        - {name: all, in: query, allowEmptyValue: true, schema: {type: boolean}}
        - {name: id, in: query, schema: {type: string}}
        - {name: any, in: query}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: size, in: query, style: deepObject, schema: {type: object, properties: {w: {type: integer}}}}
        - {name: limit, in: header, schema: {type: [integer, "null"]}}
        - {name: x-trace, in: header, schema: {type: string, pattern: "^[a-z]+$"}}
        - {name: X-List, in: header, schema: {type: array, items: {type: integer}}}
        - {name: sid, in: cookie, schema: {type: string}}
      responses: {"200": {description: picture}}
`

// tabled takes a request as far as to its parameters; slow leaves those that are there to params.Decode.
func tabled(tb testing.TB, slow bool) func(*http.Request) (*exchange, []*no) {
	tb.Helper()
	c, err := specs.Parse("gallery", "gallery.yaml", []byte(gallery))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := New(Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		tb.Fatal(err)
	}
	plain := 0
	for _, op := range s.base().vendors[0].operations {
		if err := op.ready(); err != nil {
			tb.Fatal(err)
		}
		op.step = func(state.Tx, *behave.Call) (behave.Reply, error) { return behave.Reply{}, nil } // who reads them
		for i := range op.table.rows {
			if op.table.rows[i].plain != nil {
				plain++
			}
			if slow {
				op.table.rows[i].plain, op.table.rows[i].named = nil, false
			}
		}
	}
	if plain != 10 {
		tb.Fatalf("%d parameters are plain", plain)
	}
	return func(r *http.Request) (*exchange, []*no) {
		x := &exchange{server: s, request: r}
		for _, stage := range []func(*Server, *exchange) *no{(*Server).read, (*Server).enter, (*Server).match} {
			if failed := stage(s, x); failed != nil {
				return nil, []*no{failed}
			}
		}
		return x, s.validateParameters(x)
	}
}

// TestParameterTable holds what the table reads to what params.Decode does: values, refusals, warnings.
func TestParameterTable(t *testing.T) {
	t.Parallel()
	fast, slow := tabled(t, false), tabled(t, true)
	text := rapid.SampledFrom([]string{"", "1", "7", "500", "abc", "abcdefgh", "true", "null", "1.5", "[1]", "%5B1%5D", "%7B%22a%22%3A1%7D", "a+b", "%E4%BD%93", "01", "-3", "1,2"})
	name := rapid.SampledFrom([]string{"limit", "title", "all", "id", "any", "tags", "size", "size[w]", "other", "__note", "Limit", "room"})
	kept, refused, warned := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		path := func(label string) string {
			return rapid.SampledFrom([]string{"1", "7", "a", "abcdefgh", "%E4%BD%93", "1.5", "png", "jpg", "%2F"}).Draw(t, label)
		}
		target := "/rooms/" + path("room") + "/pictures/" + path("id") + "." + path("ext") + "?"
		if rapid.Bool().Draw(t, "titled") {
			target += "title=x&"
		}
		for range rapid.IntRange(0, 4).Draw(t, "pairs") {
			target += name.Draw(t, "name") + "=" + text.Draw(t, "value") + "&"
		}
		header := http.Header{}
		for range rapid.IntRange(0, 4).Draw(t, "headers") {
			header.Add(rapid.SampledFrom([]string{"Limit", "X-Trace", "X-List", "Cookie"}).Draw(t, "header"), rapid.SampledFrom([]string{"", " 1 ", "abc", "null", "1, 2", "sid=a", "[1]"}).Draw(t, "line"))
		}
		request := func() *http.Request {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header = header.Clone()
			return r
		}
		x, found := fast(request())
		other, want := slow(request())
		if (x == nil) != (other == nil) || len(found) != len(want) {
			t.Fatalf("%s: %d refusals, Decode has %d", target, len(found), len(want))
		}
		for i := range found {
			if !reflect.DeepEqual(found[i], want[i]) {
				t.Fatalf("%s %v: refused with %+v %+v, by Decode with %+v %+v", target, header, found[i], found[i].diagnosis, want[i], want[i].diagnosis)
			}
			refused++
		}
		if x == nil {
			return
		}
		if !reflect.DeepEqual(x.parameter, other.parameter) || !reflect.DeepEqual(x.warnings, other.warnings) {
			t.Fatalf("%s %v: %#v, %d warnings, Decode has %#v, %d", target, header, x.parameter, len(x.warnings), other.parameter, len(other.warnings))
		}
		for i := range x.op.table.rows {
			p := &x.op.table.rows[i]
			v, given, read := p.take(x)
			if !read {
				continue
			}
			want, there, err := params.Decode(&p.Parameter, p.schema, *x.raw())
			if err != nil || given != there || given && !reflect.DeepEqual(v, want) {
				t.Fatalf("%s %v: %s is %#v, %t; Decode says %#v, %t, %v", target, header, p.Name, v, given, want, there, err)
			}
		}
		kept += len(x.parameter)
		warned += len(x.warnings)
	})
	if kept == 0 || refused == 0 || warned == 0 {
		t.Errorf("%d values, %d refusals, %d warnings", kept, refused, warned)
	}
}

func BenchmarkParameters(b *testing.B) {
	for _, one := range []struct {
		name string
		slow bool
	}{{"table", false}, {"decode", true}} {
		play := tabled(b, one.slow)
		r := httptest.NewRequest(http.MethodGet, "/rooms/7/pictures/abc.png?limit=50&title=x", nil)
		x, failed := play(r)
		if len(failed) > 0 {
			b.Fatal(failed[0].diagnosis)
		}
		b.Run(one.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.parameter = nil
				if x.server.validateParameters(x) != nil {
					b.Fatal("refused")
				}
			}
		})
	}
}
