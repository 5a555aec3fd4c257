package media

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/parameter"
	"understudy/specs"
)

const prolog = `<?xml version="1.0" encoding="UTF-8"?>`

// The examples of the OpenAPI Specification 3.1.1, "XML Object Examples", each within an element for what has no root of its
// own, both ways; and what they leave open.
func TestXMLObjectExamples(t *testing.T) {
	t.Parallel()
	list := record{"animals": []any{"a", "b"}}
	tests := []struct {
		name, schema string
		v            any
		want         string
	}{
		{"no XML element: a text", "{type: object, properties: {animals: {type: string}}}", record{"animals": "x"}, `<X><animals>x</animals></X>`},
		{"no XML element: an array", "{type: object, properties: {animals: {type: array, items: {type: string}}}}", list, `<X><animals>a</animals><animals>b</animals></X>`},
		{"name replacement", "{type: object, properties: {animals: {type: string, xml: {name: animal}}}}", record{"animals": "x"}, `<X><animal>x</animal></X>`},
		{"attribute, prefix and namespace", "{type: object, properties: {id: {type: integer, format: int32, xml: {attribute: true}}, name: {type: string, xml: {namespace: 'https://example.com/schema/sample', prefix: sample}}}}",
			record{"id": number("123"), "name": "example"}, `<X id="123"><sample:name xmlns:sample="https://example.com/schema/sample">example</sample:name></X>`},
		{"array, names of the items", "{type: object, properties: {animals: {type: array, items: {type: string, xml: {name: animal}}}}}", list, `<X><animal>a</animal><animal>b</animal></X>`},
		{"array, an external name has no effect", "{type: object, properties: {animals: {type: array, items: {type: string, xml: {name: animal}}, xml: {name: aliens}}}}", list, `<X><animal>a</animal><animal>b</animal></X>`},
		{"array, wrapped without a name", "{type: object, properties: {animals: {type: array, items: {type: string}, xml: {wrapped: true}}}}", list, `<X><animals><animals>a</animals><animals>b</animals></animals></X>`},
		{"array, wrapped with a name", "{type: object, properties: {animals: {type: array, items: {type: string}, xml: {name: aliens, wrapped: true}}}}", list, `<X><aliens><aliens>a</aliens><aliens>b</aliens></aliens></X>`},
		{"array, wrapped, names of the items", "{type: object, properties: {animals: {type: array, items: {type: string, xml: {name: animal}}, xml: {name: aliens, wrapped: true}}}}", list, `<X><aliens><animal>a</animal><animal>b</animal></aliens></X>`},
		{"root by its name", "{type: object, xml: {name: pet, namespace: 'urn:p'}, properties: {a: {type: boolean}}}", record{"a": true}, `<pet xmlns="urn:p"><a>true</a></pet>`},
		{"root that is a list", "{type: array, xml: {name: pets, wrapped: true}, items: {type: integer, xml: {name: pet}}}", []any{number("1"), number("2")}, `<pets><pet>1</pet><pet>2</pet></pets>`},
		{"lists in lists", "{type: object, properties: {rows: {type: array, items: {type: array, items: {type: integer, xml: {name: cell}}}}}}", record{"rows": []any{[]any{number("1")}, []any{}}}, `<X><rows><cell>1</cell></rows><rows></rows></X>`},
		{"empty list that is wrapped", "{type: object, properties: {l: {type: array, items: {type: string}, xml: {wrapped: true}}}}", record{"l": []any{}}, `<X><l></l></X>`},
		{"empty text, empty object", "{type: object, properties: {s: {type: string}, o: {type: object}}}", record{"s": "", "o": record{}}, `<X><s></s><o></o></X>`},
		{"null", "{type: object, properties: {s: {type: [string, 'null']}}}", record{"s": nil}, `<X><s xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></X>`},
		{"text with an attribute", "{type: object, properties: {lang: {type: string, xml: {attribute: true}}, value: {type: integer, xml: {nodeType: text}}}}", record{"lang": "zh", "value": number("5")}, `<X lang="zh">5</X>`},
		{"what has to be escaped", "{type: object, properties: {a: {type: string, xml: {attribute: true}}, s: {type: string}}}", record{"a": "\"<\n>&'\t", "s": "<a>&\r\n]]>"}, `<X a="&#34;&lt;&#10;&gt;&amp;&#39;&#9;"><s>&lt;a&gt;&amp;&#13;` + "\n" + `]]&gt;</s></X>`},
		{"Chinese names", "{type: object, properties: {状态: {type: integer}}}", record{"状态": number("1")}, `<X><状态>1</状态></X>`},
		{"order of the contract, then by name", "{type: object, properties: {b: {type: string}, a: {type: string}}}", record{"a": "1", "b": "2", "d": "4", "c": "3"}, `<X><b>2</b><a>1</a><c>3</c><d>4</d></X>`},
		{"namespace that holds for what is within", "{type: object, xml: {namespace: 'urn:a', prefix: p}, properties: {n: {type: string, xml: {prefix: p}}}}", record{"n": "x"}, `<p:X xmlns:p="urn:a"><p:n>x</p:n></p:X>`},
		{"number as written", "{type: object, properties: {n: {type: number}}}", record{"n": number("1.50")}, `<X><n>1.50</n></X>`},
	}
	for _, tt := range tests {
		s := compiled(t, tt.schema)
		m := &specs.MediaType{Type: "application/xml"}
		body, contentType, err := Encode(m, s, tt.v)
		if err != nil || contentType != m.Type || string(body) != prolog+tt.want {
			t.Errorf("%s: Encode = %s, %v\nwant %s", tt.name, body, err, prolog+tt.want)
			continue
		}
		got, err := Decode(m, s, contentType, body)
		if err != nil || !reflect.DeepEqual(got, tt.v) {
			t.Errorf("%s: Decode = %#v, %v\nwant %#v", tt.name, got, err, tt.v)
		}
	}
}

func TestDecodeXML(t *testing.T) {
	t.Parallel()
	const pet = "{type: object, additionalProperties: false, properties: {id: {type: integer, xml: {attribute: true}}, name: {type: string}, age: {type: [integer, 'null']}, tags: {type: array, items: {type: string}, xml: {wrapped: true}}, photos: {type: array, items: {type: string}}}}"
	tests := []struct {
		name, schema, contentType, body string
		want                            any
		kind                            parameter.Kind
	}{
		{"white space, comments, CDATA", pet, "text/xml", "<?xml version='1.0'?>\r\n<!-- c --><X id = ' 7 '>\n <name><![CDATA[a<b]]></name>\n <age> 3 </age>\n</X>\n", record{"id": number("7"), "name": "a<b", "age": number("3")}, ""},
		{"text keeps its white space", pet, "text/xml", "<X><name> a </name></X>", record{"name": " a "}, ""},
		{"number that is none", pet, "text/xml", "<X><age> old </age></X>", record{"age": " old "}, ""},
		{"empty number that may be null", pet, "text/xml", "<X><age/></X>", record{"age": nil}, ""},
		{"xsi:nil", pet, "text/xml", `<X xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><name xsi:nil="true"/></X>`, record{"name": nil}, ""},
		{"list of one", pet, "text/xml", "<X><tags><tags>a</tags></tags><photos>p</photos></X>", record{"tags": []any{"a"}, "photos": []any{"p"}}, ""},
		{"list without its wrapper", pet, "text/xml", "<X><tags>a</tags></X>", record{"tags": "a"}, ""},
		{"wrapper with something else in it", pet, "text/xml", "<X><tags><tag>a</tag></tags></X>", record{"tags": record{"tag": "a"}}, ""},
		{"twice what is no list", pet, "text/xml", "<X><name>a</name><name>b</name></X>", record{"name": []any{"a", "b"}}, ""},
		{"elements where a text is", pet, "text/xml", "<X><name><first>a</first></name></X>", record{"name": record{"first": "a"}}, ""},
		{"unknown elements and attributes", pet, "text/xml", `<X kind="k"><more>1</more><more>2</more></X>`, record{"kind": "k", "more": []any{"1", "2"}}, ""},
		{"element in place of an attribute", pet, "text/xml", "<X><id>7</id></X>", record{"{}id": "7"}, ""},
		{"a default namespace around", pet, "text/xml", `<X xmlns="urn:x"><name>a</name></X>`, record{"name": "a"}, ""},
		{"a prefix around", pet, "text/xml", `<q:X xmlns:q="urn:x"><q:name>a</q:name></q:X>`, record{"name": "a"}, ""},
		{"stated namespace", "{type: object, properties: {n: {type: string, xml: {namespace: 'urn:a'}}}}", "text/xml", `<X><n xmlns="urn:a">1</n></X>`, record{"n": "1"}, ""},
		{"another namespace than stated", "{type: object, properties: {n: {type: string, xml: {namespace: 'urn:a'}}}}", "text/xml", `<X><n xmlns="urn:b">1</n></X>`, record{"{urn:b}n": "1"}, ""},
		{"byte order mark", pet, "text/xml", "\xEF\xBB\xBF<X/>", record{}, ""},
		{"GBK by its declaration", pet, "application/xml", "<?xml version=\"1.0\" encoding=\"GBK\"?><X><name>\xcc\xe5</name></X>", record{"name": "体"}, ""},
		{"GBK by the Content-Type", pet, "application/xml; charset=gbk", "<X><name>\xcc\xe5</name></X>", record{"name": "体"}, ""},
		{"the Content-Type has the last word", pet, "application/xml; charset=utf-8", "<?xml version='1.0' encoding='GBK'?><X><name>体</name></X>", record{"name": "体"}, ""},
		{"one or several", "{type: object, properties: {v: {anyOf: [{type: integer}, {type: array, items: {type: integer}}]}}}", "text/xml", "<X><v>1</v></X>", record{"v": number("1")}, ""},
		{"without a schema", "true", "text/xml", `<X a="1"><b>2</b><b>3</b><c><d/></c></X>`, record{"a": "1", "b": []any{"2", "3"}, "c": record{"d": ""}}, ""},
		{"another root", pet, "text/xml", "<Y/>", nil, parameter.Breached},
		{"document type", pet, "text/xml", "<!DOCTYPE X [<!ENTITY a 'b'>]><X><name>&a;</name></X>", nil, parameter.Malformed},
		{"entity of its own", pet, "text/xml", "<X><name>&a;</name></X>", nil, parameter.Malformed},
		{"not closed", pet, "text/xml", "<X><name>", nil, parameter.Malformed},
		{"crossed", pet, "text/xml", "<X><a><b></a></b></X>", nil, parameter.Malformed},
		{"nothing", pet, "text/xml", "", nil, parameter.Malformed},
		{"two roots", pet, "text/xml", "<X/><X/>", nil, parameter.Malformed},
		{"text around", pet, "text/xml", "x<X/>", nil, parameter.Malformed},
		{"text between elements", pet, "text/xml", "<X>text<name>a</name></X>", nil, parameter.Malformed},
		{"an attribute twice", pet, "text/xml", `<X id="1" id="2"/>`, nil, parameter.Malformed},
		{"not UTF-8", pet, "text/xml", "<X><name>\xcc\xe5</name></X>", nil, parameter.Malformed},
		{"an encoding nobody knows", pet, "text/xml", "<?xml version='1.0' encoding='x-none'?><X/>", nil, parameter.Unsupported},
		{"too deep", "true", "text/xml", strings.Repeat("<X>", 65) + strings.Repeat("</X>", 65), nil, parameter.TooLarge},
		{"too many elements", "true", "text/xml", "<X>" + strings.Repeat("<a/>", 200_000) + "</X>", nil, parameter.TooLarge},
	}
	for _, tt := range tests {
		got, err := Decode(&specs.MediaType{Type: strings.SplitN(tt.contentType, ";", 2)[0]}, compiled(t, tt.schema), tt.contentType, []byte(tt.body))
		switch {
		case tt.kind != "":
			if err == nil || kindOf(t, err) != tt.kind {
				t.Errorf("%s: Decode = %#v, %v, want an error of kind %s", tt.name, got, err, tt.kind)
			}
		case err != nil || !reflect.DeepEqual(got, tt.want):
			t.Errorf("%s: Decode = %#v, %v, want %#v", tt.name, got, err, tt.want)
		}
	}
}

func TestEncodeXMLRefuses(t *testing.T) {
	t.Parallel()
	deep := any("x")
	for range 65 {
		deep = record{"a": deep}
	}
	for name, v := range map[string]any{
		"a name with a space": record{"a b": "x"}, "a name that begins with a digit": record{"1a": "x"}, "NUL": "\x00",
		"bytes": record{"a": "\xff"}, "too deep": deep, "no name": record{"": "x"},
	} {
		if body, _, err := Encode(&specs.MediaType{Type: "application/xml"}, nil, v); err == nil || kindOf(t, err) != parameter.Unfit {
			t.Errorf("%s: %s, %v, want an error of kind unfit", name, body, err)
		}
	}
	body, _, err := Encode(&specs.MediaType{Type: "application/xml; charset=gbk"}, nil, record{"a": "体"})
	if want := "<?xml version=\"1.0\" encoding=\"GBK\"?><root><a>\xcc\xe5</a></root>"; err != nil || string(body) != want {
		t.Errorf("in GBK: %q, %v", body, err)
	}
}

const tree = `
X:
  type: object
  xml: {name: tree, namespace: 'urn:t', prefix: t}
  properties:
    id: {type: integer, xml: {attribute: true}}
    label: {type: string, xml: {attribute: true, name: l, prefix: t, namespace: 'urn:t'}}
    text: {type: string}
    flag: {type: [boolean, 'null']}
    leaves: {type: array, items: {type: string, xml: {name: leaf}}, xml: {wrapped: true}}
    numbers: {type: array, items: {type: number}}
    child: {$ref: '#/components/schemas/X'}
    children: {type: array, items: {$ref: '#/components/schemas/X'}, xml: {wrapped: true, name: kids}}
`

func treeValue() *rapid.Generator[record] {
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return !notXML(r) }))
	var node func(depth int) *rapid.Generator[record]
	node = func(depth int) *rapid.Generator[record] {
		return rapid.Custom(func(t *rapid.T) record {
			v := record{"id": number("7"), "label": text.Draw(t, "label"), "text": text.Draw(t, "text")}
			v["flag"] = rapid.SampledFrom([]any{true, false, nil}).Draw(t, "flag")
			leaves := []any{}
			for range rapid.IntRange(0, 2).Draw(t, "leaves") {
				leaves = append(leaves, text.Draw(t, "leaf"))
			}
			v["leaves"] = leaves
			if rapid.Bool().Draw(t, "numbers") {
				v["numbers"] = []any{number("1.0"), number("-2e5")}
			}
			if depth > 0 {
				v["child"] = node(depth-1).Draw(t, "child")
				v["children"] = []any{node(depth-1).Draw(t, "first"), node(depth-1).Draw(t, "second")}
			}
			return v
		})
	}
	return node(2)
}

// TestXMLRoundTrip holds XML to giving back whatever was written.
func TestXMLRoundTrip(t *testing.T) {
	t.Parallel()
	s := compiled(t, tree)
	m := &specs.MediaType{Type: "application/xml"}
	rapid.Check(t, func(t *rapid.T) {
		v := any(treeValue().Draw(t, "v"))
		body, contentType, err := Encode(m, s, v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(m, s, contentType, body)
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Fatalf("%s\nDecode = %#v, %v\nwant %#v", body, got, err, v)
		}
	})
}

// FuzzXML: whatever a body holds, reading does not panic, fails with an error of its own kind, and what was read is read
// again from what is written of it.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		`<t:tree xmlns:t="urn:t" id="1" t:l="x"><text>a</text><leaves><leaf>b</leaf></leaves><kids><kids/></kids></t:tree>`,
		`<tree xmlns="urn:t"><numbers>1</numbers><numbers>2</numbers><flag/></tree>`, `<!DOCTYPE a><a>&b;</a>`, `<?xml version="1.0" encoding="gbk"?><a/>`, `<a><![CDATA[x]]></a>`,
	} {
		f.Add([]byte(s))
	}
	s := compiled(f, tree)
	m := &specs.MediaType{Type: "application/xml"}
	f.Fuzz(func(t *testing.T, body []byte) {
		if v, err := Decode(m, nil, m.Type, body); err != nil {
			kindOf(t, err)
		} else if _, _, err := Encode(m, nil, v); err != nil {
			kindOf(t, err)
		}
		v, err := Decode(m, s, m.Type, body)
		if err != nil {
			kindOf(t, err)
			return
		}
		if len(s.Validate(v)) > 0 {
			return
		}
		written, _, err := Encode(m, s, v)
		if err != nil {
			kindOf(t, err) // a name that is none in XML
			return
		}
		again, err := Decode(m, s, m.Type, written)
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Fatalf("%s\nreads as %#v, %v\nnot as  %#v", written, again, err, v)
		}
	})
}
