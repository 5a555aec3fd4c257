package media

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/parameter"
	"understudy/specs"
)

// TestBodiesThatMultiply reads bodies that are large by number: each takes a moment, and took minutes when something was
// looked for from the start for each of many.
func TestBodiesThatMultiply(t *testing.T) {
	t.Parallel()
	numbered := func(n int, form string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"attributes":             "<X" + numbered(100_000, ` a%d="1"`) + "/>",
		"names of elements":      "<X>" + numbered(100_000, "<a%d/>") + "</X>",
		"the same name, spelt X": "<X>" + numbered(100_000, "<a>%d</a>") + "</X>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Decode(&specs.MediaType{Type: "application/xml"}, nil, "", []byte(body))
			if took := time.Since(start); err != nil || took > 60*time.Second {
				t.Errorf("it took %v: %v", took, err)
			}
		})
	}
}

// TestNestedMultipart: a part that is a multipart body itself is read, one within one within one without end is not.
func TestNestedMultipart(t *testing.T) {
	t.Parallel()
	nested := func(depth int) []byte {
		inner := "x"
		for i := range depth {
			inner = fmt.Sprintf("--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n%s\r\n--b%d--\r\n", i, i-1, inner, i)
		}
		return []byte(strings.Replace(inner, "multipart/mixed; boundary=b-1", "text/plain", 1))
	}
	for depth, kind := range map[int]parameter.Kind{1: "", 3: "", 200: parameter.TooLarge} {
		v, err := Decode(&specs.MediaType{Type: "multipart/mixed"}, nil, fmt.Sprintf("multipart/mixed; boundary=b%d", depth-1), nested(depth))
		if kind == "" && (err != nil || strings.Count(fmt.Sprint(v), "[") != depth) || kind != "" && (err == nil || kindOf(t, err) != kind) {
			t.Errorf("%d within each other: %v, %v", depth, v, err)
		}
	}
}

// TestAttributeNamespaces: the namespace of an attribute is declared at every element that has it.
func TestAttributeNamespaces(t *testing.T) {
	t.Parallel()
	s := compiled(t, `{type: object, properties: {pets: {type: array, items: {type: object, xml: {name: pet}, properties: {id: {type: integer, xml: {attribute: true, namespace: "urn:ids", prefix: i}}}}}}}`)
	m := &specs.MediaType{Type: "application/xml"}
	v := record{"pets": []any{record{"id": number("1")}, record{"id": number("2")}}}
	body, _, err := Encode(m, s, v)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Pets []struct {
			ID string `xml:"urn:ids id,attr"`
		} `xml:"pet"`
	}
	if err := xml.Unmarshal(body, &read); err != nil || len(read.Pets) != 2 || read.Pets[1].ID != "2" {
		t.Errorf("%s\nis read as %+v, %v", body, read, err)
	}
}
