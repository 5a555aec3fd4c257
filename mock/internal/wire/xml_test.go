package wire

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendXMLText(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"体检 plain", "体检 plain"},
		{`a<b>&"c'`, "a&lt;b&gt;&amp;&#34;c&#39;"},
		{"tab\tline\nreturn\r", "tab\tline\nreturn&#13;"},
		{"a\x00b\x1f\uFFFE\uFFFFc", "abc"},
		{"bad\xffbyte \uFFFD", "bad\uFFFDbyte \uFFFD"},
		{"😀\x7f", "😀\x7f"},
	}
	for _, tt := range tests {
		if got := string(AppendXMLText([]byte("x"), tt.text)); got != "x"+tt.want {
			t.Errorf("AppendXMLText(%q) = %q, want %q", tt.text, got, "x"+tt.want)
		}
	}
}

func TestDecodeXML(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	tests := []struct {
		name, text, root string
		want             any
	}{
		{"text", `<a>x</a>`, "a", "x"},
		{"empty", `<a/>`, "a", ""},
		{"declaration, comments, white space", "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<!-- c --><a> x </a>\n<!--host-->", "a", " x "},
		{"children", "<a>\n <b>1</b><c><d>2</d></c>\n</a>", "a", object{"b": "1", "c": object{"d": "2"}}},
		{"repeated", `<a><b>1</b><c/><b>2</b><b><x>3</x></b></a>`, "a", object{"b": []any{"1", "2", object{"x": "3"}}, "c": ""}},
		{"attributes are ignored", `<a list="true"><b k='v'>1</b></a>`, "a", object{"b": "1"}},
		{"references and CDATA", `<a>&lt;&amp;&#20307;&#x68C0;<![CDATA[<b>&]]></a>`, "a", "<&体检<b>&"},
		{"Chinese names", `<结果><码>1</码></结果>`, "结果", object{"码": "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root, got, err := DecodeXML([]byte(tt.text), 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || root != tt.root {
				t.Errorf("root %q, want %q (-want +got):\n%s", root, tt.root, diff)
			}
		})
	}
}

func TestDecodeXMLRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		depth      int
		want       string
	}{
		{"nothing", "", 0, "no root"},
		{"comment alone", "<!-- c -->", 0, "no root"},
		{"text before", "x<a/>", 0, "outside"},
		{"text after", "<a/>secret", 0, "outside"},
		{"byte order mark", "\xEF\xBB\xBF<a/>", 0, "byte order mark"},
		{"two roots", "<a/><b/>", 0, "second root"},
		{"document type", `<!DOCTYPE a><a/>`, 0, "document type"},
		{"entity bomb", `<!DOCTYPE a [<!ENTITY e "secret">]><a>&e;</a>`, 0, "document type"},
		{"unknown entity", `<a>&nbsp;</a>`, 0, "not well-formed"},
		{"not closed", `<a><b></a>`, 0, "not well-formed"},
		{"cut", `<a><b>`, 0, "not well-formed"},
		{"processing instruction", `<?php x ?><a/>`, 0, "processing instruction"},
		{"declaration inside", `<a><?xml version="1.0"?></a>`, 0, "processing instruction"},
		{"declaration later", "\n<?xml version=\"1.0\"?><a/>", 0, "processing instruction"},
		{"other charset", `<?xml version="1.0" encoding="GBK"?><a/>`, 0, "not well-formed"},
		{"not UTF-8", "<a>\xff</a>", 0, "not UTF-8"},
		{"control character", "<a>\x01</a>", 0, "not well-formed"},
		{"namespace prefix", `<a><s:b xmlns:s="u"/></a>`, 0, "namespaces"},
		{"namespace", `<a xmlns="u"/>`, 0, "namespaces"},
		{"text between children", `<a>secret<b/></a>`, 0, "between"},
		{"too deep", `<a><b><c/></b></a>`, 2, "more than 2"},
		{"too deep by default", strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65), 0, "more than 64"},
		{"very deep", strings.Repeat("<a>", 100_000), 1 << 30, "more than 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, value, err := DecodeXML([]byte(tt.text), tt.depth)
			var bad *XMLError
			if !errors.As(err, &bad) || !strings.Contains(bad.Reason, tt.want) {
				t.Fatalf("DecodeXML = %v, %v, want %q", value, err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") || bad.Offset < 0 || bad.Offset > int64(len(tt.text)) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// FuzzDecodeXML reads anything without panicking; what it reads can be written
// and read again, and is well-formed for encoding/xml.
func FuzzDecodeXML(f *testing.F) {
	for _, v := range vectors(f, "alihealth") {
		text := []byte("<response>")
		for name, value := range v.Params {
			text = append(text, "<"+name+">"...)
			text = append(AppendXMLText(text, value), "</"+name+">"...)
		}
		f.Add(append(text, "</response>"...))
	}
	f.Add([]byte(`<?xml version="1.0"?><!DOCTYPE a><a k="v"><b>&#13;</b><b/><!-- --><![CDATA[x]]></a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, value, err := DecodeXML(data, 0)
		if err != nil {
			return
		}
		var any struct {
			XMLName xml.Name
		}
		if err := xml.Unmarshal(data, &any); err != nil || any.XMLName.Local != root {
			t.Fatalf("encoding/xml: %v, root %q, want %q", err, any.XMLName.Local, root)
		}
		again, second, err := DecodeXML(writeXML(nil, root, value), 0)
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		if diff := cmp.Diff(value, second); diff != "" || again != root {
			t.Fatalf("written and read again (-first +second):\n%s", diff)
		}
	})
}

func writeXML(dst []byte, name string, value any) []byte {
	if list, ok := value.([]any); ok {
		for _, item := range list {
			dst = writeXML(dst, name, item)
		}
		return dst
	}
	dst = append(dst, "<"+name+">"...)
	switch v := value.(type) {
	case string:
		dst = AppendXMLText(dst, v)
	case map[string]any:
		for key, child := range v {
			dst = writeXML(dst, key, child)
		}
	}
	return append(dst, "</"+name+">"...)
}
