package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	tests := []struct {
		name, text string
		options    JSONOptions
		want       any
	}{
		{"object", ` {"a" : 1.50 , "b":[true,false,null],"c":{}, "d":[ ] } ` + "\r\n\t", JSONOptions{},
			object{"a": json.Number("1.50"), "b": []any{true, false, nil}, "c": object{}, "d": []any{}}},
		{"numbers keep their literal", `[2881.00,-0,9007199254740993,1E+2,0.1e-7]`, JSONOptions{},
			[]any{json.Number("2881.00"), json.Number("-0"), json.Number("9007199254740993"), json.Number("1E+2"), json.Number("0.1e-7")}},
		{"escapes", `"\"\\\/\b\f\n\r\t\u4f53\u00e9\ud83d\ude00\uFFFD体"`, JSONOptions{}, "\"\\/\b\f\n\r\t体é😀\uFFFD体"},
		{"top-level scalar", `null`, JSONOptions{}, nil},
		{"last of two names", `{"a":1,"b":2,"a":3}`, JSONOptions{DuplicateNames: true}, object{"a": json.Number("3"), "b": json.Number("2")}},
		{"depth at the limit", `[[1]]`, JSONOptions{MaxDepth: 2}, []any{[]any{json.Number("1")}}},
		{"default depth", strings.Repeat("[", 64) + strings.Repeat("]", 64), JSONOptions{}, nested(64)},
		{"DEL and noncharacters", "\"\x7f\uFFFE\"", JSONOptions{}, "\x7f\uFFFE"},
		{"more members than the first stack", "[" + strings.Repeat("0,", 99) + "0]", JSONOptions{}, zeros(100)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := DecodeJSON([]byte(tt.text), tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("DecodeJSON = %#v, want %#v", got, tt.want)
			}
		})
	}
}

func nested(n int) any {
	value := []any{}
	for range n - 1 {
		value = []any{value}
	}
	return value
}

func zeros(n int) any {
	values := make([]any, n)
	for i := range values {
		values[i] = json.Number("0")
	}
	return values
}

func TestDecodeJSONRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	tests := []struct {
		name, text string
		options    JSONOptions
		want       JSONError
	}{
		{"nothing", "", JSONOptions{}, JSONError{0, "", JSONEmpty}},
		{"white space", " \n", JSONOptions{}, JSONError{2, "", JSONEmpty}},
		{"UTF-8 BOM", "\xEF\xBB\xBF{}", JSONOptions{}, JSONError{0, "", JSONBOM}},
		{"UTF-16 BOM", "\xFF\xFE{\x00}\x00", JSONOptions{}, JSONError{0, "", JSONBOM}},
		{"name twice", `{"x":[{"a/b~":1,"a\u002fb~":2}]}`, JSONOptions{}, JSONError{16, "/x/0/a~1b~0", JSONDuplicateName}},
		{"invalid UTF-8", "{\"a\":\"ok\xff\"}", JSONOptions{}, JSONError{8, "/a", JSONUTF8}},
		{"invalid UTF-8 after an escape", "[\"\\n\xe4\xbd\"]", JSONOptions{}, JSONError{4, "/0", JSONUTF8}},
		{"invalid UTF-8 outside a string", "[\xff]", JSONOptions{}, JSONError{1, "/0", JSONSyntax}},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\"", JSONOptions{}, JSONError{1, "", JSONUTF8}},
		{"lone high surrogate", `["\ud83d"]`, JSONOptions{}, JSONError{2, "/0", JSONUTF8}},
		{"lone low surrogate", `["\ude00"]`, JSONOptions{}, JSONError{2, "/0", JSONUTF8}},
		{"two high surrogates", `["\ud83d\ud83d"]`, JSONOptions{}, JSONError{2, "/0", JSONUTF8}},
		{"NUL escape", `{"a":"x\u0000"}`, JSONOptions{}, JSONError{7, "/a", JSONNul}},
		{"NUL escape in a name", `{"\u0000":1}`, JSONOptions{}, JSONError{2, "", JSONNul}},
		{"NUL byte", "\"\x00\"", JSONOptions{}, JSONError{1, "", JSONSyntax}},
		{"control character", "\"a\nb\"", JSONOptions{}, JSONError{2, "", JSONSyntax}},
		{"trailing value", `{} {}`, JSONOptions{}, JSONError{3, "", JSONTrailing}},
		{"trailing bracket", `{}}`, JSONOptions{}, JSONError{2, "", JSONTrailing}},
		{"too deep by default", deep, JSONOptions{}, JSONError{64, strings.Repeat("/0", 64), JSONDepth}},
		{"too deep", `[[1]]`, JSONOptions{MaxDepth: 1}, JSONError{1, "/0", JSONDepth}},
		{"cut", `{"a":[1,`, JSONOptions{}, JSONError{8, "/a/1", JSONSyntax}},
		{"cut in a string", `["abc`, JSONOptions{}, JSONError{5, "/0", JSONSyntax}},
		{"cut in an escape", `["\`, JSONOptions{}, JSONError{3, "/0", JSONSyntax}},
		{"unknown escape", `["\x"]`, JSONOptions{}, JSONError{3, "/0", JSONSyntax}},
		{"short unicode escape", `["\u12"]`, JSONOptions{}, JSONError{2, "/0", JSONSyntax}},
		{"comma before the end", `[1,]`, JSONOptions{}, JSONError{3, "/1", JSONSyntax}},
		{"comma before the brace", `{"a":1,}`, JSONOptions{}, JSONError{7, "", JSONSyntax}},
		{"no colon", `{"a" 1}`, JSONOptions{}, JSONError{5, "/a", JSONSyntax}},
		{"no comma", `[1 2]`, JSONOptions{}, JSONError{3, "", JSONSyntax}},
		{"single quotes", `{'a':1}`, JSONOptions{}, JSONError{1, "", JSONSyntax}},
		{"leading zero", `[01]`, JSONOptions{}, JSONError{2, "", JSONSyntax}},
		{"bare point", `[1.]`, JSONOptions{}, JSONError{3, "/0", JSONSyntax}},
		{"bare exponent", `[1e+]`, JSONOptions{}, JSONError{4, "/0", JSONSyntax}},
		{"plus sign", `[+1]`, JSONOptions{}, JSONError{1, "/0", JSONSyntax}},
		{"NaN", `[NaN]`, JSONOptions{}, JSONError{1, "/0", JSONSyntax}},
		{"half a literal", `[tru]`, JSONOptions{}, JSONError{1, "/0", JSONSyntax}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := DecodeJSON([]byte(tt.text), tt.options)
			if err == nil {
				t.Fatalf("DecodeJSON = %#v, want %+v", got, tt.want)
			}
			if *err != tt.want {
				t.Errorf("DecodeJSON: %+v, want %+v", *err, tt.want)
			}
			if jsonReasons[err.Reason] == "" || got != nil {
				t.Errorf("reason %q has no text, or a value %v came with it", err.Reason, got)
			}
		})
	}
}

func TestDecodeJSONHugeDepth(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("["), 1_000_000)
	_, err := DecodeJSON(text, JSONOptions{MaxDepth: 1 << 60})
	if err == nil || err.Reason != JSONDepth || err.Offset != depthLimit {
		t.Errorf("DecodeJSON: %v", err)
	}
}

// byTokens is the oracle: jsontext reads the same language but for the depth,
// the escape of NUL and the order mark.
func byTokens(data []byte, duplicates bool) (any, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(duplicates))
	value, err := tokenValue(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("trailing data")
	}
	return value, nil
}

func tokenValue(dec *jsontext.Decoder) (any, error) {
	token, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case '[':
		items := []any{}
		for dec.PeekKind() != ']' {
			item, err := tokenValue(dec)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err = dec.ReadToken()
		return items, err
	default:
		object := map[string]any{}
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			if object[key], err = tokenValue(dec); err != nil {
				return nil, err
			}
		}
		_, err = dec.ReadToken()
		return object, err
	}
}

// FuzzDecodeJSON holds DecodeJSON against two other readers: jsontext for what
// is accepted, encoding/json for what it means.
func FuzzDecodeJSON(f *testing.F) {
	for _, v := range append(vectors(f, "zheliban"), vectors(f, "weixiao")...) {
		f.Add(unbase64(f, v.Plain), false)
	}
	for _, s := range []string{`{"a":1,"a":2}`, `["\ud83d\ude00\u0000"]`, "\"\xed\xa0\x80\"", `[01,-0.0e+1]`, `{"a":{"b":[[[]]]}} x`, "\xEF\xBB\xBF1"} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, duplicates bool) {
		got, failure := DecodeJSON(data, JSONOptions{DuplicateNames: duplicates, MaxDepth: depthLimit})
		want, err := byTokens(data, duplicates)
		if failure != nil {
			if failure.Offset < 0 || failure.Offset > int64(len(data)) || jsonReasons[failure.Reason] == "" {
				t.Fatalf("error %+v", *failure)
			}
			if err == nil && failure.Reason != JSONNul && failure.Reason != JSONDepth {
				t.Fatalf("refused (%v) what jsontext accepts: %q", failure, data)
			}
			return
		}
		if err != nil {
			t.Fatalf("accepted what jsontext refuses (%v): %q", err, data)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, jsontext %#v", data, got, want)
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		var plain any
		if err := dec.Decode(&plain); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", data, err)
		}
		if !reflect.DeepEqual(got, plain) {
			t.Fatalf("%q: got %#v, encoding/json %#v", data, got, plain)
		}
	})
}

// jsonMessage is a flat request with one long text, of about n bytes.
func jsonMessage(n int) []byte {
	head := `{"appid":"app-0001","title":"体检预约通知","msgtype":0,"needpush":1,"hasatt":"0","needreply":"0","needsms":"0",` +
		`"sender":{"userid":"user-0001","username":"测试甲","orgid":"org-0001","deptid":""},"to":[{"userid":"user-0002","usertype":1}],` +
		`"msgcategory":"会议通知","msglevel":"一般","extMap":{},"content":"<p>`
	tail := `</p>","redirect_app":"APP_xx/#/detail?id=1"}`
	return []byte(head + strings.Repeat("x", max(0, n-len(head)-len(tail))) + tail)
}

// jsonRows is a list of small objects, of about n bytes: the dense case.
func jsonRows(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"rows":[`)
	for b.Len() < n-60 {
		b.WriteString(`{"userid":"user-0001","name":"测试甲","age":42,"fee":2881.00,"ok":true,"dept":null},`)
	}
	b.WriteString(`{}],"content":"line one\nline two"}`)
	return b.Bytes()
}

func benchmarkDecode(b *testing.B, data []byte) {
	b.Run("wire", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeJSON(data, JSONOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("jsontext", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := byTokens(data, false); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecodeJSON1K(b *testing.B)      { benchmarkDecode(b, jsonMessage(1<<10)) }
func BenchmarkDecodeJSON10K(b *testing.B)     { benchmarkDecode(b, jsonMessage(10<<10)) }
func BenchmarkDecodeJSON1KRows(b *testing.B)  { benchmarkDecode(b, jsonRows(1<<10)) }
func BenchmarkDecodeJSON10KRows(b *testing.B) { benchmarkDecode(b, jsonRows(10<<10)) }

// TestPlainEnd puts every byte at every place of a plain text.
func TestPlainEnd(t *testing.T) {
	t.Parallel()
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				text := bytes.Repeat([]byte("\xe4"), size)
				text[at] = byte(c)
				want := size
				if c < 0x20 || c == '"' || c == '\\' {
					want = at
				}
				if got := plainEnd(string(text), 0); got != want {
					t.Fatalf("plainEnd(%q) = %d, want %d", text, got, want)
				}
			}
		}
	}
}

// TestStacksForget: what a text held, whole or broken, is not kept by the stack that the next one uses.
func TestStacksForget(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"a":1,"b":[1,2,{"c":"x"},[[["y"]]]],"d":{}}`, `[` + strings.Repeat(`{"a":"b"},`, 200) + `1]`, `{"a":1,"b":[1,2,{"c":"x"},`, `{"a":{"a":1,"a":2}}`, `[1,[2,[3,x]]]`,
	} {
		stack := &jsonStack{make([]jsonMember, 0, 8)}
		d := jsonScanner{text: text, maxDepth: defaultDepth, stack: stack.members}
		_, _ = d.value(0)
		stack.release(d.stack, d.most)
		for i, one := range d.stack[:cap(d.stack)] {
			if one != (jsonMember{}) {
				t.Errorf("%.40s: place %d holds %v", text, i, one)
			}
		}
	}
}
